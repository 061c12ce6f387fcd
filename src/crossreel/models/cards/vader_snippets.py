"""Human-scored review snippets that the sentiment head is trained on (Hutto & Gilbert 2014)."""

from __future__ import annotations

from crossreel.models.card import ModelCard, ModelFile, Package, Packages

__all__ = ["CARD"]

CARD = ModelCard(
    name="vader-snippets",
    task="training data",
    title="10,605 film and 3,708 product review snippets with mean human scores",
    revision="vaderSentiment-3.3.2",
    code_license="MIT",
    weights_license="MIT package; the film snippets were written for Rotten Tomatoes: not to be shipped",
    languages=("en",),
    files=(
        ModelFile(
            "hutto_ICWSM_2014.tar.gz",
            "d5bb07d87474b3eb8d30b4deccbc23f19d742a6c5718fbacc65485b70b95c5fa",
            2_338_514,
        ),
    ),
    origins=(
        Packages(
            (
                Package(
                    "pypi",
                    "vaderSentiment",
                    "3.3.2",
                    "vaderSentiment-3.3.2.tar.gz",
                    "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
                    (
                        (
                            "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz",
                            "hutto_ICWSM_2014.tar.gz",
                        ),
                    ),
                ),
            )
        ),
    ),
    extra="text",
    note="Needed to train the shipped head again, not to use it.",
)
