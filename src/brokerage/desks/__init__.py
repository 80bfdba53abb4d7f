"""A member's desk and what belongs to it: everything that one member can do and see (spec B2)."""

from brokerage.desks.account import MemberAccount
from brokerage.desks.buyer import BuyerDesk
from brokerage.desks.claims import DealClaims
from brokerage.desks.complaints import MemberComplaints
from brokerage.desks.contractors import ContractorDesk
from brokerage.desks.market import MemberDesk
from brokerage.desks.seller import SellerDesk

__all__ = [
    "BuyerDesk",
    "ContractorDesk",
    "DealClaims",
    "MemberAccount",
    "MemberComplaints",
    "MemberDesk",
    "SellerDesk",
]
