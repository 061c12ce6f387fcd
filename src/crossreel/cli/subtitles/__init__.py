"""``crossreel subtitles``: look at timed text, convert, check, repair, sync, score, translate, compare it."""

from __future__ import annotations

from crossreel.cli.subtitles.consistency import consistency
from crossreel.cli.subtitles.files import check, convert, fix, inspect
from crossreel.cli.subtitles.memory import memory
from crossreel.cli.subtitles.score import score
from crossreel.cli.subtitles.sync import sync
from crossreel.cli.subtitles.translate import translate

__all__ = ["VERBS"]

VERBS = {
    "inspect": inspect,
    "convert": convert,
    "check": check,
    "fix": fix,
    "sync": sync,
    "score": score,
    "translate": translate,
    "consistency": consistency,
    "memory": memory,
}
