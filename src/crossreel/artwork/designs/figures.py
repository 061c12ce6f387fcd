"""Pictures of nothing but form: wedge, dots, rings, bars, petals, eye, meeting circles, waves, steps."""

from __future__ import annotations

import math

from crossreel.artwork.canvas import Canvas

__all__ = ["bars", "dots", "eye", "fan", "meeting", "petals", "rings", "waves", "wedge"]


def wedge(c: Canvas) -> None:
    """A bright wedge driven into a circle."""
    p, side = c.palette, 1 if c.dice.roll(2) else -1
    tilt = c.tall * c.dice.between(-7, 7) / 100
    c.disc(c.x + side * c.wide * 0.16, c.y, c.r * 0.74, p.deep)
    mark = len(c.parts)
    tail, tip = c.x - side * c.wide * 0.5, c.x + side * c.wide * 0.24
    c.shape(
        [(tail, c.y - c.tall * 0.36 + tilt), (tail, c.y + c.tall * 0.24 + tilt), (tip, c.y + tilt * 0.4)],
        p.bright,
    )
    c.turned(side * c.dice.between(-12, 4), mark)
    far = c.x + side * c.wide * 0.5
    for step, (start, thick) in enumerate(((0.9, 0.032), (0.98, 0.012))):
        y = c.room[1] + c.tall * start
        c.shape([(c.x - side * c.wide * 0.4, y), (far, y - c.tall * 0.24), (far, y - c.tall * (0.24 - thick)),
                 (c.x - side * c.wide * 0.4 + side * 30, y)], p.ink if step == 0 else p.bright)  # fmt: skip


def dots(c: Canvas) -> None:
    """A halftone field that swells around one point."""
    p, pitch = c.palette, c.r * 0.235
    columns, rows = int(c.wide / pitch), int(c.tall / pitch)
    left, top = c.x - (columns - 1) * pitch / 2, c.y - (rows - 1) * pitch / 2
    fx = c.x + c.wide * c.dice.between(-22, 22) / 100
    fy = c.y + c.tall * c.dice.between(-22, 22) / 100
    reach = (c.r * 0.78) ** 2
    for column in range(columns):
        for row in range(rows):
            x, y = left + column * pitch, top + row * pitch
            near = math.exp(-((x - fx) ** 2 + (y - fy) ** 2) / reach)
            c.disc(x, y, pitch * (0.09 + 0.37 * near), p.bright if near > 0.42 else p.deep)


def rings(c: Canvas) -> None:
    """Rings that slip out of center, like a fall into sleep."""
    p, angle = c.palette, c.dice.roll(628) / 100
    count, start = 9, c.r * 0.94
    for ring in range(count):
        r = start * (1 - ring / count)
        slip = c.r * 0.012 * ring**1.35
        fill = p.bright if ring in (0, 4) else p.deep if ring % 2 == 0 else p.ground
        c.disc(c.x + slip * math.cos(angle), c.y + slip * math.sin(angle), r, fill)
    slip = c.r * 0.012 * count**1.35
    c.disc(c.x + slip * math.cos(angle), c.y + slip * math.sin(angle), start * 0.05, p.ink)


def bars(c: Canvas) -> None:
    """Bars of unlike lengths on a slant, like a score."""
    p, count, mark = c.palette, 15, len(c.parts)
    pitch = c.r * 1.5 / count
    phase = c.dice.roll(628) / 100
    left = c.x - count * pitch / 2
    for bar in range(count):
        long = c.r * (0.16 + 0.62 * abs(math.sin(phase + bar * 0.52)))
        shift = c.r * 0.22 * math.sin(phase * 1.7 + bar * 0.37)
        fill = p.bright if bar % 5 == 2 else p.ink if bar == 7 else p.deep
        c.block(left + bar * pitch, c.y - long + shift, pitch * 0.56, 2 * long, fill)
    c.turned(c.dice.between(-34, 34), mark)


