"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

# Tests never assert seconds: machines under load are slow, and that is no failure.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; tests that use it are marked ``shared``."""
    folder = Path(os.environ.get("CROSSREEL_SHARED_DATA", SHARED))
    if not folder.is_dir():
        pytest.skip("the folder of real data is not beside this checkout")
    return folder
