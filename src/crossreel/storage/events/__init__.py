"""The event log: live events in SQLite, the rest in Parquet, read as one by DuckDB."""
