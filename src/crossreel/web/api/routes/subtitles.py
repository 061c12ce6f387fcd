"""Subtitle files: looked into, checked, fixed, converted, scored, brought in time, translated."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from fastapi import File, Form, UploadFile
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.translating import Order, Quote, keep_order, quote, start_translations
from crossreel.errors import BadFile, BadValue
from crossreel.localize.timedtext import (
    Document as Subtitles,
)
from crossreel.localize.timedtext import (
    check,
    document_to_dict,
    fix,
    profile_names,
    read_bytes,
    write_bytes,
)
from crossreel.localize.timedtext.scoring.score import score
from crossreel.localize.timedtext.syncing.evidence import Reference
from crossreel.localize.timedtext.syncing.sync import spoken, sync
from crossreel.studio.shown_cues import fit_json
from crossreel.values.language import Language
from crossreel.values.timing import FrameRate
from crossreel.web.api.answers import answer
from crossreel.web.api.budget import budget_of
from crossreel.web.api.context import Calling
from crossreel.web.api.forms import Document
from crossreel.web.api.routes.jobs import JobDocument, show_job
from crossreel.web.api.routing import noun, operation

__all__ = ["coded", "router", "taken"]

router = noun("subtitles")

FILE_BYTES = 16 << 20
_LIMIT = 2 * FILE_BYTES + (1 << 20)
Sent = Annotated[UploadFile, File(description="Subtitles in any format that is read; at most 16 MiB.")]
Tongue = Annotated[str, Form(max_length=64, description="BCP 47 tag of the text.")]
Asked = Annotated[str, Form(max_length=40, description="Its format, where it cannot be told; see the guide.")]
Rules = Annotated[str, Form(max_length=40, description="netflix, bbc, ted, dcmp, pixelogic or default.")]
Rate = Annotated[str, Form(max_length=40, description="Frames a second, such as 23.976.")]


class SubtitleAnswer(Document):
    """What is found in a file; the fields are those of the command's `--json`."""

    result: dict[str, Any]


class Made(Document):
    """A file that was made, and what is said of it."""

    result: dict[str, Any]
    content: str | None = Field(description="The file, base64; null where nothing was made.")


class Expected(Document):
    """What a translation into one language will take, or why it cannot be done."""

    language: str
    route: list[str]
    estimate: dict[str, Any] | None
    sends_away: bool | None
    over_budget: bool
    problem: str


class Started(Document):
    """What each language will take, and the jobs that were started; none when only asked."""

    quotes: list[Expected]
    jobs: list[JobDocument]


def taken(file: UploadFile) -> tuple[str, bytes]:
    """The name and bytes of a sent file. Raises ``BadFile`` where it is too large."""
    name = (file.filename or "the file")[-100:]
    content = file.file.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise BadFile(name, f"is larger than {FILE_BYTES >> 20} MiB", advice="Use the command line.")
    return name, content


def _read(file: UploadFile, format: str = "", language: str = "", fps: str = "") -> Subtitles:
    name, content = taken(file)
    return read_bytes(
        content,
        name,
        format=format or None,
        language=Language.parse(language) if language else None,
        rate=FrameRate.parse(fps) if fps else None,
    )


def _tongue(document: Subtitles, language: str) -> Language:
    found = Language.parse(language) if language else document.language
    if found is None:
        raise BadValue("language", language, "a BCP 47 tag", advice="Say which language the text is in.")
    return found


def coded(content: bytes | None) -> str | None:
    """A file as JSON carries it."""
    return None if content is None else base64.b64encode(content).decode()


_UPLOAD = operation(Permission.READ, SubtitleAnswer, limit=_LIMIT, upload=True)
_MAKES = operation(Permission.READ, Made, limit=_LIMIT, upload=True)


@router.post("/subtitles/inspect", **_UPLOAD)
def inspect_subtitles(call: Calling, file: Sent, format: Asked = "", language: Tongue = "") -> Response:
    """Look into a subtitle file: its format, encoding and cues as trees."""
    shown = document_to_dict(_read(file, format, language))
    fit_json(shown)
    return answer(call.request, {"result": shown})


@router.post("/subtitles/check", **_UPLOAD)
def check_subtitles(
    call: Calling, file: Sent, language: Tongue = "", profile: Rules = "netflix", fps: Rate = ""
) -> Response:
    """Check a subtitle file against the rules of a profile."""
    document = _read(file, "", language, fps)
    tongue = _tongue(document, language)
    report = check(document, tongue, _profile(profile))
    result = {
        "file": file.filename or "",
        "language": str(tongue),
        "profile": report.profile,
        "cues": report.cues,
        "violations": [violation.to_dict() for violation in report.violations],
        "summary": report.summary,
    }
    return answer(call.request, {"result": result})


@router.post("/subtitles/fix", **_MAKES)
def fix_subtitles(
    call: Calling,
    file: Sent,
    language: Tongue = "",
    profile: Rules = "netflix",
    fps: Rate = "",
    to: Asked = "",
) -> Response:
    """Repair breaks and times; no word is changed. `to` is the format of the answer, else the file's."""
    document = _read(file, "", language, fps)
    tongue = _tongue(document, language)
    fixed = fix(document, tongue, _profile(profile))
    written = write_bytes(fixed.document, to or document.format, rate=fixed.document.frame_rate)
    result = {
        "file": file.filename or "",
        "language": str(tongue),
        "profile": fixed.after.profile,
        "cues": len(fixed.document.cues),
        "changed": fixed.changed,
        "before": fixed.before.summary,
        "after": fixed.after.summary,
        "unsolved": [violation.to_dict() for violation in fixed.unsolved],
        "notes": [*document.notes, *fixed.notes, *written.notes],
    }
    return answer(call.request, {"result": result, "content": coded(written.data)})


