"""The roles that recommenders play; a class implements only those it can play.

``fit`` is called on a frozen configuration and returns a new, fitted, immutable model: "not
fitted" cannot be expressed. Models see dense title numbers only; ids cross the border in
``values.vocabulary``. What a viewer has seen, what is open where they are, and how many titles
are wanted are steps around a model (``recommend.top``), the same for every model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.interactions import Interactions
from crossreel.catalog.title import Title
from crossreel.recommend.context import Circumstances
from crossreel.recommend.lists import TitleList
from crossreel.recommend.meanings import Meanings

__all__ = [
    "Algorithm",
    "AnswerPath",
    "Contribution",
    "Dissects",
    "Embeds",
    "Explains",
    "MindsContext",
    "ModelCard",
    "PredictedRatings",
    "RatesInTime",
    "RatingPredictor",
    "Recommender",
    "SimilarTitles",
    "TrainingContext",
    "TrainingData",
    "Weighs",
]

Floats = npt.NDArray[np.float32]
AnswerPath = Literal["personal", "content", "market", "popular", "list"]
"""Which kind of knowledge answered: what similar viewers did, what titles are made of, what the
territory likes, what everybody likes, or what people put on lists."""


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What a model may learn from.

    Attributes:
        interactions: who liked what (see ``audience.interactions``); its title vocabulary is the
            model's.
        titles: the catalog records of that vocabulary, in its order; None for ids that only
            occur in events.
        lists: what people put together, for recommenders that read it.
        meanings: makes vectors of the titles' synopses, for recommenders that read them.
    """

    interactions: Interactions
    titles: tuple[Title | None, ...]
    lists: tuple[TitleList, ...] = ()
    meanings: Meanings | None = None


def _silent(done: int, of: int, what: str) -> None:
    """The progress listener that listens to nothing."""


@dataclass(frozen=True, slots=True)
class TrainingContext:
    """Everything about a training run that is not data or configuration.

    Attributes:
        seed: of every random choice.
        threads: at most this many; 0 means all cores.
        device: "cpu" or "cuda"; a model that cannot use the device raises ``WrongUse``.
        progress: called as ``progress(done, of, what)``.
        validation: held-out interactions for early stopping, or None.
        checkpoint: folder in which a long training keeps its state after every round, so that it
            goes on where it was cut off; None keeps nothing. Quick algorithms do without.
    """

    seed: int = 42
    threads: int = 0
    device: str = "cpu"
    progress: Callable[[int, int, str], None] = _silent
    validation: Interactions | None = None
    checkpoint: Path | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """One title of the viewer's history that speaks for a recommendation, and how loudly."""

    title: int
    weight: float


class Recommender(Protocol):
    """Ranks titles for viewers.

    ``name`` is the algorithm's name on the command line; ``personal`` says whether two viewers
    can get different scores; ``path`` is the kind of knowledge it answers from.
    """

    name: ClassVar[str]
    personal: ClassVar[bool]
    path: ClassVar[AnswerPath]

    def scores(self, histories: sp.csr_array) -> Floats:
        """Scores of every title for each viewer.

        Args:
            histories: (viewers, titles) preference strengths, float32, 0 where unknown; rows may
                be viewers the model never saw (fold-in), as all state about a viewer is its row.
                A row's entries stand in the order the viewer met the titles, oldest first, where
                that is known (``audience.interactions.in_order``); models of sequences read it.

        Returns:
            (viewers, titles) float32, finite, higher is better. In a personal model a row
            without any signal is all zeros; in one that is not, all rows are equal.
        """
        ...

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The fitted state as plain arrays, for saving (no objects, no pickle)."""
        ...


class Algorithm(Protocol):
    """A frozen configuration that can be fitted, and restored from its saved arrays."""

    name: ClassVar[str]

    def fit(self, data: TrainingData, context: TrainingContext = ...) -> Recommender:
        """A fitted model. Raises ``BadInput`` when the data cannot carry this model."""
        ...

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> Recommender:
        """The model whose ``arrays()`` these are."""
        ...

    @classmethod
    def from_dict(cls, config: Mapping[str, Any]) -> Self:
        """The configuration from its JSON form; unknown keys raise ``BadValue``."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """The configuration as JSON."""
        ...


@runtime_checkable
class Embeds(Protocol):
    """Scores are inner products, so that a catalog too large to score whole can be searched by an index."""

    @property
    def vectors(self) -> Floats:
        """(titles, dimensions) float32."""
        ...

    def queries(self, histories: sp.csr_array) -> Floats:
        """(viewers, dimensions) float32: what the titles' vectors are multiplied with."""
        ...


