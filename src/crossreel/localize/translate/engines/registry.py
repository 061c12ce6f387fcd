"""Engines by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from importlib.metadata import entry_points

from crossreel.errors import WrongUse
from crossreel.localize.translate.engines.apertium import Apertium
from crossreel.localize.translate.engines.chat import ChatEngine
from crossreel.localize.translate.engines.deepl import DeepL
from crossreel.localize.translate.engines.own_http import OwnEngine
from crossreel.localize.translate.roles import TranslationEngine

__all__ = ["ENGINES", "engine_named"]

ENGINES = {
    "apertium": "rule-based, local, Debian packages; close languages",
    "ctranslate2": "OPUS-MT, NLLB or MADLAD model directories, local",
    "openai": "any endpoint that speaks OpenAI's chat completions",
    "deepl": "DeepL, by key",
    "own": "a service of your own by HTTP",
}
"""Name: what it is."""

_GROUP = "crossreel.translators"


def engine_named(name: str, options: Mapping[str, str]) -> TranslationEngine:
    """The engine of that name.

    Args:
        name: of ``ENGINES``, or of an entry point of the group ``crossreel.translators``.
        options: ``model``, and the settings of the section ``translate`` (``openai_url``, ``openai_key``,
            ``openai_model``, ``deepl_key``, ``deepl_url``, ``own_url``, ``own_key``, ``price``).

    Raises:
        WrongUse: no such engine, or it lacks an option.
        MissingExtra, MissingModel: what it needs is not installed.
    """
    price = Decimal(options["price"]) if options.get("price") else None
    makers: dict[str, Callable[[], TranslationEngine]] = {
        "apertium": Apertium,
        "openai": lambda: ChatEngine(
            _asked(options, "openai_url", name),
            options.get("model") or _asked(options, "openai_model", name),
            options.get("openai_key", ""),
            cost_per_million=price,
        ),
        "deepl": lambda: DeepL(
            _asked(options, "deepl_key", name), options.get("deepl_url", ""), cost_per_million=price
        ),
        "own": lambda: OwnEngine(_asked(options, "own_url", name), options.get("own_key", "")),
    }
    if name in makers:
        return makers[name]()
    for entry in entry_points(group=_GROUP):
        if entry.name == name:
            made: TranslationEngine = entry.load()()
            return made
    known = ", ".join([*ENGINES, *sorted({entry.name for entry in entry_points(group=_GROUP)})])
    raise WrongUse(f"There is no translation engine {name!r}.", advice=f"Engines: {known}.", engine=name)


def _asked(options: Mapping[str, str], option: str, engine: str) -> str:
    value = options.get(option, "")
    if not value:
        raise WrongUse(f"The engine {engine} needs {option}.", advice=f"Set translate.{option}.")
    return value
