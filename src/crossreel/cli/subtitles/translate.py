"""``crossreel subtitles translate``: a subtitle file into another language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossreel.cli.subtitles.options import (
    FINDINGS,
    Encoding,
    File,
    Format,
    Fps,
    Profile,
    doubted_language,
    rate_of,
    read,
    tell,
)
from crossreel.cli.terminal import Home, Json, announce, emit, opened, progress_bar, table
from crossreel.errors import OutsideFailure
from crossreel.studio.whole_files import write_whole

if TYPE_CHECKING:
    from crossreel.localize.translate.lines import Translated
    from crossreel.localize.translate.machine import Task
    from crossreel.localize.translate.memory import MemoryList
    from crossreel.values.language import Language

__all__ = ["memory_of", "translate"]


def translate(
    file: File,
    out: Annotated[
        Path | None, typer.Argument(help="The file to write; without it the lines are only printed.")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="BCP 47 tag of the source.")] = None,
    to: Annotated[str, typer.Option("--to", help="BCP 47 tag of the translation.")] = "",
    engine: Annotated[
        str, typer.Option("--engine", help="apertium, openai, deepl, own, or an entry point.")
    ] = "apertium",
    model: Annotated[str, typer.Option("--model", help="The model's name (openai).")] = "",
    terms: Annotated[Path | None, typer.Option("--terms", help="Termbase: CSV or TBX.")] = None,
    memory: Annotated[
        Path | None,
        typer.Option("--memory", help="Translation memory: TMX, beside the workspace's (--home)."),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option("--cache", help="Keeps answers, so that a stopped run goes on (JSON Lines)."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", help="A translation whose cues (by id) stay as they are: locked lines."),
    ] = None,
    notes: Annotated[str, typer.Option("--notes", help="What the engine may know: title, synopsis.")] = "",
    back: Annotated[
        str, typer.Option("--back", help="Translate back by this engine, to find doubtful lines.")
    ] = "",
    signs: Annotated[
        bool,
        typer.Option("--signs/--no-signs", help="Look for doubtful lines by the models that are pulled."),
    ] = True,
    profile: Profile = "netflix",
    fix: Annotated[
        bool, typer.Option("--fix", help="Repair breaks and times afterwards; cues may split.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--estimate", help="Only say what it will take.")] = False,
    format_: Format = None,
    encoding: Encoding = None,
    fps: Fps = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Translate a subtitle file; every cue keeps its id and its times."""
    from crossreel.app import translation_engine, translation_signs
    from crossreel.localize.timedtext import fix as fix_document
    from crossreel.localize.timedtext import write_bytes
    from crossreel.localize.timedtext.formats import format_for
    from crossreel.localize.translate.cache import AnswerCache
    from crossreel.localize.translate.machine import Task, estimate, translate_document
    from crossreel.localize.translate.signs import Signs
    from crossreel.localize.translate.terms import read_terms

    target_format = format_for(out) if out is not None else None
    document = read(file, format_, encoding, from_, fps)
    source, target = _languages(file, from_, to, document.language)
    task = Task(
        source,
        target,
        translation_engine(engine, home, model=model),
        terms=read_terms(terms, source, target) if terms else None,
        memory=memory_of(memory, home, source, target),
        cache=AnswerCache(cache),
        locked=_locked(file, keep, format_, encoding, fps),
        notes=notes,
        signs=translation_signs(home) if signs and not dry_run else Signs(),
        back=translation_engine(back, home) if back else None,
        profile=profile,
    )
    for one in filter(None, (task.engine, task.back)):
        if one.facts.sends_away:
            announce(f"The texts are sent away, to {one.facts.name}.")
    if dry_run:
        _estimate_only(file, task, estimate(document, task).to_dict(), as_json)
        return
    with progress_bar() as bar:
        done = translate_document(document, task, progress=lambda n, of: bar(n, of, "translate"))
    counts = done.counts()
    _refuse_nothing(done)
    made, remarks = done.document, [*document.notes, *done.notes]
    remarks += doubted_language(document, source, task.signs.detector)
    if fix:
        fixed = fix_document(made, target, profile, rate=rate_of(fps))
        made, remarks = fixed.document, [*remarks, *fixed.notes]
    if out is not None and target_format is not None:
        written = write_bytes(made, target_format.name, rate=rate_of(fps))
        write_whole(out, written.data)
        remarks += written.notes
    result = _result(file, out, done, len(made.cues), remarks)
    rows = [(line.cue, f"{line.risk:.2f}", line.source, line.target) for line in done.worst_first()]
    emit(result, as_json, lambda: table(("cue", "risk", "source", "target"), rows))
    tell(remarks)
    announce(f"{len(done.lines)} cues: " + ", ".join(f"{n} {state}" for state, n in counts.items()) + ".")
    if counts.get("untranslated"):
        raise typer.Exit(FINDINGS)


