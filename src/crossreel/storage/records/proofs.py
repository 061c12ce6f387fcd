"""Proofs in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import orjson
from sqlalchemy import Row, delete, func, select, update

from crossreel.errors import UnknownId
from crossreel.localize.proofs.proof import ChangeKind, LineState, Proof, ProofChange, ProofLine
from crossreel.localize.translate.lines import Reason
from crossreel.storage.records.bulk import chunks
from crossreel.storage.records.database import Database
from crossreel.storage.records.instants import from_text, maybe_from_text, to_text
from crossreel.storage.records.proof_tables import proof_changes, proof_lines, proofs
from crossreel.values.language import Language

__all__ = ["SqlProofs"]


class SqlProofs:
    """``ProofStore`` over a ``Database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, proof: Proof, lines: Sequence[ProofLine]) -> None:
        """Keeps a new proof with its lines."""
        with self._database.write() as connection:
            connection.execute(proofs.insert(), [_proof_row(proof)])
            for chunk in chunks(lines, 500):
                connection.execute(proof_lines.insert(), [_line_row(proof.id, line) for line in chunk])

    def all(self) -> list[tuple[Proof, dict[LineState, int]]]:
        """Every proof, newest first, with the number of its lines in each state; files are left empty."""
        columns = [column for column in proofs.c if column.name not in ("source_file", "target_file")]
        counted = select(proof_lines.c.proof, proof_lines.c.state, func.count().label("lines")).group_by(
            proof_lines.c.proof, proof_lines.c.state
        )
        with self._database.read() as connection:
            rows = connection.execute(select(*columns).order_by(proofs.c.created.desc(), proofs.c.id)).all()
            counts: dict[str, dict[LineState, int]] = {}
            for id_, state, lines in connection.execute(counted):
                counts.setdefault(id_, {})[LineState(state)] = lines
        return [(_proof(row, "", ""), counts.get(row.id, {})) for row in rows]

    def get(self, id_: str) -> Proof:
        """One proof. Raises ``UnknownId``."""
        with self._database.read() as connection:
            row = connection.execute(select(proofs).where(proofs.c.id == id_)).one_or_none()
        if row is None:
            raise UnknownId("proof", id_)
        return _proof(row, row.source_file, row.target_file)

    def lines(self, id_: str) -> list[ProofLine]:
        """Its lines in file order."""
        query = select(proof_lines).where(proof_lines.c.proof == id_).order_by(proof_lines.c.place)
        with self._database.read() as connection:
            return [_line(row) for row in connection.execute(query)]

    def line(self, id_: str, place: int) -> ProofLine:
        """One line. Raises ``UnknownId``."""
        query = select(proof_lines).where(proof_lines.c.proof == id_, proof_lines.c.place == place)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise UnknownId("line of the proof", f"{id_} {place + 1}")
        return _line(row)

    def swap(self, id_: str, line: ProofLine, expected: int) -> bool:
        """Puts a line in the place of its revision ``expected``; False (and nothing) if that is gone."""
        row = _line_row(id_, line)
        for name in ("proof", "place", "cue", "source", "comments"):
            del row[name]
        query = update(proof_lines).where(
            proof_lines.c.proof == id_, proof_lines.c.place == line.place, proof_lines.c.revision == expected
        )
        with self._database.write() as connection:
            return connection.execute(query.values(row)).rowcount == 1

    def note(self, id_: str, change: ProofChange) -> ProofChange:
        """Keeps a change; returns it with its number."""
        row = {
            "proof": id_,
            "place": change.place,
            "kind": change.kind.value,
            "revision": change.revision,
            "actor": change.actor,
            "time": to_text(change.time),
            "before": orjson.dumps(change.before).decode(),
            "after": orjson.dumps(change.after).decode(),
            "undoes": change.undoes,
        }
        with self._database.write() as connection:
            (number,) = connection.execute(proof_changes.insert().values(row)).inserted_primary_key or (0,)
            if change.kind is ChangeKind.COMMENT:
                where = (proof_lines.c.proof == id_, proof_lines.c.place == change.place)
                more = update(proof_lines).where(*where).values(comments=proof_lines.c.comments + 1)
                connection.execute(more)
        return replace(change, number=number)

    def changes(self, id_: str, place: int | None = None, limit: int = 100) -> list[ProofChange]:
        """What was done, newest first; to one line or to all."""
        query = select(proof_changes).where(proof_changes.c.proof == id_)
        if place is not None:
            query = query.where(proof_changes.c.place == place)
        query = query.order_by(proof_changes.c.number.desc()).limit(limit)
        with self._database.read() as connection:
            return [_read_change(row) for row in connection.execute(query)]

    def change(self, id_: str, number: int) -> ProofChange:
        """One change. Raises ``UnknownId``."""
        query = select(proof_changes).where(proof_changes.c.proof == id_, proof_changes.c.number == number)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise UnknownId("change of the proof", f"{id_} {number}")
        return _read_change(row)

    def set_film(self, id_: str, film: str, shots: Sequence[Fraction]) -> None:
        """Says which film is played to a proof, and where its shots begin."""
        where = proofs.c.id == id_
        with self._database.write() as connection:
            facts = orjson.loads(connection.scalar(select(proofs.c.facts).where(where)) or "{}")
            facts["shots"] = [str(shot) for shot in shots]
            values = {"film": film, "facts": orjson.dumps(facts).decode()}
            connection.execute(update(proofs).where(where).values(values))

    def remove(self, id_: str) -> bool:
        """Forgets a proof with everything of it; whether it was there."""
        with self._database.write() as connection:
            for table in (proof_changes, proof_lines):
                connection.execute(delete(table).where(table.c.proof == id_))
            return connection.execute(delete(proofs).where(proofs.c.id == id_)).rowcount > 0


