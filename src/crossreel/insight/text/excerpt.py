"""What of a text is read where its whole length would cost too much."""

from __future__ import annotations

import html
import re

__all__ = ["HEAD", "TAIL", "excerpt", "tidy"]

HEAD, TAIL = 150, 350
"""Characters kept of the beginning and of the end: a review says its verdict last."""

_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]{0,200}|!--[^<>]{0,200})>")
_SPACE = re.compile(r"\s+")


def tidy(text: str) -> str:
    """The text on one line, without markup, entities, NUL and the quotes around a whole field."""
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub(" ", text))
    text = _SPACE.sub(" ", text.replace("\0", " ")).strip()
    while len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    return text.replace('""', '"')


def excerpt(text: str, head: int = HEAD, tail: int = TAIL) -> str:
    """A tidy text whole if it is short, else its first ``head`` and last ``tail`` characters."""
    text = tidy(text)
    if len(text) <= head + tail:
        return text
    return f"{text[:head]} … {text[-tail:]}"
