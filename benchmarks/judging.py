"""Measures judging: the demand of one item pooled, and a hundred bids with tiers assessed, beside plain sorting.

The floor is what nobody can do without: sorting the same numbers, the price and the quantity of each reservation, as
pairs. Sorting them as two lists, so that nobody knows any more which belong together, is measured too. Prices lie
around the item's value, about half the reservations wait for any day, and every tenth bidder has reserved too.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from attrs import frozen

from benchmarks.markets import Timed
from benchmarks.runs import BLOCKS, Step, cost_of
from benchmarks.timing import collector_off
from benchmarks.work import CURRENCY
from brokerage.judging import Pool, Served, served
from brokerage.records.numbers import Arrival, BoxNumber, ItemNumber, OfferNumber, PersonNumber
from brokerage.records.reservations import Reservation
from brokerage.records.tenders import BidTerms, Tier

__all__ = ["BIDS", "RESERVATIONS", "Demanded", "demanded", "measure_judging"]

RESERVATIONS, BIDS = 100_000, 100
_VALUE, _SPREAD, _BIDS_SPREAD = 50_000, 0.35, 0.2
_MOST_UNITS, _A_PERSON = 10, 3
_FIRST, _WANTED_DAYS, _APART, _DELIVERY_DAYS = date(2026, 6, 1), 6, 15, 30
_OF_ALL, _CHEAPER = (0, 0.1, 0.3, 0.6), (1.0, 0.93, 0.86, 0.79)
_SHORTEST, _LONGEST = 0.04, 0.4


@frozen
class Demanded:
    """What is reserved of an item, by arrival, and what is bid: the terms and who bids."""

    reservations: tuple[Reservation, ...]
    bids: tuple[tuple[BidTerms, PersonNumber], ...]

    def judge(self) -> list[Served | None]:
        """Pool the reservations and assess every bid."""
        pool = Pool.of(self.reservations)
        return [served(terms, person, pool) for terms, person in self.bids]


def demanded(
    reservations: int = RESERVATIONS, bids: int = BIDS, *, is_short: bool = False, seed: int = 2026
) -> Demanded:
    """Make the demand for an item and bids for it; where capacities are short, most bids cannot serve all."""
    chance = Random(f"{seed} judging")
    made_at = datetime(2026, 3, 1, tzinfo=UTC)
    days = [_FIRST + timedelta(days=_APART * at) for at in range(_WANTED_DAYS)]
    persons = max(1, reservations // _A_PERSON)
    reserved = []
    for number in range(1, reservations + 1):
        person = chance.randrange(persons) + 1
        reserved.append(
            Reservation(
                number=OfferNumber(number),
                box=BoxNumber(person),
                person=PersonNumber(person),
                item=ItemNumber(1),
                category="new items",
                currency=CURRENCY,
                quantity=chance.randrange(_MOST_UNITS) + 1,
                max_price=max(1, round(_VALUE * chance.lognormvariate(0, _SPREAD))),
                wanted_by=chance.choice(days) if chance.randrange(2) else None,
                reserved_at=made_at,
                arrival=Arrival(number),
            )
        )
    units = sum(reservation.quantity for reservation in reserved)
    offered = []
    for at in range(bids):
        price = _VALUE * chance.lognormvariate(0, _BIDS_SPREAD)
        tiers = zip(_OF_ALL, _CHEAPER, strict=True)
        most = round(units * chance.uniform(_SHORTEST, _LONGEST)) if is_short else None
        terms = BidTerms(
            tuple(Tier(round(units * part) + 1, round(price * cheaper)) for part, cheaper in tiers),
            most=most,
            delivery=_FIRST + timedelta(days=chance.randrange(_DELIVERY_DAYS) * 3),
        )
        offered.append((terms, PersonNumber(chance.randrange(persons) + 1 if at % 10 == 0 else persons + at + 1)))
    return Demanded(tuple(reserved), tuple(offered))


def measure_judging(contestant: str, reservations: int = RESERVATIONS) -> Iterator[Step]:
    """Measure one contestant, a block at a time: the engine pools and judges, and the floor sorts.

    Both are measured under the same names, so that each block is compared with its twin.
    """
    for name, is_short in (
        ("pool 10⁵ reservations, judge 100 bids", False),
        ("pool 10⁵ reservations, judge 100 bids, capacities short", True),
    ):
        with collector_off():
            work = demanded(reservations, is_short=is_short)
            done = (work.judge, work.judge) if contestant == "engine" else _sortings(work)
        for _ in range(BLOCKS):
            yield name, cost_of(done[0], 1)
            yield f"{name}, beside two lists", cost_of(done[1], 1)


def _sortings(work: Demanded) -> tuple[Timed, Timed]:
    """Return what sorts the pairs, and what sorts both lists."""
    pairs = [(one.max_price, one.quantity) for one in work.reservations]
    prices, quantities = [price for price, _ in pairs], [quantity for _, quantity in pairs]
    return lambda: sorted(pairs), lambda: (sorted(prices), sorted(quantities))
