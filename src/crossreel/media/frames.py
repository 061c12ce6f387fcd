"""Decoding the pictures of a film: in order, with exact times, past broken packets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile
from crossreel.media.opening import av_library, length_of, opened

__all__ = ["JOINED", "Decoded", "Film", "Hole", "is_joined", "open_film", "video_stream"]

_MOST_HOLES = 1000
_NO_STAMPS = 0x80
"""FFmpeg's AVFMT_NOTIMESTAMPS: a demuxer of a bare stream."""
_JUMP = Fraction(1, 2)
"""Seconds that stamps may go back by before another recording is taken to begin there."""
JOINED = "stamps jump back: another recording?"
"""The problem of the hole there."""
_UNINDEXED_BACK = Fraction(10)
"""Seconds to go further back in MPEG streams, where a search by stamps may end behind a key frame."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A place of the film that could not be read.

    Attributes:
        frame: number of the frame that follows it.
        start, end: seconds since the first frame, as far as they are known.
        problem: what was met, a phrase.
    """

    frame: int
    start: float
    end: float
    problem: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """One decoded frame.

    Attributes:
        number: from 0, counting frames as they come out of the decoder.
        time: seconds since the first frame.
        raw: PyAV's frame.
    """

    number: int
    time: Fraction
    raw: Any


class Film:
    """The frames of the first real video stream of an open file.

    Args:
        container: PyAV's open container.
        path: for messages.
        threads: of the decoder; 0 lets FFmpeg choose.

    Attributes:
        holes: what could not be read so far, at most 1,000 of them.
    """

    def __init__(self, container: Any, path: Path, threads: int = 0) -> None:
        self._container = container
        self._path = path
        self.stream = video_stream(container, path)
        self.stream.thread_type = "AUTO"
        if threads:
            self.stream.codec_context.thread_count = threads
        self.holes: list[Hole] = []
        rate = self.stream.average_rate or self.stream.guessed_rate
        self.rate: Fraction | None = Fraction(rate) if rate and 0 < rate <= 1000 else None
        self.step = 1 / self.rate if self.rate else Fraction(1, 25)
        self._first_pts: int | None = None
        self._shift = Fraction(0)

    def frames(
        self, after: Fraction | None = None, first_pts: int | None = None, *, seek: bool = True
    ) -> Iterator[Decoded]:
        """Every frame in order of showing; where the stamps jump back, times go on.

        Args:
            after: leave out frames up to and including this time (going on after an interruption).
            first_pts: the presentation stamp that counts as time 0, with ``after``.
            seek: go there by the film's index; False where it ``is_joined``: all before it is decoded.

        Raises:
            BadFile: not one frame can be decoded.
        """
        number, last = 0, Fraction(-1)
        if after is not None and first_pts is not None:
            self._first_pts = first_pts
            if seek and self._seek(after):
                last = after
        skipped_until = after
        told: Fraction | None = None
        for raw in self._raw():
            time = self._time_of(raw, last)
            if told is not None and told - time > _JUMP:
                self._shift += last + self.step - time
                time = last + self.step
                if skipped_until is None or time > skipped_until:
                    self._note(number, float(last), float(time), JOINED)
            told = time
            if skipped_until is not None and time <= skipped_until:
                last = max(time, last)
                continue
            if raw.is_corrupt:
                self._note(number, float(time), float(time + self.step), "damaged picture")
            if time - last > max(self.step * Fraction(9, 2), Fraction(1, 2)) and number and after is None:
                self._note(number, float(last + self.step), float(time), "no pictures between")
            last = max(time, last)
            yield Decoded(number, last, raw)
            number += 1
        if number == 0 and after is None:
            raise BadFile(self._path, "not one picture of its video can be decoded")
        self._check_end(number, last, whole=after is None)

    @property
    def first_pts(self) -> int:
        """The presentation stamp of time 0, once a frame was decoded."""
        return self._first_pts or 0

    def _seek(self, time: Fraction) -> bool:
        """Goes to a key frame before a time; False where the format cannot: it is read from its start."""
        container = self._container
        if container.format.flags & _NO_STAMPS:  # the attempt alone would eat the packets
            return False
        back = _UNINDEXED_BACK if "mpeg" in container.format.name else Fraction(0)
        if back >= time:
            return False
        pts = int((time - back) / self.stream.time_base) + self.first_pts
        container.seek(pts, stream=self.stream, backward=True)
        return True

    def _time_of(self, raw: Any, last: Fraction) -> Fraction:
        """Seconds since the first frame; frames without a stamp follow the one before."""
        if raw.pts is None:
            return last + self.step if last >= 0 else Fraction(0)
        if self._first_pts is None:
            self._first_pts = raw.pts
        return Fraction(raw.pts - self._first_pts) * Fraction(self.stream.time_base) + self._shift

    def _raw(self) -> Iterator[Any]:
        """Frames as they come; a packet that cannot be decoded is noted and left out."""
        av = av_library()
        packets = self._container.demux(self.stream)
        count = 0
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.FFmpegError as error:
                self._note(count, -1.0, -1.0, f"reading stopped: {error.strerror}")
                return
            if packet.is_corrupt:
                self._note(count, *self._place(packet), "damaged packet")
            try:
                decoded = packet.decode()
            except av.error.EOFError:
                return
            except av.FFmpegError as error:
                self._note(count, *self._place(packet), f"packet cannot be decoded: {error.strerror}")
                continue
            count += len(decoded)
            yield from decoded

    def _place(self, packet: Any) -> tuple[float, float]:
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None:
            return -1.0, -1.0
        start = float((stamp - self.first_pts) * self.stream.time_base + self._shift)
        return max(start, 0.0), max(start + float(self.step), 0.0)

    def _check_end(self, number: int, last: Fraction, *, whole: bool) -> None:
        if not number and whole:
            return
        slack = 2 * self.step + Fraction(1, 2)
        if self.stream.duration:
            end = self.stream.duration * Fraction(self.stream.time_base)
        else:  # only the whole file's length is known, and its sound may outlast the picture
            end = length_of(self._container)
            slack = max(slack, end / 10)
        if end - last > slack:
            self._note(number, float(last + self.step), float(end), "the file ends before its film does")

    def _note(self, frame: int, start: float, end: float, problem: str) -> None:
        before = self.holes[-1] if self.holes else None
        if before is not None and before.problem == problem and frame - before.frame <= 1:
            self.holes[-1] = Hole(frame, before.start, max(before.end, end), problem)
        elif len(self.holes) < _MOST_HOLES:
            self.holes.append(Hole(frame, start, end, problem))


