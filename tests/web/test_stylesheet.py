"""The storefront's stylesheet and the tokens keep the house's rules."""

import re
from pathlib import Path

import pytest

import crossreel.web

STATIC = Path(crossreel.web.__file__).parent / "static"
CSS = (STATIC / "storefront.css").read_text(encoding="utf-8")
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)


def _token(name, daylight=False):
    """A color of the storefront at night, or by daylight."""
    room = '[data-room="storefront"]' + ('[data-theme="light"]' if daylight else "")
    block = TOKENS.split(f":root{room} {{")[1].split("}")[0]
    return re.search(rf"--{name}: (#[0-9a-f]{{6}});", block)[1]


def test_only_logical_properties_are_used():
    sided = r"(?<![-\w])(?:margin|padding|border)-(?:left|right|top|bottom)\b"
    physical = sided + r"|(?<![-\w])(?:left|right|top|bottom|width|height)\s*:"
    assert not re.findall(physical, re.sub(r"@media[^{]*", "", RULES))
    assert not re.search(r"text-align\s*:\s*(left|right)|float\s*:", RULES)


def test_no_decoration_that_the_look_forbids():
    assert "gradient" not in RULES
    assert "backdrop-filter" not in RULES


def test_motion_stops_where_it_is_not_wanted():
    assert "prefers-reduced-motion: reduce" in CSS


@pytest.mark.parametrize("daylight", [False, True])
@pytest.mark.parametrize("text", ["text", "quiet", "accent"])
@pytest.mark.parametrize("surface", ["ground", "surface"])
def test_text_keeps_seven_to_one(text, surface, daylight):
    assert _contrast(_token(text, daylight), _token(surface, daylight)) >= 7


@pytest.mark.parametrize("daylight", [False, True])
def test_the_button_and_the_edges_of_fields_can_be_seen(daylight):
    assert _contrast(_token("on-accent", daylight), _token("accent", daylight)) >= 7
    assert _contrast(_token("control", daylight), _token("ground", daylight)) >= 3
    assert _contrast(_token("control", daylight), _token("surface", daylight)) >= 3


def test_tokens_are_declared_in_one_place():
    """A piece may set a measure of its own (the art's ratio), but not one that a token has."""
    names = set(re.findall(r"^\s+(--[\w-]+):", TOKENS, flags=re.M))
    for sheet in STATIC.glob("*.css"):
        if sheet.name != "tokens.css":
            declared = set(re.findall(r"^\s+(--[\w-]+):", sheet.read_text(encoding="utf-8"), flags=re.M))
            assert not declared & names, sheet.name


def _contrast(one, other):
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(color):
        parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
