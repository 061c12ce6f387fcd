"""``FilmReader``: one pass over a film for many listeners, which can be taken up again in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.media.frames import Decoded, Film, Hole, is_joined, open_film
from crossreel.media.pictures import to_jpeg, upright_rgb
from crossreel.media.probe import probe_film
from crossreel.media.small import blocks_of
from crossreel.values.media_roles import FrameBlock, Picture

__all__ = ["FilmReader", "Stop"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a pass was left: frames read, time of the last one, and the stamp that counts as time 0."""

    frames: int
    time: Fraction
    first_pts: int


@dataclass
class FilmReader:
    """Reads one film file.

    Args:
        path: the file.
        threads: of the decoder; 0 lets FFmpeg choose.

    Attributes:
        holes: what could not be read, after ``read``.
    """

    path: Path
    threads: int = 0
    holes: list[Hole] = field(default_factory=list)
    _film: Film | None = None
    _onward: Iterator[Decoded] | None = None
    _reached: Fraction = Fraction(0)

    def describe(self) -> dict[str, Any]:
        """What the file is, as ``crossreel video probe --json`` prints it. Raises ``BadFile``."""
        return probe_film(self.path).to_dict()

    def read(
        self, every: Fraction | None, widest: int = 640, after: Stop | None = None
    ) -> Iterator[tuple[FrameBlock, list[Picture]]]:
        """Blocks of small pictures of all frames, each with the large pictures taken meanwhile.

        Args:
            every: seconds between large pictures; None takes none.
            widest: pixels of a large picture's longer side.
            after: go on where a pass was left.

        Raises:
            BadFile: not one frame decodes.
        """
        pictures: list[Picture] = []
        first = after.frames if after else 0
        with open_film(self.path, self.threads) as film:
            self._film = film
            self.holes = film.holes
            due = after.time if after else Fraction(0)

            def looked_at() -> Iterator[Any]:
                nonlocal due
                for frame in self._frames(film, after):
                    if every is not None and frame.time >= due:
                        due = frame.time - frame.time % every + every
                        pictures.append(
                            Picture(first + frame.number, frame.time, upright_rgb(frame.raw, widest))
                        )
                    yield frame

            for block in blocks_of(looked_at(), first):
                taken = [one for one in pictures if one.frame < block.first + len(block)]
                pictures = [one for one in pictures if one.frame >= block.first + len(block)]
                yield block, taken

    @property
    def first_pts(self) -> int:
        """The presentation stamp of time 0, while or after reading."""
        return self._film.first_pts if self._film else 0

    def picture_at(self, frame: int, time: Fraction, widest: int | None = None) -> Picture | None:
        """The picture shown at a time, decoded from the key frame before it; None where it is lost.

        A film that ``is_joined`` is read from its beginning, and on from there by calls for later times.
        """
        if self._joined:
            found = self._read_on(time)
            return Picture(frame, found.time, upright_rgb(found.raw, widest)) if found else None
        if self._film is None:  # nothing was read yet: the first picture tells what counts as time 0
            with open_film(self.path, self.threads) as film:
                next(film.frames())
                self._film = film
        with open_film(self.path, self.threads) as film:
            start = max(time - film.step / 2, Fraction(-1))
            for found in film.frames(start, self.first_pts):
                return Picture(frame, found.time, upright_rgb(found.raw, widest))
        return None

    @cached_property
    def _joined(self) -> bool:
        return is_joined(self.path)

    def _frames(self, film: Film, after: Stop | None) -> Iterator[Decoded]:
        if after is None:
            return film.frames()
        return film.frames(after.time, after.first_pts, seek=not self._joined)

    def _read_on(self, time: Fraction) -> Decoded | None:
        """The first picture from a time on, without a search."""
        if self._onward is None or time <= self._reached:
            self._onward = self._all()
        for found in self._onward:
            self._reached = found.time
            if found.time >= time:
                return found
        self._onward = None
        return None

    def _all(self) -> Iterator[Decoded]:
        with open_film(self.path, self.threads) as film:
            yield from film.frames()

    def jpeg(self, rgb: NDArray[np.uint8], quality: int = 4) -> bytes:
        """A picture as JPEG."""
        return to_jpeg(rgb, quality)
