"""No statement of the SQL store passes over rows that it does not want, nor sorts them: each reads a range of an index.

What SQLite does follows from the statement and the indexes alone. PostgreSQL plans by what stands in the tables and by
what is asked: so every statement is planned over empty tables with scans and sorts made dear, which shows whether an
index will do; and the books of a hundred thousand offers are read as they are.
"""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from brokerage.adapters.sql import SqlStore
from brokerage.adapters.sql.books import ladder_text
from brokerage.adapters.sql.tables import METADATA
from brokerage.ports import Series, Transaction
from brokerage.pricing import Terms
from brokerage.records.numbers import Arrival, BoxNumber, DealNumber, OfferNumber, PersonNumber
from brokerage.records.offers import WAITING, Offer, OfferState, PurchaseOffer, SaleOffer, Standing
from brokerage.testing.contracts.grounds import deals, persons
from databases import DATABASES
from plans import POSTGRESQL, SQLITE, Statement, postgresql_plan, sqlite_plan, statements

pytestmark = pytest.mark.databases

STATEMENTS = statements()
OF_OFFERS = [statement for statement in STATEMENTS if statement.name.startswith("books.")]
PAGES = [statement for statement in OF_OFFERS if "[" in statement.name]
OFFERS, CATEGORIES, PERSONS, DEALS = 100_000, 10, 100, 100
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TERMS = [Terms(Decimal(rate)) for rate in ("0.05", "0.1", "0.15")]
SHOWN, TOLD = Standing(visible=True), Standing(visible=True, told=True)
DEAR = ("seqscan", "sort", "incremental_sort", "bitmapscan")
A_LOT = 100
"""Steps of SQLite's machine for a row that is read once and by index alone: they are fewer than eighty."""
ASKED: dict[str, Any] = {
    "its_category": "goods 3",
    "its_currency": "USD",
    "its_ladder": ladder_text(TERMS[1], Decimal(1)),
    "after_min_price": 100_00,
    "after_max_price": 200_00,
    "after_number": 75_000,
    "after_deal": 50,
    "bound": 150_00,
    "end": 1 << 40,
    "number": 500,
    "box": 17,
    "limit": 100,
    "now": NOON + timedelta(hours=30),
    "version": 0,
    "of": 500,
    "old_version": 0,
    "old_visible": True,
    "old_told": False,
    "old_seen": 0,
    "new_visible": True,
    "new_told": True,
    "new_seen": 7,
    "old_number": 500,
    "new_version": 1,
}


