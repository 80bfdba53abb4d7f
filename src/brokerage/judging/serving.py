"""What a bid would really serve: the tier that its demand reaches, and the reservations that come first (spec N4)."""

from collections.abc import Iterable

from attrs import frozen

from brokerage.judging.pooling import Pool, accepts
from brokerage.records.numbers import PersonNumber
from brokerage.records.reservations import Reservation
from brokerage.records.tenders import BidTerms, Tier

__all__ = ["Served", "chosen", "served"]


@frozen
class Served:
    """The tier that a bid reaches, and how many units it serves at the tier's price."""

    tier: Tier
    units: int


def served(terms: BidTerms, person: PersonNumber, pool: Pool) -> Served | None:
    """Return what a bid would serve: the greatest tier at which enough reservations accept its price (spec N4).

    Args:
        terms: what is offered; the tiers by rising quantity.
        person: who bids.
        pool: the demand.

    Returns:
        The tier of the highest quantity for which the units served are at least that quantity and the bid's least,
        with those units: all that are wanted at its price, or what fits into the bid's most, the earliest
        reservations first and each whole. ``None``: no tier is reached, and the bid does not suit.

    Ann wants 3 at 10.00, Ben 5 at 9.00. From 6 units on each costs 9.00, below it 9.50. All 8 are wanted at 9.00;
    where only 7 can be delivered, Ben's 5 no longer fit after Ann's 3, and 6 are not reached:

    >>> from datetime import UTC, datetime
    >>> def wants(number, quantity, max_price):
    ...     return Reservation(
    ...         number=number, box=number, person=number, item=1, category="phones", currency="USD",
    ...         quantity=quantity, max_price=max_price, wanted_by=None,
    ...         reserved_at=datetime(2026, 3, 1, tzinfo=UTC), arrival=number,
    ...     )
    >>> pool = Pool.of([wants(1, 3, 1000), wants(2, 5, 900)])
    >>> tiers = (Tier(1, 950), Tier(6, 900))
    >>> served(BidTerms(tiers), 9, pool)
    Served(tier=Tier(quantity=6, price=900), units=8)
    >>> served(BidTerms(tiers, most=7), 9, pool)
    Served(tier=Tier(quantity=1, price=950), units=3)
    >>> served(BidTerms(tiers, least=4, most=7), 9, pool) is None
    True
    """
    for tier in reversed(terms.tiers):
        enough = max(tier.quantity, terms.least)
        if terms.most is not None and terms.most < enough:
            continue
        units = pool.units_at(tier.price, terms.delivery, person)
        if terms.most is not None and units > terms.most:
            units = pool.fitting(terms.most, tier.price, terms.delivery, person)
        if units >= enough:
            return Served(tier, units)
    return None


def chosen(
    terms: BidTerms, tier: Tier, person: PersonNumber, reservations: Iterable[Reservation]
) -> tuple[Reservation, ...]:
    """Return the reservations that a bid serves at a tier: the earliest first, each whole or not at all.

    Args:
        terms: what is offered.
        tier: the tier that is reached.
        person: who bids.
        reservations: by arrival; no more of them are read than are needed.

    Returns:
        Those that accept the tier's price, without those that no longer fit into the bid's most.
    """
    found: list[Reservation] = []
    left = terms.most
    for reservation in reservations:
        if not accepts(reservation, tier.price, terms.delivery, person):
            continue
        if left is not None:
            if reservation.quantity > left:
                continue
            left -= reservation.quantity
        found.append(reservation)
        if left == 0:
            break
    return tuple(found)
