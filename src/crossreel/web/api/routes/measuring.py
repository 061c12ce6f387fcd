"""Choosing and measuring algorithms on the workspace's events: jobs to follow, and the last answers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.choosing import MOST_MINUTES, last_choice, start_choosing
from crossreel.desk.engaged import workspace_engagement
from crossreel.desk.measuring import ESTIMATING, EVALUATING, last_measurement, start_measuring
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Calling
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routes.jobs import JobDocument, accepted
from crossreel.web.api.routing import noun, operation

__all__ = ["engagement_router", "router"]

router = noun("recommend")
engagement_router = noun("audience")

Name = Annotated[str, Field(max_length=64, examples=["ease"])]
Names = Annotated[list[Name], Field(min_length=1, max_length=20)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Choosing(Form):
    """How long to try, and how to split."""

    minutes: float = Field(5.0, gt=0, le=MOST_MINUTES)
    split: str = Field("per-user-random", max_length=40)


class Evaluating(Form):
    """What to compare, and how."""

    algorithms: Names
    split: str = Field("per-user-random", max_length=40)
    seed: Seed = 42


class Estimating(Form):
    """Whose earnings to estimate, and how."""

    algorithms: Names
    learn: float = Field(0.5, gt=0, lt=1, description="Share of the impressions, by time, to learn from.")
    temperature: float = Field(1.0, gt=0, le=1e6)
    hours: float = Field(24.0, gt=0, le=24 * 365, description="In which a view after an impression counts.")
    clip: float | None = Field(None, gt=0, le=1e9)
    seed: Seed = 42


class ChoiceDocument(Document, extra="allow"):
    """The last choice as `crossreel recommend choose --json` prints it, with `chosen_at`."""

    chosen_at: str
    choice: dict[str, Any]


class EvaluationDocument(Document):
    """The last evaluation as `crossreel recommend evaluate --json` prints it, with `measured_at`."""

    measured_at: str
    signature: str
    data: dict[str, Any]
    results: list[dict[str, Any]]
    comparisons: list[dict[str, Any]]


class EstimateDocument(Document):
    """The last estimate as `crossreel recommend counterfactual --json` prints it, with `measured_at`."""

    measured_at: str
    recipe: dict[str, Any]
    policies: dict[str, Any]


class EngagementDocument(Document, extra="allow"):
    """Watch time, completion and return, by territory and for all."""

    markets: list[dict[str, Any]]
    all: dict[str, Any]


@router.post("/recommend/choose", **operation(Permission.EDIT, JobDocument, status=202))
def choose_algorithm(call: Calling, form: Choosing) -> Response:
    """Start choosing an algorithm for the workspace's events; the answer is the job to follow."""
    job = start_choosing(
        call.app, call.actor, minutes=form.minutes, split=form.split, request_id=call.request_id
    )
    return accepted(call, job)


@router.get("/recommend/choose", **operation(Permission.READ, ChoiceDocument, errors=(404,)))
def last_chosen(call: Calling) -> Response:
    """Get the last choice: one algorithm a case, with figures, costs and what would change it."""
    return answer(call.request, last_choice(call.app))


@router.post("/recommend/evaluate", **operation(Permission.EDIT, JobDocument, status=202))
def evaluate_algorithms(call: Calling, form: Evaluating) -> Response:
    """Start comparing algorithms on held-out likes of the workspace; the answer is the job to follow."""
    return accepted(
        call,
        start_measuring(call.app, call.actor, EVALUATING, form.model_dump(), request_id=call.request_id),
    )


@router.get("/recommend/evaluate", **operation(Permission.READ, EvaluationDocument, errors=(404,)))
def last_evaluated(call: Calling) -> Response:
    """Get the last evaluation, with intervals and corrected comparisons."""
    return answer(call.request, last_measurement(call.app, EVALUATING))


@router.post("/recommend/counterfactual", **operation(Permission.EDIT, JobDocument, status=202))
def estimate_earnings(call: Calling, form: Estimating) -> Response:
    """Start estimating what algorithms would have earned from logged impressions; a job to follow."""
    return accepted(
        call,
        start_measuring(call.app, call.actor, ESTIMATING, form.model_dump(), request_id=call.request_id),
    )


@router.get("/recommend/counterfactual", **operation(Permission.READ, EstimateDocument, errors=(404,)))
def last_estimated(call: Calling) -> Response:
    """Get the last estimate: IPS, SNIPS and doubly robust, with warnings."""
    return answer(call.request, last_measurement(call.app, ESTIMATING))


@engagement_router.get("/audience/engagement", **operation(Permission.READ, EngagementDocument))
def audience_engagement(
    call: Calling,
    completed_from: Annotated[
        float, Query(gt=0, le=1, description="Progress from which a view counts as complete.")
    ] = 0.9,
) -> Response:
    """Get watch time per viewer, completion, and who comes back after 7 and 28 days, by territory."""
    return answer(call.request, workspace_engagement(call.app, completed_from).to_dict())
