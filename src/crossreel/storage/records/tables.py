"""The tables of the record store, in SQL that SQLite and PostgreSQL both speak.

Ids are stored in their text form (``source:key``). Documents and lists are JSON in text columns:
they are read whole and never queried into; what is queried has a column of its own. The full-text
index is not here but in ``search_index``, because each database brings its own kind.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "ID",
    "doubtful_pairs",
    "external_ids",
    "licenses",
    "metadata",
    "revisions",
    "title_records",
    "titles",
    "viewers",
]

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

ID = Text().with_variant(Text(collation="C"), "postgresql")
"""Text compared by code point everywhere, as SQLite and Python do."""

ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""A number the database gives; SQLite counts only columns declared INTEGER."""

revisions = Table(
    "revisions",
    metadata,
    Column("name", ID, primary_key=True),  # what is counted: catalog, licenses ...
    Column("value", BigInteger, nullable=False),
)

titles = Table(
    "titles",
    metadata,
    Column("number", ROW_NUMBER, primary_key=True),  # the full-text index's row
    Column("id", ID, nullable=False),  # the id of its oldest record
    Column("parent", ID),  # record id of the series or season it hangs under
    Column("document", Text, nullable=False),  # catalog.documents JSON
    Column("revision", BigInteger, nullable=False),  # catalog revision of the last change
    UniqueConstraint("id"),
    Index("ix_titles_parent", "parent"),
    sqlite_autoincrement=True,
)

title_records = Table(
    "title_records",
    metadata,
    Column("position", ROW_NUMBER, primary_key=True),  # order of arrival
    Column("id", ID, nullable=False),
    Column("title_id", ID, ForeignKey("titles.id"), nullable=False),  # the merged title
    Column("document", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    UniqueConstraint("id"),
    Index("ix_title_records_title_id", "title_id"),
    sqlite_autoincrement=True,
)

external_ids = Table(
    "external_ids",
    metadata,
    Column("scheme", ID, primary_key=True),
    Column("value", ID, primary_key=True),
    Column("record_id", ID, ForeignKey("title_records.id"), primary_key=True),
    Index("ix_external_ids_record_id", "record_id"),
)

doubtful_pairs = Table(
    "doubtful_pairs",
    metadata,
    Column("first", ID, primary_key=True),
    Column("second", ID, primary_key=True),
    Column("why", Text, nullable=False),
)

licenses = Table(
    "licenses",
    metadata,
    Column("id", ID, primary_key=True),
    Column("title_id", ID, nullable=False),  # any record id; rights outlive re-imports
    Column("territories", Text, nullable=False),  # JSON list, as written
    Column("excluded", Text, nullable=False),  # JSON list, as written
    Column("modes", Text, nullable=False),  # JSON list
    Column("languages", Text, nullable=False),  # JSON list of tags; empty means all
    Column("opens", Text, nullable=False),  # local date, instant, or empty for open
    Column("closes", Text, nullable=False),  # local date, instant, or empty for open
    Column("reason", Text, nullable=False),
    Index("ix_licenses_title_id", "title_id"),
)

viewers = Table(
    "viewers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key", ID, nullable=False),  # the id without its source
    Column("name", Text, nullable=False),
    Column("territory", Text),
    Column("languages", Text, nullable=False),  # JSON list of tags
    Column("birth_year", Integer),
    Column("age_band", Text, nullable=False),
    Column("gender", Text, nullable=False),
    Column("occupation", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("searched", Text, nullable=False),  # folded id and name
    Index("ix_viewers_key", "key"),
)
