"""The broker's e-mails, each made from what its reader may see and nothing else.

Spec X4, M1, M3, M5, M8, K3, T1, V3.
"""

from datetime import datetime

from brokerage.boxes import FAILED, BuyersDeal, PurchaseView, SaleView, SellersDeal
from brokerage.messages import ComplaintAbout, FiledComplaint, NewsView
from brokerage.records.cases import Case
from brokerage.records.contacts import Contact
from brokerage.records.effects import Mail
from brokerage.records.members import Member
from brokerage.reserving_views import ReservationView
from brokerage.tables import counted

__all__ = [
    "accepted_as_member",
    "candidate_found",
    "case_opened",
    "complaint_annulled",
    "complaint_filed",
    "deal_changed",
    "member_left",
    "member_removed",
    "news_written",
    "not_accepted",
    "offer_expired",
    "reservation_ended",
    "sale_lost",
    "told_dormant",
]


def _mail(member: Member, subject: str, body: str) -> Mail:
    return Mail(member.box, member.contact, subject, body)


def accepted_as_member(member: Member) -> Mail:
    """Tell a new member the number of the box."""
    return _mail(member, "Welcome", f"You are a member now. The number of your box is {member.box}.")


def not_accepted(applicant: Contact) -> Mail:
    """Tell an applicant of having been refused, and nothing of anybody's history."""
    return Mail(
        None, applicant.number, "Your application", "We cannot accept you as a member. Our office can tell more."
    )


def told_dormant(member: Member, until: datetime) -> Mail:
    """Tell a member who made no deal for long until when an answer is waited for."""
    return _mail(
        member,
        "Are you still there?",
        f"There was no deal in your box {member.box} for a long time. Sign in or say that you stay before "
        f"{until.date().isoformat()}; after that your membership ends.",
    )


def member_left(member: Member) -> Mail:
    """Tell a member that the membership has ended as he or she wished."""
    return _mail(member, "Farewell", f"You have left, and your box {member.box} is closed. Thank you.")


def member_removed(member: Member) -> Mail:
    """Tell a dormant member that the membership has ended."""
    return _mail(member, "Your membership has ended", f"There was no answer from you: your box {member.box} is closed.")


def candidate_found(member: Member, offer: SaleView | PurchaseView) -> Mail:
    """Tell a member that there is something to see, and no more than that."""
    return _mail(
        member,
        f"{offer.side} offer {offer.number}: {offer.status}",
        f"There is news about your {offer.side.lower()} offer {offer.number} in {offer.category}: look into your box.",
    )


def offer_expired(member: Member, offer: SaleView | PurchaseView) -> Mail:
    """Tell a member that the time limit of an offer has come."""
    return _mail(
        member,
        f"{offer.side} offer {offer.number} has ended",
        f"The time limit of your {offer.side.lower()} offer {offer.number} in {offer.category} has come.",
    )


def deal_changed(member: Member, deal: SellersDeal | BuyersDeal) -> Mail:
    """Tell a party of a deal its new status."""
    return _mail(member, f"Deal {deal.number}: {deal.status}", f"{deal.name}: the deal is now {deal.status!r}.")


def sale_lost(member: Member, offer: PurchaseView) -> Mail:
    """Tell a candidate buyer that a sale went to somebody else, and no more than that."""
    return _mail(
        member,
        f"{offer.side} offer {offer.number}: {FAILED}",
        f"A candidate of your {offer.side.lower()} offer {offer.number} in {offer.category} went to somebody else: "
        "look into your box.",
    )


def complaint_filed(member: Member, complaint: ComplaintAbout) -> Mail:
    """Tell a member of a complaint about him or her."""
    points = counted(complaint.points, "point")
    return _mail(
        member,
        f"Complaint {complaint.number}",
        f"A complaint about you was filed{_of_deal(complaint)}: {complaint.kind.value}, {points}.",
    )


def complaint_annulled(member: Member, complaint: FiledComplaint | ComplaintAbout) -> Mail:
    """Tell a party of a complaint that it counts no more."""
    about = "about you" if isinstance(complaint, ComplaintAbout) else "that you filed"
    return _mail(
        member,
        f"Complaint {complaint.number} is annulled",
        f"The complaint {about}{_of_deal(complaint)} was annulled.",
    )


def _of_deal(complaint: FiledComplaint | ComplaintAbout) -> str:
    return "" if complaint.deal is None else f" over deal {complaint.deal}"


def news_written(member: Member, item: NewsView) -> Mail:
    """Send a member an item of news."""
    return _mail(member, item.subject, item.text)


def reservation_ended(member: Member, reservation: ReservationView, why: str) -> Mail:
    """Tell a buyer that a reservation has ended without an order, and why."""
    return _mail(
        member,
        f"Reservation {reservation.number} has ended",
        f"Your reservation {reservation.number} of {reservation.name!r} has ended: {why}.",
    )


def case_opened(case: Case) -> Mail:
    """Tell the manager that something waits."""
    about = "" if case.deal is None else f" about deal {case.deal}"
    return Mail(None, None, f"Case {case.number}: {case.kind.value}", f"A case{about} waits for you: {case.reason}.")
