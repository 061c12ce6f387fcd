"""Titles' names and synopses by machine: what a person wrote stays, and every change is in the trail.

A text says which of its fields a machine wrote, with engine and day, until an editor changes or accepts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App, translation_engine
from crossreel.catalog.documents import content_hash
from crossreel.catalog.title import LocalizedText, Title
from crossreel.desk.titles import edit_text
from crossreel.errors import BadInput, BadValue, Missing, OutsideFailure, UnknownId
from crossreel.localize.translate.cache import AnswerCache
from crossreel.localize.translate.lines import Estimate, Reason
from crossreel.localize.translate.machine import Task
from crossreel.localize.translate.prose import Wording, estimate_prose, summed, translate_prose
from crossreel.localize.translate.roles import TranslationEngine
from crossreel.localize.translate.terms import read_terms
from crossreel.values.ids import TitleId
from crossreel.values.language import Language

__all__ = [
    "ACTION",
    "FIELDS",
    "TextItem",
    "TextOrder",
    "TextRun",
    "machine_made",
    "quote_texts",
    "translate_texts",
]

ACTION = "title.translate"
FIELDS = {"synopsis": ("synopsis",), "name": ("name",), "both": ("name", "synopsis")}
_TOGETHER = 25
"""Titles asked for at once where the engine reads no context; each group is written before the next."""
_UNKNOWN = ("und", "zxx", "mul")

Maker = Callable[..., TranslationEngine]
Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class TextOrder:
    """What is to be translated.

    Attributes:
        target: the language to make.
        source: only texts in it; None takes each title's original language, else English, else any.
        only: a key of ``FIELDS``.
        titles: ids; empty for the whole catalog.
        terms: a termbase (CSV or TBX).
        replace: texts that a person wrote are replaced too.
    """

    target: Language
    source: Language | None = None
    engine: str = "apertium"
    model: str = ""
    only: str = "synopsis"
    titles: tuple[TitleId, ...] = ()
    terms: Path | None = None
    replace: bool = False


@dataclass(slots=True)
class TextItem:
    """One field of one title on its way.

    Attributes:
        old: what the target language has now.
        state: ``waiting``, ``kept`` (a person's), ``missing`` (no source), ``failed``, or that of its
            wording: ``machine``, ``memory``, ``untranslated``.
        changed: it was written; False where the same text was there already.
    """

    title: TitleId
    shown: str
    field: str
    source: Language | None
    text: str
    old: str
    state: str
    target: str = ""
    risk: float = 0.0
    reasons: tuple[Reason, ...] = ()
    changed: bool = False

    def take(self, wording: Wording) -> None:
        """Takes its translation."""
        self.state, self.risk, self.reasons = wording.state, wording.risk, wording.reasons
        self.target = "" if wording.state == "untranslated" else wording.text

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "title_id": str(self.title),
            "title": self.shown,
            "field": self.field,
            "from": self.source and str(self.source),
            "state": self.state,
            "changed": self.changed,
            "source": self.text,
            "target": self.target,
            "before": self.old,
            "risk": round(self.risk, 3),
            "reasons": [{"kind": r.kind, "weight": r.weight, "message": r.message} for r in self.reasons],
        }


@dataclass(slots=True)
class TextRun:
    """All items in the catalog's order; what it should take; what was sent.

    Attributes:
        seen: ``content_hash`` of each title as it was read or written last.
        routes: the engine's steps by source language.
        characters: sent to the engine.
    """

    items: list[TextItem]
    seen: dict[TitleId, str]
    estimate: Estimate
    engine: str = ""
    sends_away: bool = False
    characters: int = 0
    routes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """State: fields."""
        found: dict[str, int] = {}
        for item in self.items:
            found[item.state] = found.get(item.state, 0) + 1
        return found

    def worst_first(self) -> list[TextItem]:
        """What was translated, the riskiest first."""
        done = [item for item in self.items if item.state in ("machine", "memory", "untranslated", "failed")]
        return sorted(done, key=lambda item: (-item.risk, str(item.title), item.field))


def machine_made(title: Title, language: Language, name: str) -> bool:
    """Whether a machine wrote field ``name`` of a language's general text and nobody accepted it yet."""
    slot = LocalizedText(language).slot
    return any(text.slot == slot and text.made_by(name) is not None for text in title.texts)


def quote_texts(app: App, order: TextOrder, make: Maker = translation_engine) -> TextRun:
    """What an order will take; nothing is sent and nothing changed.

    A source language that the engine cannot read is told in its items (``failed``), unless it was asked
    for or no other is left.

    Raises:
        BadValue: ``only`` is none of ``FIELDS``, or the engine has no such pair of languages.
        BadFile: the termbase cannot be read.
        UnknownId: there is no such title.
        Missing, WrongUse: the engine lacks something.
    """
    engine = make(order.engine, app.home, model=order.model)
    items, seen = _planned(app, order)
    run = TextRun(items, seen, summed([], engine.facts), engine.facts.name, engine.facts.sends_away)
    groups, found, refused = _by_source(items), [], []
    for source, own in groups:
        task = _task(app, order, source, engine)
        try:
            run.routes[str(source)] = task.route()
        except (BadValue, Missing) as error:
            refused.append(error)
            for item in own:
                item.state = "failed"
                item.reasons = (Reason("engine", 0.95, f"{error.message} {error.advice}".strip()),)
            continue
        found += [
            estimate_prose([item.text for item in part], _for_part(task, part))
            for part in _parts(own, engine)
        ]
    if refused and (order.source is not None or len(refused) == len(groups)):
        raise refused[0]
    run.estimate = summed(found, engine.facts)
    return run


def translate_texts(
    app: App,
    actor: Actor,
    order: TextOrder,
    *,
    progress: Report = lambda _done, _of, _what: None,
    make: Maker = translation_engine,
    request_id: str = "",
) -> TextRun:
    """Translates and writes.

    Answers are kept, and groups of titles written as they come, so that a stopped run goes on where it
    was.

    Raises:
        NotAllowed: the actor may not edit.
        OutsideFailure: the engine translated nothing; nothing was written.
        BadValue, UnknownId, Missing, WrongUse: as ``quote_texts``.
    """
    actor.require(Permission.EDIT)
    run = quote_texts(app, order, make)
    engine = make(order.engine, app.home, model=order.model)
    of = sum(1 for item in run.items if item.state == "waiting")
    done = 0
    for source, items in _by_source(run.items):
        task = _task(app, order, source, engine)
        for part in _parts(items, engine):
            made = translate_prose([item.text for item in part], _for_part(task, part))
            run.characters += made.characters
            run.notes += [note for note in made.notes if note not in run.notes]
            for item, wording in zip(part, made.wordings, strict=True):
                item.take(wording)
            _write(app, actor, order.target, run, part, request_id)
            done += len(part)
            progress(done, of, "translate")
    _refuse_nothing(run)
    return run


def _planned(app: App, order: TextOrder) -> tuple[list[TextItem], dict[TitleId, str]]:
    if order.only not in FIELDS:
        raise BadValue("only", order.only, "one of " + ", ".join(FIELDS))
    if order.source == order.target:
        raise BadValue("target language", str(order.target), "another than the source's")
    found, seen = [], {}
    for title in _titles(app, order.titles):
        seen[title.id] = content_hash(title)
        found += [_item(app, title, name, order) for name in FIELDS[order.only]]
    return found, seen


def _item(app: App, title: Title, name: str, order: TextOrder) -> TextItem:
    old = _said(title.texts, order.target, name)
    is_own = any(one.primary == order.target.primary for one in title.original_languages)
    if name == "name" and is_own and not old:  # the original name is in the language already
        return TextItem(title.id, title.name, name, None, "", title.name, "kept")
    if old and not order.replace and not machine_made(title, order.target, name):
        return TextItem(title.id, title.name, name, None, "", old, "kept")
    source, text = _source_of(app, title, name, order)
    return TextItem(title.id, title.name, name, source, text, old, "waiting" if text else "missing")


def _titles(app: App, ids: Sequence[TitleId]) -> Iterator[Title]:
    if not ids:
        yield from app.catalog.all()
        return
    found = app.catalog.get(ids)
    for id_ in dict.fromkeys(ids):
        if id_ not in found:
            raise UnknownId("title", id_)
        yield found[id_]


def _said(texts: Iterable[LocalizedText], language: Language, name: str) -> str:
    slot = LocalizedText(language).slot
    return next((str(getattr(text, name)) for text in texts if text.slot == slot), "")


def _source_of(app: App, title: Title, name: str, order: TextOrder) -> tuple[Language | None, str]:
    """The text to translate from: of another language; unless it was asked for, never a machine's."""
    have = {
        text.language: str(getattr(text, name))
        for text in title.texts
        if text.territory is None and getattr(text, name)
    }
    if name == "name":
        for language in title.original_languages:
            have.setdefault(language, title.name)
    have = {
        language: text
        for language, text in have.items()
        if language.primary not in (*_UNKNOWN, order.target.primary)
    }
    if order.source is not None:
        near = [language for language in have if language.primary == order.source.primary]
        near.sort(key=lambda language: (language != order.source, language.tag))
        return (order.source, have[near[0]]) if near else (None, "")
    first = [language.primary for language in title.original_languages] + ["en"]
    ranked = sorted(
        have, key=lambda one: (first.index(one.primary) if one.primary in first else len(first), one.tag)
    )
    found = next((one for one in ranked if not machine_made(title, one, name)), None)
    return (found, have[found]) if found is not None else (None, "")


def _by_source(items: Sequence[TextItem]) -> list[tuple[Language, list[TextItem]]]:
    groups: dict[Language, list[TextItem]] = {}
    for item in items:
        if item.state == "waiting" and item.source is not None:
            groups.setdefault(item.source, []).append(item)
    return list(groups.items())


def _parts(items: Sequence[TextItem], engine: TranslationEngine) -> list[list[TextItem]]:
    """Groups by title; an engine that reads context sees one title at a time."""
    titles: dict[TitleId, list[TextItem]] = {}
    for item in items:
        titles.setdefault(item.title, []).append(item)
    most = 1 if engine.facts.uses_context else _TOGETHER
    each = list(titles.values())
    return [
        [item for title in each[start : start + most] for item in title]
        for start in range(0, len(each), most)
    ]


def _task(app: App, order: TextOrder, source: Language, engine: TranslationEngine) -> Task:
    return Task(
        source,
        order.target,
        engine,
        terms=read_terms(order.terms, source, order.target) if order.terms else None,
        memory=app.memories.of(source, order.target),
        cache=AnswerCache(app.home / "translations" / f"{source}-{order.target}.jsonl"),
    )


def _for_part(task: Task, part: Sequence[TextItem]) -> Task:
    """The task with what an engine that reads context may know of the one title of a part."""
    if not task.engine.facts.uses_context:
        return task
    return replace(task, notes=f"From a film catalog; the title is {part[0].shown}.")


def _write(
    app: App, actor: Actor, target: Language, run: TextRun, part: Sequence[TextItem], request_id: str
) -> None:
    """Each title by one change, if it is still the one that was read."""
    for id_ in dict.fromkeys(item.title for item in part):
        own = [item for item in part if item.title == id_]
        new = {item.field: item.target for item in own if item.target and item.target != item.old}
        if not new:
            continue
        try:
            title = edit_text(
                app,
                actor,
                id_,
                target,
                name=new.get("name"),
                synopsis=new.get("synopsis"),
                expected=run.seen[id_],
                action=ACTION,
                request_id=request_id,
                engine=run.engine,
            )
        except BadInput as error:
            for item in own:
                item.state = "failed"
                item.reasons = (Reason("not-written", 0.95, f"{error.message} {error.advice}".strip()),)
            continue
        run.seen[id_] = content_hash(title)
        for item in own:
            item.changed = item.field in new


def _refuse_nothing(run: TextRun) -> None:
    asked = [item for item in run.items if item.state not in ("kept", "missing", "failed")]
    if asked and all(item.state == "untranslated" for item in asked):
        raise OutsideFailure(
            f"{run.engine} translated none of {len(asked)} texts: {asked[0].reasons[0].message}",
            advice="Nothing was written; see whether the engine works, then run it again.",
        )
