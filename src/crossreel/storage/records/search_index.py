"""The full-text index of merged titles: SQLite FTS5 under the rules of ``catalog.search``.

``title_search`` has a column for each of ``catalog.search.FIELDS`` and a row for each merged
title, under its ``titles.number``. Its tokenizer is ``ascii``, which splits at nothing but ASCII
separators; the tokens come folded and separated by spaces, so that is exactly at the spaces, and
no Unicode table of an old SQLite has a say (``unicode61`` knows no letters after Unicode 6.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import ColumnClause, Connection, column, func, literal_column, select, table

from crossreel.catalog.repository import SearchHit
from crossreel.catalog.search import (
    CANDIDATES,
    FIELD_WEIGHTS,
    FIELDS,
    Candidate,
    Query,
    index_document,
    names_of,
    parse_query,
    rank,
)
from crossreel.catalog.title import Title
from crossreel.storage.records.bulk import AnyRow, chunks, select_in
from crossreel.storage.records.tables import titles
from crossreel.values.ids import TitleId

__all__ = ["find", "having_names", "refresh", "remove"]

_index = table("title_search", column("rowid"), *map(column, FIELDS))
_whole_row: ColumnClause[str] = literal_column("title_search")


def refresh(connection: Connection, changed: Sequence[Title]) -> None:
    """Indexes new and changed titles, which ``titles`` must hold already."""
    documents = {str(title.id): index_document(title) for title in changed}
    columns, places = ", ".join(("rowid", *FIELDS)), ", ".join("?" * (len(FIELDS) + 1))
    rows = [
        (number, *map(documents[id_].__getitem__, FIELDS))
        for id_, number in select_in(connection, select(titles.c.id, titles.c.number), titles.c.id, documents)
    ]
    if rows:
        # FTS5 writes its buffer out whenever a row number falls, so they come in rising order.
        rows.sort()
        connection.exec_driver_sql(f"REPLACE INTO title_search ({columns}) VALUES ({places})", rows)


def remove(connection: Connection, numbers: Iterable[int]) -> None:
    """Takes titles out of the index."""
    for chunk in chunks(numbers):
        connection.execute(_index.delete().where(_index.c.rowid.in_(chunk)))


_NAMES_AT_ONCE = 100


def having_names(connection: Connection, keys: Iterable[str]) -> Iterator[AnyRow]:
    """Rows (id, revision) of the titles with a name among ``keys``, folded, without spaces.

    A few more may come, and some twice: those with such an alias, or such a name after its article.
    """
    for chunk in chunks(keys, _NAMES_AT_ONCE):
        expression = "whole : (" + " OR ".join(f'"{key}"' for key in chunk) + ")"
        yield from connection.execute(
            select(titles.c.id, titles.c.revision)
            .join_from(_index, titles, titles.c.number == _index.c.rowid)
            .where(_whole_row.op("MATCH")(expression))
        )


def find(
    connection: Connection,
    text: str,
    limit: int,
    load: Callable[[Sequence[TitleId]], Mapping[TitleId, Title]],
) -> list[SearchHit]:
    """Looks the query up and lets ``catalog.search.rank`` order what is found.

    Args:
        connection: an open read.
        text: what was typed.
        limit: how many to return at most.
        load: reads merged titles by id.
    """
    query = parse_query(text)
    if not query.terms or limit <= 0:
        return []
    scores: dict[TitleId, float] = {}
    for expression in _expressions(query):
        scores.update(_look_up(connection, expression, max(limit, CANDIDATES)))
    names = {id_: names_of(title) for id_, title in load(list(scores)).items()}
    return rank(query, (Candidate(id_, names[id_], scores[id_]) for id_ in scores), limit)


def _expressions(query: Query) -> Iterator[str]:
    """The FTS5 expressions of a query.

    The names that are the query and nothing more are asked for on their own: among thousands of
    titles that start with "The", bm25 alone need not put the one called "The" among the first.
    """
    terms = " AND ".join(
        f'"{" ".join(term.tokens)}"' + (" *" if term.is_prefix else "") for term in query.terms
    )
    others = " ".join(field for field in FIELDS if field != "whole")
    yield f'({{{others}}} : ({terms})) OR (whole : "{query.whole}" *)'
    yield f'whole : "{query.whole}"'


def _look_up(connection: Connection, expression: str, limit: int) -> dict[TitleId, float]:
    # bm25 is negative, the smaller the better; titles of equal score come in order of their id.
    score = func.bm25(_whole_row, *FIELD_WEIGHTS.values()).label("score")
    query = (
        select(titles.c.id, score)
        .join_from(_index, titles, titles.c.number == _index.c.rowid)
        .where(_whole_row.op("MATCH")(expression))
        .order_by(score, titles.c.id)
        .limit(limit)
    )
    return {TitleId.parse(row.id): -row.score for row in connection.execute(query)}
