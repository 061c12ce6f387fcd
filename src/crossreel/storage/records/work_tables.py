"""The tables of those who work with Crossreel: operators, sessions, tokens, audit trail, jobs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from crossreel.storage.records.tables import ID, ROW_NUMBER, metadata

__all__ = ["api_tokens", "audit_entries", "failed_sign_ins", "jobs", "operators", "sessions"]

# Instants are ISO 8601 text in UTC with microseconds, which sorts as time does.

operators = Table(
    "operators",
    metadata,
    Column("name", ID, primary_key=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),  # argon2id PHC string
    Column("created", ID, nullable=False),
    Column("disabled", Boolean, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("secret_hash", ID, primary_key=True),  # sha256 of the cookie's secret
    Column("operator", ID, ForeignKey("operators.name"), nullable=False),
    Column("created", ID, nullable=False),
    Column("expires", ID, nullable=False),
    Index("ix_sessions_operator", "operator"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", ID, primary_key=True),
    Column("operator", ID, ForeignKey("operators.name"), nullable=False),
    Column("label", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # JSON list
    Column("secret_hash", Text, nullable=False),
    Column("created", ID, nullable=False),
    Column("expires", ID, nullable=False),
    Column("last_used", ID),
    Index("ix_api_tokens_operator", "operator"),
)

failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("number", ROW_NUMBER, primary_key=True),
    Column("key", ID, nullable=False),  # name:... or address:...
    Column("time", ID, nullable=False),
    Index("ix_failed_sign_ins_key", "key", "time"),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True),
    Column("time", ID, nullable=False),
    Column("actor", ID, nullable=False),
    Column("via", Text, nullable=False),
    Column("action", ID, nullable=False),
    Column("subject", ID, nullable=False),
    Column("before", Text),  # JSON document
    Column("after", Text),  # JSON document
    Column("request_id", Text, nullable=False),
    Column("undoes", Integer),
    Index("ix_audit_entries_subject", "subject"),
    Index("ix_audit_entries_undoes", "undoes"),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", ID, nullable=False),
    Column("parameters", Text, nullable=False),  # JSON
    Column("actor", ID, nullable=False),
    Column("created", ID, nullable=False),
    Column("state", ID, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("of", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("started", ID),
    Column("finished", ID),
    Column("heartbeat", ID),
    Column("attempts", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("result", Text, nullable=False),  # JSON
    Column("error", Text, nullable=False),  # JSON
    Index("ix_jobs_state", "state", "created"),
    Index("ix_jobs_created", "created"),
)
