"""Lines as WebVTT cue text, which people edit: plain words, with ``<i>`` and ``<ruby>`` where there are."""

from __future__ import annotations

from collections.abc import Sequence

from crossreel.localize.timedtext.model import Node, plain
from crossreel.localize.timedtext.readers.vtt_cue_text import parse_cue_text
from crossreel.localize.timedtext.writers.webvtt import cue_text

__all__ = ["LONGEST", "clean", "markup_of", "plain_of", "tree_of"]

LONGEST = 2000
"""Characters of one line; longer ones are no subtitles."""


def markup_of(tree: Sequence[Node]) -> str:
    """A tree as cue text; ``&`` is written as people type it where it is read the same."""
    text = cue_text(tuple(tree))
    bare = text.replace("&amp;", "&")
    return bare if parse_cue_text(bare) == parse_cue_text(text) else text


def tree_of(text: str) -> tuple[Node, ...]:
    """Cue text as a tree; never fails, as the standard reads anything."""
    return parse_cue_text(text)


def plain_of(text: str) -> str:
    """The words of cue text, with its line breaks."""
    return plain(tree_of(text))


def clean(text: str) -> str:
    """What somebody typed, as it is kept: line ends are newlines, no outer space, no empty lines."""
    lines = (line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line).replace("-->", "→").replace("\0", "")
