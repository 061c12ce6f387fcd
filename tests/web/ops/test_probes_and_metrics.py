"""What supervisors and monitoring see."""

from __future__ import annotations

import pytest

from crossreel.accounts.access import add_operator, issue_token
from crossreel.accounts.operator import Permission, Role
from crossreel.web.metrics import MOST_SERIES, Counter, Histogram, Metrics

LOCAL = {"host": "127.0.0.1:8420"}


def test_health_answers_without_secrets(visitor):
    answer = visitor.get("/health")
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "version"}
    assert answer.headers["cache-control"] == "no-store"


def test_ready_while_everything_works(visitor):
    answer = visitor.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"database": "ok", "events": "ok", "model": "ok"},
    }


@pytest.mark.parametrize(
    ("check", "breaking"),
    [
        ("database", "crossreel.app.can_write"),
        ("events", "crossreel.storage.events.log.StoredEventLog.history"),
        ("model", "crossreel.recommend.top.Shelf.popular"),
    ],
)
def test_unready_names_what_fails_and_nothing_else(stage, monkeypatch, check, breaking):
    def broken(*_args, **_kwargs):
        raise OSError("/secret/path is gone")

    monkeypatch.setattr(breaking, broken)
    visitor = stage.visitor()
    answer = visitor.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"][check] == "failed"
    assert "secret" not in answer.text
    assert visitor.get("/health").status_code == 200


def test_a_busy_writer_is_not_unready(stage):
    with stage.app.atomic():
        assert stage.app.readiness()["database"]


def test_a_database_without_its_file_is_unready(stage, tmp_path):
    assert stage.app.readiness()["database"]
    for file in tmp_path.glob("crossreel.sqlite3*"):
        file.unlink()
    assert not stage.app.readiness()["database"]


def test_metrics_count_requests_by_template(stage):
    visitor = stage.visitor()
    visitor.get("/title/tiny:leon?secret=mine")
    visitor.get("/title/tiny:nothing-of-the-kind")
    visitor.get("/no/such/page")
    text = local(visitor).text
    assert 'route="/title/{id:path}"' in text
    assert 'route="none",status="404"' in text
    assert "crossreel_http_request_duration_seconds_bucket" in text
    assert 'crossreel_jobs_open{state="queued"} 0' in text
    assert "crossreel_page_cache_total" in text
    assert "process_cpu_seconds_total" in text
    assert "secret" not in text
    assert "nothing-of-the-kind" not in text


def local(visitor, **headers):
    """Asks for the metrics as a program on the same machine does."""
    visitor.client._transport.client = ("127.0.0.1", 50000)
    return visitor.client.get("/metrics", headers={**LOCAL, **headers})


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "203.0.113.5"},
        {"forwarded": "for=203.0.113.5"},
        {"host": "films.example"},
        {"authorization": "Bearer crossreel_x_y"},
    ],
)
def test_what_a_proxy_forwards_is_not_local(stage, headers):
    refused = {"x-real-ip": "203.0.113.5", **headers} if "authorization" in headers else headers
    assert local(stage.visitor(), **refused).status_code == 403


def test_strangers_need_a_token_that_may_read(stage):
    visitor = stage.visitor()
    assert visitor.get("/metrics").status_code == 403
    app = stage.app
    add_operator(app.accounts, "prometheus", Role.REPORTER, "a long enough passphrase", app.clock())
    token = issue_token(app.accounts, "prometheus", "scrape", frozenset({Permission.READ}), app.clock()).text
    answer = visitor.get("/metrics", authorization=f"Bearer {token}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


def test_nobody_can_make_the_families_grow():
    counter, histogram = Counter("c", "", ("route",)), Histogram("h", "", ("route",))
    for number in range(3 * MOST_SERIES):
        counter.add(str(number))
        histogram.observe(0.01, str(number))
    lines = list(counter.samples())
    assert len(lines) == MOST_SERIES + 1
    assert f'c{{route="other"}} {2 * MOST_SERIES}' in lines
    assert sum(line.startswith("h_count") for line in histogram.samples()) == MOST_SERIES + 1


def test_the_text_is_what_prometheus_reads():
    metrics = Metrics(lambda: {"queued": 2})
    metrics.requests.add("GET", '/a"b\\c\n', "200")
    for seconds in (0.0005, 0.001, 0.3, 99.0):
        metrics.durations.observe(seconds, "/")
    text = metrics.text()
    assert text.endswith("\n")
    assert r'route="/a\"b\\c\n"' in text
    assert 'duration_seconds_bucket{route="/",le="0.001"} 2' in text  # the limit belongs to its bucket
    assert 'duration_seconds_bucket{route="/",le="+Inf"} 4' in text
    assert 'duration_seconds_count{route="/"} 4' in text
    assert 'crossreel_jobs_open{state="queued"} 2' in text
