"""``Configured``: what all algorithm configurations share, their JSON form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from difflib import get_close_matches
from typing import Any, ClassVar, Self, get_type_hints

from crossreel.errors import BadValue

__all__ = ["Configured", "check_range", "meant"]


class Configured:
    """Mixin for frozen dataclasses of plain numbers, strings and flags."""

    name: ClassVar[str]

    @classmethod
    def from_dict(cls, config: Mapping[str, Any]) -> Self:
        """The configuration from its JSON form; absent settings keep their defaults.

        Raises:
            BadValue: an unknown setting, a wrong type, or a value out of range.
        """
        types = get_type_hints(cls)
        names = [field.name for field in fields(cls)]  # type: ignore[arg-type]  # dataclasses mix this in
        for key in config:
            if key not in names:
                expected = "one of " + ", ".join(names) if names else "left out; there is none"
                raise BadValue(f"setting of {cls.name}", key, expected, advice=meant(key, names))
        return cls(**{key: _typed(cls.name, key, value, types[key]) for key, value in config.items()})

    def to_dict(self) -> dict[str, Any]:
        """The configuration as JSON."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]  # dataclasses mix this in


def meant(name: str, known: Iterable[str]) -> str:
    """What was perhaps meant by a name that is not known, as a question; "" where nothing is alike."""
    near = get_close_matches(name, list(known), 1, 0.7)
    return f"Did you mean {near[0]}?" if near else ""


_TYPE_NAMES: dict[type, str] = {
    float: "a number",
    int: "a whole number",
    str: "a text",
    bool: "true or false",
}


def _typed(name: str, key: str, value: Any, type_: type) -> Any:
    if type_ is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, type_) or (isinstance(value, bool) and type_ is not bool):
        raise BadValue(f"setting {key} of {name}", value, _TYPE_NAMES[type_])
    return value


def check_range(name: str, key: str, value: float, low: float, high: float) -> None:
    """Raises ``BadValue`` unless ``low <= value <= high`` (NaN never is); it carries both bounds."""
    if not low <= value <= high:
        error = BadValue(f"setting {key} of {name}", value, f"from {low:,.10g} to {high:,.10g}")
        error.data |= {"low": low, "high": high}
        raise error
