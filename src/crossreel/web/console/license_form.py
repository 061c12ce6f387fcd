"""The form of a license: from fields to the document of ``rights.feed``, with every error in its place."""

from __future__ import annotations

import re
from typing import Any

from crossreel.errors import BadValue
from crossreel.rights.feed import license_from_dict, license_to_dict
from crossreel.rights.license import License, Mode
from crossreel.web.console.fields import Fields

__all__ = ["FIELDS", "license_document", "license_errors", "license_values"]

FIELDS = ("territories", "excluded", "modes", "languages", "start", "end", "reason")


def license_document(fields: Fields, id_: str, title: str) -> dict[str, Any]:
    """What the form says; lists are written with commas or spaces."""
    return {
        "id": id_,
        "title": title,
        "territories": _words(fields.one("territories")),
        "excluded": _words(fields.one("excluded")),
        "modes": [mode for mode in fields.all("modes") if mode],
        "languages": _words(fields.one("languages")),
        "start": fields.one("start").strip() or None,
        "end": fields.one("end").strip() or None,
        "reason": " ".join(fields.one("reason").split()),
    }


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,;\s]+", text.strip()) if word]


def license_values(license_: License | None) -> dict[str, Any]:
    """What the form shows first."""
    if license_ is None:
        return {**dict.fromkeys(FIELDS, ""), "modes": [Mode.SVOD.value]}
    document = license_to_dict(license_)
    return {
        key: ", ".join(document[key]) if isinstance(document[key], list) and key != "modes" else document[key]
        for key in FIELDS
    } | {"start": document["start"] or "", "end": document["end"] or ""}


def license_errors(document: dict[str, Any]) -> dict[str, str]:
    """Field -> what is wrong with it; "" for what concerns the license as a whole."""
    sound: dict[str, Any] = {"id": "x", "title": "x:x", "territories": ["WORLD"], "modes": ["SVOD"]}
    errors = {}
    for key in FIELDS:
        try:
            license_from_dict({**sound, key: document[key]})
        except BadValue as error:
            errors[key] = _reason(error)
    if not errors:
        try:
            license_from_dict(document)
        except BadValue as error:
            text = _reason(error)
            key = "end" if "start before its end" in text else "excluded" if "exclusions" in text else ""
            errors[key] = text
    return errors


def _reason(error: BadValue) -> str:
    """The problem inside the parentheses of ``rights.feed``'s message, without the field's name."""
    found = re.search(r"\((.*)\)", str(error.data.get("expected", "")), re.S)
    text = found[1] if found else error.message
    first, _, rest = text.partition(" ")
    text = rest if first in FIELDS else text
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
