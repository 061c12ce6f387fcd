"""Quality over minutes of training: sasrec beside RecTools' SASRec, MovieLens 1M in its true order.

    python benchmarks/accuracy/ml1m_next_curve.py PATH/sasrec-order.txt.gz [--minutes 10] [--every 2]
        [--sides ours,rectools] [--set width=64] [--peer-set n_factors=64] [--keep DIR] [--venvs DIR] [--json]

Protocol of ml1m_next.py: leave-last-out, the whole catalog ranked, seen titles left out, nothing
sampled. Both sides train at their defaults on all but the last two titles of each user, on one
thread each, side by side in the same minutes, without validation; every ``--every`` minutes of
their own CPU time (user and system) the parameters are put aside. Afterwards each of them ranks for all
6,040 users: the title before the last from what stands before it (validation), and the last from all
before it (test). One function makes the figures of both from the lists. RecTools (softmax loss) has
an environment of its own, made in ``--venvs`` on the first run. With --keep, the parameters and lists are
files of that folder, and what is there is not made again.

Leaves with 1 if RecTools is ahead at the last point that both reached.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

PACKAGES = ["torch==2.13.0", "numpy==1.26.4", "pytorch-lightning==2.6.6", "rectools==0.19.0"]
LISTS = ("valid", "test")


class Over(Exception):
    """The minutes are used up."""


class Marks:
    """Puts parameters aside at every mark of this process's CPU time, and says when to end."""

    def __init__(self, folder: Path, minutes: float, every: float) -> None:
        self._folder, self._every, self._end = folder, every * 60, minutes * 60
        self._next, self._started = self._every, time.process_time()

    @property
    def over(self) -> bool:
        return self._next > self._end + 1e-9

    def pass_by(self, parameters: Callable[[], dict[str, np.ndarray]], epochs: float) -> None:
        used = time.process_time() - self._started
        if self.over or used < self._next:
            return
        draft = self._folder / "draft.npz"
        np.savez(draft, **parameters())
        facts = {"cpu_s": round(used, 1), "epochs": round(epochs, 2), "load": os.getloadavg()[0]}
        name = f"at{round(self._next):05d}"
        (self._folder / f"{name}.json").write_text(json.dumps(facts), encoding="utf-8")
        draft.replace(self._folder / f"{name}.npz")
        print(f"{self._folder.name} {facts}", file=sys.stderr, flush=True)
        self._started += time.process_time() - self._started - used  # putting aside is not training
        while self._next <= used:
            self._next += self._every


def ours(path: Path, folder: Path, asked: argparse.Namespace) -> None:
    import torch
    from ml1m_next import interactions

    from crossreel.audience.interactions import in_order
    from crossreel.recommend.deep.networks.loop import Schedule, parameters_of, train
    from crossreel.recommend.deep.networks.next_title_task import NextTitleTask
    from crossreel.recommend.deep.next_title import NextTitle
    from crossreel.recommend.ranking import rank
    from crossreel.recommend.roles import TrainingContext

    torch.set_num_threads(1)
    algorithm = NextTitle.from_dict(settings(asked.set))
    with np.load(path) as stored:
        users, items, places, left = (stored[name] for name in ("users", "items", "places", "left"))
    shape = (users.max() + 1, items.max() + 1)
    to_valid, to_test = (
        interactions(users[left > n], items[left > n], places[left > n], shape) for n in (2, 1)
    )
    context = TrainingContext(seed=asked.seed, threads=1)

    class Watched(NextTitleTask):
        taken = 0.0

        def batches(self, rng: np.random.Generator) -> list[torch.Tensor]:
            found = super().batches(rng)
            self.share = 1 / max(len(found), 1)
            return found

        def loss(self, batch: Any, device: torch.device) -> torch.Tensor:
            marks.pass_by(lambda: parameters_of(self.network), self.taken)
            if marks.over:
                raise Over
            self.taken += self.share
            return super().loss(batch, device)

    if not list(folder.glob("at*.npz")):
        task, marks = Watched(algorithm, to_valid, context), Marks(folder, asked.minutes, asked.every)
        schedule = Schedule(algorithm.epochs, algorithm.rate, 0.0, algorithm.patience)
        try:
            train(task, schedule, context, name="sasrec", run="")
        except Over:
            pass
        else:  # it ended by itself
            marks._next = 0.0
            marks.pass_by(lambda: parameters_of(task.network), task.taken)
    for point, parameters in missing(folder):
        model = algorithm.restore(parameters)
        lists = {}
        for name, shown in zip(LISTS, (to_valid, to_test), strict=True):
            ordered = in_order(shown.liked, shown.liked_time)
            lists[name] = rank(model, ordered, shown.liked, 10, threads=1)
        np.savez(point, **lists)


