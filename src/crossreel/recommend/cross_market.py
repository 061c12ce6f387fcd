"""Cross-market ranking: what other countries' viewers did, for the viewers of one country.

Viewers of different markets are different people; titles are shared. Models are fitted on all
markets together, on the target market's titles, in which light viewers count more and the target
market's viewers three times; what markets differ in (what is popular where, how well it is rated)
stands beside the models' scores as context. A ranker learns from held-out likes of the target
market how to weigh them (``recommend.lambda_mart``).

Pooling popularity hurts where pooling likenesses helps: on the WSDM Cup 2022 data popularity of
all markets ranks worse than the market's own, EASE of all markets better than the market's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.interactions import Interactions
from crossreel.errors import BadInput
from crossreel.recommend.balanced import ViewerEase
from crossreel.recommend.factors import ImplicitAls
from crossreel.recommend.linear import Ease
from crossreel.recommend.neighbors import FanNeighbors, TitleNeighbors, UserNeighbors
from crossreel.recommend.products import dense, gram
from crossreel.recommend.ranking import blocks
from crossreel.recommend.roles import Algorithm, Floats, TrainingData
from crossreel.recommend.similarity import cosine
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

__all__ = ["Features", "Lists", "Markets", "features", "hold_out", "pooled_ease"]

Ints = npt.NDArray[np.int64]
_TARGET_WEIGHT = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Markets:
    """Likes of several markets over the titles that the target market knows.

    Attributes:
        likes: (viewers, titles) float32 CSR of ones.
        ratings: the same pairs, share of the scale, 0 to 1.
        market: (viewers,) number of each viewer's market.
        names: of the markets.
        target: number of the market to rank for.
        pool: (titles,) which titles lists are drawn from in the target market.
    """

    likes: sp.csr_array
    ratings: sp.csr_array
    market: Ints
    names: tuple[str, ...]
    target: int
    pool: npt.NDArray[np.bool_]

    def without(self, row: Ints, column: Ints) -> Markets:
        """The same without some pairs (viewer, title)."""
        width = self.likes.shape[1]
        pairs = np.repeat(np.arange(self.likes.shape[0]), np.diff(self.likes.indptr)) * width
        keep = ~np.isin(pairs + self.likes.indices, row * width + column)
        indptr = np.concatenate([[0], np.cumsum(keep)])[self.likes.indptr].astype(np.int32)
        cut = [
            sp.csr_array((one.data[keep], one.indices[keep], indptr), shape=one.shape)
            for one in (self.likes, self.ratings)
        ]
        return Markets(cut[0], cut[1], self.market, self.names, self.target, self.pool)


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Candidates to be ranked.

    Attributes:
        viewers: (lists,) whose.
        titles: (lists, candidates) title numbers.
        truth: (lists, candidates) 1 for what was liked; None where it is not known.
    """

    viewers: Ints
    titles: Ints
    truth: npt.NDArray[np.int8] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """(lists, candidates, features) float32, and what each feature is."""

    names: tuple[str, ...]
    values: Floats


def hold_out(
    markets: Markets, core: sp.csr_array, *, negatives: int = 99, seed: int = 42
) -> tuple[Markets, Lists]:
    """Takes one like of every viewer away and puts it among random titles: lists to learn from.

    Args:
        markets: all that is known.
        core: (viewers, titles) the likes, of the target market, that may be taken.
        negatives: other titles of the pool that the viewer does not like, in each list.
        seed: of the choices; the order inside a list is random too, so that nothing can be read
            from it.

    Raises:
        BadInput: no viewer of ``core`` has two likes.
    """
    rng = np.random.default_rng(seed)
    pool = np.flatnonzero(markets.pool)
    viewers = np.flatnonzero((np.diff(core.indptr) > 0) & (np.diff(markets.likes.indptr) > 1))
    if not len(viewers) or len(pool) <= negatives:
        raise BadInput(
            "The target market has too few likes to learn from.", advice="Rank with pooled EASE instead."
        )
    titles = np.empty((len(viewers), negatives + 1), dtype=np.int64)
    for place, viewer in enumerate(viewers):
        own = core.indices[core.indptr[viewer] : core.indptr[viewer + 1]]
        known = markets.likes.indices[markets.likes.indptr[viewer] : markets.likes.indptr[viewer + 1]]
        drawn = rng.permutation(np.setdiff1d(pool, known))[:negatives]
        titles[place, 0] = rng.choice(own)
        titles[place, 1 : 1 + len(drawn)] = drawn
        titles[place, 1 + len(drawn) :] = rng.choice(pool, negatives - len(drawn))
    held = titles[:, 0].copy()
    titles = rng.permuted(titles, axis=1)
    truth = (titles == held[:, None]).astype(np.int8)
    return markets.without(viewers, held), Lists(viewers, titles, truth)


