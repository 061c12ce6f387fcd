"""``crossreel recommend``: train models, and ask them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.choosing import choose
from crossreel.cli.evaluation import evaluate
from crossreel.cli.logged import counterfactual
from crossreel.cli.rows import VERBS as ROW_VERBS
from crossreel.cli.terminal import Home, Json, announce, emit, opened, progress_bar, table
from crossreel.errors import BadValue, WrongUse

if TYPE_CHECKING:
    from crossreel.app import App
    from crossreel.recommend.top import TopList

__all__ = ["VERBS"]

Count = Annotated[int, typer.Option("-n", "--count", min=1, help="How many titles.")]
At = Annotated[str | None, typer.Option(help="ISO 8601 instant; default is now.")]
InTerritory = Annotated[str, typer.Option(help="ISO 3166-1 alpha-2 code.")]
Algorithm = Annotated[str | None, typer.Option(help="Which trained model; default is the active one.")]
InLanguage = Annotated[str, typer.Option(help="Language of names and reasons, BCP 47.")]


def train(
    algorithm: Annotated[
        str,
        typer.Option(help="A name of the guide's table of algorithms, such as ease, als or sasrec."),
    ] = "ease",
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of the algorithm: name=value; repeat it.")
    ] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda, of networks.")] = "cpu",
    measure: Annotated[
        bool,
        typer.Option(help="Also hold a part out and write down how well it is found; takes twice as long."),
    ] = False,
    spark: Annotated[
        str | None, typer.Option(help="Train on Spark at this URL, such as local[*] or spark://host:7077.")
    ] = None,
    spark_folder: Annotated[
        Path | None, typer.Option(help="A folder that Spark's driver and workers see; default is temporary.")
    ] = None,
    spark_memory: Annotated[
        str | None, typer.Option(help="Memory of Spark's driver, such as 8g or 1536m; default is 2g.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Train a model on the audience's events and make it the active one.

    A network's training that was cut off goes on where it was when it is asked for again.
    """
    if spark is None and (spark_folder or spark_memory):
        raise WrongUse(
            "--spark-folder and --spark-memory say how to train on Spark, which was not asked for.",
            advice="Name Spark's URL with --spark, for example --spark 'local[*]'.",
        )
    with (
        opened(home) as app,
        progress_bar() as progress,
        app.cluster(spark, spark_folder, spark_memory) as cluster,
    ):
        card = app.shelf.train(
            algorithm,
            _config(set_),
            cluster=cluster,
            device=device,
            measure=measure,
            progress=progress,
        )
        document = asdict(card)
        rows = [
            (key, document[key])
            for key in ("id", "algorithm", "titles", "viewers", "interactions", "seconds")
        ]
        rows += [(key, value) for key, value in card.notes.get("metrics", {}).items()]
        emit(document, as_json, lambda: table(("", ""), rows))


def _config(settings: list[str] | None) -> dict[str, Any]:
    import json

    config: dict[str, Any] = {}
    for setting in settings or ():
        name, equals, value = setting.partition("=")
        if not equals:
            raise BadValue("setting", setting, "of the form name=value")
        try:
            config[name.strip()] = json.loads(value)
        except json.JSONDecodeError:
            config[name.strip()] = value.strip()
    return config


def top(
    viewer: Annotated[str, typer.Option(help="Viewer id; an unknown one gets what is popular there.")],
    territory: InTerritory,
    count: Count = 10,
    mode: Annotated[str | None, typer.Option(help="Only what is open this way.")] = None,
    algorithm: Algorithm = None,
    at: At = None,
    device: Annotated[
        str, typer.Option(help="On what, as events name it; minded by contextual models.")
    ] = "",
    language: InLanguage = "en",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Recommend titles to a viewer in a territory, with reasons."""
    from crossreel.rights.license import Mode
    from crossreel.values.territory import Territory
    from crossreel.values.window import parse_instant

    with opened(home) as app:
        found = app.shelf.top(
            app.viewer_id(viewer, must_exist=False),
            Territory.parse(territory),
            count,
            mode=Mode.read(mode) if mode else None,
            at=parse_instant(at) if at else None,
            algorithm=algorithm,
            device=device,
        )
        document = {"viewer": str(found.viewer), **_listed(app, found, language)}
        emit(document, as_json, lambda: _print(document))
        _explain_emptiness(app, found)


def similar(
    title: Annotated[str, typer.Argument(help="Title id, source:id.")],
    territory: InTerritory,
    count: Count = 10,
    at: At = None,
    language: InLanguage = "en",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List what is most like a title, among what is open in a territory."""
    from crossreel.values.territory import Territory
    from crossreel.values.window import parse_instant

    with opened(home) as app:
        id_ = app.title_id(title)
        instant = parse_instant(at) if at else None
        found = app.shelf.similar(id_, Territory.parse(territory), count, at=instant)
        document = {"title": str(id_), **_listed(app, found, language)}
        emit(document, as_json, lambda: _print(document))


def models(home: Home = None, as_json: Json = False) -> None:
    """List the trained models; the active one first."""
    with opened(home) as app:
        cards = [asdict(card) for card in app.shelf.cards()]
        active, columns = app.shelf.active(), ("id", "", "titles", "viewers", "fit s")
        rows = [
            (one["id"], "active" if one["id"] == active else "", one["titles"], one["viewers"], seconds)
            for one in cards
            for seconds in (f"{one['seconds']:.2f}",)
        ]
        emit({"models": cards}, as_json, lambda: table(columns, rows, whole=columns))


def activate(
    model: Annotated[str, typer.Argument(help="Model id, from `recommend models`.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a trained model the active one."""
    with opened(home) as app:
        app.shelf.activate(model)
        emit({"active": model}, as_json, lambda: typer.echo(f"{model} is active."))


def _explain_emptiness(app: App, found: TopList) -> None:
    if not found.items and not app.licenses.count():
        announce(app.no_license_hint)
    elif not app.shelf.cards():
        announce("No model is trained yet; train one with: crossreel recommend train --algorithm ease")


def _listed(app: App, found: TopList, language: str) -> dict[str, Any]:
    from crossreel.values.language import Language
    from crossreel.web.recommended import show_items
    from crossreel.web.wording import Wording

    asked = Language.parse(language)
    wording = Wording.in_language(asked, app.catalog)
    return {
        "territory": found.territory.code,
        "algorithm": found.algorithm,
        "items": show_items(app, found.items, wording, asked, found.territory),
    }


def _print(document: dict[str, Any]) -> None:
    rows = [
        (
            place,
            item["title"],
            item["title_id"],
            f"{item['score']:.3f}",
            item["path"],
            "; ".join(reason["text"] for reason in item["reasons"]),
        )
        for place, item in enumerate(document["items"], 1)
    ]
    table(
        ("", "title", "id", "score", "path", "why"),
        rows,
        title=f"{document['algorithm']} in {document['territory']}",
    )


VERBS = {
    "train": train,
    "top": top,
    "similar": similar,
    "evaluate": evaluate,
    "choose": choose,
    "counterfactual": counterfactual,
    "models": models,
    "activate": activate,
    **ROW_VERBS,
}