def _refuse_nothing(done: Translated) -> None:
    """Raises ``OutsideFailure`` where no cue was translated."""
    counts, cues = done.counts(), len(done.lines)
    if cues and counts.get("untranslated", 0) == cues - counts.get("empty", 0) > 0:
        first = next(line for line in done.lines if line.reasons)
        raise OutsideFailure(
            f"{done.engine} translated none of {cues} cues: {first.reasons[0].message}",
            advice="Nothing was written; see whether the engine works, then run it again.",
        )


def _result(file: Path, out: Path | None, done: Translated, cues: int, notes: list[str]) -> dict[str, object]:
    return {
        "file": str(file),
        "output": None if out is None else str(out),
        "from": str(done.source),
        "to": str(done.target),
        "engine": done.engine,
        "route": list(done.route),
        "cues": cues,
        "counts": done.counts(),
        "estimate": done.estimate.to_dict(),
        "characters": done.characters,
        "repaired": done.repaired,
        "lines": [line.to_dict() for line in done.lines],
        "looked_for": dict(done.looked_for),
        "worst": [line.cue for line in done.worst_first() if line.reasons],
        "notes": notes,
    }


def _estimate_only(file: Path, task: Task, found: dict[str, object], as_json: bool) -> None:
    result = {"file": str(file), "engine": task.engine.facts.name, "estimate": found}
    emit(result, as_json, lambda: table(("what", "value"), list(found.items())))


def _languages(file: Path, from_: str | None, to: str, own: Language | None) -> tuple[Language, Language]:
    from crossreel.cli.subtitles.options import language_of
    from crossreel.errors import WrongUse
    from crossreel.localize.timedtext import Document
    from crossreel.values.language import Language

    if not to:
        raise WrongUse(
            "Nothing says which language to translate into.", advice="Name it with --to, such as --to es."
        )
    return language_of(file, Document((), language=own), from_), Language.parse(to)


def memory_of(file: Path | None, home: Path | None, source: Language, target: Language) -> MemoryList | None:
    """The workspace's memory and the file's together; of one sentence the file's wording comes first."""
    from crossreel.errors import MissingWorkspace
    from crossreel.localize.translate.memory import MemoryList
    from crossreel.localize.translate.tmx import read_tmx

    found = MemoryList()
    if home is not None:
        try:
            with opened(home) as app:
                found.add(app.memories.of(source, target).segments())
        except MissingWorkspace:
            announce(f"There is no workspace in {home}: only the file's memory is used.")
        else:
            announce(f"{len(found)} wordings of {source} to {target} are remembered in {home}.")
    if file is not None:
        found.add(read_tmx(file, source, target))
    return found if len(found) else None


def _locked(
    file: Path, keep: Path | None, format_: str | None, encoding: str | None, fps: str | None
) -> dict[int, str]:
    """Place of a cue: its wording in the file of locked lines, by id, else by time."""
    if keep is None:
        return {}
    source = read(file, format_, encoding, None, fps)
    wordings = read(keep, None, None, None, fps).cues
    by_id = {cue.id: cue.text for cue in wordings if cue.id}
    by_time = {(cue.start, cue.end): cue.text for cue in wordings}
    found = {}
    for place, cue in enumerate(source.cues):
        text = by_id.get(cue.id) if cue.id else by_time.get((cue.start, cue.end))
        if text is not None:
            found[place] = text
    return found
