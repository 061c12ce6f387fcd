"""Events as JSON Lines, for people who ask what is kept about them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from crossreel.audience.event import Event
from crossreel.errors import BadFile

__all__ = ["event_to_dict", "export_events"]


def event_to_dict(event: Event) -> dict[str, Any]:
    """The event as JSON values; what is unknown is left out.

    Keys: kind, viewer, title, time (ISO 8601, UTC), value, scale ("low..high"), territory, device,
    row, position, algorithm, text, language.
    """
    document: dict[str, Any] = {
        "kind": event.kind.value,
        "viewer": str(event.viewer),
        "title": str(event.title),
        "time": event.time and event.time.isoformat().replace("+00:00", "Z"),
        "value": event.value,
        "scale": event.scale and str(event.scale),
        "territory": event.territory and event.territory.code,
        "device": event.device,
        "row": event.row,
        "position": event.position,
        "algorithm": event.algorithm,
        "text": event.text,
        "language": event.language and event.language.tag,
    }
    return {key: value for key, value in document.items() if value is not None and value != ""}


def export_events(path: Path, events: Iterable[Event]) -> int:
    """Writes events as JSON Lines, whole or not at all; returns how many.

    Raises:
        BadFile: the place cannot be written to.
    """
    count = 0
    try:
        with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
            written = Path(folder) / path.name
            with written.open("wb") as file:
                for event in events:
                    file.write(orjson.dumps(event_to_dict(event), option=orjson.OPT_APPEND_NEWLINE))
                    count += 1
            written.replace(path)
    except OSError as error:
        raise BadFile(path, f"cannot be written ({error.strerror or error})") from error
    return count
