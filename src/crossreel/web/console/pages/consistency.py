"""A series beside itself: terms, names, lines, forms of address that differ over its files; repair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.responses import Response

from crossreel.desk.consistency import Found, compare_proofs, key_of, open_series, repair_proofs
from crossreel.desk.proofs import add_proof, read_subtitles
from crossreel.errors import BadInput, BadValue
from crossreel.localize.proofs.proof import Proof
from crossreel.localize.translate.consistency import Inconsistency, Place
from crossreel.localize.translate.register import has_registers
from crossreel.localize.translate.ways_of_address import WayOfAddress, majority_of
from crossreel.values.language import Language
from crossreel.web.cards import words
from crossreel.web.console.addresses import changed, many_uploaded, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.pages.proofs import proof_url
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting
from crossreel.web.views import Words

__all__ = ["COMMANDS", "ROUTES"]

PATH = "/consistency"
MOST_BYTES = 24 << 20
_MOST_FILES = 60
KINDS = {"line": M_("Lines"), "term": M_("Terms"), "name": M_("Names"), "wording": M_("Words")}
TOLD = {
    "line": M_("The same line of the source, translated in several ways."),
    "term": M_("Terms of the termbase that some lines lack."),
    "name": M_("One name, written in several ways."),
    "wording": M_("One word of the source for which two words stand; this is told, never changed by itself."),
}
BY = {
    "memory": M_("a person approved it"),
    "termbase": M_("the termbase says so"),
    "majority": M_("most lines have it"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as the page shows it: its key, and the places of each wording with their addresses."""

    key: str
    finding: Inconsistency
    places: tuple[tuple[tuple[str, str], ...], ...]


def consistency(sitting: Sitting) -> Response:
    """``GET /consistency``: files to choose, and what was found in those that are chosen."""
    chosen = sitting.request.query_params.getlist("proof")
    if not chosen:
        return _page(sitting, values={name: sitting.query(name) for name in ("titles", "from", "to")})
    try:
        return _page(sitting, compare_proofs(sitting.app, chosen))
    except BadInput as error:
        return _page(sitting, problem=f"{error.message} {error.advice}".strip(), status=422)


