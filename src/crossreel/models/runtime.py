"""Opens ONNX graphs: one place that knows ONNX Runtime and how many threads it may take."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from crossreel.errors import MissingExtra, MissingModel

__all__ = ["open_graph"]


def open_graph(
    path: Path,
    *,
    threads: int = 1,
    extra: str = "models",
    weights: Mapping[str, NDArray[Any]] | None = None,
) -> Any:
    """An ONNX Runtime session on the CPU.

    Args:
        path: the graph.
        threads: of one call; more than one slows a busy machine down, as idle threads spin.
        extra: the extra of crossreel that brings ONNX Runtime for this use.
        weights: what constants of the graph are instead of what the file says, by their names; contiguous.

    Raises:
        MissingExtra: ONNX Runtime is not installed.
        MissingModel: there is no such file, or it is no graph that this version can run.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtra("onnxruntime", extra) from error
    if not path.is_file():
        raise MissingModel(f"The model file {path} is not there.", advice="Run: crossreel models list")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    held = {name: onnxruntime.OrtValue.ortvalue_from_numpy(one) for name, one in (weights or {}).items()}
    for name, value in held.items():
        options.add_initializer(name, value)
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises classes of its own that have no public home
        raise MissingModel(
            f"The model file {path} cannot be run: {error}.", advice="Run: crossreel models verify"
        ) from error
    session.held_weights = held  # they are read where they lie, as long as the session lives
    return session
