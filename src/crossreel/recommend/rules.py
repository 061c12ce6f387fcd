"""The staff's rules for what is shown: pin, boost, exclude, quota, leaving soon, variety, exploration.

Rules work after the rights: they choose among what is open and can open nothing. Each is one JSON
document, ``{"id", "kind", ...}``; which fields a kind has is said in ``FIELDS``.

A quota of European works follows Directive 2010/13/EU as amended by (EU) 2018/1808, article 13(1):
on-demand catalogs hold at least 30 % of European works and give them prominence. What "European"
means is article 1(1)(n) of it: works of the member states, and of European third states that are
parties to the European Convention on Transfrontier Television (ETS 132). The members of the union are
those of CLDR's territory containment (the group EU; a test compares them). The parties to the
convention were written down from general knowledge in 2026-11 and were not compared with the Council
of Europe's chart of signatures, which says what holds. Countries of production alone count:
co-productions and the test of article 1(3) (authors and workers residing there) are the staff's to
judge, by rules that name titles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from crossreel.errors import BadValue
from crossreel.recommend.rule_fields import (
    read_countries,
    read_number,
    read_row,
    read_strings,
    read_text,
    read_title,
    read_year,
)
from crossreel.values.ids import TitleId
from crossreel.values.territory import WORLD, Territory, expand
from crossreel.values.window import Boundary

__all__ = ["EUROPEAN", "FIELDS", "KINDS", "LOCAL", "Rule", "Selection"]

LOCAL = "LOCAL"
"""In a selection's countries: works produced in the territory that is asked about."""
EUROPEAN_WORKS = "EUROPEAN"
"""In a selection's countries: ``EUROPEAN``."""

_UNION = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
_CONVENTION = "AL BA CH GB LI MC MD ME MK NO RS SM TR UA VA"
_AREA = "IS"
"""Iceland, Liechtenstein and Norway apply the directive by the EEA Agreement."""
EUROPEAN = frozenset(Territory(code) for code in f"{_UNION} {_CONVENTION} {_AREA}".split())

