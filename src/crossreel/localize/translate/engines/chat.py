"""Any endpoint that speaks OpenAI's chat completions (hosted, or local: llama.cpp, vLLM, Ollama).

Source: API reference, "Create chat completion", read 2026-11. The model gets lines as JSON by id with
what was said before, terms and notes, and answers ``{"translations": {id: text}}``. It never sees times,
and an id that it invents or leaves out is seen at once.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from crossreel.errors import OutsideFailure
from crossreel.localize.translate.engines.web import WebService
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.values.language import Language

__all__ = ["ChatEngine"]

_RULES = """You translate film subtitles from {source} to {target}.
Answer with one JSON object {{"translations": {{"<id>": "<translation>", ...}}}} that has every id of "lines"
exactly once. Translate each line by itself; never join, split, reorder or explain lines. Keep names, numbers,
and the tone; be as brief as speech. Use the wordings of "terms" where their source occurs. "before" is what
was said just before, "after" what follows: they are for understanding only. "registers" says of a line
whether the one spoken to is addressed formally or informally (usted or tú, vous or tu, Sie or du). "most"
says of a line how many characters its translation may have: say it shorter, keep what it means."""
_SHORTER = """You shorten film subtitles in {target} for people who have little time to read them.
Answer with one JSON object {{"translations": {{"<id>": "<shorter line>", ...}}}} that has every id of "lines"
exactly once. Stay in {target}; keep what is said, names, numbers, negations and the tone; drop what carries
least. "most" says how many characters a line may have. "before" is what was said just before, for
understanding only."""


class ChatEngine:
    """A chat model as a translator.

    Args:
        url: the base URL, such as ``https://api.openai.com/v1``.
        model: its name.
        key: sent as a bearer token; empty for none.
        cost_per_million: what the operator says a million characters cost.
        tries, timeout, sleep: see ``WebService``.
    """

    def __init__(
        self,
        url: str,
        model: str,
        key: str = "",
        *,
        cost_per_million: Decimal | None = None,
        tries: int = 4,
        timeout: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._service = WebService(
            "The chat model",
            f"{url.rstrip('/')}/chat/completions",
            headers,
            tries=tries,
            timeout=timeout,
            sleep=sleep,
        )
        self._model, self._cost = model, cost_per_million

    @property
    def facts(self) -> EngineFacts:
        """Uses context; sends texts away unless the endpoint is on this machine."""
        return EngineFacts(
            f"openai:{self._model}",
            "terms of the service, or of the model",
            "an endpoint (settings translate.openai_url, openai_model, openai_key)",
            sends_away=not self._service.is_local,
            cost_per_million=self._cost,
            uses_context=True,
            characters_a_second=300.0,
        )

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        """One step between any two languages; how well is the model's affair."""
        return (self._model,) if source != target else ()

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        """Answers by id.

        Raises:
            NotAllowed: the key is refused.
            OutsideFailure: no answer, or one that is no JSON of that shape.
        """
        if not requests:
            return []
        rules = _RULES if source != target else _SHORTER
        answer = self._service.post(
            {
                "model": self._model,
                "temperature": 0,
                "response_format": {"type": "json_object"},
                "messages": [
                    {"role": "system", "content": rules.format(source=source, target=target)},
                    {"role": "user", "content": json.dumps(_question(requests), ensure_ascii=False)},
                ],
            }
        )
        return [Answer(id_, text) for id_, text in _translations(answer)]


def _question(requests: Sequence[Request]) -> dict[str, Any]:
    terms = {source: target for request in requests for source, target in request.terms}
    question: dict[str, Any] = {
        "before": list(requests[0].before),
        "lines": {request.id: request.text for request in requests},
        "after": requests[-1].after,
    }
    speakers = {request.id: request.speaker for request in requests if request.speaker}
    registers = {request.id: request.register for request in requests if request.register}
    most = {request.id: request.most for request in requests if request.most}
    for name, value in (
        ("most", most), ("terms", terms), ("speakers", speakers), ("registers", registers),
        ("notes", requests[0].notes)
    ):  # fmt: skip
        if value:
            question[name] = value
    return question


def _translations(answer: Any) -> list[tuple[str, str]]:
    """(id, text) of a completion; repeated keys are all kept, so that doubles are seen."""
    try:
        content = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        content = None
    if not isinstance(content, str):
        message = answer.get("error", {}) if isinstance(answer, dict) else {}
        told = message.get("message", "") if isinstance(message, dict) else ""
        raise OutsideFailure(
            f"The chat model gave no answer{': ' + told if told else ''}.", advice="Check the model's name."
        )
    found: list[tuple[str, str]] = []
    match = re.search(r"\{.*\}", content, re.DOTALL)  # some models put the object into a code fence

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if pairs and all(isinstance(value, str) for _, value in pairs):
            found.extend((str(key), value) for key, value in pairs)
        return dict(pairs)

    try:
        json.loads(match.group() if match else "", object_pairs_hook=keep)
    except (ValueError, RecursionError):
        if not found:
            raise OutsideFailure(
                "The chat model's answer is no whole JSON.", advice="It is asked again with fewer lines."
            ) from None
    return found