def is_joined(path: Path) -> bool:
    """Whether a film's stamps jump back, as in recordings put one behind the other: no search finds a time.

    Only MPEG streams are read for it, whole but undecoded.

    Raises:
        BadFile: as ``opened`` and ``video_stream`` say.
    """
    with opened(path) as container:
        if "mpeg" not in container.format.name:
            return False
        stream = video_stream(container, path)
        jump = int(_JUMP / stream.time_base)
        before: int | None = None
        try:
            for packet in container.demux(stream):
                if packet.dts is not None:
                    if before is not None and before - packet.dts > jump:
                        return True
                    before = packet.dts
        except av_library().FFmpegError:
            pass  # what follows cannot be read by a search either
        return False


class open_film:
    """``with open_film(path) as film``: the film's frames; the file is closed at the end.

    Raises:
        BadFile: as ``opened`` and ``video_stream`` say.
        MissingExtra: PyAV is not installed.
    """

    def __init__(self, path: Path, threads: int = 0) -> None:
        self._path = path
        self._threads = threads

    def __enter__(self) -> Film:
        self._context = opened(self._path)
        container = self._context.__enter__()
        try:
            return Film(container, self._path, self._threads)
        except BaseException:
            container.close()
            raise

    def __exit__(self, *failure: Any) -> None:
        self._context.__exit__(*failure)


def video_stream(container: Any, path: Path) -> Any:
    """The best video stream that is no cover picture.

    Raises:
        BadFile: there is none, or its size or codec is unknown.
    """
    flags = av_library().stream.Disposition
    streams = [s for s in container.streams.video if not s.disposition & flags.attached_pic]
    if not streams:
        kinds = sorted({str(s.type) for s in container.streams}) or ["nothing"]
        raise BadFile(path, f"has no video stream (it holds {', '.join(kinds)})")
    best = max(streams, key=lambda s: (bool(s.disposition & flags.default), s.width * s.height))
    if not best.codec_context or best.width <= 0 or best.height <= 0:
        raise BadFile(path, "has a video stream that says no picture size: cut off, or no film")
    return best
