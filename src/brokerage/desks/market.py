"""A member's desk: everything that one member can do and see, and nothing of anybody else's (spec B2).

The membership itself is at the desk's ``account``, and what to do when a deal goes wrong at its ``claims``.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from brokerage.boxes import (
    BuyersDeal,
    CandidateView,
    MemberBox,
    PurchaseView,
    SaleView,
    SellersDeal,
    UnsoldView,
)
from brokerage.desks.account import MemberAccount
from brokerage.desks.buyer import BuyerDesk
from brokerage.desks.claims import DealClaims
from brokerage.desks.complaints import MemberComplaints
from brokerage.desks.contractors import ContractorDesk
from brokerage.desks.seller import SellerDesk
from brokerage.errors import UnknownDeal
from brokerage.headings import CATEGORIES
from brokerage.house import House
from brokerage.messages import NewsView
from brokerage.money import Amount, Money
from brokerage.overviews import CategoryView
from brokerage.pages import Listing, Page
from brokerage.ports import Transaction
from brokerage.records.contractors import Trade
from brokerage.records.deals import Deal
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.services.inputs import each, page_size
from brokerage.services.market.acceptance import Accepted
from brokerage.services.market.decisions import Decision, PayBy
from brokerage.services.market.reading import bought_view, deal_view, own_deal, sold_view
from brokerage.services.market.requests import NO_ATTRIBUTES, Buy, Sell, kept_items, kept_values

__all__ = ["MemberDesk"]

_Result = TypeVar("_Result")


class MemberDesk:
    """Acts for one member.

    Get one from :meth:`Brokerage.register`, :meth:`Brokerage.sign_in` or :meth:`Brokerage.desk`. Its ``account`` is a
    :class:`~brokerage.desks.account.MemberAccount`, its ``claims`` a :class:`~brokerage.desks.claims.DealClaims`, its
    ``complaints`` a :class:`~brokerage.desks.complaints.MemberComplaints`. What is not yet on the market is bought at
    its ``buyer``, a :class:`~brokerage.desks.buyer.BuyerDesk`, and sold at its ``seller``, a
    :class:`~brokerage.desks.seller.SellerDesk`. Who is registered to carry or to settle works at its ``carrier``
    (:class:`~brokerage.desks.contractors.ContractorDesk`) or ``provider``.
    """

    def __init__(self, house: House, box: BoxNumber) -> None:
        self._house = house
        self._box = box
        self.account = MemberAccount(house, box)
        self.complaints = MemberComplaints(house, box)
        self.claims = DealClaims(house, box)
        self.carrier = ContractorDesk(house, box, Trade.CARRIER)
        self.provider = ContractorDesk(house, box, Trade.PROVIDER)
        self.buyer = BuyerDesk(house, box)
        self.seller = SellerDesk(house, box)

    def __repr__(self) -> str:
        return f"MemberDesk(box={self._box})"

    @property
    def number(self) -> BoxNumber:
        """The number of the member's box."""
        return self._box

    def sell(
        self,
        category: str,
        name: str,
        *,
        min_price: Amount,
        currency: str,
        limit: datetime | None = None,
        description: str = "",
        age: str = "",
        model: str = "",
        photographs: Iterable[str] = (),
        attributes: Mapping[str, str] | None = None,
        request_id: str | None = None,
    ) -> OfferNumber:
        """Offer one unit of something for sale (spec O1). Nobody else ever sees ``min_price``.

        Args:
            category: the code of an open category.
            name: what is sold; at most 200 characters, as the policy says.
            min_price: SPmin, the least to be taken: text such as ``"80.00"``, a Decimal, or minor units; 0 to 10**15
                minor units.
            currency: an ISO 4217 code.
            limit: until when it is offered, an aware time; ``None`` for the policy's default.
            description: at most 10,000 characters, as the policy says.
            age: how old it is.
            model: its model or make.
            photographs: opaque references, at most 20, as the policy says.
            attributes: names and values that purchases may require.
            request_id: repeated with the same arguments it returns the first number again (spec S5).

        Returns:
            The offer's number.

        Raises:
            UnknownCategory: no open category has that code.
            InvalidInput: another argument is not acceptable; the error names it.
            LimitReached: the member has as many open offers as allowed.
            TooSoon: the member, or whoever is the same person, cancelled or amended an offer of the category, and the
                policy's pause is not over (spec B7).
            RequestReused: the request id came before with other arguments.
        """
        request = Sell(
            category=category,
            name=name,
            min_price=min_price,
            currency=currency,
            limit=limit,
            description=description,
            age=age,
            model=model,
            photographs=photographs,
            attributes=NO_ATTRIBUTES if attributes is None else attributes,
        )
        return self.offer(request, request_id=request_id)

    def buy(
        self,
        category: str,
        *,
        max_price: Amount,
        currency: str,
        limit: datetime | None = None,
        name: str = "",
        attributes: Mapping[str, Iterable[str]] | None = None,
        words: Iterable[str] = (),
        request_id: str | None = None,
    ) -> OfferNumber:
        """Offer to buy one unit of something (spec O2). Nobody else ever sees ``max_price``.

        Args, where they are not as for :meth:`sell`:
            max_price: BPmax, the most to be paid, without carriage.
            limit: until when it is wanted.
            name: for the member's own use.
            attributes: for each name the values that will do.
            words: must all occur in the commodity's name.

        Returns:
            The offer's number; errors as for :meth:`sell`.
        """
        request = Buy(
            category=category,
            max_price=max_price,
            currency=currency,
            limit=limit,
            name=name,
            attributes=NO_ATTRIBUTES if attributes is None else attributes,
            words=words,
        )
        return self.offer(request, request_id=request_id)

    def offer(self, request: Sell | Buy, *, request_id: str | None = None) -> OfferNumber:
        """Make one offer from a request: :meth:`sell` and :meth:`buy` in one.

        Args:
            request: what is asked for.
            request_id: as for :meth:`sell`.

        Returns:
            The offer's number; errors as for :meth:`sell`.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.acceptance.one(tx, self._box, request, now, request_id))

    def offer_many(
        self, requests: Iterable[Sell | Buy], *, keep_good: bool = False, request_id: str | None = None
    ) -> Accepted:
        """Make many offers in one call (spec O7).

        Args:
            requests: the rows.
            keep_good: take the good rows and report the bad ones; otherwise one bad row refuses all.
            request_id: as for :meth:`sell`, for all rows together.

        Returns:
            The numbers of the offers taken, and every refused row with its path, value and reason.

        Raises:
            RefusedRows: a row is bad and ``keep_good`` is false; it names every bad row, and nothing was taken.
            RequestReused: the request id came before with other rows.
        """
        house, now, rows = self._house, self._house.clock.now(), each(requests, "requests")
        return house.commit(lambda tx: house.acceptance.many(tx, self._box, rows, keep_good, now, request_id))

    def amend(self, number: OfferNumber, *, price: Amount | None = None, **changes: Any) -> None:
        """Change an open offer: same number, a new arrival, and what it lost before is forgotten (spec O8).

        Args:
            number: which offer.
            price: the new SPmin or BPmax.
            changes: ``limit``; of a sale also ``description``, ``age``, ``model``, ``photographs``, ``attributes``;
                of a purchase also ``attributes`` and ``words``, which replace its requirements together.

        Raises:
            UnknownOffer: the member has no such offer.
            NotOpen: it is not open any more.
            TooSoon: as for :meth:`sell`.
            InvalidInput: a value is not acceptable; the error names it.
        """
        house, now = self._house, self._house.clock.now()
        kept = {name: kept_values(kept_items(value)) for name, value in changes.items()}
        house.commit(lambda tx: house.offers.amend(tx, self._box, number, price, kept, now))

    def cancel(self, number: OfferNumber) -> None:
        """Take an open offer back (spec O5); it is always possible, and may begin a pause (spec B7).

        Raises:
            UnknownOffer: the member has no such offer.
            NotCancelable: it has a deal, or has ended.
        """
        house, now = self._house, self._house.clock.now()
        house.commit(lambda tx: house.offers.cancel(tx, self._box, number, now))

    def box(self) -> MemberBox:
        """Return the member's box. Reading it changes nothing; ``ZoningError`` where the policy's zoning rule fails."""
        now = self._house.clock.now()
        return self._read(lambda tx: self._house.reading.box(tx, self._box, now))

    def show(self, number: OfferNumber) -> SaleView | PurchaseView:
        """Return one offer as the box shows it; raises ``UnknownOffer`` unless the box shows it."""
        now = self._house.clock.now()
        return self._read(lambda tx: self._house.reading.offer(tx, self._box, number, now))

    def candidates(
        self, purchase: OfferNumber, *, size: int | None = None, after: str | None = None
    ) -> Page[CandidateView]:
        """Return a page of a purchase's candidates, cheapest first (spec B1). O(log n + page).

        They come by (buying price, SPmin, sale number): among equal prices the order tells who would take least.
        Arguments and errors as for :meth:`deals`; a mark is refused, too, where what it stood on has moved on.

        Raises:
            UnknownOffer: the member has no such purchase.
            ZoningError: the policy's zoning rule failed, or gave no zone, for the member's address; so :meth:`decide`.
        """
        house, now = self._house, self._house.clock.now()
        length = page_size(size, house.policy)
        return self._read(lambda tx: house.reading.page(tx, self._box, purchase, now, length, after))

    def decide(
        self,
        purchase: OfferNumber,
        sale: OfferNumber,
        *,
        price: Amount | Money,
        pay_by: PayBy,
        request_id: str | None = None,
    ) -> BuyersDeal:
        """Take a candidate: the first to do so wins it, and a deal is made (spec S1–S4).

        Args:
            purchase: the member's purchase.
            sale: the candidate.
            price: the total that was shown: ``candidate.total``, which is ``candidate.price`` where no carriage is
                charged.
            pay_by: ``BankTransfer()``, ``Card(token)`` or ``AccountCharge()``.
            request_id: repeated with the same arguments it returns the same deal again (spec S5).

        Returns:
            The deal as its buyer sees it, with the reference to pay under.

        Raises:
            UnknownOffer: the member has no such purchase.
            NotOpen: the purchase has a deal already, or has ended.
            NotACandidate: the sale is gone, or never was a candidate.
            WrongPrice: the price is not the total shown.
            PaymentDeclined: the card was declined or is unknown, or the member lets the broker charge no account; there
                is no deal. A charge to an account is answered later; declined, it leaves the deal to be paid otherwise.
            NoAnswer: the clearing house did not answer; there is no deal.
            RequestReused: the request id came before with other arguments.
        """
        house, now = self._house, self._house.clock.now()
        decision = Decision(purchase, sale, price, pay_by)
        deal = house.after(lambda: house.checkout.decide(self._box, decision, house.mark(), now, request_id))
        return self._bought(deal.number)

    def pay(self, deal: DealNumber, pay_by: PayBy) -> BuyersDeal:
        """Pay for a deal later than the decision (spec S4); for a bank transfer this only shows what to pay.

        While an attempt by card or account is without an answer, another one does nothing.

        Args:
            deal: the deal's number.
            pay_by: as for :meth:`decide`.

        Raises:
            UnknownDeal: the member has bought nothing under that number.
            NotPayable: the deal is not waiting for a payment.
            PaymentDeclined: the card said no, or the member lets the broker charge no account.
        """
        house, now = self._house, self._house.clock.now()
        paid = house.after(lambda: house.checkout.pay(self._box, deal, pay_by, house.mark(), now))
        return self._bought(paid.number)

    def performed(self, deal: DealNumber) -> SellersDeal:
        """Say that the services of a deal were performed (spec A2).

        Raises:
            UnknownDeal: the member has sold nothing under that number.
            WrongStep: the deal is in goods, or is not paid.
        """

        def sold(tx: Transaction) -> Deal:
            found = own_deal(tx, self._box, deal)
            if found.seller != self._box:
                raise UnknownDeal(deal)
            return found

        self._house.take_step(sold, self._house.delivery.performed)
        return self._read(lambda tx: sold_view(tx, sold(tx)))

    def confirm(self, deal: DealNumber) -> BuyersDeal:
        """Say that what was delivered is good, without waiting for the end of inspection.

        Raises:
            UnknownDeal: the member has bought nothing under that number.
            WrongStep: nothing is being inspected.
        """
        house, now = self._house, self._house.clock.now()

        def work(tx: Transaction) -> None:
            found = own_deal(tx, self._box, deal)
            if found.buyer != self._box:
                raise UnknownDeal(deal)
            house.delivery.confirmed(tx, found, now)

        house.commit(work)
        return self._bought(deal)

    def deal(self, number: DealNumber) -> BuyersDeal | SellersDeal:
        """Return a deal of the member, also one that has left the box; raises ``UnknownDeal`` for any other."""
        return self._read(lambda tx: deal_view(tx, own_deal(tx, self._box, number), self._box))

    def deals(self, *, size: int | None = None, after: str | None = None) -> Page[BuyersDeal | SellersDeal]:
        """Return a page of the member's deals, newest first, also those that have left the box (spec T2).

        Args:
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        length = page_size(size, self._house.policy)
        return self._read(lambda tx: self._house.reading.deals(tx, self._box, length, after))

    def unsold(self, category: str, *, size: int | None = None, after: str | None = None) -> Page[UnsoldView]:
        """Return a page of what is unsold in a category, with descriptions and without any price (spec B6).

        Raises:
            UnknownCategory: there is no such category; arguments and other errors as for :meth:`deals`.
        """
        house, now = self._house, self._house.clock.now()
        length = page_size(size, house.policy)
        return self._read(lambda tx: house.reading.unsold(tx, house.categories.find(tx, category), now, length, after))

    def categories(self) -> Listing[CategoryView]:
        """Return the categories that are open for offers, best-selling first, equal ones by code (spec M8).

        The order is that of the running totals, which are brought up to date as often as the policy's
        ``tally_every`` says.
        """
        return Listing(self._read(self._house.reports.open_categories), CATEGORIES)

    def news(self, *, size: int | None = None, after: str | None = None) -> Page[NewsView]:
        """Return a page of all news for the member, newest first; arguments and errors as for :meth:`deals`."""
        length = page_size(size, self._house.policy)
        return self._read(lambda tx: self._house.newsroom.page(tx, self._box, length, after))

    def acknowledge(self) -> None:
        """Say "seen up to here".

        Losses are forgotten, ended deals leave the box, and news is told again (spec B2, B4).
        """
        house, now = self._house, self._house.clock.now()
        house.commit(lambda tx: house.reading.acknowledge(tx, self._box, now))

    def _bought(self, number: DealNumber) -> BuyersDeal:
        return self._read(lambda tx: bought_view(tx, own_deal(tx, self._box, number)))

    def _read(self, work: Callable[[Transaction], _Result]) -> _Result:
        return self._house.store.read(work)
