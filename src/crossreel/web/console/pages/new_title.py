"""Adding a title."""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Any

from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.catalog.genres import GENRES
from crossreel.catalog.merge import DESK
from crossreel.catalog.title import CreditRole, TitleKind
from crossreel.desk.titles import create_title
from crossreel.errors import BadValue, Conflict
from crossreel.values.ids import TitleId
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.drafts import Draft, read_draft, stored_draft
from crossreel.web.console.fields import Fields
from crossreel.web.console.rendering import title_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["ROUTES"]


def new_title(sitting: Sitting) -> Response:
    """``GET /new-title``."""
    draft = stored_draft("facts", None)
    draft.values |= {"kind": "film", "name": sitting.query("name")}
    return _page(sitting, draft, "")


def add(sitting: Sitting, fields: Fields) -> Response:
    """``POST /new-title``."""
    draft, key = read_draft("facts", fields), fields.one("id").strip()
    key = key or _key_for(draft.values["name"], draft.values["year"])
    try:
        TitleId(DESK, key)
    except BadValue as error:
        draft.errors["id"] = f"Must be {error.data['expected']}."
    if draft.errors:
        return _page(sitting, draft, fields.one("id"), status=422)
    try:
        document = {**draft.document, "id": f"{DESK}:{key}"}
        title = create_title(sitting.app, sitting.actor, document, request_id=sitting.request_id)
    except Conflict as error:
        draft.errors["id"] = f"{error.message} {error.advice}"
        return _page(sitting, draft, key, status=409)
    message = sitting.tell(
        "“%(name)s” is in the catalog. It has no license yet, so nobody sees it.", name=title.name
    )
    return sitting.go(title_url(title.id, "texts"), message)


def _key_for(name: str, year: str) -> str:
    """An id made of the name's Latin letters, else of chance."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or f"title-{secrets.token_hex(4)}"
    return f"{slug}-{year.strip()}" if year.strip().isdecimal() else slug


def _page(sitting: Sitting, draft: Draft, key: str, status: int = 200) -> Response:
    here = sitting.tell("Add a title")
    context: dict[str, Any] = {
        "draft": draft,
        "key": key,
        "kinds": tuple(TitleKind),
        "roles": tuple(CreditRole),
        "genres": GENRES,
    }
    return sitting.page(
        "new_title.html", noun="catalog", title=here, crumbs=[Crumb(here)], status=status, **context
    )


ROUTES = [shown("/new-title", new_title, Permission.EDIT), changed("/new-title", add)]
