"""What the naive market holds, and every question about it as a walk through plain lists."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from brokerage.testing.market.naive_pricing import rounded
from brokerage.testing.market.naive_records import ENDED, Category, Deal, Fee, Loss, Member, Offer, Pair, Standing

__all__ = ["NaiveReading"]

_WORDS = {
    "lapsed": "Lapsed",
    "cancelled": "Cancelled",
    "refunded": "Refunded",
    "charged back": "Charged Back",
    "disputed": "In Dispute",
    "returning": "Being Returned",
}


class NaiveReading:
    """The lists of the market, and what anybody can read in them."""

    def __init__(
        self,
        start: datetime,
        every: timedelta | None,
        factor_rule: str = "lowest",
        rounding: str = "half-even",
        payout_on: str = "inspection",
        carriage: Mapping[str, int] | None = None,
    ) -> None:
        self.now = start
        self.every = every
        self.factor_rule = factor_rule
        self.rounding = rounding
        self.payout_on = payout_on
        self.carriage = dict(carriage or {})
        self.standing: list[Standing] = []
        self.members: list[Member] = []
        self.categories: dict[str, Category] = {}
        self.offers: list[Offer] = []
        self.pairs: list[Pair] = []
        self.losses: list[Loss] = []
        self.deals: list[Deal] = []
        self.postings: list[tuple[str, str, int]] = []
        self.notices: set[str] = set()
        self.mails: list[tuple[int, str, int]] = []
        self._arrivals = 0

    # reading

    def is_open(self, offer: Offer) -> bool:
        """Say whether an offer is open now."""
        return offer.state == "open" and self.now < offer.limit

    def candidates(self, number: int) -> list[Pair]:
        """Return a purchase's candidates in their order."""
        found = [
            pair
            for pair in self.pairs
            if pair.purchase.number == number and self.is_open(pair.sale) and self.is_open(pair.purchase)
        ]
        return sorted(found, key=lambda pair: (pair.buying, pair.sale.price, pair.sale.number))

    def buyers_of(self, number: int) -> list[Pair]:
        """Return a sale's candidate buyers."""
        return [
            pair
            for pair in self.pairs
            if pair.sale.number == number and self.is_open(pair.sale) and self.is_open(pair.purchase)
        ]

    def lost(self, number: int) -> list[Pair]:
        """Return the candidates that a purchase lost since its member looked, in the order of the deals."""
        return [loss.pair for loss in self.losses if loss.pair.purchase.number == number]

    def shown(self, box: int) -> list[Offer]:
        """Return the offers that a box shows, by number."""
        mine = [offer for offer in self.offers if offer.box == box and not offer.filed]
        return [offer for offer in mine if offer.state != "open" or self.is_open(offer)]

    def unsold(self, category: str) -> list[Offer]:
        """Return the sales of a category that everyone may see, by number."""
        return [o for o in self.offers if o.is_sale and o.category == category and o.visible and self.is_open(o)]

    def deals_of(self, box: int) -> list[Deal]:
        """Return a member's deals, newest first."""
        return [deal for deal in reversed(self.deals) if box in (deal.sale.box, deal.purchase.box)]

    def sale_words(self, offer: Offer) -> str:
        """Return the status of a sale, as the seed words it."""
        deal = self._deal(offer.deal)
        if deal is None:
            return "There Is a Candidate Buyer" if self.buyers_of(offer.number) else "No Buyer"
        return self.sellers_words(deal)

    def purchase_words(self, offer: Offer) -> str:
        """Return the status of a purchase, as the seed words it."""
        deal = self._deal(offer.deal)
        if deal is None:
            first = "Candidate Buyer" if self.candidates(offer.number) else "No Seller"
            return first + "/Purchase Failed" if self.lost(offer.number) else first
        return self.buyers_words(deal)

    def sellers_words(self, deal: Deal) -> str:
        """Return the status of a deal for its seller."""
        if deal.state in _WORDS:
            return self._bad_words(deal)
        received = deal.was_collected or (deal.performed and deal.was_delivered)
        if deal.seller_paid:
            return "Paid/Commodity Received" if received else "Paid"
        return "Commodity Received" if received else "Transaction Settled"

    def buyers_words(self, deal: Deal) -> str:
        """Return the status of a deal for its buyer."""
        if deal.state in _WORDS:
            return self._bad_words(deal)
        if deal.was_delivered:
            return "Paid/Commodity Delivered"
        return "Paid" if deal.was_paid else "Transaction Settled"

    def _bad_words(self, deal: Deal) -> str:
        return "Returned" if deal.state == "refunded" and deal.was_sent_back else _WORDS[deal.state]

    def fees_of(self, purchase: Offer, price: int) -> list[Fee]:
        """Return what carrying and settling a purchase would cost at a price, and who would get it."""
        found = []
        if not self.categories[purchase.category].performed:
            carrier = self._standing("carrier", purchase)
            standing = self.carriage.get(purchase.currency, 0)
            units = standing if carrier is None else self._fee(carrier, price)
            found.append(Fee(None if carrier is None else carrier.box, units, "carriage"))
        provider = self._standing("payment provider", purchase)
        if provider is not None:
            with_carriage = price + sum(fee.units for fee in found)
            found.append(Fee(provider.box, self._fee(provider, with_carriage), "payment fee"))
        return [fee for fee in found if fee.units]

    def total(self, purchase: Offer, price: int) -> int:
        """Return what a purchase would cost in all at a price."""
        return price + sum(fee.units for fee in self.fees_of(purchase, price))

    def _standing(self, trade: str, purchase: Offer) -> Standing | None:
        """Who was appointed last for a purchase, if it is for now."""
        wanted = trade, purchase.category, self.members[purchase.box - 1].zone, purchase.currency
        mine = [one for one in self.standing if (one.trade, one.category, one.zone, one.currency) == wanted]
        return mine[-1] if mine and mine[-1].since <= self.now < mine[-1].until else None

    def _fee(self, terms: Standing, amount: int) -> int:
        return terms.fixed + terms.each + rounded(terms.rate * amount, self.rounding)

    def balance(self, account: str, currency: str) -> int:
        """Return the sum of an account's postings."""
        return sum(units for name, code, units in self.postings if (name, code) == (account, currency))

    def open_offers(self, box: int) -> int:
        """Count a member's offers that nobody has ended yet."""
        return sum(offer.box == box and offer.state == "open" for offer in self.offers)

    def deals_in_flight(self, box: int) -> int:
        """Count a member's deals that have not ended."""
        return sum(deal.state not in ENDED for deal in self.deals_of(box))

    def _deal(self, number: int | None) -> Deal | None:
        return next((deal for deal in self.deals if deal.number == number), None)
