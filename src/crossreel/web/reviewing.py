"""Reviews as a title's page shows them, and in which languages one may be written."""

from __future__ import annotations

from crossreel.audience.event import Viewer
from crossreel.catalog.title import Title
from crossreel.web.cards import title_url, words
from crossreel.web.paging import asked_page
from crossreel.web.reviews import Review, reviews_of
from crossreel.web.views import Option, ReviewView
from crossreel.web.visit import Visit

__all__ = ["first_name", "review_languages", "review_views"]

_A_PAGE = 8


def review_views(visit: Visit, title: Title) -> tuple[tuple[ReviewView, ...], str, str]:
    """One page of reviews, a sentence that counts them all, and the address of older ones or ""."""
    page = asked_page(visit.request, "reviews")
    records = [record.title.id for record in visit.app.catalog.siblings([title.id]).get(title.id, ())]
    found, total = reviews_of(
        visit.app.events, title.id, records or [title.id], limit=_A_PAGE, skip=(page - 1) * _A_PAGE
    )
    views = tuple(_view(visit, review) for review in found)
    if not total:
        return views, "", ""
    summary = visit.book.ngettext("%(num)s review", "%(num)s reviews", total)
    has_more = page * _A_PAGE < total
    return views, summary, f"{title_url(title.id)}?reviews={page + 1}#reviews" if has_more else ""


def _view(visit: Visit, review: Review) -> ReviewView:
    book = visit.book
    viewer = visit.app.viewers.get(review.viewer)
    number = book.number(review.stars)
    return ReviewView(
        who=first_name(viewer) or book.gettext("A viewer"),
        simulated=bool(viewer and viewer.simulated),
        stars=review.stars,
        stars_text=book.gettext("%(stars)s of 5 stars", stars=number) if review.stars else "",
        text=words(review.text, review.language),
        language=book.language_name(review.language) if review.language.tag != "und" else "",
        when=book.day(review.time, visit.territory) if review.time else "",
    )


def first_name(viewer: Viewer | None) -> str:
    """The part of a profile's name that others may read; "" where there is none."""
    return viewer.name.split()[0] if viewer and viewer.name.strip() else ""


def review_languages(visit: Visit) -> tuple[Option, ...]:
    """What the visitor reads, then the languages of the interface."""
    spoken = [book.language for book in visit.site.books.values()]
    by_primary = {language.primary: language for language in spoken}
    read = [by_primary.get(language.primary, language) for language in visit.reading]
    offered, first = dict.fromkeys([*read, *spoken]), read[0]
    return tuple(
        Option(language.tag, visit.book.language_name(language), language == first) for language in offered
    )