FIELDS: dict[str, tuple[str, ...]] = {
    "pin": ("titles", "row", "position"),
    "boost": ("select", "factor"),
    "exclude": ("select",),
    "quota": ("select", "share"),
    "leaving": ("days",),
    "variety": ("mmr", "calibration"),
    "explore": ("share", "cap"),
}
"""Kind -> the fields it has beside id, kind, territories, start, end and note."""
KINDS = tuple(FIELDS)
_ANY_TIME = Boundary()
_SHARED = ("id", "kind", "territories", "start", "end", "note")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Selection:
    """Titles that have all that is asked for; an empty field asks for nothing.

    Attributes:
        titles: any of these.
        genres: any of these slugs.
        countries: produced in any of these (codes, groups, ``LOCAL``, ``EUROPEAN``).
        languages: originally in any of these primary subtags.
        since, until: first shown in these years, both included.
    """

    titles: tuple[TitleId, ...] = ()
    genres: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None

    @classmethod
    def read(cls, value: Any) -> Self:
        """Reads the JSON form. Raises ``BadValue``."""
        names = [field.name for field in fields(cls)]
        if not isinstance(value, Mapping) or not value or set(value) - set(names):
            raise BadValue("selection", value, "an object with one or more of " + ", ".join(names))
        found = cls(
            titles=tuple(read_title(one) for one in read_strings("titles", value.get("titles"))),
            genres=read_strings("genres", value.get("genres")),
            countries=read_countries(value.get("countries"), (LOCAL, EUROPEAN_WORKS)),
            languages=read_strings("languages", value.get("languages")),
            since=read_year("since", value.get("since")),
            until=read_year("until", value.get("until")),
        )
        if found == cls():
            raise BadValue("selection", value, "something to select by", advice="Name titles or facts.")
        return found

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, empty fields left out."""
        document = asdict(self) | {"titles": [str(id_) for id_ in self.titles]}
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in document.items()
            if value
        }

    def origins(self, territory: Territory) -> frozenset[Territory]:
        """The countries asked for, as seen from ``territory``."""
        found: set[Territory] = set()
        for name in self.countries:
            if name == LOCAL:
                found.add(territory)
            elif name == EUROPEAN_WORKS:
                found |= EUROPEAN
            else:
                found |= expand([name])
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Fields that its kind does not have keep their defaults.

    Attributes:
        territories: where it is in force; codes and groups.
        start, end: when, as in a license; local dates, the end included.
        titles, row, position: pin: put at the place (from 1) of the row of that code.
        select: boost, exclude, quota: which titles.
        factor: boost: what scores are multiplied by, 0.01 to 100.
        share: quota: least share of the page, 0 to 1; explore: most places of a list, 0 to 0.5.
        days: leaving: how soon "soon" is, 1 to 365.
        mmr: variety: weight of relevance against likeness to what is listed already, 0 to 1.
        calibration: variety: weight of matching the viewer's mix of genres, 0 to 1.
        cap: explore: showings after which a new title is explored no more.
        note: why; for the staff.
    """

    id: str
    kind: str
    territories: tuple[str, ...] = (WORLD,)
    start: Boundary = _ANY_TIME
    end: Boundary = _ANY_TIME
    titles: tuple[TitleId, ...] = ()
    row: str = "for-you"
    position: int = 1
    select: Selection | None = None
    factor: float = 1.0
    share: float = 0.0
    days: int = 14
    mmr: float = 0.8
    calibration: float = 0.1
    cap: int = 1000
    note: str = ""

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Reads the JSON form.

        Raises:
            BadValue: an unknown kind or field, a missing one, or a value out of range.
        """
        kind = document.get("kind")
        if kind not in FIELDS:
            raise BadValue("kind of rule", kind, "one of " + ", ".join(KINDS))
        id_ = document.get("id")
        if not isinstance(id_, str) or not _ID.fullmatch(id_):
            raise BadValue("id of rule", id_, "1 to 64 of a-z, 0-9, dot, dash and underscore")
        if unknown := sorted(set(document) - {*_SHARED, *FIELDS[kind]}):
            raise BadValue(f"field of a {kind} rule", unknown[0], "one of " + ", ".join(FIELDS[kind]))
        values: dict[str, Any] = {
            "territories": read_strings("territories", document.get("territories")) or (WORLD,),
            "start": Boundary.parse(read_text("start", document.get("start"))),
            "end": Boundary.parse(read_text("end", document.get("end"))),
            "note": read_text("note", document.get("note")),
        }
        expand(values["territories"])
        for field in FIELDS[kind]:
            values[field] = _FIELD[field](kind, document.get(field))
        return cls(id=id_, kind=kind, **values)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: what is shared, and the fields of its kind."""
        document: dict[str, Any] = {"id": self.id, "kind": self.kind, "territories": list(self.territories)}
        document |= {"start": str(self.start), "end": str(self.end), "note": self.note}
        for field in FIELDS[self.kind]:
            value = getattr(self, field)
            if field == "titles":
                value = [str(id_) for id_ in value]
            document[field] = value.to_dict() if isinstance(value, Selection) else value
        return document


def _titles(kind: str, value: Any) -> tuple[TitleId, ...]:
    found = tuple(read_title(one) for one in read_strings("titles", value))
    if not found:
        raise BadValue(f"titles of a {kind} rule", value, "one title or more")
    return found


_FIELD: dict[str, Callable[[str, Any], Any]] = {
    "titles": _titles,
    "row": lambda kind, value: read_row(value),
    "position": lambda kind, value: int(read_number("position", value, 1, 100, 1, whole=True)),
    "select": lambda kind, value: Selection.read(value),
    "factor": lambda kind, value: read_number("factor", value, 0.01, 100, None),
    "share": lambda kind, value: read_number("share", value, 0, 0.5 if kind == "explore" else 1, None),
    "days": lambda kind, value: int(read_number("days", value, 1, 365, None, whole=True)),
    "mmr": lambda kind, value: read_number("mmr", value, 0, 1, 0.8),
    "calibration": lambda kind, value: read_number("calibration", value, 0, 1, 0.1),
    "cap": lambda kind, value: int(read_number("cap", value, 0, 1_000_000_000, 1000, whole=True)),
}
