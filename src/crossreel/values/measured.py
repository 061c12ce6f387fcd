"""``Measured``: a figure together with its scale, how it was made and what it rests on.

No score leaves the system as a bare float. The recipe is also written as one line, after the
signatures of sacreBLEU (Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018)::

    NDCG@10|data:ml-1m|split:P-rnd|seed:42|version:0.1.0

so that two figures may be compared exactly when their signatures are equal.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from crossreel.errors import BadValue

__all__ = ["Evidence", "Measured", "Scale"]


def _check_number(what: str, value: object) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or (isinstance(value, float) and not math.isfinite(value)):
        raise BadValue(what, value, "a finite number")


def _check_text(what: str, text: object, forbidden: str) -> None:
    if not isinstance(text, str) or not text.strip() or not text.isprintable() or set(forbidden) & set(text):
        raise BadValue(what, text, f"printable text on one line without any of {' '.join(forbidden)}")


@dataclass(frozen=True, slots=True)
class Scale:
    """The values a figure can take.

    Args:
        low: the least possible value, or None where there is none.
        high: the greatest possible value, or None where there is none.
        meaning: what they mean ("0 no title of the test part in the first 10, 1 ideal order").

    Raises:
        BadValue: an end that is no finite number, ends that are not in order, or no meaning.
    """

    low: float | None
    high: float | None
    meaning: str

    def __post_init__(self) -> None:
        for what, end in (("scale's low end", self.low), ("scale's high end", self.high)):
            if end is not None:
                _check_number(what, end)
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise BadValue("scale", (self.low, self.high), "a low end below its high end")
        if not isinstance(self.meaning, str) or not self.meaning.strip():
            raise BadValue("scale's meaning", self.meaning, "words that say what the ends mean")

    def __contains__(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing a figure rests on.

    Args:
        what: its kind, one short word of the signature ("data", "split", "seed", "review"); no
            ``|`` or ``:``.
        where: which one, or where to find it; no ``|``.

    Raises:
        BadValue: empty or unprintable text, or one of the signature's separators.
    """

    what: str
    where: str

    def __post_init__(self) -> None:
        _check_text("evidence's kind", self.what, "|:")
        _check_text("evidence's place", self.where, "|")


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with its scale, method, version and evidence.

    Args:
        value: finite and on the scale.
        scale: the values it could have taken.
        method: the measure's standard name ("NDCG@10", "chrF2", "ECE"); no ``|`` or ``:``.
        version: of the code or model that measured; no ``|``.
        evidence: what it rests on, in the order of the signature.

    Raises:
        BadValue: a value that is not on the scale, or text with a separator of the signature.
    """

    value: float
    scale: Scale
    method: str
    version: str
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        _check_number("measured value", self.value)
        if self.value not in self.scale:
            raise BadValue(
                "measured value", self.value, f"on its scale from {self.scale.low} to {self.scale.high}"
            )
        _check_text("method", self.method, "|:")
        _check_text("version", self.version, "|")

    def signature(self) -> str:
        """The recipe in one line: ``method|what:where|...|version:...``, without the value."""
        recipe = (f"{part.what}:{part.where}" for part in self.evidence)
        return "|".join((self.method, *recipe, f"version:{self.version}"))

    def to_dict(self) -> dict[str, Any]:
        """As JSON: ``{"value", "scale": {low, high, meaning}, "method", "version", "evidence"}``.

        ``evidence`` is a list of ``{"what", "where"}``; ``from_dict`` reads it all back.
        """
        return {
            "value": self.value,
            "scale": {"low": self.scale.low, "high": self.scale.high, "meaning": self.scale.meaning},
            "method": self.method,
            "version": self.version,
            "evidence": [{"what": part.what, "where": part.where} for part in self.evidence],
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """Reads what ``to_dict`` wrote.

        Raises:
            BadValue: a key that is missing or unknown, or a value that the classes refuse.
        """
        _check_keys("measured figure", given, {"value", "scale", "method", "version", "evidence"})
        _check_keys("scale", given["scale"], {"low", "high", "meaning"})
        if not isinstance(given["evidence"], Iterable):
            raise BadValue("evidence", given["evidence"], "a list of {what, where}")
        evidence = []
        for part in given["evidence"]:
            _check_keys("evidence", part, {"what", "where"})
            evidence.append(Evidence(part["what"], part["where"]))
        return cls(
            value=given["value"],
            scale=Scale(**given["scale"]),
            method=given["method"],
            version=given["version"],
            evidence=tuple(evidence),
        )

    def __str__(self) -> str:
        return f"{self.signature()} = {self.value:.4g}"


def _check_keys(what: str, given: object, keys: set[str]) -> None:
    if not isinstance(given, Mapping) or set(given) != keys:
        shown = sorted(map(str, given)) if isinstance(given, Mapping) else given
        raise BadValue(what, shown, "an object with exactly the keys " + ", ".join(sorted(keys)))
