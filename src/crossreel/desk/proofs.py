"""Reading a translated file: lines changed, accepted, locked, talked about, taken back.

Whoever changes a line says which revision they have seen; where it is gone, nothing is changed.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import Title
from crossreel.desk.attachments import attach_file
from crossreel.desk.trail import record
from crossreel.errors import BadValue, Conflict, UnknownId
from crossreel.localize.proofs.checking import Checked, check_line, document_of, judge_line, registers_of
from crossreel.localize.proofs.markup import LONGEST, clean, plain_of
from crossreel.localize.proofs.opening import open_proof
from crossreel.localize.proofs.proof import ChangeKind, LineState, Proof, ProofChange, ProofLine
from crossreel.localize.timedtext import Document, read_bytes, write_bytes
from crossreel.localize.timedtext.formats import Written
from crossreel.localize.timedtext.rules.profile import load_profile
from crossreel.localize.translate.lines import Line
from crossreel.localize.translate.memory import Segment
from crossreel.localize.translate.risk import combined
from crossreel.localize.translate.terms import Termbase
from crossreel.values.ids import TitleId
from crossreel.values.language import Language

__all__ = [
    "add_proof",
    "comment_line",
    "edit_line",
    "publish_proof",
    "read_subtitles",
    "remove_proof",
    "set_state",
    "try_line",
    "undo_change",
    "written_proof",
]

MOST_LINES = 20_000
_NOTE = 4000


def read_subtitles(content: bytes, name: str, language: Language) -> Document:
    """A subtitle file of any format, with its language.

    Raises:
        BadFile: it is empty, in no known encoding or format.
        BadValue: it has no line, or more than ``MOST_LINES``.
    """
    document = read_bytes(content, name, language=language)
    if not 0 < len(document.cues) <= MOST_LINES:
        raise BadValue("number of lines", len(document.cues), f"1 to {MOST_LINES}")
    return document


def add_proof(
    app: App,
    actor: Actor,
    name: str,
    source: Document,
    target: Document,
    languages: tuple[Language, Language],
    *,
    title: TitleId | None = None,
    profile: str = "netflix",
    engine: str = "",
    terms: Termbase | None = None,
    shots: Sequence[Fraction] = (),
    judged: Mapping[int, Line] | None = None,
    human: frozenset[int] = frozenset(),
    id_: str = "",
    request_id: str = "",
) -> Proof:
    """Opens a proof of two files.

    Args:
        app: the application.
        actor: who opens it.
        name: how people find it.
        source: the document it was translated from.
        target: the translation.
        languages: of both.
        title: whose subtitles they are; its film is played beside them.
        profile: of the rules.
        engine: what translated.
        terms: that must be kept.
        shots: seconds at which shots begin.
        judged: what the translation run said, by place in the target.
        human: places in the target that a person accepted before.
        id_: of the proof; made up where it is empty.
        request_id: of the HTTP request.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such title.
        BadValue: no such profile, or both languages are one.
    """
    actor.require(Permission.EDIT)
    if languages[0] == languages[1]:
        raise BadValue("target language", str(languages[1]), "another than the source's")
    found = app.catalog.get([title]).get(title) if title else None
    if title is not None and found is None:
        raise UnknownId("title", title)
    proof, lines = open_proof(
        id_ or secrets.token_hex(6), name.strip()[:200] or "subtitles", source, target, languages,
        app.clock(),
        actor.operator, title=str(title) if title else "", profile=profile, engine=engine, terms=terms,
        film=_film_of(found) if found else "", shots=shots, judged=judged,
        human=human,
    )  # fmt: skip
    with app.atomic():
        app.proofs.add(proof, lines)
        told = {
            "name": proof.name,
            "lines": len(lines),
            "source": str(languages[0]),
            "target": str(languages[1]),
        }
        record(app, actor, "proof.open", proof.id, after=told, request_id=request_id)
    return proof


def _film_of(title: Title) -> str:
    film = title.attachment(AttachmentRole.FILM, ())
    return film.digest if film else ""


def try_line(app: App, proof: Proof, place: int, text: str, start: Fraction, end: Fraction) -> Checked:
    """What would be found if a line were so; nothing is changed.

    Raises:
        UnknownId: there is no such line.
    """
    lines = app.proofs.lines(proof.id)
    if not 0 <= place < len(lines):
        raise UnknownId("line of the proof", f"{proof.id} {place + 1}")
    return check_line(proof, lines, replace(lines[place], text=clean(text), start=start, end=end))


def edit_line(
    app: App,
    actor: Actor,
    id_: str,
    place: int,
    text: str,
    times: tuple[Fraction, Fraction] | None,
    expected: int,
    *,
    state: LineState | None = None,
) -> ProofLine:
    """Changes a line's words and times; in the same step it may be accepted.

    Args:
        app: the application.
        actor: who changes it.
        id_: of the proof.
        place: of the line, from 0.
        text: WebVTT cue text.
        times: start and end in seconds; None leaves them.
        expected: the revision that the actor has seen.
        state: how it stands afterwards; None: edited, where anything changed.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such proof or line.
        BadValue: the text is too long, or the line would end before it starts.
        Conflict: somebody changed it since, or it is locked.
    """
    actor.require(Permission.EDIT)
    proof, line = app.proofs.get(id_), app.proofs.line(id_, place)
    text = clean(text)
    if len(text) > LONGEST:
        raise BadValue("line", text[:40] + "…", f"at most {LONGEST} characters")
    start, end = times or (line.start, line.end)
    if start < 0 or end <= start:
        raise BadValue(
            "times", f"{float(start)} to {float(end)}", "a start of 0 or later and an end after it"
        )
    if line.state is LineState.LOCKED:
        raise Conflict(f"Line {place + 1} is locked.", advice="Unlock it first.")
    changed = (text, start, end) != (line.text, line.start, line.end)
    wanted = state or (LineState.EDITED if changed else line.state)
    if not changed and wanted is line.state:
        _require_revision(line, expected)
        return line
    new = replace(line, text=text, start=start, end=end, state=wanted)
    return _swap(app, actor, proof, line, new, expected, ChangeKind.EDIT if changed else ChangeKind.STATE)


def set_state(app: App, actor: Actor, id_: str, place: int, state: LineState, expected: int) -> ProofLine:
    """Accepts, locks or opens a line again.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such proof or line.
        BadValue: an empty line cannot be accepted.
        Conflict: somebody changed it since.
    """
    actor.require(Permission.EDIT)
    proof, line = app.proofs.get(id_), app.proofs.line(id_, place)
    if state.is_human and not plain_of(line.text).strip() and line.source.strip():
        raise BadValue("line", "", "words", advice="Translate it, or say in a comment why it stays empty.")
    if line.state is state:
        _require_revision(line, expected)
        return line
    return _swap(app, actor, proof, line, replace(line, state=state), expected, ChangeKind.STATE)


def comment_line(app: App, actor: Actor, id_: str, place: int, text: str) -> ProofChange:
    """Says something about a line; readers may too.

    Raises:
        UnknownId: there is no such line.
        BadValue: nothing is said, or too much.
    """
    actor.require(Permission.READ)
    line = app.proofs.line(id_, place)
    said = text.strip()
    if not 0 < len(said) <= _NOTE:
        raise BadValue("comment", said[:40], f"1 to {_NOTE} characters")
    change = ProofChange(
        place, ChangeKind.COMMENT, line.revision, actor.operator, app.clock(), {}, {"text": said}
    )
    return app.proofs.note(id_, change)


def undo_change(app: App, actor: Actor, id_: str, number: int) -> ProofLine:
    """Takes the last change of a line back; the taking back can be undone too.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such change.
        Conflict: the line was changed again since, or the change is a comment.
    """
    actor.require(Permission.EDIT)
    proof, change = app.proofs.get(id_), app.proofs.change(id_, number)
    if change.kind is ChangeKind.COMMENT:
        raise Conflict("A comment stays.", advice="Write another one.")
    line = app.proofs.line(id_, change.place)
    new = replace(
        line,
        text=change.before["text"],
        start=Fraction(change.before["start"]),
        end=Fraction(change.before["end"]),
        state=LineState(change.before["state"]),
    )
    return _swap(app, actor, proof, line, new, change.revision, ChangeKind.UNDO, undoes=number)


def _swap(
    app: App,
    actor: Actor,
    proof: Proof,
    line: ProofLine,
    new: ProofLine,
    expected: int,
    kind: ChangeKind,
    *,
    undoes: int | None = None,
) -> ProofLine:
    """Puts ``new`` in the place of ``line`` if its revision is the expected one; notes what was before."""
    now = app.clock()
    registers = registers_of(proof, app.proofs.lines(proof.id)) if proof.terms else {}
    reasons = judge_line(proof, new, load_profile(proof.profile, proof.target), registers)
    new = replace(
        new,
        revision=line.revision + 1,
        risk=combined(reasons),
        reasons=tuple(reasons),
        actor=actor.operator,
        changed=now,
    )
    with app.atomic():
        _require_revision(line, expected)
        if not app.proofs.swap(proof.id, new, expected):
            _require_revision(app.proofs.line(proof.id, line.place), expected)
        change = ProofChange(
            line.place, kind, new.revision, actor.operator, now, _told(line), _told(new), undoes
        )
        app.proofs.note(proof.id, change)
        if new.state.is_human and plain_of(new.text).strip():
            segment = Segment(
                " ".join(plain_of(line.source).split()),
                " ".join(plain_of(new.text).split()),
                proof.title or proof.name,
                human=True,
            )
            app.memories.of(proof.source, proof.target).add([segment])
    return new


def _told(line: ProofLine) -> dict[str, str]:
    return {"text": line.text, "start": str(line.start), "end": str(line.end), "state": line.state.value}


def _require_revision(line: ProofLine, expected: int) -> None:
    if line.revision != expected:
        raise Conflict(
            f"{line.actor or 'Somebody'} changed line {line.place + 1} since you saw it.",
            advice="Look at it as it stands now, then change it again.",
            line=line.place + 1,
            revision=line.revision,
        )


def written_proof(app: App, id_: str, format: str) -> Written:
    """The translation as it stands, as a file; lines without words are left out, and that is noted.

    Raises:
        UnknownId: there is no such proof.
        WrongUse: no such format.
        BadValue: the format cannot carry it.
    """
    proof = app.proofs.get(id_)
    document = document_of(proof, app.proofs.lines(id_))
    spoken = tuple(cue for cue in document.cues if cue.text.strip())
    written = write_bytes(replace(document, cues=spoken), format)
    left = len(document.cues) - len(spoken)
    notes = (f"{left} lines without words were left out.",) if left else ()
    return Written(written.data, (*notes, *written.notes))


def publish_proof(app: App, actor: Actor, id_: str, *, request_id: str = "") -> dict[str, Any]:
    """Makes the translation as it stands the title's subtitles in its language.

    Raises:
        NotAllowed: the actor may not edit.
        Conflict: the proof belongs to no title, or has lines without words.
    """
    actor.require(Permission.EDIT)
    proof = app.proofs.get(id_)
    if not proof.title:
        raise Conflict("The proof belongs to no title.", advice="Download the file instead.")
    lines = app.proofs.lines(id_)
    empty = [line.place + 1 for line in lines if line.source.strip() and not plain_of(line.text).strip()]
    if empty:
        raise Conflict(
            f"{len(empty)} lines have no translation: {', '.join(map(str, empty[:10]))}.",
            advice="Translate them first.",
        )
    content = io.BytesIO(written_proof(app, id_, "webvtt").data)
    attach_file(
        app, actor, TitleId.parse(proof.title), AttachmentRole.SUBTITLES, f"{proof.name}.vtt", content,
        language=proof.target, request_id=request_id,
    )  # fmt: skip
    human = sum(line.state.is_human for line in lines)
    return {"title": proof.title, "language": str(proof.target), "lines": len(lines), "accepted": human}


def remove_proof(app: App, actor: Actor, id_: str, *, request_id: str = "") -> None:
    """Forgets a proof. Raises ``NotAllowed``, ``UnknownId``."""
    actor.require(Permission.EDIT)
    proof = app.proofs.get(id_)
    with app.atomic():
        app.proofs.remove(id_)
        record(app, actor, "proof.remove", id_, before={"name": proof.name}, request_id=request_id)
