"""The tables of those who work with it: operators, sessions, API tokens, audit trail, jobs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_accounts()
    op.create_table(
        "audit_entries",
        _required("id", ROW_NUMBER),
        *(_required(name, ID) for name in ("time", "actor")),
        _required("via", sa.Text()),
        *(_required(name, ID) for name in ("action", "subject")),
        *(sa.Column(name, sa.Text()) for name in ("before", "after")),
        _required("request_id", sa.Text()),
        sa.Column("undoes", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject"])
    op.create_index("ix_audit_entries_undoes", "audit_entries", ["undoes"])
    _create_jobs()


def downgrade() -> None:
    for table in ("jobs", "audit_entries", "failed_sign_ins", "api_tokens", "sessions", "operators"):
        op.drop_table(table)


def _required(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _create_accounts() -> None:
    op.create_table(
        "operators",
        _required("name", ID),
        _required("role", sa.Text()),
        _required("password_hash", sa.Text()),
        _required("created", ID),
        _required("disabled", sa.Boolean()),
        sa.PrimaryKeyConstraint("name", name="pk_operators"),
    )
    op.create_table(
        "sessions",
        *(_required(name, ID) for name in ("secret_hash", "operator", "created", "expires")),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(["operator"], ["operators.name"], name="fk_sessions_operator"),
    )
    op.create_index("ix_sessions_operator", "sessions", ["operator"])
    op.create_table(
        "api_tokens",
        *(_required(name, ID) for name in ("id", "operator")),
        *(_required(name, sa.Text()) for name in ("label", "scopes", "secret_hash")),
        *(_required(name, ID) for name in ("created", "expires")),
        sa.Column("last_used", ID),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.ForeignKeyConstraint(["operator"], ["operators.name"], name="fk_api_tokens_operator"),
    )
    op.create_index("ix_api_tokens_operator", "api_tokens", ["operator"])
    op.create_table(
        "failed_sign_ins",
        _required("number", ROW_NUMBER),
        *(_required(name, ID) for name in ("key", "time")),
        sa.PrimaryKeyConstraint("number", name="pk_failed_sign_ins"),
    )
    op.create_index("ix_failed_sign_ins_key", "failed_sign_ins", ["key", "time"])


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        *(_required(name, ID) for name in ("id", "kind")),
        _required("parameters", sa.Text()),
        *(_required(name, ID) for name in ("actor", "created", "state")),
        *(_required(name, sa.BigInteger()) for name in ("done", "of")),
        _required("what", sa.Text()),
        *(sa.Column(name, ID) for name in ("started", "finished", "heartbeat")),
        _required("attempts", sa.Integer()),
        _required("cancel_requested", sa.Boolean()),
        *(_required(name, sa.Text()) for name in ("result", "error")),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_state", "jobs", ["state", "created"])
    op.create_index("ix_jobs_created", "jobs", ["created"])
