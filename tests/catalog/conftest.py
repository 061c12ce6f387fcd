"""Fixtures for the catalog's own tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossreel.catalog.repository import CatalogStore
from crossreel.testing.memory import MemoryCatalog


@pytest.fixture
def store() -> CatalogStore:
    return MemoryCatalog()


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return Path(__file__).parent / "fixtures"
