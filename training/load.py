"""How busy others keep the machine: two threads that wait for each other are slower than one alone."""

from __future__ import annotations

import os
import time
from pathlib import Path

_STAT = Path("/proc/stat")
_BUSY = 0.3  # cores; above it a thread of ours is often waited for


class Load:
    """Looks back at the time since it was last asked."""

    def __init__(self) -> None:
        self._before = _now()

    def threads(self, wanted: int) -> int:
        """`wanted`, less one for each core that other processes kept busy; at least 1.

        Where the system does not tell (no /proc), always `wanted`.
        """
        before, self._before = self._before, _now()
        if before is None or self._before is None:
            return wanted
        seconds = max(1e-3, self._before[0] - before[0])
        others = ((self._before[1] - before[1]) - (self._before[2] - before[2])) / seconds
        return max(1, wanted - int(others + 1 - _BUSY))


def _now() -> tuple[float, float, float] | None:
    """The time, seconds of processor used by all, and by this process."""
    if not _STAT.is_file():
        return None
    fields = [int(field) for field in _STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1:]]
    busy = sum(fields) - fields[3] - fields[4]  # less idle and waiting for the disk
    return time.monotonic(), busy / os.sysconf("SC_CLK_TCK"), time.process_time()
