"""Alembic's entry: runs migrations over the connection that ``run.migration_config`` carries."""

from __future__ import annotations

from typing import Any

from alembic import context


def run() -> None:
    """Runs what the calling Alembic command asks for, inside the caller's transaction."""
    config: Any = context.config
    context.configure(
        connection=config.attributes["connection"],
        target_metadata=config.attributes.get("metadata"),
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name Alembic loads this file under; a plain import does nothing
    run()
