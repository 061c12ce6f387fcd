"""Pictures of places: door, stairs, city, blinds, curtain, arches, the screen itself."""

from __future__ import annotations

from crossreel.artwork.canvas import Box, Canvas

__all__ = ["arches", "beam", "blinds", "city", "curtain", "door", "frames", "stairs"]


def _person(c: Canvas, x: float, foot: float, tall: float, fill: str) -> None:
    c.disc(x, foot - tall * 0.88, tall * 0.12, fill)
    wide = tall * 0.115
    c.path(
        f"M{x - wide:.0f} {foot:.0f}L{x - wide * 1.15:.0f} {foot - tall * 0.6:.0f}"
        f"Q{x:.0f} {foot - tall * 0.84:.0f} {x + wide * 1.15:.0f} {foot - tall * 0.6:.0f}"
        f"L{x + wide:.0f} {foot:.0f}z",
        fill,
    )


def door(c: Canvas) -> None:
    """An open door and the light that falls out of it."""
    p, x = c.palette, c.x + c.wide * c.dice.between(-10, 10) / 100
    half, top, foot = c.r * 0.3, c.room[1] + c.tall * 0.2, c.room[1] + c.tall * 0.74
    c.land([(0, foot), (c.width, foot)], p.deep)
    c.block(x - half, top, 2 * half, foot - top, p.bright)
    side = -1 if c.dice.roll(2) else 1
    c.shape(
        [(x - half, foot), (x + half, foot), (x + half + side * c.r * 0.34 + half, c.room[3]),
         (x - half + side * c.r * 0.34 - half, c.room[3])],
        p.bright,
    )  # fmt: skip
    edge = x - side * half
    c.shape(
        [(edge, top), (edge - side * half * 0.9, top - c.tall * 0.04),
         (edge - side * half * 0.9, foot + c.tall * 0.06), (edge, foot)],
        p.deep,
    )  # fmt: skip
    _person(c, x + side * half * 0.1, foot + c.tall * 0.05, (foot - top) * 0.62, p.ground)


def stairs(c: Canvas) -> None:
    """Steps that climb past a lamp."""
    p, count = c.palette, 9
    up = 1 if c.dice.roll(2) else -1
    left, wide = c.room[0], c.wide / count
    rise, low = c.tall * 0.088, c.room[3] - c.tall * 0.02
    c.disc(c.x - up * c.wide * 0.22, c.room[1] + c.tall * 0.3, c.r * 0.3, p.bright)
    points = [(0.0 if up > 0 else c.width, low)]
    faces = []
    for step in range(count):
        x = left + step * wide if up > 0 else left + c.wide - (step + 1) * wide
        y = low - step * rise
        edge = x if up > 0 else x + wide
        points += [(edge, y), (edge + up * wide, y)]
        faces.append((x, y, wide, rise * 0.17))
    points.append((c.width if up > 0 else 0.0, points[-1][1]))
    c.land(points, p.deep)
    c.blocks(faces, p.bright)


def city(c: Canvas) -> None:
    """Houses at night, few windows lit."""
    p, count = c.palette, max(4, round(c.wide / 125))
    wide = c.wide / count
    cell = wide / 4
    c.land([(0, c.room[3]), (c.width, c.room[3])], p.deep)
    lit: list[Box] = []
    dark: list[Box] = []
    for house in range(count):
        floors = c.dice.between(4, max(5, int(c.tall * 0.86 / (cell * 1.5))))
        left, top = c.room[0] + house * wide, c.room[3] - floors * cell * 1.5 - cell * 0.5
        c.block(left + 3, top, wide - 6, c.room[3] - top + 2, p.deep)
        for floor in range(floors):
            for column in range(3):
                box = (
                    left + cell * (0.62 + column),
                    top + cell * (0.5 + floor * 1.5),
                    cell * 0.72,
                    cell * 0.86,
                )
                (lit if c.dice.roll(6) == 0 else dark).append(box)
    c.blocks(dark, p.ground)
    c.blocks(lit, p.bright)


def blinds(c: Canvas) -> None:
    """Light through a blind, broken by a shadow."""
    p, rows = c.palette, 11
    pitch = c.tall / rows
    lit = c.dice.between(3, 7)
    c.blocks(
        [(c.room[0], c.room[1] + row * pitch, c.wide, pitch * 0.56) for row in range(rows) if row != lit],
        p.deep,
    )
    c.block(c.room[0], c.room[1] + lit * pitch, c.wide, pitch * 0.56, p.bright)
    x = c.x + c.wide * c.dice.between(-16, 16) / 100
    _hatted_person(c, x, c.room[3], c.tall * 0.74)


def _hatted_person(c: Canvas, x: float, foot: float, tall: float) -> None:
    fill, unit, chin = c.palette.ground, c.r, foot - tall
    c.disc(x, chin + unit * 0.03, unit * 0.16, fill)
    brim, crown = unit * 0.31, unit * 0.17
    c.shape([(x - brim, chin - unit * 0.06), (x + brim, chin - unit * 0.12),
             (x + brim, chin - unit * 0.06), (x - brim, chin)], fill)  # fmt: skip
    c.shape([(x - crown, chin - unit * 0.05), (x - crown * 0.82, chin - unit * 0.24), (x, chin - unit * 0.21),
             (x + crown * 0.82, chin - unit * 0.29), (x + crown, chin - unit * 0.08)], fill)  # fmt: skip
    arm, neck = unit * 0.46, unit * 0.08
    shoulder, slope, collar = foot - tall * 0.66, foot - tall * 0.76, foot - tall * 0.8
    c.path(
        f"M{x - arm:.0f} {foot:.0f}V{shoulder:.0f}"
        f"Q{x - arm * 0.96:.0f} {slope:.0f} {x - neck:.0f} {collar:.0f}"
        f"V{foot - tall * 0.9:.0f}H{x + neck:.0f}V{collar:.0f}"
        f"Q{x + arm * 0.96:.0f} {slope:.0f} {x + arm:.0f} {shoulder:.0f}V{foot:.0f}z",
        fill,
    )


