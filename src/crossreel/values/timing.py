"""``FrameRate`` and ``Timecode``: media time as exact fractions, and the ways it is written.

An instant of media time is a ``Fraction`` of seconds since the start. Frame ``n`` is shown from
``n / rate`` until ``(n + 1) / rate``; so the frame at an instant is rounded down (``frame_at``),
and only times that were themselves rounded (milliseconds of a subtitle) are taken to the nearest
frame (``nearest_frame``).

SMPTE addresses follow SMPTE ST 12-1:2014 "Time and Control Code". 23.976, 29.97 and 59.94 frames
a second are 24000/1001, 30000/1001 and 60000/1001 and are counted as 24, 30 and 60. Drop-frame
counting skips numbers, never pictures: at 29.97 the frame numbers 00 and 01 (at 59.94 the numbers
00 to 03) do not exist in the first second of a minute, except in minutes 00, 10, 20, 30, 40 and
50. So ten minutes of addresses hold 17,982 frames (35,964), an hour 107,892 (215,784). A recorded
time code signal counts 59.94 in 30 pairs of frames; the form counted to 59, which files and
editing systems write, is the one read and written here.

An address is a time of day: it has 24 hours and then starts again at 00:00:00:00. ``smpte`` wraps
there and ``parse_smpte`` reads the first day, so a time beyond 24 hours of addresses does not
survive that round trip; clock times do not wrap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from crossreel.errors import BadValue

__all__ = ["FPS_23_976", "FPS_25", "FPS_29_97", "FPS_29_97_DF", "FPS_59_94_DF", "FrameRate", "Timecode"]

_SLOWED = (12, 15, 24, 30, 48, 60, 72, 96, 120, 240)
"""Counts that exist slowed by 1000/1001 (the NTSC family)."""

_DROPPED = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}
"""Frame numbers skipped each minute, by rate."""

_RATE_TEXT = re.compile(r"([0-9]{1,9})(?:/([0-9]{1,9})|\.([0-9]{1,17}))?\s*(N?DF)?", re.IGNORECASE)
_CLOCK = re.compile(r"(?:([0-9]{1,6}):)?([0-5]?[0-9]):([0-5][0-9])(?:[.,]([0-9]{1,9}))?")
_SMPTE = re.compile(r"([0-9]{2})([:;])([0-5][0-9])([:;])([0-5][0-9])([:;])([0-9]{2,3})")


def _recognized(whole: str, decimals: str) -> Fraction:
    """A decimal rate, read as n * 1000/1001 where its digits are that rate's, rounded or cut."""
    value = Fraction(f"{whole}.{decimals}")
    places = min(len(decimals), 6)
    if places < 2 or value.denominator == 1:
        return value
    scale = 10**places
    digits = _nearest(value * scale)
    slowed_rates = (Fraction(count * 1000, 1001) for count in _SLOWED)
    near = (rate for rate in slowed_rates if digits in (int(rate * scale), _nearest(rate * scale)))
    return next(near, value)


