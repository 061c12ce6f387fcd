"""``crossreel models``: the pretrained models: what there is, bringing them here, checking them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, progress_bar, table
from crossreel.errors import WrongUse

if TYPE_CHECKING:
    from crossreel.models.store import ModelStore

__all__ = ["VERBS"]

_FINDINGS = 3


def list_(
    task: Annotated[str | None, typer.Option("--task", help="Only those of one task.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List the pretrained models: task, languages, licenses, size, and whether they are here."""
    from crossreel.app import pretrained_models
    from crossreel.models.registry import all_cards

    store = pretrained_models(home)
    cards = [card for card in all_cards().values() if task in (None, card.task)]
    rows: list[dict[str, Any]] = [
        {**one.to_dict(), "present": store.has(one), "origin": store.origin(one)} for one in cards
    ]
    shown = [
        (
            r["name"],
            r["task"],
            f"{r['bytes'] / 1e6:.1f} MB",
            r["weights_license"],
            "yes" if r["present"] else "",
        )
        for r in rows
    ]
    emit(
        {"folder": str(store.folder), "models": rows},
        as_json,
        lambda: table(("name", "task", "size", "license of the weights", "here"), shown),
    )


def pull(
    names: Annotated[list[str] | None, typer.Argument(help="Models by name.", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder (or the one file) that holds the model already.")
    ] = None,
    accept_other: Annotated[
        bool, typer.Option("--accept-other", help="With --from: take files that the card does not name.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Bring models to this machine; every file's checksum is compared before it is used."""
    from crossreel.app import pretrained_models
    from crossreel.models.registry import all_cards, card

    if bool(names) == everything:
        raise WrongUse("Name the models to pull, or say --all.", advice="See: crossreel models list.")
    if source and len(names or ()) != 1:
        raise WrongUse("--from goes with one model.", advice="Name the one whose files they are.")
    wanted = list(all_cards().values()) if everything else [card(name) for name in names or ()]
    store = pretrained_models(home)
    pulled = []
    with progress_bar() as progress:
        for one in wanted:
            announce(f"{one.name}: {one.title}, {one.size / 1e6:.1f} MB")
            folder = store.pull(one, progress, given=source, accept_other=accept_other)
            pulled.append({"name": one.name, "folder": str(folder), "origin": store.origin(one)})
    emit(
        {"models": pulled},
        as_json,
        lambda: table(("name", "folder"), [(p["name"], p["folder"]) for p in pulled]),
    )


def verify(
    names: Annotated[
        list[str] | None, typer.Argument(help="Models by name; all that are here otherwise.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read the files of the models again and compare their checksums; ends with 3 where one is damaged."""
    from dataclasses import asdict

    from crossreel.app import pretrained_models
    from crossreel.models.registry import all_cards, card

    store: ModelStore = pretrained_models(home)
    cards = [card(name) for name in names] if names else [c for c in all_cards().values() if store.has(c)]
    found = [store.verify(one) for one in cards]
    rows = [(one.name, one.state, one.problem) for one in found]
    emit(
        {"models": [asdict(one) for one in found]},
        as_json,
        lambda: table(("name", "state", "problem"), rows),
    )
    if any(one.state == "damaged" for one in found):
        announce("Pull what is damaged again: crossreel models pull NAME, after removing its folder.")
        raise typer.Exit(_FINDINGS)
    if names and any(one.state == "absent" for one in found):
        store.locate(next(c for c, one in zip(cards, found, strict=True) if one.state == "absent"))


VERBS = {"list": list_, "pull": pull, "verify": verify}
"""Verbs in the order that help lists them."""
