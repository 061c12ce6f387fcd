"""Live experiments in the storefront."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.experiments import experiments, put_experiment, results, stop_experiment
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Calling
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("experiments")

ExperimentPath = Annotated[str, Path(min_length=1, max_length=200, description="Experiment id.")]
Outcome = Literal["watched", "views", "progress"]


class VariantForm(Form):
    """One way to answer; without an algorithm, the active model."""

    name: str = Field(max_length=64)
    algorithm: str = Field("", max_length=64)
    weight: float = 1.0
    rules: bool = True


class ExperimentForm(Form):
    """An experiment; the first variant is what the others are compared with."""

    variants: list[VariantForm] = Field(min_length=2, max_length=10)
    salt: str | None = Field(None, max_length=200)
    share: float | None = None
    outcome: Outcome | None = None
    guardrails: Annotated[list[Outcome], Field(max_length=3)] | None = None
    alpha: float | None = None
    note: str | None = Field(None, max_length=2000)


class ExperimentDocument(Document):
    """An experiment as it is kept."""

    id: str
    variants: list[dict[str, Any]]
    salt: str
    share: float
    outcome: str
    guardrails: list[str]
    alpha: float
    state: str
    note: str


class ExperimentDocuments(Document):
    """All experiments, by id."""

    items: list[ExperimentDocument]


class ComparisonDocument(Document):
    """One variant beside the first; `p` and `interval` hold however often one looks."""

    variant: str
    outcome: str
    is_guardrail: bool
    viewers: list[int]
    means: list[float]
    difference: float
    interval: list[float] | None
    p: float
    decision: str


class ExperimentResults(ExperimentDocument):
    """What an experiment shows so far."""

    viewers: dict[str, int]
    least: int
    comparisons: list[ComparisonDocument]
    advice: str


@router.get("/experiments", **operation(Permission.READ, ExperimentDocuments))
def list_experiments(call: Calling) -> Response:
    """List the experiments."""
    return answer(call.request, {"items": [one.to_dict() for one in experiments(call.app)]})


@router.get("/experiments/{experiment}", **operation(Permission.READ, ExperimentResults))
def get_experiment(call: Calling, experiment: ExperimentPath) -> Response:
    """Get what an experiment shows so far."""
    return answer(call.request, results(call.app, path_value(experiment)))


@router.put("/experiments/{experiment}", **operation(Permission.EDIT, ExperimentDocument, errors=(409, 503)))
def write_experiment(call: Calling, experiment: ExperimentPath, form: ExperimentForm) -> Response:
    """Start an experiment, or change its note or guardrails."""
    document = {"id": path_value(experiment), **form.model_dump(exclude_none=True)}
    written = put_experiment(call.app, call.actor, document, request_id=call.request_id)
    return answer(call.request, written.to_dict())


@router.post(
    "/experiments/{experiment}/stop", **operation(Permission.EDIT, ExperimentDocument, errors=(503,))
)
def end_experiment(call: Calling, experiment: ExperimentPath) -> Response:
    """Stop an experiment: everybody gets the usual answer again."""
    stopped = stop_experiment(call.app, call.actor, path_value(experiment), request_id=call.request_id)
    return answer(call.request, stopped.to_dict())
