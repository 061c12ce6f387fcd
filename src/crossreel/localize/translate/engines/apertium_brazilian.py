"""Portuguese as it is said in Brazil, where Apertium's dictionary for Brazil still speaks as Portugal does.

Before words are chosen: "puedes" is você pode, since a third person alone does not say who is meant. Before
words are inflected: pronouns stand before the verb ("se usa", not usa-se), a neuter object is left out, "let
us" is vamos with an infinitive, "I would like" is gostaria de, quedarse is ficar without itself, the past of
nós has no accent, and some words are others in Brazil. From grammars of Brazilian Portuguese; checked on the
development films.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crossreel.localize.translate.engines.apertium_stages import Unit, joined, units_in

__all__ = ["spoken_in_brazil", "with_subjects"]

_YOU = re.compile(r"<v[a-z]+><(?:pri|ifi|pii|fti|cni|prs|pis)><p2><sg>$")
_CLITIC = "<prn><pro>"
_ENCLITIC = re.compile(
    r"^(?P<verb>[^+]*<v[a-z]+><(?:pri|ifi|pii|fti|cni|prs|pis)>[^+]*)\+(?P<rest>[^+]*<enc>[^+]*)$"
)
_LETS = re.compile(r"^(?P<verb>[^<]+)(?P<kind><v[a-z]+>)<(?:imp|prs)><p1><pl>(?P<rest>.*)$")
_WISH = re.compile(r"^[Qq]uerer<v[a-z]+><pis>(?P<person><p[13]><(?:sg|pl)>)$")
_NEUTER = re.compile(r"\+o<prn><enc><p3><nt>$")
_PLEASED = ("gustar", "encantar", "importar", "faltar", "doler", "apetecer")
"""Verbs whose subject is what pleases."""
_ASIDE = frozenset(("agora", "então", "e", "mas", "bom", "bem", "depois", "primeiro", "muito", "ok", "assim"))
_LEMMAS = {
    "regressar<vblex>": "voltar",
    "suceder<vblex>": "acontecer",
    "recordar<vblex>": "lembrar",
    "enlace<n>": "link",
    "lograr<vblex>": "conseguir",
    "acercar<vblex>": "aproximar",
    "apanhar<vblex>": "pegar",
}
"""Target lemma and class, as Apertium gives them: the lemma that Brazil says; the gender is the same."""


def with_subjects(stream: str) -> str:
    """The analysis of one Spanish text in which the one spoken to is named where a verb alone means them."""
    units, rest = units_in(stream)
    made: list[Unit] = []
    for unit in units:
        if unit.readings and all(_YOU.search(reading) for reading in unit.readings):
            _name_you(made, unit)
        made.append(unit)
    return joined(made, rest)


def _name_you(made: list[Unit], verb: Unit) -> None:
    if verb.readings[0].lower().startswith(_PLEASED):
        return
    at = len(made)
    while at and (_CLITIC in "".join(made[at - 1].readings[:1]) or made[at - 1].surface.lower() == "no"):
        at -= 1
    before = made[at - 1] if at else None
    if before is not None and (
        "<prn><tn>" in "".join(before.readings) or before.surface.lower() in ("y", "o", "ni")
    ):
        return
    first = made[at] if at < len(made) else verb
    capital = first.surface[:1].isupper()
    name = "Tú" if capital else "tú"
    made.insert(at, Unit(first.before, name, [f"{name}<prn><tn><p2><mf><sg>"]))
    first.before = " "
    if capital:
        first.surface = first.surface[0].lower() + first.surface[1:]
        first.readings = [reading[:1].lower() + reading[1:] for reading in first.readings]


def spoken_in_brazil(stream: str) -> str:
    """The stream of one Portuguese text, before it is inflected."""
    units, rest = units_in(stream)
    made: list[Unit] = []
    begins = True
    for unit in units:
        for one in _said(unit, begins, made[-1] if made else None):
            made.append(one)
        lemma = unit.surface.partition("<")[0].lower()
        begins = "<sent>" in unit.surface or (
            begins and ("<cm>" in unit.surface or lemma in _ASIDE or "<lquest>" in unit.surface)
        )
    made = _bound(_without_neuters(made))
    for place in range(len(made)):
        _still_to_come(made, place)
        _next(made, place)
    for before, unit, after in zip([None, *made], made, [*made[1:], None], strict=False):
        _what(before, unit, after)
    return joined(made, rest)


def _bound(units: Sequence[Unit]) -> list[Unit]:
    """Him, her and them behind an infinitive: enviá-lo."""
    made: list[Unit] = []
    for unit in units:
        if made and "+" not in unit.surface and re.search(r"<v[a-z]+><inf>$", unit.surface):
            pronoun = re.match(r"^[Oo](<prn>)<pro>(<p3><(?:m|f|nt)>(?:<sg>|<pl>)?)$", made[-1].surface)
            if pronoun:
                unit.before = made.pop().before
                unit.surface += f"+o{pronoun[1]}<enc>{pronoun[2]}"
        made.append(unit)
    return made


def _still_to_come(units: list[Unit], place: int) -> None:
    """What is still to come when, where or while: the future of the subjunctive."""
    if not re.match(r"^(?:quando|onde|enquanto)<", units[place].surface, re.IGNORECASE):
        return
    for unit in units[place + 1 : place + 5]:
        if re.search(r"<v[a-z]+><prs>", unit.surface):
            unit.surface = unit.surface.replace("<prs>", "<fts>", 1)
        if re.search(r"<v[a-z]+><|<sent>|<cm>", unit.surface):
            return


def _next(units: list[Unit], place: int) -> None:
    """The following lesson is the next one."""
    unit = units[place]
    noun = units[place + 1].surface if place + 1 < len(units) else ""
    number = re.match(r"^([Ss])eguinte<adj><mf>(<sg>|<pl>)$", unit.surface)
    gender = re.search(r"<n>(<[mf]>)", noun)
    if number and gender:
        unit.surface = f"{'P' if number[1] == 'S' else 'p'}róximo<adj>{gender[1]}{number[2]}"


def _what(before: Unit | None, unit: Unit, after: Unit | None) -> None:
    """What somebody does is o que, unless a preposition stands before it or a noun behind."""
    if not re.match(r"^[Qq]ue<prn><itg>", unit.surface) or after is None or "<sent>" in after.surface:
        return
    if (before is not None and "<pr>" in before.surface) or re.search(r"<(?:n|adj|np)>", after.surface):
        return
    unit.before += "O " if unit.surface[0] == "Q" else "o "
    unit.surface = "q" + unit.surface[1:]


def _said(unit: Unit, begins: bool, before: Unit | None) -> list[Unit]:
    """A unit as one or more of Brazil's."""
    unit.surface = re.sub(r"^([Ff])icar(<vblex>[^+]*)\+se<prn><enc><ref>.*$", r"\1icar\2", unit.surface)
    unit.surface = _NEUTER.sub("", unit.surface) if "<inf>" not in unit.surface else unit.surface
    unit.surface = re.sub(
        r"^([Tt])u<prn><tn><p3>", lambda m: ("V" if m[1] == "T" else "v") + "ocê<prn><tn><p3>", unit.surface
    )
    unit.surface = re.sub(r"^([^<+]+ar<v[a-z]+>)<ifi><p1><pl>", r"\1<pri><p1><pl>", unit.surface)
    unit.surface = re.sub(
        r"^([Ff])ixar(<vblex>[^+]*)\+se<prn><enc><ref>.*$",
        lambda m: ("R" if m[1] == "F" else "r") + f"eparar{m[2]}",
        unit.surface,
        flags=re.IGNORECASE,
    )
    unit.surface = _other_word(unit.surface)
    pause = before is not None and "<cm>" in before.surface and "<imp>" in unit.surface
    lets = _LETS.match(unit.surface) if begins or pause else None
    if lets and lets["verb"].lower() != "ir":
        capital = unit.surface[0].isupper()
        let = Unit(unit.before, ("Ir" if capital else "ir") + "<vblex><pri><p1><pl>", [])
        verb = lets["verb"].lower()
        return [let, Unit(" ", f"{verb}{lets['kind']}<inf>{lets['rest']}", [])]
    wish = _WISH.match(unit.surface)
    if wish:
        head = "G" if unit.surface[0] == "Q" else "g"
        unit.surface = f"{head}ostar<vblex><cni>{wish['person']}"
        return [unit, Unit(" ", "de<pr>", [])]
    return _pronoun_first(unit)


