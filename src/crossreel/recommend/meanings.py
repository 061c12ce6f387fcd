"""What synopses mean, as vectors that can be compared across languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from crossreel.catalog.title import Title
from crossreel.values.text_roles import RememberingEmbedder, Vectors

__all__ = ["MadeMeanings", "Meanings", "without_language"]

Progress = Callable[[int, int, str], None]
_CHUNK = 256
"""Texts between two calls of ``progress``, and held by the embedder at a time."""
_PRIOR = 5
"""A language's mean is drawn to the mean of all texts as if so many more of its texts lay there."""


def _silent(_done: int, _of: int, _what: str) -> None:
    """The progress listener that listens to nothing."""


class Meanings:
    """One vector a title: of its longest synopsis, in whichever language that is.

    Embedding takes some 50 ms a text, so that only training does it; answers are made from the
    vectors that are remembered already.

    Args:
        embedder: gives the embedder, or None while its model is not on this machine.
    """

    def __init__(self, embedder: Callable[[], RememberingEmbedder | None]) -> None:
        self._embedder = embedder

    @property
    def name(self) -> str:
        """The embedder's, "" while there is none."""
        found = self._embedder()
        return found.name if found else ""

    @property
    def stamp(self) -> str:
        """Changes where more is remembered; "" while there is no embedder."""
        found = self._embedder()
        return f"{found.name} {found.remembered()}" if found else ""

    def make(self, titles: Sequence[Title | None], progress: Progress = _silent) -> Vectors | None:
        """(titles, dimensions) rows of length 1, or 0 without a synopsis; None without an embedder.

        Args:
            titles: the records; None is an empty row.
            progress: called as ``progress(done, of, what)``.
        """
        found = self._embedder()
        if found is None:
            return None
        rows, texts, languages = _longest(titles)
        vectors = np.zeros((len(titles), found.dimensions), dtype=np.float32)
        for start in range(0, len(rows), _CHUNK):
            progress(start, len(rows), "read synopses")
            vectors[rows[start : start + _CHUNK]] = found.embed(texts[start : start + _CHUNK])
        progress(len(rows), len(rows), "read synopses")
        return _placed(vectors, rows, languages)

    def known(self, titles: Sequence[Title | None]) -> Vectors | None:
        """The same of what is remembered; the other rows are 0. Nothing is embedded."""
        found = self._embedder()
        if found is None:
            return None
        rows, texts, languages = _longest(titles)
        vectors = np.zeros((len(titles), found.dimensions), dtype=np.float32)
        there = np.zeros(len(rows), dtype=bool)
        for start in range(0, len(rows), _CHUNK):
            part = slice(start, start + _CHUNK)
            vectors[rows[part]], there[part] = found.known(texts[part])
        return _placed(vectors, rows[there], languages[there])


class MadeMeanings(Meanings):
    """Vectors that were made before, for processes that measure and have no embedder.

    Args:
        name: the embedder's.
        titles: the records they were made of.
        vectors: (titles, dimensions).
    """

    def __init__(self, name: str, titles: Sequence[Title | None], vectors: Vectors) -> None:
        self._name, self._vectors = name, vectors
        self._rows = {title.id: row for row, title in enumerate(titles) if title is not None}

    @classmethod
    def of(
        cls, meanings: Meanings, titles: Sequence[Title | None], progress: Progress = _silent
    ) -> MadeMeanings | None:
        """Those of the titles; None where there is no embedder or no synopsis.

        Args:
            meanings: makes them.
            titles: the records.
            progress: called as ``progress(done, of, what)``.
        """
        if not len(_longest(titles)[0]):
            return None
        vectors = meanings.make(titles, progress)
        return None if vectors is None else cls(meanings.name, titles, vectors)

    @property
    def name(self) -> str:
        """The embedder's."""
        return self._name

    @property
    def stamp(self) -> str:
        """The embedder's name, as no more vectors come."""
        return self._name

    def make(self, titles: Sequence[Title | None], progress: Progress = _silent) -> Vectors:
        """(titles, dimensions) what was made of them; 0 for others.

        Args:
            titles: the records.
            progress: not called.
        """
        found = np.zeros((len(titles), self._vectors.shape[1]), dtype=np.float32)
        for row, title in enumerate(titles):
            if title is not None and title.id in self._rows:
                found[row] = self._vectors[self._rows[title.id]]
        return found

    def known(self, titles: Sequence[Title | None]) -> Vectors:
        """The same."""
        return self.make(titles)


def _longest(titles: Sequence[Title | None]) -> tuple[npt.NDArray[np.int64], list[str], npt.NDArray[np.str_]]:
    """Rows with a synopsis, their longest one, and its primary language."""
    rows, texts, languages = [], [], []
    for row, title in enumerate(titles):
        told = [text for text in title.texts if text.synopsis.strip()] if title else []
        if told:
            longest = max(told, key=lambda text: len(text.synopsis))
            rows.append(row)
            texts.append(longest.synopsis)
            languages.append(longest.language.primary)
    return np.array(rows, dtype=np.int64), texts, np.array(languages, dtype=np.str_)


def _placed(vectors: Vectors, rows: npt.NDArray[np.int64], languages: npt.NDArray[np.str_]) -> Vectors:
    if len(rows):
        vectors[rows] = without_language(vectors[rows], languages)
    return vectors


def without_language(vectors: Vectors, languages: npt.NDArray[np.str_]) -> Vectors:
    """Vectors minus the mean of their language, of length 1 again, or 0 where nothing is left.

    Sentence vectors of one language lie close together whatever they say. A language's mean is taken
    from its n texts here and drawn to the mean of all: (sum + 5 all) / (n + 5), so that few texts
    do not lose what they mean along with their language.

    Args:
        vectors: (texts, dimensions).
        languages: (texts,) primary tags.
    """
    whole = vectors.mean(axis=0, dtype=np.float64)
    left = np.empty_like(vectors)
    for language in np.unique(languages):
        here = languages == language
        own = vectors[here]
        mean = (own.sum(axis=0, dtype=np.float64) + _PRIOR * whole) / (len(own) + _PRIOR)
        left[here] = own - mean.astype(np.float32)
    length = np.linalg.norm(left, axis=1, keepdims=True)
    return np.asarray(left / np.where(length > 1e-6, length, np.inf), dtype=np.float32)
