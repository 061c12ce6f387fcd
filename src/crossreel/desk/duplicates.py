"""Reviewing doubtful pairs: one work told twice, or two works that look alike.

**The same work.** All records of both titles become one title, and the desk's record of it says
what it says. ``catalog.merge`` keeps the records of a title that has a desk record together, so
later imports do not part them again. **Different works.** The pair leaves the list; the trail is
what remembers it, and the pair can be looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from crossreel.accounts.audit import AuditEntry
from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.documents import content_hash, title_from_dict, title_to_dict
from crossreel.catalog.merge import DESK, merge_records
from crossreel.catalog.repository import DoubtfulPair, TitleRecord
from crossreel.catalog.title import Title
from crossreel.desk.trail import record
from crossreel.errors import Conflict, UnknownId
from crossreel.values.ids import TitleId

__all__ = [
    "MERGED",
    "PARTED",
    "Review",
    "join_titles",
    "joined",
    "mark_different",
    "part_titles",
    "reopen_pair",
    "review_list",
]

MERGED, PARTED = "title.merge", "title.part"
DIFFERENT, REOPENED = "pair.different", "pair.reopen"
_MOST_DECISIONS = 20_000


@dataclass(frozen=True, slots=True)
class Review:
    """The pairs to look at, and those that were found to be different works, each sorted."""

    open: tuple[DoubtfulPair, ...]
    different: tuple[DoubtfulPair, ...]


def review_list(app: App) -> Review:
    """The doubtful pairs of the catalog, sorted by what was decided."""
    pairs = app.catalog.doubtful()
    settled = _settled(app) if pairs else set()
    return Review(
        tuple(pair for pair in pairs if _subject(pair.first, pair.second) not in settled),
        tuple(pair for pair in pairs if _subject(pair.first, pair.second) in settled),
    )


def joined(first: Title, second: Title) -> Title:
    """What one title of both would say: ``first`` goes first, ``second`` fills its gaps."""
    told = (replace(first, id=TitleId("pair", "1")), replace(second, id=TitleId("pair", "2")))
    return replace(merge_records(told), id=first.id)


def join_titles(
    app: App, actor: Actor, first: TitleId, second: TitleId, *, keep: TitleId, request_id: str = ""
) -> Title:
    """Makes one title of two; ``keep`` names the one whose facts go first.

    Its id is that of the older record, as always; the other id goes on leading to it.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: one of them is no title (any more).
        Conflict: they are one title already, or of different kinds.
    """
    actor.require(Permission.EDIT)
    with app.atomic():
        one, other = _titles(app, first, second)
        if one.kind != other.kind:
            raise Conflict(
                f"One is a {one.kind}, the other a {other.kind}; they cannot be one title.",
                advice="Correct the kind of one of them first.",
            )
        records = app.catalog.siblings([one.id, other.id])
        members = {r.title.id: id_ for id_, found in records.items() for r in found}
        oldest = members[app.catalog.oldest_first(members)[0]]
        said = joined(one, other) if keep == one.id else joined(other, one)
        title = replace(said, id=oldest)
        own = _desk_record(title)
        together = dict.fromkeys([*members, own.title.id], oldest)
        app.catalog.put([own], [title], together, [])
        record(
            app,
            actor,
            MERGED,
            str(oldest),
            before={
                "titles": [title_to_dict(one), title_to_dict(other)],
                "members": {str(id_): str(merged) for id_, merged in members.items()},
            },
            after={"titles": [title_to_dict(title)]},
            request_id=request_id,
        )
    return title


def part_titles(app: App, actor: Actor, entry: AuditEntry, *, request_id: str = "") -> None:
    """Takes ``join_titles`` back: two titles again, each as it was.

    Raises:
        NotAllowed: the actor may not edit.
        Conflict: the title was changed since.
    """
    actor.require(Permission.EDIT)
    before, after = entry.before or {}, entry.after or {}
    with app.atomic():
        whole = _title(after["titles"][0])
        members = {TitleId.parse(id_): TitleId.parse(to) for id_, to in before["members"].items()}
        now = app.catalog.resolve(members)
        if app.catalog.get([whole.id]).get(whole.id) != whole or set(now.values()) != {whole.id}:
            raise Conflict(f"{entry.subject} was changed again since.", advice="Undo the later change first.")
        titles = [_title(document) for document in before["titles"]]
        kept = next(title for title in titles if title.id == whole.id)
        own = _desk_record(kept)
        app.catalog.put([own], titles, {**members, own.title.id: kept.id}, [])
        record(
            app,
            actor,
            PARTED,
            entry.subject,
            before=after,
            after={"titles": before["titles"]},
            request_id=request_id,
            undoes=entry.id,
        )


def mark_different(app: App, actor: Actor, first: TitleId, second: TitleId, *, request_id: str = "") -> None:
    """Takes a pair from the list: they are different works. Raises ``NotAllowed``, ``UnknownId``."""
    _decide(app, actor, DIFFERENT, first, second, request_id)


def reopen_pair(app: App, actor: Actor, first: TitleId, second: TitleId, *, request_id: str = "") -> None:
    """Puts a pair on the list again. Raises ``NotAllowed``, ``UnknownId``."""
    _decide(app, actor, REOPENED, first, second, request_id)


def _decide(app: App, actor: Actor, action: str, first: TitleId, second: TitleId, request_id: str) -> None:
    actor.require(Permission.EDIT)
    wanted = {first, second}
    with app.atomic():
        pair = next((pair for pair in app.catalog.doubtful() if {pair.first, pair.second} == wanted), None)
        if pair is None:
            raise UnknownId("doubtful pair", f"{first} and {second}")
        shown: Mapping[str, Any] = {"first": str(pair.first), "second": str(pair.second), "why": pair.why}
        record(app, actor, action, _subject(first, second), after=shown, request_id=request_id)


def _subject(first: TitleId, second: TitleId) -> str:
    return " ".join(map(str, sorted((first, second))))


def _settled(app: App) -> set[str]:
    """The pairs whose last decision says that they differ."""
    last: dict[str, AuditEntry] = {}
    for action in (DIFFERENT, REOPENED):
        for entry in app.audit.page(action=action, limit=_MOST_DECISIONS):
            if entry.subject not in last or last[entry.subject].id < entry.id:
                last[entry.subject] = entry
    return {subject for subject, entry in last.items() if entry.action == DIFFERENT}


def _titles(app: App, first: TitleId, second: TitleId) -> tuple[Title, Title]:
    if first == second:
        raise Conflict(f"{first} is one title already.", advice="Nothing to do.")
    found = app.catalog.get([first, second])
    for id_ in (first, second):
        if id_ not in found:
            raise UnknownId("title", id_)
    return found[first], found[second]


def _desk_record(title: Title) -> TitleRecord:
    """The desk's record of a title: what it says stands."""
    own = title.id if title.id.source == DESK else TitleId(DESK, str(title.id))
    said = replace(title, id=own)
    return TitleRecord(said, content_hash(said))


def _title(document: Mapping[str, Any]) -> Title:
    return title_from_dict(document, DESK)
