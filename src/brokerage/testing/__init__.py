"""What proves an adapter or a rule of one's own: contract suites, machines, stories, and ports that go wrong.

Needs the extra ``testing`` (pytest and hypothesis). Subclass a suite in a test module and give it one fixture:

* a store: :class:`StoreContract` (or one of its parts), with the fixture ``store`` for a new, empty store;
  :class:`MarketMachine` and :class:`ReservingMachine` drive a whole broker on such stores;
* a gateway: :class:`NotifierContract` and its like, with the fixture ``stage`` for the adapter and what surrounds it;
* a clock, chance, a password hasher: the fixture has that name;
* a margin rule: :class:`MarginRuleContract`, with the fixture ``rule``.

A seed drives a whole broker through everything that goes wrong, on any store: :func:`tell_story`.
:func:`broken_laws` holds a suite against an adapter without pytest. :func:`faulty` makes any port go wrong by a plan.
"""

import pytest

# The laws are plain assertions: pytest is to show what was compared when one fails.
pytest.register_assert_rewrite("brokerage.testing.contracts", "brokerage.testing.market", "brokerage.testing.reserving")

from brokerage.adapters.memory.gateways import Mood  # noqa: E402
from brokerage.adapters.system import ManualClock  # noqa: E402
from brokerage.testing.contracts.bids import BidsContract  # noqa: E402
from brokerage.testing.contracts.bookkeeping import (  # noqa: E402
    JournalContract,
    LedgerContract,
    OutboxContract,
)
from brokerage.testing.contracts.books import BooksContract  # noqa: E402
from brokerage.testing.contracts.casebook import CasesContract, StatementsContract  # noqa: E402
from brokerage.testing.contracts.counting import ProgressContract, TalliesContract  # noqa: E402
from brokerage.testing.contracts.gateways import (  # noqa: E402
    Deed,
    GatewayContract,
    NoticesContract,
    Stage,
)
from brokerage.testing.contracts.items import DemandsContract, ItemsContract  # noqa: E402
from brokerage.testing.contracts.laws import Contract, Law, broken_laws, laws_of  # noqa: E402
from brokerage.testing.contracts.leaving import (  # noqa: E402
    FormerMembersContract,
    ReasonsContract,
    TriesContract,
)
from brokerage.testing.contracts.messages import (  # noqa: E402
    ComplaintsContract,
    LossesContract,
    NewsItemsContract,
)
from brokerage.testing.contracts.offers import OffersContract  # noqa: E402
from brokerage.testing.contracts.ordering import (  # noqa: E402
    ContractorsContract,
    OrdersContract,
    StandingTermsContract,
)
from brokerage.testing.contracts.parties import (  # noqa: E402
    AccountChargerContract,
    AccountStage,
    AdviserStage,
    CardStage,
    CarrierStage,
    ClearingHouseContract,
    DelivererContract,
    NotifierContract,
    PaymentAdviserContract,
    PayoutsContract,
)
from brokerage.testing.contracts.pauses import PausesContract  # noqa: E402
from brokerage.testing.contracts.people import (  # noqa: E402
    ActivitiesContract,
    ContactsContract,
    CredentialsContract,
    MembersContract,
    PersonsContract,
)
from brokerage.testing.contracts.records import InboxContract, RequestsContract, SecretsContract  # noqa: E402
from brokerage.testing.contracts.reserving import ReservationsContract  # noqa: E402
from brokerage.testing.contracts.store import StoreContract  # noqa: E402
from brokerage.testing.contracts.system import ClockContract, EntropyContract, PasswordHasherContract  # noqa: E402
from brokerage.testing.contracts.tendering import TendersContract  # noqa: E402
from brokerage.testing.contracts.trading import (  # noqa: E402
    AuthorisationsContract,
    CategoriesContract,
    ChecksContract,
    DealsContract,
)
from brokerage.testing.contracts.units import NumbersContract, UnitsOfWorkContract  # noqa: E402
from brokerage.testing.contracts.watches import WatchesContract  # noqa: E402
from brokerage.testing.faults import Fault, Faults, faulty, faulty_gateways, faulty_store  # noqa: E402
from brokerage.testing.margin_rules import MarginRuleContract  # noqa: E402
from brokerage.testing.market.machine import MarketMachine  # noqa: E402
from brokerage.testing.reserving.machine import ReservingMachine  # noqa: E402
from brokerage.testing.story.actions import ACTIONS, Action, Step  # noqa: E402
from brokerage.testing.story.invariants import Broken, Invariant  # noqa: E402
from brokerage.testing.story.telling import Setting, StoryBroken, Told, replay_story, tell_story  # noqa: E402

__all__ = [
    "ACTIONS",
    "AccountChargerContract",
    "AccountStage",
    "Action",
    "ActivitiesContract",
    "AdviserStage",
    "AuthorisationsContract",
    "BidsContract",
    "BooksContract",
    "Broken",
    "CardStage",
    "CarrierStage",
    "CasesContract",
    "CategoriesContract",
    "ChecksContract",
    "ClearingHouseContract",
    "ClockContract",
    "ComplaintsContract",
    "ContactsContract",
    "Contract",
    "ContractorsContract",
    "CredentialsContract",
    "DealsContract",
    "Deed",
    "DelivererContract",
    "DemandsContract",
    "EntropyContract",
    "Fault",
    "Faults",
    "FormerMembersContract",
    "GatewayContract",
    "InboxContract",
    "Invariant",
    "ItemsContract",
    "JournalContract",
    "Law",
    "LedgerContract",
    "LossesContract",
    "ManualClock",
    "MarginRuleContract",
    "MarketMachine",
    "MembersContract",
    "Mood",
    "NewsItemsContract",
    "NoticesContract",
    "NotifierContract",
    "NumbersContract",
    "OffersContract",
    "OrdersContract",
    "OutboxContract",
    "PasswordHasherContract",
    "PausesContract",
    "PaymentAdviserContract",
    "PayoutsContract",
    "PersonsContract",
    "ProgressContract",
    "ReasonsContract",
    "RequestsContract",
    "ReservationsContract",
    "ReservingMachine",
    "SecretsContract",
    "Setting",
    "Stage",
    "StandingTermsContract",
    "StatementsContract",
    "Step",
    "StoreContract",
    "StoryBroken",
    "TalliesContract",
    "TendersContract",
    "Told",
    "TriesContract",
    "UnitsOfWorkContract",
    "WatchesContract",
    "broken_laws",
    "faulty",
    "faulty_gateways",
    "faulty_store",
    "laws_of",
    "replay_story",
    "tell_story",
]
