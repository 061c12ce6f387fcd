"""Likeness by content, kept in a file between processes: making it costs seconds at 15,000 titles."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import mkstemp
from zipfile import BadZipFile

import numpy as np

from crossreel import __version__
from crossreel.recommend.content import ContentModel, ContentToContent
from crossreel.values.ids import TitleId

__all__ = ["kept_content"]

_PREFIX = ".content-"


def kept_content(
    folder: Path, revision: int, titles: Sequence[TitleId], make: Callable[[], ContentModel]
) -> ContentModel:
    """The content model of one state of the catalog: read from ``folder``, else made and written there.

    The file's name says the version, the catalog's revision and its titles, so another state never
    finds it. Where it cannot be written, or what is there is damaged, the model is made all the same.

    Args:
        folder: of the trained models; nothing is written before it is there.
        revision: of the catalog.
        titles: what the model is over, in its order.
        make: makes it.
    """
    told = "\n".join([__version__, str(revision), *map(str, titles)])
    path = folder / f"{_PREFIX}{hashlib.sha256(told.encode()).hexdigest()[:24]}.npz"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return ContentToContent().restore(dict(arrays))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        model = make()
    if folder.is_dir():
        _write(path, model)
    return model


def _write(path: Path, model: ContentModel) -> None:
    """Whole or not at all; files of other states go."""
    try:
        handle, draft = mkstemp(prefix=f"{_PREFIX}new-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **model.arrays())
        Path(draft).replace(path)
        for other in path.parent.glob(f"{_PREFIX}*.npz"):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError:
        return  # a full disk or a folder that cannot be written: the next process makes it again
