#!/usr/bin/env python3
"""Compares what HistoryReader accepts with what strict parsers accept that were written from the documentation alone.

    compare.py ACCEPTANCE [--lines N] [--seed N] [FORMAT…]

ACCEPTANCE is the executable history-acceptance. Makes histories of a few lines, half of them spoilt, until there are N
lines in each format; exits with 1 if one is accepted by one side only, and prints the shortest ones."""

import argparse
import os
import struct
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from random import Random

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import edn
import generate
import jepsen_log
import json_lines
import register_text
from common import verdict

FORMATS = {
    "json-lines": (json_lines.parse, generate.json_lines),
    "register-text": (register_text.parse, generate.register_text),
    "edn": (edn.parse, generate.edn),
    "jepsen-log": (jepsen_log.parse, generate.jepsen_log),
}
LINES_PER_BATCH = 20_000
# A batch takes a second or two; a reader that hangs is found out all the same.
SECONDS_PER_BATCH = 300


def batch(acceptance, name, seed):
    """Histories with so many lines: how many lines and accepted histories, and those that the sides judge differently."""
    parse, lines_of = FORMATS[name]
    random = Random(f"{name} {seed}")
    histories = []
    lines = 0
    while lines < LINES_PER_BATCH:
        count = random.choice([1, 1, 1, 2, 3, 6])
        data = generate.history(random, lines_of, count)
        histories.append(data)
        lines += count
    framed = b"".join(struct.pack("<I", len(data)) + data for data in histories)
    process = subprocess.run(
        [acceptance, name], input=framed, stdout=subprocess.PIPE, timeout=SECONDS_PER_BATCH, check=False)
    answers = process.stdout
    accepted = 0
    different = []
    for index, data in enumerate(histories):
        if index >= len(answers):
            different.append((data, f"the reader ended here, with exit code {process.returncode}"))
            break
        is_accepted, why = verdict(parse, data)
        accepted += is_accepted
        if is_accepted != (answers[index : index + 1] == b"A"):
            different.append((data, "accepted by the strict parser only" if is_accepted else f"strictly refused: {why}"))
    return lines, len(histories), accepted, different


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("acceptance")
    arguments.add_argument("formats", nargs="*", default=list(FORMATS), metavar="FORMAT")
    arguments.add_argument("--lines", type=int, default=1_000_000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_intermixed_args()
    unknown = [name for name in options.formats if name not in FORMATS]
    if unknown:
        arguments.error(f"unknown format {unknown[0]}; expected {', '.join(FORMATS)}")
    failed = False
    for name in options.formats:
        begun = time.monotonic()
        batches = -(-options.lines // LINES_PER_BATCH)
        seeds = range(options.seed, options.seed + batches)
        lines = histories = accepted = 0
        different = []
        with ProcessPoolExecutor() as pool:
            for result in pool.map(batch, [options.acceptance] * batches, [name] * batches, seeds):
                lines += result[0]
                histories += result[1]
                accepted += result[2]
                different += result[3]
        print(
            f"{name}: {lines:,} lines in {histories:,} histories, {accepted:,} accepted, {len(different):,} judged "
            f"differently, seeds from {options.seed}, {time.monotonic() - begun:.0f} s", flush=True)
        # A comparison in which nearly everything is refused, or accepted, shows nothing.
        if not 0.1 < accepted / histories < 0.9:
            print(f"{name}: too few histories are accepted, or refused")
            failed = True
        shown = {}
        for data, why in sorted(different, key=lambda item: len(item[0])):
            shown.setdefault(why, []).append(data)
        for why, inputs in shown.items():
            print(f"  {why}: {len(inputs):,}")
            for data in inputs[:3]:
                print(f"    {data!r}")
        failed = failed or bool(different)
    return failed


if __name__ == "__main__":
    sys.exit(main())
