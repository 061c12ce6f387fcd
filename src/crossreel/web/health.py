"""Whether the server lives, and whether it can serve; for supervisors and load balancers.

Both answers are public, so they name states and never a reason, a path or a setting.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import crossreel

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["Readiness", "health"]

_NOT_STORED = {"Cache-Control": "no-store"}
_GOOD_FOR_SECONDS = 1.0


async def health(request: Request) -> Response:
    """``GET /health``: 200 while the process answers; when it does not, restart it."""
    return JSONResponse({"status": "ok", "version": crossreel.__version__}, headers=_NOT_STORED)


class Readiness:
    """Looks whether requests can be served, at most once a second however often it is asked.

    Args:
        app: the application; it says whether its database takes writes, events can be read and the
            serving model loads.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._one_at_a_time = threading.Lock()
        self._looked = -_GOOD_FOR_SECONDS
        self._checks: dict[str, bool] = {}

    def ready(self, request: Request) -> Response:
        """``GET /ready``: 200 while requests can be served, else 503; then send them elsewhere."""
        checks = self.checks()
        is_ready = all(checks.values())
        document = {
            "status": "ready" if is_ready else "unready",
            "checks": {name: "ok" if holds else "failed" for name, holds in checks.items()},
        }
        return JSONResponse(document, 200 if is_ready else 503, headers=_NOT_STORED)

    def checks(self) -> dict[str, bool]:
        """Each check and whether it holds."""
        with self._one_at_a_time:
            if time.monotonic() - self._looked >= _GOOD_FOR_SECONDS:
                self._checks = self._app.readiness()
                self._looked = time.monotonic()
            return self._checks
