"""The command palette: every verb and every title by typing a few letters; and the help sheet."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import JSONResponse, RedirectResponse, Response

from crossreel.accounts.operator import Permission
from crossreel.catalog.search import fold
from crossreel.values.language import ENGLISH
from crossreel.web.cards import shown_words
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Crumb, Sitting
from crossreel.web.pages.saying import local_path
from crossreel.web.views import Words

__all__ = ["KEYS", "ROUTES"]

KEYS = (
    (
        M_("Everywhere"),
        (
            ("Ctrl K", M_("Go to a page, a title or an action")),
            ("?", M_("This sheet")),
            ("g o", M_("Overview")),
            ("g c", M_("Catalog")),
            ("g r", M_("Rights")),
            ("/", M_("Filter or search field of the page")),
        ),
    ),
    (
        M_("In tables"),
        (
            ("j  k", M_("Next and previous row")),
            ("Enter", M_("Open the row")),
            ("x", M_("Select the row")),
            ("[  ]", M_("Previous and next page")),
        ),
    ),
    (
        M_("In forms"),
        (("Ctrl Enter", M_("Review the changes, then save them")), ("Esc", M_("Close a dialog or menu"))),
    ),
)


@dataclass(frozen=True, slots=True)
class Target:
    """A line of the palette."""

    label: str
    url: str
    group: str
    name: Words | None = None


def targets(sitting: Sitting, query: str) -> list[Target]:
    """Commands whose words begin with what was typed, then titles that a search finds."""
    wanted = fold(query).split()
    found = []
    for noun in sitting.console.nouns:
        if not sitting.may(noun.needs):
            continue
        for command in noun.commands_for(sitting):
            label = sitting.tell(command.label)
            said = fold(f"{label} {command.also} {noun.label}").split()
            if all(any(word.startswith(want) for word in said) for want in wanted):
                found.append(Target(label, command.url, sitting.tell(noun.label)))
    if not query:
        return found
    hits = sitting.app.catalog.search(query, 8)
    titles = sitting.app.catalog.get([hit.title for hit in hits])
    for hit in hits:
        title = titles.get(hit.title)
        if title is not None:
            name = shown_words(title.shown_name((ENGLISH,)))
            facts = " · ".join(filter(None, (name.text, str(title.year or ""))))
            found.append(Target(facts, title_url(title.id), sitting.tell("Titles"), name))
    return found


def go(sitting: Sitting) -> Response:
    """``GET /go?q=``: the palette as a page."""
    query = sitting.query("q")[:200]
    found = targets(sitting, query)
    here = sitting.tell("Go to")
    return sitting.page(
        "go.html",
        noun="",
        title=here,
        crumbs=[Crumb(here)],
        names=[target.name for target in found if target.name],
        query=query,
        found=found,
    )


def go_json(sitting: Sitting) -> Response:
    """``GET /go.json?q=``: the same for the palette's script."""
    found = targets(sitting, sitting.query("q")[:200])[:20]
    document = [{"label": one.label, "url": one.url, "group": one.group} for one in found]
    return JSONResponse(document, headers={"Cache-Control": "private, no-store"})


def keys(sitting: Sitting) -> Response:
    """``GET /keys``: the help sheet."""
    here = sitting.tell("Keyboard")
    return sitting.page("keys.html", noun="", title=here, crumbs=[Crumb(here)], sheets_of_keys=KEYS)


def theme(sitting: Sitting, fields: Fields) -> Response:
    """``POST /theme``: light, dark or as the system prefers."""
    response = RedirectResponse(local_path(fields.one("next"), console_url("/")), 303)
    sitting.console.cookies.keep_theme(response, fields.one("theme"))
    return response


ROUTES = [
    shown("/go", go),
    shown("/go.json", go_json),
    shown("/keys", keys),
    changed("/theme", theme, Permission.READ),
]
