"""EDN, read strictly: Documentation/HistoryFormats.md, "EDN". Written from that page alone."""

import re

from common import LARGEST, LARGEST_WORKER, SMALLEST, INTEGER, require, text_of

BLANKS = re.compile(r"(?:[ \t\r\n,]|;[^\n]*)*")
# What is stepped over is delimited only; the escapes of a string that is a key are looked at there.
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
ESCAPES = re.compile(r'(?:[^\\]|\\(?:[tbnrf"\\]|u[0-9a-fA-F]{4}))*\Z')
ATOM_LETTER = r'[^\x00-\x20,;"\\()\[\]{}]'
CHARACTER = re.compile(rf"\\.(?:{ATOM_LETTER}|\\)*", re.S)
ATOM = re.compile(rf"{ATOM_LETTER}(?:{ATOM_LETTER}|\\)*")
DEEPEST = 200

CLOSING = {"(": ")", "[": "]", "{": "}", "#{": "}"}


class Form:
    """`kind` is the opening of a collection, or string, character, tagged or atom."""

    __slots__ = ("kind", "value")

    def __init__(self, kind, value):
        self.kind = kind
        self.value = value

    def atom(self):
        return self.value if self.kind == "atom" else None

    def untagged(self):
        form = self
        while form.kind == "tagged":
            form = form.value
        return form


class Reader:
    def __init__(self, text):
        self.text = text
        self.place = 0

    def blanks(self):
        self.place = BLANKS.match(self.text, self.place).end()

    def is_at(self, word):
        return self.text.startswith(word, self.place)

    def next(self, closing, depth, deeper=0):
        """The next form, or None at the closing bracket or the end of the text, which are passed.

        What is discarded before it lies `deeper` than it does."""
        while True:
            self.blanks()
            if self.place == len(self.text):
                require(closing is None, "a bracket is not closed")
                return None
            if closing and self.is_at(closing):
                self.place += 1
                return None
            if not self.is_at("#_"):
                return self.form(depth)
            self.place += 2
            require(self.discarded(closing, depth + deeper), "nothing to discard")

    def discarded(self, closing, depth):
        """Passes the form after `#_`; discards may follow one another."""
        while True:
            self.blanks()
            if not self.is_at("#_"):
                break
            self.place += 2
            if not self.discarded(closing, depth + 1):
                return False
        if self.place == len(self.text):
            return False
        self.form(depth)
        return True

    def form(self, depth):
        """The form here, which lies in `depth` others."""
        require(depth < DEEPEST, "nested too deep")
        for opening in ("#{", "(", "[", "{"):
            if self.is_at(opening):
                return self.collection(opening, depth + 1)
        if self.is_at('"'):
            found = STRING.match(self.text, self.place)
            require(found, "no string")
            self.place = found.end()
            return Form("string", found[1])
        if self.is_at("\\"):
            found = CHARACTER.match(self.text, self.place)
            require(found, "no character")
            self.place = found.end()
            return Form("character", found[0])
        found = ATOM.match(self.text, self.place)
        require(found, "an unexpected bracket")
        self.place = found.end()
        word = found[0]
        if word.startswith("#") and not word.startswith("##"):
            require(word[1:2] == ":" or word[1:2].isascii() and word[1:2].isalpha(), "a tag without a name")
            tagged = self.next(None, depth + 1, deeper=1)
            require(tagged is not None, "a tag without a form")
            # A map with a namespace has none of the names that are looked for.
            return Form("namespaced" if word[1] == ":" else "tagged", tagged)
        return Form("atom", word)

    def collection(self, opening, depth):
        self.place += len(opening)
        forms = []
        while (form := self.next(CLOSING[opening], depth)) is not None:
            forms.append(form)
        return Form(opening, forms)


def events_of(text):
    reader = Reader(text)
    reader.blanks()
    # The vector or list around a whole history is not counted.
    first = reader.next(None, -1 if reader.is_at("[") or reader.is_at("(") else 0)
    if first is None:
        # Comments are a history without events.
        require(text.strip(" \t\r\n"), "nothing but blanks")
        return []
    if first.untagged().kind in ("[", "("):
        require(reader.next(None, 0) is None, "something follows")
        return first.untagged().value
    events = []
    while first is not None:
        events.append(first)
        first = reader.next(None, 0)
    return events


