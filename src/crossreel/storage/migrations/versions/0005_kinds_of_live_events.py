"""Live events are found by their kind, so that a title's reviews are read without what was shown."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_live_events_kind", "live_events", ["kind"])


def downgrade() -> None:
    op.drop_index("ix_live_events_kind", table_name="live_events")
