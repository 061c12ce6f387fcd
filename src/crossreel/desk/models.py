"""Letting models serve, and going back."""

from __future__ import annotations

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.desk.trail import record
from crossreel.errors import Conflict

__all__ = ["activate_model", "roll_back_model"]

SUBJECT = "active-model"


def activate_model(app: App, actor: Actor, id_: str, *, request_id: str = "") -> None:
    """Lets a trained model serve from the next request on.

    Raises:
        NotAllowed: the actor may not edit.
        MissingModel, BadFile: it is not there, or damaged; the old one goes on serving.
    """
    actor.require(Permission.EDIT)
    cards = app.shelf.cards()
    before = cards[0].id if cards else None
    app.shelf.activate(id_)
    if before != id_:
        record(
            app,
            actor,
            "model.activate",
            SUBJECT,
            before={"model": before},
            after={"model": id_},
            request_id=request_id,
        )


def roll_back_model(app: App, actor: Actor, *, request_id: str = "") -> str:
    """Lets the model serve again that served before the last activation; returns its id.

    Raises:
        NotAllowed: the actor may not edit.
        Conflict: no earlier model is known.
    """
    actor.require(Permission.EDIT)
    last = app.audit.page(subject=SUBJECT, limit=1)
    earlier = last[0].before.get("model") if last and last[0].before else None
    if not isinstance(earlier, str):
        raise Conflict("No earlier model is known.", advice="Activate one from the list.")
    activate_model(app, actor, earlier, request_id=request_id)
    return earlier
