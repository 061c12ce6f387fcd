"""The training loop that all networks share: warm-up and cosine decay, early stop, resume."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from crossreel.recommend.deep.checkpoint import read_checkpoint, write_checkpoint
from crossreel.recommend.deep.runtime import device_of
from crossreel.recommend.roles import TrainingContext

__all__ = ["Point", "Schedule", "Task", "parameters_of", "train"]

_WARM_UP = 0.05
_LEAST_RATE = 0.01


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast.

    Attributes:
        epochs: at most this many passes over the data; the rate falls to nothing by the last.
        rate: the highest learning rate, reached after a twentieth of all steps.
        decay: weight decay of matrices (I. Loshchilov, F. Hutter, ICLR 2019).
        patience: epochs without a better validation figure after which training ends.
    """

    epochs: int
    rate: float
    decay: float
    patience: int


@dataclass(frozen=True, slots=True)
class Point:
    """One epoch of the curve: mean loss, the validation figure (None without one), CPU seconds so far."""

    epoch: int
    loss: float
    quality: float | None
    cpu_seconds: float


class Task(Protocol):
    """What is trained, on what, and how it is judged."""

    @property
    def network(self) -> nn.Module:
        """Trained in place."""
        ...

    def batches(self, rng: np.random.Generator) -> Sequence[Any]:
        """The batches of one epoch, on the processor, in the order they are to be taken."""
        ...

    def loss(self, batch: Any, device: torch.device) -> torch.Tensor:
        """The mean loss of one batch."""
        ...

    def quality(self, device: torch.device) -> float | None:
        """The figure on validation data, higher is better; None where there is none."""
        ...


def train(
    task: Task, schedule: Schedule, context: TrainingContext, *, name: str, run: str
) -> tuple[Point, ...]:
    """Trains ``task.network`` in place and leaves the best epoch's parameters in it, on the processor.

    Best by the validation figure; without one the last epoch's. With ``context.checkpoint`` the
    whole state is kept after each epoch, and a training that was cut off goes on from there and
    ends as it would have ended.

    Args:
        task: network, batches, loss and validation figure.
        schedule: epochs and rates.
        context: seed, device, threads, progress and checkpoint folder.
        name: for the progress listener.
        run: says which training this is, for the checkpoint.

    Raises:
        WrongUse: the device is not there.
        BadFile: the checkpoint is damaged or of another training.
    """
    device = device_of(context.device)
    with _settled(context):
        task.network.to(device)
        state = _State.started(task.network, schedule, context, run)
        while not state.ended(schedule):
            began = time.process_time()
            loss = _epoch(task, state, schedule, context, name, device)
            task.network.eval()
            quality = task.quality(device)
            task.network.train()
            state.note(loss, quality, time.process_time() - began, task.network)
            if context.checkpoint is not None:
                state.write(context, run)
        context.progress(schedule.epochs, schedule.epochs, name)
        state.leave_best(task.network)
        task.network.to("cpu").eval()
    return tuple(state.curve)


@contextmanager
def _settled(context: TrainingContext) -> Iterator[None]:
    """Seeds torch and sets its threads; both are put back as they were."""
    threads = torch.get_num_threads()
    devices = [torch.cuda.current_device()] if context.device == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(context.seed)
        if context.threads:
            torch.set_num_threads(context.threads)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def _epoch(
    task: Task,
    state: _State,
    schedule: Schedule,
    context: TrainingContext,
    name: str,
    device: torch.device,
) -> float:
    batches, losses = task.batches(state.rng), []
    for number, batch in enumerate(batches):
        done = state.epoch + number / len(batches)
        context.progress(state.epoch * len(batches) + number, schedule.epochs * len(batches), name)
        for group in state.optimizer.param_groups:
            group["lr"] = schedule.rate * _share(done / schedule.epochs)
        loss = task.loss(batch, device)
        state.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        state.optimizer.step()
        losses.append(loss.detach())
    return float(torch.stack(losses).mean()) if losses else 0.0


def _share(progress: float) -> float:
    """Of the highest rate: a linear rise, then half a cosine."""
    rise = min(1.0, (progress + 1e-3) / _WARM_UP)
    return max(_LEAST_RATE, rise * (0.5 + 0.5 * math.cos(math.pi * min(progress, 1.0))))