def _proof_row(proof: Proof) -> dict[str, Any]:
    facts = {
        "profile": proof.profile,
        "engine": proof.engine,
        "frame_rate": proof.frame_rate,
        "terms": proof.terms,
        "names": sorted(proof.names),
        "shots": [str(shot) for shot in proof.shots],
        "notes": proof.notes,
    }
    return {
        "id": proof.id,
        "name": proof.name,
        "source": str(proof.source),
        "target": str(proof.target),
        "created": to_text(proof.created),
        "actor": proof.actor,
        "title": proof.title,
        "film": proof.film,
        "source_file": proof.source_file,
        "target_file": proof.target_file,
        "facts": orjson.dumps(facts).decode(),
    }


def _proof(row: Row[Any], source_file: str, target_file: str) -> Proof:
    facts = orjson.loads(row.facts)
    return Proof(
        id=row.id,
        name=row.name,
        source=Language.parse(row.source),
        target=Language.parse(row.target),
        created=from_text(row.created),
        actor=row.actor,
        source_file=source_file,
        target_file=target_file,
        title=row.title,
        profile=facts["profile"],
        engine=facts["engine"],
        film=row.film,
        frame_rate=facts["frame_rate"],
        terms=tuple((one[0], one[1], one[2], one[3]) for one in facts["terms"]),
        names=frozenset(facts["names"]),
        shots=tuple(Fraction(shot) for shot in facts["shots"]),
        notes=tuple(facts["notes"]),
    )


def _line_row(proof: str, line: ProofLine) -> dict[str, Any]:
    found = {
        "reasons": [[one.kind, one.weight, one.message] for one in line.reasons],
        "suggestions": line.suggestions,
    }
    return {
        "proof": proof,
        "place": line.place,
        "cue": line.id,
        "source": line.source,
        "text": line.text,
        "start": str(line.start),
        "end": str(line.end),
        "state": line.state.value,
        "revision": line.revision,
        "risk": line.risk,
        "doubts": orjson.dumps(found).decode(),
        "comments": line.comments,
        "actor": line.actor,
        "changed": line.changed and to_text(line.changed),
    }


def _line(row: Row[Any]) -> ProofLine:
    found = orjson.loads(row.doubts)
    return ProofLine(
        place=row.place,
        id=row.cue,
        source=row.source,
        text=row.text,
        start=Fraction(row.start),
        end=Fraction(row.end),
        state=LineState(row.state),
        revision=row.revision,
        risk=row.risk,
        reasons=tuple(Reason(kind, weight, message) for kind, weight, message in found["reasons"]),
        suggestions=tuple(found["suggestions"]),
        comments=row.comments,
        actor=row.actor,
        changed=maybe_from_text(row.changed),
    )


def _read_change(row: Row[Any]) -> ProofChange:
    return ProofChange(
        place=row.place,
        kind=ChangeKind(row.kind),
        revision=row.revision,
        actor=row.actor,
        time=from_text(row.time),
        before=orjson.loads(row.before),
        after=orjson.loads(row.after),
        undoes=row.undoes,
        number=row.number,
    )
