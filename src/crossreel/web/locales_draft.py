"""Drafts of interface strings by the translation machine: ``python -m crossreel.web.locales_draft es``.

Only messages without a translation are drafted, and each is marked ``fuzzy``: gettext shows no fuzzy
message to anybody, so that a person reads it first and takes the mark away. Fields (``%(name)s``), tags and
entities go through the engine under names of their own; a draft that lacks one or doubles it is not kept.
"""

from __future__ import annotations

import argparse
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from crossreel.localize.translate.asking import ask
from crossreel.localize.translate.roles import Request, TranslationEngine
from crossreel.localize.translate.wording import finished, prepared
from crossreel.values.language import Language
from crossreel.web.locales_build import catalog_path, extracted, pot_text

__all__ = ["Drafted", "draft", "main", "masked", "unmasked"]

ENGLISH = Language.parse("en")
_FIELD = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|</?\w[^>]*>|&#?\w+;")
_NAME = "Zq{}zu"
_NAMED = re.compile(r"zq([a-z]+)zu", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a run did: messages drafted, and those left (message, why)."""

    drafted: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


def _letters(number: int) -> str:
    """0 is a, 25 is z, 26 is ba."""
    high, low = divmod(number, 26)
    return (_letters(high) if high else "") + chr(ord("a") + low)


def masked(text: str) -> tuple[str, list[str]]:
    """A text whose fields are names no language has, and the fields in order."""
    fields: list[str] = []

    def name(match: re.Match[str]) -> str:
        fields.append(match.group())
        return _NAME.format(_letters(len(fields) - 1))

    return _FIELD.sub(name, text), fields


def unmasked(text: str, fields: Sequence[str]) -> str | None:
    """The translation with its fields; None where one is missing, doubled or unknown."""
    names = {_letters(number): field for number, field in enumerate(fields)}
    seen = [match.group(1).lower() for match in _NAMED.finditer(text)]
    if sorted(seen) != sorted(names) or _FIELD.search(text):
        return None
    return _NAMED.sub(lambda match: names[match.group(1).lower()], text)


def draft(catalog: Catalog, language: Language, engine: TranslationEngine) -> Drafted:
    """Drafts what a catalog lacks; the catalog is changed.

    Args:
        catalog: of ``language``, in step with the code.
        language: to draft.
        engine: translates from English.

    Raises:
        BadValue, Missing: the engine cannot translate into that language.
    """
    lacking = [one for one in catalog if one.id and not _strings(one)]
    if not engine.route(ENGLISH, language):
        engine.translate([], ENGLISH, language)  # engines say more: what to install
    sources = [form for one in lacking for form in _forms(one)]
    masks = {source: masked(source) for source in sources}
    ready = {
        source: prepared(text, ENGLISH)[0] if engine.facts.rule_based else text
        for source, (text, _) in masks.items()
    }
    asked = ask(
        engine,
        [Request(str(number), ready[source]) for number, source in enumerate(masks)],
        ENGLISH,
        language,
    )
    made: dict[str, str | None] = {}
    for number, (source, (text, fields)) in enumerate(masks.items()):
        answer = asked.texts.get(str(number))
        made[source] = None if answer is None else unmasked(finished(answer, text, language), fields)
    done, left = [], []
    for message in lacking:
        forms = [made[form] for form in _forms(message)]
        name = _forms(message)[0]
        if any(form is None for form in forms):
            left.append((name, "its fields did not come through, or the engine gave no answer"))
            continue
        if len(forms) == 1:
            message.string = forms[0] or ""
        else:
            message.string = (forms[0] or "", *[forms[1] or ""] * (catalog.num_plurals - 1))
            if catalog.num_plurals == 1:
                message.string = (forms[1] or "",)
        message.flags.add("fuzzy")
        done.append(name)
    return Drafted(tuple(done), tuple(left))


def _strings(message: Message) -> bool:
    string = message.string
    return all(string) if isinstance(string, tuple | list) else bool(string)


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (str(message.id),)


def main(arguments: Sequence[str] | None = None) -> None:
    """Drafts one language's catalog and says what was left."""
    from crossreel.app import translation_engine

    asked = argparse.ArgumentParser(prog="python -m crossreel.web.locales_draft", description=__doc__)
    asked.add_argument("language", help="a folder of locales, such as es; made where it is not there")
    asked.add_argument("--engine", default="apertium")
    asked.add_argument("--model", default="")
    asked.add_argument("--file", type=Path, help="another .po file than the language's own")
    options = asked.parse_args(arguments)
    path = options.file or catalog_path(options.language)
    locale = options.language.replace("-", "_")
    catalog = read_po(io.BytesIO(path.read_bytes() if path.exists() else b""), locale=locale)
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    engine = translation_engine(options.engine, model=options.model)
    told = draft(catalog, Language.parse(options.language), engine)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(pot_text(catalog), encoding="utf-8")
    for message, why in told.left:
        print(f"left: {message!r}: {why}")
    print(f"{path}: {len(told.drafted)} drafted and marked fuzzy, {len(told.left)} left")


if __name__ == "__main__":
    main()
