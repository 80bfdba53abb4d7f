"""Everything that a store keeps: the suites of its units of work and of all its collections under one name."""

from brokerage.testing.contracts.bids import BidsContract
from brokerage.testing.contracts.bookkeeping import JournalContract, LedgerContract, OutboxContract
from brokerage.testing.contracts.books import BooksContract
from brokerage.testing.contracts.casebook import CasesContract, StatementsContract
from brokerage.testing.contracts.counting import ProgressContract, TalliesContract
from brokerage.testing.contracts.items import DemandsContract, ItemsContract
from brokerage.testing.contracts.laws import Contract
from brokerage.testing.contracts.leaving import FormerMembersContract, ReasonsContract, TriesContract
from brokerage.testing.contracts.messages import ComplaintsContract, LossesContract, NewsItemsContract
from brokerage.testing.contracts.offers import OffersContract
from brokerage.testing.contracts.ordering import ContractorsContract, OrdersContract, StandingTermsContract
from brokerage.testing.contracts.pauses import PausesContract
from brokerage.testing.contracts.people import (
    ActivitiesContract,
    ContactsContract,
    CredentialsContract,
    MembersContract,
    PersonsContract,
)
from brokerage.testing.contracts.records import InboxContract, RequestsContract, SecretsContract
from brokerage.testing.contracts.reserving import ReservationsContract
from brokerage.testing.contracts.tendering import TendersContract
from brokerage.testing.contracts.trading import (
    AuthorisationsContract,
    CategoriesContract,
    ChecksContract,
    DealsContract,
)
from brokerage.testing.contracts.units import NumbersContract, UnitsOfWorkContract
from brokerage.testing.contracts.watches import WatchesContract

__all__ = ["StoreContract"]


class StoreContract(Contract):
    """What a :class:`~brokerage.storage.units.Store` keeps, all of it.

    The fixture ``store`` gives a new, empty store.
    """

    class TestUnitsOfWork(UnitsOfWorkContract):
        """Units of work."""

    class TestNumbers(NumbersContract):
        """Numbers."""

    class TestMembers(MembersContract):
        """Members."""

    class TestContacts(ContactsContract):
        """Contacts."""

    class TestActivities(ActivitiesContract):
        """Activities."""

    class TestCredentials(CredentialsContract):
        """Credentials."""

    class TestFormerMembers(FormerMembersContract):
        """Former members."""

    class TestReasons(ReasonsContract):
        """Reasons for withdrawal."""

    class TestTries(TriesContract):
        """Failures to sign in."""

    class TestPersons(PersonsContract):
        """Persons."""

    class TestPauses(PausesContract):
        """Persons' pauses."""

    class TestCategories(CategoriesContract):
        """Categories."""

    class TestOffers(OffersContract):
        """Offers."""

    class TestBooks(BooksContract):
        """The books of the offers."""

    class TestChecks(ChecksContract):
        """Left-over checks."""

    class TestLosses(LossesContract):
        """Lost sales whose losers are to be told."""

    class TestDeals(DealsContract):
        """Deals."""

    class TestCases(CasesContract):
        """Cases."""

    class TestStatements(StatementsContract):
        """Statements."""

    class TestAuthorisations(AuthorisationsContract):
        """Cards' authorisations."""

    class TestLedger(LedgerContract):
        """The ledger."""

    class TestJournal(JournalContract):
        """The journal."""

    class TestOutbox(OutboxContract):
        """The outbox."""

    class TestInbox(InboxContract):
        """The inbox."""

    class TestTenders(TendersContract):
        """Tenders."""

    class TestBids(BidsContract):
        """Bids."""

    class TestOrders(OrdersContract):
        """Orders."""

    class TestContractors(ContractorsContract):
        """Carriers and payment providers."""

    class TestStandingTerms(StandingTermsContract):
        """Standing terms of services."""

    class TestComplaints(ComplaintsContract):
        """Complaints."""

    class TestNewsItems(NewsItemsContract):
        """News."""

    class TestRequests(RequestsContract):
        """Requests."""

    class TestSecrets(SecretsContract):
        """Secrets."""

    class TestTallies(TalliesContract):
        """Running totals."""

    class TestProgress(ProgressContract):
        """How far periodic work has come."""

    class TestItems(ItemsContract):
        """Items that are not yet on the market."""

    class TestDemands(DemandsContract):
        """What is reserved of each item, in total."""

    class TestReservations(ReservationsContract):
        """Reservations."""

    class TestWatches(WatchesContract):
        """What members want to hear of."""
