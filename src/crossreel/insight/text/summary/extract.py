"""Summaries of whole sentences: ranked by a method, taken while they fit, told in the source's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadInput, BadValue
from crossreel.insight.text.summary.graphs import lexrank, textrank
from crossreel.insight.text.summary.tokens import tokens
from crossreel.values.language import Language
from crossreel.values.text_roles import Embedder, Sentence, SentenceSplitter

__all__ = ["LENGTHS", "METHODS", "Summary", "choose_sentences", "summarize"]

METHODS = ("centroid", "lexrank", "textrank", "lead")
LENGTHS = {"logline": 140, "short": 280, "long": 1000}
"""Characters of each length in alphabets; scripts whose signs say more get ``_DENSE`` of it."""
_DENSE = {"Hani": 0.45, "Jpan": 0.5, "Hans": 0.45, "Hant": 0.45, "Kore": 0.6}
_SAMENESS = 0.35
"""Weight of what is told already against what is central (Carbonell & Goldstein 1998, MMR)."""
_LEAD_BONUS = 0.15
"""A synopsis sets its scene first: what the first sentence is worth more than the last one."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Chosen sentences in the source's order; ``text`` joins them."""

    text: str
    sentences: tuple[Sentence, ...]
    method: str
    limit: int


def length_limit(length: str | int, language: Language | None) -> int:
    """Characters that a length means in a language's script. Raises ``BadValue`` for an unknown length."""
    if isinstance(length, int):
        return length
    if length not in LENGTHS:
        raise BadValue("length", length, "one of " + ", ".join(LENGTHS) + ", or a number of characters")
    script = language.script if language else "Latn"
    return int(LENGTHS[length] * _DENSE.get(script, 1.0))


def summarize(
    text: str,
    splitter: SentenceSplitter,
    *,
    method: str = "centroid",
    length: str | int = "short",
    language: Language | None = None,
    embedder: Embedder | None = None,
    without_ending: bool = False,
) -> Summary:
    """Chooses sentences up to a length; none is cut or changed.

    Args:
        text: the source.
        splitter: finds its sentences.
        method: one of ``METHODS``; "centroid" needs an embedder.
        length: one of ``LENGTHS`` or a number of characters.
        language: of the text.
        embedder: for "centroid".
        without_ending: leave the last third of the sentences out, which tells how it ends.

    Raises:
        BadValue: no such method or length.
        BadInput: the text has no sentence, or none that is short enough.
    """
    if method not in METHODS:
        raise BadValue("method", method, "one of " + ", ".join(METHODS))
    limit = length_limit(length, language)
    sentences = splitter.split(text, language)
    if without_ending and len(sentences) > 2:
        sentences = sentences[: -(len(sentences) // 3) or None]
    if not sentences:
        raise BadInput("There is no sentence to summarize.", advice="Give a text.")
    joint = "" if language and language.script in _DENSE and language.script != "Kore" else " "
    chosen = _order(sentences, method, embedder, limit, joint)
    if not chosen:
        raise BadInput(
            f"No sentence of the text has at most {limit} characters, and none is cut.",
            advice="Ask for a greater length.",
        )
    kept = tuple(sentences[place] for place in sorted(chosen))
    return Summary(joint.join(one.text for one in kept), kept, method, limit)


def choose_sentences(texts: Sequence[str], embedder: Embedder | None, *, count: int) -> list[int]:
    """Places of at most ``count`` sentences of many hands: central ones that differ among themselves.

    By meanings (centroid and MMR) with an embedder, by words (LexRank) without one.
    """
    if embedder is None:
        worth = lexrank([tokens(text) for text in texts])
        vectors = None
    else:
        vectors = embedder.embed(texts)
        center = vectors.mean(axis=0)
        worth = vectors @ (center / max(float(np.linalg.norm(center)), 1e-9))
    worth = (worth - worth.min()) / max(float(np.ptp(worth)), 1e-9)
    sentences = [Sentence(text, 0, len(text)) for text in texts]
    limit = 1 << 30
    return _fill(sentences, worth, vectors, limit, "", stop_at_first=False, most=count)


def _order(
    sentences: Sequence[Sentence],
    method: str,
    embedder: Embedder | None,
    limit: int,
    joint: str,
) -> list[int]:
    """Places of the sentences that are taken, in the order of their choice."""
    vectors = None
    if method == "lead":
        worth = -np.arange(len(sentences), dtype=float)
    elif method == "centroid":
        if embedder is None:
            raise BadValue("embedder", None, "an embedder, as the method centroid compares meanings")
        vectors = embedder.embed([one.text for one in sentences])
        center = vectors.mean(axis=0)
        worth = vectors @ (center / max(float(np.linalg.norm(center)), 1e-9))
        spread = max(float(np.ptp(worth)), 1e-9)
        worth = (worth - worth.min()) / spread + _LEAD_BONUS * np.linspace(1, 0, len(sentences))
    else:
        rank = lexrank if method == "lexrank" else textrank
        worth = rank([tokens(one.text) for one in sentences])
    return _fill(sentences, worth, vectors, limit, joint, stop_at_first=method == "lead")


def _fill(
    sentences: Sequence[Sentence],
    worth: NDArray[np.float64],
    vectors: NDArray[np.float32] | None,
    limit: int,
    joint: str,
    *,
    stop_at_first: bool,
    most: int = 1 << 30,
) -> list[int]:
    taken: list[int] = []
    used = 0
    left = set(range(len(sentences)))
    alike = None
    if vectors is not None and len(sentences) > 1:
        alike = vectors @ vectors.T
        off = alike[~np.eye(len(sentences), dtype=bool)]
        alike = (alike - off.min()) / max(float(np.ptp(off)), 1e-9)

    def gain(place: int) -> tuple[float, int]:
        told = max((float(alike[place, other]) for other in taken), default=0.0) if alike is not None else 0.0
        return (1 - _SAMENESS) * float(worth[place]) - _SAMENESS * told, -place

    while left and len(taken) < most:
        best = max(left, key=gain)
        left.discard(best)
        cost = len(sentences[best].text) + (len(joint) if taken else 0)
        if used + cost <= limit:
            taken.append(best)
            used += cost
        elif stop_at_first:
            break
    return taken
