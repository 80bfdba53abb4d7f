"""The throw-away SQLite store: whatever runs in memory runs on it, and comes to exactly the same."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage import BankTransfer, Brokerage, DeliveryStep, Money, Policy
from brokerage.adapters.memory import Mailbox, MemoryStore, pretend_gateways
from brokerage.adapters.system import ManualClock, SeededEntropy
from brokerage.errors import BrokerageError, NotACandidate, TooManyConflicts
from brokerage.policy import Periodic
from brokerage.ports import Series, Store, Transaction
from brokerage.records.deals import DealState
from brokerage.records.ledger import BANK, REVENUE, escrow_of
from brokerage.records.numbers import BoxNumber, OfferNumber
from brokerage.simulation import read_offers_file, replay, write_results
from builders import START, check_books, immediate, world
from market_script import COMMANDS, POLICIES, answer, boxes, desk_of, fixed_script, script_world
from observing import observed
from sqlite_spike import SqliteStore

NAMES = ("memory", "sqlite")
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


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    """A store in memory."""
    made = SqliteStore()
    yield made
    made.close()


def test_a_deal_from_offer_to_payout(store: SqliteStore) -> None:
    """A market on the spike goes from registering to the last payout, and its books balance."""
    clock = ManualClock(START)
    gateways = pretend_gateways()
    broker = Brokerage(store=store, clock=clock, entropy=SeededEntropy(1), gateways=gateways)
    broker.office.add_category("phones", rate="0.10")
    ann = broker.register(
        name="Ann", address="1 Elm Row", telephone="555 0100", email="ann@shop.example", bank_account="US-1"
    )
    bob = broker.register(
        name="Bob", address="2 Oak Row", telephone="555 0101", email="bob@home.example", bank_account="US-2"
    )
    sale = ann.sell("phones", "Pixel 7", min_price="80.00", currency="USD")
    want = bob.buy("phones", max_price="100.00", currency="USD")
    assert broker.match() == 2
    [candidate] = bob.candidates(want)
    assert candidate.price == Money(9200, "USD")
    purchase = bob.decide(want, candidate.sale, price=candidate.price, pay_by=BankTransfer())
    advised = broker.advise_payment(reference=purchase.reference, amount="92.00", currency="USD", notice="bank-1")
    assert advised == "booked for deal 1"
    assert broker.advise_delivery(purchase.number, DeliveryStep.COLLECTED, notice="c-1") == "deal 1 is collected"
    assert broker.advise_delivery(purchase.number, DeliveryStep.DELIVERED, notice="c-2") == "deal 1 is delivered"
    assert ann.box().sales[0].status == "Commodity Received"
    clock.set(START + timedelta(days=3))
    assert broker.run_due().deadlines == 1
    assert broker.office.deal(purchase.number).state is DealState.COMPLETED
    assert ann.show(sale).status == "Paid/Commodity Received"
    assert broker.office.balance(escrow_of(purchase.number), "USD") == Money(0, "USD")
    assert broker.office.balance(BANK, "USD") == Money(400, "USD")
    assert broker.office.balance(REVENUE, "USD") == Money(-400, "USD")
    assert sum(posting.units for entry in broker.office.entries() for posting in entry.postings) == 0
    notifier = gateways.notifier
    assert isinstance(notifier, Mailbox)
    assert len(notifier.sent) == 2


_small = st.integers(0, 7)
_commands = st.tuples(st.sampled_from(sorted(COMMANDS)), st.tuples(_small, _small, _small))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(policy=st.sampled_from(POLICIES), script=st.lists(_commands, min_size=5, max_size=40))
def test_a_script_comes_to_the_same_on_both_stores(
    policy: Policy, script: list[tuple[str, tuple[int, int, int]]]
) -> None:
    """Every call answers the same on both stores, and all boxes, facts, books, entries and events are equal."""
    made = SqliteStore()
    ours, reference = script_world(policy, made), script_world(policy, MemoryStore())
    for name, numbers in script:
        assert answer(reference, name, numbers) == answer(ours, name, numbers)
    assert boxes(reference) == boxes(ours)
    assert reference.state() == ours.state()
    assert reference.outside() == ours.outside()
    assert reference.broker.next_due() == ours.broker.next_due()
    check_books(ours)
    made.close()


def test_every_query_is_a_range_of_an_index(store: SqliteStore) -> None:
    """No query of a whole market's life sorts; none walks a table but a few short lists, from their first key on."""
    statements: set[str] = set()
    place = script_world(POLICIES[1], store)
    store.session.connection.set_trace_callback(statements.add)
    fixed_script(place)
    place.state()
    store.session.connection.set_trace_callback(None)
    queries = sorted(text for text in statements if text.startswith(("SELECT", "UPDATE", "DELETE")))
    assert len(queries) > 500
    steps = {row[3] for text in queries for row in store.session.connection.execute(f"EXPLAIN QUERY PLAN {text}")}
    assert not [step for step in steps if "TEMP B-TREE" in step]
    from_the_start = {step for step in steps if step.startswith("SCAN") and "CONSTANT" not in step}
    assert {step.split()[1] for step in from_the_start} <= {"categories", "checks", "losses", "offers", "reasons"}
    assert {step for step in from_the_start if " offers " in step} <= {"SCAN offers USING INDEX offer_waiting"}


