r"""F1 and speed of the fast shot detector beside PySceneDetect and TransNetV2, on films from ``splice.py``.

    python benchmarks/shots/evaluate.py --films FOLDER --weights-live A.npz --weights-drawn B.npz \
        [--peers PEERS.json ...]

``--weights-live`` saw no clip of the group ``live`` in training, ``--weights-drawn`` none of ``drawn``;
without them the shipped weights answer, which saw both. Peers run
in an environment of their own (``peers.py``).
A cut is hit within 2 frames, a gradual transition anywhere from 5 before its start to 5 after its end;
each answer hits once, the others are false. Hard-cut F1 counts as false what hits nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from crossreel.insight.video.keyframes import look_at
from crossreel.insight.video.shot_listener import ShotListener
from crossreel.insight.video.shot_network import ShotNetwork, shipped_network
from crossreel.insight.video.shots import transitions_of
from crossreel.insight.video.signals import Signals
from crossreel.media.reading import FilmReader


def score(truth: list[dict[str, Any]], found: Iterable[int]) -> dict[str, int]:
    left = sorted(found)
    hits = {"cut": 0, "gradual": 0}
    for one in sorted(truth, key=lambda t: t["kind"] != "cut"):
        reach = 2 if one["kind"] == "cut" else 5
        near = [f for f in left if one["start"] - reach <= f <= one["end"] + reach]
        if near:
            middle = (one["start"] + one["end"]) / 2
            left.remove(min(near, key=lambda f: abs(f - middle)))
            hits["cut" if one["kind"] == "cut" else "gradual"] += 1
    cuts = sum(t["kind"] == "cut" for t in truth)
    return {**hits, "cuts": cuts, "graduals": len(truth) - cuts, "false": len(left)}


def f1(right: int, wanted: int, false: int) -> float:
    return 2 * right / max(1, right + false + wanted)


def told(name: str, scores: list[dict[str, int]]) -> str:
    s = {key: sum(one[key] for one in scores) for key in scores[0]}
    every = f1(s["cut"] + s["gradual"], s["cuts"] + s["graduals"], s["false"])
    hard = f1(s["cut"], s["cuts"], s["false"])
    hits = f"cuts {s['cut']}/{s['cuts']} gradual {s['gradual']}/{s['graduals']} false {s['false']:3d}"
    return f"{name:36s} {hits}  hard F1 {hard:.3f}  all F1 {every:.3f}"


def fast(path: Path, network: ShotNetwork, whole: bool = False) -> list[int]:
    """Transitions by the fast mode; ``whole`` adds key frame candidates, hash, black and freeze."""
    reader = FilmReader(path)
    shots, signals = ShotListener(), Signals()
    rows = []
    for block, pictures in reader.read(Fraction(1, 2) if whole else None):
        rows.append(shots.hear(block)["rows"])
        if whole:
            signals.hear(block)
            for picture in pictures:
                look_at(picture)
                reader.jpeg(picture.rgb, 5)
    return [t.frame for t in transitions_of(network.answer(np.concatenate(rows)))]


def gray(path: Path) -> None:
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in file.decode(stream):
            frame.to_ndarray(width=160, height=90, format="gray")


def cpu(work: Any, times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def load_weights(path: Path | None) -> ShotNetwork:
    if path is None:
        return shipped_network()
    with np.load(path) as file:
        return ShotNetwork({name: file[name] for name in file.files})


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--films", type=Path, required=True)
    ask.add_argument("--weights-live", type=Path)
    ask.add_argument("--weights-drawn", type=Path)
    ask.add_argument("--peers", type=Path, nargs="*", default=[])
    args = ask.parse_args()
    networks = {"live": load_weights(args.weights_live), "drawn": load_weights(args.weights_drawn)}
    films = sorted(args.films.glob("*.mp4"))
    truths = {p.stem: json.loads(p.with_suffix(".json").read_text())["transitions"] for p in films}
    ours = {p.stem: fast(p, networks[p.stem.split("-")[0]]) for p in films}
    rows = {"fast (held-out clips)": ours}
    rows["fast (shipped weights)"] = {p.stem: fast(p, shipped_network()) for p in films}
    for peers in args.peers:
        rows |= json.loads(peers.read_text())["found"]
    for name, found in rows.items():
        for group in ("live", "drawn", ""):
            scores = [score(truths[stem], found[stem]) for stem in truths if stem.startswith(group)]
            if not scores:
                continue
            print(told(f"{name} {group or 'all films'}", scores))
    for path in films[:2]:
        print(speed(path, json.loads(path.with_suffix(".json").read_text())["frames"]))


def speed(path: Path, frames: int) -> str:
    """CPU frames a second of decoding alone and of the fast mode, best of three each."""
    network = shipped_network()
    base = cpu(lambda: gray(path))
    alone = cpu(lambda: fast(path, network))
    whole = cpu(lambda: fast(path, network, whole=True))
    return (
        f"{path.stem}: gray 160x90 {frames / base:.0f} frames per CPU s; fast {frames / alone:.0f} "
        f"({base / alone:.2f}x); with key frames, hash, black, freeze {frames / whole:.0f} "
        f"({base / whole:.2f}x); load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
