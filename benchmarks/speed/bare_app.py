"""What a program of the same framework without any product in it costs: the benchmark's yardstick.

``/check`` is one indexed SQLite look-up answered as JSON; ``/page`` is a join of 40 titles with
their names in one language, through one Jinja template. No middleware, no headers, no cookies.
"""

from __future__ import annotations

import random
import socket
import sqlite3
import sys

import jinja2
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

TITLES = 2000
TEMPLATE = """<!doctype html><html lang="en"><title>Films</title><ul>
{% for t in titles %}<li><a href="/title/{{ t[0] }}"><img src="/poster/{{ t[0] }}.svg" alt="">
<b lang="{{ t[3] }}">{{ t[2] }}</b> <i>{{ t[1] }}</i> <span>{{ t[4] }}</span></a></li>{% endfor %}
</ul></html>"""


def database() -> sqlite3.Connection:
    """Titles with names in eight languages, and licenses."""
    chance = random.Random(7)
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.executescript(
        "CREATE TABLE titles (id TEXT PRIMARY KEY, name TEXT, year INT);"
        "CREATE TABLE names (id TEXT, language TEXT, name TEXT, PRIMARY KEY (language, id)) WITHOUT ROWID;"
        "CREATE TABLE licenses (title TEXT, territory TEXT, mode TEXT, opens INT, closes INT);"
        "CREATE INDEX by_title ON licenses (title, territory, mode);"
    )
    for number in range(TITLES):
        id_ = f"bench:{number}"
        connection.execute(
            "INSERT INTO titles VALUES (?, ?, ?)", (id_, f"Original {number}", 1900 + number % 120)
        )
        for language in ("en", "es", "de", "fr", "ja", "zh", "ar", "hi"):
            connection.execute(
                "INSERT INTO names VALUES (?, ?, ?)", (id_, language, f"{language} name {number}")
            )
        for territory in ("US", "DE", "JP"):
            row = (id_, territory, "SVOD", chance.randrange(10**9), 3 * 10**9)
            connection.execute("INSERT INTO licenses VALUES (?, ?, ?, ?, ?)", row)
    return connection


def application() -> Starlette:
    """The bare application."""
    data = database()
    template = jinja2.Environment(autoescape=True).from_string(TEMPLATE)

    async def plain(_request: Request) -> Response:
        return Response(b"ok")

    async def check(request: Request) -> Response:
        asked = request.query_params
        row = data.execute(
            "SELECT closes FROM licenses WHERE title = ? AND territory = ? AND mode = ? "
            "AND opens <= ? AND closes > ?",
            (asked["title"], asked["territory"], asked["mode"], 1_750_000_000, 1_750_000_000),
        ).fetchone()
        document = {"title": asked["title"], "available": row is not None, "until": row and row[0]}
        return Response(orjson.dumps(document), media_type="application/json")

    async def page(_request: Request) -> Response:
        rows = data.execute(
            "SELECT t.id, t.name, n.name, n.language, t.year FROM names n "
            "JOIN titles t ON t.id = n.id WHERE n.language = 'es' ORDER BY n.id LIMIT 40"
        ).fetchall()
        return HTMLResponse(template.render(titles=rows))

    return Starlette(routes=[Route("/plain", plain), Route("/check", check), Route("/page", page)])


if __name__ == "__main__":
    config = uvicorn.Config(application(), port=0, log_level="error", access_log=False, server_header=False)
    # Named as TCP, or asyncio leaves Nagle's algorithm on and answers wait for acknowledgments.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(2048)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listening])
    sys.exit()
