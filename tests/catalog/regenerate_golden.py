"""Rewrites fixtures/golden.json from the fixture feeds: python tests/catalog/regenerate_golden.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crossreel.catalog.documents import title_to_dict
from crossreel.catalog.feeds import FeedNotes, choose_reader
from crossreel.catalog.title import Title

FIXTURES = Path(__file__).parent / "fixtures"
FEEDS = ("ml-100k", "ml-1m", "ml-latest", "tmdb.csv", "movies_metadata.csv", "titles.jsonl")


def read_all() -> dict[str, Any]:
    """What every fixture feed gives: the format, its titles as documents, the remarks."""
    found: dict[str, Any] = {}
    for feed in FEEDS:
        notes = FeedNotes()
        name, reader = choose_reader(FIXTURES / feed)
        rows = [(row, outcome) for row, outcome in reader(FIXTURES / feed, "golden", notes)]
        found[feed] = {
            "format": name,
            "rows": [[row, title_to_dict(o) if isinstance(o, Title) else str(o)] for row, o in rows],
            "remarks": [str(remark) for remark in notes.remarks],
        }
    return found


if __name__ == "__main__":
    text = json.dumps(read_all(), indent=1, ensure_ascii=False)
    (FIXTURES / "golden.json").write_text(text + "\n", encoding="utf-8")
