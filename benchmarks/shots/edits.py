"""Edits made footage into a film with known transitions, at 96 x 54, for training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from footage import Frames, H, W
from happenings import happen
from numpy.typing import NDArray

CUT, DISSOLVE, FADE, WIPE = 0, 1, 2, 3
_Y, _X = np.mgrid[0:H, 0:W].astype(np.float32)


@dataclass
class Film:
    """An edited film and its truth: for every frame the first of a new shot, and the kind of transition."""

    frames: NDArray[np.uint8]
    cuts: NDArray[np.uint8]
    kinds: NDArray[np.int8]
    """-1 outside of gradual transitions."""


def make_film(
    rng: np.random.Generator,
    sources: list[Any],
    weights: NDArray[np.float64],
    length: int,
    eventful: float = 0.0,
) -> Film:
    """Takes, joined by cuts and gradual transitions, with flashes, noise and letterboxes.

    ``eventful`` is the share of shots in which something of ``happenings`` happens.
    """
    parts: list[Frames] = []
    cuts: list[int] = []
    spans: list[tuple[int, int, int]] = []
    total = 0
    tail = _shot_of(rng, sources, weights, None, eventful)[1]
    same_source_bias = rng.uniform(0, 0.4)
    source = None
    while total < length:
        again = source if rng.random() < same_source_bias else None
        source, head = _shot_of(rng, sources, weights, again, eventful)
        kind = rng.choice(4, p=[0.5, 0.26, 0.14, 0.10])
        if kind == CUT or min(len(tail), len(head)) < 16:
            parts.append(tail)
            total += len(tail)
            cuts.append(total)
            tail = head
            continue
        joined, start, stop, tail = _join(rng, tail, head, int(kind))
        parts.append(joined)
        spans.append((total + start, total + stop, int(kind)))
        total += len(joined)
    frames = np.concatenate(parts)[:length]
    labels = np.zeros(length, np.uint8)
    labels[[at for at in cuts if at < length]] = 1
    kinds = np.full(length, -1, np.int8)
    for start, stop, kind in spans:
        kinds[start:stop] = kind
    return Film(_finish(rng, frames), labels, kinds)


def _shot_of(
    rng: np.random.Generator, sources: list[Any], weights: Any, again: Any, eventful: float
) -> tuple[Any, Frames]:
    source = again or sources[rng.choice(len(sources), p=weights)]
    length = int(
        rng.choice([rng.integers(8, 30), rng.integers(24, 80), rng.integers(60, 200)], p=[0.25, 0.45, 0.3])
    )
    shot = _light(rng, source.take(rng, length).copy())
    if eventful and rng.random() < eventful:
        happen(rng, shot)
    return source, shot


def _light(rng: np.random.Generator, shot: Frames) -> Frames:
    """Grading, and what happens to light within a shot: flashes, lightning, ramps, titles, freezes."""
    n = len(shot)
    gain, lift = rng.uniform(0.6, 1.3), rng.normal(0, 12)
    shot[:, 0] = (shot[:, 0] - 16) * gain + 16 + lift
    shot[:, 1:] = 128 + (shot[:, 1:] - 128) * rng.choice([0, 0.6, 1, 1, 1.3])
    for _ in range(rng.poisson(0.35)):
        at, long = rng.integers(n), int(rng.integers(1, 6))
        strength = rng.uniform(20, 200) * (1 if rng.random() < 0.85 else -0.6)
        shape = (
            1.0
            if rng.random() < 0.5
            else np.exp(-(((_X - rng.uniform(0, W)) / 40) ** 2 + ((_Y - rng.uniform(0, H)) / 30) ** 2))
        )
        for step in range(long):
            if at + step < n:
                shot[at + step, 0] += strength * shape * rng.uniform(0.4, 1) * (1 - step / (long + 1))
    if rng.random() < 0.15:
        shot[:, 0] += np.linspace(0, rng.normal(0, 50), n)[:, None, None]
    if rng.random() < 0.12 and n > 12:
        _title(rng, shot)
    if rng.random() < 0.06 and n > 10:
        at = rng.integers(4, n - 4)
        shot[at:] = shot[at : at + 1]
    if rng.random() < 0.05:
        shot[1::2] = shot[: len(shot[1::2]) * 2 : 2]
    return shot


def _title(rng: np.random.Generator, shot: Frames) -> None:
    """Blocks like letters that come and go, at once or slowly."""
    n = len(shot)
    mask = np.zeros((H, W), np.float32)
    y, rows = rng.integers(4, H - 14), rng.integers(1, 4)
    for row in range(rows):
        x = rng.integers(4, 30)
        while x < W - 8 and rng.random() > 0.05:
            wide = rng.integers(1, 4)
            mask[y + row * 5 : y + row * 5 + 3, x : x + wide] = 1
            x += wide + rng.integers(1, 3)
    start, soft = rng.integers(0, n - 8), rng.choice([1, 8, 16])
    stop = rng.integers(start + 4, n + 10)
    t = np.arange(n)
    alpha = np.clip((t - start) / soft, 0, 1) * np.clip((stop - t) / soft, 0, 1)
    shot[:, 0] += (rng.choice([235.0, 20.0]) - shot[:, 0]) * (alpha[:, None, None] * mask)


def _join(rng: np.random.Generator, tail: Frames, head: Frames, kind: int) -> tuple[Frames, int, int, Frames]:
    """The end of one shot into the start of the next.

    Returns:
        the frames up to where only the next shot is seen, the start and stop of the transition, and what is
        left of the next shot.
    """
    longest = min(len(tail), len(head)) - 4
    n = int(min(longest, rng.integers(4, 50)))
    if kind == FADE:
        return _fade(rng, tail, head, n)
    a, b = tail[-n:], head[:n]
    t = ((np.arange(n) + 1) / (n + 1)).astype(np.float32)
    if kind == DISSOLVE:
        if rng.random() < 0.2:
            t = t * t * (3 - 2 * t)
        mixed = a + (b - a) * t[:, None, None, None]
    else:
        cover = _wipe(rng, t)
        mixed = a + (b - a) * cover[:, None]
    return np.concatenate([tail[:-n], mixed]), len(tail) - n, len(tail), head[n:]


def _fade(rng: np.random.Generator, tail: Frames, head: Frames, n: int) -> tuple[Frames, int, int, Frames]:
    """Out to a flat color and in again; sometimes one of the two is a cut."""
    luma = rng.choice([16.0, 16.0, 16.0, 235.0])
    flat = np.array([luma, 128, 128], np.float32)[:, None, None]
    n_in = int(min(len(head) - 4, rng.integers(4, 40)))
    hold = int(rng.choice([0, rng.integers(1, 24)]))
    out_t = np.linspace(0, 1, n + 2, dtype=np.float32)[1:-1][:, None, None, None]
    in_t = np.linspace(0, 1, n_in + 2, dtype=np.float32)[1:-1][:, None, None, None]
    out = tail[-n:] + (flat - tail[-n:]) * out_t
    into = flat + (head[:n_in] - flat) * in_t
    black = np.broadcast_to(flat, (hold, 3, H, W))
    joined = np.concatenate([tail[:-n], out, black, into])
    return joined, len(tail) - n, len(joined), head[n_in:]


def _wipe(rng: np.random.Generator, t: Frames) -> Frames:
    """How much of the next shot is seen, n x 54 x 96: straight, slanted, round, blinds, soft or hard."""
    kind = rng.integers(5)
    if kind < 3:
        angle = rng.choice([0, np.pi / 2, np.pi, -np.pi / 2]) if kind < 2 else rng.uniform(0, 2 * np.pi)
        place = (_X - W / 2) / W * np.cos(angle) + (_Y - H / 2) / H * np.sin(angle)
        place = (place - place.min()) / (place.max() - place.min())
    elif kind == 3:
        place = np.hypot(_X - rng.uniform(20, 76), (_Y - rng.uniform(10, 44)) * 1.2)
        place = place / place.max()
        place = 1 - place if rng.random() < 0.5 else place
    else:
        place = np.mod(_X / W * rng.integers(3, 8), 1)
    soft = rng.choice([0.01, 0.01, 0.1, 0.3])
    edge = t[:, None, None] * (1 + 2 * soft) - soft
    return np.clip((edge - place) / soft + 0.5, 0, 1).astype(np.float32)


def _finish(rng: np.random.Generator, frames: Frames) -> NDArray[np.uint8]:
    """What happens to a whole film: noise, black bars, gamma, pulldown, compression's steps."""
    frames[:, 0] = 16 + 219 * (np.clip((frames[:, 0] - 16) / 219, 0, 1) ** rng.uniform(0.7, 1.4))
    noise = rng.choice([0, 0, 0.5, 1.5, 4])
    if noise:
        frames[:, 0] += rng.normal(0, noise, frames[:, 0].shape)
    if rng.random() < 0.3:
        bar = rng.integers(2, 9)
        frames[:, 0, :bar] = frames[:, 0, -bar:] = 16
        frames[:, 1:, :bar] = frames[:, 1:, -bar:] = 128
    if rng.random() < 0.15:
        bar = rng.integers(6, 14)
        frames[..., 0, :, :bar] = 16
        frames[:, 0, :, :bar] = frames[:, 0, :, -bar:] = 16
        frames[:, 1:, :, :bar] = frames[:, 1:, :, -bar:] = 128
    if rng.random() < 0.4:
        group = rng.integers(8, 50)
        step = rng.uniform(1, 5)
        base = frames[:: int(group), 0].round()
        frames[:, 0] = np.round(frames[:, 0] / step) * step
        del base
    if rng.random() < 0.15:
        frames[:, 1:] = 128
    return np.clip(np.rint(frames), 0, 255).astype(np.uint8)
