"""Every record store passes its conformance suite, in memory and in SQLite."""

from __future__ import annotations

import pytest

from crossreel.storage.records import Database, SqlCatalog, SqlLicenses, SqlViewers
from crossreel.testing.catalog_suite import CatalogSuite, SearchSuite
from crossreel.testing.licenses_suite import LicensesSuite
from crossreel.testing.memory import MemoryCatalog, MemoryLicenses, MemoryViewers
from crossreel.testing.viewers_suite import ViewersSuite


class TestMemoryCatalog(CatalogSuite, SearchSuite):
    @pytest.fixture
    def store(self) -> MemoryCatalog:
        return MemoryCatalog()


class TestSqlCatalog(CatalogSuite, SearchSuite):
    @pytest.fixture
    def store(self, database: Database) -> SqlCatalog:
        return SqlCatalog(database)


class TestSqlCatalogWithoutCache(CatalogSuite):
    @pytest.fixture
    def store(self, database: Database) -> SqlCatalog:
        return SqlCatalog(database, cache_titles=0)


class TestMemoryLicenses(LicensesSuite):
    @pytest.fixture
    def store(self) -> MemoryLicenses:
        return MemoryLicenses()


class TestSqlLicenses(LicensesSuite):
    @pytest.fixture
    def store(self, database: Database) -> SqlLicenses:
        return SqlLicenses(database)


class TestMemoryViewers(ViewersSuite):
    @pytest.fixture
    def store(self) -> MemoryViewers:
        return MemoryViewers()


class TestSqlViewers(ViewersSuite):
    @pytest.fixture
    def store(self, database: Database) -> SqlViewers:
        return SqlViewers(database)
