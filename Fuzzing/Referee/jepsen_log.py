"""Jepsen logs, read strictly: Documentation/HistoryFormats.md, "Jepsen log". Written from that page alone."""

import re

from common import lines_of, require
from edn import Pairing, Reader

LINE = re.compile(r"(?:INFO|WARN|ERROR|DEBUG|TRACE)[ \t]+([^\x00-\x20]*)(.*)\Z", re.S)
LEVEL = re.compile(r"(?:INFO|WARN|ERROR|DEBUG|TRACE)\Z")
GAP = re.compile(r"[ \t]")


def parse(data):
    pairing = Pairing()
    lines = list(lines_of(data))
    require(any(line.strip(" \t") for line in lines), "nothing but blanks")
    number = 0
    for line in lines:
        text = line.strip(" \t")
        if not text or LEVEL.match(text):
            continue
        found = LINE.match(text)
        require(found, "no line of a log")
        if found[1] != "jepsen.util":
            continue
        rest = found[2]
        require(GAP.match(rest), "no gap")
        rest = rest.lstrip(" \t")
        require(rest.startswith("-") and GAP.match(rest, 1), "no dash")
        reader = Reader(rest)
        reader.place = 1
        forms = []
        for index in range(4):
            form = reader.next(None, 0)
            require(form is not None, "a form is missing")
            forms.append(form)
            if index == 2 and forms[0].atom() in (":nemesis", "nemesis"):
                break
        if len(forms) == 3:
            continue
        require(reader.next(None, 0) is None, "something follows")
        number += pairing.add(*forms, lambda: number + 1)
