"""Splits of liked pairs into train, validation and test, none of which lets the future in.

=====================  =================================================================================
``per_user_random``    a random share of every viewer's titles for validation, as much for test
``leave_last_out``     every viewer's last title for test, the one before it for validation
``global_time``        two instants: before the first is train, after the second is test
``k_folds``            all pairs in k parts; each part is the test of one split
``strong``             viewers the model never sees; part of their titles is shown, the rest is test
``market_hold_out``    one market's viewers: new to the model, few known, or as many as there are
=====================  =================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.event_log import EventColumns
from crossreel.errors import BadInput, BadValue

__all__ = [
    "Split",
    "global_time",
    "id_order",
    "k_folds",
    "leave_last_out",
    "market_hold_out",
    "per_user_random",
    "strong",
]

Bools = npt.NDArray[np.bool_]
Times = npt.NDArray[np.int64]
MarketCase = Literal["new", "few", "mature"]


@dataclass(frozen=True, slots=True)
class Split:
    """Disjoint (viewers, titles) float32 CSR matrices of the same pairs.

    Attributes:
        train: what a model is fitted on.
        valid: for settings and early stopping.
        test: for the figures that are reported, and nothing else.
        fold_in: further pairs that are shown to the model when it ranks, but were not there when
            it was fitted (viewers new to it); None where there are none.
    """

    train: sp.csr_array
    valid: sp.csr_array
    test: sp.csr_array
    fold_in: sp.csr_array | None = None

    @property
    def histories(self) -> sp.csr_array:
        """What a model is given of each viewer when it ranks: train and fold-in."""
        return self.train if self.fold_in is None else sp.csr_array(self.train + self.fold_in)

    @property
    def known_at_test(self) -> sp.csr_array:
        """What is left out of the ranking at test: all that is known by then."""
        return sp.csr_array(self.histories + self.valid)

    @property
    def warm(self) -> Bools:
        """(viewers,) who has a history when the model ranks; the others are cold."""
        return np.asarray(np.diff(self.histories.indptr) > 0)


def id_order(keys: list[str]) -> list[str]:
    """The distinct keys in the order that protocols number them: as integers where all are."""
    distinct = set(keys)
    if all(key.isascii() and key.isdigit() for key in distinct):
        return sorted(distinct, key=lambda key: (int(key), key))
    return sorted(distinct)


def per_user_random(likes: sp.csr_array, *, share: float = 0.1, seed: int = 42) -> Split:
    """Holds out a random share of every viewer's titles for validation and as much for test.

    Viewers are taken in ascending order with one ``numpy.random.default_rng(seed)``; each one's n
    titles, in ascending order, are permuted; the first m = max(1, int(share * n)) are test, the
    next m validation, the rest train. Viewers with fewer than 3 titles are all train.

    Args:
        likes: (viewers, titles) CSR.
        share: of each held-out part; above 0, at most 1/3.
        seed: of the permutations.

    Raises:
        BadValue: ``share`` out of range.
    """
    if not 0 < share <= 1 / 3:
        raise BadValue("share to hold out", share, "above 0 and at most one third")
    likes = _ordered(likes)
    rng = np.random.default_rng(seed)
    part = np.zeros(likes.nnz, dtype=np.int8)
    for start, stop in zip(likes.indptr[:-1], likes.indptr[1:], strict=True):
        n = int(stop - start)
        order = rng.permutation(n)
        if n >= 3:
            held = max(1, int(share * n))
            part[start + order[:held]] = 2
            part[start + order[held : 2 * held]] = 1
    return _parts(likes, part)


def leave_last_out(likes: sp.csr_array, times: Times) -> Split:
    """Every viewer's last title is test, the one before it validation, the rest train.

    Titles of the same instant stand by number. Viewers with fewer than 3 titles are all train.
    Note that other viewers' train pairs may be later than a viewer's test pair: the split asks for
    the next title of a viewer, not for the future of the world (``global_time`` does).

    Args:
        likes: (viewers, titles) CSR.
        times: (pairs,) int64 microseconds, aligned with the data of ``likes``.

    Raises:
        BadInput: a pair has no time.
    """
    likes, times = _dated(likes, times, "leave-last-out")
    rows = np.repeat(np.arange(likes.shape[0]), np.diff(likes.indptr))
    order = np.lexsort((likes.indices, times, rows))
    part = np.zeros(likes.nnz, dtype=np.int8)
    last = likes.indptr[1:][np.diff(likes.indptr) >= 3]
    part[order[last - 1]] = 2
    part[order[last - 2]] = 1
    return _parts(likes, part)


def global_time(likes: sp.csr_array, times: Times, *, first: float = 0.8, second: float = 0.9) -> Split:
    """Pairs up to one instant are train, up to another validation, later ones test.

    The instants are those of the pairs at the shares ``first`` and ``second`` of all pairs by time,
    so that no pair of train is later than any of validation, and none of these later than any of
    test. Viewers without train pairs are cold (``Split.warm``); figures give them apart.

    Args:
        likes: (viewers, titles) CSR.
        times: (pairs,) int64 microseconds, aligned with the data of ``likes``.
        first: share of the pairs that end train.
        second: share of the pairs that end validation; 0 < first <= second < 1.

    Raises:
        BadInput: a pair has no time.
        BadValue: the shares are out of range.
    """
    if not 0 < first <= second < 1:
        raise BadValue("shares of time", (first, second), "0 < first <= second < 1")
    likes, times = _dated(likes, times, "global-time")
    if not likes.nnz:
        return _parts(likes, np.zeros(0, dtype=np.int8))
    ordered = np.sort(times)
    ends = [ordered[max(int(share * len(ordered)) - 1, 0)] for share in (first, second)]
    return _parts(likes, (times > ends[0]).astype(np.int8) + (times > ends[1]))


def k_folds(likes: sp.csr_array, *, folds: int = 5, seed: int = 42) -> tuple[Split, ...]:
    """``folds`` splits; every pair is test in exactly one. There is no validation part.

    Raises:
        BadValue: fewer than 2 folds, or more folds than pairs.
    """
    likes = _ordered(likes)
    if not 2 <= folds <= max(likes.nnz, 2):
        raise BadValue("number of folds", folds, f"from 2 to the number of pairs, {likes.nnz}")
    fold = np.empty(likes.nnz, dtype=np.int64)
    fold[np.random.default_rng(seed).permutation(likes.nnz)] = np.arange(likes.nnz) % folds
    return tuple(_parts(likes, np.where(fold == number, 2, 0)) for number in range(folds))


def strong(
    likes: sp.csr_array, *, viewers: float = 0.1, shown: float = 0.8, least: int = 5, seed: int = 42
) -> Split:
    """Viewers that the model never sees: part of their titles is shown to it, it ranks for the rest.

    A share of the viewers who like at least ``least`` titles is for test, as many for validation;
    their other titles are not in train (D. Liang et al., Variational Autoencoders for Collaborative
    Filtering, WWW 2018, section 4.1).

    Args:
        likes: (viewers, titles) CSR.
        viewers: share of the viewers, above 0, at most 0.4.
        shown: share of a held-out viewer's titles that is shown; above 0, below 1.
        least: fewer titles are no history to hold out; 2 or more.
        seed: of the choices.

    Raises:
        BadValue: a share is out of range.
    """
    if not 0 < viewers <= 0.4:
        raise BadValue("share of viewers to hold out", viewers, "above 0 and at most 0.4")
    _check_shown(shown)
    likes = _ordered(likes)
    rng = np.random.default_rng(seed)
    able = rng.permutation(np.flatnonzero(np.diff(likes.indptr) >= max(least, 2)))
    size = max(1, int(viewers * len(able))) if len(able) >= 3 else 0
    part = np.zeros(likes.nnz, dtype=np.int8)
    for goal, group in ((2, able[:size]), (1, able[size : 2 * size])):
        _hold_out(part, likes, np.sort(group), shown, goal, rng)
    return _parts(likes, part)


def market_hold_out(
    likes: sp.csr_array,
    market: Bools,
    *,
    case: MarketCase = "new",
    viewers: float = 0.2,
    shown: float = 0.8,
    few: float = 0.05,
    seed: int = 42,
) -> Split:
    """A market as it is entered: test viewers of it, and other viewers of it as the case allows.

    The test viewers and their test titles are the same in all three cases, so that the cases can
    be compared. In none of them is a test viewer in train.

    Args:
        likes: (viewers, titles) CSR.
        market: (viewers,) who belongs to the market.
        case: ``new``, the market has no events: nothing of it is in train, and test viewers show
            nothing; ``few``: a share ``few`` of its other viewers is in train; ``mature``: all are.
        viewers: share of the market's viewers (with 2 titles or more) who are tested.
        shown: share of a test viewer's titles that is shown, except in the case ``new``.
        few: share of the market's other viewers.
        seed: of the choices.

    Raises:
        BadValue: no such case, or a share out of range.
        BadInput: nobody of the market can be tested.
    """
    if case not in ("new", "few", "mature"):
        raise BadValue("case of a market", case, "new, few or mature")
    if not 0 < viewers < 1 or not 0 <= few <= 1:
        raise BadValue("share of a market's viewers", (viewers, few), "between 0 and 1")
    _check_shown(shown)
    likes = _ordered(likes)
    rng = np.random.default_rng(seed)
    able = rng.permutation(np.flatnonzero(market & (np.diff(likes.indptr) >= 2)))
    if not len(able):
        raise BadInput(
            "No viewer of the market likes two titles or more.", advice="Take a market with events."
        )
    size = max(1, int(viewers * len(able)))
    tested, others = np.sort(able[:size]), able[size:]
    part = np.zeros(likes.nnz, dtype=np.int8)
    _hold_out(part, likes, tested, shown, 2, rng)
    kept = {"new": 0, "few": int(np.ceil(few * len(others))), "mature": len(others)}[case]
    gone = np.setdiff1d(np.flatnonzero(market), np.concatenate([tested, others[:kept]]))
    if case == "mature":  # those who like a single title stay, too
        gone = np.zeros(0, dtype=np.int64)
    rows = np.repeat(np.arange(likes.shape[0]), np.diff(likes.indptr))
    part[np.isin(rows, gone)] = _LEFT_OUT
    if case == "new":
        part[part == _SHOWN] = _LEFT_OUT
    return _parts(likes, part)


_SHOWN, _LEFT_OUT = 3, 4


def _check_shown(shown: float) -> None:
    if not 0 < shown < 1:
        raise BadValue("share of titles to show", shown, "between 0 and 1")


def _hold_out(
    part: npt.NDArray[np.int8],
    likes: sp.csr_array,
    viewers: npt.NDArray[np.int64],
    shown: float,
    goal: int,
    rng: np.random.Generator,
) -> None:
    """Marks the viewers' pairs: a share is shown, at least one; the rest, at least one, is ``goal``."""
    for viewer in viewers:
        start, stop = int(likes.indptr[viewer]), int(likes.indptr[viewer + 1])
        held = min(max(1, round((1 - shown) * (stop - start))), stop - start - 1)
        part[start:stop] = _SHOWN
        part[start + rng.permutation(stop - start)[:held]] = goal


