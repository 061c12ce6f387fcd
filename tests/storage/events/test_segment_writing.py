"""What a segment holds is what was to be written, every time."""

from pathlib import Path

import duckdb

from crossreel.storage.events.segments import write_parquet


def test_columns_of_few_values_are_written_whole_by_several_threads(tmp_path: Path) -> None:
    with duckdb.connect(config={"memory_limit": "512MB", "threads": 2}) as session:
        session.execute("SELECT setseed(0.5)")
        session.execute(
            "CREATE TABLE raw AS SELECT 's:v' || (random() * 6000)::INT AS viewer, "
            "'s:t' || (pow(random(), 6) * 20000)::INT AS title FROM range(1000000)"
        )
        for column in ("viewer", "title"):
            session.execute(
                f"CREATE TYPE one_{column} AS ENUM (SELECT DISTINCT {column} FROM raw ORDER BY {column})"
            )
        session.execute(
            "CREATE TABLE rows AS SELECT viewer::one_viewer AS viewer, title::one_title AS title FROM raw"
        )
        query = "SELECT sum(hash(viewer::VARCHAR || '/' || title::VARCHAR)), count(*) FROM {}"
        wanted = session.execute(query.format("raw")).fetchone()
        path = tmp_path / "segment.parquet"
        for _ in range(12):
            assert write_parquet(session, "SELECT * FROM rows", path) == 1_000_000
            assert session.execute(query.format(f"read_parquet('{path}')")).fetchone() == wanted
