"""Trained models as folders: arrays, vocabulary, card; never pickle.

``models/<id>/`` holds ``arrays.npz`` (the model's arrays under ``model.``, those of the popularity
counted on the same data under ``market.``, and ``met``), ``titles.txt`` (the vocabulary, one id a
line) and ``card.json`` (what is known of the model, and the SHA-256 of the other two). A folder
appears whole by one rename and goes by one; the file ``models/active`` names the one that serves.

Activating a model compares its files with their hashes. Size and time of the files found right are
kept in ``checked.json``, so that loading hashes only files that have changed since. Large float16
matrices are mapped into memory, not read: only the rows that are asked for come from the disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from io import BufferedReader, BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import unpack
from tempfile import NamedTemporaryFile, mkdtemp
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import numpy as np
import numpy.typing as npt

from crossreel.errors import BadFile, BadValue, MissingModel
from crossreel.recommend.popular import Popular, PopularModel
from crossreel.recommend.registry import configure
from crossreel.recommend.roles import ModelCard, Recommender
from crossreel.values.ids import TitleId
from crossreel.values.vocabulary import Vocabulary

__all__ = ["Models", "Trained"]

_TRAIN_AGAIN = "Train it again: crossreel recommend train --algorithm {}."
_FILES = ("arrays.npz", "titles.txt")
_CHECKED = "checked.json"
_MAPPED_FROM = 8_000_000
"""Bytes from which a float16 matrix is mapped."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model with all that serving it needs; everything inside is immutable.

    Attributes:
        titles: the vocabulary of the model's title numbers.
        model: the recommender.
        popular: popularity in the same training data, for viewers nothing is known of.
        met: (titles,) which titles had any contact in the training data.
    """

    card: ModelCard
    titles: Vocabulary[TitleId]
    model: Recommender
    popular: PopularModel
    met: npt.NDArray[np.bool_]


class Models:
    """The folder of trained models."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._pointer = str(root / "active")
        self._read: tuple[tuple[int, int], str | None] = ((0, 0), None)

    @property
    def root(self) -> Path:
        """The folder."""
        return self._root

    def save(self, trained: Trained) -> ModelCard:
        """Writes a model; returns its card with the files' hashes in ``notes["files"]``.

        Where its id is taken (two trainings at one instant), a number is added to it.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        contents = _contents(trained)
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
        card = replace(trained.card, notes={**trained.card.notes, "files": hashes})
        folder = Path(mkdtemp(prefix=".new-", dir=self._root))
        try:
            for name, data in contents.items():
                (folder / name).write_bytes(data)
            folder.chmod(0o755)
            number = 1
            while True:
                text = json.dumps(asdict(card), indent=2, ensure_ascii=False)
                (folder / "card.json").write_text(text, encoding="utf-8")
                try:
                    folder.rename(self._root / card.id)
                    return card
                except OSError:
                    if not (self._root / card.id).exists():
                        raise
                number += 1
                card = replace(card, id=f"{trained.card.id}-{number:03}")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def load(self, id_: str) -> Trained:
        """Reads a model; files that have not changed since they were found right are believed.

        Raises:
            MissingModel: there is none under that id.
            BadFile: its files are damaged, or of an algorithm this version does not have.
        """
        card = self.card(id_)
        folder = self._root / id_
        advice = _TRAIN_AGAIN.format(card.algorithm)
        self.check(card)
        try:
            arrays = _arrays_of(folder / _FILES[0])
            lines = (folder / _FILES[1]).read_text(encoding="utf-8").splitlines()
            titles = Vocabulary(TitleId.parse(line) for line in lines)
            model = configure(card.algorithm, card.config).restore(_under("model", arrays))
            popular = Popular().restore(_under("market", arrays))
            return Trained(card, titles, model, popular, arrays["met"])
        except (BadValue, BadZipFile, ValueError, KeyError, OSError) as error:
            raise BadFile(folder, f"does not hold a model of this version: {error}", advice=advice) from error

    def card(self, id_: str) -> ModelCard:
        """What is known of a model.

        Raises:
            MissingModel: there is none under that id.
            BadFile: its card is damaged.
        """
        path = self._root / id_ / "card.json"
        if not id_ or id_ != Path(id_).name or id_.startswith(".") or not path.parent.is_dir():
            raise MissingModel(
                f"There is no model {id_!r}.", advice="List them with: crossreel recommend models.", id=id_
            )
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            return ModelCard(**{field.name: known[field.name] for field in fields(ModelCard)})
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise BadFile(
                path, "is not the card of a model", advice=f"Remove the folder {path.parent} and train again."
            ) from error

    def cards(self) -> list[ModelCard]:
        """All models, the active one first, then the newest first."""
        if not self._root.is_dir():
            return []
        names = (path.name for path in self._root.iterdir() if path.is_dir() and path.name[0] != ".")
        active = self.active()
        cards = sorted((self.card(name) for name in names), key=lambda c: (c.trained_at, c.id), reverse=True)
        return sorted(cards, key=lambda card: card.id != active)

    def newest(self, algorithm: str) -> str:
        """The id of the active model if it is of that algorithm, else of the newest that is.

        Raises:
            MissingModel: none is.
        """
        for card in self.cards():
            if card.algorithm == algorithm:
                return card.id
        raise MissingModel(
            f"No model of the algorithm {algorithm!r} is trained.",
            advice=f"Train one: crossreel recommend train --algorithm {algorithm}.",
            algorithm=algorithm,
        )

    def active(self) -> str | None:
        """The id of the model that serves, or None when none was ever activated."""
        try:
            # Every request asks; the file is replaced whole, so what it is tells what it says.
            status = os.stat(self._pointer)  # noqa: PTH116  # three times as fast as Path.stat
            known = status.st_mtime_ns, status.st_ino
            if self._read[0] != known:
                text = Path(self._pointer).read_text(encoding="utf-8")
                self._read = known, text.strip() or None
        except FileNotFoundError:
            return None
        return self._read[1]

    def activate(self, id_: str) -> None:
        """Lets a model serve, from one request to the next. Raises as ``load`` does."""
        self.check(self.card(id_), anew=True)
        self.load(id_)
        pointer = self._root / ".active-new"
        pointer.write_text(f"{id_}\n", encoding="utf-8")
        pointer.replace(self._root / "active")

    def check(self, card: ModelCard, *, anew: bool = False) -> None:
        """Compares a model's files with the hashes on its card.

        Args:
            card: of the model.
            anew: True hashes also files that have not changed since they were found right.

        Raises:
            BadFile: a file is missing or damaged.
        """
        folder, advice = self._root / card.id, _TRAIN_AGAIN.format(card.algorithm)
        expected: Mapping[str, str] = card.notes.get("files", {})
        known = {} if anew else _read_checked(folder)
        found: dict[str, list[Any]] = {}
        for path in (folder / name for name in _FILES):
            try:
                status = path.stat()
                now = found[path.name] = [status.st_size, status.st_mtime_ns, expected.get(path.name)]
                if known.get(path.name) == now:
                    continue
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise BadFile(path, "is missing from the model's folder", advice=advice) from error
            if digest != expected.get(path.name):
                raise BadFile(path, "is damaged: it differs from the hash on the model's card", advice=advice)
        if found != known:
            _write_checked(folder, found)

    def same(self, like: ModelCard) -> ModelCard | None:
        """The newest sound model of the same algorithm, settings, seed, version and data, if any."""
        for card in self._readable():
            if all(_told(card, name) == _told(like, name) for name in _MAKES_A_MODEL):
                try:
                    self.check(card, anew=True)
                except BadFile:
                    continue
                return card
        return None

    @contextmanager
    def unfinished(self, like: ModelCard) -> Iterator[Path]:
        """The folder where a training like this keeps its state; gone when it has ended well.

        What trainings of the same algorithm with other data or settings have left there is removed.
        """
        told = json.dumps([_told(like, name) for name in _MAKES_A_MODEL], sort_keys=True)
        folder = (
            self._root / ".training" / f"{like.algorithm}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
        )
        for other in folder.parent.glob(f"{like.algorithm}-{'?' * 16}"):
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
        yield folder
        shutil.rmtree(folder, ignore_errors=True)

    def keep_newest(self, algorithm: str, count: int) -> None:
        """Deletes an algorithm's models but the ``count`` newest and the active one."""
        active = self.active()
        others = [card for card in self._readable() if card.algorithm == algorithm and card.id != active]
        for card in others[count:]:
            gone = Path(mkdtemp(prefix=".old-", dir=self._root))
            with suppress(OSError):  # another process may have been first
                (self._root / card.id).rename(gone / card.id)
            shutil.rmtree(gone, ignore_errors=True)

    def _readable(self) -> list[ModelCard]:
        """The cards that are not damaged, the newest first."""
        found = []
        for path in self._root.iterdir() if self._root.is_dir() else ():
            if path.is_dir() and path.name[0] != ".":
                with suppress(BadFile, MissingModel):
                    found.append(self.card(path.name))
        return sorted(found, key=lambda card: (card.trained_at, card.id), reverse=True)


