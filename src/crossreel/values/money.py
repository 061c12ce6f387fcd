"""``Money``: a whole number of a currency's smallest units, never a float.

The number of decimals of a currency (its exponent) is ISO 4217's, from the table that the
``iso4217`` package carries: 165 codes have one (17 with 0 decimals, 139 with 2, 7 with 3, 2 with
4). CLDR's digits are not used: they say how to display a price and differ for 13 currencies (AFN
ALL IRR IQD KPW LAK LBP MGA MMK RSD SOS SYP YER have 0 digits there, 2 or 3 decimals here).

ISO 4217 gives 13 codes no minor unit; no amount can be written in them and ``Currency.parse``
refuses them: the metals XAG XAU XPD XPT, the bond-market units XBA XBB XBC XBD, the units of
account XDR XSU XUA, the testing code XTS and "no currency" XXX. Withdrawn codes (DEM, HRK) are
refused too, because the standard's current list no longer gives them an exponent.

Formatting for a reader's locale is not done here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache, total_ordering
from typing import Self

import iso4217

from crossreel.errors import BadValue

__all__ = ["Currency", "Money", "Rounding", "all_currencies", "round_fraction"]

_LIMIT = 2**63 - 1
"""Largest amount in minor units: what a signed 64-bit database column holds."""

_DECIMAL_TEXT = re.compile(r"([+-]?)([0-9]{1,19})(?:\.([0-9]{1,19}))?")


@cache
def _exponents() -> dict[str, int]:
    return {unit.code: unit.exponent for unit in iso4217.Currency if unit.exponent is not None}


@dataclass(frozen=True, slots=True, order=True)
class Currency:
    """An ISO 4217 code that has a minor unit, such as ``EUR``. Build one with ``Currency.parse``."""

    code: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a current code, in any case.

        Raises:
            BadValue: not a current ISO 4217 code, or one without a minor unit (``XAU``, ``XTS``).
        """
        code = text.strip().upper() if text.isascii() else ""
        if code in _exponents():
            return cls(code)
        if any(unit.code == code for unit in iso4217.Currency):
            raise BadValue("currency", text, "one with a minor unit", advice="Amounts need one.")
        raise BadValue("currency", text, "a current ISO 4217 code such as EUR, BRL or JPY")

    @property
    def exponent(self) -> int:
        """Decimals of an amount: 2 for EUR, 0 for JPY, 3 for KWD, 4 for CLF."""
        return _exponents()[self.code]

    def __str__(self) -> str:
        return self.code


@cache
def all_currencies() -> tuple[Currency, ...]:
    """Every currency an amount can be in, by code (165 in the table of 2026-01-01)."""
    return tuple(Currency(code) for code in sorted(_exponents()))


class Rounding(StrEnum):
    """What becomes of a part of a minor unit; the words of IEEE 754 and ``decimal``."""

    HALF_EVEN = "half-even"
    HALF_UP = "half-up"
    """Half away from zero, the commercial rule."""
    HALF_DOWN = "half-down"
    DOWN = "down"
    """Toward zero."""
    UP = "up"
    """Away from zero."""
    FLOOR = "floor"
    CEILING = "ceiling"


def round_fraction(value: Fraction, rounding: Rounding) -> int:
    """The whole number that ``value`` becomes; exact for every size (no float in between)."""
    size = abs(value)
    whole, rest = size.numerator // size.denominator, size % 1
    half = Fraction(1, 2)
    away = {
        Rounding.HALF_EVEN: rest > half or (rest == half and whole % 2 == 1),
        Rounding.HALF_UP: rest >= half,
        Rounding.HALF_DOWN: rest > half,
        Rounding.DOWN: False,
        Rounding.UP: rest > 0,
        Rounding.FLOOR: rest > 0 and value < 0,
        Rounding.CEILING: rest > 0 and value > 0,
    }[rounding]
    return (whole + away) * (-1 if value < 0 else 1)


