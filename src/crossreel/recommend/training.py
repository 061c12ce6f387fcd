"""Training: from the event log and the catalog to a model with its card."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import numpy as np

from crossreel import __version__
from crossreel.audience.event import ACTS
from crossreel.audience.event_log import EventLog
from crossreel.audience.interactions import Interactions, interactions_from
from crossreel.catalog.documents import title_to_dict
from crossreel.catalog.repository import CatalogStore
from crossreel.errors import BadInput
from crossreel.recommend.content import ContentModel
from crossreel.recommend.lists import TitleList
from crossreel.recommend.placement import Offer
from crossreel.recommend.popular import Popular, PopularModel
from crossreel.recommend.roles import (
    Algorithm,
    ModelCard,
    Recommender,
    TrainingContext,
    TrainingData,
    Weighs,
)
from crossreel.recommend.saved import Trained
from crossreel.values.ids import TitleId
from crossreel.values.vocabulary import Vocabulary

__all__ = ["Cluster", "card_of", "data_hash", "fit", "held_out", "training_data"]

"""The events models learn from; that a title was shown says nothing of taste."""


class Cluster(Protocol):
    """Other machines that can do the work of training (``recommend.spark``)."""

    def interactions(self, tops: Mapping[TitleId, TitleId], titles: Vocabulary[TitleId]) -> Interactions:
        """What ``interactions_from`` makes of the whole log."""
        ...

    def fit(self, algorithm: Algorithm, data: TrainingData, context: TrainingContext) -> Recommender:
        """What the algorithm's own ``fit`` gives."""
        ...


def training_data(
    offer: Offer,
    catalog: CatalogStore,
    events: EventLog,
    lists: Sequence[TitleList] = (),
    cluster: Cluster | None = None,
) -> TrainingData:
    """All events, over the offered titles and those that only occur in events; and people's lists.

    What happened to an episode counts for its series.

    Args:
        offer: what can be recommended.
        catalog: read for the records.
        events: read for the pairs; with a cluster, only for which titles there are.
        lists: people's lists, for what learns from them.
        cluster: gathers the pairs instead of this process.
    """
    known = catalog.get(offer.titles.ids)
    if cluster is None:
        columns = events.columns(kinds=ACTS)
        titles = _vocabulary(offer, columns.title_ids)
        found = interactions_from(columns, aliases=offer.tops, titles=titles)
    else:
        rows = events.query("SELECT DISTINCT title FROM events WHERE kind <> 'impression'")
        titles = _vocabulary(offer, (TitleId.parse(row[0]) for row in rows))
        found = cluster.interactions(offer.tops, titles)
    return TrainingData(
        found,
        tuple(known.get(id_) for id_ in titles.ids),
        tuple(
            replace(one, titles=tuple(dict.fromkeys(offer.tops.get(id_, id_) for id_ in one.titles)))
            for one in lists
        ),
    )


def _vocabulary(offer: Offer, met: Iterable[TitleId]) -> Vocabulary[TitleId]:
    return Vocabulary(sorted({offer.tops.get(id_, id_) for id_ in met}.union(offer.titles.ids)))


def fit(
    algorithm: Algorithm,
    data: TrainingData,
    context: TrainingContext,
    at: datetime,
    cluster: Cluster | None = None,
) -> Trained:
    """The fitted model with its card; ``at`` is the time of training, ``cluster`` does the work if given.

    Raises:
        BadInput: the data cannot carry this model.
    """
    started = time.perf_counter()
    model = cluster.fit(algorithm, data, context) if cluster else algorithm.fit(data, context)
    popular = model if isinstance(model, PopularModel) else Popular().fit(data, context)
    known = data.interactions
    card = replace(card_of(algorithm, data, context, at), seconds=round(time.perf_counter() - started, 3))
    if isinstance(model, Weighs):
        weights = {name: round(weight, 4) for name, weight in model.weights().items()}
        card = replace(card, notes={**card.notes, "weights": weights})
    if isinstance(model, ContentModel):
        embedder = data.meanings.name if data.meanings and model.meant else ""
        meant = {"embedder": embedder or None, "titles": model.meant}
        card = replace(card, notes={**card.notes, "meanings": meant})
    met = np.bincount(known.seen.indices, minlength=len(known.titles)) > 0
    return Trained(card, known.titles, model, popular, met)


