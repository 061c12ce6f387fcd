"""Settings: one tree of typed, frozen sections; the only reader of environment and files.

Values come, later ones winning, from the defaults below, the workspace's ``crossreel.toml`` and
environment variables: section ``web``, field ``port`` is ``CROSSREEL_WEB_PORT``.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from crossreel.errors import BadFile, BadValue

__all__ = [
    "LogSettings",
    "ModelsSettings",
    "SettingRow",
    "Settings",
    "SpeechSettings",
    "StoreSettings",
    "SummarySettings",
    "TranslateSettings",
    "VideoSettings",
    "WebSettings",
    "cache_folder",
    "default_home",
    "load_settings",
    "setting_rows",
]

FILE_NAME = "crossreel.toml"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the pages are served."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8420
    """Port to listen on; 0 takes a free one."""
    territory: str = "US"
    """Territory a new visitor starts in (ISO 3166-1 alpha-2)."""
    language: str = "en"
    """Interface language where the browser asks for none that exists."""
    secure_cookies: bool = False
    """Send cookies over HTTPS only; switch on behind TLS."""
    compact_minutes: int = 10
    """Minutes between moves of live events into Parquet; 0 switches them off."""
    impressions_seconds: int = 5
    """Seconds between writes of what viewers were shown; 0 logs no impressions."""
    page_cache_mb: int = 32
    """Memory for finished pages of visitors without a profile, in MiB; 0 makes every page anew."""
    shutdown_seconds: int = 20
    """Seconds that running requests may take to finish when the server is told to stop."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What ``crossreel serve`` writes to standard error."""

    level: str = "info"
    """The least that is written: debug, info, warning or error."""
    format: str = "auto"
    """``json`` (one object a line), ``text``, or ``auto``: text on a terminal, JSON elsewhere."""
    requests: bool = True
    """Write one line for each request."""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """How data are kept."""

    memory_mb: int = 512
    """Memory that event queries and imports may use, in MiB."""
    threads: int = 0
    """Threads for event queries and training; 0 means all cores."""


@dataclass(frozen=True, slots=True)
class ModelsSettings:
    """Where pretrained models lie."""

    folder: str = ""
    """Their folder, seen from the workspace where it is relative; empty is the user's cache folder."""


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """Looking into films."""

    name_people: bool = False
    """Let administrators name people whose faces were grouped; biometric law applies."""


@dataclass(frozen=True, slots=True)
class TranslateSettings:
    """Translation engines that need an address or a key."""

    openai_url: str = ""
    """Base address of an endpoint that speaks OpenAI's chat completions, such as http://localhost:11434/v1."""
    openai_model: str = ""
    """Name of the model there."""
    openai_key: str = ""
    """Its key; empty for none. Better set by environment than in the file."""
    deepl_key: str = ""
    """DeepL's key."""
    deepl_url: str = ""
    """Another address than DeepL's, such as a proxy's."""
    own_url: str = ""
    """Address of a translation service of your own."""
    own_key: str = ""
    """Its key; empty for none."""
    price: str = ""
    """What the network engine costs, in USD a million characters, for estimates; empty for unknown."""


