"""Spark gives what the local engine gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from crossreel.errors import BadValue
from crossreel.recommend.neighbors import TitleNeighbors
from crossreel.recommend.roles import TrainingContext
from crossreel.recommend.spark import SparkFit, driver_memory, session
from crossreel.testing.recommender_suite import of_likes

COMPARE = Path(__file__).with_name("compare.py")


@pytest.fixture(scope="module")
def report(tmp_path_factory, debian):
    debian("java", package="openjdk-17-jre-headless")
    folder = tmp_path_factory.mktemp("spark")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, str(COMPARE), str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_events_become_the_same_pairs(report):
    assert report["pairs"] > 300
    assert report["interactions"] == []


def test_neighbors_are_equal_to_the_last_bit(report):
    assert report["neighbors"] > 1000
    assert report["neighbors_exact"]
    assert report["local_model_exact"]
    assert report["neighbors_of_local_model"] < 1e-6, "dense products round otherwise"


def test_als_ranks_as_well_within_one_percent(report):
    local, spark = report["als_ndcg"]
    assert local > 0.15
    assert spark == pytest.approx(local, rel=0.01)


def test_batch_scores_are_those_of_the_model(report):
    assert report["scored"] == 300 * 5
    assert report["scored_right"]


def test_the_driver_gets_the_memory_that_was_asked_for(report):
    assert 0.9 * 2**30 < report["driver_bytes"] <= 2**30, "the serial collector keeps a part to itself"


@pytest.mark.parametrize(("text", "size"), [("8g", "8g"), (" 1536MB ", "1536m"), ("524288k", "524288k")])
def test_memory_as_java_writes_it(text, size):
    assert driver_memory(text) == size


@pytest.mark.parametrize("text", ["", "8", "1.5g", "-2g", "511m", "0g", "lots", "2g -XX:+Exit", "٨g"])
def test_a_memory_that_is_no_size_is_refused_before_java_starts(text, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(BadValue, match="driver memory"), session("local[1]", memory=text):
        pass


def test_a_setting_without_a_job_is_refused_before_any_work():
    class NoSpark:
        sparkContext = type("Context", (), {"defaultParallelism": 1})

    with pytest.raises(BadValue, match="asymmetry on Spark"):
        SparkFit(NoSpark()).fit(TitleNeighbors(asymmetry=0.3), of_likes(np.eye(3)), TrainingContext())
