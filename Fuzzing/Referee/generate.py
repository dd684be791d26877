"""Histories for the comparison: made by the grammar, with values at the bounds, and then spoilt now and then."""

NUMBERS = [
    "0", "1", "2", "3", "-1", "-0", "00", "01", "+1", "1.0", "1e3", "0x1", "2147483647", "2147483648", "-2147483648",
    "4611686018427387904", "4611686018427387905", "9223372036854775806", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999999", "", "-", "null",
]
KEYS = ["a", "b", "user:7", "", "é", "\\u00e9", "\\n", "\\u0000", "\\ud83d\\ude00", "\\ud83d", "𝄞", "\x7f", "\x85", "a b"]
KINDS = [
    "read", "write", "delete", "invalidate", "invalidateTag", "load", "fill", "apply", "inspect", "evict", "publish",
    "receive", "gauge", "compareAndSet",
]
# What is put in by a mutation.
PIECES = [
    b"{", b"}", b"[", b"]", b"(", b")", b'"', b"\\", b":", b",", b" ", b"\t", b"\r", b"\n", b"\r\n", b"#", b"#_", b";", b"-",
    b"0", b"1", b"nil", b"true", b"false", b"null", b"\x00", b"\x0b", b"\x0c", b"\x7f", b"\xc2\x85", b"\xc2\xa0",
    b"\xe2\x80\xa8", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\\u0041", b"e9", b".5",
    b"9223372036854775807", b"9223372036854775808", b'"tags":["t"]', b"- ", b"_",
]


def number(random, usual):
    return random.choice(NUMBERS) if random.random() < 0.04 else str(random.choice(usual))


def times(random):
    start = random.randrange(100)
    return number(random, [start]), number(random, [start + random.randrange(20)])


def json_operation(random):
    start, end = times(random)
    chance = random.random
    kind = random.choice(KINDS)
    fields = [("kind", f'"{kind}"'), ("start", start)]
    if chance() < 0.9:
        fields.append(("end", end))
    if chance() < (0.95 if kind not in ("invalidateTag", "apply", "evict", "publish", "receive") else 0.3):
        fields.append(("key", f'"{random.choice(KEYS[:3]) if chance() < 0.9 else random.choice(KEYS)}"'))
    if chance() < 0.5:
        fields.append(("version", number(random, [0, 1, 2])))
    if chance() < 0.2:
        fields.append(("value", number(random, [-1, 0, 1, 2])))
    if chance() < 0.3:
        fields.append(("id", number(random, [1, 2, 3, 4, 5, 6, 7, 8, 9])))
    if chance() < 0.5:
        fields.append(("worker", number(random, [-1, 0, 1])))
    if chance() < 0.4:
        fields.append(("instance", number(random, [-1, 0, 1])))
    if kind == "invalidateTag" or chance() < 0.15:
        tags = ['"t"'] if chance() < 0.8 else [f'"{random.choice(KEYS)}"' for _ in range(random.randrange(4))]
        fields.append(("tags", "[" + ",".join(tags) + "]"))
    for name in ("layer", "source"):
        if chance() < 0.15:
            word = random.choice(["L1", "L2", "L3", "redis", "origin", "L4", "Redis"][: 5 if chance() < 0.9 else 7])
            fields.append((name, f'"{word}"'))
    if chance() < 0.1:
        fields.append(("scope", '"' + random.choice(["none", "instance", "cluster"]) + '"'))
    if chance() < 0.1:
        fields.append(("outcome", '"' + random.choice(["ok", "failed", "unknown"]) + '"'))
    if chance() < 0.1:
        fields.append(("cause", number(random, [0, 1, 2])))
    if chance() < (0.9 if kind == "compareAndSet" else 0.01):
        fields.append(("expected", number(random, [-1, 0, 1, 2])))
    if chance() < (0.2 if kind == "compareAndSet" else 0.01):
        fields.append(("refused", random.choice(["true", "true", "false"])))
    for name in ("tombstone", "absent"):
        if chance() < 0.06:
            fields.append((name, random.choice(["true", "false"])))
    if chance() < 0.01:
        fields.append(random.choice(fields))
    if chance() < 0.01:
        fields.append((random.choice(["time", "Kind", "ki\\u006ed", ""]), "1"))
    random.shuffle(fields)
    blank = random.choice(["", "", "", " ", "\t", " \t "])
    return "{" + ("," + blank).join(f'{blank}"{name}":{blank}{value}' for name, value in fields) + "}"


