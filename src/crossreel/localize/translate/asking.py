"""Asking an engine so that no line is lost, doubled or shifted, whatever it does.

Answers are taken by id. What is missing, empty, doubled, or so long that it holds its neighbors too, is
asked for again, in halves and at last alone; what is then still missing stays unanswered, and is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crossreel.errors import BadInput, Missing, OutsideFailure
from crossreel.localize.translate.cache import AnswerCache, key_of
from crossreel.localize.translate.roles import Request, TranslationEngine
from crossreel.values.language import Language

__all__ = ["Asked", "ask"]

_BATCH = 40
_LONGEST_RATIO, _ALLOWANCE = 4.0, 60
_FAILURES = 3
"""Failures in a row after which an engine is not asked any more."""


@dataclass
class Asked:
    """What came of asking.

    Attributes:
        texts: answers by request id.
        missing: ids without an answer, with the reason.
        cached: how many answers were known before.
        characters: of source text that were sent to the engine.
        repaired: how many came only when asked again.
    """

    texts: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    cached: int = 0
    characters: int = 0
    repaired: int = 0


def ask(
    engine: TranslationEngine,
    requests: Sequence[Request],
    source: Language,
    target: Language,
    *,
    cache: AnswerCache | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    cancelled: Callable[[], bool] = lambda: False,
    batch: int = _BATCH,
) -> Asked:
    """Answers to requests, each known to belong to its own.

    Args:
        engine: asked in batches, never twice for one text with one context.
        requests: ids unique.
        source: the language of the texts.
        target: the language asked for.
        cache: asked first, and told at once.
        progress: called as ``progress(done, of)``.
        cancelled: looked at between batches; what was answered is kept.
        batch: requests at once.

    Raises:
        Missing, BadInput: the engine cannot work at all (as it says).
    """
    cache = cache if cache is not None else AnswerCache()
    found = Asked()
    route, facts = engine.route(source, target), engine.facts
    keys = {
        request.id: key_of(facts.name, route, source, target, request, context=facts.uses_context)
        for request in requests
    }
    waiting: list[Request] = []
    first: dict[str, str] = {}
    for request in requests:
        known = cache.get(keys[request.id])
        if known is not None:
            found.texts[request.id] = known
            found.cached += 1
        elif first.setdefault(keys[request.id], request.id) == request.id:
            waiting.append(request)
    failures = 0
    for start in range(0, len(waiting), batch):
        if cancelled():
            break
        part = waiting[start : start + batch]
        if failures >= _FAILURES:
            break
        before = len(found.texts)
        reason = _answer(engine, part, source, target, found)
        failures = failures + 1 if reason and len(found.texts) == before else 0
        cache.put({keys[r.id]: found.texts[r.id] for r in part if r.id in found.texts})
        progress(min(start + batch, len(waiting)), len(waiting))
    for request in requests:
        if request.id in found.texts:
            continue
        known = cache.get(keys[request.id])
        if known is not None:
            found.texts[request.id] = known
        else:
            stopped = "cancelled" if cancelled() else "not asked: the engine kept failing"
            found.missing.setdefault(request.id, stopped)
    return found


def _answer(
    engine: TranslationEngine, part: Sequence[Request], source: Language, target: Language, found: Asked
) -> str:
    """Asks for a part, then again for what is missing; the last failure's words, or empty."""
    queue: list[tuple[Sequence[Request], int]] = [(part, 0)]
    reason = ""
    while queue:
        asked, depth = queue.pop()
        found.characters += sum(len(request.text) for request in asked)
        good, failure = _sound(engine, asked, source, target)
        found.texts.update(good)
        found.repaired += len(good) if depth else 0
        left = [request for request in asked if request.id not in good]
        if not left:
            continue
        reason = failure or "the engine gave no usable answer"
        for request in left:
            found.missing[request.id] = reason
        hopeless = failure and not good and depth == 0 and len(asked) == len(left) and "429" in failure
        if hopeless or depth >= 8 or (len(asked) == 1 and depth >= 2):
            continue
        if len(left) == len(asked) and len(left) > 1:
            half = len(left) // 2
            queue += [(left[half:], depth + 1), (left[:half], depth + 1)]
        else:
            queue += [([request], max(depth + 1, 1)) for request in reversed(left)]
    for id_ in found.texts:
        found.missing.pop(id_, None)
    return reason


def _sound(
    engine: TranslationEngine, asked: Sequence[Request], source: Language, target: Language
) -> tuple[dict[str, str], str]:
    """The answers that can be trusted to be of their requests, and why there are no more."""
    try:
        answers = list(engine.translate(asked, source, target))
    except (Missing, BadInput):
        raise
    except OutsideFailure as error:
        return {}, error.message
    texts = {request.id: request.text for request in asked}
    seen: dict[str, str] = {}
    doubled: set[str] = set()
    for answer in answers:
        if answer.id in seen and seen[answer.id] != answer.text:
            doubled.add(answer.id)
        seen[answer.id] = answer.text
    return {
        id_: " ".join(text.split())
        for id_, text in seen.items()
        if id_ in texts and id_ not in doubled and _plausible(text, texts[id_])
    }, ""


def _plausible(text: str, source: str) -> bool:
    """Whether an answer can be the translation of a text, by its length and its emptiness alone."""
    words = text.strip()
    if not words or "\x00" in words:
        return False
    return len(words) <= len(source) * _LONGEST_RATIO + _ALLOWANCE
