"""A title as a plain dictionary: Crossreel JSON Lines, the stored document and the API form.

One shape serves all three. ``title.schema.json`` (JSON Schema 2020-12) describes it for other
programs and ``docs/reference/crossreel-jsonl.md`` for people; a test keeps all of them in step.
Empty facts are left out, so that the same title always gives the same document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

import orjson

from crossreel.catalog.attachment import (
    Attachment,
    attachment_from_dict,
    attachment_to_dict,
    distinct_slots,
)
from crossreel.catalog.title import Credit, CreditRole, LocalizedText, MachineMade, Release, Title, TitleKind
from crossreel.errors import BadValue
from crossreel.values.ids import ExternalId, TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = [
    "MAX_NAME",
    "MAX_SYNOPSIS",
    "RUNTIME_MINUTES",
    "YEARS",
    "content_hash",
    "title_from_dict",
    "title_to_dict",
]

MAX_NAME = 1000
"""Characters of a name, tagline, keyword or person."""
MAX_SYNOPSIS = 20_000
"""Characters of a synopsis."""
MAX_ITEMS = 5000
"""Entries of one list (credits, texts, keywords ...)."""
RUNTIME_MINUTES = range(1, 6001)
YEARS = range(1870, 2201)

_NUMBERS = range(100_000)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_GENRE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SOURCED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}:.")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_TITLE_KEYS = frozenset(field.name for field in fields(Title))
_TEXT_KEYS = frozenset({"language", "territory", "name", "synopsis", "tagline", "machine"})
_WRITTEN = frozenset({"name", "synopsis", "tagline"})
_MACHINE_KEYS = frozenset({"engine", "date"})
_CREDIT_KEYS = frozenset({"name", "role", "character"})
_RELEASE_KEYS = frozenset({"date", "territory"})

T = TypeVar("T")


def title_to_dict(title: Title) -> dict[str, Any]:
    """The title's document; ids are written whole (``source:id``), empty facts are left out."""
    document: dict[str, Any] = {"id": str(title.id), "kind": title.kind.value}
    if title.parent:
        document["parent"] = str(title.parent)
    if title.number is not None:
        document["number"] = title.number
    document["name"] = title.name
    if title.runtime_minutes is not None:
        document["runtime_minutes"] = title.runtime_minutes
    if title.year is not None:
        document["year"] = title.year
    # Most titles of a large catalog have few lists; an empty one costs a look and nothing more.
    lists = _lists_of(title)
    if any(lists):
        for (key, write), values in zip(_LISTS.items(), lists, strict=True):
            if values:
                document[key] = [write(value) for value in values]
    if title.external_ids:
        document["external_ids"] = _external_to_dict(title)
    return document


def _filled(**facts: Any) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value}


def _text_to_dict(text: LocalizedText) -> dict[str, Any]:
    return _filled(
        language=text.language.tag,
        territory=text.territory and text.territory.code,
        name=text.name,
        synopsis=text.synopsis,
        tagline=text.tagline,
        machine={one.field: {"engine": one.engine, "date": one.day.isoformat()} for one in text.machine},
    )


_LISTS: dict[str, Callable[[Any], Any]] = {
    "original_languages": lambda language: language.tag,
    "countries": lambda country: country.code,
    "genres": str,
    "keywords": str,
    "releases": lambda one: _filled(date=one.day.isoformat(), territory=one.territory and one.territory.code),
    "texts": lambda text: _text_to_dict(text),
    "credits": lambda one: _filled(name=one.name, role=one.role.value, character=one.character),
    "aliases": str,
    "attachments": attachment_to_dict,
}
"""Key of a list of facts -> how one of them is written."""
_lists_of = attrgetter(*_LISTS)


def _external_to_dict(title: Title) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for external in sorted(set(title.external_ids)):
        found.setdefault(external.scheme, []).append(external.value)
    return {scheme: values[0] if len(values) == 1 else values for scheme, values in found.items()}


def content_hash(title: Title) -> str:
    """SHA-256 (hexadecimal) of the title's document; equal exactly when nothing changed."""
    return hashlib.sha256(orjson.dumps(title_to_dict(title), option=orjson.OPT_SORT_KEYS)).hexdigest()


