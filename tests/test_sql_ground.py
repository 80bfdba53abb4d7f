"""The ground that the SQL store's collections stand on: statements, sessions, numbers and lists."""

import threading
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import Column, Dialect, MetaData, Table, bindparam, create_engine, make_url, select

from brokerage.adapters.sql import SqlStore
from brokerage.adapters.sql.facts import _same as is_the_same
from brokerage.adapters.sql.statements import Query, is_one_of, value
from brokerage.adapters.sql.types import TEXT, WHOLE
from brokerage.errors import DuplicateFact, StoreError, StoreLocked, TooManyConflicts
from brokerage.ports import Series, Transaction
from brokerage.records.events import EventKind, Role
from brokerage.records.ledger import BANK, Entry, Posting
from brokerage.records.members import Person
from brokerage.records.numbers import EntryNumber, PersonNumber
from brokerage.records.versions import next_version
from brokerage.records.withdrawals import WithdrawalReason
from databases import DATABASES
from sql_facts import NOW, kept, post

TRIAL = Table("trial", MetaData(), Column("number", WHOLE), Column("word", TEXT))
C = TRIAL.c
DIALECTS: dict[str, Dialect] = {
    "SQLite": create_engine("sqlite://").dialect,
    "PostgreSQL": create_engine("postgresql+psycopg://", paramstyle="format").dialect,
}
ODD = "tab\there\nline\rreturn \\N \\. %s %(x)s :y \x01 'quoted' \"twice\" \U0001f600"


class Colour(Enum):
    """What a member of an enum is asked by."""

    RED = "red"


@pytest.mark.parametrize("name", DIALECTS)
def test_arguments_are_put_in_order(name: str) -> None:
    """A statement takes its arguments in the order of their names, wherever and however often they stand in it."""
    query = Query(
        select(C.number).where(C.word == bindparam("word"), C.number > bindparam("least"), C.number != 7)
        .order_by(C.number).limit(bindparam("limit")),
        ("limit", "least", "word"),
    )  # fmt: skip
    compiled = query.compiled(DIALECTS[name])
    given = compiled.arguments((10, 5, Colour.RED))
    assert given == ("red", 5, 7, 10, *([0] if name == "SQLite" else []))  # which has an offset behind each limit


@pytest.mark.parametrize("name", DIALECTS)
def test_numbers_beyond_sixty_four_bits(name: str) -> None:
    """A number that no column can hold is asked for as the last one that fits."""
    query = Query(select(C.number).where(C.number > bindparam("after")), ("after",)).compiled(DIALECTS[name])
    assert query.arguments((10**30,)) == ((1 << 63) - 1,)
    assert query.arguments((-(10**30),)) == (-(1 << 63),)
    assert query.arguments((True,)) == (True,)


def test_conditions_stand_in_the_statement() -> None:
    """A text in the condition of a partial index is no argument, with its quotes doubled."""
    for dialect in DIALECTS.values():
        query = select(C.number).where(value(C.word, "o'pen"), is_one_of(C.word, "a", "b"))
        words = str(query.compile(dialect=dialect))
        assert words.endswith("trial.word = 'o''pen' AND trial.word IN ('a', 'b')")


def reasons(count: int, words: str = ODD) -> list[WithdrawalReason]:
    """Return reasons with odd texts."""
    return [WithdrawalReason(f"{words}{at}", f"{at}", words) for at in range(count)]


@pytest.mark.parametrize("count", [1, 3, 20, 21, 100])
def test_many_facts_at_once(sql: SqlStore, count: int) -> None:
    """Few or many, odd texts and all: what is added at once is what would be added one by one."""
    facts = reasons(count)

    def add(tx: Transaction) -> None:
        facts_of(tx).add_all(facts)

    sql.run(add)
    assert sql.read(lambda tx: [tx.reasons.get(fact.key) for fact in facts]) == facts


def facts_of(tx: Any) -> Any:
    """Return the facts of the reasons, which have no way of their own to be added at once."""
    return tx.reasons._facts


