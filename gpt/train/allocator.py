"""What the C library does with the memory that a step gives back: keep it for the next step, which wants as much.

So for a key of the server: up to a thousand pages were fetched for each, half a millisecond of processor time.

By itself it returns the end of its heap to the system, and a step of the preset `race` spent 4 of its 47 ms of
processor time on getting the same pages again. No torch.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # mallopt's names for them, in malloc.h
KEPT = 256 << 20  # bytes of freed memory that stay
FROM_HEAP = 32 << 20  # bytes: larger pieces come from the system each time, and go back to it


def keep_freed_memory(one_heap: bool = False) -> None:
    """Tell it so; a C library that cannot be told (not glibc) stays as it is.

    With `one_heap`, for a server, whose every answer is a thread of its own: all share the pages that are there, where
    each would fetch some for itself. To be told before there are threads.
    """
    with suppress(OSError, TypeError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(TRIM_THRESHOLD, KEPT)
        mallopt(MMAP_THRESHOLD, FROM_HEAP)
        if one_heap:
            mallopt(ARENA_MAX, 1)
