"""Measuring: processor time of blocks on one pinned core, their median and spread, and resident memory."""

import gc
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from attrs import frozen

__all__ = ["Figure", "collector_off", "pin", "resident_bytes", "seconds"]


@frozen
class Figure:
    """What one thing costs: the median of several blocks, and the least and the most of them.

    In microseconds or bytes, for one operation.
    """

    median: float
    least: float
    most: float
    blocks: int
    note: str = ""

    @classmethod
    def of(cls, values: list[float], note: str = "") -> "Figure":
        """Return the figure of a block's values."""
        return cls(median(values), min(values), max(values), len(values), note)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that something takes: what other processes do meanwhile does not count."""
    before = time.process_time_ns()
    work()
    return (time.process_time_ns() - before) / 1e9


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the cyclic collector out while something is prepared that is not timed.

    What was made meanwhile is old in the end, so that what is timed does not begin with a walk over it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.collect(1)
        gc.enable()


def pin() -> str:
    """Keep this process, and those it starts, on one core where the system can do so; return what was done."""
    if sys.platform == "linux":
        core = max(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {core})
        return "pinned on one core"
    return "not pinned: this system cannot"


def resident_bytes() -> int:
    """Return the memory that this process has in use; where the system does not tell, the most it ever had."""
    statistics = Path("/proc/self/statm")
    if statistics.exists():
        return int(statistics.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
