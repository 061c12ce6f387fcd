"""How ``--map`` is read."""

from __future__ import annotations

import pytest

from crossreel.cli.audience import _mapping
from crossreel.errors import WrongUse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("viewer=u, title = t", {"viewer": "u", "title": "t"}),
        ('viewer=u,time="time, local",title=t', {"viewer": "u", "time": "time, local", "title": "t"}),
        ('viewer="a ""b"""', {"viewer": 'a "b"'}),
        ("viewer=a=b,", {"viewer": "a=b"}),
    ],
)
def test_mappings(text: str, expected: dict[str, str]) -> None:
    assert _mapping(text) == expected


@pytest.mark.parametrize("text", ["", ",", "viewer", "viewer=", "=u", 'viewer="u', 'viewer=""'])
def test_mappings_that_make_no_sense(text: str) -> None:
    with pytest.raises(WrongUse, match="--map is a list"):
        _mapping(text)