@dataclass(frozen=True, slots=True)
class SummarySettings:
    """A model that summarizes in its own words."""

    openai_url: str = ""
    """Base address of an endpoint that speaks OpenAI's chat completions, such as http://localhost:11434/v1."""
    openai_model: str = ""
    """Name of the model there."""
    openai_key: str = ""
    """Its key; empty for none. Better set by environment than in the file."""


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """Voice engines that need a folder, an address or a key."""

    piper_folder: str = ""
    """Folder of Piper's voices (NAME.onnx and NAME.onnx.json), absolute or below the workspace."""
    http_url: str = ""
    """Address of a voice service in the shape of OpenAI's POST /v1/audio/speech; texts are sent there."""
    http_voices: str = ""
    """The voices of that service as LANGUAGE=VOICE, separated by spaces or commas: es=nova fr=alloy."""
    http_key: str = ""
    """Its key; empty for none. Better set by environment than in the file."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole tree."""

    web: WebSettings = field(default_factory=WebSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    logs: LogSettings = field(default_factory=LogSettings)
    models: ModelsSettings = field(default_factory=ModelsSettings)
    translate: TranslateSettings = field(default_factory=TranslateSettings)
    video: VideoSettings = field(default_factory=VideoSettings)
    summary: SummarySettings = field(default_factory=SummarySettings)
    speech: SpeechSettings = field(default_factory=SpeechSettings)


def default_home(environment: Mapping[str, str] | None = None) -> Path:
    """The workspace folder: ``$CROSSREEL_HOME``, else ``crossreel-workspace`` here."""
    named = (os.environ if environment is None else environment).get("CROSSREEL_HOME", "")
    return Path(named) if named else Path("crossreel-workspace")


def cache_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The user's cache folder of Crossreel, by the custom of the operating system."""
    environment = os.environ if environment is None else environment
    if environment.get("XDG_CACHE_HOME"):
        return Path(environment["XDG_CACHE_HOME"]) / "crossreel"
    if os.name == "nt":
        return Path(environment.get("LOCALAPPDATA", str(Path.home()))) / "crossreel" / "cache"
    caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path.home() / caches / "crossreel"


def load_settings(home: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings of a workspace.

    Args:
        home: the workspace folder; its ``crossreel.toml`` may be absent.
        environment: stands in for the process's environment in tests.

    Raises:
        BadFile: ``crossreel.toml`` is not TOML, or names an unknown section or setting.
        BadValue: a value has the wrong type.
    """
    environment = os.environ if environment is None else environment
    path = home / FILE_NAME
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(path, f"is not valid TOML: {error}") from error
    settings = Settings()
    known = {section.name for section in fields(settings)}
    for name in table:
        if name not in known:
            raise BadFile(path, f"has an unknown section {name!r}", advice=f"Sections: {sorted(known)}.")
    for name in sorted(known):
        section = _fill(path, name, getattr(settings, name), table.get(name, {}), environment)
        settings = replace(settings, **{name: section})
    return settings


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting in effect.

    Attributes:
        value: as a reader writes it; of a key only whether it is set.
        default: what it would be without file and environment.
        origin: ``default``, ``crossreel.toml`` or ``environment``, as found now.
        variable: the environment variable that sets it.
        pending: the value that a restart would bring, where it is another one; None otherwise.
    """

    section: str
    name: str
    value: str
    default: str
    origin: str
    variable: str
    pending: str | None = None


def setting_rows(
    settings: Settings, home: Path, environment: Mapping[str, str] | None = None
) -> list[SettingRow]:
    """Every setting in effect and where its value comes from.

    Args:
        settings: in effect.
        home: the workspace folder, whose ``crossreel.toml`` is looked at again.
        environment: stands in for the process's environment in tests.

    Raises:
        BadFile, BadValue: the file has become unreadable since it was loaded.
    """
    environment = os.environ if environment is None else environment
    now, defaults = load_settings(home, environment), Settings()
    path = home / FILE_NAME
    table = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    rows = []
    for section in fields(settings):
        for one in fields(getattr(settings, section.name)):
            value, next_value, default = (
                _written(getattr(getattr(tree, section.name), one.name)) for tree in (settings, now, defaults)
            )
            variable = f"CROSSREEL_{section.name}_{one.name}".upper()
            in_file = FILE_NAME if one.name in table.get(section.name, {}) else "default"
            origin = "environment" if variable in environment else in_file
            pending = next_value if next_value != value else None
            if one.name.endswith("_key"):
                value, pending = _covered(value), _covered(pending) if pending is not None else None
            rows.append(SettingRow(section.name, one.name, value, default, origin, variable, pending))
    return rows


def _covered(text: str) -> str:
    """A key as anybody may see it: whether there is one."""
    return "(set, not shown)" if text else text


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fill(path: Path, name: str, section: Any, table: dict[str, Any], environment: Mapping[str, str]) -> Any:
    types = get_type_hints(type(section))
    for key in table:
        if key not in types:
            raise BadFile(path, f"has an unknown setting {name}.{key}")
    values = dict(table)
    for key in types:
        variable = f"CROSSREEL_{name}_{key}".upper()
        if variable in environment:
            values[key] = environment[variable]
    checked = {key: _typed(f"setting {name}.{key}", value, types[key]) for key, value in values.items()}
    return replace(section, **checked)


def _typed(what: str, value: object, type_: type) -> object:
    if type_ is bool:
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.casefold() in words:
            return words[value.casefold()]
        raise BadValue(what, value, "true or false")
    if type_ is int:
        if isinstance(value, str) and value.strip().isdecimal():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        raise BadValue(what, value, "a whole number from 0 up")
    if not isinstance(value, str):
        raise BadValue(what, value, "text")
    return value
