"""The heap of a server that runs for weeks: what is freed goes back to the system.

Only where the C library is glibc, by mallopt(3) and malloc_trim(3) of Linux man-pages 6.03; elsewhere
nothing is done.
"""

from __future__ import annotations

import asyncio
import ctypes
from contextlib import suppress

__all__ = ["give_back_regularly", "share_one_heap"]

_MALLOC = {-8: 1, -3: 128 << 10, -1: 1 << 20}
"""``M_ARENA_MAX``, ``M_MMAP_THRESHOLD`` and ``M_TRIM_THRESHOLD`` of malloc.h."""
_SECONDS = 30.0


def share_one_heap() -> None:
    """Lets all threads share one heap, and keeps arrays out of it.

    By default each thread keeps a heap of its own with all that it ever freed, and arrays of up to
    32 MiB come from it once some were freed, so that a server grows for hours.
    """
    with suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        for parameter, value in _MALLOC.items():
            libc.mallopt(parameter, value)


async def give_back_regularly(seconds: float = _SECONDS) -> None:
    """Until canceled, returns free pages inside the heap, off the event loop; it takes milliseconds.

    Args:
        seconds: between two times.
    """
    with suppress(AttributeError, OSError):
        trim = ctypes.CDLL(None).malloc_trim
        while True:
            await asyncio.sleep(seconds)
            await asyncio.to_thread(trim, 0)
