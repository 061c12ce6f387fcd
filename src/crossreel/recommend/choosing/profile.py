"""What the data are: size, sparsity, skew, repeats, features, cold share, markets, drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.audience.event import EventKind
from crossreel.audience.event_log import EventColumns
from crossreel.audience.interactions import Interactions
from crossreel.catalog.title import Title
from crossreel.recommend.evaluate.dataset import Dataset

__all__ = ["FEATURES", "Profile", "profile_of", "repeat_share"]

Ints = npt.NDArray[np.int64]
_TOP = 50
FEATURES = ("genres", "keywords", "people", "countries", "language", "year", "synopsis")
"""What records of titles can hold that models use."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Facts about the audience's likes.

    Attributes:
        density: likes / (viewers x titles).
        likes_per_viewer: smallest, median, 90th percentile and largest.
        gini: inequality of likes over titles, 0 alike to nearly 1.
        held_by_top: share of the likes that the most liked 5 %, 10 % ... 100 % of titles hold.
        repeat_share: share of viewed pairs that were viewed more than once; None where unknown.
        ratings: judgments with stars or thumbs.
        days: from the first dated like to the last; None where likes have no time.
        described: feature -> share of titles whose record has it.
        sentence_vectors: the model by whose vectors synopses are compared, or None without one.
        cold_viewers, cold_titles: share of the likes in the last tenth of the time whose viewer
            (title) had none before; None where likes have no time.
        drift: share of the 50 titles liked most in the last tenth that were not among the 50
            before; ``drift_by_chance`` is the same for a random tenth.
        months: (year-month, likes), oldest first.
        markets: (territory, viewers, likes), the largest first.
    """

    viewers: int
    titles: int
    likes: int
    density: float
    likes_per_viewer: tuple[int, int, int, int]
    gini: float
    held_by_top: tuple[float, ...]
    repeat_share: float | None
    ratings: int
    days: float | None
    described: dict[str, float]
    sentence_vectors: str | None
    cold_viewers: float | None
    cold_titles: float | None
    drift: float | None
    drift_by_chance: float | None
    months: tuple[tuple[str, int], ...]
    markets: tuple[tuple[str, int, int], ...]

    @property
    def has_records(self) -> bool:
        """Whether records say enough of the titles to tell them apart."""
        return max(self.described[name] for name in ("genres", "keywords", "people", "synopsis")) >= 0.2

    def to_dict(self) -> dict[str, Any]:
        """The profile as JSON values."""
        return asdict(self)


def profile_of(data: Dataset, seed: int = 42) -> Profile:
    """Counts. Works on any data that can be evaluated."""
    known = data.known
    liked = known.liked
    fans = np.bincount(liked.indices, minlength=liked.shape[1]).astype(np.int64)
    per_viewer = np.diff(liked.indptr)
    low, middle, high, most = np.quantile(per_viewer, (0, 0.5, 0.9, 1.0), method="nearest")
    dated = data.dated
    return Profile(
        viewers=liked.shape[0],
        titles=liked.shape[1],
        likes=int(liked.nnz),
        density=liked.nnz / (liked.shape[0] * liked.shape[1]),
        likes_per_viewer=(int(low), int(middle), int(high), int(most)),
        gini=_gini(fans),
        held_by_top=_held_by_top(fans),
        repeat_share=data.repeat_share,
        ratings=int(data.ratings.rated.nnz),
        days=float((known.liked_time.max() - known.liked_time.min()) / 86_400e6) if dated else None,
        described=_described(data.titles),
        sentence_vectors=data.meanings.name if data.meanings else None,
        **(_in_time(known, seed) if dated else _NO_TIMES),
        markets=_markets(known),
    )


def repeat_share(columns: EventColumns) -> float | None:
    """Share of the viewed pairs of viewer and title that were viewed more than once; None without views."""
    views = columns.kind == list(EventKind).index(EventKind.VIEW)
    if not views.any():
        return None
    pair = columns.viewer[views].astype(np.int64) * max(len(columns.title_ids), 1) + columns.title[views]
    _, counts = np.unique(pair, return_counts=True)
    return float(np.mean(counts > 1))


_NO_TIMES: dict[str, Any] = {
    "cold_viewers": None,
    "cold_titles": None,
    "drift": None,
    "drift_by_chance": None,
    "months": (),
}


def _gini(counts: Ints) -> float:
    ordered = np.sort(counts).astype(np.float64)
    n = len(ordered)
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / (n * ordered.sum()))


def _held_by_top(fans: Ints) -> tuple[float, ...]:
    held = np.cumsum(np.sort(fans)[::-1]) / fans.sum()
    ends = np.maximum(np.ceil(np.arange(5, 101, 5) / 100 * len(fans)).astype(int), 1)
    return tuple(round(float(held[end - 1]), 4) for end in ends)


def _described(titles: Sequence[Title | None]) -> dict[str, float]:
    records = [title for title in titles if title is not None]
    has = {
        "genres": sum(bool(title.genres) for title in records),
        "keywords": sum(bool(title.keywords) for title in records),
        "people": sum(bool(title.credits) for title in records),
        "countries": sum(bool(title.countries) for title in records),
        "language": sum(bool(title.original_languages) for title in records),
        "year": sum(title.year is not None for title in records),
        "synopsis": sum(any(text.synopsis for text in title.texts) for title in records),
    }
    return {name: round(has[name] / max(len(titles), 1), 4) for name in FEATURES}


def _markets(known: Interactions) -> tuple[tuple[str, int, int], ...]:
    likes = np.diff(known.liked.indptr)
    found = []
    for number, code in enumerate(known.territory_codes):
        here = known.territory == number
        if here.any():
            found.append((code, int(here.sum()), int(likes[here].sum())))
    return tuple(sorted(found, key=lambda one: (-one[1], one[0])))


def _in_time(known: Interactions, seed: int) -> dict[str, Any]:
    liked, times = known.liked, known.liked_time
    rows = np.repeat(np.arange(liked.shape[0]), np.diff(liked.indptr))
    cut = np.sort(times)[max(int(0.9 * len(times)) - 1, 0)]
    late = times > cut
    cold_viewers = cold_titles = drift = chance = None
    if late.any():
        cold_viewers = float(np.mean(~np.isin(rows[late], rows[~late])))
        cold_titles = float(np.mean(~np.isin(liked.indices[late], liked.indices[~late])))
        drift = _changed(liked.indices, late, liked.shape[1])
        shuffled = np.random.default_rng(seed).permutation(late)
        chance = _changed(liked.indices, shuffled, liked.shape[1])
    return {
        "cold_viewers": cold_viewers,
        "cold_titles": cold_titles,
        "drift": drift,
        "drift_by_chance": chance,
        "months": _months(times),
    }


def _changed(titles: npt.NDArray[np.int32], late: npt.NDArray[np.bool_], count: int) -> float:
    """Share of the top titles of one part that are not among those of the other."""
    size = min(_TOP, count)
    before, after = (
        set(np.argsort(-np.bincount(titles[part], minlength=count), kind="stable")[:size].tolist())
        for part in (~late, late)
    )
    return 1 - len(before & after) / size


def _months(times: Ints) -> tuple[tuple[str, int], ...]:
    months = times.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    names, counts = np.unique(months, return_counts=True)
    told = dict(zip(names.tolist(), counts.tolist(), strict=True))
    first = datetime(1970, 1, 1, tzinfo=UTC).year
    return tuple(
        (f"{first + month // 12}-{month % 12 + 1:02}", told.get(month, 0))
        for month in range(int(names[0]), int(names[-1]) + 1)
    )
