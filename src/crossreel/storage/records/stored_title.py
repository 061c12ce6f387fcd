"""Titles to and from their stored documents.

Writing is ``catalog.documents.title_to_dict``. Reading here trusts what that wrote and checks
nothing, which is several times as fast as ``title_from_dict``; a property test holds the two
readers to the same answer.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson

from crossreel.catalog.attachment import Attachment, AttachmentRole
from crossreel.catalog.documents import title_to_dict
from crossreel.catalog.title import Credit, CreditRole, LocalizedText, MachineMade, Release, Title, TitleKind
from crossreel.values.ids import ExternalId, TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["read_title", "write_title"]

_KINDS = {kind.value: kind for kind in TitleKind}
_FILES = {role.value: role for role in AttachmentRole}
_ROLES = {role.value: role for role in CreditRole}


def write_title(title: Title) -> str:
    """The title's document as JSON text."""
    return orjson.dumps(title_to_dict(title)).decode()


def read_title(text: str) -> Title:
    """The title of a document that ``write_title`` made."""
    document: dict[str, Any] = orjson.loads(text)
    get = document.get
    parent = get("parent")
    return Title(
        id=TitleId.parse(document["id"]),
        name=document["name"],
        kind=_KINDS[document["kind"]],
        parent=TitleId.parse(parent) if parent else None,
        number=get("number"),
        original_languages=tuple(map(Language, get("original_languages", ()))),
        countries=tuple(map(Territory, get("countries", ()))),
        genres=tuple(get("genres", ())),
        keywords=tuple(get("keywords", ())),
        runtime_minutes=get("runtime_minutes"),
        year=get("year"),
        releases=tuple(
            Release(date.fromisoformat(release["date"]), _territory(release))
            for release in get("releases", ())
        ),
        texts=tuple(map(_text, get("texts", ()))),
        credits=tuple(
            Credit(credit["name"], _ROLES[credit["role"]], credit.get("character", ""))
            for credit in get("credits", ())
        ),
        external_ids=_external_ids(get("external_ids", {})),
        aliases=tuple(get("aliases", ())),
        attachments=tuple(map(_attachment, get("attachments", ()))),
    )


def _territory(fields: dict[str, Any]) -> Territory | None:
    code = fields.get("territory")
    return Territory(code) if code else None


def _text(fields: dict[str, Any]) -> LocalizedText:
    return LocalizedText(
        Language(fields["language"]),
        _territory(fields),
        fields.get("name", ""),
        fields.get("synopsis", ""),
        fields.get("tagline", ""),
        tuple(
            sorted(
                MachineMade(name, told["engine"], date.fromisoformat(told["date"]))
                for name, told in fields.get("machine", {}).items()
            )
        ),
    )


def _attachment(fields: dict[str, Any]) -> Attachment:
    return Attachment(
        _FILES[fields["role"]],
        fields["digest"],
        fields["media_type"],
        fields["bytes"],
        Language(fields["language"]),
        _territory(fields),
        fields.get("width"),
        fields.get("height"),
        fields.get("seconds"),
        tuple(fields.get("shows", ())),
    )


def _external_ids(document: dict[str, Any]) -> tuple[ExternalId, ...]:
    found = [
        ExternalId(scheme, value)
        for scheme, values in document.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return tuple(sorted(found))
