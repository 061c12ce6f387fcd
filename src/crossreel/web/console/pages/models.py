"""Models: what is trained, on what, which one serves; training more, activating, going back."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from crossreel.desk.models import SUBJECT, activate_model, roll_back_model
from crossreel.desk.work import start_training
from crossreel.errors import BadInput, BadValue, Missing
from crossreel.recommend.registry import ALGORITHMS
from crossreel.recommend.roles import ModelCard
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command, Noun
from crossreel.web.console.pages import choosing, experiments, inspector, lists, rules
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Sitting
from crossreel.web.console.training_form import TrainingForm, training_form

__all__ = ["NOUN"]

_FIRST = "ease"
"""The algorithm whose settings the page shows first."""
_TOLD_ELSEWHERE = {"files", "metrics", "trained_on"}


def models(sitting: Sitting) -> Response:
    """``GET /models``; ``algorithm`` shows its settings, ``like`` those of a trained model."""
    cards = {card.id: card for card in sitting.app.shelf.cards()}
    like = cards.get(sitting.query("like"))
    if like and like.algorithm in ALGORITHMS:
        return _models(sitting, training_form(like.algorithm, like=like.config))
    name = sitting.query("algorithm")
    return _models(sitting, training_form(name if name in ALGORITHMS else _FIRST))


def _models(sitting: Sitting, form: TrainingForm, *, activate: bool = False, status: int = 200) -> Response:
    cards = sitting.app.shelf.cards()
    return sitting.page(
        "models.html",
        noun="recommend",
        title=sitting.tell("Models"),
        status=status,
        rows=[(card, _settings(card), _metrics(sitting, card), _notes(card)) for card in cards],
        active=sitting.app.shelf.active(),
        earlier=_earlier(sitting, cards),
        algorithms=list(ALGORITHMS),
        form=form,
        activate=activate,
        events=sitting.app.events.summary().events,
        simulated=sitting.console.profiles.simulated,
    )


def _earlier(sitting: Sitting, cards: list[ModelCard]) -> str:
    """The model that going back would activate, "" if there is none."""
    last = sitting.app.audit.page(subject=SUBJECT, limit=1)
    earlier = (last[0].before or {}).get("model") if last else None
    return earlier if isinstance(earlier, str) and earlier in {card.id for card in cards} else ""


def _settings(card: ModelCard) -> str:
    return ", ".join(
        f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in card.config.items()
    )


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a training measured on likes that it held out: (name, value, interval) in words."""

    figures: tuple[tuple[str, str, str], ...]
    protocol: str
    viewers: str
    none: str


def _metrics(sitting: Sitting, card: ModelCard) -> Metrics | None:
    """The figures of a card; None for a model that was trained without measuring."""
    told = card.notes.get("metrics")
    if not isinstance(told, dict):
        return None
    number = sitting.phrases.book.number
    figures = []
    for name, label in _METRIC_NAMES.items():
        if name in told:
            bounds = told.get(f"{name}_ci95")
            interval = f"{bounds[0]:.3f}–{bounds[1]:.3f}" if bounds else ""
            figures.append((label, f"{told[name]:.3f}", interval))
    viewers = number(told["test_viewers"]) if "test_viewers" in told else ""
    return Metrics(tuple(figures), str(told.get("protocol", "")), viewers, str(told.get("none", "")))


_METRIC_NAMES = {
    "ndcg@10": "NDCG@10",
    "recall@10": "Recall@10",
    "recall@20": "Recall@20",
    "coverage@10": "Coverage@10",
}


def _notes(card: ModelCard) -> list[tuple[str, str]]:
    """Other facts that training wrote down, apart from hashes."""
    told: list[tuple[str, str]] = []
    for key, value in card.notes.items():
        if key in _TOLD_ELSEWHERE:
            continue
        pairs = value.items() if isinstance(value, dict) else [(key, value)]
        told += [(str(k), f"{v:.4g}" if isinstance(v, float) else str(v)[:200]) for k, v in pairs]
    return told


def train(sitting: Sitting, fields: Fields) -> Response:
    """``POST /models``: checks the settings, then queues the training."""
    algorithm, activate = fields.one("algorithm"), fields.one("activate") == "yes"
    try:
        form = training_form(algorithm, fields)
    except BadValue as error:
        return sitting.go(console_url("/models"), error.message, problem=True)
    if form.wrong or form.problem:
        return _models(sitting, form, activate=activate, status=422)
    job = start_training(
        sitting.app, sitting.actor, algorithm, form.config, activate=activate, request_id=sitting.request_id
    )
    return sitting.go(console_url(f"/job/{job.id}"), sitting.tell("The training was asked for."))


def activate(sitting: Sitting, fields: Fields) -> Response:
    """``POST /models/activate``: it serves from the next request on."""
    id_ = fields.one("id")
    if id_ not in {card.id for card in sitting.app.shelf.cards()}:
        message = sitting.tell("There is no such model any more.")
        return sitting.go(console_url("/models"), message, problem=True)
    try:
        activate_model(sitting.app, sitting.actor, id_, request_id=sitting.request_id)
    except (BadInput, Missing) as error:
        return sitting.go(console_url("/models"), f"{error.message} {error.advice}".strip(), problem=True)
    return sitting.go(console_url("/models"), sitting.tell("%(model)s serves now.", model=id_))


def roll_back(sitting: Sitting, fields: Fields) -> Response:
    """``POST /models/roll-back``: the model of before the last activation serves again."""
    try:
        id_ = roll_back_model(sitting.app, sitting.actor, request_id=sitting.request_id)
    except (BadInput, Missing) as error:
        return sitting.go(console_url("/models"), f"{error.message} {error.advice}".strip(), problem=True)
    return sitting.go(console_url("/models"), sitting.tell("%(model)s serves again.", model=id_))


NOUN = Noun(
    key="recommend",
    label=M_("Recommend"),
    path="/models",
    routes=[
        shown("/models", models),
        changed("/models", train),
        changed("/models/activate", activate),
        changed("/models/roll-back", roll_back),
        *choosing.ROUTES,
        *inspector.ROUTES,
        *rules.ROUTES,
        *lists.ROUTES,
        *experiments.ROUTES,
    ],
    commands=[
        Command(M_("Models"), console_url("/models"), "train activate roll back recommend"),
        *choosing.COMMANDS,
        *inspector.COMMANDS,
        *rules.COMMANDS,
        *lists.COMMANDS,
        *experiments.COMMANDS,
    ],
)
