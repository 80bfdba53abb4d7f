"""Doing what is due piece by piece: each a unit of work of its own, several processes at once, and none in the way."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from attrs import define

from brokerage.errors import TooManyConflicts
from brokerage.ports import Store, Transaction

__all__ = ["Sweep", "never"]

_Due = TypeVar("_Due")


def never() -> bool:
    """Say that nothing is to stop."""
    return False


@define
class Sweep:
    """One call of housekeeping, which other processes may be at too.

    Whatever two of them find due at the same time, one of them does: the other meets a conflict, looks again, and finds
    it done. Where others come first every time, it is left to them and to the next call, and counted.

    Args:
        store: where the works are run.
        is_stopping: asked before each unit of work; once it says so, nothing is begun any more.
        left: how many works were left because others were at the same.
    """

    store: Store
    is_stopping: Callable[[], bool]
    left: int = 0

    def once(self, work: Callable[[], int]) -> int:
        """Do a work that runs its own units of work; return what it counts, 0 if it was left or is not to be begun."""
        if self.is_stopping():
            return 0
        try:
            return work()
        except TooManyConflicts:
            self.left += 1
            return 0

    def repeat(self, batch: Callable[[Transaction], int]) -> int:
        """Run a batch until it finds nothing, and return what all of them counted."""
        total = 0
        while count := self.once(lambda: self.store.run(batch)):
            total += count
        return total

    def each(self, find: Callable[[Transaction], Sequence[_Due]], work: Callable[[Transaction, _Due], bool]) -> int:
        """Do what is found, each in a unit of work of its own, until nothing is found; return how many were done.

        Units of work that change one thing hold what others wait for in the one order that everybody keeps, which
        those that change many things of many members could not.

        Args:
            find: returns the first few that are due.
            work: does one of them if it is still due, so that it is found no more, and says whether it was.
        """
        total, left, found = 0, self.left, self.store.read(find)
        while found and not self.is_stopping():
            for each in found:
                total += self.once(partial(self.store.run, partial(_of, work, each)))
            before, found = found, self.store.read(find)
            if self.left > left or found == before:
                break
        return total


def _of(work: Callable[[Transaction, _Due], bool], each: _Due, tx: Transaction) -> bool:
    return work(tx, each)
