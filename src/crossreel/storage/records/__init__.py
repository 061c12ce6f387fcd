"""Records in SQL: catalog, licenses, viewers; SQLite embedded."""

from crossreel.storage.records.catalog import SqlCatalog
from crossreel.storage.records.database import Database, open_database
from crossreel.storage.records.licenses import SqlLicenses
from crossreel.storage.records.viewers import SqlViewers

__all__ = ["Database", "SqlCatalog", "SqlLicenses", "SqlViewers", "open_database"]
