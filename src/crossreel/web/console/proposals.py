"""Shorter synopses proposed in the form of a title's texts; an editor takes one into it or leaves it."""

from __future__ import annotations

from dataclasses import dataclass

from crossreel.app import text_tools
from crossreel.catalog.title import Title
from crossreel.desk.suggesting import SOURCES, Source, has_subtitles, suggest_synopsis
from crossreel.errors import BadInput, BadValue, Missing
from crossreel.insight.text.summary.extract import LENGTHS
from crossreel.values.language import Language
from crossreel.web.console.drafts import Draft
from crossreel.web.console.phrases import M_
from crossreel.web.console.sitting import Sitting

__all__ = ["Proposal", "Proposed", "propose", "take"]

LENGTH_NAMES = {"logline": M_("Logline"), "short": M_("Short"), "long": M_("Long")}
SOURCE_NAMES: dict[Source, str] = {"synopsis": M_("from the synopsis"), "subtitles": M_("from the subtitles")}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal, or why there is none.

    Attributes:
        step: of the form's button that takes it.
        limit: characters that this length has in the language's script.
        sentences: of the source, which it is made of.
    """

    label: str
    origin: str
    step: str
    text: str = ""
    limit: int = 0
    sentences: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed for one row of the form."""

    row: int
    all: tuple[Proposal, ...]


def _row(draft: Draft, number: str) -> tuple[int, Language]:
    at = int(number) if number.isdecimal() and len(number) < 6 else -1
    if not 0 <= at < len(draft.rows):
        raise BadValue("text", number, "one of the form")
    return at, Language.parse(draft.rows[at]["language"])


def propose(sitting: Sitting, title: Title, draft: Draft, number: str) -> Proposed:
    """Every length, of the synopsis as it stands in the form and of subtitles where there are any.

    Raises:
        BadValue: the form has no such row, or the row no language.
    """
    at, language = _row(draft, number)
    sources = [one for one in SOURCES if one == "synopsis" or has_subtitles(title, language)]
    found = [
        _proposal(sitting, title, draft, at, language, source, length)
        for source in sources
        for length in LENGTHS
        if source == "subtitles" or draft.rows[at]["synopsis"].strip()
    ]
    return Proposed(at, tuple(found))


def _proposal(
    sitting: Sitting, title: Title, draft: Draft, at: int, language: Language, source: Source, length: str
) -> Proposal:
    label, origin = sitting.tell(LENGTH_NAMES[length]), sitting.tell(SOURCE_NAMES[source])
    step = f"use:{at}:{source}:{length}"
    try:
        made = suggest_synopsis(
            sitting.app, title, language, length,
            source=source, text=draft.rows[at]["synopsis"], tools=text_tools(sitting.app.home),
        )  # fmt: skip
    except (BadInput, Missing) as error:
        return Proposal(label, origin, step, problem=f"{error.message} {error.advice}".strip())
    sentences = tuple(one["text"] for one in made["sentences"])
    return Proposal(label, origin, step, made["summary"], made["limit"], sentences)


def take(sitting: Sitting, title: Title, draft: Draft, step: str) -> int:
    """Puts a proposal (``use:row:source:length``) into the form's row; returns the row.

    Raises:
        BadValue: the form has no such row, or there is no such proposal any more.
    """
    _, number, source, length, *_ = [*step.split(":"), "", "", ""]
    at, language = _row(draft, number)
    known = next((one for one in SOURCES if one == source), None)
    if known is None or length not in LENGTHS:
        raise BadValue("proposal", step, "one of those that were shown")
    made = _proposal(sitting, title, draft, at, language, known, length)
    if made.problem:
        raise BadValue("proposal", step, "one of those that were shown", advice=made.problem)
    draft.rows[at]["synopsis"] = made.text
    return at
