"""Checking a document against a profile."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from crossreel.localize.timedtext.model import Document
from crossreel.localize.timedtext.rules.bidi import BIDI
from crossreel.localize.timedtext.rules.chaining import CHAINING
from crossreel.localize.timedtext.rules.dual_speaker import DUAL_SPEAKER
from crossreel.localize.timedtext.rules.ellipsis import ELLIPSIS
from crossreel.localize.timedtext.rules.empty import EMPTY
from crossreel.localize.timedtext.rules.full_width import FULL_WIDTH
from crossreel.localize.timedtext.rules.gap import GAP
from crossreel.localize.timedtext.rules.italics import ITALICS
from crossreel.localize.timedtext.rules.line_break import LINE_BREAK
from crossreel.localize.timedtext.rules.line_count import LINE_COUNT
from crossreel.localize.timedtext.rules.line_length import LINE_LENGTH
from crossreel.localize.timedtext.rules.long_duration import MAX_DURATION
from crossreel.localize.timedtext.rules.numbers import NUMBERS
from crossreel.localize.timedtext.rules.overlap import OVERLAP
from crossreel.localize.timedtext.rules.profile import ADULTS, Audience, Limits, load_profile
from crossreel.localize.timedtext.rules.reading_speed import READING_SPEED
from crossreel.localize.timedtext.rules.rule import Report, Rule, Violation
from crossreel.localize.timedtext.rules.sheet import Sheet
from crossreel.localize.timedtext.rules.short_duration import MIN_DURATION
from crossreel.localize.timedtext.rules.shot_change import SHOT_CHANGE
from crossreel.localize.timedtext.rules.time_order import TIME_ORDER
from crossreel.localize.timedtext.rules.white_space import WHITE_SPACE
from crossreel.values.language import Language
from crossreel.values.timing import FrameRate

__all__ = ["RULES", "check", "check_limits"]

RULES: tuple[Rule, ...] = (
    LINE_LENGTH,
    LINE_COUNT,
    READING_SPEED,
    MIN_DURATION,
    MAX_DURATION,
    TIME_ORDER,
    OVERLAP,
    GAP,
    CHAINING,
    SHOT_CHANGE,
    EMPTY,
    WHITE_SPACE,
    LINE_BREAK,
    DUAL_SPEAKER,
    ITALICS,
    ELLIPSIS,
    NUMBERS,
    BIDI,
    FULL_WIDTH,
)
"""All rules, in the order in which a cue's violations are listed."""


def check(
    document: Document,
    language: Language,
    profile: str | Path = "netflix",
    *,
    audience: Audience = ADULTS,
    rate: FrameRate | None = None,
    shots: Sequence[Fraction] = (),
) -> Report:
    """Checks a document.

    Args:
        document: the subtitles.
        language: of the text.
        profile: a name of ``profile_names()`` or the path of a TOML file.
        audience: who reads.
        rate: frames a second; the document's, else 24.
        shots: seconds at which shots begin, ascending.

    Raises:
        BadValue: no such profile.
        BadFile: the profile's file is wrong.
    """
    return check_limits(document, load_profile(profile, language, audience), rate=rate, shots=shots)


def check_limits(
    document: Document, limits: Limits, *, rate: FrameRate | None = None, shots: Sequence[Fraction] = ()
) -> Report:
    """Checks a document against rules already loaded."""
    sheet = Sheet(document, limits, rate, shots)
    found = [
        (finding.place, order, finding) for order, rule in enumerate(RULES) for finding in rule.find(sheet)
    ]
    found.sort(key=lambda entry: entry[:2])
    violations = tuple(
        Violation(
            place + 1,
            RULES[order].name,
            finding.value,
            finding.limit,
            document.cues[place].start,
            finding.message,
            RULES[order].fixable,
        )
        for place, order, finding in found
    )
    return Report(limits.profile, str(limits.language), len(document.cues), violations)
