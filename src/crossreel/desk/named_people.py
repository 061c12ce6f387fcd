"""Names that operators give to the people of an analysis: off by default, with consent, erasable.

Telling people apart by their faces and naming them is processing of biometric data (GDPR, Regulation (EU)
2016/679, Article 9 and recital 51; Illinois BIPA, 740 ILCS 14/15; the Act and the recital read on
2026-11-28). So nobody is named by itself, names need the setting ``video.name_people`` and a note of the
consent they rest on, they hold for one film, as no vectors of faces outlive an analysis, and erasing
removes name and note for good. The audit trail keeps that a person was named or erased and by whom, never
the name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.attachment import main_film
from crossreel.desk.trail import record
from crossreel.errors import BadValue, Conflict, UnknownId
from crossreel.insight.video.kept import kept_analysis
from crossreel.values.ids import TitleId

__all__ = ["Consent", "erase_film_people", "erase_person", "name_person", "names_by_film", "people_in"]

_KIND = "named-person"
_LONGEST_NAME, _LONGEST_NOTE = 120, 500


@dataclass(frozen=True, slots=True)
class Consent:
    """What a name rests on.

    Attributes:
        who: the person who agreed, or who agreed for them.
        when: the day of it, not in the future.
        basis: the law or contract, such as "performer's agreement, clause 12; GDPR Art. 9(2)(a)".
    """

    who: str
    when: date
    basis: str

    @classmethod
    def read(cls, who: str, when: str, basis: str) -> Self:
        """A consent whose day is written as 2026-11-28. Raises ``BadValue``."""
        try:
            return cls(who, date.fromisoformat(when), basis)
        except ValueError as error:
            raise BadValue("day of the consent", when, "a day such as 2026-11-28") from error


def people_in(app: App, actor: Actor, id_: TitleId) -> list[dict[str, Any]]:
    """The people of a title's film with their names and consent notes: everything that is kept of them.

    Returns:
        ``person``, ``screen_time``, ``first``, ``tracks``, ``name`` and ``consent`` (None without a name, or
        while naming is switched off); then names given to an earlier analysis, ``is_stale``, whose numbers
        may mean somebody else by now.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such title, or its film was not looked into yet.
        Conflict: it has no film.
    """
    actor.require(Permission.EDIT)
    digest, document = _analysis(app, id_)
    named = _names_of(app, digest)
    stamp, shown = _stamp(document), app.settings.video.name_people
    told = []
    for one in document["people"]:
        found = named.pop(one["person"], None)
        is_stale = found is not None and found["analysis"] != stamp
        if found is not None and is_stale:
            named[one["person"]] = found
        known = found if shown and not is_stale else None
        told.append({**one, "tracks": len(one["tracks"]), **_shown(known), "is_stale": False})
    for number, found in sorted(named.items()) if shown else ():
        empty = {"person": number, "screen_time": 0.0, "first": None, "tracks": 0}
        told.append({**empty, **_shown(found), "is_stale": True})
    return told


def name_person(
    app: App, actor: Actor, id_: TitleId, person: int, name: str, consent: Consent, *, request_id: str = ""
) -> None:
    """Gives a person of a title's film a name, or another one.

    Raises:
        NotAllowed: the actor may not administer.
        Conflict: naming is switched off; or see ``people_in``.
        UnknownId: there is no such person; or see ``people_in``.
        BadValue: the name or a part of the consent is empty or too long, or its day is in the future.
    """
    actor.require(Permission.ADMINISTER)
    if not app.settings.video.name_people:
        raise Conflict(
            "Naming people is switched off.",
            advice="Biometric law applies: read it first, then set name_people = true under [video].",
        )
    digest, document = _analysis(app, id_)
    if person not in {one["person"] for one in document["people"]}:
        raise UnknownId("person", str(person))
    if consent.when > app.clock().date():
        raise BadValue("day of the consent", consent.when.isoformat(), "today or earlier")
    kept = {
        "film": digest,
        "person": person,
        "name": _line("name", name, _LONGEST_NAME),
        "consent": {
            "who": _line("who agreed", consent.who, _LONGEST_NAME),
            "when": consent.when.isoformat(),
            "basis": _line("basis of the consent", consent.basis, _LONGEST_NOTE),
        },
        "by": actor.operator,
        "time": app.clock().isoformat(),
        "analysis": _stamp(document),
    }
    with app.atomic():
        app.documents.put(_KIND, f"{digest}:{person}", kept)
        record(app, actor, "person.name", f"{id_}#{person}", request_id=request_id)


def erase_person(app: App, actor: Actor, id_: TitleId, person: int, *, request_id: str = "") -> None:
    """Removes a person's name and consent note for good, whether or not naming is switched on.

    Raises:
        NotAllowed: the actor may not administer.
        UnknownId: no such title, or the person has no name.
        Conflict: the title has no film.
    """
    actor.require(Permission.ADMINISTER)
    digest = _film(app, id_)
    with app.atomic():
        if not app.documents.remove(_KIND, f"{digest}:{person}"):
            raise UnknownId("named person", str(person))
        record(app, actor, "person.erase", f"{id_}#{person}", request_id=request_id)


def erase_film_people(app: App, actor: Actor, digest: str, *, request_id: str = "") -> int:
    """Removes all names of a film that goes (in the caller's transaction); returns how many."""
    named = _names_of(app, digest)
    for number in named:
        app.documents.remove(_KIND, f"{digest}:{number}")
        record(app, actor, "person.erase", f"{digest}#{number}", request_id=request_id)
    return len(named)


def names_by_film(app: App) -> dict[str, dict[int, str]]:
    """Names by film and person, for finding scenes; none while naming is switched off."""
    found: dict[str, dict[int, str]] = {}
    if app.settings.video.name_people:
        for one in app.documents.all(_KIND).values():
            document = kept_analysis(app.home, one["film"])
            if document is not None and _stamp(document) == one["analysis"]:
                found.setdefault(one["film"], {})[one["person"]] = one["name"]
    return found


def _film(app: App, id_: TitleId) -> str:
    title = app.catalog.get([id_]).get(id_)
    if title is None:
        raise UnknownId("title", str(id_))
    film = main_film(title.attachments)
    if film is None:
        raise Conflict(f"The title {id_} has no film.", advice="Attach one to the title first.")
    return film.digest


def _analysis(app: App, id_: TitleId) -> tuple[str, dict[str, Any]]:
    digest = _film(app, id_)
    document = kept_analysis(app.home, digest)
    if document is None:
        raise UnknownId("analysis", str(id_))
    return digest, document


def _names_of(app: App, digest: str) -> dict[int, dict[str, Any]]:
    return {one["person"]: one for one in app.documents.all(_KIND).values() if one["film"] == digest}


def _stamp(document: Mapping[str, Any]) -> str:
    """Tells one grouping of faces from another: numbers mean other people once it is made anew."""
    grouped = [(one["person"], one["screen_time"], one["first"]) for one in document["people"]]
    return hashlib.sha256(json.dumps(grouped).encode()).hexdigest()[:16]


def _shown(found: Mapping[str, Any] | None) -> dict[str, Any]:
    if found is None:
        return {"name": None, "consent": None}
    return {"name": found["name"], "consent": {**found["consent"], "by": found["by"], "time": found["time"]}}


def _line(what: str, text: str, longest: int) -> str:
    line = " ".join(text.split())
    if not 0 < len(line) <= longest:
        raise BadValue(what, text[:60], f"1 to {longest} characters")
    return line
