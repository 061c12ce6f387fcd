"""Trained models as folders: arrays, vocabulary, card; never pickle.

``models/<id>/`` holds ``arrays.npz`` (the model's arrays under ``model.``, those of the popularity
counted on the same data under ``market.``, and ``met``), ``titles.txt`` (the vocabulary, one id a
line) and ``card.json`` (what is known of the model, and the SHA-256 of the other two). A folder
appears whole by one rename; the file ``models/active`` names the one that serves.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

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
        """Reads a model.

        Raises:
            MissingModel: there is none under that id.
            BadFile: its files are damaged, or of an algorithm this version does not have.
        """
        card = self.card(id_)
        folder = self._root / id_
        advice = _TRAIN_AGAIN.format(card.algorithm)
        contents = [self._checked(folder / name, card, advice) for name in _FILES]
        try:
            with np.load(BytesIO(contents[0]), allow_pickle=False) as stored:
                arrays = dict(stored.items())
            titles = Vocabulary(TitleId.parse(line) for line in contents[1].decode().splitlines())
            model = configure(card.algorithm, card.config).restore(_under("model", arrays))
            popular = Popular().restore(_under("market", arrays))
            return Trained(card, titles, model, popular, arrays["met"])
        except (BadValue, ValueError, KeyError, OSError) as error:
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
        self.load(id_)
        pointer = self._root / ".active-new"
        pointer.write_text(f"{id_}\n", encoding="utf-8")
        pointer.replace(self._root / "active")

    def _checked(self, path: Path, card: ModelCard, advice: str) -> bytes:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BadFile(path, "is missing from the model's folder", advice=advice) from error
        if hashlib.sha256(data).hexdigest() != card.notes.get("files", {}).get(path.name):
            raise BadFile(path, "is damaged: it differs from the hash on the model's card", advice=advice)
        return data


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
