"""PP-OCRv6 small: finds and reads lines of text, from the package of RapidOCR."""

from __future__ import annotations

from crossreel.models.card import ModelCard, ModelFile, Package, Packages

__all__ = ["CARD"]

_FILES = (
    (
        "PP-OCRv6_det_small.onnx",
        "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
        9_929_594,
    ),
    (
        "PP-OCRv6_rec_small.onnx",
        "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
        21_234_383,
    ),
)

CARD = ModelCard(
    name="ocr",
    task="text in pictures",
    title="PP-OCRv6 small, detection and recognition",
    revision="rapidocr-3.10.0",
    code_license="Apache-2.0",
    weights_license="Apache-2.0",
    languages=("en", "fr", "es", "de", "pt", "it", "pl", "tr", "zh", "ja"),
    files=tuple(ModelFile(*facts) for facts in _FILES),
    origins=(
        Packages(
            (
                Package(
                    "pypi",
                    "rapidocr",
                    "3.10.0",
                    "rapidocr-3.10.0-py3-none-any.whl",
                    "2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050",
                    tuple((f"rapidocr/models/{name}", name) for name, _, _ in _FILES),
                ),
            )
        ),
    ),
    extra="vision",
    note="Finds lines in any script and reads Latin letters, Chinese and Japanese; Cyrillic, Arabic, Hangul, "
    "Devanagari and Thai it does not.",
)
