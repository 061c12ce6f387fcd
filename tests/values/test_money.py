"""Money over every ISO 4217 code that has an exponent."""

from __future__ import annotations

import dataclasses
import decimal
import pickle
import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import iso4217
import pytest
from babel.numbers import get_currency_precision
from hypothesis import assume, example, given
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.values import money
from crossreel.values.money import Currency, Money, Rounding, all_currencies, round_fraction

LIMIT = 2**63 - 1

currencies = st.sampled_from(all_currencies())
minors = st.integers(-(10**15), 10**15)
amounts = st.builds(Money, minors, currencies)
weights = st.lists(
    st.integers(0, 10**6) | st.fractions(0, 1000, max_denominator=999), min_size=1, max_size=12
).filter(any)


def test_every_code_with_an_exponent_is_a_currency():
    exponents = [currency.exponent for currency in all_currencies()]
    assert len(exponents) == 165
    assert {digits: exponents.count(digits) for digits in set(exponents)} == {0: 17, 2: 139, 3: 7, 4: 2}
    assert [Currency.parse(code).exponent for code in ("EUR", "JPY", "KWD", "CLF")] == [2, 0, 3, 4]


def test_exponents_are_iso_4217_and_not_the_display_digits_of_cldr():
    differing = {c.code for c in all_currencies() if get_currency_precision(c.code) != c.exponent}
    listed = re.search(r"differ for 13 currencies \((.*?) have 0", money.__doc__, re.DOTALL)
    assert differing == set(listed[1].split())
    assert len(differing) == 13


@pytest.mark.parametrize("unit", [unit for unit in iso4217.Currency if unit.exponent is None], ids=str)
def test_codes_without_an_exponent_are_refused_and_named_in_the_documentation(unit):
    assert re.search(rf"\b{unit.code}\b", money.__doc__)
    with pytest.raises(BadValue, match="minor unit"):
        Currency.parse(unit.code)


@pytest.mark.parametrize("text", ["", "EURO", "€", "EU", "DEM", "HRK", "ınr", "E UR", "978"])
def test_anything_but_a_current_code_is_refused(text):
    with pytest.raises(BadValue):
        Currency.parse(text)


def test_codes_are_read_in_any_case():
    assert Currency.parse(" eur ") == Currency("EUR") == Money(1, "Eur").currency


@pytest.mark.parametrize("minor", [1.0, 1.5, True, False, "1", None, Decimal(1), Fraction(1), float("nan")])
def test_only_integers_make_money(minor):
    with pytest.raises(BadValue):
        Money(minor, "EUR")


@pytest.mark.parametrize("minor", [LIMIT + 1, -LIMIT - 1])
def test_amounts_fit_a_database_column(minor):
    assert Money(LIMIT, "IRR").to_decimal() == Decimal(LIMIT).scaleb(-2, decimal.Context(prec=40))
    with pytest.raises(BadValue):
        Money(minor, "IRR")


@pytest.mark.parametrize("currency", all_currencies(), ids=str)
def test_every_currency_round_trips_through_text_and_decimal(currency):
    for minor in (0, 1, -1, 9, 10, 12345, -10000, LIMIT, -LIMIT):
        amount = Money(minor, currency)
        exact = amount.to_decimal()
        assert -exact.as_tuple().exponent == currency.exponent
        assert Money.from_decimal(exact, currency) == amount
        assert Money.parse(f"{exact:f}", currency) == amount
        assert str(amount) == f"{exact:f} {currency.code}"
        too_fine = f"0.{'0' * currency.exponent}1"
        with pytest.raises(BadValue, match="decimals"):
            Money.parse(too_fine, currency)
        with pytest.raises(BadValue):
            Money.from_decimal(Decimal(too_fine), currency)


@given(amounts)
def test_text_and_decimal_round_trip(amount):
    number, code = str(amount).split(" ")
    assert Money.parse(number, code) == amount == Money.from_decimal(Decimal(number), code)
    assert pickle.loads(pickle.dumps(amount)) == amount == dataclasses.replace(amount)


def test_parse_reads_decimal_text():
    assert Money.parse("12.34", "EUR") == Money(1234, "EUR")
    assert Money.parse(" -0.5 ", "EUR") == Money(-50, "EUR")
    assert Money.parse("+7", "JPY") == Money(7, "JPY")
    assert Money.parse("1.5", "KWD") == Money(1500, "KWD")


@pytest.mark.parametrize(
    "text",
    ["", "12,34", "1,234.00", "1e3", "1_000", ".5", "5.", "١٢", "NaN", "inf", "12.345", "12.340", "--1"],
)
def test_parse_refuses_ambiguous_or_too_fine_text(text):
    with pytest.raises(BadValue):
        Money.parse(text, "EUR")


def test_from_decimal_rounds_only_when_told():
    assert Money.from_decimal(Decimal("12.3400"), "EUR") == Money(1234, "EUR")
    assert Money.from_decimal(Decimal("12.345"), "EUR", Rounding.HALF_UP) == Money(1235, "EUR")
    for bad in (Decimal("12.345"), Decimal("NaN"), Decimal("-Infinity"), Decimal("1e99"), 12.5, 12):
        with pytest.raises(BadValue):
            Money.from_decimal(bad, "EUR")


