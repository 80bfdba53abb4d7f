"""The process that a broker runs in, and the boundaries at which it may die: after a commit, around a call outside.

What has died does nothing any more: a store and parties seen through a dead :class:`Process` raise :class:`Crash` on
every call, so that no clean-up of the broker's can do what a process that is gone could not do.
"""

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from attrs import define, field

from brokerage.errors import GatewayError, NoAnswer
from brokerage.ports import Store, Transaction
from brokerage.testing.story.invariants import Broken, Invariant

__all__ = ["Crash", "Mishap", "Process", "ProcessStore"]

_Result = TypeVar("_Result")


class Crash(BaseException):
    """The process is gone: nothing catches this, as nothing could."""


class Mishap(Enum):
    """What goes wrong at a boundary."""

    CRASH = "the process dies"
    FAIL = "the call never arrives, and that is known"
    LOSE = "what was called for happens, but the answer is lost"
    MISS = "the call never arrives, and no answer comes"


@define(eq=False)
class Process:
    """Counts the boundaries that a broker crosses, and lets go wrong what was planned.

    A plan is one mishap after so many boundaries, for one step; ``trouble`` goes on over steps: so many calls
    of a party go wrong, each in the same way.
    """

    is_dead: bool = False
    depth: int = 0
    broken: list[Broken] = field(factory=list)
    crashes: int = 0
    _plan: tuple[int, Mishap] | None = None
    _has_crossed: bool = False
    _trouble: dict[str, tuple[int, Mishap]] = field(factory=dict)

    def plan(self, boundaries: int, mishap: Mishap) -> None:
        """Let one thing go wrong after so many boundaries of the next step that crosses any."""
        self._plan, self._has_crossed = (boundaries, mishap), False

    def trouble(self, party: str, calls: int, mishap: Mishap) -> None:
        """Let the next calls of a party go wrong."""
        self._trouble[party] = calls, mishap

    def calm(self) -> None:
        """Forget what was planned for a step that is over, if it crossed any boundary."""
        if self._has_crossed:
            self._plan = None

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self._plan = None
        self._trouble.clear()

    def alive(self) -> None:
        """Raise :class:`Crash` if the process is gone."""
        if self.is_dead:
            raise Crash

    def committed(self) -> None:
        """Cross the boundary behind a commit."""
        if self._plan is not None and self._next() is Mishap.CRASH:
            self._die()

    def call(self, party: str, act: Callable[[], _Result]) -> _Result:
        """Cross the boundaries around a call outside."""
        self.alive()
        if self.depth:
            self.broken.append(Broken(Invariant.SENT_AS_WRITTEN, f"{party} was called inside a unit of work"))
        before = self._next() if self._plan is not None else None
        if before is Mishap.CRASH:
            self._die()
        if before is None and party in self._trouble:
            before = self._next_trouble(party)
        if before is Mishap.FAIL:
            raise GatewayError(party, "out of order")
        if before is Mishap.MISS:
            raise NoAnswer(party, "no answer came")
        result = act()
        if before is Mishap.LOSE:
            raise NoAnswer(party, "no answer came")
        if self._plan is not None:
            after = self._next()
            if after is Mishap.CRASH:
                self._die()
            if after is not None:
                raise NoAnswer(party, "no answer came")
        return result

    def restart(self) -> None:
        """Begin a new process where the old one died."""
        self.is_dead, self.depth, self._plan = False, 0, None

    def _next(self) -> Mishap | None:
        """Count a boundary; return what goes wrong there."""
        if self._plan is None:
            return None
        self._has_crossed = True
        left, mishap = self._plan
        self._plan = None if left <= 0 else (left - 1, mishap)
        return mishap if left <= 0 else None

    def _next_trouble(self, party: str) -> Mishap:
        left, mishap = self._trouble.pop(party)
        if left > 1:
            self._trouble[party] = left - 1, mishap
        return mishap

    def _die(self) -> None:
        self.is_dead = True
        self.crashes += 1
        raise Crash


@define(eq=False)
class ProcessStore:
    """A store as seen by a process that may die behind each of its commits."""

    store: Store
    process: Process

    def run(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Run a unit of work, and cross the boundary behind it."""
        process = self.process
        process.alive()
        process.depth += 1
        try:
            result = self.store.run(work)
        finally:
            process.depth -= 1
        if not process.depth:
            process.committed()
        return result

    def read(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Read in the store."""
        self.process.alive()
        return self.store.read(work)
