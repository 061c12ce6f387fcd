"""``serve``: one server process over an application, from its first request to an orderly end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from anyio import to_thread

from crossreel.accounts.operator import Actor, Permission
from crossreel.desk.pictured import keep_pictured
from crossreel.desk.proofs import add_proof
from crossreel.desk.work import handlers
from crossreel.errors import OutsideFailure
from crossreel.studio.film_jobs import film_handlers
from crossreel.studio.localize_jobs import localize_handlers
from crossreel.web.heap import give_back_regularly, share_one_heap
from crossreel.web.logs import configure_logs
from crossreel.web.site import create_site

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["serve"]

_BACKLOG = 2048
_THREADS = 16
_ENDING = (signal.SIGINT, signal.SIGTERM)


def serve(app: App, host: str, port: int, started: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM; then finishes what runs, stops the workers and returns.

    Requests under way get ``web.shutdown_seconds`` to finish and new connections are refused
    meanwhile. A job under way stops at its next progress and goes on with the next start.

    Args:
        app: the application; the caller closes it.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        started: called with the address once connections are taken.

    Raises:
        OutsideFailure: the address cannot be listened on.
    """
    configure_logs(app.settings.logs)
    config = uvicorn.Config(
        create_site(app),
        host=host,
        port=port,
        log_config=None,
        access_log=False,  # ``RequestLog`` writes its own lines, without addresses
        server_header=False,
        timeout_graceful_shutdown=app.settings.web.shutdown_seconds,
    )
    listening = _listen(host, port)
    server = _Server(config)
    share_one_heap()
    with ExitStack() as running:
        running.callback(listening.close)
        running.enter_context(_signals_end_only(server))
        running.enter_context(app.compacting())
        running.enter_context(app.logging_impressions())
        films = {**film_handlers(app, then=_pictured(app)), **localize_handlers(app, add_proof)}
        running.enter_context(app.workers({**handlers(app), **films}))
        shown = f"[{host}]" if ":" in host else host
        started(f"http://{shown}:{listening.getsockname()[1]}")
        server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server that makes at most ``_THREADS`` pages at a time; others wait their turn.

    More threads make no page sooner, as one interpreter runs one of them at a time; each keeps
    its database connections and its share of freed memory.
    """

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Answers until it is told to end."""
        to_thread.current_default_thread_limiter().total_tokens = _THREADS
        giving_back = asyncio.create_task(give_back_regularly())
        try:
            await super().serve(sockets)
        finally:
            giving_back.cancel()


def _pictured(app: App) -> Callable[[str, str], object]:
    """Keeps with the titles what was found in their film, in the name of who asked for it."""
    return lambda film, who: keep_pictured(app, Actor(who, frozenset({Permission.EDIT}), "job"), film)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections.

    Its protocol is named, unlike that of a socket that uvicorn makes: asyncio sends small answers
    at once (TCP_NODELAY) only then, and else they wait 40 ms for the client's acknowledgment.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    try:
        if os.name == "posix":  # on Windows it would let two servers share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise _cannot_listen(host, port, error) from error
    return listening


def _cannot_listen(host: str, port: int, error: OSError) -> OutsideFailure:
    return OutsideFailure(
        f"Nothing can listen on {host}:{port} ({error.strerror}).", advice="Give another --host or --port."
    )


@contextmanager
def _signals_end_only(server: uvicorn.Server) -> Iterator[None]:
    """While inside, a signal to end ends the server and nothing else.

    uvicorn handles signals while it runs and afterwards raises them again for the handlers that
    were there before; the default ones would end the process before jobs and files are closed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handled(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True  # also before it runs

    before = {number: signal.signal(number, handled) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
