'use strict';
/**
 * Connects a cache written in JavaScript to `coherence`, which tests whether it stays coherent.
 *
 * Copy this file beside your adapter. It needs Node 16 or later and nothing else. An adapter is a class with a few methods:
 *
 *     const { serve } = require('./coherence-adapter');
 *
 *     class Cache {
 *       name = 'my cache';
 *       layers = ['L1', 'redis'];       // those that inspect() can look into; leave it out if there is no inspect()
 *       promises = 'announced';         // or 'acknowledged', 'session', 'expiring'; see below
 *
 *       async start(run) {              // once, before everything else
 *         this.cache = await MyCache.connect(run.redis, { prefix: run.namespace });
 *         this.origin = run.origin;
 *       }
 *
 *       async read(key) {               // what the application does to read
 *         let value = await this.cache.get(key);
 *         if (value === null) {
 *           value = await this.origin.load(key);
 *           await this.cache.set(key, value);
 *         }
 *         return value;
 *       }
 *
 *       async write(key, value) {       // what the application does to write
 *         await this.origin.commit(key, value);
 *         await this.cache.delete(key);
 *       }
 *     }
 *
 *     serve(new Cache());
 *
 * `run.origin` is the system of record. It belongs to `coherence`, which so knows what was committed, and can make it slow or
 * fail.
 *
 * Methods, all optional but `read`: `start(run)`, `read(key)`, `readMany(keys)` (returns an array with what `read` would
 * return for each key), `write(key, value, { tags })`,
 * `delete(key)`, `invalidate(key)`, `invalidateTag(tag)`, `clear()`, `inspect(layer, keys)` (returns an object with what the
 * layer holds, and fills nothing), `quiesce()` (returns when announcements and refreshes are done), `reset(namespace)` (forgets
 * everything), `stop()`.
 *
 * `read` returns the value (a text, or bytes as a Buffer), or `null` if nothing exists, or `MISS` if the cache has nothing and asked nobody.
 * `found(value, layer)` says which layer served it. An exception in a read is a failed read. An exception in anything else leaves
 * open whether it had an effect; throw `new Failed(reason)` where it certainly had none.
 *
 * Promises: `acknowledged` - when a write has returned, nobody reads the old value; `announced` - the others drop it soon after
 * (`grace`: within so many milliseconds); `session` - each worker sees its own writes and never goes back; `expiring` - the old value may be read until its time to live is over.
 */
const { AsyncLocalStorage } = require('async_hooks');
const fs = require('fs');

const PROTOCOL = 1;

/** The cache has nothing, and asked nobody. */
const MISS = Symbol('miss');

/** The operation certainly had no effect. */
class Failed extends Error {}

/** The origin refused a load or a commit. Nothing was committed. */
class OriginFailed extends Failed {}

class Found {
  constructor(value, layer) {
    this.value = value;
    this.layer = layer;
  }
}

/** A value with the layer that served it. */
function found(value, layer) {
  return new Found(value, layer);
}

const current = new AsyncLocalStorage();

/** The number of the worker on whose behalf the calling code runs; `undefined` for the cache's own work. */
function worker() {
  return current.getStore();
}

const METHODS = {
  read: (cache, request) => cache.read(request.key),
  readMany: (cache, request) => cache.readMany(request.keys),
  write: (cache, request) => cache.write(request.key, request.value, { tags: request.tags }),
  delete: (cache, request) => cache.delete(request.key),
  invalidate: (cache, request) => cache.invalidate(request.key),
  invalidateTag: (cache, request) => cache.invalidateTag(request.tag),
  clear: (cache) => cache.clear(),
  inspect: (cache, request) => cache.inspect(request.layer, request.keys),
  quiesce: (cache) => cache.quiesce(),
  reset: (cache, request) => cache.reset(request.namespace),
};

/** The machine's monotonic clock, in nanoseconds. */
function now() {
  return process.hrtime.bigint();
}

