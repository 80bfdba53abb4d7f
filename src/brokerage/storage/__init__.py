"""What the broker needs of a store: units of work, and the collections of facts that one sees.

A fact is replaced by comparison: ``replace(old, new)`` succeeds only while the stored version is ``old``'s, so a lost
update cannot happen in any store.
"""

from brokerage.storage.counting import Tallies
from brokerage.storage.facts import Facts, Numbers, Records, Series
from brokerage.storage.market import Categories, Checks, Ladder, Offers, Position
from brokerage.storage.people import Contacts, Members, Persons
from brokerage.storage.settling import Authorisations, Cases, Deals, Journal, Ledger, Outbox, Statements
from brokerage.storage.units import Store, Transaction

__all__ = [
    "Authorisations",
    "Cases",
    "Categories",
    "Checks",
    "Contacts",
    "Deals",
    "Facts",
    "Journal",
    "Ladder",
    "Ledger",
    "Members",
    "Numbers",
    "Offers",
    "Outbox",
    "Persons",
    "Position",
    "Records",
    "Series",
    "Statements",
    "Store",
    "Tallies",
    "Transaction",
]
