r"""F1 of both shot detectors beside PySceneDetect and TransNet V2, on films from ``splice.py``.

    python benchmarks/shots/evaluate.py --films FOLDER --weights-live A.npz --weights-drawn B.npz \
        [--bikes MEDIA/bikes.mp4] [--peer-python PEERS/bin/python]

The careful mode and TransNet V2 everywhere need its pulled model (``crossreel models pull transnet-v2``); the
latter runs in windows of 100 frames of which the middle 50 count, as its authors do, by the same ONNX graph.
``--weights-live`` saw no clip of the group ``live`` in training, ``--weights-drawn`` none of ``drawn``;
without them the shipped weights answer, which saw both. PySceneDetect runs, in this same run, in
an environment of its own (see ``peers.py``). ``bikes.mp4`` has five cuts and counts as ``live``.
A cut is hit within 2 frames, a gradual transition anywhere from 5 before its start to 5 after its end;
each answer hits once, the others are false. Hard-cut F1 counts as false what hits nothing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from crossreel.app import pretrained_models
from crossreel.insight.video.careful import careful_transitions
from crossreel.insight.video.careful_listener import CarefulListener, pictures_of
from crossreel.insight.video.keyframes import look_at
from crossreel.insight.video.shot_listener import ShotListener
from crossreel.insight.video.shot_network import ShotNetwork, read_network, shipped_network
from crossreel.insight.video.shots import transitions_of
from crossreel.insight.video.signals import Signals
from crossreel.media.reading import FilmReader
from crossreel.models.registry import card
from crossreel.models.transnet import TransNet
from crossreel.models.transnet_graph import GRAPH

BIKES = (30, 76, 137, 187, 242)
"""The cuts of ``bikes.mp4``, by eye."""


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


def closer() -> TransNet:
    return TransNet(pretrained_models().locate(card("transnet-v2")) / GRAPH)


def careful(path: Path, network: ShotNetwork, asked: TransNet, told: list[int] | None = None) -> list[int]:
    """Transitions by the careful mode; ``told`` gets the frames that the larger network looked at."""
    listener = CarefulListener(network, asked)
    answers = [listener.hear(block) for block, _ in FilmReader(path).read(None)]
    answers.append(listener.flush())
    rows = np.concatenate([one["rows"] for one in answers if "rows" in one])
    closely = np.concatenate([one["careful"] for one in answers if "careful" in one])
    if told is not None:
        told.append(listener.asked)
    return [t.frame for t in careful_transitions(network.answer(rows), closely)]


def everywhere(path: Path, asked: TransNet) -> list[int]:
    """Transitions by TransNet V2 on every frame: runs above .5, their middle."""
    frames = np.concatenate([pictures_of(block) for block, _ in FilmReader(path).read(None)])
    odds = []
    for start in range(0, len(frames), 50):
        places = np.clip(np.arange(start - 25, start + 75), 0, len(frames) - 1)
        odds.append(asked.odds(frames[places])[25:75, 0])
    over = (np.concatenate(odds)[: len(frames)] > 0.5).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], over, [0]])))
    return [int((a + b) // 2) + 1 for a, b in zip(edges[::2], edges[1::2], strict=True)]


def gray(path: Path) -> None:
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in file.decode(stream):
            frame.to_ndarray(width=160, height=90, format="gray")


def load_weights(path: Path | None) -> ShotNetwork:
    if path is None:
        return shipped_network()
    return read_network(path)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--films", type=Path, required=True)
    ask.add_argument("--weights-live", type=Path)
    ask.add_argument("--weights-drawn", type=Path)
    ask.add_argument("--bikes", type=Path)
    ask.add_argument("--peer-python", type=Path)
    args = ask.parse_args()
    networks = {"live": load_weights(args.weights_live), "drawn": load_weights(args.weights_drawn)}
    films = sorted(args.films.glob("*.mp4"))
    truths = {p.stem: json.loads(p.with_suffix(".json").read_text())["transitions"] for p in films}
    if args.bikes:
        films.append(args.bikes)
        truths["bikes"] = [{"kind": "cut", "start": at, "end": at} for at in BIKES]
    scores_of(args, networks, films, truths)


def scores_of(
    args: argparse.Namespace, networks: dict[str, ShotNetwork], films: list[Path], truths: dict[str, Any]
) -> None:
    """Prints a line for each detector and group of films."""
    held_out = {p.stem: networks["drawn" if p.stem.startswith("drawn") else "live"] for p in films}
    rows = {"fast (held-out clips)": {p.stem: fast(p, held_out[p.stem]) for p in films}}
    asked, looked, frames = closer(), [], 0
    rows["careful (held-out clips)"] = {p.stem: careful(p, held_out[p.stem], asked, looked) for p in films}
    rows["TransNet V2 everywhere"] = {p.stem: everywhere(p, asked) for p in films}
    rows["fast (shipped weights)"] = {p.stem: fast(p, shipped_network()) for p in films}
    if args.peer_python:
        rows |= peers(args.peer_python, films)
    for name, found in rows.items():
        for group in ("live", "drawn", "bikes", "spliced"):
            stems = [
                one for one in truths if one.startswith(group) or ((group == "spliced") and one != "bikes")
            ]
            if stems:
                print(told(f"{name} {group}", [score(truths[stem], found[stem]) for stem in stems]))
    frames = sum(count(path) for path in films)
    print(f"frames that the larger network looked at, context included: {sum(looked) / frames:.2f} of all")


def count(path: Path) -> int:
    with av.open(str(path)) as file:
        return int(file.streams.video[0].frames)


def peers(python: Path, films: list[Path]) -> dict[str, dict[str, list[int]]]:
    """What PySceneDetect finds, by ``peers.py`` in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        for film in films:
            (Path(folder) / film.name).symlink_to(film.resolve())
        out = Path(folder) / "peers.json"
        script = Path(__file__).with_name("peers.py")
        subprocess.run([python, script, "--films", folder, "--out", out], check=True, env={"PATH": ""})
        found: dict[str, dict[str, list[int]]] = json.loads(out.read_text())["found"]
        return found


if __name__ == "__main__":
    main()
