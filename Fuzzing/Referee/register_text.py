"""Register text, read strictly: Documentation/HistoryFormats.md, "Register text". Written from that page alone."""

import re

from common import LARGEST, LARGEST_ID, LARGEST_WORKER, SMALLEST, integer, lines_of, require

CONTROL = re.compile(r"[\x00-\x1f]")


def parse(data):
    identifiers = set()
    lines = list(lines_of(data))
    require(any(line.strip(" \t") for line in lines), "nothing but blanks")
    for line in lines:
        text = line.strip(" \t")
        if not text or text.startswith("#"):
            continue
        words = re.split(r"[ \t]+", text)
        is_compare_and_set = len(words) == 8 and words[3] == "cas"
        require(len(words) == 7 or is_compare_and_set, "seven words are expected, or eight with cas")
        if is_compare_and_set:
            integer(words.pop(4))
        identifier = integer(words[0], 0, LARGEST_ID)
        require(identifier not in identifiers, "an id twice")
        identifiers.add(identifier)
        integer(words[1], 0, LARGEST_WORKER)
        key = words[2]
        require(not CONTROL.search(key), "a control character in a key")
        require(words[3] in ("r", "w") or is_compare_and_set, "an unknown operation")
        value = integer(words[4])
        start = integer(words[5], SMALLEST, LARGEST - 1)
        end = LARGEST if words[6] == "-" else integer(words[6])
        if end == LARGEST:
            require(words[3] != "r" or value == 0, "a read that did not return has a value")
        require(end >= start, "it returns before it is called")
