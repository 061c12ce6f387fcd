"""Builds spliced films with known transitions out of single shots of the open clips.

    python benchmarks/shots/splice.py --media FOLDER --out FOLDER

For each group of ``single_shots.py`` two films (seeds 1 and 2), H.264 at 25 frames a second, 480x270,
with hard cuts, dissolves of 8 to 40 frames, fades through black and white, wipes, and, within shots,
flashes and fast pans that are no transitions.
Beside each film stands its truth: ``[{"kind", "start", "end"}]``, where
``start`` is the first frame that shows anything of the new shot and ``end`` the first that shows only it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from single_shots import GROUPS, SINGLE_SHOTS

W, H = 480, 270
SHOTS = 26
Frames = NDArray[np.uint8]


def single_shots(folder: Path, name: str) -> list[Frames]:
    """The single shots of a clip at 600 x 338, room for pans left."""
    spans = SINGLE_SHOTS[name]
    taken: list[list[Any]] = [[] for _ in spans]
    with av.open(str(folder / name)) as file:
        stream = file.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(file.decode(stream)):
            for held, (start, stop) in zip(taken, spans, strict=True):
                if start <= number < stop:
                    held.append(frame.to_ndarray(width=600, height=338, format="rgb24"))
    return [np.stack(held) for held in taken]


def take(rng: np.random.Generator, source: Frames) -> Frames:
    """24 to 90 frames of a shot: framed anew, sometimes panned fast, sometimes with a flash."""
    n = int(min(len(source), rng.integers(24, 91)))
    start = int(rng.integers(0, len(source) - n + 1))
    part = source[start : start + n]
    x = np.full(n, rng.integers(0, 121))
    y = int(rng.integers(0, 69))
    if rng.random() < 0.25:
        t = np.clip((np.arange(n) - n / 2) / rng.integers(4, 10), -1, 1) * 0.5 + 0.5
        x = np.rint(120 * (t if rng.random() < 0.5 else 1 - t)).astype(int)
    out = np.stack([frame[y : y + H, at : at + W] for frame, at in zip(part, x, strict=True)])
    if rng.random() < 0.25 and n > 20:
        at = int(rng.integers(8, n - 8))
        long = int(rng.integers(1, 4))
        lit = out[at : at + long].astype(np.int16) + int(rng.integers(60, 200))
        out[at : at + long] = np.clip(lit, 0, 255)
    return out


def join(rng: np.random.Generator, film: list[Frames], head: Frames, kind: str) -> dict[str, Any] | None:
    """Appends a shot to the film by a transition of that kind and tells its truth."""
    tail = film.pop()
    done = sum(map(len, film))
    n = int(min(rng.integers(8, 41), len(tail) - 6, len(head) - 6))
    if kind == "cut" or n < 8:
        film += [tail, head]
        return {"kind": "cut", "start": done + len(tail), "end": done + len(tail)}
    if kind == "fade":
        flat = 0 if rng.random() < 0.75 else 255
        half = max(4, n // 2)
        down = ((np.arange(half) + 1) / half)[:, None, None, None]
        out = tail[-half:] * (1 - down) + flat * down
        into = head[:half] * down + flat * (1 - down)
        film += [tail[:-half], out.astype(np.uint8), into.astype(np.uint8), head[half:]]
        return {"kind": "fade", "start": done + len(tail) - half, "end": done + len(tail) + half}
    t = (np.arange(n) + 1) / (n + 1)
    a, b = tail[-n:].astype(np.float32), head[:n].astype(np.float32)
    if kind == "dissolve":
        mixed = a + (b - a) * t[:, None, None, None]
    else:
        across = (
            np.linspace(0, 1, W)[None, None, :, None]
            if rng.random() < 0.5
            else np.linspace(0, 1, H)[None, :, None, None]
        )
        soft = rng.choice([0.01, 0.15])
        cover = np.clip((t[:, None, None, None] * (1 + soft) - across) / soft, 0, 1)
        mixed = a + (b - a) * cover
    film += [tail[:-n], mixed.astype(np.uint8), head[n:]]
    return {"kind": kind, "start": done + len(tail) - n, "end": done + len(tail)}


def build(sources: list[Frames], group: str, seed: int, out: Path) -> None:
    rng = np.random.default_rng([seed, len(group)])
    film: list[Frames] = []
    truth = []
    last = -1
    for _ in range(SHOTS):
        choice = int(rng.integers(len(sources)))
        if choice == last:
            choice = (choice + 1) % len(sources)
        last = choice
        head = take(rng, sources[choice])
        if not film:
            film.append(head)
            continue
        kind = str(rng.choice(["cut", "dissolve", "fade", "wipe"], p=[0.5, 0.28, 0.12, 0.10]))
        told = join(rng, film, head, kind)
        if told:
            truth.append(told)
    name = f"{group}-{seed}"
    with av.open(str(out / f"{name}.mp4"), "w") as file:
        stream: Any = file.add_stream("libx264", rate=25, options={"crf": "23", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt = W, H, "yuv420p"
        for part in film:
            for picture in part:
                file.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")))
        file.mux(stream.encode(None))
    (out / f"{name}.json").write_text(
        json.dumps({"frames": sum(map(len, film)), "transitions": truth}, indent=1)
    )
    print(
        name,
        sum(map(len, film)),
        {k: sum(t["kind"] == k for t in truth) for k in ("cut", "dissolve", "fade", "wipe")},
        flush=True,
    )


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--media", type=Path, required=True)
    ask.add_argument("--out", type=Path, required=True)
    args = ask.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for group in GROUPS:
        sources = [shot for name in GROUPS[group] for shot in single_shots(args.media, name)]
        for seed in (1, 2):
            build(sources, group, seed, args.out)


if __name__ == "__main__":
    main()
