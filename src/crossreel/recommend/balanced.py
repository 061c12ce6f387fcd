"""EASE whose heavy viewers, popular titles and unliked titles are balanced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.catalog.title import Title
from crossreel.errors import BadInput
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.linear import EaseModel, TitleWeights, compact, inverse, ridge_weights
from crossreel.recommend.products import gram, restored_csr
from crossreel.recommend.roles import TrainingContext, TrainingData

__all__ = ["BalancedEase", "BalancedEaseModel", "ViewerEase", "ViewerEaseModel", "viewer_weights"]


@dataclass(frozen=True, slots=True)
class BalancedEase(Configured):
    """EASE (``recommend.linear``) with three corrections, each of which is 0 in EASE itself.

    G = X' W X + c F F': likes of heavy viewers count for less, W_uu = (n_u / mean n)^-a, as who
    likes everything tells little of what belongs together; and titles that are made of the same
    things (rows F of ``recommend.content``, whole text counted) are related before anybody likes
    them both, so that new titles have neighbors (a ridge toward side information, as in X. Ning,
    G. Karypis, Sparse Linear Methods with Side Information, RecSys 2012, with the features as
    further viewers). B follows from G as in EASE; then column j is multiplied by
    (n_j / mean n)^-b, which takes back some of EASE's preference for popular titles.

    Chosen on the validation part of ML-1M (its NDCG@10 0.2347 for EASE, 0.2403 here); on ML-1M's
    test part that is 0.2956 against 0.2879.

    Attributes:
        lam: ridge; above 0, at most 1e7.
        viewer_power: a, 0 to 2.
        popularity_power: b, 0 to 1.
        content: c, 0 to 1e6; without records nothing is added.
        prune: weights below this magnitude are dropped; 0 keeps all.
        max_titles: more titles than this are refused, as memory grows with their square.
    """

    lam: float = 700.0
    viewer_power: float = 0.5
    popularity_power: float = 0.1
    content: float = 200.0
    prune: float = 0.0003
    max_titles: int = 25_000

    name: ClassVar[str] = "balanced-ease"

    def __post_init__(self) -> None:
        check_range(self.name, "lam", self.lam, 1e-3, 1e7)
        check_range(self.name, "viewer_power", self.viewer_power, 0, 2)
        check_range(self.name, "popularity_power", self.popularity_power, 0, 1)
        check_range(self.name, "content", self.content, 0, 1e6)
        check_range(self.name, "prune", self.prune, 0, 1)
        check_range(self.name, "max_titles", self.max_titles, 1, 1e6)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> BalancedEaseModel:  # noqa: B008 - frozen
        """The fitted model.

        Raises:
            BadInput: nobody liked anything, or more titles take part than ``max_titles``.
        """
        liked = data.interactions.liked
        if not liked.nnz:
            raise BadInput("EASE cannot learn: no viewer liked any title.", advice="Import ratings or views.")
        features = self._features(data.titles)
        fans = np.bincount(liked.indices, minlength=liked.shape[1])
        has_part = fans > 0 if features is None else (fans > 0) | (np.diff(features.indptr) > 0)
        active = np.flatnonzero(has_part).astype(np.int32)
        _check_size(len(active), self.max_titles)
        context.progress(0, 2, "EASE")
        weighted = liked.multiply(viewer_weights(liked, self.viewer_power / 2)[:, None])
        related = gram(sp.csr_array(sp.csr_array(weighted)[:, active].T))
        if features is not None:
            related += np.float32(self.content) * gram(features[active])
        weights = ridge_weights(related, self.lam)
        popularity = np.maximum(fans[active], 1)
        weights *= (popularity / popularity.mean()) ** np.float32(-self.popularity_power)
        context.progress(2, 2, "EASE")
        return BalancedEaseModel(active, liked.shape[1], TitleWeights(compact(weights, self.prune)))

    def _features(self, titles: Sequence[Title | None]) -> sp.csr_array | None:
        if not self.content or not any(titles):
            return None
        return restored_csr(ContentToContent(text=1.0, decade=0.0).of_titles(titles).arrays())

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> BalancedEaseModel:
        """The model whose ``arrays()`` these are."""
        return BalancedEaseModel(arrays["active"], int(arrays["titles"]), TitleWeights.restored(arrays))


@dataclass(frozen=True, slots=True)
class ViewerEase(Configured):
    """EASE between viewers: who, of all viewers, together reproduces the target's likes.

    A viewer's likes x are regressed on those of all viewers, x ~ X'w, titles weighted by
    d_i = (n_i / mean n)^-b so that sharing a rare title counts more: w = (X D X' + lam I)^-1 X D x,
    scores X'w. Known viewers are their own best explanation; that changes only what they have
    already liked, and all else in proportion, so that lists are those of EASE with a zero
    diagonal over viewers (H. Steck, WWW 2019, with viewers and titles exchanged). By the push-through
    identity the scores are x B with off-diagonal B = -lam D^1/2 (D^1/2 X'X D^1/2 + lam I)^-1 D^-1/2:
    one title-title matrix, whatever the number of viewers, and new viewers need no fitting.

    Attributes:
        lam: ridge; above 0, at most 1e7.
        popularity_power: b, 0 to 2.
        prune: weights below this magnitude are dropped; 0 keeps all.
        max_titles: more liked titles than this are refused, as memory grows with their square.
    """

    lam: float = 600.0
    popularity_power: float = 0.5
    prune: float = 0.0001
    max_titles: int = 25_000

    name: ClassVar[str] = "viewer-ease"

    def __post_init__(self) -> None:
        check_range(self.name, "lam", self.lam, 1e-3, 1e7)
        check_range(self.name, "popularity_power", self.popularity_power, 0, 2)
        check_range(self.name, "prune", self.prune, 0, 1)
        check_range(self.name, "max_titles", self.max_titles, 1, 1e6)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> ViewerEaseModel:  # noqa: B008 - frozen
        """The fitted model.

        Raises:
            BadInput: nobody liked anything, or more titles were liked than ``max_titles``.
        """
        liked = data.interactions.liked
        fans = np.bincount(liked.indices, minlength=liked.shape[1])
        active = np.flatnonzero(fans).astype(np.int32)
        if not len(active):
            raise BadInput("EASE cannot learn: no viewer liked any title.", advice="Import ratings or views.")
        _check_size(len(active), self.max_titles)
        root = ((fans[active] / fans[active].mean()) ** (-self.popularity_power / 2)).astype(np.float32)
        related = gram(sp.csr_array(liked[:, active].T)) * root[:, None] * root
        related[np.diag_indices_from(related)] += self.lam
        weights = inverse(related)
        weights *= np.float32(-self.lam) * root[:, None]
        weights /= root
        np.fill_diagonal(weights, 0)
        return ViewerEaseModel(active, liked.shape[1], TitleWeights(compact(weights, self.prune)))

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> ViewerEaseModel:
        """The model whose ``arrays()`` these are."""
        return ViewerEaseModel(arrays["active"], int(arrays["titles"]), TitleWeights.restored(arrays))


def _check_size(titles: int, most: int) -> None:
    if titles > most:
        raise BadInput(
            f"EASE over {titles} titles needs about {12e-9 * titles**2:.0f} GB.",
            advice="Raise max_titles if the memory is there, or train title-neighbors.",
            titles=titles,
        )


def viewer_weights(liked: sp.csr_array, power: float) -> npt.NDArray[np.float32]:
    """(viewers,) (n_u / mean n)^-power over viewers with likes; 0 for those without."""
    count = np.diff(liked.indptr).astype(np.float64)
    some = count > 0
    weight = np.zeros(len(count), dtype=np.float32)
    weight[some] = (count[some] / count[some].mean()) ** -power
    return weight


class BalancedEaseModel(EaseModel):
    """Fitted weights, used as EASE's are."""

    name: ClassVar[str] = BalancedEase.name


class ViewerEaseModel(EaseModel):
    """Fitted weights, used as EASE's are."""

    name: ClassVar[str] = ViewerEase.name
