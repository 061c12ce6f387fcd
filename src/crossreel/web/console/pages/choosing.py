"""Choosing an algorithm: the last answer with what it rests on, asking again, training the choice."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.choosing import last_choice, start_choosing
from crossreel.desk.work import start_training
from crossreel.errors import BadInput, UnknownId
from crossreel.recommend.choose import SPLITS
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting
from crossreel.web.reports.choice import cases_table, choice_figures, choice_title, profile_facts

__all__ = ["COMMANDS", "ROUTES"]

SPLIT_NAMES = {
    "per-user-random": M_("a tenth of each viewer's likes, by chance"),
    "leave-last-out": M_("the last like of each viewer"),
    "global-time": M_("the newest fifth of all likes"),
}


def _last(sitting: Sitting) -> dict[str, Any] | None:
    try:
        return last_choice(sitting.app)
    except UnknownId:
        return None


def choosing(sitting: Sitting) -> Response:
    """``GET /choose``."""
    return _choosing(sitting)


def _choosing(
    sitting: Sitting, *, values: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> Response:
    choice, here = _last(sitting), sitting.tell("Choose an algorithm")
    return sitting.page(
        "choosing.html",
        noun="recommend",
        title=here,
        crumbs=[Crumb(here)],
        status=status,
        choice=choice,
        finding=choice and choice_title(choice),
        cases=choice and cases_table(choice),
        figures=choice_figures(choice) if choice else (),
        facts=profile_facts(choice["profile"]) if choice else (),
        splits=[(name, sitting.tell(SPLIT_NAMES.get(name, name))) for name in SPLITS],
        values=values or {"minutes": "5", "split": SPLITS[0]},
        problem=problem,
        simulated=sitting.console.profiles.simulated,
    )


def ask(sitting: Sitting, fields: Fields) -> Response:
    """``POST /choose``: queues choosing within some minutes."""
    values = {"minutes": fields.one("minutes").strip(), "split": fields.one("split")}
    try:
        minutes = float(values["minutes"])
    except ValueError:
        minutes = 0.0
    try:
        job = start_choosing(
            sitting.app,
            sitting.actor,
            minutes=minutes,
            split=values["split"],
            request_id=sitting.request_id,
        )
    except BadInput as error:
        told = f"{error.message} {error.advice}".strip()
        return _choosing(sitting, values=values, problem=told, status=422)
    return sitting.go(console_url(f"/job/{job.id}"), sitting.tell("Choosing was asked for."))


def train(sitting: Sitting, fields: Fields) -> Response:
    """``POST /choose/train``: queues training the choice, which then serves."""
    choice = _last(sitting)
    if choice is None:
        message = sitting.tell("Nothing has been chosen yet.")
        return sitting.go(console_url("/choose"), message, problem=True)
    job = start_training(
        sitting.app,
        sitting.actor,
        choice["choice"]["algorithm"],
        choice["choice"]["config"],
        activate=True,
        request_id=sitting.request_id,
    )
    return sitting.go(console_url(f"/job/{job.id}"), sitting.tell("The training was asked for."))


ROUTES = [
    shown("/choose", choosing),
    changed("/choose", ask),
    changed("/choose/train", train),
]
COMMANDS = [
    Command(
        M_("Choose an algorithm"),
        console_url("/choose"),
        "which recommender best compare backtest",
        Permission.READ,
    ),
]
