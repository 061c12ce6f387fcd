"""Pictures under an open sky: moon, sun, sea, road, fields, mountains, trees, orbits."""

from __future__ import annotations

import math

from crossreel.artwork.canvas import Canvas, Point

__all__ = ["fields", "moon", "mountains", "orbits", "rails", "sea", "sun", "trees"]


def moon(c: Canvas) -> None:
    """A crescent or a full moon over low hills."""
    p, r = c.palette, c.r * c.dice.between(58, 72) / 100
    x, y = c.x + c.wide * c.dice.between(-10, 10) / 100, c.room[1] + c.tall * 0.46
    c.disc(x, y, r, p.bright)
    if c.dice.roll(3):
        side = -1 if c.dice.roll(2) else 1
        c.disc(x + side * r * 0.44, y - r * 0.16, r * 0.9, p.ground)
    heights = [c.dice.between(2, 15) for _ in range(5)]
    ridge: list[Point] = [
        (c.width * step / 4, c.room[3] - c.tall * height / 100) for step, height in enumerate(heights)
    ]
    c.land(ridge, p.deep)


def sun(c: Canvas) -> None:
    """A low sun cut by haze, behind a ridge."""
    p, r = c.palette, c.r * c.dice.between(60, 76) / 100
    x, y = c.x + c.wide * c.dice.between(-12, 12) / 100, c.room[3] - c.tall * 0.42
    c.disc(x, y, r, p.bright)
    c.blocks(
        [
            (x - r - 4, y - r * 0.1 + r * step * 0.22, 2 * r + 8, r * (0.03 + step * 0.02))
            for step in range(5)
        ],
        p.ground,
    )
    steps = [c.dice.between(3, 17) for _ in range(7)]
    c.land([(c.width * i / 6, c.room[3] - c.tall * s / 100) for i, s in enumerate(steps)], p.deep)


def sea(c: Canvas) -> None:
    """A sail or a low sun on long swells."""
    p, top = c.palette, c.room[1] + c.tall * 0.56
    x = c.x + c.wide * c.dice.between(-16, 16) / 100
    if c.dice.roll(2):
        h = c.tall * 0.4
        c.shape([(x, top - h), (x, top - 10), (x + h * 0.42, top - 10)], p.bright)
        c.shape([(x - 8, top - h * 0.82), (x - 8, top - 10), (x - h * 0.3, top - 10)], p.ink)
        c.shape(
            [(x - h * 0.36, top), (x + h * 0.5, top), (x + h * 0.36, top + 26), (x - h * 0.24, top + 26)],
            p.deep,
        )
    else:
        c.disc(x, top, c.r * 0.62, p.bright)
    for band in range(5):
        y, swell = top + 16 + band * c.tall * 0.08, 5 + band * 3
        fill = p.deep if band % 2 == 0 else p.ground
        phase = c.dice.roll(100) / 16
        step = c.width / 24
        c.land([(i * step, y + swell * math.sin(phase + i / (1.6 + band * 0.3))) for i in range(25)], fill)


def rails(c: Canvas) -> None:
    """A track that runs to a disc on the horizon."""
    p, x = c.palette, c.x + c.wide * c.dice.between(-12, 12) / 100
    line = c.room[1] + c.tall * 0.42
    c.disc(x, line - c.r * 0.16, c.r * 0.52, p.bright)
    c.land([(0, line), (c.width, line)], p.deep)
    far, near = c.wide * 0.012, c.wide * 0.46
    end = c.room[3]
    for sleeper in range(9):
        depth = ((sleeper + 1) / 9) ** 2
        y, half = line + (end - line) * depth, far * 1.6 + near * 1.12 * depth
        c.block(x - half, y - 4 - 16 * depth, 2 * half, 2 + 14 * depth, p.ground)
    for side in (-1, 1):
        c.shape(
            [
                (x + side * far, line),
                (x + side * near, end),
                (x + side * near * 1.09, end),
                (x + side * far * 1.3, line),
            ],
            p.ink,
        )


