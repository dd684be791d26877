"""Connects a cache written in Python to `coherence`, which tests whether it stays coherent.

Copy this file beside your adapter. It needs Python 3.8 or later and nothing else. An adapter is a class with a few methods:

    import coherence_adapter

    class Cache:
        name = "my cache"
        layers = ["L1", "redis"]        # those that inspect() can look into; leave it out if there is no inspect()
        promises = "announced"          # or "acknowledged", "session", "expiring"; see below

        def start(self, run):           # once, before everything else
            self.cache = MyCache(run.redis, prefix=run.namespace)
            self.origin = run.origin

        def read(self, key):            # what the application does to read
            value = self.cache.get(key)
            if value is None:
                value = self.origin.load(key)
                self.cache.set(key, value)
            return value

        def write(self, key, value):    # what the application does to write
            self.origin.commit(key, value)
            self.cache.delete(key)

    coherence_adapter.serve(Cache)

`run.origin` is the system of record. It belongs to `coherence`, which so knows what was committed, and can make it slow or
fail. Methods are plain functions (then each worker has a thread) or `async def` (then all workers share one event loop, and
`run.origin.load` and `commit` are awaited).

Methods, all optional but `read`: `start(run)`, `read(key)`, `read_many(keys)` (returns a list with what `read` would return
for each key), `write(key, value)`, `delete(key)`, `invalidate(key)`,
`invalidate_tag(tag)`, `clear()`, `inspect(layer, keys)` (returns a dictionary of what the layer holds, and fills nothing),
`quiesce()` (returns when announcements and refreshes are done), `reset(namespace)` (forgets everything; without it the cache is
stopped, made anew and started), `stop()`.
`write` may take `tags` (a list) as well. `run.origin.load_with_tags(key)` returns the value and its tags.

`read` returns the value (a text or bytes), or `None` if nothing exists, or `MISS` if the cache has nothing and asked nobody. `found(value, layer)`
says which layer served it. An exception in a read is a failed read. An exception in anything else leaves open whether it had an
effect; raise `Failed(reason)` where it certainly had none.

Promises: `acknowledged` - when a write has returned, nobody reads the old value; `announced` - the others drop it soon after
(`grace`: within so many milliseconds); `session` - each worker sees its own writes and never goes back; `expiring` - the old value may be read until its time to live is over.
"""

import asyncio
import contextvars
import inspect as _inspect
import itertools
import json
import os
import queue
import sys
import threading
import time
import traceback

PROTOCOL = 1

#: The cache has nothing, and asked nobody.
MISS = object()


class Failed(Exception):
    """The operation certainly had no effect."""


class OriginFailed(Failed):
    """The origin refused a load or a commit. Nothing was committed."""


class found:
    """A value with the layer that served it."""

    def __init__(self, value, layer):
        self.value = value
        self.layer = layer


class Run:
    """What `start` is given: the fields of the first request, and the origin."""

    def __init__(self, request, origin):
        #: Which instance this is, from 0, and how many there are; how many workers use it at once.
        self.instance = request.get("instance", 0)
        self.instances = request.get("instances", 1)
        self.workers = request.get("workers", 1)
        #: Where Redis is, as a URL; None without one.
        self.redis = request.get("redis")
        #: A folder that the instances of a host share.
        self.directory = request.get("directory")
        #: Begin each key in Redis with it, so that runs do not meet.
        self.namespace = request.get("namespace", "")
        self.seed = request.get("seed", 0)
        #: What the scenario says under `config`: texts by name.
        self.config = request.get("config", {})
        self.origin = origin


# The requests that an adapter may leave out, with the methods that answer them.
_METHODS = {
    "readMany": "read_many",
    "write": "write",
    "delete": "delete",
    "invalidate": "invalidate",
    "invalidateTag": "invalidate_tag",
    "clear": "clear",
    "inspect": "inspect",
    "quiesce": "quiesce",
    "reset": "reset",
}

_worker = contextvars.ContextVar("worker", default=None)


def worker():
    """The number of the worker on whose behalf the calling code runs; None for the cache's own work."""
    return _worker.get()


