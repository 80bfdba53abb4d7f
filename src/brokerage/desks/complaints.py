"""A member's complaints: filing them, and reading one's own and those about oneself (spec K3)."""

from brokerage.house import House
from brokerage.messages import ComplaintAbout, FiledComplaint
from brokerage.pages import Page
from brokerage.ports import Transaction
from brokerage.records.complaints import ComplaintKind
from brokerage.records.numbers import BoxNumber, DealNumber
from brokerage.services.complaints import person_of
from brokerage.services.inputs import page_size

__all__ = ["MemberComplaints"]


class MemberComplaints:
    """Acts for one member, as :class:`~brokerage.desks.market.MemberDesk` does; get it as that desk's ``complaints``.

    Who complained, and in which words, is not shown to the member whom a complaint is about.
    """

    def __init__(self, house: House, box: BoxNumber) -> None:
        self._house = house
        self._box = box

    def file(
        self, deal: DealNumber, kind: ComplaintKind, text: str, *, request_id: str | None = None
    ) -> FiledComplaint:
        """Complain about the other party of a deal, once, whatever has become of the deal (spec K3).

        Args:
            deal: the deal's number.
            kind: about what; the policy says how many points it counts.
            text: for the manager, who alone reads it; at most 10,000 characters, as the policy says.
            request_id: repeated with the same arguments it returns the same complaint again (spec S5).

        Raises:
            UnknownMember: the member has left.
            UnknownDeal: the member has no such deal.
            InvalidChoice: the kind is none.
            InvalidText: the text is blank or too long.
            LimitReached: the member has filed a complaint about the deal before.
            RequestReused: the request id came before with other arguments.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.complaints.file(tx, self._box, deal, kind, text, now, request_id))

    def page(self, *, size: int | None = None, after: str | None = None) -> Page[FiledComplaint | ComplaintAbout]:
        """Return a page of the complaints that the member filed and those about the member, newest first.

        Args:
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.complaints.page(tx, self._box, length, after))

    def points(self) -> int:
        """Return what all standing complaints about the member as a person count, under any box."""

        def read(tx: Transaction) -> int:
            person = person_of(tx, self._box)
            return 0 if person is None else person.points

        return self._house.store.read(read)
