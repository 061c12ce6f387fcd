"""SASRec: what a viewer plays next, from the order of what was played before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.deep.runtime import torch_or_error
from crossreel.recommend.deep.windows import padded
from crossreel.recommend.ranking import blocks
from crossreel.recommend.roles import AnswerPath, Floats, TrainingContext, TrainingData

if TYPE_CHECKING:
    from crossreel.recommend.deep.networks.loop import Point
    from crossreel.recommend.deep.networks.transformer import CausalTransformer

__all__ = ["NextTitle", "NextTitleModel", "run_of"]

_ROWS = 128


@dataclass(frozen=True, slots=True)
class NextTitle(Configured):
    """SASRec: a causal transformer that predicts each viewer's next title from those before it.

    W.-C. Kang, J. McAuley, Self-Attentive Sequential Recommendation, ICDM 2018; trained with the
    exact softmax over all titles instead of one sampled negative, which is what made it
    overconfident (A. Klenitskiy, A. Vasilev, Turning Dross Into Gold Loss, RecSys 2023;
    A. Petrov, C. Macdonald, gSASRec, RecSys 2023). Every viewer's titles are cut into windows at
    other places in each epoch. Titles of the same instant stand in random order, drawn anew each
    epoch, so that without any times it learns from the set alone. With validation data training
    ends when NDCG@10 on it has not risen for ``patience`` epochs, and the best epoch is kept.

    Attributes:
        width: of embeddings and states; 8 to 1024, a multiple of ``2 * heads``.
        blocks, heads: of attention; 1 to 16.
        inner: width of each block's hidden layer; 8 to 4096.
        length: titles of a viewer that are looked at, the latest; 1 to 2000.
        dropout: 0 to 0.9.
        rate: the highest learning rate; 1e-6 to 0.1.
        epochs: at most; 1 to 10000.
        patience: epochs without a better validation figure; 1 to 10000.
        batch: titles in a batch, padding included; 16 to 1e6.
    """

    width: int = 128
    blocks: int = 2
    heads: int = 2
    inner: int = 256
    length: int = 200
    dropout: float = 0.2
    rate: float = 0.0015
    epochs: int = 7
    patience: int = 5
    batch: int = 2048

    name: ClassVar[str] = "sasrec"

    def __post_init__(self) -> None:
        check_range(self.name, "width", self.width, 8, 1024)
        check_range(self.name, "blocks", self.blocks, 1, 16)
        check_range(self.name, "heads", self.heads, 1, 16)
        check_range(self.name, "inner", self.inner, 8, 4096)
        check_range(self.name, "length", self.length, 1, 2000)
        check_range(self.name, "dropout", self.dropout, 0, 0.9)
        check_range(self.name, "rate", self.rate, 1e-6, 0.1)
        check_range(self.name, "epochs", self.epochs, 1, 10_000)
        check_range(self.name, "patience", self.patience, 1, 10_000)
        check_range(self.name, "batch", self.batch, 16, 1_000_000)
        if self.width % (2 * self.heads):
            raise BadValue(f"setting width of {self.name}", self.width, "a multiple of 2 * heads")

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> NextTitleModel:  # noqa: B008 - frozen
        """Trains; goes on where ``context.checkpoint`` holds the state of the same training.

        Raises:
            MissingExtra: PyTorch is not installed.
            BadInput: nobody liked anything.
            WrongUse: the device is not there.
            BadFile: the checkpoint is damaged or of another training.
        """
        torch_or_error()
        from crossreel.recommend.deep.networks.loop import Schedule, parameters_of, train
        from crossreel.recommend.deep.networks.next_title_task import NextTitleTask

        if not data.interactions.liked.nnz:
            raise BadInput(
                f"{self.name} cannot learn: no viewer liked any title.", advice="Import ratings or views."
            )
        task = NextTitleTask(self, data.interactions, context)
        schedule = Schedule(self.epochs, self.rate, 0.0, self.patience)
        curve = train(task, schedule, context, name=self.name, run=run_of(self, data, context))
        return NextTitleModel(self, parameters_of(task.network), curve)

    def network(self, titles: int) -> CausalTransformer:
        """The untrained network for a catalog of so many titles."""
        from crossreel.recommend.deep.networks.transformer import CausalTransformer

        return CausalTransformer(titles, self.width, self.blocks, self.heads, self.inner, self.dropout)

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> NextTitleModel:
        """The model whose ``arrays()`` these are; PyTorch is not needed before it is asked."""
        return NextTitleModel(self, dict(arrays))


def run_of(algorithm: Any, data: TrainingData, context: TrainingContext) -> str:
    """A digest of all that makes a training what it is: algorithm, settings, data, seed."""
    known = data.interactions
    digest = hashlib.sha256(json.dumps([algorithm.name, algorithm.to_dict(), context.seed]).encode())
    for held in (known, context.validation):
        if held is not None:
            for array in (held.liked.indptr, held.liked.indices, held.liked.data, held.liked_time):
                digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


class NextTitleModel:
    """The trained network.

    Args:
        algorithm: its settings.
        parameters: by name, as ``arrays()`` gives them.
        curve: of the training, when it has just taken place.
    """

    name: ClassVar[str] = NextTitle.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(
        self,
        algorithm: NextTitle,
        parameters: dict[str, npt.NDArray[np.float32]],
        curve: tuple[Point, ...] = (),
    ) -> None:
        self.algorithm, self._parameters, self.curve = algorithm, parameters, curve

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) shares of the next title, in each row summing to 1; 0 without a history.

        Of the titles of a row the last ``length`` are looked at, in the order in which they stand.

        Raises:
            MissingExtra: PyTorch is not installed.
        """
        torch = torch_or_error()
        result = np.zeros(histories.shape, dtype=np.float32)
        known = np.flatnonzero(np.diff(histories.indptr))
        known = known[np.argsort(np.diff(histories.indptr)[known], kind="stable")]
        titles = self.network.titles.weight[1:]
        for part in blocks(len(known), _ROWS):
            sequences = [self._latest(histories, row) for row in known[part]]
            with torch.inference_mode():
                states = self.network(torch.from_numpy(padded(sequences)))
                ends = torch.tensor([len(sequence) - 1 for sequence in sequences])
                last = states[torch.arange(len(sequences)), ends]
                result[known[part]] = torch.softmax(last @ titles.T, dim=1).numpy()
        return result

    def _latest(self, histories: sp.csr_array, row: int) -> npt.NDArray[np.int64]:
        start, stop = histories.indptr[row], histories.indptr[row + 1]
        sequence = histories.indices[max(start, stop - self.algorithm.length) : stop]
        return np.asarray(sequence, dtype=np.int64)

    @cached_property
    def network(self) -> CausalTransformer:
        """The network with its parameters, for answering."""
        torch = torch_or_error()
        network = self.algorithm.network(len(self._parameters["titles.weight"]) - 1)
        stored = {name: torch.from_numpy(np.array(one)) for name, one in self._parameters.items()}
        network.load_state_dict(stored, strict=True)
        return network.eval()

    def similar(self, title: int) -> Floats:
        """(titles,) cosines of the titles' embeddings; its own entry is 0."""
        vectors = self._parameters["titles.weight"][1:]
        length = np.maximum(np.sqrt((vectors * vectors).sum(axis=1)), 1e-12)
        near: Floats = (vectors @ vectors[title]) / (length * length[title])
        near[title] = 0
        return near

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The parameters of the network by name, float32."""
        return dict(self._parameters)
