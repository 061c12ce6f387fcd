"""Inner loops that NumPy has no words for, compiled by Numba when they are first called.

Numba is imported when a kernel is asked for, never on import. Compiled code is kept beside the module
(or in the user's cache folder) so that only the very first call of an installation compiles.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

__all__ = ["compiled"]


@cache
def compiled(function: Callable[..., Any], *, exact: bool = False) -> Callable[..., Any]:
    """The function as machine code.

    Args:
        function: of arrays and numbers, in the subset of Python that Numba compiles.
        exact: sums are taken in the order that is written; else in the quickest.
    """
    import numba

    made: Callable[..., Any] = numba.njit(cache=True, fastmath=not exact, nogil=True)(function)
    return made
