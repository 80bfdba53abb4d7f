"""What members read of the market: boxes, candidates, deals, and what is unsold (spec B1–B6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from brokerage.boxes import (
    BuyersDeal,
    CandidateView,
    MemberBox,
    PurchaseView,
    SaleView,
    SellersDeal,
    UnsoldView,
    buyers_deal,
    decided_view,
    purchase_view,
    sale_view,
    sellers_deal,
    unsold_view,
)
from brokerage.errors import UnknownDeal, UnknownOffer
from brokerage.headings import CANDIDATES, DEALS, UNSOLD
from brokerage.order_views import OrderView
from brokerage.pages import Page, PageMarks
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.categories import Category
from brokerage.records.deals import Deal
from brokerage.records.events import Event, EventKind
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import Offer, OfferState, PurchaseOffer, SaleOffer, Standing, is_open, look
from brokerage.records.statements import Statement
from brokerage.reserving_views import ReservationView
from brokerage.services.inputs import whole_number
from brokerage.services.market.candidates import Candidates
from brokerage.services.market.matching import has_candidate
from brokerage.services.market.offers import Offers, check_member, own_offer
from brokerage.services.news import Newsroom
from brokerage.tender_views import AppointmentView, BidView

__all__ = ["Reading", "bought_view", "deal_view", "own_deal", "sold_view"]

_DEALS, _UNSOLD = "deals", "unsold"


def own_deal(tx: Transaction, box: BoxNumber, number: object) -> Deal:
    """Return a deal of a member; a foreign one and one that does not exist are the same :class:`UnknownDeal`."""
    check_member(tx, box)
    found = whole_number(number)
    deal = None if found is None else tx.deals.get(DealNumber(found))
    if deal is None or box not in (deal.seller, deal.buyer):
        raise UnknownDeal(number)
    return deal


def bought_view(tx: Transaction, deal: Deal) -> BuyersDeal:
    """Show a deal to its buyer, after payment with where it is collected."""
    contact = None if deal.paid_at is None else tx.contacts.get(deal.collect_from)
    return buyers_deal(deal, contact, _statements(tx, deal))


def sold_view(tx: Transaction, deal: Deal) -> SellersDeal:
    """Show a deal to its seller, after payment with where it goes."""
    contact = None if deal.paid_at is None else tx.contacts.get(deal.deliver_to)
    return sellers_deal(deal, contact, _statements(tx, deal))


def _statements(tx: Transaction, deal: Deal) -> Sequence[Statement]:
    return () if deal.dispute is None else tx.statements.of_deal(deal.number)


def deal_view(tx: Transaction, deal: Deal, box: BoxNumber) -> BuyersDeal | SellersDeal:
    """Show a deal to one of its parties."""
    return bought_view(tx, deal) if box == deal.buyer else sold_view(tx, deal)


class Reserved(Protocol):
    """Whoever shows what a member reserved, bids and is to deliver, and takes out of the box what has ended."""

    def of_box(self, tx: Transaction, box: BoxNumber, now: datetime) -> tuple[ReservationView, ...]:
        """Return a member's reservations as the box shows them, by number."""
        ...

    def bids_of_box(self, tx: Transaction, box: BoxNumber) -> tuple[BidView, ...]:
        """Return the newest page of a member's bids, whatever became of them."""
        ...

    def orders_of_box(self, tx: Transaction, box: BoxNumber) -> tuple[OrderView, ...]:
        """Return the newest page of a member's orders, whatever became of them."""
        ...

    def appointments_of_box(self, tx: Transaction, box: BoxNumber) -> tuple[AppointmentView, ...]:
        """Return the newest page of what a member was appointed for."""
        ...

    def acknowledge(self, tx: Transaction, box: BoxNumber, now: datetime) -> None:
        """Take a member's ended reservations out of the box."""


