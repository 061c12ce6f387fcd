"""Small films made for the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crossreel.testing import made_film

pytest.importorskip("av")

MakeFilm = Callable[..., Path]


@pytest.fixture
def make_film(tmp_path: Path) -> MakeFilm:
    """``make_film(name, frames, width, height, ...)`` writes a film and returns its path."""

    def make(name: str = "film.mp4", frames: int = 72, *args: int, **more: Any) -> Path:
        return made_film.make_film(tmp_path / name, frames, *args, **more)

    return make
