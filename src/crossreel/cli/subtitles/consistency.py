"""``crossreel subtitles consistency``: the translated files of a series beside one another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.subtitles.options import FINDINGS, Encoding, Profile, read, tell
from crossreel.cli.subtitles.translate import memory_of
from crossreel.cli.terminal import Home, Json, announce, emit, table
from crossreel.errors import WrongUse
from crossreel.studio.whole_files import write_whole

if TYPE_CHECKING:
    from crossreel.localize.timedtext import Document
    from crossreel.localize.translate.consistency import Episode, Inconsistency
    from crossreel.localize.translate.ways_of_address import WayOfAddress

__all__ = ["consistency"]


def consistency(
    files: Annotated[
        list[str],
        typer.Argument(help="Translated files, each alone or as SOURCE=TRANSLATION (ep1.en.srt=ep1.es.srt)."),
    ],
    from_: Annotated[str, typer.Option("--from", help="BCP 47 tag of the sources.")] = "en",
    to: Annotated[str, typer.Option("--to", help="BCP 47 tag of the translations.")] = "",
    terms: Annotated[Path | None, typer.Option("--terms", help="Termbase: CSV or TBX.")] = None,
    memory: Annotated[
        Path | None, typer.Option("--memory", help="TMX; what a person approved there is the right wording.")
    ] = None,
    repair: Annotated[
        Path | None, typer.Option("--repair", help="Folder to write the files to, made consistent.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 3 where anything is found.")] = False,
    profile: Profile = "netflix",
    encoding: Encoding = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find lines, terms and names that a series translates in several ways, and unify them."""
    from crossreel.localize.translate.consistency import Episode, inconsistencies
    from crossreel.localize.translate.terms import read_terms
    from crossreel.localize.translate.ways_of_address import ways_of_address
    from crossreel.values.language import Language

    if not to:
        raise WrongUse("Nothing says the language of the translations.", advice="Name it with --to.")
    source, target = Language.parse(from_), Language.parse(to)
    pairs = [_named(one) for one in files]
    episodes = [
        Episode(
            str(two),
            read(two, None, encoding, to, None),
            read(one, None, encoding, from_, None) if one is not None else None,
        )
        for one, two in pairs
    ]
    base = read_terms(terms, source, target) if terms else None
    found = inconsistencies(episodes, base, memory_of(memory, home, source, target))
    notes = _notes(episodes)
    repaired: list[dict[str, Any]] = []
    if repair is not None:
        repaired = _repaired(repair, episodes, found, target, base, profile, notes)
    summary: dict[str, int] = {}
    for item in found:
        summary[item.kind] = summary.get(item.kind, 0) + 1
    names = [episode.name for episode in episodes]
    ways = ways_of_address(episodes, target)
    result = {
        "files": names,
        "from": str(source),
        "to": str(target),
        "findings": [item.to_dict(names) for item in found],
        "address": [one.to_dict(names) for one in ways],
        "summary": summary,
        "repaired": repaired,
        "notes": notes,
    }
    rows = [_row(item) for item in found] + [_spoken(one, names) for one in ways]
    emit(result, as_json, lambda: table(("kind", "source", "wordings", "right"), rows))
    tell(notes)
    announce(f"{len(episodes)} files, {len(found)} findings.")
    if strict and found:
        raise typer.Exit(FINDINGS)


def _row(item: Inconsistency) -> tuple[str, str, str, str]:
    wordings = " | ".join(f"{one.text or '(lacking)'} ({len(one.places)})" for one in item.wordings)
    return item.kind, item.source, wordings, f"{item.chosen} ({item.by})" if item.chosen else ""


def _spoken(one: WayOfAddress, names: list[str]) -> tuple[str, str, str, str]:
    return "address", names[one.episode], f"formal ({len(one.formal)}) | informal ({len(one.informal)})", ""


def _named(text: str) -> tuple[Path | None, Path]:
    """SOURCE=TRANSLATION; a file whose own name has the sign is meant as a whole."""
    if "=" not in text or Path(text).exists():
        return None, Path(text)
    one, _, two = text.partition("=")
    return Path(one), Path(two)


def _notes(episodes: list[Episode]) -> list[str]:
    alone = sum(1 for episode in episodes if episode.source is None)
    notes = [note for one in episodes for note in one.target.notes]
    if alone:
        notes.append(f"{alone} of {len(episodes)} files have no source: only their names were compared.")
    return notes


def _repaired(
    folder: Path,
    episodes: list[Episode],
    found: list[Inconsistency],
    target: Any,
    base: Any,
    profile: str,
    notes: list[str],
) -> list[dict[str, Any]]:
    from crossreel.localize.translate.unifying import unified

    outputs = [folder / Path(episode.name).name for episode in episodes]
    if len(set(outputs)) < len(outputs):
        raise WrongUse("Two files have one name.", advice="Repair them in two runs, or rename one.")
    folder.mkdir(parents=True, exist_ok=True)
    made = unified(episodes, found, target, terms=base, profile=profile)
    written: list[tuple[Path, bytes]] = []
    report = []
    for episode, output, (document, changed) in zip(episodes, outputs, made, strict=True):
        written.append((output, _bytes(document, output, notes)))
        cues = [place + 1 for place in changed]
        report.append({"file": episode.name, "output": str(output), "changed": cues})
    for output, data in written:
        write_whole(output, data)
    return report


def _bytes(document: Document, output: Path, notes: list[str]) -> bytes:
    from crossreel.localize.timedtext import write_bytes
    from crossreel.localize.timedtext.formats import format_for

    made = write_bytes(document, format_for(output).name)
    notes += [note for note in made.notes if note not in notes]
    return made.data
