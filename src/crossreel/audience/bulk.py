"""Whole files of events: what a file says of itself, and the role that takes it into the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from crossreel.audience.event import SCALES, EventKind, Scale
from crossreel.errors import BadFile, BadValue, RowProblem, WrongUse
from crossreel.values.ids import TitleId, ViewerId

__all__ = [
    "FIELDS",
    "EventFile",
    "FileForm",
    "Progress",
    "StagedEvents",
    "StagesEvents",
    "check_mapping",
    "read_kind",
    "title_id_of",
    "viewer_id_of",
]

FIELDS = (
    "viewer", "title", "kind", "time", "value", "territory", "device", "row", "position", "algorithm",
    "text", "language",
)  # fmt: skip
"""What a column of a file can be mapped to."""

_STARRED = (EventKind.RATING, EventKind.REVIEW)

Progress = Callable[[int, int, str], None]
"""``progress(done, of, what)``; ``of`` is 0 where the end is not known."""


class FileForm(StrEnum):
    """How the rows of a file are written."""

    DELIMITED = "delimited"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class EventFile:
    """A file of events and how to read it.

    Attributes:
        path: plain or gzip text, or Parquet.
        source: the name before the ids.
        latest: events after this instant are refused.
        mapping: field -> column; None takes the columns that are named as the fields are.
        kind: what every row is; None reads it from the column ``kind``.
        scale: of the values; None takes the kind's own. In a file of several kinds it is the
            scale of its ratings and reviews.
        delimiter: between the cells of a text line; quotes have a meaning only with ``,``.
        names: the columns of a text file without a header line.
    """

    path: Path
    source: str
    latest: datetime
    form: FileForm = FileForm.DELIMITED
    mapping: Mapping[str, str] | None = None
    kind: EventKind | None = None
    scale: Scale | None = None
    delimiter: str = ","
    names: tuple[str, ...] = ()

    def columns(self, header: Sequence[str]) -> dict[str, str]:
        """Field -> column of a file with these columns, in the order of ``FIELDS``.

        A column that is not there by its exact name is taken by the only name that differs in case.

        Raises:
            BadFile: a needed column is not there or there twice.
        """
        given = self.mapping or {field: field for field in FIELDS if _spelled(field, header) in header}
        found = {field: _spelled(given[field], header) for field in FIELDS if field in given}
        if self.kind is not None and self.mapping is None:
            found.pop("kind", None)
        needed = ["viewer", "title", *(["kind"] if self.kind is None else [])]
        missing = [found.get(field, field) for field in needed if found.get(field) not in header]
        missing += [column for column in found.values() if column not in header and column not in missing]
        if missing:
            has = ", ".join(header[:20]) or "none"
            raise BadFile(
                self.path,
                f"has no column {missing[0]!r}; its columns are: {has[:300]}",
                advice="Say which column is which with --map viewer=...,title=...,value=...,time=..."
                + ("" if self.kind or "kind" in found else ", and what the rows are with --kind")
                + ".",
            )
        twice = [column for column in found.values() if list(header).count(column) > 1]
        if twice:
            raise BadFile(self.path, f"has the column {twice[0]!r} twice")
        return found

    def scale_of(self, kind: EventKind) -> Scale:
        """The scale of a row's value."""
        if self.scale is not None and (self.kind is not None or kind in _STARRED):
            return self.scale
        return SCALES[kind]


def check_mapping(mapping: Mapping[str, str], kind: EventKind | None) -> None:
    """Refuses unknown or missing fields, and a kind that is said twice (``WrongUse``)."""
    for field in mapping:
        if field not in FIELDS:
            raise WrongUse(f"--map knows no field {field!r}.", advice=f"The fields are: {', '.join(FIELDS)}.")
    for field in ("viewer", "title"):
        if field not in mapping:
            raise WrongUse(f"--map must say which column is the {field}.")
    if kind is None and "kind" not in mapping:
        raise WrongUse(
            "It is not said what the rows are.", advice=f"Give --kind, one of: {', '.join(EventKind)}."
        )
    if kind is not None and "kind" in mapping:
        raise WrongUse("The kind is given twice, by --kind and by --map.", advice="Leave one of them out.")


def _spelled(column: str, header: Sequence[str]) -> str:
    """The column as the header spells it, if exactly one does but for case; else as it is."""
    if column in header:
        return column
    alike = [name for name in header if name.casefold() == column.casefold()]
    return alike[0] if len(alike) == 1 else column


_FLOATED = re.compile(r"([0-9]+)\.0")


def _whole(text: str) -> str:
    """``10`` for ``10.0``: programs that know no missing integers write ids as floating point."""
    floated = _FLOATED.fullmatch(text)
    return floated[1] if floated else text


def title_id_of(text: str, source: str) -> TitleId:
    """The title of a cell: with a colon a whole id (``source:id``), else an id of the import's source.

    Digits and ``.0`` are the integer.

    Raises:
        BadValue: it is neither.
    """
    return TitleId.parse(text) if ":" in text else TitleId(source, _whole(text))


def viewer_id_of(text: str, source: str) -> ViewerId:
    """The viewer of a cell: an id of the import's source, which may stand before it (``source:id``).

    Other colons belong to the id. Digits and ``.0`` are the integer.

    Raises:
        BadValue: it is no id.
    """
    own = f"{source}:"
    return ViewerId(source, text.removeprefix(own) if text.startswith(own) else _whole(text))


class StagedEvents(Protocol):
    """A file that has been read and checked, and is not yet in the log.

    Attributes:
        rows: rows read, good and bad.
        problems: every refused row, in file order.
        viewers: how many viewers the good rows name.
        titles: the titles that the good rows name, sorted.
    """

    rows: int
    problems: list[RowProblem]
    viewers: int
    titles: tuple[TitleId, ...]

    @property
    def new(self) -> int:
        """Events that ``commit`` will add, as far as is known now."""
        ...

    def commit(self) -> int:
        """Adds the good rows that the log does not hold yet; returns how many."""
        ...


@runtime_checkable
class StagesEvents(Protocol):
    """An event log that takes whole files."""

    def stage(self, file: EventFile, progress: Progress) -> AbstractContextManager[StagedEvents]:
        """Reads and checks a file; nothing is changed before ``commit``, which ends with the block.

        A row equal in viewer, title, kind, time, value and, where the file has texts, text to an event that
        the log holds, or to an earlier row, is not new.

        Raises:
            BadFile: the file cannot be used at all.
        """
        ...

    def together(self) -> AbstractContextManager[None]:
        """Changes inside the block, also of other stores of the workspace, happen all or not at all."""
        ...


def read_kind(text: str) -> EventKind:
    """Reads a kind's name. Raises ``BadValue``."""
    try:
        return EventKind(text.strip().casefold())
    except ValueError as error:
        raise BadValue("kind", text, "one of " + ", ".join(EventKind)) from error
