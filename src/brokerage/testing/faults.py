"""Ports that go wrong by a plan: they raise before or after the effect, do it twice, or do it later.

Whoever calls a port must bear all of this. A plan is a schedule or a seed, so the same run goes wrong the same way each
time; nothing here sleeps: what is late waits for further calls, or for a clock that the test sets.
"""

import random
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, TypeVar, cast

from attrs import field, frozen

from brokerage.errors import BrokerageError, Conflict, GatewayError, NoAnswer
from brokerage.ports import Clock, Gateways, Store, Transaction

__all__ = ["Fault", "Faults", "faulty", "faulty_gateways", "faulty_store"]

_Port = TypeVar("_Port")
_Result = TypeVar("_Result")


class Fault(Enum):
    """How a call goes wrong."""

    NONE = "none"
    """Not at all."""

    BEFORE = "before"
    """It raises, and nothing has happened."""

    AFTER = "after"
    """It raises, though it has happened: the answer is lost."""

    REPEAT = "repeat"
    """It happens twice; the second answer is given."""

    DELAY = "delay"
    """It raises as if the answer were lost, and happens later."""


_ALL = tuple(fault for fault in Fault if fault is not Fault.NONE)


class _Queue:
    """Calls that are late, in their order: after so many further calls, or not before an instant."""

    def __init__(self, delay: int | timedelta, clock: Clock | None) -> None:
        self._delay = delay
        self._clock = clock
        self._late: list[tuple[Callable[[], object], int, datetime | None]] = []

    def add(self, call: Callable[[], object]) -> None:
        if isinstance(self._delay, timedelta):
            self._late.append((call, 0, None if self._clock is None else self._clock.now() + self._delay))
        else:
            self._late.append((call, self._delay, None))

    def catch_up(self, everything: bool = False) -> None:
        waiting, self._late = self._late, []
        for call, calls, instant in waiting:
            is_early = calls > 1 if instant is None or self._clock is None else instant > self._clock.now()
            if is_early and not everything:
                self._late.append((call, calls - 1, instant))
                continue
            with suppress(Exception):  # whoever called has left
                call()


class Faults:
    """A plan of what goes wrong: the next calls in the order of a schedule, and all after them well.

    Several ports may share a plan; then their calls count together.

    Args:
        schedule: how the next calls go.
        of: the names of the methods that it is about; calls of others go well and do not count. By default all.
        delay: how late a late call is: that many further calls (1 or more), or that much time of ``clock``.
        clock: tells the time, if ``delay`` is one.

    Raises:
        ValueError: an argument is nonsense, or a delay of time has no clock.

    >>> faults = Faults([Fault.BEFORE, Fault.NONE])
    >>> send = faulty([], faults).append
    >>> send(1)
    Traceback (most recent call last):
    brokerage.errors.GatewayError: append: 'a planned fault, before' is refused; an answer is wanted: ...
    >>> send(2)
    >>> faults.log
    [('append', <Fault.BEFORE: 'before'>), ('append', <Fault.NONE: 'none'>)]
    """

    def __init__(
        self,
        schedule: Iterable[Fault] = (),
        *,
        of: Collection[str] | None = None,
        delay: int | timedelta = 1,
        clock: Clock | None = None,
    ) -> None:
        if isinstance(delay, timedelta) and clock is None:
            raise ValueError("a delay of time needs the clock that tells it")
        if isinstance(delay, int) and delay < 1:
            raise ValueError(f"delay: {delay} is refused; a late call comes 1 or more calls later")
        if isinstance(of, str):
            raise ValueError(f"of: {of!r} is refused; pass a collection of names, such as [{of!r}]")
        self.log: list[tuple[str, Fault]] = []
        self._schedule = iter(schedule)
        self._of = None if of is None else frozenset(of)
        self._is_stopped = False
        self._new_queue: Callable[[], _Queue] = lambda: _Queue(delay, clock)
        self._queue = self._new_queue()

    @classmethod
    def seeded(
        cls,
        seed: int,
        *,
        one_in: int = 3,
        kinds: Collection[Fault] = _ALL,
        of: Collection[str] | None = None,
        delay: int | timedelta = 1,
        clock: Clock | None = None,
    ) -> "Faults":
        """Return a plan without end that a seed determines.

        Args:
            seed: determines it.
            one_in: of so many calls one goes wrong, on average; 1: all.
            kinds: the ways to go wrong that it draws from.
            of: as for a schedule.
            delay: as for a schedule.
            clock: as for a schedule.

        Raises:
            ValueError: an argument is nonsense; also as for a schedule.

        >>> plan = Faults.seeded(7, kinds=[Fault.AFTER])
        >>> [plan.next("pay").value for _ in range(6)]
        ['none', 'none', 'after', 'none', 'none', 'after']
        """
        if one_in < 1 or not kinds:
            raise ValueError("one_in must be 1 or more, and kinds must name one way to go wrong at least")
        chance, ways = random.Random(seed), tuple(sorted(kinds, key=lambda kind: kind.value))

        def draw() -> Fault:
            goes_wrong = chance.randrange(one_in) == 0
            way = chance.choice(ways)
            return way if goes_wrong else Fault.NONE

        return cls(iter(draw, None), of=of, delay=delay, clock=clock)

    def next(self, name: str) -> Fault:
        """Return how the next call, of the method ``name``, goes, and write it into the log."""
        if self._is_stopped or (self._of is not None and name not in self._of):
            return Fault.NONE
        fault = next(self._schedule, Fault.NONE)
        self.log.append((name, fault))
        return fault

    def stop(self) -> None:
        """Let every call go well from now on; what is late comes all the same."""
        self._is_stopped = True

    def catch_up(self) -> None:
        """Let everything happen that is still late, in its order."""
        self._queue.catch_up(everything=True)


