"""Adding, editing, removing and closing licenses.

The trail keeps the licenses before and after each change as ``{"licenses": [...]}``, so that any
change is taken back by putting the first list in place of the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.desk.trail import record
from crossreel.errors import Conflict, UnknownId
from crossreel.rights.feed import license_from_dict, license_to_dict
from crossreel.rights.license import License
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory
from crossreel.values.window import Boundary

__all__ = ["add_license", "close_now", "edit_license", "remove_license", "swap_licenses", "title_licenses"]


def title_licenses(app: App, id_: TitleId) -> list[License]:
    """The licenses written for a title under any of its records' ids."""
    names = [record_id for record_id, merged in app.catalog.aliases().items() if merged == id_]
    return app.licenses.of({id_, *names})


def add_license(app: App, actor: Actor, document: Mapping[str, Any], *, request_id: str = "") -> License:
    """Adds a license (``rights.feed`` form).

    Raises:
        NotAllowed: the actor may not edit.
        BadValue: the document is not a license.
        UnknownId: its title is not in the catalog.
        Conflict: the id is taken.
    """
    license_ = license_from_dict(document)
    if not app.catalog.resolve([license_.title]):
        raise UnknownId("title", license_.title)
    swap_licenses(app, actor, "license.add", [], [license_], request_id=request_id)
    return license_


def edit_license(app: App, actor: Actor, document: Mapping[str, Any], *, request_id: str = "") -> License:
    """Replaces the license with the document's id. Raises as ``add_license``, and ``UnknownId``."""
    license_ = license_from_dict(document)
    swap_licenses(app, actor, "license.edit", [_stored(app, license_.id)], [license_], request_id=request_id)
    return license_


def remove_license(app: App, actor: Actor, id_: str, *, request_id: str = "") -> None:
    """Removes a license. Raises ``NotAllowed``, ``UnknownId``."""
    swap_licenses(app, actor, "license.remove", [_stored(app, id_)], [], request_id=request_id)


def close_now(
    app: App, actor: Actor, id_: TitleId, territory: Territory, *, request_id: str = ""
) -> list[License]:
    """Ends, from this second on, whatever is open for a title in one territory.

    Each license that covers the territory is split in two: one without it, and one for it alone
    that ends now; so the reasons go on saying that it was open until now. Licenses of a series
    or season are not touched when an episode is closed.

    Returns:
        The licenses that now end.

    Raises:
        NotAllowed: the actor may not edit.
        Conflict: nothing of its own licenses is open or opens later there.
    """
    now = app.clock().replace(microsecond=0)
    covering = [
        license_
        for license_ in title_licenses(app, id_)
        if territory in license_.where and license_.end.closes(territory) > now
    ]
    if not covering:
        raise Conflict(
            f"{id_} has no license that is or will be open in {territory}.", advice="Nothing to close."
        )
    ended: list[License] = []
    remaining: list[License] = []
    for license_ in covering:
        if license_.where != {territory}:
            remaining.append(replace(license_, excluded=(*license_.excluded, territory.code)))
        if license_.start.opens(territory) < now:
            alone = replace(
                license_,
                id=f"{license_.id}.closed-{territory.code.lower()}",
                territories=(territory.code,),
                excluded=(),
                end=Boundary(instant=now),
            )
            ended.append(alone)
    swap_licenses(app, actor, "license.close", covering, [*remaining, *ended], request_id=request_id)
    return ended


def swap_licenses(
    app: App,
    actor: Actor,
    action: str,
    before: Iterable[License],
    after: Iterable[License],
    *,
    request_id: str = "",
    undoes: int | None = None,
) -> None:
    """Puts ``after`` in place of ``before`` in one transaction and writes the trail.

    Raises:
        NotAllowed: the actor may not edit.
        Conflict: a license of ``before`` was changed meanwhile, or an id of ``after`` is taken.
    """
    actor.require(Permission.EDIT)
    old, new = list(before), list(after)
    with app.atomic():
        stored = {license_.id: license_ for license_ in app.licenses.of({license_.title for license_ in old})}
        for license_ in old:
            if stored.get(license_.id) != license_:
                raise Conflict(
                    f"The license {license_.id} was changed meanwhile.", advice="Look at it and try again."
                )
        app.licenses.remove([license_.id for license_ in old])
        app.licenses.add(new)
        subject = str((old or new)[0].title)
        record(
            app,
            actor,
            action,
            subject,
            before={"licenses": [license_to_dict(license_) for license_ in old]},
            after={"licenses": [license_to_dict(license_) for license_ in new]},
            request_id=request_id,
            undoes=undoes,
        )


def _stored(app: App, id_: str) -> License:
    found = app.licenses.get(id_)
    if found is None:
        raise UnknownId("license", id_)
    return found
