"""Taking events of other systems in, and erasing a viewer who asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.audience.bulk import read_kind
from crossreel.audience.event import SCALES, Event, EventKind, Scale
from crossreel.desk.lists import erase_lists
from crossreel.desk.trail import record
from crossreel.errors import BadRows, BadValue, RowProblem
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.values.window import parse_instant

__all__ = ["Erased", "Taken", "erase_viewer", "take_events"]

_NEEDS_VALUE = frozenset({EventKind.RATING, EventKind.THUMBS})
_EARLIEST = parse_instant("1900-01-01T00:00:00Z")
_AHEAD = timedelta(minutes=5)
"""How far the clocks of others may be ahead of ours."""
_LABELS = ("device", "row", "algorithm")
_LONGEST_LABEL, _LONGEST_TEXT = 200, 20_000

_Key = tuple[str, str, str, int | None, float | None, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """How many events were added, and how many the log had already."""

    added: int
    known: int


@dataclass(frozen=True, slots=True)
class Erased:
    """What was removed of a viewer: events, and whether there was a profile."""

    events: int
    profile: bool


def take_events(
    app: App, actor: Actor, documents: Sequence[Mapping[str, Any]], *, request_id: str = ""
) -> Taken:
    """Adds events in the form of ``audience.event_file``, all of them or none.

    An event equal in viewer, title, kind, time, value and text to one that the log holds is not added
    again, so that a caller who got no answer may send the same events once more.

    Raises:
        NotAllowed: the actor may not edit.
        BadRows: some cannot be used; every one of them is listed, rows counted from 1.
    """
    actor.require(Permission.EDIT)
    events, problems = _read(app, documents)
    if problems:
        raise BadRows(problems, advice="Correct them and send all events again; nothing was stored.")
    with app.atomic():
        held = _held(app, events)
        fresh: dict[_Key, Event] = {}
        for event in events:
            if _key(event) not in held:
                fresh.setdefault(_key(event), event)
        app.events.append(list(fresh.values()))
        taken = Taken(len(fresh), len(events) - len(fresh))
        if fresh:
            shown = {"events": taken.added, "viewers": len({event.viewer for event in fresh.values()})}
            record(app, actor, "audience.take", "events", after=shown, request_id=request_id)
    return taken


def erase_viewer(app: App, actor: Actor, viewer: ViewerId, *, request_id: str = "") -> Erased:
    """Removes a viewer's events and profile for good; the trail keeps that it was done, not what was there.

    Raises:
        NotAllowed: the actor may not administer.
    """
    actor.require(Permission.ADMINISTER)
    app.impressions.forget(viewer)
    events = app.events.erase(viewer)
    with app.atomic():
        profile = app.viewers.erase(viewer)
        app.exposures.erase(viewer)
        erase_lists(app, viewer)
        shown = {"events": events, "profile": profile}
        record(app, actor, "viewer.erase", str(viewer), after=shown, request_id=request_id)
    return Erased(events, profile)


def _read(app: App, documents: Sequence[Mapping[str, Any]]) -> tuple[list[Event], list[RowProblem]]:
    latest = app.clock() + _AHEAD
    events, problems = [], []
    for row, document in enumerate(documents, 1):
        try:
            events.append((row, _event(document, latest)))
        except BadValue as error:
            problems.append(RowProblem("events", row, str(error.data["what"]), error.message))
    known = app.catalog.resolve({event.title for _, event in events})
    for row, event in events:
        if event.title not in known:
            text = f"there is no title {str(event.title)!r} in the catalog"
            problems.append(RowProblem("events", row, "title", text))
    return [event for _, event in events], sorted(problems, key=lambda problem: problem.row)


def _event(document: Mapping[str, Any], latest: datetime) -> Event:
    """One event. Raises ``BadValue``."""
    kind = read_kind(document["kind"])
    if document.get("value") is None and kind in _NEEDS_VALUE:
        raise BadValue("value", None, f"there for a {kind}")
    time = parse_instant(document["time"]) if document.get("time") else None
    if time is not None and not _EARLIEST <= time <= latest:
        raise BadValue("time", document["time"], "between 1900 and now")
    for label in _LABELS:
        text = document.get(label) or ""
        if len(text) > _LONGEST_LABEL or not text.isprintable():
            raise BadValue(label, text, f"at most {_LONGEST_LABEL} printable characters")
    text = document.get("text") or ""
    if len(text) > _LONGEST_TEXT or "\0" in text:
        raise BadValue("text", text, f"at most {_LONGEST_TEXT} characters without NUL")
    territory, language = document.get("territory"), document.get("language")
    return Event(
        kind=kind,
        viewer=ViewerId.parse(document["viewer"]),
        title=TitleId.parse(document["title"]),
        time=time,
        value=document.get("value"),
        scale=_scale(document.get("scale")) or SCALES[kind],
        territory=Territory.parse(territory) if territory else None,
        device=document.get("device") or "",
        row=document.get("row") or "",
        position=document.get("position"),
        algorithm=document.get("algorithm") or "",
        text=text,
        language=Language.parse(language) if language else None,
    )


def _scale(text: str | None) -> Scale | None:
    if not text:
        return None
    low, dots, high = text.partition("..")
    try:
        numbers = float(low), float(high)
    except ValueError:
        numbers = 0.0, 0.0
    if not dots or not all(-1e6 <= number <= 1e6 for number in numbers):
        raise BadValue("scale", text, "of the form low..high, such as 1..5")
    return Scale(*numbers)


def _key(event: Event) -> _Key:
    microseconds = None if event.time is None else round(event.time.timestamp() * 1_000_000)
    return str(event.viewer), str(event.title), event.kind.value, microseconds, event.value, event.text


def _held(app: App, events: Sequence[Event]) -> set[_Key]:
    """Which events of these viewers and titles the log holds."""
    viewers, titles = {str(event.viewer) for event in events}, {str(event.title) for event in events}
    rows = app.events.query(
        "SELECT viewer, title, kind, epoch_us(time), value, coalesce(text, '') FROM events "
        "WHERE list_contains(?, viewer) AND list_contains(?, title)",
        [sorted(viewers), sorted(titles)],
    )
    return set(rows)
