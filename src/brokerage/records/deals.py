"""Deals: what was agreed, what it costs whom, and the table of its lifecycle (spec S1, A2–A9).

A deal is charges, however it was found: each names a payee, an amount and a purpose, and their sum is what the buyer
pays into escrow. The lifecycle is the table :data:`DEAL_MOVES`; :func:`move` is the only way along it.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Any

from attrs import frozen

from brokerage.errors import WrongStep
from brokerage.headings import OFFICE_DEALS
from brokerage.making import quickly_made
from brokerage.money import Money
from brokerage.records.categories import Fulfilment
from brokerage.records.notices import NoticeKey
from brokerage.records.numbers import BoxNumber, ContactNumber, DealNumber, OfferNumber
from brokerage.records.offers import Details
from brokerage.records.versions import next_version
from brokerage.tables import Shown, Table

__all__ = [
    "BROKER",
    "DEAL_MOVES",
    "Charge",
    "Deal",
    "DealMove",
    "DealOrigin",
    "DealState",
    "Dispute",
    "Means",
    "Payee",
    "Payment",
    "Purpose",
    "change",
    "charged_for",
    "move",
]


class DealState(Enum):
    """Where a deal is in its life."""

    AGREED = "agreed"
    PAID = "paid"
    COLLECTED = "collected"
    DELIVERED = "delivered"
    RETURNING = "returning"
    DISPUTED = "disputed"
    COMPLETED = "completed"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged back"

    @property
    def has_ended(self) -> bool:
        """Whether nothing is expected any more: only a completed deal can still be charged back."""
        return self in _ENDED


_ENDED = frozenset(
    (DealState.COMPLETED, DealState.LAPSED, DealState.CANCELLED, DealState.REFUNDED, DealState.CHARGED_BACK)
)


@frozen
class DealMove:
    """One row of the deal's lifecycle.

    ``deadline`` names the policy's time for it, ``otherwise`` where it leads after that.
    """

    source: DealState
    target: DealState
    by: str
    deadline: str | None = None
    otherwise: DealState | None = None


_S = DealState
DEAL_MOVES = (
    DealMove(_S.AGREED, _S.PAID, "money in escrow reaches the charges", "payment", _S.LAPSED),
    DealMove(_S.PAID, _S.COLLECTED, "the carrier collects", "collection", _S.REFUNDED),
    DealMove(_S.PAID, _S.DELIVERED, "the seller has performed (services)", "collection", _S.REFUNDED),
    DealMove(_S.COLLECTED, _S.DELIVERED, "the carrier delivers", "delivery", _S.DISPUTED),
    DealMove(_S.COLLECTED, _S.REFUNDED, "the carrier has lost it"),
    DealMove(
        _S.DELIVERED,
        _S.COMPLETED,
        "the buyer confirms or inspection is over, and everyone is paid out",
        "inspection",
        _S.COMPLETED,
    ),
    DealMove(_S.DELIVERED, _S.RETURNING, "the buyer sends it back"),
    DealMove(_S.RETURNING, _S.REFUNDED, "the carrier has brought it back, or lost it", "return_time", _S.DISPUTED),
    DealMove(_S.PAID, _S.DISPUTED, "buyer or seller disputes"),
    DealMove(_S.COLLECTED, _S.DISPUTED, "buyer or seller disputes; refused at the door"),
    DealMove(_S.DELIVERED, _S.DISPUTED, "buyer or seller disputes"),
    DealMove(_S.DISPUTED, _S.REFUNDED, "the manager refunds, or the seller is silent", "decision", _S.REFUNDED),
    DealMove(
        _S.DISPUTED,
        _S.COMPLETED,
        "the manager releases or refunds a part, or the buyer is silent; everyone is paid out",
        "decision",
        _S.COMPLETED,
    ),
    DealMove(_S.AGREED, _S.CANCELLED, "both sides call it off"),
    DealMove(_S.PAID, _S.CANCELLED, "both sides call it off"),
    DealMove(_S.PAID, _S.CHARGED_BACK, "the clearing house takes the money back"),
    DealMove(_S.COLLECTED, _S.CHARGED_BACK, "the clearing house takes the money back"),
    DealMove(_S.DELIVERED, _S.CHARGED_BACK, "the clearing house takes the money back"),
    DealMove(_S.RETURNING, _S.CHARGED_BACK, "the clearing house takes the money back"),
    DealMove(_S.DISPUTED, _S.CHARGED_BACK, "the clearing house takes the money back"),
    DealMove(_S.COMPLETED, _S.CHARGED_BACK, "the clearing house takes the money back"),
)
"""Every move that a deal can make."""

_TARGETS = frozenset(
    (row.source, target) for row in DEAL_MOVES for target in (row.target, row.otherwise) if target is not None
)


class DealOrigin(Enum):
    """How a deal was found."""

    MARKET = "market"
    RESERVATION = "reservation"


class Purpose(Enum):
    """What a charge is for (spec A6)."""

    SELLERS_SHARE = "seller's share"
    COMMISSION = "commission"
    CARRIAGE = "carriage"
    PAYMENT_FEE = "payment fee"


class Means(Enum):
    """How money comes in."""

    BANK_TRANSFER = "bank transfer"
    CARD = "card"
    ACCOUNT_CHARGE = "account charge"


@quickly_made
@frozen
class Payee:
    """Who gets a charge: a member by box, the broker, or another party.

    Another party is paid into ``bank_account``; a member into the account that he or she has when the payout is sent.
    """

    name: str
    box: BoxNumber | None = None
    bank_account: str | None = None


BROKER = Payee("broker")
"""The broker itself: its charges become revenue and are not paid out."""


@quickly_made
@frozen
class Charge:
    """A part of what the buyer pays: who gets it, how much in minor units, and what for."""

    payee: Payee
    units: int
    purpose: Purpose


def charged_for(charges: Iterable[Charge], purpose: Purpose) -> int:
    """Return the sum of those of some charges that are for a purpose, in minor units."""
    return sum(charge.units for charge in charges if charge.purpose is purpose)


@frozen
class Payment:
    """Money of the buyer that escrow took for a deal.

    Which payment, how it came, and how much of it, in minor units.
    """

    key: NoticeKey
    means: Means
    units: int


@quickly_made
@frozen
class Dispute:
    """A disagreement about a deal (spec A8): who began it, when, and who has spoken since.

    ``by`` is ``None`` where the broker began it, because the carrier was late or the goods were refused. Whoever
    begins it has spoken. The words are kept apart: see :class:`~brokerage.records.statements.Statement`.
    """

    by: BoxNumber | None
    at: datetime
    spoken: tuple[BoxNumber, ...] = ()


@quickly_made
@frozen(repr=False)
class Deal(Shown):
    """An agreement of a seller and a buyer through the broker, and how far it has come.

    ``sale`` and ``purchase`` are the numbers of what met: two offers, or a seller's bid and a buyer's reservation.
    ``min_price``, ``max_price``, ``selling_price`` and ``buying_price`` are frozen at the decision, in minor units,
    each for all ``quantity`` units together.
    ``name`` and ``details`` say what is sold, ``collect_from`` and ``deliver_to`` from where to where, as it was at
    the decision (spec S1). ``payments`` are what escrow took of the buyer's money; ``released``
    and ``paid_out`` are the positions of the charges whose payees are being, or have been, paid, ``failed`` those
    whose last payout failed; a position is released again when its payout is repeated. ``cuts`` are what a partial
    refund takes from each charge, ``refunded`` what went or goes back of the buyer's money, in minor units, and
    ``charged_back`` what the clearing house took back, of which payment.
    ``deadline`` is when the present state ends by itself, if it does, and for an ended deal when it leaves the boxes;
    ``accepted`` says that the buyer confirmed, inspection is over, or a dispute ended for the seller. ``attempts`` are
    the keys of effects that take the money from a card or an account, and ``problem`` says what became of the last
    one if it was declined. ``wishes`` are the parties who want to call the deal off.
    """

    number: DealNumber
    origin: DealOrigin
    sale: OfferNumber
    purchase: OfferNumber
    seller: BoxNumber
    buyer: BoxNumber
    category: str
    currency: str
    min_price: int
    max_price: int
    selling_price: int
    buying_price: int
    charges: tuple[Charge, ...]
    fulfilment: Fulfilment
    collect_from: ContactNumber
    deliver_to: ContactNumber
    reference: str
    name: str
    details: Details
    agreed_at: datetime
    quantity: int = 1
    state: DealState = DealState.AGREED
    deadline: datetime | None = None
    payments: tuple[Payment, ...] = ()
    released: tuple[int, ...] = ()
    paid_out: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    cuts: tuple[int, ...] = ()
    refunded: int = 0
    charged_back: tuple[Payment, ...] = ()
    accepted: bool = False
    attempts: tuple[str, ...] = ()
    problem: str = ""
    wishes: tuple[BoxNumber, ...] = ()
    dispute: Dispute | None = None
    paid_at: datetime | None = None
    collected_at: datetime | None = None
    delivered_at: datetime | None = None
    returning_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 0

    @property
    def owed(self) -> int:
        """The sum of the charges: what the buyer pays."""
        return sum(charge.units for charge in self.charges)

    @property
    def received(self) -> int:
        """What escrow has taken of the buyer's money."""
        return sum(payment.units for payment in self.payments)

    def share(self, position: int) -> int:
        """Return what the payee of a charge gets, in minor units: the charge without what a partial refund took."""
        return self.charges[position].units - (self.cuts[position] if self.cuts else 0)

    @property
    def payable(self) -> tuple[int, ...]:
        """The positions of the charges that somebody outside the broker gets, except those of nothing."""
        return tuple(at for at, charge in enumerate(self.charges) if charge.payee != BROKER and self.share(at))

    @property
    def commission(self) -> int:
        """What the broker keeps when the deal is completed, in minor units."""
        return sum(self.share(at) for at, charge in enumerate(self.charges) if charge.payee == BROKER)

    @property
    def parties(self) -> tuple[BoxNumber, BoxNumber]:
        """The seller's box and the buyer's."""
        return self.seller, self.buyer

    @property
    def sellers_charges(self) -> tuple[int, ...]:
        """The positions of the seller's share; what else the seller may get, as a carrier say, is not among them."""
        return self.charges_for(Purpose.SELLERS_SHARE)

    def charges_for(self, *purposes: Purpose) -> tuple[int, ...]:
        """Return the positions of the charges that are for one of some purposes."""
        return tuple(at for at, charge in enumerate(self.charges) if charge.purpose in purposes)

    def charged_for(self, purpose: Purpose) -> int:
        """Return the sum of the charges for a purpose, in minor units."""
        return charged_for(self.charges, purpose)

    @property
    def seller_is_paid(self) -> bool:
        """Whether the seller's share has been paid out; a share of nothing is paid once it is released."""
        done = self.paid_out + tuple(at for at in self.released if not self.share(at))
        return all(at in done for at in self.sellers_charges)

    def table(self) -> Table:
        """Return the deal as a table of one row, for the manager."""
        known = self.number, self.sale, self.purchase, self.seller, self.buyer
        prices = self.min_price, self.selling_price, self.buying_price, self.max_price
        amounts = (*prices, self.buying_price - self.selling_price, self.owed)
        money = (Money(units, self.currency) for units in amounts)
        words = self.state.name, self.category, self.name, self.quantity
        return OFFICE_DEALS.of([(*known, *words, *money, self.agreed_at, self.ended_at)])


def move(deal: Deal, target: DealState, **changes: Any) -> Deal:
    """Take a deal along one row of the table; raises :class:`WrongStep` where the table has no such row."""
    if (deal.state, target) not in _TARGETS:
        raise WrongStep(deal.number, target.value)
    return next_version(deal, state=target, **changes)


def change(deal: Deal, **changes: Any) -> Deal:
    """Return the next version of a deal that stays in its state."""
    return next_version(deal, **changes)
