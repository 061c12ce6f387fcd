"""DeepL's translation API (reference "Translate text", v2, read 2026-11).

Texts go in a list and come back in a list of the same length and order; context, formality and tags are
parameters. 456 says that the quota is used up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from crossreel.errors import OutsideFailure
from crossreel.localize.translate.engines.web import WebService
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.values.language import Language

__all__ = ["DeepL"]

_SOURCES = frozenset(
    [
        "ar",
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fi",
        "fr",
        "he",
        "hu",
        "id",
        "it",
        "ja",
        "ko",
        "lt",
        "lv",
        "nb",
        "nl",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "sv",
        "th",
        "tr",
        "uk",
        "vi",
        "zh",
    ]
)
_VARIANTS = {
    "en": "EN-US",
    "pt": "PT-PT",
    "zh-Hans": "ZH-HANS",
    "zh-Hant": "ZH-HANT",
    "pt-BR": "PT-BR",
    "en-GB": "EN-GB",
}
_MOST_TEXTS = 50


class DeepL:
    """DeepL over a key.

    Args:
        key: keys that end in ``:fx`` are of the free service.
        url: another address, for tests and proxies.
        formality: ``more``, ``less`` or empty.
        cost_per_million: what the operator pays (the list price was 25 USD, 2026-11).
        tries, timeout, sleep: see ``WebService``.
    """

    def __init__(
        self,
        key: str,
        url: str = "",
        *,
        formality: str = "",
        cost_per_million: Decimal | None = None,
        tries: int = 4,
        timeout: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        host = "api-free.deepl.com" if key.endswith(":fx") else "api.deepl.com"
        address = url or f"https://{host}/v2/translate"
        headers = {"Authorization": f"DeepL-Auth-Key {key}"}
        self._service = WebService("DeepL", address, headers, tries=tries, timeout=timeout, sleep=sleep)
        self._formality, self._cost = formality, cost_per_million

    @property
    def facts(self) -> EngineFacts:
        """Sends texts away; uses the lines before as context."""
        return EngineFacts(
            "deepl", "terms of DeepL SE", "a key (setting translate.deepl_key)", sends_away=True,
            cost_per_million=self._cost, uses_context=True, characters_a_second=2000.0,
        )  # fmt: skip

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        """One step between the languages DeepL lists."""
        if source.primary not in _SOURCES or target.primary not in _SOURCES or source == target:
            return ()
        return (f"{source.primary.upper()}>{_code(target)}",)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        """Answers by id.

        Raises:
            NotAllowed: the key is refused.
            OutsideFailure: no answer, one that is no list, or of another length.
        """
        answers: list[Answer] = []
        for register, own in _by_register(requests):
            for start in range(0, len(own), _MOST_TEXTS):
                answers += self._part(own[start : start + _MOST_TEXTS], register, source, target)
        return answers

    def _part(
        self, part: Sequence[Request], register: str, source: Language, target: Language
    ) -> list[Answer]:
        """Answers to texts of one register. Raises as ``translate``."""
        body: dict[str, object] = {
            "text": [request.text for request in part],
            "source_lang": source.primary.upper(),
            "target_lang": _code(target),
            "preserve_formatting": True,
        }
        context = " ".join((part[0].notes, *part[0].before)).strip()
        if context:
            body["context"] = context
        formality = {"formal": "more", "informal": "less"}.get(register, self._formality)
        if formality:
            body["formality"] = f"prefer_{formality}"
        answer = self._service.post(body)
        texts = answer.get("translations") if isinstance(answer, dict) else None
        if not isinstance(texts, list) or len(texts) != len(part):
            raise OutsideFailure(
                f"DeepL answered {len(texts) if isinstance(texts, list) else 'no'} texts to {len(part)}.",
                advice="The lines are asked for again in smaller groups.",
            )
        return [
            Answer(request.id, entry["text"])
            for request, entry in zip(part, texts, strict=True)
            if isinstance(entry, dict) and isinstance(entry.get("text"), str)
        ]


def _by_register(requests: Sequence[Request]) -> list[tuple[str, list[Request]]]:
    groups: dict[str, list[Request]] = {}
    for request in requests:
        groups.setdefault(request.register, []).append(request)
    return list(groups.items())


def _code(language: Language) -> str:
    tag = str(language)
    return _VARIANTS.get(tag) or _VARIANTS.get(language.primary) or language.primary.upper()
