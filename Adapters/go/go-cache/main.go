// go-cache (patrickmn): a map with expiry in the memory of one process, used as a cache-aside.
package main

import (
	"context"
	"time"

	gocache "github.com/patrickmn/go-cache"
)

type adapter struct {
	cache  *gocache.Cache
	origin *Origin
}

func (a *adapter) Describe() Description {
	return Description{Name: "go-cache", Version: "2.1.0", Layers: []string{"L2"}, Promises: "acknowledged"}
}

func (a *adapter) Start(run *Run) error {
	a.cache, a.origin = gocache.New(10*time.Minute, time.Minute), run.Origin
	return nil
}

func (a *adapter) Read(ctx context.Context, key string) (Reading, error) {
	if value, ok := a.cache.Get(key); ok {
		return FoundIn(value.(string), "L2"), nil
	}
	value, exists, err := a.origin.Load(ctx, key)
	if err != nil || !exists {
		return Nothing(), err
	}
	a.cache.SetDefault(key, value)
	return FoundIn(value, "origin"), nil
}

func (a *adapter) Write(ctx context.Context, key, value string, options WriteOptions) error {
	if err := a.origin.Commit(ctx, key, value); err != nil {
		return err
	}
	a.cache.Delete(key)
	return nil
}

func (a *adapter) Invalidate(ctx context.Context, key string) error {
	a.cache.Delete(key)
	return nil
}

func (a *adapter) Clear(ctx context.Context) error {
	a.cache.Flush()
	return nil
}

func (a *adapter) Inspect(ctx context.Context, layer string, keys []string) (map[string]string, error) {
	entries := map[string]string{}
	for _, key := range keys {
		if value, ok := a.cache.Get(key); ok {
			entries[key] = value.(string)
		}
	}
	return entries, nil
}

func main() { Serve(&adapter{}) }
