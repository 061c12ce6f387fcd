"""A local HTTP service that answers what a test tells it to, errors and broken connections included."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Reply", "Service", "reply"]

Reply = tuple[int, dict[str, str], bytes]


class Service:
    """Answers POST requests; ``replies`` are given in turn, then the last again; ``None`` breaks off.

    Attributes:
        url: its address.
        bodies: the JSON bodies it got.
        headers: the headers of each.
    """

    def __init__(self) -> None:
        self.replies: list[Callable[[Any], Reply] | None] = []
        self.bodies: list[Any] = []
        self.headers: list[dict[str, str]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.bodies.append(body)
                service.headers.append(dict(self.headers))
                reply = service.replies.pop(0) if len(service.replies) > 1 else service.replies[0]
                if reply is None:
                    self.send_response(200)
                    self.send_header("Content-Length", "5000")
                    self.end_headers()
                    self.wfile.write(b'{"transla')
                    self.close_connection = True
                    return
                status, headers, data = reply(body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        """Stops it."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def reply(status: int, document: Any, **headers: str) -> Callable[[Any], Reply]:
    """An answer whatever is asked; underscores in names of headers are hyphens."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return lambda _body: (status, {name.replace("_", "-"): value for name, value in headers.items()}, data)
