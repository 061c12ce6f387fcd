"""Where a report had come to, on disk, so that a stopped one goes on instead of beginning again."""

from __future__ import annotations

import base64
import json
from array import array
from collections import Counter
from pathlib import Path
from typing import Any

from crossreel.insight.text.reviews.reading import START, Place
from crossreel.insight.text.reviews.tally import Tally

__all__ = ["Checkpoint"]


class Checkpoint:
    """One file of tallies and places, written whole after every portion.

    Args:
        path: the file.
        key: what the report is of: title, model, state of the log. A file with another key is not used.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._key = path, key
        self._held: dict[str, Any] = {}
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(held, dict) and held.get("key") == key:
                self._held = held["countries"]
        except (OSError, ValueError, KeyError):
            pass  # nothing to go on from

    def begin(self, territory: str) -> tuple[Tally, Place]:
        """The tally of a country as far as it was counted, and the place to go on from."""
        held = self._held.get(territory)
        if held is None:
            return Tally(territory), START
        at, viewer, text = held["place"]
        return _tally(held["tally"]), (int(at), viewer, text)

    def keep(self, tally: Tally, place: Place) -> None:
        """Writes down what is counted up to ``place``."""
        self._held[tally.territory] = {"tally": _plain(tally), "place": list(place)}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".new")
        document = {"key": self._key, "countries": self._held}
        unfinished.write_text(json.dumps(document, ensure_ascii=True), encoding="utf-8")
        unfinished.replace(self._path)

    def done(self) -> None:
        """The report is made: nothing is to go on from."""
        self._path.unlink(missing_ok=True)


def _plain(tally: Tally) -> dict[str, Any]:
    return {
        "territory": tally.territory,
        "counts": dict(tally.counts),
        "months": {key: dict(counts) for key, counts in tally.months.items()},
        "days": {key: dict(counts) for key, counts in tally.days.items()},
        "languages": dict(tally.languages),
        "untrained": tally.untrained,
        "aspects": {key: dict(counts) for key, counts in tally.aspects.items()},
        "quotes": [[*key, kept] for key, kept in tally.quotes.items()],
        "texts": base64.b64encode(tally.texts.tobytes()).decode(),
        "said": tally.said,
        "sentences": tally.sentences,
        "unread": tally.unread,
        "complaining": dict(tally.complaining),
    }


def _tally(held: dict[str, Any]) -> Tally:
    texts = array("Q")
    texts.frombytes(base64.b64decode(held["texts"]))
    return Tally(
        held["territory"],
        Counter(held["counts"]),
        {key: Counter(counts) for key, counts in held["months"].items()},
        {key: Counter(counts) for key, counts in held["days"].items()},
        Counter(held["languages"]),
        held["untrained"],
        {key: Counter(counts) for key, counts in held["aspects"].items()},
        {
            (aspect, label): [(sure, text, language) for sure, text, language in kept]
            for aspect, label, kept in held["quotes"]
        },
        texts,
        [(text, language) for text, language in held["said"]],
        held["sentences"],
        held["unread"],
        Counter(held["complaining"]),
    )