def json_names(random):
    names = ",".join(f'"{random.choice(KEYS)}"' for _ in range(random.randrange(4)))
    form = random.randrange(4)
    if form == 0:
        return '{"keys":[' + names + "]}"
    if form == 1:
        return '{"checks":["linearizable"]}'
    sets = ",".join("[" + ",".join(f'"{random.choice("tu")}"' for _ in range(random.randrange(3))) + "]" for _ in range(2))
    return '{"tagSets":[' + sets + "]}"


def json_lines(random, count):
    header = '{"format":"swift-cache-coherence history","version":%s}' % random.choice("1222")
    if random.random() < 0.02:
        header = header.replace("version\":", "version\":" + random.choice(["1", "-", "0"]))
    if random.random() < 0.02:
        header = '{ "version" : 1 ,\t"format" : "swift-cache-coherence history" }'
    lines = [json_names(random) if random.random() < 0.05 else json_operation(random) for _ in range(count)]
    return [header, *lines]


def register_text(random, count):
    lines = []
    for index in range(count):
        start, end = times(random)
        key = random.choice(["a", "b", "user:7", "é", "#a"]) if random.random() < 0.9 else random.choice(KEYS)
        word = random.choice(["r", "w", "cas"]) if random.random() < 0.99 else random.choice(["R", "rw", "-", "CAS"])
        value = number(random, [index + 1, index + 1, index + 1, 0 if word == "r" else index + 1])
        if random.random() < 0.1:
            end = "-"
            value = "0" if word == "r" and random.random() < 0.9 else value
        gap = random.choice([" ", " ", " ", "\t", "  ", " \t"])
        words = [number(random, [index]), number(random, [0, 1, 2]), key, word, value, start, end]
        if word == "cas" or random.random() < 0.01:
            words.insert(4, number(random, [0, 1, 2]))
        if random.random() < 0.01:
            words.pop(random.randrange(len(words)))
        lines.append(random.choice(["", "", "", " "]) + gap.join(words) + random.choice(["", "", "", "\t"]))
        if random.random() < 0.05:
            lines.append(random.choice(["# a comment", "", "#", " # é", "#_ 1"]))
    return lines


def spoilt(random, data):
    data = bytearray(data)
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        place = random.randrange(len(data) + 1)
        what = random.randrange(6)
        if what == 0:
            data[place:place] = random.choice(PIECES)
        elif what == 1:
            del data[place : place + random.choice([1, 1, 1, 2, 5, 20])]
        elif what == 2:
            data[place : place + 1] = random.choice(PIECES)
        elif what == 3 and data:
            place = random.randrange(len(data))
            data[place] ^= 1 << random.randrange(8)
        elif what == 4:
            other = random.randrange(len(data) + 1)
            data[place:place] = data[min(place, other) : min(max(place, other), min(place, other) + 30)]
        else:
            data = data[:place]
    return bytes(data)


def history(random, lines_of, count):
    """A history of about so many lines."""
    lines = lines_of(random, count)
    end = "\r\n" if random.random() < 0.05 else "\n"
    data = (end.join(lines) + ("" if random.random() < 0.1 else end)).encode("utf-8", "surrogatepass")
    if random.random() < 0.01:
        data = b"\xef\xbb\xbf" + data
    if random.random() < 0.5:
        data = spoilt(random, data)
    return data


EDN_VALUES = ["0", "1", "2", "-1", "nil", "nil"]
FUNCTION_FORMS = [":%s", ":%s", ":%s", ":%s", "%s", '"%s"']
EDN_OTHERS = [
    ":error :timeout", ':error [:timeout "a \\" b"]', ":x {:a 1, :b [1 2]}", ":s #{1 2}", ":c \\space", ":c \\a", ":t #inst \"2020\"",
    ":r 1/2", ":d 1.5e3", ":n 12N", ":nan ##NaN", "#_ {:a 1} :y 2", ":y #_1 2", "; a comment\n :y 2", ":y (1 2)", ":y nil",
    ":y true", ":y \"\\u00e9\"", ":y",
]


