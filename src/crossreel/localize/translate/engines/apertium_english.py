"""Readings of English words that Apertium's tagger often gets wrong in speech, decided before it chooses.

Its model was taught on news, where nobody gives orders and few ask questions: "Open the door" is an
adjective to it, "look" a noun, "you" in "are you" an object. Each rule keeps the readings that the words
around allow and never takes the last one. Rules were written looking at the development films only (see
docs/benchmarks/localization.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crossreel.localize.translate.engines.apertium_stages import Unit, joined, units_in

__all__ = ["COMMANDS", "decided"]

_FINITE = re.compile(r"<(?:vblex|vbser|vbhaver|vbmod|vbdo|vaux)><(?:pres|past|pri)>")
_INFINITIVE = re.compile(r"<(?:vblex|vbser|vbhaver|vbmod)><inf>")
_VERB = re.compile(r"<(?:vblex|vbser|vbhaver|vbmod|vbdo|vaux)>")
_SUBJECT, _OBJECT = "<prn><subj>", "<prn><obj>"
_OPENS = frozenset(("det", "prn", "num", "np"))
COMMANDS = frozenset(
    [
        "look",
        "wait",
        "stop",
        "come",
        "go",
        "listen",
        "move",
        "turn",
        "click",
        "press",
        "open",
        "close",
        "let",
        "leave",
        "stay",
        "run",
        "watch",
        "help",
        "call",
        "try",
        "remember",
        "forget",
        "take",
        "hold",
        "drag",
        "select",
        "choose",
        "start",
        "begin",
        "keep",
        "read",
        "note",
        "see",
        "play",
        "select",
        "rotate",
        "copy",
        "set",
        "put",
        "get",
        "follow",
        "check",
        "sit",
        "stand",
        "tell",
        "think",
        "hurry",
        "relax",
    ]
)
"""Verbs that begin an order even where little says so."""
_BEFORE_ORDERS = frozenset(
    [
        "now",
        "then",
        "just",
        "please",
        "so",
        "next",
        "first",
        "and",
        "or",
        "but",
        "ok",
        "okay",
        "well",
        "oh",
        "hey",
    ]
)
_WITHOUT_TO = re.compile(r"<(?:vaux|vbdo)>")


def decided(stream: str) -> str:
    """The stream of one English text with fewer readings."""
    units, rest = units_in(stream)
    order = False
    for place, unit in enumerate(units):
        _name(unit, units, place)
        if _is_end(unit):
            order = False
        alone = _is_end(_at(units, place - 1)) or _tag(_at(units, place - 1)) == "cm"
        if unit.surface.lower() == "please" and (alone or _is_end(_at(units, place + 1))):
            _keep(unit, "<adv>")
        if unit.surface.lower() == "that" and _tag(_at(units, place - 1)) in ("vbdo", "vblex"):
            _that(units, place)
        if _is_order(units, place, order):
            order = True
            _keep(unit, _INFINITIVE)
            continue
        if unit.surface.lower() == "no" and _tag(_at(units, place + 1)) in ("sent", "cm", ""):
            _keep(unit, "<ij>" if _has(unit, "<ij>") else "<adv>")
        _pronoun(units, place)
        _verb(units, place)
        _noun(units, place)
    _asked_now(units)
    _may(units)
    return joined(units, rest)


def _has(unit: Unit | None, pattern: re.Pattern[str] | str) -> bool:
    if unit is None:
        return False
    found = re.search if isinstance(pattern, re.Pattern) else lambda p, text: p in text
    return any(found(pattern, reading) for reading in unit.readings)


def _keep(unit: Unit, pattern: re.Pattern[str] | str) -> None:
    kept = [
        reading
        for reading in unit.readings
        if (pattern.search(reading) if isinstance(pattern, re.Pattern) else pattern in reading)
    ]
    unit.readings = kept or unit.readings


def _at(units: Sequence[Unit], place: int) -> Unit | None:
    return units[place] if 0 <= place < len(units) else None


def _tag(unit: Unit | None) -> str:
    """The first tag of a unit's first reading."""
    match = re.search(r"<(\w+)>", unit.readings[0]) if unit is not None and unit.readings else None
    return match.group(1) if match else ""


def _is_end(unit: Unit | None) -> bool:
    return unit is None or _tag(unit) in ("sent", "lpar", "lquot")


def _helps(unit: Unit | None) -> bool:
    """Whether it is a modal or do, which a bare verb follows."""
    return _has(unit, _WITHOUT_TO)


def _name(unit: Unit, units: Sequence[Unit], place: int) -> None:
    """An unknown word with a capital is a name: it may stand in a noun phrase."""
    if (
        len(unit.readings) == 1
        and unit.readings[0].startswith("*")
        and re.fullmatch(r"[^\W\d_]{2,}", unit.surface)
    ):
        first = _is_end(_at(units, place - 1))
        if unit.surface[0].isupper():
            several = (
                first
                and unit.surface.endswith("s")
                and (_at(units, place + 1) or unit).surface in ("are", "were")
            )
            unit.readings = [f"{unit.surface}<np><cog><mf><{'pl' if several else 'sg'}>"]


