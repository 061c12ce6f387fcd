"""Counts and timings in the Prometheus text format, and who may read them.

Every label takes its values from the code (routes, methods, statuses), never from a request, and a
family holds at most ``MOST_SERIES`` of them: nobody outside can make it grow.
"""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

import crossreel
from crossreel.accounts.access import token_actor
from crossreel.accounts.operator import Permission
from crossreel.errors import NotAllowed
from crossreel.values.job import JobState

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["BUCKETS", "MOST_SERIES", "Counter", "Histogram", "Metrics", "metrics_page"]

MOST_SERIES = 400
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper limits, seconds."""
_MOST_JOBS = 1000
_LOOPBACK = {"127.0.0.1", "::1", "localhost", "[::1]"}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")

Labels = tuple[str, ...]


class Counter:
    """A number that grows, for each set of label values."""

    kind = "counter"

    def __init__(self, name: str, text: str, labels: Labels = ()) -> None:
        self.name, self.text, self.labels = name, text, labels
        self._values: dict[Labels, int] = {}
        self._lock = threading.Lock()

    def add(self, *values: str) -> None:
        """Counts one; beyond ``MOST_SERIES`` under ``other``."""
        with self._lock:
            if values not in self._values and len(self._values) >= MOST_SERIES:
                values = ("other",) * len(values)
            self._values[values] = self._values.get(values, 0) + 1

    def samples(self) -> Iterator[str]:
        """Lines of the text format."""
        for values, number in sorted(self._values.items()):
            yield f"{self.name}{_labeled(self.labels, values)} {number}"


class Histogram:
    """How often something took how long, for each set of label values."""

    kind = "histogram"

    def __init__(self, name: str, text: str, labels: Labels = ()) -> None:
        self.name, self.text, self.labels = name, text, labels
        self._values: dict[Labels, tuple[list[int], list[float]]] = {}
        self._lock = threading.Lock()

    def observe(self, seconds: float, *values: str) -> None:
        """Adds one measurement; beyond ``MOST_SERIES`` under ``other``."""
        with self._lock:
            known = self._values.get(values)
            if known is None:
                if len(self._values) >= MOST_SERIES:
                    values = ("other",) * len(values)
                known = self._values.setdefault(values, ([0] * (len(BUCKETS) + 1), [0.0]))
            known[0][bisect_left(BUCKETS, seconds)] += 1
            known[1][0] += seconds

    def samples(self) -> Iterator[str]:
        """Lines of the text format; buckets are cumulative."""
        for values, (counts, total) in sorted(self._values.items()):
            so_far = 0
            for limit, count in zip((*map(str, BUCKETS), "+Inf"), tuple(counts), strict=True):
                so_far += count
                labels = _labeled((*self.labels, "le"), (*values, limit))
                yield f"{self.name}_bucket{labels} {so_far}"
            yield f"{self.name}_sum{_labeled(self.labels, values)} {total[0]:.6f}"
            yield f"{self.name}_count{_labeled(self.labels, values)} {so_far}"


class Metrics:
    """What one server counts.

    Args:
        open_jobs: reads how many jobs are queued and running, when asked for the text.
    """

    def __init__(self, open_jobs: Callable[[], Mapping[str, int]] = dict) -> None:
        self._open_jobs = open_jobs
        self.requests = Counter(
            "crossreel_http_requests_total", "Requests answered.", ("method", "route", "status")
        )
        self.durations = Histogram(
            "crossreel_http_request_duration_seconds", "Time to the end of the answer.", ("route",)
        )
        self.pages = Counter(
            "crossreel_page_cache_total", "Pages by what the page cache did: hit, miss or skip.", ("result",)
        )

    @classmethod
    def of(cls, app: App) -> Metrics:
        """The metrics of a server over an application."""

        def open_jobs() -> dict[str, int]:
            states = (JobState.QUEUED, JobState.RUNNING)
            return {state.value: len(app.jobs.page(limit=_MOST_JOBS, state=state)) for state in states}

        return cls(open_jobs)

    def text(self) -> str:
        """Everything in the Prometheus text format, version 0.0.4."""
        lines: list[str] = []
        for family in (self.requests, self.durations, self.pages):
            lines += [f"# HELP {family.name} {family.text}", f"# TYPE {family.name} {family.kind}"]
            lines += family.samples()
        jobs = sorted(self._open_jobs().items())
        lines += _plain(
            "crossreel_jobs_open",
            "gauge",
            f"Jobs queued or running, counted up to {_MOST_JOBS}.",
            ((_labeled(("state",), (state,)), number) for state, number in jobs),
        )
        version = _labeled(("version",), (crossreel.__version__,))
        lines += _plain("crossreel_build_info", "gauge", "Version of Crossreel.", [(version, 1)])
        return "\n".join([*lines, *_process(), ""])


def _process() -> Iterator[str]:
    cpu = time.process_time()
    yield from _plain(
        "process_cpu_seconds_total", "counter", "User and system CPU time.", [("", round(cpu, 3))]
    )
    try:  # Linux; elsewhere the standard library does not know the present size
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError):
        return
    size = pages * os.sysconf("SC_PAGE_SIZE")
    yield from _plain("process_resident_memory_bytes", "gauge", "Resident memory.", [("", size)])


def _plain(name: str, kind: str, text: str, samples: Iterable[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield f"{name}{labels} {value}"


def _labeled(names: Labels, values: Labels) -> str:
    def quoted(value: str) -> str:
        return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

    pairs = ",".join(f'{name}="{quoted(value)}"' for name, value in zip(names, values, strict=True))
    return f"{{{pairs}}}" if pairs else ""


def metrics_page(request: Request) -> Response:
    """``GET /metrics``: for programs on this machine, and for API tokens with the scope ``read``.

    A request counts as from this machine when it comes from a loopback address, names a loopback
    host and was forwarded by nobody, so that a proxy on the same machine opens nothing.

    Raises:
        NotAllowed: it is neither.
    """
    if not _is_local(request):
        app: App = request.app.state.site.app
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        actor = token_actor(app.accounts, token.strip(), app.clock()) if scheme.lower() == "bearer" else None
        if actor is None:
            raise NotAllowed(
                "Metrics are for programs on this machine and for API tokens.",
                advice="Send Authorization: Bearer with a token of the scope read.",
            )
        actor.require(Permission.READ)
    metrics: Metrics = request.app.state.metrics
    headers = {"Cache-Control": "no-store"}
    return Response(metrics.text(), headers=headers, media_type="text/plain; version=0.0.4; charset=utf-8")


def _is_local(request: Request) -> bool:
    host = request.headers.get("host", "").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    from_here = request.client is not None and request.client.host in _LOOPBACK
    return from_here and name in _LOOPBACK and not any(request.headers.get(one) for one in _FORWARDED)
