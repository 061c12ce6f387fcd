"""The audit trail: who changed what, when, from what to what."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.web.api.answers import answer, turn_page
from crossreel.web.api.context import Calling, Cursor, Limit
from crossreel.web.api.cursors import read_cursor, write_cursor
from crossreel.web.api.forms import Page
from crossreel.web.api.routes.title_changes import Change, show_change
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("audit")

Exact = Annotated[str, Query(max_length=300, description="Exactly this; empty matches all.")]


@router.get("/audit", **operation(Permission.ADMINISTER, Page[Change]))
def list_audit_entries(
    call: Calling,
    subject: Exact = "",
    actor: Exact = "",
    action: Exact = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Response:
    """List changes, newest first, filtered."""
    filters = {"subject": subject, "actor": actor, "action": action}
    place = read_cursor("audit", filters, cursor, (int,))
    found = call.app.audit.page(before=place[0] if place else None, limit=limit + 1, **filters)
    token = write_cursor("audit", filters, [found[limit - 1].id]) if len(found) > limit else None
    return turn_page(call.request, [show_change(call.app, entry) for entry in found[:limit]], token)


@router.get("/audit/{entry}", **operation(Permission.ADMINISTER, Change))
def get_audit_entry(call: Calling, entry: Annotated[int, Path(ge=1, le=1 << 62)]) -> Response:
    """Get one change."""
    return answer(call.request, show_change(call.app, call.app.audit.get(entry)))
