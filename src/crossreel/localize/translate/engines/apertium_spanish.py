"""What Apertium's Spanish gets systematically wrong in speech, set right before words are inflected.

Orders come out as infinitives or statements, places with ser, possession without an object of its own with
haber, and "your" as vuestro. Each rule looks at lemmas and tags only; written on the development films.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crossreel.localize.translate.engines.apertium_english import COMMANDS
from crossreel.localize.translate.engines.apertium_stages import Unit, joined, units_in

__all__ = ["spoken"]

_BEFORE_ORDERS = frozenset(
    [
        "ahora",
        "entonces",
        "luego",
        "gracias",
        "sólo",
        "solo",
        "justo",
        "así",
        "próximo",
        "primero",
        "y",
        "o",
        "pero",
        "bien",
        "vale",
        "oh",
        "ah",
        "eh",
        "hola",
    ]
) | {"por favor"}
_PLACES = frozenset(
    (
        "aquí",
        "ahí",
        "allí",
        "allá",
        "acá",
        "cerca",
        "lejos",
        "fuera",
        "dentro",
        "arriba",
        "abajo",
        "bien",
        "seguro",
        "listo",
    )
)
_FORBIDDEN = re.compile(
    r"(?:^|[,;.!?-]\s*|\b(?:but|and|just|please|now|so|then)\s+)(?:please\s+)?(?:don'?t|do not)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(rf",\s+(?:please\s+)?(?:{'|'.join(sorted(COMMANDS))})\b", re.IGNORECASE)
_TO = re.compile(r"^\W*(?:to|in order to|how to)\b", re.IGNORECASE)


def spoken(stream: str, source: str, *, orders: bool) -> str:
    """The stream of one Spanish text.

    Args:
        stream: what goes into the generator.
        source: the text it translates.
        orders: the source is English, whose orders have no ending of their own.
    """
    units, rest = units_in(stream)
    if orders:
        _orders(units, source)
        _by_doing(units, source)
    for place, unit in enumerate(units):
        _be(units, place)
        _have(units, place)
        if _lemma(unit) == "no":
            _negated(units, place + 1)
        if unit.surface.lower().startswith("vuestro<det><pos>"):
            start = "T" if unit.surface[0] == "V" else "t"
            unit.surface = re.sub(r"^.uestro<det><pos><[mf]+>", start + "uyo<det><pos><mf>", unit.surface)
    return joined(units, rest)


def _lemma(unit: Unit | None) -> str:
    return unit.surface.split("<", 1)[0].lower() if unit is not None else ""


def _at(units: Sequence[Unit], place: int) -> Unit | None:
    return units[place] if 0 <= place < len(units) else None


def _is(unit: Unit | None, tag: str) -> bool:
    return unit is not None and tag in unit.surface


def _orders(units: list[Unit], source: str) -> None:
    """Infinitives that begin a sentence are orders, as are those joined to one; don't forbids."""
    if _TO.match(source):
        return
    forbidden = _FORBIDDEN.search(source) is not None
    joined_orders = _JOINED.search(source) is not None
    begins, ordered = True, False
    for place, unit in enumerate(units):
        if _is(unit, "<sent>"):
            begins, ordered = True, False
            continue
        if begins and _lemma(unit) == "clic":
            _click(units, place)
            begins, ordered = False, True
            continue
        joins = _joins(unit)
        if begins and re.search(r"<v[a-z]+><inf>", unit.surface):
            unit.surface = _ordered(unit.surface)
            begins, ordered = False, True
        elif begins and _lemma(unit) == "nunca" and _is(_at(units, place + 1), "<vblex><inf>"):
            units[place + 1].surface = units[place + 1].surface.replace("<inf>", "<prs><p2><sg>", 1)
            begins = False
        elif forbidden and _lemma(unit) == "no" and (begins or _joins(_at(units, place - 1))):
            begins = not _forbid(units, place + 1)
        elif begins and not joins:
            begins = False
        elif joins and (ordered or (joined_orders and _is(unit, "<cm>"))):
            begins = True