def _ordered(likes: sp.csr_array) -> sp.csr_array:
    likes = sp.csr_array(likes, copy=True)
    likes.sort_indices()
    return likes


def _dated(likes: sp.csr_array, times: Times, name: str) -> tuple[sp.csr_array, Times]:
    """Likes in order with their times. Raises ``BadInput`` where one is missing."""
    undated = int(np.count_nonzero(times == EventColumns.NO_TIME))
    if undated:
        raise BadInput(
            f"The split {name} needs the time of every pair; {undated} of {len(times)} have none.",
            advice="Take the split per-user-random or strong, or leave those pairs out.",
        )
    rows = np.repeat(np.arange(likes.shape[0]), np.diff(likes.indptr))
    return _ordered(likes), times[np.lexsort((likes.indices, rows))]


def _parts(likes: sp.csr_array, part: npt.NDArray[np.integer]) -> Split:
    fold_in = _kept(likes, part == _SHOWN) if (part == _SHOWN).any() else None
    train, valid, test = (_kept(likes, part == number) for number in range(3))
    return Split(train, valid, test, fold_in)


def _kept(likes: sp.csr_array, keep: Bools) -> sp.csr_array:
    before = np.concatenate([[0], np.cumsum(keep)])
    indptr = before[likes.indptr].astype(np.int32)
    data = likes.data[keep].astype(np.float32)
    return sp.csr_array((data, likes.indices[keep], indptr), shape=likes.shape)
