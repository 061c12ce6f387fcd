"""What a job was asked for and what it answered, in words: names instead of keys, yes instead of True."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from crossreel.errors import BadValue
from crossreel.values.job import Job
from crossreel.values.language import Language
from crossreel.web.console.phrases import M_
from crossreel.web.console.sitting import Sitting

__all__ = ["TableOf", "job_about", "job_cost", "told_pairs", "told_tables"]

NAMES = {
    "may_leave": M_("Texts may leave"),
    "back": M_("Translated back by"),
    "notes": M_("Notes"),
    "to": M_("Into"),
    "skip_bad": M_("Bad rows left out"),
    "hear": M_("Listened to though it has subtitles"),
    "looked_for": M_("Doubts looked for by"),
    "from_memory": M_("from memory"),
    "from_cache": M_("answered before"),
    "sends_away": M_("sent away"),
    "of": M_("Kind of rows"),
    "machine": M_("Lines by the machine"),
}
_HIDDEN = frozenset({"folder", "skip_bad", "actor", "proof", "currency"})
_LANGUAGES = frozenset({"from", "to", "language"})
_MONEY = frozenset({"cost", "budget"})
_LONGEST = 1000
_MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class TableOf:
    """A list in what a job answered: its name, the columns, the first rows, how many there are."""

    name: str
    heads: list[str]
    rows: list[list[str]]
    all: int


def told_pairs(sitting: Sitting, facts: Mapping[str, Any], *, tables: bool = True) -> list[tuple[str, str]]:
    """Facts of a job as (name, value) without empty and inner ones, or without those of ``told_tables``."""
    currency = _currency(facts)
    found = []
    for key, value in facts.items():
        if key in _HIDDEN or value in (None, "", [], {}, ()):
            continue
        if _is_table(value) and not tables:
            continue
        if key in _MONEY:
            found.append((_name(sitting, key), _money(value, currency)))
        elif key in _LANGUAGES and isinstance(value, str):
            found.append((_name(sitting, key), _language(sitting, value)))
        else:
            found.append((_name(sitting, key), _said(sitting, value)))
    return found


def told_tables(sitting: Sitting, facts: Mapping[str, Any]) -> list[TableOf]:
    """The facts that are lists of things with the same keys."""
    found = []
    for key, value in facts.items():
        if key in _HIDDEN or not _is_table(value):
            continue
        keys = [one for one in dict.fromkeys(name for row in value for name in row) if one not in _HIDDEN]
        rows = [[_cell(sitting, row, one) for one in keys] for row in value[:_MOST_ROWS]]
        found.append(TableOf(_name(sitting, key), [_name(sitting, one) for one in keys], rows, len(value)))
    return found


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _cell(sitting: Sitting, row: Mapping[str, Any], key: str) -> str:
    told = told_pairs(sitting, {key: row.get(key)})
    return told[0][1] if told else "–"


def _name(sitting: Sitting, key: str) -> str:
    plain = key.replace("_", " ")
    return sitting.tell(NAMES[key]) if key in NAMES else plain[:1].upper() + plain[1:]


def _said(sitting: Sitting, value: object) -> str:
    """A value on one line; long ones are cut."""
    if isinstance(value, bool):
        return sitting.tell("yes") if value else sitting.tell("no")
    if isinstance(value, Mapping):
        pairs = told_pairs(sitting, value)
        value = ", ".join(f"{name[:1].lower() + name[1:]}: {one}" for name, one in pairs)
    elif isinstance(value, list | tuple):
        value = ", ".join(_said(sitting, one) for one in value)
    elif isinstance(value, int):
        value = sitting.phrases.book.number(value)
    elif isinstance(value, float):
        value = f"{value:.6g}"
    text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _language(sitting: Sitting, value: object) -> str:
    try:
        return sitting.phrases.book.language_name(Language.parse(str(value)))
    except BadValue:
        return str(value)


def _currency(facts: Mapping[str, Any]) -> str:
    estimate = facts.get("estimate")
    return str((estimate if isinstance(estimate, Mapping) else facts).get("currency") or "")


def _money(value: object, currency: str) -> str:
    try:
        return f"{currency} {Decimal(str(value)):.2f}".strip()
    except InvalidOperation:
        return str(value)


def job_about(sitting: Sitting, job: Job) -> list[str]:
    """What tells a job from others of its kind: languages, title, file, algorithm or countries."""
    asked = job.parameters
    about = []
    if asked.get("from") and asked.get("to"):
        about.append(f"{_language(sitting, asked['from'])} → {_language(sitting, asked['to'])}")
    for key in ("file", "title", "algorithm", "name"):
        if asked.get(key):
            about.append(str(asked[key]))
            break
    if isinstance(asked.get("territories"), list):
        about.append(", ".join(map(str, asked["territories"])))
    return about


def job_cost(sitting: Sitting, job: Job) -> tuple[str, str]:
    """What a job was expected to cost and what it did; "free" where nothing is sent to a service."""
    estimate = job.parameters.get("estimate")
    if not isinstance(estimate, Mapping):
        return "", ""
    currency = str(estimate.get("currency") or "")
    free = "" if estimate.get("sends_away") else sitting.tell("free")
    told = [
        _money(one, currency) if one is not None else ""
        for one in (estimate.get("cost"), job.result.get("cost") if job.result else None)
    ]
    return told[0] or free, told[1] or (free if job.result else "")
