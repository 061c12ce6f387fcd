r"""SRT as it is in the wild.

The format has no standard. Read are: any newlines, missing or repeated numbers, missing blank
lines, ``.`` or ``,`` or ``:`` before the fraction, fractions of 1 to 9 digits or none, missing
hours, hours beyond 99, minutes beyond 59, ``->``, coordinates after the times, blank lines inside a
text, HTML tags, ``{\\an8}``. What was repaired is said in the notes.
"""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

from crossreel.errors import BadValue
from crossreel.localize.timedtext.model import Cue, Document, Text
from crossreel.localize.timedtext.readers.tagged import parse_tagged

__all__ = ["read_srt"]

_COLON = r"[ \t]*:[ \t]*"
_TIME = (
    rf"(-?)(?:([0-9]{{1,9}}){_COLON})?([0-9]{{1,4}}){_COLON}([0-9]{{1,4}})"
    r"(?:[ \t]*[,.:;][ \t]*([0-9]{1,9}))?"
)
_TIMING = re.compile(rf"^[ \t]*{_TIME}[ \t]*-{{1,3}}>[ \t]*{_TIME}[ \t]*(.*)$", re.MULTILINE)
_USUAL = re.compile(r"(\d\d):([0-5]\d):([0-5]\d),(\d{3}) --> (\d\d):([0-5]\d):([0-5]\d),(\d{3})$", re.ASCII)


def read_srt(text: str) -> Document:
    """Reads an SRT file.

    Args:
        text: the decoded file.

    Raises:
        BadValue: there is no timing line in it.
    """
    repairs: Counter[str] = Counter()
    text = text.removeprefix("\ufeff").replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        repairs["NUL characters were replaced by U+FFFD"] += text.count("\0")
        text = text.replace("\0", "\ufffd")
    timings = list(_TIMING.finditer(text))
    if not timings:
        raise BadValue("subtitle file", text[:40], "SRT, with lines such as 00:00:01,000 --> 00:00:02,500")
    cues = []
    number, before = _split_number(text[: timings[0].start()])
    if before.strip():
        repairs["Text before the first timing line was left out"] += 1
    for timing, following in zip(timings, [*timings[1:], None], strict=True):
        if following is None:
            next_number, body = "", text[timing.end() + 1 :]
        else:
            next_number, body = _split_number(text[timing.end() + 1 : following.start()])
        cues.append(_cue(number, timing, body.strip("\n"), repairs))
        number = next_number
    notes = tuple(f"{what} ({count} times)." for what, count in repairs.items())
    return Document(tuple(cues), format="srt", notes=notes)


def _split_number(text: str) -> tuple[str, str]:
    """(the number that stands before the next timing line, the text before that number)."""
    # Only the last line can be the number; looking at the whole of a long text would be slow.
    end = len(text.rstrip(" \t\n"))
    cut = text.rfind("\n", 0, end)
    last = text[cut + 1 : end].strip()
    if not (last.isascii() and last.isdigit() and len(last) <= 18):
        return "", text
    apart = text.count("\n", end) > 1
    if apart and text[: cut + 1].strip() and not text[: cut + 1].endswith("\n\n"):
        return "", text  # a text that is only a number, before a cue that has none
    return last, text[: cut + 1]


def _seconds(parts: tuple[str, ...], repairs: Counter[str]) -> Fraction:
    sign, hours, minutes, seconds, fraction = parts
    if sign:
        repairs["Negative times were set to 0"] += 1
        return Fraction(0)
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    if len(fraction) == 3:
        return Fraction(whole * 1000 + int(fraction), 1000)
    return whole + Fraction(int(fraction or 0), 10 ** len(fraction))


def _cue(number: str, timing: re.Match[str], body: str, repairs: Counter[str]) -> Cue:
    usual = _USUAL.match(timing[0])
    if usual:
        a, b, c, d, e, f, g, h = map(int, usual.groups())
        start = Fraction(a * 3600000 + b * 60000 + c * 1000 + d, 1000)
        end = Fraction(e * 3600000 + f * 60000 + g * 1000 + h, 1000)
    else:
        groups = timing.groups("")
        start, end = _seconds(groups[:5], repairs), _seconds(groups[5:10], repairs)
    if "\n\n" in body or " \n" in body:
        kept = [line for line in body.split("\n") if line.strip()]
        if len(kept) <= body.count("\n"):
            repairs["Blank lines inside a text were dropped"] += 1
            body = "\n".join(kept)
    if "<" not in body and "{" not in body:
        return Cue(start, end, (Text(body),) if body else (), number)
    tagged = parse_tagged(body)
    if tagged.dropped:
        repairs[f"HTML tags were dropped, their text was kept: {', '.join(sorted(tagged.dropped))}"] += 1
    return Cue(start, end, tagged.tree, number, placement=tagged.placement)