def _is_order(units: Sequence[Unit], place: int, after_order: bool) -> bool:
    """Whether a word begins an order: a bare verb that begins a sentence, and what follows."""
    unit = units[place]
    following = _at(units, place + 1)
    if not _has(unit, "<vblex><inf>") or unit.surface.lower() in ("like", "please"):
        return False
    if unit.surface.lower() in ("do", "have") and _has(following, _SUBJECT):
        return False
    at = place - 1
    while at >= 0 and (units[at].surface.lower() in _BEFORE_ORDERS or _tag(units[at]) == "cm"):
        joins = units[at].surface.lower() in ("and", "or") and at > 0
        if joins and not after_order:
            return False
        at -= 1
    clause = at == place - 2 and _tag(units[place - 1]) == "cm" and unit.surface.lower() in COMMANDS
    if not _is_end(_at(units, at)) and not clause and not (after_order and at < place - 1):
        return False
    if following is not None and _tag(following) in _OPENS and not _has(following, _SUBJECT + "<p1>"):
        return not _has(following, _FINITE)
    if following is None or _tag(following) in ("pr", "adv", "sent", "cm", "preadv"):
        return unit.surface.lower() in COMMANDS or not _has(unit, "<n>")
    return unit.surface.lower() in COMMANDS and not _has(following, _FINITE)


def _pronoun(units: Sequence[Unit], place: int) -> None:
    """You and it: who acts, or whom it befalls."""
    unit, before, after = units[place], _at(units, place - 1), _at(units, place + 1)
    if not (_has(unit, _SUBJECT) and _has(unit, _OBJECT)):
        return
    asked = before is not None and _tag(before) in ("vbser", "vbdo", "vaux", "vbhaver")
    starts = _is_end(before) or (
        before is not None and _tag(before) in ("cm", "cnjcoo", "cnjsub", "cnjadv", "rel")
    )
    if (asked and (_has(after, _VERB) or _tag(after) in ("adj", "adv", "preadv"))) or (
        starts and _has(after, _FINITE)
    ):
        _keep(unit, _SUBJECT)
    elif (
        before is not None and (_tag(before) == "pr" or _tag(before) == "vblex") and not _has(after, _FINITE)
    ):
        _keep(unit, _OBJECT)


def _verb(units: Sequence[Unit], place: int) -> None:
    """A bare verb after to, a modal or do; a finite one after whoever acts."""
    unit, before = units[place], _at(units, place - 1)
    if before is None or not _has(unit, "<vblex>"):
        return
    at = place - 1
    while at > 0 and _tag(units[at]) == "adv" and not _has(units[at], "<vbdo>"):
        at -= 1
    helper = units[at]
    if (
        any(reading.endswith("# to") for reading in helper.readings)
        or _helps(helper)
        or (_has(helper, _SUBJECT) and _helps(_at(units, at - 1)))
        or (helper.surface.lower() == "to" and _tag(_at(units, place + 1)) in ("det", "prn"))
    ):
        _keep(unit, _INFINITIVE)
    elif _has(before, _SUBJECT) and not _has(before, _OBJECT) and _has(unit, _FINITE):
        _keep(unit, _FINITE)


def _noun(units: Sequence[Unit], place: int) -> None:
    """No finite verb stands right behind an article or a possessive."""
    unit, before = units[place], _at(units, place - 1)
    if before is None or not _has(unit, "<n>") or not _has(unit, _VERB):
        return
    if all("<det>" in reading for reading in before.readings):
        unit.readings = [reading for reading in unit.readings if not _VERB.search(reading)] or unit.readings


def _asked_now(units: list[Unit]) -> None:
    """Are you coming: asked as do you come, which Spanish says by the plain present too."""
    for place in range(len(units) - 2):
        be, who, what = units[place : place + 3]
        asked = _is_end(_at(units, place - 1)) or _has(_at(units, place - 1), "<itg>")
        if not (asked and _tag(be) == "vbser" and _has(who, _SUBJECT) and _has(what, "<vblex><ger>")):
            continue
        lemma = next(reading for reading in what.readings if "<vblex><ger>" in reading).split("<", 1)[0]
        tense = "past" if any("<past>" in reading for reading in be.readings) else "pres"
        third = be.surface.lower() == "is"
        _keep(who, _SUBJECT)
        be.readings = ["do<vbdo><pri><p3><sg>" if third else f"do<vbdo><{tense}>"]
        what.readings = [f"{lemma}<vblex><inf>"]


def _that(units: list[Unit], place: int) -> None:
    """Do that, before an adverb or the end: a thing, not a clause."""
    if _tag(_at(units, place + 1)) in ("adv", "sent", "cm", "preadv", ""):
        _keep(units[place], "<prn><tn>")
        _keep(units[place - 1], "<vblex>")


def _may(units: list[Unit]) -> None:
    """Can I see: Spanish needs no other order to ask, and the verb finds who acts when it stands behind."""
    for place in range(len(units) - 2):
        helper, who = units[place], units[place + 1]
        before = _at(units, place - 1)
        asked = _is_end(before) or _has(before, "<itg>") or _tag(before) in ("cm", "cnjcoo")
        if not (asked and _has(helper, "<vaux>") and "+" not in helper.readings[0] and _has(who, _SUBJECT)):
            continue
        _keep(who, _SUBJECT)
        _keep(helper, "<vaux>")
        helper.readings = [reading[:1].lower() + reading[1:] for reading in helper.readings]
        helper.surface, who.surface = helper.surface.lower(), who.surface[:1].upper() + who.surface[1:]
        helper.before, who.before = who.before, helper.before
        units[place], units[place + 1] = who, helper
