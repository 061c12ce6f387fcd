"""What was found so far, on disk, so that an interrupted analysis goes on and memory stays bounded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Checkpoint"]

Arrays = dict[str, NDArray[Any]]


class Checkpoint:
    """A folder of parts; each is written whole or not at all.

    Args:
        folder: made where it is not there.
        identity: what the work is of (file, size, options); parts of other work are thrown away.
    """

    def __init__(self, folder: Path, identity: dict[str, Any]) -> None:
        self._folder = folder
        mark = folder / "work.json"
        if not mark.is_file() or json.loads(mark.read_text(encoding="utf-8")) != identity:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            mark.write_text(json.dumps(identity), encoding="utf-8")
        self._count = len(self._parts())

    def _parts(self) -> list[Path]:
        return sorted(self._folder.glob("part-*.npz"))

    def add(self, arrays: Arrays, facts: dict[str, Any]) -> None:
        """Writes one part: arrays to be joined, and JSON facts."""
        path = self._folder / f"part-{self._count:06d}.npz"
        packed = {**arrays, "_facts": np.frombuffer(json.dumps(facts).encode(), np.uint8)}
        with path.with_suffix(".new").open("wb") as file:
            np.savez(file, **packed)  # type: ignore[arg-type]
        path.with_suffix(".new").rename(path)
        self._count += 1

    def last_facts(self) -> dict[str, Any] | None:
        """The facts of the last part, or None at the beginning."""
        parts = self._parts()
        if not parts:
            return None
        with np.load(parts[-1], allow_pickle=False) as file:
            facts: dict[str, Any] = json.loads(bytes(file["_facts"]))
        return facts

    def all_facts(self) -> Iterator[dict[str, Any]]:
        """The facts of every part, in order."""
        for part in self._parts():
            with np.load(part, allow_pickle=False) as file:
                yield json.loads(bytes(file["_facts"]))

    def last_arrays(self, prefix: str) -> Arrays:
        """Arrays of the last part whose names start with ``prefix``, without it."""
        parts = self._parts()
        if not parts:
            return {}
        with np.load(parts[-1], allow_pickle=False) as file:
            return {name[len(prefix) :]: file[name] for name in file.files if name.startswith(prefix)}

    def joined(self, names: list[str]) -> Arrays:
        """The named arrays of all parts, one after another."""
        held: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
        for part in self._parts():
            with np.load(part, allow_pickle=False) as file:
                for name in names:
                    if name in file.files:
                        held[name].append(file[name])
        return {name: np.concatenate(parts) for name, parts in held.items() if parts}

    def clear(self) -> None:
        """Removes everything."""
        shutil.rmtree(self._folder, ignore_errors=True)
