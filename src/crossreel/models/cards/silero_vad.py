"""Silero's voice activity detector, version 6, 16 kHz, many windows a call."""

from __future__ import annotations

from crossreel.models.card import ModelCard, ModelFile, Package, Packages

__all__ = ["CARD"]

_NAME = "silero_vad_16k_sequence.onnx"

CARD = ModelCard(
    name="silero-vad",
    task="voice activity",
    title="Silero VAD 6, 16 kHz, ONNX",
    revision="6.2.3",
    code_license="MIT",
    weights_license="MIT",
    languages=("many",),
    files=(ModelFile(_NAME, "9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85", 1_246_165),),
    origins=(
        Packages(
            (
                Package(
                    "pypi",
                    "silero-vad",
                    "6.2.3",
                    "silero_vad-6.2.3-py3-none-any.whl",
                    "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
                    ((f"silero_vad/data/{_NAME}", _NAME),),
                ),
            )
        ),
    ),
    extra="vision",
    note="Finds speech, not who speaks or what; singing over music is often taken for none.",
)