def _pronoun_first(unit: Unit) -> list[Unit]:
    found = _ENCLITIC.match(unit.surface)
    if not found:
        return [unit]
    pronoun = found["rest"].replace("<enc>", "<pro>")
    capital = unit.surface[0].isupper()
    pronoun = (pronoun[0].upper() if capital else pronoun[0].lower()) + pronoun[1:]
    verb = found["verb"][0].lower() + found["verb"][1:]
    return [Unit(unit.before, pronoun, []), Unit(" ", verb, [])]


def _other_word(surface: str) -> str:
    lemma, mark, tags = surface.partition("<")
    kind = tags.partition(">")[0]
    new = _LEMMAS.get(f"{lemma.lower()}<{kind}>")
    if new is None:
        return surface
    return (new[0].upper() + new[1:] if lemma[:1].isupper() else new) + mark + tags


def _without_neuters(units: Sequence[Unit]) -> list[Unit]:
    """Without "it" that stands for what was said: "eu sei", not "eu o sei"."""
    made: list[Unit] = []
    for unit in units:
        if (
            made
            and re.match(r"^[Oo]<prn><pro><p3><nt>$", made[-1].surface)
            and re.search(r"<v[a-z]+><(?!inf)", unit.surface)
        ):
            gone = made.pop()
            unit.before = gone.before
            if gone.surface[0].isupper():
                unit.surface = unit.surface[0].upper() + unit.surface[1:]
        made.append(unit)
    return made
