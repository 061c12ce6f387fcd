"""The bar and the menus around every page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from crossreel.audience.event import Viewer
from crossreel.web.choices import THEMES
from crossreel.web.phrasebook import Phrasebook
from crossreel.web.rendering import static_url
from crossreel.web.views import Frame, Option, Words

if TYPE_CHECKING:
    from crossreel.web.visit import Visit

__all__ = ["frame_view", "profile_name", "sheets_for"]


def frame_view(visit: Visit, *, query: str, names: Sequence[Words]) -> Frame:
    """What stands around a page of this visit."""
    scope = visit.request.scope
    path, asked = scope["path"], scope["query_string"].decode("latin-1")
    here = f"{quote(path)}?{asked}" if asked else quote(path)
    key = ("frame", visit.variant, visit.profile, visit.choices.theme, visit.site.profiles.state())
    return replace(
        visit.site.fragments.get(key, visit.book, lambda: _surroundings(visit)),
        here=here if visit.request.method == "GET" else "/",
        token=visit.site.cookies.form_token(visit.form_key),
        room=path.split("/")[1],
        query=query,
        sheets=sheets_for(names),
    )


def _surroundings(visit: Visit) -> Frame:
    """What stands around all pages that are read this way, until profiles come or go."""
    profile = visit.profile
    frame = Frame(
        language=visit.book.language.tag,
        direction=visit.book.direction,
        territory=visit.book.territory(visit.territory),
        language_name=_own_name(visit.book),
        profile=profile_name(profile, visit.book) if profile else visit.book.gettext("My own profile"),
        simulated=bool(profile and profile.simulated),
        territories=_territories(visit),
        languages=tuple(
            Option(tag, _own_name(book), book is visit.book, tag) for tag, book in visit.site.books.items()
        ),
        profiles=_profiles(visit),
        theme=visit.choices.theme or THEMES[0],
        themes=_themes(visit),
    )
    return replace(frame, menu=visit.piece("menu.html", frame=frame))


def profile_name(viewer: Viewer, book: Phrasebook) -> str:
    """What a profile is called: its name, else its number."""
    return viewer.name or book.gettext("Viewer %(number)s", number=viewer.id.key)


def _own_name(book: Phrasebook) -> str:
    """A language's name in itself, as readers look for it."""
    return str(book.locale.get_display_name(book.locale)).capitalize()


def _territories(visit: Visit) -> tuple[Option, ...]:
    """Where the audience lives, and where the visitor is; the page of choices has all."""
    offered = {visit.territory, *visit.site.profiles.territories()}
    named = [(visit.book.territory(territory), territory) for territory in offered]
    return tuple(
        Option(territory.code, name, territory == visit.territory) for name, territory in sorted(named)
    )


def _profiles(visit: Visit) -> tuple[Option, ...]:
    own = Option("", visit.book.gettext("My own profile"), visit.profile is None)
    others = {viewer.id: viewer for viewer in visit.site.profiles.in_territory(visit.territory)}
    if visit.profile is not None:
        others.setdefault(visit.profile.id, visit.profile)
    return (
        own,
        *(
            Option(str(viewer.id), _profile_label(viewer, visit.book), viewer.id == visit.viewer)
            for viewer in others.values()
        ),
    )


def _profile_label(viewer: Viewer, book: Phrasebook) -> str:
    name = profile_name(viewer, book)
    return book.gettext("%(name)s (simulated)", name=name) if viewer.simulated else name


def _themes(visit: Visit) -> tuple[Option, ...]:
    names = {"dark": visit.book.gettext("Dark"), "light": visit.book.gettext("Light")}
    chosen = visit.choices.theme or THEMES[0]
    return tuple(Option(theme, names[theme], theme == chosen) for theme in THEMES)


_SHEETS = {"ja": "fonts-jp.css", "ko": "fonts-kr.css"}
"""The same Han letter has other forms in other countries; Chinese ones where the language is unknown."""
_EAST_ASIAN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
"""Kana, Han letters and Hangul: their fonts come in many files, so only pages that need them ask."""


def sheets_for(names: Iterable[Words]) -> tuple[str, ...]:
    """Addresses of the stylesheets with the fonts of these texts' scripts, where they are built."""
    sheets, names = ["fonts.css"], tuple(names)
    if _EAST_ASIAN.search("".join([name.text for name in names])):
        for name in names:
            if not name.text.isascii() and _EAST_ASIAN.search(name.text):
                sheets.append(_SHEETS.get(name.language.partition("-")[0], "fonts-sc.css"))
    return tuple(static_url(f"vendor/{sheet}") for sheet in dict.fromkeys(sheets) if _is_built(sheet))


@cache
def _is_built(sheet: str) -> bool:
    return files("crossreel.web").joinpath("static", "vendor", sheet).is_file()