def petals(c: Canvas) -> None:
    """A flower of long petals."""
    p, count = c.palette, c.dice.between(10, 14)
    for layer, (scale, fill) in enumerate(((0.95, p.deep), (0.66, p.bright))):
        r = c.r * scale
        for petal in range(count):
            turn = 360 / count * (petal + layer * 0.5)
            c.parts.append(
                f'<path transform="translate({c.x:.0f} {c.y:.0f}) rotate({turn:.1f})" fill="{fill}" '
                f'd="M0 0C{r * 0.19:.0f} {-r * 0.3:.0f} {r * 0.2:.0f} {-r * 0.72:.0f} 0 {-r:.0f}'
                f'C{-r * 0.2:.0f} {-r * 0.72:.0f} {-r * 0.19:.0f} {-r * 0.3:.0f} 0 0z"/>'
            )
    c.disc(c.x, c.y, c.r * 0.2, p.ground)
    c.disc(c.x, c.y, c.r * 0.11, p.ink)


def eye(c: Canvas) -> None:
    """An eye that looks aside."""
    p, r = c.palette, c.r * 0.94
    lid, look = r * c.dice.between(100, 118) / 100, r * c.dice.between(-16, 16) / 100
    c.path(
        f"M{c.x - r:.0f} {c.y:.0f}Q{c.x:.0f} {c.y - lid:.0f} {c.x + r:.0f} {c.y:.0f}"
        f"Q{c.x:.0f} {c.y + lid:.0f} {c.x - r:.0f} {c.y:.0f}z",
        p.deep,
    )
    c.disc(c.x + look, c.y, r * 0.44, p.bright)
    c.disc(c.x + look, c.y, r * 0.22, p.ground)
    c.disc(c.x + look + r * 0.1, c.y - r * 0.11, r * 0.06, p.ink)


def meeting(c: Canvas) -> None:
    """Two circles that meet."""
    p, r = c.palette, c.r * 0.56
    gap, tilt, mark = r * c.dice.between(56, 76) / 100, c.dice.between(-40, 40), len(c.parts)
    c.disc(c.x - gap, c.y, r, p.deep)
    c.disc(c.x + gap, c.y, r, p.bright)
    half = math.sqrt(r * r - gap * gap)
    c.path(
        f"M{c.x:.0f} {c.y - half:.0f}A{r:.0f} {r:.0f} 0 0 1 {c.x:.0f} {c.y + half:.0f}"
        f"A{r:.0f} {r:.0f} 0 0 1 {c.x:.0f} {c.y - half:.0f}z",
        p.ink,
    )
    c.turned(tilt, mark)


def waves(c: Canvas) -> None:
    """Ribbons of sound."""
    p, phase = c.palette, c.dice.roll(628) / 100
    lines, steps = 8, 22
    for line in range(lines):
        y = c.room[1] + c.tall * (0.14 + 0.74 * line / (lines - 1))
        bright = line % 3 == 1
        left, right = (c.room[0], c.room[2]) if bright else (0.0, c.width)
        dx = (right - left) / steps
        xs = [left + i * dx for i in range(steps + 1)]
        top = [(x, y + c.tall * 0.045 * math.sin(phase + x / (c.r * 0.3) + line * 0.7)) for x in xs]
        bottom = []
        for x, at in reversed(top):
            # A bright ribbon that begins inside the sheet grows out of nothing.
            grown = min(1.0, (x - left) / (c.r * 0.5) if left > 0 else 1.0)
            grown = min(grown, (right - x) / (c.r * 0.5) if right < c.width else 1.0)
            thick = c.r * 0.07 * (0.3 + abs(math.sin(phase + x / (c.r * 0.9) + line)))
            bottom.append((x, at + grown * thick))
        c.shape([*top, *bottom], p.bright if bright else p.deep)


def fan(c: Canvas) -> None:
    """Rays that open from below, as over a marquee."""
    p, count = c.palette, 11
    foot, long = c.room[3], math.hypot(c.width, c.height)
    lit = c.dice.between(3, 7)
    for ray in range(count):
        a, b = math.pi * ray / count, math.pi * (ray + 0.52) / count
        reach = c.tall * 0.94 if ray == lit else long
        c.shape(
            [(c.x, foot), (c.x - reach * math.cos(a), foot - reach * math.sin(a)),
             (c.x - reach * math.cos(b), foot - reach * math.sin(b))],
            p.bright if ray == lit else p.deep,
        )  # fmt: skip
    c.disc(c.x, foot, c.r * 0.4, p.ground)
    c.disc(c.x, foot, c.r * 0.31, p.bright)
    c.land([(0, foot), (c.width, foot)], p.ground)
