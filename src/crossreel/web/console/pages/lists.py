"""Lists: the editors' picks of each country, and a look at what viewers made."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from crossreel.desk.lists import put_list, remove_list
from crossreel.errors import BadInput, Missing
from crossreel.recommend.lists import TitleList
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]

_EMPTY = {"id": "", "name": "", "note": "", "territories": "", "titles": "", "owner": "", "public": "1"}
_ENGLISH = Language.parse("en")
_MOST = 200_000
"""Characters of the field of titles."""


def lists(sitting: Sitting) -> Response:
    """``GET /lists``; ``?edit=`` puts a list into the form, ``?territory=`` shows its picks alone."""
    found = sitting.app.lists.get(sitting.query("edit"))
    return _lists(sitting, _fields(found) if found else dict(_EMPTY))


def _fields(found: TitleList) -> dict[str, str]:
    return {
        "id": found.id,
        "name": found.name,
        "note": found.note,
        "territories": " ".join(found.territories),
        "titles": "\n".join(map(str, found.titles)),
        "owner": str(found.owner or ""),
        "public": "1" if found.public else "",
    }


def _lists(sitting: Sitting, form: dict[str, str], problem: str = "", status: int = 200) -> Response:
    app, title = sitting.app, sitting.tell("Lists")
    code, everything = sitting.query("territory"), app.lists.all()
    known = {one.code for one in _countries(everything)}
    chosen = app.lists.picks(Territory(code)) if code in known else everything
    counts = app.lists.counts()
    rows = [(one, counts.get(one.id, 0), _first_names(sitting, one)) for one in chosen]
    return sitting.page(
        "lists.html",
        noun="recommend",
        title=title,
        crumbs=[Crumb(title)],
        status=status,
        rows=rows,
        territories=sorted(known),
        territory=code if code in known else "",
        form=form,
        problem=problem,
    )


def _countries(lists: tuple[TitleList, ...]) -> set[Territory]:
    """The single countries that editors' lists name; groups such as WORLD name none."""
    found = set()
    for one in lists:
        for word in one.territories:
            if len(word) == 2 and word.isalpha():
                try:
                    found.add(Territory.parse(word))
                except BadInput:  # a group of two letters, such as EU
                    continue
    return found


def _first_names(sitting: Sitting, one: TitleList) -> str:
    titles = sitting.app.catalog.get(one.titles[:3])
    return ", ".join(titles[id_].shown_name((_ENGLISH,)).text for id_ in one.titles[:3] if id_ in titles)


def write(sitting: Sitting, fields: Fields) -> Response:
    """``POST /lists``: checks the list, then writes it."""
    form = {name: fields.one(name) for name in _EMPTY}
    if len(form["titles"]) > _MOST:
        return _lists(sitting, dict(_EMPTY), sitting.tell("This is too long; nothing was saved."), 422)
    document: dict[str, Any] = {
        "id": form["id"].strip(),
        "name": form["name"],
        "note": form["note"],
        "territories": form["territories"].replace(",", " ").split(),
        "titles": form["titles"].split(),
        "owner": form["owner"].strip(),
        "public": bool(form["public"]),
    }
    try:
        written = put_list(sitting.app, sitting.actor, document, request_id=sitting.request_id)
    except (BadInput, Missing) as error:
        return _lists(sitting, form, f"{error.message} {error.advice}".strip(), 422)
    told = sitting.tell("%(list)s is written.", list=written.name)
    return sitting.go(console_url("/lists"), told, undo=True)


def remove(sitting: Sitting, fields: Fields) -> Response:
    """``POST /lists/remove``."""
    id_ = fields.one("id")
    try:
        remove_list(sitting.app, sitting.actor, id_, request_id=sitting.request_id)
    except (BadInput, Missing) as error:
        return sitting.go(console_url("/lists"), error.message, problem=True)
    return sitting.go(console_url("/lists"), sitting.tell("%(list)s is removed.", list=id_), undo=True)


ROUTES = [shown("/lists", lists), changed("/lists", write), changed("/lists/remove", remove)]
COMMANDS = [Command(M_("Lists"), console_url("/lists"), "editors picks country curated followers")]
