"""The journal's events: every change of the market, who made it and when (spec V5)."""

from datetime import datetime
from enum import Enum

from attrs import frozen

from brokerage.making import quickly_made
from brokerage.records.cases import Case
from brokerage.records.categories import Category
from brokerage.records.complaints import Complaint
from brokerage.records.contractors import Contractor, StandingTerms
from brokerage.records.deals import Deal
from brokerage.records.effects import Authorisation, Effect
from brokerage.records.items import Item
from brokerage.records.ledger import Entry
from brokerage.records.members import FormerMember, Member, Person
from brokerage.records.news import News
from brokerage.records.notices import ReceivedNotice
from brokerage.records.numbers import BoxNumber
from brokerage.records.offers import PurchaseOffer, SaleOffer
from brokerage.records.orders import Order
from brokerage.records.reservations import Reservation
from brokerage.records.tenders import Bid, Tender
from brokerage.records.withdrawals import WithdrawalReason

__all__ = ["Actor", "Event", "EventKind", "Fact", "Role"]


class Role(Enum):
    """Who acts without being a member."""

    BROKER = "broker"
    OFFICE = "office"
    OUTSIDE = "outside"


Actor = BoxNumber | Role
"""Who made a change: a member, by box, or one of the roles."""

Fact = (
    Member
    | FormerMember
    | Person
    | WithdrawalReason
    | Category
    | SaleOffer
    | PurchaseOffer
    | Deal
    | Entry
    | Effect
    | ReceivedNotice
    | Authorisation
    | Complaint
    | News
    | Case
    | Item
    | Reservation
    | Tender
    | Bid
    | Order
    | Contractor
    | StandingTerms
)
"""What an event can be about."""


class EventKind(Enum):
    """What happened. The first word says to what; events of one thing are in the order in which they happened."""

    MEMBER_REGISTERED = "member registered"
    MEMBER_CHANGED = "member changed"
    MEMBER_CORRECTED = "member corrected"
    MEMBER_TOLD = "member told of being dormant"
    MEMBER_WITHDREW = "member withdrew"
    MEMBER_REMOVED = "member removed"
    MEMBER_FORGOTTEN = "member forgotten"
    FORMER_MEMBER_CHANGED = "former member changed"
    APPLICATION_REFUSED = "application refused"
    PERSONS_JOINED = "persons joined"
    REASON_ADDED = "reason added"
    REASON_CORRECTED = "reason corrected"
    REASON_DELETED = "reason deleted"
    REASON_GIVEN = "reason given"
    CATEGORY_ADDED = "category added"
    CATEGORY_CORRECTED = "category corrected"
    CATEGORY_DELETED = "category deleted"
    OFFER_ACCEPTED = "offer accepted"
    OFFER_AMENDED = "offer amended"
    OFFER_SHOWN = "offer shown"
    OFFER_TOLD = "offer told"
    OFFER_LOOKED_AT = "offer looked at"
    OFFER_CANCELLED = "offer cancelled"
    OFFER_EXPIRED = "offer expired"
    OFFER_REOPENED = "offer reopened"
    OFFER_CLOSED = "offer closed"
    OFFER_FILED = "offer filed"
    OFFER_JOINED = "offer joined to another person"
    DEAL_AGREED = "deal agreed"
    DEAL_CHANGED = "deal changed"
    DEAL_ENDED = "deal ended"
    ENTRY_POSTED = "entry posted"
    EFFECT_ANSWERED = "effect answered"
    EFFECT_POSTPONED = "effect postponed"
    NOTICE_RECEIVED = "notice received"
    AUTHORISATION_INTENDED = "authorisation intended"
    AUTHORISATION_CHANGED = "authorisation changed"
    COMPLAINT_FILED = "complaint filed"
    COMPLAINT_CORRECTED = "complaint corrected"
    COMPLAINT_ANNULLED = "complaint annulled"
    NEWS_WRITTEN = "news written"
    NEWS_WITHDRAWN = "news withdrawn"
    CASE_OPENED = "case opened"
    CASE_CHANGED = "case changed"
    CASE_CLOSED = "case closed"
    ITEM_REGISTERED = "item registered"
    ITEM_CHANGED = "item changed"
    ITEM_RELEASED = "item released"
    ITEM_WITHDRAWN = "item withdrawn"
    RESERVATION_MADE = "reservation made"
    RESERVATION_CHANGED = "reservation changed"
    RESERVATION_CLOSED = "reservation closed"
    RESERVATION_FILED = "reservation filed"
    TENDER_CALLED = "tender called"
    TENDER_CHANGED = "tender changed"
    TENDER_JUDGED = "tender judged"
    TENDER_ENDED = "tender ended"
    BID_OPENED = "bid opened"
    ORDER_MADE = "order made"
    ORDER_CHANGED = "order changed"
    ORDER_ENDED = "order ended"
    CONTRACTOR_REGISTERED = "contractor registered"
    CONTRACTOR_REMOVED = "contractor removed"
    SERVICE_APPOINTED = "service appointed"
    SERVICE_ENDED = "service ended"


@quickly_made
@frozen
class Event:
    """One change: when, by whom, what kind, and the fact as it was after it.

    It refers to the fact and copies nothing.
    """

    at: datetime
    by: Actor
    kind: EventKind
    fact: Fact
