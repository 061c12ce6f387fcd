import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps what is freed")

ALONE = """
import asyncio, os
from pathlib import Path

from crossreel.web.heap import give_back_regularly, share_one_heap


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def given_back(until):
    task = asyncio.create_task(give_back_regularly(0.01))
    for _ in range(500):
        if resident() < until:
            break
        await asyncio.sleep(0.01)
    task.cancel()


share_one_heap()
before = resident()
pieces = [bytes(1000) for _ in range(80_000)]
staying = pieces[::100]
high = resident() - before
del pieces
asyncio.run(given_back(until=before + high // 4))
print(high, resident() - before, len(staying))
"""


def test_what_is_freed_between_things_that_stay_goes_back():
    """In a process of its own: what other tests freed would be taken first and not count."""
    run = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    high, left, stay = map(int, run.stdout.split())
    assert high > 60 << 20
    assert left < high // 4
    assert stay == 800
