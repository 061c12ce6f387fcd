"""One change of many titles: say what, see what it does to each, then do it, all or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from crossreel.catalog.documents import content_hash, title_from_dict, title_to_dict
from crossreel.catalog.genres import GENRES, genre_slugs
from crossreel.catalog.title import Title
from crossreel.desk.licenses import add_license, close_now
from crossreel.desk.titles import edit_title
from crossreel.errors import BadInput, BadValue, Conflict
from crossreel.rights.feed import license_from_dict
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory, all_territories, group_names
from crossreel.web.console.addresses import changed
from crossreel.web.console.facts import country_code
from crossreel.web.console.fields import Fields
from crossreel.web.console.license_form import license_document
from crossreel.web.console.listing import Line
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting
from crossreel.web.console.table import matching, read_state

__all__ = ["ACTIONS", "MOST_TITLES", "ROUTES"]

MOST_TITLES = 1000

ACTIONS = {
    "genre": M_("Add a genre"),
    "keyword": M_("Add a keyword"),
    "grant": M_("Grant a license"),
    "close": M_("Close in a territory now"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would become of one title; ``skipped`` says why nothing would."""

    line: Line
    change: str
    skipped: str = ""


def bulk(sitting: Sitting, fields: Fields) -> Response:
    """``POST /catalog/bulk``: asks, shows and does, by ``step``."""
    back = fields.one("back", "")
    back = console_url("/catalog") + (f"?{back}" if back else "")
    lines = _picked(sitting, fields)
    action = fields.one("action")
    if not lines:
        return sitting.go(back, sitting.tell("Select at least one title first."), problem=True)
    if len(lines) > MOST_TITLES:
        message = sitting.tell("Select at most %(most)s titles; narrow the filter.", most=MOST_TITLES)
        return sitting.go(back, message, problem=True)
    if action not in ACTIONS:
        return sitting.go(back, sitting.tell("Choose what to do with the selected titles."), problem=True)
    problem, outcomes = "", []
    step = fields.one("step")
    if step:
        try:
            plan = _PLANS[action](sitting, fields)
            outcomes = [plan(line) for line in lines]
            if step == "do":
                return _do(sitting, fields, action, outcomes, back)
        except BadInput as error:
            problem = f"{error.message} {error.advice}".strip()
    return sitting.page(
        "bulk.html",
        noun="catalog",
        title=sitting.tell(ACTIONS[action]),
        crumbs=[Crumb(sitting.tell(ACTIONS[action]))],
        status=422 if problem else 200,
        action=action,
        label=ACTIONS[action],
        lines=lines,
        outcomes=outcomes,
        touched=[one for one in outcomes if not one.skipped],
        fields=fields,
        problem=problem,
        back=back,
        genres=GENRES,
        modes=tuple(Mode),
        groups=group_names(),
        territories=all_territories(),
    )


def _picked(sitting: Sitting, fields: Fields) -> list[Line]:
    if fields.one("everything"):
        state = read_state({"q": fields.one("q")}, [])
        if state.problem:
            raise state.problem
        return matching(sitting, state)
    lines = sitting.console.listing.lines(sitting.app)
    found = []
    for text in dict.fromkeys(fields.all("pick")):
        line = lines.of(TitleId.parse(text))
        if line is not None:
            found.append(line)
    return found


Plan = Callable[[Line], Outcome]


def _plan_genre(sitting: Sitting, fields: Fields) -> Plan:
    asked = fields.one("genre").strip()
    slugs = genre_slugs([asked])
    if not slugs:
        raise BadValue("genre", asked, "a genre such as drama")
    _with(Title(TitleId("x", "x"), "x"), "genres", slugs)

    def plan(line: Line) -> Outcome:
        added = [slug for slug in slugs if slug not in line.title.genres]
        return Outcome(
            line,
            sitting.tell("genres: add %(genres)s", genres=", ".join(added)),
            "" if added else sitting.tell("has it already"),
        )

    return plan


def _plan_keyword(sitting: Sitting, fields: Fields) -> Plan:
    asked = " ".join(fields.one("keyword").split())
    _with(Title(TitleId("x", "x"), "x"), "keywords", (asked,))

    def plan(line: Line) -> Outcome:
        known = asked in line.title.keywords
        return Outcome(
            line,
            sitting.tell("keywords: add %(keyword)s", keyword=asked),
            sitting.tell("has it already") if known else "",
        )

    return plan


def _plan_grant(sitting: Sitting, fields: Fields) -> Plan:
    license_ = license_from_dict(license_document(fields, "bulk", "x:x"))
    where = sitting.tell_n("%(num)s territory", "%(num)s territories", len(license_.where))
    change = sitting.tell(
        "new license: %(modes)s in %(where)s, %(start)s – %(end)s",
        modes=", ".join(license_.modes),
        where=where,
        start=str(license_.start) or "…",
        end=str(license_.end) or "…",
    )
    return lambda line: Outcome(line, change)


def _plan_close(sitting: Sitting, fields: Fields) -> Plan:
    territory = Territory.parse(country_code(fields.one("territory").strip()))
    name = sitting.phrases.book.territory(territory)

    def plan(line: Line) -> Outcome:
        title = line.title
        own = sitting.console.listing.lines(sitting.app).of(title.id)
        covering = [
            one
            for one in (own.licenses if own else ())
            if territory in one.where and one.end.closes(territory) > sitting.now
        ]
        return Outcome(
            line,
            sitting.tell("closed in %(territory)s from now on", territory=name),
            "" if covering else sitting.tell("is closed there already"),
        )

    return plan


_PLANS: dict[str, Callable[[Sitting, Fields], Plan]] = {
    "genre": _plan_genre,
    "keyword": _plan_keyword,
    "grant": _plan_grant,
    "close": _plan_close,
}


def _with(title: Title, key: str, added: tuple[str, ...]) -> Title:
    """The title with more genres or keywords, checked. Raises ``BadValue``."""
    document = title_to_dict(title)
    document[key] = list(dict.fromkeys((*document.get(key, ()), *added)))
    return title_from_dict(document, title.id.source)


def _do(sitting: Sitting, fields: Fields, action: str, outcomes: list[Outcome], back: str) -> Response:
    touched = [one.line.title for one in outcomes if not one.skipped]
    app, rid = sitting.app, sitting.request_id
    extra: dict[str, Any] = {"request_id": rid}
    mark = secrets.token_hex(4)
    with app.atomic():
        for title in touched:
            if action == "grant":
                document = license_document(fields, f"desk-{mark}-{title.id}", str(title.id))
                add_license(app, sitting.actor, document, **extra)
            elif action == "close":
                territory = Territory.parse(country_code(fields.one("territory").strip()))
                _close(sitting, title, territory)
            else:
                key = "genres" if action == "genre" else "keywords"
                asked = fields.one(action).strip()
                added = genre_slugs([asked]) if action == "genre" else (" ".join(asked.split()),)
                document = title_to_dict(_with(title, key, added))
                expected = content_hash(title)
                edit_title(app, sitting.actor, title.id, document, expected=expected, **extra)
    message = sitting.tell_n("%(num)s title changed.", "%(num)s titles changed.", len(touched))
    return sitting.go(back, message, undo=bool(touched))


def _close(sitting: Sitting, title: Title, territory: Territory) -> None:
    try:
        close_now(sitting.app, sitting.actor, title.id, territory, request_id=sitting.request_id)
    except Conflict as error:
        raise Conflict(
            f"{title.name}: {error.message}",
            advice="It is open through a license of its series; close that, or leave this title out.",
        ) from error


ROUTES = [changed("/catalog/bulk", bulk)]
