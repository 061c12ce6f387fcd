"""While it serves: models are swapped without a failed request, new events and titles are there at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal

from crossreel.testing.small_world import DE, film, viewer, western


def test_models_are_swapped_under_load_without_a_failed_request(world):
    ids = [world.shelf.train(name, activate=False).id for name in ("popular", "ease", "title-neighbors")]
    world.shelf.activate(ids[0])
    stop, answered = Signal(), []

    def ask(who):
        served = set()
        while not stop.is_set():
            page = world.shelf.page(viewer(who), DE, 4)
            found = world.shelf.top(viewer(who), DE, 4)
            assert page.rows
            assert found.items
            served.add(found.algorithm)
            answered.append(found.algorithm)
        return served

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask, who) for who in (0, 1, "stranger")]
        try:
            for turn in range(6):
                world.shelf.activate(ids[turn % 3])
                world.shelf.train("title-neighbors", {"k": 10 + turn})  # older ones are deleted meanwhile
                time.sleep(0.02)
        finally:
            stop.set()
        served = set().union(*(one.result() for one in asking))
    assert len(answered) > 20
    assert len(served) >= 2, "requests were answered by more than one model"


def test_a_new_title_is_reachable_in_the_next_request(world):
    world.shelf.train("ease", {"lam": 10})
    world.add(western("fresh"), where="DE")
    assert "fresh" in [item.title.key for item in world.shelf.top(viewer(0), DE, 5).items]
    assert world.shelf.similar(film("fresh"), DE, 3).items


def test_folding_new_events_in_takes_less_than_five_milliseconds(world):
    world.shelf.train("ease", {"lam": 10})
    spent = []
    for turn in range(40):
        world.rate("folded", f"w{turn % 5}", 5 if turn % 2 else 4, days_ago=0)
        began = time.process_time()
        placed = world.shelf._present.placed(None)
        history = world.shelf._present.history(viewer("folded"), placed)
        placed.scores(history.liked)
        spent.append(time.process_time() - began)
    assert sorted(spent)[len(spent) // 2] < 0.005
