"""The first tables: titles and their records, licenses, viewers, live events."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "revisions",
        _required("name", ID),
        _required("value", sa.BigInteger()),
        sa.PrimaryKeyConstraint("name", name="pk_revisions"),
    )
    _create_titles()
    _create_title_records()
    op.create_table(
        "doubtful_pairs",
        _required("first", ID),
        _required("second", ID),
        _required("why", sa.Text()),
        sa.PrimaryKeyConstraint("first", "second", name="pk_doubtful_pairs"),
    )
    _create_licenses()
    _create_viewers()
    _create_events()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE title_search")
    for table in (
        "event_segments",
        "live_events",
        "viewers",
        "licenses",
        "doubtful_pairs",
        "external_ids",
        "title_records",
        "titles",
        "revisions",
    ):
        op.drop_table(table)


def _required(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _create_titles() -> None:
    op.create_table(
        "titles",
        _required("number", ROW_NUMBER),
        _required("id", ID),
        sa.Column("parent", ID),
        _required("document", sa.Text()),
        _required("revision", sa.BigInteger()),
        sa.PrimaryKeyConstraint("number", name="pk_titles"),
        sa.UniqueConstraint("id", name="uq_titles_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_titles_parent", "titles", ["parent"])
    if op.get_bind().dialect.name == "sqlite":
        # The texts come folded, as tokens with spaces between them; see records/search_index.py.
        op.execute(
            "CREATE VIRTUAL TABLE title_search USING fts5("
            "whole, names, people, keywords, synopsis, tokenize = 'ascii', prefix = '1 2')"
        )


def _create_title_records() -> None:
    op.create_table(
        "title_records",
        _required("position", ROW_NUMBER),
        _required("id", ID),
        _required("title_id", ID),
        _required("document", sa.Text()),
        _required("content_hash", sa.Text()),
        sa.PrimaryKeyConstraint("position", name="pk_title_records"),
        sa.UniqueConstraint("id", name="uq_title_records_id"),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name="fk_title_records_title_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_title_records_title_id", "title_records", ["title_id"])
    op.create_table(
        "external_ids",
        _required("scheme", ID),
        _required("value", ID),
        _required("record_id", ID),
        sa.PrimaryKeyConstraint("scheme", "value", "record_id", name="pk_external_ids"),
        sa.ForeignKeyConstraint(["record_id"], ["title_records.id"], name="fk_external_ids_record_id"),
    )
    op.create_index("ix_external_ids_record_id", "external_ids", ["record_id"])


def _create_licenses() -> None:
    op.create_table(
        "licenses",
        _required("id", ID),
        _required("title_id", ID),
        *(
            _required(name, sa.Text())
            for name in ("territories", "excluded", "modes", "languages", "opens", "closes", "reason")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_licenses"),
    )
    op.create_index("ix_licenses_title_id", "licenses", ["title_id"])


def _create_viewers() -> None:
    op.create_table(
        "viewers",
        _required("id", ID),
        _required("key", ID),
        _required("name", sa.Text()),
        sa.Column("territory", sa.Text()),
        _required("languages", sa.Text()),
        sa.Column("birth_year", sa.Integer()),
        *(_required(name, sa.Text()) for name in ("age_band", "gender", "occupation")),
        _required("simulated", sa.Boolean()),
        _required("searched", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_viewers"),
    )
    op.create_index("ix_viewers_key", "viewers", ["key"])


def _create_events() -> None:
    op.create_table(
        "live_events",
        _required("number", ROW_NUMBER),
        *(_required(name, ID) for name in ("source", "viewer", "title", "kind")),
        sa.Column("time", sa.BigInteger()),
        *(sa.Column(name, sa.Float(53)) for name in ("value", "low", "high")),
        *(
            _required(name, sa.Text())
            for name in ("territory", "device", "row", "algorithm", "text", "language")
        ),
        sa.Column("position", sa.Integer()),
        sa.PrimaryKeyConstraint("number", name="pk_live_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_live_events_viewer", "live_events", ["viewer"])
    op.create_table(
        "event_segments",
        _required("number", ROW_NUMBER),
        _required("file", ID),
        _required("source", ID),
        _required("rows", sa.BigInteger()),
        _required("first_viewer", ID),
        _required("last_viewer", ID),
        *(sa.Column(name, sa.BigInteger()) for name in ("first_time", "last_time")),
        _required("created", sa.BigInteger()),
        _required("retired", sa.Boolean()),
        sa.PrimaryKeyConstraint("number", name="pk_event_segments"),
        sa.UniqueConstraint("file", name="uq_event_segments_file"),
        sqlite_autoincrement=True,
    )