def title_from_dict(document: Mapping[str, Any], source: str) -> Title:
    """Reads and checks one document.

    Args:
        document: what ``title_to_dict`` makes, or one parsed line of a Crossreel JSON Lines file.
        source: put before ``id`` and ``parent`` where they name no source themselves; an id of
            the form ``source:id`` is kept whole.

    Raises:
        BadValue: an unknown key, a missing one, or a value outside its range; ``data["what"]`` is
            the field's path (``texts[2].language``).
    """
    _check_keys("title", document, _TITLE_KEYS)
    kind = _member(TitleKind, "kind", document.get("kind", "film"))
    return Title(
        id=_title_id("id", document.get("id"), source),
        name=_line("name", document.get("name")),
        kind=kind,
        parent=_parent(kind, document.get("parent"), source),
        number=_whole("number", document.get("number"), _NUMBERS),
        original_languages=_unique("original_languages", document, _language),
        countries=_unique("countries", document, _country),
        genres=_unique("genres", document, _genre),
        keywords=_unique("keywords", document, _line),
        runtime_minutes=_whole("runtime_minutes", document.get("runtime_minutes"), RUNTIME_MINUTES),
        year=_whole("year", document.get("year"), YEARS),
        releases=_unique("releases", document, _release),
        texts=_texts(document),
        credits=_unique("credits", document, _credit),
        external_ids=_external_ids(document.get("external_ids", {})),
        aliases=_unique("aliases", document, _line),
        attachments=_attachments(document),
    )


