"""What stands above the columns of every table that the library shows, and what kind of thing stands below.

Each is an empty table; its rows are made where the things are that it shows.
"""

from brokerage.frames import Kind
from brokerage.tables import Table

__all__ = [
    "ACCOUNTS",
    "BOX",
    "BOX_CANDIDATES",
    "CANDIDATES",
    "CASES",
    "CATEGORIES",
    "CATEGORY_TERMS",
    "COMPLAINTS",
    "DEALS",
    "ENTRIES",
    "HISTORY",
    "MEMBERS",
    "NEWS",
    "OFFICE_COMPLAINTS",
    "OFFICE_DEALS",
    "OFFICE_NEWS",
    "PURCHASES",
    "QUOTE",
    "REASONS",
    "SALES",
    "TRANSACTIONS",
    "UNSOLD",
    "WATCHED",
    "WITHDRAWAL_REASONS",
]

SALES = Table(
    "Sale offers",
    {
        "sale": Kind.NUMBER,
        "status": Kind.TEXT,
        "category": Kind.TEXT,
        "name": Kind.TEXT,
        "min price": Kind.MONEY,
        "limit": Kind.TIME,
        "selling price": Kind.MONEY,
        "purchase": Kind.NUMBER,
    },
)
"""The sale list of TABLE I, for its seller."""

PURCHASES = Table(
    "Purchase offers",
    {
        "purchase": Kind.NUMBER,
        "status": Kind.TEXT,
        "category": Kind.TEXT,
        "name": Kind.TEXT,
        "max price": Kind.MONEY,
        "limit": Kind.TIME,
        "shown": Kind.NUMBER,
    },
)
"""The purchase list of TABLE I, for its buyer; ``shown``: how many candidates its first page has."""

BOX = Table(
    "Offers",
    {
        "offer": Kind.NUMBER,
        "offered at": Kind.TIME,
        "side": Kind.TEXT,
        "status": Kind.TEXT,
        "category": Kind.TEXT,
        "name": Kind.TEXT,
        "limit": Kind.TIME,
        "own price": Kind.MONEY,
        "deal": Kind.NUMBER,
    },
)
"""Both lists of a box as one, for its member; ``own price``: the member's own price limit."""

CANDIDATES = Table(
    "Candidates",
    {
        "sale": Kind.NUMBER,
        "status": Kind.TEXT,
        "price": Kind.MONEY,
        "carriage": Kind.MONEY,
        "payment fee": Kind.MONEY,
        "total": Kind.MONEY,
        "name": Kind.TEXT,
        "description": Kind.TEXT,
    },
)
"""The candidates of one purchase, for its buyer."""

BOX_CANDIDATES = Table(
    "Candidates",
    {
        "purchase": Kind.NUMBER,
        "sale": Kind.NUMBER,
        "status": Kind.TEXT,
        "price": Kind.MONEY,
        "carriage": Kind.MONEY,
        "payment fee": Kind.MONEY,
        "name": Kind.TEXT,
        "description": Kind.TEXT,
    },
)
"""The candidates of all purchases of a box, for its member."""

DEALS = Table(
    "Deals",
    {
        "deal": Kind.NUMBER,
        "side": Kind.TEXT,
        "sale": Kind.NUMBER,
        "purchase": Kind.NUMBER,
        "status": Kind.TEXT,
        "category": Kind.TEXT,
        "name": Kind.TEXT,
        "quantity": Kind.NUMBER,
        "price": Kind.MONEY,
        "carriage": Kind.MONEY,
        "payment fee": Kind.MONEY,
        "total": Kind.MONEY,
        "reference": Kind.TEXT,
        "agreed at": Kind.TIME,
        "deadline": Kind.TIME,
        "ended at": Kind.TIME,
    },
)
"""A member's deals; ``side`` and ``price`` are the member's own: what a buyer pays or what a seller gets."""

HISTORY = Table(
    "History",
    {
        "deal": Kind.NUMBER,
        "side": Kind.TEXT,
        "offer": Kind.NUMBER,
        "category": Kind.TEXT,
        "name": Kind.TEXT,
        "price": Kind.MONEY,
        "status": Kind.TEXT,
        "agreed at": Kind.TIME,
        "ended at": Kind.TIME,
        "complained": Kind.TRUTH,
        "complained about": Kind.TRUTH,
    },
)
"""A member's buying and selling history; ``offer`` and ``price`` are the member's own."""

CATEGORIES = Table("Categories", {"code": Kind.TEXT, "name": Kind.TEXT, "group": Kind.TEXT})
"""The categories, for members."""

CATEGORY_TERMS = Table(
    "Categories with their terms",
    {
        "code": Kind.TEXT,
        "name": Kind.TEXT,
        "group": Kind.TEXT,
        "rate": Kind.TEXT,
        "margin": Kind.TEXT,
        "fulfilment": Kind.TEXT,
        "open": Kind.TRUTH,
    },
)
"""The categories, for the manager."""

UNSOLD = Table(
    "Unsold",
    {"sale": Kind.NUMBER, "category": Kind.TEXT, "name": Kind.TEXT, "description": Kind.TEXT},
)
"""What is unsold in a category, for everyone."""

COMPLAINTS = Table(
    "Complaints",
    {
        "complaint": Kind.NUMBER,
        "side": Kind.TEXT,
        "deal": Kind.NUMBER,
        "kind": Kind.TEXT,
        "points": Kind.NUMBER,
        "text": Kind.TEXT,
        "at": Kind.TIME,
        "status": Kind.TEXT,
    },
)
"""A member's complaints; ``points`` stand at those about the member, ``text`` at those that the member filed."""

NEWS = Table("News", {"news": Kind.NUMBER, "at": Kind.TIME, "subject": Kind.TEXT, "text": Kind.TEXT})
"""The manager's news, for a member."""

