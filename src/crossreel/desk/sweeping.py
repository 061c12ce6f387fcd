"""Removing stored files that nothing points to any more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.blobs import Blob
from crossreel.catalog.title import Title
from crossreel.desk.leftovers import Leftover, leftovers, remove_leftovers
from crossreel.desk.named_people import erase_film_people
from crossreel.desk.trail import record
from crossreel.desk.undo import UNDO_DAYS

__all__ = ["Swept", "sweep_blobs"]

_DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed, or would remove.

    Attributes:
        removed: files that nothing points to, by digest.
        bytes: of them together.
        kept: files that stay.
        dry_run: whether nothing was really removed.
        leftovers: what ended work left behind, removed too (``desk.leftovers``).
    """

    removed: tuple[str, ...]
    bytes: int
    kept: int
    dry_run: bool
    leftovers: tuple[Leftover, ...] = ()


def sweep_blobs(app: App, actor: Actor, *, dry_run: bool = False, request_id: str = "") -> Swept:
    """Removes the files in the workspace's blob store that nothing needs, and what ended work left.

    Needed is what a title or a record of one has attached, and what a change names that can still be
    undone. A file that is younger than the days of undoing stays too, as it may be about to be
    attached. Writers wait meanwhile, so that nothing is attached between the look and the removal.

    Raises:
        NotAllowed: the actor may not administer.
    """
    actor.require(Permission.ADMINISTER)
    oldest = app.clock() - timedelta(days=UNDO_DAYS)
    with app.atomic():
        needed = set(_needed(app))
        blobs = list(app.blobs.all())
        unused = [blob for blob in blobs if blob.digest not in needed and blob.created_at < oldest]
        left = leftovers(app, needed)
        if not dry_run:
            _remove(app, actor, unused, left, request_id)
    digests = tuple(sorted(blob.digest for blob in unused))
    size = sum(blob.size for blob in unused)
    return Swept(digests, size, len(blobs) - len(unused), dry_run, tuple(left))


def _remove(app: App, actor: Actor, unused: list[Blob], left: list[Leftover], request_id: str) -> None:
    for blob in unused:
        app.blobs.delete(blob.digest)
        erase_film_people(app, actor, blob.digest, request_id=request_id)
    remove_leftovers(app, left)
    for subject, sizes in (
        ("blobs", [one.size for one in unused]),
        ("leftovers", [one.bytes for one in left]),
    ):
        if sizes:
            told = {"files": len(sizes), "bytes": sum(sizes)}
            record(app, actor, "files.sweep", subject, after=told, request_id=request_id)


def _needed(app: App) -> Iterator[str]:
    merged = list(app.catalog.all())
    for title in merged:
        yield from _attached(title)
    for records in app.catalog.siblings(title.id for title in merged).values():
        for one in records:
            yield from _attached(one.title)
    yield from _undoable(app)


def _attached(title: Title) -> Iterator[str]:
    return (one.digest for one in title.attachments)


def _undoable(app: App) -> Iterator[str]:
    """Whatever looks like a digest in the changes of the last days."""
    since = app.clock() - timedelta(days=UNDO_DAYS)
    before: int | None = None
    while entries := app.audit.page(before=before, limit=_PAGE):
        for entry in entries:
            if entry.time < since:
                return
            told: list[Any] = [entry.before, entry.after]
            yield from (found.decode() for found in _DIGEST.findall(orjson.dumps(told, default=str)))
        before = entries[-1].id