@pytest.mark.parametrize("count", [3, 30])
def test_all_or_none(sql: SqlStore, count: int) -> None:
    """Where one of many is a duplicate, none is kept, and the unit of work may go on."""
    facts = reasons(count)

    def add(tx: Transaction) -> None:
        tx.reasons.add(facts[-1])
        with pytest.raises(DuplicateFact):
            facts_of(tx).add_all(facts)
        tx.reasons.add(WithdrawalReason("other", "other", "other"))

    sql.run(add)
    found = sql.read(lambda tx: [tx.reasons.get(each.key) for each in facts])
    assert found == [None] * (count - 1) + [facts[-1]]
    assert sql.read(lambda tx: tx.reasons.get("other")) is not None


def test_what_no_database_can_hold(sql: SqlStore) -> None:
    """A lone surrogate, which the engine lets nobody pass in, is a typed error at last, and nothing is kept."""
    for words in ("\ud800", "a\udfffb"):
        with pytest.raises(StoreError, match="UnicodeEncodeError"):
            sql.run(_adding(WithdrawalReason("x", "x", words)))
    with pytest.raises(StoreError):
        sql.run(lambda tx: tx.persons.add(Person(PersonNumber(1 << 70))))
    assert kept(sql) == (0, 0, 0)


def _adding(reason: WithdrawalReason) -> Callable[[Transaction], None]:
    def add(tx: Transaction) -> None:
        post(tx)
        tx.reasons.add(reason)

    return add


def test_what_the_database_refuses(sql: SqlStore) -> None:
    """What a constraint refuses shows which one it was, and nothing of the row."""

    def joined(tx: Transaction) -> None:
        tx.persons.add(Person(PersonNumber(1), joined_into=PersonNumber(987_654)))

    with pytest.raises(StoreError) as caught:
        sql.run(joined)
    assert "987654" not in str(caught.value)
    assert "FOREIGN KEY" in str(caught.value) or "persons_joined_into_known" in str(caught.value)


def test_a_fact_that_was_overtaken(sql: SqlStore) -> None:
    """A replaced fact is the new one whole; to replace the old one again is a conflict at every attempt."""
    person = Person(PersonNumber(1))
    changed = next_version(person, points=3)
    sql.run(lambda tx: tx.persons.add(person))
    sql.run(lambda tx: tx.persons.replace(person, changed))
    assert sql.read(lambda tx: tx.persons.get(PersonNumber(1))) == changed
    attempts: list[int] = []

    def overtaken(tx: Transaction) -> None:
        attempts.append(1)
        tx.persons.replace(person, next_version(person))

    with pytest.raises(TooManyConflicts):
        sql.run(overtaken)
    assert len(attempts) == 20


def entry(number: int, count: int) -> Entry:
    """Return an entry of many postings that come to nothing."""
    ups = [Posting(BANK, "USD", at + 1) for at in range(count)]
    return Entry(EntryNumber(number), NOW, None, ODD, (*ups, *(evolve(each, units=-each.units) for each in ups)))


@pytest.mark.parametrize("count", [1, 9, 40])
def test_lists_have_their_order(sql: SqlStore, count: int) -> None:
    """What a fact lists comes back in its order, of one fact and of many, whether few or many are listed."""
    entries = [entry(number, count) for number in (3, 1, 2)]
    for each in entries:
        sql.run(partial(_add_entry, each))
    found = sql.read(lambda tx: tx.ledger.entries(EntryNumber(0), 10))
    assert list(found) == sorted(entries, key=lambda each: each.number)
    assert sql.read(lambda tx: tx.ledger.balance(BANK, "USD")) == 0


def _add_entry(each: Entry, tx: Transaction) -> None:
    tx.ledger.add(each)


def test_blocks_of_numbers_follow_each_other(sql: SqlStore) -> None:
    """Whatever eight threads ask for, each block is consecutive and no number is given twice."""
    blocks: list[tuple[int, int]] = []

    def take(size: int) -> None:
        for count in range(1, 12):
            first = sql.run(lambda tx, count=count: tx.numbers.next(Series.OFFER, count * size))  # type: ignore[misc]
            blocks.append((first, count * size))

    in_threads(8, lambda at: take(at + 1))
    taken = sorted(blocks)
    ends = [first + size for first, size in taken]
    assert taken[0][0] == 1
    assert [first for first, _ in taken[1:]] == ends[:-1]
    assert sql.read(lambda tx: tx.numbers.last(Series.OFFER)) == ends[-1] - 1