QUOTE = Table(
    "Quote",
    {
        "min price": Kind.MONEY,
        "selling price": Kind.MONEY,
        "buying price": Kind.MONEY,
        "max price": Kind.MONEY,
        "commission": Kind.MONEY,
        "rate": Kind.TEXT,
        "capped": Kind.TRUTH,
    },
)
"""A quote, for the manager; ``rate`` is an exact fraction."""

OFFICE_DEALS = Table(
    "Deals, as only the manager sees them",
    {
        "deal": Kind.NUMBER,
        "sale": Kind.NUMBER,
        "purchase": Kind.NUMBER,
        "seller": Kind.NUMBER,
        "buyer": Kind.NUMBER,
        "state": Kind.TEXT,
        "category": Kind.TEXT,
        "name": Kind.TEXT,
        "quantity": Kind.NUMBER,
        "min price": Kind.MONEY,
        "selling price": Kind.MONEY,
        "buying price": Kind.MONEY,
        "max price": Kind.MONEY,
        "commission": Kind.MONEY,
        "owed": Kind.MONEY,
        "agreed at": Kind.TIME,
        "ended at": Kind.TIME,
    },
)
"""Deals with everything that was frozen in them, for the manager; ``owed``: what the buyer pays, fees and all."""

OFFICE_COMPLAINTS = Table(
    "Complaints, as only the manager sees them",
    {
        "complaint": Kind.NUMBER,
        "complainant": Kind.NUMBER,
        "respondent": Kind.NUMBER,
        "deal": Kind.NUMBER,
        "kind": Kind.TEXT,
        "points": Kind.NUMBER,
        "text": Kind.TEXT,
        "at": Kind.TIME,
        "annulled": Kind.TEXT,
    },
)
"""Complaints, for the manager, whose own have no ``complainant``; ``annulled``: why."""

WATCHED = Table(
    "Persons who complain often",
    {"person": Kind.NUMBER, "boxes": Kind.TEXT, "filed": Kind.NUMBER, "points": Kind.NUMBER},
)
"""Complainants, for the manager: standing complaints that they filed, and points of those about them."""

OFFICE_NEWS = Table(
    "News, as the manager wrote it",
    {
        "news": Kind.NUMBER,
        "at": Kind.TIME,
        "subject": Kind.TEXT,
        "text": Kind.TEXT,
        "audience": Kind.TEXT,
        "mailing": Kind.TRUTH,
        "mailed to": Kind.NUMBER,
        "withdrawn": Kind.TRUTH,
    },
)
"""News, for the manager; ``mailed to``: the box up to which an item was mailed."""

ENTRIES = Table(
    "Ledger",
    {
        "entry": Kind.NUMBER,
        "at": Kind.TIME,
        "deal": Kind.NUMBER,
        "purpose": Kind.TEXT,
        "account": Kind.TEXT,
        "amount": Kind.MONEY,
    },
)
"""The ledger, for the manager: a line for each posting; a positive amount is a debit."""

CASES = Table(
    "Cases that wait for the manager",
    {
        "case": Kind.NUMBER,
        "kind": Kind.TEXT,
        "at": Kind.TIME,
        "deal": Kind.NUMBER,
        "effect": Kind.TEXT,
        "debtor": Kind.TEXT,
        "amount": Kind.MONEY,
        "reason": Kind.TEXT,
        "closed at": Kind.TIME,
        "outcome": Kind.TEXT,
    },
)
"""What waits for the manager, and how it was closed; ``amount`` is the money in question."""

TRANSACTIONS = Table(
    "Intermediary transactions",
    {
        "sale": Kind.NUMBER,
        "seller": Kind.NUMBER,
        "status": Kind.TEXT,
        "last arrival": Kind.NUMBER,
        "purchase": Kind.NUMBER,
        "buyer": Kind.NUMBER,
        "selling price": Kind.MONEY,
        "buying price": Kind.MONEY,
        "in box": Kind.TEXT,
    },
)
"""The transaction file, TABLE II, for the manager: a line for each candidate of a sale."""

ACCOUNTS = Table(
    "Your data",
    {
        "box": Kind.NUMBER,
        "kind": Kind.TEXT,
        "name": Kind.TEXT,
        "address": Kind.TEXT,
        "telephone": Kind.TEXT,
        "e-mail": Kind.TEXT,
        "bank account": Kind.TEXT,
        "charged account": Kind.TEXT,
        "member since": Kind.TIME,
        "valid from": Kind.TIME,
    },
)
"""A member's own data, a line for each version."""

MEMBERS = Table(
    "Members, present and former",
    {
        "box": Kind.NUMBER,
        "person": Kind.NUMBER,
        "kind": Kind.TEXT,
        "name": Kind.TEXT,
        "address": Kind.TEXT,
        "telephone": Kind.TEXT,
        "e-mail": Kind.TEXT,
        "bank account": Kind.TEXT,
        "since": Kind.TIME,
        "left at": Kind.TIME,
        "reason": Kind.TEXT,
        "factor": Kind.TEXT,
        "points": Kind.NUMBER,
        "last deal": Kind.TIME,
        "versions": Kind.NUMBER,
    },
)
"""The members' files, for the manager; ``versions``: how many versions of the data the history has."""

REASONS = Table("Reasons for leaving", {"reason": Kind.TEXT, "text": Kind.TEXT})
"""The reasons that a member may choose from."""

WITHDRAWAL_REASONS = Table(
    "Reasons for withdrawal",
    {"reason": Kind.TEXT, "text": Kind.TEXT, "offered": Kind.TRUTH, "withdrawals": Kind.NUMBER},
)
"""The same for the manager, with how many members left for each."""
