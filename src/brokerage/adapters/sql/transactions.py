"""Everything that a SQL store remembers, as a unit of work sees it."""

from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.journal import SqlJournal
from brokerage.adapters.sql.ledger import SqlLedger
from brokerage.adapters.sql.numbers import SqlNumbers
from brokerage.adapters.sql.people import PERSONS, SqlMembers
from brokerage.adapters.sql.reserving import SqlDemands, SqlItems, SqlReservations, SqlWatches
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.tendering import STANDING_TERMS, SqlBids, SqlContractors, SqlOrders, SqlTenders
from brokerage.records.contractors import StandingTerms, Trade
from brokerage.records.members import Person
from brokerage.records.numbers import PersonNumber

__all__ = ["SqlTransaction"]


class SqlTransaction:
    """The store's collections, all on one session."""

    def __init__(self, session: Session) -> None:
        self.numbers = SqlNumbers(session)
        self.ledger = SqlLedger(session)
        self.journal = SqlJournal(session)
        self.persons: SqlFacts[PersonNumber, Person] = SqlFacts(session, PERSONS)
        self.members = SqlMembers(session)
        self.items = SqlItems(session)
        self.demands = SqlDemands(session)
        self.reservations = SqlReservations(session)
        self.watches = SqlWatches(session)
        self.tenders = SqlTenders(session)
        self.bids = SqlBids(session)
        self.orders = SqlOrders(session)
        self.contractors = SqlContractors(session)
        self.standing_terms: SqlFacts[tuple[Trade, str, str, str], StandingTerms] = SqlFacts(session, STANDING_TERMS)