def _page(
    sitting: Sitting,
    found: Found | None = None,
    *,
    values: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    title = sitting.tell("Consistency")
    crumbs = [Crumb(title, console_url(PATH))]
    if found is not None:
        book = sitting.phrases.book
        pair = f"{book.language_name(found.proofs[0].source)} → {book.language_name(found.proofs[0].target)}"
        crumbs.append(Crumb(pair))
    return sitting.page(
        "consistency.html",
        noun="localize",
        title=title,
        crumbs=crumbs,
        names=_names(found),
        status=status,
        found=found,
        groups=_groups(found) if found else [],
        ways=_ways(found) if found else [],
        register=majority_of(found.ways) if found else None,
        has_registers=found is not None and has_registers(found.proofs[0].target),
        pairs=_pairs(sitting),
        kinds=KINDS,
        told=TOLD,
        by=BY,
        values=values or {},
        problem=problem,
        proof_url=proof_url,
    )


def _names(found: Found | None) -> list[Words]:
    if found is None:
        return []
    pair = found.proofs[0].source, found.proofs[0].target
    return [words(one.source, pair[0]) for one in found.findings] + [
        words(wording.text, pair[1]) for one in found.findings for wording in one.wordings
    ]


def _pairs(sitting: Sitting) -> list[tuple[str, list[Proof]]]:
    """Files that can be compared: those of a pair of languages that has two or more."""
    book = sitting.phrases.book
    pairs: dict[tuple[Language, Language], list[Proof]] = {}
    for proof, _ in sitting.app.proofs.all():
        pairs.setdefault((proof.source, proof.target), []).append(proof)
    named = [
        (f"{book.language_name(one)} → {book.language_name(two)}", sorted(proofs, key=lambda own: own.name))
        for (one, two), proofs in pairs.items()
        if len(proofs) > 1
    ]
    return sorted(named, key=lambda pair: pair[0])


def _groups(found: Found) -> list[tuple[str, list[Shown]]]:
    groups: dict[str, list[Shown]] = {kind: [] for kind in KINDS}
    for one in found.findings:
        places = tuple(tuple(_place(found, place) for place in word.places) for word in one.wordings)
        groups[one.kind].append(Shown(key_of(one, found.names), one, places))
    return [(kind, shown) for kind, shown in groups.items() if shown]


def _place(found: Found, place: Place) -> tuple[str, str]:
    """A line's name and its address in the workbench."""
    proof = found.proofs[place.episode]
    return f"{proof.name} · {place.cue + 1}", proof_url(
        proof.id, line=place.cue + 1, order="file", show="all"
    )


def _ways(found: Found) -> list[tuple[Proof, WayOfAddress, list[tuple[str, str]]]]:
    """Each file, how it speaks, and the lines that speak otherwise than most of all files."""
    most = majority_of(found.ways)
    told = []
    for one in found.ways:
        odd = one.of("informal" if most == "formal" else "formal") if most else ()
        told.append((found.proofs[one.episode], one, [_place(found, Place(one.episode, cue)) for cue in odd]))
    return told


def look(sitting: Sitting, fields: Fields) -> Response:
    """``POST /consistency``: opens the files of titles or of a series, and compares them."""
    try:
        pair = Language.parse(fields.one("from")), Language.parse(fields.one("to"))
        titles = [sitting.app.title_id(one) for one in fields.one("titles").replace(",", " ").split()]
        if not titles:
            raise BadInput(sitting.tell("Name a series, or several titles."))
        ids = open_series(sitting.app, sitting.actor, titles, pair, request_id=sitting.request_id)
    except BadInput as error:
        problem = f"{error.message} {error.advice}".strip()
        return _page(sitting, values=dict(fields.pairs), problem=problem, status=422)
    return sitting.go(console_url(PATH, proof=ids))


def send(sitting: Sitting, fields: dict[str, str], files: dict[str, UploadFile]) -> Response:
    """``POST /consistency/files``: opens files of episodes, and compares them."""
    try:
        ids = _sent(sitting, fields, files)
    except BadInput as error:
        problem = f"{error.message} {error.advice}".strip()
        return _page(sitting, values=fields, problem=problem, status=422)
    return sitting.go(console_url(PATH, proof=ids))


def _sent(sitting: Sitting, fields: dict[str, str], files: dict[str, UploadFile]) -> list[str]:
    pair = Language.parse(fields.get("from", "")), Language.parse(fields.get("to", ""))
    sources, targets = (_of(files, name) for name in ("source", "target"))
    if len(targets) < 2 or len(sources) != len(targets):
        raise BadValue(
            "number of files", f"{len(sources)} and {len(targets)}", "two or more, as many of each language"
        )
    read = [
        [read_subtitles(one.file.read(), (one.filename or "")[-100:], language) for one in own]
        for own, language in zip((sources, targets), pair, strict=True)
    ]
    with sitting.app.atomic():
        return [
            add_proof(
                sitting.app, sitting.actor, Path(file.filename or "").stem, source, target, pair,
                request_id=sitting.request_id,
            ).id
            for file, source, target in zip(targets, *read, strict=True)
        ]  # fmt: skip


def _of(files: dict[str, UploadFile], name: str) -> list[UploadFile]:
    """The files of a field by their names, so that episodes of both languages meet."""
    own = [one for key, one in files.items() if key.partition(" ")[0] == name and one.filename]
    return sorted(own, key=lambda one: one.filename or "")


def repair(sitting: Sitting, fields: Fields) -> Response:
    """``POST /consistency/repair``: gives the places of the chosen findings one wording."""
    ids = fields.all("proof")
    choices = {key: fields.one(f"wording-{key}") for key in fields.all("finding")}
    try:
        done = repair_proofs(sitting.app, sitting.actor, ids, choices, request_id=sitting.request_id)
    except BadInput as error:
        return sitting.go(_here(ids), f"{error.message} {error.advice}".strip(), problem=True)
    told = sitting.tell_n(
        "%(num)s line was changed; it can be taken back in its file's history.",
        "%(num)s lines were changed; each can be taken back in its file's history.",
        done.count,
    )
    if done.locked:
        told += " " + sitting.tell_n(
            "%(num)s line is locked and was left.",
            "%(num)s lines are locked and were left.",
            len(done.locked),
        )
    return sitting.go(_here(ids), told)


def _here(ids: Sequence[str]) -> str:
    return console_url(PATH, proof=list(ids))


ROUTES = [
    shown(PATH, consistency),
    changed(PATH, look),
    many_uploaded(f"{PATH}/files", send, MOST_BYTES, 2 * _MOST_FILES),
    changed(f"{PATH}/repair", repair),
]
COMMANDS = [
    Command(M_("Consistency of a series"), console_url(PATH), "episodes terms names address unify subtitles"),
]