def edn_value(random, function, key):
    if function == "cas":
        value = f"[{random.choice(EDN_VALUES)} {number(random, [0, 1, 2])}]"
    elif function == "write":
        value = number(random, [1, 1, 2, 0, "nil"])
    else:
        value = number(random, EDN_VALUES)
    return f"[{key} {value}]" if key else value


def edn(random, count):
    key = random.choice(["", "", '"k"', ":k", "k", "5", '"é"'])
    moment = random.choice(["", ":time", ":index"])
    pending = {}
    now = 0
    events = []
    for index in range(count):
        now += random.randrange(3)
        process = random.randrange(3)
        if process in pending and random.random() < 0.97:
            function, value = pending.pop(process)
            kind = random.choice([":ok", ":ok", ":fail", ":info"])
            if function == "read" and kind == ":ok":
                value = edn_value(random, function, key)
        else:
            function = random.choice(["read", "write", "cas"]) if random.random() < 0.99 else random.choice(["raed", "append"])
            kind = ":invoke" if random.random() < 0.98 else random.choice([":ok", ":fail", ":info", ":invokes", "invoke"])
            value = edn_value(random, function, key) if function != "read" else f"[{key} nil]" if key else "nil"
            pending[process] = (function, value)
        if random.random() < 0.02:
            value = edn_value(random, function, key)
        if kind in (":info", ":fail") and random.random() < 0.2:
            value = random.choice([":timed-out", "nil", "[1", "{:a 1}"][: 4 if random.random() < 0.1 else 2])
        named = number(random, [process])
        if random.random() < 0.03:
            kind = random.choice([kind[1:], '"' + kind[1:] + '"'])
        fields = [f":type {kind}", f":f {random.choice(FUNCTION_FORMS) % function}", f":process {named}", f":value {value}"]
        if random.random() < 0.05:
            fields = [":type :info", ":f :kill", ":process :nemesis", ":value nil"]
        if random.random() < 0.02:
            fields.pop(random.randrange(4))
        if moment and random.random() < 0.99:
            fields.append(f"{moment} {number(random, [now])}")
        if moment == ":time" and random.random() < 0.5:
            fields.append(f":index {index}")
        if random.random() < 0.3:
            fields.append(random.choice(EDN_OTHERS))
        if random.random() < 0.02:
            fields.append(random.choice(fields))
        random.shuffle(fields)
        event = "{" + random.choice([", ", " ", ",", "  "]).join(fields) + "}"
        if random.random() < 0.1:
            event = "#jepsen.history.Op" + event
        if random.random() < 0.03:
            event = random.choice(["#_ 1 ", "#_{:a 1}", "; c\n", "#_ #_ 1 2 "]) + event
        events.append(event)
    if random.random() < 0.2:
        opening, closing = random.choice(["[]", "()"])
        events = [opening + events[0], *events[1:]]
        events[-1] += closing
    return events


def jepsen_log(random, count):
    lines = []
    pending = {}
    keyed = random.random() < 0.05
    for _ in range(count):
        process = random.randrange(3)
        if process in pending and random.random() < 0.97:
            function, value = pending.pop(process)
            kind = random.choice([":ok", ":ok", ":fail", ":info"])
            if kind == ":ok" and function == "read":
                value = edn_value(random, function, "k" if keyed else "")
            if kind in (":info", ":fail") and random.random() < 0.5:
                value = ":timed-out"
        else:
            function = random.choice(["read", "write", "cas"])
            kind = ":invoke" if random.random() < 0.98 else random.choice([":ok", ":fail", ":info", ":invokes"])
            value = "nil" if function == "read" else edn_value(random, function, "k" if keyed else "")
            pending[process] = (function, value)
        level = "INFO" if random.random() < 0.98 else random.choice(["WARN", "ERROR", "DEBUG", "TRACE", "info", "FATAL", "INF"])
        gap = random.choice(["\t", "\t", "\t", " ", " \t"])
        words = [number(random, [process]), kind, ":" + function, value]
        if random.random() < 0.05:
            words = [":nemesis", ":info", ":start", "nil"]
        if random.random() < 0.01:
            words.pop()
        line = f"{level}  jepsen.util - {gap.join(words)}"
        if random.random() < 0.05:
            line = random.choice(["INFO  jepsen.core - Setting up", "", " ", "WARN jepsen.control \"a", "INFO", "INFO ", "INFO a"])
        lines.append(line)
    return lines