def held_out(algorithm: Algorithm, data: TrainingData, seed: int) -> dict[str, Any]:
    """How well this algorithm with these settings finds likes that it has not seen.

    A model of its own learns from a part (per viewer 80 % of the likes at random, 10 % stay unused)
    and ranks the full catalog for the viewers of the rest; the model that serves learns from all.

    Returns:
        metric -> mean, ``metric_ci95`` -> its bounds, ``protocol`` -> the signature; or ``none``
        -> why nothing could be measured.
    """
    from crossreel.recommend.evaluate.dataset import Dataset
    from crossreel.recommend.evaluate.protocol import Protocol
    from crossreel.recommend.evaluate.run import evaluate

    try:
        dataset = Dataset.of(data.interactions, data.titles)
        dataset = replace(dataset, lists=data.lists, meanings=data.meanings)
        found = evaluate(dataset, [algorithm], Protocol(seed=seed), isolated=False)
    except BadInput as error:
        return {"none": error.message}
    told: dict[str, Any] = {}
    for name, interval in found.results[0].metrics.items():
        if name in _TOLD and not np.isnan(interval.value):
            told[name] = round(float(interval.value), 4)
            if not np.isnan(interval.low):
                told[f"{name}_ci95"] = [round(float(interval.low), 4), round(float(interval.high), 4)]
    return told | {"test_viewers": found.data["test_viewers"], "protocol": found.signature}


_TOLD = ("ndcg@10", "recall@10", "recall@20", "coverage@10")


def card_of(algorithm: Algorithm, data: TrainingData, context: TrainingContext, at: datetime) -> ModelCard:
    """The card of a training that has taken no time yet; ``notes["trained_on"]`` tells all its data."""
    known = data.interactions
    digest = data_hash(known)
    return ModelCard(
        id=f"{algorithm.name}-{at:%Y%m%dT%H%M%S%f}-{digest[:8]}",
        algorithm=algorithm.name,
        config=algorithm.to_dict(),
        trained_at=at.isoformat().replace("+00:00", "Z"),
        version=__version__,
        titles=len(known.titles),
        viewers=len(known.viewers),
        interactions=int(known.liked.nnz),
        seed=context.seed,
        seconds=0,
        data_hash=digest,
        notes={"trained_on": _everything_hash(data)},
    )


def _everything_hash(data: TrainingData) -> str:
    """SHA-256 over all that a model can learn from: also views, times, territories, title records."""
    known = data.interactions
    digest = hashlib.sha256(data_hash(known).encode())
    for matrix in (known.seen, known.rated):
        for array in (matrix.indptr, matrix.indices, matrix.data):
            digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(known.liked_time.tobytes())
    digest.update(known.territory.tobytes())
    digest.update(json.dumps(list(known.territory_codes)).encode())
    for title in data.titles:
        document = title_to_dict(title) if title else None
        digest.update(json.dumps(document, sort_keys=True).encode())
        digest.update(b"\0")
    if data.meanings:
        digest.update(data.meanings.name.encode())
    if data.lists:
        digest.update(json.dumps([one.to_dict() for one in data.lists]).encode())
    return digest.hexdigest()


def data_hash(known: Interactions) -> str:
    """SHA-256 over the vocabularies and the liked pairs with their strengths."""
    digest = hashlib.sha256()
    for vocabulary in (known.viewers, known.titles):
        digest.update("\n".join(map(str, vocabulary.ids)).encode())
        digest.update(b"\0")
    for array in (known.liked.indptr, known.liked.indices, known.liked.data):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
