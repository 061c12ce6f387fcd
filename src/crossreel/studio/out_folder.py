"""A folder that results are written to."""

from __future__ import annotations

import os
from pathlib import Path

from crossreel.errors import BadFile

__all__ = ["make_folder"]


def make_folder(out: Path) -> None:
    """Makes a folder where it is not there, before work begins that would be lost without it.

    Raises:
        BadFile: it cannot be made or written to.
    """
    advice = "Give another folder."
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"cannot be made a folder ({error.strerror or error})"
        raise BadFile(out, problem, advice=advice) from error
    if not os.access(out, os.W_OK):
        raise BadFile(out, "cannot be written to", advice=advice)
