"""The e-mails that the broker sends, each made from what its reader may see and nothing else (spec X4, M1, T1, V3)."""

from brokerage.boxes import BuyersDeal, PurchaseView, SaleView, SellersDeal
from brokerage.records.cases import Case
from brokerage.records.effects import Mail
from brokerage.records.members import Member

__all__ = ["accepted_as_member", "candidate_found", "case_opened", "deal_changed", "offer_expired"]


def _mail(member: Member, subject: str, body: str) -> Mail:
    return Mail(member.box, member.contact, subject, body)


def accepted_as_member(member: Member) -> Mail:
    """Tell a new member the number of the box."""
    return _mail(member, "Welcome", f"You are a member now. The number of your box is {member.box}.")


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


def case_opened(case: Case) -> Mail:
    """Tell the manager that something waits."""
    about = "" if case.deal is None else f" about deal {case.deal}"
    return Mail(None, None, f"Case {case.number}: {case.kind.value}", f"A case{about} waits for you: {case.reason}.")
