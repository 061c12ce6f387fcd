"""Reading files that strangers made: bounded, gzip transparent, with clear errors.

Limits: a row has at most 1 MiB; a gzip file may expand to at most 8 GiB and, beyond its first
16 MiB, to at most 200 times its size. Reading stops where a limit is passed, so that neither a
40 GB line nor a gzip bomb fills memory or disk.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from crossreel.errors import BadFile, RowProblem

__all__ = ["MAX_ROW_BYTES", "Row", "csv_rows", "first_bytes", "is_gzip", "lines", "open_bounded"]

MAX_ROW_BYTES = 1 << 20
MAX_EXPANDED_BYTES = 8 << 30
MAX_RATIO = 200
RATIO_APPLIES_FROM = 16 << 20

_SHOWN = 200
_SHOWN_NAMES, _SHOWN_NAME = 30, 40
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its 1-based line number, its cells (or the one line as the only cell), raw text."""

    number: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """The row as a person recognizes it, at most 200 characters."""
        return ",".join(self.cells)[:_SHOWN]


class _Bounded(io.RawIOBase):
    """Counts what gzip expands and stops a bomb."""

    def __init__(self, path: Path, packed: BinaryIO) -> None:
        self._path = path
        self._size = path.stat().st_size
        self._unpacked = gzip.GzipFile(fileobj=packed)
        self._expanded = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            count = self._unpacked.readinto(buffer)
        except EOFError as error:
            raise BadFile(self._path, "is a gzip file that ends too early", advice="Get it again.") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise BadFile(self._path, "is a damaged gzip file", advice="Get it again.") from error
        self._expanded += count
        if self._expanded > MAX_EXPANDED_BYTES or (
            self._expanded > RATIO_APPLIES_FROM and self._expanded > MAX_RATIO * self._size
        ):
            raise BadFile(
                self._path,
                f"expands beyond {MAX_RATIO} times its packed size or {MAX_EXPANDED_BYTES >> 30} GiB",
                advice="If it is what it should be, unpack it first and import the unpacked file.",
            )
        return count


def is_gzip(path: Path) -> bool:
    """Whether a file begins as gzip does, whatever its name."""
    with path.open("rb") as file:
        return file.read(2) == _GZIP


@contextmanager
def open_bounded(path: Path) -> Iterator[BinaryIO]:
    """Opens a file for reading bytes, through gzip where it is packed.

    Raises:
        BadFile: not there, a folder, unreadable, empty, damaged or a gzip bomb.
    """
    if path.is_dir():
        raise BadFile(path, "is a folder, not a file")
    try:
        with path.open("rb") as file:
            start = file.read(2)
            file.seek(0)
            if not start:
                raise BadFile(path, "is empty")
            yield io.BufferedReader(_Bounded(path, file), 1 << 16) if start == _GZIP else file
    except FileNotFoundError as error:
        raise BadFile(path, "does not exist") from error
    except OSError as error:
        raise BadFile(path, f"cannot be read ({error.strerror or error})") from error


def first_bytes(path: Path, count: int = 4096) -> bytes:
    """The first bytes of a file, unpacked; raises ``BadFile`` as ``open_bounded`` does."""
    with open_bounded(path) as file:
        return file.read(count)