def serve(factory):
    """Answers requests until standard input ends. `factory` makes the cache: a class, or a function without arguments."""
    # The protocol has standard output for itself: whatever else is printed goes to standard error.
    output = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    cache = factory()
    if not callable(getattr(cache, "read", None)):
        raise TypeError("an adapter has a method `read`")
    if _inspect.iscoroutinefunction(cache.read):
        asyncio.run(_AsyncServer(cache, output, factory).run())
    else:
        _ThreadServer(cache, output, factory).run()


def log(text, level="info"):
    """Says something to the people who run the test."""
    _Server.current.send({"log": level, "text": str(text)})


class _Server:
    current = None

    def __init__(self, cache, output, factory):
        _Server.current = self
        self.cache = cache
        self.output = output
        self.factory = factory
        self.first = None
        self.numbers = itertools.count(1)
        self.accepted = {}

    # Requests

    def description(self):
        cache = self.cache
        answer = {
            "name": str(getattr(cache, "name", type(cache).__name__)),
            "version": str(getattr(cache, "version", "")),
            "protocol": PROTOCOL,
            "operations": ["read", "reset"]
            + [word for word, name in _METHODS.items() if word != "reset" and callable(getattr(cache, name, None))],
            "layers": list(getattr(cache, "layers", [])),
        }
        for field in ("promises", "grace"):
            if getattr(cache, field, None) is not None:
                answer[field] = getattr(cache, field)
        return answer

    def call(self, request):
        """The method that answers a request, with its arguments; None if the cache has none."""
        word = request["op"]
        method = getattr(self.cache, "read" if word == "read" else _METHODS.get(word, ""), None)
        if method is None:
            return None
        if word in ("read", "delete", "invalidate"):
            return method, [request["key"]], {}
        if word == "readMany":
            return method, [request["keys"]], {}
        if word == "write":
            options = {"tags": request["tags"]} if "tags" in request and self.accepts(method, "tags") else {}
            return method, [request["key"], request["value"]], options
        if word == "invalidateTag":
            return method, [request["tag"]], {}
        if word == "inspect":
            return method, [request["layer"], request["keys"]], {}
        if word == "reset":
            return method, [request.get("namespace", "")], {}
        return method, [], {}

    def again(self, request):
        """What a cache made anew is started with."""
        return Run({**self.first, "namespace": request.get("namespace", "")}, self)

    def accepts(self, method, name):
        known = self.accepted.get(name)
        if known is None:
            parameters = _inspect.signature(method).parameters.values()
            known = any(p.name == name or p.kind is p.VAR_KEYWORD for p in parameters)
            self.accepted[name] = known
        return known

    @staticmethod
    def succeeded(request, result):
        word = request["op"]
        if word == "read":
            return {"ok": _reading(result, "read returned")}
        if word == "readMany":
            if not isinstance(result, (list, tuple)):
                raise TypeError("read_many returned %s; it returns a list with a value for each key" % _kind(result))
            if len(result) != len(request["keys"]):
                raise ValueError("read_many returned %d values for %d keys" % (len(result), len(request["keys"])))
            return {"ok": {"values": [_reading(each, "read_many returned") for each in result]}}
        if word == "inspect":
            values = {key: value.value if isinstance(value, found) else value for key, value in (result or {}).items()}
            entries = {_text(key, "inspect named"): _text(value, "inspect showed") for key, value in values.items()}
            return {"ok": {"entries": {key: text for key, text in entries.items() if text is not None}}}
        return {"ok": {}}

    @staticmethod
    def failed(request, error):
        reason = "%s: %s" % (type(error).__name__, error) if not isinstance(error, Failed) else str(error)
        if isinstance(error, Failed) or request["op"] in ("read", "readMany", "inspect", "init"):
            if request["op"] == "init":
                traceback.print_exc()
            return {"failed": reason}
        return {"unknown": reason}

    @staticmethod
    def outcome(reply):
        """What the origin answered."""
        if "failed" in reply:
            raise OriginFailed(reply["failed"])
        return reply["ok"]

    def send(self, message):
        raise NotImplementedError


