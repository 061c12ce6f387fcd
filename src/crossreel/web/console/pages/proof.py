"""The workbench: one translated file line by line, its picture and sound, the worst lines first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.listening import SAMPLE_FILM, has_film, heard
from crossreel.desk.proofs import (
    comment_line,
    edit_line,
    set_state,
    try_line,
    undo_change,
    written_proof,
)
from crossreel.errors import BadInput, BadValue, Conflict
from crossreel.localize.proofs.checking import check_line, document_of
from crossreel.localize.proofs.markup import plain_of
from crossreel.localize.proofs.proof import ChangeKind, LineState, Proof, ProofChange, ProofLine
from crossreel.localize.timedtext import FORMATS, Cue
from crossreel.localize.timedtext.writers.webvtt import clock
from crossreel.values.ids import TitleId
from crossreel.values.timing import Timecode
from crossreel.web.cards import words
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.cue_drawing import draw_cue
from crossreel.web.console.fields import Fields
from crossreel.web.console.pages.proofs import proof_url
from crossreel.web.console.phrases import M_
from crossreel.web.console.sitting import Crumb, Sitting
from crossreel.web.console.waves import draw_wave
from crossreel.web.pages.files import sent_blob

__all__ = ["ROUTES"]

PAGE_LINES = 60
ORDERS = {"risk": M_("worst first"), "file": M_("as in the film")}
SHOWN = {"todo": M_("to do"), "all": M_("all"), "said": M_("with comments")}
STATES = {
    LineState.MACHINE: M_("not read"),
    LineState.EDITED: M_("changed"),
    LineState.ACCEPTED: M_("accepted"),
    LineState.LOCKED: M_("locked"),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What one look at the workbench shows: the proof, its lines, which in which order, and which one."""

    proof: Proof
    lines: tuple[ProofLine, ...]
    queue: tuple[ProofLine, ...]
    here: ProofLine
    order: str
    show: str

    @property
    def number(self) -> int:
        """Place of the line in the queue, from 0; -1 where it is not in it."""
        return next((n for n, one in enumerate(self.queue) if one.place == self.here.place), -1)

    def neighbor(self, step: int) -> ProofLine | None:
        """The line before or after in the queue."""
        place = self.number + step if self.number >= 0 else 0
        return self.queue[place] if 0 <= place < len(self.queue) else None

    def url(self, line: ProofLine | None, path: str = "") -> str:
        """The address of a line in this order."""
        return proof_url(
            self.proof.id, path, line=line.place + 1 if line else None, order=self.order, show=self.show
        )


def _desk(sitting: Sitting, line: str, order: str, show: str) -> Desk:
    proof = sitting.app.proofs.get(sitting.request.path_params["id"])
    lines = tuple(sitting.app.proofs.lines(proof.id))
    order = order if order in ORDERS else "risk"
    show = show if show in SHOWN else "todo"
    kept = [
        one
        for one in lines
        if show == "all" or (show == "said" and one.comments) or (show == "todo" and not one.state.is_human)
    ]
    if order == "risk":
        kept.sort(key=lambda one: (-one.risk, one.place))
    asked = int(line) - 1 if line.isdecimal() and 0 < int(line[:9]) <= len(lines) else None
    here = lines[asked] if asked is not None else (kept or lines)[0]
    return Desk(proof, lines, tuple(kept), here, order, show)


def workbench(sitting: Sitting) -> Response:
    """``GET /proof/{id}?line=&order=&show=``."""
    return _page(
        sitting, _desk(sitting, sitting.query("line"), sitting.query("order"), sitting.query("show"))
    )


def _page(
    sitting: Sitting,
    desk: Desk,
    *,
    typed: dict[str, str] | None = None,
    problem: str = "",
    theirs: ProofLine | None = None,
    status: int = 200,
) -> Response:
    proof, here = desk.proof, desk.here
    typed = typed or {"text": here.text, "start": clock(here.start), "end": clock(here.end)}
    shown_line = _typed_line(here, typed)
    cue = _cue(proof, shown_line)
    found = heard(sitting.app, proof) if has_film(proof) else None
    changes = sitting.app.proofs.changes(proof.id, here.place, 30)
    number = max(desk.number, 0)
    first = number // PAGE_LINES * PAGE_LINES
    return sitting.page(
        "proof.html",
        noun="localize",
        title=sitting.tell("%(name)s, line %(line)s", name=proof.name, line=here.place + 1),
        crumbs=[Crumb(proof.name, proof_url(proof.id)), Crumb(sitting.tell("Line %(n)s", n=here.place + 1))],
        names=[words(here.source, proof.source), words(here.text + shown_line.text, proof.target)],
        status=status,
        desk=desk,
        proof=proof,
        here=here,
        typed=typed,
        problem=problem,
        theirs=theirs,
        source=words(here.source, proof.source),
        checked=check_line(proof, desk.lines, shown_line),
        drawn=draw_cue(cue, proof.target),
        film=_film_url(proof),
        wave=draw_wave(found.peaks if found else None, proof.shots, desk.lines, here),
        is_heard=found is not None,
        rows=desk.queue[first : first + PAGE_LINES],
        before=desk.queue[first - 1] if first else None,
        after=desk.queue[first + PAGE_LINES] if first + PAGE_LINES < len(desk.queue) else None,
        target=words("", proof.target),
        states=STATES,
        orders=ORDERS,
        shows=SHOWN,
        said=[one for one in reversed(changes) if one.kind is ChangeKind.COMMENT],
        last=_undoable(changes, here),
        wordings=_wordings(sitting, proof, here),
        done=sum(one.state.is_human for one in desk.lines),
        formats=[(name, one.title) for name, one in FORMATS.items()],
        told_clock=clock,
    )


