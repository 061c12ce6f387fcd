"""Rules of what is shown: pins, boosts, exclusions, quotas, leaving soon, variety, exploration."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.rules import put_rule, remove_rule
from crossreel.errors import UnknownId
from crossreel.recommend.policy import RuleBook
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Calling
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("rules")

RulePath = Annotated[str, Path(min_length=1, max_length=200, description="Rule id.")]
Word = Annotated[str, Field(max_length=265)]
Words = Annotated[list[Word], Field(max_length=1000)]
Kind = Literal["pin", "boost", "exclude", "quota", "leaving", "variety", "explore"]


class SelectionForm(Form):
    """Titles that have all that is asked for."""

    titles: Words | None = None
    genres: Words | None = None
    countries: Words | None = Field(None, description="Codes, groups, LOCAL or EUROPEAN.")
    languages: Words | None = None
    since: int | None = None
    until: int | None = None


class RuleForm(Form):
    """A rule; which fields a kind has is told in the guide."""

    kind: Kind
    territories: Words | None = None
    start: str | None = Field(None, max_length=40)
    end: str | None = Field(None, max_length=40)
    note: str | None = Field(None, max_length=2000)
    titles: Words | None = None
    row: str | None = Field(None, max_length=40)
    position: int | None = None
    select: SelectionForm | None = None
    factor: float | None = None
    share: float | None = None
    days: int | None = None
    mmr: float | None = None
    calibration: float | None = None
    cap: int | None = None


class RuleDocument(Document):
    """A rule as it is kept: what all have, and the fields of its kind."""

    id: str
    kind: Kind
    territories: list[str]
    start: str
    end: str
    note: str
    titles: list[str] | None = None
    row: str | None = None
    position: int | None = None
    select: dict[str, Any] | None = None
    factor: float | None = None
    share: float | None = None
    days: int | None = None
    mmr: float | None = None
    calibration: float | None = None
    cap: int | None = None


class RuleDocuments(Document):
    """All rules, by id."""

    items: list[RuleDocument]


class Removed(Document):
    """What is gone."""

    removed: str


@router.get("/rules", **operation(Permission.READ, RuleDocuments))
def list_rules(call: Calling) -> Response:
    """List the rules of what is shown."""
    return answer(call.request, {"items": [rule.to_dict() for rule in call.app.shelf.rules()]})


@router.get("/rules/{rule}", **operation(Permission.READ, RuleDocument))
def get_rule(call: Calling, rule: RulePath) -> Response:
    """Get one rule."""
    id_ = path_value(rule)
    found = call.app.documents.get(RuleBook.KIND, id_)
    if found is None:
        raise UnknownId("rule", id_)
    return answer(call.request, found)


@router.put("/rules/{rule}", **operation(Permission.EDIT, RuleDocument))
def write_rule(call: Calling, rule: RulePath, form: RuleForm) -> Response:
    """Write a rule, new or in place of the one with that id; it holds from the next request on."""
    document = {"id": path_value(rule), **form.model_dump(exclude_none=True)}
    written = put_rule(call.app, call.actor, document, request_id=call.request_id)
    return answer(call.request, written.to_dict())


@router.delete("/rules/{rule}", **operation(Permission.EDIT, Removed))
def delete_rule(call: Calling, rule: RulePath) -> Response:
    """Remove a rule."""
    id_ = path_value(rule)
    remove_rule(call.app, call.actor, id_, request_id=call.request_id)
    return answer(call.request, {"removed": id_})
