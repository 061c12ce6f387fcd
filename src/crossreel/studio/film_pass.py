"""The one pass over a film: every listener hears it, and what was found is kept for an interrupted run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from crossreel.insight.video.careful_listener import CarefulListener
from crossreel.insight.video.checkpoint import Checkpoint
from crossreel.insight.video.keyframes import look_at
from crossreel.insight.video.shot_listener import ShotListener
from crossreel.insight.video.shot_network import shipped_network
from crossreel.insight.video.signals import Signals
from crossreel.media.reading import FilmReader, Stop
from crossreel.studio.film_parts import Parts
from crossreel.values.media_roles import Picture

__all__ = ["Heard", "hear_film"]

PART = 4096
"""Frames after which what was found is written down,"""
SECONDS = 15.0
"""or seconds, whichever is sooner: with every model on, a minute of film takes half a minute."""
_EVERY = Fraction(1, 2)
"""Seconds between pictures that are looked at closely."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the pass found: times of all frames, what the large pictures show, what could not be read."""

    times: list[Fraction]
    looks: list[dict[str, Any]]
    holes: list[dict[str, Any]]


def look(parts: Parts, picture: Picture, number: int, file: str) -> dict[str, Any]:
    """All that is said of one large picture."""
    size = {"width": picture.rgb.shape[1], "height": picture.rgb.shape[0]}
    seen = parts.looker.look(picture, number)
    return {"frame": picture.frame, "file": file, **size, **look_at(picture), **seen}


class _Pass:
    """The pass in progress."""

    def __init__(self, reader: FilmReader, work: Checkpoint, parts: Parts, out: Path) -> None:
        self.reader, self.work, self.parts, self.out = reader, work, parts, out
        shots: Any = ShotListener()
        if parts.closer is not None:
            shots = CarefulListener(shipped_network(), parts.closer)
        self.listeners: dict[str, Any] = {"shots": shots, "signals": Signals()}
        self.times: list[Fraction] = []
        self.looks: list[dict[str, Any]] = []
        self.holes: list[dict[str, Any]] = []
        self.kept_times = self.kept_looks = self.fresh = 0
        self.kept_at = time.monotonic()
        self.held: dict[str, list[Any]] = {}

    def take_up(self) -> Stop | None:
        """Goes on where an earlier run was left; None at the beginning."""
        left = self.work.last_facts()
        if not left:
            return None
        for facts in self.work.all_facts():
            self.times += [Fraction(time) for time in facts["times"]]
            self.looks += facts["looks"]
            self.holes += facts["holes"]
        self.kept_times, self.kept_looks = len(self.times), len(self.looks)
        for name, listener in self.listeners.items():
            listener.restore(self.work.last_arrays(f"state-{name}-"))
        return Stop(left["frames"], Fraction(left["time"]), left["first_pts"])

    def keep(self) -> None:
        """Writes down what was found since the last time."""
        state = {
            f"state-{name}-{key}": value
            for name, listener in self.listeners.items()
            for key, value in listener.state().items()
        }
        joined = {name: np.concatenate(parts) for name, parts in self.held.items()}
        told = [asdict(hole) for hole in self.reader.holes]
        fresh = [hole for hole in told if hole not in self.holes]
        self.holes += fresh
        facts = {
            "frames": len(self.times),
            "time": str(self.times[-1]),
            "first_pts": self.reader.first_pts,
            "times": [str(time) for time in self.times[self.kept_times :]],
            "looks": self.looks[self.kept_looks :],
            "holes": fresh,
        }
        self.work.add({**joined, **state}, facts)
        self.kept_times, self.kept_looks, self.fresh = len(self.times), len(self.looks), 0
        self.kept_at = time.monotonic()
        self.held.clear()

    def hear(self, answers: dict[str, Any]) -> None:
        for name, value in answers.items():
            self.held.setdefault(name, []).append(value)

    def see(self, picture: Picture) -> None:
        name = f"frames/{picture.frame:07d}.jpg"
        (self.out / name).write_bytes(self.reader.jpeg(picture.rgb, 5))
        self.looks.append(look(self.parts, picture, len(self.looks), name))


def hear_film(
    reader: FilmReader,
    work: Checkpoint,
    parts: Parts,
    facts: dict[str, Any],
    out: Path,
    progress: Callable[[int, int, str], None],
) -> Heard:
    """Reads the film once, from where an earlier run was left; ``work`` holds all figures afterwards."""
    run = _Pass(reader, work, parts, out)
    stop = run.take_up()
    total = facts["video"]["frames"] or int(facts["duration"] * (facts["video"]["fps"] or 25))
    (out / "frames").mkdir(exist_ok=True)
    for block, pictures in reader.read(_EVERY, after=stop):
        for listener in run.listeners.values():
            run.hear(listener.hear(block))
        run.times.extend(block.times)
        run.fresh += len(block)
        for picture in pictures:
            run.see(picture)
        if run.fresh >= PART or time.monotonic() - run.kept_at > SECONDS:
            run.keep()
        progress(len(run.times), max(total, len(run.times)), "pictures")
    for listener in run.listeners.values():
        run.hear(listener.flush())
    if run.held:
        run.keep()
    return Heard(run.times, run.looks, run.holes)
