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
    "NewsNumber",
    "OfferNumber",
    "PersonNumber",
]

BoxNumber = NewType("BoxNumber", int)
"""A member's box, and so the member (spec M1)."""

PersonNumber = NewType("PersonNumber", int)
"""A person, who may have been a member more than once (spec M9)."""

ContactNumber = NewType("ContactNumber", int)
"""A version of how a party is reached and paid (spec M2)."""

OfferNumber = NewType("OfferNumber", int)
"""A sale or purchase offer; the numbers rise and are common to both sides (spec O3)."""

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
