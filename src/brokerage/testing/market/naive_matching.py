"""How the offers of the naive market arrive, are shown and meet."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from brokerage.testing.market.naive_pricing import HALF, prices
from brokerage.testing.market.naive_reading import NaiveReading
from brokerage.testing.market.naive_records import Offer, Pair

__all__ = ["NaiveMatching"]


def _words(text: str) -> set[str]:
    return set("".join(character if character.isalnum() else " " for character in text.casefold()).split())


class NaiveMatching(NaiveReading):
    """The lists of the market, where an offer that arrives meets every offer of the other side."""

    def _require(self, offer: Offer, wanted: Mapping[str, Iterable[str]], words: Iterable[str]) -> None:
        offer.wanted = {name: set(values) for name, values in wanted.items()}
        offer.words = set().union(*(_words(word) for word in words))

    def _arrive(self, offer: Offer) -> None:
        self._arrivals += 1
        offer.arrival, offer.arrived, offer.visible, offer.told = self._arrivals, self.now, False, False
        if self.every is None:
            self._show(offer)

    def _show(self, offer: Offer) -> None:
        """Walk the whole other side, and write down every pair that matches."""
        offer.visible = True
        for other in self.offers:
            if other.is_sale == offer.is_sale or not other.visible:
                continue
            sale, purchase = (offer, other) if offer.is_sale else (other, offer)
            if self._match(sale, purchase):
                rate = sale.rate * self._factor(sale, purchase)
                selling, buying = prices(sale.price, purchase.price, rate, sale.margin, self.rounding)
                self.pairs.append(Pair(sale, purchase, selling, buying))
                self._tell(other)
                self._tell(offer)

    def _match(self, sale: Offer, purchase: Offer) -> bool:
        return (
            (sale.category, sale.currency) == (purchase.category, purchase.currency)
            and self.members[sale.box - 1].person != self.members[purchase.box - 1].person
            and self.is_open(sale)
            and self.is_open(purchase)
            and purchase.price - sale.price >= 0
            and purchase.words <= _words(sale.name)
            and all(sale.attributes.get(name) in values for name, values in purchase.wanted.items())
        )

    def _same_person(self, pair: Pair) -> bool:
        return self.members[pair.sale.box - 1].person == self.members[pair.purchase.box - 1].person

    def _factor(self, sale: Offer, purchase: Offer) -> Fraction:
        return {
            "lowest": min(sale.factor, purchase.factor),
            "mean": HALF * (sale.factor + purchase.factor),
            "seller": sale.factor,
            "buyer": purchase.factor,
        }[self.factor_rule]

    def _tell(self, offer: Offer) -> None:
        if not offer.told:
            offer.told = True
            if self.members[offer.box - 1].wants_mail:
                self.mails.append((offer.box, "candidate", offer.number))

    def _drop(self, offer: Offer) -> None:
        self.pairs = [pair for pair in self.pairs if offer is not pair.sale and offer is not pair.purchase]

    def _close(self, offer: Offer) -> None:
        self._drop(offer)
        offer.state, offer.filed = "closed", True
