"""Tags of a cue carried over to its translation.

A part of the source that is all in one style gives its translation that style. Where the style changes
inside a part, it changes in the translation at the same share of its length, at the edge of a word, or
around the same word where both have it. Ruby readings and times inside the text are not carried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from crossreel.localize.timedtext.model import Cue, Node, Span, Stamp, Text
from crossreel.localize.timedtext.rules.measure import BIDI_CONTROLS

__all__ = ["Styled", "losses", "styled_source", "tree_of"]

Chain = tuple[Span, ...]


class Styled(NamedTuple):
    """Characters and the spans each stands in, outermost first; white space single."""

    text: str
    chains: tuple[Chain, ...]


def styled_source(cue: Cue) -> Styled:
    """The words of a cue with their styles."""
    chars: list[str] = []
    chains: list[Chain] = []

    def walk(nodes: Sequence[Node], chain: Chain) -> None:
        for node in nodes:
            if isinstance(node, Text):
                for char in node.text:
                    if char in BIDI_CONTROLS or (char.isspace() and (not chars or chars[-1] == " ")):
                        continue
                    chars.append(" " if char.isspace() else char)
                    chains.append(chain)
            elif isinstance(node, Span) and node.kind not in ("rt", "rtc", "rp"):
                kept = node.kind not in ("ruby", "rb", "rbc")
                walk(node.children, (*chain, replace(node, children=())) if kept else chain)

    walk(cue.tree, ())
    return Styled("".join(chars), tuple(chains))


def losses(cue: Cue) -> tuple[str, ...]:
    """What a translation of that cue cannot keep."""
    found = []
    stack: list[Node] = list(cue.tree)
    while stack:
        node = stack.pop()
        if isinstance(node, Stamp):
            found.append("a time inside the text")
        elif isinstance(node, Span):
            if node.kind == "ruby":
                found.append("a ruby reading")
            stack.extend(node.children)
    return tuple(dict.fromkeys(found))


def styles_for(target: str, source: str, styled: Styled, start: int) -> tuple[list[Chain], int]:
    """The style of each character of a translated part, and where the source part ends in its cue."""
    at = styled.text.find(source, start)
    if at < 0:
        chain = styled.chains[min(start, len(styled.chains) - 1)] if styled.chains else ()
        return [chain] * len(target), start
    own = styled.chains[at : at + len(source)]
    end = at + len(source)
    if len(set(own)) <= 1:
        return [own[0] if own else ()] * len(target), end
    runs: list[tuple[int, int, Chain]] = []
    for place, chain in enumerate(own):
        if runs and runs[-1][2] == chain:
            runs[-1] = (runs[-1][0], place + 1, chain)
        else:
            runs.append((place, place + 1, chain))
    return _mapped(target, source, runs), end


def _mapped(target: str, source: str, runs: Sequence[tuple[int, int, Chain]]) -> list[Chain]:
    outer = _shared([chain for _, _, chain in runs])
    found: list[Chain] = [outer] * len(target)
    for start, end, chain in runs:
        if chain == outer:
            continue
        words = source[start:end].strip()
        at = target.casefold().find(words.casefold()) if words else -1
        if at >= 0:
            low, high = at, at + len(words)
        else:
            low = _edge(target, round(start / len(source) * len(target)))
            high = max(_edge(target, round(end / len(source) * len(target))), min(low + 1, len(target)))
            closing = " " if source[end - 1] in ".,;:!?…" else " .,;:!?…"
            while high > low + 1 and target[high - 1] in closing:
                high -= 1
        found[low:high] = [chain] * (high - low)
    return found


def _shared(chains: Sequence[Chain]) -> Chain:
    """The spans that all chains begin with."""
    first = min(chains, key=len)
    for length in range(len(first), -1, -1):
        if all(chain[:length] == first[:length] for chain in chains):
            return first[:length]
    return ()


def _edge(text: str, place: int) -> int:
    """The beginning of a word that is nearest to a place."""
    edges = [0, *(n + 1 for n, char in enumerate(text) if char == " "), len(text)]
    return min(edges, key=lambda edge: abs(edge - place))


def tree_of(text: str, chains: Sequence[Chain]) -> tuple[Node, ...]:
    """The tree of a text whose characters stand in those spans."""
    return _level(list(zip(text, chains, strict=True)), 0)


def _level(chars: Sequence[tuple[str, Chain]], depth: int) -> tuple[Node, ...]:
    nodes: list[Node] = []
    place = 0
    while place < len(chars):
        span = chars[place][1][depth] if len(chars[place][1]) > depth else None
        end = place
        while end < len(chars) and (chars[end][1][depth] if len(chars[end][1]) > depth else None) == span:
            end += 1
        if span is None:
            nodes.append(Text("".join(char for char, _ in chars[place:end])))
        else:
            nodes.append(replace(span, children=_level(chars[place:end], depth + 1)))
        place = end
    return tuple(nodes)
