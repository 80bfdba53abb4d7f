"""Carriers and payment providers: members who offer a service to deals, and the terms they were appointed on (N6)."""

from datetime import datetime
from decimal import Decimal
from enum import Enum

from attrs import frozen

from brokerage.records.numbers import BoxNumber, TenderNumber

__all__ = ["EVERYWHERE", "Contractor", "EarlierTerms", "Service", "StandingTerms", "Trade"]

EVERYWHERE = ""
"""The zone of every address, where the policy tells none apart."""


class Trade(Enum):
    """What a bidder offers."""

    SELLER = "seller"
    CARRIER = "carrier"
    PROVIDER = "payment provider"


@frozen
class Contractor:
    """A member whom the manager registered as a carrier or as a payment provider."""

    box: BoxNumber
    trade: Trade
    registered_at: datetime
    version: int = 0


@frozen
class Service:
    """What a carrier or a payment provider is paid for its part in one deal.

    Args:
        box: who gets it.
        fixed: for each deal, in minor units.
        each: for each unit, in minor units.
        rate: the part of an amount, from 0 to 1: a carrier's of the price of the goods, a payment provider's of the
            price with the carriage.
    """

    box: BoxNumber
    fixed: int = 0
    each: int = 0
    rate: Decimal = Decimal(0)


@frozen
class EarlierTerms:
    """Terms that hold until later ones begin."""

    service: Service
    since: datetime
    until: datetime
    tender: TenderNumber


@frozen
class StandingTerms:
    """What is paid for a service to deals of a category that are delivered in a zone, for a time (spec N6).

    The seller of such a deal may live anywhere, so the fee tells its buyer nothing of where. ``earlier`` are the terms
    that hold, or would, until these begin; the last one begins last.
    """

    trade: Trade
    category: str
    zone: str
    currency: str
    service: Service
    since: datetime
    until: datetime
    tender: TenderNumber
    earlier: tuple[EarlierTerms, ...] = ()
    version: int = 0

    @property
    def all(self) -> tuple[EarlierTerms, ...]:
        """These terms and the earlier ones, by when they begin."""
        return *self.earlier, EarlierTerms(self.service, self.since, self.until, self.tender)

    def at(self, now: datetime) -> Service | None:
        """Return what stands at an instant: the terms that began last, unless their time is over."""
        begun = [terms for terms in self.all if terms.since <= now]
        return begun[-1].service if begun and now < begun[-1].until else None
