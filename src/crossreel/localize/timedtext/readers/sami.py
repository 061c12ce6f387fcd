"""SAMI (Microsoft Synchronized Accessible Media Interchange 1.0), by our own reader.

pysubs2 reads it too, but guesses every end from the length of the text and takes the empty ``SYNC``
that clears the screen for a subtitle. Here a text ends where the next ``SYNC`` of its class begins.
"""

from __future__ import annotations

import html
import re
from fractions import Fraction

from crossreel.errors import BadValue
from crossreel.localize.timedtext.model import FOREVER, Cue, Document, Node
from crossreel.localize.timedtext.readers.tagged import parse_tagged
from crossreel.values.language import Language

__all__ = ["read_sami"]

_SYNC = re.compile(r"<sync\b[^>]*?\bstart\s*=\s*[\"']?\s*(-?[0-9]{1,12})[^>]*>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<p\b([^>]*)>", re.IGNORECASE)
_CLASS = re.compile(r"\bclass\s*=\s*[\"']?([^\s\"'>]+)", re.IGNORECASE)
_RULE = re.compile(r"\.([A-Za-z0-9_-]+)\s*\{([^}]*)\}")
_LANGUAGE = re.compile(r"\blang\s*:\s*([A-Za-z-]+)", re.IGNORECASE)
_END = re.compile(r"</\s*(?:p|sync|body|sami)\s*>", re.IGNORECASE)
_BREAK = re.compile(r"[ \t]*<br\s*/?>[ \t]*", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SPACES = re.compile(r"[ \t\r\n]+")


def read_sami(text: str) -> Document:
    """Reads a SAMI file.

    Raises:
        BadValue: there is no ``<SYNC Start=...>`` in it.
    """
    head, _, _ = text.partition("<SYNC")
    body = _COMMENT.sub("", text.replace("\0", "\ufffd"))
    syncs = list(_SYNC.finditer(body))
    if not syncs:
        raise BadValue("subtitle file", text[:30], "SAMI, with elements <SYNC Start=...>")
    languages = {name.lower(): _language(rule) for name, rule in _RULE.findall(head)}
    shown: dict[str, tuple[Fraction, tuple[Node, ...]]] = {}
    cues: list[Cue] = []

    def clear(name: str, at: Fraction) -> None:
        start, tree = shown.pop(name, (at, ()))
        if tree and at > start:
            language = languages.get(name) if len(languages) > 1 else None
            cues.append(Cue(start, at, tree, language=language))

    for sync, following in zip(syncs, [*syncs[1:], None], strict=True):
        at = Fraction(max(int(sync[1]), 0), 1000)
        inside = body[sync.end() : following.start() if following else len(body)]
        for name, words in _paragraphs(inside):
            clear(name, at)
            tree = _tree(words)
            if tree:
                shown[name] = (at, tree)
    for name in list(shown):
        clear(name, FOREVER)
    cues.sort(key=lambda cue: cue.start)
    known = [language for language in languages.values() if language is not None]
    return Document(tuple(cues), format="sami", language=known[0] if len(known) == 1 else None)


def _language(rule: str) -> Language | None:
    found = _LANGUAGE.search(rule)
    try:
        return Language.parse(found[1]) if found else None
    except BadValue:
        return None


def _paragraphs(inside: str) -> list[tuple[str, str]]:
    found = list(_PARAGRAPH.finditer(inside))
    if not found:
        return [("", inside)]
    parts = []
    for paragraph, following in zip(found, [*found[1:], None], strict=True):
        name = _CLASS.search(paragraph[1])
        words = inside[paragraph.end() : following.start() if following else len(inside)]
        parts.append((name[1].lower() if name else "", words))
    return parts


def _tree(words: str) -> tuple[Node, ...]:
    flowed = _BREAK.sub("\n", _SPACES.sub(" ", _END.sub("", words)).strip())
    if not html.unescape(re.sub(r"<[^>]*>", "", flowed)).strip(" \u00a0\n"):
        return ()
    return parse_tagged(flowed.strip(), html.unescape).tree
