"""Licenses of a title: add, edit, remove, close now; each shows first what it opens and closes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.catalog.title import Title
from crossreel.desk.licenses import add_license, close_now, edit_license, remove_license, title_licenses
from crossreel.errors import BadValue, Conflict, UnknownId
from crossreel.rights.decision import covering_windows
from crossreel.rights.feed import license_from_dict, license_to_dict
from crossreel.rights.license import License, Mode
from crossreel.values.language import ENGLISH
from crossreel.values.territory import Territory, all_territories, group_names
from crossreel.web.cards import shown_words
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.differences import license_differences
from crossreel.web.console.facts import country_code
from crossreel.web.console.fields import Fields
from crossreel.web.console.license_form import license_document, license_errors, license_values
from crossreel.web.console.pages.title import find_title
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["ROUTES", "Effect", "effect_of", "license_url"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of licenses does now: territories that open and close, and where it is open then."""

    opens: tuple[Territory, ...]
    closes: tuple[Territory, ...]
    open_then: int


def license_url(id_: str) -> str:
    """The address of a license's form."""
    return console_url(f"/license/{quote(id_, safe=':')}")


def effect_of(sitting: Sitting, before: Sequence[License], after: Sequence[License]) -> Effect:
    """Compares where two sets of licenses are open at this instant, in any way."""

    def open_in(licenses: Sequence[License]) -> set[Territory]:
        return {
            place
            for place in {place for one in licenses for place in one.where}
            if any(sitting.now in window for window in covering_windows(licenses, place, tuple(Mode), None))
        }

    old, new = open_in(before), open_in(after)
    return Effect(tuple(sorted(new - old)), tuple(sorted(old - new)), len(new))


def _all_of(sitting: Sitting, title: Title) -> list[License]:
    """The licenses that count for a title, those of its series included."""
    line = sitting.console.listing.lines(sitting.app).of(title.id)
    return list(line.licenses) if line else []


def new_license(sitting: Sitting) -> Response:
    """``GET /new-license?title=``."""
    title = find_title(sitting, sitting.query("title"))
    return _form(sitting, title, license_values(None), {}, None)


def edit(sitting: Sitting) -> Response:
    """``GET /license/{id}``."""
    license_, title = _found(sitting, sitting.request.path_params["id"])
    return _form(sitting, title, license_values(license_), {}, license_)


def _found(sitting: Sitting, id_: str) -> tuple[License, Title]:
    license_ = next((one for one in sitting.app.licenses.all() if one.id == id_), None)
    if license_ is None:
        raise UnknownId("license", id_)
    return license_, find_title(sitting, str(license_.title))


def _form(
    sitting: Sitting,
    title: Title,
    values: dict[str, object],
    errors: dict[str, str],
    license_: License | None,
) -> Response:
    here = sitting.tell("Edit a license") if license_ else sitting.tell("Add a license")
    return sitting.page(
        "license_form.html",
        noun="catalog",
        title=here,
        crumbs=_crumbs(title, sitting.tell("Licenses"), here),
        status=422 if errors else 200,
        the_title=title,
        values=values,
        errors=errors,
        the_license=license_,
        modes=tuple(Mode),
        groups=group_names(),
        territories=all_territories(),
        here=here,
    )


def _crumbs(title: Title, licenses: str, here: str) -> list[Crumb]:
    name = shown_words(title.shown_name((ENGLISH,)))
    return [Crumb(name, title_url(title.id)), Crumb(licenses, title_url(title.id, "licenses")), Crumb(here)]


def save(sitting: Sitting, fields: Fields) -> Response:
    """``POST /save-license``: a new one (``title``) or a changed one (``id``); reviews, then saves."""
    id_ = fields.one("id")
    old: License | None = None
    if id_:
        old, title = _found(sitting, id_)
        owner = old.title
    else:
        title = find_title(sitting, fields.one("title"))
        owner = title.id
    document = license_document(fields, id_ or f"desk-{secrets.token_hex(6)}", str(owner))
    errors = license_errors(document)
    if errors:
        return _form(sitting, title, _written(fields), errors, old)
    new = license_from_dict(document)
    if fields.one("step") == "save" and _stored(sitting, fields, document):
        message = sitting.tell("The license is changed.") if old else sitting.tell("The license is added.")
        return sitting.go(title_url(title.id, "licenses"), message, undo=True)
    if old == new:
        return sitting.go(title_url(title.id, "licenses"), sitting.tell("Nothing was changed."), problem=True)
    return _review(
        sitting,
        title,
        fields,
        [old] if old else [],
        [new],
        verb="save",
        label=sitting.tell("Save the license"),
        clash=fields.one("step") == "save",
    )


