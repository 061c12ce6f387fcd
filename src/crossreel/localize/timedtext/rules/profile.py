"""Rule profiles: dated, sourced figures per language, read from TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile, BadValue
from crossreel.values.language import Language

__all__ = ["ADULTS", "COUNTINGS", "DASHES", "Audience", "Limits", "load_profile", "profile_names"]

COUNTINGS = ("auto", "characters", "half-width", "half-width-ko", "no-marks", "graphemes")
"""How characters are counted; ``auto`` takes the language's script."""

DASHES = ("any", "none", "- both", "-both", "- second", "-second")
"""How two speakers in one cue are marked: with a space or without, on both lines or the second."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who reads: adults or children, with or without subtitles for the deaf and hard of hearing."""

    children: bool = False
    sdh: bool = False


ADULTS = Audience()


@dataclass(frozen=True, slots=True)
class Limits:
    """One profile's rules for one language and audience.

    Args:
        profile: its name; ``default`` where the profile asked for has nothing for the language.
        language: of the text.
        source: where the figures are from.
        as_of: the day they were checked.
        line_length: characters a line, as counted.
        line_length_vertical: the same for vertical text.
        lines: lines a cue.
        cps: characters a second; None where words are counted.
        words_per_minute: words a minute, or None.
        min_duration: seconds.
        max_duration: seconds.
        gap_frames: least frames between cues; 0 switches the rule off.
        chaining: close gaps of 3 frames to half a second.
        shots: mind shot changes.
        counting: one of ``COUNTINGS``, not ``auto``.
        dash: one of ``DASHES``.
        italics: whether the language may have them.
        ellipsis: ``…``, ``...`` or ``any``.
        numbers: 1 to 10 are spelled out.
        full_width: punctuation beside Han and kana is full-width.
        western_digits: digits are 0 to 9.
    """

    profile: str
    language: Language
    source: str
    as_of: date
    line_length: Fraction
    line_length_vertical: Fraction
    lines: int
    cps: Fraction | None
    words_per_minute: Fraction | None
    min_duration: Fraction
    max_duration: Fraction
    gap_frames: int
    chaining: bool
    shots: bool
    counting: str
    dash: str
    italics: bool
    ellipsis: str
    numbers: bool
    full_width: bool
    western_digits: bool


_KEYS = {
    "line_length", "line_length_vertical", "lines", "cps", "cps_children", "cps_sdh", "cps_sdh_children",
    "words_per_minute", "words_per_minute_children", "min_duration", "max_duration", "gap_frames", "chaining",
    "shots", "counting", "dash", "italics", "ellipsis", "numbers", "full_width", "western_digits", "source",
    "as_of", "any_language",
}  # fmt: skip


def profile_names() -> tuple[str, ...]:
    """The profiles that come with Crossreel."""
    folder = files("crossreel.localize.timedtext.rules") / "profiles"
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    )


def load_profile(name: str | Path, language: Language, audience: Audience = ADULTS) -> Limits:
    """The rules of a profile for a language.

    Args:
        name: one of ``profile_names()``, or the path of a TOML file of the same form, which may say
            ``extends = "netflix"``.
        language: of the text. Its own table counts, else that of a less exact tag (``pt-BR``: ``pt``),
            else, where the profile has none, the ``default`` profile.
        audience: who reads.

    Raises:
        BadValue: no such profile.
        BadFile: a file that is not TOML, or with unknown keys or wrong values.
    """
    table = _table(name)
    found = _for_language(table, language)
    if found is None:
        table = _table("default")
        found = dict(table["defaults"])
    return _limits(str(name), table, found, language, audience)


def _for_language(table: Mapping[str, Any], language: Language) -> dict[str, Any] | None:
    defaults = dict(table.get("defaults", {}))
    languages = table.get("languages", {})
    for key in _keys(language):
        if key in languages:
            return {**defaults, **languages[key]}
    return defaults if defaults.get("any_language") else None


def _keys(language: Language) -> list[str]:
    """Tags to look under, the most exact first: ``zh-TW`` is also ``zh-Hant``."""
    parts = language.tag.split("-")
    keys = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    if language.primary == "zh":
        keys.insert(-1, f"zh-{language.script}")
    return keys


@lru_cache(maxsize=16)
def _packaged(name: str) -> dict[str, Any]:
    entry = files("crossreel.localize.timedtext.rules") / "profiles" / f"{name}.toml"
    return tomllib.loads(entry.read_text(encoding="utf-8"))


