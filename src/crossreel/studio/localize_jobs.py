"""A title's film into other languages, as jobs: started, read by people, done again, published.

Everything of a film lies in one folder of the workspace (``studio.localizing``). A finished language opens
as a proof in the workbench; what people change there is spoken when the language is made again. Nothing of it
plays in the storefront before somebody publishes the package.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.errors import BadFile, BadInput, Conflict, UnknownId
from crossreel.jobs.runner import enqueue
from crossreel.localize.proofs.checking import document_of
from crossreel.localize.proofs.proof import Proof
from crossreel.localize.timedtext import read_file, write_bytes
from crossreel.studio.localize_orders import Ask, film_at, folder_of, order_of, quote, read_ask
from crossreel.studio.localizing import Localizer
from crossreel.studio.whole_files import write_whole
from crossreel.values.job import Job
from crossreel.values.language import Language

__all__ = [
    "FILES",
    "KIND",
    "PUBLISHED",
    "Version",
    "is_published",
    "localize_handlers",
    "made_file",
    "publish",
    "start_localizing",
    "versions_of",
    "withdraw",
]

KIND = "versions.localize"
PUBLISHED = "published.m3u8"
FILES = {
    ".vtt": "text/vtt; charset=utf-8",
    ".m4a": "audio/mp4",
    ".json": "application/json",
    ".toml": "application/toml",
}
"""Ends of the files that may be fetched, and their kinds."""
_JOBS = 400
"""Of the newest jobs of every kind, so many are looked through."""

Progress = Callable[[int, int, str], None]
Handler = Callable[[Mapping[str, Any], Progress], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Version:
    """One language of a film, as far as it is.

    Attributes:
        language: of it.
        job: the newest that makes or made it, or None.
        proof: id of its proof in the workbench, or empty.
        lines, accepted: of the proof.
        dub: what the plan of the dub told, or None before there is one.
        changed: people changed the proof since the dub was made.
        files: names of what there is.
    """

    language: Language
    job: Job | None = None
    proof: str = ""
    lines: int = 0
    accepted: int = 0
    dub: Mapping[str, Any] | None = None
    changed: bool = False
    files: tuple[str, ...] = ()


def start_localizing(app: App, actor: Actor, ask: Ask) -> list[Job]:
    """Queues a job for each language; all or none. The caller notes them in the trail.

    Raises:
        NotAllowed: the actor may not edit.
        BadInput: a language cannot be done; the reason is told.
        Conflict: one of them is being made already, costs more than the budget, or its texts would leave
            the machine unasked.
    """
    actor.require(Permission.EDIT)
    running = {str(job.parameters["to"]) for job in _jobs_of(app, ask.film) if not job.state.is_final}
    for one in quote(app, ask):
        if one.problem:
            raise BadInput(f"{one.target}: {one.problem}", advice="Nothing was started.")
        if str(one.target) in running:
            raise Conflict(f"{one.target} is being made already.", advice="Wait for it, or cancel its job.")
        if one.over_budget:
            raise Conflict(f"{one.target} is over the budget.", advice="Raise it.")
        if one.sends_away and not ask.may_leave:
            raise Conflict(
                f"The texts of {one.target} would leave this machine.",
                advice="Say that they may, or choose a local engine.",
            )
    jobs = []
    with app.atomic():
        for target in ask.targets:
            parameters = {**ask.parameters(target), "actor": actor.operator}
            jobs.append(enqueue(app.jobs, KIND, parameters, actor.operator, app.clock()))
    return jobs


def localize_handlers(app: App, open_proof: Callable[..., Proof]) -> dict[str, Handler]:
    """The kinds of jobs of this module and what does them; ``open_proof`` is the desk's ``add_proof``."""

    def run(parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        return _localize(app, parameters, progress, open_proof)

    return {KIND: run}


def _localize(
    app: App, parameters: Mapping[str, Any], progress: Progress, open_proof: Callable[..., Proof]
) -> Mapping[str, Any]:
    """Makes one language; run again it goes on where it was, with what people changed in its proof."""
    ask = read_ask(parameters)
    (target,) = ask.targets
    folder = folder_of(app, ask.film)
    with film_at(app, ask.film) as film:
        accepted, reviewed = _take_review(app, folder, target)
        work = Localizer(order_of(app, ask, target, film, accepted=accepted, reviewed=reviewed))
        document = work.run(progress, wait=True)
    actor = Actor(str(parameters.get("actor") or "jobs"), frozenset({Permission.EDIT}), "job")
    steps = {one["step"]: one for one in document["steps"]}
    proof = _reviewable(app, actor, ask, target, steps, open_proof)
    dub = next(one for one in document["steps"] if one["step"].startswith("dub."))
    translation = next(one for one in document["steps"] if one["step"].startswith("translation."))
    return {
        "title": str(ask.title),
        "film": ask.film,
        "to": str(target),
        "proof": proof,
        **{one["step"].partition(".")[0]: one["state"] for one in document["steps"]},
        "engine": translation.get("engine", ask.engine),
        "cost": translation.get("estimate", {}).get("cost"),
        "lines": dub["lines"],
        "left_out": dub["left_out"],
        "natural_share": dub["natural_share"],
        "overlaps": dub["overlaps"],
        "loudness": dub["loudness"],
        "notes": document["notes"][:20],
    }


def _take_review(app: App, folder: Path, target: Language) -> tuple[frozenset[str], bool]:
    """Writes what people made of a translation back; ids of the lines they accepted, and if all."""
    id_, draft = _proof_id(folder, target), folder / f"translation.{target}.vtt"
    if not id_ or not draft.is_file():
        return frozenset(), False
    try:
        proof, lines = app.proofs.get(id_), app.proofs.lines(id_)
    except UnknownId:
        return frozenset(), False
    if any(line.revision > 1 for line in lines):
        wording = write_bytes(document_of(proof, lines), "webvtt").data
        if wording != draft.read_bytes():
            write_whole(draft, wording)
    accepted = frozenset(line.id for line in lines if line.state.is_human)
    return accepted, bool(lines) and len(accepted) == len(lines)


def _reviewable(
    app: App,
    actor: Actor,
    ask: Ask,
    target: Language,
    steps: Mapping[str, Mapping[str, Any]],
    open_proof: Callable[..., Proof],
) -> str:
    """The id of the language's proof: the one that is there, or a new one of a new translation."""
    folder = folder_of(app, ask.film)
    known = _proof_id(folder, target)
    if known and steps[f"translation.{target}"]["state"] != "done" and _is_there(app, known):
        return known
    source = read_file(folder / f"subtitles.{ask.source}.vtt", language=ask.source)
    draft = read_file(folder / f"translation.{target}.vtt", language=target)
    title = app.catalog.get([ask.title]).get(ask.title)
    proof = open_proof(
        app, actor, f"{title.name if title else ask.title}, {target}", source, draft, (ask.source, target),
        title=ask.title if title else None, profile=ask.profile,
        engine=str(steps[f"translation.{target}"].get("engine", ask.engine)), id_=secrets.token_hex(6),
    )  # fmt: skip
    write_whole(folder / f"review.{target}.json", json.dumps({"proof": proof.id}).encode())
    return proof.id


def _proof_id(folder: Path, target: Language) -> str:
    path = folder / f"review.{target}.json"
    return str(_json(path).get("proof", "")) if path.is_file() else ""


def _is_there(app: App, proof: str) -> bool:
    try:
        app.proofs.get(proof)
    except UnknownId:
        return False
    return True


def _jobs_of(app: App, film: str) -> list[Job]:
    """The newest jobs of a film, newest first."""
    found = app.jobs.page(limit=_JOBS)
    return [job for job in found if job.kind == KIND and job.parameters.get("film") == film]


def versions_of(app: App, film: str) -> list[Version]:
    """Every language that is or was made of a film, by its tag."""
    folder = folder_of(app, film)
    newest: dict[str, Job] = {}
    for job in _jobs_of(app, film):
        newest.setdefault(str(job.parameters["to"]), job)
    there = {path.name.split(".")[1] for path in folder.glob("translation.*.vtt")}
    return [
        _version(app, folder, Language.parse(tag), newest.get(tag)) for tag in sorted(there | set(newest))
    ]


def _version(app: App, folder: Path, language: Language, job: Job | None) -> Version:
    names = (
        f"subtitles.{language}.vtt",
        f"forced.{language}.vtt",
        f"translation.{language}.vtt",
        f"dub.{language}.m4a",
        f"dub.{language}.json",
        f"cast.{language}.toml",
    )
    plan = folder / f"dub.{language}.json"
    files = tuple(name for name in names if (folder / name).is_file() and not _is_empty(folder / name))
    proof, lines, accepted, changed = _proof_id(folder, language), 0, 0, False
    if proof and _is_there(app, proof):
        states = app.proofs.lines(proof)
        lines, accepted = len(states), sum(line.state.is_human for line in states)
        wording = write_bytes(document_of(app.proofs.get(proof), states), "webvtt").data
        draft = folder / f"translation.{language}.vtt"
        changed = any(line.revision > 1 for line in states) and wording != draft.read_bytes()
    else:
        proof = ""
    dub = _json(plan) if plan.is_file() else None
    return Version(language, job, proof, lines, accepted, dub, changed, files)


def _is_empty(path: Path) -> bool:
    """Whether it is a track without cues."""
    return path.name.startswith("forced.") and b"-->" not in path.read_bytes()


def made_file(app: App, film: str, name: str) -> tuple[Path, str]:
    """A file that was made of a film, and its kind.

    Raises:
        UnknownId: it is none that may be fetched.
    """
    path = folder_of(app, film) / name
    kind = FILES.get(path.suffix)
    if Path(name).name != name or name.startswith(".") or kind is None or not path.is_file():
        raise UnknownId("file of the version", name)
    return path, kind


def is_published(app: App, film: str) -> bool:
    """Whether the storefront streams the film's package."""
    return (folder_of(app, film) / "hls" / PUBLISHED).is_file()


def publish(app: App, actor: Actor, film: str) -> list[str]:
    """Lets the storefront stream the package as it is now; languages made later wait for the next time.

    Returns:
        The languages one may hear.

    Raises:
        NotAllowed: the actor may not edit.
        Conflict: nothing is packaged yet.
    """
    actor.require(Permission.EDIT)
    folder = folder_of(app, film) / "hls"
    master = folder / "master.m3u8"
    if not master.is_file():
        raise Conflict("Nothing of this film is packaged yet.", advice="Make a language first.")
    listed = _json(folder / "renditions.json")["renditions"]
    write_whole(folder / PUBLISHED, master.read_bytes())
    return [str(one["language"]) for one in listed if one["type"] == "AUDIO"]


def withdraw(app: App, actor: Actor, film: str) -> None:
    """Has the storefront play the film itself again. Raises ``NotAllowed``."""
    actor.require(Permission.EDIT)
    (folder_of(app, film) / "hls" / PUBLISHED).unlink(missing_ok=True)


def _json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFile(path, f"cannot be read as JSON ({error})") from error
    return read if isinstance(read, dict) else {}
