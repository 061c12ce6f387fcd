"""The present state that answers are made of: the offer, the model in it, viewers' histories.

Everything is kept under the revision it was made from and made anew when that has changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock, RLock
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.event import ACTS
from crossreel.audience.event_log import EventLog
from crossreel.audience.interactions import in_order, interactions_from
from crossreel.catalog.repository import CatalogStore
from crossreel.errors import BadValue
from crossreel.recommend.kept_content import KeptContent
from crossreel.recommend.meanings import Meanings
from crossreel.recommend.placement import Offer, Placed, offer_of
from crossreel.recommend.popular import Popular
from crossreel.recommend.registry import ALGORITHMS
from crossreel.recommend.roles import TrainingContext
from crossreel.recommend.saved import Models, Trained
from crossreel.recommend.training import fit, training_data
from crossreel.values.ids import ViewerId

__all__ = ["History", "Present", "no_history"]

_MODELS_KEPT = 3
_HISTORIES_KEPT = 1024
_UNTRAINED = datetime(1970, 1, 1, tzinfo=UTC)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What a viewer did, in the numbers of a ``Placed``.

    Attributes:
        liked: (1, ``len(placed.titles)``) float32 preference strengths, the oldest first.
        seen: (offer,) bool.
        recent: numbers of the liked titles of the offer, the latest first.
    """

    liked: sp.csr_array
    seen: npt.NDArray[np.bool_]
    recent: npt.NDArray[np.int64]


class Present:
    """Keeps what requests share; may be used from any thread.

    Args:
        models: the trained models.
        catalog, events: read when their revision has changed.
        meanings: of synopses, for likeness by content; default is that there are none.
    """

    def __init__(
        self, models: Models, catalog: CatalogStore, events: EventLog, meanings: Meanings | None = None
    ) -> None:
        self._models, self._catalog, self._events = models, catalog, events
        self._making = RLock()
        self._offer: Offer | None = None
        self._content = KeptContent(models.root, meanings)
        self._trained: _Recent[Trained] = _Recent(_MODELS_KEPT)
        self._placed: _Recent[Placed] = _Recent(_MODELS_KEPT)
        self._histories: _Recent[History] = _Recent(_HISTORIES_KEPT)

    def offer(self) -> Offer:
        """What can be recommended now."""
        offer = self._offer
        if offer is None or offer.revision != self._catalog.revision():
            with self._making:
                offer = self._offer
                if offer is None or offer.revision != self._catalog.revision():
                    offer = self._offer = offer_of(self._catalog, offer)
        return offer

    def placed(self, algorithm: str | None) -> Placed:
        """The active model, or the newest of an algorithm, over the offer.

        Raises:
            BadValue: no such algorithm.
            MissingModel: none of that algorithm is trained.
            BadFile, Conflict: the model is damaged or of another catalog.
        """
        if algorithm is not None and algorithm not in ALGORITHMS:
            raise BadValue("algorithm", algorithm, "one of " + ", ".join(ALGORITHMS))
        id_ = self._models.active() if algorithm is None else self._models.newest(algorithm)
        offer = self.offer()
        if id_ is None:  # nothing is trained: popularity as the log stands
            key: Hashable = (offer.revision, self._events.revision())
            return self._placed.get(key, lambda: self._place(self._counted(offer), offer), self._making)
        return self._placed.get(
            (offer.revision, id_), lambda: self._place(self._loaded(id_), offer), self._making
        )

    def _loaded(self, id_: str) -> Trained:
        """A model's files are read once, not for every change of the catalog."""
        return self._trained.get(id_, lambda: self._models.load(id_))

    def history(self, viewer: ViewerId, placed: Placed) -> History:
        """What a viewer did up to now."""
        key = (viewer, self._events.revision(), placed.key)
        return self._histories.get(key, lambda: self._read(viewer, placed))

    def _place(self, trained: Trained, offer: Offer) -> Placed:
        return Placed(trained, offer, self._catalog, self._content)

    def _counted(self, offer: Offer) -> Trained:
        data = training_data(offer, self._catalog, self._events)
        return fit(Popular(), data, TrainingContext(), _UNTRAINED)

    def _read(self, viewer: ViewerId, placed: Placed) -> History:
        known = interactions_from(
            self._events.columns(kinds=ACTS, viewer=viewer), aliases=placed.offer.tops, titles=placed.titles
        )
        if not len(known.viewers):
            return no_history(placed)
        seen = np.zeros(placed.size, dtype=bool)
        met = known.seen.indices
        seen[met[met < placed.size]] = True
        latest = known.liked.indices[np.argsort(-known.liked_time, kind="stable")].astype(np.int64)
        liked = in_order(known.liked, known.liked_time)
        return History(liked, seen, latest[latest < placed.size])


def no_history(placed: Placed) -> History:
    """The history of somebody nothing is known of."""
    return History(
        sp.csr_array((1, len(placed.titles)), dtype=np.float32),
        np.zeros(placed.size, dtype=bool),
        np.zeros(0, dtype=np.int64),
    )


class _Recent(Generic[Value]):
    """The values asked for last; a value is made outside the lock unless ``making`` is given."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = Lock()

    def get(
        self, key: Hashable, make: Callable[[], Value], making: AbstractContextManager[object] | None = None
    ) -> Value:
        found = self._find(key)
        if found is not None:
            return found
        if making is None:
            return self._keep(key, make())
        with making:  # costly values are made once
            found = self._find(key)
            return found if found is not None else self._keep(key, make())

    def _find(self, key: Hashable) -> Value | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def _keep(self, key: Hashable, value: Value) -> Value:
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._capacity:
                self._values.popitem(last=False)
        return value
