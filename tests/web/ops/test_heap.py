import asyncio
import ctypes
import os
import platform
from pathlib import Path

import pytest

from crossreel.web.heap import give_back_regularly, share_one_heap

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps what is freed")


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def given_back(until: int) -> None:
    task = asyncio.create_task(give_back_regularly(0.01))
    for _ in range(500):
        if resident() < until:
            break
        await asyncio.sleep(0.01)
    task.cancel()


def test_what_is_freed_between_things_that_stay_goes_back():
    share_one_heap()
    ctypes.CDLL(None).malloc_trim(0)  # what other tests freed would be taken first and not count
    before = resident()
    pieces = [bytes(1000) for _ in range(80_000)]
    staying = pieces[::100]
    high = resident() - before
    assert high > 60 << 20
    del pieces
    asyncio.run(given_back(until=before + high // 4))
    assert resident() - before < high // 4
    assert len(staying) == 800
