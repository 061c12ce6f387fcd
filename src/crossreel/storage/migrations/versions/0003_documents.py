"""Rules, lists and experiments as documents; who follows a list; who saw which variant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("kind", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_documents"),
    )
    op.create_table(
        "list_followers",
        *(sa.Column(name, ID, nullable=False) for name in ("list", "viewer", "time")),
        sa.PrimaryKeyConstraint("list", "viewer", name="pk_list_followers"),
    )
    op.create_index("ix_list_followers_viewer", "list_followers", ["viewer"])
    op.create_table(
        "exposures",
        *(sa.Column(name, ID, nullable=False) for name in ("experiment", "viewer")),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("time", ID, nullable=False),
        sa.PrimaryKeyConstraint("experiment", "viewer", name="pk_exposures"),
    )
    op.create_index("ix_exposures_viewer", "exposures", ["viewer"])


def downgrade() -> None:
    for table in ("exposures", "list_followers", "documents"):
        op.drop_table(table)
