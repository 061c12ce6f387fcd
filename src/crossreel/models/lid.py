"""Runs fastText's language identification model."""

from __future__ import annotations

from pathlib import Path

from crossreel.errors import MissingExtra, MissingModel

__all__ = ["FastTextLanguages"]


class FastTextLanguages:
    """Guesses the language of one line.

    Args:
        weights: ``lid.176.ftz``.

    Raises:
        MissingExtra: fasttext-predict is not installed.
        MissingModel: the file is none.
    """

    def __init__(self, weights: Path) -> None:
        try:
            import fasttext
        except ImportError as error:
            raise MissingExtra("fasttext-predict", "text") from error
        try:
            self._model = fasttext.load_model(str(weights))
        except (ValueError, RuntimeError) as error:
            raise MissingModel(
                f"The weights {weights} cannot be loaded: {error}.",
                advice="Run: crossreel models verify lid-176",
            ) from error

    def __call__(self, line: str, most: int = 5) -> list[tuple[str, float]]:
        """ISO 639 codes with their probabilities, the likeliest first; ``line`` holds no line break."""
        found = self._model.predict(line.replace("\n", " "), k=most, threshold=0.0)
        labels, probabilities = found
        return [
            (label.removeprefix("__label__"), min(float(probability), 1.0))
            for label, probability in zip(labels, probabilities, strict=True)
        ]
