"""Where a page is put together: on the event loop when that is known to be quick, else in a thread.

Handing half a millisecond of work to a thread and taking the page back costs more than the work
does. What takes long (rights compiled, a model read, facets counted) is done once in each state
of the workspace, so the first page of a kind in a state is made in a thread, and the next ones
on the loop as long as the last one was quick.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from crossreel.web.visit import Site

__all__ = ["quick"]

_QUICK = 0.02
"""Seconds that others may have to wait for one page; of one made in a thread its processor time counts."""


def quick(page: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that makes ``page``, a reading of the workspace, in the place that costs least."""
    known: object = None
    seconds = 0.0

    def timed(request: Request, clock: Callable[[], float]) -> tuple[Response, float]:
        started = clock()
        return page(request), clock() - started

    async def answer(request: Request) -> Response:
        nonlocal known, seconds
        site: Site = request.app.state.site
        state = site.app.epoch()
        if known == state and seconds < _QUICK:
            response, seconds = timed(request, time.perf_counter)
        else:
            response, seconds = await run_in_threadpool(timed, request, time.thread_time)
            known = state
        return response

    return answer
