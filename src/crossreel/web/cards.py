"""From titles of the catalog to what a page shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode

from crossreel.catalog.attachment import Attachment, AttachmentRole
from crossreel.catalog.title import ShownText, Title
from crossreel.recommend import reasons
from crossreel.recommend.top import Recommendation
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import NO_LINGUISTIC_CONTENT, UNDETERMINED, Language
from crossreel.values.territory import Territory
from crossreel.web.posters.painter import poster_tag
from crossreel.web.views import Card, Words
from crossreel.web.visit import Visit

__all__ = [
    "ALL_MODES",
    "browse_url",
    "card",
    "closing",
    "original_name",
    "person_url",
    "picture_url",
    "poster_url",
    "recommended_cards",
    "shown_words",
    "still_url",
    "title_url",
    "watch_url",
    "words",
]


def title_url(id_: TitleId) -> str:
    """The address of a title's page."""
    return f"/title/{quote(str(id_), safe=':')}"


def watch_url(id_: TitleId) -> str:
    """The address of a title's player."""
    return f"/watch/{quote(str(id_), safe=':')}"


def person_url(name: str) -> str:
    """The address of somebody's page."""
    return f"/person/{quote(name, safe='')}"


def browse_url(**chosen: str) -> str:
    """The address of the browse page with these filters; empty ones are left out."""
    kept = {name: value for name, value in chosen.items() if value}
    return f"/browse?{urlencode(kept)}" if kept else "/browse"


def picture_url(title: Title, picture: Attachment) -> str:
    """The address of an uploaded picture; its content's name is in it, so copies may be kept."""
    return f"/artwork/{quote(str(title.id), safe=':')}/{picture.digest}"


def poster_url(title: Title, asked: Sequence[Language] = (), territory: Territory | None = None) -> str:
    """The address of a title's poster for a reader: an uploaded one, else the drawn one.

    It changes with the picture.
    """
    uploaded = title.attachment(AttachmentRole.POSTER, asked, territory)
    if uploaded:
        return picture_url(title, uploaded)
    return f"/poster/{quote(str(title.id), safe=':')}.svg?v={poster_tag(title)}"


def still_url(visit: Visit, title: Title) -> str:
    """The address of a wide picture without letters: an uploaded one, else the drawn one.

    The drawn one keeps the side quiet on which a page in the interface language begins.
    """
    uploaded = title.attachment(AttachmentRole.STILL, visit.reading, visit.territory)
    if uploaded:
        return picture_url(title, uploaded)
    language = visit.book.language if visit.book.direction == "rtl" else None
    tag = poster_tag(title, shape="16:9", language=language)
    side = f"&lang={language.tag}" if language else ""
    return f"/poster/{quote(str(title.id), safe=':')}.svg?shape=still{side}&v={tag}"


def words(text: str, language: Language) -> Words:
    """Catalog text with its language and direction; a film without speech still has a name in one."""
    if language == NO_LINGUISTIC_CONTENT:
        language = UNDETERMINED
    return Words(text, language.tag, "rtl" if language.is_right_to_left else "ltr")


def shown_words(shown: ShownText) -> Words:
    """A chosen text as a page shows it."""
    return words(shown.text, shown.language)


def original_name(title: Title, shown: ShownText) -> Words | None:
    """The original name in its own script, where it is not the one shown."""
    if shown.text == title.name:
        return None
    language = title.original_languages[0] if title.original_languages else Language("und")
    return words(title.name, language)


def card(visit: Visit, title: Title, *, why: str = "", until: str = "") -> Card:
    """A title as it stands in a row or a list."""
    plain = visit.site.fragments.get((visit.variant, title.id), title, lambda: _plain_card(visit, title))
    return replace(plain, why=why, until=until) if why or until else plain


def _plain_card(visit: Visit, title: Title) -> Card:
    shown = title.shown_name(visit.reading, visit.territory)
    return Card(
        url=title_url(title.id),
        poster=poster_url(title, visit.reading, visit.territory),
        name=shown_words(shown),
        original=original_name(title, shown),
        facts=str(title.year or ""),
        id=str(title.id),
    )


def recommended_cards(visit: Visit, items: Sequence[Recommendation], *, with_why: bool) -> tuple[Card, ...]:
    """Cards of recommended titles; what leaves soon says when."""
    named = [id_ for item in items for reason in item.reasons[:1] for id_ in reason.titles]
    titles = visit.titles([*(item.title for item in items), *named])
    cards = []
    for item in items:
        title = titles.get(item.title)
        if title is None:
            continue
        why = visit.wording.reason(item.reasons[0]) if with_why and item.reasons else ""
        leaving = any(reason.code == reasons.LEAVING_SOON for reason in item.reasons)
        end = closing(visit, item.title) if leaving else None
        until = visit.wording.time_left(end, visit.now, visit.territory) if end else ""
        cards.append(card(visit, title, why=why, until=until))
    return tuple(cards)


def closing(visit: Visit, id_: TitleId) -> datetime | None:
    """When the title closes here in every way it is open now; None if some way has no end."""
    return visit.app.rights.open_until(id_, visit.territory, visit.now)


ALL_MODES = tuple(Mode)
"""A title is listed when it is open in any of these."""
