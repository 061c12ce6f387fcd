"""Worlds to recommend in."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossreel.catalog.title import Title, TitleKind
from crossreel.testing.small_world import BR, DE, World, comedy, western


@pytest.fixture
def empty_world(tmp_path: Path) -> World:
    return World.empty(tmp_path / "models")


@pytest.fixture
def world(empty_world: World) -> World:
    """Forty viewers in DE who like westerns w0..w5, thirty in BR who like comedies c0..c5.

    Viewer n has not met the nth (modulo 6) of its own, and dislikes the nth of the others.
    """
    world = empty_world
    for code in ("DE", "BR"):
        world.add(*(western(f"w{n}") for n in range(6)), *(comedy(f"c{n}") for n in range(6)), where=code)
    for number in range(70):
        taste, other, where = ("w", "c", DE) if number < 40 else ("c", "w", BR)
        for place in range(6):
            if place != number % 6:
                world.rate(number, f"{taste}{place}", 5, days_ago=20 + place, where=where)
        world.rate(number, f"{other}{number % 6}", 1, where=where)
    return world


@pytest.fixture
def series() -> tuple[Title, Title, Title]:
    show = western("show", kind=TitleKind.SERIES)
    season = western("season", kind=TitleKind.SEASON, parent=show.id, number=1)
    episode = western("episode", kind=TitleKind.EPISODE, parent=season.id, number=1)
    return show, season, episode
