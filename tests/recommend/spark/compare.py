"""Spark beside the local engine on one workspace; prints one JSON document.

A process of its own, as a Java machine and its sockets outlive what a test may leave behind.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from crossreel.app import App, open_app
from crossreel.audience.event import Event, EventKind, Scale
from crossreel.audience.importing import import_audience
from crossreel.audience.interactions import Interactions, interactions_from
from crossreel.recommend.evaluate.metrics import mean_over_tested, ndcg_at
from crossreel.recommend.factors import ImplicitAls
from crossreel.recommend.neighbors import TitleNeighbors
from crossreel.recommend.ranking import rank
from crossreel.recommend.roles import TrainingContext
from crossreel.recommend.similarity import nearest_rows, tf_idf
from crossreel.recommend.spark import SparkFit, score, session
from crossreel.testing.recommender_suite import of_likes, tastes
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory
from crossreel.values.vocabulary import Vocabulary

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def events(rng: np.random.Generator) -> list[Event]:
    """Two thousand events of every kind, many about one pair, some without time, value or place."""
    made = []
    for number in range(2000):
        kind = list(EventKind)[int(rng.integers(len(EventKind)))]
        value: float | None = {
            EventKind.RATING: float(rng.integers(1, 6)),
            EventKind.REVIEW: float(rng.integers(1, 6)),
            EventKind.THUMBS: float(rng.choice([-1, 1])),
            EventKind.LIST_ADD: float(rng.integers(0, 2)),
            EventKind.VIEW: round(float(rng.random()), 2),
        }.get(kind, 1.0)
        if kind not in {EventKind.RATING, EventKind.THUMBS} and rng.random() < 0.1:
            value = None
        made.append(
            Event(
                kind,
                ViewerId("crowd", str(int(rng.integers(40)))),
                TitleId("made", str(int(rng.integers(12)))),
                None if rng.random() < 0.05 else NOON + timedelta(seconds=number),
                value,
                Scale(1, 5) if kind is EventKind.RATING else None,
                territory=None if rng.random() < 0.3 else Territory(str(rng.choice(["DE", "BR", "JP"]))),
            )
        )
    return made


def differences(left: Interactions, right: Interactions) -> list[str]:
    """Names of the fields that are not equal to the last bit."""
    found = []
    for field in fields(Interactions):
        one, other = getattr(left, field.name), getattr(right, field.name)
        if isinstance(one, sp.csr_array):
            same = all(np.array_equal(getattr(one, part), getattr(other, part)) for part in one_parts())
        else:
            same = np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other
        if not same:
            found.append(field.name)
    return found


def one_parts() -> tuple[str, ...]:
    return ("data", "indices", "indptr")


def compare(app: App, spark: Any, out: Path) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    app.events.append(events(rng))
    app.events.compact()
    few = out.with_name("few.csv")  # an import whose segment lacks place, value and scale
    few.write_text("viewer,title,time\nnew,3,2026-02-01T00:00:00Z\n0,11,2026-02-02T00:00:00Z\nnew,4,\n")
    import_audience(
        few,
        log=app.events,
        viewers=app.viewers,
        catalog=app.catalog,
        format="csv",
        source="made",
        kind="positive",
    )
    cluster = SparkFit(spark, app._segments(), tasks=3)
    tops = {TitleId("made", "11"): TitleId("made", "10")}
    titles = Vocabulary(TitleId("made", str(n)) for n in range(11))
    kinds = tuple(kind for kind in EventKind if kind is not EventKind.IMPRESSION)
    local = interactions_from(app.events.columns(kinds=kinds), aliases=tops, titles=titles)
    report: dict[str, Any] = {"interactions": differences(local, cluster.interactions(tops, titles))}
    report["pairs"] = int(local.seen.nnz)
    report["driver_bytes"] = spark._jvm.java.lang.Runtime.getRuntime().maxMemory()

    split = tastes()
    data = of_likes(split.train)
    neighbors = TitleNeighbors(k=20)
    by_spark = cluster.fit(neighbors, data, TrainingContext()).arrays()
    weights = tf_idf(sp.csr_array(split.train.T))
    alone = nearest_rows(weights, sp.csr_array(weights.T), slice(0, weights.shape[0]), 20, shrinkage=2.0)
    report["neighbors_exact"] = all(
        np.array_equal(by_spark[part], getattr(alone, part)) for part in one_parts()
    )
    report["neighbors"] = int(alone.nnz)
    dense = neighbors.fit(data).arrays()
    report["neighbors_of_local_model"] = float(
        abs(sp.csr_array(tuple(dense[p] for p in one_parts())) - alone).max() / alone.data.max()
    )
    wide = sp.csr_array((rng.random((60, 3000)) < 0.004).astype(np.float32))
    sparse = of_likes(wide)
    mine, theirs = (
        TitleNeighbors(k=5).fit(sparse).arrays(),
        cluster.fit(TitleNeighbors(k=5), sparse, TrainingContext()).arrays(),
    )
    report["local_model_exact"] = all(np.array_equal(mine[part], theirs[part]) for part in one_parts())

    als = ImplicitAls(factors=16, rounds=4)
    ndcg = [
        mean_over_tested(
            ndcg_at(10, rank(model, split.train, split.known_at_test, 10, threads=1), split.test)
        )
        for model in (als.fit(data), cluster.fit(als, data, TrainingContext()))
    ]
    report["als_ndcg"] = ndcg
    model = neighbors.fit(data)
    known = replace(data.interactions)
    report["scored"] = score(cluster, neighbors, model, known, 5, out)
    rows = spark.read.parquet(str(out)).where("viewer = 'made:00007'").orderBy("place").collect()
    expected = rank(model, known.liked[[7]], known.seen[[7]], 5, threads=1)[0]
    report["scored_right"] = [row["title"] for row in rows] == [str(known.titles.ids[n]) for n in expected]
    return report


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    workspace = open_app(folder / "home", create=True)
    try:
        few = {
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.adaptive.enabled": "false",
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
        }
        with session("local[2]", memory="1G", settings=few) as running:
            print(json.dumps(compare(workspace, running, folder / "scores")))
    finally:
        workspace.close()
