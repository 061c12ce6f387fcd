"""Reading the fields of the staff's documents: rules, lists and experiments."""

from __future__ import annotations

from typing import Any

from crossreel.errors import BadValue
from crossreel.values.ids import TitleId
from crossreel.values.territory import expand

__all__ = [
    "ROWS",
    "read_countries",
    "read_number",
    "read_row",
    "read_strings",
    "read_text",
    "read_title",
    "read_year",
]

ROWS = ("for-you", "popular-in")
"""Rows that titles can be pinned to; ``popular-in`` is also the row of all territories together."""
_LONGEST = 1000


def read_strings(what: str, value: Any) -> tuple[str, ...]:
    """A list of at most 1,000 distinct words; None is an empty one. Raises ``BadValue``."""
    if value is None:
        return ()
    ok = isinstance(value, list | tuple) and all(isinstance(one, str) and one.strip() for one in value)
    if not ok or len(value) > _LONGEST:
        raise BadValue(what, value, f"a list of at most {_LONGEST} words")
    return tuple(dict.fromkeys(one.strip() for one in value))


def read_text(what: str, value: Any) -> str:
    """A line of at most 2,000 characters; None is an empty one. Raises ``BadValue``."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 2 * _LONGEST or "\0" in value:
        raise BadValue(what, value, f"a text of at most {2 * _LONGEST} characters")
    return value.strip()


def read_title(text: str) -> TitleId:
    """A title's id. Raises ``BadValue``."""
    return TitleId.parse(text)


def read_countries(value: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    """Codes, groups and ``names``, in capitals. Raises ``BadValue``."""
    found = tuple(one.upper() for one in read_strings("countries", value))
    expand(one for one in found if one not in names)
    return found


def read_row(value: Any) -> str:
    """The code of a row that titles can be pinned to. Raises ``BadValue``."""
    if value is None:
        return ROWS[0]
    if value not in ROWS:
        raise BadValue("row", value, "one of " + ", ".join(ROWS))
    return str(value)


def read_year(what: str, value: Any) -> int | None:
    """A year from 1870 to 2200, or None. Raises ``BadValue``."""
    return None if value is None else int(read_number(what, value, 1870, 2200, None, whole=True))


def read_number(
    what: str, value: Any, low: float, high: float, default: float | None, *, whole: bool = False
) -> float:
    """A number within the range; None is the default, if there is one. Raises ``BadValue``."""
    if value is None and default is not None:
        return default
    kinds = int if whole else int | float
    if not isinstance(value, kinds) or isinstance(value, bool) or not low <= value <= high:
        raise BadValue(what, value, f"a {'whole ' if whole else ''}number from {low:g} to {high:g}")
    return value if whole else float(value)
