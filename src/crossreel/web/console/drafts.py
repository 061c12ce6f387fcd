"""Forms of a title: what somebody wrote, kept whole while it is wrong, and turned into a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crossreel.catalog.documents import title_from_dict, title_to_dict
from crossreel.catalog.genres import genre_slugs
from crossreel.catalog.title import Title
from crossreel.errors import BadValue
from crossreel.web.console.facts import country_code, language_tag
from crossreel.web.console.fields import Fields

__all__ = ["CREDIT_FIELDS", "FACT_FIELDS", "PARTS", "TEXT_FIELDS", "Draft", "read_draft", "stored_draft"]

FACT_FIELDS = (
    *("name", "kind", "parent", "number", "year", "runtime_minutes", "original_languages", "countries"),
    *("genres", "keywords", "aliases", "releases", "external_ids"),
)
TEXT_FIELDS = ("language", "territory", "name", "tagline", "synopsis")
CREDIT_FIELDS = ("name", "role", "character")
PARTS = {"facts": FACT_FIELDS, "texts": ("texts",), "credits": ("credits",)}
"""Tab of a title's page -> the keys of its document that it changes."""

_SHORT_LISTS = ("original_languages", "countries", "genres")
_LINES = ("keywords", "aliases", "releases", "external_ids")


@dataclass
class Draft:
    """A form as it stands.

    Attributes:
        part: a key of ``PARTS``.
        values: of the facts, as text.
        rows: of texts or credits, as text; a row may have ``open`` for texts that are shown.
        document: the part of the title's document that the form makes; sound if there are no errors.
        errors: field or ``rows index.field`` -> what is wrong with it.
    """

    part: str
    values: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def applied(self, title: Title) -> dict[str, Any]:
        """The whole document of ``title`` with this part in its place."""
        kept = {key: value for key, value in title_to_dict(title).items() if key not in PARTS[self.part]}
        return kept | self.document


def stored_draft(part: str, title: Title | None) -> Draft:
    """The form before anybody wrote into it."""
    document = title_to_dict(title) if title else {}
    if part == "texts":
        rows = [{key: str(text.get(key, "")) for key in TEXT_FIELDS} for text in document.get("texts", ())]
        return Draft(part, rows=rows)
    if part == "credits":
        rows = [{key: str(one.get(key, "")) for key in CREDIT_FIELDS} for one in document.get("credits", ())]
        return Draft(part, rows=rows)
    values = {key: str(document.get(key, "")) for key in FACT_FIELDS}
    for key in _SHORT_LISTS:
        values[key] = ", ".join(document.get(key, ()))
    for key in ("keywords", "aliases"):
        values[key] = "\n".join(document.get(key, ()))
    values["releases"] = "\n".join(
        " ".join(filter(None, (one["date"], one.get("territory", ""))))
        for one in document.get("releases", ())
    )
    values["external_ids"] = "\n".join(
        f"{scheme} {value}"
        for scheme, told in document.get("external_ids", {}).items()
        for value in (told if isinstance(told, list) else [told])
    )
    return Draft(part, values=values)


def read_draft(part: str, fields: Fields) -> Draft:
    """The form as somebody sent it, every error in its place."""
    if part == "texts":
        return _texts(_rows(fields, "text", TEXT_FIELDS))
    if part == "credits":
        return _credits(_rows(fields, "credit", CREDIT_FIELDS))
    return _facts({key: fields.one(key) for key in FACT_FIELDS})


def _rows(fields: Fields, prefix: str, keys: tuple[str, ...]) -> list[dict[str, str]]:
    columns = [fields.all(f"{prefix}-{key}") for key in keys]
    return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=False)]


def _problem(error: BadValue) -> str:
    """What is wrong, without naming the field, which stands beside it."""
    expected = str(error.data.get("expected", ""))
    text = f"Must be {expected}." if expected else error.message
    return f"{text} {error.advice}".strip()


def _try(errors: dict[str, str], where: str, document: Mapping[str, Any]) -> None:
    """Checks a document that is sound but for what ``where`` says."""
    sound: dict[str, Any] = {"id": "x:x", "name": "x"}
    try:
        title_from_dict(sound | dict(document), "x")
    except BadValue as error:
        errors.setdefault(where, _problem(error))


# facts


