"""The page of one title: facts, texts, credits, artwork, licenses, calendar, history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from starlette.responses import RedirectResponse, Response

from crossreel.catalog.documents import content_hash, title_from_dict, title_to_dict
from crossreel.catalog.genres import GENRES
from crossreel.catalog.title import CreditRole, LocalizedText, Title, TitleKind
from crossreel.desk.titles import accept_text, edit_title
from crossreel.errors import BadValue, Conflict, UnknownId
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import ENGLISH, UNDETERMINED, Language
from crossreel.values.territory import Territory, all_territories
from crossreel.values.vocabulary import Vocabulary
from crossreel.web.cards import original_name, poster_url, shown_words, words
from crossreel.web.cards import title_url as storefront_url
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.calendar import title_calendar
from crossreel.web.console.differences import differences
from crossreel.web.console.drafts import CREDIT_FIELDS, PARTS, TEXT_FIELDS, Draft, read_draft, stored_draft
from crossreel.web.console.fields import Fields
from crossreel.web.console.pages import casting, files, film, localizing
from crossreel.web.console.phrases import M_
from crossreel.web.console.proposals import propose, take
from crossreel.web.console.rendering import title_url
from crossreel.web.console.sitting import Crumb, Sitting
from crossreel.web.console.trail import changes_of

__all__ = ["ROUTES", "TABS", "find_title", "title_page"]

TABS = {
    "facts": M_("Facts"),
    "texts": M_("Texts"),
    "credits": M_("Credits"),
    "artwork": M_("Artwork"),
    "media": M_("Media"),
    "film": M_("Film"),
    "localize": M_("Localize"),
    "licenses": M_("Licenses"),
    "calendar": M_("Calendar"),
    "history": M_("History"),
}
MONTHS = (12, 18, 24, 36)


@dataclass(frozen=True, slots=True)
class Slot:
    """A text of the form: which language and territory, in words."""

    label: str
    language: str
    direction: str


def find_title(sitting: Sitting, text: str) -> Title:
    """The title of an address; the id of a merged record finds its title.

    Raises:
        BadValue: not of the form source:id.
        UnknownId: there is none.
    """
    asked = TitleId.parse(text)
    merged = sitting.app.catalog.resolve([asked]).get(asked)
    title = sitting.app.catalog.get([merged]).get(merged) if merged else None
    if title is None:
        raise UnknownId("title", text, advice="Search for it by name in the catalog.")
    return title


def show(sitting: Sitting) -> Response:
    """``GET /title/{id}?tab=``."""
    text = sitting.request.path_params["id"]
    title = find_title(sitting, text)
    tab = sitting.query("tab", "facts")
    tab = tab if tab in TABS else "facts"
    if str(title.id) != text:
        return RedirectResponse(title_url(title.id, tab), 301)
    more = _TABS[tab](sitting, title) if tab in _TABS else {}
    return title_page(sitting, title, tab, **more)


def title_page(
    sitting: Sitting, title: Title, tab: str, *, status: int = 200, template: str = "", **context: Any
) -> Response:
    """One tab of the page, with the frame of the title around it."""
    name = shown_words(title.shown_name((ENGLISH,)))
    here = sitting.tell(TABS[tab])
    names = [name, words(title.name, _original(title)), *(words(t.name, t.language) for t in title.texts)]
    open_now = int(sitting.app.rights.matrix(Vocabulary([title.id]), sitting.now, tuple(Mode)).sum())
    return sitting.page(
        template or f"title_{tab}.html",
        noun="catalog",
        title=f"{name.text} · {here}",
        crumbs=[Crumb(name, title_url(title.id)), Crumb(here)],
        names=names,
        status=status,
        the_title=title,
        name=name,
        original=original_name(title, title.shown_name((ENGLISH,))),
        tab=tab,
        tabs=TABS,
        poster=poster_url(title, (ENGLISH,)),
        drawn=poster_url(replace(title, attachments=())),
        storefront=storefront_url(title.id),
        open_now=open_now,
        of_all=len(all_territories()),
        **context,
    )


def _original(title: Title) -> Language:
    return title.original_languages[0] if title.original_languages else UNDETERMINED


# the tabs that are forms


def _form(sitting: Sitting, title: Title | None, draft: Draft, expected: str = "") -> dict[str, Any]:
    return {
        "draft": draft,
        "expected": expected or (content_hash(title) if title else ""),
        "kinds": tuple(TitleKind),
        "roles": tuple(CreditRole),
        "genres": GENRES,
        "territories": all_territories(),
        "slots": [_slot(sitting, row) for row in draft.rows] if draft.part == "texts" else [],
        "by_machine": _by_machine(sitting, title) if title and draft.part == "texts" else [],
        "proposed": None,
        "taken": None,
        **_beside(sitting, draft),
    }


def _by_machine(sitting: Sitting, title: Title) -> list[tuple[Slot, LocalizedText]]:
    """The texts that a machine wrote and nobody accepted yet."""
    found = []
    for text in title.texts:
        if text.machine:
            code = text.territory.code if text.territory else ""
            found.append((_slot(sitting, {"language": text.language.tag, "territory": code}), text))
    return found


def _slot(sitting: Sitting, row: dict[str, str]) -> Slot:
    try:
        language = Language.parse(row["language"])
    except BadValue:
        return Slot(row["language"], "", "auto")
    name = sitting.phrases.book.language_name(language)
    place = row["territory"].strip().upper()
    label = f"{name} · {place}" if place else name
    return Slot(label, language.tag, "rtl" if language.is_right_to_left else "ltr")


def _beside(sitting: Sitting, draft: Draft) -> dict[str, Any]:
    """Which text stands on one side to work from (asked for, English, else the first), and which are open.

    Open are those asked for, new or wrong ones, else the first that is not the reference.
    """
    if draft.part != "texts":
        return {}
    tags = [row["language"] for row in draft.rows]
    asked = sitting.query("beside")
    reference = tags.index(asked) if asked in tags else tags.index("en") if "en" in tags else 0
    wrong = {int(where.partition(".")[0]) for where in draft.errors}
    opened = {
        number
        for number, row in enumerate(draft.rows)
        if row["language"] == sitting.query("open")
        or not any(row[key] for key in TEXT_FIELDS)
        or number in wrong
    }
    others = [number for number in range(len(tags)) if number != reference]
    return {"reference": reference, "opened": opened - {reference} or set(others[:1])}


def _stored(part: str) -> Callable[[Sitting, Title], dict[str, Any]]:
    return lambda sitting, title: _form(sitting, title, stored_draft(part, title))


def save(sitting: Sitting, fields: Fields) -> Response:
    """``POST /title/{id}``: one part of a title; ``step`` says what to do with the form."""
    title = find_title(sitting, sitting.request.path_params["id"])
    part, step, expected = fields.one("part"), fields.one("step"), fields.one("expected")
    if part == "accept":
        return _accept(sitting, title, fields)
    if part not in PARTS:
        raise BadValue("part", part, "one of " + ", ".join(PARTS))
    draft = read_draft(part, fields)
    if step not in {"review", "save"}:
        return _arranged(sitting, title, draft, step, expected)
    if draft.errors:
        return title_page(sitting, title, part, status=422, **_form(sitting, title, draft, expected))
    document = draft.applied(title)
    told = differences(title_to_dict(title), _sorted_like(title, document))
    if expected != content_hash(title):
        return _clash(sitting, title, draft, fields, told)
    if not told:
        url = title_url(title.id, part)
        return sitting.go(url, sitting.tell("Nothing was changed."), problem=True)
    if step == "review":
        return _review(sitting, title, part, fields, told, expected)
    try:
        edit_title(
            sitting.app,
            sitting.actor,
            title.id,
            document,
            expected=expected,
            request_id=sitting.request_id,
        )
    except Conflict:
        return _clash(sitting, find_title(sitting, str(title.id)), draft, fields, told)
    message = sitting.tell_n("Saved: %(num)s change.", "Saved: %(num)s changes.", len(told))
    return sitting.go(title_url(title.id, part), message, undo=True)


def _arranged(sitting: Sitting, title: Title, draft: Draft, step: str, expected: str) -> Response:
    """The form again, with a row more or less, or with synopses proposed for one."""
    _arrange(draft, step)
    verb, _, number = step.partition(":")
    proposed = propose(sitting, title, draft, number) if verb == "suggest" else None
    taken = take(sitting, title, draft, step) if verb == "use" else None
    form = _form(sitting, title, draft, expected)
    row = proposed.row if proposed else taken
    if row is not None:
        form["opened"] = (form["opened"] | {row}) - {form["reference"]}
    return title_page(sitting, title, draft.part, **form | {"proposed": proposed, "taken": taken})


def _accept(sitting: Sitting, title: Title, fields: Fields) -> Response:
    """An editor stands for a text that a machine wrote."""
    place = fields.one("territory")
    accept_text(
        sitting.app,
        sitting.actor,
        title.id,
        Language.parse(fields.one("language")),
        Territory(place) if place else None,
        expected=fields.one("expected"),
        request_id=sitting.request_id,
    )
    return sitting.go(title_url(title.id, "texts"), sitting.tell("Accepted."), undo=True)


def _sorted_like(title: Title, document: dict[str, Any]) -> dict[str, Any]:
    """The document in the form in which it would be stored."""
    return title_to_dict(title_from_dict(document, title.id.source))


def _review(
    sitting: Sitting, title: Title, part: str, fields: Fields, told: list[Any], expected: str
) -> Response:
    return title_page(
        sitting,
        title,
        part,
        template="title_review.html",
        told=told,
        kept=_kept(fields, expected),
        theirs=[],
        clash=False,
    )


def _clash(sitting: Sitting, title: Title, draft: Draft, fields: Fields, told: list[Any]) -> Response:
    """Somebody else saved meanwhile: what they changed, and what saving would change now."""
    found = changes_of(sitting, title.id, limit=10)
    seen = fields.one("expected")
    theirs = []
    for change in found:
        theirs.append(change)
        if change.before_hash == seen:
            break
    else:
        theirs = found[:1]
    return title_page(
        sitting,
        title,
        draft.part,
        template="title_review.html",
        status=409,
        told=told,
        kept=_kept(fields, content_hash(title)),
        theirs=theirs,
        clash=True,
    )


def _kept(fields: Fields, expected: str) -> list[tuple[str, str]]:
    """The whole form, to be carried through the next page."""
    return [*fields.without("step", "expected").pairs, ("expected", expected)]


def _arrange(draft: Draft, step: str) -> None:
    """Adds, moves or removes a row; what was written stays."""
    draft.errors.clear()
    verb, _, number = step.partition(":")
    rows, at = draft.rows, int(number) if number.isdecimal() else -1
    keys = TEXT_FIELDS if draft.part == "texts" else CREDIT_FIELDS
    if verb == "add":
        rows.append(dict.fromkeys(keys, "") | ({"role": "cast"} if draft.part == "credits" else {}))
    elif verb == "remove" and 0 <= at < len(rows):
        del rows[at]
    elif verb == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    elif verb == "down" and 0 <= at < len(rows) - 1:
        rows[at + 1], rows[at] = rows[at], rows[at + 1]


# the tabs that show


def _licenses(sitting: Sitting, title: Title) -> dict[str, Any]:
    line = sitting.console.listing.lines(sitting.app).of(title.id)
    merged = sitting.app.catalog.aliases()
    rows = []
    for license_ in line.licenses if line else ():
        opens = [license_.start.opens(place) <= sitting.now for place in license_.where]
        closed = [license_.end.closes(place) <= sitting.now for place in license_.where]
        state = "ended" if all(closed) else "open" if any(opens) else "coming"
        rows.append((license_, state, merged.get(license_.title, license_.title) == title.id))
    order = {"open": 0, "coming": 1, "ended": 2}
    return {
        "rows": sorted(rows, key=lambda row: (order[row[1]], row[0].id)),
        "territories": all_territories(),
        "conflicts": [one for one in sitting.app.rights.conflicts(title.id) if not one.is_over(sitting.now)],
    }


def _calendar(sitting: Sitting, title: Title) -> dict[str, Any]:
    asked = sitting.query("months", "18")
    months = int(asked) if asked in map(str, MONTHS) else 18
    calendar = title_calendar(sitting.app, title.id, sitting.now, months, sitting.phrases)
    return {"calendar": calendar, "months": months, "month_choices": MONTHS}


def _history(sitting: Sitting, title: Title) -> dict[str, Any]:
    return {"changes": changes_of(sitting, title.id, limit=100)}


_TABS: dict[str, Callable[[Sitting, Title], dict[str, Any]]] = {
    **{part: _stored(part) for part in PARTS},
    "artwork": partial(files.file_context, roles=files.ARTWORK),
    "media": partial(files.file_context, roles=files.MEDIA),
    "film": film.film_context,
    "localize": localizing.localize_context,
    "licenses": _licenses,
    "calendar": _calendar,
    "history": _history,
}

ROUTES = [
    *files.ROUTES,
    *film.ROUTES,
    *localizing.ROUTES,
    *casting.ROUTES,
    shown("/title/{id:path}", show),
    changed("/title/{id:path}", save),
]
