"""The desk of a carrier or of a payment provider: calls, bids and answers (spec N6)."""

from collections.abc import Mapping
from datetime import datetime

from brokerage.desks.bidding import Bidding
from brokerage.house import House
from brokerage.money import Amount, Rate
from brokerage.pages import Page
from brokerage.records.contractors import Trade
from brokerage.records.numbers import BoxNumber, TenderNumber
from brokerage.services.tendering import BidRequest
from brokerage.tender_views import AppointmentView, BidView, CallView, QuestionView

__all__ = ["ContractorDesk"]


class ContractorDesk:
    """Acts for one member as a carrier or as a payment provider; get it as the desk's ``carrier`` or ``provider``.

    Only members whom the manager registered for that trade find calls here. Each step first does what the
    tender's deadline asks for, and that stays done, also if the step is refused.
    """

    def __init__(self, house: House, box: BoxNumber, trade: Trade) -> None:
        self._bidding = Bidding(house, box, trade)

    def calls(self, *, size: int | None = None, after: str | None = None) -> Page[CallView]:
        """Return a page of the calls that the member may bid in now, newest first.

        Args:
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        return self._bidding.calls(size, after)

    def call(self, tender: TenderNumber) -> CallView:
        """Return one call, also when it is over; raises ``UnknownTender`` where the member may not bid."""
        return self._bidding.call(tender)

    def bid(
        self,
        tender: TenderNumber,
        *,
        fixed: Amount = 0,
        each: Amount = 0,
        rate: Rate = 0,
        valid_until: datetime | None = None,
        qualities: Mapping[str, Rate] | None = None,
        request_id: str | None = None,
    ) -> BidView:
        """Bid for what is to be moved or settled, or amend the bid that stands (spec N6).

        An amended bid comes after equal ones that were made before.

        A deal of q units costs ``fixed + q x each + rate x amount``, where the amount is what its buyer pays for
        the goods, and to a payment provider for their carriage too.

        Args:
            tender: which call.
            fixed: the fee for each deal: text such as ``"5.00"``, a Decimal, or minor units; 0 to 10**15 minor units.
            each: the fee for each unit; the same.
            rate: the part of the amount, exact, from 0 to 1.
            valid_until: until when it is offered, later than the time for bids; ``None``: as long as it takes.
            qualities: what a judge can weigh beside, by name: exact decimals from 0 to 10**9; at most 100.
            request_id: repeated with the same arguments it returns the same bid again (spec S5).

        Returns:
            The bid as it stands.

        Raises:
            UnknownTender: there is no such call to this member.
            TenderNotOpen: the time for bids is over, or the call was taken back.
            InvalidInput: another argument is not acceptable; the error names it.
            LimitReached: there are more than 100 qualities.
            RequestReused: the request id came before with other arguments.
        """
        request = BidRequest(
            tiers={1: each},
            fixed=fixed,
            rate=rate,
            valid_until=valid_until,
            qualities={} if qualities is None else qualities,
        )
        return self._bidding.bid(tender, request, request_id)

    def withdraw_bid(self, tender: TenderNumber) -> BidView:
        """Take the member's bid in a tender back; while there is time it can be made again.

        Raises:
            UnknownTender: there is no such call to this member.
            TenderNotOpen: the time for bids is over, or no bid of the member stands there.
        """
        return self._bidding.withdraw(tender)

    def bids(self, *, size: int | None = None, after: str | None = None) -> Page[BidView]:
        """Return a page of the member's bids, newest first; arguments and errors as for :meth:`calls`."""
        return self._bidding.bids(size, after)

    def question(self, tender: TenderNumber) -> QuestionView:
        """Return what the member is asked to accept.

        Raises:
            UnknownTender: there is no such call to this member.
            TenderNotOpen: the member is not asked, or not any more.
        """
        return self._bidding.question(tender)

    def accept(self, tender: TenderNumber, *, request_id: str | None = None) -> BidView:
        """Accept to be appointed.

        Args:
            tender: in which the member is asked.
            request_id: repeated with the same arguments it returns the bid again (spec S5).

        Raises:
            UnknownTender: there is no such call to this member.
            TenderNotOpen: the member is not asked, or not any more.
            RequestReused: the request id came before with other arguments.
        """
        return self._bidding.accept(tender, None, request_id)

    def decline(self, tender: TenderNumber) -> BidView:
        """Decline to be appointed: the next is asked; errors as for :meth:`question`."""
        return self._bidding.decline(tender)

    def appointments(self, *, size: int | None = None, after: str | None = None) -> Page[AppointmentView]:
        """Return a page of what the member was appointed for, newest first; as for :meth:`calls`."""
        return self._bidding.appointments(size, after)
