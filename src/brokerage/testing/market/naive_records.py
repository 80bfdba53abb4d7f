"""What the naive market keeps, one plain record for each kind of thing."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

__all__ = ["ENDED", "Category", "Deal", "Fee", "Loss", "Member", "Offer", "Pair", "Refused", "Standing"]


ENDED = ("completed", "lapsed", "cancelled", "refunded", "charged back")
"""The states of deals of which nothing is expected any more."""


class Refused(Exception):
    """The market refuses; ``kind`` is the name of the library's error for the same thing."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass
class Member:
    """A member: recognised by what, in which zone, the present factor, and whether candidates are told by e-mail."""

    box: int
    marks: set[str]
    person: int
    factor: Fraction = Fraction(1)
    wants_mail: bool = False
    zone: str = ""


@dataclass
class Category:
    """A category: what sales accepted from now on are priced by, and how its deals are fulfilled."""

    rate: Fraction
    margin: str
    performed: bool


@dataclass
class Offer:
    """An offer of either side; ``price`` is SPmin or BPmax. ``state`` is "open", "agreed" or "closed"."""

    number: int
    is_sale: bool
    box: int
    category: str
    currency: str
    price: int
    limit: datetime
    factor: Fraction
    arrived: datetime
    arrival: int
    name: str = ""
    rate: Fraction = Fraction(0)
    margin: str = "spread"
    attributes: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, set[str]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    state: str = "open"
    visible: bool = False
    told: bool = False
    filed: bool = False
    deal: int | None = None


@dataclass
class Pair:
    """A sale and a purchase that are candidates of each other, with both prices."""

    sale: Offer
    purchase: Offer
    selling: int
    buying: int


@dataclass
class Loss:
    """A candidate that a purchase lost to another buyer's deal."""

    deal: int
    pair: Pair


@dataclass
class Standing:
    """Who carries ("carrier") or settles ("payment provider") a category in a zone for a time, and for what."""

    trade: str
    category: str
    zone: str
    currency: str
    box: int
    fixed: int
    each: int
    rate: Fraction
    since: datetime
    until: datetime


@dataclass
class Fee:
    """What somebody gets for carrying or settling a deal; ``box`` is ``None`` for the standing carrier."""

    box: int | None
    units: int
    purpose: str
    cut: int = 0


@dataclass
class Deal:
    """A deal. ``state`` is the name of the library's state."""

    number: int
    sale: Offer
    purchase: Offer
    selling: int
    buying: int
    fees: list[Fee]
    performed: bool
    deadline: datetime | None
    state: str = "agreed"
    received: int = 0
    was_paid: bool = False
    was_collected: bool = False
    was_delivered: bool = False
    was_sent_back: bool = False
    was_charged_back: bool = False
    seller_paid: bool = False
    by_card: int = 0
    refunded: int = 0
    cut_seller: int = 0
    cut_broker: int = 0
    wishes: set[int] = field(default_factory=set)
    spoken: set[int] = field(default_factory=set)
    disputed_at: datetime | None = None

    @property
    def commission(self) -> int:
        """What the broker keeps in the end."""
        return self.buying - self.selling - self.cut_broker

    @property
    def owed(self) -> int:
        """What the buyer pays in all."""
        return self.buying + sum(fee.units for fee in self.fees)

    def fee(self, purpose: str) -> int:
        """Return the carriage or the payment fee."""
        return sum(fee.units for fee in self.fees if fee.purpose == purpose)
