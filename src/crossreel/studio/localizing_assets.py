"""What was made of a film, in the form that ``versions matrix --assets`` reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crossreel.studio.whole_files import write_whole
from crossreel.values.language import Language

if TYPE_CHECKING:
    from crossreel.studio.localizing import LocalizeOrder

__all__ = ["keep_assets"]


def keep_assets(
    order: LocalizeOrder, spoken: str, source: Language, has_forced: bool
) -> list[dict[str, Any]]:
    """Adds what an order made to ``versions.json`` of its folder; returns all that is listed there.

    Args:
        order: that was done.
        spoken: name of the subtitles in the film's own language.
        source: that language.
        has_forced: whether there are forced narratives.
    """
    made_as = "reviewed" if order.reviewed else "machine"
    target, path = order.target, order.out / "versions.json"
    own = "human" if order.subtitles is not None else "machine"
    made = [
        _asset("audio", source, "original", order.film.name if not order.digest else "film"),
        _asset("subtitles", source, own, spoken),
        _asset("audio", target, made_as, f"dub.{target}.m4a"),
        _asset("subtitles", target, made_as, f"subtitles.{target}.vtt"),
    ]
    if has_forced:
        made.append(_asset("forced", target, made_as, f"forced.{target}.vtt"))
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    slots = {(one["kind"], one["language"]) for one in made} | {("forced", str(target))}
    every = [one for one in before if (one["kind"], one["language"]) not in slots] + made
    write_whole(path, (json.dumps(every, ensure_ascii=False, indent=1) + "\n").encode())
    return every


def _asset(kind: str, language: Language, quality: str, where: str) -> dict[str, Any]:
    return {"kind": kind, "language": str(language), "quality": quality, "where": where}
