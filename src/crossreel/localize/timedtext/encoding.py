"""Which character encoding a subtitle file is in: told by its bytes, or asked for; never guessed away.

A byte order mark decides. Without one: UTF-16/32 by their zero bytes, UTF-8 where the bytes are
valid UTF-8, else every candidate that decodes all bytes is scored by how much its text looks like a
language (``encoding_scores``), and the best is taken if it is plausible. What no candidate can read
is an error with the place of the first bad byte; nothing is replaced silently.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from crossreel.errors import BadFile, BadValue
from crossreel.localize.timedtext.encoding_scores import CANDIDATES, score
from crossreel.values.language import Language

__all__ = ["Decoded", "decode", "encoding_name"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SAMPLE = 1 << 16
_PLAUSIBLE = 0.0
_NAMES = {
    "utf_8": "utf-8",
    "cp949": "euc-kr",
    "cp932": "shift_jis",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "ascii": "utf-8",
    "utf-8-sig": "utf-8",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and how it was read.

    Args:
        text: without its byte order mark.
        encoding: Python's name of the encoding.
        how: ``asked``, ``mark`` (byte order mark), ``valid`` (UTF-8 or UTF-16/32 by their form) or
            ``detected`` (by what the text looks like).
        note: in words, where it was detected; empty otherwise.
    """

    text: str
    encoding: str
    how: str
    note: str = ""


def encoding_name(given: str) -> str:
    """The codec that reads what people call ``given``.

    Windows supersets stand in for their bare standards: ``euc-kr`` reads cp949, ``gb2312`` and
    ``gbk`` read GB18030, ``shift_jis`` reads cp932, ``latin-1`` reads Windows-1252's own characters
    as controls, so it stays itself.

    Raises:
        BadValue: Python knows no such text encoding.
    """
    try:
        info = codecs.lookup(given.strip())
    except (LookupError, ValueError) as error:
        raise BadValue(
            "encoding", given, "the name of a character encoding such as utf-8 or cp1251"
        ) from error
    name = info.name
    if not getattr(info, "_is_text_encoding", True) or name in ("idna", "punycode", "undefined", "utf-7"):
        raise BadValue("encoding", given, "the name of a character encoding such as utf-8 or cp1251")
    return {"euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}.get(name, name)


def decode(
    data: bytes,
    *,
    encoding: str | None = None,
    language: Language | None = None,
    path: Path | str = "the file",
) -> Decoded:
    """Decodes a file.

    Args:
        data: its bytes.
        encoding: asked for; then nothing else is tried.
        language: of the text, where it is known; it helps to tell the code pages apart.
        path: for messages.

    Raises:
        BadValue: ``encoding`` is no encoding.
        BadFile: empty, binary, not in the encoding asked for, or in none that is known.
    """
    if not data.strip(b"\0\t\n\r "):
        raise BadFile(path, "is empty")
    if encoding is not None:
        return Decoded(_strictly(data, encoding_name(encoding), path), encoding_name(encoding), "asked")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data[len(mark) :], name, path), name, "mark")
    wide = _wide(data)
    if wide:
        return Decoded(_strictly(data, wide, path), wide, "valid")
    try:
        return Decoded(data.decode("utf-8"), "utf-8", "valid")
    except UnicodeDecodeError as error:
        return _detected(data, language, path, error)


def _strictly(data: bytes, name: str, path: Path | str) -> str:
    try:
        return data.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadFile(
            path,
            f"is not {name} (byte 0x{data[error.start]:02X} at position {error.start + 1})",
            row=data.count(b"\n", 0, error.start) + 1,
            advice="Name the encoding it is in with --encoding, such as --encoding cp1251.",
        ) from error
    except UnicodeError as error:
        raise BadFile(
            path, f"is not {name} ({error})", advice="Name its encoding with --encoding."
        ) from error


def _wide(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: ASCII in it has zero bytes at fixed places."""
    sample = data[: _SAMPLE & ~3]
    quarters = [sample[place::4].count(0) for place in range(4)]
    size = max(1, len(sample) // 4)
    filled = [count / size for count in quarters]
    if len(data) % 4 == 0 and filled[2] > 0.9 and filled[3] > 0.9 and filled[0] < 0.5:
        return "utf-32-le"
    if len(data) % 4 == 0 and filled[0] > 0.9 and filled[1] > 0.9 and filled[3] < 0.5:
        return "utf-32-be"
    even, odd = (filled[0] + filled[2]) / 2, (filled[1] + filled[3]) / 2
    if odd > 0.15 and odd > 4 * even:
        return "utf-16-le"
    if even > 0.15 and even > 4 * odd:
        return "utf-16-be"
    return ""


def _doubt(data: bytes) -> float:
    """Points within which a second reading is worth naming: more where few bytes speak."""
    beyond = sum(byte > 0x7F for byte in data[:_SAMPLE])
    return 0.05 + min(0.5, 5 / max(1, beyond))


def _detected(data: bytes, language: Language | None, path: Path | str, error: UnicodeDecodeError) -> Decoded:
    place = f"(byte 0x{data[error.start]:02X} at position {error.start + 1})"
    row = data.count(b"\n", 0, error.start) + 1
    advice = "Name its encoding with --encoding, such as --encoding cp1251, gb18030 or shift_jis."
    if data.count(b"\0") > len(data) // 100:
        raise BadFile(path, "is not a text file (it has many zero bytes)", advice=advice)
    ranked = sorted(
        ((points, name) for name in CANDIDATES if (points := score(data, name, language)) is not None),
        reverse=True,
    )
    if not ranked or ranked[0][0] <= _PLAUSIBLE:
        raise BadFile(
            path, f"is not UTF-8 {place}, and no other encoding makes words of it", row=row, advice=advice
        )
    best = ranked[0][1]
    close = [name for points, name in ranked[1:] if points > ranked[0][0] - _doubt(data)]
    same = {name for name in close if data.decode(name, "replace") == data.decode(best)}
    others = [name for name in close if name not in same][:3]
    doubt = (
        f" It could also be {', '.join(others)}: name it with --encoding if letters are wrong."
        if others
        else ""
    )
    return Decoded(data.decode(best), best, "detected", f"The encoding was taken to be {best}.{doubt}")
