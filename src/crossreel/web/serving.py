"""``serve``: one server process over an application, from its first request to an orderly end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from crossreel.desk.work import handlers
from crossreel.errors import OutsideFailure
from crossreel.web.logs import configure_logs
from crossreel.web.site import create_site

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["serve"]

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
    try:
        listening = config.bind_socket()
    except SystemExit as error:  # uvicorn logs the reason and leaves; ours is an error like others
        raise OutsideFailure(
            f"Nothing can listen on {host}:{port}.", advice="Give another --host or --port."
        ) from error
    server = uvicorn.Server(config)
    with ExitStack() as running:
        running.callback(listening.close)
        running.enter_context(_signals_end_only(server))
        running.enter_context(app.compacting())
        running.enter_context(app.workers(handlers(app)))
        shown = f"[{host}]" if ":" in host else host
        listening.listen(config.backlog)  # whoever is told the address finds somebody there
        started(f"http://{shown}:{listening.getsockname()[1]}")
        server.run(sockets=[listening])


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
