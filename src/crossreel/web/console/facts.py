"""What the fields of the filter language mean, and which titles a filter picks."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from crossreel.catalog.genres import genre_slugs
from crossreel.catalog.search import fold
from crossreel.catalog.title import TitleKind
from crossreel.errors import BadValue
from crossreel.rights.license import Mode
from crossreel.values.language import ENGLISH, Language
from crossreel.values.territory import Territory, all_territories
from crossreel.web.console.listing import Line, Lines, next_day
from crossreel.web.console.phrases import M_
from crossreel.web.console.sentence import And, Clause, Not, Phrase, wrong_sentence
from crossreel.web.phrasebook import phrasebook

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["FACTS", "FIELD_KINDS", "Fact", "check", "chosen", "country_code", "language_tag"]

Bools = npt.NDArray[np.bool_]

_fold = lru_cache(maxsize=1 << 17)(fold)


@dataclass(frozen=True)
class Fact:
    """One field.

    Attributes:
        kind: how it is spoken of (``verbs.KINDS``).
        label: what it is called (marked with ``M_``).
        hint: an example of a value.
        read: its values for a line; texts are folded, set members as they are compared.
        parse: a written value in the form in which ``read`` gives it.
    """

    kind: str
    label: str
    hint: str
    read: Callable[[Line], Any]
    parse: Callable[[str], Any]


def country_code(text: str) -> str:
    """A country by code or English name. Raises ``BadValue``."""
    return _countries().get(text.casefold()) or Territory.parse_origin(text).code


def language_tag(text: str) -> str:
    """A language by tag or English name. Raises ``BadValue``."""
    return _languages().get(text.casefold()) or Language.parse(text).tag


@cache
def _countries() -> dict[str, str]:
    book = phrasebook(ENGLISH)
    former = [Territory(code) for code in ("AN", "CS", "DD", "SU", "YU")]
    return {book.territory(one).casefold(): one.code for one in (*former, *all_territories())}


@cache
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for tag, name in phrasebook(ENGLISH).locale.languages.items():
        if "_" not in tag:
            found.setdefault(str(name).casefold(), tag)
    return found


def _broader(tags: Collection[str]) -> frozenset[str]:
    """``pt-BR`` is also ``pt``."""
    return frozenset(
        "-".join(parts[:length])
        for tag in tags
        for parts in (tag.split("-"),)
        for length in range(1, len(parts) + 1)
    )


def _genre(text: str) -> str:
    slugs = genre_slugs([text])
    return slugs[0] if slugs else text.casefold()


def _kind(text: str) -> str:
    try:
        return TitleKind(text.casefold()).value
    except ValueError as error:
        raise BadValue("kind", text, "one of " + ", ".join(TitleKind)) from error


def _number(text: str) -> int:
    try:
        return int(text.replace(",", "")) if len(text) < 12 else _no_number(text)
    except ValueError:
        return _no_number(text)


def _no_number(text: str) -> int:
    raise BadValue("number", text, "a whole number such as 1927")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadValue("date", text, "a date such as 2027-01-01") from error


def _names(line: Line) -> list[str]:
    title = line.title
    return [title.name, *(text.name for text in title.texts if text.name), *title.aliases]


FACTS: dict[str, Fact] = {
    "name": Fact("text", M_("name"), "moon", _names, fold),
    "id": Fact("text", M_("id"), "sample:", lambda line: [str(line.title.id)], fold),
    "person": Fact(
        "text", M_("person"), "Murnau", lambda line: [credit.name for credit in line.title.credits], fold
    ),
    "country": Fact(
        "set", M_("country"), "JP", lambda line: {one.code for one in line.title.countries}, country_code
    ),
    "language": Fact(
        "set",
        M_("language"),
        "ja",
        lambda line: _broader([one.tag for one in line.title.original_languages]),
        language_tag,
    ),
    "genre": Fact("set", M_("genre"), "horror", lambda line: line.title.genres, _genre),
    "keyword": Fact(
        "set", M_("keyword"), "vampire", lambda line: {fold(one) for one in line.title.keywords}, fold
    ),
    "kind": Fact("set", M_("kind"), "film", lambda line: (line.title.kind.value,), _kind),
    "source": Fact(
        "set", M_("source"), "sample", lambda line: (line.title.id.source.casefold(),), str.casefold
    ),
    "year": Fact("number", M_("year"), "1927", lambda line: line.title.year, _number),
    "runtime": Fact("number", M_("runtime"), "90", lambda line: line.title.runtime_minutes, _number),
    "text": Fact(
        "set",
        M_("text"),
        "ja",
        lambda line: _broader([text.language.tag for text in line.title.texts]),
        language_tag,
    ),
    "synopsis": Fact(
        "set",
        M_("synopsis"),
        "ja",
        lambda line: _broader([text.language.tag for text in line.title.texts if text.synopsis]),
        language_tag,
    ),
    "licenses": Fact("number", M_("licenses"), "1", lambda line: len(line.licenses), _number),
    "expires": Fact("date", M_("expires"), "2027-01-01", lambda line: line.ends, _day),
    "opens": Fact("date", M_("opens"), "2027-01-01", lambda line: line.starts, _day),
    "open": Fact("place", M_("open"), "JP as SVOD", lambda line: None, country_code),
    "closed": Fact("place", M_("closed"), "JP", lambda line: None, country_code),
}
"""The fields. ``expires`` and ``opens`` speak of the next license of the title that ends or starts,
from today on; ``text`` and ``synopsis`` are the languages that there is one in; ``language`` and
``country`` are where the title comes from."""

FIELD_KINDS = {name: fact.kind for name, fact in FACTS.items()}


def check(phrase: Phrase | None, sentence: str) -> None:
    """Reads every value of a filter. Raises ``BadValue`` for the first that makes no sense."""
    if phrase is None:
        return
    if isinstance(phrase, Clause):
        _parsed(phrase, sentence)
    elif isinstance(phrase, Not):
        check(phrase.part, sentence)
    else:
        for part in phrase.parts:
            check(part, sentence)


def _parsed(clause: Clause, sentence: str) -> tuple[Any, ...]:
    fact = FACTS[clause.field]
    parse: Callable[[str], Any] = _number if clause.verb == "within" else fact.parse
    try:
        if fact.kind == "place":
            place = Territory.parse(parse(clause.values[0]))
            return (place, *(Mode.read(mode) for mode in clause.values[1:]))
        return tuple(parse(value) for value in clause.values)
    except BadValue as error:
        value = str(error.data.get("value", "")).strip("'\"")
        at = max(sentence.casefold().find(value.casefold()), 0) if value else 0
        raise wrong_sentence(
            sentence, at, f"In “{clause.field} {clause.verb} …”: {error.message}", advice=error.advice
        ) from error


def chosen(phrase: Phrase | None, lines: Lines, app: App, now: datetime, sentence: str) -> Bools:
    """(n,) which lines a filter picks. Raises ``BadValue``."""
    if phrase is None:
        return np.ones(len(lines.all), dtype=np.bool_)
    if isinstance(phrase, Clause):
        return _of_clause(phrase, lines, app, now, sentence)
    if isinstance(phrase, Not):
        return ~chosen(phrase.part, lines, app, now, sentence)
    found = [chosen(part, lines, app, now, sentence) for part in phrase.parts]
    joined: Bools = (np.logical_and if isinstance(phrase, And) else np.logical_or).reduce(found)
    return joined


def _of_clause(clause: Clause, lines: Lines, app: App, now: datetime, sentence: str) -> Bools:
    fact, values = FACTS[clause.field], _parsed(clause, sentence)
    if fact.kind == "place":
        mask = app.rights.mask(lines.titles, values[0], values[1:] or tuple(Mode), now)
        return mask if clause.field == "open" else ~mask
    test = _TESTS[fact.kind](clause.verb, values, now.date())
    return np.fromiter((test(fact.read(line)) for line in lines.all), dtype=np.bool_, count=len(lines.all))


def _text_test(verb: str, values: tuple[str, ...], _today: date) -> Callable[[list[str]], bool]:
    if not values:
        return lambda told: bool(told) == (verb == "is known")
    (want,) = values
    match verb:
        case "contains":
            return lambda told: any(want in _fold(one) for one in told)
        case "does not contain":
            return lambda told: not any(want in _fold(one) for one in told)
        case "is":
            return lambda told: any(want == _fold(one) for one in told)
        case "is not":
            return lambda told: not any(want == _fold(one) for one in told)
        case _:
            return lambda told: any(_fold(one).startswith(want) for one in told)


def _set_test(verb: str, values: tuple[str, ...], _today: date) -> Callable[[Collection[str]], bool]:
    if not values:
        return lambda told: bool(told) == (verb == "is known")
    want = frozenset(values)
    if verb in {"is", "is one of"}:
        return lambda told: not want.isdisjoint(told)
    return lambda told: want.isdisjoint(told)


def _number_test(verb: str, values: tuple[int, ...], _today: date) -> Callable[[int | None], bool]:
    if not values:
        return lambda told: (told is not None) == (verb == "is known")
    low, high = values[0], values[-1]
    if verb == "is not":
        return lambda told: told != low
    bounds: dict[str, Callable[[int], bool]] = {
        "is": lambda told: told == low,
        "is over": lambda told: told > low,
        "is under": lambda told: told < low,
        "is at least": lambda told: told >= low,
        "is at most": lambda told: told <= low,
        "is between": lambda told: low <= told <= high,
    }
    within = bounds[verb]
    return lambda told: told is not None and within(told)


def _date_test(verb: str, values: tuple[Any, ...], today: date) -> Callable[[tuple[date, ...]], bool]:
    if not values:
        return lambda told: (next_day(told, today) is not None) == (verb == "ever")
    if verb == "within":
        low, high = today, _later(today, values[0])
    else:
        low, high = values[0], values[-1]
    bounds: dict[str, Callable[[date], bool]] = {
        "before": lambda day: day < low,
        "after": lambda day: day > low,
        "on": lambda day: day == low,
        "between": lambda day: low <= day <= high,
        "within": lambda day: day <= high,
    }
    holds = bounds[verb]
    return lambda told: (day := next_day(told, today)) is not None and holds(day)


def _later(today: date, days: int) -> date:
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return date.max


_TESTS: dict[str, Callable[[str, tuple[Any, ...], date], Callable[[Any], bool]]] = {
    "text": _text_test,
    "set": _set_test,
    "number": _number_test,
    "date": _date_test,
}
