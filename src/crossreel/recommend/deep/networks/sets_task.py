"""What set networks are trained on: a part of each viewer's titles foretells the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch

from crossreel.recommend.deep.judging import validation_ndcg
from crossreel.recommend.deep.networks.sets import SetNetwork
from crossreel.recommend.ranking import blocks
from crossreel.recommend.roles import TrainingContext

__all__ = ["SetsTask"]


class SetsTask:
    """Batches of viewers; of each one's titles a random share is shown and all are to be foretold.

    Args:
        network: to be trained.
        liked: (viewers, titles) CSR.
        viewers: in a batch.
        shown: share of a viewer's titles that is shown.
        context: seed and validation data.
    """

    def __init__(
        self, network: SetNetwork, liked: sp.csr_array, viewers: int, shown: float, context: TrainingContext
    ) -> None:
        self.network, self._liked, self._viewers, self._shown = network, liked, viewers, shown
        self._able = np.flatnonzero(np.diff(liked.indptr) > 1)
        self._validation = context.validation

    def batches(self, rng: np.random.Generator) -> list[npt.NDArray[np.int64]]:
        """Numbers of viewers, all once."""
        order = rng.permutation(self._able)
        return [order[part] for part in blocks(len(order), self._viewers)]

    def loss(self, batch: Any, device: torch.device) -> torch.Tensor:
        """The network's own loss."""
        liked = torch.from_numpy(self._liked[batch].toarray()).to(device)
        shown = liked * (torch.rand(liked.shape, device=device) < self._shown)
        return self.network.loss(shown, liked)

    def quality(self, device: torch.device) -> float | None:
        """NDCG@10 of the validation titles, those of the history left out."""

        def scores(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
            with torch.no_grad():
                histories = torch.from_numpy(self._liked[rows].toarray()).to(device)
                found: npt.NDArray[np.float32] = self.network.logits(histories).cpu().numpy()
                return found

        return validation_ndcg(self._liked, self._validation, scores)
