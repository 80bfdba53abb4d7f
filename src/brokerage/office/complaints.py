"""The manager's hand on complaints: filing, correcting, annulling, and seeing who is concerned (spec K3)."""

from brokerage.house import House
from brokerage.pages import Listing, Page
from brokerage.records.complaints import Complaint, ComplaintKind
from brokerage.records.numbers import BoxNumber, ComplaintNumber, DealNumber
from brokerage.services.complaints import ComplaintHistory, Watched
from brokerage.services.inputs import page_size

__all__ = ["ComplaintsOffice"]


class ComplaintsOffice:
    """Where the manager deals with complaints; get it as the office's ``complaints``."""

    def __init__(self, house: House) -> None:
        self._house = house

    def file(
        self,
        box: BoxNumber,
        kind: ComplaintKind,
        *,
        text: str,
        deal: DealNumber | None = None,
        request_id: str | None = None,
    ) -> Complaint:
        """File a complaint about a member, who is told of it by e-mail.

        Args:
            box: the member whom it is about.
            kind: about what; the policy says how many points it counts.
            text: what happened; at most 10,000 characters, as the policy says.
            deal: the deal of the member that it came of, if any.
            request_id: repeated with the same arguments it returns the same complaint again (spec S5).

        Raises:
            UnknownMember: nobody has or had the box.
            UnknownDeal: the member has no such deal.
            InvalidChoice: the kind is none.
            InvalidText: the text is blank or too long.
            RequestReused: the request id came before with other arguments.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.complaints.lodge(tx, box, deal, kind, text, now, request_id))

    def correct(
        self,
        number: ComplaintNumber,
        *,
        kind: ComplaintKind | None = None,
        points: int | None = None,
        text: str | None = None,
    ) -> Complaint:
        """Correct a standing complaint; the sum of the respondent follows.

        Args:
            number: which complaint.
            kind: the right kind, which brings its points along; ``None``, here and below, leaves things as they are.
            points: how much it is to count, 0 to 1,000,000, whatever the policy says.
            text: the right words.

        Raises:
            UnknownRecord: no complaint under that number stands.
            InvalidChoice: the kind is none, or the points are out of range.
            InvalidText: the text is blank or too long.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.complaints.correct(tx, number, kind, points, text, now))

    def annul(self, number: ComplaintNumber, reason: str) -> Complaint:
        """Annul a standing complaint: it counts no more, and both sides are told by e-mail.

        Args:
            number: which complaint.
            reason: why, for the manager's own use.

        Raises:
            UnknownRecord: no complaint under that number stands.
            InvalidText: the reason is blank or too long.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.complaints.annul(tx, number, reason, now))

    def of_deal(self, deal: DealNumber) -> Listing[Complaint]:
        """Return the complaints of a deal, by number; raises ``UnknownDeal`` if there is no such deal."""
        return self._house.store.read(lambda tx: self._house.complaints.of_deal(tx, deal))

    def of_member(self, box: BoxNumber, *, size: int | None = None, after: str | None = None) -> ComplaintHistory:
        """Return a page of the complaints by and about a member, newest first, with the person's sums.

        Args:
            box: which member.
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            UnknownMember: nobody has or had the box.
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.complaints.of_member(tx, box, length, after))

    def watched(self, *, size: int | None = None, after: str | None = None) -> Page[Watched]:
        """Return a page of the persons who filed more standing complaints than ``Policy.watch_complainants``.

        Who filed most comes first. Nothing is counted for it: O(log n + page).

        Args:
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.complaints.watched(tx, length, after))
