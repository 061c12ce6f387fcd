"""Rows of the event log as a counterfactual question: what if this algorithm had chosen?

The algorithm learns from what happened before an instant and is asked about what was shown after
it, so that it cannot know what came of it. Its policy shows a title with the probability
softmax(z / temperature), z its scores of a viewer with mean 0 and deviation 1 over the titles that
are open there on that day and that the viewer had not met before the instant.

Only first places (position 0) are taken: later places of a list are drawn from what is left, with
another probability than the one logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.event import ACTS, EventKind
from crossreel.audience.event_log import EventColumns, EventLog
from crossreel.audience.interactions import Interactions, in_order, interactions_from, strengths
from crossreel.catalog.repository import CatalogStore
from crossreel.errors import BadInput, BadValue
from crossreel.recommend.evaluate.counterfactual import Logged
from crossreel.recommend.popular import PopularModel
from crossreel.recommend.roles import Algorithm, Recommender, TrainingContext, TrainingData
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory
from crossreel.values.vocabulary import Vocabulary

__all__ = ["Open", "logged_rows"]

Bools = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]
Open = Callable[[Vocabulary[TitleId], Territory, datetime], Bools]
"""(titles,) which titles are open in a territory at an instant."""

_SMOOTHING = 20.0
"""Shows that a title's reward counts as average before its own."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """An impression with its probability, and whether something came of it."""

    viewer: ViewerId
    title: TitleId
    time: datetime
    territory: Territory
    probability: float
    reward: float


def logged_rows(
    algorithm: Algorithm,
    events: EventLog,
    catalog: CatalogStore,
    open_: Open,
    *,
    learn: float = 0.5,
    temperature: float = 1.0,
    hours: float = 24.0,
    seed: int = 42,
) -> Logged:
    """The rows, with the algorithm as the target policy and each title's past reward as its model.

    A row's reward is 1 if the viewer liked the title (``audience.interactions``: watched 30 % of it
    or more, or judged it well) within ``hours`` after it was shown.

    Args:
        algorithm: is fitted on the events before the cut.
        events: the log.
        catalog: the titles.
        open_: the rights.
        learn: share of the impressions, by time, that lie before the cut; above 0, below 1.
        temperature: of the policy; small is near to always showing the best. Above 0.
        hours: in which a reward counts.
        seed: of the fit.

    Raises:
        BadValue: a number out of range.
        BadInput: no impression was logged with its probability, or the algorithm cannot learn.
    """
    if not 0 < learn < 1:
        raise BadValue("share to learn from", learn, "above 0 and below 1")
    if not temperature > 0 or not hours > 0:
        raise BadValue("temperature and hours", (temperature, hours), "above 0")
    shown = _impressions(events, hours, catalog.aliases())
    if len(shown) < 2:
        raise BadInput(
            "No impression was logged with the probability it was shown with.",
            advice="Log impressions with value (the probability), time, territory and position.",
        )
    cut = shown[min(max(1, int(learn * len(shown))), len(shown) - 1)].time
    known, data = _before(events, catalog, cut)
    model = algorithm.fit(data, TrainingContext(seed=seed))
    later = [one for one in shown if one.time >= cut]
    rate = _rates([one for one in shown if one.time < cut], known.titles)
    return _rows(model, known, later, open_, rate, temperature)


def _impressions(events: EventLog, hours: float, aliases: Mapping[TitleId, TitleId]) -> list[_Shown]:
    """First places with a probability, by time, with what came of them."""
    columns = events.columns()
    kinds = list(EventKind)
    seconds = columns.time // 1_000_000
    strength = strengths(columns)
    liked: dict[tuple[int, int], list[int]] = {}
    for row in np.flatnonzero((strength > 0) & (columns.time != EventColumns.NO_TIME)).tolist():
        liked.setdefault((int(columns.viewer[row]), int(columns.title[row])), []).append(int(seconds[row]))
    first = {
        (viewer, title, int(time))
        for viewer, title, time in events.query(
            "SELECT viewer, title, epoch_us(time) FROM events WHERE kind = 'impression' AND time IS NOT NULL "
            "AND value > 0 AND coalesce(position, 0) = 0 AND territory IS NOT NULL"
        )
    }
    names = [str(id_) for id_ in columns.viewer_ids], [str(id_) for id_ in columns.title_ids]
    found = []
    usable = (columns.kind == kinds.index(EventKind.IMPRESSION)) & (columns.value > 0)
    usable &= (columns.territory >= 0) & (columns.time != EventColumns.NO_TIME)
    for row in np.flatnonzero(usable).tolist():
        viewer, title = int(columns.viewer[row]), int(columns.title[row])
        if (names[0][viewer], names[1][title], int(columns.time[row])) not in first:
            continue
        start, id_ = int(seconds[row]), columns.title_ids[title]
        gained = any(start <= at <= start + hours * 3600 for at in liked.get((viewer, title), ()))
        found.append(
            _Shown(
                columns.viewer_ids[viewer],
                aliases.get(id_, id_),
                datetime.fromtimestamp(int(columns.time[row]) / 1e6, UTC),
                Territory(columns.territory_codes[columns.territory[row]]),
                float(columns.value[row]),
                float(gained),
            )
        )
    return sorted(found, key=lambda one: one.time)


