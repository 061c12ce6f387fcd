import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.values.language import Language
from crossreel.web.negotiation import accepted_languages, interface_language, prefers_json, reading_order

EN, ES = Language("en"), Language("es")


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", ["es-MX", "es", "en"]),
        ("en;q=0.2, de", ["de", "en"]),
        ("*", []),
        ("", []),
        ("xx-nonsense-tag, fr;q=0", []),
        ("fr;q=high, pt;q=1.0", ["pt"]),
        ("de;q=2, da", ["da"]),
        ("zh-TW", ["zh-TW"]),
    ],
)
def test_headers_are_read_by_quality(header, tags):
    assert [language.tag for language in accepted_languages(header)] == tags


@given(st.text(max_size=300))
def test_no_header_is_an_error(header):
    assert len(accepted_languages(header)) <= 10
    prefers_json(header)


def test_the_choice_comes_first_and_the_browsers_follow():
    assert reading_order(EN, [ES, EN]) == (EN, ES)
    assert reading_order(None, [ES]) == (ES,)


def test_the_interface_is_the_nearest_offered_language():
    assert interface_language([Language("es-419")], [EN, ES], EN) == ES
    assert interface_language([Language("ja")], [EN, ES], ES) == ES
    assert interface_language([], [EN, ES], Language("fr")) == EN
