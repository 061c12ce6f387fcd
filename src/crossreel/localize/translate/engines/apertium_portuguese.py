"""Spanish read, and Portuguese said, as people speak: orders, and what has happened.

An order to a friend ("Escoge la capa") is spelled like a statement about somebody ("chooses"); at the
beginning of a sentence the common verbs of orders are taken for one. "Han aparecido" is apareceram:
Portuguese says by its compound tense only what goes on. Written on the development films.
"""

from __future__ import annotations

import re

from crossreel.localize.translate.engines.apertium_stages import Unit, joined, units_in

__all__ = ["decided_spanish", "spoken_portuguese"]

_ORDER = re.compile(r"<v[a-z]+><imp><p2><sg>")
_ORDERS = frozenset(
    [
        "abre",
        "arrastra",
        "ayuda",
        "baja",
        "busca",
        "calla",
        "cambia",
        "cierra",
        "coge",
        "copia",
        "crea",
        "da",
        "deja",
        "desactiva",
        "descarga",
        "edita",
        "elige",
        "elimina",
        "encuentra",
        "entra",
        "escoge",
        "escribe",
        "escucha",
        "espera",
        "gira",
        "guarda",
        "haz",
        "lleva",
        "llama",
        "mantén",
        "mira",
        "mueve",
        "observa",
        "olvida",
        "para",
        "piensa",
        "pon",
        "prepara",
        "presiona",
        "prueba",
        "pulsa",
        "recuerda",
        "regresa",
        "repite",
        "rota",
        "sal",
        "selecciona",
        "siéntate",
        "sigue",
        "sube",
        "suelta",
        "toma",
        "trae",
        "usa",
        "ve",
        "ven",
        "verifica",
        "vuelve",
    ]
)
_LACKING = {"ven": "venir<vblex><imp><p2><sg>"}
"""Orders that Apertium's dictionary does not know."""
_BEFORE = frozenset(
    [
        "ahora",
        "luego",
        "entonces",
        "y",
        "o",
        "pero",
        "después",
        "así",
        "bien",
        "bueno",
        "por",
        "favor",
        "solo",
        "sólo",
        ",",
        "¡",
        "-",
    ]
)
_HAS = re.compile(r"^[Tt]er<vbhaver><pri>(<p[123]><(?:sg|pl)>)$")


def decided_spanish(stream: str) -> str:
    """The stream of one Spanish text with fewer readings."""
    units, rest = units_in(stream)
    begins, ordered = True, False
    for place, unit in enumerate(units):
        word = unit.surface.lower()
        _settled(units, place)
        if any("<sent>" in reading for reading in unit.readings[:1]):
            begins, ordered = True, False
            continue
        orders = [reading for reading in unit.readings if _ORDER.search(reading)]
        if word in _LACKING and not orders:
            orders = [_LACKING[word].capitalize() if unit.surface[0].isupper() else _LACKING[word]]
        following = units[place + 1] if place + 1 < len(units) else None
        if begins and orders and word in _ORDERS and not (word == "para" and _has_object(following)):
            unit.readings = orders
            begins, ordered = False, True
        elif ordered and word in ("y", "e"):
            begins = True
        elif word not in _BEFORE:
            begins = False
            unit.readings = [one for one in unit.readings if not _ORDER.search(one)] or unit.readings
    return joined(units, rest)


def _has_object(following: Unit | None) -> bool:
    """Whether para is for something, or in order to do it, rather than an order to stop."""
    return (
        following is not None
        and re.search(r"<(?:inf|det|n|prn|np|num)>", "".join(following.readings)) is not None
    )


def _settled(units: list[Unit], place: int) -> None:
    """Words of two readings of which their neighbors leave one: sé, mañana."""
    unit = units[place]
    word = unit.surface.lower()
    before = "".join(units[place - 1].readings) if place else ""
    following = "".join(units[place + 1].readings) if place + 1 < len(units) else ""
    if word == "sé" and "<adj>" not in following:
        unit.readings = [one for one in unit.readings if "<pri><p1>" in one] or unit.readings
    if word == "mañana" and not re.search(r"<(?:det|pr|adj)>", before):
        unit.readings = [one for one in unit.readings if "<adv>" in one] or unit.readings


def spoken_portuguese(stream: str) -> str:
    """The stream of one Portuguese text, before it is inflected."""
    units, rest = units_in(stream)
    kept: list[Unit] = []
    for unit in units:
        has = _HAS.match(kept[-1].surface) if kept else None
        if has and re.search(r"<v[a-z]+><pp><m><sg>$", unit.surface):
            before = kept.pop()
            done = re.sub(r"<pp><m><sg>$", f"<ifi>{has.group(1)}", unit.surface)
            capital = before.surface[0].isupper()
            unit.surface = (done[0].upper() if capital else done[0]) + done[1:]
            unit.before = before.before
        kept.append(unit)
    return joined(kept, rest)
