"""The page of one title, and what a viewer can say about it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crossreel.audience.event import Event, EventKind, Scale
from crossreel.catalog.title import CreditRole, ShownText, Title
from crossreel.errors import BadValue, UnknownId
from crossreel.rights.availability import Because
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import UNDETERMINED
from crossreel.values.territory import all_territories
from crossreel.values.vocabulary import Vocabulary
from crossreel.web.cards import (
    ALL_MODES,
    original_name,
    poster_url,
    recommended_cards,
    shown_words,
    title_url,
    words,
)
from crossreel.web.guard import read_form
from crossreel.web.views import Card, CreditGroup, Offer, TitleView, Words
from crossreel.web.visit import Visit

__all__ = ["find_title", "local_path", "rate", "title_page", "title_view"]

STARS = Scale(1, 5)
THUMBS = Scale(-1, 1)


def find_title(visit: Visit, text: str) -> Title:
    """The title that an address names.

    Raises:
        BadValue: not of the form source:id.
        UnknownId: the catalog has no such title; nothing near it is named, as that may be closed here.
    """
    asked = TitleId.parse(text)
    merged = visit.app.catalog.resolve([asked]).get(asked)
    title = visit.titles([merged]).get(merged) if merged else None
    if title is None:
        raise UnknownId("title", text, advice="Search for it by name.")
    return title


def title_page(request: Request) -> Response:
    """``GET /title/{id}``; the id of a merged record leads to the title's own address."""
    visit = Visit.begin(request)
    text = request.path_params["id"]
    title = find_title(visit, text)
    if str(title.id) != text:
        return RedirectResponse(title_url(title.id), 301)
    view = title_view(visit, title)
    language = title.original_languages[0] if title.original_languages else UNDETERMINED
    people = [words(credit.name, language) for credit in title.credits]
    names = [one for one in (view.name, view.original, *view.other_names, *people) if one]
    return visit.page("title.html", view=view, names=names)


def title_view(visit: Visit, title: Title) -> TitleView:
    """What the page of ``title`` shows on this visit."""
    wording = visit.wording
    shown = title.shown_name(visit.reading, visit.territory)
    synopsis = title.shown_synopsis(visit.reading, visit.territory)
    offers = _offers(visit, title)
    stars, thumb = _judgment(visit, title)
    return TitleView(
        id=str(title.id),
        url=title_url(title.id),
        poster=poster_url(title),
        name=shown_words(shown),
        original=original_name(title, shown),
        facts=wording.facts(title),
        genres=tuple(wording.genre(slug) for slug in title.genres),
        synopsis=shown_words(synopsis) if synopsis else None,
        fallback=wording.fallback(synopsis, visit.reading[0]),
        offers=offers,
        refusals=() if offers else _refusals(visit, title),
        licenses=_stated_reasons(visit, title),
        elsewhere="" if offers else _elsewhere(visit, title),
        credits=_credits(visit, title),
        languages=tuple(wording.language(language) for language in title.original_languages),
        other_names=_other_names(title, shown),
        stars=stars,
        stars_sentence=_stars_sentence(visit, stars),
        thumb=thumb,
        similar=_similar(visit, title),
        simulated=visit.rests_on_simulation,
    )


def _offers(visit: Visit, title: Title) -> tuple[Offer, ...]:
    offers = []
    for mode in visit.app.rights.open_modes(title.id, visit.territory, visit.now):
        until = visit.app.rights.check(title.id, visit.territory, mode, visit.now).until
        moment = visit.book.moment(until, visit.territory) if until else ""
        offers.append(Offer(visit.wording.offer(mode, until, visit.territory), moment))
    return tuple(offers)


def _refusals(visit: Visit, title: Title) -> tuple[str, ...]:
    """Why it is closed, each kind of reason once; the way of offering is no reason of its own."""
    found: dict[str, Because] = {}
    for mode in Mode:
        for because in visit.app.rights.check(title.id, visit.territory, mode, visit.now).because:
            found.setdefault(because.code, because)
    telling = [because for code, because in found.items() if code != "mode-not-licensed"]
    return tuple(
        visit.wording.refusal(because, visit.territory) for because in telling or list(found.values())
    )


