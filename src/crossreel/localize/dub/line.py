"""What a dub is planned from and what a plan says; all times are whole milliseconds of the film."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crossreel.errors import BadValue

__all__ = ["Limits", "Line", "Placed", "Plan", "Wording"]


@dataclass(frozen=True, slots=True)
class Wording:
    """One way of saying a line, as a voice says it at its natural rate.

    Args:
        text: the words.
        speech: milliseconds of speech, without the pauses inside.
        pauses: milliseconds of pauses inside it.
        cost: what it costs to choose it; 0 for the translation itself, more for a shorter one.

    Raises:
        BadValue: no speech at all, or a negative pause or cost.
    """

    text: str
    speech: int
    pauses: int = 0
    cost: float = 0.0

    def __post_init__(self) -> None:
        if self.speech <= 0 or self.pauses < 0 or self.cost < 0:
            raise BadValue(
                "wording", (self.speech, self.pauses, self.cost), "speech above 0, the others 0 or more"
            )

    @property
    def natural(self) -> int:
        """Milliseconds at the natural rate, pauses included."""
        return self.speech + self.pauses


@dataclass(frozen=True, slots=True)
class Line:
    """A line of dialogue.

    Args:
        id: unique; the cue's.
        start: when its speaker begins in the original.
        end: when its speaker ends; after ``start``.
        wordings: at least one, the preferred first.
        speaker: the character, or empty.
        on_screen: whether the mouth is seen; None where nobody looked.

    Raises:
        BadValue: no time, or no wording.
    """

    id: str
    start: int
    end: int
    wordings: tuple[Wording, ...]
    speaker: str = ""
    on_screen: bool | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise BadValue("line's time", (self.start, self.end), "a start of 0 or later before its end")
        if not self.wordings:
            raise BadValue("line", self.id, "something with at least one wording")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a plan may go; milliseconds and factors of the natural rate.

    Args:
        slowest: rate.
        fastest: rate that listeners still take for natural.
        hardest: rate used only where nothing else fits; such lines are flagged.
        early: how much before its original a line may begin (ITU-R BT.1359-1, 1998: sound 90 ms early is
            acceptable).
        late: how much after it (the same: 185 ms).
        borrow: how much silence after the slot a line may take.
        far: how much at most a line may take that needs more time, if the silence lasts half a second longer
            and nobody saw its mouth.
        shift: how much before or after its original such a line, or a close neighbor of one, may begin.
        gap: silence kept between two lines, where the original has that much.
        jump: change of rate between neighbors of one speaker that is heard.
    """

    slowest: float = 0.9
    fastest: float = 1.2
    hardest: float = 2.0
    early: int = 80
    late: int = 160
    borrow: int = 500
    far: int = 1500
    shift: int = 320
    gap: int = 40
    jump: float = 0.15

    def __post_init__(self) -> None:
        if not 0.5 <= self.slowest <= 1 <= self.fastest <= self.hardest <= 3:
            raise BadValue("dubbing limits", (self.slowest, self.fastest, self.hardest), "0.5 to 3, around 1")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one line of the dub stands.

    Args:
        line: what was planned.
        wording: the chosen one.
        start, end: when it sounds.
        rate: of its speech; 1 is natural.
        pause: factor of the pauses inside.
        flags: ``fast`` (above the natural limit), ``overrun`` (past its slot by more than a line may borrow
            that fits otherwise), ``shifted`` (begins further from its original than such a line may),
            ``lip-sync`` (the mouth is seen and begins or ends visibly elsewhere), ``shorter`` (not the first
            wording).
    """

    line: Line
    wording: Wording
    start: int
    end: int
    rate: float
    pause: float
    flags: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON; times in seconds."""
        return {
            "id": self.line.id,
            "speaker": self.line.speaker,
            "text": self.wording.text,
            "slot": [self.line.start / 1000, self.line.end / 1000],
            "start": self.start / 1000,
            "end": self.end / 1000,
            "rate": round(self.rate, 4),
            "pause": self.pause,
            "borrowed": max(0, self.end - self.line.end) / 1000,
            "flags": list(self.flags),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned dub.

    Args:
        placed: in order of time; no two overlap.
        left_out: lines that no limit lets fit: reword them or give them time.
        length: milliseconds of the film, as it was.
        limits: that were kept.
        cost: the least that any plan in these limits has.
    """

    placed: tuple[Placed, ...]
    left_out: tuple[Line, ...]
    length: int
    limits: Limits
    cost: float
    notes: tuple[str, ...] = field(default=())

    @property
    def natural_share(self) -> float:
        """Share of all lines that are spoken within the natural rates; 1 where there is none."""
        count = len(self.placed) + len(self.left_out)
        limits = self.limits
        good = sum(limits.slowest - 1e-9 <= one.rate <= limits.fastest + 1e-9 for one in self.placed)
        return good / count if count else 1.0

    @property
    def overlaps(self) -> int:
        """Pairs of neighbors that sound at the same time; 0 in every plan."""
        pairs = zip(self.placed, self.placed[1:], strict=False)
        return sum(before.end > after.start for before, after in pairs)

    @property
    def agreement(self) -> float:
        """Time in which original and dub both speak, as a share of the time in which either does."""
        both = sum(max(0, min(p.end, p.line.end) - max(p.start, p.line.start)) for p in self.placed)
        either = sum(max(p.end, p.line.end) - min(p.start, p.line.start) for p in self.placed)
        return both / either if either else 1.0

    def summary(self) -> dict[str, Any]:
        """The figures of it, as JSON."""
        rates = [one.rate for one in self.placed] or [1.0]
        flags = [flag for one in self.placed for flag in one.flags]
        return {
            "lines": len(self.placed) + len(self.left_out),
            "left_out": [line.id for line in self.left_out],
            "natural_share": round(self.natural_share, 4),
            "overlaps": self.overlaps,
            "slowest": round(min(rates), 4),
            "fastest": round(max(rates), 4),
            "speech_agreement": round(self.agreement, 4),
            "flags": {flag: flags.count(flag) for flag in sorted(set(flags))},
            "seconds": self.length / 1000,
            "cost": round(self.cost, 3),
        }
