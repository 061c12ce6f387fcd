"""A series beside itself: files that are sent, or files of the workbench and their repair."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import File, Query, UploadFile
from fastapi import Form as Sent
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.consistency import (
    MOST_FILES,
    Found,
    compare_proofs,
    key_of,
    repair_proofs,
)
from crossreel.desk.proofs import read_subtitles
from crossreel.errors import BadValue
from crossreel.localize.timedtext import profile_names, write_bytes
from crossreel.localize.translate.consistency import Episode, Inconsistency, inconsistencies
from crossreel.localize.translate.terms import Termbase, read_terms
from crossreel.localize.translate.unifying import unified
from crossreel.localize.translate.ways_of_address import WayOfAddress, ways_of_address
from crossreel.values.language import Language
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Calling
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routes.subtitles import coded, taken
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("subtitles")

_LIMIT = 64 << 20


class Consistency(Document):
    """What several files say in several ways; the fields are those of the command's `--json`."""

    result: dict[str, Any]
    contents: list[dict[str, str]] = Field(description="Repaired files, base64; empty where none was asked.")


class ProofConsistency(Document):
    """What files of the workbench say in several ways; each finding has a `key` to repair it by."""

    result: dict[str, Any]


class Choice(Form):
    """A finding to repair: all its places get one wording."""

    key: str = Field(min_length=16, max_length=16)
    wording: str = Field("", max_length=2000, description="One of its wordings; empty: the proposed one.")


class Repair(Form):
    """Files of the workbench, and what is to be repaired in them."""

    proofs: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        min_length=2, max_length=MOST_FILES
    )
    findings: list[Choice] = Field(min_length=1, max_length=2000)


class RepairedLines(Document):
    """What was changed; every change is in the history of its proof."""

    changed: dict[str, list[int]] = Field(description="Proof: its lines, from 1.")
    locked: dict[str, list[int]] = Field(description="Lines that were left because they are locked.")


@router.post("/subtitles/consistency", **operation(Permission.READ, Consistency, limit=_LIMIT, upload=True))
def compare_files(
    call: Calling,
    target: Annotated[list[UploadFile], File(description="Translated files of a series, two or more.")],
    to: Annotated[str, Sent(min_length=2, max_length=64, description="BCP 47 tag of the translations.")],
    source: Annotated[list[UploadFile], File(description="What each was translated from, in order.")] = [],  # noqa: B006  # never changed; FastAPI reads it as the default
    from_: Annotated[str, Sent(alias="from", max_length=64, description="Of the sources.")] = "en",
    profile: Annotated[str, Sent(max_length=40)] = "netflix",
    terms: Annotated[UploadFile | None, File(description="Termbase, CSV or TBX.")] = None,
    repair: Annotated[bool, Sent(description="Also answer the files, made consistent.")] = False,
) -> Response:
    """Find lines, terms, names and forms of address that differ over the files of a series; unify them."""
    if profile not in profile_names():
        raise BadValue("profile", profile, "one of " + ", ".join(profile_names()))
    if not 2 <= len(target) <= MOST_FILES or len(source) not in (0, len(target)):
        told = f"{len(source)} sources and {len(target)} translations"
        raise BadValue("number of files", told, f"2 to {MOST_FILES} translations with a source each, or none")
    pair = Language.parse(from_), Language.parse(to)
    sources = [read_subtitles(data, name, pair[0]) for name, data in map(taken, source)]
    read = [(name, read_subtitles(data, name, pair[1])) for name, data in map(taken, target)]
    episodes = [
        Episode(name, document, sources[number] if sources else None)
        for number, (name, document) in enumerate(read)
    ]
    base = _terms(terms, pair)
    found = inconsistencies(episodes, base)
    result = {
        "files": [name for name, _ in read],
        "from": str(pair[0]),
        "to": str(pair[1]),
        **_told(found, ways_of_address(episodes, pair[1]), [name for name, _ in read]),
    }
    contents = []
    if repair:
        made = unified(episodes, found, pair[1], terms=base, profile=profile)
        for (name, opened), (document, changed) in zip(read, made, strict=True):
            written = write_bytes(document, opened.format, rate=document.frame_rate)
            contents.append({"file": name, "content": coded(written.data) or "", "lines": str(len(changed))})
    return answer(call.request, {"result": result, "contents": contents})


def _terms(file: UploadFile | None, pair: tuple[Language, Language]) -> Termbase | None:
    if file is None:
        return None
    name, data = taken(file)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("terms" + Path(name).suffix[-8:])
        path.write_bytes(data)
        return read_terms(path, *pair)


def _told(
    found: list[Inconsistency] | tuple[Inconsistency, ...],
    ways: list[WayOfAddress] | tuple[WayOfAddress, ...],
    names: list[str],
) -> dict[str, Any]:
    summary: dict[str, int] = {}
    for item in found:
        summary[item.kind] = summary.get(item.kind, 0) + 1
    return {
        "findings": [item.to_dict(names) for item in found],
        "address": [one.to_dict(names) for one in ways],
        "summary": summary,
    }


@router.get("/subtitles/consistency/proofs", **operation(Permission.READ, ProofConsistency, errors=(404,)))
def compare_workbench(
    call: Calling,
    proof: Annotated[list[str], Query(min_length=1, max_length=MOST_FILES, description="Ids, two or more.")],
) -> Response:
    """Find what files of the workbench, of one pair of languages, say in several ways."""
    found = compare_proofs(call.app, proof)
    return answer(call.request, {"result": _result(found)})


def _result(found: Found) -> dict[str, Any]:
    told = _told(found.findings, found.ways, found.names)
    for finding, shown in zip(found.findings, told["findings"], strict=True):
        shown["key"] = key_of(finding, found.names)
    return {
        "proofs": [proof.id for proof in found.proofs],
        "files": found.names,
        "from": str(found.proofs[0].source),
        "to": str(found.proofs[0].target),
        **told,
    }


@router.post("/subtitles/consistency/proofs", **operation(Permission.EDIT, RepairedLines, errors=(404, 409)))
def repair_workbench(call: Calling, form: Repair) -> Response:
    """Give all places of chosen findings one wording: all of it, or nothing where one was changed since."""
    choices = {one.key: one.wording for one in form.findings}
    done = repair_proofs(call.app, call.actor, form.proofs, choices, request_id=call.request_id)
    locked: dict[str, list[int]] = {}
    for id_, place in done.locked:
        locked.setdefault(id_, []).append(place + 1)
    changed = {id_: [place + 1 for place in places] for id_, places in done.changed.items()}
    return answer(call.request, {"changed": changed, "locked": locked})