def mountains(c: Canvas) -> None:
    """Peaks with a bright side, one behind the other."""
    p, base = c.palette, c.room[3]
    peak = c.room[1] + c.tall * c.dice.between(16, 26) / 100
    x = c.x + c.wide * c.dice.between(-12, 12) / 100
    far = c.x + c.wide * (0.34 if x < c.x else -0.34)
    c.disc(far, c.room[1] + c.tall * 0.24, c.r * 0.17, p.bright)
    half, low = c.wide * 0.62, c.room[1] + c.tall * 0.52
    c.shape([(far, low), (far - half * 0.8, base), (far + half * 0.8, base)], p.deep)
    c.land([(-half, base), (c.width + half, base)], p.deep)
    c.shape([(x, peak), (x - half - 14, base), (x + half + 14, base)], p.ground)
    c.shape([(x, peak), (x - half, base), (x + half, base)], p.deep)
    drop = (base - peak) * 0.34
    cap = half * 0.34
    c.shape(
        [(x, peak), (x + cap, peak + drop), (x + cap * 0.5, peak + drop * 0.8),
         (x + cap * 0.1, peak + drop * 1.2), (x - cap * 0.35, peak + drop * 0.78), (x - cap, peak + drop)],
        p.bright,
    )  # fmt: skip


def trees(c: Canvas) -> None:
    """Trunks, near and far, with a light between them."""
    p = c.palette
    c.disc(c.x + c.wide * c.dice.between(-14, 14) / 100, c.room[1] + c.tall * 0.5, c.r * 0.56, p.bright)
    c.land([(0, c.room[3] - c.tall * 0.08), (c.width, c.room[3] - c.tall * 0.14)], p.deep)
    count = max(6, round(c.wide / 85))
    for trunk in range(count):
        near = trunk % 2
        x = c.room[0] + (trunk + 0.5) * c.wide / count + c.dice.between(-14, 14)
        half = c.r * (0.075 if near else 0.035)
        foot = c.height if near else c.room[3]
        lean = c.dice.between(-10, 10)
        c.shape(
            [(x - half + lean, -4), (x + half + lean, -4), (x + half * 1.4, foot), (x - half * 1.4, foot)],
            p.deep,
        )


def fields(c: Canvas) -> None:
    """Furrows that fan out from a low horizon, under a high sun."""
    p, line = c.palette, c.room[1] + c.tall * 0.6
    x = c.x + c.wide * c.dice.between(-24, 24) / 100
    c.disc(c.x - (x - c.x) * 0.6, c.room[1] + c.tall * 0.34, c.r * 0.36, p.bright)
    c.land([(0, line + c.tall * 0.03), (x, line), (c.width, line + c.tall * 0.02)], p.deep)
    reach, depth = c.wide * 1.5, c.room[3] - line
    for furrow in range(-6, 7):
        foot = x + furrow * reach / 6.5
        half = reach / 34
        c.shape(
            [(x + furrow * 3.0, line + depth * 0.05), (foot + half, c.room[3]), (foot - half, c.room[3])],
            p.bright if furrow == 1 else p.ground,
        )


def orbits(c: Canvas) -> None:
    """A planet among the paths of others."""
    p, tilt = c.palette, c.dice.between(-28, 28)
    mark, x, y = len(c.parts), c.x, c.y
    for ring in range(1, 6):
        rx = c.r * (0.42 + ring * 0.22)
        c.parts.append(
            f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{rx:.0f}" ry="{rx * 0.46:.0f}" fill="none" '
            f'stroke="{p.deep}" stroke-width="{c.r * 0.016:.1f}"/>'
        )
        angle = c.dice.roll(628) / 100
        if ring < 4:
            fill = p.ink if ring == 2 else p.bright
            c.disc(
                x + rx * math.cos(angle), y + rx * 0.46 * math.sin(angle), c.r * (0.03 + ring * 0.012), fill
            )
    c.disc(x, y, c.r * 0.36, p.bright)
    c.path(
        f"M{x - c.r * 0.36:.0f} {y:.0f}a{c.r * 0.36:.0f} {c.r * 0.36:.0f} 0 0 0 {c.r * 0.72:.0f} 0z", p.deep
    )
    c.turned(tilt, mark)
