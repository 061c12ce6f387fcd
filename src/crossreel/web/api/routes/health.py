"""Whether the API answers."""

from __future__ import annotations

from typing import Literal

from starlette.responses import Response

import crossreel
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Visiting
from crossreel.web.api.forms import Document
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("health")


class Health(Document):
    """A sign of life."""

    status: Literal["ok"]
    version: str


@router.get("/health", **operation(None, Health))
def get_health(guest: Visiting) -> Response:
    """Answer once the catalog does."""
    guest.app.catalog.revision()
    document = {"status": "ok", "version": crossreel.__version__}
    return answer(guest.request, document, cache="no-store")
