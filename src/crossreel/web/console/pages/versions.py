"""Language versions of a title in a territory: what exists, what is missing, its cost, what to make next."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from crossreel.errors import BadInput
from crossreel.studio.version_matrix import title_matrix
from crossreel.values.language import ENGLISH, Language
from crossreel.values.territory import Territory, all_territories
from crossreel.web.cards import shown_words
from crossreel.web.console.addresses import shown
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]

KINDS = {
    "audio": M_("Spoken in"),
    "subtitles": M_("Subtitles"),
    "sdh": M_("Subtitles for the deaf"),
    "forced": M_("Forced narratives"),
    "audio-description": M_("Audio description"),
    "texts": M_("Title and synopsis"),
    "artwork": M_("Artwork"),
    "picture": M_("Picture"),
}


def versions(sitting: Sitting) -> Response:
    """``GET /versions?title=&territory=``."""
    asked, place = sitting.query("title"), sitting.query("territory")
    found: dict[str, Any] | None = None
    problem, name, url = "", None, ""
    if asked and place:
        try:
            id_ = sitting.app.title_id(asked)
            name = shown_words(sitting.app.catalog.get([id_])[id_].shown_name((ENGLISH,)))
            url = title_url(id_)
            found = title_matrix(sitting.app, id_, Territory.parse(place))
        except BadInput as error:
            problem = f"{error.message} {error.advice}".strip()
    title = sitting.tell("Language versions")
    book = sitting.phrases.book
    return sitting.page(
        "versions.html",
        noun="localize",
        title=f"{name.text} · {title}" if name else title,
        crumbs=[Crumb(title)],
        names=[name] if name else [],
        status=404 if problem and not found else 200,
        asked=asked,
        place=place,
        territories=sorted((book.territory(one), one.code) for one in all_territories()),
        found=found,
        name=name,
        name_url=url,
        problem=problem,
        kinds=KINDS,
        language_name=lambda tag: book.language_name(Language.parse(tag)),
        territory_name=book.territory(Territory.parse(found["territory"])) if found else "",
    )


ROUTES = [shown("/versions", versions)]
COMMANDS = [
    Command(M_("Language versions"), console_url("/versions"), "matrix dub subtitles missing territory cost"),
]