@router.post("/subtitles/convert", **_MAKES)
def convert_subtitles(
    call: Calling,
    file: Sent,
    to: Annotated[str, Form(min_length=1, max_length=40, description="webvtt, srt, ttml, ass, stl, scc ...")],
    format: Asked = "",
    language: Tongue = "",
    fps: Rate = "",
) -> Response:
    """Write a subtitle file in another format, and say what that cannot carry."""
    document = _read(file, format, language, fps)
    written = write_bytes(document, to, rate=document.frame_rate)
    result = {
        "file": file.filename or "",
        "from": document.format,
        "to": to,
        "encoding": document.encoding,
        "cues": len(document.cues),
        "notes": [*document.notes, *written.notes],
    }
    return answer(call.request, {"result": result, "content": coded(written.data)})


@router.post("/subtitles/score", **_UPLOAD)
def score_subtitles(call: Calling, file: Sent, reference: Sent, language: Tongue = "") -> Response:
    """Score a subtitle file beside a reference: SubER, chrF, BLEU, and milliseconds of its times."""
    document, wanted = _read(file, "", language), _read(reference, "", language)
    tongue = _tongue(document if document.language else wanted, language)
    names = {"file": file.filename or "", "reference": reference.filename or ""}
    return answer(call.request, {"result": {**names, **score(document, wanted, tongue)}})


@router.post("/subtitles/sync", **_MAKES)
def sync_subtitles(
    call: Calling,
    file: Sent,
    reference: Sent,
    max_shift: Annotated[float, Form(gt=0, le=36000, description="Seconds a cue may move.")] = 600.0,
) -> Response:
    """Bring a subtitle file in time with another one; a file that does not fit is refused (no content)."""
    document = _read(file)
    synced = sync(document, Reference.of_intervals(spoken(_read(reference).cues)), most_shift=max_shift)
    made = None if synced.action == "refused" else write_bytes(synced.document, document.format)
    result = {
        "file": file.filename or "",
        "reference": reference.filename or "",
        "cues": len(synced.document.cues),
        **synced.to_dict(),
        "notes": [*document.notes, *(made.notes if made else ())],
    }
    return answer(call.request, {"result": result, "content": coded(made.data if made else None)})


@router.post(
    "/subtitles/translate",
    **operation(Permission.EDIT, Started, status=202, limit=_LIMIT, upload=True, errors=(409,)),
)
def translate_subtitles(
    call: Calling,
    file: Sent,
    source: Annotated[str, Form(alias="from", min_length=2, max_length=64, description="BCP 47 tag.")],
    to: Annotated[str, Form(min_length=2, max_length=1000, description="Tags, separated by commas.")],
    engine: Annotated[str, Form(max_length=64)] = "apertium",
    model: Annotated[str, Form(max_length=500)] = "",
    title: Annotated[str, Form(max_length=265, description="Id; what people accepted of it stays.")] = "",
    notes: Annotated[str, Form(max_length=4000, description="What the engine may know.")] = "",
    profile: Rules = "netflix",
    budget: Annotated[str, Form(max_length=20, description="Most that a language may cost.")] = "",
    may_leave: Annotated[bool, Form(description="Texts may be sent to a service elsewhere.")] = False,
    back: Annotated[str, Form(max_length=64, description="Engine that translates back to find doubts.")] = "",
    estimate: Annotated[bool, Form(description="Only say what it will take.")] = False,
) -> Response:
    """Translate a subtitle file into one or more languages: a job each, whose result is a file to read.

    With `estimate` nothing is started; the answer tells what each language will take.
    """
    order = keep_order(
        call.app,
        call.actor,
        taken(file),
        Language.parse(source),
        [Language.parse(one) for one in to.replace(",", " ").split()],
        engine=engine,
        model=model,
        title=title,
        notes=notes,
        profile=_profile(profile),
        budget=budget_of(budget),
        may_leave=may_leave,
        back=back,
    )
    return _started(call, order, only_asked=estimate)


def _started(call: Calling, order: Order, *, only_asked: bool) -> Response:
    quotes = [_expected(one) for one in quote(call.app, order)]
    jobs = [] if only_asked else start_translations(call.app, call.actor, order, request_id=call.request_id)
    shown = {"quotes": quotes, "jobs": [show_job(call.app, job) for job in jobs]}
    return answer(call.request, shown, status=202)


def _expected(one: Quote) -> dict[str, Any]:
    return {
        "language": str(one.target),
        "route": list(one.route),
        "estimate": one.estimate.to_dict() if one.estimate else None,
        "sends_away": one.facts.sends_away if one.facts else None,
        "over_budget": one.over_budget,
        "problem": one.problem,
    }


def _profile(name: str) -> str:
    """A profile by name; files of the server are nobody's business."""
    if name not in profile_names():
        raise BadValue("profile", name, "one of " + ", ".join(profile_names()))
    return name