def whole(form, smallest, largest):
    word = form.atom()
    require(word is not None and INTEGER.match(word) and len(word) <= 20, "no whole number")
    require(smallest <= int(word) <= largest, "out of range")
    return int(word)


def optional(form):
    """A whole number, or None for nil."""
    return None if form.atom() == "nil" else whole(form, SMALLEST, LARGEST)


def key_of(form):
    form = form.untagged()
    if form.kind == "string":
        require(ESCAPES.match(form.value), "an unknown escape")
        return "string", unescaped(form.value)
    word = form.atom()
    require(word is not None and word not in ("nil", "true", "false"), "no key")
    return "string", word


def unescaped(text):
    letters = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "\\": "\\"}
    return re.sub(r"\\(?:u(....)|(.))", lambda found: chr(int(found[1], 16)) if found[1] else letters[found[2]], text)


def tuple_of(form):
    """The two elements of a vector, or None."""
    form = form.untagged()
    return form.value if form.kind in ("[", "(") and len(form.value) == 2 else None


def value_of(function, form):
    """The key, None if there is none, and the value: a number, None, or the two of a compare-and-set."""
    if form is None:
        return None, None, False
    pair = tuple_of(form)
    if function == "cas":
        require(pair is not None, "no two values")
        inner = tuple_of(pair[1])
        if inner is not None:
            return key_of(pair[0]), (optional(inner[0].untagged()), whole(inner[1].untagged(), SMALLEST, LARGEST)), True
        return None, (optional(pair[0].untagged()), whole(pair[1].untagged(), SMALLEST, LARGEST)), True
    if pair is not None:
        return key_of(pair[0]), optional(pair[1].untagged()), True
    return None, optional(form.untagged()), True


def word(form):
    """A keyword, symbol or string, without what tells them apart."""
    if form.kind == "string":
        return form.value
    return (form.atom() or "").removeprefix(":")


class Pairing:
    """Events of processes, of which two make an operation."""

    def __init__(self):
        self.pending = {}

    def add(self, process, kind, function, value, moment):
        """`process`, `kind`, `function` and `value` are forms; no value is None. `moment` is called if it is wanted."""
        if process.atom() in (":nemesis", "nemesis"):
            return False
        process = whole(process, 0, LARGEST_WORKER)
        require(kind is not None, "no type")
        kind = word(kind)
        require(kind in ("invoke", "ok", "fail", "info"), "an unknown type")
        require(function is not None, "no function")
        function = word(function)
        require(function in ("read", "write", "cas"), "an unknown function")
        moment = moment()
        if kind == "invoke":
            require(process not in self.pending, "two at once")
            require(function == "read" or value is not None, "nothing is written")
            self.pending[process] = (function, *value_of(function, value), moment)
            return True
        require(process in self.pending, "nothing was invoked")
        invoked = self.pending.pop(process)
        require(invoked[0] == function, "another function")
        if kind == "ok":
            key, found, has_value = value_of(function, value)
            if has_value:
                require(invoked[1] == key, "another key")
                require(function == "read" or found is None or invoked[2] == found, "another value")
        require(moment >= invoked[4], "it ends before it starts")
        return True


def parse(data):
    moments = None
    pairing = Pairing()
    number = 0
    for event in events_of(text_of(data)):
        event = event.untagged()
        require(event.kind == "{" and len(event.value) % 2 == 0, "no map of names and values")
        fields = {}
        for name, form in zip(event.value[::2], event.value[1::2]):
            if name.atom() in (":type", ":f", ":process", ":value", ":time", ":index"):
                require(name.atom() not in fields, "a field twice")
                fields[name.atom()] = form
        require(":process" in fields, "no process")

        def moment():
            nonlocal moments, number
            number += 1
            if moments is None:
                moments = ":time" if ":time" in fields else ":index" if ":index" in fields else ""
            if not moments:
                require(":time" not in fields and ":index" not in fields, "a moment")
                return number
            require(moments in fields, "no moment")
            return whole(fields[moments], SMALLEST, LARGEST - 1)

        pairing.add(fields[":process"], fields.get(":type"), fields.get(":f"), fields.get(":value"), moment)
