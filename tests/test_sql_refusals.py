"""The database itself refuses what the engine would: whoever writes into it by hand breaks no rule of the tables."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import psycopg
import pytest
from attrs import define
from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

from brokerage.adapters.sql import SqlStore
from brokerage.adapters.sql.settling import DEALS
from brokerage.adapters.sql.tables import METADATA
from brokerage.adapters.sql.types import WHOLE
from brokerage.errors import DuplicateFact
from brokerage.ports import Series, Store, Transaction
from brokerage.records.members import Fingerprint
from brokerage.records.numbers import DealNumber, PersonNumber
from brokerage.records.offers import OfferState
from brokerage.testing import DealsContract, JournalContract, LedgerContract, StoreContract
from brokerage.testing.contracts.facts import RecordsContract
from brokerage.testing.contracts.offers import a_sale
from databases import DATABASES

NOWHERE = 9_999_999_999
TABLES = [table for table in METADATA.sorted_tables if table.name != "schema_revision"]
REFERENCES = {
    "persons": "bids.person fingerprints.person former_members.person members.person offers.person pauses.person"
    " persons.joined_into reservations.person",
    "contacts": "deals.collect_from deals.deliver_to former_members.contact members.contact reservations.deliver_to",
    "deals": "cases.deal complaints.deal deals_charged_back.of_number deals_charges.of_number deals_payments.of_number"
    " entries.deal losses.deal offers.deal reservations.deal statements.deal",
    "offers": "checks.offer",
    "outbox": "cases.effect",
    "entries": "entries_postings.of_number",
    "news": "news_of_boxes.number",
    "items": "demands.item orders.item pools.item reservations.item tenders.asked_item",
    "tenders": "bids.tender orders.tender standing_terms.tender tenders_places.of_number",
    "bids": "bids_terms_qualities.of_number bids_terms_tiers.of_number orders.bid",
    "orders": "orders_services.of_number reservations.order",
    "reservations": "reservations_fees.of_number",
    "standing_terms": "standing_terms_earlier.of_trade",
}
"""What names something that must be there, by the table where it must be."""

AMOUNTS = re.compile(r"(.*_)?(units|price|total|amount|fixed|each|quantity|refunded|points|filed|attempts)")
SIGNED = {"balances.units", "cases.units", "entries_postings.units"}
"""Amounts that may be below nothing: what was taken out, and what is owed."""

ONCE = {
    "bids tender box",
    "complaints complainant deal",
    "deals purchase",
    "deals reference",
    "deals sale",
    "outbox added",
}
"""What is there once beside the keys of the tables."""

BROKEN = {
    "prices_are_in_order": (
        "min_price = selling_price + 1",
        "selling_price = buying_price + 1",
        "max_price = buying_price - 1",
    ),
    "side_is_known": ("side = 'nonsense'",),
    "limit_is_of_its_side": ("min_price = NULL, max_price = NULL",),
    "outcome_is_of_what_is_closed": ("state = 'closed', outcome = NULL", "state = 'open', outcome = 'failed'"),
    "what_is_agreed_has_a_deal": ("state = 'agreed', outcome = NULL, deal = NULL",),
}
"""What breaks the checks that do not say themselves what does."""


@define(eq=False)
class Raw:
    """A full store's database, reached by its driver: all that is done there is undone."""

    connection: Any
    errors: tuple[type[Exception], ...]

    def refusal(self, statement: str) -> str | None:
        """Return which kind of rule refuses a statement, or its commit; ``None`` if none does."""
        self.connection.execute("BEGIN")
        try:
            if self.connection.execute(statement).rowcount < 1:
                return "nothing to change"
            if isinstance(self.connection, psycopg.Connection):
                self.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            else:
                self._commit_what_is_wrong()
        except self.errors as error:
            return _kind(error)
        finally:
            with suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")
        return None

    def _commit_what_is_wrong(self) -> None:
        """Let SQLite refuse a commit, which is where it looks at what refers to nothing."""
        if self.connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            assert self.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
            with pytest.raises(sqlite3.IntegrityError) as caught:
                self.connection.execute("COMMIT")
            raise caught.value


def _kind(error: Exception) -> str:
    """Say which kind of rule an error is about."""
    if isinstance(error, psycopg.Error):
        kinds = {"23503": "reference", "23505": "once", "23514": "check", "23502": "something"}
        return kinds.get(error.sqlstate or "", str(error))
    words = str(error)
    found = re.match("(FOREIGN KEY|UNIQUE|CHECK|NOT NULL) constraint failed", words)
    kinds = {"FOREIGN KEY": "reference", "UNIQUE": "once", "CHECK": "check", "NOT NULL": "something"}
    return words if found is None else kinds[found[1]]


