"""Everything that a SQL store remembers, as a unit of work sees it."""

from brokerage.adapters.sql.counting import PROGRESS, SqlTallies
from brokerage.adapters.sql.effects import INBOX, REQUESTS, SECRETS, SqlAuthorisations, SqlOutbox
from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.journal import SqlJournal
from brokerage.adapters.sql.ledger import SqlLedger
from brokerage.adapters.sql.market import SqlCategories, SqlChecks, SqlLosses
from brokerage.adapters.sql.messages import SqlComplaints, SqlNews
from brokerage.adapters.sql.numbers import SqlNumbers
from brokerage.adapters.sql.offers import SqlOffers
from brokerage.adapters.sql.pauses import SqlPauses
from brokerage.adapters.sql.people import (
    CREDENTIALS,
    SqlActivities,
    SqlContacts,
    SqlFormerMembers,
    SqlMembers,
    SqlPersons,
    SqlReasons,
    SqlTries,
)
from brokerage.adapters.sql.reserving import SqlDemands, SqlItems, SqlReservations, SqlWatches
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.settling import SqlCases, SqlDeals, SqlStatements
from brokerage.adapters.sql.tendering import STANDING_TERMS, SqlBids, SqlContractors, SqlOrders, SqlTenders
from brokerage.records.contractors import StandingTerms, Trade
from brokerage.records.members import Credentials
from brokerage.records.notices import NoticeKey, ReceivedNotice
from brokerage.records.numbers import BoxNumber
from brokerage.records.requests import Request
from brokerage.records.secrets import Secret
from brokerage.records.tallies import Progress

__all__ = ["SqlTransaction"]


class SqlTransaction:
    """The store's collections, all on one session."""

    def __init__(self, session: Session) -> None:
        self.numbers = SqlNumbers(session)
        self.ledger = SqlLedger(session)
        self.journal = SqlJournal(session)
        self.activities = SqlActivities(session)
        self.authorisations = SqlAuthorisations(session)
        self.bids = SqlBids(session)
        self.cases = SqlCases(session)
        self.categories = SqlCategories(session)
        self.checks = SqlChecks(session)
        self.complaints = SqlComplaints(session)
        self.contacts = SqlContacts(session)
        self.contractors = SqlContractors(session)
        self.credentials: SqlFacts[BoxNumber, Credentials] = SqlFacts(session, CREDENTIALS)
        self.deals = SqlDeals(session)
        self.demands = SqlDemands(session)
        self.former = SqlFormerMembers(session)
        self.inbox: SqlFacts[NoticeKey, ReceivedNotice] = SqlFacts(session, INBOX)
        self.items = SqlItems(session)
        self.losses = SqlLosses(session)
        self.members = SqlMembers(session)
        self.news = SqlNews(session)
        self.offers = SqlOffers(session)
        self.orders = SqlOrders(session)
        self.outbox = SqlOutbox(session)
        self.pauses = SqlPauses(session)
        self.persons = SqlPersons(session)
        self.progress: SqlFacts[str, Progress] = SqlFacts(session, PROGRESS)
        self.reasons = SqlReasons(session)
        self.requests: SqlFacts[tuple[BoxNumber, str], Request] = SqlFacts(session, REQUESTS)
        self.reservations = SqlReservations(session)
        self.secrets: SqlFacts[str, Secret] = SqlFacts(session, SECRETS)
        self.standing_terms: SqlFacts[tuple[Trade, str, str, str], StandingTerms] = SqlFacts(session, STANDING_TERMS)
        self.statements = SqlStatements(session)
        self.tallies = SqlTallies(session)
        self.tenders = SqlTenders(session)
        self.tries = SqlTries(session)
        self.watches = SqlWatches(session)
