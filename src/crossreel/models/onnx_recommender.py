"""Recommenders as ONNX graphs, served without PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadFile, MissingExtra
from crossreel.recommend.roles import AnswerPath, Floats

__all__ = ["OnnxRecommender"]

_ROWS = 128


class OnnxRecommender:
    """A network that ``recommend.deep.networks.onnx_graph.export_onnx`` has written.

    Plays the role ``Recommender``: its answers are those of the model it was made from, to
    float32 rounding.

    Args:
        path: of the graph.
        threads: at most this many; 0 means all cores.

    Raises:
        MissingExtra: ONNX Runtime is not installed.
        BadFile: the file is none of ours.
    """

    name: ClassVar[str] = "onnx"
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtra("onnxruntime", "deep") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        advice = "Export the model again with crossreel.recommend.deep.networks.onnx_graph.export_onnx."
        try:
            self._graph = path.read_bytes()
            self._session = onnxruntime.InferenceSession(
                self._graph, options, providers=["CPUExecutionProvider"]
            )
            facts = self._session.get_modelmeta().custom_metadata_map
            self.algorithm, self._length = facts["algorithm"], int(facts["length"])
        except Exception as error:  # ONNX Runtime's errors have no common ancestor of their own
            raise BadFile(path, f"is not an exported recommender: {error}", advice=advice) from error

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) scores; 0 for a viewer without a history."""
        result = np.zeros(histories.shape, dtype=np.float32)
        length = np.diff(histories.indptr)
        known = np.flatnonzero(length)
        known = known[np.argsort(length[known], kind="stable")]
        for start in range(0, len(known), _ROWS):
            rows = known[start : start + _ROWS]
            asked = self._sequences(histories, rows) if self._length else histories[rows].toarray()
            (result[rows],) = self._session.run(None, {"histories": asked})
        return result

    def _sequences(self, histories: sp.csr_array, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        latest = [
            histories.indices[
                max(histories.indptr[row], histories.indptr[row + 1] - self._length) : histories.indptr[
                    row + 1
                ]
            ]
            for row in rows
        ]
        table = np.zeros((len(rows), max(map(len, latest))), dtype=np.int64)
        for place, one in zip(table, latest, strict=True):
            place[: len(one)] = one + 1
        return table

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The graph's bytes."""
        return {"graph": np.frombuffer(self._graph, dtype=np.uint8)}
