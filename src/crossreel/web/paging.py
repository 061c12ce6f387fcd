"""Pages of long lists, by number in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode

from starlette.requests import Request

from crossreel.errors import BadValue
from crossreel.web.phrasebook import Phrasebook

__all__ = ["Paged", "asked_page", "paged"]

Item = TypeVar("Item")
_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Paged:
    """Where a page stands: its part of the list, its neighbors' addresses or "", and a sentence."""

    part: slice
    before: str
    after: str
    place: str


def asked_page(request: Request, name: str = "page") -> int:
    """The number in the address, 1 where there is none. Raises ``BadValue`` for anything else."""
    text = request.query_params.get(name, "1")
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= _MOST):
        raise BadValue(name, text, f"a page number from 1 to {_MOST}")
    return int(text)


def paged(request: Request, book: Phrasebook, items: Sequence[Item], size: int) -> Paged:
    """The page of ``items`` that the address asks for; one behind the last is the last."""
    last = max(1, -(-len(items) // size))
    page = min(asked_page(request), last)

    def address(number: int) -> str:
        others = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
        query = urlencode([*others, *([("page", str(number))] if number > 1 else [])])
        path = quote(request.scope["path"])
        return f"{path}?{query}" if query else path

    place = book.gettext("Page %(page)s of %(pages)s", page=book.number(page), pages=book.number(last))
    return Paged(
        part=slice((page - 1) * size, page * size),
        before=address(page - 1) if page > 1 else "",
        after=address(page + 1) if page < last else "",
        place=place if last > 1 else "",
    )
