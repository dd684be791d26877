'use strict';
// What `coherence` does with the cache under test. Put your cache where the map is.
// More methods, and what each may return: the top of coherence-adapter.js.
const { serve } = require('./coherence-adapter');

class Adapter {
  name = 'a map';
  layers = ['L2']; // what inspect() can look into
  promises = 'acknowledged'; // when a write has returned, nobody reads the old value

  start(run) {
    // run.redis is the URL of a private Redis; begin each key there with run.namespace.
    this.origin = run.origin; // takes the place of your database
    this.values = new Map();
    this.turns = new Map();
  }

  // What your application does to read.
  read(key) {
    return this.inTurn(key, async () => {
      if (!this.values.has(key)) this.values.set(key, await this.origin.load(key));
      return this.values.get(key);
    });
  }

  // What your application does to write.
  write(key, value) {
    return this.inTurn(key, async () => {
      await this.origin.commit(key, value);
      this.values.delete(key);
    });
  }

  // What is in a layer; it loads nothing.
  inspect(layer, keys) {
    return Object.fromEntries(keys.map((key) => [key, this.values.get(key)]));
  }

  // One at a time for each key.
  inTurn(key, body) {
    const turn = (this.turns.get(key) || Promise.resolve()).then(body, body);
    this.turns.set(key, turn);
    return turn;
  }
}

serve(new Adapter());