class _State:
    """Everything that a training needs to go on."""

    def __init__(self, network: nn.Module, schedule: Schedule, seed: int) -> None:
        matrices = [one for one in network.parameters() if one.ndim > 1]
        others = [one for one in network.parameters() if one.ndim < 2]
        self._names = {id(one): name for name, one in network.named_parameters()}
        self.optimizer = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": schedule.decay},
                {"params": others, "weight_decay": 0.0},
            ],
            lr=schedule.rate,
            betas=(0.9, 0.98),
            fused=True,
        )
        self.network = network
        self.rng = np.random.default_rng(seed)
        self.curve: list[Point] = []
        self.best: dict[str, npt.NDArray[np.float32]] = {}
        self._best_quality = -math.inf

    @classmethod
    def started(cls, network: nn.Module, schedule: Schedule, context: TrainingContext, run: str) -> _State:
        state = cls(network, schedule, context.seed)
        found = None if context.checkpoint is None else read_checkpoint(context.checkpoint, run)
        if found is not None:
            state._read(*found, context)
        return state

    @property
    def epoch(self) -> int:
        return len(self.curve)

    def ended(self, schedule: Schedule) -> bool:
        judged = [point.quality for point in self.curve if point.quality is not None]
        waited = len(judged) - 1 - int(np.argmax(judged)) if judged else 0
        return self.epoch >= schedule.epochs or waited >= schedule.patience

    def note(self, loss: float, quality: float | None, seconds: float, network: nn.Module) -> None:
        so_far = self.curve[-1].cpu_seconds if self.curve else 0.0
        self.curve.append(Point(self.epoch + 1, loss, quality, round(so_far + seconds, 2)))
        if quality is None or quality > self._best_quality:
            self._best_quality = -math.inf if quality is None else quality
            self.best = parameters_of(network)

    def leave_best(self, network: nn.Module) -> None:
        with torch.no_grad():
            for name, parameter in network.named_parameters():
                if name in self.best:
                    parameter.copy_(torch.from_numpy(self.best[name]))

    def write(self, context: TrainingContext, run: str) -> None:
        arrays: dict[str, npt.NDArray[Any]] = {f"best.{name}": one for name, one in self.best.items()}
        arrays |= {f"now.{name}": one for name, one in parameters_of(self.network).items()}
        for parameter, moments in self.optimizer.state.items():
            for name, value in moments.items():
                arrays[f"{name}.{self._names[id(parameter)]}"] = torch.as_tensor(value).cpu().numpy()
        arrays["torch"] = torch.get_rng_state().numpy()
        if context.device == "cuda":
            arrays["cuda"] = torch.cuda.get_rng_state().numpy()
        facts = {
            "run": run,
            "curve": [asdict(point) for point in self.curve],
            "rng": self.rng.bit_generator.state,
        }
        assert context.checkpoint is not None
        write_checkpoint(context.checkpoint, facts, arrays)

    def _read(
        self, facts: dict[str, Any], arrays: dict[str, npt.NDArray[Any]], context: TrainingContext
    ) -> None:
        self.curve = [Point(**point) for point in facts["curve"]]
        self.rng.bit_generator.state = facts["rng"]
        self.best = {name[5:]: one for name, one in arrays.items() if name.startswith("best.")}
        self._best_quality = max([p.quality for p in self.curve if p.quality is not None], default=-math.inf)
        with torch.no_grad():
            for name, parameter in self.network.named_parameters():
                parameter.copy_(torch.from_numpy(arrays[f"now.{name}"]))
                moments = {
                    kind: torch.from_numpy(arrays[f"{kind}.{name}"])
                    for kind in ("step", "exp_avg", "exp_avg_sq")
                    if f"{kind}.{name}" in arrays
                }
                if moments:
                    on_device = {kind: one.to(parameter.device) for kind, one in moments.items()}
                    self.optimizer.state[parameter] = on_device
        torch.set_rng_state(torch.from_numpy(arrays["torch"]))
        if context.device == "cuda" and "cuda" in arrays:
            torch.cuda.set_rng_state(torch.from_numpy(arrays["cuda"]))


def parameters_of(network: nn.Module) -> dict[str, npt.NDArray[np.float32]]:
    """Copies of the parameters by name."""
    return {name: one.detach().cpu().numpy().copy() for name, one in network.named_parameters()}
