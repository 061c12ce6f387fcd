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
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as machine code; floating-point sums may be taken in another order.

    Args:
        function: of arrays and numbers, in the subset of Python that Numba compiles.
    """
    import numba

    made: Callable[..., Any] = numba.njit(cache=True, fastmath=True, nogil=True)(function)
    return made
