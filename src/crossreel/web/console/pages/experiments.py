"""Experiments: what runs, what it shows so far, starting and stopping one."""

from __future__ import annotations

import json

from starlette.responses import Response

from crossreel.desk.experiments import experiments as all_experiments
from crossreel.desk.experiments import put_experiment, results, stop_experiment
from crossreel.errors import BadInput, Missing
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]

_LONGEST = 100_000
EXAMPLE = {
    "id": "new-model",
    "variants": [{"name": "usual"}, {"name": "new", "algorithm": "title-neighbors"}],
    "outcome": "watched",
    "guardrails": ["progress"],
    "share": 0.5,
}


def experiments(sitting: Sitting) -> Response:
    """``GET /experiments``."""
    return _page(sitting, json.dumps(EXAMPLE, indent=2))


def _page(sitting: Sitting, text: str, problem: str = "", status: int = 200) -> Response:
    title = sitting.tell("Experiments")
    return sitting.page(
        "experiments.html",
        noun="recommend",
        title=title,
        crumbs=[Crumb(title)],
        status=status,
        found=[results(sitting.app, one.id) for one in all_experiments(sitting.app)],
        text=text,
        problem=problem,
        simulated=sitting.console.profiles.simulated,
    )


def start(sitting: Sitting, fields: Fields) -> Response:
    """``POST /experiments``: checks the experiment, then starts it."""
    text = fields.one("experiment").strip()
    try:
        document = json.loads(text) if len(text) <= _LONGEST else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return _page(sitting, text, sitting.tell("This is not a JSON object; nothing was saved."), 422)
    try:
        found = put_experiment(sitting.app, sitting.actor, document, request_id=sitting.request_id)
    except (BadInput, Missing) as error:
        return _page(sitting, text, f"{error.message} {error.advice}".strip(), 422)
    told = sitting.tell("%(experiment)s is running.", experiment=found.id)
    return sitting.go(console_url("/experiments"), told)


def stop(sitting: Sitting, fields: Fields) -> Response:
    """``POST /experiments/stop``."""
    id_ = fields.one("id")
    try:
        stop_experiment(sitting.app, sitting.actor, id_, request_id=sitting.request_id)
    except (BadInput, Missing) as error:
        return sitting.go(console_url("/experiments"), error.message, problem=True)
    return sitting.go(console_url("/experiments"), sitting.tell("%(experiment)s is stopped.", experiment=id_))


ROUTES = [
    shown("/experiments", experiments),
    changed("/experiments", start),
    changed("/experiments/stop", stop),
]
COMMANDS = [Command(M_("Experiments"), console_url("/experiments"), "a/b test variant guardrail sequential")]
