"""What is evaluated on: the audience's likes in a reproducible order, and the parts models may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.event_log import EventColumns
from crossreel.audience.interactions import Interactions, in_order
from crossreel.catalog.title import Title
from crossreel.errors import BadInput
from crossreel.recommend.evaluate.splits import id_order
from crossreel.recommend.lists import TitleList
from crossreel.recommend.meanings import MadeMeanings, Meanings
from crossreel.recommend.roles import TrainingData
from crossreel.recommend.training import data_hash
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

__all__ = ["Dataset"]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Likes to be split and predicted.

    Attributes:
        known: viewers and titles with at least one like, in the order of ``splits.id_order``.
        titles: the catalog records of its titles, None where there is none.
        hash: SHA-256 over vocabularies and liked pairs.
        ratings: everything the audience did, with all its judgments, for predictors of ratings.
        scale: low and high end of the ratings, the units of their errors.
        repeat_share: share of viewed pairs that were viewed more than once; None where unknown.
        lists: what people put together; like records of titles it is known at any time.
        meanings: of the titles' synopses, made before, or None.
    """

    known: Interactions
    titles: tuple[Title | None, ...]
    hash: str
    ratings: Interactions
    scale: tuple[float, float] = (0.0, 1.0)
    repeat_share: float | None = None
    lists: tuple[TitleList, ...] = ()
    meanings: Meanings | None = None

    @classmethod
    def of(
        cls,
        known: Interactions,
        records: Sequence[Title | None] | None = None,
        scale: tuple[float, float] = (0.0, 1.0),
        repeat_share: float | None = None,
    ) -> Dataset:
        """Puts viewers and titles with likes in order; what nobody liked is left out.

        Args:
            known: everything the audience did.
            records: catalog records in the order of ``known.titles``.
            scale: low and high end of the ratings.
            repeat_share: share of viewed pairs that were viewed more than once.

        Raises:
            BadInput: nobody liked anything.
        """
        liked = known.liked
        if not liked.nnz:
            raise BadInput(
                "There is nothing to evaluate on: no viewer liked any title.",
                advice="Check what counts as a like: --liked-from, --scale.",
            )
        rows = _order(known.viewers.ids, np.diff(liked.indptr) > 0)
        columns = _order(known.titles.ids, np.bincount(liked.indices, minlength=liked.shape[1]) > 0)
        times = _moved(liked, known.liked_time, rows, columns)
        ordered = Interactions(
            viewers=Vocabulary(known.viewers.ids[row] for row in rows),
            titles=Vocabulary(known.titles.ids[column] for column in columns),
            liked=_moved(liked, liked.data, rows, columns),
            liked_time=times.data,
            seen=_moved(known.seen, known.seen.data, rows, columns),
            rated=_moved(known.rated, known.rated.data, rows, columns),
            territory=known.territory[rows],
            territory_codes=known.territory_codes,
            device=None if known.device is None else _moved(known.device, known.device.data, rows, columns),
            device_names=known.device_names,
        )
        titles = tuple(records[column] for column in columns) if records else (None,) * len(columns)
        return cls(ordered, titles, data_hash(ordered), known, scale, repeat_share)

    def with_meanings(self, meanings: Meanings, progress: Callable[[int, int, str], None]) -> Dataset:
        """The same with vectors of its titles' synopses; as it is where there is no embedder or synopsis.

        Args:
            meanings: makes them, some 50 ms each that was not met before.
            progress: called as ``progress(done, of, what)``.
        """
        made = MadeMeanings.of(meanings, self.titles, progress)
        return self if made is None else replace(self, meanings=made)

    def part(self, train: sp.csr_array) -> TrainingData:
        """What a model may learn from: the pairs of ``train`` with their times and ratings alone.

        Everything else that is known of viewers (held-out likes, and dislikes whose time is not
        kept) stays out, so that no future leaks in. Records of titles are known at any time.
        """
        known = replace(
            self.known,
            liked=train,
            liked_time=self._times(train),
            seen=train.astype(bool),
            rated=_only(self.known.rated, train, max(len(self.titles), 1)),
        )
        return TrainingData(known, self.titles, self.lists, self.meanings)

    def ordered(self, histories: sp.csr_array) -> sp.csr_array:
        """Histories of known pairs, each row's entries in the order they were liked."""
        return in_order(histories, self._times(histories))

    def _times(self, part: sp.csr_array) -> npt.NDArray[np.int64]:
        width = max(len(self.titles), 1)
        place = np.searchsorted(_pairs(self.known.liked, width), _pairs(part, width))
        times: npt.NDArray[np.int64] = self.known.liked_time[place]
        return times

    def only(self, pairs: sp.csr_array) -> Dataset:
        """The data as if nothing but these pairs had happened; viewers and titles keep their numbers."""
        known = self.part(pairs).interactions
        return replace(self, known=known, ratings=known, hash=data_hash(known))

    @property
    def dated(self) -> bool:
        """Whether every like has a time."""
        return not bool((self.known.liked_time == EventColumns.NO_TIME).any())


def _order(ids: Sequence[TitleId] | Sequence[ViewerId], wanted: npt.NDArray[np.bool_]) -> list[int]:
    """Numbers of the wanted ids: by key where all are of one source, else by the whole id."""
    kept = [number for number, keep in enumerate(wanted) if keep]
    one_source = len({ids[number].source for number in kept}) == 1
    names = {ids[number].key if one_source else str(ids[number]): number for number in kept}
    return [names[name] for name in id_order(list(names))]


def _moved(
    matrix: sp.csr_array, data: npt.NDArray[Any], rows: Sequence[int], columns: Sequence[int]
) -> sp.csr_array:
    """The matrix with its entries' ``data``, cut to these rows and columns, in their order."""
    place = np.full(matrix.shape[1], -1, dtype=np.int64)
    place[columns] = np.arange(len(columns))
    row_place = np.full(matrix.shape[0], -1, dtype=np.int64)
    row_place[rows] = np.arange(len(rows))
    row = row_place[np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))]
    column = place[matrix.indices]
    keep = np.flatnonzero((row >= 0) & (column >= 0))
    keep = keep[np.lexsort((column[keep], row[keep]))]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row[keep], minlength=len(rows)))]).astype(np.int32)
    indices = column[keep].astype(np.int32)
    return sp.csr_array((data[keep], indices, indptr), shape=(len(rows), len(columns)))


def _pairs(matrix: sp.csr_array, width: int) -> npt.NDArray[np.int64]:
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    return np.asarray(rows * width + matrix.indices)


def _only(matrix: sp.csr_array, train: sp.csr_array, width: int) -> sp.csr_array:
    keep = np.isin(_pairs(matrix, width), _pairs(train, width))
    indptr = np.concatenate([[0], np.cumsum(keep)])[matrix.indptr].astype(np.int32)
    return sp.csr_array((matrix.data[keep], matrix.indices[keep], indptr), shape=matrix.shape)