def an_offer(number: int) -> Offer:
    """Return one of many offers: sales and purchases of ten categories, most of them open, all of one price."""
    deal = number % 2 == 1 and number // 2 % 3 == 0
    shared: dict[str, Any] = {
        "box": BoxNumber(1 + number % PERSONS),
        "person": PersonNumber(1 + number % PERSONS),
        "category": f"goods {number // 2 % CATEGORIES}",
        "currency": "USD",
        "limit": NOON + timedelta(minutes=number % 5000) if number % 3 else None,
        "factor": Decimal(1),
        "offered_at": NOON,
        "arrival": Arrival(number),
        "arrived_at": NOON,
        "state": OfferState.AGREED if deal else OfferState.OPEN,
        "deal": DealNumber(1 + number % DEALS) if deal else None,
    }
    if number % 2:
        terms = TERMS[number // 7 % len(TERMS)]
        return SaleOffer(OfferNumber(number), name="Thing", min_price=100_00, terms=terms, **shared)
    return PurchaseOffer(OfferNumber(number), max_price=200_00, **shared)


def fill(store: SqlStore) -> None:
    """Keep a hundred thousand offers, a few that wait and half of them told."""

    def work(tx: Transaction) -> None:
        persons(tx, *range(1, PERSONS + 1))
        deals(tx, *range(1, DEALS + 1))
        tx.numbers.next(Series.OFFER, OFFERS)
        offers = [an_offer(number) for number in range(1, OFFERS + 1)]
        waiting, told = (OFFERS * part // 100 for part in (2, 50))
        tx.offers.add_all(offers[:waiting], WAITING)
        tx.offers.add_all(offers[waiting:told], TOLD)
        tx.offers.add_all(offers[told:], SHOWN)

    store.run(work)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Return a file of SQLite with a hundred thousand offers."""
    path: Path = tmp_path_factory.mktemp("plans") / "market.db"
    store = SqlStore(DATABASES.write_sqlite(path))
    fill(store)
    store.close()
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def server() -> Iterator["psycopg.Connection[Any]"]:
    """Return a database of PostgreSQL with a hundred thousand offers, which it has counted."""
    database = DATABASES.server.new_database()
    store = SqlStore(DATABASES.server.url(database))
    fill(store)
    store.close()
    with DATABASES.server.connection(database) as connection:
        connection.execute("ANALYZE")
        yield connection
    DATABASES.server.drop(database)


@pytest.fixture
def empty(postgresql_url: str) -> Iterator["psycopg.Connection[Any]"]:
    """Return an empty database of PostgreSQL in which a scan or a sort is the last choice."""
    with psycopg.connect(postgresql_url.replace("+psycopg", ""), autocommit=True) as connection:
        for each in DEAR:
            connection.execute(f"SET enable_{each} = off")
        yield connection


def asked(statement: Statement, dialect: Any) -> tuple[Any, ...]:
    """Return arguments of a statement about offers, as the driver is given them."""
    compiled = statement.query.compiled(dialect)
    return compiled.arguments(tuple(ASKED[name] for name in statement.query.names))


def postgresql_faults(plan: list[dict[str, Any]]) -> list[str]:
    """Return what a plan of PostgreSQL does that takes the longer, the more there is: nothing is sought row by row."""
    wrong = ("Seq Scan", "Sort", "Incremental Sort", "Bitmap Heap Scan")
    faults = [f"{node['Node Type']} {node.get('Relation Name', '')}" for node in plan if node["Node Type"] in wrong]
    sought = [node for node in plan if " = $" in node.get("Filter", "") and " = " not in node.get("Index Cond", "")]
    return faults + [f"{node['Index Name']} is passed along in search of {node['Filter']}" for node in sought]


def sqlite_faults(plan: list[str]) -> list[str]:
    """Return what a plan of SQLite does that takes the longer, the more there is; pages that were cut may be sorted."""
    scans = [line for line in plan if line.startswith("SCAN ") and " INDEX " not in line]
    sorts = [
        line
        for before, line in zip(["", *plan], plan, strict=False)
        if "TEMP B-TREE" in line and not before.startswith("SCAN anon_")
    ]
    return [line for line in scans if line.split()[1] in METADATA.tables] + sorts


def test_every_statement_is_there() -> None:
    """The store's modules are searched for statements: all of those of the books are found, and hundreds of others."""
    assert (len(OF_OFFERS), len(PAGES), len(STATEMENTS) > 150) == (26, 14, True)


def test_postgresql_has_an_index_for_every_statement(empty: "psycopg.Connection[Any]") -> None:
    """Each statement of each collection is answered in the order of an index, whatever is asked."""
    faults = {
        statement.name: postgresql_faults(postgresql_plan(empty, statement.text(POSTGRESQL)))
        for statement in STATEMENTS
    }
    del faults["reserving._PAST_OF"]  # it has an index of its own, which is as good as another one while both are empty
    assert {name: found for name, found in faults.items() if found} == {}


def test_sqlite_has_an_index_for_every_statement(file: sqlite3.Connection) -> None:
    """Each statement of each collection is answered in the order of an index, or of the rows themselves."""
    faults = {statement.name: sqlite_faults(sqlite_plan(file, statement.text(SQLITE))) for statement in STATEMENTS}
    faults["market._FIRST_LOSSES"].remove("SCAN losses")  # the first rows of all, by their own number
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("kept", ["deals", "outbox"])
def test_what_is_kept_after_whatever_names_it_is_found_by_it(kept: str) -> None:
    """Whatever names a deal or an effect has an index that begins with that: SQLite looks there for who waits."""
    named = [
        (table, key.column_keys[0])
        for table in METADATA.tables.values()
        for key in table.foreign_key_constraints
        if key.referred_table.name == kept
    ]
    missing = [
        f"{table.name}.{column}"
        for table, column in named
        if not any(
            columns and columns[0] == column
            for columns in [table.primary_key.columns.keys(), *(each.columns.keys() for each in table.indexes)]
        )
    ]
    assert (named != [], missing) == (True, [])


@pytest.mark.parametrize("statement", OF_OFFERS, ids=str)
def test_postgresql_reads_many_offers_by_index(server: "psycopg.Connection[Any]", statement: Statement) -> None:
    """Among a hundred thousand offers, a statement about them uses an index, planned for what is asked or for all."""
    text = statement.text(POSTGRESQL)
    plans = [postgresql_plan(server, text, asked(statement, POSTGRESQL)), postgresql_plan(server, text)]
    if statement.name == "books.OF_MEMBER":  # a thousand that are all wanted may be sorted
        plans = [[node for node in plan if node["Node Type"] not in ("Bitmap Heap Scan", "Sort")] for plan in plans]
    assert [postgresql_faults(plan) for plan in plans] == [[], []]


@pytest.mark.parametrize("statement", PAGES, ids=str)
def test_postgresql_reads_nothing_that_it_does_not_give(
    server: "psycopg.Connection[Any]", statement: Statement
) -> None:
    """Behind a place among thousands of offers with one limit, a page begins at once."""
    text, arguments = statement.text(POSTGRESQL), asked(statement, POSTGRESQL)
    [(plan,)] = server.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", arguments).fetchall()
    scan = plan[0]["Plan"]["Plans"][0]
    assert (scan["Actual Rows"] > 0, scan.get("Rows Removed by Filter", 0)) == (True, 0)


@pytest.mark.parametrize("statement", PAGES, ids=str)
def test_sqlite_reads_nothing_that_it_does_not_give(file: sqlite3.Connection, statement: Statement) -> None:
    """Behind a place among thousands of offers with one limit, a page begins at once."""
    steps = []
    file.execute("SELECT 1 FROM offers LIMIT 1").fetchall()  # SQLite has read the tables' definitions then
    file.set_progress_handler(lambda: steps.append(1), 1)
    rows = file.execute(statement.text(SQLITE), asked(statement, SQLITE)).fetchall()
    file.set_progress_handler(None, 0)
    assert (len(rows) > 0, len(steps) < A_LOT * (len(rows) + 1)) == (True, True)