def _nearest(value: Fraction) -> int:
    """The nearest whole number of a value that is not negative, halves up."""
    return int(value + Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class FrameRate:
    """Frames a second, exact, and whether its SMPTE addresses are counted drop-frame.

    Args:
        rate: more than 0, at most 1000 frames a second.
        drop_frame: only at 30000/1001 and 60000/1001.

    Raises:
        BadValue: a float, a rate outside that range, or drop-frame at another rate.
    """

    rate: Fraction
    drop_frame: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.rate, bool) or not isinstance(self.rate, int | Fraction):
            raise BadValue("frame rate", self.rate, "a Fraction", advice="Read text with FrameRate.parse.")
        object.__setattr__(self, "rate", Fraction(self.rate))
        if not 0 < self.rate <= 1000:
            raise BadValue("frame rate", str(self.rate), "more than 0 and at most 1000")
        if self.drop_frame and self.rate not in _DROPPED:
            raise BadValue("drop-frame rate", str(self.rate), "30000/1001 (29.97) or 60000/1001 (59.94)")

    @classmethod
    def parse(cls, given: str | float | Fraction, *, drop_frame: bool = False) -> Self:
        """Reads a rate: ``25``, ``"23.976"``, ``"24000/1001"``, ``"29.97 DF"``, ``23.976``.

        A decimal with two or more places whose digits are those of n * 1000/1001 (n of 12, 15, 24,
        30, 48, 60, 72, 96, 120, 240), rounded or cut there, is that rate: 23.976, 23.98 and 23.97
        are 24000/1001. Every other decimal is taken as it stands (``12.5`` is 25/2). Floats are
        read as the decimal that Python prints, to six places where they are of the NTSC family.

        Args:
            given: the rate; text may end in ``DF`` or ``NDF``.
            drop_frame: count drop-frame even though the text does not say so.

        Raises:
            BadValue: not a rate, or drop-frame at a rate that has no such count.
        """
        if isinstance(given, Fraction):
            return cls(given, drop_frame)
        found = _RATE_TEXT.fullmatch(str(given).strip())
        if found is None or (found[2] and not int(found[2])):
            raise BadValue("frame rate", given, "a number such as 25, 23.976 or 24000/1001")
        whole, divisor, decimals, count = found.groups()
        rate = Fraction(int(whole), int(divisor)) if divisor else _recognized(whole, decimals or "0")
        said = (count or "").upper()
        if said == "NDF" and drop_frame:
            raise BadValue("frame rate", given, "drop-frame, as asked")
        return cls(rate, drop_frame or said == "DF")

    @property
    def count(self) -> int:
        """Frame numbers in a second of SMPTE addresses: 24 for 23.976, 25 for 25, 30 for 29.97.

        Raises:
            BadValue: addresses do not exist at this rate (12.5, 1000/7).
        """
        for rate in (self.rate, self.rate * Fraction(1001, 1000)):
            if rate.denominator == 1:
                return rate.numerator
        raise BadValue("frame rate", str(self.rate), "whole, or whole times 1000/1001, to have SMPTE time")

    @property
    def dropped(self) -> int:
        """Frame numbers skipped each minute but the tenth: 0, 2 (29.97) or 4 (59.94)."""
        return _DROPPED[self.rate] if self.drop_frame else 0

    @property
    def frames_a_day(self) -> int:
        """Addresses before they start again: 2,589,408 at 29.97 drop-frame, 2,160,000 at 25."""
        return 86400 * self.count - self.dropped * 9 * 6 * 24

    def __float__(self) -> float:
        return float(self.rate)

    def __str__(self) -> str:
        return f"{self.rate} DF" if self.drop_frame else str(self.rate)


FPS_23_976 = FrameRate(Fraction(24000, 1001))
FPS_25 = FrameRate(Fraction(25))
FPS_29_97 = FrameRate(Fraction(30000, 1001))
FPS_29_97_DF = FrameRate(Fraction(30000, 1001), drop_frame=True)
FPS_59_94_DF = FrameRate(Fraction(60000, 1001), drop_frame=True)


