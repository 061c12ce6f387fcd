import threading

from crossreel.jobs.periodic import Periodic


def test_it_runs_again_after_a_failure_and_stops_when_left() -> None:
    calls: list[int] = []
    enough = threading.Event()

    def action() -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            raise RuntimeError("first turn fails")
        enough.set()

    with Periodic("test", 0.01, action):
        assert enough.wait(10)
    count = len(calls)
    assert count >= 2
    assert not any(thread.name == "test" for thread in threading.enumerate())


def test_zero_seconds_switch_it_off() -> None:
    with Periodic("never", 0, lambda: None):
        assert not any(thread.name == "never" for thread in threading.enumerate())