def rectools(path: Path, folder: Path, asked: argparse.Namespace) -> None:
    import pandas as pd
    import torch
    from pytorch_lightning import Callback, Trainer, seed_everything
    from rectools import Columns
    from rectools.dataset import Dataset
    from rectools.models import SASRecModel

    torch.set_num_threads(1)
    seed_everything(asked.seed)
    with np.load(path) as stored:
        users, items, places, left = (stored[name] for name in ("users", "items", "places", "left"))
    times = pd.Timestamp("2000-01-01") + pd.to_timedelta(places, unit="s")
    table = pd.DataFrame(
        {Columns.User: users, Columns.Item: items, Columns.Weight: 1.0, Columns.Datetime: times}
    )
    to_valid, to_test = (Dataset.construct(table[left > n]) for n in (2, 1))

    class Watched(Callback):
        def on_train_start(self, trainer: Any, module: Any) -> None:
            self.marks = Marks(folder, asked.minutes, asked.every)

        def on_train_batch_end(
            self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int
        ) -> None:
            epochs = trainer.current_epoch + (batch_idx + 1) / trainer.num_training_batches
            self.marks.pass_by(
                lambda: {name: one.numpy().copy() for name, one in module.torch_model.state_dict().items()},
                epochs,
            )
            trainer.should_stop = self.marks.over

    done = bool(list(folder.glob("at*.npz")))
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False}

    def trainer() -> Any:
        watched = [] if done else [Watched()]
        return Trainer(
            max_epochs=1000, max_steps=1 if done else -1, accelerator="cpu", devices=1,
            enable_checkpointing=False, callbacks=watched, **quiet,
        )  # fmt: skip

    model = SASRecModel(loss="softmax", get_trainer_func=trainer, **settings(asked.peer_set)).fit(to_valid)
    everyone = np.unique(users)
    for point, parameters in missing(folder):
        state = {name: torch.from_numpy(one) for name, one in parameters.items()}
        model.torch_model.load_state_dict(state, strict=True)
        model.lightning_model.item_embs = None
        lists = {}
        for name, shown in zip(LISTS, (to_valid, to_test), strict=True):
            found = model.recommend(everyone, shown, k=10, filter_viewed=True)
            lists[name] = np.full((len(everyone), 10), -1, dtype=np.int32)
            lists[name][found[Columns.User], found[Columns.Rank] - 1] = found[Columns.Item]
        np.savez(point, **lists)


def missing(folder: Path) -> Any:
    """Parameters of which there are no lists yet, with the file that the lists belong in."""
    for path in sorted(folder.glob("at*.npz")):
        point = folder / path.name.replace("at", "lists")
        if not point.exists():
            with np.load(path, allow_pickle=False) as stored:
                yield point, dict(stored.items())


def settings(words: list[str]) -> dict[str, Any]:
    return {key: json.loads(value) for key, _, value in (word.partition("=") for word in words)}


