"""Sends back each line that it is sent, on one event loop; what comes in one turn of it is one write."""

import asyncio
import os
import sys


async def main():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    unsent = []

    def flush():
        os.write(1, b"".join(unsent))
        unsent.clear()

    async def answer(line):
        if not unsent:
            loop.call_soon(flush)
        unsent.append(line)

    tasks = set()
    while line := await reader.readline():
        task = loop.create_task(answer(line))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


asyncio.run(main())
