"""The console's stylesheet and its paint keep the house's rules."""

import re
from pathlib import Path

import pytest

import crossreel.web

STATIC = Path(crossreel.web.__file__).parent / "static"
CSS = (STATIC / "console.css").read_text(encoding="utf-8")
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)
SCRIPT = (STATIC / "console.js").read_text(encoding="utf-8")
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
PAINT = TOKENS.split(':root[data-room="console"] {')[1].split("}")[0]


def token(name):
    found = re.search(rf"--{name}:\s*(.*?);", PAINT, flags=re.S)
    return " ".join(found[1].split())


def color(name, dark):
    pair = re.fullmatch(r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", token(name))
    return pair[2 if dark else 1] if pair else token(name)


def contrast(one, other):
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(text):
        parts = [int(text[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_only_logical_properties_are_used():
    sided = r"(?<![-\w])(?:margin|padding|border)-(?:left|right|top|bottom)\b"
    physical = sided + r"|(?<![-\w])(?:left|right|top|bottom|width|height)\s*:"
    assert not re.findall(physical, re.sub(r"@media[^{]*", "", RULES))
    assert not re.search(r"text-align\s*:\s*(left|right)|float\s*:\s*(left|right)", RULES)


def test_no_decoration_that_the_look_forbids():
    assert "gradient" not in RULES
    assert "backdrop-filter" not in RULES
    assert "prefers-reduced-motion: reduce" in CSS


@pytest.mark.parametrize("dark", [False, True])
def test_text_and_edges_can_be_seen(dark):
    for surface in ("ground", "surface"):
        assert contrast(color("text", dark), color(surface, dark)) >= 7
        assert contrast(color("quiet", dark), color(surface, dark)) >= 7
        assert contrast(color("control", dark), color(surface, dark)) >= 3
        assert contrast(color("accent", dark), color(surface, dark)) >= 4.5
        assert contrast(color("danger", dark), color(surface, dark)) >= 4.5
    for series in range(6):
        assert contrast(color(f"c{series}", dark), color("surface", dark)) >= 2
    for marked in ("new", "gone", "pick"):
        assert contrast(color("text", dark), color(marked, dark)) >= 7
    assert contrast(token("on-accent"), color("accent-fill", dark)) >= 7


def test_the_script_is_small_and_writes_no_markup():
    assert len(SCRIPT.encode()) < 20_000
    for script in (SCRIPT, *((STATIC / name).read_text(encoding="utf-8") for name in ("job.js", "live.js"))):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script
        )
