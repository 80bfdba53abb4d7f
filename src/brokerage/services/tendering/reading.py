"""What bidders read: the calls that they may bid in, their own bids, the question to them, and their appointments."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from attrs import frozen

from brokerage.errors import UnknownMember
from brokerage.headings.tenders import APPOINTMENTS, BIDS, CALLS
from brokerage.pages import Page, PageMarks
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.contractors import Trade
from brokerage.records.numbers import BoxNumber, OfferNumber, TenderNumber
from brokerage.records.tenders import Bid, Tender, TenderState
from brokerage.services.tendering.awards import question_to
from brokerage.services.tendering.telling import item_of
from brokerage.services.tendering.tenders import Tenders, may_bid, tender_of
from brokerage.tables import Shown, Table
from brokerage.tender_views import (
    AppointmentView,
    BidView,
    CallView,
    QuestionView,
    appointment_of,
    bid_view,
    call_view,
    question_view,
)

__all__ = ["TenderReading"]

_View = TypeVar("_View", bound=Shown)
_CALLS, _BIDS, _APPOINTMENTS = "calls", "bids", "appointments"


@frozen
class TenderReading:
    """Shows bidders what they may see.

    Args:
        policy: the broker's choices.
        marks: writes and reads the marks of pages.
        tenders: tells who may bid.
    """

    policy: Policy
    marks: PageMarks
    tenders: Tenders

    def calls(
        self, tx: Transaction, box: BoxNumber, trade: Trade, now: datetime, size: int, after: str | None
    ) -> Page[CallView]:
        """Return a page of the calls in which a member may bid now, newest first. O(log n + page + passed over).

        Raises:
            UnknownMember: the member has left.
            InvalidCursor: ``after`` is no mark of this list.
        """
        _check_member(tx, box)
        before = None if after is None else TenderNumber(self.marks.read(_CALLS, after, 1)[0])
        found: list[CallView] = []
        passed = 0
        while tenders := tx.tenders.called(trade, before, size + 1):
            for tender in tenders:
                if before is not None and (len(found) == size or passed == self.policy.checks_per_page):
                    mark = self.marks.write(_CALLS, before)
                    return Page(tuple(found), mark, len(found) < size, headings=CALLS)
                before = tender.number
                is_open = tender.state is TenderState.CALLED and now < tender.bids_until
                if is_open and may_bid(tx, box, tender):
                    found.append(call_view(tender, item_of(tx, tender), now))
                else:
                    passed += 1
        return Page(tuple(found), headings=CALLS)

    def call(self, tx: Transaction, box: BoxNumber, trade: Trade, number: object, now: datetime) -> CallView:
        """Return a call in which a member may bid, or might have; errors as for :meth:`Tenders.for_bidder`."""
        tender = self.tenders.for_bidder(tx, box, trade, number)
        return call_view(tender, item_of(tx, tender), now)

    def bids(self, tx: Transaction, box: BoxNumber, trade: Trade, size: int, after: str | None) -> Page[BidView]:
        """Return a page of a member's bids, newest first. O(log n + page + own bids passed over)."""
        return self._own(tx, box, trade, size, after, _BIDS, BIDS, _bid_view)

    def appointments(
        self, tx: Transaction, box: BoxNumber, trade: Trade, size: int, after: str | None
    ) -> Page[AppointmentView]:
        """Return a page of what a member was appointed for, newest first. O(log n + page + own bids passed over)."""
        return self._own(tx, box, trade, size, after, _APPOINTMENTS, APPOINTMENTS, _appointment_view)

    def bid(self, tx: Transaction, bid: Bid) -> BidView:
        """Return one bid, for its bidder."""
        tender = tender_of(tx, bid.tender)
        return bid_view(bid, tender, item_of(tx, tender))

    def question(self, tx: Transaction, box: BoxNumber, trade: Trade, number: object, now: datetime) -> QuestionView:
        """Return what a bidder who is asked accepts or declines; nobody else learns whether there is a question.

        Raises:
            UnknownTender: the member may not bid in such a tender.
            TenderNotOpen: the member is not asked, or not any more.
        """
        tender = self.tenders.for_bidder(tx, box, trade, number)
        place, until = question_to(tender, box, now), tender.deadline
        assert until is not None
        return question_view(tender, place, until, item_of(tx, tender), self.policy.rounding)

    def _own(
        self,
        tx: Transaction,
        box: BoxNumber,
        trade: Trade,
        size: int,
        after: str | None,
        kind: str,
        headings: Table,
        view: Callable[[Transaction, Tender, Bid], _View | None],
    ) -> Page[_View]:
        """Return a page of what can be shown of a member's bids as one of a trade, newest first."""
        _check_member(tx, box)
        before = None if after is None else OfferNumber(self.marks.read(kind, after, 1)[0])
        found: list[_View] = []
        passed = 0
        while bids := tx.bids.of_member(box, before, size + 1):
            for bid in bids:
                if before is not None and (len(found) == size or passed == self.policy.checks_per_page):
                    mark = self.marks.write(kind, before)
                    return Page(tuple(found), mark, len(found) < size, headings=headings)
                before = bid.number
                tender = tender_of(tx, bid.tender)
                shown = view(tx, tender, bid) if tender.trade is trade else None
                if shown is None:
                    passed += 1
                else:
                    found.append(shown)
        return Page(tuple(found), headings=headings)


def _check_member(tx: Transaction, box: BoxNumber) -> None:
    """Refuse whoever has left: a desk may be older than that."""
    if tx.members.get(box) is None:
        raise UnknownMember(box)


def _bid_view(tx: Transaction, tender: Tender, bid: Bid) -> BidView:
    return bid_view(bid, tender, item_of(tx, tender))


def _appointment_view(_tx: Transaction, tender: Tender, bid: Bid) -> AppointmentView | None:
    return appointment_of(tender, bid)
