// Connects a cache written in Go to `coherence`, which tests whether it stays coherent.
//
// Copy this file into the folder of your adapter, which is a program (package main). It needs Go 1.18 or later and nothing
// else. An adapter is a type with a few methods:
//
//	type cache struct{ lru *mycache.Cache; origin *Origin }
//
//	func (c *cache) Describe() Description {
//		return Description{Name: "mycache", Version: "1.2.3", Promises: "announced"}
//	}
//
//	func (c *cache) Start(run *Run) error { // once, before everything else
//		c.lru, c.origin = mycache.Open(run.Redis, run.Namespace), run.Origin
//		return nil
//	}
//
//	func (c *cache) Read(ctx context.Context, key string) (Reading, error) { // what the application does to read
//		if value, ok := c.lru.Get(key); ok {
//			return Found(value), nil
//		}
//		value, exists, err := c.origin.Load(ctx, key)
//		if err != nil || !exists {
//			return Nothing(), err
//		}
//		c.lru.Set(key, value)
//		return Found(value), nil
//	}
//
//	func (c *cache) Write(ctx context.Context, key, value string, options WriteOptions) error { // what it does to write
//		if err := c.origin.Commit(ctx, key, value); err != nil {
//			return err
//		}
//		c.lru.Remove(key)
//		return nil
//	}
//
//	func main() { Serve(&cache{}) }
//
// The origin is the system of record. It belongs to `coherence`, which so knows what was committed, and can make it slow or
// fail. Each request runs in a goroutine of its own. `WorkerOf(ctx)` tells on whose behalf.
//
// Methods besides Describe, Start and Read are optional: those of the interfaces BatchReader, Writer, Deleter, Invalidator, TagInvalidator,
// Clearer, Inspector, Quiescer, Resetter and Stopper, below. An error of a read is a failed read. An error of anything else leaves
// open whether it had an effect; wrap it with NoEffect where it certainly had none.
//
// Promises: "acknowledged" - when a write has returned, nobody reads the old value; "announced" - the others drop it soon after
// (Grace: within so many milliseconds); "session" - each worker sees its own writes and never goes back; "expiring" - the old value may be read until its time to live is over.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	_ "unsafe" // for go:linkname
)

const adapterProtocol = 1

// Description is what an adapter says of its cache.
type Description struct {
	Name    string
	Version string
	// Layers that Inspect can look into, innermost first.
	Layers []string
	// Promises is "acknowledged", "announced", "session" or "expiring"; empty if nothing is promised.
	Promises string
	// Grace is within how many milliseconds an announced invalidation is applied everywhere; 0 if the cache does not say.
	Grace int64
}

// Run is what an instance needs to know.
type Run struct {
	Instance  int `json:"instance"`
	Instances int `json:"instances"`
	// Workers use the instance at the same time.
	Workers int `json:"workers"`
	// Redis is a URL; empty without one.
	Redis string `json:"redis"`
	// Directory is shared by the instances of a host.
	Directory string `json:"directory"`
	// Namespace begins each key in Redis, so that runs do not meet.
	Namespace string `json:"namespace"`
	Seed      uint64 `json:"seed"`
	// Config has what the scenario says under `config`.
	Config map[string]string `json:"config"`
	Origin *Origin           `json:"-"`
}

// Reading is what a read returns.
type Reading struct {
	value  string
	exists bool
	miss   bool
	layer  string
}

// Found is a value.
func Found(value string) Reading { return Reading{value: value, exists: true} }

// FoundIn is a value with the layer that served it.
func FoundIn(value, layer string) Reading { return Reading{value: value, exists: true, layer: layer} }

// Nothing says that the key does not exist.
func Nothing() Reading { return Reading{} }

// Miss says that the cache has nothing and asked nobody.
func Miss() Reading { return Reading{miss: true} }

// WriteOptions are what a write may be given besides the value.
type WriteOptions struct {
	Tags []string
}

