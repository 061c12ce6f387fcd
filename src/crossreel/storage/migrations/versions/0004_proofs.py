"""Translated files being read, line by line, with every change; what was translated before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _ids(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, ID, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "proofs",
        *_ids("id"),
        *_texts("name"),
        *_ids("source", "target", "created", "actor", "title", "film"),
        *_texts("source_file", "target_file", "facts"),
        sa.PrimaryKeyConstraint("id", name="pk_proofs"),
    )
    op.create_index("ix_proofs_created", "proofs", ["created"])
    op.create_table(
        "proof_lines",
        *_ids("proof"),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        *_texts("cue", "source", "text"),
        *_ids("start", "end", "state"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        *_texts("doubts"),
        sa.Column("comments", sa.Integer(), nullable=False),
        *_ids("actor"),
        sa.Column("changed", ID),
        sa.PrimaryKeyConstraint("proof", "place", name="pk_proof_lines"),
        sa.ForeignKeyConstraint(["proof"], ["proofs.id"], name="fk_proof_lines_proof"),
    )
    op.create_table(
        "proof_changes",
        sa.Column("number", ROW_NUMBER, nullable=False),
        *_ids("proof"),
        sa.Column("place", sa.Integer(), nullable=False),
        *_ids("kind"),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_ids("actor", "time"),
        *_texts("before", "after"),
        sa.Column("undoes", sa.Integer()),
        sa.PrimaryKeyConstraint("number", name="pk_proof_changes"),
        sa.ForeignKeyConstraint(["proof"], ["proofs.id"], name="fk_proof_changes_proof"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proof_changes_proof", "proof_changes", ["proof", "place"])
    op.create_table(
        "memory_segments",
        sa.Column("number", ROW_NUMBER, nullable=False),
        *_ids("languages", "key", "origin"),
        *_texts("source", "target"),
        sa.Column("human", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_memory_segments"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_memory_segments_key", "memory_segments", ["languages", "key"])


def downgrade() -> None:
    for table in ("memory_segments", "proof_changes", "proof_lines", "proofs"):
        op.drop_table(table)
