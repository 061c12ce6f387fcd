"""Crossreel JSON Lines: one title a line, as ``title.schema.json`` describes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from crossreel.catalog.decoding import lines
from crossreel.catalog.feeds.reading import FeedNotes, build_title
from crossreel.catalog.title import Title
from crossreel.errors import RowProblem

__all__ = ["read_crossreel_jsonl"]


def read_crossreel_jsonl(
    path: Path, source: str, notes: FeedNotes
) -> Iterator[tuple[int, Title | RowProblem]]:
    """Reads a JSON Lines file; see ``feeds.reading.Reader``. Blank lines are passed over."""
    for row in lines(path):
        if isinstance(row, RowProblem):
            yield row.row, row
            continue
        (text,) = row.cells
        if not text.strip():
            continue
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            yield row.number, RowProblem(path.name, row.number, "", f"is not JSON ({error.msg})", row.text)
            continue
        if not isinstance(document, dict):
            yield row.number, RowProblem(path.name, row.number, "", "is not a JSON object", row.text)
            continue
        yield (
            row.number,
            build_title(document, file=path, row=row.number, source=source, notes=notes, text=text),
        )
