from __future__ import annotations

from crossreel.rights.bounded import BoundedCache


def test_the_least_recently_used_goes_first() -> None:
    cache: BoundedCache[str, int] = BoundedCache(30)
    for number, key in enumerate("abc"):
        cache.put(key, number, 10)
    assert cache.get("a") == 0
    cache.put("d", 3, 10)
    assert [cache.get(key) for key in "abcd"] == [0, None, 2, 3]


def test_a_value_over_the_budget_is_not_kept() -> None:
    cache: BoundedCache[str, int] = BoundedCache(30)
    cache.put("a", 1, 31)
    assert cache.get("a") is None
    assert len(cache) == 0


def test_a_new_value_of_a_key_takes_the_old_ones_room() -> None:
    cache: BoundedCache[str, int] = BoundedCache(30)
    for number in range(10):
        cache.put("a", number, 20)
    cache.put("b", 0, 10)
    assert (cache.get("a"), cache.get("b")) == (9, 0)