@frozen
class Reading:
    """Reads for members. Nothing here changes anything, except :meth:`acknowledge`."""

    policy: Policy
    marks: PageMarks
    candidates: Candidates
    offers: Offers
    newsroom: Newsroom
    reserved: Reserved

    def box(self, tx: Transaction, box: BoxNumber, now: datetime) -> MemberBox:
        """Return a member's box: every offer and reservation that is open or whose deal is not filed.

        Of the member's bids, orders and appointments it has the newest. O(own offers × (log n + page) + own
        reservations + own bids looked at), of bids at most the policy's ``checks_per_page``.
        """
        check_member(tx, box)
        shown = [
            offer for offer in tx.offers.of_member(box) if offer.state is not OfferState.OPEN or is_open(offer, now)
        ]
        sales = tuple(self._sale(tx, offer, now) for offer in shown if isinstance(offer, SaleOffer))
        purchases = tuple(self._purchase(tx, offer, now) for offer in shown if isinstance(offer, PurchaseOffer))
        return MemberBox(
            number=box,
            sale_count=len(sales),
            sales=sales,
            purchase_count=len(purchases),
            purchases=purchases,
            reservations=self.reserved.of_box(tx, box, now),
            bids=self.reserved.bids_of_box(tx, box),
            orders=self.reserved.orders_of_box(tx, box),
            appointments=self.reserved.appointments_of_box(tx, box),
            news=self.newsroom.unread(tx, box),
        )

    def offer(self, tx: Transaction, box: BoxNumber, number: object, now: datetime) -> SaleView | PurchaseView:
        """Return one offer as the box shows it; raises :class:`UnknownOffer` unless the box shows it."""
        offer = own_offer(tx, box, number)
        if offer.filed or (offer.state is OfferState.OPEN and not is_open(offer, now)):
            raise UnknownOffer(number)
        return self._sale(tx, offer, now) if isinstance(offer, SaleOffer) else self._purchase(tx, offer, now)

    def page(
        self, tx: Transaction, box: BoxNumber, number: object, now: datetime, size: int, after: str | None
    ) -> Page[CandidateView]:
        """Return a page of the candidates of a member's purchase.

        Raises:
            UnknownOffer: the member has no such purchase.
            InvalidCursor: ``after`` is no mark of this list, or has moved on.
        """
        purchase = own_offer(tx, box, number)
        if not isinstance(purchase, PurchaseOffer):
            raise UnknownOffer(number)
        return self.candidates.page(tx, purchase, now, size, after)

    def acknowledge(self, tx: Transaction, box: BoxNumber, now: datetime) -> None:
        """Say that a member has seen the box up to here.

        Losses and the manager's news are forgotten, what has ended leaves, news of offers is told again (B2).
        """
        check_member(tx, box)
        self.newsroom.acknowledge(tx, box)
        self.reserved.acknowledge(tx, box, now)
        last_deal = DealNumber(tx.numbers.last(Series.DEAL))
        for offer in tx.offers.of_member(box):
            if offer.state is OfferState.CLOSED:
                self.offers.file(tx, offer, box, now)
            elif is_open(offer, now):
                standing = tx.offers.standing(offer.number)
                if standing.visible and _has_news(offer, standing, last_deal):
                    tx.offers.stand(offer, standing, look(standing, last_deal))
                    tx.journal.append(Event(now, box, EventKind.OFFER_LOOKED_AT, offer))

    def deals(self, tx: Transaction, box: BoxNumber, size: int, after: str | None) -> Page[BuyersDeal | SellersDeal]:
        """Return a page of a member's deals, newest first, also those that have left the box (T2).

        O(log n + page).
        """
        check_member(tx, box)
        before = None if after is None else DealNumber(self.marks.read(_DEALS, after, 1)[0])
        deals = tx.deals.of_member(box, before, size + 1)
        mark = self.marks.write(_DEALS, deals[size - 1].number) if len(deals) > size else None
        return Page(tuple(deal_view(tx, deal, box) for deal in deals[:size]), mark, headings=DEALS)

    def unsold(
        self, tx: Transaction, category: Category, now: datetime, size: int, after: str | None
    ) -> Page[UnsoldView]:
        """Return a page of a category's unsold commodities by number, without any price (B6). O(log n + page)."""
        start = OfferNumber(0 if after is None else self.marks.read(_UNSOLD, after, 1)[0])
        found: list[SaleOffer] = []
        passed, last = 0, start
        for sale in tx.offers.unsold(category.code, start):
            if len(found) == size or passed == self.policy.checks_per_page:
                mark = self.marks.write(_UNSOLD, last)
                return Page(tuple(map(unsold_view, found)), mark, len(found) < size, headings=UNSOLD)
            last = sale.number
            if is_open(sale, now):
                found.append(sale)
            else:
                passed += 1
        return Page(tuple(map(unsold_view, found)), headings=UNSOLD)

    def _sale(self, tx: Transaction, sale: SaleOffer, now: datetime) -> SaleView:
        deal = None if sale.deal is None else tx.deals.get(sale.deal)
        return sale_view(sale, deal, deal is None and has_candidate(tx, sale, now, self.policy))

    def _purchase(self, tx: Transaction, purchase: PurchaseOffer, now: datetime) -> PurchaseView:
        deal = None if purchase.deal is None else tx.deals.get(purchase.deal)
        if deal is None:
            standing = tx.offers.standing(purchase.number)
            page = self.candidates.page(tx, purchase, now, self.policy.page_size, standing=standing)
            lost = self.candidates.lost(tx, purchase, now, standing)
            return purchase_view(purchase, None, page, lost, standing.told)
        return purchase_view(purchase, deal, Page((decided_view(deal),), headings=CANDIDATES), ())


def _has_news(offer: Offer, standing: Standing, last_deal: DealNumber) -> bool:
    return standing.told or (isinstance(offer, PurchaseOffer) and standing.seen_deal != last_deal)
