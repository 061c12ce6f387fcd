"""``docs/reference/api.md``, made from the description of the API."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from crossreel.web.api.assembly import describe_only
from crossreel.web.api.openapi import TAGS

__all__ = ["api_page"]


def api_page() -> str:
    """The reference page in Markdown: every operation with its parameters, body and answers."""
    api: FastAPI = describe_only()
    document = api.openapi()
    document = _told(document, document["components"]["schemas"])
    parts = ["# REST API\n\nAt `/api/v1`; the same as OpenAPI at `/api/v1/openapi.json`.\n\n"]
    parts.append(document["info"]["description"] + "\n")
    for tag, text in TAGS.items():
        parts.append(f"\n## {tag}\n\n{text}\n")
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if tag in operation["tags"]:
                    parts.append(_operation(document, method, path, operation))
    return "".join(parts)


def _told(value: Any, schemas: dict[str, Any]) -> Any:
    """The same with the values of enumerations in place of their names."""
    if isinstance(value, dict):
        named = schemas.get(str(value.get("$ref", "")).rpartition("/")[2], {})
        if "enum" in named:
            return {**{key: told for key, told in value.items() if key != "$ref"}, "enum": named["enum"]}
        return {key: _told(one, schemas) for key, one in value.items()}
    return [_told(one, schemas) for one in value] if isinstance(value, list) else value


def _operation(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    lines = [f"\n### `{method.upper()} {path}`\n\n{operation['description']}\n"]
    parameters = [_parameter(one) for one in operation.get("parameters", [])]
    if parameters:
        lines.append("\n| parameter | in | type | |\n|---|---|---|---|\n" + "".join(parameters))
    if body := operation.get("requestBody"):
        kinds, (content, *_) = body["content"], body["content"].values()
        named = " or ".join(f"`{kind}`" for kind in kinds)
        lines.append(f"\nBody: {named}, {_schema(document, content['schema'])}. {body['description']}\n")
        lines.append(_fields(document, content["schema"]))
    lines.append("\nAnswers: " + _answers(document, operation["responses"]) + "\n")
    return "".join(lines)


def _parameter(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    needed = "required" if parameter.get("required") else ""
    default = schema.get("default")
    shown = f"default `{default}`" if default not in (None, "") else ""
    words = " ".join(part for part in (parameter.get("description", ""), needed, shown) if part)
    return f"| `{parameter['name']}` | {parameter['in']} | {_type(schema)} | {_cell(words)} |\n"


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " ".join(f"`{one}`" for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def _schema(document: dict[str, Any], schema: dict[str, Any]) -> str:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    described = document["components"]["schemas"].get(name, {}).get("description", "")
    first = described.splitlines()[0].rstrip(".") if described else ""
    return f"`{name}`" + (f" ({first})" if first and len(first) < 120 else "")


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> str:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name in ("Title", "TitleReplacement", "TitlePatch"):
        return "\nThe fields are those of [Crossreel JSON Lines](crossreel-jsonl.md).\n"
    form = document["components"]["schemas"].get(name, {})
    rows = []
    for key, field in form.get("properties", {}).items():
        needed = "required" if key in form.get("required", ()) else ""
        words = " ".join(part for part in (field.get("description", ""), needed) if part)
        rows.append(f"| `{key}` | {_type(field)} | {_cell(words)} |\n")
    return "\n| field | type | |\n|---|---|---|\n" + "".join(rows) if rows else ""


def _answers(document: dict[str, Any], responses: dict[str, Any]) -> str:
    told = []
    problems = []
    for status, response in responses.items():
        if "$ref" in response:
            problems.append(status)
            continue
        kinds = [
            _schema(document, content["schema"]) if "$ref" in content["schema"] else f"`{kind}`"
            for kind, content in response.get("content", {}).items()
        ]
        told.append(f"{status} {' or '.join(kinds)}".strip())
    return "; ".join(told) + f"; problems {', '.join(problems)}."


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
