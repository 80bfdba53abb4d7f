"""The numbers that name things: each a type of its own, so that one cannot be given for another."""

from typing import NewType

__all__ = [
    "Arrival",
    "BoxNumber",
    "CaseNumber",
    "ComplaintNumber",
    "ContactNumber",
    "DealNumber",
    "EntryNumber",
    "ItemNumber",
    "NewsNumber",
    "OfferNumber",
    "OrderNumber",
    "PersonNumber",
    "TenderNumber",
]

BoxNumber = NewType("BoxNumber", int)
"""A member's box, and so the member (spec M1)."""

PersonNumber = NewType("PersonNumber", int)
"""A person, who may have been a member more than once (spec M9)."""

ContactNumber = NewType("ContactNumber", int)
"""A version of how a party is reached and paid (spec M2)."""

OfferNumber = NewType("OfferNumber", int)
"""An offer of either side, whichever way it finds its deal; the numbers rise and are common to all (spec O3)."""

Arrival = NewType("Arrival", int)
"""When an offer became open, in the order of all that did; given anew when it opens again (spec O3)."""

DealNumber = NewType("DealNumber", int)
"""A deal; the numbers rise in the order of the decisions."""

EntryNumber = NewType("EntryNumber", int)
"""An entry of the ledger."""

ComplaintNumber = NewType("ComplaintNumber", int)
"""A complaint (spec K3)."""

NewsNumber = NewType("NewsNumber", int)
"""An item of the manager's news; the numbers rise in the order of the commits (spec M8)."""

CaseNumber = NewType("CaseNumber", int)
"""Something that waits for the manager."""

ItemNumber = NewType("ItemNumber", int)
"""An item that is not yet on the market (spec N1)."""

TenderNumber = NewType("TenderNumber", int)
"""A call for bids, with its bids and its award (spec N7)."""

OrderNumber = NewType("OrderNumber", int)
"""What a seller whose bid was accepted is to deliver, and the reservations that it serves (spec N5)."""