def in_threads(count: int, work: Callable[[int], object]) -> None:
    """Do something in several threads at once, and wait for all of them."""
    failed: list[BaseException] = []

    def guarded(at: int) -> None:
        try:
            work(at)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(at,)) for at in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.mark.parametrize("series", [Series.DEAL, Series.NEWS, Series.ITEM_CHANGE])
def test_numbers_that_rise_with_the_commits_are_taken_in_turns(postgresql_url: str, series: Series) -> None:
    """Who takes the first number commits first: whoever wants the next one waits until then."""
    store = SqlStore(postgresql_url)
    order: list[int] = []
    other = threading.Thread(target=lambda: order.append(store.run(lambda tx: tx.numbers.next(series))))

    def slow(tx: Transaction) -> int:
        number = tx.numbers.next(series)
        other.start()
        other.join(0.1)
        order.append(number)
        return number

    store.run(slow)
    other.join()
    assert order == [1, 2]
    assert store.read(lambda tx: tx.numbers.last(series)) == 2
    store.close()


def test_numbers_of_deals_rise_with_the_commits(sql: SqlStore) -> None:
    """Of threads that commit at the same time, the journal has the numbers of deals in their order."""

    def agree(tx: Transaction) -> None:
        number = tx.numbers.next(Series.DEAL)
        tx.journal.append_all(NOW, Role.BROKER, EventKind.ENTRY_POSTED, [entry(number, 1)])

    in_threads(4, lambda _: [sql.run(agree) for _ in range(6)])
    facts = [event.fact for _, event in sql.read(lambda tx: tx.journal.read(0, 100))]
    numbers = [fact.number for fact in facts if isinstance(fact, Entry)]
    assert len(numbers) == 24
    assert numbers == sorted(numbers)


def test_a_number_of_an_undone_part_is_not_confirmed(sql: SqlStore) -> None:
    """The last number is that of what was kept."""

    def failing(tx: Transaction) -> None:
        tx.numbers.next(Series.DEAL, 5)
        raise ZeroDivisionError

    def whole(tx: Transaction) -> int:
        with pytest.raises(ZeroDivisionError):
            sql.run(failing)
        return tx.numbers.next(Series.DEAL)

    number = sql.run(whole)
    assert sql.read(lambda tx: tx.numbers.last(Series.DEAL)) == number


def test_a_block_of_numbers_is_taken_by_one_at_a_time(postgresql_url: str) -> None:
    """Whoever takes numbers of a series waits for whoever is taking some of it, and for nobody else."""
    store = SqlStore(postgresql_url, patience=0.05)
    with DATABASES.server.connection(str(make_url(postgresql_url).database)) as other:
        other.execute("SELECT pg_advisory_lock(7301)")
        with pytest.raises(StoreLocked):
            store.run(lambda tx: tx.numbers.next(Series.BOX, 5))
        assert store.run(lambda tx: tx.numbers.next(Series.PERSON, 5)) == 1
    assert store.run(lambda tx: tx.numbers.next(Series.BOX, 5)) == 1
    store.close()


def test_an_interrupted_number_blocks_nobody(postgresql_url: str) -> None:
    """Whoever is stopped while numbers are given out to somebody else leaves nothing locked."""
    store, other = SqlStore(postgresql_url, connections=1, patience=0.2), SqlStore(postgresql_url, patience=0.5)

    def stopped(tx: Any) -> None:
        session = tx.numbers._session
        for place in range(7_301, 7_301 + len(Series)):
            session._execute(f"SELECT pg_advisory_lock({place})", ())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.run(stopped)
    assert other.run(lambda tx: tx.numbers.next(Series.BOX)) == 1
    store.close()
    other.close()


def test_digits_matter() -> None:
    """A decimal that was written with other digits is written again."""
    assert not is_the_same(Decimal("0.1"), Decimal("0.10"))
    assert is_the_same(Decimal("0.10"), Decimal("0.10"))
