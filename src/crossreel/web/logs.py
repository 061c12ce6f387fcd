"""Where log lines go and how they look; the only place that configures logging.

Crossreel logs through structlog; the libraries it stands on log through ``logging``. Both end on
one stream in one form: text for a person at a terminal, one JSON object a line for everything else.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, TextIO

import orjson
import structlog
from structlog.typing import Processor

from crossreel.errors import BadValue
from crossreel.settings import LogSettings

__all__ = ["FORMATS", "LEVELS", "configure_logs"]

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
FORMATS = ("auto", "text", "json")
_CHATTY = ("uvicorn.access", "alembic", "asyncio", "fontTools")
"""Libraries whose informational lines say nothing to an operator."""


def configure_logs(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Sends every log line of the process to ``stream`` (default: standard error).

    Raises:
        BadValue: no such level or format.
    """
    level = LEVELS.get(settings.level.casefold())
    if level is None:
        raise BadValue("setting logs.level", settings.level, "one of " + ", ".join(LEVELS))
    if settings.format not in FORMATS:
        raise BadValue("setting logs.format", settings.format, "one of " + ", ".join(FORMATS))
    stream = stream or sys.stderr
    as_text = settings.format == "text" or (settings.format == "auto" and stream.isatty())
    prepare: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    _configure_own(prepare, level, stream, as_text=as_text)
    _configure_libraries(prepare, level, stream, as_text=as_text)


def _configure_own(prepare: list[Processor], level: int, stream: TextIO, *, as_text: bool) -> None:
    binary: BinaryIO | None = None if as_text else getattr(stream, "buffer", None)
    factory: Any = (
        structlog.WriteLoggerFactory(stream) if binary is None else structlog.BytesLoggerFactory(binary)
    )
    structlog.configure(
        processors=[*prepare, *_endings(stream, as_text=as_text, text=binary is None)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory,
        cache_logger_on_first_use=False,
    )


def _configure_libraries(prepare: list[Processor], level: int, stream: TextIO, *, as_text: bool) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*prepare, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_endings(stream, as_text=as_text, text=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def _endings(stream: TextIO, *, as_text: bool, text: bool) -> list[Processor]:
    """What makes a line of an event: text, or JSON as text or bytes."""
    render: list[Processor]
    if as_text:
        render = [structlog.dev.ConsoleRenderer(colors=stream.isatty())]
    else:
        render = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_dump(text))]
    return render


def _dump(text: bool) -> Callable[..., Any]:
    """JSON as text, or as bytes for the logger that adds the line's end itself."""

    def dump(event: Any, **_options: Any) -> Any:
        line = orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS)
        return line.decode() if text else line

    return dump
