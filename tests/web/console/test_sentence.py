"""The filter language: what is written is read back, and nothing that is typed breaks it."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.web.console.facts import FIELD_KINDS, check
from crossreel.web.console.sentence import (
    MOST_CLAUSES,
    And,
    Clause,
    Not,
    Or,
    join,
    read,
    split,
    write,
)
from crossreel.web.console.verbs import KINDS

FIELDS = sorted(FIELD_KINDS)
words = st.text(string.ascii_letters + string.digits + " .:-'\"\\(),éЖ東ك\u0301", min_size=0, max_size=12)


@st.composite
def clauses(draw):
    field = draw(st.sampled_from(FIELDS))
    verb, count = draw(st.sampled_from(sorted(KINDS[FIELD_KINDS[field]].verbs.items())))
    if count == "0":
        return Clause(field, verb)
    if count == "days":
        return Clause(field, verb, (str(draw(st.integers(0, 9999))),))
    least, most = {"1": (1, 1), "2": (2, 2), "n": (1, 4), "as": (1, 2)}[count]
    values = st.lists(words, min_size=least, max_size=most, unique=count == "n")
    return Clause(field, verb, tuple(draw(values)))


def grown(inside):
    many = st.lists(inside, min_size=2, max_size=4)
    return st.one_of(
        many.map(lambda parts: join_as(And, parts)),
        many.map(lambda parts: join_as(Or, parts)),
        inside.map(Not),
    )


def join_as(type_, parts):
    """A phrase as reading makes it: one level for a run of the same joiner."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, type_) else (part,))]
    return type_(tuple(flat))


phrases = st.recursive(clauses(), grown, max_leaves=12)


@given(phrases)
def test_what_is_written_is_read_back(phrase):
    assert read(write(phrase), FIELD_KINDS) == phrase


@given(phrases)
def test_the_plainest_form_stays(phrase):
    once = write(read(write(phrase), FIELD_KINDS))
    assert write(read(once, FIELD_KINDS)) == once


@given(phrases)
def test_taking_apart_and_putting_together(phrase):
    assert join(split(phrase)) == phrase


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [*FIELDS, "and", "or", "not", "(", ")", ",", '"', "is", "between", "within", "1920", "JP"]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_whatever_is_typed_is_read_or_refused_in_its_place(text):
    phrase, problem = None, None
    try:
        phrase = read(text, FIELD_KINDS)
        check(phrase, text)
    except BadValue as error:
        problem = error
    if problem is not None:
        assert problem.message
        assert 0 <= problem.data["at"] <= len(text)
    else:
        assert phrase is None or read(write(phrase), FIELD_KINDS) == phrase


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("country is JP and expires before 2027-01-01", "country is JP and expires before 2027-01-01"),
        ("Country = jp AND Year > 1920", "country is jp and year is over 1920"),
        (
            "year between 1900 and 1930 and genre in horror, comedy",
            "year is between 1900 and 1930 and genre is one of horror, comedy",
        ),
        ("name contains the moon or name has x", "name contains the moon or name contains x"),
        ("not (open in DE as SVOD or closed in FR)", "not (open in DE as SVOD or closed in FR)"),
        ("expires within 30 days", "expires within 30 days"),
        ("expires in 1 day", "expires within 1 days"),
        ("synopsis is missing", "synopsis is missing"),
        ('name is "missing"', 'name is "missing"'),
        ('name contains "this and that"', 'name contains "this and that"'),
        ("open in Côte d’Ivoire as avod", "open in Côte d’Ivoire as avod"),
        (
            "genre is drama and (year is 1920 and kind is film)",
            "genre is drama and year is 1920 and kind is film",
        ),
    ],
)
def test_ways_to_say_it(text, plain):
    assert write(read(text, FIELD_KINDS)) == plain


def test_and_binds_closer_than_or():
    phrase = read("genre is a or genre is b and genre is c", FIELD_KINDS)
    a, b, c = (Clause("genre", "is", (name,)) for name in "abc")
    assert phrase == Or((a, And((b, c))))


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        ("contry is JP", 0, "Did you mean country?"),
        ("country JP", 8, "needs a verb"),
        ("country is", 10, "needs a value"),
        ("country is JP year is 3", 0, ""),
        ("(country is JP", 14, "not closed"),
        ("country is JP)", 13, "should end"),
        ('name is "moon', 7, "never closed"),
        ("year is between 1900", 20, "two values"),
        ("country is JP and", 17, "no field here"),
        ("country is Atlantis", 11, "ISO 3166-1"),
        ("language is klingonish", 12, "BCP 47"),
        ("year is nineteen", 8, "whole number"),
        ("expires before soon", 15, "such as 2027-01-01"),
        ("open in DE as ZVOD", 14, "SVOD, TVOD"),
        ("kind is opera", 8, "film, series"),
        ("open in SU", 8, "ISO 3166-1"),
    ],
)
def test_what_is_wrong_is_told_where_it_is(text, at, told):
    with pytest.raises(BadValue) as caught:
        check(read(text, FIELD_KINDS), text)
    assert told in f"{caught.value.message} {caught.value.advice}"
    if told:
        assert caught.value.data["at"] == at


def test_there_are_limits():
    with pytest.raises(BadValue, match="statements"):
        read(" and ".join(["year is 1"] * (MOST_CLAUSES + 1)), FIELD_KINDS)
    with pytest.raises(BadValue, match="deep"):
        read("(" * 40 + "year is 1" + ")" * 40, FIELD_KINDS)
    with pytest.raises(BadValue, match="characters"):
        read("name is " + "x" * 3000, FIELD_KINDS)
    assert read("   ", FIELD_KINDS) is None
