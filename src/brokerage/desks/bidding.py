"""What every bidder can do at a desk, whatever the trade: read calls, bid, and answer when asked (spec N3, N4, N6)."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from brokerage.house import House
from brokerage.money import Amount, Money
from brokerage.pages import Page
from brokerage.ports import Transaction
from brokerage.records.contractors import Trade
from brokerage.records.numbers import BoxNumber, TenderNumber
from brokerage.records.tenders import Bid, Tender
from brokerage.services.inputs import page_size, remember_request, repeated_request
from brokerage.services.tendering import BidRequest
from brokerage.tender_views import AppointmentView, BidView, CallView, QuestionView

__all__ = ["Bidding"]

_Result = TypeVar("_Result")


class Bidding:
    """Bids for one member in the tenders of one trade; the desks of the three trades work with it.

    Each step first does what the tender's deadline asks for, and that stays done.
    """

    def __init__(self, house: House, box: BoxNumber, trade: Trade) -> None:
        self._house = house
        self._box = box
        self._trade = trade

    def calls(self, size: int | None, after: str | None) -> Page[CallView]:
        """Return a page of the calls that the member may bid in now, newest first."""
        house, now, length = self._house, self._house.clock.now(), page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.tender_reading.calls(tx, self._box, self._trade, now, length, after))

    def call(self, number: TenderNumber) -> CallView:
        """Return one call; raises ``UnknownTender`` where the member may not bid."""
        house, now = self._house, self._house.clock.now()
        return house.store.read(lambda tx: house.tender_reading.call(tx, self._box, self._trade, number, now))

    def bid(self, number: TenderNumber, request: BidRequest, request_id: str | None) -> BidView:
        """Make a bid, or amend the one that the member has; errors as for :meth:`Tenders.bid`."""
        tenders = self._house.tenders
        bid = self._step(
            number,
            lambda tx, now: tenders.bid(tx, self._box, self._trade, number, request, now, request_id),
        )
        return self._view(bid)

    def withdraw(self, number: TenderNumber) -> BidView:
        """Take the member's bid back; errors as for :meth:`Tenders.withdraw`."""
        tenders = self._house.tenders
        return self._view(self._step(number, lambda tx, now: tenders.withdraw(tx, self._box, self._trade, number, now)))

    def bids(self, size: int | None, after: str | None) -> Page[BidView]:
        """Return a page of the member's bids, newest first."""
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.tender_reading.bids(tx, self._box, self._trade, length, after))

    def question(self, number: TenderNumber) -> QuestionView:
        """Return what the member is asked to accept, after what is due."""
        house = self._house
        return self._step(
            number, lambda tx, now: house.tender_reading.question(tx, self._box, self._trade, number, now)
        )

    def accept(self, number: TenderNumber, price: Amount | Money | None, request_id: str | None) -> BidView:
        """Accept what the question says, once for each request id; errors as for :meth:`Awards.accept`."""

        def answer(tx: Transaction, tender: Tender, now: datetime) -> None:
            arguments = tender.number, price
            if repeated_request(tx, self._box, request_id, "accept terms", arguments) is None:
                self._house.awards.accept(tx, self._box, tender, now, price)
                remember_request(tx, self._box, request_id, "accept terms", arguments, tender.number)

        return self._answer(number, answer)

    def decline(self, number: TenderNumber) -> BidView:
        """Decline what the question says; errors as for :meth:`Awards.decline`."""
        return self._answer(number, lambda tx, tender, now: self._house.awards.decline(tx, self._box, tender, now))

    def appointments(self, size: int | None, after: str | None) -> Page[AppointmentView]:
        """Return a page of what the member was appointed for, newest first."""
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.tender_reading.appointments(tx, self._box, self._trade, length, after))

    def _answer(self, number: TenderNumber, answer: Callable[[Transaction, Tender, datetime], object]) -> BidView:
        def work(tx: Transaction, now: datetime) -> Bid:
            tender = self._house.tenders.for_bidder(tx, self._box, self._trade, number)
            answer(tx, tender, now)
            bid = tx.bids.of_bidder(tender.number, self._box)
            assert bid is not None
            return bid

        return self._view(self._step(number, work))

    def _step(self, number: TenderNumber, step: Callable[[Transaction, datetime], _Result]) -> _Result:
        house = self._house
        return house.after_due(lambda tx, now: house.timely.of_tender(tx, number, now), step)

    def _view(self, bid: Bid) -> BidView:
        return self._house.store.read(lambda tx: self._house.tender_reading.bid(tx, bid))