def _fill(store: Store) -> None:
    """Keep something in every table: facts of all suites, with all that a fact can have."""
    suites = [suite() for name, suite in vars(StoreContract).items() if name.startswith("Test")]
    suites.sort(key=lambda suite: not isinstance(suite, DealsContract))  # before deals of grounds take their numbers
    for suite in suites:
        if isinstance(suite, RecordsContract):
            suite.prepare(store)
            for number in (1, 2, 3):
                with suppress(DuplicateFact):  # another suite's ground
                    suite.keep(store, suite.fact(number))
        if isinstance(suite, LedgerContract):
            suite.keep(store, suite.entry(1))
    store.run(_append)


def _append(tx: Transaction) -> None:
    tx.persons.add_fingerprint(Fingerprint("digest", PersonNumber(1)))
    tx.journal.append(JournalContract().event(1))
    tx.offers.add(a_sale(tx.numbers.next(Series.OFFER), state=OfferState.AGREED, deal=DealNumber(1)))


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def raw(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raw]:
    """A connection to a database with something in every table."""
    if request.param == "SQLite":
        file = tmp_path_factory.mktemp("refusals") / "market.db"
        with SqlStore(DATABASES.write_sqlite(file)) as store:
            _fill(store)
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            yield Raw(connection, (sqlite3.IntegrityError,))
        return
    database = DATABASES.server.new_database()
    with SqlStore(DATABASES.server.url(database)) as store:
        _fill(store)
    with DATABASES.server.connection(database) as open_one:
        yield Raw(open_one, (psycopg.IntegrityError,))
    DATABASES.server.drop(database)


def unlike(raw: Raw, expected: str, statements: dict[str, str]) -> dict[str, str | None]:
    """Return those statements that are not refused by a rule of the kind that is expected, with what came instead."""
    answers = {name: raw.refusal(statement) for name, statement in statements.items()}
    return {name: answer for name, answer in answers.items() if answer != expected}


def one_of(table: Table) -> str:
    """Return the condition of one row."""
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    return f'({key}) = (SELECT {key} FROM "{table.name}" ORDER BY {key} LIMIT 1)'


def test_every_table_has_something(raw: Raw) -> None:
    """What is tried below is tried on rows."""
    counts = {
        table.name: raw.connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0] for table in TABLES
    }
    assert [name for name, count in counts.items() if count == 0] == []


def test_what_refers_to_nothing_is_refused(raw: Raw) -> None:
    """No row names a person, a contact, a deal or anything else that is not there."""
    statements, known = {}, dict.fromkeys(REFERENCES, "")
    for table in TABLES:
        for rule in table.foreign_key_constraints:
            column = rule.column_keys[0]
            known[rule.referred_table.name] += f" {table.name}.{column}"
            unknown = "'nonsense'" if table.c[column].type.python_type is str else NOWHERE
            changed = f'UPDATE "{table.name}" SET "{column}" = {unknown} WHERE {one_of(table)}'
            statements[f"{table.name}.{column}"] = changed
    assert unlike(raw, "reference", statements) == {}
    assert {name: sorted(words.split()) for name, words in known.items()} == {
        name: sorted(words.split()) for name, words in REFERENCES.items()
    }


def test_what_a_check_forbids_is_refused(raw: Raw) -> None:
    """No amount is below nothing, no quantity below one, no price out of order, no state one that nobody knows."""
    statements, names = {}, set()
    for table in TABLES:
        for rule in table.constraints:
            if isinstance(rule, CheckConstraint):
                name = str(rule.name).removeprefix(f"{table.name}_")
                names.add(name)
                for place, change in enumerate(_breaking(name)):
                    changed = f'UPDATE "{table.name}" SET {change} WHERE {one_of(table)}'
                    statements[f"{rule.name} {place}"] = changed
    assert unlike(raw, "check", statements) == {}
    assert set(BROKEN) <= names


def test_every_amount_has_a_check() -> None:
    """No table has a price, a quantity or another amount that could be below nothing unless it has a sign."""
    unchecked = set()
    for table in TABLES:
        rules = {str(rule.name) for rule in table.constraints if isinstance(rule, CheckConstraint)}
        for column in table.columns:
            name = f"{table.name}_{column.name}_is_no_less_than_"
            if AMOUNTS.fullmatch(column.name) and column.type is WHOLE and not rules & {f"{name}0", f"{name}1"}:
                unchecked.add(f"{table.name}.{column.name}")
    ordered = {f"deals.{name}" for name in ("selling_price", "buying_price", "max_price")}
    assert unchecked == SIGNED | ordered


