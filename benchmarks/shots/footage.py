"""Moving pictures for training the shot detector: from clips, from stills and from nothing but a seed.

Every source gives ``take(rng, n)``: n frames of one shot, float32, n x 3 x 54 x 96 (luma, Cb, Cr).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from single_shots import SINGLE_SHOTS

from crossreel.media.frames import open_film

H, W = 54, 96
Frames = NDArray[np.float32]
_Y, _X = np.mgrid[0:H, 0:W].astype(np.float32)


def _lines(start: float, scale: float, count: int, size: int) -> tuple[NDArray[Any], NDArray[Any], Frames]:
    """For each of ``count`` view lines, the two picture lines it lies between and its share of the second."""
    at = start + np.arange(count, dtype=np.float32) * scale
    at = np.abs(np.mod(at + size - 1, 2 * size - 2) - (size - 1))  # beyond the edge it is mirrored
    low = np.minimum(at.astype(np.int32), size - 2)
    return low, low + 1, (at - low).astype(np.float32)


def window(picture: NDArray[Any], cx: float, cy: float, scale: float) -> Frames:
    """A 54 x 96 view of c x h x w planes, bilinear; ``scale`` picture pixels a view pixel."""
    height, width = picture.shape[-2:]
    top, below, v = _lines(cy - (H - 1) / 2 * scale, scale, H, height)
    left, right, u = _lines(cx - (W - 1) / 2 * scale, scale, W, width)
    first, last = min(left.min(), right.min()), max(left.max(), right.max()) + 1
    part = picture[:, :, first:last]
    rows = part[:, top] * (1 - v)[:, None] + part[:, below] * v[:, None]
    view: Frames = rows[:, :, left - first] * (1 - u) + rows[:, :, right - first] * u
    return view


class Clip:
    """A stretch of a film that holds one shot, kept at 192 x 108."""

    def __init__(self, frames: NDArray[np.uint8]) -> None:
        self.frames = frames

    def take(self, rng: np.random.Generator, n: int) -> Frames:
        speed = rng.choice([0.5, 1, 1, 1, 1, 2])
        length = len(self.frames)
        places = np.arange(n) * speed + rng.uniform(0, max(1, length - n * speed))
        if rng.random() < 0.5:
            places = places[::-1]
        places = np.abs(np.mod(places + length - 1, 2 * length - 2) - (length - 1)).astype(int)
        scale = rng.uniform(1.2, 2.0) if rng.random() < 0.6 else 2.0
        span_x, span_y = (192 - scale * W) / 2, (108 - scale * H) / 2
        cx, cy = 96 + rng.uniform(-1, 1) * span_x, 54 + rng.uniform(-1, 1) * span_y
        flip = rng.random() < 0.5
        out = np.empty((n, 3, H, W), np.float32)
        for at, place in enumerate(places):
            out[at] = window(self.frames[place], cx - 0.5, cy - 0.5, scale)
        return out[..., ::-1] if flip else out


def read_clips(folder: Path, names: tuple[str, ...]) -> list[Clip]:
    """The single shots of the named clips."""
    clips = []
    for name in names:
        with open_film(folder / name) as film:
            frames = []
            for one in film.frames():
                planes = one.raw.to_ndarray(width=192, height=108, format="yuv444p")
                frames.append(planes.reshape(3, 108, 192))
        whole = np.stack(frames)
        clips += [Clip(whole[start:stop]) for start, stop in SINGLE_SHOTS[name]]
    return clips


class Still:
    """A photograph or painting that a camera moves over, as a pyramid of ever smaller copies."""

    def __init__(self, picture: NDArray[np.float32]) -> None:
        self.levels = [picture]
        while min(self.levels[-1].shape[1:]) >= 108:
            p = self.levels[-1]
            h, w = p.shape[1] // 2 * 2, p.shape[2] // 2 * 2
            self.levels.append(p[:, :h, :w].reshape(3, h // 2, 2, w // 2, 2).mean(axis=(2, 4)))

    def view(self, cx: float, cy: float, scale: float) -> Frames:
        """A view in shares: center (0 to 1), ``scale`` the share of the picture's width seen."""
        per_pixel = scale * self.levels[0].shape[2] / W
        level = int(np.clip(np.round(np.log2(max(per_pixel, 1))), 0, len(self.levels) - 1))
        picture = self.levels[level]
        return window(picture, cx * picture.shape[2], cy * picture.shape[1], scale * picture.shape[2] / W)

    def take(self, rng: np.random.Generator, n: int) -> Frames:
        return move_over(self, rng, n)


def path_of(rng: np.random.Generator, n: int) -> Frames:
    """From 0 to 1 over n frames: even, eased, starting late, or a whip."""
    t = np.linspace(0, 1, n, dtype=np.float32)
    kind = rng.integers(4)
    if kind == 1:
        return t * t * (3 - 2 * t)
    if kind == 2:
        return np.clip((t - 0.3) / 0.4, 0, 1)
    if kind == 3:
        middle, steep = rng.uniform(0.2, 0.8), rng.uniform(8, 40)
        return (1 / (1 + np.exp(-steep * (t - middle)))).astype(np.float32)
    return t


