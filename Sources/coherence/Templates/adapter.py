"""What `coherence` does with the cache under test. Put your cache where the dictionary is.

More methods, and what each may return: the top of coherence_adapter.py.
"""

import threading

import coherence_adapter


class Adapter:
    name = "a dictionary"
    layers = ["L2"]  # what inspect() can look into
    promises = "acknowledged"  # when a write has returned, nobody reads the old value

    def start(self, run):
        # run.redis is the URL of a private Redis; begin each key there with run.namespace.
        self.origin = run.origin  # takes the place of your database
        self.values, self.lock = {}, threading.Lock()

    def read(self, key):
        """What your application does to read."""
        with self.lock:
            if key not in self.values:
                self.values[key] = self.origin.load(key)
            return self.values[key]

    def write(self, key, value):
        """What your application does to write."""
        with self.lock:
            self.origin.commit(key, value)
            self.values.pop(key, None)

    def inspect(self, layer, keys):
        """What is in a layer; it loads nothing."""
        with self.lock:
            return {key: self.values[key] for key in keys if key in self.values}


coherence_adapter.serve(Adapter)
