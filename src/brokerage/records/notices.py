"""Notices: what the outside reports, once each however often it is said (spec A1, A7)."""

from datetime import datetime
from enum import Enum

from attrs import frozen

from brokerage.records.numbers import DealNumber

__all__ = [
    "BounceNotice",
    "ChargebackNotice",
    "DeliveryNotice",
    "DeliveryStep",
    "Notice",
    "NoticeKey",
    "PaymentNotice",
    "ReceivedNotice",
]

NoticeKey = tuple[str, str]
"""Who said it, and under which id of theirs."""


class DeliveryStep(Enum):
    """What a carrier reports."""

    COLLECTED = "collected"
    DELIVERED = "delivered"
    REFUSED = "refused"
    """The buyer did not take it at the door."""
    LOST = "lost"
    RETURNED = "returned"
    """What the buyer sent back is with the seller again."""


@frozen
class PaymentNotice:
    """Money came into the broker's account: ``units`` of ``currency`` under ``reference``."""

    source: str
    id: str
    reference: str
    units: int
    currency: str


@frozen
class DeliveryNotice:
    """A carrier reports what became of the goods of a deal."""

    source: str
    id: str
    deal: DealNumber
    step: DeliveryStep


@frozen
class BounceNotice:
    """A payout came back to the broker's account: ``units`` of ``currency``, paid out under the key ``payout``."""

    source: str
    id: str
    payout: str
    units: int
    currency: str


@frozen
class ChargebackNotice:
    """The clearing house took captured money back: ``units`` of ``currency``, captured under an ``authorisation``."""

    source: str
    id: str
    authorisation: str
    units: int
    currency: str


Notice = PaymentNotice | DeliveryNotice | BounceNotice | ChargebackNotice


_KINDS = {
    PaymentNotice: "payment",
    DeliveryNotice: "delivery",
    BounceNotice: "bounce",
    ChargebackNotice: "chargeback",
}


@frozen
class ReceivedNotice:
    """A notice as the inbox keeps it, with what became of it in a few words.

    ``place`` is above 0 for another notice under an id that came before.
    """

    notice: Notice
    at: datetime
    result: str
    place: int = 0

    @property
    def key(self) -> NoticeKey:
        """What makes the notice one of its kind: banks and carriers may use the same ids."""
        number = self.notice.id if not self.place else f"{self.notice.id} ({self.place + 1})"
        return f"{_KINDS[type(self.notice)]}:{self.notice.source}", number