def curtain(c: Canvas) -> None:
    """A stage, its curtain parting on a spot of light."""
    p, folds = c.palette, 4
    c.disc(c.x, c.room[1] + c.tall * 0.6, c.r * c.dice.between(50, 60) / 100, p.bright)
    for side in (-1, 1):
        for fold in range(folds):
            reach = c.wide * (0.5 - fold * 0.115)
            edge, hem = c.x + side * (c.wide / 2 - reach * 0.74), c.x + side * (c.wide / 2 - reach * 0.3)
            outer = 0.0 if side < 0 else c.width
            c.path(
                f"M{outer:.0f} 0H{edge:.0f}Q{edge + side * 18:.0f} {c.room[1] + c.tall * 0.56:.0f} "
                f"{hem:.0f} {c.room[3]:.0f}H{outer:.0f}z",
                p.deep if fold % 2 == 0 else p.ground,
            )
    c.land([(0, c.room[3]), (c.width, c.room[3])], p.deep)


def arches(c: Canvas) -> None:
    """Arch within arch, a figure in the last."""
    p, foot = c.palette, c.room[3]
    start, rings = min(c.wide * 0.46, c.tall * 0.62), 5
    fills = [p.deep, p.ground, p.bright, p.ground, p.deep]
    c.land([(0, foot), (c.width, foot)], p.deep)
    pointed = c.dice.roll(2)
    for ring in range(rings):
        r = start * (1 - ring * 0.175)
        spring = foot - c.tall * 0.4 + ring * 2
        left, right, shoulder = c.x - r, c.x + r, spring - r * 0.75
        if pointed:
            d = (
                f"M{left:.0f} {foot:.0f}V{spring:.0f}"
                f"Q{c.x - r * 0.9:.0f} {shoulder:.0f} {c.x:.0f} {spring - r * 1.08:.0f}"
                f"Q{c.x + r * 0.9:.0f} {shoulder:.0f} {right:.0f} {spring:.0f}V{foot:.0f}z"
            )
        else:
            d = f"M{left:.0f} {foot:.0f}V{spring:.0f}a{r:.0f} {r:.0f} 0 0 1 {2 * r:.0f} 0V{foot:.0f}z"
        c.path(d, fills[ring])
    _person(c, c.x, foot, c.tall * 0.27, p.ink)


def beam(c: Canvas) -> None:
    """A projector's beam over the heads of an audience."""
    p, up = c.palette, c.room[1] + c.tall * c.dice.between(18, 30) / 100
    side = 1 if c.dice.roll(2) else -1
    start, end = c.x - side * c.wide * 0.4, c.x + side * c.wide * 0.5
    c.shape([(start, up), (end, c.room[1] + c.tall * 0.2), (end, c.room[1] + c.tall * 0.86)], p.deep)
    c.shape([(start, up), (end, c.room[1] + c.tall * 0.34), (end, c.room[1] + c.tall * 0.7)], p.bright)
    c.disc(start, up, c.r * 0.13, p.ink)
    c.disc(start, up, c.r * 0.06, p.ground)
    heads = max(6, round(c.width / 105))
    for head in range(heads):
        x = (head + 0.5) * c.width / heads + c.dice.between(-8, 8)
        y = c.room[3] - c.tall * 0.04 + c.dice.between(-6, 10)
        c.disc(x, y, c.r * 0.115, p.deep)
        c.path(
            f"M{x - c.r * 0.2:.0f} {y + c.r * 0.4:.0f}"
            f"a{c.r * 0.2:.0f} {c.r * 0.28:.0f} 0 0 1 {c.r * 0.4:.0f} 0z",
            p.deep,
        )
    c.land([(0, c.room[3] + c.r * 0.2), (c.width, c.room[3] + c.r * 0.2)], p.deep)


def frames(c: Canvas) -> None:
    """A strip of film, one frame exposed."""
    p, mark = c.palette, len(c.parts)
    wide = min(c.wide * 0.5, c.tall * 0.62)
    pitch = wide * 0.62
    count = int(c.tall / pitch) + 3
    top, lit = c.y - count * pitch / 2, count // 2 - c.dice.roll(2)
    c.block(c.x - wide / 2, top - pitch, wide, (count + 2) * pitch, p.deep)
    holes = []
    for number in range(count):
        y = top + number * pitch
        c.block(
            c.x - wide * 0.36,
            y + pitch * 0.06,
            wide * 0.72,
            pitch * 0.88,
            p.bright if number == lit else p.ground,
        )
        for hole in range(4):
            at = y + pitch * (0.06 + hole * 0.25)
            holes += [
                (c.x - wide * 0.465, at, wide * 0.06, pitch * 0.14),
                (c.x + wide * 0.405, at, wide * 0.06, pitch * 0.14),
            ]
    c.blocks(holes, p.ground)
    y = top + lit * pitch + pitch * 0.5
    c.disc(c.x, y, pitch * 0.27, p.ink)
    c.turned(c.dice.between(-14, 14), mark)
    c.clipped(mark)
