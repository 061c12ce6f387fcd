"""A mixed load on the product for minutes: no 5xx, no growing memory.

    python benchmarks/speed/soak.py [--seconds 300] [--clients 64] [--json]

Server: ``product.py`` with its workers, one process. Clients ask over kept loopback connections, in
a fixed mixture: pages of strangers in four languages and three countries (kept and made), pages of
somebody with a profile, searches, availability, posters, style sheets, addresses that are not
there. Meanwhile, once a second, a title and a license are changed and an event is added in the same
workspace by another process, so that pages are made anew all the time; and metrics are read.

Memory: mean resident bytes of the minute after the first fifth of the time (a minute at least, as bounded
caches fill in the beginning), and of the last minute. It leaves with 1 when any answer was 5xx, any
connection broke, or, in a run of three minutes and more, memory grew by more than 5 %.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import urlencode

from load import Answers, Server, drive, request, running

HERE = Path(__file__).parent
MOST_GROWTH = 0.05
FILLING = 60
"""Seconds in which the caches fill."""
CHANGES = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from product import TitleId, ViewerId, Event, EventKind, Scale, License, Mode, TitleRecord, content_hash
from dataclasses import replace
from crossreel.app import open_app
app = open_app(Path(sys.argv[1]))
number = 0
while True:
    id_ = TitleId("bench", str(number * 37 % 2000))
    title = app.catalog.get([id_])[id_]
    title = replace(title, year=1900 + number % 120)
    app.catalog.put([TitleRecord(title, content_hash(title))], [title], {id_: id_}, [])
    app.licenses.put([License(f"L{number * 37 % 2000}", id_, ("US", "DE"), (Mode.SVOD,))])
    viewer = ViewerId("crowd", str(number % 300))
    app.events.append([Event(EventKind.RATING, viewer, id_, datetime.now(UTC), 4.0, Scale(1, 5))])
    number += 1
    time.sleep(1)
"""


def cookie_of(port: int, viewer: str) -> str:
    """What the site sets when a visitor chooses to look through a profile's eyes."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/preferences")
    answer = connection.getresponse()
    page, kept = answer.read().decode(), SimpleCookie(answer.headers.get("set-cookie", ""))
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    form = urlencode({"token": token[1], "viewer": viewer, "next": "/"})
    cookies = "; ".join(f"{one.key}={one.value}" for one in kept.values())
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/preferences", form, headers)
    answer = connection.getresponse()
    answer.read()
    found = SimpleCookie(answer.headers.get("set-cookie", "")).get("crossreel")
    assert answer.status == 303, answer.status
    assert found is not None, "no profile was kept"
    return f"{cookies}; crossreel={found.value}"


def mixture(cookies: list[str]) -> list[bytes]:
    """Requests in the order in which clients walk through them; every tenth by somebody with a profile."""
    found = []
    for number in range(210):
        language = ("es", "en", "de,en;q=0.5", "ja")[number % 4]
        headers = [f"Accept-Language: {language}", "Accept-Encoding: gzip"]
        title = f"bench:{number * 97 % 2000}"
        territory = ("US", "DE", "JP")[number % 3]
        paths = (
            "/",
            f"/title/{title}",
            f"/availability?title={title}&territory={territory}",
            f"/search?q=name+{number % 40}",
            "/static/storefront.css",
            f"/poster/{title}.svg",
            "/no/such/page" if number % 5 == 0 else "/",
        )
        found.append(request(paths[number % 7], headers=headers))
        if number % 9 == 0:
            mine = [*headers, f"Cookie: {cookies[number // 9 % len(cookies)]}"]
            found.append(request("/", headers=mine))
    return found


async def soak(server: Server, seconds: float, clients: int) -> tuple[Answers, list[tuple[float, int]]]:
    """Drives the load; memory is looked at 40 times."""
    began = time.monotonic()
    memory: list[tuple[float, int]] = []

    async def watch() -> None:
        while time.monotonic() < began + seconds:
            memory.append((time.monotonic() - began, server.memory()))
            await drive(server.port, [request("/metrics"), request("/ready")], clients=1, count=2)
            await asyncio.sleep(seconds / 40)

    cookies = [cookie_of(server.port, f"crowd:{number}") for number in range(3)]
    answers, _ = await asyncio.gather(
        drive(server.port, mixture(cookies), clients=clients, until=began + seconds), watch()
    )
    memory.append((time.monotonic() - began, server.memory()))
    return answers, memory


def run(seconds: float, clients: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        home, log = Path(folder) / "home", Path(folder) / "log.jsonl"
        with running(str(HERE / "product.py"), str(home), log=log) as server:
            changing = subprocess.Popen([sys.executable, "-c", CHANGES, str(home), str(HERE)])
            try:
                cpu = server.cpu()
                answers, memory = asyncio.run(soak(server, seconds, clients))
                cpu = server.cpu() - cpu
                is_changing = changing.poll() is None
            finally:
                changing.terminate()
                changing.wait()
        code = server.process.returncode
        faults = sum('"level":"error"' in line for line in log.read_text(encoding="utf-8").splitlines())
    start = max(seconds / 5, FILLING)
    settled = mean(size for at, size in memory if start <= at <= start + FILLING or seconds < start)
    end = mean(size for at, size in memory if at >= seconds - FILLING)
    return {
        "seconds": round(memory[-1][0], 1),
        "clients": clients,
        "requests": len(answers.seconds),
        "statuses": {str(status): count for status, count in sorted(answers.statuses.items())},
        "server_errors": sum(count for status, count in answers.statuses.items() if status >= 500),
        "broken_connections": answers.broken,
        "error_lines": faults,
        "p50_ms": round(answers.percentile(0.5), 1),
        "p99_ms": round(answers.percentile(0.99), 1),
        "cpu_us_per_request": round(cpu / max(len(answers.seconds), 1) * 1e6, 1),
        "rss_settled_mb": round(settled / 2**20, 1),
        "rss_end_mb": round(end / 2**20, 1),
        "rss_growth": round(end / settled - 1, 4),
        "changes_went_on": is_changing,
        "exit_code": code,
        "load": [round(one, 2) for one in os.getloadavg()],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = run(given.seconds, given.clients)
    print(json.dumps(found, indent=2) if given.json else "\n".join(f"{k:20} {v}" for k, v in found.items()))
    good = not found["server_errors"] and not found["broken_connections"] and found["exit_code"] == 0
    is_flat = found["rss_growth"] <= MOST_GROWTH or given.seconds < 3 * FILLING
    sys.exit(0 if good and found["changes_went_on"] and is_flat else 1)


if __name__ == "__main__":
    main()
