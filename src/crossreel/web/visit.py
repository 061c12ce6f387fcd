"""One request of one visitor: where, in which languages, as whom, and when."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from crossreel.audience.event import ACTS, Event, Viewer
from crossreel.catalog.title import Title
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.values.vocabulary import Vocabulary
from crossreel.web.choices import Choices, Cookies
from crossreel.web.corrections import Corrections
from crossreel.web.facets import FacetCache
from crossreel.web.fragments import Fragments, Variants
from crossreel.web.frame import frame_view
from crossreel.web.negotiation import accepted_languages, interface_language, reading_order
from crossreel.web.past import Past
from crossreel.web.phrasebook import Phrasebook
from crossreel.web.profiles import Profiles
from crossreel.web.rendering import Renderer
from crossreel.web.views import Words
from crossreel.web.wording import Wording

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["NEWCOMER", "VISITOR", "Site", "Visit"]

VISITOR = "visitor"
"""The source of visitors' own profiles; only the visitor sees such a one."""
NEWCOMER = ViewerId(VISITOR, "new")
"""Stands for a visitor who has done nothing yet; no event is ever logged under it."""


@dataclass(frozen=True)
class Site:
    """What all requests share.

    Attributes:
        books: the interface languages by tag; the first is used where nothing else fits.
        facets: what the catalog can be browsed by.
        corrections: spelling help.
        fragments: finished pieces of pages; ``variants`` numbers the ways to read them.
    """

    app: App
    cookies: Cookies
    profiles: Profiles
    books: Mapping[str, Phrasebook]
    renderers: Mapping[str, Renderer]
    facets: FacetCache
    corrections: Corrections
    fragments: Fragments = field(default_factory=Fragments)
    variants: Variants = field(default_factory=Variants)

    def book_for(self, reading: tuple[Language, ...]) -> Phrasebook:
        """The interface in the language that serves a reader best; ours where none does."""
        return self.fragments.get(("book", reading), self.books, lambda: self._book_for(reading))

    def _book_for(self, reading: tuple[Language, ...]) -> Phrasebook:
        offered = tuple(book.language for book in self.books.values())
        language = interface_language(reading, offered, Language.parse(self.app.settings.web.language))
        return next(book for book in self.books.values() if book.language == language)


@dataclass(frozen=True)
class Visit:
    """A request with its choices applied.

    Attributes:
        reading: languages the visitor reads, best first; the interface language when none is known.
        viewer: whose history the page speaks of; ``NEWCOMER`` for a visitor without any.
        now: the instant of the request, UTC; the whole page speaks of this one instant.
    """

    site: Site
    request: Request
    choices: Choices
    territory: Territory
    book: Phrasebook
    reading: tuple[Language, ...]
    viewer: ViewerId
    now: datetime
    form_key: str

    @classmethod
    def begin(cls, request: Request) -> Visit:
        """Reads choices from the cookie, else from the headers and the settings."""
        site: Site = request.app.state.site
        choices = site.cookies.choices(request)
        settings = site.app.settings.web
        reading = reading_order(
            choices.language, accepted_languages(request.headers.get("accept-language", ""))
        )
        book = site.book_for(reading)
        return cls(
            site=site,
            request=request,
            choices=choices,
            territory=choices.territory or Territory.parse(settings.territory),
            book=book,
            reading=reading or (book.language,),
            viewer=choices.viewer or choices.own or NEWCOMER,
            now=site.app.clock(),
            form_key=site.cookies.form_key(request),
        )

    @property
    def app(self) -> App:
        """The application behind the pages."""
        return self.site.app

    @cached_property
    def variant(self) -> int:
        """Stands for all that the text of a piece depends on: languages read and spoken, territory."""
        return self.site.variants.number((self.reading, self.territory, self.book.language))

    @cached_property
    def profile(self) -> Viewer | None:
        """The profile looked through, if one is stored."""
        return None if self.viewer == NEWCOMER else self.app.viewers.get(self.viewer)

    @cached_property
    def history(self) -> tuple[Event, ...]:
        """What the viewer did, oldest first; not what they were shown."""
        return () if self.viewer == NEWCOMER else tuple(self.app.events.history(self.viewer, ACTS))

    @cached_property
    def past(self) -> Past:
        """The same by title, as states."""
        titles = {event.title for event in self.history}
        return Past(self.history, self.app.catalog.resolve(titles))

    @cached_property
    def acting(self) -> tuple[Choices, ViewerId]:
        """Who says what this request says, and the choices to keep: a newcomer becomes somebody."""
        if self.choices.viewer is not None or self.choices.own is not None:
            return self.choices, self.viewer
        own = ViewerId(VISITOR, secrets.token_hex(8))
        return replace(self.choices, own=own), own

    @cached_property
    def rests_on_simulation(self) -> bool:
        """Whether the audience behind the rows holds simulated viewers."""
        return self.site.profiles.simulated

    @cached_property
    def _read(self) -> dict[TitleId, Title]:
        return {}

    def titles(self, ids: Iterable[TitleId]) -> dict[TitleId, Title]:
        """The catalog's titles among ``ids``; each is read once a visit."""
        wanted = dict.fromkeys(ids)
        if not self._read:
            found = self.app.catalog.get(tuple(wanted))
            self._read.update(found)
            return found
        missing = [id_ for id_ in wanted if id_ not in self._read]
        if missing:
            self._read.update(self.app.catalog.get(missing))
        return {id_: self._read[id_] for id_ in wanted if id_ in self._read}

    @cached_property
    def wording(self) -> Wording:
        """Sentences in the interface language, titles named as this visitor reads them."""

        def name_of(id_: TitleId) -> str:
            title = self.titles([id_]).get(id_)
            return title.shown_name(self.reading, self.territory).text if title else str(id_)

        return Wording(self.book, name_of)

    def is_open(self, titles: Sequence[TitleId]) -> list[TitleId]:
        """Those of ``titles`` that are open here and now, in their order."""
        asked = Vocabulary(dict.fromkeys(titles))
        mask = self.app.rights.mask(asked, self.territory, tuple(Mode), self.now)
        return [id_ for id_, is_open in zip(asked.ids, mask, strict=True) if is_open]

    def fragment(self, template: str, **context: Any) -> HTMLResponse:
        """A piece of a page, for scripts to put in."""
        headers = {"Cache-Control": "private, no-store", "Vary": "Accept-Language, Cookie"}
        return HTMLResponse(self.piece(template, **context), headers=headers)

    def piece(self, template: str, **context: Any) -> Markup:
        """A finished piece of HTML in the interface language."""
        return Markup(self._renderer.render(template, **context))

    @property
    def _renderer(self) -> Renderer:
        tag = next(tag for tag, book in self.site.books.items() if book is self.book)
        return self.site.renderers[tag]

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        query: str = "",
        names: Sequence[Words] = (),
        **context: Any,
    ) -> HTMLResponse:
        """A finished page.

        Args:
            template: file name in ``templates``.
            status: of the answer.
            query: what stands in the search box.
            names: texts of the catalog on the page; fonts of their scripts are brought along.
            **context: what the template shows.
        """
        frame = frame_view(self, query=query, names=names)
        html = self._renderer.render(template, frame=frame, **context)
        headers = {"Cache-Control": "private, no-store", "Vary": "Accept-Language, Cookie"}
        response = HTMLResponse(html, status, headers)
        self.site.cookies.keep_form_key(self.request, response, self.form_key)
        return response
