"""What the broker needs of a store: units of work, and the collections of facts that one sees.

A fact is replaced by comparison: ``replace(old, new)`` succeeds only while the stored version is ``old``'s, so a lost
update cannot happen in any store.
"""

from brokerage.storage.counting import Tallies
from brokerage.storage.facts import Facts, Numbers, Records, RemovableFacts, Series
from brokerage.storage.market import Categories, Checks, Ladder, Losses, Offers, Position
from brokerage.storage.messages import Complaints, NewsItems
from brokerage.storage.pauses import Pauses
from brokerage.storage.people import Contacts, FormerMembers, Members, Persons, Reasons, Tries
from brokerage.storage.reserving import Demands, Items, Reservations, Watches
from brokerage.storage.settling import Authorisations, Cases, Deals, Journal, Ledger, Outbox, Statements
from brokerage.storage.tendering import Bids, Contractors, Orders, Tenders
from brokerage.storage.units import Store, Transaction

__all__ = [
    "Authorisations",
    "Bids",
    "Cases",
    "Categories",
    "Checks",
    "Complaints",
    "Contacts",
    "Contractors",
    "Deals",
    "Demands",
    "Facts",
    "FormerMembers",
    "Items",
    "Journal",
    "Ladder",
    "Ledger",
    "Losses",
    "Members",
    "NewsItems",
    "Numbers",
    "Offers",
    "Orders",
    "Outbox",
    "Pauses",
    "Persons",
    "Position",
    "Reasons",
    "Records",
    "RemovableFacts",
    "Reservations",
    "Series",
    "Statements",
    "Store",
    "Tallies",
    "Tenders",
    "Transaction",
    "Tries",
    "Watches",
]
