"""Posted forms of the console: larger than a visitor's, and with repeated fields."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

__all__ = ["MOST_BYTES", "MOST_FIELDS", "Fields", "read_fields"]

MOST_BYTES = 4 << 20
"""A title may have 5000 credits and texts of 20,000 characters; real ones stay far below."""
MOST_FIELDS = 25_000


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a form, in the order they were sent."""

    pairs: tuple[tuple[str, str], ...] = ()

    def one(self, name: str, default: str = "") -> str:
        """The last value of a field."""
        return next((value for key, value in reversed(self.pairs) if key == name), default)

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for key, value in self.pairs if key == name]

    def __contains__(self, name: object) -> bool:
        return any(key == name for key, _ in self.pairs)

    def without(self, *names: str) -> Fields:
        """The form without some of its fields."""
        return Fields(tuple(pair for pair in self.pairs if pair[0] not in names))


async def read_fields(request: Request) -> Fields:
    """Reads a posted form; every line end becomes a newline.

    Raises:
        HTTPException: 413 over ``MOST_BYTES`` or ``MOST_FIELDS``, 415 for any other kind of body,
            400 for text that is not UTF-8.
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except UnicodeDecodeError as error:
        raise HTTPException(400) from error
    except ValueError as error:  # too many fields
        raise HTTPException(413) from error
    return Fields(tuple((name, value.replace("\r\n", "\n")) for name, value in pairs))
