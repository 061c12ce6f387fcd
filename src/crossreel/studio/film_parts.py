"""Which parts of a film's analysis run: what was asked for, and what the machine has models for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crossreel.app import pretrained_models, text_tools
from crossreel.errors import BadValue, Missing, WrongUse
from crossreel.insight.video.looking import Looker
from crossreel.models.blazeface import BlazeFace
from crossreel.models.iris import Iris
from crossreel.models.nanodet import GRAPH as NANODET
from crossreel.models.nanodet import NanoDet
from crossreel.models.open_nsfw import OpenNsfw
from crossreel.models.ppocr import PaddleReader
from crossreel.models.registry import card
from crossreel.models.silero import SileroActivity
from crossreel.models.transnet import TransNet
from crossreel.models.transnet_graph import GRAPH as TRANSNET
from crossreel.studio.speech_activity import voice_activity
from crossreel.values.media_roles import TransitionOdds

__all__ = ["PARTS", "Parts", "parts_of"]

PARTS = ("faces", "objects", "text", "speech", "compliance")
"""What models are needed for; shots, key frames and signals always run."""
_MODELS = {
    "faces": "faces",
    "objects": "nanodet",
    "text": "ocr",
    "speech": "silero-vad",
    "compliance": "open-nsfw",
}
_NAMES = {"text": "onscreen_text"}


@dataclass(frozen=True)
class Parts:
    """What runs.

    Attributes:
        looker: looks at large pictures.
        voice: finds speech, or None.
        closer: the careful mode's network, or None.
        language_of: the language of a line, or None.
        ran: names of the parts that run.
        not_run: names of those that do not, as the document calls them.
        notices: for each of these why, and how to get it.
    """

    looker: Looker = field(default_factory=Looker)
    voice: SileroActivity | None = None
    closer: TransitionOdds | None = None
    language_of: Callable[[str], str | None] = lambda _text: None
    ran: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def parts_of(
    home: Path | None = None,
    *,
    only: Collection[str] | None = None,
    without: Collection[str] = (),
    careful: bool = False,
) -> Parts:
    """Opens the models of the parts.

    Args:
        home: workspace whose settings may name a folder of models.
        only: these parts and no others; a model that is absent is an error then.
        without: parts to leave out.
        careful: shots by the larger network where the fast one is in doubt; its absence is an error.

    Raises:
        BadValue: no such part.
        WrongUse: both ``only`` and ``without`` are given.
        MissingModel, MissingExtra: something was asked for by name and is not here.
    """
    for name in {*(only or ()), *without} - set(PARTS):
        raise BadValue("part", name, "one of " + ", ".join(PARTS))
    if only is not None and without:
        raise WrongUse("--only and --without exclude each other.", advice="Name the parts one way.")
    store = pretrained_models(home)
    makers: dict[str, Callable[[], Any]] = {
        "faces": lambda: BlazeFace(store.locate(card("faces"))),
        "objects": lambda: NanoDet(store.locate(card("nanodet")) / NANODET),
        "text": lambda: PaddleReader(store.locate(card("ocr"))),
        "speech": lambda: voice_activity(home),
        "compliance": lambda: OpenNsfw(store.locate(card("open-nsfw")) / "open-nsfw.onnx"),
    }
    made: dict[str, Any] = {}
    notices, left = [], []
    for name in PARTS:
        if name in without or (only is not None and name not in only):
            left.append(name)
            notices.append(f"{_NAMES.get(name, name)}: left out as asked.")
            continue
        try:
            made[name] = makers[name]()
        except Missing as error:
            if only is not None:
                raise
            left.append(name)
            notices.append(f"{_NAMES.get(name, name)}: {error.message} {error.advice}")
    eyes = None
    if "faces" in made:
        try:
            eyes = Iris(store.locate(card("eyes")))
        except Missing as error:  # pictures are chosen without it, which is told
            notices.append(f"open eyes of key frames: {error.message} {error.advice}")
    closer = TransNet(store.locate(card("transnet-v2")) / TRANSNET) if careful else None
    looker = Looker(made.get("faces"), made.get("objects"), made.get("text"), made.get("compliance"), eyes)
    language_of = _languages(home, notices) if "text" in made else _unknown
    names = tuple(_NAMES.get(name, name) for name in left)
    return Parts(looker, made.get("speech"), closer, language_of, tuple(made), names, tuple(notices))


def _unknown(_text: str) -> None:
    return None


def _languages(home: Path | None, notices: list[str]) -> Callable[[str], str | None]:
    try:
        detector = text_tools(home).detector
    except Missing as error:
        notices.append(f"languages of onscreen_text: {error.message} {error.advice}")
        return _unknown

    def language_of(text: str) -> str | None:
        guess = detector.detect(text)
        return str(guess.language) if guess.language else None

    return language_of
