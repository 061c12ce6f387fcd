"""CPU of one request, beside a bare Starlette application on the same server in the same run.

    python benchmarks/speed/web.py [--json] [--requests 800] [--rounds 5] [--clients 16]

Server: uvicorn, one process, one at a time; its user and system time (all threads) over the
requests answered, read from /proc. Load: this process, kept connections over loopback, no
compression asked for unless a row says so. Bare: ``bare_app.py`` (indexed SQLite look-up to JSON;
join of 40 titles to Jinja). Ours: ``product.py``, 2,000 titles with names in eight languages, a
license each, with everything that ``crossreel serve`` has around a page: request ids, a JSON log
line, metrics, security headers, cookies, form tokens, rights asked at each request.

- check: one title, one territory, now; goal at most 2 x bare check
- page: 40 titles of the browse page, localized; goal at most 3 x bare page. ``kept`` is how an
  anonymous visitor gets it (the page cache, its state compared at each request); ``made`` is the
  same page made anew each time (rights asked, cards put together, frame and forms written)
- search: 40 found titles with what matched marked; home: rows of recommendations with reasons
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from load import Server, drive, request, running

from crossreel import __version__

HERE = Path(__file__).parent
LANGUAGE = "Accept-Language: es"
BROWSE, ZEBRA = "/browse", "/search?q=zebra"


@dataclass(frozen=True)
class Row:
    """One line of the table: which server answers what, beside which row of the bare application."""

    server: Server
    requests: list[bytes]
    beside: str = ""


def measure(row: Row, count: int, clients: int) -> dict[str, Any]:
    """CPU-µs a request, after a quarter as many to warm up."""
    asyncio.run(drive(row.server.port, row.requests, clients=clients, count=max(count // 4, 60)))
    before = row.server.cpu()
    answers = asyncio.run(drive(row.server.port, row.requests, clients=clients, count=count))
    if answers.broken or set(answers.statuses) != {200}:
        raise SystemExit(f"not all was answered: {answers.statuses}, {answers.broken} broken")
    return {
        "cpu_us": round((row.server.cpu() - before) / count * 1e6, 1),
        "p99_ms": round(answers.percentile(0.99), 1),
        "bytes": answers.bytes // count,
    }


def table(bare: Server, ours: Server, anew: Server) -> dict[str, Row]:
    """What is asked of the bare application, of ours, and of ours without its page cache."""
    checks = [
        f"title=bench:{n * 17 % 2000}&territory={t}&mode=SVOD" for n in range(60) for t in ("US", "DE", "JP")
    ]
    page, packed = [LANGUAGE], [LANGUAGE, "Accept-Encoding: gzip"]
    key = "Cookie: crossreel-form=" + "0123456789abcdef" * 2
    return {
        "bare plain": Row(bare, [request("/plain")]),
        "bare check": Row(bare, [request(f"/check?{one}") for one in checks]),
        "bare page": Row(bare, [request("/page")]),
        "check": Row(ours, [request(f"/availability?{one}") for one in checks], "bare check"),
        "page, kept": Row(ours, [request(BROWSE, headers=[*page, key])], "bare page"),
        "page, kept, gzip": Row(ours, [request(BROWSE, headers=[*packed, key])], "bare page"),
        "home, kept": Row(ours, [request("/", headers=[*page, key])], "bare page"),
        "page, made": Row(anew, [request(BROWSE, headers=page)], "bare page"),
        "search, made": Row(anew, [request(ZEBRA, headers=page)], "bare page"),
        "home, made": Row(anew, [request("/", headers=page)], "bare page"),
    }


def run(count: int, clients: int, rounds: int) -> dict[str, dict[str, Any]]:
    """Every row in turn, ``rounds`` times; the best of each, as other work only ever adds."""
    rows: dict[str, dict[str, Any]] = {}
    with ExitStack() as servers:
        folder = Path(servers.enter_context(tempfile.TemporaryDirectory()))
        product, home, log = str(HERE / "product.py"), str(folder / "home"), folder / "log.jsonl"
        bare = servers.enter_context(running(str(HERE / "bare_app.py")))
        ours = servers.enter_context(running(product, home, log=log))
        os.environ["CROSSREEL_WEB_PAGE_CACHE_MB"] = "0"
        anew = servers.enter_context(running(product, home, log=folder / "anew.jsonl"))
        del os.environ["CROSSREEL_WEB_PAGE_CACHE_MB"]
        asked = table(bare, ours, anew)
        for _ in range(rounds):
            for name, row in asked.items():
                found = measure(row, count, clients)
                rows[name] = min(found, rows.get(name, found), key=lambda one: one["cpu_us"])
        for name, row in asked.items():
            if row.beside:
                rows[name]["ratio"] = round(rows[name]["cpu_us"] / rows[row.beside]["cpu_us"], 2)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    load = os.getloadavg()
    rows = run(given.requests, given.clients, given.rounds)
    packages = {name: version(name) for name in ("starlette", "uvicorn", "jinja2", "h11")}
    facts = {
        "crossreel": __version__,
        "python": platform.python_version(),
        **packages,
        "cores": os.cpu_count(),
        "load": [round(one, 2) for one in load],
        "requests": given.requests,
        "rounds": given.rounds,
        "clients": given.clients,
    }
    if given.json:
        print(json.dumps({"facts": facts, "rows": rows}, indent=2))
        return
    print("  ".join(f"{name} {value}" for name, value in facts.items()))
    print(f"{'':22}{'CPU µs':>9}{'x bare':>8}{'p99 ms':>8}{'bytes':>9}")
    for name, row in rows.items():
        print(f"{name:22}{row['cpu_us']:>9}{row.get('ratio', ''):>8}{row['p99_ms']:>8}{row['bytes']:>9}")


if __name__ == "__main__":
    main()
