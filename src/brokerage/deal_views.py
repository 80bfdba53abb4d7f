"""Deals as their parties see them: pure projections from facts (spec B3, A8, A9).

The seller's view has no buying price and nothing of what the buyer paid or got back; the buyer's no selling price and
nothing of what the seller gets. Of each other they learn, once the deal is paid, what delivering needs.
"""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from brokerage.headings import DEALS
from brokerage.making import quickly_made
from brokerage.money import Money
from brokerage.records.contacts import Contact
from brokerage.records.deals import Deal, Purpose
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.statements import Statement
from brokerage.statuses import UNDONE, purchase_status, sale_status
from brokerage.tables import Shown, Table

__all__ = [
    "BuyersDeal",
    "Counterpart",
    "DisputeView",
    "SellersDeal",
    "StatementView",
    "buyers_deal",
    "sellers_deal",
]


@frozen
class Counterpart:
    """What delivering needs to be known of the other party, shown once the deal is paid (spec B3)."""

    name: str
    address: str
    telephone: str


@frozen
class StatementView:
    """What a party of a dispute said, as both of them read it: ``by`` is "you", "seller" or "buyer"."""

    by: str
    at: datetime
    text: str


@frozen
class DisputeView:
    """A dispute as a party sees it. ``by`` says who began it: "you", "seller", "buyer" or "broker"."""

    by: str
    at: datetime
    statements: tuple[StatementView, ...]


@frozen(repr=False)
class SellersDeal(Shown):
    """A deal as its seller sees it (spec B3).

    The selling price of all ``quantity`` units, and after payment where to bring the goods from and to whom. ``share``
    is what the seller gets: less than the price after a refund in part, nothing where the deal was undone.
    ``deadline`` is when the present state ends by itself, ``wants_to_call_off`` says who wants to call the deal off
    so far.
    """

    number: DealNumber
    sale: OfferNumber
    purchase: OfferNumber
    status: str
    category: str
    name: str
    quantity: int
    selling_price: Money
    share: Money
    agreed_at: datetime
    deadline: datetime | None
    ended_at: datetime | None
    wants_to_call_off: tuple[str, ...]
    dispute: DisputeView | None
    counterpart: Counterpart | None

    def table(self) -> Table:
        """Return the deal as a table of one row."""
        known = self.number, "Sale", self.sale, self.purchase, self.status, self.category, self.name, self.quantity
        times = self.agreed_at, self.deadline, self.ended_at
        return DEALS.of([(*known, self.selling_price, None, None, None, None, *times)])


@quickly_made
@frozen(repr=False)
class BuyersDeal(Shown):
    """A deal as its buyer sees it (spec B3).

    What is to pay under which reference, by when, and how far it has come: ``price`` is for all ``quantity`` units, and
    ``total`` also has the ``carriage`` and the ``payment_fee`` of those who carry and settle it. ``refunded`` is
    what went or goes back, and ``problem`` says what became of the last attempt to pay by card or account, if it
    was declined. The other fields are as for the seller.
    """

    number: DealNumber
    purchase: OfferNumber
    sale: OfferNumber
    status: str
    category: str
    name: str
    quantity: int
    price: Money
    carriage: Money
    payment_fee: Money
    total: Money
    refunded: Money
    reference: str
    problem: str
    agreed_at: datetime
    deadline: datetime | None
    ended_at: datetime | None
    wants_to_call_off: tuple[str, ...]
    dispute: DisputeView | None
    counterpart: Counterpart | None

    def table(self) -> Table:
        """Return the deal as a table of one row."""
        known = self.number, "Purchase", self.sale, self.purchase, self.status, self.category, self.name, self.quantity
        times = self.agreed_at, self.deadline, self.ended_at
        amounts = self.price, self.carriage, self.payment_fee, self.total
        return DEALS.of([(*known, *amounts, self.reference, *times)])


def _counterpart(deal: Deal, other: Contact | None) -> Counterpart | None:
    return Counterpart(other.name, other.address, other.telephone) if other and deal.paid_at else None


def _side(deal: Deal, box: BoxNumber | None, reader: BoxNumber) -> str:
    """Say of a party who it is, to one of the two: neither is told the other's box."""
    if box is None:
        return "broker"
    return "you" if box == reader else "seller" if box == deal.seller else "buyer"


def _wishes(deal: Deal, reader: BoxNumber) -> tuple[str, ...]:
    return tuple(_side(deal, box, reader) for box in deal.wishes)


def _dispute(deal: Deal, reader: BoxNumber, statements: Sequence[Statement]) -> DisputeView | None:
    if deal.dispute is None:
        return None
    said = tuple(StatementView(_side(deal, one.box, reader), one.at, one.text) for one in statements)
    return DisputeView(_side(deal, deal.dispute.by, reader), deal.dispute.at, said)


def _share(deal: Deal) -> int:
    """What the seller gets, or has got, of a deal: nothing where it was undone before a payout."""
    positions = deal.sellers_charges
    if deal.state in UNDONE:
        positions = tuple(at for at in positions if at in deal.released)
    return sum(deal.share(at) for at in positions)


def sellers_deal(deal: Deal, buyer: Contact | None, statements: Sequence[Statement] = ()) -> SellersDeal:
    """Show a deal to its seller; the contact that it is delivered to is shown once it is paid."""
    return SellersDeal(
        number=deal.number,
        sale=deal.sale,
        purchase=deal.purchase,
        status=sale_status(deal, False),
        category=deal.category,
        name=deal.name,
        quantity=deal.quantity,
        selling_price=Money(deal.selling_price, deal.currency),
        share=Money(_share(deal), deal.currency),
        agreed_at=deal.agreed_at,
        deadline=None if deal.state.has_ended else deal.deadline,
        ended_at=deal.ended_at,
        wants_to_call_off=_wishes(deal, deal.seller),
        dispute=_dispute(deal, deal.seller, statements),
        counterpart=_counterpart(deal, buyer),
    )


def buyers_deal(deal: Deal, seller: Contact | None, statements: Sequence[Statement] = ()) -> BuyersDeal:
    """Show a deal to its buyer; the contact that it is collected from is shown once it is paid."""
    return BuyersDeal(
        number=deal.number,
        purchase=deal.purchase,
        sale=deal.sale,
        status=purchase_status(deal, False, False),
        category=deal.category,
        name=deal.name,
        quantity=deal.quantity,
        price=Money(deal.buying_price, deal.currency),
        carriage=Money(deal.charged_for(Purpose.CARRIAGE), deal.currency),
        payment_fee=Money(deal.charged_for(Purpose.PAYMENT_FEE), deal.currency),
        total=Money(deal.owed, deal.currency),
        refunded=Money(deal.refunded, deal.currency),
        reference=deal.reference,
        problem=deal.problem,
        agreed_at=deal.agreed_at,
        deadline=None if deal.state.has_ended else deal.deadline,
        ended_at=deal.ended_at,
        wants_to_call_off=_wishes(deal, deal.buyer),
        dispute=_dispute(deal, deal.buyer, statements),
        counterpart=_counterpart(deal, seller),
    )
