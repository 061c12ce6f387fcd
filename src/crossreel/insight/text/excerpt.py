"""What of a text is read where its whole length would cost too much."""

from __future__ import annotations

import html
import re

__all__ = ["END", "excerpt", "tidy"]

END = 5_000
"""Characters that are read of the beginning and of the end of a very long text."""

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


def excerpt(text: str) -> str:
    """A tidy text, of more than 10,000 characters the first and the last 5,000."""
    text = tidy(text)
    if len(text) <= 2 * END:
        return text
    return f"{text[:END]} … {text[-END:]}"
