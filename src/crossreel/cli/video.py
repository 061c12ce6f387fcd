"""``crossreel video``: what a film file is, and what is in its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, opened, progress_bar, table
from crossreel.values.ids import TitleId

__all__ = ["VERBS"]

_PARTS = "faces, objects, text, speech, compliance"
File = Annotated[Path, typer.Argument(help="A film file.")]


def probe(file: File, as_json: Json = False) -> None:
    """Say what a film file holds: picture, sound, times, 360-degree and stereo marks."""
    from crossreel.media.probe import probe_film

    document = probe_film(file).to_dict()

    def human() -> None:
        video = document["video"]
        rows: list[tuple[object, ...]] = [
            ("format", document["format"]),
            ("duration", f"{document['duration']:.3f} s"),
            ("picture", f"{video['codec']} {video['width']}x{video['height']} {video['pixel_format']}"),
            ("shown", f"{video['display_width']}x{video['display_height']}, turned {video['rotation']}°"),
            ("frames a second", f"{video['frame_rate']}{' (varies)' if video['is_variable'] else ''}"),
            ("scan", video["scan"]),
            ("360 / stereo", f"{video['surround']['projection']}, {video['surround']['stereo']}"),
        ]
        rows += [
            ("sound", f"{one['codec']} {one['sample_rate']} Hz {one['layout']} {one['language']}")
            for one in document["audio"]
        ]
        rows += [("note", note) for note in document["notes"]]
        table(("", ""), rows)

    emit(document, as_json, human)


def analyze(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="Folder for the report, pictures and lists.")],
    best: Annotated[int, typer.Option(min=0, help="Pictures to choose for artwork.")] = 10,
    threads: Annotated[int, typer.Option(min=0, help="Threads of the decoder; 0 lets FFmpeg choose.")] = 0,
    careful: Annotated[
        bool, typer.Option("--careful", help="Shots by a larger network where the fast one is in doubt.")
    ] = False,
    only: Annotated[
        str | None, typer.Option("--only", help=f"Of {_PARTS} only these, with commas; none: shots alone.")
    ] = None,
    without: Annotated[str, typer.Option("--without", help="Parts to leave out, with commas.")] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find shots, faces, objects, text, speech and signals; an interrupted run goes on where it was."""
    from crossreel.studio.film import analyze_film
    from crossreel.studio.film_parts import parts_of

    wanted = None if only is None else [] if only == "none" else _names(only)
    parts = parts_of(home, only=wanted, without=_names(without), careful=careful)
    for notice in parts.notices:
        announce(notice)
    with progress_bar() as progress:
        document = analyze_film(file, out, best=best, progress=progress, threads=threads, parts=parts)
    for hole in document["holes"]:
        announce(f"not read: {hole['problem']} (frame {hole['frame']}, {hole['start']:.3f} s)")
    if document["audio"]["problem"]:
        announce(f"sound: {document['audio']['problem']}")

    def human() -> None:
        rows = [
            (number, shot["start_frame"], shot["end_frame"], f"{shot['start']:.3f}", shot["transition"])
            for number, shot in enumerate(document["shots"], 1)
        ]
        table(("shot", "first frame", "frame after", "start", "begins with"), rows)
        announce(_told(document))
        announce(f"The report is {out / 'report.html'}")

    emit(document, as_json, human)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _told(document: dict[str, Any]) -> str:
    """What was found beside shots, in one line."""
    found = [
        f"{len(document['people'])} people in {len(document['faces'])} face tracks",
        f"{len(document['objects'])} object tracks",
        f"{len(document['onscreen_text'])} lines of text",
        f"{len(document['audio']['speech'])} speech segments",
        f"{len(document['compliance']['signals'])} places to review",
    ]
    return ", ".join(found)


def scenes(
    words: Annotated[str, typer.Argument(help="A kind of thing (dog), face, or text in the picture.")],
    most: Annotated[int, typer.Option(min=1, help="Places to list, surest first.")] = 50,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find places in the titles' films where a thing is seen or a text is read; films have to be analyzed."""
    from crossreel.desk.named_people import names_by_film
    from crossreel.studio.film_jobs import scenes as found_in

    with opened(home) as app:
        found = found_in(app, words, most, names_by_film(app))
    if not found:
        announce(
            f"Nothing like {words!r} was found. Only films that were looked into are searched (tab Film)."
        )
    rows = [(one["title"], one["label"], f"{one['start']:.1f}", f"{one['end']:.1f}") for one in found]
    emit({"scenes": found}, as_json, lambda: table(("title", "what", "from", "to"), rows))


Title = Annotated[str, typer.Argument(help="A title's id.")]
Person = Annotated[int, typer.Argument(min=1, help="The person's number in the analysis.")]


def people(title: Title, home: Home = None, as_json: Json = False) -> None:
    """List the people in a title's film: numbers, and names with their consent where naming is on."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.named_people import people_in

    with opened(home) as app:
        found = people_in(app, COMMAND_LINE, TitleId.parse(title))
    rows = [
        (one["person"], one["name"] or "", f"{one['screen_time']:.1f} s", one["tracks"], _consent(one))
        for one in found
    ]
    emit({"people": found}, as_json, lambda: table(("person", "name", "seen for", "times", "consent"), rows))


def _consent(one: dict[str, Any]) -> str:
    told = one["consent"]
    if told is None:
        return ""
    note = " (of an earlier analysis)" if one["is_stale"] else ""
    return f"{told['who']}, {told['when']}: {told['basis']}{note}"


def name_person(
    title: Title,
    person: Person,
    name: Annotated[str, typer.Argument(help="The name.")],
    who: Annotated[str, typer.Option("--who", help="Who agreed to be named.")],
    when: Annotated[str, typer.Option("--when", help="The day of it, as 2026-11-28.")],
    basis: Annotated[str, typer.Option("--basis", help="The law or contract that it rests on.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Name a person in a title's film; needs the setting video.name_people and a note of consent."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.named_people import Consent, people_in
    from crossreel.desk.named_people import name_person as give

    id_ = TitleId.parse(title)
    with opened(home) as app:
        give(app, COMMAND_LINE, id_, person, name, Consent.read(who, when, basis))
        found = next(one for one in people_in(app, COMMAND_LINE, id_) if one["person"] == person)
    emit(found, as_json, lambda: typer.echo(f"Person {person} is {found['name']}."))


def erase_person(title: Title, person: Person, home: Home = None, as_json: Json = False) -> None:
    """Erase a person's name and consent note for good."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.named_people import erase_person as erase

    with opened(home) as app:
        erase(app, COMMAND_LINE, TitleId.parse(title), person)
    document = {"title": title, "person": person, "erased": True}
    emit(document, as_json, lambda: typer.echo(f"Person {person} has no name any more."))


VERBS = {
    "probe": probe,
    "analyze": analyze,
    "scenes": scenes,
    "people": people,
    "name-person": name_person,
    "erase-person": erase_person,
}
