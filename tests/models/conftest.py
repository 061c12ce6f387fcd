"""A model that is served from this machine."""

from __future__ import annotations

import http.server
import threading

import pytest


class _Server(http.server.ThreadingHTTPServer):
    content = b"weights " * 40_000
    breaks = 0
    ranges: list[str]


class _Answers(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self):
        asked = self.headers.get("Range", "")
        self.server.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if self.path != "/weights.bin":
            self.send_error(404)
            return
        body = self.server.content[start:]
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.breaks:
            self.server.breaks -= 1
            body = body[: len(body) // 2]
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def weights_server():
    """Serves ``/weights.bin``; ``breaks`` says how often it hangs up half-way."""
    server = _Server(("127.0.0.1", 0), _Answers)
    server.ranges = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
