"""PyTorch, asked for when a network is trained or asked, and not before."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from crossreel.errors import MissingExtra, WrongUse

__all__ = ["device_of", "torch_or_error"]


def torch_or_error() -> ModuleType:
    """The module ``torch``. Raises ``MissingExtra`` where it is not installed."""
    try:
        import torch
    except ImportError as error:
        raise MissingExtra("torch", "deep") from error
    return torch


def device_of(name: str) -> Any:
    """The device ``cpu`` or ``cuda``.

    Raises:
        MissingExtra: PyTorch is not installed.
        WrongUse: the device is unknown or this machine has none; there is no silent fallback.
    """
    torch = torch_or_error()
    if name not in ("cpu", "cuda"):
        raise WrongUse(f"There is no device {name!r}.", advice="Take cpu or cuda.")
    if name == "cuda" and not torch.cuda.is_available():
        raise WrongUse(
            "The device cuda was asked for, but PyTorch finds no GPU here.",
            advice="Take the device cpu, or install a PyTorch with CUDA on a machine with a GPU.",
        )
    return torch.device(name)
