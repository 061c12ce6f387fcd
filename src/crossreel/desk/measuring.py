"""Measuring algorithms on the workspace's own events: by holding likes out, or by logged impressions."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.desk.choosing import workspace_data
from crossreel.desk.trail import record
from crossreel.errors import BadValue, UnknownId
from crossreel.jobs.runner import Progress, enqueue
from crossreel.recommend.evaluate.counterfactual import counterfactual
from crossreel.recommend.evaluate.logged_policy import logged_rows
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.evaluate.run import evaluate
from crossreel.recommend.registry import configure
from crossreel.rights.license import Mode
from crossreel.values.job import Job

__all__ = ["ESTIMATING", "EVALUATING", "estimate", "last_measurement", "measure_job", "start_measuring"]

EVALUATING, ESTIMATING = "recommend.evaluate", "recommend.counterfactual"
_MOST = 20
"""Algorithms measured by one job."""


def start_measuring(
    app: App, actor: Actor, kind: str, parameters: Mapping[str, Any], *, request_id: str = ""
) -> Job:
    """Queues an evaluation or a counterfactual estimate over the workspace's events.

    Args:
        app: the application.
        actor: who asks.
        kind: ``EVALUATING`` or ``ESTIMATING``.
        parameters: ``algorithms`` (names), and for the first ``split`` and ``seed``, for the second
            the arguments of ``estimate``.
        request_id: of the HTTP request.

    Raises:
        NotAllowed: the actor may not edit.
        BadValue: no such algorithm or split, or a figure out of range.
    """
    actor.require(Permission.EDIT)
    names = parameters["algorithms"]
    if not 1 <= len(names) <= _MOST:
        raise BadValue("number of algorithms", len(names), f"1 to {_MOST}")
    for name in names:
        configure(name)
    if kind == EVALUATING:
        Protocol(parameters["split"], parameters["seed"])
    with app.atomic():
        job = enqueue(app.jobs, kind, dict(parameters), actor.operator, app.clock())
        record(app, actor, "job.start", job.id, after={"kind": kind, **parameters}, request_id=request_id)
    return job


def measure_job(app: App, kind: str, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Does what ``start_measuring`` queued; the whole answer is kept in the workspace."""
    if kind == EVALUATING:
        protocol = Protocol(parameters["split"], parameters["seed"])
        chosen = [configure(name) for name in parameters["algorithms"]]
        document = evaluate(workspace_data(app), chosen, protocol, progress=progress).to_dict()
    else:
        progress(0, 1, "Estimating")
        document = estimate(app, **parameters)
        progress(1, 1, "Estimating")
    path = _path(app, kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({**document, "measured_at": app.clock().isoformat()}), encoding="utf-8")
    draft.replace(path)
    return {"algorithms": list(parameters["algorithms"])}


def last_measurement(app: App, kind: str) -> dict[str, Any]:
    """The last answer with ``measured_at``. Raises ``UnknownId`` where nothing was measured yet."""
    try:
        document: dict[str, Any] = json.loads(_path(app, kind).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UnknownId(kind.partition(".")[2], "last") from None
    return document


def estimate(
    app: App,
    algorithms: Sequence[str],
    *,
    learn: float = 0.5,
    temperature: float = 1.0,
    hours: float = 24.0,
    clip: float | None = None,
    seed: int = 42,
) -> dict[str, Any]:
    """What algorithms would have earned, from impressions logged with their probabilities.

    Args:
        app: the application.
        algorithms: names.
        learn: share of the impressions, by time, before which is learned.
        temperature: of the policy made of scores.
        hours: in which a view after an impression counts.
        clip: weights above it are cut; None cuts none.
        seed: of models and intervals.

    Returns:
        ``recipe`` and, by algorithm, ``policies``.

    Raises:
        BadValue, BadInput: as ``logged_rows`` and ``counterfactual``.
    """
    found = {}
    for algorithm in map(configure, algorithms):
        rows = logged_rows(
            algorithm,
            app.events,
            app.catalog,
            lambda titles, place, at: app.rights.mask(titles, place, tuple(Mode), at),
            learn=learn,
            temperature=temperature,
            hours=hours,
            seed=seed,
        )
        limit = math.inf if clip is None else clip
        found[algorithm.name] = counterfactual(rows, clip=limit, seed=seed).to_dict()
    recipe = {"learn": learn, "temperature": temperature, "hours": hours, "clip": clip, "seed": seed}
    return {"recipe": recipe, "policies": found}


def _path(app: App, kind: str) -> Path:
    return app.home / "reports" / f"{kind.partition('.')[2]}.json"