@total_ordering
@dataclass(frozen=True, slots=True, init=False, eq=True)
class Money:
    """An exact amount: ``Money(1234, "EUR")`` is 12.34 euros.

    Amounts add, subtract and compare within one currency only; across currencies those raise
    ``BadValue`` (``==`` is simply false, so that amounts can live in sets).

    Args:
        minor: whole minor units (cents for EUR, yen for JPY), within +/- (2**63 - 1).
        currency: a ``Currency``, or its code, which is parsed.

    Raises:
        BadValue: ``minor`` is a float, a bool, no integer or too large; the currency is unknown.
    """

    minor: int
    currency: Currency

    def __init__(self, minor: int, currency: Currency | str) -> None:
        if isinstance(minor, bool) or not isinstance(minor, int):
            raise BadValue(
                "amount", minor, "a whole number of minor units", advice="Use Money.parse for text."
            )
        if abs(minor) > _LIMIT:
            raise BadValue("amount", minor, f"at most {_LIMIT} minor units")
        known = currency if isinstance(currency, Currency) else Currency.parse(currency)
        object.__setattr__(self, "minor", int(minor))
        object.__setattr__(self, "currency", known)

    @classmethod
    def parse(cls, text: str, currency: Currency | str) -> Self:
        """Reads a plain decimal: ``Money.parse("12.34", "EUR")``.

        Accepts an optional sign, digits and at most one point, surrounding space ignored. Refuses
        group separators, exponents and decimal commas, because they mean different amounts to
        different readers.

        Raises:
            BadValue: not such a number, or more decimals than the currency has (``12.340`` euros).
        """
        known = currency if isinstance(currency, Currency) else Currency.parse(currency)
        found = _DECIMAL_TEXT.fullmatch(text.strip())
        if found is None:
            raise BadValue("amount", text, "a plain decimal number such as 12.34")
        sign, whole, part = found[1], found[2], found[3] or ""
        if len(part) > known.exponent:
            raise BadValue("amount", text, f"written with at most {known.exponent} decimals in {known}")
        minor = int(whole + part.ljust(known.exponent, "0"))
        return cls(-minor if sign == "-" else minor, known)

    @classmethod
    def from_decimal(
        cls, amount: Decimal, currency: Currency | str, rounding: Rounding | None = None
    ) -> Self:
        """The amount of major units that a ``Decimal`` says; trailing zeros do not matter.

        Args:
            amount: finite, in major units.
            currency: a ``Currency`` or its code.
            rounding: how a part of a minor unit is rounded; None refuses it.

        Raises:
            BadValue: not a finite ``Decimal``, or a part of a minor unit without ``rounding``.
        """
        known = currency if isinstance(currency, Currency) else Currency.parse(currency)
        if not isinstance(amount, Decimal) or not amount.is_finite() or abs(amount.adjusted()) > 40:
            raise BadValue("amount", amount, "a finite Decimal of ordinary size")
        exact = Fraction(amount) * 10**known.exponent
        if rounding is None and exact.denominator != 1:
            raise BadValue(
                "amount", amount, f"a whole number of {known} minor units", advice="Or name a rounding."
            )
        return cls(round_fraction(exact, rounding or Rounding.DOWN), known)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: Currency | str) -> Self:
        """The sum of amounts of one currency; zero for none. Raises ``BadValue`` on another one."""
        zero = cls(0, currency)
        return cls(sum(zero._same(amount).minor for amount in amounts), zero.currency)

    def to_decimal(self) -> Decimal:
        """The amount in major units, with exactly the currency's decimals (``Decimal("12.30")``)."""
        digits = tuple(int(digit) for digit in str(abs(self.minor)))
        return Decimal((int(self.minor < 0), digits, -self.currency.exponent))

    def times(self, factor: int | Fraction, rounding: Rounding) -> Money:
        """The amount times an exact factor, rounded once.

        Raises:
            BadValue: the factor is a float, a bool or anything else that is not exact.
        """
        if isinstance(factor, bool) or not isinstance(factor, int | Fraction):
            raise BadValue("factor", factor, "an int or a Fraction")
        return Money(round_fraction(self.minor * Fraction(factor), rounding), self.currency)

    def allocate(self, weights: Sequence[int | Fraction]) -> tuple[Money, ...]:
        """Splits the amount in proportion to ``weights``; the parts add up to it exactly.

        Largest remainder (Hamilton's method): every part gets the whole minor units of its share,
        then the units left over go one each to the largest remainders, the earlier part first
        where remainders are equal. A negative amount is split as its positive twin, so that a
        refund reverses a split unit by unit. A weight of 0 always gets 0.

        Raises:
            BadValue: no weights, a negative or inexact weight, or weights that are all 0.
        """
        for weight in weights:
            if isinstance(weight, bool) or not isinstance(weight, int | Fraction) or weight < 0:
                raise BadValue("weight", weight, "an int or a Fraction of at least 0")
        whole = sum(map(Fraction, weights), Fraction(0))
        if not whole:
            raise BadValue("weights", list(weights), "at least one number above 0")
        size, sign = abs(self.minor), -1 if self.minor < 0 else 1
        shares = [size * Fraction(weight) / whole for weight in weights]
        parts = [share.numerator // share.denominator for share in shares]
        by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - shares[place], place))
        for place in by_remainder[: size - sum(parts)]:
            parts[place] += 1
        return tuple(Money(sign * part, self.currency) for part in parts)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise BadValue(
                "currency", str(other.currency), f"{self.currency} here", advice="Convert one of them first."
            )
        return other

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor < self._same(other).minor

    def __str__(self) -> str:
        return f"{self.to_decimal():f} {self.currency}"
