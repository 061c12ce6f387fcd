"""Recommenders made by people: a single list, and all lists by their likeness to a viewer's taste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.roles import (
    AnswerPath,
    Contribution,
    Floats,
    TrainingContext,
    TrainingData,
)
from crossreel.values.ids import TitleId

__all__ = ["HumanLists", "HumanListsModel", "OneList", "OneListModel"]


def _places(count: int) -> Floats:
    """(count,) 1 / log2(1 + place): what stands first is meant most."""
    found: Floats = (1 / np.log2(2 + np.arange(count))).astype(np.float32)
    return found


@dataclass(frozen=True, slots=True)
class OneList(Configured):
    """score(u, i) = 1 / log2(1 + place of i on the list), 0 off it: the same for everybody.

    What a follower gets who follows nothing else; measured beside the models by
    ``crossreel recommend evaluate --lists``.

    Attributes:
        titles: ids separated by spaces, the first is meant most.
        list: what it is called in results.
    """

    titles: str = ""
    list: str = ""

    name: ClassVar[str] = "list"

    def __post_init__(self) -> None:
        for text in self.titles.split():
            TitleId.parse(text)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> OneListModel:  # noqa: B008 - frozen
        """Looks the list's titles up in the training data's; titles that are not there are passed over."""
        numbers = data.interactions.titles.numbers
        ids = (TitleId.parse(text) for text in self.titles.split())
        known = [numbers[id_] for id_ in ids if id_ in numbers]
        order = np.zeros(len(data.titles), dtype=np.float32)
        order[known] = _places(len(known))
        return OneListModel(order)

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> OneListModel:
        """The model whose ``arrays()`` these are."""
        return OneListModel(arrays["order"])


class OneListModel:
    """One list over the titles.

    Args:
        order: (titles,) scores.
    """

    name: ClassVar[str] = OneList.name
    personal: ClassVar[bool] = False
    path: ClassVar[AnswerPath] = "list"

    def __init__(self, order: Floats) -> None:
        self._order = order

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles), all rows equal."""
        return np.broadcast_to(self._order, histories.shape)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``order`` (titles,)."""
        return {"order": self._order}


@dataclass(frozen=True, slots=True)
class HumanLists(Configured):
    """score(u, i) = sum_l a(u, l) p(i, l): what lists near to the viewer's taste hold.

    a(u, l) = |u and l| / sqrt(|u| |l|) * |u and l| / (|u and l| + shrinkage) is the shrunk cosine between
    what the viewer liked and what the list holds, p(i, l) = 1 / log2(1 + place) the list's own order:
    user-based collaborative filtering (J. Breese et al., Empirical Analysis of Predictive Algorithms,
    1998) whose neighbors are the makers of lists, not viewers alike in what they did.

    Attributes:
        shrinkage: shared titles at which a list's likeness is halved; 0 to 1,000.
        k: the nearest lists only; 1 to 100,000.
    """

    shrinkage: float = 1.0
    k: int = 50

    name: ClassVar[str] = "human-lists"

    def __post_init__(self) -> None:
        check_range(self.name, "shrinkage", self.shrinkage, 0, 1000)
        check_range(self.name, "k", self.k, 1, 100_000)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> HumanListsModel:  # noqa: B008 - frozen
        """Takes the lists as they are. Raises ``BadInput`` where there are none over these titles."""
        numbers = data.interactions.titles.numbers
        rows = [[numbers[id_] for id_ in one.titles if id_ in numbers] for one in data.lists]
        rows = [row for row in rows if row]
        if not rows:
            raise BadInput(
                "There is no list with a title of this catalog to recommend from.",
                advice="Write one: crossreel lists write, or on the console's page of editors' picks.",
            )
        indptr = np.cumsum([0, *map(len, rows)]).astype(np.int32)
        places = np.concatenate([_places(len(row)) for row in rows])
        table = sp.csr_array(
            (places, np.concatenate(rows).astype(np.int32), indptr), shape=(len(rows), len(data.titles))
        )
        return HumanListsModel(table, self.shrinkage, self.k)

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> HumanListsModel:
        """The model whose ``arrays()`` these are."""
        shape = (len(arrays["indptr"]) - 1, int(arrays["width"][0]))
        table = sp.csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape)
        return HumanListsModel(table, self.shrinkage, self.k)


class HumanListsModel:
    """Lists as rows.

    Args:
        table: (lists, titles) the weight of each place.
        shrinkage, k: as configured.
    """

    name: ClassVar[str] = HumanLists.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "list"

    def __init__(self, table: sp.csr_array, shrinkage: float, k: int) -> None:
        self._table, self._shrinkage, self._k = table, shrinkage, k
        self._holds = sp.csr_array((np.ones_like(table.data), table.indices, table.indptr), shape=table.shape)

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles); zeros where no list shares a title with the viewer."""
        near = self._affinity(histories)
        return np.asarray((near @ self._table).todense() if sp.issparse(near) else near @ self._table)

    def _affinity(self, histories: sp.csr_array) -> sp.csr_array:
        liked = sp.csr_array(
            (np.ones_like(histories.data), histories.indices, histories.indptr), shape=histories.shape
        )
        shared = np.asarray((liked @ self._holds.T).todense(), dtype=np.float32)
        size = np.sqrt(np.maximum(np.diff(liked.indptr), 1))[:, None]
        length = np.sqrt(np.maximum(np.diff(self._holds.indptr), 1))[None, :]
        near = shared / (size * length) * shared / (shared + np.float32(max(self._shrinkage, 1e-9)))
        if self._k < near.shape[1]:
            cut = np.partition(near, near.shape[1] - self._k, axis=1)[:, near.shape[1] - self._k, None]
            near[near < cut] = 0
        return sp.csr_array(near.astype(np.float32))

    def because(self, history: sp.csr_array, titles: Sequence[int], limit: int) -> list[list[Contribution]]:
        """Titles of the history that share lists with each title, by the weight of those lists."""
        near = self._affinity(history).toarray()[0]
        mine = history.indices
        found = []
        for title in titles:
            column = self._table[:, [title]].toarray()[:, 0] * near
            shares = self._holds[:, mine].toarray()
            held = np.maximum(shares.sum(axis=1, keepdims=True), 1)
            weight = (column[:, None] * shares / held).sum(axis=0) if len(mine) else np.zeros(0)
            order = np.argsort(-weight, kind="stable")[:limit]
            found.append([Contribution(int(mine[n]), float(weight[n])) for n in order if weight[n] > 0])
        return found

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The table as plain arrays."""
        return {
            "data": self._table.data,
            "indices": self._table.indices,
            "indptr": self._table.indptr,
            "width": np.array([self._table.shape[1]]),
        }
