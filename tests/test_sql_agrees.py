"""Whatever runs in memory runs in a database, and comes to exactly the same: in SQLite and in PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage import Policy
from brokerage.adapters.memory import MemoryStore
from brokerage.adapters.sql import SqlStore
from brokerage.errors import BrokerageError
from brokerage.policy import Periodic
from brokerage.ports import Store
from brokerage.records.numbers import OfferNumber
from brokerage.simulation import read_offers_file, replay, write_results
from builders import World, check_books, immediate
from databases import DATABASES
from gapped_numbers import GappedStore
from market_script import COMMANDS, POLICIES, answer, boxes, desk_of, fixed_script, script_world
from observing import observed

pytestmark = pytest.mark.databases

KINDS: dict[str, Callable[[], Store]] = {"SQLite": MemoryStore, "PostgreSQL": GappedStore}
"""The databases, each with the reference that gives out the same numbers."""

OFFERS_FILE = """\
at,side,member,category,name,price,currency,until
2026-03-02T09:00:00Z,sale,Ann,Phones,"Pixel 7, boxed",80.00,USD,
2026-03-02T09:01:00Z,sale,Cid,phones,Pixel 6,60.00,USD,2026-03-20T00:00:00Z
2026-03-02T09:02:00+01:00,purchase,Bob,PHONES,,100.00,USD,
2026-03-02T09:03:00Z,purchase,Ann,phones,mine,70.00,USD,2026-03-09T12:00:00Z
2026-03-02T09:04:00Z,sale,Bob,radios,Zürich,1500,JPY,2026-03-03T00:00:00Z
2026-03-02T09:05:00Z,purchase,Dora,radios,,1499,JPY,
2026-03-02T09:06:00Z,purchase,Dora,radios,,1500,JPY,
2026-03-02T09:07:00Z,sale,Eve,phones,Gift,0.00,USD,
2026-03-02T09:08:00Z,purchase,Cid,phones,,0.00,USD,
2026-03-02T09:08:00Z,purchase,Cid,phones,,12.345,USD,
2026-03-02T09:09:00Z,purchase,Bob,phones,,61.00,USD,
2026-03-05T09:00:00Z,sale,Ann,phones,Pixel 5,60.99,USD,
"""


@contextmanager
def empty(kind: str) -> Iterator[Store]:
    """Lend an empty store."""
    pool = DATABASES.pool(kind)
    store = pool.take()
    try:
        yield store
    finally:
        pool.give_back(store)


def assert_equal(reference: World, ours: World) -> None:
    """Compare all boxes, facts, books, entries and events, and what went outside."""
    assert boxes(reference) == boxes(ours)
    assert reference.state() == ours.state()
    assert reference.outside() == ours.outside()
    assert reference.broker.next_due() == ours.broker.next_due()
    check_books(ours)


_small = st.integers(0, 7)
_commands = st.tuples(st.sampled_from(sorted(COMMANDS)), st.tuples(_small, _small, _small))


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(policy=st.sampled_from(POLICIES), script=st.lists(_commands, min_size=5, max_size=40))
def test_a_script_comes_to_the_same(kind: str, policy: Policy, script: list[tuple[str, tuple[int, int, int]]]) -> None:
    """Every call answers the same in a database and in memory, and everything that is kept is equal."""
    with empty(kind) as store:
        ours, reference = script_world(policy, store), script_world(policy, KINDS[kind]())
        for name, numbers in script:
            assert answer(reference, name, numbers) == answer(ours, name, numbers)
        assert_equal(reference, ours)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_markets_life_comes_to_the_same(kind: str) -> None:
    """Offers, deals, complaints, payments, delays and disputes leave the same behind in a database as in memory."""
    with empty(kind) as store:
        ours, reference = script_world(POLICIES[1], store), script_world(POLICIES[1], KINDS[kind]())
        for place in (ours, reference):
            fixed_script(place)
        assert_equal(reference, ours)


def test_what_is_kept_is_there_when_it_is_opened_again(url: str) -> None:
    """A store that is opened again shows everything as it was."""
    with SqlStore(url) as store:
        place = script_world(POLICIES[2], store)
        fixed_script(place)
        before = place.state()
    with SqlStore(url) as again:
        assert before == again.read(observed)


def test_numbers_beyond_64_bits_are_found_nowhere(sql: SqlStore) -> None:
    """A number that no database holds is unknown, as it is in memory."""
    ours, reference = script_world(POLICIES[0], sql), script_world(POLICIES[0], MemoryStore())
    for number in (1 << 63, 1 << 200, -(1 << 63) - 1):
        answers = []
        for place in (ours, reference):
            with pytest.raises(BrokerageError) as refused:
                desk_of(place, 0).cancel(OfferNumber(number))
            answers.append(str(refused.value))
        assert answers[0] == answers[1]


@pytest.mark.parametrize("minutes", [0, 5])
def test_a_replay_comes_to_the_same_bytes(tmp_path: Path, sql: SqlStore, minutes: int) -> None:
    """A file of offers that is replayed in a database and in memory gives the same result files, byte by byte."""
    source = tmp_path / "offers.csv"
    source.write_text(OFFERS_FILE, encoding="utf-8")
    offers = read_offers_file(source)
    assert (len(offers.rows), len(offers.refused)) == (11, 1)
    policy = Periodic(timedelta(minutes=minutes)) if minutes else immediate().matching
    written = []
    for name, store in (("memory", MemoryStore()), ("database", sql)):
        market = replay(offers.rows, matching=policy, store=store)
        assert len(market.deals) >= 3
        write_results(market, offers.refused, tmp_path / name)
        written.append(sorted((file.name, file.read_bytes()) for file in (tmp_path / name).iterdir()))
    assert len(written[0]) == 5
    assert written[0] == written[1]
