"""What the causal transformer is trained on, and how an epoch is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch

from crossreel.audience.interactions import Interactions, in_order
from crossreel.recommend.deep.judging import validation_ndcg
from crossreel.recommend.deep.networks.full_softmax import full_softmax
from crossreel.recommend.deep.windows import batches, padded, windows
from crossreel.recommend.ranking import blocks
from crossreel.recommend.roles import TrainingContext

if TYPE_CHECKING:
    from crossreel.recommend.deep.next_title import NextTitle

__all__ = ["NextTitleTask"]


class NextTitleTask:
    """Windows of viewers' titles in their order; each position predicts the one after it.

    Args:
        algorithm: its settings.
        known: likes with their times.
        context: seed and validation data.
    """

    def __init__(self, algorithm: NextTitle, known: Interactions, context: TrainingContext) -> None:
        self._algorithm, self._validation = algorithm, context.validation
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(context.seed)
            self.network = algorithm.network(known.liked.shape[1])
        self._histories = in_order(known.liked, known.liked_time)
        self._rows = np.repeat(np.arange(known.liked.shape[0]), np.diff(known.liked.indptr))
        order = np.lexsort((known.liked.indices, known.liked_time, self._rows))
        self._times = known.liked_time[order]
        same = (self._rows[1:] == self._rows[:-1]) & (self._times[1:] == self._times[:-1])
        self._tied = bool(same.any())

    def batches(self, rng: np.random.Generator) -> list[torch.Tensor]:
        """Padded windows, about ``batch`` numbers each."""
        titles = self._histories.indices.astype(np.int64)
        if self._tied:
            titles = titles[np.lexsort((rng.random(len(titles)), self._times, self._rows))]
        sequences = np.split(titles, self._histories.indptr[1:-1])
        pieces = windows(sequences, self._algorithm.length, rng)
        return [torch.from_numpy(one) for one in batches(pieces, self._algorithm.batch, rng)]

    def loss(self, batch: Any, device: torch.device) -> torch.Tensor:
        """Cross-entropy of every next title over the whole catalog."""
        batch = batch.to(device)
        wanted = batch[:, 1:]
        real = wanted > 0
        states = self.network(batch[:, :-1])[real]
        return full_softmax(states, self.network.titles.weight[1:], wanted[real] - 1)

    def quality(self, device: torch.device) -> float | None:
        """NDCG@10 of the validation titles, those of the history left out."""
        return validation_ndcg(self._histories, self._validation, lambda rows: self._scores(rows, device))

    def _scores(self, rows: npt.NDArray[np.int64], device: torch.device) -> npt.NDArray[np.float32]:
        found = np.empty((len(rows), self._histories.shape[1]), dtype=np.float32)
        indptr, length = self._histories.indptr, self._algorithm.length
        with torch.no_grad():
            for part in blocks(len(rows), 64):
                sequences = [
                    self._histories.indices[max(indptr[row], indptr[row + 1] - length) : indptr[row + 1]]
                    for row in rows[part]
                ]
                states = self.network(torch.from_numpy(padded(sequences)).to(device))
                ends = torch.tensor([len(sequence) - 1 for sequence in sequences], device=device)
                last = states[torch.arange(len(sequences), device=device), ends]
                found[part] = (last @ self.network.titles.weight[1:].T).cpu().numpy()
        return found
