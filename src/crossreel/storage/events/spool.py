"""A stranger's text file as a table of text cells, with the line number of every row.

Most files are plain: printable ASCII, no quotes, no empty lines. Those are checked chunk by chunk
while they are copied into the workspace, and DuckDB splits them at full speed. Whatever is not
plain (quotes, other scripts, ragged rows) goes through the careful reader of
``catalog.decoding`` row by row, which knows the line of every problem.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from crossreel.audience.bulk import EventFile, Progress
from crossreel.catalog.decoding import MAX_ROW_BYTES, csv_rows, first_bytes, lines, open_bounded
from crossreel.errors import BadFile, RowProblem
from crossreel.storage.events.cells import load_cells
from crossreel.storage.events.engine import quoted

__all__ = ["MAX_PROBLEMS", "Loaded", "load_text", "raw_rows", "refuse_excess"]

MAX_PROBLEMS = 100_000
"""More bad rows than this are not listed: then the file is not what it was said to be."""

_CHUNK = 4 << 20
_BOM = b"\xef\xbb\xbf"
_PRINTABLE = bytes(range(0x20, 0x7F)).replace(b'"', b"") + b"\n"
_STEP = 50_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the temporary table ``raw`` now holds (see ``cells``).

    Attributes:
        columns: field -> column of the file.
        line: SQL for the line (in Parquet: row) number of a row of ``raw``, from 1.
        problems: rows that could not be split.
        is_printable: every cell is known to be printable ASCII without line breaks.
        floating: id fields whose column holds fractions (Parquet): only whole numbers are ids.
        header: the columns of a text file; empty for Parquet.
    """

    columns: dict[str, str]
    line: str
    problems: list[RowProblem]
    is_printable: bool
    floating: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


def load_text(
    session: duckdb.DuckDBPyConnection, file: EventFile, folder: Path, progress: Progress
) -> Loaded:
    """Fills the temporary table ``raw`` from a text file.

    Raises:
        BadFile: not there, empty, damaged, a gzip bomb, or without the needed columns.
    """
    spool = folder / "rows.txt"
    header = file.names or _header(file)
    columns = file.columns(header)
    if _copy_plain(file, spool, len(header), progress) and _load_plain(session, file, spool, header, columns):
        return Loaded(columns, f"raw.rowid + {1 if file.names else 2}", [], is_printable=True, header=header)
    problems = _copy_carefully(file, spool, columns, progress)
    _load_careful(session, spool, columns)
    return Loaded(columns, "raw.line", problems, is_printable=False, header=header)


def refuse_excess(file: EventFile, problems: list[RowProblem]) -> None:
    """Raises ``BadFile`` when there are more bad rows than anyone would read."""
    if len(problems) > MAX_PROBLEMS:
        raise BadFile(
            file.path,
            f"has more than {MAX_PROBLEMS:,} bad rows; the first: {problems[0].problem}",
            row=problems[0].row,
            advice="Check that the file is what it was said to be, and which column is which.",
        )


def _copy_plain(file: EventFile, spool: Path, cells: int, progress: Progress) -> bool:
    """Copies the unpacked bytes with line feeds as line ends; False as soon as they are not plain.

    DuckDB refuses lines of too few cells but overlooks an empty one too many, so the delimiters
    are counted here.
    """
    allowed = _PRINTABLE + (b"\t" if file.delimiter == "\t" else b"")
    delimiter = file.delimiter.encode()
    done = lines_ = delimiters = 0
    with open_bounded(file.path) as packed, spool.open("wb") as copy:
        while chunk := packed.read(_CHUNK):
            if not chunk.endswith(b"\n"):
                chunk += packed.readline(MAX_ROW_BYTES + 1)
            if not done:
                chunk = chunk.removeprefix(_BOM)
            done += len(chunk)
            if b"\r" in chunk:
                chunk = chunk.replace(b"\r\n", b"\n")
            ends = np.frombuffer(chunk, dtype=np.uint8) == 0x0A
            has_empty_line = chunk.startswith(b"\n") or bool((ends[1:] & ends[:-1]).any())
            if chunk.translate(None, allowed) or has_empty_line or _has_long_line(chunk):
                return False
            lines_ += int(np.count_nonzero(ends)) + (not chunk.endswith(b"\n"))
            delimiters += chunk.count(delimiter)
            copy.write(chunk)
            progress(done, 0, "reading events (bytes)")
    return done > 0 and delimiters == lines_ * (cells - 1)


