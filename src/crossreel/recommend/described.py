"""What can be set of an algorithm, read from its configuration class, for forms and clients."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, get_type_hints

from crossreel.errors import BadInput
from crossreel.recommend.roles import Algorithm

__all__ = ["Setting", "settings_of"]

_NOTHING = {float: float("nan"), int: float("nan"), str: "\x00", bool: None}
"""By type, what no setting accepts: the configuration answers it with what it expects."""
_NAMED = re.compile(r"^    ([a-z_0-9]+(?:, [a-z_0-9]+)*): (.*)$")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of an algorithm.

    Attributes:
        name: as configurations write it.
        type: float, int, str or bool.
        default: used where it is left out.
        about: what it does, a sentence; "" where the class does not say.
        expected: what is accepted, in words; "" where any value of the type is.
        low, high: bounds of a number, both included; None where there are none.
    """

    name: str
    type: type
    default: Any
    about: str
    expected: str
    low: float | None
    high: float | None

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that a text is one of; () where it is free."""
        if self.type is not str or not self.expected.startswith("one of "):
            return ()
        return tuple(self.expected.removeprefix("one of ").split(", "))


@cache
def settings_of(kind: type[Algorithm]) -> tuple[Setting, ...]:
    """The settings of an algorithm, in the order in which its class declares them."""
    types, about = get_type_hints(kind), _about(kind)
    found = []
    for one in fields(kind):  # type: ignore[arg-type]  # every algorithm is a frozen dataclass
        told = _expected(kind, one.name, types[one.name])
        low, high = told.get("low"), told.get("high")
        expected = str(told.get("expected", ""))
        found.append(
            Setting(one.name, types[one.name], one.default, about.get(one.name, ""), expected, low, high)
        )
    return tuple(found)


def _expected(kind: type[Algorithm], name: str, type_: type) -> dict[str, Any]:
    """What the class says when it is given what it cannot take; {} when it takes it."""
    try:
        kind(**{name: _NOTHING[type_]})
    except BadInput as error:
        return error.data
    return {}


def _about(kind: type[Algorithm]) -> dict[str, str]:
    """Setting -> what the section "Attributes" of the class's docstring says of it."""
    lines = iter(inspect.cleandoc(kind.__doc__ or "").splitlines())
    if not any(line.strip() == "Attributes:" for line in lines):
        return {}
    told: dict[str, str] = {}
    names: list[str] = []
    for line in lines:
        if found := _NAMED.match(line):
            names, text = found[1].split(", "), found[2]
        elif line.startswith("     ") and names:
            text = f"{told[names[0]]} {line.strip()}"
        else:
            break
        told |= dict.fromkeys(names, text.replace("``", ""))
    return told