def _breaking(name: str) -> tuple[str, ...]:
    least = re.fullmatch(r"(\w+)_is_no_less_than_(\d+)", name)
    if least:
        return (f'"{least[1]}" = {int(least[2]) - 1}',)
    if name in BROKEN:
        return BROKEN[name]
    return (f"\"{name.removesuffix('_is_known')}\" = 'nonsense'",)


def test_what_is_there_once_only_is_refused_twice(raw: Raw) -> None:
    """No key is taken twice: no effect, request or notice is kept twice, and no two deals have one reference."""
    statements = {}
    for table in TABLES:
        for columns, condition in _keys(table):
            statements[f"{table.name} {columns}"] = _copy(table, columns, condition)
    assert unlike(raw, "once", statements) == {}


def test_what_is_there_once_is_known() -> None:
    """Beside the keys of the tables, there is once only what the engine makes once."""
    others = {f"{table.name} {' '.join(columns)}" for table in TABLES for columns, _ in _keys(table)[1:]}
    assert others == ONCE


def _keys(table: Table) -> list[tuple[tuple[str, ...], str]]:
    """The columns of each key of a table, and which rows have it."""
    unique = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    rules: list[PrimaryKeyConstraint | UniqueConstraint] = [table.primary_key, *unique]
    whole = [(tuple(rule.columns.keys()), "1 = 1") for rule in rules]
    partial = [
        (tuple(index.columns.keys()), str(index.dialect_options["sqlite"]["where"]))
        for index in table.indexes
        if index.unique
    ]
    return whole + partial


def _copy(table: Table, columns: tuple[str, ...], condition: str) -> str:
    """Return what copies a row with one of its keys, and with all others anew."""
    others = {name for each, _ in _keys(table) for name in each} - set(columns)
    values = [_other(table, each.name) if each.name in others else f'"{each.name}"' for each in table.columns]
    names = ", ".join(f'"{each.name}"' for each in table.columns)
    there = " AND ".join(f'"{name}" IS NOT NULL' for name in columns)
    chosen = f'SELECT {", ".join(values)} FROM "{table.name}" WHERE {condition} AND {there} LIMIT 1'
    return f'INSERT INTO "{table.name}" ({names}) {chosen}'


def _other(table: Table, column: str) -> str:
    if table.c[column].type.python_type is str:
        return f"\"{column}\" || ' copied'"
    return f'"{column}" + {NOWHERE}'


def _another(changes: dict[str, str]) -> str:
    """Return what copies a deal, with everything anew that there is once, and with changes."""
    new = {"number": f"number + {NOWHERE}", "reference": "reference || ' copied'", "purchase": f"purchase + {NOWHERE}"}
    values = {**{f'"{each.name}"': f'"{each.name}"' for each in DEALS.table.columns}}
    values |= {f'"{name}"': expression for name, expression in (new | changes).items()}
    return (
        f"INSERT INTO deals ({', '.join(values)}) SELECT {', '.join(values.values())} FROM deals"
        " WHERE origin = 'market' AND state <> 'lapsed' ORDER BY number LIMIT 1"
    )


def test_a_sale_makes_one_deal(raw: Raw) -> None:
    """Of the deals of one sale all but one have lapsed; a bid of a tender makes as many as it serves reservations."""
    tries: tuple[dict[str, str], ...] = ({}, {"state": "'lapsed'"}, {"origin": "'reservation'"})
    assert [raw.refusal(_another(changes)) for changes in tries] == ["once", None, None]


def test_a_purchase_makes_one_deal(raw: Raw) -> None:
    """Whatever became of the deal of a purchase or a reservation, there is no other."""
    tries = [{"state": state, "origin": origin, "purchase": "purchase"} for state, origin in _WAYS]
    assert ["once"] * len(tries) == [raw.refusal(_another(changes)) for changes in tries]


_WAYS = [("'agreed'", "'market'"), ("'lapsed'", "'market'"), ("'agreed'", "'reservation'")]


def test_a_party_complains_of_a_deal_once(raw: Raw) -> None:
    """Nobody has two complaints of one deal, but the manager, who has no box."""
    names = "number, complainant, respondent, deal, kind, points, text, at, version"
    copied = "SELECT number + 77, {}, respondent, deal, kind, points, text, at, version FROM complaints LIMIT 1"
    tries = [f"INSERT INTO complaints ({names}) {copied.format(who)}" for who in ("complainant", "NULL")]
    assert [raw.refusal(statement) for statement in tries] == ["once", None]
