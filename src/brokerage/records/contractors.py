"""Carriers and payment providers: members who offer a service to deals, and the terms they were appointed on (N6)."""

from datetime import datetime
from decimal import Decimal
from enum import Enum

from attrs import frozen

from brokerage.records.numbers import BoxNumber, TenderNumber

__all__ = ["EVERYWHERE", "Contractor", "Service", "StandingTerms", "Trade"]

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
class StandingTerms:
    """What is paid for a service to deals of a category that are delivered in a zone, for a time (spec N6).

    They hold from ``since`` until before ``until``. ``category`` is its key. The seller of such a deal may live
    anywhere, so the fee tells its buyer nothing of where.
    """

    trade: Trade
    category: str
    zone: str
    currency: str
    service: Service
    since: datetime
    until: datetime
    tender: TenderNumber
    version: int = 0