func (r Reading) answer() map[string]any {
	answer := map[string]any{}
	if r.layer != "" {
		answer["layer"] = r.layer
	}
	switch {
	case r.miss:
		answer["miss"] = true
	case r.exists:
		answer["value"] = r.value
	default:
		answer["value"] = nil
	}
	return answer
}

// Adapter is what every adapter can do.
type Adapter interface {
	Describe() Description
	Start(run *Run) error
	Read(ctx context.Context, key string) (Reading, error)
}

// What an adapter can do besides.
type (
	// BatchReader reads several keys in one call: a reading for each, in their order.
	BatchReader interface {
		ReadMany(ctx context.Context, keys []string) ([]Reading, error)
	}
	Writer interface {
		Write(ctx context.Context, key, value string, options WriteOptions) error
	}
	Deleter interface {
		Delete(ctx context.Context, key string) error
	}
	// Invalidator drops a key from the cache; the origin keeps it.
	Invalidator interface {
		Invalidate(ctx context.Context, key string) error
	}
	TagInvalidator interface {
		InvalidateTag(ctx context.Context, tag string) error
	}
	// Clearer drops everything.
	Clearer interface {
		Clear(ctx context.Context) error
	}
	// Inspector looks into one layer, and fills nothing. Keys that are not there are left out.
	Inspector interface {
		Inspect(ctx context.Context, layer string, keys []string) (map[string]string, error)
	}
	// Quiescer returns when announcements and refreshes are done.
	Quiescer interface {
		Quiesce(ctx context.Context) error
	}
	// Resetter forgets everything, and goes on under another namespace. Without it the cache is stopped, if it can be,
	// and started again.
	Resetter interface {
		Reset(ctx context.Context, namespace string) error
	}
	// Stopper leaves the cluster in order.
	Stopper interface{ Stop() error }
)

// ErrOrigin is what the origin's refusals are. Nothing was committed.
var ErrOrigin = errors.New("the origin refused")

type noEffect struct{ error }

func (e noEffect) Unwrap() error { return e.error }

// NoEffect wraps an error of an operation that certainly had no effect.
func NoEffect(err error) error { return noEffect{err} }

type workerKey struct{}

// WorkerOf is the number of the worker on whose behalf the calling code runs; -1 for the cache's own work.
func WorkerOf(ctx context.Context) int {
	if number, ok := ctx.Value(workerKey{}).(int); ok {
		return number
	}
	return -1
}

// Origin is the system of record.
type Origin struct {
	server *server
}

// Load returns the value at the origin, and whether there is one.
func (o *Origin) Load(ctx context.Context, key string) (value string, exists bool, err error) {
	answer, err := o.server.question(ctx, map[string]any{"op": "load", "key": key})
	if err != nil || answer.OK.Value == nil {
		return "", false, err
	}
	return *answer.OK.Value, true, nil
}

// LoadWithTags returns the value at the origin, whether there is one, and the tags that it carries.
func (o *Origin) LoadWithTags(ctx context.Context, key string) (value string, tags []string, exists bool, err error) {
	answer, err := o.server.question(ctx, map[string]any{"op": "load", "key": key})
	if err != nil || answer.OK.Value == nil {
		return "", answer.OK.Tags, false, err
	}
	return *answer.OK.Value, answer.OK.Tags, true, nil
}

// Commit writes the value at the origin.
func (o *Origin) Commit(ctx context.Context, key, value string) error {
	_, err := o.server.question(ctx, map[string]any{"op": "commit", "key": key, "value": value})
	return err
}

// CommitDeletion deletes the key at the origin.
func (o *Origin) CommitDeletion(ctx context.Context, key string) error {
	_, err := o.server.question(ctx, map[string]any{"op": "commit", "key": key, "value": nil})
	return err
}

type request struct {
	ID        int64    `json:"id"`
	Op        string   `json:"op"`
	Worker    *int     `json:"worker"`
	Key       string   `json:"key"`
	Keys      []string `json:"keys"`
	Value     string   `json:"value"`
	Tags      []string `json:"tags"`
	Tag       string   `json:"tag"`
	Layer     string   `json:"layer"`
	Namespace string   `json:"namespace"`
	// Of the origin's answer.
	Ask    int64  `json:"ask"`
	Failed string `json:"failed"`
	OK     struct {
		Value *string  `json:"value"`
		Tags  []string `json:"tags"`
	} `json:"ok"`
}

