"""From events to preferences: who liked what, as a sparse matrix.

This is the one place that says what each kind of event tells of a preference and which of several
events about one pair counts; everything that learns from the audience reads it through here, and
so does serving, so that a viewer's live history means what it meant in training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.event import EventKind
from crossreel.audience.event_log import EventColumns
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

__all__ = ["Interactions", "in_order", "interactions_from", "judgments", "strengths"]

_NUMBER = {kind: number for number, kind in enumerate(EventKind)}
_HALF_WATCHED = 0.5
"""Progress that a view without one stands for."""
_TASTED = 0.3
"""A view that stopped before this share of the title is a contact, not a preference."""


@dataclass(frozen=True, slots=True)
class Interactions:
    """Who met what, and who liked it.

    Attributes:
        viewers, titles: the vocabularies of rows and columns.
        liked: (viewers, titles) float32 CSR, preference strength in (0, 1]; disliked and merely
            seen pairs are absent.
        liked_time: int64 microseconds since 1970 UTC of the last contact of each entry of
            ``liked`` (aligned with its data), ``EventColumns.NO_TIME`` where unknown.
        seen: (viewers, titles) bool CSR, every pair with a real contact (impressions are none; a
            title on the viewer's own list is one, as it needs no recommending).
        rated: (viewers, titles) float32 CSR, the judgment that counts as a share of its scale, 0
            worst to 1 best; a worst rating is a stored zero, absent pairs were not judged.
        territory: (viewers,) int16 index into ``territory_codes`` of each viewer's most frequent
            territory; -1 where unknown.
        device: (viewers, titles) int16 CSR, for pairs of ``liked`` 1 + the index into
            ``device_names`` of the device of the event that counts; absent where unknown.
        rated_time: int64 microseconds since 1970 UTC of the judgments, aligned with the data of ``rated``,
            ``EventColumns.NO_TIME`` where unknown; None where they are not kept.
    """

    viewers: Vocabulary[ViewerId]
    titles: Vocabulary[TitleId]
    liked: sp.csr_array
    liked_time: npt.NDArray[np.int64]
    seen: sp.csr_array
    rated: sp.csr_array
    territory: npt.NDArray[np.int16]
    territory_codes: tuple[str, ...]
    device: sp.csr_array | None = None
    device_names: tuple[str, ...] = ()
    rated_time: npt.NDArray[np.int64] | None = None

    @classmethod
    def from_liked(
        cls, viewers: Vocabulary[ViewerId], titles: Vocabulary[TitleId], liked: sp.csr_array
    ) -> Self:
        """Interactions of which only the (viewers, titles) preference strengths are known."""
        liked = sp.csr_array(liked, dtype=np.float32)
        liked.eliminate_zeros()
        return cls(
            viewers=viewers,
            titles=titles,
            liked=liked,
            liked_time=np.full(liked.nnz, EventColumns.NO_TIME),
            seen=liked.astype(bool),
            rated=sp.csr_array(liked.shape, dtype=np.float32),
            territory=np.full(len(viewers), -1, dtype=np.int16),
            territory_codes=(),
        )


def in_order(liked: sp.csr_array, times: npt.NDArray[np.int64]) -> sp.csr_array:
    """The same matrix, each row's entries in the order of their times, oldest first.

    Entries of the same time stand by number. A CSR row need not be sorted by column, so that one
    matrix says both what a viewer liked and in which order.

    Args:
        liked: (viewers, titles) CSR.
        times: (pairs,) int64 microseconds, aligned with its data.
    """
    rows = np.repeat(np.arange(liked.shape[0]), np.diff(liked.indptr))
    order = np.lexsort((liked.indices, times, rows))
    return sp.csr_array((liked.data[order], liked.indices[order], liked.indptr), shape=liked.shape)


def judgments(columns: EventColumns) -> npt.NDArray[np.bool_]:
    """(n,) which events are the viewer's own verdict: stars, thumbs, or a positive flag."""
    kind = columns.kind
    said = np.isin(kind, [_NUMBER[k] for k in (EventKind.RATING, EventKind.REVIEW, EventKind.THUMBS)])
    result: npt.NDArray[np.bool_] = (said & ~np.isnan(columns.value)) | (kind == _NUMBER[EventKind.POSITIVE])
    return result


def strengths(columns: EventColumns) -> npt.NDArray[np.float32]:
    """(n,) what each event tells of a preference: (0, 1] liked, 0 met but not liked, NaN nothing.

    Ratings and reviews with stars count as liked from the middle of their scale upward, with
    strength 1 (the binary convention of the field); thumbs up, list-add and positive events
    are 1; views count with their progress from 0.3 upward (an unknown progress counts as 0.5);
    impressions tell nothing. Who takes a title off the list (a list-add of 0) is neutral again:
    that event and every list-add of the same pair up to its instant tell nothing.
    """
    value, kind = columns.value, columns.kind
    share = _shares(columns)
    result = np.full(len(columns), np.nan, dtype=np.float32)
    starred = (kind == _NUMBER[EventKind.RATING]) | (kind == _NUMBER[EventKind.REVIEW])
    np.copyto(result, share >= 0.5, where=starred)  # a review without stars: NaN >= 0.5 is False
    for name in (EventKind.THUMBS, EventKind.POSITIVE, EventKind.LIST_ADD):
        mine = kind == _NUMBER[name]
        np.copyto(result, np.isnan(value) | (share > 0.5), where=mine)
    result[_taken_off(columns, share)] = np.nan
    views = kind == _NUMBER[EventKind.VIEW]
    progress = np.where(np.isnan(value[views]), np.float32(_HALF_WATCHED), value[views])
    result[views] = np.where(progress >= _TASTED, progress, 0)
    return result


def _taken_off(columns: EventColumns, share: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Numbers of the list-adds that a removal, itself among them, has made void."""
    listed = np.flatnonzero(columns.kind == _NUMBER[EventKind.LIST_ADD])
    removal = share[listed] <= 0.5  # an unknown value is an addition
    if not removal.any():
        return listed[:0]
    pair = columns.viewer[listed].astype(np.int64) * max(len(columns.title_ids), 1) + columns.title[listed]
    known, place = np.unique(pair, return_inverse=True)
    last = np.full(len(known), EventColumns.NO_TIME)
    np.maximum.at(last, place[removal], columns.time[listed[removal]])
    has_removal = np.zeros(len(known), dtype=bool)
    has_removal[place[removal]] = True
    return listed[removal | (has_removal[place] & (columns.time[listed] <= last[place]))]


def interactions_from(
    columns: EventColumns,
    *,
    aliases: Mapping[TitleId, TitleId] | None = None,
    titles: Vocabulary[TitleId] | None = None,
) -> Interactions:
    """Builds the matrices from logged events.

    Several events of one pair give one entry. A judgment (see ``judgments``) beats any number of
    views; among judgments the latest wins, one without a time counting as older than all others
    and the larger strength breaking ties; among the rest the largest strength wins, so that a
    short second visit does not undo a film watched to its end.

    Args:
        columns: the events.
        aliases: record id -> merged title id; ids that are absent stay as they are.
        titles: the wanted columns; default is every title that occurs. Events about other titles
            are left out.
    """
    aliases = aliases or {}
    merged = [aliases.get(id_, id_) for id_ in columns.title_ids]
    if titles is None:
        titles = Vocabulary(sorted(set(merged)))
    viewers: Vocabulary[ViewerId] = Vocabulary(columns.viewer_ids)
    shape = (len(viewers), len(titles))
    column = titles.encode(merged)[columns.title] if len(columns) else columns.title
    strength = strengths(columns)
    keep = np.flatnonzero((column >= 0) & ~np.isnan(strength))
    pair = columns.viewer[keep].astype(np.int64) * max(shape[1], 1) + column[keep]
    pair, winner, last_time = _one_per_pair(
        pair, judgments(columns)[keep], columns.time[keep], strength[keep]
    )
    winner = keep[winner]
    judged = judgments(columns)[winner]
    liked = strength[winner] > 0
    return Interactions(
        viewers=viewers,
        titles=titles,
        liked=_matrix(pair[liked], strength[winner][liked], shape),
        liked_time=last_time[liked],
        seen=_matrix(pair, np.ones(len(pair), dtype=bool), shape),
        rated=_matrix(pair[judged], _judged_shares(columns)[winner][judged], shape),
        territory=_home_territory(columns, len(viewers)),
        territory_codes=columns.territory_codes,
        device=_devices(columns, pair[liked], winner[liked], shape),
        device_names=columns.device_names,
        rated_time=columns.time[winner][judged],
    )


def _devices(
    columns: EventColumns, pair: npt.NDArray[np.int64], winner: npt.NDArray[np.int64], shape: tuple[int, int]
) -> sp.csr_array | None:
    if columns.device is None or not columns.device_names:
        return None
    device = columns.device[winner] + np.int16(1)
    known = device > 0
    return _matrix(pair[known], device[known], shape)


def _shares(columns: EventColumns) -> npt.NDArray[np.float32]:
    share: npt.NDArray[np.float32] = (columns.value - columns.low) / (columns.high - columns.low)
    return share


def _judged_shares(columns: EventColumns) -> npt.NDArray[np.float32]:
    """Shares of the scale; a positive event without a value means 1."""
    share = _shares(columns)
    return np.where(np.isnan(share), np.float32(1), share)


def _one_per_pair(
    pair: npt.NDArray[np.int64],
    judged: npt.NDArray[np.bool_],
    time: npt.NDArray[np.int64],
    strength: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The distinct pairs in order, the position of the event that counts, the latest time."""
    order = np.argsort(pair, kind="stable")
    ordered = pair[order]
    first = np.ones(len(pair), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(first)
    if len(starts) == len(pair):  # the usual case of imported ratings: nothing to decide
        return ordered, order, time[order]
    last_time = np.maximum.reduceat(time[order], starts)
    repeated = np.zeros(len(pair), dtype=bool)
    repeated[1:] = ~first[1:]
    repeated[:-1] |= ~first[1:]
    contested = order[repeated]  # only these need the costly sort
    when = np.where(judged[contested], time[contested], 0)
    ranks = np.lexsort((strength[contested], when, judged[contested], pair[contested]))
    order[repeated] = contested[ranks]
    ends = np.append(starts[1:], len(pair)) - 1
    return ordered[starts], order[ends], last_time


def _matrix(
    pair: npt.NDArray[np.int64], data: npt.NDArray[np.generic], shape: tuple[int, int]
) -> sp.csr_array:
    """CSR from sorted distinct pairs (row * columns + column)."""
    rows, indices = np.divmod(pair, max(shape[1], 1))
    indptr = np.zeros(shape[0] + 1, dtype=np.int32)
    np.cumsum(np.bincount(rows, minlength=shape[0]), out=indptr[1:])
    return sp.csr_array((data, indices.astype(np.int32), indptr), shape=shape)


def _home_territory(columns: EventColumns, viewers: int) -> npt.NDArray[np.int16]:
    known = columns.territory >= 0
    home = np.full(viewers, -1, dtype=np.int16)
    if known.any():
        kinds = len(columns.territory_codes)
        pair = columns.viewer[known].astype(np.int64) * kinds + columns.territory[known]
        counts = np.bincount(pair, minlength=viewers * kinds).reshape(viewers, kinds)
        some = counts.any(axis=1)
        home[some] = counts[some].argmax(axis=1)
    return home
