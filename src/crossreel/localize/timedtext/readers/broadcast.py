"""EBU-STL (EBU Tech 3264, 1991) and SCC (CEA-608 in Scenarist files), read by ttconv (BSD-2)."""

from __future__ import annotations

import io
import warnings
from typing import Any

from crossreel.errors import BadValue, MissingExtra
from crossreel.localize.timedtext.model import Document
from crossreel.localize.timedtext.readers.ttml import document_from_ttconv, ttconv_notes

__all__ = ["read_scc", "read_stl"]

_FAILURES = (
    ValueError,
    TypeError,
    RuntimeError,
    KeyError,
    IndexError,
    AttributeError,
    LookupError,
    EOFError,
    OSError,
)


def read_stl(data: bytes) -> Document:
    """Reads an EBU-STL file; times count from the start of the programme it names.

    Raises:
        BadValue: not EBU-STL.
        MissingExtra: ttconv is not installed.
    """
    try:
        from ttconv.stl.reader import to_model
    except ImportError as error:
        raise MissingExtra("ttconv", "localize") from error
    if len(data) < 1024 or data[3:6] != b"STL":
        raise BadValue("subtitle file", data[:12], "EBU-STL, whose first block has 1024 bytes and names STL")
    return _read(lambda: to_model(io.BytesIO(data)), "stl", "EBU-STL")


def read_scc(text: str) -> Document:
    """Reads an SCC file.

    Raises:
        BadValue: not SCC.
        MissingExtra: ttconv is not installed.
    """
    try:
        from ttconv.scc.reader import to_model
    except ImportError as error:
        raise MissingExtra("ttconv", "localize") from error
    if not text.lstrip("\ufeff \r\n").startswith("Scenarist_SCC"):
        raise BadValue("subtitle file", text[:20], "SCC, which begins with Scenarist_SCC V1.0")
    return _read(lambda: to_model(text), "scc", "SCC")


def _read(make: Any, format: str, name: str) -> Document:
    with ttconv_notes() as notes, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = make()
        except _FAILURES as error:
            raise BadValue("subtitle file", name, f"one that ttconv can read ({error})") from error
    if model is None:
        raise BadValue("subtitle file", name, f"whole {name}")
    return document_from_ttconv(model, format, notes=tuple(notes))
