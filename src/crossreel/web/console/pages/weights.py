"""Pretrained models: which there are, under what licenses, which are here; bringing and checking them."""

from __future__ import annotations

from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.weights import PULL, start_pull, start_verify, weights
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]


def listed(sitting: Sitting) -> Response:
    """``GET /insight/models``."""
    here = sitting.tell("Pretrained models")
    rows = weights(sitting.app)
    pulling = {
        str(job.parameters.get("name")): job.id
        for job in sitting.app.jobs.page(limit=100)
        if job.kind == PULL and not job.state.is_final
    }
    return sitting.page(
        "insight_models.html",
        noun="insight",
        title=here,
        crumbs=[Crumb(here)],
        rows=rows,
        pulling=pulling,
        present=sum(one["present"] for one in rows),
        may_administer=sitting.may(Permission.ADMINISTER),
    )


def pull(sitting: Sitting, fields: Fields) -> Response:
    """``POST /insight/models/pull``: queues bringing one here."""
    job = start_pull(sitting.app, sitting.actor, fields.one("name"), request_id=sitting.request_id)
    return sitting.go(console_url(f"/job/{job.id}"), sitting.tell("The pull was asked for."))


def verify(sitting: Sitting, _fields: Fields) -> Response:
    """``POST /insight/models/verify``: queues comparing the checksums of all that are here."""
    job = start_verify(sitting.app, sitting.actor, request_id=sitting.request_id)
    return sitting.go(console_url(f"/job/{job.id}"), sitting.tell("The check was asked for."))


ROUTES = [
    shown("/insight/models", listed),
    changed("/insight/models/pull", pull, Permission.ADMINISTER),
    changed("/insight/models/verify", verify),
]
COMMANDS = [Command(M_("Pretrained models"), console_url("/insight/models"), "weights pull verify licenses")]
