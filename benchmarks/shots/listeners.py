"""Frames a second of each listener of ``crossreel video analyze`` alone and of all together.

    python benchmarks/shots/listeners.py FILM

Listeners hear pictures decoded beforehand (the first 500 frames at most), so the figures are theirs alone;
those that look at large pictures do so twice a second (text once), and are counted over all frames of the
film. CPU seconds of one thread, the better of two runs.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from crossreel.insight.video.keyframes import look_at
from crossreel.insight.video.looking import Looker
from crossreel.insight.video.shot_listener import ShotListener
from crossreel.insight.video.signals import Signals
from crossreel.media.reading import FilmReader
from crossreel.studio.film_parts import parts_of


def seconds(work: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("film", type=Path)
    film = ask.parse_args().film
    looker = parts_of(only=["faces", "objects", "text", "compliance"]).looker
    blocks, pictures, frames = [], [], 0
    for block, taken in FilmReader(film, 1).read(Fraction(1, 2)):
        blocks.append(block)
        pictures += taken
        frames += len(block)
        if frames >= 500:
            break
    alone = {
        "faces": Looker(faces=looker.faces),
        "objects": Looker(objects=looker.objects),
        "text": Looker(text=looker.text),
        "nudity": Looker(nudity=looker.nudity),
    }

    def decode() -> None:
        left = frames
        for block, _ in FilmReader(film, 1).read(None):
            left -= len(block)
            if left <= 0:
                return

    def hear(listener: Any) -> None:
        for block in blocks:
            listener.hear(block)

    def look(one: Looker) -> None:
        for number, picture in enumerate(pictures):
            one.look(picture, number)

    told = {"decoding and shrinking": seconds(decode), "shots (fast)": seconds(lambda: hear(ShotListener()))}
    told["black, freeze, bars, hash"] = seconds(lambda: hear(Signals()))
    told["quality for key frames"] = seconds(lambda: [look_at(one) for one in pictures])
    told |= {name: seconds(lambda one=one: look(one)) for name, one in alone.items()}
    print(f"{film.name}: {frames} frames, {len(pictures)} large pictures, load {os.getloadavg()[0]:.1f}")
    for name, spent in told.items():
        print(f"{name:28s} {frames / spent:8.0f} frames per CPU second")
    print(f"{'all together':28s} {frames / sum(told.values()):8.0f} frames per CPU second (sum of the parts)")


if __name__ == "__main__":
    main()
