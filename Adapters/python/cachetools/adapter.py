"""cachetools: a function whose results are kept in a TTLCache, by the decorator `cached`."""

import threading

import cachetools
import coherence_adapter


class Adapter:
    name = "cachetools.cached"
    version = cachetools.__version__
    layers = ["L2"]
    promises = "acknowledged"  # to the workers of its own instance: the library knows no other

    def start(self, run):
        self.cache, self.lock, self.origin = cachetools.TTLCache(1000, ttl=600), threading.Lock(), run.origin
        self.load = cachetools.cached(self.cache, lock=self.lock)(run.origin.load)

    def read(self, key):
        return self.load(key)

    def write(self, key, value):
        self.origin.commit(key, value)
        self.invalidate(key)

    def invalidate(self, key):
        with self.lock:
            self.cache.pop(cachetools.keys.hashkey(key), None)

    def inspect(self, layer, keys):
        with self.lock:
            return {key: self.cache.get(cachetools.keys.hashkey(key)) for key in keys}


coherence_adapter.serve(Adapter)