type server struct {
	adapter Adapter
	// first is the line that started the cache.
	first  []byte
	output *os.File
	lock   sync.Mutex
	last   int64
	asked  map[int64]chan request
}

// Serve answers requests until standard input ends.
func Serve(adapter Adapter) {
	// The protocol has standard output for itself: whatever else is printed goes to standard error.
	descriptor, err := syscall.Dup(1)
	if err != nil {
		panic(err)
	}
	os.Stdout = os.Stderr
	s := &server{adapter: adapter, output: os.NewFile(uintptr(descriptor), "protocol"), asked: map[int64]chan request{}}
	input := bufio.NewReaderSize(os.Stdin, 1<<16)
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			if err != io.EOF {
				fmt.Fprintln(os.Stderr, err)
			}
			// Nobody listens any more. What still waits for something does not keep the process.
			os.Exit(0)
		}
		var message request
		if err := json.Unmarshal(line, &message); err != nil {
			fmt.Fprintln(os.Stderr, "a request is not understood:", err)
			os.Exit(1)
		}
		if message.Ask != 0 {
			s.lock.Lock()
			waiting := s.asked[message.Ask]
			delete(s.asked, message.Ask)
			s.lock.Unlock()
			waiting <- message
			continue
		}
		go s.answer(message, line)
	}
}

func (s *server) description() map[string]any {
	d := s.adapter.Describe()
	operations := []string{"read"}
	offer := func(name string, isOffered bool) {
		if isOffered {
			operations = append(operations, name)
		}
	}
	_, isBatchReader := s.adapter.(BatchReader)
	_, isWriter := s.adapter.(Writer)
	_, isDeleter := s.adapter.(Deleter)
	_, isInvalidator := s.adapter.(Invalidator)
	_, isTagInvalidator := s.adapter.(TagInvalidator)
	_, isClearer := s.adapter.(Clearer)
	_, isInspector := s.adapter.(Inspector)
	_, isQuiescer := s.adapter.(Quiescer)
	offer("readMany", isBatchReader)
	offer("write", isWriter)
	offer("delete", isDeleter)
	offer("invalidate", isInvalidator)
	offer("invalidateTag", isTagInvalidator)
	offer("clear", isClearer)
	offer("inspect", isInspector)
	offer("quiesce", isQuiescer)
	operations = append(operations, "reset")
	layers := d.Layers
	if layers == nil {
		layers = []string{}
	}
	answer := map[string]any{
		"name": d.Name, "version": d.Version, "protocol": adapterProtocol, "operations": operations, "layers": layers,
	}
	if d.Promises != "" {
		answer["promises"] = d.Promises
	}
	if d.Grace != 0 {
		answer["grace"] = d.Grace
	}
	return answer
}

var errUnsupported = errors.New("the adapter has no method for it")

func (s *server) answer(r request, line []byte) {
	ctx := context.Background()
	if r.Worker != nil {
		ctx = context.WithValue(ctx, workerKey{}, *r.Worker)
	}
	start := monotonic()
	result, err := s.perform(ctx, r, line)
	end := monotonic()
	answer := map[string]any{"id": r.ID, "t0": start, "t1": end}
	switch {
	case err == nil:
		answer["ok"] = result
	case errors.Is(err, errUnsupported):
		answer["unsupported"] = fmt.Sprintf("%v: %s", err, r.Op)
	case errors.Is(err, ErrOrigin), errors.As(err, new(noEffect)), r.Op == "read", r.Op == "readMany",
		r.Op == "inspect", r.Op == "init":
		answer["failed"] = err.Error()
	default:
		answer["unknown"] = err.Error()
	}
	s.send(answer)
}

