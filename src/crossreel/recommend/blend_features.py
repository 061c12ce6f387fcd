"""What the boosted blend's trees know of a candidate beside the members' scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.ranking import top_k
from crossreel.recommend.roles import Floats, TrainingData

__all__ = ["BlendFeatures", "candidates_of"]

_FACTS = (
    "fans of the title",
    "fans beside the viewer's usual",
    "year of the title",
    "years from the viewer's usual",
    "share of the history in its genres",
    "likes of the viewer",
)


def candidates_of(total: Floats, known: sp.csr_array, count: int) -> npt.NDArray[np.int64]:
    """(viewers, count) numbers of each viewer's best titles outside the history, best first.

    Where a catalog has fewer titles left, those of the history follow.
    """
    open_ = total.copy()
    open_[np.repeat(np.arange(len(total)), np.diff(known.indptr)), known.indices] -= np.float32(1e6)
    return top_k(open_, min(count, total.shape[1])).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class BlendFeatures:
    """Facts of titles, (titles,) or (titles, genres).

    Attributes:
        fans: log(1 + likes in the training data).
        year: of release, as decades from 2000; NaN where unknown.
        genres: rows of length 1, or of zeros where none are known.
    """

    fans: Floats
    year: Floats
    genres: sp.csr_array

    @classmethod
    def of(cls, data: TrainingData) -> BlendFeatures:
        """The facts in the training data alone."""
        width = len(data.titles)
        fans = np.bincount(data.interactions.liked.indices, minlength=width)
        years = [title.year if title is not None and title.year else np.nan for title in data.titles]
        numbers: dict[str, int] = {}
        pairs = [
            (row, numbers.setdefault(genre, len(numbers)))
            for row, title in enumerate(data.titles)
            if title is not None
            for genre in dict.fromkeys(title.genres)
        ]
        rows = np.array([row for row, _ in pairs], dtype=np.int64)
        length = np.sqrt(np.maximum(np.bincount(rows, minlength=width), 1))
        genres = sp.csr_array(
            ((1 / length[rows]).astype(np.float32), (rows, [column for _, column in pairs])),
            shape=(width, max(len(numbers), 1)),
        )
        year: Floats = (np.asarray(years, dtype=np.float32) - np.float32(2000)) / np.float32(10)
        return cls(np.log1p(fans).astype(np.float32), year.astype(np.float32), genres)

    @staticmethod
    def names(members: Sequence[str]) -> tuple[str, ...]:
        """What each feature is, in the order of ``values``."""
        return (*members, *(f"{name}, rank" for name in members), "linear blend", *_FACTS)

    def values(
        self, scores: Sequence[Floats], total: Floats, known: sp.csr_array, drawn: npt.NDArray[np.int64]
    ) -> Floats:
        """(viewers, candidates, features) float32, rounded so that rounding errors change no split.

        Args:
            scores: each member's standardized (viewers, titles).
            total: (viewers, titles) the linear blend.
            known: (viewers, titles) histories.
            drawn: (viewers, candidates) title numbers.
        """
        own = [np.take_along_axis(one, drawn, axis=1) for one in scores]
        columns = [*own, *map(_ranks, own), np.take_along_axis(total, drawn, axis=1)]
        count = np.diff(known.indptr).astype(np.float32)
        some = np.maximum(count, 1)[:, None]
        ones = sp.csr_array((np.ones_like(known.data), known.indices, known.indptr), shape=known.shape)
        usual = (ones @ self.fans)[:, None] / some
        dated = np.isfinite(self.year)
        of = np.maximum((ones @ dated.astype(np.float32))[:, None], 1e-9)
        usual_year = (ones @ np.where(dated, self.year, 0).astype(np.float32))[:, None] / of
        profile = np.asarray((ones @ self.genres).toarray()) / some
        shares = np.empty(drawn.shape, dtype=np.float32)
        for row, titles in enumerate(drawn):
            shares[row] = self.genres[titles] @ profile[row]
        fans, year = self.fans[drawn], self.year[drawn]
        columns += [fans, fans - usual, year, year - usual_year, shares]
        columns.append(np.broadcast_to(np.log1p(count)[:, None], drawn.shape))
        found: Floats = np.asarray(np.stack(columns, axis=2), dtype=np.float32)
        return found.round(3)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The facts as plain arrays."""
        return {
            "fans": self.fans,
            "year": self.year,
            "genre_data": self.genres.data,
            "genre_indices": self.genres.indices,
            "genre_indptr": self.genres.indptr,
            "genre_count": np.array([self.genres.shape[1]]),
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> BlendFeatures:
        """The facts whose ``arrays()`` these are."""
        genres = sp.csr_array(
            (arrays["genre_data"], arrays["genre_indices"], arrays["genre_indptr"]),
            shape=(len(arrays["fans"]), int(arrays["genre_count"][0])),
        )
        return cls(arrays["fans"], arrays["year"], genres)


def _ranks(own: Floats) -> Floats:
    """log2(1 + how many candidates of the list are better)."""
    order = np.argsort(-own, axis=1, kind="stable")
    ranks = np.empty_like(own)
    places = np.broadcast_to(np.log2(1 + np.arange(own.shape[1], dtype=np.float32)), own.shape)
    np.put_along_axis(ranks, order, places, axis=1)
    return ranks
