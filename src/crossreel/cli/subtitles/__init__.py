"""``crossreel subtitles``: look at timed text, convert, check, repair, synchronize and score it."""

from __future__ import annotations

from crossreel.cli.subtitles.files import check, convert, fix, inspect
from crossreel.cli.subtitles.score import score
from crossreel.cli.subtitles.sync import sync

__all__ = ["VERBS"]

VERBS = {
    "inspect": inspect,
    "convert": convert,
    "check": check,
    "fix": fix,
    "sync": sync,
    "score": score,
}
