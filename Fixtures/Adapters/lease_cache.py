"""A cache-aside over Redis with leases, with threads or with asyncio, and ways to break it. It needs no library.

The argument `threads` or `asyncio` says which. In the configuration, `bug` is none, or one of

    naive    whoever missed keeps what it has loaded
    split    the lease is checked in one command, and the value kept in another
    early    a write drops value and lease before it commits, and not after
    again    all leases of a key are alike
    lock     a write keeps readers from filling by a lock, which is gone after five seconds
    spin     a read goes round for ever (with threads)
    wait     a write waits for something that never comes
    polls    a read sleeps for a moment before it asks the origin
    end      the process ends at its second write
    open     each read opens a hundred connections and keeps them (with threads)
"""

import asyncio
import os
import socket
import sys
import threading
import time
import urllib.parse
import uuid

import coherence_adapter

KEEP_UNLOCKED = """
if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', 600)
return redis.call('DEL', KEYS[2])
"""

KEEP = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', 600)
return redis.call('DEL', KEYS[2])
"""


def encoded(arguments):
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        data = str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def parsed(line, body):
    """A reply of one line, and the bytes of a long one."""
    kind, text = line[:1], line[1:].decode()
    if kind == b"-":
        raise RuntimeError(text)
    if kind == b":":
        return int(text)
    if kind == b"$":
        return body
    return text


class Threads:
    """One connection for each call that is under way."""

    def __init__(self, url):
        self.address = urllib.parse.urlparse(url)
        self.idle = []
        self.lock = threading.Lock()

    def open(self):
        connection = socket.create_connection((self.address.hostname, self.address.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = connection.makefile("rb")
        self.say(connection, stream, "SELECT", self.address.path.strip("/") or 0)
        return connection, stream

    @staticmethod
    def say(connection, stream, *arguments):
        connection.sendall(encoded(arguments))
        line = stream.readline().rstrip()
        if not line:
            raise ConnectionError("closed")
        body = None
        if line[:1] == b"$" and int(line[1:]) >= 0:
            body = stream.read(int(line[1:]) + 2)[:-2].decode()
        return parsed(line, body)

    def call(self, *arguments):
        with self.lock:
            pair = self.idle.pop() if self.idle else None
        pair = pair or self.open()
        reply = self.say(*pair, *arguments)
        with self.lock:
            self.idle.append(pair)
        return reply

    def close(self):
        for connection, stream in self.idle:
            stream.close()
            connection.close()


class Streams(Threads):
    """The same with asyncio."""

    async def open(self):
        pair = await asyncio.open_connection(self.address.hostname, self.address.port)
        await self.say(*pair, "SELECT", self.address.path.strip("/") or 0)
        return pair

    @staticmethod
    async def say(reader, writer, *arguments):
        writer.write(encoded(arguments))
        line = (await reader.readline()).rstrip()
        if not line:
            raise ConnectionError("closed")
        body = None
        if line[:1] == b"$" and int(line[1:]) >= 0:
            body = (await reader.readexactly(int(line[1:]) + 2))[:-2].decode()
        return parsed(line, body)

    async def call(self, *arguments):
        pair = self.idle.pop() if self.idle else await self.open()
        reply = await self.say(*pair, *arguments)
        self.idle.append(pair)
        return reply

    def close(self):
        for _, writer in self.idle:
            writer.close()


def steps_of_read(cache, key):
    """What a read does, as a generator of calls: it is given what each returns."""
    name, lease = cache.prefix + key, cache.prefix + "lease:" + key
    value = yield ("redis", "GET", name)
    if value is not None:
        return value
    if cache.bug == "naive":
        value = yield ("load", key)
        if value is not None:
            yield ("redis", "SET", name, value, "EX", 600)
        return value
    token = "lease" if cache.bug == "again" else uuid.uuid4().hex
    yield ("redis", "SET", lease, token, "EX", 60)
    if cache.bug == "polls":
        yield ("sleep", 0.005)
    value = yield ("load", key)
    if value is None:
        return value
    if cache.bug == "split":
        if (yield ("redis", "GET", lease)) == token:
            yield ("redis", "SET", name, value, "EX", 600)
    elif cache.bug == "lock":
        yield ("redis", "EVAL", KEEP_UNLOCKED, 3, name, lease, cache.prefix + "lock:" + key, token, value)
    else:
        yield ("redis", "EVAL", KEEP, 2, name, lease, token, value)
    return value


def steps_of_write(cache, key, value):
    name, lease = cache.prefix + key, cache.prefix + "lease:" + key
    cache.writes += 1
    if cache.bug == "end" and cache.writes == 2:
        os._exit(3)
    if cache.bug == "early":
        yield ("redis", "DEL", name, lease)
        yield ("commit", key, value)
        return
    if cache.bug == "lock":
        lock = cache.prefix + "lock:" + key
        yield ("redis", "SET", lock, "1", "EX", 5)
        yield ("redis", "DEL", name, lease)
        yield ("commit", key, value)
        yield ("redis", "DEL", lock, lease)
        return
    yield ("commit", key, value)
    if cache.bug == "wait":
        yield ("wait",)
    yield ("redis", "DEL", name, lease)


class Cache:
    name = "a cache with leases"
    version = "1"
    layers = ["redis"]
    promises = "acknowledged"

    def start(self, run):
        self.prefix, self.origin = run.namespace, run.origin
        self.bug = run.config.get("bug", "none")
        self.redis = self.connections(run.redis)
        self.writes = 0
        self.kept = []

    def stop(self):
        self.redis.close()


class ThreadedCache(Cache):
    connections = Threads

    def run(self, steps):
        result = None
        while True:
            try:
                word, *rest = steps.send(result)
            except StopIteration as end:
                return end.value
            if word == "redis":
                result = self.redis.call(*rest)
            elif word == "load":
                result = self.origin.load(*rest)
            elif word == "commit":
                result = self.origin.commit(*rest)
            elif word == "sleep":
                time.sleep(*rest)
            else:
                threading.Event().wait()

    def read(self, key):
        if self.bug == "spin":
            while True:
                pass
        if self.bug == "open":
            self.kept += [self.redis.open() for _ in range(100)]
        return self.run(steps_of_read(self, key))

    def write(self, key, value):
        self.run(steps_of_write(self, key, value))


class AsynchronousCache(Cache):
    connections = Streams

    async def run(self, steps):
        result = None
        while True:
            try:
                word, *rest = steps.send(result)
            except StopIteration as end:
                return end.value
            if word == "redis":
                result = await self.redis.call(*rest)
            elif word == "load":
                result = await self.origin.load(*rest)
            elif word == "commit":
                result = await self.origin.commit(*rest)
            elif word == "sleep":
                await asyncio.sleep(*rest)
            else:
                await asyncio.Event().wait()

    async def read(self, key):
        return await self.run(steps_of_read(self, key))

    async def write(self, key, value):
        await self.run(steps_of_write(self, key, value))


coherence_adapter.serve(ThreadedCache if "threads" in sys.argv else AsynchronousCache)
