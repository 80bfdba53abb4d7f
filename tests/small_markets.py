"""A store with offers made by hand, and what reads candidates in it."""

from datetime import datetime
from typing import Any

from attrs import frozen

from brokerage import Fulfilment, Policy
from brokerage.adapters.memory import MemoryStore
from brokerage.pages import Page, PageMarks
from brokerage.records.categories import Category
from brokerage.records.offers import Details, Offer, PurchaseOffer, Requirements, SaleOffer, Standing
from brokerage.services.market.candidates import Candidate, Candidates
from builders import START
from small_books import OPEN, TERMS, purchase

WANT = purchase(100, 100)
RED = Requirements((("colour", frozenset({"red"})),))
IS_RED = Details(attributes=(("colour", "red"),))


@frozen
class Market:
    """A store with the categories "goods" (carried) and "services" (performed), and what reads candidates in it."""

    store: MemoryStore
    candidates: Candidates

    def add(self, offer: Offer, standing: Standing = OPEN) -> None:
        """Keep an offer."""
        self.store.run(lambda tx: tx.offers.add(offer, standing))

    def replace(self, old: Offer, new: Offer) -> None:
        """Replace an offer."""
        self.store.run(lambda tx: tx.offers.replace(old, new))

    def page(
        self, want: PurchaseOffer = WANT, size: int = 10, after: str | None = None, now: datetime = START
    ) -> "Page[Any]":
        """Return a page."""
        return self.store.read(lambda tx: self.candidates.page(tx, want, now, size, after))

    def pages(self, want: PurchaseOffer, size: int) -> "list[Page[Any]]":
        """Return all pages."""
        pages = [self.page(want, size)]
        while (mark := pages[-1].next) is not None:
            pages.append(self.page(want, size, mark))
        return pages

    def one(self, offer: SaleOffer, want: PurchaseOffer = WANT, now: datetime = START) -> Candidate | None:
        """Return a sale as a candidate."""
        return self.store.read(lambda tx: self.candidates.one(tx, want, offer, now))


def market(*offers: Offer, **choices: Any) -> Market:
    """Return a market of visible offers under a policy."""
    place = Market(MemoryStore(), Candidates(Policy(**choices), PageMarks(b"secret")))
    for key, fulfilment in (("goods", Fulfilment.CARRIER), ("services", Fulfilment.PERFORMED)):
        category = Category(key, key, key, "", TERMS, fulfilment)
        place.store.run(lambda tx, category=category: tx.categories.add(category))  # type: ignore[misc]
    for offer in offers:
        place.add(offer)
    return place
