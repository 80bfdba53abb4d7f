"""The benchmarks of the SQL store measure what they say: the bare driver writes what the engine wrote."""

import json
from pathlib import Path
from typing import Any

import pytest
from cattrs import structure

from benchmarks.sql import Measured, markdown, tables
from benchmarks.sql_databases import PostgresqlDatabase, SqliteDatabase
from benchmarks.sql_markets import SqlMarket
from benchmarks.sql_runs import accepted_in_bulk, decided, first_pages
from benchmarks.sql_workers import Together, decided_together
from benchmarks.tape import Tape
from benchmarks.work import Work
from databases import DATABASES

pytestmark = pytest.mark.databases

OFFERS, MEMBERS = 400, 8


def written(database: SqliteDatabase, market: str, table: str) -> list[Any]:
    """Return the rows of a table."""
    connection = database.connection(market)
    rows: list[Any] = connection.execute(f"SELECT * FROM {table}").fetchall()
    connection.close()
    return rows


def standing(database: SqliteDatabase | PostgresqlDatabase) -> Work:
    """Fill a market with a few offers that stand."""
    database.empty("standing")
    work, market = Work(OFFERS, MEMBERS, 10), SqlMarket(database, "standing")
    market.join(MEMBERS)
    market.fill(work)
    market.close()
    database.settle("standing")
    return work


@pytest.fixture
def files(tmp_path: Path) -> SqliteDatabase:
    """Return a directory of databases."""
    return SqliteDatabase(tmp_path)


def test_the_bare_driver_inserts_what_the_engine_accepts(files: SqliteDatabase) -> None:
    """Offers and journal hold the same rows, and for each block there is a figure of both."""
    steps = list(accepted_in_bulk(files, MEMBERS, OFFERS, 10))
    tables_of = ("offers", "journal")
    assert len(steps) == 7
    assert len(written(files, "accepting", "offers")) == OFFERS
    for table in tables_of:
        ours = {row[:1] for row in written(files, "accepting", table)[-OFFERS:]}
        assert ours == {row[:1] for row in written(files, "inserting", table)[-OFFERS:]}


def test_the_bare_driver_decides_what_the_engine_decides(files: SqliteDatabase) -> None:
    """After the tape was played, the copy holds the same deals, offers, activities and journal."""
    work = standing(files)
    names = [name for name, _, _ in decided(files, work)]
    assert names == ["decide, one at a time"] * 7
    for table in ("deals", "deals_charges", "offers", "activities", "journal", "numbers"):
        assert written(files, "deciding", table) == written(files, "played", table)
    assert len(written(files, "deciding", "deals")) > 7


def test_pages_are_read_by_both(files: SqliteDatabase) -> None:
    """A page takes the engine some time, and the bare driver too."""
    work = standing(files)
    market = SqlMarket(files, "standing")
    steps = list(first_pages(files, market, work))
    market.close()
    assert [name for name, ours, bare in steps if ours > 0 and bare > 0] == ["first page of ten"] * 7


def test_several_processes_decide_together() -> None:
    """Every deal is decided once, whoever does it."""
    server = DATABASES.server
    uri = server.url("postgres").replace("+psycopg", "")
    database = PostgresqlDatabase(uri, server.process.pid)
    work = standing(database)
    [both] = decided_together(database, work, 12, (2,))
    connection = database.connection("together")
    [(count,)] = connection.execute("SELECT count(*) FROM deals").fetchall()
    connection.close()
    for market in ("together", "standing"):
        server.drop(market)
    assert (count, both.workers, both.rate > 0) == (12, 2, True)


def test_a_tape_keeps_only_what_inserts_and_is_committed() -> None:
    """What was read, and what was undone, is left out."""
    tape = Tape([("BEGIN", ()), ("SELECT", ()), ("ROLLBACK", ()), ("BEGIN", ()), ("INSERT", None), ("COMMIT", ())])
    tape.rows[4] = [(1,), (2,)]
    kept = tape.inserts()
    assert ([text for text, _ in kept.entries], kept.rows, kept.count()) == (
        ["BEGIN", "INSERT", "COMMIT"],
        {1: [(1,), (2,)]},
        2,
    )


def test_the_tables_say_what_is_reached() -> None:
    """A figure within its mark is met, one beyond it is missed; where cores are too few, the limit is shown."""
    measured = Measured("PostgreSQL")
    for offers, ours in ((100, 30.0), (1_000, 50.0)):
        measured.take(offers, [("accept, 50 in a call", ours, 20.0), ("first page of ten", ours, 20.0)])
    measured.together.extend([Together(1, 100.0, 0.008, 0.002), Together(8, 150.0, 0.008, 0.002)])
    shown = "\n".join(table.text() for table in tables(measured, 2))
    assert [word in shown for word in ("1.50", "missed", "met", "1.67", "× 2.0 with 2 cores")] == [True] * 5


def test_the_figures_shown_are_those_measured() -> None:
    """The figures that the documentation shows are those written beside them, of both databases at both sizes."""
    figures = Path(__file__).parents[1] / "benchmarks" / "figures"
    kept = json.loads((figures / "sql.json").read_text(encoding="utf-8"))
    databases = structure(kept["databases"], list[Measured])
    assert [(each.database, list(each.ours)) for each in databases] == [
        (name, [10_000, 1_000_000]) for name in ("SQLite", "PostgreSQL")
    ]
    cores = int(kept["surroundings"]["machine"].split()[-2])
    made = [table for each in databases for table in tables(each, cores)]
    assert markdown(kept["surroundings"], made) == (figures / "sql.md").read_text(encoding="utf-8")
