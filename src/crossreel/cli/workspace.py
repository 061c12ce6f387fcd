"""``crossreel demo | serve``: making and serving a workspace."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, opened, progress_bar, table

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["demo", "serve"]

Host = Annotated[str | None, typer.Option(help="Address to listen on; default from the settings.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")]


def demo(
    serve_: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it, or only build it.")] = True,
    host: Host = None,
    port: Port = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Build the sample workspace (public-domain and open films, a simulated audience) and serve it."""
    from crossreel.sample.build import build_sample

    started = time.perf_counter()
    with opened(home or Path("crossreel-demo"), create=True) as app:
        with progress_bar() as progress:
            report = build_sample(
                catalog=app.catalog,
                licenses=app.licenses,
                viewers=app.viewers,
                events=app.events,
                rights=app.rights,
                shelf=app.shelf,
                now=app.clock(),
                progress=progress,
            )
        document = {**report, "home": str(app.home), "seconds": round(time.perf_counter() - started, 2)}
        emit(document, as_json, lambda: table(("", ""), list(document.items())))
        if serve_:
            _serve(app, host, port)


def serve(
    host: Host = None,
    port: Port = None,
    create: Annotated[bool, typer.Option("--create", help="Make the workspace if it is not there.")] = False,
    home: Home = None,
) -> None:
    """Serve the workspace's pages until interrupted; running requests are finished first."""
    with opened(home, create=create) as app:
        _serve(app, host, port)


def _serve(app: App, host: str | None, port: int | None) -> None:
    from crossreel.web.serving import serve as run

    web = app.settings.web
    run(
        app,
        host or web.host,
        web.port if port is None else port,
        lambda address: announce(f"Crossreel is at {address} (stop with Ctrl-C)"),
    )
