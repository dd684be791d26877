"""JSON Lines, read strictly: Documentation/HistoryFormats.md, "JSON Lines". Written from that page alone."""

import json
import re

from common import LARGEST, LARGEST_ID, LARGEST_WORKER, SMALLEST, integer, lines_of, require

STRING = r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
TOKEN = re.compile(rf"[ \t]*({STRING}|-?[0-9]+|true|false|[{{}}\[\]:,])")
BLANKS = re.compile(r"[ \t]*\Z")
LAYERS = ("L1", "L2", "L3", "redis", "origin")
KINDS = (
    "read", "write", "delete", "invalidate", "invalidateTag", "load", "fill", "apply", "inspect", "evict", "publish",
    "receive", "gauge", "compareAndSet",
)
KEYED = {"read", "write", "delete", "invalidate", "load", "fill", "inspect", "gauge", "compareAndSet"}

# The values of a field: the bounds of a whole number, the words of a text, or a type.
FIELDS = {
    "kind": KINDS,
    "start": (SMALLEST, LARGEST - 1),
    "end": (SMALLEST, LARGEST),
    "key": str,
    "version": (0, LARGEST),
    "value": (SMALLEST, LARGEST),
    "id": (1, LARGEST_ID),
    "worker": (-1, LARGEST_WORKER),
    "instance": (-1, LARGEST_WORKER),
    "tags": list,
    "layer": LAYERS,
    "source": LAYERS,
    "scope": ("none", "instance", "cluster"),
    "outcome": ("ok", "failed", "unknown"),
    "cause": (0, LARGEST),
    "tombstone": bool,
    "absent": bool,
    "expected": (SMALLEST, LARGEST),
    "refused": bool,
}


class Tokens:
    def __init__(self, line):
        self.words = []
        place = 0
        while not BLANKS.match(line, place):
            found = TOKEN.match(line, place)
            require(found, "no token of JSON")
            self.words.append(found[1])
            place = found.end()
        self.next = 0

    def take(self, *expected):
        require(self.next < len(self.words), "the line is cut")
        word = self.words[self.next]
        require(not expected or word in expected, "another token is expected")
        self.next += 1
        return word

    def peek(self):
        return self.words[self.next] if self.next < len(self.words) else ""

    def end(self):
        require(self.next == len(self.words), "something follows")


def string(word):
    require(word.startswith('"'), "no string")
    value = json.loads(word)
    require(not any(0xD800 <= ord(letter) <= 0xDFFF for letter in value), "a surrogate stands alone")
    return value


def array(tokens, element):
    tokens.take("[")
    elements = []
    if tokens.peek() == "]":
        tokens.take()
        return elements
    while True:
        elements.append(element(tokens))
        if tokens.take(",", "]") == "]":
            return elements


def strings(tokens):
    return array(tokens, lambda tokens: string(tokens.take()))


def value_of(tokens, kind):
    if kind is list:
        return strings(tokens)
    word = tokens.take()
    if kind is str:
        return string(word)
    if kind is bool:
        require(word in ("true", "false"), "no boolean")
        return word == "true"
    if isinstance(kind[0], int):
        return integer(word, *kind)
    # Words are written without escapes.
    require(word.startswith('"') and word[1:-1] in kind, "an unknown word")
    return word[1:-1]


def fields_of(tokens, known):
    """An object's fields; each at most once."""
    tokens.take("{")
    fields = {}
    while True:
        word = tokens.take()
        require(word.startswith('"'), "no name")
        name = word[1:-1]
        require(name in known, "an unknown field")
        require(name not in fields, "a field twice")
        tokens.take(":")
        fields[name] = value_of(tokens, known[name])
        if tokens.take(",", "}") == "}":
            return fields


def header(line):
    tokens = Tokens(line)
    known = {"format": ("swift-cache-coherence history",), "version": (1, 2)}
    require(len(fields_of(tokens, known)) == 2, "the header lacks a field")
    tokens.end()


def operation(fields):
    require("kind" in fields and "start" in fields, "a required field is missing")
    kind = fields["kind"]
    require(kind not in KEYED or "key" in fields, "the key is missing")
    end = fields.get("end", LARGEST)
    require(end >= fields["start"], "it ends before it starts")
    if kind == "invalidateTag":
        require(len(fields.get("tags", [])) == 1, "one tag is expected")
    if kind == "compareAndSet":
        require(("expected" in fields) != fields.get("absent", False), "either expected or absent is required")
        require("cause" not in fields, "a compare-and-set has no cause")
    else:
        require("expected" not in fields and "refused" not in fields, "only a compare-and-set has that")
    if fields.get("refused"):
        require(fields.get("outcome", "failed") == "failed", "refused, and not failed")


def parse(data):
    has_header = False
    identifiers = set()
    keys = set()
    tag_sets = {()}
    for line in lines_of(data):
        if BLANKS.match(line):
            continue
        if not has_header:
            header(line)
            has_header = True
            continue
        tokens = Tokens(line)
        declared = tokens.words[1] if len(tokens.words) > 2 and tokens.words[2] == ":" else ""
        if declared in ('"keys"', '"tagSets"', '"checks"'):
            tokens.take("{")
            tokens.take()
            tokens.take(":")
            if declared == '"tagSets"':
                for tags in array(tokens, strings):
                    require(tuple(sorted(tags)) not in tag_sets, "a set of tags twice")
                    tag_sets.add(tuple(sorted(tags)))
            else:
                for key in strings(tokens):
                    if declared == '"keys"':
                        require(key not in keys, "a key twice")
                        keys.add(key)
            tokens.take("}")
            tokens.end()
            continue
        fields = fields_of(tokens, FIELDS)
        tokens.end()
        operation(fields)
        if "key" in fields:
            keys.add(fields["key"])
        tag_sets.add(tuple(sorted(fields.get("tags", []))))
        if "id" in fields:
            require(fields["id"] not in identifiers, "an id twice")
            identifiers.add(fields["id"])
    require(has_header, "there is no header")
