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
from typing import TypeVar

from attrs import frozen

__all__ = ["Figure", "collector_off", "pin", "resident_bytes", "seconds", "timed"]

_Result = TypeVar("_Result")


@frozen
class Figure:
    """What one thing costs in microseconds or bytes: the costs of several blocks, of which the median is the figure."""

    costs: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the blocks."""
        return median(self.costs)

    def times(self, floor: "Figure") -> float:
        """Return how many times another figure this is: the median over the blocks that were measured in turns."""
        if len(self.costs) == len(floor.costs):
            return median(ours / theirs for ours, theirs in zip(self.costs, floor.costs, strict=True))
        return self.median / floor.median

    def __str__(self) -> str:
        if len(self.costs) == 1:
            return _digits(self.median)
        return f"{_digits(self.median)} ({_digits(min(self.costs))}–{_digits(max(self.costs))})"


def _digits(value: float) -> str:
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def timed(work: Callable[[], _Result]) -> tuple[float, _Result]:
    """Return the seconds of processor time that something takes, and its result.

    What other processes do meanwhile does not count.
    """
    before = time.process_time_ns()
    result = work()
    return (time.process_time_ns() - before) / 1e9, result


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that something takes."""
    return timed(work)[0]


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the cyclic collector out while something is prepared that is not timed.

    Nothing is collected in the end either: that would bring the next full collection nearer, and with it a walk over
    the whole market into what is timed.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def pin() -> str:
    """Keep this process, and those it starts, on one core where the system can do so; return what was done."""
    if hasattr(os, "sched_setaffinity"):
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
