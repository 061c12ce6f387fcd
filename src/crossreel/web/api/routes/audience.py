"""Audience: figures, profiles, events of other systems, and a viewer's right to see and to be forgotten."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.audience.event import EventKind, Viewer
from crossreel.audience.event_file import event_to_dict
from crossreel.desk.audience import erase_viewer as erase
from crossreel.desk.audience import take_events
from crossreel.desk.trail import record
from crossreel.web.api.answers import answer, instant, turn_page
from crossreel.web.api.context import Calling, Cursor, Limit
from crossreel.web.api.cursors import read_cursor, write_cursor
from crossreel.web.api.forms import Document, Form, Page
from crossreel.web.api.routing import BULK_BYTES, noun, operation

__all__ = ["MOST_EVENTS", "router"]

router = noun("audience")

MOST_EVENTS = 1000
ViewerPath = Annotated[
    str,
    Path(
        min_length=3,
        max_length=800,
        pattern=r"^[^:]+:",
        description="Viewer id, source:id.",
        examples=["app:42"],
    ),
]
Short = Annotated[str, Field(max_length=200)]


class Summary(Document):
    """What the log of events holds."""

    events: int
    viewers: int
    titles: int
    first: str | None
    last: str | None
    by_kind: dict[str, int]
    by_territory: dict[str, int]
    by_source: dict[str, int]


class Profile(Document):
    """A viewer's profile; simulated viewers say so."""

    id: str
    name: str
    territory: str | None
    languages: list[str]
    birth_year: int | None
    age_band: str
    gender: str
    occupation: str
    simulated: bool


class OneViewer(Document):
    """A viewer: the profile if there is one, and how much is logged."""

    id: str
    profile: Profile | None
    events: int
    by_kind: dict[str, int]
    first: str | None
    last: str | None


class EventForm(Form):
    """One event; `value` lies on `scale` (low..high), by default the kind's own."""

    kind: EventKind = Field(strict=False)
    viewer: str = Field(max_length=265, examples=["app:42"])
    title: str = Field(max_length=265, examples=["tmdb:653"])
    time: str | None = Field(None, max_length=40, examples=["2026-01-01T20:15:00Z"])
    value: float | None = Field(None, ge=-1e6, le=1e6, examples=[4.5])
    scale: str | None = Field(None, max_length=40, examples=["0.5..5"])
    territory: str | None = Field(None, max_length=2, examples=["BR"])
    device: Short | None = None
    row: Short | None = None
    position: int | None = Field(None, ge=0, le=1_000_000)
    algorithm: Short | None = None
    text: str | None = Field(None, max_length=20_000)
    language: str | None = Field(None, max_length=64)


class Kept(Document):
    """All that is kept about a viewer; events in the form of ``POST /audience/events``."""

    viewer: str
    profile: Profile | None
    events: list[dict[str, Any]]


class Events(Form):
    """Up to 1000 events."""

    events: list[EventForm] = Field(min_length=1, max_length=MOST_EVENTS)


class Taken(Document):
    """How many events are new, and how many were known already."""

    added: int
    known: int


class Erased(Document):
    """What was removed."""

    viewer: str
    events: int
    profile: bool


def _profile(viewer: Viewer) -> dict[str, Any]:
    return {
        "id": str(viewer.id),
        "name": viewer.name,
        "territory": viewer.territory and viewer.territory.code,
        "languages": [language.tag for language in viewer.languages],
        "birth_year": viewer.birth_year,
        "age_band": viewer.age_band,
        "gender": viewer.gender,
        "occupation": viewer.occupation,
        "simulated": viewer.simulated,
    }


@router.get("/audience/summary", **operation(Permission.READ, Summary))
def summarize_audience(call: Calling) -> Response:
    """Count events, viewers and titles, by kind, territory and source."""
    found = call.app.events.summary()
    document = {
        "events": found.events,
        "viewers": found.viewers,
        "titles": found.titles,
        "first": instant(found.first),
        "last": instant(found.last),
        "by_kind": found.by_kind,
        "by_territory": found.by_territory,
        "by_source": found.by_source,
    }
    return answer(call.request, document)


@router.get("/audience/viewers", **operation(Permission.READ, Page[Profile]))
def list_viewers(
    call: Calling,
    search: Annotated[str, Query(max_length=200, description="Part of an id or a name.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Response:
    """List viewers' profiles by id."""
    place = read_cursor("viewers", {"search": search}, cursor, (str,))
    found = call.app.viewers.page(after=place[0] if place else "", limit=limit + 1, search=search)
    more = len(found) > limit
    token = write_cursor("viewers", {"search": search}, [str(found[limit - 1].id)]) if more else None
    return turn_page(call.request, [_profile(viewer) for viewer in found[:limit]], token)


@router.post("/audience/events", **operation(Permission.EDIT, Taken, limit=BULK_BYTES))
def add_events(call: Calling, form: Events) -> Response:
    """Add up to 1000 events, all of them or none; sending the same ones again adds nothing."""
    documents = [event.model_dump() for event in form.events]
    taken = take_events(call.app, call.actor, documents, request_id=call.request_id)
    return answer(call.request, {"added": taken.added, "known": taken.known})


@router.get("/audience/viewers/{viewer}", **operation(Permission.READ, OneViewer))
def get_viewer(call: Calling, viewer: ViewerPath) -> Response:
    """Get a viewer's profile and how much is logged of them."""
    id_ = call.viewer(viewer)
    profile, events = call.app.viewers.get(id_), call.app.events.history(id_)
    times = [event.time for event in events if event.time is not None]
    kinds: dict[str, int] = {}
    for event in events:
        kinds[event.kind.value] = kinds.get(event.kind.value, 0) + 1
    document = {
        "id": str(id_),
        "profile": profile and _profile(profile),
        "events": len(events),
        "by_kind": kinds,
        "first": instant(min(times, default=None)),
        "last": instant(max(times, default=None)),
    }
    return answer(call.request, document)


@router.get("/audience/viewers/{viewer}/export", **operation(Permission.ADMINISTER, Kept))
def export_viewer(call: Calling, viewer: ViewerPath) -> Response:
    """Get all that is kept about a viewer; that it was given out is written down."""
    id_ = call.viewer(viewer)
    profile, events = call.app.viewers.get(id_), call.app.events.history(id_)
    shown = {"events": len(events)}
    record(call.app, call.actor, "viewer.export", str(id_), after=shown, request_id=call.request_id)
    document = {
        "viewer": str(id_),
        "profile": profile and _profile(profile),
        "events": [event_to_dict(event) for event in events],
    }
    return answer(call.request, document, cache="private, no-store")


@router.delete("/audience/viewers/{viewer}", **operation(Permission.ADMINISTER, Erased))
def erase_viewer(call: Calling, viewer: ViewerPath) -> Response:
    """Erase a viewer: the profile and every event, for good."""
    id_ = call.viewer(viewer)
    erased = erase(call.app, call.actor, id_, request_id=call.request_id)
    return answer(call.request, {"viewer": str(id_), "events": erased.events, "profile": erased.profile})
