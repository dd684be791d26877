"""What the formats of Documentation/HistoryFormats.md have in common."""

import re

LARGEST = 2**63 - 1
SMALLEST = -(2**63)
LARGEST_ID = 2**62
LARGEST_WORKER = 2**31 - 1

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")


class Refused(Exception):
    """The text is no history of the format."""


def require(condition, why):
    if not condition:
        raise Refused(why)


def text_of(data):
    """UTF-8, without the byte order mark that may stand at the beginning."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("not UTF-8") from None


def lines_of(data):
    """The lines, without their LF or CR LF."""
    for line in text_of(data).split("\n"):
        yield line[:-1] if line.endswith("\r") else line


def integer(text, smallest=SMALLEST, largest=LARGEST):
    require(INTEGER.match(text), "no whole number")
    # Longer ones are out of range, whatever they say.
    require(len(text) <= 20, "out of range")
    number = int(text)
    require(smallest <= number <= largest, "out of range")
    return number


def verdict(parse, data):
    """Whether the parser accepts the history, and if not, why."""
    try:
        parse(data)
    except Refused as refusal:
        return False, str(refusal)
    return True, ""
