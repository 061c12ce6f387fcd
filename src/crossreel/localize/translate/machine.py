"""Translating a document: sentences out, translations back into the cues they came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crossreel.errors import BadValue
from crossreel.localize.timedtext.breaking import breaker
from crossreel.localize.timedtext.model import Cue, Document
from crossreel.localize.translate.addressing import Turn, wanted_registers
from crossreel.localize.translate.asking import Asked, ask
from crossreel.localize.translate.back import back_translations
from crossreel.localize.translate.cache import AnswerCache, key_of
from crossreel.localize.translate.composing import Part, composed
from crossreel.localize.translate.inflection import folded, words
from crossreel.localize.translate.judging import judged
from crossreel.localize.translate.lines import Estimate, State, Translated
from crossreel.localize.translate.markup import losses
from crossreel.localize.translate.memory import Match, Memory, repaired
from crossreel.localize.translate.placing import share_out
from crossreel.localize.translate.register import Wanted, has_registers
from crossreel.localize.translate.roles import Request, TranslationEngine
from crossreel.localize.translate.signs import Signs
from crossreel.localize.translate.terms import Termbase
from crossreel.localize.translate.units import Unit, units_of
from crossreel.localize.translate.wording import Edges, edges, finished, prepared
from crossreel.values.language import Language

__all__ = ["Task", "estimate", "names_in", "translate_document"]

_CONTEXT = 4


@dataclass(frozen=True)
class Task:
    """What to translate with.

    Args:
        source, target: the languages.
        engine: asked for what memory does not know.
        terms: wordings that must be used.
        memory: exact matches are used, near ones suggested.
        cache: answers paid for before.
        locked: place of a cue (from 0): its final wording by a person, left as it is.
        notes: what the engine may know of the film: its title, synopsis, scene.
        signs: models that look for doubtful lines.
        back: translates the translation back, to find doubtful lines.
        pre_edit: rewrite for rule-based engines and finish typography; False gives an engine's bare answers.
        profile: of the rules that breaks and reading speed follow.
    """

    source: Language
    target: Language
    engine: TranslationEngine
    terms: Termbase | None = None
    memory: Memory | None = None
    cache: AnswerCache = field(default_factory=AnswerCache)
    locked: Mapping[int, str] = field(default_factory=dict)
    notes: str = ""
    signs: Signs = field(default_factory=Signs)
    back: TranslationEngine | None = None
    pre_edit: bool = True
    profile: str = "netflix"

    def route(self) -> tuple[str, ...]:
        """The engine's steps.

        Raises:
            BadValue: the engine does not join these languages.
        """
        found = self.engine.route(self.source, self.target)
        if not found:
            self.engine.translate([], self.source, self.target)  # engines say more: what to install
            raise BadValue(
                "language pair", f"{self.source}-{self.target}", f"one that {self.engine.facts.name} has"
            )
        return found


@dataclass(slots=True)
class _Sentence:
    """A unit on its way."""

    unit: Unit
    around: list[Edges]
    text: str
    request: Request | None = None
    shouted: bool = False
    matches: list[Match] = field(default_factory=list)
    target: str | None = None
    state: State = "untranslated"
    problem: str = ""


def names_in(cues: Sequence[Cue]) -> frozenset[str]:
    """Words (folded) that a file writes with a capital inside sentences and never without: its names."""
    upper: dict[str, int] = {}
    lower: set[str] = set()
    for cue in cues:
        text = cue.text
        for start, _, word in words(text):
            before = text[:start].rstrip(" \n\"'“«([-–—♪¿¡*")
            inside = bool(before) and before[-1] not in ".!?…:" and not text.isupper()
            if word[:2] in ("I'", "I’"):  # I'll: no name, and never written small
                continue
            if word[0].isupper() and inside and len(word) > 2 and not word.isupper():
                upper[folded(word)] = upper.get(folded(word), 0) + 1
            elif word[0].islower():
                lower.add(folded(word))
    return frozenset(word for word in upper if word not in lower)


def _sentences(document: Document, task: Task) -> list[_Sentence]:
    found = []
    registers = wanted_registers(document.cues, task.terms)
    glue = breaker(task.source).glue
    for unit in units_of(document.cues, task.source):
        around = [edges(piece.text) for piece in unit.pieces]
        text = glue.join(edge.core for edge in around if edge.core)
        found.append(_Sentence(unit, around, text))
    for place, sentence in enumerate(found):
        if not sentence.text:
            sentence.target, sentence.state = "", "machine"
            continue
        if all(piece.cue in task.locked for piece in sentence.unit.pieces):
            sentence.target, sentence.state = "", "locked"
            continue
        _from_memory(sentence, task)
        if sentence.target is None:
            _requested(sentence, place, found, task, registers)
    return found


def _from_memory(sentence: _Sentence, task: Task) -> None:
    if task.memory is None:
        return
    sentence.matches = task.memory.find(sentence.text)
    for match in sentence.matches:
        fixed = match.segment.target if match.score == 1 else repaired(match, sentence.text)
        if fixed is not None:
            around = edges(" ".join(fixed.split()))
            sentence.target, sentence.state = around.core or fixed, "memory"
            return


def _requested(
    sentence: _Sentence,
    place: int,
    all_: Sequence[_Sentence],
    task: Task,
    registers: Mapping[Turn, Wanted],
) -> None:
    text = sentence.text
    facts = task.engine.facts
    if task.pre_edit and facts.rule_based:
        text, sentence.shouted = prepared(text, task.source)
    terms: tuple[tuple[str, str], ...] = ()
    if task.terms is not None and facts.uses_context:
        terms = tuple((term.source, term.target) for term, _ in task.terms.in_source(sentence.text))
    before = tuple(other.text for other in all_[max(0, place - _CONTEXT) : place] if other.text)
    after = all_[place + 1].text if place + 1 < len(all_) else ""
    notes = task.notes if facts.uses_context else ""
    first = sentence.unit.pieces[0]
    wanted = registers.get((first.cue, first.turn))
    register = wanted.register if wanted is not None else ""
    sentence.request = Request(
        str(place), text, before, after, sentence.unit.speaker, notes, terms, register=register
    )


def estimate(document: Document, task: Task) -> Estimate:
    """What translating a document will take, before anything is sent.

    Raises:
        BadValue, Missing: the engine cannot do it.
    """
    return _estimate(_sentences(document, task), task, task.route())


def _estimate(sentences: Sequence[_Sentence], task: Task, route: tuple[str, ...]) -> Estimate:
    facts = task.engine.facts
    requests = [sentence.request for sentence in sentences if sentence.request is not None]
    new: dict[str, int] = {}
    cached = 0
    for request in requests:
        key = key_of(facts.name, route, task.source, task.target, request, context=facts.uses_context)
        if task.cache.get(key) is not None:
            cached += 1
        else:
            new[key] = len(request.text)
    characters = sum(new.values())
    price = facts.cost_per_million
    cost = None if price is None else (price * characters / 1_000_000).quantize(Decimal("0.0001"))
    return Estimate(
        len(sentences),
        sum(1 for sentence in sentences if sentence.state == "memory"),
        cached,
        characters,
        cost,
        facts.currency,
        characters / facts.characters_a_second * max(1, len(route)),
        facts.sends_away,
    )


def translate_document(
    document: Document,
    task: Task,
    *,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Translated:
    """Translates a document.

    Every cue is in the result, with its id and times. A cue whose words could not be translated keeps
    them and is marked ``untranslated``.

    Args:
        document: the source.
        task: how.
        progress: called as ``progress(sentences answered, of)``.
        cancelled: asked between batches.

    Raises:
        BadValue: the engine does not join these languages, or they are one.
        Missing: what the engine needs is not there.
    """
    if task.source == task.target:
        raise BadValue("target language", str(task.target), "another than the source's")
    route = task.route()
    sentences = _sentences(document, task)
    before = _estimate(sentences, task, route)
    requests = [sentence.request for sentence in sentences if sentence.request is not None]
    asked = ask(
        task.engine,
        requests,
        task.source,
        task.target,
        cache=task.cache,
        progress=progress,
        cancelled=cancelled,
    )
    alone = _wordings(sentences, task)
    parts: dict[tuple[int, int, int], Part] = {}
    for sentence in sentences:
        _answered(sentence, asked, task, alone)
        for part in _parts(sentence, task):
            parts[part.piece.cue, part.piece.turn, part.piece.order] = part
    cues, states = composed(document, parts, task.locked, task.target, task.profile)
    suggestions = _suggestions(sentences)
    backs = back_translations(cues, states, task)
    lines = judged(document, cues, states, suggestions, task, names_in(document.cues), backs)
    lost = [loss for cue in document.cues for loss in losses(cue)]
    notes = [f"{lost.count(loss)} times {loss} was left out." for loss in dict.fromkeys(lost)]
    addresses = task.terms is not None and any(term.kind == "address" for term in task.terms.terms)
    if addresses and not has_registers(task.target):
        notes.append(f"Forms of address were not checked: nothing is known of them in {task.target}.")
    notes += task.signs.missing
    if len(route) > 1:
        notes.append(f"It went through {len(route) - 1} further language(s): {' > '.join(route)}.")
    made = Document(
        cues, document.format, "utf-8", task.target, document.regions, document.styles, document.stylesheets,
        document.comments, document.frame_rate, document.settings,
    )  # fmt: skip
    return Translated(
        made, lines, task.source, task.target, task.engine.facts.name, route, before, asked.characters,
        asked.repaired, cancelled(), tuple(notes), _looked_for(task),
    )  # fmt: skip


def _looked_for(task: Task) -> dict[str, str | bool | None]:
    return {**task.signs.to_dict(), "back": None if task.back is None else task.back.facts.name}


def _wordings(sentences: Sequence[_Sentence], task: Task) -> Callable[[str], str | None]:
    """The engine's own wording of each term in the file, by itself."""
    if task.terms is None or task.engine.facts.uses_context:
        return lambda _text: None
    used = {term.source for s in sentences if s.request for term, _ in task.terms.in_source(s.text)}
    asked = ask(
        task.engine,
        [Request(text, text) for text in sorted(used)],
        task.source,
        task.target,
        cache=task.cache,
    )
    return asked.texts.get


