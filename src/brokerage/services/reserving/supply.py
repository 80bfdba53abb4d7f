"""A tender on an item's supply: which reservations a bid would serve, and what becomes of an accepted one (N3, N4)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, localcontext

from attrs import frozen

from brokerage.errors import Conflict
from brokerage.judging import Assessed, Pool, served
from brokerage.ports import Transaction
from brokerage.records.items import Item, announced
from brokerage.records.tenders import Asked, Bid, BidTerms, ItemSupply, Place, Tender
from brokerage.services.reserving.demand import guard_demand, is_standing
from brokerage.services.reserving.items import item_of, tender_ended
from brokerage.services.reserving.ordered import open_by_arrival, ordered_category
from brokerage.services.reserving.preparing import Preparing
from brokerage.services.tendering.callers import Unsuitable

__all__ = ["Supply"]

_DIGITS = 40  # of a product of two rates with at most 18 decimals each


@frozen
class Supply:
    """What is peculiar to tenders that ask sellers for what is reserved of an item.

    A bid is assessed at the greatest tier at which enough of the open reservations accept its price. Its total is what
    the goods cost; carrying and settling cost the same whoever sells, and are asked for once a bid is accepted.
    """

    preparing: Preparing

    def check(self, tx: Transaction, asked: Asked, now: datetime) -> str:
        """Return the item's currency; raises ``UnknownItem``, or ``ItemNotOpen`` where it cannot be reserved."""
        assert isinstance(asked, ItemSupply)
        guard_demand(tx, item_of(tx, asked.item).number)  # who releases or withdraws the item looks at its tenders
        return announced(item_of(tx, asked.item), now).currency

    def check_terms(self, tx: Transaction, tender: Tender, terms: BidTerms) -> None:
        """Refuse nothing: all well-formed terms for an item can be judged."""

    def assess(
        self, tx: Transaction, tender: Tender, bids: Sequence[Bid], now: datetime
    ) -> Sequence[Assessed | Unsuitable]:
        """Say what each bid would serve of the demand as it stands. The open reservations are read once.

        O(n log n + bids × tiers × log n) for n reservations; more where a bid's capacity is short.
        """
        item = _asked_item(tx, tender)
        if not is_standing(tx, item, now):
            return [Unsuitable(bid.number, "the item can be had no more by reserving it") for bid in bids]
        pool = Pool.of(open_by_arrival(tx, item.number))
        return [_assessed(tx, tender, bid, pool, now) for bid in bids]

    def offer(self, tx: Transaction, tender: Tender, bid: Bid, now: datetime) -> Assessed | Unsuitable:
        """Say what a bid would serve now; as :meth:`assess`, for one."""
        [found] = self.assess(tx, tender, [bid], now)
        return found

    def rate(self, tx: Transaction, tender: Tender, bid: Bid) -> Decimal:
        """Return the rate of the item's category times the bidder's factor: the broker's terms (spec N4)."""
        member = tx.members.get(bid.box)
        if member is None:  # the bidder has just left
            raise Conflict(type(bid).__name__)
        with localcontext(prec=_DIGITS):
            return ordered_category(tx, _asked_item(tx, tender)).rate * member.factor

    def accepted(self, tx: Transaction, tender: Tender, place: Place, bid: Bid, now: datetime) -> None:
        """Make an order of what the bid serves."""
        self.preparing.make(tx, _asked_item(tx, tender), tender, place, bid, now)

    def is_pending(self, tx: Transaction, tender: Tender) -> bool:
        """Say whether an order of the tender may still fall, so that what it would serve would go to the next bid."""
        return any(order.is_undecided for order in tx.orders.of_tender(tender.number))

    def ended(self, tx: Transaction, tender: Tender, now: datetime) -> None:
        """Let the reservations end that waited for this tender alone, because their item is on the market."""
        tender_ended(tx, _asked_item(tx, tender).number)


def _asked_item(tx: Transaction, tender: Tender) -> Item:
    assert isinstance(tender.asked, ItemSupply)
    return item_of(tx, tender.asked.item)


def _assessed(tx: Transaction, tender: Tender, bid: Bid, pool: Pool, now: datetime) -> Assessed | Unsuitable:
    member, terms = tx.members.get(bid.box), bid.terms
    if member is None:  # the bidder has just left
        raise Conflict(type(bid).__name__)
    if terms.delivery is None or terms.delivery < now.astimezone(UTC).date():
        return Unsuitable(bid.number, "its day of delivery is over")
    found = served(terms, member.person, pool)  # who the bidder is by now: persons may have been joined
    if found is None:
        return Unsuitable(bid.number, "too little is reserved at its prices")
    return Assessed(
        bid=bid.number,
        arrival=bid.arrival,
        currency=tender.currency,
        price=found.tier.price,
        units=found.units,
        total=found.tier.price * found.units,
        delivery=terms.delivery,
        qualities=terms.qualities,
    )
