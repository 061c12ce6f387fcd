r"""Frames a CPU second of both modes, of every listener alone and of all together, beside the peers.

    python benchmarks/shots/speed.py --films A.mp4 B.mp4 [--peer-python PEERS/bin/python] [--rounds 2] \
        [--out FILE.json]

Each line decodes the whole film by itself and does its one thing, as ``crossreel video analyze`` would: the
larger pictures are taken twice a second and text is read in every second of them. *Everything* is that
command with all models, its report and lists included. Ratios are to PyAV decoding the same file to 160 x 90
gray and nothing else. Everything takes its turn in every round (the slow ones, ``SLOW``, in the first only);
the best of the rounds counts. CPU time, user and system, of all threads; PySceneDetect's inside its own
environment (``peers.py``), without its imports. Models must be pulled; a film without sound has no line for
speech.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

from evaluate import careful, closer, count, everywhere, fast, gray

from crossreel.insight.video.keyframes import look_at
from crossreel.insight.video.looking import Looker
from crossreel.insight.video.shot_network import shipped_network
from crossreel.insight.video.signals import Signals
from crossreel.media.reading import FilmReader
from crossreel.studio.film import analyze_film
from crossreel.studio.film_parts import Parts, parts_of
from crossreel.studio.film_sound import sound_of

BASE = "decoding to gray 160x90 (PyAV)"
SLOW = ("TransNet V2 everywhere", "everything, careful shots")
GOALS = {"fast shots": 0.6, "fast shots, key frames, hash, black, freeze": 0.5, "careful shots": 0.15}
_EVERY = Fraction(1, 2)


def decode(path: Path) -> None:
    for _ in FilmReader(path).read(None):
        pass


def decode_large(path: Path) -> None:
    for _ in FilmReader(path).read(_EVERY):
        pass


def signals(path: Path) -> None:
    listener = Signals()
    for block, _ in FilmReader(path).read(None):
        listener.hear(block)


def key_frames(path: Path) -> None:
    reader = FilmReader(path)
    for _, pictures in reader.read(_EVERY):
        for picture in pictures:
            look_at(picture)
            reader.jpeg(picture.rgb, 5)


def looked(path: Path, looker: Looker) -> None:
    number = 0
    for _, pictures in FilmReader(path).read(_EVERY):
        for picture in pictures:
            looker.look(picture, number)
            number += 1


def whole(path: Path, parts: Parts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        analyze_film(path, Path(folder), parts=parts)


def works_of(path: Path, parts: Parts, deep: Parts) -> dict[str, Callable[[], Any]]:
    """What is measured, by name, in the order of the table."""
    network, asked, looker = shipped_network(), closer(), parts.looker
    works: dict[str, Callable[[], Any]] = {
        BASE: lambda: gray(path),
        "fast shots": lambda: fast(path, network),
        "fast shots, key frames, hash, black, freeze": lambda: fast(path, network, whole=True),
        "careful shots": lambda: careful(path, network, asked),
        "TransNet V2 everywhere": lambda: everywhere(path, asked),
        "decoding to 96x54, alone": lambda: decode(path),
        "decoding with large pictures, alone": lambda: decode_large(path),
        "black, freeze, bars, hash": lambda: signals(path),
        "key frames": lambda: key_frames(path),
        "faces, eyes": lambda: looked(path, Looker(faces=looker.faces, eyes=looker.eyes)),
        "objects": lambda: looked(path, Looker(objects=looker.objects)),
        "text": lambda: looked(path, Looker(text=looker.text)),
        "nudity": lambda: looked(path, Looker(nudity=looker.nudity)),
    }
    if sound_of(path, lambda *_: None)["tracks"]:
        works["sound: levels, silence"] = lambda: sound_of(path, lambda *_: None)
        works["sound: levels, silence, speech"] = lambda: sound_of(path, lambda *_: None, parts.voice)
    works["everything, fast shots"] = lambda: whole(path, parts)
    works["everything, careful shots"] = lambda: whole(path, deep)
    return works


def cpu(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def peers(python: Path, film: Path) -> dict[str, float]:
    """CPU seconds of PySceneDetect's detectors on a film."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "film.mp4").symlink_to(film.resolve())
        out = Path(folder) / "peers.json"
        script = Path(__file__).with_name("peers.py")
        subprocess.run(
            [python, script, "--films", folder, "--out", out],
            check=True,
            env={"PATH": ""},
            stdout=subprocess.DEVNULL,
        )
        found = json.loads(out.read_text())["cpu_seconds"]
        return {f"PySceneDetect {name}": spent for name, spent in found.items()}


def measure(path: Path, parts: Parts, deep: Parts, python: Path | None, rounds: int) -> dict[str, float]:
    """The best CPU seconds of each."""
    best: dict[str, float] = {}

    def note(name: str, spent: float) -> None:
        best[name] = min(best.get(name, spent), spent)

    for turn in range(rounds):
        for name, work in works_of(path, parts, deep).items():
            if turn == 0 or name not in SLOW:
                note(name, cpu(work))
            if name == "careful shots" and python is not None:
                for peer, spent in peers(python, path).items():
                    note(peer, spent)
    return best


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--films", type=Path, nargs="+", required=True)
    ask.add_argument("--peer-python", type=Path)
    ask.add_argument("--rounds", type=int, default=2)
    ask.add_argument("--out", type=Path)
    args = ask.parse_args()
    parts, deep = parts_of(), parts_of(careful=True)
    for notice in parts.notices:
        print(notice)
    libraries = ", ".join(f"{name} {version(name)}" for name in ("crossreel", "av", "numpy", "onnxruntime"))
    print(f"{libraries}; {args.rounds} rounds", flush=True)
    told: dict[str, Any] = {}
    for path in args.films:
        before = os.getloadavg()[0]
        best, frames = measure(path, parts, deep, args.peer_python, args.rounds), count(path)
        told[path.stem] = {"frames": frames, "cpu_seconds": best, "load": [before, os.getloadavg()[0]]}
        print(f"\n{path.name}: {frames} frames; load average {before:.1f} to {os.getloadavg()[0]:.1f}")
        for name, spent in best.items():
            goal = f"  (goal {GOALS[name]}x)" if name in GOALS else ""
            print(
                f"{name:45s} {frames / spent:7.0f} frames/CPU s  {best[BASE] / spent:5.2f}x{goal}", flush=True
            )
    if args.out:
        args.out.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
