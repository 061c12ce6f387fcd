"""What happens within one shot and is no change of shot: smoke, fire, flashes, shaking, things passing by.

Each draws over n x 3 x 54 x 96 frames (luma, Cb, Cr) in place, by nothing but a seed, so that the shot
detector learns from pictures that change as much as a cut does and come back, or stay what they were.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from footage import Frames, H, W, window
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

__all__ = ["happen"]

_Y, _X = np.mgrid[0:H, 0:W].astype(np.float32)
_TALL, _WIDE = 128, 256
Rng = np.random.Generator


def happen(rng: Rng, shot: Frames) -> None:
    """One to three things happen in a shot."""
    if len(shot) < 8:
        return
    for _ in range(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1])):
        _HAPPENINGS[rng.choice(len(_HAPPENINGS), p=_SHARES)](rng, shot)


def clouds(rng: Rng, steep: float) -> Frames:
    """Fractal noise that repeats at its edges, 128 x 256, mean 0, spread 1; spectrum 1/f^steep."""
    down, across = np.fft.fftfreq(_TALL)[:, None] * _TALL, np.fft.rfftfreq(_WIDE)[None] * _WIDE
    size = np.hypot(down, across / 2)
    size[0, 0] = np.inf
    waves = np.fft.rfft2(rng.normal(size=(_TALL, _WIDE))) / size**steep
    field = np.fft.irfft2(waves, s=(_TALL, _WIDE))
    return ((field - field.mean()) / field.std()).astype(np.float32)


class Billows:
    """Two layers of clouds that drift over one another, so that the sum boils."""

    def __init__(self, rng: Rng) -> None:
        self._layers = [clouds(rng, rng.uniform(1.2, 2.2)) for _ in range(2)]
        speed = rng.choice([0.3, 1.0, 3.0])
        self._drift = rng.normal(0, speed, (2, 2))
        self._start = rng.integers(0, _TALL, (2, 2))

    def at(self, step: int) -> Frames:
        """The field some frames after its beginning, 54 x 96."""
        total = np.zeros((H, W), np.float32)
        for layer, drift, start in zip(self._layers, self._drift, self._start, strict=True):
            y, x = (start + drift * step).astype(int)
            total += layer.take(np.arange(y, y + H), 0, mode="wrap").take(np.arange(x, x + W), 1, mode="wrap")
        return total / 1.4


def _over(frame: Frames, color: NDArray[Any], cover: Any) -> None:
    frame += (color[:, None, None] - frame) * cover


def _gray(rng: Rng, low: float, high: float, tint: float) -> NDArray[np.float32]:
    luma = rng.uniform(low, high)
    return np.array([luma, 128 - rng.normal(0, tint), 128 + rng.normal(0, tint)], np.float32)


def _rise_and_fall(rng: Rng, n: int) -> tuple[int, Frames]:
    """Where something begins and how strong it is from there on, 0 to 1: in 1 to 30 frames, out in more."""
    start = int(rng.integers(0, max(1, n - 4)))
    t = np.arange(n - start, dtype=np.float32)
    rise, stay, fall = rng.choice([1, 3, 8, 30]), rng.integers(0, 40), rng.choice([4, 15, 60, 500])
    return start, np.clip((t + 1) / rise, 0, 1) * np.clip(1 - (t - rise - stay) / fall, 0, 1)


def _smoke(rng: Rng, shot: Frames) -> None:
    """Smoke, dust, steam or fog of some color comes, boils and clears, in a part or everywhere."""
    start, strength = _rise_and_fall(rng, len(shot))
    billows, color = Billows(rng), _gray(rng, 25, 220, 6)
    thick, soft = rng.uniform(-1.5, 0.8), rng.uniform(0.3, 2)
    cx, cy, grows = rng.uniform(0, W), rng.uniform(0, H), rng.uniform(0.3, 4)
    most, everywhere = rng.uniform(0.5, 1), rng.random() < 0.3
    for step, strong in enumerate(strength):
        cover = np.clip((billows.at(step) - thick) / soft, 0, 1)
        if not everywhere:
            cover = cover * np.exp(-((np.hypot(_X - cx, _Y - cy) / (8 + grows * step)) ** 2))
        _over(shot[start + step], color, cover * (most * strong))


def _fireball(rng: Rng, shot: Frames) -> None:
    """An explosion: light on everything, a ball of fire that grows and reddens, dark or bright smoke."""
    n = len(shot)
    start, long = int(rng.integers(0, n - 4)), int(rng.integers(8, 70))
    cx, cy, radius = rng.uniform(0, W), rng.uniform(0, H), rng.uniform(8, 80)
    fast, billows = rng.uniform(1, 10), Billows(rng)
    light, smoke = rng.uniform(0, 150), _gray(rng, 22, 150, 5)
    fades = rng.uniform(1, 8)
    for step in range(min(long, n - start)):
        frame, age = shot[start + step], step / long
        frame[0] += light * np.exp(-step / fades)
        reach = radius * (1 - np.exp(-(step + 1) / fast))
        edge = np.hypot(_X - cx, _Y - cy) / reach + 0.35 * billows.at(step)
        cover = np.clip((1.1 - edge) * 3, 0, 1) * np.clip(3 * (1 - age), 0, 1)
        heat = np.clip(1.5 - 1.6 * age - 0.5 * edge, 0, 1)
        glow = np.clip(heat * 2, 0, 1) - np.clip(heat - 0.7, 0, 0.3) * 3  # orange between smoke and white
        fire = np.stack([smoke[0] + (235 - smoke[0]) * heat, 128 - 65 * glow, 128 + 50 * glow])
        frame += (fire - frame) * cover
    if rng.random() < 0.5:
        _shaken(rng, shot, start)


def _light_where(rng: Rng) -> Any:
    """Everywhere, or around a place."""
    if rng.random() < 0.5:
        return np.float32(1)
    wide = rng.uniform(6, 60)
    return np.exp(-((_X - rng.uniform(0, W)) ** 2 + ((_Y - rng.uniform(0, H)) * 1.2) ** 2) / wide**2)


def _lit(frame: Frames, light: Any, gain: bool, tint: tuple[float, float]) -> None:
    """Adds light, or multiplies what is there; white stays white, and colors wash out."""
    frame[0] = np.minimum(16 + (frame[0] - 16) * (1 + light / 60) if gain else frame[0] + light, 240)
    washed = np.clip(light / 220, 0, 1)
    for plane, toward in zip(frame[1:], tint, strict=True):
        plane += (128 + toward - plane) * washed


def _flashes(rng: Rng, shot: Frames) -> None:
    """Lightning, cameras, guns: light for 1 to 6 frames, once or many times, sometimes from nearby."""
    n = len(shot)
    at, times = int(rng.integers(0, n - 2)), int(rng.choice([1, 2, 4, 10]))
    strong, gain = rng.uniform(30, 260), rng.random() < 0.5
    tint = (float(rng.normal(0, 12)), float(rng.normal(0, 12)))
    stays = rng.random() < 0.6
    where = _light_where(rng)
    for _ in range(times):
        long, fades = int(rng.integers(1, 7)), rng.choice([rng.uniform(0.5, 4), 1e6])
        where = where if stays else _light_where(rng)
        for step in range(min(long, n - at)):
            _lit(shot[at + step], strong * rng.uniform(0.5, 1) * where * np.exp(-step / fades), gain, tint)
        at += int(rng.integers(2, 12))
        if at >= n:
            return


def _strobe(rng: Rng, shot: Frames) -> None:
    """Light on and off by a beat."""
    n = len(shot)
    start, long = int(rng.integers(0, n - 4)), int(rng.integers(8, 60))
    beat, on = int(rng.integers(2, 12)), rng.uniform(0.2, 0.7)
    strong, where = rng.choice([-1, 1]) * rng.uniform(30, 180), _light_where(rng)
    for step in range(min(long, n - start)):
        if step % beat < max(1, on * beat):
            shot[start + step, 0] += strong * where


def _switched(rng: Rng, shot: Frames) -> None:
    """Light goes on or off for good, at once, flickering, or slowly as a camera adapts."""
    n = len(shot)
    at, gain = int(rng.integers(1, n - 2)), np.exp(rng.normal(0, 0.7))
    slow, back = rng.choice([0.4, 0.4, 3.0, 15.0]), rng.choice([0, 0, 0.5])
    where = _light_where(rng)
    tint = rng.normal(0, 10, 2)
    for frame, t in zip(shot, np.arange(n) - at, strict=True):
        share = np.clip(0.5 + t / (2 * slow), 0, 1) * (1 - back * np.clip(t / 20, 0, 1))
        if 0 <= t < 8 and rng.random() < 0.15:
            share = 0
        frame[0] = 16 + (frame[0] - 16) * (1 + (gain - 1) * share * where)
        frame[1:] += tint[:, None, None] * (share * where)


def _shaken(rng: Rng, shot: Frames, start: int | None = None) -> None:
    """The camera is hit or shaken: moves that swing and die down."""
    n = len(shot)
    start = int(rng.integers(0, n - 4)) if start is None else start
    far, dies = rng.uniform(1, 9), rng.uniform(3, 40)
    for step in range(min(n - start, int(4 * dies))):
        dx, dy = rng.normal(0, far * np.exp(-step / dies), 2)
        shot[start + step] = window(shot[start + step], (W - 1) / 2 + dx, (H - 1) / 2 + dy, 0.92)


def _passing(rng: Rng, shot: Frames) -> None:
    """Something close to the camera, out of focus, crosses most of the picture in 2 to 15 frames."""
    n = len(shot)
    for _ in range(int(rng.integers(1, 4))):
        at, long = int(rng.integers(0, n - 2)), int(rng.integers(2, 16))
        wide, angle = rng.uniform(15, 120), rng.choice([0.0, np.pi, rng.uniform(0, 2 * np.pi)])
        along = _X * np.cos(angle) + _Y * np.sin(angle)
        low, high = along.min() - wide / 2, along.max() + wide / 2
        grain = clouds(rng, 1.6)[:H, :W] * rng.uniform(0, 25)
        color, soft = _gray(rng, 16, 200, 10), rng.uniform(1, 12)
        skew = clouds(rng, 2.5)[:H, :W] * rng.uniform(0, 12)
        turns_back = rng.random() < 0.2
        for step in range(min(long, n - at)):
            t = (step + 1) / (long + 1)
            place = low + (high - low) * (0.5 - abs(t - 0.5) if turns_back else t)
            cover = np.clip((wide / 2 - np.abs(along + skew - place)) / soft + 0.5, 0, 1)
            moving = np.roll(grain, round(step * 5 * np.cos(angle)), axis=1)
            thing = np.stack([color[0] + moving, *(np.full_like(moving, tone) for tone in color[1:])])
            shot[at + step] += (thing - shot[at + step]) * cover


def _sparks(rng: Rng, shot: Frames) -> None:
    """Sparks, splinters, rain of debris: bright or dark points thrown and falling."""
    n = len(shot)
    start, count = int(rng.integers(0, n - 4)), int(rng.integers(5, 80))
    cx, cy = rng.uniform(0, W), rng.uniform(0, H)
    speed = rng.normal(0, rng.uniform(1, 6), (count, 2))
    born, live = rng.integers(0, 15, count), rng.integers(3, 30, count)
    color = _gray(rng, 210, 240, 15) if rng.random() < 0.6 else _gray(rng, 16, 60, 4)
    big = rng.choice([1, 2, 4])
    for step in range(min(45, n - start)):
        age = step - born
        x, y = cx + speed[:, 0] * age, cy + speed[:, 1] * age + 0.06 * age**2
        for px, py in zip(x[(age >= 0) & (age < live)], y[(age >= 0) & (age < live)], strict=True):
            top, left = int(max(0, py)), int(max(0, px))
            shot[start + step, :, top : top + big, left : left + big] = color[:, None, None]


def _focus(rng: Rng, shot: Frames) -> None:
    """Focus is pulled away, and back, over 4 to 30 frames."""
    n = len(shot)
    at, long, most = int(rng.integers(0, n - 2)), int(rng.integers(4, 31)), rng.uniform(1, 6)
    hold = int(rng.choice([0, 10, 500]))
    for step in range(min(n - at, 2 * long + hold)):
        blur = most * float(np.clip(min((step + 1) / long, (2 * long + hold - step) / long), 0, 1))
        shot[at + step] = gaussian_filter(shot[at + step], (0, blur, blur), truncate=2)


def _flare(rng: Rng, shot: Frames) -> None:
    """A lamp swings into view: a glow, a streak across the picture, and veiled contrast."""
    start, strength = _rise_and_fall(rng, len(shot))
    x, y = rng.uniform(0, W), rng.uniform(0, H)
    dx, dy = rng.normal(0, 1.5, 2)
    wide, streak, veil = rng.uniform(4, 40), rng.uniform(0, 150), rng.uniform(0, 70)
    tint = (float(rng.normal(0, 15)), float(rng.normal(0, 15)))
    for step, strong in enumerate(strength):
        px, py = x + dx * step, y + dy * step
        glow = 200 * np.exp(-((_X - px) ** 2 + (_Y - py) ** 2) / wide**2)
        line = streak * np.exp(-((_Y - py) ** 2) / 4) * np.exp(-np.abs(_X - px) / 40)
        _lit(shot[start + step], (glow + line + veil) * strong, False, tint)


_HAPPENINGS = (
    _smoke,
    _fireball,
    _flashes,
    _strobe,
    _switched,
    _shaken,
    _passing,
    _sparks,
    _focus,
    _flare,
)
_SHARES = (0.2, 0.2, 0.15, 0.04, 0.07, 0.06, 0.12, 0.04, 0.06, 0.06)
