'use strict';
// A sample cache, which is no library: a map in the memory of one process that keeps nothing that a write has overtaken.
const { serve } = require('../coherence-adapter');

class SampleCache {
  constructor() {
    this.values = new Map();
    this.loads = new Map();
  }

  async get(key, load) {
    if (this.values.has(key)) return this.values.get(key);
    // Whoever finds a load under way waits for it. A write ends that: a later reader loads anew.
    if (!this.loads.has(key)) {
      const loading = load(key).then(
        (value) => {
          if (this.loads.get(key) === loading) {
            this.loads.delete(key);
            this.values.set(key, value);
          }
          return value;
        },
        (error) => {
          if (this.loads.get(key) === loading) this.loads.delete(key);
          throw error;
        },
      );
      this.loads.set(key, loading);
    }
    return this.loads.get(key);
  }

  delete(key) {
    this.values.delete(key);
    this.loads.delete(key);
  }

  clear() {
    this.values.clear();
    this.loads.clear();
  }
}

class Adapter {
  name = 'sample cache';
  layers = ['L2'];
  promises = 'acknowledged';

  start(run) {
    this.cache = new SampleCache();
    this.origin = run.origin;
  }

  read(key) {
    return this.cache.get(key, this.origin.load);
  }

  async write(key, value) {
    await this.origin.commit(key, value);
    this.cache.delete(key);
  }

  async delete(key) {
    await this.origin.commit(key, null);
    this.cache.delete(key);
  }

  invalidate(key) {
    this.cache.delete(key);
  }

  clear() {
    this.cache.clear();
  }

  inspect(layer, keys) {
    return Object.fromEntries(keys.map((key) => [key, this.cache.values.get(key)]));
  }
}

serve(new Adapter());
