"""Networks over a viewer's titles as a set: the softmax network, the click model, two towers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.catalog.title import Title
from crossreel.errors import BadInput
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.deep.next_title import run_of
from crossreel.recommend.deep.runtime import torch_or_error
from crossreel.recommend.products import csr_arrays, restored_csr
from crossreel.recommend.ranking import blocks
from crossreel.recommend.roles import AnswerPath, Floats, TrainingContext, TrainingData

if TYPE_CHECKING:
    from crossreel.recommend.deep.networks.loop import Point
    from crossreel.recommend.deep.networks.sets import SetNetwork

__all__ = ["ClickModel", "SetModel", "SoftmaxNetwork", "TwoTowers"]

_ROWS = 256
Arrays = Mapping[str, npt.NDArray[Any]]


class _SetAlgorithm(Configured):
    """What the three share: how they are trained, judged, kept and restored."""

    __slots__ = ()
    name: ClassVar[str]
    rate: float
    decay: float
    epochs: int
    patience: int
    batch: int
    shown: float

    def _check(self) -> None:
        check_range(self.name, "rate", self.rate, 1e-6, 1)
        check_range(self.name, "decay", self.decay, 0, 10)
        check_range(self.name, "epochs", self.epochs, 1, 10_000)
        check_range(self.name, "patience", self.patience, 1, 10_000)
        check_range(self.name, "batch", self.batch, 1, 100_000)
        check_range(self.name, "shown", self.shown, 0.01, 1)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> SetModel:  # noqa: B008 - frozen
        """Trains; goes on where ``context.checkpoint`` holds the state of the same training.

        Raises:
            MissingExtra: PyTorch is not installed.
            BadInput: nobody liked anything, or (of the click model) no title has a record.
            WrongUse: the device is not there.
            BadFile: the checkpoint is damaged or of another training.
        """
        torch = torch_or_error()
        from crossreel.recommend.deep.networks.loop import Schedule, parameters_of, train
        from crossreel.recommend.deep.networks.sets_task import SetsTask

        liked = sp.csr_array(data.interactions.liked, dtype=np.float32)
        if not liked.nnz:
            raise BadInput(
                f"{self.name} cannot learn: no viewer liked any title.", advice="Import ratings or views."
            )
        known = self.known(data.titles, liked)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(context.seed)
            network = self.network(known)
        task = SetsTask(network, liked, self.batch, self.shown, context)
        schedule = Schedule(self.epochs, self.rate, self.decay, self.patience)
        curve = train(task, schedule, context, name=self.name, run=run_of(self, data, context))
        return SetModel.of(self, {**known, **parameters_of(network)}, curve)

    def known(self, titles: Sequence[Title | None], liked: sp.csr_array) -> dict[str, npt.NDArray[Any]]:
        """What the network is told of titles, kept beside its parameters."""
        return {"count": np.array(liked.shape[1])}

    def network(self, known: Arrays) -> SetNetwork:
        """The untrained network."""
        raise TypeError(f"{self.name} has no network")

    def restore(self, arrays: Arrays) -> SetModel:
        """The model whose ``arrays()`` these are; PyTorch is not needed before it is asked."""
        return SetModel.of(self, dict(arrays))


@dataclass(frozen=True, slots=True)
class SoftmaxNetwork(_SetAlgorithm):
    """The classic network: embedding of the viewer's titles, a hidden ReLU layer, softmax over titles.

    P. Covington et al., Deep Neural Networks for YouTube Recommendations, RecSys 2016, without
    its side features; trained as a denoising autoencoder with the multinomial likelihood over the
    whole catalog (D. Liang et al., Variational Autoencoders for Collaborative Filtering, WWW 2018).

    Attributes:
        width: of the embeddings; 1 to 4096.
        hidden: of the hidden layer; 1 to 8192.
        dropout: 0 to 0.9.
        rate: the highest learning rate; 1e-6 to 1.
        decay: weight decay; 0 to 10.
        epochs: at most; 1 to 10000.
        patience: epochs without a better validation figure; 1 to 10000.
        batch: viewers; 1 to 100000.
        shown: share of a viewer's titles that is shown in training; 0.01 to 1.
    """

    width: int = 128
    hidden: int = 256
    dropout: float = 0.3
    rate: float = 0.002
    decay: float = 0.01
    epochs: int = 40
    patience: int = 6
    batch: int = 128
    shown: float = 0.5

    name: ClassVar[str] = "softmax-network"

    def __post_init__(self) -> None:
        self._check()
        check_range(self.name, "width", self.width, 1, 4096)
        check_range(self.name, "hidden", self.hidden, 1, 8192)
        check_range(self.name, "dropout", self.dropout, 0, 0.9)

    def network(self, known: Arrays) -> SetNetwork:
        """The untrained network."""
        from crossreel.recommend.deep.networks.sets import Softmax

        return Softmax(int(known["count"]), self.width, self.hidden, self.dropout)


@dataclass(frozen=True, slots=True)
class ClickModel(_SetAlgorithm):
    """sigma(theta' x + b): how likely a click is, from the viewer's features crossed with the title's.

    Logistic regression with second-order crosses (H. B. McMahan et al., Ad Click Prediction, KDD
    2013; H.-T. Cheng et al., Wide & Deep, 2016, the wide part). A title's features are the most
    frequent of its genres, people, keywords, countries and words (``recommend.content``); a viewer's
    are the mean of those of the titles liked. x holds every product of one of each, and b is the
    title's own.

    Attributes:
        crosses: features that are crossed, the most frequent; 1 to 2000.
        rate, decay, epochs, patience, batch, shown: as ``SoftmaxNetwork``'s.
    """

    crosses: int = 128
    rate: float = 0.05
    decay: float = 0.001
    epochs: int = 15
    patience: int = 4
    batch: int = 128
    shown: float = 0.5

    name: ClassVar[str] = "click-model"

    def __post_init__(self) -> None:
        self._check()
        check_range(self.name, "crosses", self.crosses, 1, 2000)

    def known(self, titles: Sequence[Title | None], liked: sp.csr_array) -> dict[str, npt.NDArray[Any]]:
        """The crossed features. Raises ``BadInput`` where no title has a record."""
        if not any(titles):
            raise BadInput(
                "The click model cannot learn: the catalog has none of these titles.",
                advice="Import their catalog records.",
            )
        features = _frequent(titles, self.crosses, 1)
        return {"count": np.array(liked.shape[1]), "crossed": features.toarray().astype(np.float32)}

    def network(self, known: Arrays) -> SetNetwork:
        """The untrained network."""
        torch = torch_or_error()
        from crossreel.recommend.deep.networks.sets import Crosses

        return Crosses(torch.from_numpy(np.array(known["crossed"])))


@dataclass(frozen=True, slots=True)
class TwoTowers(_SetAlgorithm):
    """A viewer's tower and a title's tower that meet in a cosine; new titles are found by content.

    P.-S. Huang et al., Learning Deep Structured Semantic Models, CIKM 2013; X. Yi et al.,
    Sampling-Bias-Corrected Neural Modeling, RecSys 2019, with the exact softmax instead of sampled
    negatives. A title's tower starts from its features and its own embedding; the latter is left
    out for a share of titles in each step (M. Volkovs et al., DropoutNet, NIPS 2017), and always
    where nobody has liked the title yet.

    Attributes:
        width: where the towers meet; 1 to 4096.
        hidden: of their hidden layers; 1 to 8192.
        dropout: 0 to 0.9.
        forget: share of titles without their own embedding in a step; 0 to 1.
        features: at most so many, the most frequent; 1 to 1e6.
        rate, decay, epochs, patience, batch, shown: as ``SoftmaxNetwork``'s.
    """

    width: int = 64
    hidden: int = 128
    dropout: float = 0.1
    forget: float = 0.3
    features: int = 5000
    rate: float = 0.005
    decay: float = 0.01
    epochs: int = 30
    patience: int = 5
    batch: int = 128
    shown: float = 0.5

    name: ClassVar[str] = "two-towers"

    def __post_init__(self) -> None:
        self._check()
        check_range(self.name, "width", self.width, 1, 4096)
        check_range(self.name, "hidden", self.hidden, 1, 8192)
        check_range(self.name, "dropout", self.dropout, 0, 0.9)
        check_range(self.name, "forget", self.forget, 0, 1)
        check_range(self.name, "features", self.features, 1, 1_000_000)

    def known(self, titles: Sequence[Title | None], liked: sp.csr_array) -> dict[str, npt.NDArray[Any]]:
        """Features, and which titles were liked."""
        features = csr_arrays(_frequent(titles, self.features, 2))
        fans = np.bincount(liked.indices, minlength=liked.shape[1])
        named = {f"features.{name}": one for name, one in features.items()}
        return {"count": np.array(liked.shape[1]), "liked": fans > 0, **named}

    def network(self, known: Arrays) -> SetNetwork:
        """The untrained network."""
        torch = torch_or_error()
        from crossreel.recommend.deep.networks.sets import Towers

        names = ("data", "indices", "indptr", "shape")
        coo = restored_csr({name: known[f"features.{name}"] for name in names}).tocoo()
        where = torch.from_numpy(np.stack([coo.row, coo.col]).astype(np.int64))
        features = torch.sparse_coo_tensor(
            where, torch.from_numpy(coo.data.astype(np.float32)), coo.shape, check_invariants=True
        ).coalesce()
        liked = torch.from_numpy(np.array(known["liked"]))
        return Towers(features, liked, self.width, self.hidden, self.dropout, self.forget)


def _frequent(titles: Sequence[Title | None], most: int, least: int) -> sp.csr_array:
    """(titles, features) float32 of the ``most`` frequent features that at least ``least`` titles have."""
    features = ContentToContent(decade=0.0).of_titles(titles).features
    have = np.bincount(features.indices, minlength=features.shape[1])
    kept = np.argsort(-have, kind="stable")[:most]
    kept = np.sort(kept[have[kept] >= least])
    return sp.csr_array(features[:, kept] if len(kept) else features[:, :1] * np.float32(0))


class SetModel:
    """A trained set network.

    Args:
        algorithm: its settings.
        stored: parameters and what the network is told of titles.
        curve: of the training, when it has just taken place.
    """

    name: ClassVar[str]
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(
        self, algorithm: _SetAlgorithm, stored: dict[str, npt.NDArray[Any]], curve: tuple[Point, ...] = ()
    ) -> None:
        self.algorithm, self._stored, self.curve = algorithm, stored, curve

    @classmethod
    def of(
        cls, algorithm: _SetAlgorithm, stored: dict[str, npt.NDArray[Any]], curve: tuple[Point, ...] = ()
    ) -> SetModel:
        """The model under its algorithm's name."""
        return _MODELS[algorithm.name](algorithm, stored, curve)

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) shares of the next title, or probabilities of a click; 0 without a history.

        Raises:
            MissingExtra: PyTorch is not installed.
        """
        torch = torch_or_error()
        result = np.zeros(histories.shape, dtype=np.float32)
        known = np.flatnonzero(np.diff(histories.indptr))
        network = self.network
        for part in blocks(len(known), _ROWS):
            dense = histories[known[part]].toarray().astype(np.float32)
            with torch.inference_mode():
                result[known[part]] = network.answers(torch.from_numpy(dense)).numpy()
        return result

    @cached_property
    def network(self) -> SetNetwork:
        """The network with its parameters, for answering."""
        torch = torch_or_error()
        network = self.algorithm.network(self._stored)
        parameters = {
            name: torch.from_numpy(np.array(self._stored[name])) for name, _ in network.named_parameters()
        }
        network.load_state_dict(parameters, strict=True)
        return network.eval()

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The network's parameters by name, and what it is told of titles."""
        return dict(self._stored)


class _SoftmaxModel(SetModel):
    name: ClassVar[str] = SoftmaxNetwork.name


class _ClickModel(SetModel):
    name: ClassVar[str] = ClickModel.name


class _TowersModel(SetModel):
    name: ClassVar[str] = TwoTowers.name


_MODELS: dict[str, type[SetModel]] = {
    model.name: model for model in (_SoftmaxModel, _ClickModel, _TowersModel)
}
