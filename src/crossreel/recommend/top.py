"""The shelf: trained models over the catalog, the audience and the rights, ready to be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.audience.event_log import EventLog
from crossreel.catalog.repository import CatalogStore
from crossreel.errors import BadValue, UnknownId
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.context import Circumstances
from crossreel.recommend.documents import Documents, NoDocuments
from crossreel.recommend.exploring import Showings
from crossreel.recommend.home_page import HomePage, Row
from crossreel.recommend.inspection import Inspection
from crossreel.recommend.lists import Followers, ListBook, NoFollowers
from crossreel.recommend.meanings import Meanings
from crossreel.recommend.picking import Audition, Recommendation
from crossreel.recommend.policy import PLAIN, RuleBook
from crossreel.recommend.popular import Popular
from crossreel.recommend.present import Present, no_history
from crossreel.recommend.reasons import Reason
from crossreel.recommend.registry import configure
from crossreel.recommend.roles import Algorithm, ModelCard, TrainingContext, TrainingData
from crossreel.recommend.rows import LEAVING_DAYS, NEW_DAYS, home_page
from crossreel.recommend.rules import Rule
from crossreel.recommend.saved import Models, Trained
from crossreel.recommend.training import Cluster, card_of, fit, held_out, training_data
from crossreel.rights.availability import Availability
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory
from crossreel.values.window import FOREVER_START

__all__ = ["Reason", "Recommendation", "Row", "Shelf", "TopList"]

_ANY_MODE = tuple(Mode)
_OTHERS_KEPT = 3
"""Models of one algorithm that are kept besides the active one."""


@dataclass(frozen=True, slots=True)
class TopList:
    """A ranked list.

    Attributes:
        viewer: who it is for; None for lists that are for nobody in particular.
        algorithm: the model that was asked; each item says which path answered.
        items: best first; fewer than wanted where no more titles are open and unseen.
    """

    viewer: ViewerId | None
    territory: Territory
    algorithm: str
    items: tuple[Recommendation, ...]


class Shelf:
    """Trains models and answers from them; may be asked from any thread.

    A viewer's history is read when asked, so that a new rating changes the next answer without
    training; what may be shown is asked of ``rights`` each time. While nothing is trained,
    popularity is counted from the log as it stands.

    Args:
        folder: of the trained models.
        catalog, events, rights: what it answers about.
        documents: what people wrote: rules and lists; default is that there is nothing.
        followers: who follows which list; default is nobody.
        meanings: what synopses mean, for likeness by content; default is that nothing is known.
        clock: tells the time (UTC); tests pass a fixed one.
    """

    def __init__(
        self,
        folder: Path,
        *,
        catalog: CatalogStore,
        events: EventLog,
        rights: Availability,
        documents: Documents | None = None,
        followers: Followers | None = None,
        meanings: Meanings | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._models = Models(folder)
        self._catalog, self._events, self._rights, self._clock = catalog, events, rights, clock
        self._present = Present(self._models, catalog, events, meanings)
        self.meanings = meanings or Meanings(lambda: None)
        self._rules = RuleBook(documents or NoDocuments())
        self.lists = ListBook(documents or NoDocuments(), followers or NoFollowers())
        self._showings = Showings(events)

    def train(
        self,
        algorithm: str | Algorithm,
        config: Mapping[str, Any] | None = None,
        *,
        seed: int = 42,
        activate: bool = True,
        cluster: Cluster | None = None,
        device: str = "cpu",
        measure: bool = False,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> ModelCard:
        """Learns from all events, saves the model and lets it serve.

        A network's training that is cut off goes on where it was when it is asked for again with
        the same settings and seed while the data are the same.

        Where nothing has changed since a model of this algorithm, these settings, this seed and
        this version was trained, that one is taken instead of training again. Of every
        algorithm the active model and the 3 newest others are kept; older ones are deleted.

        Args:
            algorithm: a name of ``recommend.registry``, or a configuration.
            config: settings that differ from the defaults; only with a name.
            seed: of every random choice.
            activate: False saves the model without letting it serve.
            cluster: other machines that do the work (``recommend.spark``).
            device: cpu or cuda, of networks.
            measure: also fit on a part and write down in ``notes["metrics"]`` how well the rest is
                found (``training.held_out``); takes about twice as long.
            progress: called as ``progress(done, of, what)``.

        Raises:
            BadValue: no such algorithm or setting.
            MissingExtra: the algorithm needs a package that is not installed.
            WrongUse: the device is not there.
            BadInput: the events cannot carry this model; nothing is saved.
        """
        chosen = configure(algorithm, config) if isinstance(algorithm, str) else algorithm
        context = TrainingContext(seed=seed, device=device)
        if progress:
            context = replace(context, progress=progress)
        context.progress(0, 1, "read events")
        public = tuple(one for one in self.lists.all() if one.public)
        data = training_data(self._present.offer(), self._catalog, self._events, public, cluster)
        context.progress(1, 1, "read events")
        if isinstance(chosen, ContentToContent):
            data = replace(data, meanings=self.meanings)
        at = self._clock()
        asked = card_of(chosen, data, context, at)
        card = self._models.same(asked)
        if card is None or (measure and "metrics" not in card.notes):
            card = self._models.save(
                self._fitted(chosen, data, context, asked, at, cluster=cluster, measure=measure)
            )
        if activate:
            self._models.activate(card.id)
        self._models.keep_newest(chosen.name, _OTHERS_KEPT)
        return card

    def _fitted(
        self,
        algorithm: Algorithm,
        data: TrainingData,
        context: TrainingContext,
        asked: ModelCard,
        at: datetime,
        *,
        cluster: Cluster | None,
        measure: bool,
    ) -> Trained:
        with self._models.unfinished(asked) as folder:
            trained = fit(algorithm, data, replace(context, checkpoint=folder), at, cluster)
        if not measure:
            return trained
        context.progress(0, 1, "measure")
        notes = {**trained.card.notes, "metrics": held_out(algorithm, data, context.seed)}
        context.progress(1, 1, "measure")
        return replace(trained, card=replace(trained.card, notes=notes))

    def cards(self) -> list[ModelCard]:
        """All trained models, the active one first, then the newest first."""
        return self._models.cards()

    def active(self) -> str | None:
        """The id of the model that serves, or None when none was ever activated."""
        return self._models.active()

    def newest(self, algorithm: str) -> str:
        """The id of the model that answers for an algorithm. Raises ``MissingModel``."""
        return self._models.newest(algorithm)

    def activate(self, id_: str) -> None:
        """Lets a trained model serve. Raises ``MissingModel``, or ``BadFile`` if it is damaged."""
        self._models.activate(id_)

    def top(
        self,
        viewer: ViewerId,
        territory: Territory,
        n: int,
        *,
        mode: Mode | None = None,
        at: datetime | None = None,
        algorithm: str | None = None,
        device: str = "",
    ) -> TopList:
        """The best ``n`` titles for a viewer that are open there and not yet seen.

        Args:
            viewer: anyone; who is not known gets what is popular there.
            territory: where.
            n: how many, at least 1; more than there are gives all there are.
            mode: only what is open this way; default is any way.
            at: the instant; default is now.
            algorithm: ask the newest model of this algorithm instead of the active one.
            device: on what it is asked for, in the words of the events; minded by contextual models.

        Raises:
            BadValue: ``n`` below 1, ``at`` without a zone, or no such algorithm.
            MissingModel: no model of that algorithm is trained.
            Conflict: the model was trained on another catalog.
            BadFile: the model's files are damaged.
        """
        asked = self._audition(territory, n, at, viewer=viewer, mode=mode, algorithm=algorithm, device=device)
        return _listed(asked, viewer, asked.for_viewer(n))

    def inspect(
        self,
        viewer: ViewerId,
        territory: Territory,
        n: int,
        *,
        at: datetime | None = None,
        algorithm: str | None = None,
        device: str = "",
    ) -> Inspection:
        """The list of ``top`` with what went into it. Raises as ``top``."""
        asked = self._audition(territory, n, at, viewer=viewer, algorithm=algorithm, device=device)
        return Inspection(asked, tuple(asked.for_viewer(n)))

    def similar(self, title: TitleId, territory: Territory, n: int, at: datetime | None = None) -> TopList:
        """The ``n`` titles most like ``title`` that are open there. Raises ``UnknownId``, and as ``top``."""
        asked = self._audition(territory, n, at)
        number = asked.placed.titles.number(asked.placed.offer.tops.get(title, title))
        if number is None:
            raise UnknownId("title", title)
        return _listed(asked, None, asked.similar_to(number, n))

    def popular(self, territory: Territory, n: int, at: datetime | None = None) -> TopList:
        """The ``n`` most popular titles that are open there. Raises as ``top``."""
        asked = self._audition(territory, n, at)
        return TopList(None, territory, Popular.name, tuple(asked.popular_here(n)))

    def rows(
        self, viewer: ViewerId, territory: Territory, n_per_row: int, at: datetime | None = None
    ) -> list[Row]:
        """The rows of a viewer's home page (see ``recommend.rows``). Raises as ``top``."""
        return list(self.page(viewer, territory, n_per_row, at).rows)

    def page(
        self,
        viewer: ViewerId | None,
        territory: Territory,
        n_per_row: int,
        at: datetime | None = None,
        *,
        algorithm: str | None = None,
        ruled: bool = True,
        device: str = "",
    ) -> HomePage:
        """The rows of a viewer's home page, and how they stand to the quotas. Raises as ``top``.

        Args:
            viewer: anyone; None is somebody of whom nothing is known.
            territory: where.
            n_per_row: titles a row, at most.
            at: the instant; default is now.
            algorithm: ask its newest model instead of the active one.
            ruled: False leaves the staff's rules out.
            device: on what it is shown.
        """
        at = at or self._clock()
        asked = self._audition(
            territory, n_per_row, at, viewer=viewer, algorithm=algorithm, ruled=ruled, device=device
        )
        titles, span = asked.placed.offer.titles, timedelta(days=NEW_DAYS)

        def leaving() -> npt.NDArray[np.int64]:
            days = timedelta(days=asked.policy.leaving_days or LEAVING_DAYS)
            found = self._rights.leaving(titles, territory, at, days)
            return np.array([titles.numbers[one.title] for one in found], dtype=np.int64)

        def new() -> npt.NDArray[np.bool_]:
            before = max(at, FOREVER_START + span) - span
            return ~self._rights.mask(titles, territory, _ANY_MODE, before)

        return home_page(
            asked,
            n_per_row,
            leaving=leaving,
            new=new,
            followed=self.lists.followed(viewer) if viewer else (),
            picks=self.lists.picks(territory) if ruled else (),
        )

    def rules(self, territory: Territory | None = None, at: datetime | None = None) -> tuple[Rule, ...]:
        """The staff's rules: all, or those in force in a territory at an instant (default now)."""
        if territory is None:
            return self._rules.rules()
        return self._rules.in_force(territory, at or self._clock())

    def _audition(
        self,
        territory: Territory,
        n: int,
        at: datetime | None,
        *,
        viewer: ViewerId | None = None,
        mode: Mode | None = None,
        algorithm: str | None = None,
        ruled: bool = True,
        device: str = "",
    ) -> Audition:
        if n < 1:
            raise BadValue("number of titles", n, "at least 1")
        placed = self._present.placed(algorithm)
        modes = _ANY_MODE if mode is None else (mode,)
        at = at or self._clock()
        open_ = self._rights.mask(placed.offer.titles, territory, modes, at)
        history = no_history(placed) if viewer is None else self._present.history(viewer, placed)
        policy = self._rules.policy(placed, territory, at) if ruled else PLAIN
        known = None
        if policy.explore_cap is not None:
            known = self._showings.reached(placed, policy.explore_cap)
        now = Circumstances(at, territory, device)
        return Audition(
            placed, territory, open_, history.liked, history.seen, history.recent, policy, known, now
        )


def _listed(asked: Audition, viewer: ViewerId | None, items: list[Recommendation]) -> TopList:
    return TopList(viewer, asked.territory, asked.placed.trained.card.algorithm, tuple(items))
