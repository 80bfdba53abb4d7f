"""What a tender needs of whoever calls it: what suits, what an acceptance brings about, and when it is over (spec N7).

A tender itself is the same for goods, carriage and payments. What differs stands here as a Protocol, and each kind of
thing that can be asked for has one implementation.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from attrs import frozen

from brokerage.judging import Assessed
from brokerage.ports import Transaction
from brokerage.records.numbers import OfferNumber
from brokerage.records.tenders import Asked, Bid, BidTerms, Place, Tender

__all__ = ["TOO_COSTLY", "Caller", "Unsuitable"]

TOO_COSTLY = "it costs more than can be paid"
"""Why a bid for a service does not suit whose fees would be above the largest amount there is."""


@frozen
class Unsuitable:
    """A bid that does not suit, and why, in words for the manager."""

    bid: OfferNumber
    reason: str


class Caller(Protocol):
    """What is peculiar to one kind of thing that a tender asks for. All of it runs inside the tender's unit of work."""

    def check(self, tx: Transaction, asked: Asked, now: datetime) -> str:
        """Return the currency in which bids are made, or refuse a call for what cannot be had."""

    def check_terms(self, tx: Transaction, tender: Tender, terms: BidTerms) -> None:
        """Refuse terms, well formed by themselves, that do not fit what is asked."""

    def assess(
        self, tx: Transaction, tender: Tender, bids: Sequence[Bid], now: datetime
    ) -> Sequence[Assessed | Unsuitable]:
        """Say of each bid what a judge is to see of it, or why it does not suit."""

    def offer(self, tx: Transaction, tender: Tender, bid: Bid, now: datetime) -> Assessed | Unsuitable:
        """Say what a bid would come to now, when its bidder is to be asked, or why it does not suit any more."""

    def rate(self, tx: Transaction, tender: Tender, bid: Bid) -> Decimal:
        """Return the commission rate, factor and all, that whoever is asked has to accept; 0 where there is none."""

    def accepted(self, tx: Transaction, tender: Tender, place: Place, bid: Bid, now: datetime) -> None:
        """Do what an acceptance brings about; ``place`` says what was accepted."""

    def is_pending(self, tx: Transaction, tender: Tender) -> bool:
        """Say whether what came of an acceptance is undecided, so that nobody else is to be asked yet."""

    def ended(self, tx: Transaction, tender: Tender, now: datetime) -> None:
        """Do what the end of a tender brings about, however it ended; its state says how."""
