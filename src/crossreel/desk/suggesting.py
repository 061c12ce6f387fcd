"""Shorter synopses of a title, proposed from its own longer one or from its subtitles; nothing is saved.

A proposal is made of whole sentences of its source, up to a length that stores use, in characters of the
language's script. An editor takes it into the form, changes it, and saves it as any other text.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from crossreel.app import App, text_tools
from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import Title
from crossreel.desk.proofs import read_subtitles
from crossreel.desk.texts import summary_of
from crossreel.errors import BadInput, BadValue, UnknownId
from crossreel.insight.text.summary.extract import LENGTHS
from crossreel.insight.text.tools import TextTools
from crossreel.values.language import Language

__all__ = ["SOURCES", "Source", "has_subtitles", "said_in", "suggest_synopsis"]

Source = Literal["synopsis", "subtitles"]
SOURCES: dict[Source, str] = {"synopsis": "centroid", "subtitles": "lexrank"}
"""What a proposal is made of -> the method: meanings for a few sentences, words for the many of a film."""
_NO_SPEECH = re.compile(r"\[[^\]]*\]|\([^)]*\)|[♪♫#][^♪♫#\n]*[♪♫#]?|^\s*[-‐–—]\s*", re.MULTILINE)
_LEAST = 24
"""Characters of a line that can stand for a film ("No!" cannot); half of it where signs say more."""
_JOINED = ("Jpan", "Hans", "Hant", "Hani", "Thai")


def has_subtitles(title: Title, language: Language) -> bool:
    """Whether there are subtitles to read in a language."""
    return _file(title, language) is not None


def _file(title: Title, language: Language) -> Any:
    own = [one for one in title.attachments if one.role is AttachmentRole.SUBTITLES and one.language]
    same = (one for one in own if one.language == language)
    near = (one for one in own if one.language and one.language.primary == language.primary)
    return next(same, None) or next(near, None)


def said_in(app: App, title: Title, language: Language, tools: TextTools | None = None) -> str:
    """The lines of a title's subtitles that say something, in order; without sounds, music and dashes.

    Raises:
        UnknownId: there are no subtitles in that language.
    """
    found = _file(title, language)
    if found is None:
        raise UnknownId("subtitle file", f"{title.id} {language}", advice="Attach one on the tab Media.")
    with app.blobs.open(found.digest) as stream:
        document = read_subtitles(stream.read(), f"{title.id.key[-60:]}.vtt", language)
    joint = "" if language.script in _JOINED else " "
    lines = (joint.join(_NO_SPEECH.sub("", cue.text).split("\n")).strip() for cue in document.cues)
    splitter = (tools or text_tools(app.home)).splitter
    least = _LEAST // 2 if joint == "" else _LEAST
    told = splitter.split(joint.join(line for line in lines if line), language)
    return joint.join(dict.fromkeys(one.text for one in told if len(one.text) >= least))


def suggest_synopsis(
    app: App,
    title: Title,
    language: Language,
    length: str,
    *,
    source: Source = "synopsis",
    text: str = "",
    method: str = "",
    tools: TextTools | None = None,
) -> dict[str, Any]:
    """A proposal, as ``desk.texts.summary_of`` tells it, with its ``source``.

    Args:
        app: the application.
        title: whose synopsis it is.
        language: of the proposal and its source.
        length: "logline", "short" or "long".
        source: the title's own synopsis in the language, or its subtitles; of these the last third, which
            tells how it ends, is left out.
        text: stands in for the stored synopsis, as while somebody writes it.
        method: of the summary; "" takes that of ``SOURCES``.
        tools: roles around text; those of the workspace otherwise.

    Raises:
        BadValue: no such length or source.
        UnknownId: there is no synopsis or subtitle file in that language.
        BadInput: the synopsis is not longer than that length, or no sentence is short enough.
        MissingModel: the weights of the method are absent.
    """
    if length not in LENGTHS:
        raise BadValue("length", length, "one of " + ", ".join(LENGTHS))
    if source not in SOURCES:
        raise BadValue("source", source, "one of " + ", ".join(SOURCES))
    tools = tools or text_tools(app.home)
    if source == "subtitles":
        text = said_in(app, title, language, tools)
    text = text or _synopsis(title, language)
    made = summary_of(
        tools,
        text,
        method=method or SOURCES[source],
        length=length,
        language=language.tag,
        without_ending=source == "subtitles",
    )
    if source == "synopsis" and len(text.strip()) <= made["limit"]:
        raise BadInput(
            f"The synopsis has {len(text.strip())} characters, and this length has {made['limit']}.",
            advice="It need not be shortened.",
        )
    return {**made, "source": source}


def _synopsis(title: Title, language: Language) -> str:
    """The longest synopsis in the language, of any territory."""
    own = [one.synopsis for one in title.texts if one.language == language and one.synopsis]
    if not own:
        raise UnknownId("synopsis", f"{title.id} {language}", advice="Write one, or take its subtitles.")
    return max(own, key=len)
