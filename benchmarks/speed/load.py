"""A server in a process of its own, a bounded load on it over loopback, and what it cost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Answers", "Server", "drive", "request", "running"]

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Server:
    """A running server process (Linux: its use of the machine is read from /proc)."""

    process: subprocess.Popen[str]
    port: int

    def cpu(self) -> float:
        """User and system time so far, seconds; all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * _PAGE


@contextlib.contextmanager
def running(*arguments: str, log: Path | None = None) -> Iterator[Server]:
    """Starts a Python command that prints an address with its port, and stops it at the end."""
    output = log.open("w") if log else subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, stderr=output, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"the server did not start: {arguments}")
        yield Server(process, int(line.rstrip().rpartition(":")[2]))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        if log:
            output.close()  # type: ignore[union-attr]


@dataclass
class Answers:
    """Statuses, errors and times of one run."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    seconds: list[float] = field(default_factory=list)
    bytes: int = 0

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else 0.0


def request(path: str, *, method: str = "GET", headers: Sequence[str] = (), body: str = "") -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body:
        lines += [f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def drive(
    port: int, requests: Sequence[bytes], *, clients: int, count: int = 0, until: float = 0
) -> Answers:
    """Sends ``requests`` in turn from each client over kept connections.

    Args:
        port: on loopback.
        requests: each client begins at another place of the list.
        clients: connections.
        count: requests in all; or
        until: ``time.monotonic()`` at which to end.
    """
    answers, sent = Answers(), iter(range(count)) if count else None

    async def client(number: int) -> None:
        place, reader, writer = number, None, None
        while time.monotonic() < until if sent is None else next(sent, None) is not None:
            try:
                if writer is None or reader is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                started = time.perf_counter()
                writer.write(requests[place % len(requests)])
                status, size, keep = await _answer(reader)
                answers.seconds.append(time.perf_counter() - started)
                answers.statuses[status] += 1
                answers.bytes += size
                if not keep:
                    writer.close()
                    writer = None
            except (OSError, asyncio.IncompleteReadError):
                answers.broken += 1
                writer = None
            place += 7
        if writer is not None:
            writer.close()

    await asyncio.gather(*(client(number) for number in range(clients)))
    return answers


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int, bool]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    status, length, chunked, keep = int(lines[0].split()[1]), 0, False, True
    for line in lines[1:]:
        if line.startswith(b"content-length:"):
            length = int(line[15:])
        elif line.startswith(b"transfer-encoding:"):
            chunked = True
        elif line == b"connection: close":
            keep = False
    if not chunked:
        if status != 304:
            await reader.readexactly(length)
        return status, length, keep
    while size := int(await reader.readline(), 16):
        length += size
        await reader.readexactly(size + 2)
    await reader.readline()
    return status, length, keep