func (s *server) perform(ctx context.Context, r request, line []byte) (map[string]any, error) {
	nothing := map[string]any{}
	switch r.Op {
	case "init":
		run := &Run{Origin: &Origin{s}}
		if err := json.Unmarshal(line, run); err != nil {
			return nil, err
		}
		s.first = line
		if err := s.adapter.Start(run); err != nil {
			return nil, err
		}
		return s.description(), nil
	case "read":
		reading, err := s.adapter.Read(ctx, r.Key)
		if err != nil {
			return nil, err
		}
		return reading.answer(), nil
	case "readMany":
		if reader, ok := s.adapter.(BatchReader); ok {
			readings, err := reader.ReadMany(ctx, r.Keys)
			if err != nil {
				return nil, err
			}
			if len(readings) != len(r.Keys) {
				return nil, fmt.Errorf("ReadMany returned %d readings for %d keys", len(readings), len(r.Keys))
			}
			values := make([]map[string]any, len(readings))
			for i, reading := range readings {
				values[i] = reading.answer()
			}
			return map[string]any{"values": values}, nil
		}
	case "write":
		if writer, ok := s.adapter.(Writer); ok {
			return nothing, writer.Write(ctx, r.Key, r.Value, WriteOptions{Tags: r.Tags})
		}
	case "delete":
		if deleter, ok := s.adapter.(Deleter); ok {
			return nothing, deleter.Delete(ctx, r.Key)
		}
	case "invalidate":
		if invalidator, ok := s.adapter.(Invalidator); ok {
			return nothing, invalidator.Invalidate(ctx, r.Key)
		}
	case "invalidateTag":
		if invalidator, ok := s.adapter.(TagInvalidator); ok {
			return nothing, invalidator.InvalidateTag(ctx, r.Tag)
		}
	case "clear":
		if clearer, ok := s.adapter.(Clearer); ok {
			return nothing, clearer.Clear(ctx)
		}
	case "inspect":
		if inspector, ok := s.adapter.(Inspector); ok {
			entries, err := inspector.Inspect(ctx, r.Layer, r.Keys)
			if entries == nil {
				entries = map[string]string{}
			}
			return map[string]any{"entries": entries}, err
		}
	case "quiesce":
		if quiescer, ok := s.adapter.(Quiescer); ok {
			return nothing, quiescer.Quiesce(ctx)
		}
	case "reset":
		if resetter, ok := s.adapter.(Resetter); ok {
			return nothing, resetter.Reset(ctx, r.Namespace)
		}
		if stopper, ok := s.adapter.(Stopper); ok {
			if err := stopper.Stop(); err != nil {
				return nil, err
			}
		}
		run := &Run{Origin: &Origin{s}}
		if err := json.Unmarshal(s.first, run); err != nil {
			return nil, err
		}
		run.Namespace = r.Namespace
		return nothing, s.adapter.Start(run)
	case "shutdown":
		if stopper, ok := s.adapter.(Stopper); ok {
			return nothing, stopper.Stop()
		}
		return nothing, nil
	}
	return nil, errUnsupported
}

func (s *server) question(ctx context.Context, message map[string]any) (request, error) {
	answer := make(chan request, 1)
	s.lock.Lock()
	s.last++
	number := s.last
	s.asked[number] = answer
	s.lock.Unlock()
	message["ask"], message["t0"] = number, monotonic()
	if worker := WorkerOf(ctx); worker >= 0 {
		message["worker"] = worker
	}
	s.send(message)
	select {
	case reply := <-answer:
		if reply.Failed != "" {
			return reply, fmt.Errorf("%w: %s", ErrOrigin, reply.Failed)
		}
		return reply, nil
	case <-ctx.Done():
		return request{}, ctx.Err()
	}
}

func (s *server) send(message map[string]any) {
	line, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if _, err := s.output.Write(append(line, '\n')); err != nil {
		os.Exit(0)
	}
}

// Log says something to the people who run the test.
func (o *Origin) Log(level, text string) { o.server.send(map[string]any{"log": level, "text": text}) }

// monotonic is the machine's monotonic clock in nanoseconds, which is where the runner's own times come from.
//
//go:linkname monotonic runtime.nanotime
func monotonic() int64
