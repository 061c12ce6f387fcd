"""Pretrained models for the staff: what there is, bringing them here and checking them by jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App, pretrained_models
from crossreel.desk.trail import record
from crossreel.errors import BadInput, UnknownId
from crossreel.jobs.runner import Progress, enqueue
from crossreel.models.registry import all_cards, card
from crossreel.values.job import Job

__all__ = ["PULL", "VERIFY", "pull_job", "start_pull", "start_verify", "verify_job", "weights"]

PULL, VERIFY = "models.pull", "models.verify"


def weights(app: App) -> list[dict[str, Any]]:
    """Every pretrained model with its licenses, size and whether it is here."""
    store = pretrained_models(app.home)
    return [
        {**one.to_dict(), "present": store.has(one), "origin": store.origin(one)}
        for one in all_cards().values()
    ]


def start_pull(app: App, actor: Actor, name: str, *, request_id: str = "") -> Job:
    """Queues bringing a model here.

    Raises:
        NotAllowed: the actor is no administrator.
        UnknownId: there is no such model.
    """
    actor.require(Permission.ADMINISTER)
    if name not in all_cards():
        raise UnknownId("pretrained model", name)
    return _queue(app, actor, PULL, {"name": name}, request_id)


def start_verify(app: App, actor: Actor, *, request_id: str = "") -> Job:
    """Queues reading all models again and comparing their checksums. Raises ``NotAllowed``."""
    actor.require(Permission.EDIT)
    return _queue(app, actor, VERIFY, {}, request_id)


def pull_job(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Does what ``start_pull`` queued; a broken download goes on where it stopped."""
    store, one = pretrained_models(app.home), card(str(parameters["name"]))
    folder = store.pull(one, progress)
    return {"name": one.name, "folder": str(folder), "origin": store.origin(one)}


def verify_job(app: App, _parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Does what ``start_verify`` queued; a damaged file fails the job.

    Raises:
        BadInput: a model is damaged.
    """
    store = pretrained_models(app.home)
    here = [one for one in all_cards().values() if store.has(one)]
    found = []
    for number, one in enumerate(here):
        progress(number, len(here), one.name)
        found.append(store.verify(one))
    damaged = [one.name for one in found if one.state == "damaged"]
    if damaged:
        raise BadInput(f"Damaged: {', '.join(damaged)}.", advice="Remove their folders and pull them again.")
    return {"models": [asdict(one) for one in found]}


def _queue(app: App, actor: Actor, kind: str, parameters: Mapping[str, Any], request_id: str) -> Job:
    with app.atomic():
        job = enqueue(app.jobs, kind, parameters, actor.operator, app.clock())
        record(app, actor, "job.start", job.id, after={"kind": kind, **parameters}, request_id=request_id)
    return job