@given(minors, minors, minors, currencies)
def test_amounts_of_one_currency_are_an_ordered_group(a, b, c, currency):
    x, y, z, zero = (Money(n, currency) for n in (a, b, c, 0))
    assert x + y == y + x == Money(a + b, currency)
    assert (x + y) + z == x + (y + z)
    assert x + zero == x
    assert x - y == x + -y
    assert x - x == zero
    assert zero - -x == x
    assert (x < y, x <= y, x > y, x >= y, x == y) == (a < b, a <= b, a > b, a >= b, a == b)
    assert Money.total([x, y, z], currency) == Money(a + b + c, currency)
    assert hash(x) == hash(Money(a, currency))
    assert Money.total([], currency) == zero


@given(amounts, amounts)
def test_currencies_never_mix(x, y):
    assume(x.currency != y.currency)
    assert x != y
    for mixed in (
        lambda: x + y,
        lambda: x - y,
        lambda: x < y,
        lambda: x <= y,
        lambda: x > y,
        lambda: x >= y,
        lambda: Money.total([x, y], x.currency),
    ):
        with pytest.raises(BadValue, match="currency"):
            mixed()


def test_money_and_numbers_never_mix():
    price = Money(1, "EUR")
    for mixed in (
        lambda: price + 1,
        lambda: price - 1,
        lambda: price < 1,
        lambda: price * 2,
        lambda: 1.5 * price,
    ):
        with pytest.raises(TypeError):
            mixed()


@given(st.integers(-(10**12), 10**12), st.integers(0, 6), st.sampled_from(Rounding))
@example(5, 1, Rounding.HALF_EVEN)
@example(-25, 1, Rounding.HALF_DOWN)
@example(-1, 6, Rounding.FLOOR)
def test_rounding_agrees_with_the_decimal_module(digits, places, rounding):
    with decimal.localcontext(prec=50):
        mode = "ROUND_" + rounding.name
        expected = int(Decimal(digits).scaleb(-places).quantize(Decimal(1), rounding=getattr(decimal, mode)))
    assert round_fraction(Fraction(digits, 10**places), rounding) == expected


@given(amounts, st.integers(-1000, 1000), st.sampled_from(Rounding))
def test_times_an_integer_is_exact(amount, factor, rounding):
    assert amount.times(factor, rounding) == Money(amount.minor * factor, amount.currency)


@given(amounts, st.fractions(-9, 9), st.sampled_from(Rounding))
def test_times_a_fraction_is_rounded_once(amount, factor, rounding):
    exact = amount.minor * factor
    assert abs(amount.times(factor, rounding).minor - exact) < 1
    if rounding.value.startswith("half"):
        assert abs(amount.times(factor, rounding).minor - exact) <= Fraction(1, 2)


@pytest.mark.parametrize("factor", [0.19, 1.0, True, Decimal("0.19"), "2"])
def test_times_refuses_inexact_factors(factor):
    with pytest.raises(BadValue):
        Money(100, "EUR").times(factor, Rounding.HALF_UP)


@given(amounts, weights)
def test_allocation_adds_up_and_is_fair(amount, shares):
    parts = amount.allocate(shares)
    assert Money.total(parts, amount.currency) == amount
    whole = sum(map(Fraction, shares))
    for part, share in zip(parts, shares, strict=True):
        assert abs(part.minor - amount.minor * Fraction(share) / whole) < 1
        assert share or part.minor == 0
    assert (-amount).allocate(shares) == tuple(-part for part in parts)
    assert amount.allocate([share * 3 for share in shares]) == parts


@given(amounts, weights, st.randoms(use_true_random=False))
def test_allocation_gives_a_larger_share_no_less(amount, shares, random):
    random.shuffle(shares)
    parts = sorted(zip(shares, (abs(part.minor) for part in amount.allocate(shares)), strict=True))
    assert all(a <= b for (v, a), (w, b) in pairwise(parts) if v < w)


def test_allocation_breaks_ties_in_order():
    def minors_of(amount: Money, shares: list[int]) -> list[int]:
        return [part.minor for part in amount.allocate(shares)]

    assert minors_of(Money(100, "EUR"), [1, 1, 1]) == [34, 33, 33]
    assert minors_of(Money(-100, "EUR"), [1, 1, 1]) == [-34, -33, -33]
    assert minors_of(Money(2, "JPY"), [1, 1, 1]) == [1, 1, 0]
    assert minors_of(Money(101, "EUR"), [50, 30, 20]) == [51, 30, 20]
    assert minors_of(Money(5, "EUR"), [0, 1, 0]) == [0, 5, 0]


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1], [0.5, 0.5], [True], ["1"]])
def test_allocation_refuses_senseless_weights(shares):
    with pytest.raises(BadValue):
        Money(100, "EUR").allocate(shares)
