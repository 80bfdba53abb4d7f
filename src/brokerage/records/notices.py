"""Notices: what the outside reports, once each however often it is said (spec A1, A7)."""

from datetime import datetime
from enum import Enum

from attrs import frozen

from brokerage.records.numbers import DealNumber

__all__ = ["DeliveryNotice", "DeliveryStep", "Notice", "NoticeKey", "PaymentNotice", "ReceivedNotice"]

NoticeKey = tuple[str, str]
"""Who said it, and under which id of theirs."""


class DeliveryStep(Enum):
    """What a carrier reports."""

    COLLECTED = "collected"
    DELIVERED = "delivered"


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
    """A carrier collected or delivered the goods of a deal."""

    source: str
    id: str
    deal: DealNumber
    step: DeliveryStep


Notice = PaymentNotice | DeliveryNotice


@frozen
class ReceivedNotice:
    """A notice as the inbox keeps it, with what became of it in a few words."""

    notice: Notice
    at: datetime
    result: str

    @property
    def key(self) -> NoticeKey:
        """What makes the notice one of its kind: banks and carriers may use the same ids."""
        kind = "payment" if isinstance(self.notice, PaymentNotice) else "delivery"
        return f"{kind}:{self.notice.source}", self.notice.id