def _typed_line(here: ProofLine, typed: dict[str, str]) -> ProofLine:
    try:
        start, end = Timecode.parse_clock(typed["start"]).seconds, Timecode.parse_clock(typed["end"]).seconds
    except BadValue:
        start, end = here.start, here.end
    if end <= start:
        start, end = here.start, here.end
    return replace(here, text=typed["text"], start=start, end=end)


def _cue(proof: Proof, line: ProofLine) -> Cue:
    return document_of(proof, [line]).cues[0]


def _film_url(proof: Proof) -> tuple[str, str] | None:
    film = has_film(proof)
    if film == SAMPLE_FILM:
        return "/film/sample.mp4", "video/mp4"
    return (proof_url(proof.id, "").replace("/proof/", "/film/"), "") if film else None


def _undoable(changes: Sequence[ProofChange], here: ProofLine) -> ProofChange | None:
    return next(
        (one for one in changes if one.kind is not ChangeKind.COMMENT and one.revision == here.revision), None
    )


def _wordings(sitting: Sitting, proof: Proof, here: ProofLine) -> list[tuple[str, str]]:
    """Other wordings and where they are from: the run's suggestions, and the workspace's memory."""
    found = [(text, "") for text in here.suggestions]
    memory = sitting.app.memories.of(proof.source, proof.target)
    for match in memory.find(" ".join(plain_of(here.source).split())):
        told = sitting.tell(
            "%(share)s %% alike, %(origin)s", share=round(match.score * 100), origin=match.segment.origin
        )
        found.append((match.segment.target, told))
    mine = " ".join(plain_of(here.text).split())
    return [(text, told) for text, told in dict(found).items() if " ".join(text.split()) != mine]


def save(sitting: Sitting, fields: Fields) -> Response:
    """``POST /proof/{id}/line/{line}``: ``do`` says what: save, accept, lock or open."""
    desk = _desk(sitting, sitting.request.path_params["line"], fields.one("order"), fields.one("show"))
    typed = {name: fields.one(name) for name in ("text", "start", "end")}
    revision = fields.one("revision")
    expected = int(revision) if revision.isdecimal() else 0
    try:
        told = _do(sitting, desk, typed, fields.one("do"), expected)
    except Conflict as error:
        fresh = _desk(sitting, sitting.request.path_params["line"], desk.order, desk.show)
        theirs = fresh.here if fresh.here.revision != expected else None
        problem = f"{error.message} {error.advice}".strip()
        return _page(sitting, fresh, typed=typed, problem=problem, theirs=theirs, status=409)
    except BadInput as error:
        problem = f"{error.message} {error.advice}".strip()
        return _page(sitting, desk, typed=typed, problem=problem, status=422)
    ahead = fields.one("do") in ("accept", "lock")
    return sitting.go(desk.url((desk.neighbor(1) or desk.here) if ahead else desk.here) + "#line", told)


def _do(sitting: Sitting, desk: Desk, typed: dict[str, str], what: str, expected: int) -> str:
    app, actor, id_, place = sitting.app, sitting.actor, desk.proof.id, desk.here.place
    if what == "open":
        set_state(app, actor, id_, place, LineState.EDITED, expected)
        return sitting.tell("Line %(n)s is open again.", n=place + 1)
    start = Timecode.parse_clock(typed["start"]).seconds
    end = Timecode.parse_clock(typed["end"]).seconds
    times = _unrounded(desk.here, start, end)
    wanted = {"accept": LineState.ACCEPTED, "lock": LineState.LOCKED}.get(what)
    edit_line(app, actor, id_, place, typed["text"], times, expected, state=wanted)
    if wanted is LineState.LOCKED:
        return sitting.tell("Line %(n)s is locked.", n=place + 1)
    if wanted is LineState.ACCEPTED:
        return sitting.tell("Line %(n)s is accepted.", n=place + 1)
    return sitting.tell("Line %(n)s is saved.", n=place + 1)


