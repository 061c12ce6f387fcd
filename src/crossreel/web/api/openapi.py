"""The description of the API (OpenAPI 3.1): what FastAPI finds, and what the house's rules add."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from crossreel.web.api.forms import TITLE, Problem
from crossreel.web.api.gate import CSRF_HEADER, SESSION_COOKIE
from crossreel.web.api.problems import MEDIA_TYPE
from crossreel.web.statuses import heading_for

__all__ = ["TAGS", "describer"]

TAGS = {
    "titles": "The catalog: films, series, seasons, episodes and their texts.",
    "licenses": "What may be shown where, how and until when.",
    "rights": "Whether a title may be shown, and why.",
    "audience": "Viewers and what they do.",
    "recommend": "Lists and rows of titles, with reasons.",
    "lists": "Editors' picks and viewers' lists, which can be followed.",
    "rules": "What staff pin, boost, exclude or promise on pages and lists.",
    "experiments": "Variants of pages compared on viewers, with a test that may be looked at any time.",
    "models": "Trained recommenders.",
    "imports": "Files taken in.",
    "reviews": "What viewers say: taken in, read by country, complaints about localization.",
    "insight": "What to change in a title for a country, with what it rests on.",
    "text": "Language, sentiment and summaries of texts.",
    "video": "Films looked into: shots, people, things, text in the picture; scenes found by what is seen.",
    "subtitles": "Subtitle files: looked into, checked, fixed, converted, scored, in time, translated.",
    "versions": "Language versions of titles: what exists, what a territory needs, what is missing.",
    "jobs": "Long work: watched, canceled, tried again.",
    "operators": "The staff and their API tokens.",
    "audit": "Who changed what.",
    "storefront": "For anybody: what is open in a territory.",
    "health": "Whether the API answers.",
}

_TEXT = """
Errors are `application/problem+json` (RFC 9457) with a stable `code`, the facts and the way out in `advice`.

Answers to GET have a strong `ETag`; send it back in `If-None-Match` to get 304 while nothing changed.
PUT and PATCH need it in `If-Match`: without it 428, after somebody else's change 412.

Lists come in pages: `next` is the cursor of the next page, also in the header `Link`.

An id in a path is written with its source (`tmdb:653`); a slash inside it is written `%2F`.

`X-Request-ID` is taken over or made, given back, and kept with every change.
"""


def describer(api: FastAPI) -> Callable[[], dict[str, Any]]:
    """A function for ``api.openapi`` that builds the description once."""
    made: dict[str, Any] = {}

    def describe() -> dict[str, Any]:
        if not made:
            made.update(_describe(api))
        return made

    return describe


def _describe(api: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=api.title,
        version=api.version,
        description=inspect.cleandoc(_TEXT),
        routes=api.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        servers=[{"url": "/api/v1"}],
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = Problem.model_json_schema()
    schemas.update(_title_schemas())
    statuses = set()
    for operation in _operations(document):
        statuses |= _finish(operation)
    components["responses"] = {f"Problem{status}": _problem(status) for status in sorted(statuses)}
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "An API token: `crossreel_...`."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": SESSION_COOKIE,
            "description": f"A signed-in operator; changes also need the header `{CSRF_HEADER}`.",
        },
    }
    finished: dict[str, Any] = _with_titles(document)
    return finished


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _finish(operation: dict[str, Any]) -> set[int]:
    """Adds security and every problem that an operation can end with; returns their statuses."""
    permission = operation["x-permission"]
    summary, _, rest = operation.get("description", "").partition("\n")
    operation["summary"] = summary.rstrip(".")
    operation["description"] = f"{summary}\n{rest}".strip() + (
        f"\n\nNeeds `{permission}`." if permission != "none" else "\n\nNeeds no token."
    )
    operation["security"] = [] if permission == "none" else [{"token": []}, {"session": []}]
    statuses = {400, 422, 429, 500, *operation.pop("x-errors")}
    limit, upload = operation.pop("x-limit"), operation.pop("x-upload")
    operation.pop("x-weight")
    if permission != "none":
        statuses |= {401, 403}
    parameters = operation.get("parameters", [])
    if any(one["in"] == "path" for one in parameters):
        statuses.add(404)
    if "requestBody" in operation:
        statuses |= {413, 415}
        kind = "multipart/form-data" if upload else "application/json"
        words = f"At most {limit >> 20} MiB."
        operation["requestBody"].update(description=words, required=True)
        content = operation["requestBody"]["content"]
        assert kind in content
        if operation["operationId"] == "change_title":
            content["application/merge-patch+json"] = content[kind]
    if any(one["name"] == "If-Match" for one in parameters):
        statuses |= {412} if "delete_" in operation["operationId"] else {412, 428}
    responses = operation["responses"]
    for status, response in responses.items():
        if status == "200" and not response["content"].keys() & {"text/event-stream"}:
            response["headers"] = {"ETag": {"schema": {"type": "string"}}}
    if any(one["name"] == "If-None-Match" for one in parameters):
        responses["304"] = {"description": "It is as the client has it."}
    for status in statuses:
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    operation["responses"] = dict(sorted(responses.items()))
    return statuses


def _problem(status: int) -> dict[str, Any]:
    heading, text = heading_for(status)
    response: dict[str, Any] = {
        "description": f"{heading}. {text}",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 429:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return response


def _title_schemas() -> dict[str, Any]:
    """The schema of Crossreel JSON Lines as components: the title, a patch of one, and their parts."""
    text = files("crossreel.catalog").joinpath("title.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text.replace('"#/$defs/', '"#/components/schemas/Title.'))
    for key in ("$schema", "$id", "title"):
        schema.pop(key, None)
    found = {f"Title.{name}": part for name, part in schema.pop("$defs", {}).items()}
    patch = deepcopy(schema)
    patch.pop("required", None)
    patch["description"] = "Fields of a title to change; null removes one (RFC 7396)."
    patch["properties"] = {
        key: {"anyOf": [value, {"type": "null"}]} for key, value in schema["properties"].items()
    }
    replacement = {**schema, "required": [key for key in schema["required"] if key != "id"]}
    return {"Title": schema, "TitleReplacement": replacement, "TitlePatch": patch, **found}


def _with_titles(value: Any) -> Any:
    """The document with references in place of the marks for titles."""
    if isinstance(value, dict):
        if TITLE in value:
            return {"$ref": f"#/components/schemas/{value[TITLE]}"}
        return {key: _with_titles(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_titles(one) for one in value]
    return value
