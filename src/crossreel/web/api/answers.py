"""Answers: JSON with a strong ETag, pages with a link to the next, and the preconditions of changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from crossreel.web.api.problems import Refusal

__all__ = ["answer", "check_match", "instant", "place_of", "quoted_tag", "turn_page"]

PRIVATE = "private, no-cache"
"""What operators see is asked for again each time; unchanged, it is answered by 304 without a body."""


def instant(when: datetime | None) -> str | None:
    """An instant as it is written everywhere: ISO 8601, UTC, ``Z``."""
    return None if when is None else when.isoformat().replace("+00:00", "Z")


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def answer(
    request: Request,
    document: Any,
    *,
    status: int = 200,
    tag: str = "",
    headers: Mapping[str, str] | None = None,
    cache: str = PRIVATE,
) -> Response:
    """A JSON answer, or 304 if the one who asks has it already.

    Args:
        request: decides by ``If-None-Match``.
        document: JSON values; NumPy arrays are written as lists.
        status: of the answer.
        tag: hash of what is shown; default is the hash of the answer's own text.
        headers: further ones.
        cache: ``Cache-Control``.
    """
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    body = orjson.dumps(document, option=options, default=_plain)
    etag = quoted_tag(tag or hashlib.sha256(body).hexdigest()[:32])
    known = {"ETag": etag, "Cache-Control": cache, "Vary": "Accept-Language, Authorization, Cookie"}
    given = request.headers.get("if-none-match", "")
    if request.method == "GET" and _any_of(given, etag, weak=True):
        return Response(status_code=304, headers=known)
    return Response(body, status, {**known, **(headers or {})}, media_type="application/json")


def quoted_tag(tag: str) -> str:
    """A strong entity tag as a header writes it."""
    return f'"{tag}"'


def check_match(if_match: str | None, tag: str) -> None:
    """Refuses a change by somebody who did not see the present state (RFC 9110, section 13.1.1).

    Raises:
        Refusal: 428 without ``If-Match``; 412 if it names another state.
    """
    etag = quoted_tag(tag)
    if if_match is None:
        raise Refusal(
            428,
            "This change needs the header If-Match.",
            "Get it first and send the ETag of the answer along.",
        )
    if not _any_of(if_match, etag, weak=False):
        raise Refusal(
            412,
            "It was changed by somebody else meanwhile.",
            "Get the new state and make the change again.",
            {"ETag": etag},
            current=etag,
        )


def _any_of(header: str, etag: str, *, weak: bool) -> bool:
    """Whether a header's list of entity tags has this one; weakly, ``W/`` does not count."""
    listed = [one.strip() for one in header.split(",")]
    return "*" in listed or etag in listed or (weak and f"W/{etag}" in listed)


def place_of(request: Request) -> str:
    """The request's path as the client wrote it."""
    raw = request.scope.get("raw_path") or request.scope["path"].encode()
    return bytes(raw).decode("ascii", "replace").partition("?")[0]


def turn_page(
    request: Request, items: Sequence[Any], cursor: str | None, *, cache: str = PRIVATE, **facts: Any
) -> Response:
    """A page: ``{"items", "next"}`` and a ``Link`` to the next one (RFC 8288) while there is more."""
    headers = {}
    if cursor:
        query = parse_qsl(request.url.query, keep_blank_values=True, max_num_fields=100)
        kept = [(key, value) for key, value in query if key != "cursor"]
        url = f"{place_of(request)}?{urlencode([*kept, ('cursor', cursor)])}"
        headers["Link"] = f'<{url}>; rel="next"'
    return answer(request, {"items": items, "next": cursor, **facts}, headers=headers, cache=cache)
