"""Brings a database to the current schema when it is opened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from crossreel.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["HEAD", "bring_up_to_date", "migration_config", "stored_version"]

HEAD = "0005"
"""The newest migration; a test compares it with the files in ``versions``."""


def bring_up_to_date(engine: Engine, write: Callable[[], AbstractContextManager[Connection]]) -> None:
    """Upgrades to ``HEAD`` in one write transaction; a current database costs one query.

    Raises:
        Conflict: the database is newer than this program.
    """
    with engine.connect() as connection:
        if stored_version(connection) == HEAD:
            return
    # Alembic takes a while to import, and a current database has no need of it.
    from alembic import command
    from alembic.script import ScriptDirectory

    with write() as connection:
        version = stored_version(connection)
        config = migration_config(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if version is not None and version not in known:
            raise Conflict(
                f"The workspace was written by a newer Crossreel: its schema is {version}, "
                f"this program knows up to {HEAD}.",
                advice="Upgrade with: pip install --upgrade crossreel; or open another --home.",
                schema=version,
            )
        if version != HEAD:
            command.upgrade(config, "head")


def stored_version(connection: Connection) -> str | None:
    """The migration a database stands at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def migration_config(connection: Connection) -> Config:
    """Alembic's configuration for running the shipped migrations over one open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
