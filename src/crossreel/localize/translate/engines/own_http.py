"""An engine of the operator's own behind a small HTTP protocol.

``POST url`` with ``{"source": "en", "target": "es", "lines": [{"id", "text", "before", "after", "speaker",
"notes", "terms"}]}``; the answer is ``{"translations": [{"id", "text"}]}`` in any order. Errors are HTTP
statuses. An engine inside Python is an entry point of the group ``crossreel.translators`` instead: a
callable without arguments that returns a ``TranslationEngine``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

from crossreel.errors import OutsideFailure
from crossreel.localize.translate.engines.web import WebService
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.values.language import Language

__all__ = ["OwnEngine"]


class OwnEngine:
    """The service at an address.

    Args:
        url: of the service.
        key: sent as a bearer token; empty for none.
        tries, timeout, sleep: see ``WebService``.
    """

    def __init__(
        self,
        url: str,
        key: str = "",
        *,
        tries: int = 4,
        timeout: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._service = WebService(
            "The translation service", url, headers, tries=tries, timeout=timeout, sleep=sleep
        )

    @property
    def facts(self) -> EngineFacts:
        """Taken to use context."""
        return EngineFacts(
            f"own:{self._service.host}", "the operator's own", "an address (setting translate.own_url)",
            sends_away=not self._service.is_local, uses_context=True, characters_a_second=1000.0,
        )  # fmt: skip

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        """One step; the service refuses what it cannot do."""
        return (f"{source}>{target}",) if source != target else ()

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        """Answers by id.

        Raises:
            NotAllowed: the key is refused.
            OutsideFailure: no answer, or one of another shape.
        """
        if not requests:
            return []
        answer = self._service.post(
            {"source": str(source), "target": str(target), "lines": [asdict(request) for request in requests]}
        )
        entries = answer.get("translations") if isinstance(answer, dict) else None
        if not isinstance(entries, list):
            raise OutsideFailure(
                'The translation service answers JSON without "translations".',
                advice="See the protocol in docs/guide/translation.md.",
            )
        return [
            Answer(str(entry["id"]), entry["text"])
            for entry in entries
            if isinstance(entry, dict) and "id" in entry and isinstance(entry.get("text"), str)
        ]