def figures(lists: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Means of NDCG@10 and HR@10 with one wanted title a user."""
    hits = lists == wanted[:, None]
    return (
        round(float((hits / np.log2(np.arange(2, 12))).sum(axis=1).mean()), 4),
        round(float(hits.any(axis=1).mean()), 4),
    )


def curve(folder: Path, valid: np.ndarray, test: np.ndarray) -> list[dict[str, Any]]:
    points = []
    for path in sorted(folder.glob("lists*.npz")):
        facts = json.loads((folder / path.name.replace("lists", "at")).with_suffix(".json").read_text())
        with np.load(path) as stored:
            (by_valid, _), (ndcg, hits) = figures(stored["valid"], valid), figures(stored["test"], test)
        points.append({**facts, "ndcg@10 valid": by_valid, "ndcg@10 test": ndcg, "hr@10 test": hits})
    return points


def python_of(side: str, venvs: Path) -> str:
    """The interpreter of a side; RecTools' environment is made where it is missing."""
    if side == "ours":
        return sys.executable
    python = venvs / "rectools-deep" / "bin" / "python"
    if not python.exists():
        print("making an environment for RecTools", file=sys.stderr)
        venv.create(venvs / "rectools-deep", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return str(python)


def split(path: Path, out: Path) -> tuple[np.ndarray, np.ndarray]:
    """Writes the sequences for both sides; returns each user's validation and test title."""
    from ml1m_next import read

    users, items, places = read(path)
    left = np.bincount(users)[users] - places
    np.savez(out, users=users, items=items, places=places, left=left)
    return items[left == 2], items[left == 1]


def run(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    sequences = folder / "sequences.npz"
    valid, test = split(asked.file, sequences)
    sides = asked.sides.split(",")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    running = []
    for side in sides:
        (folder / side).mkdir(exist_ok=True)
        words = [python_of(side, asked.venvs), __file__, str(sequences), "--worker", side]
        words += ["--into", str(folder / side), "--seed", str(asked.seed)]
        words += ["--minutes", str(asked.minutes), "--every", str(asked.every)]
        words += [word for one in asked.set for word in ("--set", one)]
        words += [word for one in asked.peer_set for word in ("--peer-set", one)]
        running.append(subprocess.Popen(words, env=environment))
    for side, process in zip(sides, running, strict=True):
        if process.wait():
            raise SystemExit(f"{side} failed with {process.returncode}")
    return {side: curve(folder / side, valid, test) for side in sides}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0, help="of CPU time a side")
    parser.add_argument("--every", type=float, default=2.0, help="minutes of CPU time between points")
    parser.add_argument("--sides", default="ours,rectools")
    parser.add_argument("--set", action="append", default=[], help="a setting of sasrec: name=value")
    parser.add_argument("--peer-set", action="append", default=[], help="a setting of RecTools' SASRecModel")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--venvs", type=Path, default=Path("build/benchmark-peers"))
    parser.add_argument("--json", action="store_true", help="print one JSON document on one line")
    parser.add_argument("--worker", choices=["ours", "rectools"], help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        {"ours": ours, "rectools": rectools}[asked.worker](asked.file, asked.into, asked)
        return 0
    with TemporaryDirectory() as scratch:
        curves = run(asked, asked.keep or Path(scratch))
    report = {
        "data": asked.file.name,
        "sha256": hashlib.sha256(asked.file.read_bytes()).hexdigest()[:16],
        "protocol": "leave-last-out, all titles ranked, seen ones left out; one thread a side",
        "set": settings(asked.set),
        "peer_set": settings(asked.peer_set),
        "seed": asked.seed,
        "curves": curves,
        "packages": PACKAGES,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    print(json.dumps(report, indent=None if asked.json else 2))
    reached = min(map(len, curves.values()))
    last = [points[reached - 1]["ndcg@10 test"] for points in curves.values() if reached]
    return int(len(last) > 1 and last[-1] > last[0])


if __name__ == "__main__":
    sys.exit(main())
