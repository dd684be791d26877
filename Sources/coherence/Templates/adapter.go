// What `coherence` does with the cache under test. Put your cache where the map is.
// More methods, and what each may return: the top of coherence_adapter.go.
package main

import (
	"context"
	"sync"
)

type adapter struct {
	mutex  sync.Mutex
	values map[string]string
	origin *Origin
}

func (a *adapter) Describe() Description {
	// Layers: what Inspect can look into. Promises: when a write has returned, nobody reads the old value.
	return Description{Name: "a map", Layers: []string{"L2"}, Promises: "acknowledged"}
}

func (a *adapter) Start(run *Run) error {
	// run.Redis is the URL of a private Redis; begin each key there with run.Namespace.
	a.values, a.origin = map[string]string{}, run.Origin
	return nil
}

// Read is what your application does to read.
func (a *adapter) Read(ctx context.Context, key string) (Reading, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if value, ok := a.values[key]; ok {
		return Found(value), nil
	}
	value, exists, err := a.origin.Load(ctx, key)
	if err != nil || !exists {
		return Nothing(), err
	}
	a.values[key] = value
	return Found(value), nil
}

// Write is what your application does to write.
func (a *adapter) Write(ctx context.Context, key, value string, options WriteOptions) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if err := a.origin.Commit(ctx, key, value); err != nil {
		return err
	}
	delete(a.values, key)
	return nil
}

// Inspect says what is in a layer; it loads nothing.
func (a *adapter) Inspect(ctx context.Context, layer string, keys []string) (map[string]string, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	entries := map[string]string{}
	for _, key := range keys {
		if value, ok := a.values[key]; ok {
			entries[key] = value
		}
	}
	return entries, nil
}

func main() { Serve(&adapter{}) }