def _stated_reasons(visit: Visit, title: Title) -> tuple[Words, ...]:
    """The reasons of the licenses that the decision here rests on, as they were written."""
    rights, licenses = visit.app.rights, {}
    for mode in Mode:
        for because in rights.check(title.id, visit.territory, mode, visit.now).because:
            licenses[because.license] = because.title
    owners = {owner for owner in licenses.values() if owner is not None}
    stated = {
        license_.reason: None
        for license_ in visit.app.licenses.of(owners)
        if license_.id in licenses and license_.reason
    }
    return tuple(words(reason, UNDETERMINED) for reason in list(stated)[:3])


def _elsewhere(visit: Visit, title: Title) -> str:
    row = visit.app.rights.matrix(Vocabulary([title.id]), visit.now, ALL_MODES)[0]
    open_in = [territory for territory, is_open in zip(all_territories(), row, strict=True) if is_open]
    return visit.wording.elsewhere(open_in)


def _credits(visit: Visit, title: Title) -> tuple[CreditGroup, ...]:
    groups = []
    for role in CreditRole:
        people = tuple((credit.name, credit.character) for credit in title.credits if credit.role is role)
        if people:
            groups.append(CreditGroup(visit.wording.role(role), people))
    return tuple(groups)


def _other_names(title: Title, shown: ShownText) -> tuple[Words, ...]:
    """The names it has in other languages, each once."""
    taken = {shown.text, title.name}
    names = []
    for text in sorted(title.texts, key=lambda text: text.slot):
        if text.name and text.name not in taken:
            taken.add(text.name)
            names.append(words(text.name, text.language))
    return tuple(names)


def _judgment(visit: Visit, title: Title) -> tuple[int, int]:
    """The viewer's latest stars (1 to 5) and thumb (-1 or 1) for it; 0 where there is none."""
    mine = {event.title for event in visit.history}
    same = {id_ for id_, merged in visit.app.catalog.resolve(mine).items() if merged == title.id}
    stars = thumb = 0
    for event in visit.history:
        if event.title in same and event.value is not None:
            if event.kind is EventKind.RATING:
                share = (event.scale or Scale(0.5, 5)).share(event.value)
                stars = max(1, min(5, round(STARS.low + share * (STARS.high - STARS.low))))
            elif event.kind is EventKind.THUMBS:
                thumb = 1 if event.value > 0 else -1
    return stars, thumb


def _stars_sentence(visit: Visit, stars: int) -> str:
    if not stars:
        return visit.book.gettext("Not rated yet.")
    return visit.book.gettext("Your rating: %(stars)s of 5.", stars=visit.book.number(stars))


def _similar(visit: Visit, title: Title) -> tuple[Card, ...]:
    found = visit.app.shelf.similar(title.id, visit.territory, 12, at=visit.now)
    return recommended_cards(visit, found.items, with_why=True)


async def rate(request: Request) -> Response:
    """``POST /rate``: ``stars`` (1 to 5) or ``thumb`` (-1 or 1) of ``title``, then back to ``next``."""
    form = await read_form(request)
    return await run_in_threadpool(_rate, request, form)


def _rate(request: Request, form: dict[str, str]) -> Response:
    visit = Visit.begin(request)
    visit.site.cookies.check_form(request, form.get("token", ""))
    title = find_title(visit, form.get("title", ""))
    kind, value, scale = _said(form)
    choices, viewer = visit.choices, visit.viewer
    if choices.viewer is None and choices.own is None:
        viewer = ViewerId("visitor", secrets.token_hex(8))
        choices = replace(choices, own=viewer)
    event = Event(kind, viewer, title.id, visit.now, value, scale, territory=visit.territory, device="web")
    visit.app.events.append([event])
    response = RedirectResponse(local_path(form.get("next", ""), title_url(title.id)) + "#rate", 303)
    visit.site.cookies.keep(response, choices)
    return response


def _said(form: dict[str, str]) -> tuple[EventKind, float, Scale]:
    stars, thumb = form.get("stars"), form.get("thumb")
    if stars in {"1", "2", "3", "4", "5"}:
        return EventKind.RATING, float(stars), STARS
    if stars is None and thumb in {"-1", "1"}:
        return EventKind.THUMBS, float(thumb), THUMBS
    raise BadValue("rating", stars if stars is not None else thumb, "1 to 5 stars, or a thumb up or down")


def local_path(asked: str, default: str) -> str:
    """``asked`` if it is a path of this site, else ``default``; other sites are never led to."""
    parts = urlsplit(asked)
    is_local = asked.startswith("/") and not asked.startswith(("//", "/\\")) and not parts.netloc
    return asked.partition("#")[0] if is_local and asked.isprintable() and len(asked) < 2000 else default