@frozen(eq=False)
class _Ways:
    """What a faulty port raises before and after the effect, and what it says of a call that is late."""

    before: Callable[[str], Exception]
    after: Callable[[str], Exception]
    late: Callable[[str], Exception] | None = field(default=None)


def _failed(name: str) -> BrokerageError:
    return GatewayError(name, "a planned fault, before")


def _lost(name: str) -> BrokerageError:
    return NoAnswer(name, "a planned fault, after")


def _conflict(name: str) -> BrokerageError:
    return Conflict(name)


class _Faulty:
    """A port whose calls go as a plan says."""

    def __init__(self, port: object, faults: Faults, ways: _Ways, queue: _Queue) -> None:
        self._port = port
        self._faults = faults
        self._ways = ways
        self._queue = queue

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        return lambda *given, **named: self._call(name, lambda: found(*given, **named))

    def _call(self, name: str, call: Callable[[], object]) -> object:
        self._queue.catch_up()
        fault = self._faults.next(name)
        if fault is Fault.BEFORE:
            raise self._ways.before(name)
        if fault is Fault.DELAY:
            self._queue.add(call)
            if self._ways.late is None:
                return None
            raise self._ways.late(name)
        answer = call()
        if fault is Fault.AFTER:
            raise self._ways.after(name)
        return call() if fault is Fault.REPEAT else answer


def faulty(
    port: _Port,
    faults: Faults,
    *,
    before: Callable[[str], Exception] = _failed,
    after: Callable[[str], Exception] = _lost,
) -> _Port:
    """Return a port that goes wrong as a plan says, in front of one that does not.

    Args:
        port: any port: a gateway, a clock, also a whole store (then a call is a unit of work).
        faults: the plan.
        before: makes of a method's name what is raised if nothing has happened; ``GatewayError`` by default.
        after: makes what is raised if it has happened or will; ``NoAnswer`` by default.

    >>> from brokerage.adapters.memory import PretendBank
    >>> bank = PretendBank()
    >>> slow = faulty(bank, Faults([Fault.DELAY]))
    >>> slow.notices()
    Traceback (most recent call last):
    brokerage.errors.NoAnswer: notices: 'a planned fault, after' is refused; ...
    >>> slow.notices()
    []
    """
    return cast(_Port, _Faulty(port, faults, _Ways(before, after, after), faults._queue))


def faulty_gateways(gateways: Gateways, faults: Faults) -> Gateways:
    """Return parties outside that all go wrong by one plan, in front of those that do not.

    Args:
        gateways: the real ones.
        faults: the plan; every call of any of them takes the next place in it.
    """
    return Gateways(
        adviser=faulty(gateways.adviser, faults),
        clearing_house=faulty(gateways.clearing_house, faults),
        charger=faulty(gateways.charger, faults),
        payouts=faulty(gateways.payouts, faults),
        deliverer=faulty(gateways.deliverer, faults),
        notifier=faulty(gateways.notifier, faults),
    )


def faulty_store(
    store: Store, faults: Faults, *collections: str, error: Callable[[str], Exception] = _conflict
) -> Store:
    """Return a store whose collections go wrong as a plan says, within each unit of work.

    By default a fault is a ``Conflict``, of which a store calls the work again. A late call gives ``None`` and
    happens further on in the same unit of work, at the latest at its end.

    Args:
        store: the real one.
        faults: the plan.
        collections: the names of the transaction's collections that go wrong, such as ``"outbox"``; by default all.
        error: makes of a method's name what is raised.

    >>> from brokerage.adapters.memory import MemoryStore
    >>> from brokerage.ports import Series
    >>> store = faulty_store(MemoryStore(), Faults([Fault.AFTER]), "numbers")
    >>> store.run(lambda tx: tx.numbers.next(Series.OFFER))  # once in vain, and undone
    1
    """
    return _FaultyStore(store, faults, frozenset(collections), _Ways(error, error))


class _FaultyTransaction:
    """The collections of a unit of work, some of which go wrong."""

    def __init__(self, inner: Transaction, names: frozenset[str], wrap: Callable[[object], Any]) -> None:
        self._inner = inner
        self._names = names
        self._wrap = wrap

    def __getattr__(self, name: str) -> Any:
        collection = getattr(self._inner, name)
        return self._wrap(collection) if not self._names or name in self._names else collection


class _FaultyStore:
    """A store whose collections go wrong in units of work that may write."""

    def __init__(self, store: Store, faults: Faults, names: frozenset[str], ways: _Ways) -> None:
        self._store = store
        self._faults = faults
        self._names = names
        self._ways = ways
        self.read = store.read

    def run(self, work: Callable[[Transaction], _Result]) -> _Result:
        def disturbed(tx: Transaction) -> _Result:
            queue = self._faults._new_queue()
            wrong = _FaultyTransaction(tx, self._names, lambda port: _Faulty(port, self._faults, self._ways, queue))
            result = work(cast(Transaction, wrong))
            queue.catch_up(everything=True)
            return result

        return self._store.run(disturbed)
