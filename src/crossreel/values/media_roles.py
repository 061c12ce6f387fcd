"""Roles around moving pictures and sound that several stages play or ask for.

A film is decoded once. Small pictures of every frame go to the ``FrameListener``s in blocks; large
pictures of some frames go to the ``PictureListener``s. Both answer with findings that can be
written down, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "EyeReader",
    "FaceDetector",
    "FrameBlock",
    "FrameListener",
    "NudityScorer",
    "ObjectDetector",
    "Picture",
    "PictureListener",
    "SeenBox",
    "SeenFace",
    "Shot",
    "SpeechSegment",
    "TextReader",
    "TransitionOdds",
    "VoiceActivity",
]


@dataclass(frozen=True, slots=True)
class FrameBlock:
    """Small pictures of consecutive frames, as decoded (not turned upright).

    Attributes:
        first: number of the first frame, from 0.
        times: n instants, seconds since the first frame, not descending.
        luma: n x 54 x 96, limited range (16 black, 235 white).
        chroma: n x 2 x 27 x 48: Cb and Cr, 128 is gray.
    """

    first: int
    times: tuple[Fraction, ...]
    luma: NDArray[np.uint8]
    chroma: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame, upright, square pixels.

    Attributes:
        frame: its number, from 0.
        time: seconds since the first frame.
        rgb: height x width x 3.
    """

    frame: int
    time: Fraction
    rgb: NDArray[np.uint8]


class FrameListener(Protocol):
    """Hears every frame of a film, in order."""

    def hear(self, block: FrameBlock) -> dict[str, NDArray[Any]]:
        """What was found; arrays whose first axis is frames or findings, joined block after block.

        A listener may answer later than it heard; ``flush`` gives the rest.
        """
        ...

    def flush(self) -> dict[str, NDArray[Any]]:
        """What is left at the end of the film."""
        ...

    def state(self) -> dict[str, NDArray[Any]]:
        """What ``restore`` needs to go on after an interruption."""
        ...

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Takes up what ``state`` gave."""
        ...


class PictureListener(Protocol):
    """Looks at some frames, large."""

    name: str

    def look(self, picture: Picture) -> dict[str, Any]:
        """What was seen, JSON-serializable."""
        ...


@dataclass(frozen=True, slots=True)
class SeenBox:
    """Something in a picture: what, how sure (0 to 1), and its box in shares of the picture."""

    label: str
    score: float
    x: float
    y: float
    width: float
    height: float


class ObjectDetector(Protocol):
    """Finds things of known classes in pictures."""

    name: str
    labels: Sequence[str]

    def look(self, rgb: NDArray[np.uint8]) -> Sequence[SeenBox]:
        """What is in a picture (height x width x 3), likeliest first."""
        ...


@dataclass(frozen=True, slots=True)
class SeenFace(SeenBox):
    """A face with its points in shares of the picture.

    These are the eyes (the picture's left one first), nose, mouth and ears.
    """

    points: tuple[tuple[float, float], ...] = ()


class FaceDetector(Protocol):
    """Finds faces in pictures and tells faces apart without knowing whose they are."""

    name: str

    def look(self, rgb: NDArray[np.uint8]) -> Sequence[SeenFace]:
        """Faces in a picture (height x width x 3), likeliest first, labeled ``face``."""
        ...

    def describe(self, rgb: NDArray[np.uint8], face: SeenFace) -> NDArray[np.float32] | None:
        """A vector of unit length, near for the same face; None where it is too small to tell."""
        ...


class EyeReader(Protocol):
    """Says how far the eyes of a face are open."""

    name: str

    def openness(self, rgb: NDArray[np.uint8], face: SeenFace) -> float | None:
        """Height over width of the eye that is open wider; None where the eyes are too small to tell."""
        ...


class NudityScorer(Protocol):
    """Says how likely a picture shows nudity."""

    name: str

    def score(self, rgb: NDArray[np.uint8]) -> float:
        """0 to 1 for a picture (height x width x 3)."""
        ...


class TextReader(Protocol):
    """Reads text in pictures. ``reads`` says what writing, a phrase; other writing it does not see."""

    name: str
    reads: str

    def look(self, rgb: NDArray[np.uint8]) -> Sequence[SeenBox]:
        """Lines of text in a picture (height x width x 3), from above; the label is what a line says."""
        ...


@dataclass(frozen=True, slots=True)
class Shot:
    """A run of frames from one camera take, or what is cut to look like one.

    Attributes:
        start_frame: the first frame.
        end_frame: the one after the last.
        start, end: in seconds, exact.
        transition: how it begins: ``none`` (the film's start), ``cut``, ``dissolve``, ``fade``,
            ``wipe``.
        transition_start, transition_end: the frames of that transition, end exclusive; a cut's
            are both ``start_frame``.
    """

    start_frame: int
    end_frame: int
    start: Fraction
    end: Fraction
    transition: str
    transition_start: int
    transition_end: int


class TransitionOdds(Protocol):
    """A network that looks closely at a stretch of small pictures for changes of shot."""

    name: str

    def odds(self, frames: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Two figures from 0 to 1 for each of n x 27 x 48 x 3 RGB, so n x 2.

        The first: a change's middle is right after this frame; the second: this frame lies within one.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpeechSegment:
    """Where somebody speaks: seconds from the start of the sound."""

    start: float
    end: float


class VoiceActivity(Protocol):
    """Finds speech in sound."""

    name: str

    def segments(self, samples: NDArray[np.float32], rate: int) -> Sequence[SpeechSegment]:
        """Speech in mono samples from -1 to 1, in order, not overlapping.

        Args:
            samples: one channel.
            rate: samples a second; 16,000 is what the models are made for.
        """
        ...
