"""What members read instead of states: words that follow from the stored facts alone (spec TABLE I, B4)."""

from brokerage.records.categories import Fulfilment
from brokerage.records.deals import Deal, DealState

__all__ = [
    "DECIDED",
    "FAILED",
    "UNDECIDED",
    "UNDONE",
    "deal_words",
    "purchase_status",
    "sale_status",
]

UNDECIDED, DECIDED, FAILED = "Purchase Undecided", "Purchase Decided", "Purchase Failed"
"""The statuses of a candidate, in the words of TABLE I."""

UNDONE = (DealState.LAPSED, DealState.CANCELLED, DealState.REFUNDED, DealState.CHARGED_BACK)
"""How deals end of which nothing is left."""

_WORDS = {
    DealState.LAPSED: "Lapsed",
    DealState.CANCELLED: "Cancelled",
    DealState.REFUNDED: "Refunded",
    DealState.CHARGED_BACK: "Charged Back",
    DealState.DISPUTED: "In Dispute",
    DealState.RETURNING: "Being Returned",
}


def deal_words(deal: Deal) -> str | None:
    """Return the words for a deal that went another way than the good one, ``None`` for any other."""
    if deal.state is DealState.REFUNDED and deal.returning_at is not None:
        return "Returned"
    return _WORDS.get(deal.state)


def sale_status(deal: Deal | None, has_candidate: bool) -> str:
    """Return a sale's status in the words of TABLE I, from the stored facts alone."""
    if deal is None:
        return "There Is a Candidate Buyer" if has_candidate else "No Buyer"
    found = deal_words(deal)
    if found is not None:
        return found
    performed = deal.fulfilment is Fulfilment.PERFORMED and deal.delivered_at is not None
    words = ["Paid"] if deal.seller_is_paid else []
    words += ["Commodity Received"] if deal.collected_at is not None or performed else []
    return "/".join(words) or "Transaction Settled"


def purchase_status(deal: Deal | None, has_candidate: bool, has_lost: bool) -> str:
    """Return a purchase's status in the words of TABLE I, from the stored facts alone."""
    if deal is None:
        return ("Candidate Buyer" if has_candidate else "No Seller") + ("/Purchase Failed" if has_lost else "")
    found = deal_words(deal)
    if found is not None:
        return found
    if deal.delivered_at is not None:
        return "Paid/Commodity Delivered"
    return "Transaction Settled" if deal.paid_at is None else "Paid"
