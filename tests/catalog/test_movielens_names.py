from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.feeds.movielens_names import parse_name


@pytest.mark.parametrize(
    ("text", "name", "year", "aliases"),
    [
        ("Toy Story (1995)", "Toy Story", 1995, ()),
        ("Shawshank Redemption, The (1994)", "The Shawshank Redemption", 1994, ()),
        ("Seven (a.k.a. Se7en) (1995)", "Seven", 1995, ("Se7en",)),
        (
            "City of Lost Children, The (Cité des enfants perdus, La) (1995)",
            "The City of Lost Children",
            1995,
            ("La Cité des enfants perdus",),
        ),
        ("Ladybird Ladybird (1994)", "Ladybird Ladybird", 1994, ()),
        ("Bear, The (Ours, L') (1988)", "The Bear", 1988, ("L'Ours",)),
        (
            "Bicycle Thieves (a.k.a. The Bicycle Thief) (aka Bike Thieves) (Ladri di biciclette) (1948)",
            "Bicycle Thieves",
            1948,
            ("The Bicycle Thief", "Bike Thieves", "Ladri di biciclette"),
        ),
        ("Hard 8 (a.k.a. Sydney, a.k.a. Hard Eight) (1996)", "Hard 8", 1996, ("Sydney", "Hard Eight")),
        (
            "European Vacation (aka National Lampoon's European Vacation) (1985)",
            "European Vacation",
            1985,
            ("National Lampoon's European Vacation",),
        ),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009, ()),
        ("Frontière(s) (2007)", "Frontière(s)", 2007, ()),
        ("Evangelion: 1.0 You Are (Not) Alone (2007)", "Evangelion: 1.0 You Are (Not) Alone", 2007, ()),
        (
            "Birdman: Or (The Unexpected Virtue of Ignorance) (2014)",
            "Birdman: Or (The Unexpected Virtue of Ignorance)",
            2014,
            (),
        ),
        ("Land Before Time III, The (1995) (V)", "The Land Before Time III", 1995, ()),
        ("Assembly (Ji jie hao) (2007) ", "Assembly", 2007, ("Ji jie hao",)),
        ("Death Note: Desu nôto (2006–2007)", "Death Note: Desu nôto", 2006, ()),
        ("1984 (Nineteen Eighty-Four) (1984)", "1984", 1984, ("Nineteen Eighty-Four",)),
        ("Babylon 5", "Babylon 5", None, ()),
        ("unknown", "unknown", None, ()),
        ("Girl, Interrupted (1999)", "Girl, Interrupted", 1999, ()),
        ("Monsters, Inc. (2001)", "Monsters, Inc.", 2001, ()),
        ("Ciao, Professore! (Io speriamo ) (1993)", "Ciao, Professore!", 1993, ("Io speriamo",)),
        ("A (B (C) D) (2000)", "A", 2000, ("B (C) D",)),
        ("(1999)", "(1999)", 1999, ()),
    ],
)
def test_names_are_taken_apart(text: str, name: str, year: int | None, aliases: tuple[str, ...]) -> None:
    parsed = parse_name(text)
    assert (parsed.name, parsed.year, parsed.aliases) == (name, year, aliases)


@given(st.text() | st.text("(),aA \u00e9Thek.0123456789", max_size=60))
def test_any_text_gives_a_name(text: str) -> None:
    parsed = parse_name(text)
    assert parsed.name == parsed.name.strip()
    assert bool(parsed.name) == bool(text.strip())
    assert all(alias and alias != parsed.name for alias in parsed.aliases)
