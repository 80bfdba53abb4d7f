"""A naive model of the blind market: every candidate pair stands in a plain list, and every question is a walk.

It is what the library is compared with, so it shares nothing with it: standard library only, exact fractions, no
index, no care for speed. Amounts are whole minor units; a refusal is an exception that carries the name of its class.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from brokerage.testing.market.naive_pricing import prices
from brokerage.testing.market.naive_records import Category, Deal, Loss, Member, Offer, Pair, Refused, Standing
from brokerage.testing.market.naive_settlement import NaiveSettlement

__all__ = ["Deal", "NaiveMarket", "Offer", "Pair", "Refused", "prices"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DEFAULT_LIFE = timedelta(days=180)
_PAYMENT = timedelta(days=7)


def _email(text: str) -> str:
    return "email " + unicodedata.normalize("NFKC", text).strip().casefold()


def _telephone(text: str) -> str:
    digits = "".join(character for character in text if character in "0123456789")
    return "telephone " + (digits[2:] if digits.startswith("00") else digits)


def _account(text: str) -> str:
    return "account " + "".join(character for character in text if character.isalnum()).upper()


class NaiveMarket(NaiveSettlement):
    """The whole market, one plain list for each kind of thing.

    Args:
        start: the present instant.
        every: the time between two rounds; ``None``: offers meet at once.
        factor_rule: "lowest", "mean", "seller" or "buyer".
        rounding: "half-even", "down" or "up".
        payout_on: "order", "collection" or "inspection".
        carriage: the carrier's fee in minor units, by currency.
    """

    # members and categories

    def register(self, email: str, telephone: str, account: str, zone: str = "") -> int:
        """Add a member, living in a zone; whoever shares an e-mail, telephone or account is one person from now on."""
        box = len(self.members) + 1
        self.members.append(Member(box, {_email(email), _telephone(telephone), _account(account)}, box, zone=zone))
        for _ in self.members:
            for one in self.members:
                for other in self.members:
                    if one.marks & other.marks:
                        one.person = other.person = min(one.person, other.person)
        self.pairs = [pair for pair in self.pairs if not self._same_person(pair)]
        self.losses = [loss for loss in self.losses if not self._same_person(loss.pair)]
        return box

    def set_category(self, code: str, rate: Fraction, margin: str, performed: bool) -> None:
        """Add or correct a category."""
        self.categories[code] = Category(rate, margin, performed)

    def appoint(self, terms: Standing) -> None:
        """Let somebody carry or settle from an instant on, in the place of whoever did before."""
        self.standing.append(terms)

    # offers

    def sell(
        self,
        box: int,
        category: str,
        name: str,
        price: int,
        currency: str,
        limit: datetime | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> int:
        """Offer something for sale."""
        terms = self.categories[category]
        offer = self._offer(True, box, category, currency, price, limit)
        offer.name, offer.rate, offer.margin = name, terms.rate, terms.margin
        offer.attributes = dict(attributes or {})
        return self._accept(offer)

    def buy(
        self,
        box: int,
        category: str,
        price: int,
        currency: str,
        limit: datetime | None = None,
        wanted: Mapping[str, Iterable[str]] | None = None,
        words: Iterable[str] = (),
    ) -> int:
        """Offer to buy something."""
        offer = self._offer(False, box, category, currency, price, limit)
        self._require(offer, wanted or {}, words)
        return self._accept(offer)

    def amend(
        self,
        box: int,
        number: int,
        price: int | None = None,
        limit: datetime | None = None,
        attributes: Mapping[str, str] | None = None,
        requirements: tuple[Mapping[str, Iterable[str]], Iterable[str]] | None = None,
    ) -> None:
        """Change an open offer; it arrives anew, with nothing told and nothing lost."""
        offer = self._own(box, number)
        if not self.is_open(offer):
            raise Refused("NotOpen")
        self._drop(offer)
        self.losses = [loss for loss in self.losses if loss.pair.purchase is not offer]
        offer.price = offer.price if price is None else price
        offer.limit = offer.limit if limit is None else limit
        if attributes is not None:
            offer.attributes = dict(attributes)
        if requirements is not None:
            self._require(offer, *requirements)
        self._arrive(offer)

    def cancel(self, box: int, number: int) -> None:
        """Take an open offer back."""
        offer = self._own(box, number)
        if not self.is_open(offer):
            raise Refused("NotCancelable")
        self._close(offer)

    def acknowledge(self, box: int) -> None:
        """A member has seen everything: ended offers leave, losses are forgotten, news is told again."""
        for offer in self.offers:
            if offer.box == box and offer.state == "closed":
                offer.filed = True
            elif offer.box == box and offer.visible and self.is_open(offer):
                offer.told = False
                self.losses = [loss for loss in self.losses if loss.pair.purchase is not offer]

    def round(self, before: datetime | None = None) -> None:
        """Show every offer that waits and arrived before an instant, in the order of arrival."""
        for offer in sorted(self.offers, key=lambda offer: offer.arrival):
            if offer.state == "open" and not offer.visible and (before is None or offer.arrived < before):
                self._show(offer)

    def run_due(self) -> None:
        """Do everything that is due."""
        for deal in self.deals:
            if deal.deadline is not None and deal.deadline <= self.now:
                self._deadline(deal)
        for offer in self.offers:
            if offer.state == "open" and not self.is_open(offer):
                self._close(offer)
                self.mails.append((offer.box, "ended", offer.number))
        self.round(None if self.every is None else self.now - (self.now - _EPOCH) % self.every)

    # deals

    def decide(self, box: int, number: int, sale: int, total: int, pay_by: str = "transfer") -> int:
        """Take a candidate; ``pay_by`` is "transfer", "card" or "unknown card"."""
        purchase = self._own(box, number)
        if purchase.is_sale:
            raise Refused("UnknownOffer")
        if not self.is_open(purchase):
            raise Refused("NotOpen")
        chosen = [pair for pair in self.candidates(number) if pair.sale.number == sale]
        if not chosen:
            raise Refused("NotACandidate")
        pair = chosen[0]
        performed = self.categories[pair.sale.category].performed
        if total != self.total(purchase, pair.buying):
            raise Refused("WrongPrice")
        if pay_by == "unknown card" and total:
            raise Refused("PaymentDeclined")
        deal = Deal(
            len(self.deals) + 1,
            pair.sale,
            purchase,
            pair.selling,
            pair.buying,
            self.fees_of(purchase, pair.buying),
            performed,
            self.now + _PAYMENT,
        )
        self.deals.append(deal)
        for other in self.pairs:
            if other.sale is pair.sale and other.purchase is not purchase:
                self.losses.append(Loss(deal.number, other))
        for offer in (pair.sale, purchase):
            self._drop(offer)
            offer.state, offer.deal = "agreed", deal.number
        if not deal.owed:
            self._paid(deal)
        elif pay_by == "card":
            deal.by_card = deal.owed
            self._receive(deal, deal.owed)
        return deal.number

    # inside

    def _offer(
        self, is_sale: bool, box: int, category: str, currency: str, price: int, limit: datetime | None
    ) -> Offer:
        until = self.now + _DEFAULT_LIFE if limit is None else limit
        factor = self.members[box - 1].factor
        return Offer(len(self.offers) + 1, is_sale, box, category, currency, price, until, factor, self.now, 0)

    def _accept(self, offer: Offer) -> int:
        self.offers.append(offer)
        self._arrive(offer)
        return offer.number

    def _own(self, box: int, number: int) -> Offer:
        for offer in self.offers:
            if offer.number == number and offer.box == box:
                return offer
        raise Refused("UnknownOffer")
