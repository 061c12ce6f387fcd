"""Experiments: what runs, what it shows so far, starting and stopping one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from crossreel.desk.experiments import experiments as all_experiments
from crossreel.desk.experiments import put_experiment, results, stop_experiment
from crossreel.errors import BadInput, Missing
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.experiment_form import (
    EXAMPLE,
    experiment_document,
    experiment_errors,
    experiment_values,
)
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]

OUTCOMES = {
    "watched": M_("viewers who watch something"),
    "views": M_("titles watched"),
    "progress": M_("how far they watch"),
}
_MOST_VARIANTS = 10


def experiments(sitting: Sitting) -> Response:
    """``GET /experiments``."""
    return _page(sitting, EXAMPLE)


def _page(
    sitting: Sitting, values: Mapping[str, Any], errors: Mapping[str, str] | None = None, problem: str = ""
) -> Response:
    title = sitting.tell("Experiments")
    return sitting.page(
        "experiments.html",
        noun="recommend",
        title=title,
        crumbs=[Crumb(title)],
        status=422 if errors or problem else 200,
        found=[results(sitting.app, one.id) for one in all_experiments(sitting.app)],
        values=values,
        errors=errors or {},
        problem=problem,
        outcomes=OUTCOMES,
        algorithms=sorted({card.algorithm for card in sitting.app.shelf.cards()}),
        simulated=sitting.console.profiles.simulated,
    )


def start(sitting: Sitting, fields: Fields) -> Response:
    """``POST /experiments``: ``step`` adds or removes a variant; else the experiment is started."""
    values, step = experiment_values(fields), fields.one("step")
    rows = values["variants"]
    if step == "add":
        blank = {"name": "", "algorithm": "", "weight": "1", "rules": "yes"}
        return _page(sitting, {**values, "variants": [*rows, blank][:_MOST_VARIANTS]})
    if step.startswith("remove-"):
        place = step.removeprefix("remove-")
        left = [one for number, one in enumerate(rows) if str(number) != place]
        return _page(sitting, {**values, "variants": left})
    document = experiment_document(values)
    if errors := experiment_errors(document):
        return _page(sitting, values, errors)
    try:
        found = put_experiment(sitting.app, sitting.actor, document, request_id=sitting.request_id)
    except (BadInput, Missing) as error:
        return _page(sitting, values, problem=f"{error.message} {error.advice}".strip())
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
