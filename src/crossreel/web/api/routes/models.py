"""Models: what is trained, training more, and which one serves."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Path
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.models import activate_model as activate
from crossreel.desk.models import roll_back_model
from crossreel.desk.work import start_training
from crossreel.errors import UnknownId
from crossreel.recommend.registry import configure
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Call, Calling
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routes.jobs import JobDocument, accepted
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("models")

ModelPath = Annotated[str, Path(min_length=1, max_length=200, description="Model id.")]


class ModelDocument(Document):
    """What is known of a trained model."""

    id: str
    algorithm: str
    config: dict[str, Any]
    trained_at: str
    version: str
    titles: int
    viewers: int
    interactions: int
    seed: int
    seconds: float
    data_hash: str
    notes: dict[str, Any]


class Models(Document):
    """All trained models, the active one first, then the newest first."""

    items: list[ModelDocument]


class Training(Form):
    """What to train."""

    algorithm: str = Field(max_length=64, examples=["ease"])
    config: dict[
        Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=200)] | bool | int | float
    ] = Field(default_factory=dict, max_length=50, description="Settings that differ from the defaults.")
    activate: bool = Field(False, description="Let it serve as soon as it is trained.")


class Active(Document):
    """The model that serves from now on."""

    active: str


@router.get("/models", **operation(Permission.READ, Models))
def list_models(call: Calling) -> Response:
    """List the trained models, the active one first."""
    return answer(call.request, {"items": [asdict(card) for card in call.app.shelf.cards()]})


@router.post("/models", **operation(Permission.EDIT, JobDocument, status=202))
def train_model(call: Calling, form: Training) -> Response:
    """Start training a model on the audience's events; the answer is the job to follow."""
    configure(form.algorithm, form.config)
    job = start_training(
        call.app,
        call.actor,
        form.algorithm,
        form.config,
        activate=form.activate,
        request_id=call.request_id,
    )
    return accepted(call, job)


@router.post("/models/roll-back", **operation(Permission.EDIT, Active, errors=(409, 503)))
def roll_back(call: Calling) -> Response:
    """Let the model serve again that served before the last activation."""
    return answer(call.request, {"active": roll_back_model(call.app, call.actor, request_id=call.request_id)})


@router.get("/models/{model}", **operation(Permission.READ, ModelDocument))
def get_model(call: Calling, model: ModelPath) -> Response:
    """Get what is known of a trained model."""
    return answer(call.request, asdict(_card(call, model)))


@router.post("/models/{model}/activate", **operation(Permission.EDIT, Active, errors=(409, 503)))
def activate_model(call: Calling, model: ModelPath) -> Response:
    """Let a trained model serve from the next request on."""
    card = _card(call, model)
    activate(call.app, call.actor, card.id, request_id=call.request_id)
    return answer(call.request, {"active": card.id})


def _card(call: Call, segment: str) -> Any:
    id_ = path_value(segment)
    for card in call.app.shelf.cards():
        if card.id == id_:
            return card
    raise UnknownId("model", id_)
