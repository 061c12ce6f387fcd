"""Pretrained models: what there is, bringing them here, checking them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.weights import start_pull, start_verify, weights
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Calling
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document
from crossreel.web.api.routes.jobs import JobDocument, accepted
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("models")

WeightsPath = Annotated[str, Path(min_length=1, max_length=64, description="A pretrained model's name.")]


class Weights(Document):
    """A pretrained model, as `crossreel models list` prints it."""

    name: str
    task: str
    title: str
    revision: str
    languages: list[str]
    code_license: str
    weights_license: str
    bytes: int
    files: list[dict[str, Any]]
    origins: list[str]
    extra: str
    note: str
    present: bool
    origin: str


class AllWeights(Document):
    """All pretrained models."""

    items: list[Weights]


@router.get("/models/pretrained", **operation(Permission.READ, AllWeights))
def list_pretrained(call: Calling) -> Response:
    """List the pretrained models and whether they are here."""
    return answer(call.request, {"items": weights(call.app)})


@router.post("/models/pretrained/verify", **operation(Permission.EDIT, JobDocument, status=202))
def verify_pretrained(call: Calling) -> Response:
    """Start comparing the checksums of all that are here; the answer is the job to follow."""
    return accepted(call, start_verify(call.app, call.actor, request_id=call.request_id))


@router.post("/models/pretrained/{name}/pull", **operation(Permission.ADMINISTER, JobDocument, status=202))
def pull_pretrained(call: Calling, name: WeightsPath) -> Response:
    """Start bringing a model here; the answer is the job to follow."""
    return accepted(call, start_pull(call.app, call.actor, path_value(name), request_id=call.request_id))
