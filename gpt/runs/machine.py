"""What this machine allows: processors, trainings at a time, memory for one of them. No torch."""

from __future__ import annotations

import os
from pathlib import Path


def cores() -> int:
    """How many processors this process may use: the machine's, or what its container allows."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return max(1, min(allowed, int(quota) // int(period)))
    except (OSError, ValueError):  # no such container, or "max": no quota
        return allowed


def slots() -> int:
    """How many trainings run at a time: all cores but one, which is for the pages. NANOSCOPE_SLOTS overrides it."""
    told = os.environ.get("NANOSCOPE_SLOTS", "")
    return max(1, int(told) if told.isdecimal() else cores() - 1)


def budget() -> int:
    """Bytes that one training may use: half of what is free (in the container), shared among the slots."""
    free = [4_000_000_000]  # where nothing can be asked
    try:
        told = dict(line.split(":") for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        free = [int(told["MemAvailable"].split()[0]) * 1024]
        group = Path("/sys/fs/cgroup")
        limit = int((group / "memory.max").read_text(encoding="ascii"))
        free.append(limit - int((group / "memory.current").read_text(encoding="ascii")))
    except (OSError, ValueError, KeyError):  # no such file, or "max": no limit
        pass
    return max(0, min(free)) // 2 // slots()
