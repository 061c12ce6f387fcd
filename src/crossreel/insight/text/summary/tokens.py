"""Words of a text for counting: as written where words are separated, single signs where they are not."""

from __future__ import annotations

import re

__all__ = ["tokens"]

_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[\u0e00-\u0e7f][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*"
    r"|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f][\w\u0300-\u036f\u0900-\u0dff'’]*"
)


def tokens(text: str) -> list[str]:
    """Words in lower case; Chinese, Japanese and Thai give one token a sign."""
    return _WORD.findall(text.lower())
