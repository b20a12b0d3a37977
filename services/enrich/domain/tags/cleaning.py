"""Text as it comes made fit for reading: bounded, normalised, with its lines joined."""

import regex

from shared.normalising import normalised

LONGEST_TEXT = 12_000
# Direction marks, soft hyphens and the like; joiners stay, some scripts spell with them.
_INVISIBLE = regex.compile(r"[\p{Cc}\p{Cf}\p{Co}\p{Cs}--[\n\t\u200c\u200d]]", regex.V1)
_BREAK = regex.compile(r"\r\n?|[\u2028\u2029\v\f]")

_WRAPPED_LINES = 6
_WRAPPED_WIDTH = range(40, 96)
_SENTENCE_ENDS = frozenset('.!?:;"”»')


def clean_line(text: str) -> str:
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """At most the first 12,000 characters, NFC, without invisible characters."""
    bounded = _BREAK.sub("\n", text[:LONGEST_TEXT])
    # Printable text has none, and that is told faster.
    if not bounded.replace("\n", "").isprintable():
        bounded = _INVISIBLE.sub("", bounded)
    return normalised("NFC", bounded)


def join_wrapped_lines(text: str) -> str:
    """Joins the lines of hard-wrapped agency copy; leaves paragraphs and headings alone."""
    lines = text.split("\n")
    if not _is_wrapped([line for line in lines if line.strip()]):
        return text
    joined: list[str] = []
    previous = ""
    for line in lines:
        if previous.strip() and len(previous) >= _WRAPPED_WIDTH.start and _continues(line):
            joined.append("" if previous.endswith("-") else " ")
        elif joined:
            joined.append("\n")
        joined.append(line)
        previous = line
    return "".join(joined)


def _is_wrapped(lines: list[str]) -> bool:
    if len(lines) < _WRAPPED_LINES:
        return False
    full = [line for line in lines if len(line) in _WRAPPED_WIDTH]
    open_ended = sum(line.rstrip()[-1] not in _SENTENCE_ENDS for line in full)
    return len(full) >= 0.6 * len(lines) and open_ended >= 0.5 * len(full)


def _continues(line: str) -> bool:
    return bool(line.strip()) and not line[0].isspace()
