"""The page of one title, and what a viewer can say about it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import CreditRole, ShownText, Title
from crossreel.recommend.reasons import SIMILAR_TO
from crossreel.rights.availability import Because
from crossreel.rights.license import Mode
from crossreel.values.language import UNDETERMINED
from crossreel.values.territory import all_territories
from crossreel.values.vocabulary import Vocabulary
from crossreel.web.cards import (
    ALL_MODES,
    browse_url,
    original_name,
    person_url,
    poster_url,
    recommended_cards,
    shown_words,
    title_url,
    watch_url,
    words,
)
from crossreel.web.family import parent_card, season_views
from crossreel.web.film import film_of
from crossreel.web.pages.saying import find_title
from crossreel.web.reviewing import review_languages, review_views
from crossreel.web.showing import note_shown
from crossreel.web.views import Card, CreditGroup, Link, Offer, Option, Person, TitleView, Words
from crossreel.web.visit import Visit

__all__ = ["elsewhere", "refusals", "title_page", "title_view"]


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
    reviews = [review.text for review in view.reviews]
    names = [one for one in (view.name, view.original, *view.other_names, *people, *reviews) if one]
    return visit.page("title.html", view=view, names=names)


def title_view(visit: Visit, title: Title) -> TitleView:
    """What the page of ``title`` shows on this visit."""
    wording = visit.wording
    shown = title.shown_name(visit.reading, visit.territory)
    synopsis = title.shown_synopsis(visit.reading, visit.territory)
    offers = _offers(visit, title)
    stars = int(visit.past.value(visit.past.stars, title.id))
    reviews, summary, more = review_views(visit, title)
    return TitleView(
        id=str(title.id),
        url=title_url(title.id),
        poster=poster_url(title, visit.reading, visit.territory),
        name=shown_words(shown),
        original=original_name(title, shown),
        facts=wording.facts(title),
        genres=tuple(Link(wording.genre(slug), browse_url(genre=slug)) for slug in title.genres),
        synopsis=shown_words(synopsis) if synopsis else None,
        fallback=wording.fallback(synopsis, visit.reading[0]),
        by_machine=synopsis is not None and synopsis.is_machine,
        offers=offers,
        refusals=() if offers else refusals(visit, title),
        licenses=_stated_reasons(visit, title),
        elsewhere="" if offers else elsewhere(visit, title),
        credits=_credits(visit, title),
        languages=tuple(wording.language(language) for language in title.original_languages),
        other_names=_other_names(title, shown),
        stars=stars,
        stars_sentence=_stars_sentence(visit, stars),
        thumb=int(visit.past.value(visit.past.thumbs, title.id)),
        similar=_similar(visit, title),
        simulated=visit.rests_on_simulation,
        **_watching(visit, title, bool(offers)),
        on_list=bool(visit.past.value(visit.past.on_list, title.id)),
        own_lists=tuple(
            Option(one.id, one.name, title.id in one.titles) for one in visit.app.lists.owned(visit.viewer)
        ),
        part_of=parent_card(visit, title),
        seasons=season_views(visit, title),
        reviews=reviews,
        reviews_summary=summary,
        more_reviews=more,
        review_languages=review_languages(visit),
    )


def _watching(visit: Visit, title: Title, is_open: bool) -> dict[str, str]:
    """Where it plays, and what the button says."""
    if not is_open:
        return {}
    say = visit.book.gettext
    trailer = film_of(title, visit.reading, visit.territory, AttachmentRole.TRAILER)
    found = {"trailer": f"{watch_url(title.id)}?trailer=1"} if trailer else {}
    if film_of(title, visit.reading, visit.territory) is None:
        return found
    started = any(met.title == title.id for met in visit.past.started)
    return found | {
        "watch": watch_url(title.id),
        "watch_text": say("Continue watching") if started else say("Watch"),
    }


def _offers(visit: Visit, title: Title) -> tuple[Offer, ...]:
    offers = []
    for mode in visit.app.rights.open_modes(title.id, visit.territory, visit.now):
        until = visit.app.rights.check(title.id, visit.territory, mode, visit.now).until
        moment = visit.book.moment(until, visit.territory) if until else ""
        offers.append(Offer(visit.wording.offer(mode, until, visit.territory), moment))
    return tuple(offers)


def refusals(visit: Visit, title: Title) -> tuple[str, ...]:
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


def elsewhere(visit: Visit, title: Title) -> str:
    """Where it is open instead, one sentence; "" if nowhere."""
    row = visit.app.rights.matrix(Vocabulary([title.id]), visit.now, ALL_MODES)[0]
    open_in = [territory for territory, is_open in zip(all_territories(), row, strict=True) if is_open]
    return visit.wording.elsewhere(open_in)


def _credits(visit: Visit, title: Title) -> tuple[CreditGroup, ...]:
    groups = []
    for role in CreditRole:
        people = tuple(
            Person(credit.name, credit.character, person_url(credit.name))
            for credit in title.credits
            if credit.role is role
        )
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


def _stars_sentence(visit: Visit, stars: int) -> str:
    if not stars:
        return visit.book.gettext("Not rated yet.")
    return visit.book.gettext("Your rating: %(stars)s of 5.", stars=visit.book.number(stars))


def _similar(visit: Visit, title: Title) -> tuple[Card, ...]:
    found = visit.app.shelf.similar(title.id, visit.territory, 12, at=visit.now)
    note_shown(visit, [(SIMILAR_TO, found.items)])
    return recommended_cards(visit, found.items, with_why=True)
