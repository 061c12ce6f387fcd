"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; tests that use it are marked ``shared``."""
    folder = Path(os.environ.get("CROSSREEL_SHARED_DATA", SHARED))
    if not folder.is_dir():
        pytest.skip("the folder of real data is not beside this checkout")
    return folder
