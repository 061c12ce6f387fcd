"""Creating and editing titles.

What an operator saves is a record of the source ``desk``; ``catalog.merge`` lets it say everything
of the title, so that a later import of the title's source does not take the edit back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crossreel.accounts.audit import AuditEntry
from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.attachment import Attachment
from crossreel.catalog.documents import content_hash, title_from_dict, title_to_dict
from crossreel.catalog.merge import DESK, plan_merge
from crossreel.catalog.repository import TitleRecord
from crossreel.catalog.title import LocalizedText, MachineMade, Title
from crossreel.desk.trail import record
from crossreel.errors import BadValue, Conflict, UnknownId
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["create_title", "edit_text", "edit_title", "put_title", "title_history"]


def create_title(app: App, actor: Actor, document: Mapping[str, Any], *, request_id: str = "") -> Title:
    """Adds a title; its id is ``desk:`` and the document's ``id``.

    Raises:
        NotAllowed: the actor may not edit.
        BadValue: the document is not a title (``catalog.documents``), or names a file that is not kept.
        Conflict: the id is taken.
    """
    actor.require(Permission.EDIT)
    title = title_from_dict(document, DESK)
    if title.id.source != DESK:
        raise BadValue("id", str(title.id), "without a source, or of the source desk")
    _check_files(app, title, ())
    with app.atomic():
        if app.catalog.resolve([title.id]):
            raise Conflict(f"There is a title {title.id} already.", advice="Choose another id.")
        put_title(app, title)
        record(
            app,
            actor,
            "title.create",
            str(title.id),
            after=title_to_dict(title),
            request_id=request_id,
        )
    return title


def edit_title(
    app: App,
    actor: Actor,
    id_: TitleId,
    document: Mapping[str, Any],
    *,
    expected: str | None = None,
    request_id: str = "",
    action: str = "title.edit",
    undoes: int | None = None,
    states_machine: bool = False,
) -> Title:
    """Replaces what is known of a title by the whole ``document``.

    Args:
        app: the application.
        actor: who edits.
        id_: the merged title.
        document: in the form of ``catalog.documents``; its ``id`` may be left out.
        expected: ``content_hash`` of the title that the editor saw; None takes the last word.
        request_id: of the HTTP request.
        action: what the trail calls it.
        undoes: the entry that this edit takes back.
        states_machine: the document says which texts are a machine's; otherwise those stay so that
            nobody changed, and what was changed is a person's.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such title.
        BadValue: the document is not a title, or says another id.
        Conflict: somebody else changed the title since.
    """
    actor.require(Permission.EDIT)
    changed = title_from_dict({"id": str(id_), **document}, id_.source)
    if changed.id != id_:
        raise BadValue("id", str(changed.id), f"that of the title, {id_}")
    with app.atomic():
        current = _current(app, id_)
        if expected is not None and content_hash(current) != expected:
            raise Conflict(
                f"{current.name} was changed by somebody else meanwhile.",
                advice="Look at the new state and edit again.",
                current=content_hash(current),
            )
        if not states_machine and undoes is None:
            changed = replace(changed, texts=_by_machine(changed.texts, current.texts))
        if changed == current:
            return current
        _check_files(app, changed, current.attachments)
        put_title(app, changed)
        record(
            app,
            actor,
            action,
            str(id_),
            before=title_to_dict(current),
            after=title_to_dict(changed),
            request_id=request_id,
            undoes=undoes,
        )
    return changed


def edit_text(
    app: App,
    actor: Actor,
    id_: TitleId,
    language: Language,
    territory: Territory | None = None,
    *,
    name: str | None = None,
    synopsis: str | None = None,
    tagline: str | None = None,
    expected: str | None = None,
    request_id: str = "",
    action: str = "title.edit",
    engine: str = "",
) -> Title:
    """Changes one localized text; None leaves a field, an empty string clears it.

    ``engine`` says which machine wrote the given fields, if one did. ``expected``, ``action`` and what it
    raises are those of ``edit_title``.
    """
    title = _current(app, id_)
    slot = LocalizedText(language, territory).slot
    old = next((text for text in title.texts if text.slot == slot), LocalizedText(language, territory))
    new = replace(
        old,
        name=old.name if name is None else name.strip(),
        synopsis=old.synopsis if synopsis is None else synopsis.strip(),
        tagline=old.tagline if tagline is None else tagline.strip(),
    )
    written = {"name": name, "synopsis": synopsis, "tagline": tagline}
    given = {field for field, text in written.items() if text is not None}
    day = app.clock().date()
    made = tuple(MachineMade(field, engine, day) for field in given if engine and getattr(new, field))
    stay = tuple(one for one in old.machine if one.field not in given)
    new = replace(new, machine=tuple(sorted((*made, *stay))))
    kept = tuple(text for text in title.texts if text.slot != slot)
    texts = (*kept, new) if new.name or new.synopsis or new.tagline else kept
    document = title_to_dict(replace(title, texts=texts))
    expected = content_hash(title) if expected is None else expected
    return edit_title(
        app, actor, id_, document, expected=expected, request_id=request_id, action=action,
        states_machine=True,
    )  # fmt: skip


def accept_text(
    app: App,
    actor: Actor,
    id_: TitleId,
    language: Language,
    territory: Territory | None = None,
    *,
    expected: str | None = None,
    request_id: str = "",
) -> Title:
    """An editor stands for a text that a machine wrote, as it is.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such title, or no such text of it.
        Conflict: somebody else changed the title since.
    """
    actor.require(Permission.EDIT)
    title = _current(app, id_)
    slot = LocalizedText(language, territory).slot
    if all(text.slot != slot for text in title.texts):
        raise UnknownId("text of the title", f"{id_} {language}")
    texts = tuple(replace(text, machine=()) if text.slot == slot else text for text in title.texts)
    return edit_title(
        app, actor, id_, title_to_dict(replace(title, texts=texts)),
        expected=content_hash(title) if expected is None else expected, request_id=request_id,
        action="title.accept", states_machine=True,
    )  # fmt: skip


def _by_machine(new: tuple[LocalizedText, ...], old: tuple[LocalizedText, ...]) -> tuple[LocalizedText, ...]:
    """Texts whose fields are a machine's where they were and nobody changed them."""
    before = {text.slot: text for text in old}

    def one(text: LocalizedText) -> LocalizedText:
        was = before.get(text.slot)
        same = was.machine if was is not None else ()
        kept = tuple(
            made for made in same if was is not None and getattr(text, made.field) == getattr(was, made.field)
        )
        return replace(text, machine=kept)

    return tuple(one(text) for text in new)


