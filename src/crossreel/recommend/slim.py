"""SLIM: sparse, non-negative weights of titles on titles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.linear import EaseModel, TitleWeights, compact, inverse
from crossreel.recommend.products import gram
from crossreel.recommend.roles import TrainingContext, TrainingData

__all__ = ["Slim", "SlimModel"]


@dataclass(frozen=True, slots=True)
class Slim(Configured):
    """SLIM by ADMM: min |X - X B|^2 / 2 + lam |B|^2 / 2 + l1 |B|_1, zero diagonal, B >= 0.

    X. Ning, G. Karypis, SLIM, ICDM 2011, solved for all titles at once by alternating directions
    (H. Steck et al., ADMM SLIM, WSDM 2020, algorithm 1): with P = (X'X + (lam + rho) I)^-1,

        B <- P (X'X + rho (C - U)), each column then moved along P to a zero diagonal,
        C <- max(B + U - l1 / rho, 0),  U <- U + B - C.

    A round is one product of two (titles, titles) matrices; C is the model. Memory is about
    20 n^2 bytes.

    Attributes:
        l1: pulls weights to 0; 0 or more.
        lam: ridge; above 0.
        rho: step between the two conditions, a matter of speed; above 0.
        rounds: of the alternation; 1 to 1000.
        max_titles: more liked titles than this are refused, as time grows with their cube.
    """

    l1: float = 5.0
    lam: float = 300.0
    rho: float = 2000.0
    rounds: int = 8
    max_titles: int = 12_000

    name: ClassVar[str] = "slim"

    def __post_init__(self) -> None:
        check_range(self.name, "l1", self.l1, 0, 1e6)
        check_range(self.name, "lam", self.lam, 1e-3, 1e7)
        check_range(self.name, "rho", self.rho, 1e-3, 1e7)
        check_range(self.name, "rounds", self.rounds, 1, 1000)
        check_range(self.name, "max_titles", self.max_titles, 1, 1e6)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> SlimModel:  # noqa: B008 - frozen
        """The fitted model.

        Raises:
            BadInput: nobody liked anything, or more titles were liked than ``max_titles``.
        """
        liked = data.interactions.liked
        active = np.unique(liked.indices).astype(np.int32)
        if not len(active):
            raise BadInput("SLIM cannot learn: no viewer liked any title.", advice="Import ratings or views.")
        if len(active) > self.max_titles:
            raise BadInput(
                f"SLIM over {len(active)} titles takes {self.rounds} products of matrices that large.",
                advice="Raise max_titles if there is time, or train ease or title-neighbors.",
                titles=len(active),
            )
        g = gram(sp.csr_array(liked[:, active].T))
        regular = g.copy()
        regular[np.diag_indices_from(regular)] += self.lam + self.rho
        p = inverse(regular)
        fixed = p @ g
        own = p.diagonal().copy()
        c, u = np.zeros_like(g), np.zeros_like(g)
        for done in range(self.rounds):
            context.progress(done, self.rounds, "SLIM")
            b = fixed + np.float32(self.rho) * (p @ (c - u))
            b -= p * (b.diagonal() / own)
            u += b
            np.maximum(u - np.float32(self.l1 / self.rho), 0, out=c)
            np.fill_diagonal(c, 0)
            u -= c
        context.progress(self.rounds, self.rounds, "SLIM")
        return SlimModel(active, liked.shape[1], TitleWeights(compact(c, 1e-4)))

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> SlimModel:
        """The model whose ``arrays()`` these are."""
        return SlimModel(arrays["active"], int(arrays["titles"]), TitleWeights.restored(arrays))


class SlimModel(EaseModel):
    """Fitted weights, used as EASE's are."""

    name: ClassVar[str] = Slim.name
