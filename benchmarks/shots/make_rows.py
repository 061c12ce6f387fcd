"""Makes the shot detector's training rows: footage, edits, figures of every frame.

    python benchmarks/shots/make_rows.py --media FOLDER --stills FOLDER --group live --out live.npz

``--group none`` uses only stills and made pictures. Seeded; the same arguments give the same rows.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

import numpy as np
from edits import make_film
from footage import Crossing, Made, read_clips, read_stills
from single_shots import GROUPS

from crossreel.insight.video.shot_features import FeatureMaker
from crossreel.values.media_roles import FrameBlock

LENGTH = 512


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--media", type=Path, required=True)
    ask.add_argument("--stills", type=Path, required=True)
    ask.add_argument("--group", choices=["none", *GROUPS], required=True)
    ask.add_argument("--part", choices=["train", "validate"], default="train")
    ask.add_argument("--films", type=int, default=100)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--eventful", type=float, default=0.0, help="share of shots in which something happens")
    ask.add_argument("--out", type=Path, required=True)
    args = ask.parse_args()
    files = sorted(p for p in args.stills.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
    held = files[::6]  # every sixth still is for validation only
    stills = read_stills(held if args.part == "validate" else [f for f in files if f not in held])
    clips = [] if args.group == "none" else read_clips(args.media, GROUPS[args.group])
    moving = clips or stills
    sources = [*stills, Made(), Crossing(moving, stills), *clips]
    shares = [0.4 / len(stills)] * len(stills) + [0.15, 0.45]
    if clips:
        shares = [0.12 / len(stills)] * len(stills) + [0.03, 0.2] + [0.65 / len(clips)] * len(clips)
    weights = np.array(shares) / np.sum(shares)
    rng = np.random.default_rng([args.seed, len(args.group), args.part == "train"])
    rows, cuts, kinds = [], [], []
    for number in range(args.films):
        film = make_film(rng, sources, weights, LENGTH, args.eventful)
        luma = film.frames[:, 0]
        chroma = (
            film.frames[:, 1:].reshape(LENGTH, 2, 27, 2, 48, 2).mean(axis=(3, 5)).round().astype(np.uint8)
        )
        maker = FeatureMaker()
        times = tuple(Fraction(at) for at in range(64))
        rows.append(
            np.concatenate(
                [
                    maker.make(FrameBlock(at, times, luma[at : at + 64], chroma[at : at + 64]))
                    for at in range(0, LENGTH, 64)
                ]
            ).astype(np.float16)
        )
        cuts.append(film.cuts)
        kinds.append(film.kinds)
        if number % 20 == 19:
            print(args.group, number + 1, flush=True)
    np.savez(args.out, rows=np.stack(rows), cuts=np.stack(cuts), kinds=np.stack(kinds))


if __name__ == "__main__":
    main()
