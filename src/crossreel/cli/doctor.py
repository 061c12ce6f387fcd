"""``crossreel doctor``: what this installation has, and how to get what it lacks."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import Any

from crossreel.cli.terminal import Home, Json, emit, table

__all__ = ["doctor"]

_PURPOSES = {
    "ann": "recommending from more than 200,000 titles",
    "boost": "the blend of recommenders by boosted trees",
    "context": "public holidays as a factor of recommending",
    "deep": "networks that recommend",
    "localize": "subtitle formats beside WebVTT and SRT; chrF and BLEU",
    "media": "looking into films, making and packaging them",
    "spark": "training and scoring on a cluster",
    "speech": "transcribing and speaking",
    "speech-ja": "Japanese voices",
    "text": "languages, sentiment, summaries",
    "translate": "translation models as directories",
    "vision": "faces, things and text in pictures, speech in sound",
}
"""Each extra and what it is for; ``all`` and ``dev`` are sums of others."""

_PROGRAMS = (
    ("apertium", "translating without a network", "apt-get install apertium apertium-eng-spa"),
    ("espeak-ng", "guide voices, and how Kokoro pronounces", "apt-get install espeak-ng"),
    ("java", "the extra spark", "apt-get install openjdk-17-jre-headless"),
    ("npm", "models that come in npm packages", "apt-get install npm"),
    ("piper", "more voices", "pipx install piper-tts"),
)
_REQUIREMENT = re.compile(r"([\w.-]+)[^;]*;.*\bextra\s*==\s*['\"]([\w-]+)['\"]")


def doctor(home: Home = None, as_json: Json = False) -> None:
    """Say what this installation has, how to get what it lacks, and whether the workspace is sound."""
    from crossreel import __version__
    from crossreel.app import examine
    from crossreel.settings import default_home

    document: dict[str, Any] = {
        "crossreel": __version__,
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        **examine(home or default_home()),
        "extras": {name: _extra(name, packages) for name, packages in sorted(_extras().items())},
        "programs": {name: _program(name, use, command) for name, use, command in _PROGRAMS},
        "models": _models(home),
    }
    emit(document, as_json, lambda: _show(document))


def _extras() -> dict[str, list[str]]:
    """The packages of each extra that this installation declares."""
    found: dict[str, list[str]] = {}
    for line in metadata.requires("crossreel") or ():
        match = _REQUIREMENT.match(line)
        if match and match[2] in _PURPOSES:
            found.setdefault(match[2], []).append(match[1])
    return found


def _extra(name: str, packages: list[str]) -> dict[str, Any]:
    missing = [package for package in packages if not _installed(package)]
    command = f"pip install 'crossreel[{name}]'" if missing else None
    return {"for": _PURPOSES[name], "installed": not missing, "missing": missing, "command": command}


def _installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _program(name: str, use: str, command: str) -> dict[str, Any]:
    path = shutil.which(name)
    return {"for": use, "installed": path is not None, "path": path, "command": None if path else command}


def _models(home: Home) -> dict[str, Any]:
    """The pretrained models, by name."""
    from crossreel.app import pretrained_models
    from crossreel.models.registry import all_cards

    store = pretrained_models(home)
    return {
        name: {
            "for": card.task,
            "installed": store.has(card),
            "command": None if store.has(card) else f"crossreel models pull {name}",
        }
        for name, card in sorted(all_cards().items())
    }


def _show(document: dict[str, Any]) -> None:
    table(("", "", ""), list(_facts(document)))
    for part, title in (("extras", "Extras"), ("programs", "Programs"), ("models", "Pretrained models")):
        rows = [
            (name, "here" if one["installed"] else "", one["for"], one["command"])
            for name, one in document[part].items()
        ]
        table(("", "", "for", "get it with"), rows, title=title)


def _facts(document: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    for key, value in document.items():
        if key == "workspace":
            yield from ((key, name, state) for name, state in value.items())
        elif not isinstance(value, dict):
            yield (key, "", value)