@runtime_checkable
class SimilarTitles(Protocol):
    """Knows which titles go together."""

    def similar(self, title: int) -> Floats:
        """(titles,) float32: how near every title is to ``title``; its own entry is 0."""
        ...


@runtime_checkable
class Explains(Protocol):
    """Can say which titles of a history speak for a recommendation."""

    def because(self, history: sp.csr_array, titles: Sequence[int], limit: int) -> list[list[Contribution]]:
        """For each of ``titles``, the loudest titles of the (1, titles) history, loudest first.

        Only what speaks for the recommendation is named. The weights of a whole history's
        contributions, those against it included, sum to the score.
        """
        ...


@runtime_checkable
class MindsContext(Protocol):
    """Scores depend on when, where and on what one asks."""

    def in_context(self, scores: Floats, circumstances: Circumstances) -> Floats:
        """The (viewers, titles) ``scores`` under these circumstances; what is not known changes nothing."""
        ...

    def moment_of(self, circumstances: Circumstances, title: int) -> dict[str, tuple[str, float]]:
        """Factor -> its category in these circumstances, and what it multiplies the title's score with."""
        ...


@runtime_checkable
class Weighs(Protocol):
    """Made of parts whose weights it has learned."""

    def weights(self) -> dict[str, float]:
        """Part -> its weight; kept on the model's card."""
        ...


@runtime_checkable
class Dissects(Protocol):
    """Can say what each of its parts adds to a score."""

    def parts(self, history: sp.csr_array, titles: Sequence[int]) -> list[dict[str, float]]:
        """For each of ``titles``, part -> what it adds for the (1, titles) history, largest first."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PredictedRatings:
    """Ratings that viewers would give, as shares of the scale, 0 worst to 1 best.

    Attributes:
        mean: (n,) float64, within 0 and 1.
        low, high: (n,) ends of the intervals asked for; None where the model states none.
    """

    mean: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64] | None = None
    high: npt.NDArray[np.float64] | None = None


@runtime_checkable
class RatingPredictor(Protocol):
    """Predicts ratings of the viewers it was fitted with."""

    name: ClassVar[str]

    def predict(self, viewers: npt.NDArray[np.int64], titles: npt.NDArray[np.int64]) -> PredictedRatings:
        """Ratings of pairs of viewer and title numbers of the training data.

        A viewer or title without ratings is answered from what is known of the other, and where
        that is nothing from the mean of all ratings.
        """
        ...

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The fitted state as plain arrays, for saving."""
        ...


@runtime_checkable
class RatesInTime(Protocol):
    """Predictions depend on when one rates."""

    def predict_at(
        self,
        viewers: npt.NDArray[np.int64],
        titles: npt.NDArray[np.int64],
        times: npt.NDArray[np.int64] | None,
    ) -> PredictedRatings:
        """As ``RatingPredictor.predict``, at these int64 microseconds since 1970 UTC; None is now."""
        ...


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a trained model; saved beside its arrays as JSON.

    Attributes:
        trained_at: ISO 8601 instant (UTC).
        version: of Crossreel.
        titles, viewers, interactions: what it learned from (liked pairs).
        seconds: wall time of the fit.
        data_hash: SHA-256 over vocabularies and liked pairs, so that two models can be compared.
        notes: further facts, such as the files' hashes.
    """

    id: str
    algorithm: str
    config: dict[str, Any]
    trained_at: str
    version: str
    titles: int
    viewers: int
    interactions: int
    seed: int
    seconds: float
    data_hash: str
    notes: dict[str, Any] = field(default_factory=dict)