def _answered(sentence: _Sentence, asked: Asked, task: Task, alone: Callable[[str], str | None]) -> None:
    """Puts the answer into a sentence, finished and with its terms."""
    if sentence.request is not None:
        answer = asked.texts.get(sentence.request.id)
        if answer is None:
            sentence.problem = asked.missing.get(sentence.request.id, "no answer")
            return
        sentence.target, sentence.state = answer, "machine"
    if sentence.target and task.terms is not None and sentence.state == "machine":
        sentence.target = task.terms.enforced(sentence.text, sentence.target, alone)
    if sentence.target and task.pre_edit and sentence.state == "machine":
        sentence.target = finished(sentence.target, sentence.text, task.target, shouted=sentence.shouted)


def _parts(sentence: _Sentence, task: Task) -> list[Part]:
    """The translation in the pieces of its source; in its own words where that cannot be."""
    pieces, around = sentence.unit.pieces, sentence.around
    spoken = [number for number, edge in enumerate(around) if edge.core]
    if sentence.target is None:
        return [Part(piece, piece.text, "untranslated", sentence.problem) for piece in pieces]
    if not spoken or sentence.state == "locked":
        return [Part(piece, piece.text, sentence.state) for piece in pieces]
    shares = share_out(sentence.target, [around[number].core for number in spoken], task.target)
    if shares is None:
        shares = _one_by_one([around[number].core for number in spoken], task)
    if shares is None:
        return [Part(piece, piece.text, "untranslated", "too short for its cues") for piece in pieces]
    by_piece = dict(zip(spoken, shares, strict=True))
    return [
        Part(piece, edge.prefix + by_piece.get(number, "") + edge.suffix, sentence.state)
        for number, (piece, edge) in enumerate(zip(pieces, around, strict=True))
    ]


def _one_by_one(cores: Sequence[str], task: Task) -> list[str] | None:
    """Each piece translated by itself; None where even that leaves one empty."""
    requests = [Request(str(number), core) for number, core in enumerate(cores)]
    asked = ask(task.engine, requests, task.source, task.target, cache=task.cache)
    found = [asked.texts.get(request.id, "") for request in requests]
    if not all(found):
        return None
    return [finished(text, core, task.target) for text, core in zip(found, cores, strict=True)]


def _suggestions(sentences: Sequence[_Sentence]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for sentence in sentences:
        wordings = tuple(match.segment.target for match in sentence.matches)
        if wordings and sentence.state != "memory":
            for piece in sentence.unit.pieces:
                found[piece.cue] = tuple(dict.fromkeys((*found.get(piece.cue, ()), *wordings)))
    return found
