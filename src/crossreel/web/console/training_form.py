"""The form of a training: the settings of one algorithm as fields, each checked in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.described import Setting, settings_of
from crossreel.recommend.registry import ALGORITHMS, configure
from crossreel.web.console.fields import Fields
from crossreel.web.console.form_numbers import number_in

__all__ = ["TrainingField", "TrainingForm", "training_form"]

_LONGEST = 4000
_LONG_HINT = 120
_RANGE = re.compile(r"(?:^|[;,] )(?:above 0(?:, at most \S+)?|-?\d\S* to -?\d[^\s;]*|\d\S* or more)\.?$")
"""A range at the end of a setting's description, which the field tells by itself."""


@dataclass(frozen=True, slots=True)
class TrainingField:
    """A setting as the page shows it.

    Attributes:
        setting: what it is.
        value: the text in the field.
        hint: what it does, and what is accepted.
        error: what is wrong with the value; "" when nothing is.
    """

    setting: Setting
    value: str
    hint: str
    error: str

    @property
    def name(self) -> str:
        """Of the form's field."""
        return f"s-{self.setting.name}"

    @property
    def default(self) -> str:
        """The default as the field would hold it."""
        return _text(self.setting.default)

    @property
    def changed(self) -> bool:
        """Whether it differs from the default."""
        return self.value != self.default


@dataclass(frozen=True, slots=True)
class TrainingForm:
    """The whole form.

    Attributes:
        algorithm: its name.
        about: what it does, a line.
        fields: one a setting.
        config: the settings that differ from the defaults.
        problem: what is wrong with the settings together; "" when nothing is.
    """

    algorithm: str
    about: str
    fields: tuple[TrainingField, ...]
    config: Mapping[str, Any]
    problem: str = ""

    @property
    def wrong(self) -> int:
        """How many fields need a correction."""
        return sum(bool(one.error) for one in self.fields)


def training_form(
    algorithm: str, posted: Fields | None = None, like: Mapping[str, Any] | None = None
) -> TrainingForm:
    """The form of an algorithm: as posted, or with the settings of another model, or with the defaults.

    Raises:
        BadValue: there is no such algorithm.
    """
    configure(algorithm)
    kind = ALGORITHMS[algorithm]
    fields, config = [], {}
    for setting in settings_of(kind):
        text = _text((like or {}).get(setting.name, setting.default))
        if posted is not None:
            text = posted.one(f"s-{setting.name}", text).strip()[:_LONGEST]
        value, error = _read(algorithm, setting, text)
        if value != setting.default:
            config[setting.name] = value
        fields.append(TrainingField(setting, text, _hint(setting), error))
    problem = ""
    if not any(one.error for one in fields):
        try:
            configure(algorithm, config)
        except BadInput as error:
            problem = str(error)
    about = (kind.__doc__ or "").strip().partition("\n")[0].replace("``", "")
    return TrainingForm(algorithm, about, tuple(fields), config, problem)


def _read(algorithm: str, setting: Setting, text: str) -> tuple[Any, str]:
    """The value that a field means, and what is wrong with it; an empty number is the default."""
    value: Any = text
    if setting.type in (int, float):
        value = number_in(text)
        if value is None:
            return setting.default, ""
    elif setting.type is bool:
        value = text == "yes"
    try:
        configure(algorithm, {setting.name: value})
    except BadValue as error:
        return setting.default, f"It has to be {error.data['expected']}."
    except BadInput as error:
        return setting.default, str(error)
    return value, ""


def _text(value: Any) -> str:
    """A value as a field holds it: ``0.0003``, ``700``, ``yes``."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".") if 1e-9 <= abs(value) < 1e15 else f"{value:.10g}"
    return str(value)


def _hint(setting: Setting) -> str:
    first = setting.about.partition(". ")[0]
    about = _RANGE.sub("", first if len(first) <= _LONG_HINT else first.partition("; ")[0]).rstrip(".;, ")
    said = about[:1].upper() + about[1:] if about else ""
    if setting.choices:
        return said
    if setting.low is not None:
        bounds = setting.expected.removesuffix(" to 1,000,000,000")
        bounds = bounds if bounds == setting.expected else f"{bounds.removeprefix('from ')} or more"
        return f"{said}; {bounds}" if said else bounds[:1].upper() + bounds[1:]
    return f"{said} ({setting.expected})" if setting.expected else said
