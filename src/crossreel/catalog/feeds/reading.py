"""What the readers of all formats share: from a row's facts to a checked title."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from crossreel.catalog.documents import title_from_dict
from crossreel.catalog.repair import Repairs, repair_document
from crossreel.catalog.title import Title
from crossreel.errors import BadValue, RowProblem

__all__ = ["FeedNotes", "Reader", "build_title", "one_line", "prose"]

_MAX_REMARKS = 1000
_EDGES = " \t\r\n"
"""Only these are trimmed before repair: a no-break space may be the second half of "Ã " (à)."""


@dataclass(slots=True)
class FeedNotes:
    """What a reader did that the importer should tell: repairs, and values it passed over."""

    repairs: Repairs = field(default_factory=Repairs)
    remarks: list[RowProblem] = field(default_factory=list)

    def remark(self, file: Path, row: int, column: str, problem: str, text: str) -> None:
        """Notes a value that was left out while its row was kept (the first 1,000 of them)."""
        if len(self.remarks) < _MAX_REMARKS:
            self.remarks.append(RowProblem(file.name, row, column, problem, text[:200]))


class Reader(Protocol):
    """Reads one format: yields each row's 1-based line number and its title or problem."""

    def __call__(self, path: Path, source: str, notes: FeedNotes) -> Iterator[tuple[int, Title | RowProblem]]:
        """Reads ``path``; raises ``BadFile`` where nothing can be read at all."""
        ...


def build_title(
    document: dict[str, Any], *, file: Path, row: int, source: str, notes: FeedNotes, text: str
) -> Title | RowProblem:
    """Repairs and checks one document; ``text`` is the raw row, shown if it is refused."""
    repair_document(document, notes.repairs)
    try:
        return title_from_dict(document, source)
    except BadValue as error:
        problem = f"must be {error.data['expected']}; got {error.data['value']}"
        return RowProblem(file.name, row, error.data["what"], problem, text[:200])


def one_line(text: str) -> str:
    """``text`` on one line: line breaks and tabs become spaces."""
    if "\n" in text or "\t" in text or "\r" in text:
        text = " ".join(part for part in text.replace("\r", "\n").replace("\t", "\n").split("\n") if part)
    return text.strip(_EDGES)


def prose(text: str) -> str:
    """``text`` with line breaks written as single line feeds."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(_EDGES)