def _unrounded(here: ProofLine, start: Fraction, end: Fraction) -> tuple[Fraction, Fraction]:
    """The form has milliseconds; times that were not touched stay exact."""
    return (
        here.start if clock(here.start) == clock(start) else start,
        here.end if clock(here.end) == clock(end) else end,
    )


def check(sitting: Sitting, fields: Fields) -> Response:
    """``POST /proof/{id}/check/{line}``: what is found in a line as it is being typed (part of a page)."""
    proof = sitting.app.proofs.get(sitting.request.path_params["id"])
    line = sitting.request.path_params["line"]
    if not line.isdecimal():
        raise HTTPException(404)
    here = sitting.app.proofs.line(proof.id, int(line) - 1)
    typed = _typed_line(here, {name: fields.one(name) for name in ("text", "start", "end")})
    checked = try_line(sitting.app, proof, here.place, typed.text, typed.start, typed.end)
    html = sitting.console.renderer.render(
        "proof_found.html",
        checked=checked,
        drawn=draw_cue(_cue(proof, typed), proof.target),
        moved=here.revision != int(fields.one("revision") or 0),
        actor=here.actor,
    )
    return Response(html, media_type="text/html", headers={"Cache-Control": "private, no-store"})


def comment(sitting: Sitting, fields: Fields) -> Response:
    """``POST /proof/{id}/comment/{line}``."""
    desk = _desk(sitting, sitting.request.path_params["line"], fields.one("order"), fields.one("show"))
    try:
        comment_line(sitting.app, sitting.actor, desk.proof.id, desk.here.place, fields.one("comment"))
    except BadInput as error:
        return _page(sitting, desk, problem=error.message, status=422)
    return sitting.go(desk.url(desk.here) + "#line", sitting.tell("Said."))


def undo(sitting: Sitting, fields: Fields) -> Response:
    """``POST /proof/{id}/undo``: takes the last change of a line back."""
    id_, number = sitting.request.path_params["id"], fields.one("change")
    if not number.isdecimal():
        raise HTTPException(400)
    try:
        line = undo_change(sitting.app, sitting.actor, id_, int(number))
    except BadInput as error:
        url = proof_url(id_, fields.one("back") and "/history")
        return sitting.go(url, f"{error.message} {error.advice}".strip(), problem=True)
    told = sitting.tell("Taken back.")
    if fields.one("back"):
        return sitting.go(proof_url(id_, "/history"), told)
    url = proof_url(id_, line=line.place + 1, order=fields.one("order"), show=fields.one("show"))
    return sitting.go(url + "#line", told)


def history(sitting: Sitting) -> Response:
    """``GET /proof/{id}/history``: everything that was done, newest first."""
    proof = sitting.app.proofs.get(sitting.request.path_params["id"])
    changes = sitting.app.proofs.changes(proof.id, limit=200)
    current = {line.place: line.revision for line in sitting.app.proofs.lines(proof.id)}
    title = sitting.tell("History")
    return sitting.page(
        "proof_history.html",
        noun="localize",
        title=f"{proof.name} · {title}",
        crumbs=[Crumb(proof.name, proof_url(proof.id)), Crumb(title)],
        names=[words(str(one.after.get("text", "")), proof.target) for one in changes],
        proof=proof,
        target=words("", proof.target),
        changes=[
            (one, one.kind is not ChangeKind.COMMENT and current.get(one.place) == one.revision)
            for one in changes
        ],
        states={state.value: label for state, label in STATES.items()},
        proof_url=proof_url,
    )


def track(sitting: Sitting) -> Response:
    """``GET /proof/{id}/track.vtt``: the translation as it stands, for the player."""
    written = written_proof(sitting.app, sitting.request.path_params["id"], "webvtt")
    headers = {"Cache-Control": "private, no-store"}
    return Response(written.data, media_type="text/vtt; charset=utf-8", headers=headers)


def film(sitting: Sitting) -> Response:
    """``GET /film/{id}``: the film of a proof, whole or one byte range; operators need no license."""
    proof = sitting.app.proofs.get(sitting.request.path_params["id"])
    id_ = TitleId.parse(proof.title) if proof.title else None
    title = sitting.app.catalog.get([id_]).get(id_) if id_ else None
    found = next((one for one in title.attachments if one.digest == proof.film), None) if title else None
    if found is None or not sitting.app.blobs.exists(found.digest):
        raise HTTPException(404)
    return sent_blob(sitting.app.blobs, sitting.request, found, "private, no-cache")


ROUTES = [
    shown("/proof/{id}", workbench),
    shown("/proof/{id}/history", history),
    shown("/proof/{id}/track.vtt", track),
    shown("/film/{id}", film),
    changed("/proof/{id}/line/{line}", save),
    changed("/proof/{id}/check/{line}", check, needs=Permission.READ),
    changed("/proof/{id}/comment/{line}", comment, needs=Permission.READ),
    changed("/proof/{id}/undo", undo),
]