def move_over(still: Still, rng: np.random.Generator, n: int) -> Frames:
    """Still, slow or fast camera moves, a shaking hand, and sometimes things that move before it."""
    how = rng.random()
    reach = 0.0 if how < 0.15 else rng.uniform(0.002, 0.05) * n / 24 if how < 0.7 else rng.uniform(0.1, 0.6)
    angle = rng.uniform(0, 2 * np.pi)
    scale0 = rng.uniform(0.15, 0.7)
    scale1 = scale0 * (1 if rng.random() < 0.5 else rng.uniform(0.6, 1.6))
    cx, cy = rng.uniform(0.2, 0.8, 2)
    path = path_of(rng, n)
    shake = rng.choice([0, 0, 0.001, 0.004, 0.01]) * scale0
    wobble = np.cumsum(rng.normal(0, shake, (n, 2)), axis=0)
    wobble -= 0.1 * np.cumsum(wobble, axis=0) if n < 20 else 0
    out = np.empty((n, 3, H, W), np.float32)
    for at in range(n):
        scale = scale0 + (scale1 - scale0) * path[at]
        x = cx + reach * np.cos(angle) * (path[at] - 0.5) + wobble[at, 0]
        y = cy + reach * np.sin(angle) * (path[at] - 0.5) + wobble[at, 1]
        out[at] = still.view(x, y, float(scale))
    return out


class Crossing:
    """Pieces of one picture that move before another: people walking past, cars, hands."""

    def __init__(self, behind: list[Any], before: list[Still]) -> None:
        self.behind, self.before = behind, before

    def take(self, rng: np.random.Generator, n: int) -> Frames:
        out = self.behind[rng.integers(len(self.behind))].take(rng, n)
        for _ in range(rng.integers(1, 4)):
            piece = self.before[rng.integers(len(self.before))].view(
                *rng.uniform(0.2, 0.8, 2), rng.uniform(0.05, 0.4)
            )
            ry, rx = rng.uniform(4, 30), rng.uniform(3, 34)
            x, y = rng.uniform(-20, W + 20), rng.uniform(0, H)
            vx, vy = rng.normal(0, rng.choice([0.3, 2.0, 6.0])), rng.normal(0, 0.5)
            wave, phase = rng.uniform(0, 5), rng.uniform(0.05, 0.6)
            for at in range(n):
                px, py = x + vx * at + wave * np.sin(phase * at), y + vy * at
                if not -40 < px < W + 40:
                    continue
                near = ((_X - px) / rx) ** 2 + ((_Y - py) / ry) ** 2
                cover = np.clip((1 - near) * 3, 0, 1)
                moved = np.roll(piece, (round(py), round(px)), axis=(1, 2))
                out[at] += (moved - out[at]) * cover
        return out


class Made:
    """Cloudy textures in a few colors that drift, boil and pulse; drawn and abstract pictures."""

    def take(self, rng: np.random.Generator, n: int) -> Frames:
        size = (rng.integers(60, 200), rng.integers(100, 300))
        octaves = rng.integers(1, 6)
        picture = np.zeros(size, np.float32)
        for octave in range(octaves):
            cells = rng.normal(size=(1, 3 + 2**octave, 5 + 2**octave)).astype(np.float32)
            top, below, v = _lines(0, (cells.shape[1] - 1.01) / size[0], size[0], cells.shape[1])
            left, right, u = _lines(0, (cells.shape[2] - 1.01) / size[1], size[1], cells.shape[2])
            rows = cells[0, top] * (1 - v)[:, None] + cells[0, below] * v[:, None]
            picture += (rows[:, left] * (1 - u) + rows[:, right] * u) * 0.6**octave
        if rng.random() < 0.4:
            picture = np.round(picture * rng.uniform(1, 3)) / 2
        luma = rng.uniform(20, 200) + picture * rng.uniform(5, 70)
        tint = rng.normal(0, 20, (2, 1, 1))
        planes = np.stack([luma, *(128 + tint + picture[None] * rng.normal(0, 12, (2, 1, 1)))])
        still = Still(np.clip(planes, 0, 255).astype(np.float32))
        out = move_over(still, rng, n)
        if rng.random() < 0.3:
            out[:, 0] += 8 * np.sin(np.arange(n) * rng.uniform(0.05, 1.5))[:, None, None]
        return out


def read_stills(files: list[Path]) -> list[Still]:
    """Pictures, at most 640 wide."""
    stills = []
    for path in files:
        try:
            with av.open(str(path)) as file:
                raw = next(file.decode(video=0))
        except (av.FFmpegError, StopIteration):
            continue
        width = min(640, raw.width) // 2 * 2
        height = round(width * raw.height / raw.width) // 2 * 2
        if raw.width < 400 or height < 200:
            continue
        planes = raw.to_ndarray(width=width, height=height, format="yuv444p").reshape(3, height, width)
        stills.append(Still(planes.astype(np.float32)))
    return stills