def pooled_ease(markets: Markets, lists: Lists, *, lam: float = 100.0) -> Floats:
    """(lists, candidates) scores of EASE over all markets, viewers normalized and the target's weighted."""
    return _at(Ease(lam=lam, prune=0.0), _weighted(markets), markets.likes, lists)


def features(markets: Markets, lists: Lists) -> Features:
    """Everything the ranker may know of each candidate of each list."""
    found = {f"{name}": score for name, score in _scores(markets, lists).items()}
    table: dict[str, Floats] = {}
    for name, score in found.items():
        table[name] = score
        table[f"{name} (z)"] = _standard(score)
        table[f"{name} (rank)"] = _ranks(score)
    table |= _popularity(markets, lists)
    table |= _likeness(markets, lists)
    table |= _viewer(markets, lists)
    values = np.stack([np.asarray(one, dtype=np.float32) for one in table.values()], axis=2)
    return Features(tuple(table), values)


def _weighted(markets: Markets, *, power: float = 0.5) -> sp.csr_array:
    """Likes times the root of their viewer's weight."""
    count = np.maximum(np.diff(markets.likes.indptr), 1).astype(np.float64)
    weight = count**-power * np.where(markets.market == markets.target, _TARGET_WEIGHT, 1.0)
    weight *= np.sqrt(count.mean())
    return sp.csr_array(markets.likes.multiply(np.sqrt(weight).astype(np.float32)[:, None]))


def _own(markets: Markets, likes: sp.csr_array) -> sp.csr_array:
    return likes[np.flatnonzero(markets.market == markets.target)]


def _scores(markets: Markets, lists: Lists) -> dict[str, Floats]:
    likes, weighted = markets.likes, _weighted(markets)
    judged = sp.csr_array(
        (weighted.data * (0.25 + markets.ratings.data), likes.indices, likes.indptr), shape=likes.shape
    )
    own = _own(markets, likes)
    plan: tuple[tuple[str, Algorithm, sp.csr_array], ...] = (
        ("ease, all markets", Ease(lam=100.0, prune=0.0), weighted),
        ("ease, all markets, light ridge", Ease(lam=20.0, prune=0.0), weighted),
        ("ease, all markets, as rated", Ease(lam=50.0, prune=0.0), judged),
        ("ease, own market", Ease(lam=100.0, prune=0.0), own),
        ("viewer ease, all markets", ViewerEase(lam=30.0, prune=0.0), likes),
        ("title cosine, all markets", TitleNeighbors("cosine", k=10_000, shrinkage=0.0), likes),
        ("title tf-idf, own market", TitleNeighbors("tf-idf", k=10_000, shrinkage=5.0), own),
        ("walks, all markets", FanNeighbors(beta=0.3), likes),
        ("walks, all markets, rare titles", FanNeighbors(beta=0.8), likes),
        ("viewer cosine, all markets", UserNeighbors(k=300), likes),
        ("viewer cosine, own market", UserNeighbors(k=300), own),
        ("factors, all markets", ImplicitAls(factors=48, unobserved=0.1, lam=0.01, rounds=6), likes),
        ("factors, own market", ImplicitAls(factors=16, unobserved=0.1, lam=0.01, rounds=6), own),
    )
    return {name: _at(algorithm, train, likes, lists) for name, algorithm, train in plan}


