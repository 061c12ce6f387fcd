"""Asking a translation service over HTTP: time limits, tries again, and answers that are none.

Statuses 429 and 5xx are tried again after what ``Retry-After`` asks (RFC 9110 section 10.2.3), else 1, 2,
4 ... seconds. What is no JSON (an error page, half an answer) is a failure of the service, never a text.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from crossreel.errors import BadValue, NotAllowed, OutsideFailure

__all__ = ["WebService"]

_MOST_BYTES = 32 << 20
_LONGEST_WAIT = 60.0


class WebService:
    """A JSON service.

    Args:
        name: for errors.
        url: of the whole endpoint; http or https.
        headers: sent with each request (they may hold keys and are never shown).
        gives: what it answers with, for errors.
        tries: how often a request is made at most.
        timeout: seconds for one try.
        sleep: waits; tests pass their own.

    Raises:
        BadValue: the URL is none.
    """

    def __init__(
        self,
        name: str,
        url: str,
        headers: Mapping[str, str],
        *,
        gives: str = "translations",
        tries: int = 4,
        timeout: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadValue(f"address of {name}", url, "an http or https URL")
        self.name, self.url, self.host = name, url, parts.hostname
        self._gives = gives
        self._headers, self._tries, self._timeout, self._sleep = dict(headers), tries, timeout, sleep

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        return self.host in ("localhost", "127.0.0.1", "::1")

    def post(self, body: Mapping[str, Any]) -> Any:
        """The answer to a JSON body, as JSON.

        Raises:
            NotAllowed: the service refuses the key (401, 403).
            OutsideFailure: it cannot be reached, keeps failing, or answers nonsense.
        """
        request = urllib.request.Request(
            self.url,
            data=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json", **self._headers},
            method="POST",
        )
        problem = ""
        for attempt in range(self._tries):
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as answer:
                    return self._json(answer.read(_MOST_BYTES + 1), answer.headers.get("Content-Type", ""))
            except urllib.error.HTTPError as error:
                with error:
                    problem = self._refusal(error)
                    wait = _wait(error.headers.get("Retry-After"), attempt)
            except (urllib.error.URLError, HTTPException, TimeoutError, OSError) as error:
                reason = getattr(error, "reason", error)
                problem, wait = f"cannot be reached or broke off ({reason})", 2.0**attempt
            if attempt + 1 < self._tries:
                self._sleep(min(wait, _LONGEST_WAIT))
        raise OutsideFailure(
            f"{self.name} {problem}.",
            advice="What was answered so far is kept; run the same again later.",
            service=self.name,
        )

    def _refusal(self, error: urllib.error.HTTPError) -> str:
        """What a status means; raises where trying again is no use."""
        if error.code in (401, 403):
            raise NotAllowed(
                f"{self.name} refuses the key (status {error.code}).", advice="Check the key in the settings."
            ) from None
        if error.code == 429 or error.code >= 500:
            return f"answers status {error.code}" + (" (too many requests)" if error.code == 429 else "")
        shown = error.read(400).decode("utf-8", "replace")
        raise OutsideFailure(
            f"{self.name} refuses the request (status {error.code}): {' '.join(shown.split())[:200]}.",
            advice="Check the address, the model and the quota.",
            service=self.name,
        ) from None

    def _json(self, data: bytes, kind: str) -> Any:
        try:
            if len(data) > _MOST_BYTES:
                raise ValueError("too long")
            return json.loads(data)
        except (ValueError, RecursionError):
            what = "an HTML page" if b"<html" in data[:2000].lower() or "html" in kind else "no whole JSON"
            raise OutsideFailure(
                f"{self.name} answers {what}, not {self._gives}.",
                advice="Check that the address is that of the API.",
                service=self.name,
            ) from None


def _wait(retry_after: str | None, attempt: int) -> float:
    """Seconds to wait, from ``Retry-After`` (seconds or a date) where there is one."""
    if retry_after:
        try:
            return max(0.0, float(retry_after))
        except ValueError:
            try:
                return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
            except (ValueError, TypeError):
                pass
    return 2.0**attempt