def _joins(unit: Unit | None) -> bool:
    return _is(unit, "<cnjcoo>") or _is(unit, "<cm>") or _lemma(unit) in _BEFORE_ORDERS


def _forbid(units: list[Unit], place: int) -> bool:
    """A statement behind no, which has nobody who acts, as an order; whether it was one."""
    while _is(_at(units, place), "<prn><pro>"):
        place += 1
    following = _at(units, place)
    if not _is(following, "<pri><p3><sg>") or following is None:
        return False
    following.surface = following.surface.replace("<pri><p3><sg>", "<prs><p2><sg>", 1)
    return True


def _negated(units: list[Unit], place: int) -> None:
    """Spanish forbids by the subjunctive."""
    while _is(_at(units, place), "<prn><pro>"):
        place += 1
    following = _at(units, place)
    if following is not None and "<imp>" in following.surface and "+" not in following.surface:
        following.surface = following.surface.replace("<imp>", "<prs>", 1)


def _ordered(surface: str) -> str:
    """An infinitive as an order; quedarse becomes quédate."""
    surface = re.sub(r"(<v[a-z]+>)<inf>", r"\1<imp><p2><sg>", surface, count=1)
    return re.sub(
        r"\+(?:se|prpers)<prn><enc><ref>(?:<p3>)?<mf><s[pg]>", "+prpers<prn><enc><p2><mf><sg>", surface
    )


def _click(units: list[Unit], place: int) -> None:
    """To click is hacer clic en."""
    unit = units[place]
    capital = unit.surface[0].isupper()
    unit.before += f"^{'Hacer' if capital else 'hacer'}<vblex><imp><p2><sg>$ "
    unit.surface = unit.surface[0].lower() + unit.surface[1:]
    if _is(_at(units, place + 1), "<det>"):
        units[place + 1].before = " ^en<pr>$ "


def _be(units: list[Unit], place: int) -> None:
    """Where somebody is: estar."""
    unit = units[place]
    if not _is(unit, "<vbser>") or _is(unit, "<inf>") or _is(unit, "<pp>"):
        return
    after = place + 1
    while _is(_at(units, after), "<adv>") and _lemma(_at(units, after)) not in _PLACES:
        after += 1
    before = next(
        (one for one in reversed(units[:place]) if _is(one, "<adv><itg>") or _is(one, "<sent>")), None
    )
    placed = _lemma(_at(units, after)) in _PLACES or _lemma(before) == "dónde"
    inside = _lemma(_at(units, after)) == "en"
    here = _lemma(_at(units, place - 1)) in ("aquí", "ahí", "allí")
    if placed or inside or here or _is(_at(units, after), "<ger>"):
        unit.surface = re.sub(
            r"^([Ss])er<vbser>", lambda m: ("E" if m[1] == "S" else "e") + "star<vblex>", unit.surface
        )


def _by_doing(units: list[Unit], source: str) -> None:
    """By dragging: arrastrando, without a preposition."""
    if not re.search(r"\bby \w+ing\b", source, re.IGNORECASE):
        return
    for place in range(len(units) - 2, -1, -1):
        by, what = units[place], units[place + 1]
        if _lemma(by) == "por" and _is(what, "<vblex><inf>"):
            what.surface, what.before = what.surface.replace("<inf>", "<ger>", 1), by.before
            del units[place]


def _have(units: list[Unit], place: int) -> None:
    """What somebody has: tener, unless a participle makes it a tense."""
    unit = units[place]
    if not re.match(r"[Hh]aber<vbhaver><(?:pri|pii|ifi|fti|cni)><p[12]>", unit.surface):
        return
    after = place + 1
    while _is(_at(units, after), "<adv>"):
        after += 1
    if not _is(_at(units, after), "<pp>"):
        start = "T" if unit.surface[0] == "H" else "t"
        unit.surface = start + "ener<vblex>" + unit.surface[len("haber<vbhaver>") :]
