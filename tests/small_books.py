"""Offers made by hand, and stores in memory that hold them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from brokerage import Terms
from brokerage.adapters.memory import MemoryStore
from brokerage.ports import Ladder
from brokerage.records.numbers import Arrival, BoxNumber, OfferNumber, PersonNumber
from brokerage.records.offers import Offer, PurchaseOffer, SaleOffer, Standing
from builders import START

TERMS = Terms("0.1")
LADDER = Ladder("goods", "USD", TERMS, Decimal(1))
OPEN = Standing(True)
HOUR = timedelta(hours=1)


def sale(number: int, min_price: int = 80, limit: datetime | None = None, **other: Any) -> SaleOffer:
    """Return a sale of the first box."""
    given: dict[str, Any] = {
        "number": OfferNumber(number),
        "box": BoxNumber(1),
        "person": PersonNumber(1),
        "category": "goods",
        "currency": "USD",
        "name": "Thing",
        "terms": TERMS,
        "factor": Decimal(1),
        "offered_at": START,
        "arrival": Arrival(100 + number),
        "arrived_at": START,
    }
    return SaleOffer(**{**given, "min_price": min_price, "limit": limit, **other})


def purchase(number: int, max_price: int = 100, limit: datetime | None = None, **other: Any) -> PurchaseOffer:
    """Return a purchase of the second box."""
    given: dict[str, Any] = {
        "number": OfferNumber(number),
        "box": BoxNumber(2),
        "person": PersonNumber(2),
        "category": "goods",
        "currency": "USD",
        "factor": Decimal(1),
        "offered_at": START,
        "arrival": Arrival(100 + number),
        "arrived_at": START,
    }
    return PurchaseOffer(**{**given, "max_price": max_price, "limit": limit, **other})


def store_of(*rows: tuple[Offer, Standing]) -> MemoryStore:
    """Return a store of offers that stand as they are told to."""
    store = MemoryStore()
    for offer, standing in rows:
        store.run(lambda tx, offer=offer, standing=standing: tx.offers.add(offer, standing))  # type: ignore[misc]
    return store


def numbers(offers: Any) -> list[int]:
    """Return the numbers of offers."""
    return [offer.number for offer in offers]