def _table(name: str | Path) -> dict[str, Any]:
    if str(name) in profile_names():
        return _packaged(str(name))
    path = Path(name)
    if path.suffix != ".toml" and not path.is_file():
        raise BadValue(
            "profile", str(name), f"one of {', '.join(profile_names())}, or the path of a TOML file"
        )
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(path, f"cannot be read ({error.strerror or error})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(path, f"is not valid TOML: {error}") from error
    return _checked(path, _extended(path, table))


def _extended(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    base = table.get("extends", "default")
    if base not in profile_names():
        raise BadFile(
            path, f"extends the unknown profile {base!r}", advice=f"Known: {', '.join(profile_names())}."
        )
    known = _packaged(str(base))
    languages = {key: dict(value) for key, value in known.get("languages", {}).items()}
    for key, value in table.get("languages", {}).items():
        languages[key] = {**languages.get(key, {}), **value}
    defaults = {**known.get("defaults", {}), **table.get("defaults", {})}
    if "extends" not in table:
        defaults.setdefault("any_language", True)
    head = {"title": table.get("name", path.stem), "source": str(path), "as_of": known["as_of"]}
    return {**head, **table, "defaults": defaults, "languages": languages}


def _checked(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    for place, values in (("defaults", table["defaults"]), *table["languages"].items()):
        unknown = sorted(set(values) - _KEYS)
        if unknown:
            raise BadFile(
                path, f"has an unknown key {unknown[0]!r} in {place}", advice=f"Keys: {sorted(_KEYS)}."
            )
    for key in table["languages"]:
        Language.parse(key.removesuffix("-template"))
    sample = Language.parse("en")
    for values in (table["defaults"], *({**table["defaults"], **own} for own in table["languages"].values())):
        try:
            _limits(str(path), table, values, sample, Audience())
        except BadValue as error:
            raise BadFile(path, error.message.rstrip(".")) from error
    return table


def _limits(
    name: str, table: Mapping[str, Any], values: Mapping[str, Any], language: Language, who: Audience
) -> Limits:
    suffix = ("_sdh" if who.sdh else "") + ("_children" if who.children else "")
    cps = values.get(f"cps{suffix}", values.get("cps"))
    words = values.get(
        "words_per_minute_children" if who.children else "words_per_minute", values.get("words_per_minute")
    )
    given: dict[str, Any] = {
        "profile": str(table.get("name", Path(name).stem)),
        "language": language,
        "source": str(values.get("source", table.get("source", name))),
        "as_of": values.get("as_of", table.get("as_of", date.min)),
        "line_length": _number("line_length", values.get("line_length", 42)),
        "line_length_vertical": _number(
            "line_length_vertical", values.get("line_length_vertical", values.get("line_length", 42))
        ),
        "lines": int(_number("lines", values.get("lines", 2))),
        "cps": None if cps is None or words is not None else _number("cps", cps),
        "words_per_minute": None if words is None else _number("words_per_minute", words),
        "min_duration": _number("min_duration", values.get("min_duration", "5/6")),
        "max_duration": _number("max_duration", values.get("max_duration", 7)),
        "gap_frames": int(_number("gap_frames", values.get("gap_frames", 2), least=0)),
        "counting": _counting(_one_of("counting", values.get("counting", "auto"), COUNTINGS), language),
        "dash": _one_of("dash", values.get("dash", "any"), DASHES),
        "ellipsis": _one_of("ellipsis", values.get("ellipsis", "any"), ("any", "…", "...")),
    }
    for flag, usual in (
        ("chaining", True), ("shots", True), ("italics", True), ("numbers", False), ("full_width", False),
        ("western_digits", False),
    ):  # fmt: skip
        given[flag] = _flag(flag, values.get(flag, usual))
    return Limits(**{field.name: given[field.name] for field in fields(Limits)})


def _number(what: str, value: object, least: int = 1) -> Fraction:
    try:
        number = Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise BadValue(what, value, "a number") from error
    floor = Fraction(least) if "duration" not in what else Fraction(1, 100)
    if isinstance(value, bool) or not floor <= number <= 100_000:
        raise BadValue(what, value, f"a number from {floor} up")
    return number


def _one_of(what: str, value: object, known: tuple[str, ...]) -> str:
    if value not in known:
        raise BadValue(what, value, f"one of {', '.join(known)}")
    return str(value)


def _flag(what: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadValue(what, value, "true or false")
    return value


def _counting(given: str, language: Language) -> str:
    """The counting that a script calls for."""
    if given != "auto":
        return given
    by_script = {"Jpan": "half-width", "Hans": "half-width", "Hant": "half-width", "Kore": "half-width-ko"}
    marks = ("Thai", "Arab", "Hebr", "Laoo", "Khmr", "Mymr")
    indic = ("Deva", "Beng", "Gujr", "Guru", "Knda", "Mlym", "Orya", "Sinh", "Taml", "Telu")
    script = language.script
    if script in by_script:
        return by_script[script]
    return "no-marks" if script in marks else "graphemes" if script in indic else "characters"
