"""``GET /availability``: may this title be shown there, this way, now? For players and pages of partners.

Asked far more often than any page, so it stands on ASGI alone, in the event loop: the answer is a
look into memory. It names no license; why is a code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive, Scope, Send

from crossreel.errors import BadValue
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["AvailabilityCheck"]

_REMEMBERED = 20_000
_LONGEST = 1000
_HEADERS = [(b"content-type", b"application/json"), (b"cache-control", b"no-cache")]


@dataclass(frozen=True, slots=True)
class _Asked:
    title: TitleId
    territory: Territory
    mode: Mode
    language: Language | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was said in one state of the records; right for ``since <= instant < until``."""

    asked: _Asked
    state: object
    since: datetime
    until: datetime
    body: bytes


class AvailabilityCheck:
    """An ASGI application.

    The query gives ``title`` (source:id), ``territory`` (ISO 3166-1), ``mode`` (default SVOD) and
    perhaps ``language`` (of the version). The answer has ``available``, ``because`` (codes, each
    with the instant it speaks of), ``until`` and ``opens`` (UTC, or null). A title that is not
    known is closed.

    Args:
        app: the application.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._answers: dict[bytes, _Answer] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers; raises ``BadValue`` for a query that asks nothing."""
        query: bytes = scope["query_string"]
        known, state, now = self._answers.get(query), self._app.epoch().records, self._app.clock()
        if known is None or known.state != state or not known.since <= now < known.until:
            known = self._decide(known.asked if known else _parsed(query), state, now)
            while len(self._answers) >= _REMEMBERED:
                del self._answers[next(iter(self._answers))]
            self._answers[query] = known
        headers = [*_HEADERS, (b"content-length", b"%d" % len(known.body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": known.body})

    def _decide(self, asked: _Asked, state: object, now: datetime) -> _Answer:
        """Asks the predicate; what it says stays so until the next license opens or closes there."""
        rights = self._app.rights
        decision = rights.check(asked.title, asked.territory, asked.mode, now, asked.language)
        until = rights.next_change(asked.territory, now) or now + timedelta(days=1)
        body = orjson.dumps(
            {
                "title": str(asked.title),
                "territory": asked.territory.code,
                "mode": asked.mode.value,
                "available": decision.available,
                "because": [{"code": one.code, "when": _instant(one.when)} for one in decision.because],
                "until": _instant(decision.until),
                "opens": _instant(decision.opens),
            }
        )
        return _Answer(asked, state, now, until, body)


def _parsed(query: bytes) -> _Asked:
    if len(query) > _LONGEST:
        raise BadValue("query", query[:80].decode("latin-1"), f"at most {_LONGEST} bytes")
    fields = parse_qs(query.decode("latin-1"), max_num_fields=10)
    given = {name: values[-1] for name, values in fields.items()}
    for name in ("title", "territory"):
        if name not in given:
            raise BadValue(
                name, "", "given", advice="Ask /availability?title=source:id&territory=JP&mode=SVOD."
            )
    return _Asked(
        TitleId.parse(given["title"]),
        Territory.parse(given["territory"]),
        Mode.read(given.get("mode", "SVOD")),
        Language.parse(given["language"]) if given.get("language") else None,
    )


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")