def _stored(sitting: Sitting, fields: Fields, document: dict[str, Any]) -> bool:
    """Stores what was reviewed; False where the license was changed since."""
    with sitting.app.atomic():
        if not fields.one("id"):
            add_license(sitting.app, sitting.actor, document, request_id=sitting.request_id)
        elif fields.one("expected") == _mark(_found(sitting, fields.one("id"))[0]):
            edit_license(sitting.app, sitting.actor, document, request_id=sitting.request_id)
        else:
            return False
    return True


def _written(fields: Fields) -> dict[str, object]:
    return {key: value for key, value in fields.pairs if key != "modes"} | {"modes": fields.all("modes")}


def _mark(license_: License | None) -> str:
    """What the reviewer saw; a license that was changed since has another one."""
    return "" if license_ is None else str(license_to_dict(license_))


def _review(
    sitting: Sitting,
    title: Title,
    fields: Fields,
    before: list[License],
    after: list[License],
    *,
    verb: str,
    label: str,
    clash: bool = False,
    danger: bool = False,
) -> Response:
    counting = _all_of(sitting, title)
    then = [one for one in counting if one.id not in {old.id for old in before}] + after
    told = license_differences(
        [license_to_dict(one) for one in before], [license_to_dict(one) for one in after]
    )
    kept = [*fields.without("step", "expected").pairs, ("expected", _mark(before[0] if before else None))]
    return sitting.page(
        "license_review.html",
        noun="catalog",
        title=label,
        crumbs=_crumbs(title, sitting.tell("Licenses"), label),
        status=409 if clash else 200,
        the_title=title,
        told=told,
        kept=kept,
        effect=effect_of(sitting, counting, then),
        action=sitting.request.url.path,
        verb=verb,
        label=label,
        clash=clash,
        danger=danger,
    )


def remove(sitting: Sitting, fields: Fields) -> Response:
    """``POST /remove-license``: shows what it closes, then removes."""
    license_, title = _found(sitting, fields.one("id"))
    if fields.one("step") == "remove" and fields.one("expected") == _mark(license_):
        remove_license(sitting.app, sitting.actor, license_.id, request_id=sitting.request_id)
        url = title_url(title.id, "licenses")
        return sitting.go(url, sitting.tell("The license is removed."), undo=True)
    label = sitting.tell("Remove the license")
    clash = fields.one("step") == "remove"
    return _review(
        sitting, title, fields, [license_], [], verb="remove", label=label, clash=clash, danger=True
    )


def close(sitting: Sitting, fields: Fields) -> Response:
    """``POST /close-now``: ends what is open for a title in one territory, this second."""
    title = find_title(sitting, fields.one("title"))
    url = title_url(title.id, "licenses")
    try:
        territory = Territory.parse(country_code(fields.one("territory").strip()))
    except BadValue:
        return sitting.go(url, sitting.tell("Choose the territory to close."), problem=True)
    name = sitting.phrases.book.territory(territory)
    if fields.one("step") == "close":
        try:
            close_now(sitting.app, sitting.actor, title.id, territory, request_id=sitting.request_id)
        except Conflict as error:
            return sitting.go(url, f"{error.message} {error.advice}", problem=True)
        message = sitting.tell("Closed in %(territory)s from this second on.", territory=name)
        return sitting.go(url, message, undo=True)
    modes = sitting.app.rights.open_modes(title.id, territory, sitting.now)
    own = [one for one in title_licenses(sitting.app, title.id) if territory in one.where]
    return sitting.page(
        "close_review.html",
        noun="catalog",
        title=sitting.tell("Close in %(territory)s", territory=name),
        crumbs=_crumbs(
            title, sitting.tell("Licenses"), sitting.tell("Close in %(territory)s", territory=name)
        ),
        the_title=title,
        territory=territory,
        territory_name=name,
        modes=modes,
        own=own,
        inherited=bool(modes) and not own,
    )


ROUTES = [
    shown("/new-license", new_license, Permission.EDIT),
    shown("/license/{id:path}", edit, Permission.EDIT),
    changed("/save-license", save),
    changed("/remove-license", remove),
    changed("/close-now", close),
]
