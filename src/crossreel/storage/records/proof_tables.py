"""The tables of translated files being read, and of what was translated before."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text

from crossreel.storage.records.tables import ID, ROW_NUMBER, metadata

__all__ = ["memory_segments", "proof_changes", "proof_lines", "proofs"]

proofs = Table(
    "proofs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", ID, nullable=False),  # BCP 47
    Column("target", ID, nullable=False),
    Column("created", ID, nullable=False),
    Column("actor", ID, nullable=False),
    Column("title", ID, nullable=False),  # id, or empty
    Column("film", ID, nullable=False),  # digest, or empty
    Column("source_file", Text, nullable=False),  # WebVTT
    Column("target_file", Text, nullable=False),  # WebVTT, as it was opened
    Column("facts", Text, nullable=False),  # JSON: profile, engine, frame rate, terms, names, shots, notes
    Index("ix_proofs_created", "created"),
)

proof_lines = Table(
    "proof_lines",
    metadata,
    Column("proof", ID, ForeignKey("proofs.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("cue", Text, nullable=False),  # the cue's id
    Column("source", Text, nullable=False),  # WebVTT cue text
    Column("text", Text, nullable=False),  # WebVTT cue text
    Column("start", ID, nullable=False),  # seconds, a fraction
    Column("end", ID, nullable=False),
    Column("state", ID, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("risk", Float, nullable=False),
    Column("doubts", Text, nullable=False),  # JSON: reasons, suggestions
    Column("comments", Integer, nullable=False),
    Column("actor", ID, nullable=False),
    Column("changed", ID),
)

proof_changes = Table(
    "proof_changes",
    metadata,
    Column("number", ROW_NUMBER, primary_key=True),
    Column("proof", ID, ForeignKey("proofs.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("kind", ID, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("actor", ID, nullable=False),
    Column("time", ID, nullable=False),
    Column("before", Text, nullable=False),  # JSON
    Column("after", Text, nullable=False),  # JSON
    Column("undoes", Integer),
    Index("ix_proof_changes_proof", "proof", "place"),
    sqlite_autoincrement=True,
)

memory_segments = Table(
    "memory_segments",
    metadata,
    Column("number", ROW_NUMBER, primary_key=True),  # grows with every change
    Column("languages", ID, nullable=False),  # en>es
    Column("key", ID, nullable=False),  # the source, normalized
    Column("origin", ID, nullable=False),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("human", Boolean, nullable=False),
    Index("ix_memory_segments_key", "languages", "key"),
    sqlite_autoincrement=True,
)
