import importlib

import coherence_adapter


class Adapter:
    name = "UserCache"
    layers = ["redis"]
    promises = "acknowledged"

    def start(self, run):
        module = importlib.import_module(run.config.get("module", "cache"))
        self.cache = module.UserCache(run.redis, run.namespace, run.origin)

    def read(self, key):
        return self.cache.get(key)

    def write(self, key, value):
        self.cache.put(key, value)


coherence_adapter.serve(Adapter)