def _facts(values: dict[str, str]) -> Draft:
    draft = Draft("facts", values=values)
    for key, text in values.items():
        value = _FACT_READERS.get(key, _line)(key, text, draft.errors)
        if value not in (None, "", [], {}):
            draft.document[key] = value
    for key, value in draft.document.items():
        if key not in {"kind", "parent"} and key not in draft.errors:
            _try(draft.errors, key, {key: value})
    hanging: dict[str, Any] = {
        key: draft.document[key] for key in ("kind", "parent") if key in draft.document
    }
    _try(draft.errors, "parent" if values.get("kind") else "kind", hanging)
    if "name" not in draft.document:
        draft.errors["name"] = "Every title has a name."
    return draft


def _line(_key: str, text: str, _errors: dict[str, str]) -> str:
    return text.strip()


def _whole(_key: str, text: str, _errors: dict[str, str]) -> int | str:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _short_list(key: str, text: str, errors: dict[str, str]) -> list[str]:
    """Codes or names with commas between them."""
    read = {"countries": country_code, "original_languages": language_tag}.get(key)
    words = [" ".join(word.split()) for word in re.split(r"[,;\n]", text) if word.strip()]
    if read is None:
        return list(genre_slugs(words))
    found = []
    for word in words:
        try:
            found.append(read(word))
        except BadValue as error:
            errors.setdefault(key, f"“{word}”: {_problem(error)}")
    return list(dict.fromkeys(found))


def _lines(_key: str, text: str, _errors: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))


def _releases(_key: str, text: str, _errors: dict[str, str]) -> list[dict[str, str]]:
    found = []
    for line in text.split("\n"):
        day, _, place = line.strip().partition(" ")
        if day:
            found.append({"date": day, **({"territory": place.strip()} if place.strip() else {})})
    return found


def _registry(key: str, text: str, errors: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.split("\n"):
        scheme, _, value = line.strip().partition(" ")
        if scheme and not value:
            errors.setdefault(key, f"“{scheme}”: write the registry and the id, such as imdb tt0013442.")
        elif scheme:
            found.setdefault(scheme.rstrip(":").casefold(), []).append(value.strip())
    return found


_FACT_READERS: dict[str, Any] = {
    **dict.fromkeys(("year", "runtime_minutes", "number"), _whole),
    **dict.fromkeys(_SHORT_LISTS, _short_list),
    **dict.fromkeys(("keywords", "aliases"), _lines),
    "releases": _releases,
    "external_ids": _registry,
}


# texts and credits


def _texts(rows: list[dict[str, str]]) -> Draft:
    """Rows without any text are left out; two of one language and territory are an error."""
    draft = Draft("texts", rows=rows)
    texts: list[dict[str, str]] = []
    slots: set[tuple[str, str]] = set()
    for number, row in enumerate(rows):
        told = {key: row[key].strip() for key in ("name", "tagline", "synopsis") if row[key].strip()}
        if not told:
            continue
        text = {**told, "language": row["language"].strip()}
        if row["territory"].strip():
            text["territory"] = row["territory"].strip().upper()
        before = len(draft.errors)
        for key in ("language", "territory", *told):
            if key in text:
                lone = {"language": "und", "name": "x", key: text[key]}
                _try(draft.errors, f"{number}.{key}", {"texts": [lone]})
        if len(draft.errors) == before:
            sound = title_from_dict({"id": "x:x", "name": "x", "texts": [text]}, "x").texts[0]
            if sound.slot in slots:
                draft.errors[f"{number}.language"] = (
                    "There is a text for this language and territory already."
                )
            slots.add(sound.slot)
        texts.append(text)
    if texts:
        draft.document["texts"] = texts
    return draft


def _credits(rows: list[dict[str, str]]) -> Draft:
    """Rows without a person are left out."""
    draft = Draft("credits", rows=rows)
    people: list[dict[str, str]] = []
    for number, row in enumerate(rows):
        told = {key: row[key].strip() for key in CREDIT_FIELDS if row[key].strip()}
        if set(told) <= {"role"}:
            continue
        for key in ("name", "role", "character"):
            lone = {"name": "x", "role": "cast", **({key: told[key]} if key in told else {})}
            _try(draft.errors, f"{number}.{key}", {"credits": [lone]})
        if "name" not in told:
            draft.errors[f"{number}.name"] = "Name the person."
        if told in people:
            draft.errors[f"{number}.name"] = "This person stands here already with the same part."
        people.append(told)
    if people:
        draft.document["credits"] = people
    return draft