@dataclass(frozen=True, slots=True, order=True)
class Timecode:
    """An instant of media time: exact seconds since the start, 0 or later.

    Raises:
        BadValue: a float, a bool, or negative seconds.
    """

    seconds: Fraction

    def __post_init__(self) -> None:
        if isinstance(self.seconds, bool) or not isinstance(self.seconds, int | Fraction):
            raise BadValue("time", self.seconds, "a Fraction of seconds")
        if self.seconds < 0:
            raise BadValue("time", str(self.seconds), "0 seconds or later")
        object.__setattr__(self, "seconds", Fraction(self.seconds))

    @classmethod
    def from_frames(cls, frame: int, rate: FrameRate) -> Self:
        """The start of frame number ``frame`` (the first is 0), exactly ``frame / rate`` seconds."""
        if isinstance(frame, bool) or not isinstance(frame, int) or frame < 0:
            raise BadValue("frame number", frame, "a whole number of at least 0")
        return cls(frame / rate.rate)

    @classmethod
    def from_milliseconds(cls, milliseconds: int) -> Self:
        """Whole milliseconds since the start."""
        if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
            raise BadValue("time", milliseconds, "a whole number of milliseconds")
        return cls(Fraction(milliseconds, 1000))

    @classmethod
    def parse_clock(cls, text: str) -> Self:
        """Reads real time: ``1:02:03.456``, ``02:03``, ``01:02:03,456``; nothing is rounded.

        Raises:
            BadValue: negative, another shape, or minutes or seconds above 59.
        """
        found = _CLOCK.fullmatch(text.strip())
        if found is None:
            raise BadValue("time", text, "a clock time such as 1:02:03.456")
        hours, minutes, seconds, decimals = found.groups(default="0")
        whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        return cls(whole + Fraction(int(decimals), 10 ** len(decimals)))

    @classmethod
    def parse_smpte(cls, text: str, rate: FrameRate) -> Self:
        """Reads an address ``hh:mm:ss:ff`` of the first day; ``;`` is only for drop-frame.

        At a drop-frame rate colons are accepted too (edit lists write them); the rate decides.

        Raises:
            BadValue: another shape, an hour above 23, a frame number that the rate does not
                reach, a semicolon at a rate that is not drop-frame, or a number that drop-frame
                counting skips (``00:01:00;00``).
        """
        found = _SMPTE.fullmatch(text.strip())
        if found is None or int(found[1]) > 23:
            raise BadValue("timecode", text, "hh:mm:ss:ff or hh:mm:ss;ff with hours of 00 to 23")
        hours, minutes, seconds, number = (int(found[place]) for place in (1, 3, 5, 7))
        if ";" in text and not rate.drop_frame:
            raise BadValue("timecode", text, "written with colons", advice=f"{rate} is not drop-frame.")
        if number >= rate.count:
            raise BadValue("timecode", text, f"numbered below {rate.count} at {rate} frames a second")
        if seconds == 0 and minutes % 10 and number < rate.dropped:
            raise BadValue("timecode", text, "a number that drop-frame counting does not skip")
        minute = hours * 60 + minutes
        address = (minute * 60 + seconds) * rate.count + number
        return cls.from_frames(address - rate.dropped * (minute - minute // 10), rate)

    def frame_at(self, rate: FrameRate) -> int:
        """The number of the frame on screen at this instant (rounded down)."""
        return int(self.seconds * rate.rate)

    def nearest_frame(self, rate: FrameRate) -> int:
        """The frame whose start is nearest, the later one where two are as near."""
        return _nearest(self.seconds * rate.rate)

    def is_on_frame(self, rate: FrameRate) -> bool:
        """Whether a frame starts exactly here."""
        return (self.seconds * rate.rate).denominator == 1

    @property
    def milliseconds(self) -> int:
        """Whole milliseconds, to the nearest, halves up."""
        return _nearest(self.seconds * 1000)

    def clock(self) -> str:
        """``h:mm:ss.mmm`` in real time, to the nearest millisecond, halves up; hours do not wrap."""
        seconds, thousandths = divmod(self.milliseconds, 1000)
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"

    def webvtt(self) -> str:
        """``hh:mm:ss.mmm``: a WebVTT timestamp (W3C WebVTT, 2019, section 4.1), hours always there."""
        return self.clock().rjust(12, "0")

    def smpte(self, rate: FrameRate) -> str:
        """The address of the frame on screen, ``hh:mm:ss:ff`` or, drop-frame, ``hh:mm:ss;ff``.

        Frame numbers have three digits at 101 frames a second and more. Wraps after 24 hours of
        addresses.

        Raises:
            BadValue: addresses do not exist at this rate.
        """
        frame = self.frame_at(rate) % rate.frames_a_day
        if rate.dropped:
            minute, ten = 60 * rate.count, 600 * rate.count - 9 * rate.dropped
            tens, rest = divmod(frame, ten)
            later = 0 if rest < minute else 1 + (rest - minute) // (minute - rate.dropped)
            frame += rate.dropped * (9 * tens + later)
        seconds, number = divmod(frame, rate.count)
        digits = len(str(rate.count - 1))
        mark = ";" if rate.drop_frame else ":"
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{clock}{mark}{number:0{max(digits, 2)}}"

    def __add__(self, seconds: Fraction) -> Timecode:
        return Timecode(self.seconds + seconds)

    def __sub__(self, other: Timecode) -> Fraction:
        return self.seconds - other.seconds

    def __str__(self) -> str:
        return self.clock()
