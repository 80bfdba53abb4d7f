"""Every law is needed: for each there is an adapter that breaks it and nothing else, and is caught by its name."""

from collections import Counter

import pytest

import brokerage.testing
from broken_casebook import BROKEN_CASEBOOK
from broken_collections import BROKEN_COLLECTIONS
from broken_doubles import Broken
from broken_facts import BROKEN_FACTS
from broken_gateways import BROKEN_GATEWAYS
from broken_messages import BROKEN_MESSAGES
from broken_offers import BROKEN_OFFERS
from broken_parties import BROKEN_PARTIES
from broken_pauses import BROKEN_PAUSES
from broken_people import BROKEN_PEOPLE
from broken_reserving import BROKEN_RESERVING
from broken_tallies import BROKEN_TALLIES
from broken_tendering import BROKEN_TENDERING
from broken_units import BROKEN_UNITS
from brokerage.testing import Contract, StoreContract, broken_laws, laws_of

pytestmark = pytest.mark.once

BROKEN = [
    *BROKEN_CASEBOOK,
    *BROKEN_COLLECTIONS,
    *BROKEN_FACTS,
    *BROKEN_GATEWAYS,
    *BROKEN_MESSAGES,
    *BROKEN_OFFERS,
    *BROKEN_PARTIES,
    *BROKEN_TALLIES,
    *BROKEN_TENDERING,
    *BROKEN_PEOPLE,
    *BROKEN_PAUSES,
    *BROKEN_RESERVING,
    *BROKEN_UNITS,
]
SUITES = [
    suite
    for suite in vars(brokerage.testing).values()
    if isinstance(suite, type) and issubclass(suite, Contract) and suite not in (Contract, StoreContract)
    if suite.__module__.startswith("brokerage.testing.contracts.")
]
GENERAL = {parent for suite in SUITES for parent in suite.__mro__[1:]}


@pytest.mark.parametrize("double", BROKEN, ids=str)
def test_a_broken_adapter_is_caught_by_the_law_that_it_breaks(double: Broken) -> None:
    """Exactly the law that an adapter breaks fails, and all others of its contract hold."""
    assert [double.law] == list(broken_laws(double.contract, double.make))


@pytest.mark.parametrize("suite", [suite for suite in SUITES if suite not in GENERAL], ids=lambda suite: suite.__name__)
def test_every_law_has_an_adapter_that_breaks_it(suite: type[Contract]) -> None:
    """No law of a port's suite is there that nothing has ever broken."""
    tried = Counter(double.law for double in BROKEN if double.contract is suite)
    assert {law.name for law in laws_of(suite)} == set(tried)


def test_the_stores_contract_has_the_suites_of_all_its_collections() -> None:
    """Every suite that asks for a store is part of the contract of the whole store."""
    doubles = (
        *BROKEN_CASEBOOK,
        *BROKEN_COLLECTIONS,
        *BROKEN_FACTS,
        *BROKEN_OFFERS,
        *BROKEN_PAUSES,
        *BROKEN_PEOPLE,
        *BROKEN_RESERVING,
        *BROKEN_UNITS,
    )
    asking = {double.contract for double in doubles}
    parts = {suite.__mro__[1] for name, suite in vars(StoreContract).items() if name.startswith("Test")}
    assert asking == parts
