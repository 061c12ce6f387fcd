"""An application mounted inside another, whose faults stay its own."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Contained"]


class Contained:
    """Wraps an application that answers and logs its own faults.

    Starlette raises a fault again after its page was sent, and leaves itself behind in the scope;
    the application outside would then make a second error page, with the wrong state, for a request
    that is answered. Here a fault that was answered in full ends, and any other finds the scope as
    it was.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        outside = scope.get("app")
        is_answered = False

        async def noted(message: Message) -> None:
            nonlocal is_answered
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                is_answered = True

        try:
            await self._app(scope, receive, noted)
        except Exception:
            if not is_answered:
                raise
        finally:
            if outside is not None:
                scope["app"] = outside
