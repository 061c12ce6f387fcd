"""Likeness by content, kept from one state of the catalog to the next and between processes.

Making it costs seconds at 15,000 titles, most of them for reading words. A process that has made it
reads only what has changed since; and it leaves a file, so that the next process need not begin
from nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import mkstemp
from threading import Lock
from zipfile import BadZipFile

import numpy as np

from crossreel import __version__
from crossreel.catalog.title import Title
from crossreel.recommend.content import ContentModel, ContentToContent
from crossreel.recommend.features import TitleFeatures
from crossreel.recommend.meanings import Meanings
from crossreel.values.ids import TitleId

__all__ = ["KeptContent"]

_PREFIX = ".content-"
_BETWEEN_WRITES = 60.0
"""Seconds; a catalog that changes all the time is not written out all the time."""


class KeptContent:
    """The content model of one state of the catalog after another; for any thread.

    A file's name says the version, the catalog's revision, its titles and the vectors there were, so
    another state never finds it. Where it cannot be written, or what is there is damaged, the model is
    made all the same.

    Args:
        folder: of the trained models; nothing is written before it is there, or where it is None.
        meanings: what is known of the synopses' meanings; default is nothing.
    """

    def __init__(self, folder: Path | None, meanings: Meanings | None = None) -> None:
        self._folder, self._meanings = folder, meanings
        self._features: TitleFeatures | None = None
        self._written = -_BETWEEN_WRITES
        self._lock = Lock()

    def model(
        self, revision: int, titles: Sequence[TitleId], read: Callable[[], Sequence[Title | None]]
    ) -> ContentModel:
        """The model over ``titles``: read from a file, else made and written.

        Args:
            revision: of the catalog.
            titles: what the model is over, in its order.
            read: reads them in that order, None where there is no record.
        """
        with self._lock:
            path = self._path(revision, titles)
            if self._features is None:  # once words are known, making is faster than reading
                found = _read(path) if path else None
                if found is not None:
                    return found
                self._features = TitleFeatures()
            records = read()
            vectors = self._meanings.known(records) if self._meanings else None
            model = ContentToContent().of_titles(records, self._features, vectors)
            if path and time.monotonic() - self._written >= _BETWEEN_WRITES:
                self._written = time.monotonic()
                _write(path, model)
            return model

    def _path(self, revision: int, titles: Sequence[TitleId]) -> Path | None:
        if self._folder is None or not self._folder.is_dir():
            return None
        stamp = self._meanings.stamp if self._meanings else ""
        config = json.dumps(ContentToContent().to_dict())
        told = "\n".join([__version__, config, stamp, str(revision), *map(str, titles)])
        return self._folder / f"{_PREFIX}{hashlib.sha256(told.encode()).hexdigest()[:24]}.npz"


def _read(path: Path) -> ContentModel | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return ContentToContent().restore(dict(arrays))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _write(path: Path, model: ContentModel) -> None:
    """Whole or not at all; files of other states go."""
    try:
        handle, draft = mkstemp(prefix=f"{_PREFIX}new-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **model.arrays())
        Path(draft).replace(path)
        for other in path.parent.glob(f"{_PREFIX}*.npz"):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError:
        return  # a full disk or a folder that cannot be written: the next process makes it again
