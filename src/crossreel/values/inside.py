"""Words for people who do not sit at the server: paths as they are seen from inside the workspace."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["seen_from_inside"]

_UPLOAD = r"uploads/[0-9a-f]{16}/"


def seen_from_inside(home: str, value: Any) -> Any:
    """A JSON value whose texts name no folder of the server.

    Args:
        home: the workspace's folder; "" leaves everything as it is.
        value: texts, lists and objects of them, and whatever else.

    Returns:
        The same with ``HOME/blobs/x`` as ``blobs/x``, an uploaded file by the name it came with, and the
        folder itself as ``workspace``.
    """
    if not home:
        return value
    if isinstance(value, str):
        return re.sub(re.escape(home) + f"/(?:{_UPLOAD})?", "", value).replace(home, "workspace")
    if isinstance(value, list | tuple):
        return [seen_from_inside(home, one) for one in value]
    if isinstance(value, dict):
        return {key: seen_from_inside(home, one) for key, one in value.items()}
    return value
