"""Operators and their API tokens."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import orjson
from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Operator, Permission, Role, check_name
from crossreel.accounts.repository import ApiToken
from crossreel.desk.people import add_operator as add
from crossreel.desk.people import change_operator as change
from crossreel.desk.people import issue_token as issue
from crossreel.desk.people import revoke_token as revoke
from crossreel.errors import BadValue, UnknownId
from crossreel.web.api.answers import answer, check_match, instant
from crossreel.web.api.context import Call, Calling, IfMatch
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("operators")

OperatorPath = Annotated[str, Path(min_length=1, max_length=200, description="Operator name.")]
TokenPath = Annotated[str, Path(min_length=1, max_length=64, description="Token id, without the secret.")]


class Whoever(Document):
    """Who the caller is and may do."""

    operator: str
    via: str
    permissions: list[Permission]


class OperatorDocument(Document):
    """A person of the staff."""

    name: str
    role: Role
    disabled: bool
    created: str


class Operators(Document):
    """All operators, by name."""

    items: list[OperatorDocument]


class NewOperator(Form):
    """A new operator; the password has 12 to 256 characters."""

    name: str = Field(max_length=100, examples=["ana@example.org"])
    role: Role = Field(strict=False)
    password: str = Field(max_length=256, json_schema_extra={"format": "password"})


class OperatorChange(Form):
    """What changes; a new password or disabling ends every session of theirs."""

    role: Role | None = Field(None, strict=False)
    password: str | None = Field(None, max_length=256, json_schema_extra={"format": "password"})
    disabled: bool | None = None


class TokenDocument(Document):
    """An API token, without its secret."""

    id: str
    operator: str
    label: str
    scopes: list[Permission]
    created: str
    expires: str
    last_used: str | None


class Tokens(Document):
    """Tokens, newest first."""

    items: list[TokenDocument]


class NewToken(Form):
    """A new token; its scopes must lie within the operator's role."""

    operator: str = Field(max_length=100)
    label: str = Field("", max_length=80)
    scopes: list[Annotated[Permission, Field(strict=False)]] = Field(min_length=1, max_length=10)
    days: int = Field(90, ge=1, le=366)


class IssuedToken(Document):
    """A new token and its text, which is shown this once."""

    token: TokenDocument
    text: str


def _shown(operator: Operator) -> dict[str, Any]:
    return {
        "name": operator.name,
        "role": operator.role.value,
        "disabled": operator.disabled,
        "created": instant(operator.created),
    }


def _tag(operator: Operator) -> str:
    # The password counts, so that a change of it is not overlooked; only its hash's hash is told.
    facts = {**_shown(operator), "password": operator.password_hash}
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def _token(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "operator": token.operator,
        "label": token.label,
        "scopes": sorted(scope.value for scope in token.scopes),
        "created": instant(token.created),
        "expires": instant(token.expires),
        "last_used": instant(token.last_used),
    }


def _stored(call: Call, segment: str) -> Operator:
    name = check_name(path_value(segment))
    operator = call.app.accounts.operator(name)
    if operator is None:
        raise UnknownId("operator", name)
    return operator


@router.get("/me", **operation(Permission.READ, Whoever))
def get_caller(call: Calling) -> Response:
    """Say who the caller is and what they may do."""
    actor = call.actor
    document = {"operator": actor.operator, "via": actor.via, "permissions": sorted(actor.permissions)}
    return answer(call.request, document)


@router.get("/operators", **operation(Permission.ADMINISTER, Operators))
def list_operators(call: Calling) -> Response:
    """List the operators."""
    return answer(call.request, {"items": [_shown(one) for one in call.app.accounts.operators()]})


@router.post("/operators", **operation(Permission.ADMINISTER, OperatorDocument, status=201, errors=(409,)))
def add_operator(call: Calling, form: NewOperator) -> Response:
    """Add an operator."""
    operator = add(call.app, call.actor, form.name, form.role, form.password, request_id=call.request_id)
    where = {"Location": f"{call.root}/operators/{operator.name}"}
    return answer(call.request, _shown(operator), status=201, tag=_tag(operator), headers=where)


@router.get("/operators/{name}", **operation(Permission.ADMINISTER, OperatorDocument))
def get_operator(call: Calling, name: OperatorPath) -> Response:
    """Get one operator."""
    operator = _stored(call, name)
    return answer(call.request, _shown(operator), tag=_tag(operator))


@router.patch("/operators/{name}", **operation(Permission.ADMINISTER, OperatorDocument, errors=(409,)))
def change_operator(
    call: Calling, name: OperatorPath, form: OperatorChange, if_match: IfMatch = None
) -> Response:
    """Change an operator's role or password, or disable them."""
    with call.app.atomic():
        before = _stored(call, name)
        check_match(if_match, _tag(before))
        after = change(call.app, call.actor, before.name, **form.model_dump(), request_id=call.request_id)
    return answer(call.request, _shown(after), tag=_tag(after))


@router.get("/tokens", **operation(Permission.ADMINISTER, Tokens))
def list_tokens(
    call: Calling, operator: Annotated[str, Query(max_length=100, description="Only theirs.")] = ""
) -> Response:
    """List API tokens; secrets are kept nowhere."""
    name = check_name(operator) if operator else ""
    return answer(call.request, {"items": [_token(token) for token in call.app.accounts.tokens(name)]})


@router.post("/tokens", **operation(Permission.ADMINISTER, IssuedToken, status=201, errors=(404,)))
def issue_token(call: Calling, form: NewToken) -> Response:
    """Make an API token for an operator; tokens cannot make tokens, so this needs a session."""
    if not form.label.isprintable():
        raise BadValue("label", form.label, "printable")
    issued = issue(
        call.app,
        call.actor,
        form.operator,
        form.label,
        frozenset(form.scopes),
        form.days,
        request_id=call.request_id,
    )
    document = {"token": _token(issued.token), "text": issued.text}
    return answer(call.request, document, status=201, cache="no-store")


@router.delete("/tokens/{token}", **operation(Permission.ADMINISTER, status=204))
def revoke_token(call: Calling, token: TokenPath) -> Response:
    """End a token at once."""
    revoke(call.app, call.actor, path_value(token), request_id=call.request_id)
    return Response(status_code=204)