def _decode(raw: bytes, encoding: str) -> str:
    """``latin-1`` here means: UTF-8 where the bytes are valid UTF-8, else Windows-1252/Latin-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if encoding != "latin-1":
            raise
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def lines(path: Path, *, encoding: str = "utf-8") -> Iterator[Row | RowProblem]:
    """The lines of a text file, without their ends.

    A byte order mark is dropped. A line that is too long, holds a NUL byte or is not in the
    encoding comes out as a ``RowProblem`` and reading goes on.

    Args:
        path: plain or gzip.
        encoding: ``utf-8``, or ``latin-1`` for old files: each line is UTF-8 if it can be.

    Raises:
        BadFile: as ``open_bounded``, or the file is UTF-16.
    """
    with open_bounded(path) as file:
        number = 0
        while raw := file.readline(MAX_ROW_BYTES + 1):
            number += 1
            if number == 1:
                raw = _without_mark(path, raw)
            if len(raw) > MAX_ROW_BYTES:
                _skip_line(file, raw)
                yield _problem(path, number, f"is longer than {MAX_ROW_BYTES >> 20} MiB", raw)
            elif b"\0" in raw:
                yield _problem(path, number, "contains a NUL byte", raw)
            else:
                line = raw.rstrip(b"\r\n")
                try:
                    yield Row(number, (_decode(line, encoding),))
                except UnicodeDecodeError as error:
                    what = f"is not UTF-8 (byte 0x{line[error.start]:02X} at position {error.start + 1})"
                    yield _problem(path, number, what, raw)


def _without_mark(path: Path, raw: bytes) -> bytes:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(path, "is UTF-16", advice="Save it as UTF-8.")
    return raw.removeprefix(b"\xef\xbb\xbf")


def _skip_line(file: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(1 << 16)


def _problem(path: Path, number: int, problem: str, raw: bytes) -> RowProblem:
    shown = raw[:_SHOWN].decode("utf-8", "replace").rstrip()
    return RowProblem(path.name, number, "", problem, shown.replace("\0", "\\0"))


def csv_rows(
    path: Path, needed: tuple[str, ...], *, encoding: str = "utf-8"
) -> Iterator[tuple[int, Mapping[str, str]] | RowProblem]:
    """The rows of a CSV file with a header: (line number of the row's start, cells by column).

    Quoted cells may hold line breaks; the whole row still has at most 1 MiB. Rows that cannot be
    split come out as ``RowProblem``.

    Args:
        path: plain or gzip.
        needed: columns that must be there; others are passed through.
        encoding: as for ``lines``.

    Raises:
        BadFile: as for ``lines``; no header; a needed column is missing, or named twice.
    """
    header: tuple[str, ...] = ()
    for row in _records(path, encoding):
        if isinstance(row, RowProblem):
            if not header:
                raise BadFile(path, f"its header {row.problem}", row=row.row)
            yield row
        elif not header:
            header = _checked_header(path, row, needed)
        elif len(row.cells) != len(header):
            problem = f"has {len(row.cells)} columns, the header has {len(header)}"
            yield RowProblem(path.name, row.number, "", problem, row.text)
        else:
            yield row.number, dict(zip(header, row.cells, strict=True))
    if not header:
        raise BadFile(path, "has no header", advice=f"Its first line names the columns: {', '.join(needed)}.")


def _checked_header(path: Path, row: Row, needed: tuple[str, ...]) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in row.cells)
    missing = [name for name in needed if name not in header]
    if missing:
        told = ", ".join(name[:_SHOWN_NAME] for name in header[:_SHOWN_NAMES])
        more = ", ..." if len(header) > _SHOWN_NAMES else ""
        raise BadFile(
            path,
            f"has no column {missing[0]!r}",
            row=row.number,
            advice=f"Needed are: {', '.join(needed)}; it has: {told}{more}.",
        )
    repeated = [name for name in needed if header.count(name) > 1]
    if repeated:
        raise BadFile(path, f"has the column {repeated[0]!r} twice", row=row.number)
    return header


def _records(path: Path, encoding: str) -> Iterator[Row | RowProblem]:
    """Joins the lines of quoted cells; a record is complete when its quotes are even."""
    pending: list[str] = []
    start = end = size = quotes = 0
    for row in lines(path, encoding=encoding):
        if isinstance(row, RowProblem):
            pending, size, quotes = [], 0, 0
            yield row
            continue
        line = row.cells[0]
        if not pending:
            if not line:
                continue
            start = row.number
        pending.append(line)
        end = row.number
        size += len(line)
        quotes += line.count('"')
        if size > MAX_ROW_BYTES:
            problem = _unclosed(path, start, end, pending[0])
            too_long = f"{problem.problem}, or the row is longer than {MAX_ROW_BYTES >> 20} MiB"
            yield replace(problem, problem=too_long)
        elif quotes % 2 == 0:
            yield _split(path, start, pending)
        else:
            continue
        pending, size, quotes = [], 0, 0
    if pending:
        yield _unclosed(path, start, end, pending[0])


def _unclosed(path: Path, start: int, end: int, text: str) -> RowProblem:
    problem = f"opens a quote that does not close; lines {start} to {end} were not read"
    return RowProblem(path.name, start, "", problem, text[:_SHOWN])


def _split(path: Path, number: int, pending: list[str]) -> Row | RowProblem:
    try:
        (cells,) = csv.reader(["\n".join(pending)], strict=True)
    except (csv.Error, ValueError) as error:
        return RowProblem(path.name, number, "", f"is not CSV ({error})", pending[0][:_SHOWN])
    return Row(number, tuple(cells))
