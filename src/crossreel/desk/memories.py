"""The workspace's translation memory as files: TMX in, TMX out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.desk.trail import record
from crossreel.errors import BadValue
from crossreel.localize.translate.tmx import read_tmx, tmx_of
from crossreel.values.language import Language

__all__ = ["MOST_BYTES", "bring_in_memory", "memory_file"]

MOST_BYTES = 64 << 20


def bring_in_memory(
    app: App,
    actor: Actor,
    content: bytes,
    source: Language,
    target: Language,
    *,
    name: str = "memory.tmx",
    request_id: str = "",
) -> int:
    """Adds the segments of a TMX file to the memory of a pair; all or none. Returns how many it has now.

    Of two wordings of one sentence and origin the later stays, so that bringing a file in again changes
    nothing.

    Raises:
        NotAllowed: the actor may not edit.
        BadFile: it is no TMX file, too large, or has no segment of that pair.
        BadValue: both languages are one.
    """
    actor.require(Permission.EDIT)
    if source == target:
        raise BadValue("target language", str(target), "another than the source's")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name[-60:] or "memory.tmx")
        path.write_bytes(content)
        segments = read_tmx(path, source, target)
    memory = app.memories.of(source, target)
    with app.atomic():
        memory.add(segments)
        told = {"segments": len(segments), "file": name}
        record(app, actor, "memory.import", f"{source}>{target}", after=told, request_id=request_id)
    return len(memory)


def memory_file(app: App, source: Language, target: Language) -> bytes:
    """The memory of a pair as TMX 1.4. Raises ``BadValue`` where there is none."""
    segments = app.memories.of(source, target).segments()
    if not segments:
        raise BadValue("language pair", f"{source}>{target}", "one with remembered wordings")
    return tmx_of(segments, source, target, app.clock())
