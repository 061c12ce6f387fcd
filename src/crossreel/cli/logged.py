"""``crossreel recommend counterfactual``: what an algorithm would have earned, from logged impressions."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, opened, table

__all__ = ["counterfactual"]


def counterfactual(
    algorithms: Annotated[str, typer.Option(help="Names, comma-separated.")] = "popular,ease",
    learn: Annotated[
        float, typer.Option(help="Share of the impressions, by time, before which is learned.")
    ] = 0.5,
    temperature: Annotated[
        float, typer.Option(help="Of the policy; small always shows the best, large shows anything.")
    ] = 1.0,
    hours: Annotated[float, typer.Option(help="In which a view after an impression counts.")] = 24.0,
    clip: Annotated[float | None, typer.Option(help="Cut weights above this.")] = None,
    seed: Annotated[int, typer.Option(help="Of the models and the intervals.")] = 42,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Estimate what algorithms would have earned from what was shown and logged with its probability.

    Each algorithm learns from the first part of the log; first places shown later are weighed by how
    likely it would have shown them itself: IPS, SNIPS and doubly robust, with warnings where the log
    says too little.
    """
    from crossreel.desk.measuring import estimate

    names = [name.strip() for name in algorithms.split(",") if name.strip()]
    with opened(home) as app:
        document = estimate(
            app, names, learn=learn, temperature=temperature, hours=hours, clip=clip, seed=seed
        )
    emit(document, as_json, lambda: _print(document["policies"]))


def _told(one: dict[str, Any] | None) -> str:
    return "" if one is None else f"{one['value']:.4f} [{one['ci95'][0]:.4f}, {one['ci95'][1]:.4f}]"


def _print(found: dict[str, Any]) -> None:
    table(
        ("policy", "ips", "snips", "doubly robust", "as logged", "rows", "effective"),
        [
            (
                name,
                _told(one["ips"]),
                _told(one["snips"]),
                _told(one["dr"]),
                _told(one["logged"]),
                one["rows"],
                f"{one['effective']:.0f}",
            )
            for name, one in found.items()
        ],
    )
    for name, one in found.items():
        for warning in one["warnings"]:
            announce(f"{name}: {warning}")
