"""Neighborhood recommenders: similar titles, similar viewers, and fans of one's favorites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.products import Columns, csr_arrays, dense, restored_csr
from crossreel.recommend.roles import AnswerPath, Contribution, Floats, TrainingContext, TrainingData
from crossreel.recommend.similarity import WEIGHTINGS, cosine, loudest, nearest, telling, top_of_rows, weigh

__all__ = ["FanNeighbors", "TitleNeighbors", "UserNeighbors"]


def _likes(data: TrainingData, name: str) -> sp.csr_array:
    liked = data.interactions.liked
    if not liked.nnz:
        raise BadInput(f"{name} cannot learn: no viewer liked any title.", advice="Import ratings or views.")
    return liked


@dataclass(frozen=True, slots=True)
class TitleNeighbors(Configured):
    """C-U: what is similar, by all viewers' likes, to what the viewer liked.

    score(u, i) = sum of S_ij x_uj over the titles j in u's history that are among the ``k`` titles
    most similar to i, with S of ``recommend.similarity``
    (B. Sarwar et al., WWW 2001; M. Deshpande, G. Karypis, ACM TOIS 22, 2004). Viewers of more than
    10,000 titles (robots, shared accounts) are not learned from, but are recommended to.

    Attributes:
        weighting: cosine, adjusted-cosine (needs ratings), tf-idf or bm25. On the validation parts
            of ML-1M, ML-100K and ML-latest-small tf-idf is ahead of cosine by 3 to 5 %.
        k: neighbors kept of each candidate title; 1 to 10000.
        shrinkage: pulls similarities with few common viewers toward 0; 0 or more.
        k1, b: settings of bm25.
        asymmetry: a in S_ij (n_j / n_i)^(a - 1/2), n the titles' numbers of fans; 0 to 1. Of cosine this is
            the asymmetric cosine |i and j| / (n_i^a n_j^(1 - a)), i the candidate (F. Aiolli, Efficient
            Top-N Recommendation for Very Large Scale Binary Rated Datasets, RecSys 2013); 1/2 is symmetric,
            above it popular candidates are held back.
    """

    weighting: str = "tf-idf"
    k: int = 200
    shrinkage: float = 2.0
    k1: float = 1.2
    b: float = 0.75
    asymmetry: float = 0.5

    name: ClassVar[str] = "title-neighbors"

    def __post_init__(self) -> None:
        if self.weighting not in WEIGHTINGS:
            raise BadValue(
                f"setting weighting of {self.name}", self.weighting, "one of " + ", ".join(WEIGHTINGS)
            )
        check_range(self.name, "k", self.k, 1, 10_000)
        check_range(self.name, "shrinkage", self.shrinkage, 0, 1e6)
        check_range(self.name, "k1", self.k1, 0, 1e4)
        check_range(self.name, "b", self.b, 0, 1)
        check_range(self.name, "asymmetry", self.asymmetry, 0, 1)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> TitleNeighborsModel:  # noqa: B008 - frozen
        """Compares all titles. Raises ``BadInput`` when nobody liked anything."""
        weights, lean = self.weights(data), None
        if self.asymmetry != 0.5:
            likes = data.interactions.liked
            fans = np.maximum(np.bincount(likes.indices, minlength=likes.shape[1]), 1).astype(np.float32)
            lean = fans ** np.float32(self.asymmetry - 0.5)
        return TitleNeighborsModel(nearest(weights, self.k, shrinkage=self.shrinkage, lean=lean))

    def weights(self, data: TrainingData) -> sp.csr_array:
        """W of ``similarity``, (titles, viewers); viewers of more than 10,000 titles are left out."""
        likes = sp.csr_array(_likes(data, self.name).T)
        if self.weighting == "adjusted-cosine":
            return weigh(self.weighting, likes, telling(sp.csr_array(data.interactions.rated.T)))
        unread = sp.csr_array(likes.shape, dtype=np.float32)
        return weigh(self.weighting, telling(likes), unread, k1=self.k1, b=self.b)

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> TitleNeighborsModel:
        """The model whose ``arrays()`` these are."""
        return TitleNeighborsModel(restored_csr(arrays))


class TitleNeighborsModel:
    """Row i of the (titles, titles) matrix holds the neighbors of candidate i."""

    name: ClassVar[str] = TitleNeighbors.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(self, neighbors: sp.csr_array) -> None:
        self._neighbors = neighbors
        self._speaks_for = Columns(sp.csr_array(neighbors.T))

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) sums of similarities."""
        return self._speaks_for.after(histories)

    def similar(self, title: int) -> Floats:
        """Similarity of ``title`` to every candidate that counts it among its neighbors."""
        row: Floats = self._speaks_for.rows(np.array([title]))[0]
        return row

    def because(self, history: sp.csr_array, titles: Sequence[int], limit: int) -> list[list[Contribution]]:
        """The history's titles j by S_ij x_j."""
        strength = dense(history)[0]
        found = []
        for title in titles:
            part = slice(self._neighbors.indptr[title], self._neighbors.indptr[title + 1])
            near = self._neighbors.indices[part]
            found.append(loudest(near, self._neighbors.data[part] * strength[near], limit))
        return found

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The neighbors as CSR parts."""
        return csr_arrays(self._neighbors)


@dataclass(frozen=True, slots=True)
class UserNeighbors(Configured):
    """U-U: the favorites of the viewers whose whole taste is most like the target viewer's.

    score(u, i) = sum of s_uv x_vi over the ``k`` viewers v of the largest s_uv, the cosine of the
    two viewers' likes (J. Herlocker et al., SIGIR 1999). A viewer who was in the training data is
    its own nearest neighbor, which speaks only for what it has already seen.

    Attributes:
        k: neighbors; 1 to 10000.
    """

    k: int = 100

    name: ClassVar[str] = "user-neighbors"

    def __post_init__(self) -> None:
        check_range(self.name, "k", self.k, 1, 10_000)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> UserNeighborsModel:  # noqa: B008 - frozen
        """Keeps the likes. Raises ``BadInput`` when nobody liked anything."""
        return self._model(_likes(data, self.name))

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> UserNeighborsModel:
        """The model whose ``arrays()`` these are."""
        return self._model(restored_csr(arrays))

    def _model(self, likes: sp.csr_array) -> UserNeighborsModel:
        ones = np.ones(likes.shape[1], dtype=np.float32)
        return UserNeighborsModel(
            likes, found_by=cosine(likes), title_weight=ones, speak=likes, k=self.k, by_length=True
        )


@dataclass(frozen=True, slots=True)
class FanNeighbors(Configured):
    """U-I: viewers found through their likes of the target's favorites, and what those like most.

    Where U-U compares whole tastes (a viewer with many other interests is far away, and a heavy
    viewer has to share much to be near), here each favorite title j brings its own fans: a fan v
    of j is trusted by x_vj / n_j^alpha, n_j the number of j's fans, whatever else v likes. Trusts
    add up over the favorites, the ``k`` most trusted fans speak, each for its own likes with one
    voice: x_vi / sum_i x_vi. Titles are then divided by n_i^beta, else the popular ones win.

    With all fans and alpha = 1 this is the three-step walk of C. Cooper et al. (P3, WWW 2014),
    with beta the RP3beta of F. Christoffel et al. (RecSys 2015).

    Attributes:
        k: fans who speak; 0 means all of them.
        alpha: how much the fans of rarely liked titles count more; 0 to 2.
        beta: how much popular titles are held back; 0 to 1.
    """

    k: int = 0
    alpha: float = 1.0
    beta: float = 0.6

    name: ClassVar[str] = "fan-neighbors"

    def __post_init__(self) -> None:
        check_range(self.name, "k", self.k, 0, 1e9)
        check_range(self.name, "alpha", self.alpha, 0, 2)
        check_range(self.name, "beta", self.beta, 0, 1)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> FanNeighborsModel:  # noqa: B008 - frozen
        """Keeps the likes. Raises ``BadInput`` when nobody liked anything."""
        return self._model(_likes(data, self.name))

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> FanNeighborsModel:
        """The model whose ``arrays()`` these are."""
        return self._model(restored_csr(arrays))

    def _model(self, likes: sp.csr_array) -> FanNeighborsModel:
        fans = np.maximum(np.bincount(likes.indices, minlength=likes.shape[1]), 1).astype(np.float64)
        voice = np.repeat(1 / np.maximum(np.asarray(likes.sum(axis=1)).ravel(), 1e-9), np.diff(likes.indptr))
        said = (likes.data * voice / fans[likes.indices] ** self.beta).astype(np.float32)
        speak = sp.csr_array((said, likes.indices, likes.indptr), shape=likes.shape)
        trust = (1 / fans**self.alpha).astype(np.float32)
        return FanNeighborsModel(
            likes, found_by=likes, title_weight=trust, speak=speak, k=self.k, by_length=False
        )


class _ViewersModel:
    """Viewers speak: score(u, i) = sum_v a_uv y_vi, a_uv = sum_j x_uj t_j w_vj cut to the k largest.

    Args:
        likes: (viewers, titles) what is saved.
        found_by: w, (viewers, titles): how a like brings a viewer in.
        title_weight: t, (titles,): how much a title of the history counts for that.
        speak: y, (viewers, titles): what a viewer speaks for.
        k: viewers who may speak; 0 means all.
        by_length: divide histories by their length first.
    """

    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(
        self,
        likes: sp.csr_array,
        *,
        found_by: sp.csr_array,
        title_weight: Floats,
        speak: sp.csr_array,
        k: int,
        by_length: bool,
    ) -> None:
        self._likes, self._k, self._by_length = likes, k, by_length
        self._title_weight, self._speak = title_weight, speak
        self._found_by = sp.csr_array(found_by.T)
        self._spoken_for = sp.csr_array(speak.T)

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) sums of what the found viewers speak for."""
        return dense(self._voices(self._weighted(histories)) @ self._speak)

    def _weighted(self, histories: sp.csr_array) -> sp.csr_array:
        weighted = sp.csr_array(histories.multiply(self._title_weight[None, :]))
        return cosine(weighted) if self._by_length else weighted

    def _voices(self, weighted: sp.csr_array) -> Floats | sp.csr_array:
        voices = weighted @ self._found_by
        return top_of_rows(voices, self._k) if 0 < self._k < voices.shape[1] else dense(voices)

    def because(self, history: sp.csr_array, titles: Sequence[int], limit: int) -> list[list[Contribution]]:
        """The history's titles j by x_j t_j sum_v w_vj y_vi over the viewers v who speak.

        The share of each title in having found the viewers who speak for i.
        """
        weighted = self._weighted(history)
        speaks = dense(self._voices(weighted))[0] != 0
        says = self._spoken_for[np.asarray(titles, dtype=np.int64)]
        heard = np.ascontiguousarray((dense(says) * speaks).T)
        share = dense(self._found_by[weighted.indices] @ heard) * weighted.data[:, None]
        return [loudest(weighted.indices, share[:, place], limit) for place in range(len(titles))]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The likes as CSR parts."""
        return csr_arrays(self._likes)


class UserNeighborsModel(_ViewersModel):
    """Viewers found by the cosine of whole tastes."""

    name: ClassVar[str] = UserNeighbors.name


class FanNeighborsModel(_ViewersModel):
    """Viewers found as fans of the history's titles."""

    name: ClassVar[str] = FanNeighbors.name
