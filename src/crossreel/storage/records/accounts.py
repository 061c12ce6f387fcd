"""Operators, sessions, API tokens and failed sign-ins in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, delete, func, or_, select

from crossreel.accounts.operator import Operator, Permission, Role
from crossreel.accounts.repository import ApiToken, Session
from crossreel.storage.records.bulk import upsert
from crossreel.storage.records.database import Database
from crossreel.storage.records.instants import from_text, maybe_from_text, to_text
from crossreel.storage.records.work_tables import api_tokens, failed_sign_ins, operators, sessions

__all__ = ["SqlAccounts"]


class SqlAccounts:
    """``AccountStore`` over a ``Database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_operator(self, operator: Operator) -> None:
        """Adds or replaces an operator."""
        row = {
            "name": operator.name,
            "role": operator.role.value,
            "password_hash": operator.password_hash,
            "created": to_text(operator.created),
            "disabled": operator.disabled,
        }
        with self._database.write() as connection:
            upsert(connection, operators, [row], ["name"])

    def operator(self, name: str) -> Operator | None:
        """One operator."""
        with self._database.read() as connection:
            row = connection.execute(select(operators).where(operators.c.name == name)).one_or_none()
        return None if row is None else _operator(row)

    def operators(self) -> list[Operator]:
        """All operators, by name."""
        with self._database.read() as connection:
            return [
                _operator(row) for row in connection.execute(select(operators).order_by(operators.c.name))
            ]

    def put_session(self, session: Session) -> None:
        """Adds a session."""
        row = {
            "secret_hash": session.secret_hash,
            "operator": session.operator,
            "created": to_text(session.created),
            "expires": to_text(session.expires),
        }
        with self._database.write() as connection:
            connection.execute(sessions.insert(), [row])

    def session(self, secret_hash: str) -> Session | None:
        """The session with this hash."""
        with self._database.read() as connection:
            row = connection.execute(
                select(sessions).where(sessions.c.secret_hash == secret_hash)
            ).one_or_none()
        if row is None:
            return None
        return Session(row.secret_hash, row.operator, from_text(row.created), from_text(row.expires))

    def end_sessions(
        self, *, secret_hash: str = "", operator: str = "", expired_at: datetime | None = None
    ) -> int:
        """Removes one session, all of an operator's, or all expired by then; returns how many."""
        conditions = [
            *([sessions.c.secret_hash == secret_hash] if secret_hash else []),
            *([sessions.c.operator == operator] if operator else []),
            *([sessions.c.expires <= to_text(expired_at)] if expired_at else []),
        ]
        if not conditions:
            return 0
        with self._database.write() as connection:
            return connection.execute(delete(sessions).where(or_(*conditions))).rowcount

    def put_token(self, token: ApiToken) -> None:
        """Adds or replaces a token."""
        row = {
            "id": token.id,
            "operator": token.operator,
            "label": token.label,
            "scopes": orjson.dumps(sorted(token.scopes)).decode(),
            "secret_hash": token.secret_hash,
            "created": to_text(token.created),
            "expires": to_text(token.expires),
            "last_used": to_text(token.last_used) if token.last_used else None,
        }
        with self._database.write() as connection:
            upsert(connection, api_tokens, [row], ["id"])

    def token(self, id_: str) -> ApiToken | None:
        """One token."""
        with self._database.read() as connection:
            row = connection.execute(select(api_tokens).where(api_tokens.c.id == id_)).one_or_none()
        return None if row is None else _token(row)

    def tokens(self, operator: str = "") -> list[ApiToken]:
        """All tokens (of one operator), newest first."""
        query = select(api_tokens).order_by(api_tokens.c.created.desc())
        if operator:
            query = query.where(api_tokens.c.operator == operator)
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(query)]

    def remove_token(self, id_: str) -> bool:
        """Removes a token; whether it was there."""
        with self._database.write() as connection:
            return connection.execute(delete(api_tokens).where(api_tokens.c.id == id_)).rowcount > 0

    def note_failure(self, key: str, at: datetime) -> None:
        """Remembers a failed sign-in under ``key``."""
        with self._database.write() as connection:
            connection.execute(failed_sign_ins.insert(), [{"key": key, "time": to_text(at)}])

    def failures(self, key: str, since: datetime) -> int:
        """How many failures are remembered under ``key`` since then."""
        query = (
            select(func.count())
            .select_from(failed_sign_ins)
            .where(failed_sign_ins.c.key == key, failed_sign_ins.c.time >= to_text(since))
        )
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def forget_failures(self, key: str) -> None:
        """Forgets them, after a success."""
        with self._database.write() as connection:
            connection.execute(delete(failed_sign_ins).where(failed_sign_ins.c.key == key))


def _operator(row: Row[Any]) -> Operator:
    return Operator(row.name, Role(row.role), row.password_hash, from_text(row.created), row.disabled)


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        operator=row.operator,
        label=row.label,
        scopes=frozenset(Permission(scope) for scope in orjson.loads(row.scopes)),
        secret_hash=row.secret_hash,
        created=from_text(row.created),
        expires=from_text(row.expires),
        last_used=maybe_from_text(row.last_used),
    )
