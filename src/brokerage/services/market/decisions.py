"""Deciding: the first candidate buyer to do so wins, and a deal is made (spec S1–S5)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidText, NotACandidate, NotOpen, UnknownOffer
from brokerage.money import Amount, Money
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.categories import Fulfilment, category_key
from brokerage.records.deals import Deal, DealOrigin
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import PurchaseOffer, SaleOffer, agree, is_open
from brokerage.services.inputs import check_total, remember_request, repeated_request, whole_number
from brokerage.services.market.candidates import Candidate, Candidates
from brokerage.services.market.losers import note_loss
from brokerage.services.market.offers import own_offer
from brokerage.services.settlement import Settlement
from brokerage.services.settlement.charging import charges_of
from brokerage.texts import can_be_kept

__all__ = ["AccountCharge", "BankTransfer", "Card", "Decision", "Decisions", "PayBy"]


@frozen
class BankTransfer:
    """Pay by transfer to the broker's account, under the deal's reference."""


@frozen
class Card:
    """Pay by card. ``token`` is what the clearing house calls the card; a card number is refused (spec S4, V3)."""

    token: str

    def __attrs_post_init__(self) -> None:
        digits = self.token.replace(" ", "").replace("-", "") if isinstance(self.token, str) else ""
        if not isinstance(self.token, str) or not self.token.strip() or (digits.isdigit() and 12 <= len(digits) <= 19):
            raise InvalidText("token", "(not shown)", "the clearing house's token", "never pass a card number")
        if not can_be_kept(self.token):
            raise InvalidText("token", "(not shown)", "text without NUL and lone surrogates", "pass it as it was given")

    def __repr__(self) -> str:
        return "Card(token=…)"


@frozen
class AccountCharge:
    """Pay from the account that the member lets the broker charge."""


PayBy = BankTransfer | Card | AccountCharge
"""The ways to pay (spec S4)."""


@frozen
class Decision:
    """A decision as the buyer states it: the purchase, the sale, and the total that was seen (spec S2)."""

    purchase: OfferNumber
    sale: OfferNumber
    price: Amount | Money
    pay_by: PayBy

    def arguments(self) -> tuple[object, ...]:
        """What makes a repeated request the same."""
        token = self.pay_by.token if isinstance(self.pay_by, Card) else ""
        return self.purchase, self.sale, self.price, type(self.pay_by).__name__, token


@frozen
class Decisions:
    """Makes deals of the market. A decision replaces sale and purchase both, so exactly one can win a sale."""

    policy: Policy
    candidates: Candidates
    settlement: Settlement

    def repeated(self, tx: Transaction, box: BoxNumber, decision: Decision, request_id: str | None) -> Deal | None:
        """Return the deal that the same request made before."""
        number = repeated_request(tx, box, request_id, "decide", decision.arguments())
        return None if number is None else tx.deals.get(DealNumber(number[0]))

    def candidate(
        self, tx: Transaction, box: BoxNumber, decision: Decision, now: datetime
    ) -> tuple[PurchaseOffer, Candidate]:
        """Return what is decided about, or refuse it.

        Raises:
            UnknownOffer: the member has no such purchase.
            NotOpen: the purchase has a deal, has ended, or is past its limit.
            NotACandidate: the sale is no candidate of it, whatever the reason.
            WrongPrice: the total given is not the total shown.
        """
        purchase = own_offer(tx, box, decision.purchase)
        if not isinstance(purchase, PurchaseOffer):
            raise UnknownOffer(decision.purchase)
        if not is_open(purchase, now):
            raise NotOpen(decision.purchase)
        found = whole_number(decision.sale)
        sale = None if found is None else tx.offers.get(OfferNumber(found))
        candidate = self.candidates.one(tx, purchase, sale, now) if isinstance(sale, SaleOffer) else None
        if candidate is None:
            raise NotACandidate(decision.sale)
        check_total(decision.price, candidate.total, purchase.currency, "price")
        return purchase, candidate

    def decide(
        self,
        tx: Transaction,
        box: BoxNumber,
        decision: Decision,
        mark: str,
        now: datetime,
        request_id: str | None = None,
    ) -> Deal:
        """Make the deal; errors as for :meth:`candidate`. O(log n), however many others wanted the sale.

        Args:
            tx: the unit of work.
            box: the buyer's.
            decision: what is decided.
            mark: makes the payment reference one that nobody guesses.
            now: the present instant.
            request_id: lets the request be repeated without a second deal.
        """
        purchase, candidate = self.candidate(tx, box, decision, now)
        sale = candidate.sale
        self._count(tx, now, sale.box, purchase.box)
        number = DealNumber(tx.numbers.next(Series.DEAL))
        tx.offers.replace(sale, agree(sale, number))
        tx.offers.replace(purchase, agree(purchase, number))
        deal = self.settlement.agree(tx, self._deal(tx, number, purchase, candidate, mark, now), box, now)
        note_loss(tx, deal, self.policy, now)
        remember_request(tx, box, request_id, "decide", decision.arguments(), number)
        return deal

    def _count(self, tx: Transaction, now: datetime, *boxes: BoxNumber) -> None:
        for box in sorted(boxes):
            activity = tx.activities.get(box)
            if activity is not None:
                tx.activities.replace(activity, activity.changed(open_offers=-1, deals_in_flight=1, last_deal_at=now))

    def _deal(
        self,
        tx: Transaction,
        number: DealNumber,
        purchase: PurchaseOffer,
        candidate: Candidate,
        mark: str,
        now: datetime,
    ) -> Deal:
        sale = candidate.sale
        seller, buyer = tx.members.get(sale.box), tx.members.get(purchase.box)
        category = tx.categories.get(category_key(sale.category))
        assert seller is not None
        assert buyer is not None
        return Deal(
            number=number,
            origin=DealOrigin.MARKET,
            sale=sale.number,
            purchase=purchase.number,
            seller=sale.box,
            buyer=purchase.box,
            category=sale.category,
            currency=sale.currency,
            min_price=sale.min_price,
            max_price=purchase.max_price,
            selling_price=candidate.selling_price,
            buying_price=candidate.buying_price,
            charges=charges_of(sale.box, candidate.selling_price, candidate.buying_price, candidate.fees),
            fulfilment=Fulfilment.CARRIER if category is None else category.fulfilment,
            collect_from=seller.contact,
            deliver_to=buyer.contact,
            reference=f"D{number}-{mark}",
            name=sale.name,
            details=sale.details,
            agreed_at=now,
            deadline=self.settlement.payment_deadline(now),
        )
