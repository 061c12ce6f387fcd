"""CPU of one request, beside a bare Starlette application on the same server in the same run.

    python benchmarks/speed/web.py [--json] [--requests 4000] [--clients 16]

Server: uvicorn, one process, one at a time; its user and system time (all threads) over the
requests answered, read from /proc. Load: this process, kept connections over loopback, no
compression asked for unless a row says so. Bare: ``bare_app.py`` (indexed SQLite look-up to JSON;
join of 40 titles to Jinja). Ours: ``product.py``, 2,000 titles with names in eight languages, a
license each, with everything that ``crossreel serve`` has around a page: request ids, a JSON log
line, metrics, security headers, cookies, form tokens, rights asked at each request.

- check: one title, one territory, now; goal at most 2 x bare check
- page: the 40 titles that a search finds, localized; goal at most 3 x bare page. ``kept`` is how an
  anonymous visitor gets it (the page cache, its state compared at each request); ``made`` is the
  same page made anew each time
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from load import Server, drive, request, running

from crossreel import __version__

HERE = Path(__file__).parent
LANGUAGE = "Accept-Language: es"
ZEBRA = "/search?q=zebra"


def measure(server: Server, requests: list[bytes], count: int, clients: int) -> dict[str, Any]:
    """CPU-µs a request, the second half of two runs."""
    asyncio.run(drive(server.port, requests, clients=clients, count=max(count // 4, len(requests))))
    before = server.cpu()
    answers = asyncio.run(drive(server.port, requests, clients=clients, count=count))
    if answers.broken or set(answers.statuses) != {200}:
        raise SystemExit(f"not all was answered: {answers.statuses}, {answers.broken} broken")
    return {
        "cpu_us": round((server.cpu() - before) / count * 1e6, 1),
        "p99_ms": round(answers.percentile(0.99), 1),
        "bytes": answers.bytes // count,
    }


def run(count: int, clients: int) -> dict[str, dict[str, Any]]:
    checks = [
        f"title=bench:{n * 17 % 2000}&territory={t}&mode=SVOD" for n in range(60) for t in ("US", "DE", "JP")
    ]
    rows: dict[str, dict[str, Any]] = {}
    with running(str(HERE / "bare_app.py")) as bare:
        rows["bare plain"] = measure(bare, [request("/plain")], count, clients)
        rows["bare check"] = measure(bare, [request(f"/check?{one}") for one in checks], count, clients)
        rows["bare page"] = measure(bare, [request("/page")], count, clients)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        log = Path(folder) / "log.jsonl"
        page, packed = [LANGUAGE], [LANGUAGE, "Accept-Encoding: gzip"]
        key = "Cookie: crossreel-form=" + "0123456789abcdef" * 2
        with running(str(HERE / "product.py"), str(home), log=log) as ours:
            rows["check"] = measure(ours, [request(f"/availability?{one}") for one in checks], count, clients)
            rows["page, kept"] = measure(ours, [request(ZEBRA, headers=[*page, key])], count, clients)
            rows["page, kept, gzip"] = measure(ours, [request(ZEBRA, headers=[*packed, key])], count, clients)
            rows["home, kept"] = measure(ours, [request("/", headers=[*page, key])], count, clients)
        os.environ["CROSSREEL_WEB_PAGE_CACHE_MB"] = "0"
        with running(str(HERE / "product.py"), str(home), log=log) as ours:
            few = max(count // 10, 100)
            rows["page, made"] = measure(ours, [request(ZEBRA, headers=page)], few, clients)
            rows["home, made"] = measure(ours, [request("/", headers=page)], few, clients)
        del os.environ["CROSSREEL_WEB_PAGE_CACHE_MB"]
    for name, row in rows.items():
        bare_name = "bare check" if name == "check" else "bare page"
        if not name.startswith("bare"):
            row["ratio"] = round(row["cpu_us"] / rows[bare_name]["cpu_us"], 2)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    load = os.getloadavg()
    rows = run(given.requests, given.clients)
    packages = {name: version(name) for name in ("starlette", "uvicorn", "jinja2", "h11")}
    facts = {
        "crossreel": __version__,
        "python": platform.python_version(),
        **packages,
        "cores": os.cpu_count(),
        "load": [round(one, 2) for one in load],
        "requests": given.requests,
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