def title_history(app: App, id_: TitleId, *, limit: int = 100) -> list[AuditEntry]:
    """The changes of a title by staff, newest first."""
    return app.audit.page(subject=str(id_), limit=limit)


def put_title(app: App, title: Title) -> None:
    """Stores ``title`` as the desk's word on it; call it inside ``app.atomic()``.

    Raises:
        Conflict: it would come to hang under itself; rights refuse every question about such a catalog.
    """
    _check_parents(app, title)
    own = title.id if title.id.source == DESK else TitleId(DESK, str(title.id))
    said = replace(title, id=own)
    fresh = [TitleRecord(said, content_hash(said))]
    plan = plan_merge(fresh, app.catalog)
    app.catalog.put(fresh, plan.merged, plan.members, plan.doubtful)


def _check_parents(app: App, title: Title) -> None:
    seen, parent = {title.id}, title.parent
    while parent is not None:
        parent = app.catalog.resolve([parent]).get(parent, parent)
        if parent in seen:
            raise Conflict(
                f"{title.id} would hang under itself.", advice="Choose another parent.", parent=str(parent)
            )
        seen.add(parent)
        above = app.catalog.get([parent]).get(parent)
        parent = above.parent if above else None


def _check_files(app: App, title: Title, known: tuple[Attachment, ...]) -> None:
    """Refuses a file that nobody uploaded; what is known already may stay whatever became of its bytes."""
    for one in title.attachments:
        if one not in known and not app.blobs.exists(one.digest):
            raise BadValue(
                "attachments",
                one.digest,
                "the digest of a file that was uploaded",
                advice="Upload it first, with the title's page in the console or POST .../attachments.",
            )


def _current(app: App, id_: TitleId) -> Title:
    found = app.catalog.get([id_])
    if id_ not in found:
        raise UnknownId("title", id_)
    return found[id_]
