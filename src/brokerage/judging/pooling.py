"""The demand for one item, pooled: how many units are wanted at a price and by a day, without anybody's name (N2, N4).

The reservations of each wanted-by day are put on price levels once, with the units that are wanted at each level or
above it; what a bid would find is then a few lookups. Where a bid's capacity is short, who came first matters: the
reservations are also cut into runs of consecutive arrivals, each with price levels of its own, so that nearly all
of them are counted a run at a time.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from itertools import accumulate
from operator import attrgetter

from attrs import frozen

from brokerage.records.numbers import PersonNumber
from brokerage.records.reservations import Reservation

__all__ = ["Level", "Pool", "accepts"]

_RUN = 2048


def accepts(reservation: Reservation, price: int, delivery: date | None, person: PersonNumber | None) -> bool:
    """Say whether a reservation takes what a bid offers.

    Args:
        reservation: what is wanted.
        price: the price of each, in minor units.
        delivery: the day by which it is delivered; ``None``: no day is named, which only who waits for any day takes.
        person: who bids; nobody buys from the same person. ``None``: somebody who reserved nothing.
    """
    return (
        reservation.max_price >= price
        and reservation.person != person
        and (delivery or date.max) <= (reservation.wanted_by or date.max)
    )


@frozen
class Level:
    """How many units are wanted in all at a price, in minor units: by those who would pay that or more for each."""

    price: int
    units: int


@frozen
class _Day:
    """What is wanted by one day: ``units[at]`` at ``prices[at]`` or more, and nothing above the last price."""

    day: date
    prices: Sequence[int]
    units: Sequence[int]


@frozen
class _Run:
    """Consecutive reservations by arrival, what is wanted of them by day, and the smallest quantity among them."""

    reservations: Sequence[Reservation]
    days: Sequence[_Day]
    least: int


_SHAPE = attrgetter("wanted_by", "max_price", "quantity")


def _days_of(reservations: Iterable[Reservation]) -> tuple[_Day, ...]:
    """Put reservations on price levels, the last day first; those that wait for any day are on the last of all."""
    by_day: dict[date | None, dict[int, int]] = {}
    for wanted_by, price, quantity in map(_SHAPE, reservations):
        try:
            levels = by_day[wanted_by]
        except KeyError:
            levels = by_day[wanted_by] = {}
        levels[price] = levels.get(price, 0) + quantity
    days = [_day(wanted_by or date.max, levels) for wanted_by, levels in by_day.items()]
    return tuple(sorted(days, key=attrgetter("day"), reverse=True))


def _day(day: date, levels: dict[int, int]) -> _Day:
    prices = sorted(levels, reverse=True)
    units = [0, *accumulate(map(levels.__getitem__, prices))]
    prices.reverse()
    units.reverse()
    return _Day(day, prices, units)


def _units(days: Sequence[_Day], price: int, delivery: date) -> int:
    total = 0
    for day in days:
        if day.day < delivery:
            break
        total += day.units[bisect_left(day.prices, price)]
    return total


@frozen(repr=False, eq=False)
class Pool:
    """The demand for one item as it stands: the reservations that may be served, sorted once.

    With n reservations of d wanted-by days, making it costs O(n log n), and asking what is wanted at a price
    O(d log n).
    """

    _reservations: tuple[Reservation, ...]
    _days: tuple[_Day, ...]

    @classmethod
    def of(cls, reservations: Iterable[Reservation]) -> "Pool":
        """Pool reservations of one item, in any order, that are all to be counted; their arrivals differ."""
        kept = tuple(reservations)
        return cls(kept, _days_of(kept))

    def units_at(self, price: int, delivery: date | None, person: PersonNumber | None = None) -> int:
        """Return how many units are wanted in all by the reservations that accept a price.

        Args:
            price: the price of each, in minor units.
            delivery: the day by which it is delivered; ``None``: no day is named.
            person: who bids; his or her own reservations do not count.
        """
        units = _units(self._days, price, delivery or date.max)
        for own in self._own(person):
            if accepts(own, price, delivery, None):
                units -= own.quantity
        return units

    def fitting(self, most: int, price: int, delivery: date | None, person: PersonNumber | None = None) -> int:
        """Return how many units are served where no more than ``most`` can be.

        The earliest of the reservations that accept the price come first, each whole; one that no longer fits is
        passed over. All but a few runs of arrivals are counted as a whole, so that it costs little more than
        :meth:`units_at` for each run; only where small reservations are few, every one may have to be looked at.

        Args:
            most: the most units that can be served.
            price: the price of each, in minor units.
            delivery: the day by which it is delivered; ``None``: no day is named.
            person: who bids; his or her own reservations do not count.
        """
        left, own = most, self._own(person)
        for run in self._runs:
            if run.least > left:
                continue
            units = _units(run.days, price, delivery or date.max)
            first, last = run.reservations[0].arrival, run.reservations[-1].arrival
            for one in own:
                if first <= one.arrival <= last and accepts(one, price, delivery, None):
                    units -= one.quantity
            if units <= left:
                left -= units
            else:
                for reservation in run.reservations:
                    if reservation.quantity <= left and accepts(reservation, price, delivery, person):
                        left -= reservation.quantity
            if not left:
                break
        return most - left

    def rows(self) -> tuple[Level, ...]:
        """Return how many units are wanted at each price that somebody named, in all, the highest price first.

        Without regard to the days by which they are wanted.
        """
        levels: dict[int, int] = {}
        for day in self._days:
            for price, units, above in zip(day.prices, day.units, day.units[1:], strict=False):
                levels[price] = levels.get(price, 0) + units - above
        prices = sorted(levels, reverse=True)
        return tuple(map(Level, prices, accumulate(map(levels.__getitem__, prices))))

    def _own(self, person: PersonNumber | None) -> Sequence[Reservation]:
        return self._by_person.get(person, ()) if person in self._persons else ()

    @cached_property
    def _persons(self) -> frozenset[PersonNumber | None]:
        return frozenset(map(attrgetter("person"), self._reservations))

    @cached_property
    def _by_person(self) -> dict[PersonNumber | None, list[Reservation]]:
        """The reservations of each person: needed only where a bidder has reserved too, which is rare."""
        found: dict[PersonNumber | None, list[Reservation]] = {}
        for reservation in self._reservations:
            found.setdefault(reservation.person, []).append(reservation)
        return found

    @cached_property
    def _runs(self) -> tuple[_Run, ...]:
        by_arrival = sorted(self._reservations, key=attrgetter("arrival"))
        runs = (by_arrival[at : at + _RUN] for at in range(0, len(by_arrival), _RUN))
        return tuple(_Run(run, _days_of(run), min(map(attrgetter("quantity"), run))) for run in runs)