def _before(events: EventLog, catalog: CatalogStore, cut: datetime) -> tuple[Interactions, TrainingData]:
    """What was known at the cut, over all titles of the catalog."""
    columns = events.columns(kinds=ACTS)
    rows = np.flatnonzero(columns.time < int(cut.timestamp() * 1e6))
    arrays = ("viewer", "title", "kind", "time", "value", "low", "high", "territory")
    past = replace(columns, **{name: getattr(columns, name)[rows] for name in arrays})
    ids = sorted(set(catalog.aliases().values()))
    titles = Vocabulary(ids)
    known = interactions_from(past, aliases=catalog.aliases(), titles=titles)
    records = catalog.get(titles.ids)
    return known, TrainingData(known, tuple(records.get(id_) for id_ in titles.ids))


def _rates(shown: list[_Shown], titles: Vocabulary[TitleId]) -> Values:
    """(titles,) reward a show before the cut, drawn toward the mean of all."""
    count, gained = np.zeros(len(titles)), np.zeros(len(titles))
    for one in shown:
        number = titles.number(one.title)
        if number is not None:
            count[number] += 1
            gained[number] += one.reward
    mean = gained.sum() / max(count.sum(), 1)
    return np.asarray((gained + _SMOOTHING * mean) / (count + _SMOOTHING))


def _rows(
    model: Recommender,
    known: Interactions,
    later: list[_Shown],
    open_: Open,
    rate: Values,
    temperature: float,
) -> Logged:
    histories = in_order(known.liked, known.liked_time)
    masks: dict[tuple[str, int], Bools] = {}
    kept: list[tuple[float, float, float, float, float, int]] = []
    policies: dict[int, Values] = {}
    for one in later:
        viewer, title = known.viewers.number(one.viewer), known.titles.number(one.title)
        if viewer is None or title is None:
            continue
        day = one.time.toordinal()
        where = (one.territory.code, day)
        if where not in masks:
            noon = one.time.replace(hour=12, minute=0, second=0, microsecond=0)
            masks[where] = open_(known.titles, one.territory, noon)
        if viewer not in policies:
            policies[viewer] = _standardized(model, histories, viewer, one.territory)
        allowed = masks[where].copy()
        seen = known.seen
        allowed[seen.indices[seen.indptr[viewer] : seen.indptr[viewer + 1]]] = False
        allowed[title] |= masks[where][title]  # shown although met before: part of what was possible
        chance = _softmax(policies[viewer], allowed, temperature)
        kept.append(
            (
                one.reward,
                one.probability,
                float(chance[title]),
                float(rate[title]),
                float(chance @ rate),
                viewer,
            )
        )
    if not kept:
        raise BadInput(
            "No impression after the cut is of a viewer and a title known before it.",
            advice="Learn from more of the log: --learn.",
        )
    table = np.array(kept, dtype=np.float64)
    reward, shown_with, target, predicted, expected = (table[:, place] for place in range(5))
    return Logged(reward, shown_with, target, predicted, expected, table[:, 5].astype(np.int64))


def _standardized(model: Recommender, histories: sp.csr_array, viewer: int, territory: Territory) -> Values:
    rows = histories[[viewer]]
    scores = model.market(territory)[0] if isinstance(model, PopularModel) else model.scores(rows)[0]
    told = np.asarray(scores, dtype=np.float64)
    deviation = float(told.std())
    return (told - told.mean()) / deviation if deviation > 0 else np.zeros_like(told)


def _softmax(scores: Values, allowed: Bools, temperature: float) -> Values:
    result = np.zeros(len(scores))
    if allowed.any():
        logits = scores[allowed] / temperature
        chance = np.exp(logits - logits.max())
        result[allowed] = chance / chance.sum()
    return result
