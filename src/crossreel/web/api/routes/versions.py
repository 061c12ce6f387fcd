"""Language versions of a title: what exists, what a territory needs, what is missing and its cost."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.studio.version_matrix import title_matrix
from crossreel.values.territory import Territory
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Calling, InTerritory, TitlePath
from crossreel.web.api.forms import Document
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("versions")


class VersionMatrix(Document):
    """The version matrix; the fields are those of `crossreel versions matrix --json`."""

    result: dict[str, Any]


@router.get("/versions/{title}", **operation(Permission.READ, VersionMatrix))
def get_version_matrix(call: Calling, title: TitlePath, territory: InTerritory) -> Response:
    """Get the version matrix of a title in a territory, and which language to make next."""
    found = title_matrix(call.app, call.title(title), Territory.parse(territory))
    return answer(call.request, {"result": found})
