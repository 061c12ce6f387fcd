"""The form of an experiment: from fields to its document, with every error in its place."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from crossreel.errors import BadValue
from crossreel.recommend.experiments import Experiment
from crossreel.web.console.fields import Fields
from crossreel.web.console.form_numbers import number_in, percent_in

__all__ = ["EXAMPLE", "experiment_document", "experiment_errors", "experiment_values"]

EXAMPLE: dict[str, Any] = {
    "id": "",
    "variants": [
        {"name": "usual", "algorithm": "", "weight": "1", "rules": "yes"},
        {"name": "new", "algorithm": "", "weight": "1", "rules": "yes"},
    ],
    "outcome": "watched",
    "guardrails": ["progress"],
    "share": "50",
    "alpha": "5",
    "note": "",
}
"""What an empty form shows."""
_VARIANT = ("name", "algorithm", "weight", "rules")
_SOUND = {"id": "x", "variants": [{"name": "a"}, {"name": "b"}]}


def experiment_values(fields: Fields) -> dict[str, Any]:
    """What was typed, as the form shows it again."""
    columns = [fields.all(f"variant-{name}") for name in _VARIANT]
    variants = [
        dict(zip(_VARIANT, (text.strip() for text in row), strict=True))
        for row in zip_longest(*columns, fillvalue="")
    ]
    plain = {name: fields.one(name).strip() for name in ("id", "outcome", "share", "alpha", "note")}
    return {**plain, "variants": variants, "guardrails": fields.all("guardrails")}


def experiment_document(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same as ``Experiment.read`` takes it; rows without any name and model are left out."""
    return {
        "id": values["id"],
        "variants": [
            {
                "name": one["name"],
                "algorithm": one["algorithm"],
                "weight": number_in(one["weight"]),
                "rules": one["rules"] != "no",
            }
            for one in values["variants"]
            if one["name"] or one["algorithm"]
        ],
        "outcome": values["outcome"],
        "guardrails": list(values["guardrails"]),
        "share": percent_in(values["share"]),
        "alpha": percent_in(values["alpha"]),
        "note": " ".join(values["note"].split()),
    }


_PERCENT = {"share": "a percentage from 0.1 to 100", "alpha": "a percentage from 0.01 to 50"}


def experiment_errors(document: Mapping[str, Any]) -> dict[str, str]:
    """Field of the form -> what is wrong with it."""
    errors = {}
    for name, value in document.items():
        try:
            Experiment.read({**_SOUND, name: value})
        except BadValue as error:
            expected = _PERCENT.get(name) or str(error.data.get("expected", "")) or error.message
            what = f"The {error.data.get('what', 'field')}" if name == "variants" else "It"
            errors[name] = f"{what} has to be {expected}."
    return errors
