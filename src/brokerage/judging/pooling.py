"""The demand for one item, pooled: how many units are wanted at a price and by a day, without anybody's name (N2, N4).

The reservations of each wanted-by day are sorted by price once, and their units added up; what a bid would find is
then a few lookups. Where a bid's capacity is short, who came first matters: so they are sorted in runs of consecutive
arrivals, and those merged, and nearly all of them can be counted a run at a time.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import accumulate, pairwise
from operator import itemgetter

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


@frozen(repr=False, eq=False)
class _Wanted:
    """What is wanted by one day, by rising price.

    A reservation is one integer here, its quantity in the lowest ``bits`` below its price: integers are sorted far
    quicker than pairs.
    """

    codes: list[int]
    bits: int

    @cached_property
    def units(self) -> list[int]:
        """How many units are wanted below each place; the last of all is how many there are."""
        mask = (1 << self.bits) - 1
        return list(accumulate([code & mask for code in self.codes], initial=0))

    def at(self, price: int) -> int:
        """Return how many units are wanted at a price or more."""
        return self.units[-1] - self.units[bisect_left(self.codes, price << self.bits)]


_Days = Sequence[tuple[date, _Wanted]]
"""What is wanted by each day, the last day first; whoever waits for any day is at the last of all."""


@frozen(repr=False, eq=False)
class _Run:
    """Consecutive reservations by arrival, and what is wanted of them by day."""

    reservations: Sequence[Reservation]
    days: _Days

    @cached_property
    def least(self) -> int:
        """The smallest quantity among them."""
        return min([reservation.quantity for reservation in self.reservations])

    @cached_property
    def persons(self) -> frozenset[PersonNumber]:
        """Whose they are: few bidders have reserved too, and most runs hold nothing of theirs."""
        return frozenset([reservation.person for reservation in self.reservations])

    def own(self, price: int, delivery: date | None, person: PersonNumber | None) -> int:
        """Return how many units somebody who bids would accept of himself or herself, if that could be."""
        if person not in self.persons:
            return 0
        own = [reservation for reservation in self.reservations if reservation.person == person]
        return sum(reservation.quantity for reservation in own if accepts(reservation, price, delivery, None))


def _run(reservations: Sequence[Reservation], bits: int) -> _Run:
    by_day: dict[date | None, list[int]] = {}
    for reservation in reservations:
        code = reservation.max_price << bits | reservation.quantity
        try:
            by_day[reservation.wanted_by].append(code)
        except KeyError:
            by_day[reservation.wanted_by] = [code]
    return _Run(reservations, _days(by_day, bits))


def _days(by_day: Mapping[date | None, list[int]], bits: int) -> _Days:
    """Sort what is wanted by each day, in place."""
    for codes in by_day.values():
        codes.sort()
    days = [(wanted_by or date.max, _Wanted(codes, bits)) for wanted_by, codes in by_day.items()]
    return sorted(days, key=itemgetter(0), reverse=True)


def _units(days: _Days, price: int, delivery: date) -> int:
    total = 0
    for day, wanted in days:
        if day < delivery:
            break
        total += wanted.at(price)
    return total


@frozen(repr=False, eq=False)
class Pool:
    """The demand for one item as it stands: the reservations that may be served, sorted once.

    With n reservations of d wanted-by days, making it costs O(n log n), and asking what is wanted at a price
    O(d log n).
    """

    _runs: tuple[_Run, ...]
    _days: _Days
    _greatest: int

    @classmethod
    def of(cls, reservations: Iterable[Reservation]) -> "Pool":
        """Pool the reservations of one item that are to be counted, in the order of their arrivals."""
        kept = tuple(reservations)
        greatest = max([reservation.quantity for reservation in kept], default=0)
        bits = greatest.bit_length()
        runs = tuple(_run(kept[at : at + _RUN], bits) for at in range(0, len(kept), _RUN))
        by_day: dict[date | None, list[int]] = {}
        for run in runs:
            for day, wanted in run.days:
                by_day.setdefault(day, []).extend(wanted.codes)
        return cls(runs, _days(by_day, bits), greatest)

    def units_at(self, price: int, delivery: date | None, person: PersonNumber | None = None) -> int:
        """Return how many units are wanted in all by the reservations that accept a price.

        Args:
            price: the price of each, in minor units.
            delivery: the day by which it is delivered; ``None``: no day is named.
            person: who bids; his or her own reservations do not count.
        """
        wanted = _units(self._days, price, delivery or date.max)
        return wanted - sum(run.own(price, delivery, person) for run in self._runs)

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
        left = most
        for run in self._runs:
            if left < self._greatest and run.least > left:
                continue
            units = _units(run.days, price, delivery or date.max) - run.own(price, delivery, person)
            if units <= left:
                left -= units
            else:
                for reservation in run.reservations:
                    if reservation.quantity <= left and accepts(reservation, price, delivery, person):
                        left -= reservation.quantity
                        if not left:
                            return most
        return most - left

    def rows(self) -> tuple[Level, ...]:
        """Return how many units are wanted at each price that somebody named, in all, the highest price first.

        Without regard to the days by which they are wanted.
        """
        levels: dict[int, int] = {}
        for _, wanted in self._days:
            for code, (below, units) in zip(wanted.codes, pairwise(wanted.units), strict=True):
                price = code >> wanted.bits
                levels[price] = levels.get(price, 0) + units - below
        prices = sorted(levels, reverse=True)
        return tuple(map(Level, prices, accumulate(map(levels.__getitem__, prices))))
