"""``crossreel experiment``: live experiments in the storefront."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crossreel.cli.rows import read_documents
from crossreel.cli.terminal import Home, Json, emit, opened, table
from crossreel.errors import BadValue

__all__ = ["VERBS"]

Id = Annotated[str, typer.Argument(metavar="ID", help="Experiment id.")]


def start(
    experiment: Annotated[str, typer.Argument(help="An experiment as JSON, or a file that holds one.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Start an experiment; viewers are dealt by a hash and keep their variant."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.experiments import put_experiment

    documents = read_documents(experiment, "experiment")
    if len(documents) != 1:
        raise BadValue("experiment", len(documents), "one")
    with opened(home) as app:
        found = put_experiment(app, COMMAND_LINE, documents[0]).to_dict()
        emit(found, as_json, lambda: typer.echo(f"{found['id']} is {found['state']}."))


def show(id_: Id, home: Home = None, as_json: Json = False) -> None:
    """Say what an experiment shows so far; ask as often as you like."""
    from crossreel.desk.experiments import results

    with opened(home) as app:
        document = results(app, id_)
        emit(document, as_json, lambda: _print(document))


def list_(home: Home = None, as_json: Json = False) -> None:
    """List the experiments."""
    from crossreel.desk.experiments import experiments

    with opened(home) as app:
        found = [one.to_dict() for one in experiments(app)]
        columns = ("id", "state", "outcome", "share", "note")
        shown = [tuple(one[column] for column in columns) for one in found]
        emit({"experiments": found}, as_json, lambda: table(columns, shown))


def stop(id_: Id, home: Home = None, as_json: Json = False) -> None:
    """Stop an experiment: everybody gets the usual answer again."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.experiments import stop_experiment

    with opened(home) as app:
        found = stop_experiment(app, COMMAND_LINE, id_).to_dict()
        emit(found, as_json, lambda: typer.echo(f"{id_} is stopped."))


def _print(document: dict[str, Any]) -> None:
    rows = [
        (
            one["variant"],
            one["outcome"] + (" (guardrail)" if one["is_guardrail"] else ""),
            " / ".join(map(str, one["viewers"])),
            " / ".join(f"{mean:.4f}" for mean in one["means"]),
            f"{one['difference']:+.4f}",
            "" if one["interval"] is None else "[{:+.4f}, {:+.4f}]".format(*one["interval"]),
            f"{one['p']:.4f}",
            one["decision"],
        )
        for one in document["comparisons"]
    ]
    columns = ("variant", "outcome", "viewers", "means", "difference", "always valid", "p", "")
    table(columns, rows, title=f"{document['id']}, {document['state']}")
    typer.echo(document["advice"])


VERBS = {"start": start, "show": show, "list": list_, "stop": stop}