def _at(algorithm: Algorithm, train: sp.csr_array, likes: sp.csr_array, lists: Lists) -> Floats:
    """Scores of an algorithm fitted on ``train`` for each candidate, from the viewers' own likes."""
    viewers = Vocabulary(ViewerId("market", str(number)) for number in range(train.shape[0]))
    titles = Vocabulary(TitleId("market", str(number)) for number in range(train.shape[1]))
    data = TrainingData(Interactions.from_liked(viewers, titles, train), (None,) * train.shape[1])
    model = algorithm.fit(data)
    found = np.empty(lists.titles.shape, dtype=np.float32)
    for part in blocks(len(lists.viewers), 512):
        scores = model.scores(likes[lists.viewers[part]])
        found[part] = np.take_along_axis(scores, lists.titles[part], axis=1)
    return found


def _standard(score: Floats) -> Floats:
    deviation = score.std(axis=1, keepdims=True)
    return np.asarray((score - score.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1))


def _ranks(score: Floats) -> Floats:
    """How many of the list are better, equal ones counted half: nothing can be read from the order."""
    ordered = np.sort(score, axis=1)
    ranks = np.empty_like(score)
    for place, (row, own) in enumerate(zip(ordered, score, strict=True)):
        low, high = np.searchsorted(row, own, side="left"), np.searchsorted(row, own, side="right")
        ranks[place] = len(row) - (low + high) / 2
    return ranks


def _popularity(markets: Markets, lists: Lists) -> dict[str, Floats]:
    table: dict[str, Floats] = {}
    width = markets.likes.shape[1]
    for number, name in enumerate(markets.names):
        rows = np.flatnonzero(markets.market == number)
        likes, ratings = markets.likes[rows], markets.ratings[rows]
        fans = np.bincount(likes.indices, minlength=width)
        # shrunk toward the market's mean by ten ratings
        mean = ratings.data.mean() if ratings.nnz else 0.5
        rated = (np.bincount(ratings.indices, weights=ratings.data, minlength=width) + 10 * mean) / (
            fans + 10
        )
        label = "own market" if number == markets.target else name
        for what, value in (("fans", np.log1p(fans)), ("rating", rated)):
            table[f"{what}, {label}"] = value.astype(np.float32)[lists.titles]
        light = np.bincount(
            likes.indices,
            weights=np.repeat(1 / np.maximum(np.diff(likes.indptr), 1), np.diff(likes.indptr)),
            minlength=width,
        )
        if number == markets.target:
            table["fans, own market, by share"] = np.log1p(light).astype(np.float32)[lists.titles]
            table["fans, own market (rank)"] = _ranks(table["fans, own market"])
    return table


def _likeness(markets: Markets, lists: Lists) -> dict[str, Floats]:
    """The nearest titles of the history: what a sum over all of it hides."""
    near = gram(cosine(sp.csr_array(markets.likes.T)))
    np.fill_diagonal(near, 0)
    together = gram(sp.csr_array(markets.likes.T))
    best, three, meets, most = (np.zeros(lists.titles.shape, dtype=np.float32) for _ in range(4))
    for place, viewer in enumerate(lists.viewers):
        history = markets.likes.indices[markets.likes.indptr[viewer] : markets.likes.indptr[viewer + 1]]
        if not len(history):
            continue
        part = near[np.ix_(history, lists.titles[place])]
        ordered = np.sort(part, axis=0)[::-1]
        best[place], three[place] = ordered[0], ordered[:3].mean(axis=0)
        meets[place] = (part > 0).mean(axis=0)
        most[place] = np.log1p(together[np.ix_(history, lists.titles[place])].max(axis=0))
    return {
        "nearest of the history": best,
        "nearest of the history (rank)": _ranks(best),
        "three nearest of the history": three,
        "three nearest of the history (rank)": _ranks(three),
        "share of the history met together": meets,
        "most common fans": most,
    }


def _viewer(markets: Markets, lists: Lists) -> dict[str, Floats]:
    count = np.diff(markets.likes.indptr)[lists.viewers].astype(np.float32)
    total = dense(markets.ratings[lists.viewers].sum(axis=1)[:, None])
    shape: Sequence[int] = lists.titles.shape
    return {
        "likes of the viewer": np.broadcast_to(count[:, None], shape),
        "mean rating of the viewer": np.broadcast_to(total / np.maximum(count, 1)[:, None], shape),
    }
