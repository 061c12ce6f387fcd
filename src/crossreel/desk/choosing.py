"""Choosing an algorithm on the workspace's own events, kept where it can be found again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.audience.event import ACTS
from crossreel.audience.interactions import interactions_from
from crossreel.desk.trail import record
from crossreel.errors import BadInput, BadValue, UnknownId
from crossreel.jobs.runner import Progress, enqueue
from crossreel.recommend.choose import SPLITS, choose
from crossreel.recommend.choosing.profile import repeat_share
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.values.job import Job

__all__ = ["KIND", "MOST_MINUTES", "choose_job", "last_choice", "start_choosing", "workspace_data"]

KIND = "recommend.choose"
MOST_MINUTES = 24 * 60
_FILE = "choice.json"


def workspace_data(app: App, progress: Progress = lambda done, of, what: None) -> Dataset:
    """What the audience of a workspace did, over all titles of its catalog that were met.

    Synopses have their vectors where the embedding model is pulled.

    Args:
        app: the application.
        progress: called as ``progress(done, of, what)``.

    Raises:
        BadInput: nobody liked anything.
    """
    columns = app.events.columns(kinds=ACTS)
    if not len(columns):
        raise BadInput(
            "The workspace has no events to choose by.", advice="Import some: crossreel audience import."
        )
    known = interactions_from(columns, aliases=app.catalog.aliases())
    records = app.catalog.get(known.titles.ids)
    titles = [records.get(id_) for id_ in known.titles.ids]
    data = Dataset.of(known, titles, repeat_share=repeat_share(columns))
    return data.with_meanings(app.shelf.meanings, progress)


def start_choosing(
    app: App, actor: Actor, *, minutes: float = 5.0, split: str = SPLITS[0], request_id: str = ""
) -> Job:
    """Queues choosing an algorithm by the workspace's events.

    Args:
        app: the application.
        actor: who asks.
        minutes: to spend; above 0, at most a day.
        split: one of ``recommend.choose.SPLITS``.
        request_id: of the HTTP request.

    Raises:
        NotAllowed: the actor may not edit.
        BadValue: no such split, or no such time.
    """
    actor.require(Permission.EDIT)
    if split not in SPLITS:
        raise BadValue("split to choose by", split, "one of " + ", ".join(SPLITS))
    if not 0 < minutes <= MOST_MINUTES:
        raise BadValue("minutes", minutes, f"above 0, at most {MOST_MINUTES}")
    parameters = {"minutes": minutes, "split": split}
    with app.atomic():
        job = enqueue(app.jobs, KIND, parameters, actor.operator, app.clock())
        record(app, actor, "job.start", job.id, after={"kind": KIND, **parameters}, request_id=request_id)
    return job


def choose_job(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Does what ``start_choosing`` queued; the whole answer is kept in the workspace."""
    found = choose(
        workspace_data(app),
        split=str(parameters.get("split") or SPLITS[0]),
        budget=float(parameters.get("minutes") or 5.0) * 60,
        progress=progress,
    )
    document = {**found.to_dict(), "chosen_at": app.clock().isoformat()}
    path = _path(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(document), encoding="utf-8")
    draft.replace(path)
    return {"choice": found.winner.label, "seconds": round(found.seconds, 1)}


def last_choice(app: App) -> dict[str, Any]:
    """The last answer, as ``Choice.to_dict`` gives it, with ``chosen_at``.

    Raises:
        UnknownId: nothing has been chosen yet.
    """
    try:
        document: dict[str, Any] = json.loads(_path(app).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UnknownId("choice of an algorithm", "last") from None
    return document


def _path(app: App) -> Path:
    return app.home / "reports" / _FILE
