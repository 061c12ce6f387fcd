"""What endpoints get: the application, who asks, and the parts of the request they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Path, Query
from starlette.requests import Request

from crossreel.accounts.operator import Actor
from crossreel.app import App
from crossreel.errors import BadValue
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import parse_instant
from crossreel.web.api.envelope import path_value
from crossreel.web.api.gate import ApiLimits

__all__ = [
    "At",
    "Call",
    "Calling",
    "Cursor",
    "Everything",
    "Guest",
    "IfMatch",
    "InTerritory",
    "Limit",
    "Mode",
    "Reading",
    "TitlePath",
    "Visiting",
    "read_at",
]


class Everything:
    """All titles as one vocabulary, made once for each state of the catalog."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._known: tuple[int, Vocabulary[TitleId]] | None = None

    def titles(self) -> Vocabulary[TitleId]:
        """Every merged title, by id."""
        known, revision = self._known, self._app.catalog.revision()
        if known is None or known[0] != revision:
            known = self._known = (revision, Vocabulary(self._app.catalog.ids()))
        return known[1]


@dataclass(frozen=True, slots=True)
class Guest:
    """A request of anybody."""

    app: App
    everything: Everything
    request: Request
    limits: ApiLimits

    @property
    def root(self) -> str:
        """The path that the API is mounted at; addresses in answers begin with it."""
        return str(self.request.scope.get("root_path", ""))


@dataclass(frozen=True, slots=True)
class Call(Guest):
    """A request of an operator or their program."""

    actor: Actor
    request_id: str

    def title(self, segment: str) -> TitleId:
        """The merged title that a path names.

        Raises:
            BadValue: it is not of the form source:id.
            UnknownId: there is no such title.
        """
        text = path_value(segment)
        if ":" not in text:
            raise BadValue("title", text, "of the form source:id", advice="Put its source before it.")
        return self.app.title_id(text)

    def viewer(self, segment: str) -> ViewerId:
        """The viewer that a path names. Raises ``BadValue``, ``UnknownId``."""
        text = path_value(segment)
        if ":" not in text:
            raise BadValue("viewer", text, "of the form source:id", advice="Put its source before it.")
        return self.app.viewer_id(text)


def _guest(request: Request) -> Guest:
    state = request.app.state
    return Guest(state.app, state.everything, request, state.limits)


def _call(request: Request) -> Call:
    state, asked = request.app.state, request.state
    return Call(state.app, state.everything, request, state.limits, asked.actor, asked.request_id)


Calling = Annotated[Call, Depends(_call)]
Visiting = Annotated[Guest, Depends(_guest)]

TitlePath = Annotated[
    str,
    Path(
        min_length=3,
        max_length=800,
        pattern=r"^[^:]+:",
        description="Title id, source:id; a slash inside it is written %2F.",
        examples=["tmdb:653"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Items on a page, at most.")]
Cursor = Annotated[
    str, Query(max_length=2000, description="Where to go on: `next` of the page before; empty starts.")
]
InTerritory = Annotated[
    str, Query(min_length=2, max_length=2, description="ISO 3166-1 alpha-2 code.", examples=["BR"])
]
Mode = Annotated[
    str | None,
    Query(max_length=20, description="SVOD, TVOD (rent), EST (buy), AVOD or DOWNLOAD.", examples=["SVOD"]),
]
At = Annotated[
    str | None,
    Query(
        max_length=40,
        description="ISO 8601 instant with a zone; default is now.",
        examples=["2026-01-01T00:00:00Z"],
    ),
]
Reading = Annotated[
    str, Query(max_length=64, description="Language of names and reasons, BCP 47.", examples=["pt-BR"])
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=2000, description="ETag of the state that is changed; 428 without."),
]


def read_at(text: str | None) -> datetime | None:
    """The instant asked about, None for now. Raises ``BadValue``."""
    return parse_instant(text) if text else None
