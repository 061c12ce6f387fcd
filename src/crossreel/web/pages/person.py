"""A person's page: the open titles they worked on."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crossreel.catalog.title import CreditRole, Title
from crossreel.errors import UnknownId
from crossreel.web.cards import card, words
from crossreel.web.finding_views import PersonView
from crossreel.web.found import same_person
from crossreel.web.views import Card, Row
from crossreel.web.visit import Visit

__all__ = ["person", "person_view"]

_MOST = 200
_LONGEST = 200


def person(request: Request) -> Response:
    """``GET /person/{name}``; 404 unless an open title names them."""
    visit = Visit.begin(request)
    view, titles = person_view(visit, request.path_params["name"])
    languages = [language for title in titles for language in title.original_languages[:1]]
    names = [words(view.name, language) for language in languages[:1]]
    names += [one for row in view.groups for card in row.cards for one in (card.name, card.original) if one]
    return visit.page("person.html", view=view, names=names)


def person_view(visit: Visit, name: str) -> tuple[PersonView, list[Title]]:
    """What their page shows on this visit, and the titles on it, the newest first.

    Raises:
        UnknownId: nobody of that name in any title that is open here.
    """
    hits = visit.app.search(name[:_LONGEST], limit=_MOST, territory=visit.territory, at=visit.now)
    found = visit.titles(hit.title for hit in hits).values()
    titles = [title for title in found if any(same_person(one.name, name) for one in title.credits)]
    if not titles or len(name) > _LONGEST:
        raise UnknownId("person", name[:_LONGEST], advice="Search for the name; only open titles count.")
    titles.sort(key=lambda title: (-(title.year or 0), title.id))
    groups = []
    for role in CreditRole:
        cards = tuple(made for title in titles if (made := _card(visit, title, name, role)))
        if cards:
            groups.append(Row(f"role-{role.value}", visit.wording.role(role), cards))
    written = next(one.name for one in titles[0].credits if same_person(one.name, name))
    summary = visit.book.ngettext(
        "%(num)s title open here: %(territory)s",
        "%(num)s titles open here: %(territory)s",
        len(titles),
        territory=visit.book.territory(visit.territory),
    )
    return PersonView(written, summary, tuple(groups)), titles


def _card(visit: Visit, title: Title, name: str, role: CreditRole) -> Card | None:
    parts = [one for one in title.credits if one.role is role and same_person(one.name, name)]
    if not parts:
        return None
    return card(visit, title, why=" · ".join(part.character for part in parts if part.character))
