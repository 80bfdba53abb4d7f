"""Carriers and payment providers: members who offer a service to deals, and the terms they were appointed on (N6)."""

from datetime import datetime
from decimal import Decimal
from enum import Enum

from attrs import frozen

from brokerage.records.numbers import BoxNumber, TenderNumber

__all__ = ["EVERYWHERE", "Contractor", "EarlierTerms", "Service", "StandingTerms", "Trade", "zone_words"]

EVERYWHERE = ""
"""The zone of every address, where the policy tells none apart."""


def zone_words(zone: str) -> str:
    """Return a zone in words.

    >>> zone_words("north"), zone_words(EVERYWHERE)
    ("zone 'north'", 'everywhere')
    """
    return f"zone {zone!r}" if zone else "everywhere"


class Trade(Enum):
    """What a bidder offers."""

    SELLER = "seller"
    CARRIER = "carrier"
    PROVIDER = "payment provider"

    __hash__ = object.__hash__  # it is a part of keys that are looked up for every page of candidates


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

    def holding(self, now: datetime) -> tuple[EarlierTerms, ...]:
        """Return the terms that hold at an instant and those that will, by when they begin.

        Of those that have begun the last one holds, unless its time is over.
        """
        last = EarlierTerms(self.service, self.since, self.until, self.tender)
        every = *self.earlier, last
        begun = [terms for terms in every if terms.since <= now]
        return tuple(terms for terms in every if now < terms.until and (terms.since > now or terms is begun[-1]))

    def at(self, now: datetime) -> Service | None:
        """Return what stands at an instant, if anything does."""
        first = self.holding(now)[:1]
        return first[0].service if first and first[0].since <= now else None
