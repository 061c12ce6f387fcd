import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.search import fold, parse_query
from crossreel.web.highlight import highlighted


def _hits(text, query):
    return [span.text for span in _spans(text, query) if span.hit]


def _spans(text, query):
    return highlighted(text, ["".join(term.tokens) for term in parse_query(query).terms], fold)


@pytest.mark.parametrize(
    ("text", "query", "hits"),
    [
        ("A Trip to the Moon", "moon", ["Moon"]),
        ("A Trip to the Moon", "tri mo", ["Tri", "Mo"]),
        ("Léon", "leon", ["Léon"]),
        ("Łowcy", "lowcy", ["Łowcy"]),
        ("Die Straße", "strasse", ["Straße"]),
        ("Броненосец «Потёмкин»", "потем", ["Потём"]),
        ("千と千尋の神隠し", "千尋", ["千尋"]),
        ("Harmony", "arm", []),
        ("राजा हरिश्चंद्र", "राजा", ["राजा"]),
        ("", "moon", []),
        ("Moon", "", []),
    ],
)
def test_the_part_that_matched_is_marked(text, query, hits):
    assert _hits(text, query) == hits


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_letter_is_lost(text, query):
    spans = _spans(text, query)
    assert "".join(span.text for span in spans) == text
