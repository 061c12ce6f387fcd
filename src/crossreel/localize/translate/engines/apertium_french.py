"""Readings of French words that Apertium's tagger often gets wrong in speech, decided before it chooses.

Orders ("Choisissez un outil") are statements to it, "tu" before a verb a participle of taire, "cela" a form
of celer, "on" an object. Frequent words that its dictionary lacks get their readings here, so that they
agree. What comes out in Spanish is then set right where the two languages build otherwise. Written on the
development films and from knowledge of the languages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from crossreel.localize.translate.engines.apertium_stages import Unit, joined, units_in

__all__ = ["decided_french", "said_in_spanish"]

_ORDER = re.compile(r"<v[a-z]+><imp>")
_BEFORE = frozenset(("et", "ou", "puis", "alors", "maintenant", "ensuite", "ne", "n'", "donc", "mais", ","))
_ASKED = re.compile(r"<imp><p2><pl>\+vous<prn><enc>.*$")
_ACTS = frozenset(
    ("je", "j'", "il", "elle", "on", "nous", "ils", "elles", "ne", "n'", "qui", "pour", "de", "à")
)
_PRONOUNS = frozenset(("tu", "cela", "ça"))
_BARE = frozenset(
    (
        "un",
        "une",
        "des",
        "du",
        "au",
        "aux",
        "ce",
        "cet",
        "cette",
        "ces",
        "mon",
        "ton",
        "son",
        "ma",
        "ta",
        "sa",
    )
) | frozenset(("mes", "tes", "ses", "notre", "votre", "nos", "vos", "chaque"))
_ARTICLES = frozenset(("le", "la", "l'", "les"))
_IS = frozenset(
    ("n'", "ne", "est", "était", "sera", "serait", "sont", "soit", "fut", "qui", "que", "qu'", "dont")
)
_FINITE = re.compile(r"(<v[a-z]+><(?:pri|pii|fti|cni|ifi|prs)>)<p3><sg>$")
_BETWEEN = re.compile(r"<prn><pro>|<adv>")


def decided_french(stream: str) -> str:
    """The stream of one French text with fewer readings."""
    units, rest = units_in(stream)
    asks = "?<sent>" in stream
    begins, ordered = True, False
    for place, unit in enumerate(units):
        _known(unit)
        _we(units, place)
        _named(units, place)
        _agree(units, place)
        word = unit.surface.lower()
        before = units[place - 1].surface.lower() if place else ""
        if "<sent>" in "".join(unit.readings[:1]):
            begins, ordered = True, False
            continue
        if word in _PRONOUNS:
            _only(unit, "<prn>")
        if word == "vous" and before in _ACTS:
            _only(unit, "<prn><pro>")
        if asks:  # where are you going: no order to oneself
            unit.readings = [_ASKED.sub("<pri><p2><pl>", reading) for reading in unit.readings]
        joins = before == "," or (ordered and before in ("et", "ou", "puis"))
        begins = begins or (ordered and word in ("et", "ou", "puis", "mais"))
        begins = begins or (joins and word.endswith("ez"))
        order = [reading for reading in unit.readings if _ORDER.search(reading)]
        sure = word.endswith("ez") or before in ("ne", "n'") or not _has(unit.readings, "<n>")
        if begins and order and sure:
            unit.readings = order
            begins, ordered = False, True
        elif word not in _BEFORE:
            begins = False
    return joined(units, rest)


_ENDINGS = {
    "er": ("<inf>",),
    "ez": ("<pri><p2><pl>", "<imp><p2><pl>"),
    "e": ("<pri><p1><sg>", "<pri><p3><sg>", "<imp><p2><sg>"),
    "es": ("<pri><p2><sg>",),
    "ons": ("<pri><p1><pl>", "<imp><p1><pl>"),
    "ent": ("<pri><p3><pl>",),
    "ant": ("<ger>",),
    "é": ("<pp><m><sg>",),
    "ée": ("<pp><f><sg>",),
    "és": ("<pp><m><pl>",),
    "ées": ("<pp><f><pl>",),
}


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, list[str]]:
    """Form: its readings, of words that the dictionary lacks."""
    path = files("crossreel.localize.translate.engines") / "apertium_lexicon.toml"
    words = tomllib.loads(path.read_text(encoding="utf-8"))["fr"]
    forms: dict[str, list[str]] = {}

    def add(form: str, reading: str) -> None:
        forms.setdefault(form, []).append(reading)

    for gender in ("masculine", "feminine"):
        for word in words[gender]:
            tags = f"{word}<n><{gender[0]}>"
            add(word, f"{tags}<sg>")
            add(word if word.endswith("s") else word + ("x" if word.endswith("u") else "s"), f"{tags}<pl>")
    for word in words["adjectives"]:
        for gender, ending in (("m", ""), ("f", "e")):
            add(f"{word}{ending}", f"{word}<adj><{gender}><sg>")
            add(f"{word}{ending}s", f"{word}<adj><{gender}><pl>")
    for verb in words["verbs"]:
        for ending, inflections in _ENDINGS.items():
            for tag in inflections:
                add(verb[:-2] + ending, f"{verb}<vblex>{tag}")
    return forms


def _known(unit: Unit) -> None:
    """A word that the dictionary lacks gets its readings."""
    if unit.readings and unit.readings[0].startswith("*"):
        found = _lexicon().get(unit.surface.lower(), [])
        capital = unit.surface[:1].isupper()
        unit.readings = [one[0].upper() + one[1:] if capital else one for one in found] or unit.readings


def _we(units: list[Unit], place: int) -> None:
    """On is we, as people speak."""
    unit = units[place]
    if unit.surface.lower() not in ("on", "l'on"):
        return
    for after in range(place + 1, min(place + 5, len(units))):
        verb = units[after]
        finite = [reading for reading in verb.readings if _FINITE.search(reading)]
        if finite:
            verb.readings = [_FINITE.sub(r"\1<p1><pl>", reading) for reading in finite]
            capital = unit.surface[0].isupper()
            unit.surface = "Nous" if capital else "nous"
            unit.readings = [f"{unit.surface}<prn><tn><p1><mf><pl>"]
            for one in units[place + 1 : after]:
                if one.surface.lower() in ("se", "s'"):
                    one.readings = ["nous<prn><pro><p1><mf><pl>"]
            return
        if not _BETWEEN.search("".join(verb.readings)):
            return


_PERSONS = {
    "je": "<p1><sg>", "j'": "<p1><sg>", "tu": "<p2><sg>", "il": "<p3><sg>", "elle": "<p3><sg>",
    "ils": "<p3><pl>", "elles": "<p3><pl>",
}  # fmt: skip


def _agree(units: list[Unit], place: int) -> None:
    """The verb behind a subject is of its person, whatever stands between them."""
    person = _PERSONS.get(units[place].surface.lower())
    if person is None:
        return
    for unit in units[place + 1 : place + 5]:
        own = [one for one in unit.readings if re.search(rf"<v[a-z]+><(?!imp)[a-z]+>{person}$", one)]
        if own:
            unit.readings = own
            return
        if not _BETWEEN.search("".join(unit.readings)):
            return


def _named(units: list[Unit], place: int) -> None:
    """Behind an article stands a noun, between both an adjective; ce before a verb stands for a thing."""
    unit, word = units[place], units[place].surface.lower()
    before = units[place - 1].surface.lower() if place else ""
    earlier = units[place - 2].surface.lower() if place > 1 else ""
    following = units[place + 1] if place + 1 < len(units) else None
    if word == "ce" and following is not None and following.surface.lower() in _IS:
        _only(unit, "<prn>")
    if word == "plus":
        _only(unit, "<adv>")
    if before in _BARE or (
        before in _ARTICLES and earlier not in _ACTS and earlier not in ("tu", "vous", "ça")
    ):
        if not _has(unit.readings, "<n>"):
            return
        names = following is not None and re.search(r"<n>|\*", "".join(following.readings)) is not None
        if _has(unit.readings, "<adj>") and names and word not in ("petit", "jeune"):
            _only(unit, "<adj>")
        elif _has(unit.readings, "<v"):
            _only(unit, "<n>")
            _only(units[place - 1], "<det>")


def _has(readings: Sequence[str], tag: str) -> bool:
    return any(tag in reading for reading in readings)


def _only(unit: Unit, tag: str) -> None:
    unit.readings = [reading for reading in unit.readings if tag in reading] or unit.readings


_MOVES = (
    "aparecer", "bajar", "caer", "desaparecer", "entrar", "ir", "llegar", "partir", "pasar", "regresar",
    "salir", "subir", "venir", "volver",
)  # fmt: skip
"""Verbs of être in French that have haber in Spanish."""
_WITHOUT_OF = (
    "aconsejar", "decidir", "esperar", "evitar", "impedir", "intentar", "necesitar", "ofrecer", "olvidar",
    "permitir", "preferir", "prometer", "proponer", "recomendar", "temer",
)  # fmt: skip
"""Verbs that take an infinitive with de in French and without anything in Spanish."""
_EASE = ("difícil", "fácil", "imposible", "sencillo", "simple", "largo", "duro", "mero")


_THAT = "esto<prn><tn><nt>"


def said_in_spanish(stream: str) -> str:
    """The stream of one Spanish text from French, before it is inflected."""
    units, rest = units_in(stream)
    made: list[Unit] = []
    for unit in units:
        before = made[-1].surface.lower() if made else ""
        earlier = made[-2].surface.lower() if len(made) > 1 else ""
        lemma, tags = unit.surface.lower().partition("<")[0], unit.surface
        if lemma == "alguno" and "<prn><tn><m><sg>" in tags:
            unit.surface = ("A" if tags[0] == "A" else "a") + "lguien<prn><tn><mf><sg>"
        if "<adj>" in tags and before.startswith("sí<adv>"):
            made[-1].surface = "tan<preadv>"
        if "<inf>" in tags and before == "de<pr>" and earlier.startswith(_WITHOUT_OF) and "<v" in earlier:
            unit.before = made.pop().before
        if (
            "<inf>" in tags
            and before == "a<pr>"
            and earlier.partition("<")[0] in _EASE
            and "<adj>" in earlier
        ):
            made[-1].surface = "de<pr>"
        if lemma in _MOVES and "<pp>" in tags and re.match(r"(?:estar|ser)<v[a-z]+>", before):
            made[-1].surface = re.sub(
                r"^(.)(?:star|er)<v[a-z]+>",
                lambda m: ("H" if m[1].isupper() else "h") + "aber<vbhaver>",
                made[-1].surface,
            )
            unit.surface = re.sub(r"<pp><[mf]+><(?:sg|pl)>", "<pp><m><sg>", tags)
        if before.startswith("necesidad<n>") and tags == "de<pr>" and earlier.startswith("tener<vblex>"):
            made.pop()
            made[-1].surface = (
                ("N" if made[-1].surface[0] == "T" else "n") + "ecesitar" + made[-1].surface[5:]
            )
            continue
        if lemma == "ser" and "<vbser>" in tags and before == "no<adv>" and earlier.startswith(_THAT):
            gone = made.pop(-2)
            made[-1].before = gone.before
            made[-1].surface = "No<adv>" if gone.surface[0] == "E" else "no<adv>"
        if lemma == "ser" and "<vbser>" in tags and before.startswith(_THAT):
            gone = made.pop()
            unit.before = gone.before
            if gone.surface[0] == "E":
                unit.surface = unit.surface[0].upper() + unit.surface[1:]
        made.append(unit)
    return joined(made, rest)
