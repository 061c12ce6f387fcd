"""The formats: their names, files, and how each is read and written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from crossreel.catalog.decoding import open_bounded
from crossreel.errors import BadFile, BadValue, WrongUse
from crossreel.localize.timedtext.encoding import decode, encoding_name
from crossreel.localize.timedtext.model import Document
from crossreel.values.language import Language
from crossreel.values.timing import FrameRate

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "Format",
    "Written",
    "detect",
    "format_for",
    "read_bytes",
    "read_file",
    "write_bytes",
]

MAX_BYTES = 512 << 20
"""Larger files are refused (a million cues have about 80 MB)."""


@dataclass(frozen=True, slots=True)
class Format:
    """A subtitle format.

    Args:
        name: as in commands and documents.
        title: as people write it.
        suffixes: of its files, the usual one first.
        starts: matches the beginning of such a file.
        binary: read as bytes, its encoding is its own affair.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    starts: re.Pattern[str]
    binary: bool = False


def _begins(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


FORMATS = {
    format.name: format
    for format in (
        Format("webvtt", "WebVTT", (".vtt",), re.compile(r"WEBVTT(?:[ \t\r\n]|\Z)")),
        Format(
            "ttml",
            "TTML/IMSC",
            (".ttml", ".xml", ".dfxp", ".itt"),
            _begins(r"\s*<(?:\?xml|!--|(?:\w+:)?tt\b)"),
            True,
        ),
        Format(
            "ass", "ASS", (".ass",), _begins(r"\s*\[script info\].*?(?:\[v4\+ styles|scripttype:\s*v4\.00\+)")
        ),
        Format("ssa", "SSA", (".ssa",), _begins(r"\s*\[script info\]")),
        Format("sami", "SAMI", (".smi", ".sami"), _begins(r"\s*<sami\b")),
        Format("scc", "SCC", (".scc",), _begins(r"\s*Scenarist_SCC")),
        Format("stl", "EBU-STL", (".stl",), re.compile(r"...STL\d\d\.\d\d", re.DOTALL), True),
        Format("microdvd", "MicroDVD", (".sub",), _begins(r"\s*\{-?\d+\}\{-?\d*\}")),
        Format("srt", "SRT", (".srt",), _begins(r".*?\d+\s*:\s*\d+.{0,16}?-{1,3}>\s*-?\d+\s*:\s*\d+")),
    )
}
"""Name: format, in the order in which a file's beginning is compared."""


@dataclass(frozen=True, slots=True)
class Written:
    """A written file: its bytes, and what the format could not carry."""

    data: bytes
    notes: tuple[str, ...] = ()


def format_for(path: Path, name: str | None = None) -> Format:
    """The format asked for by name, or told by a file's suffix.

    Raises:
        WrongUse: no such format, or a suffix that names none.
    """
    known = ", ".join(FORMATS)
    if name is not None:
        asked = {"vtt": "webvtt", "imsc": "ttml", "smi": "sami", "sub": "microdvd", "ebu-stl": "stl"}.get(
            name.lower(), name.lower()
        )
        if asked not in FORMATS:
            raise WrongUse(f"There is no subtitle format {name!r}.", advice=f"Formats: {known}.", format=name)
        return FORMATS[asked]
    suffix = path.suffix.lower()
    found = next((format for format in FORMATS.values() if suffix in format.suffixes), None)
    if found is None:
        advice = f"Name the format with --format, one of {known}."
        raise WrongUse(
            f"The file name {path.name!r} tells no subtitle format.", advice=advice, path=str(path)
        )
    return found


def detect(text: str, path: Path | str = "") -> Format | None:
    """The format that the beginning of a file shows, or None."""
    start = text[:4096].removeprefix("\ufeff")
    return next((format for format in FORMATS.values() if format.starts.match(start)), None)


def read_file(
    path: Path,
    *,
    format: str | None = None,
    encoding: str | None = None,
    language: Language | None = None,
    rate: FrameRate | None = None,
) -> Document:
    """Reads a subtitle file; the arguments are those of ``read_bytes``.

    Raises:
        BadFile: it cannot be read, is empty, too large, in no known encoding, or not of the format.
    """
    with open_bounded(path) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadFile(path, f"is larger than {MAX_BYTES >> 20} MiB", advice="Split it.")
    return read_bytes(data, path, format=format, encoding=encoding, language=language, rate=rate)


def read_bytes(
    data: bytes,
    path: Path | str = "the file",
    *,
    format: str | None = None,
    encoding: str | None = None,
    language: Language | None = None,
    rate: FrameRate | None = None,
) -> Document:
    """Reads subtitles.

    Args:
        data: the bytes of the file.
        path: for messages.
        format: a name of ``FORMATS``; None looks at the file's beginning, then at its suffix.
        encoding: asked for; None detects it.
        language: of the text, where it is known: helps detection and is the document's language.
        rate: frames a second, for formats that count frames.

    Raises:
        BadFile: empty, in no known encoding, or not of the format.
        BadValue: ``encoding`` is no encoding.
        WrongUse: no such format.
        MissingExtra: the format needs a package that is not installed.
    """
    if not data:
        raise BadFile(path, "is empty")
    chosen = format_for(Path(), format) if format is not None else _sniffed(data)
    try:
        if chosen is not None and chosen.binary:
            document = _read_binary(chosen, data, encoding, path)
        else:
            decoded = decode(data, encoding=encoding, language=language, path=path)
            chosen = chosen or detect(decoded.text) or _by_suffix(path)
            document = _read_text(chosen, decoded.text, rate)
            notes = (decoded.note, *document.notes) if decoded.note else document.notes
            document = replace(document, encoding=decoded.encoding, notes=notes)
    except BadValue as error:
        raise BadFile(path, error.message.rstrip("."), advice=error.advice) from error
    changes: dict[str, object] = {}
    if language is not None and document.language is None:
        changes["language"] = language
    if rate is not None:
        changes["frame_rate"] = rate
    return replace(document, **changes) if changes else document  # type: ignore[arg-type]


def _sniffed(data: bytes) -> Format | None:
    """Binary formats are told before decoding; text formats after it."""
    start = data[:4096].decode("latin-1")
    if FORMATS["stl"].starts.match(start):
        return FORMATS["stl"]
    narrow = (
        start.removeprefix("\u00ef\u00bb\u00bf").removeprefix("\u00ff\u00fe").removeprefix("\u00fe\u00ff")
    )
    narrow = narrow.replace("\0", "")
    if FORMATS["ttml"].starts.match(narrow) and not FORMATS["sami"].starts.match(narrow):
        return FORMATS["ttml"]
    return None


def _by_suffix(path: Path | str) -> Format:
    known = ", ".join(format.title for format in FORMATS.values())
    try:
        return format_for(Path(path))
    except WrongUse as error:
        raise BadFile(path, "is in no subtitle format that is known", advice=f"Known are {known}.") from error


def _read_binary(format: Format, data: bytes, encoding: str | None, path: Path | str) -> Document:
    from crossreel.localize.timedtext.readers.broadcast import read_stl
    from crossreel.localize.timedtext.readers.ttml import read_ttml

    if format.name == "stl":
        return replace(read_stl(data), encoding="ebu-stl")
    if encoding is not None:
        decoded = decode(data, encoding=encoding, path=path)
        return replace(read_ttml(decoded.text), encoding=decoded.encoding)
    declared = re.match(rb"\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=[\"']([\w.-]+)", data[:200])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        name = "utf-16"
    try:
        python_name = encoding_name(name)
    except BadValue:
        python_name = name
    return replace(read_ttml(data), encoding=python_name)


def _read_text(format: Format, text: str, rate: FrameRate | None) -> Document:
    from crossreel.localize.timedtext.readers import broadcast, microdvd, sami, srt, substation, webvtt

    readers: dict[str, Callable[[], Document]] = {
        "webvtt": lambda: webvtt.read_webvtt(text),
        "srt": lambda: srt.read_srt(text),
        "ass": lambda: substation.read_substation(text, "ass"),
        "ssa": lambda: substation.read_substation(text, "ssa"),
        "sami": lambda: sami.read_sami(text),
        "scc": lambda: broadcast.read_scc(text),
        "microdvd": lambda: microdvd.read_microdvd(text, rate),
    }
    return readers[format.name]()


def write_bytes(
    document: Document, format: str, *, encoding: str = "utf-8", rate: FrameRate | None = None
) -> Written:
    """Writes subtitles.

    Args:
        document: what to write.
        format: a name of ``FORMATS``.
        encoding: of a text format; TTML, EBU-STL and SCC have their own.
        rate: frames a second, for formats that count frames.

    Raises:
        BadValue: the encoding lacks a character of the text, or the format cannot carry the times.
        WrongUse: no such format.
        MissingExtra: the format needs a package that is not installed.
    """
    from crossreel.localize.timedtext.writers import microdvd, sami, scc, srt, stl, substation, ttml, webvtt

    name = format_for(Path(), format).name
    if name == "stl":
        return Written(*stl.write_stl(document, rate))
    writers: dict[str, Callable[[], tuple[str, tuple[str, ...]]]] = {
        "webvtt": lambda: webvtt.write_webvtt(document),
        "srt": lambda: srt.write_srt(document),
        "ass": lambda: substation.write_substation(document, "ass"),
        "ssa": lambda: substation.write_substation(document, "ssa"),
        "sami": lambda: sami.write_sami(document),
        "scc": lambda: scc.write_scc(document),
        "microdvd": lambda: microdvd.write_microdvd(document, rate),
        "ttml": lambda: ttml.write_ttml(document),
    }
    text, notes = writers[name]()
    codec = "utf-8" if name in ("ttml", "scc") else encoding_name(encoding)
    try:
        return Written(text.encode(codec), notes)
    except UnicodeEncodeError as error:
        place = text.count("\n", 0, error.start) + 1
        raise BadValue(
            f"character on line {place}",
            text[error.start],
            f"in {codec}",
            advice="Write it in utf-8, or name an encoding that has it.",
        ) from error
