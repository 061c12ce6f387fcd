"""Licenses in conflict: what is likely not meant, why, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from crossreel.catalog.title import Title
from crossreel.errors import BadInput
from crossreel.rights.conflict import ConflictKind, LicenseConflict
from crossreel.values.ids import TitleId
from crossreel.values.language import UNDETERMINED
from crossreel.values.territory import Territory, all_territories
from crossreel.web.cards import words
from crossreel.web.console.addresses import shown
from crossreel.web.console.facts import country_code
from crossreel.web.console.nouns import Command
from crossreel.web.console.pages.title import find_title
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "KIND_WORDS", "ROUTES"]

PAGE_FINDINGS = 50
_SHOWN_PLACES = 12
KIND_WORDS = {
    ConflictKind.NEVER_OPENS: M_("Never opens"),
    ConflictKind.LANGUAGES: M_("Language limit undone"),
    ConflictKind.DUPLICATE: M_("Says the same"),
    ConflictKind.NO_EFFECT: M_("Without effect"),
    ConflictKind.OVERLAP: M_("Overlap"),
    ConflictKind.GAP: M_("Short gap"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as the list shows it: ``places`` are the first territories, ``more`` how many follow."""

    finding: LicenseConflict
    title: Title | None
    places: tuple[Territory, ...]
    more: int


def conflicts(sitting: Sitting) -> Response:
    """``GET /rights/conflicts``: all of them, or those of a title or a territory, from now on or ever."""
    asked = {name: sitting.query(name) for name in ("title", "territory", "kind")}
    ever = sitting.query("time") == "ever"
    title, territory, problem = None, None, ""
    found: tuple[LicenseConflict, ...] = ()
    try:
        title = find_title(sitting, asked["title"]).id if asked["title"] else None
        territory = Territory.parse(country_code(asked["territory"])) if asked["territory"] else None
        found = sitting.app.rights.conflicts(title, territory)
    except BadInput as error:
        problem = f"{error.message} {error.advice}".strip()
    if not ever:
        found = tuple(one for one in found if not one.is_over(sitting.now))
    counts = {kind: sum(one.kind is kind for one in found) for kind in ConflictKind}
    if asked["kind"] in counts:
        found = tuple(one for one in found if one.kind == asked["kind"])
    pages = max(1, -(-len(found) // PAGE_FINDINGS))
    text = sitting.query("page", "1")
    page = min(max(int(text) if text.isdecimal() and len(text) < 7 else 1, 1), pages)
    rows = _rows(sitting, found[(page - 1) * PAGE_FINDINGS : page * PAGE_FINDINGS])
    return sitting.page(
        "conflicts.html",
        noun="rights",
        title=sitting.tell("Licenses in conflict"),
        crumbs=[Crumb(sitting.tell("Licenses in conflict"))],
        names=[words(row.title.name, UNDETERMINED) for row in rows if row.title],
        status=422 if problem else 200,
        asked=asked,
        ever=ever,
        problem=problem,
        territories=all_territories(),
        kind_words=KIND_WORDS,
        counts=counts,
        rows=rows,
        found=len(found),
        page=page,
        pages=pages,
    )


def _rows(sitting: Sitting, found: tuple[LicenseConflict, ...]) -> list[Row]:
    titles: dict[TitleId, Title] = sitting.app.catalog.get([one.title for one in found])
    return [
        Row(
            one,
            titles.get(one.title),
            one.territories[:_SHOWN_PLACES],
            max(0, len(one.territories) - _SHOWN_PLACES),
        )
        for one in found
    ]


ROUTES = [shown("/rights/conflicts", conflicts)]
COMMANDS = [
    Command(M_("Licenses in conflict"), console_url("/rights/conflicts"), "overlaps duplicates gaps limits")
]
