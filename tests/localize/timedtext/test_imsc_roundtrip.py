"""IMSC 1 to 1.3: every document of the W3C tests is read and survives our model.

Round trip: ttconv makes the sequence of intermediate synchronic documents (TTML2, section 11.3.1) of the
original and of what we read and wrote again. The same means: the same moments of change, and between
them the same text (ruby readings and line breaks too) in regions with the same computed origin,
extent, displayAlign, writingMode and padding.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from crossreel.localize.timedtext.readers.ttml import read_ttml
from crossreel.localize.timedtext.writers.ttml import write_ttml

pytestmark = pytest.mark.shared


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def text_of(element: Any) -> str:
    import ttconv.model as tt

    if isinstance(element, tt.Text):
        return str(element.get_text())
    if isinstance(element, tt.Br):
        return "\n"
    return "".join(text_of(child) for child in element) + ("\x1e" if isinstance(element, tt.P) else "")


def presented(xml: bytes) -> list[tuple[Any, Any]]:
    from ttconv.imsc.reader import to_model
    from ttconv.isd import ISD
    from ttconv.style_properties import StyleProperties as S

    shown: list[tuple[Any, Any]] = []
    for moment, isd in ISD.generate_isd_sequence(to_model(ET.ElementTree(ET.fromstring(xml)))):
        state = []
        for region in isd.iter_regions():
            paragraphs = [part for part in "".join(map(text_of, region)).split("\x1e") if part]
            if paragraphs:
                styles = (S.Origin, S.Extent, S.DisplayAlign, S.WritingMode, S.Padding)
                state.append((tuple(str(region.get_style(style)) for style in styles), paragraphs))
        state.sort()
        if not shown or shown[-1][1] != state:
            shown.append((moment, state))
    while shown and not shown[0][1]:
        shown.pop(0)
    return shown


def test_all_321_documents_are_read_and_survive(shared_data: Path) -> None:
    paths = sorted((shared_data / "subtitles/imsc").rglob("*.ttml"))
    assert len(paths) == 321
    changed = [
        path.name
        for path in paths
        if presented(path.read_bytes()) != presented(write_ttml(read_ttml(path.read_bytes()))[0].encode())
    ]
    assert changed == []