def _check_keys(where: str, value: object, known: frozenset[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadValue(where, value, "an object")
    unknown = value.keys() - known
    if unknown:
        raise BadValue(f"{where} field", min(map(str, unknown)), "one of " + ", ".join(sorted(known)))
    return value


def _title_id(where: str, value: object, source: str) -> TitleId:
    if not isinstance(value, str):
        raise BadValue(where, value, "a string, such as '27205'")
    return TitleId.parse(value) if _SOURCED.match(value) else TitleId(source, value)


def _parent(kind: TitleKind, value: object, source: str) -> TitleId | None:
    hangs = kind in (TitleKind.SEASON, TitleKind.EPISODE)
    if hangs == (value is None):
        rule = "the id of what it belongs to" if hangs else f"absent, because a {kind} stands alone"
        raise BadValue("parent", value, rule)
    return _title_id("parent", value, source) if hangs else None


def _line(where: str, value: object) -> str:
    """One line of text: no line breaks, no control characters."""
    return _prose(where, value, MAX_NAME, "\n\t")


def _prose(where: str, value: object, limit: int = MAX_SYNOPSIS, forbidden: str = "") -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadValue(where, value, "a text that is not empty")
    if len(value) > limit:
        raise BadValue(where, value, f"at most {limit} characters")
    if _CONTROL.search(value) or any(character in value for character in forbidden):
        raise BadValue(where, value, "text without control characters")
    return value.strip()


def _member(enum: type[T], where: str, value: object) -> T:
    try:
        return enum(value)  # type: ignore[call-arg]
    except ValueError:
        words = ", ".join(str(member.value) for member in enum)  # type: ignore[attr-defined]
        raise BadValue(where, value, f"one of {words}") from None


def _whole(where: str, value: object, allowed: range) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
        raise BadValue(where, value, f"a whole number from {allowed.start} to {allowed.stop - 1}")
    return value


def _items(where: str, value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise BadValue(where, value, f"a list of at most {MAX_ITEMS} entries")
    return value


def _unique(key: str, document: Mapping[str, Any], read: Callable[[str, object], T]) -> tuple[T, ...]:
    """Reads ``document[key]`` entry by entry and refuses repeated ones."""
    if key not in document:
        return ()
    values = _items(key, document[key])
    read_values = tuple(read(f"{key}[{i}]", value) for i, value in enumerate(values))
    if len(set(read_values)) != len(read_values):
        raise BadValue(key, values, "a list without repeated entries")
    return read_values


def _parsed(where: str, value: object, parse: Callable[[str], T]) -> T:
    if not isinstance(value, str):
        raise BadValue(where, value, "a string")
    try:
        return parse(value)
    except BadValue as error:
        raise BadValue(where, value, error.data["expected"], advice=error.advice) from error


def _language(where: str, value: object) -> Language:
    return _parsed(where, value, Language.parse)


def _country(where: str, value: object) -> Territory:
    return _parsed(where, value, Territory.parse_origin)


def _territory(where: str, value: object) -> Territory | None:
    return None if value is None else _parsed(where, value, Territory.parse)


def _genre(where: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > 60 or not _GENRE.fullmatch(value):
        raise BadValue(where, value, "a genre slug such as drama or science-fiction")
    return value


def _release(where: str, value: object) -> Release:
    given = _check_keys(where, value, _RELEASE_KEYS)
    text = given.get("date")
    try:
        day = date.fromisoformat(text) if isinstance(text, str) and _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise BadValue(f"{where}.date", text, "a real date such as 1927-01-10, from 1870 to 2200")
    return Release(day, _territory(f"{where}.territory", given.get("territory")))


def _texts(document: Mapping[str, Any]) -> tuple[LocalizedText, ...]:
    texts = _unique("texts", document, _text)
    if len({text.slot for text in texts}) != len(texts):
        raise BadValue("texts", document["texts"], "at most one text for a language and territory")
    return texts


def _attachments(document: Mapping[str, Any]) -> tuple[Attachment, ...]:
    found = _unique("attachments", document, attachment_from_dict)
    if not distinct_slots(found):
        raise BadValue(
            "attachments", document["attachments"], "at most one for a role, language and territory"
        )
    return found


def _text(where: str, value: object) -> LocalizedText:
    given = _check_keys(where, value, _TEXT_KEYS)
    text = LocalizedText(
        language=_language(f"{where}.language", given.get("language")),
        territory=_territory(f"{where}.territory", given.get("territory")),
        name=_line(f"{where}.name", given["name"]) if "name" in given else "",
        synopsis=_prose(f"{where}.synopsis", given["synopsis"]) if "synopsis" in given else "",
        tagline=_line(f"{where}.tagline", given["tagline"]) if "tagline" in given else "",
        machine=_machine(f"{where}.machine", given.get("machine", {})),
    )
    if not (text.name or text.synopsis or text.tagline):
        raise BadValue(where, value, "a text with a name, synopsis or tagline")
    return text


def _machine(where: str, value: object) -> tuple[MachineMade, ...]:
    """``{"synopsis": {"engine": "apertium", "date": "2026-11-28"}}``."""
    found = []
    for name, told in _check_keys(where, value, _WRITTEN).items():
        given = _check_keys(f"{where}.{name}", told, _MACHINE_KEYS)
        try:
            day = date.fromisoformat(str(given.get("date", "")))
        except ValueError as error:
            raise BadValue(f"{where}.{name}.date", given.get("date"), "a date such as 2026-11-28") from error
        found.append(MachineMade(name, _line(f"{where}.{name}.engine", given.get("engine")), day))
    return tuple(sorted(found))


def _credit(where: str, value: object) -> Credit:
    given = _check_keys(where, value, _CREDIT_KEYS)
    return Credit(
        name=_line(f"{where}.name", given.get("name")),
        role=_member(CreditRole, f"{where}.role", given.get("role")),
        character=_line(f"{where}.character", given["character"]) if "character" in given else "",
    )


def _external_ids(value: object) -> tuple[ExternalId, ...]:
    if not isinstance(value, Mapping):
        raise BadValue("external_ids", value, "an object such as {'imdb': 'tt0017136'}")
    found: set[ExternalId] = set()
    for scheme, stated in value.items():
        where = f"external_ids.{scheme}"
        many = _items(where, stated) if isinstance(stated, list) else [stated]
        ids = [_parsed(where, one, partial(ExternalId.parse, scheme)) for one in many]
        if not ids or len(set(ids)) != len(ids):
            raise BadValue(where, stated, "one id, or a list of different ids")
        found.update(ids)
    return tuple(sorted(found))
