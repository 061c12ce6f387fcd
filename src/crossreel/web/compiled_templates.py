"""Compiled templates, kept for the process: whoever makes a second site compiles none again."""

from __future__ import annotations

from functools import cache
from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache

__all__ = ["CompiledTemplates", "compiled_templates"]


class CompiledTemplates(BytecodeCache):
    """Code by template and source; nothing is written to disk. May be used from many threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills in what was compiled from the very same source."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled."""
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


@cache
def compiled_templates(kind: str) -> CompiledTemplates:
    """Those of one kind; templates into which a language is written are of a kind of their own each."""
    return CompiledTemplates()