/** Answers requests until standard input ends. `adapter` is the cache, or a class that makes it. */
function serve(adapter) {
  const make = typeof adapter === 'function' ? () => new adapter() : () => adapter;
  let cache = make();
  let first = {};
  if (typeof cache.read !== 'function') throw new TypeError('an adapter has a method `read`');
  // The protocol has standard output for itself: whatever else is printed goes to standard error.
  process.stdout.write = process.stderr.write.bind(process.stderr);
  console.log = console.info = console.debug = console.error;

  let unsent = [];
  let lastQuestion = 0;
  const asked = new Map();

  function send(line) {
    // What is said in one turn of the loop is one write.
    if (unsent.length === 0) setImmediate(flush);
    unsent.push(line);
  }

  function flush() {
    let data = Buffer.from(unsent.join(''));
    unsent = [];
    while (data.length > 0) {
      try {
        data = data.subarray(fs.writeSync(1, data));
      } catch (error) {
        if (error.code !== 'EAGAIN') process.exit(0);
      }
    }
  }

  function question(message) {
    lastQuestion += 1;
    const number = lastQuestion;
    const by = worker();
    return new Promise((resolve, reject) => {
      asked.set(number, { resolve, reject });
      send(`{"ask":${number},"t0":${now()},${JSON.stringify({ ...message, worker: by }).slice(1)}\n`);
    });
  }

  const origin = {
    /** The value at the origin; `null` if nothing exists. */
    load: async (key) => (await question({ op: 'load', key })).value ?? null,
    /** The value at the origin, with the tags that it carries. */
    loadWithTags: async (key) => {
      const { value = null, tags = [] } = await question({ op: 'load', key });
      return { value, tags };
    },
    /** Writes the value at the origin; `null` deletes the key. */
    commit: async (key, value) => {
      // A value that somebody forgot is not to delete the key.
      if (value === undefined) throw new TypeError('commit was given undefined; a value is a text, or null to delete the key');
      await question({ op: 'commit', key, value: text(value, 'commit was given') });
    },
  };

  function description() {
    const answer = {
      name: String(cache.name || cache.constructor.name),
      version: String(cache.version || ''),
      protocol: PROTOCOL,
      operations: Object.keys(METHODS).filter((word) => word === 'reset' || typeof cache[word] === 'function'),
      layers: Array.from(cache.layers || []),
    };
    if (cache.promises !== undefined) answer.promises = cache.promises;
    if (cache.grace !== undefined) answer.grace = cache.grace;
    return answer;
  }

  /** A text as it is, bytes as text. Everything else would come back as another value than it was. */
  function text(value, what) {
    if (value === null || value === undefined) return null;
    if (typeof value === 'string') return value;
    if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
    const kind = Array.isArray(value) ? 'an array' : typeof value === 'object' ? `an object of ${nameOf(value)}` : `a ${typeof value}`;
    const advice = Array.isArray(value) ? '; a value with its layer is found(value, layer)' : '';
    throw new TypeError(`${what} ${kind}; a value is a text, bytes or null${advice}`);
  }

  function nameOf(value) {
    return (value.constructor && value.constructor.name) || 'no class';
  }

  function reading(result, what) {
    const answer = {};
    if (result instanceof Found) {
      if (result.layer !== undefined && result.layer !== null) {
        if (typeof result.layer !== 'string') throw new TypeError('found(value, layer) takes the name of a layer');
        answer.layer = result.layer;
      }
      result = result.value;
    }
    if (result === MISS) answer.miss = true;
    else answer.value = text(result, what);
    return answer;
  }

  function succeeded(request, result) {
    if (request.op === 'read') return { ok: reading(result, 'read returned') };
    if (request.op === 'readMany') {
      if (!Array.isArray(result)) throw new TypeError('readMany returns an array with a value for each key');
      if (result.length !== request.keys.length) {
        throw new TypeError(`readMany returned ${result.length} values for ${request.keys.length} keys`);
      }
      return { ok: { values: result.map((each) => reading(each, 'readMany returned')) } };
    }
    if (request.op === 'inspect') {
      const entries = {};
      for (const [key, value] of Object.entries(result || {})) {
        const shown = text(value instanceof Found ? value.value : value, 'inspect showed');
        if (shown !== null) entries[key] = shown;
      }
      return { ok: { entries } };
    }
    return { ok: {} };
  }

  function failed(request, error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    const hadNone = error instanceof Failed || ['read', 'readMany', 'inspect', 'init'].includes(request.op);
    if (request.op === 'init') process.stderr.write(`${error && error.stack}\n`);
    return hadNone ? { failed: reason } : { unknown: reason };
  }

  /** Stamps are put in by hand: JSON.stringify refuses whole numbers of 64 bits. */
  function reply(id, start, outcome) {
    const end = now();
    send(`{"id":${id},"t0":${start},"t1":${end},${JSON.stringify(outcome).slice(1)}\n`);
  }

  async function answer(request) {
    let start = now();
    try {
      if (request.op === 'init') {
        first = request;
        if (typeof cache.start === 'function') await cache.start({ config: {}, ...request, origin });
        return reply(request.id, start, { ok: description() });
      }
      if (request.op === 'reset' && typeof cache.reset !== 'function') {
        if (typeof cache.stop === 'function') await cache.stop();
        cache = make();
        const again = { config: {}, ...first, namespace: request.namespace, origin };
        if (typeof cache.start === 'function') await cache.start(again);
        return reply(request.id, start, { ok: {} });
      }
      if (request.op === 'shutdown') {
        if (typeof cache.stop === 'function') await cache.stop();
        return reply(request.id, start, { ok: {} });
      }
      const method = METHODS[request.op];
      if (method === undefined || typeof cache[request.op] !== 'function') {
        return reply(request.id, start, { unsupported: `the adapter has no method ${request.op}` });
      }
      start = now();
      const result = await method(cache, request);
      return reply(request.id, start, succeeded(request, result));
    } catch (error) {
      return reply(request.id, start, failed(request, error));
    }
  }

  function hear(line) {
    const message = JSON.parse(line);
    if (message.ask === undefined) return current.run(message.worker, () => void answer(message));
    const waiting = asked.get(message.ask);
    asked.delete(message.ask);
    if (message.failed !== undefined) waiting.reject(new OriginFailed(message.failed));
    else waiting.resolve(message.ok);
  }

  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    lines.forEach(hear);
  });
  // Nobody listens any more. What still waits for something does not keep the process.
  process.stdin.on('end', () => process.exit(0));
  serve.log = (message, level = 'info') => send(JSON.stringify({ log: level, text: String(message) }) + '\n');
}

/** Says something to the people who run the test. */
function log(text, level) {
  serve.log(text, level);
}

module.exports = { serve, log, worker, found, MISS, Failed, OriginFailed };
