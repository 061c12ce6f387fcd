"""The form of a rule: from fields to its document, with every error in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crossreel.errors import BadValue
from crossreel.recommend.rules import FIELDS, Rule, Selection
from crossreel.web.console.fields import Fields
from crossreel.web.console.form_numbers import number_in, percent_in

__all__ = ["EXAMPLES", "SELECTION", "rule_document", "rule_errors", "rule_sentence", "rule_values"]

SHARED = ("id", "territories", "start", "end", "note")
SELECTION = ("titles", "genres", "countries", "languages", "since", "until")
_LISTS = ("titles", "genres", "countries", "languages")
_NUMBERS = ("position", "factor", "days", "mmr", "calibration", "cap")
_MOST_TITLES = 100
EXAMPLES: dict[str, dict[str, Any]] = {
    "pin": {"row": "for-you", "position": 1},
    "boost": {"factor": 1.5},
    "exclude": {},
    "quota": {"territories": ["EU"], "select": {"countries": ["EUROPEAN"]}, "share": 0.3},
    "leaving": {"days": 7},
    "variety": {"mmr": 0.8, "calibration": 0.1},
    "explore": {"share": 0.1, "cap": 1000},
}
"""What the form of a kind shows first."""
_SOUND: dict[str, dict[str, Any]] = {
    "pin": {"titles": ["a:b"]},
    "boost": {"select": {"genres": ["x"]}, "factor": 1.0},
    "exclude": {"select": {"genres": ["x"]}},
    "quota": {"select": {"genres": ["x"]}, "share": 0.5},
    "leaving": {"days": 7},
    "variety": {},
    "explore": {"share": 0.1},
}


def rule_document(fields: Fields) -> dict[str, Any]:
    """What the form says, as ``Rule.read`` takes it; what is no number stays as it was written."""
    kind = fields.one("kind")
    document: dict[str, Any] = {
        "id": fields.one("id").strip(),
        "kind": kind,
        "territories": _words(fields.one("territories").upper()),
        "start": fields.one("start").strip(),
        "end": fields.one("end").strip(),
        "note": " ".join(fields.one("note").split()),
    }
    for field in FIELDS.get(kind, ()):
        if field == "titles":
            document["titles"] = [text for one in fields.all("titles") if (text := one.strip())]
        elif field == "select":
            document["select"] = _selection(fields)
        elif field == "row":
            document["row"] = fields.one("row") or None
        elif field == "share":
            document["share"] = percent_in(fields.one("share"))
        else:
            document[field] = number_in(fields.one(field))
    return document


def _selection(fields: Fields) -> dict[str, Any]:
    lists = {name: _words(fields.one(f"select-{name}")) for name in _LISTS}
    years = {name: number_in(fields.one(f"select-{name}")) for name in ("since", "until")}
    return {name: value for name, value in {**lists, **years}.items() if value not in ([], None)}


def rule_values(document: Mapping[str, Any]) -> dict[str, Any]:
    """A rule's document as texts of the form; ``titles`` is a list, one for each row."""
    values: dict[str, Any] = dict.fromkeys((*SHARED, *_NUMBERS, "share", "row"), "")
    values |= {f"select-{name}": "" for name in SELECTION}
    for name in ("id", "start", "end", "note", "row", *_NUMBERS):
        if document.get(name) is not None:
            values[name] = _text(document[name])
    values["territories"] = ", ".join(document.get("territories") or ["WORLD"])
    if isinstance(share := document.get("share"), int | float):
        values["share"] = _text(round(share * 100, 6))
    elif share is not None:
        values["share"] = str(share)
    for name, value in (document.get("select") or {}).items():
        values[f"select-{name}"] = ", ".join(value) if isinstance(value, list | tuple) else _text(value)
    values["titles"] = list(document.get("titles") or [""])[:_MOST_TITLES]
    return values


def rule_errors(document: Mapping[str, Any]) -> dict[str, str]:
    """Field of the form -> what is wrong with it."""
    kind = str(document.get("kind"))
    if kind not in FIELDS:
        return {"kind": "Choose what the rule does."}
    errors: dict[str, str] = {}
    for name, value in document.items():
        if name == "select":
            errors |= _selection_errors(value)
            continue
        try:
            Rule.read({"id": "x", "kind": kind, **_SOUND[kind], name: value})
        except BadValue as error:
            errors[name] = _reason(error, percent=name == "share")
    return errors


def _selection_errors(selection: Mapping[str, Any]) -> dict[str, str]:
    errors = {}
    for name, value in selection.items():
        try:
            Selection.read({name: value})
        except BadValue as error:
            errors[f"select-{name}"] = _reason(error)
    if not selection:
        errors["select-genres"] = "Fill in one field at least; else nothing says which titles are meant."
    return errors


def _reason(error: BadValue, *, percent: bool = False) -> str:
    expected = str(error.data.get("expected", "")) or error.message
    if percent:
        top = "50" if "0.5" in expected else "100"
        expected = f"a percentage from 0 to {top}"
    return f"It has to be {expected}."


def rule_sentence(rule: Rule) -> str:
    """What a rule says, in one line for the staff."""
    chosen = _chosen(rule.select) if rule.select else ""
    match rule.kind:
        case "pin":
            return f"place {rule.position} of {rule.row}: {', '.join(map(str, rule.titles))}"
        case "boost":
            return f"× {rule.factor:g} for {chosen}"
        case "exclude":
            return chosen
        case "quota":
            return f"at least {rule.share:.0%} of the page: {chosen}"
        case "leaving":
            return f"{rule.days} days ahead"
        case "variety":
            return f"relevance {rule.mmr:g} against likeness, taste {rule.calibration:g}"
        case _:
            return f"at most {rule.share:.0%} of a list, {rule.cap:,} showings each"


def _chosen(select: Selection) -> str:
    told = [f"{name} {', '.join(map(str, values))}" for name in _LISTS if (values := getattr(select, name))]
    told += [f"{name} {year}" for name in ("since", "until") if (year := getattr(select, name))]
    return "; ".join(told)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,;\s]+", text.strip()) if word]


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
