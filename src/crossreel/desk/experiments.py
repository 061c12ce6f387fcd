"""Live experiments: written and stopped by the staff, dealt to viewers, read at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.desk.trail import record
from crossreel.errors import Conflict, UnknownId
from crossreel.recommend.experiments import LEAST, OUTCOMES, Experiment, Variant, compare
from crossreel.values.ids import ViewerId

__all__ = [
    "Dealt",
    "deal",
    "dealt",
    "experiments",
    "find_experiment",
    "put_experiment",
    "results",
    "stop_experiment",
]


def experiments(app: App) -> list[Experiment]:
    """Every experiment, by id."""
    return [Experiment.read(document) for document in app.documents.all(Experiment.KIND).values()]


def find_experiment(app: App, id_: str) -> Experiment:
    """One experiment. Raises ``UnknownId``."""
    document = app.documents.get(Experiment.KIND, id_)
    if document is None:
        raise UnknownId("experiment", id_)
    return Experiment.read(document)


def put_experiment(
    app: App, actor: Actor, document: Mapping[str, Any], *, request_id: str = ""
) -> Experiment:
    """Starts an experiment, or changes its note, guardrails or state.

    Raises:
        NotAllowed: the actor may not edit.
        BadValue: the document is not an experiment.
        MissingModel: no model of a variant's algorithm is trained.
        Conflict: it would change who sees what of an experiment that viewers have seen.
    """
    actor.require(Permission.EDIT)
    experiment = Experiment.read(document)
    for variant in experiment.variants:
        if variant.algorithm:
            app.shelf.newest(variant.algorithm)
    with app.atomic():
        stored = app.documents.get(Experiment.KIND, experiment.id)
        if stored is not None and app.exposures.all(experiment.id):
            before = Experiment.read(stored)
            dealing = ("variants", "salt", "share", "outcome", "alpha")
            if any(getattr(before, field) != getattr(experiment, field) for field in dealing):
                raise Conflict(
                    f"Viewers have seen the experiment {experiment.id}; its dealing and its measure stay.",
                    advice="Stop it and start another under a new id.",
                )
        app.documents.put(Experiment.KIND, experiment.id, experiment.to_dict())
        if stored != experiment.to_dict():
            record(
                app,
                actor,
                "experiment.write",
                experiment.id,
                before=stored,
                after=experiment.to_dict(),
                request_id=request_id,
            )
    return experiment


def stop_experiment(app: App, actor: Actor, id_: str, *, request_id: str = "") -> Experiment:
    """Gives everybody the usual answer again; what was seen stays. Raises ``UnknownId``, ``NotAllowed``."""
    document = find_experiment(app, id_).to_dict() | {"state": "stopped"}
    return put_experiment(app, actor, document, request_id=request_id)


@dataclass(frozen=True, slots=True)
class Dealt:
    """Which answer a viewer gets, and the probability with which the dealing gives it to a viewer.

    ``variant`` is None for the usual answer.
    """

    variant: Variant | None
    probability: float


def deal(app: App, viewer: ViewerId, at: datetime) -> Dealt:
    """The answer a viewer gets now, noted as seen; of several experiments the first by id counts."""
    probability = 1.0
    for experiment in experiments(app):
        variant = experiment.assign(viewer)
        if variant is not None:
            app.exposures.add(experiment.id, viewer, variant.name, at)
            return Dealt(variant, probability * experiment.chance(variant))
        if experiment.state == "running":
            probability *= 1 - experiment.share
    return Dealt(None, probability)


def dealt(app: App, viewer: ViewerId, at: datetime) -> Variant | None:
    """The variant a viewer sees now, noted as seen; None for the usual answer."""
    return deal(app, viewer, at).variant


def results(app: App, id_: str) -> dict[str, Any]:
    """What the experiment says now; may be asked at any time and as often as one likes.

    Raises:
        UnknownId: there is no such experiment.
    """
    experiment = find_experiment(app, id_)
    seen = app.exposures.all(id_)
    found = compare(experiment, [variant for _, variant, _ in seen], _outcomes(app, seen))
    return {
        **experiment.to_dict(),
        "viewers": {
            one.name: sum(variant == one.name for _, variant, _ in seen) for one in experiment.variants
        },
        "least": LEAST,
        "comparisons": [
            {
                "variant": one.variant,
                "outcome": one.outcome,
                "is_guardrail": one.outcome != experiment.outcome,
                "viewers": list(one.viewers),
                "means": list(one.means),
                "difference": one.difference,
                "interval": [one.low, one.high] if np.isfinite(one.low) else None,
                "p": one.p,
                "decision": one.decision,
            }
            for one in found
        ],
        "advice": _advice(experiment, found),
    }


def _advice(experiment: Experiment, found: Sequence[Any]) -> str:
    broken = [one for one in found if one.outcome != experiment.outcome and one.decision == "worse"]
    if broken:
        return f"Stop: {broken[0].variant} lowers the guardrail {broken[0].outcome}."
    decided = [one for one in found if one.outcome == experiment.outcome and one.decision]
    if not decided:
        return "Go on: nothing can be concluded yet."
    best = max(decided, key=lambda one: one.difference)
    if best.decision == "worse":
        return f"{best.variant} is worse than {experiment.variants[0].name}."
    return f"{best.variant} is better than {experiment.variants[0].name}."


def _outcomes(app: App, seen: Sequence[tuple[ViewerId, str, datetime]]) -> dict[str, Any]:
    """(viewers,) of each outcome, from first exposures on."""
    place = {str(viewer): number for number, (viewer, _, _) in enumerate(seen)}
    since = [round(time.timestamp() * 1e6) for _, _, time in seen]
    titles: list[dict[str, float]] = [{} for _ in seen]
    if seen:
        rows = app.events.query(
            "SELECT viewer, title, epoch_us(time), coalesce(value, 0.5) FROM events "
            "WHERE kind = 'view' AND time IS NOT NULL AND list_contains(?, viewer)",
            [list(place)],
        )
        for viewer, title, time, value in rows:
            number = place[viewer]
            if time >= since[number]:
                titles[number][title] = max(value, titles[number].get(title, 0.0))
    watched = [[value for value in mine.values() if value >= 0.3] for mine in titles]
    found = {
        "watched": [float(bool(mine)) for mine in watched],
        "views": [float(len(mine)) for mine in watched],
        "progress": [float(np.mean(list(mine.values()))) if mine else 0.0 for mine in titles],
    }
    return {name: np.array(found[name], dtype=np.float64) for name in OUTCOMES}