def _has_long_line(chunk: bytes) -> bool:
    start = 0
    while len(chunk) - start > MAX_ROW_BYTES:
        end = chunk.rfind(b"\n", start, start + MAX_ROW_BYTES + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def _header(file: EventFile) -> tuple[str, ...]:
    start = first_bytes(file.path, MAX_ROW_BYTES).removeprefix(_BOM)
    line = start.replace(b"\r", b"\n").partition(b"\n")[0]
    try:
        text = line.decode("utf-8")
        cells = (
            next(csv.reader([text], strict=True), []) if file.delimiter == "," else text.split(file.delimiter)
        )
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(
            file.path, "does not begin with a line of column names", row=1, advice="Save it as UTF-8 CSV."
        ) from error
    return tuple(cell.strip() for cell in cells)


def _load_plain(
    session: duckdb.DuckDBPyConnection,
    file: EventFile,
    spool: Path,
    header: tuple[str, ...],
    columns: dict[str, str],
) -> bool:
    """Lets DuckDB split the lines; False when it finds one with another number of cells."""
    types = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(header)))
    cells = {field: f"c{header.index(column)}" for field, column in columns.items()}
    relation = (
        f"read_csv({quoted(spool)}, auto_detect = false, header = false, skip = {0 if file.names else 1}, "
        f"delim = {quoted(file.delimiter)}, quote = '', escape = '', comment = '', nullstr = '', "
        f"strict_mode = true, null_padding = false, columns = {{{types}}})"
    )
    try:
        session.execute(load_cells(cells, relation))
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return False
    return True


def _copy_carefully(
    file: EventFile, spool: Path, columns: dict[str, str], progress: Progress
) -> list[RowProblem]:
    """Writes line number and mapped cells of every row that can be split; returns the others."""
    problems: list[RowProblem] = []
    wanted = tuple(columns.values())
    done = 0
    with spool.open("w", encoding="utf-8", newline="") as copy:
        writer = csv.writer(copy, lineterminator="\n")
        for row in _rows(file, wanted):
            if isinstance(row, RowProblem):
                problems.append(row)
                refuse_excess(file, problems)
                continue
            number, cells = row
            writer.writerow((number, *(cells[column] for column in wanted)))
            done += 1
            if done % _STEP == 0:
                progress(done, 0, "reading events (rows)")
    return problems


def _load_careful(session: duckdb.DuckDBPyConnection, spool: Path, columns: dict[str, str]) -> None:
    types = ", ".join(f"'{field}': 'VARCHAR'" for field in columns)
    relation = (
        f"read_csv({quoted(spool)}, auto_detect = false, header = false, delim = ',', quote = '\"', "
        f"escape = '\"', comment = '', nullstr = '', new_line = '\\n', max_line_size = {4 * MAX_ROW_BYTES}, "
        f"parallel = false, columns = {{'line_number': 'BIGINT', {types}}})"
    )
    session.execute(load_cells({field: f'"{field}"' for field in columns}, relation, line="line_number"))


def _rows(file: EventFile, wanted: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]] | RowProblem]:
    if file.delimiter == "," and not file.names:
        yield from csv_rows(file.path, wanted)
        return
    names = file.names
    for line in lines(file.path):
        if isinstance(line, RowProblem):
            yield line
            continue
        cells = tuple(line.cells[0].split(file.delimiter))
        if not names:
            names = tuple(cell.strip() for cell in cells)
        elif len(cells) == len(names):
            yield line.number, dict(zip(names, cells, strict=True))
        elif line.cells[0]:
            problem = f"has {len(cells)} columns, not {len(names)}"
            yield RowProblem(file.path.name, line.number, "", problem, line.text)


def raw_rows(file: EventFile, numbers: Collection[int]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """The rows of a text file that begin in these lines: number, text as it stands, cells if it splits.

    Lines that cannot be read as text are left out.
    """
    quotes = file.delimiter == "," and not file.names
    number, text, last = 0, "", max(numbers, default=0)
    for line in lines(file.path):
        if isinstance(line, RowProblem):
            number = 0
            continue
        if number:
            text = f"{text}\n{line.cells[0]}"
        elif line.number in numbers:
            number, text = line.number, line.cells[0]
        if number and not (quotes and text.count('"') % 2 and len(text) < MAX_ROW_BYTES):
            yield number, text, _cells(text, file.delimiter, quotes)
            number = 0
        if not number and line.number >= last:
            return
    if number:
        yield number, text, ()


def _cells(text: str, delimiter: str, quotes: bool) -> tuple[str, ...]:
    if not quotes:
        return tuple(text.split(delimiter))
    try:
        return tuple(next(csv.reader([text], strict=True), ()))
    except (csv.Error, ValueError):
        return ()