def _reading(result, what):
    answer = {}
    if isinstance(result, found):
        if result.layer is not None and not isinstance(result.layer, str):
            raise TypeError("found(value, layer) takes the name of a layer, not %s" % _kind(result.layer))
        answer["layer"] = result.layer
        result = result.value
    if result is MISS:
        answer["miss"] = True
    else:
        answer["value"] = _text(result, what)
    return answer


def _text(value, what):
    """A text as it is, bytes as text, None as None. Everything else would come back as another value than it was."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    advice = "; a value with its layer is found(value, layer)" if isinstance(value, (tuple, list)) else ""
    if value is MISS:
        raise TypeError("%s MISS as a value; only a read returns it, and alone" % what)
    raise TypeError("%s %s; a value is a text, bytes or None%s" % (what, _kind(value), advice))


def _kind(value):
    name = type(value).__name__
    return ("an " if name[:1] in "aeiou" else "a ") + name


def _line(message):
    try:
        text = json.dumps(message, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        if "id" not in message:
            raise
        # Without an answer the request would be waited for.
        text = json.dumps({"id": message["id"], "unknown": "the answer cannot be written as JSON: %s" % error})
    return (text + "\n").encode()


def _write(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view):]


# Threads


class _Lane:
    """A thread of a worker, with the request that is for it."""

    def __init__(self):
        self.requests = queue.SimpleQueue()
        self.is_busy = False


class _ThreadServer(_Server):
    """Each worker has a thread, as it would in a server with threads."""

    def __init__(self, cache, output, factory):
        super().__init__(cache, output, factory)
        self.lock = threading.Lock()
        self.asked = {}
        self.lanes = {}

    def run(self):
        for line in sys.stdin.buffer:
            message = json.loads(line)
            if "ask" in message:
                with self.lock:
                    waiting = self.asked.pop(message["ask"])
                waiting.put(message)
                continue
            self.lane(message.get("worker")).requests.put(message)
        # Nobody listens any more. Threads that still wait for something do not keep the process.
        os._exit(0)

    def lane(self, number):
        """A thread of the worker that is not busy: the one that it has, or another if that one hangs in an earlier call."""
        with self.lock:
            lanes = self.lanes.setdefault(number, [])
            lane = next((lane for lane in lanes if not lane.is_busy), None)
            is_new = lane is None
            if is_new:
                lane = _Lane()
                lanes.append(lane)
            lane.is_busy = True
        if is_new:
            threading.Thread(target=self.work, args=(number, lane), daemon=True).start()
        return lane

    def work(self, number, lane):
        _worker.set(number)
        while True:
            reply = self.answer(lane.requests.get())
            # Before the answer is sent: the next request of the worker follows it at once, and is for the same thread.
            with self.lock:
                lane.is_busy = False
            self.send(reply)

    def answer(self, request):
        identifier = request["id"]
        start = time.monotonic_ns()
        try:
            if request["op"] == "init":
                self.first = request
                if hasattr(self.cache, "start"):
                    self.cache.start(Run(request, self))
                outcome = {"ok": self.description()}
            elif request["op"] == "reset" and not hasattr(self.cache, "reset"):
                if hasattr(self.cache, "stop"):
                    self.cache.stop()
                self.cache = self.factory()
                if hasattr(self.cache, "start"):
                    self.cache.start(self.again(request))
                outcome = {"ok": {}}
            elif request["op"] == "shutdown":
                if hasattr(self.cache, "stop"):
                    self.cache.stop()
                outcome = {"ok": {}}
            else:
                call = self.call(request)
                if call is None:
                    return {"id": identifier, "unsupported": "the adapter has no method for " + request["op"]}
                method, arguments, options = call
                start = time.monotonic_ns()
                result = method(*arguments, **options)
                end = time.monotonic_ns()
                return {"id": identifier, "t0": start, "t1": end, **self.succeeded(request, result)}
        except Exception as error:
            outcome = self.failed(request, error)
        return {"id": identifier, "t0": start, "t1": time.monotonic_ns(), **outcome}

    def send(self, message):
        data = _line(message)
        with self.lock:
            _write(self.output, data)

    # The origin

    def load(self, key):
        """The value at the origin; None if nothing exists."""
        return self.question({"op": "load", "key": key}).get("value")

    def load_with_tags(self, key):
        """The value at the origin, with the tags that it carries."""
        answer = self.question({"op": "load", "key": key})
        return answer.get("value"), answer.get("tags", [])

    def commit(self, key, value):
        """Writes the value at the origin; None deletes the key."""
        self.question({"op": "commit", "key": key, "value": _text(value, "commit was given")})

    def question(self, message):
        answer = queue.SimpleQueue()
        message["ask"] = next(self.numbers)
        message["t0"] = time.monotonic_ns()
        if worker() is not None:
            message["worker"] = worker()
        with self.lock:
            self.asked[message["ask"]] = answer
        self.send(message)
        return self.outcome(answer.get())


# asyncio


class _AsyncServer(_Server):
    """All workers share one event loop."""

    def __init__(self, cache, output, factory):
        super().__init__(cache, output, factory)
        self.asked = {}
        self.unsent = []
        self.tasks = set()

    async def run(self):
        self.loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=1 << 26)
        await self.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while True:
            line = await reader.readline()
            if not line:
                break
            message = json.loads(line)
            if "ask" in message:
                waiting = self.asked.pop(message["ask"])
                if not waiting.done():
                    waiting.set_result(message)
                continue
            task = self.loop.create_task(self.answer(message))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        # Nobody listens any more. What still waits for something does not keep the process.
        os._exit(0)

    async def answer(self, request):
        identifier = request["id"]
        _worker.set(request.get("worker"))
        start = time.monotonic_ns()
        try:
            if request["op"] == "init":
                self.first = request
                await self.maybe("start", Run(request, self))
                outcome = {"ok": self.description()}
            elif request["op"] == "reset" and not hasattr(self.cache, "reset"):
                await self.maybe("stop")
                self.cache = self.factory()
                await self.maybe("start", self.again(request))
                outcome = {"ok": {}}
            elif request["op"] == "shutdown":
                await self.maybe("stop")
                outcome = {"ok": {}}
            else:
                call = self.call(request)
                if call is None:
                    return self.send({"id": identifier, "unsupported": "the adapter has no method for " + request["op"]})
                method, arguments, options = call
                start = time.monotonic_ns()
                result = method(*arguments, **options)
                if _inspect.isawaitable(result):
                    result = await result
                end = time.monotonic_ns()
                return self.send({"id": identifier, "t0": start, "t1": end, **self.succeeded(request, result)})
        except Exception as error:
            outcome = self.failed(request, error)
        self.send({"id": identifier, "t0": start, "t1": time.monotonic_ns(), **outcome})

    async def maybe(self, name, *arguments):
        method = getattr(self.cache, name, None)
        if method is not None:
            result = method(*arguments)
            if _inspect.isawaitable(result):
                await result

    def send(self, message):
        # What is said in one turn of the loop is one write.
        if not self.unsent:
            self.loop.call_soon(self.flush)
        self.unsent.append(_line(message))

    def flush(self):
        data, self.unsent = b"".join(self.unsent), []
        _write(self.output, data)

    # The origin

    async def load(self, key):
        """The value at the origin; None if nothing exists."""
        return (await self.question({"op": "load", "key": key})).get("value")

    async def load_with_tags(self, key):
        """The value at the origin, with the tags that it carries."""
        answer = await self.question({"op": "load", "key": key})
        return answer.get("value"), answer.get("tags", [])

    async def commit(self, key, value):
        """Writes the value at the origin; None deletes the key."""
        await self.question({"op": "commit", "key": key, "value": _text(value, "commit was given")})

    async def question(self, message):
        waiting = self.loop.create_future()
        message["ask"] = next(self.numbers)
        message["t0"] = time.monotonic_ns()
        if worker() is not None:
            message["worker"] = worker()
        self.asked[message["ask"]] = waiting
        self.send(message)
        return self.outcome(await waiting)
