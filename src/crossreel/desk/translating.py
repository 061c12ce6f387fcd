"""Translating subtitle files as jobs: what each will take before it runs, and a proof at its end.

Answers are kept by their content in the workspace, so that a canceled or killed run goes on where it
was. Lines that a person accepted or locked in an earlier proof of the same title and languages stay.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App, translation_engine, translation_signs
from crossreel.desk.proofs import add_proof, read_subtitles
from crossreel.desk.trail import record
from crossreel.errors import BadInput, BadValue, Conflict, OutsideFailure, UnknownId
from crossreel.jobs.runner import Progress, enqueue
from crossreel.localize.proofs.markup import plain_of
from crossreel.localize.timedtext import Document
from crossreel.localize.translate.cache import AnswerCache
from crossreel.localize.translate.lines import Estimate
from crossreel.localize.translate.machine import Task, estimate, translate_document
from crossreel.localize.translate.roles import EngineFacts, TranslationEngine
from crossreel.localize.translate.terms import read_terms
from crossreel.values.ids import TitleId
from crossreel.values.job import Job
from crossreel.values.language import Language

__all__ = [
    "KIND",
    "MOST_TARGETS",
    "Order",
    "Quote",
    "keep_order",
    "quote",
    "read_order",
    "start_translations",
    "translate_job",
]

KIND = "subtitles.translate"
MOST_TARGETS = 20
_SAFE = re.compile(r"[^\w.-]+")

Maker = Callable[..., TranslationEngine]


@dataclass(frozen=True, slots=True)
class Order:
    """A file to translate, kept in the workspace until its jobs are done.

    Attributes:
        folder, file: where it lies under ``uploads``.
        terms: name of its termbase there, or empty.
        targets: the languages asked for.
        budget: no job starts whose cost is higher, or not known of a service; None for no limit.
        may_leave: texts may be sent to a service elsewhere.
        back: the engine that translates back to find doubtful lines, or empty.
    """

    folder: str
    file: str
    source: Language
    targets: tuple[Language, ...]
    engine: str = "apertium"
    model: str = ""
    title: str = ""
    terms: str = ""
    notes: str = ""
    profile: str = "netflix"
    budget: Decimal | None = None
    may_leave: bool = False
    back: str = ""

    def parameters(self, target: Language) -> dict[str, Any]:
        """Of the job of one language, as JSON."""
        return {
            "folder": self.folder,
            "file": self.file,
            "from": str(self.source),
            "to": str(target),
            "engine": self.engine,
            "model": self.model,
            "title": self.title,
            "terms": self.terms,
            "notes": self.notes,
            "profile": self.profile,
            "budget": None if self.budget is None else str(self.budget),
            "may_leave": self.may_leave,
            "back": self.back,
        }


@dataclass(frozen=True, slots=True)
class Quote:
    """What one language will take, or why it cannot be done."""

    target: Language
    facts: EngineFacts | None = None
    route: tuple[str, ...] = ()
    estimate: Estimate | None = None
    problem: str = ""
    over_budget: bool = False


def keep_order(
    app: App,
    actor: Actor,
    file: tuple[str, bytes],
    source: Language,
    targets: Sequence[Language],
    *,
    terms: tuple[str, bytes] | None = None,
    **options: Any,
) -> Order:
    """Keeps a file that is to be translated.

    Args:
        app: the application.
        actor: who asks.
        file: its name and bytes.
        source: its language.
        targets: 1 to ``MOST_TARGETS`` others.
        terms: name and bytes of a termbase (CSV or TBX).
        **options: the other fields of ``Order``.

    Raises:
        NotAllowed: the actor may not edit.
        BadFile: it is no subtitle file.
        BadValue: a language is twice there or is the source's.
        UnknownId: there is no such title.
    """
    actor.require(Permission.EDIT)
    read_subtitles(file[1], file[0], source)
    if not 0 < len(targets) <= MOST_TARGETS:
        raise BadValue("number of languages", len(targets), f"1 to {MOST_TARGETS}")
    if source in targets or len(set(targets)) < len(targets):
        raise BadValue("languages", ", ".join(map(str, targets)), "others than the source's, each once")
    if options.get("title"):
        app.title_id(options["title"])
    folder = app.home / "uploads" / secrets.token_hex(8)
    folder.mkdir(parents=True)
    named = _SAFE.sub("-", Path(file[0]).name).strip(".-")[-80:] or "source"
    (folder / named).write_bytes(file[1])
    kept = ""
    if terms is not None:
        kept = "terms-of-" + folder.name + Path(terms[0]).suffix[-8:]
        (folder / kept).write_bytes(terms[1])
        for target in targets:
            read_terms(folder / kept, source, target)
    return Order(folder.name, named, source, tuple(targets), terms=kept, **options)


def read_order(parameters: Mapping[str, Any]) -> Order:
    """The order that ``Order.parameters`` wrote.

    Raises:
        BadValue: a language is none.
        UnknownId: the folder is no name.
    """
    folder, file, terms = (str(parameters.get(key) or "") for key in ("folder", "file", "terms"))
    if not folder.isalnum() or any(Path(name).name != name for name in (file, terms) if name):
        raise UnknownId("upload", folder)
    budget = parameters.get("budget")
    return Order(
        folder,
        file,
        Language.parse(str(parameters["from"])),
        tuple(Language.parse(one) for one in str(parameters["to"]).split(",")),
        str(parameters.get("engine") or "apertium"),
        str(parameters.get("model") or ""),
        str(parameters.get("title") or ""),
        terms,
        str(parameters.get("notes") or ""),
        str(parameters.get("profile") or "netflix"),
        Decimal(str(budget)) if budget not in (None, "") else None,
        bool(parameters.get("may_leave")),
        str(parameters.get("back") or ""),
    )


def _document(app: App, order: Order) -> Document:
    path = app.home / "uploads" / order.folder / order.file
    if not path.is_file():
        raise UnknownId("upload", order.folder, advice="Send the file again.")
    return read_subtitles(path.read_bytes(), order.file, order.source)


def _task(app: App, order: Order, target: Language, document: Document, make: Maker) -> Task:
    terms = app.home / "uploads" / order.folder / order.terms
    return Task(
        order.source,
        target,
        make(order.engine, app.home, model=order.model),
        terms=read_terms(terms, order.source, target) if order.terms else None,
        memory=app.memories.of(order.source, target),
        cache=AnswerCache(app.home / "translations" / f"{order.source}-{target}.jsonl"),
        locked=_locked(app, order, target, document),
        notes=order.notes,
        back=make(order.back, app.home) if order.back else None,
        profile=order.profile,
    )


def _locked(app: App, order: Order, target: Language, document: Document) -> dict[int, str]:
    """Place of a cue: what a person accepted for it in the newest proof of the title and languages."""
    if not order.title:
        return {}
    title = str(app.title_id(order.title))
    for proof, _ in app.proofs.all():
        if (proof.title, proof.source, proof.target) == (title, order.source, target):
            human = [line for line in app.proofs.lines(proof.id) if line.state.is_human]
            wordings = {(line.start, line.end, plain_of(line.source)): plain_of(line.text) for line in human}
            return {
                place: wordings[cue.start, cue.end, cue.text]
                for place, cue in enumerate(document.cues)
                if (cue.start, cue.end, cue.text) in wordings
            }
    return {}


def quote(app: App, order: Order, make: Maker = translation_engine) -> list[Quote]:
    """What each language of an order will take; nothing is sent.

    Raises:
        UnknownId: its file is not there any more.
        BadFile: it is no subtitle file.
    """
    document = _document(app, order)
    return [_quote(app, order, target, document, make) for target in order.targets]


def _quote(app: App, order: Order, target: Language, document: Document, make: Maker) -> Quote:
    from crossreel.errors import CrossreelError

    try:
        task = _task(app, order, target, document, make)
        route = task.route()
        found = estimate(document, task)
        if task.back is not None and not task.back.route(target, order.source):
            task.back.translate([], target, order.source)  # engines say more: what to install
    except CrossreelError as error:
        return Quote(target, problem=f"{error.message} {error.advice}".strip())
    paid = found.cost if found.cost is not None or task.engine.facts.sends_away else Decimal()
    over = order.budget is not None and (paid is None or paid > order.budget)
    return Quote(target, task.engine.facts, route, found, over_budget=over and found.characters > 0)


def start_translations(
    app: App, actor: Actor, order: Order, *, request_id: str = "", make: Maker = translation_engine
) -> list[Job]:
    """Queues a job for each language of an order; all or none.

    Raises:
        NotAllowed: the actor may not edit.
        BadInput: a language cannot be done; the reason is told.
        Conflict: it costs more than its budget, or its texts would leave the machine unasked.
    """
    actor.require(Permission.EDIT)
    quotes = quote(app, order, make)
    for one in quotes:
        if one.problem:
            raise BadInput(f"{one.target}: {one.problem}", advice="Nothing was started.")
        if one.over_budget:
            raise Conflict(f"{one.target} is over the budget.", advice="Raise it, or ask for fewer lines.")
        away = order.back and make(order.back, app.home).facts.sends_away
        if one.facts is not None and (one.facts.sends_away or away) and not order.may_leave:
            raise Conflict(
                f"{one.facts.name if one.facts.sends_away else order.back} gets the texts, "
                "away from this machine.",
                advice="Say that they may leave, or choose a local engine.",
            )
    jobs = []
    with app.atomic():
        for one in quotes:
            parameters = {**order.parameters(one.target), "proof": secrets.token_hex(6)}
            if one.estimate is not None:
                parameters["estimate"] = one.estimate.to_dict()
            parameters["actor"] = actor.operator
            jobs.append(enqueue(app.jobs, KIND, parameters, actor.operator, app.clock()))
            told = {"kind": KIND, "from": str(order.source), "to": str(one.target), "engine": order.engine}
            record(app, actor, "job.start", jobs[-1].id, after=told, request_id=request_id)
    return jobs


def translate_job(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Translates one file into one language and opens the result as a proof; run again it goes on.

    Raises:
        UnknownId: the file is not there any more.
        OutsideFailure: the engine translated nothing.
    """
    order = read_order(parameters)
    (target,) = order.targets
    id_ = str(parameters["proof"])
    if any(proof.id == id_ for proof, _ in app.proofs.all()):
        return {"proof": id_}
    document = _document(app, order)
    task = _task(app, order, target, document, translation_engine)
    task = replace(task, signs=translation_signs(app.home))
    done = translate_document(document, task, progress=lambda n, of: progress(n, of, "sentences"))
    counts = done.counts()
    if document.cues and counts.get("untranslated", 0) == len(document.cues) - counts.get("empty", 0) > 0:
        first = next(line for line in done.lines if line.reasons)
        raise OutsideFailure(
            f"{done.engine} translated none of {len(document.cues)} lines: {first.reasons[0].message}",
            advice="See whether the engine works, then try again.",
        )
    title = app.title_id(order.title) if order.title else None
    actor = Actor(str(parameters.get("actor") or "jobs"), frozenset({Permission.EDIT}), "job")
    proof = add_proof(
        app, actor, _name(app, title, order, target), document, done.document, (order.source, target),
        title=title, profile=order.profile, engine=done.engine, terms=task.terms,
        judged=dict(enumerate(done.lines)), human=frozenset(task.locked), id_=id_,
    )  # fmt: skip
    price = task.engine.facts.cost_per_million
    return {
        "proof": proof.id,
        "lines": len(done.lines),
        **{state: count for state, count in counts.items()},
        "engine": done.engine,
        "route": list(done.route),
        "characters": done.characters,
        "cost": None
        if price is None
        else str((price * done.characters / 1_000_000).quantize(Decimal("0.0001"))),
        "repaired": done.repaired,
        "looked_for": dict(done.looked_for),
        "notes": list(done.notes),
    }


def _name(app: App, title: TitleId | None, order: Order, target: Language) -> str:
    found = app.catalog.get([title]).get(title) if title else None
    return f"{found.name if found else Path(order.file).stem}, {target}"
