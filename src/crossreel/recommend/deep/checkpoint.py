"""The state of a training that was cut off: plain arrays and JSON, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from crossreel.errors import BadFile

__all__ = ["read_checkpoint", "write_checkpoint"]

Arrays = dict[str, npt.NDArray[Any]]
_FILE = "training.npz"
_FACTS = "facts"


def write_checkpoint(folder: Path, facts: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Replaces the checkpoint in a folder, which is made where it is missing.

    Args:
        folder: of this training alone.
        facts: JSON; ``run`` in it says which training this is.
        arrays: parameters, moments of the optimizer, states of the random numbers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{_FILE}"
    text = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    with draft.open("wb") as file:
        np.savez(file, allow_pickle=False, **{_FACTS: text}, **arrays)
    draft.replace(folder / _FILE)


def read_checkpoint(folder: Path, run: str) -> tuple[dict[str, Any], Arrays] | None:
    """The facts and arrays of the training that was cut off, or None where there is none.

    Raises:
        BadFile: the file is damaged, or of other data, settings or seed than ``run``.
    """
    path = folder / _FILE
    if not path.exists():
        return None
    advice = f"Give another folder for this training, or remove {path} to begin anew."
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored.items())
        facts = json.loads(arrays.pop(_FACTS).tobytes())
    except (BadZipFile, OSError, ValueError, KeyError, EOFError) as error:
        raise BadFile(path, f"is not the state of a training: {error}", advice=advice) from error
    if facts.get("run") != run:
        raise BadFile(path, "belongs to a training of other data, settings or seed", advice=advice)
    return facts, arrays
