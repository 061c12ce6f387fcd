"""Alembic migrations of the record store; run by ``run.bring_up_to_date``, without an ini file."""
