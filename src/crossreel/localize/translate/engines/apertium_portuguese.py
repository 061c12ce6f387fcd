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
    begins = True
    for unit in units:
        word = unit.surface.lower()
        if any("<sent>" in reading for reading in unit.readings[:1]):
            begins = True
            continue
        orders = [reading for reading in unit.readings if _ORDER.search(reading)]
        if word in _LACKING and not orders:
            orders = [_LACKING[word].capitalize() if unit.surface[0].isupper() else _LACKING[word]]
        if begins and orders and word in _ORDERS:
            unit.readings = orders
            begins = False
        elif word not in _BEFORE:
            begins = False
    return joined(units, rest)


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