_MAKES_A_MODEL = ("algorithm", "config", "seed", "version", "data_hash", "trained_on")


def _told(card: ModelCard, name: str) -> object:
    return card.notes.get(name) if name == "trained_on" else getattr(card, name)


def _read_checked(folder: Path) -> dict[str, Any]:
    try:
        known = json.loads((folder / _CHECKED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write_checked(folder: Path, found: Mapping[str, Any]) -> None:
    with suppress(OSError):  # a folder that cannot be written to is hashed at each start
        with NamedTemporaryFile("w", encoding="utf-8", prefix=".checked-", dir=folder, delete=False) as file:
            json.dump(found, file)
        Path(file.name).replace(folder / _CHECKED)


def _arrays_of(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an ``.npz``, large float16 matrices as read-only maps of the file."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    with ZipFile(path) as stored, path.open("rb") as file:
        for entry in stored.infolist():
            name = entry.filename.removesuffix(".npy")
            with stored.open(entry) as member:
                version = np.lib.format.read_magic(member)
                if version == (1, 0) and entry.compress_type == ZIP_STORED:
                    shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
                    size = entry.file_size - member.tell()
                    if dtype == np.float16 and len(shape) == 2 and not fortran and size >= _MAPPED_FROM:
                        arrays[name] = _mapped(file, entry.header_offset, member.tell(), shape)
                        continue
            with stored.open(entry) as member:
                arrays[name] = np.lib.format.read_array(member, allow_pickle=False)
    return arrays


def _mapped(
    file: BufferedReader, header: int, offset: int, shape: tuple[int, ...]
) -> npt.NDArray[np.float16]:
    """The float16 matrix ``offset`` bytes into the stored zip member whose local header is at ``header``."""
    file.seek(header + 26)  # a local header ends with two lengths, then come the name and the extra field
    name, extra = unpack("<HH", file.read(4))
    start = header + 30 + name + extra + offset
    whole = mmap(file.fileno(), 0, access=ACCESS_READ)
    count = shape[0] * shape[1]
    return np.frombuffer(whole, dtype=np.float16, count=count, offset=start).reshape(shape)


def _contents(trained: Trained) -> dict[str, bytes]:
    buffer = BytesIO()
    arrays = _prefixed("model", trained.model.arrays()) | _prefixed("market", trained.popular.arrays())
    np.savez(buffer, allow_pickle=False, **arrays, met=trained.met)
    ids = "".join(f"{id_}\n" for id_ in trained.titles.ids).encode()
    return dict(zip(_FILES, (buffer.getvalue(), ids), strict=True))


def _prefixed(prefix: str, arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def _under(prefix: str, arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    start = f"{prefix}."
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