def test_a_read_sees_one_state(tmp_path: Path) -> None:
    """A reader sees the state of its first query throughout, whatever is committed meanwhile."""
    reader, writer = SqliteStore(str(tmp_path / "kept")), SqliteStore(str(tmp_path / "kept"))

    def work(tx: Transaction) -> tuple[int, int]:
        first = tx.numbers.last(Series.BOX)
        writer.run(lambda other: other.numbers.next(Series.BOX))
        return first, tx.numbers.last(Series.BOX)

    assert reader.read(work) == (0, 0)
    assert reader.read(lambda tx: tx.numbers.last(Series.BOX)) == 1
    reader.close()
    writer.close()


def test_a_writer_in_the_way_is_a_conflict(tmp_path: Path) -> None:
    """Two stores on one file do not write at the same time: one waits, and in the end gives up."""
    first, second = SqliteStore(str(tmp_path / "kept")), SqliteStore(str(tmp_path / "kept"), patience=0.0)

    def work(tx: Transaction) -> None:
        tx.numbers.next(Series.BOX)
        with pytest.raises(TooManyConflicts):
            second.run(lambda other: other.numbers.next(Series.BOX))

    first.run(work)
    assert second.run(lambda tx: tx.numbers.next(Series.BOX)) == 2
    first.close()
    second.close()


def test_a_file_is_kept(tmp_path: Path) -> None:
    """A store that is opened again shows everything as it was."""
    path = str(tmp_path / "kept")
    store = SqliteStore(path)
    place = script_world(POLICIES[2], store)
    fixed_script(place)
    before = place.state()
    store.close()
    again = SqliteStore(path)
    assert before == again.read(observed)
    again.close()


def test_one_of_many_wins(tmp_path: Path) -> None:
    """Of several buyers who decide at the same time, each over a connection of its own, exactly one gets the sale."""
    path, count = str(tmp_path / "kept"), 6
    place = world(immediate(), store=SqliteStore(path))
    sale = place.join("Ann").sell("goods", "Thing", min_price=80, currency="USD")
    wants = [place.join(f"Buyer{at}").buy("goods", max_price=100, currency="USD") for at in range(count)]
    stores = [SqliteStore(path) for _ in wants]
    outcomes: list[str] = []
    start = threading.Barrier(count)

    def decide(at: int) -> None:
        clock, entropy = ManualClock(START), SeededEntropy(at)
        broker = Brokerage(immediate(), store=stores[at], clock=clock, entropy=entropy, secret=b"a key of the tests")
        start.wait(20)
        try:
            desk = broker.desk(BoxNumber(at + 2))
            outcomes.append(desk.decide(wants[at], sale, price=Money(92, "USD"), pay_by=BankTransfer()).status)
        except NotACandidate:
            outcomes.append("lost")

    threads = [threading.Thread(target=decide, args=(at,)) for at in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["Transaction Settled", *["lost"] * (count - 1)]
    for kept in (*stores, place.store):
        assert isinstance(kept, SqliteStore)
        kept.close()


def test_numbers_beyond_64_bits_are_found_nowhere(store: SqliteStore) -> None:
    """A number that no database holds is unknown, as it is in memory."""
    ours, reference = script_world(POLICIES[0], store), script_world(POLICIES[0], MemoryStore())
    for number in (1 << 63, 1 << 200, -(1 << 63) - 1):
        answers = []
        for place in (ours, reference):
            with pytest.raises(BrokerageError) as refused:
                desk_of(place, 0).cancel(OfferNumber(number))
            answers.append(str(refused.value))
        assert answers[0] == answers[1]


@pytest.mark.parametrize("minutes", [0, 5])
def test_a_replay_comes_to_the_same_bytes(tmp_path: Path, store: SqliteStore, minutes: int) -> None:
    """A file of offers that is replayed on both stores gives the same result files, byte by byte."""
    source = tmp_path / "offers.csv"
    source.write_text(OFFERS_FILE, encoding="utf-8")
    offers = read_offers_file(source)
    assert (len(offers.rows), len(offers.refused)) == (11, 1)
    policy = Periodic(timedelta(minutes=minutes)) if minutes else immediate().matching
    stores: tuple[Store, Store] = (MemoryStore(), store)
    for name, kept in zip(NAMES, stores, strict=True):
        market = replay(offers.rows, matching=policy, store=kept)
        assert len(market.deals) >= 3
        write_results(market, offers.refused, tmp_path / name)
    written = [
        sorted((file.name, file.read_bytes()) for file in (tmp_path / name).iterdir()) for name in ("memory", "sqlite")
    ]
    assert len(written[0]) == 5
    assert written[0] == written[1]
