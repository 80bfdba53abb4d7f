"""Facts as rows: every class of facts comes back from both databases as it was, column by column."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, get_args

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from sqlalchemy import Column, MetaData, Table, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

import brokerage.adapters.sql
from brokerage.adapters.sql.sessions import Backend, Session
from brokerage.adapters.sql.shapes import Shape, _changes, shape_of
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import FactTable, insert_all
from brokerage.adapters.sql.types import DAY, DECIMAL, DOCUMENT, INSTANT, TEXT, TRUTH, WHOLE
from brokerage.adapters.wire import make_converter
from brokerage.pricing import Margin, Terms
from brokerage.records.events import Fact
from brokerage.records.members import Member
from brokerage.records.offers import PurchaseOffer, SaleOffer
from databases import DATABASES
from test_wire import Tenth, values_of


def _tables() -> list[FactTable]:
    package = brokerage.adapters.sql
    modules = [
        importlib.import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)
    ]
    found = {each for module in modules for each in vars(module).values() if isinstance(each, FactTable)}
    return sorted(found, key=lambda table: table.table.name)


TABLES = _tables()
SHAPES = [*((table.table.name, table.shape) for table in TABLES),
          *((each.table.name, each.parts.shape) for table in TABLES for each in table.lists)]  # fmt: skip


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """Return a session of each kind of database, for tables of the tests' own."""
    pool = DATABASES.pool(request.param)
    store = pool.take()
    backend = Backend(store._backend.dialect, make_converter([Tenth()]), store._backend.place)
    connection = store._engine.raw_connection()
    session = Session(backend, connection.driver_connection)
    session.begin(is_reading=False)
    yield session
    session.roll_back()
    connection.close()
    pool.give_back(store)


def keepable(value: Any) -> bool:
    """Say whether the engine lets a value through: no NUL in a text, and no span longer than three hundred years."""
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, timedelta):
        return abs(value) < timedelta(days=100_000)
    if attrs.has(type(value)):
        return all(keepable(getattr(value, field.name)) for field in attrs.fields(type(value)))
    if isinstance(value, tuple | frozenset):
        return all(map(keepable, value))
    return True


def kinds_of(shape: Shape) -> list[Any]:
    """Return the class of a shape, or the classes that share it."""
    return list(get_args(shape.kind)) if not attrs.has(shape.kind) else [shape.kind]


@pytest.mark.parametrize(("name", "shape"), SHAPES, ids=[name for name, _ in SHAPES])
@settings(
    max_examples=4, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
@given(data=st.data())
def test_facts_come_back(session: Session, name: str, shape: Shape, data: DataObject) -> None:
    """What is written in rows of real tables is read again as equal facts of the same classes, with their lists."""
    one = st.one_of(*map(values_of, kinds_of(shape)))
    facts = [fact for fact in data.draw(st.lists(one, min_size=1, max_size=5)) if keepable(fact)] * 9
    columns: list[Column[Any]] = [Column(part.name, part.type, nullable=part.may_be_nothing) for part in shape.columns]
    table = Table(f"trial_{name}", MetaData(), Column("trial_place", WHOLE), *columns, prefixes=["TEMPORARY"])
    codec = session.backend.codec(shape)
    names = [part.name for part in shape.columns]
    with session.savepoint():
        session._execute(str(CreateTable(table).compile(dialect=session.backend.dialect)), ())
        rows = [(at, *codec.write(fact)) for at, fact in enumerate(facts)]
        session.insert_all(insert_all(table, ["trial_place", *names]), rows)
        found = session.rows(Query(select(*(table.c[each] for each in names)).order_by(table.c.trial_place), ()))
        session._execute(f'DROP TABLE "trial_{name}"', ())
    again = [codec.read(row, codec.lists(fact)) for row, fact in zip(found, facts, strict=True)]
    assert again == facts
    assert [type(fact) for fact in again] == [type(fact) for fact in facts]
    assert [codec.write(fact) for fact in again] == [row[1:] for row in _scaled(rows, again, codec.write)]


def _scaled(rows: list[Any], again: list[Any], write: Any) -> list[Any]:
    """Rows whose decimals have the digits that were read, where they are the same numbers."""
    found = []
    for row, fact in zip(rows, again, strict=True):
        values = [
            now if isinstance(was, Decimal | str) and _number(was) is not None and _number(was) == _number(now) else was
            for was, now in zip(row[1:], write(fact), strict=True)
        ]
        found.append((row[0], *values))
    return found


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(value)
    except ArithmeticError:
        return None


def test_every_fact_has_a_table() -> None:
    """Whatever an event can be about stands in columns of its own."""
    held = {kind for table in TABLES for kind in kinds_of(table.shape)}
    assert set(get_args(Fact)) - held == set()


@attrs.frozen
class _Inner:
    units: int
    note: str | None


@attrs.frozen
class _Outer:
    number: int
    inner: _Inner
    perhaps: _Inner | None
    many: tuple[_Inner, ...]
    words: frozenset[str]
    when: datetime


def test_columns_of_classes_within() -> None:
    """A field that is a class has its columns under the field's name; a list of classes has none, but a table."""
    shape = shape_of(_Outer)
    assert [(part.name, part.type, part.may_be_nothing) for part in shape.columns] == [
        ("number", WHOLE, False),
        ("inner_units", WHOLE, False),
        ("inner_note", TEXT, True),
        ("perhaps_units", WHOLE, True),
        ("perhaps_note", TEXT, True),
        ("words", DOCUMENT, False),
        ("when", INSTANT, False),
    ]
    assert [(parts.name, parts.shape) for parts in shape.lists] == [("many", shape_of(_Inner))]


def test_one_of_several_classes() -> None:
    """Classes that share a table have a column that names the class, and share the columns of one name."""
    shape = Shape(SaleOffer | PurchaseOffer, "side", {SaleOffer: "sale", PurchaseOffer: "purchase"})
    nothing = {part.name: part.may_be_nothing for part in shape.columns}
    assert list(nothing)[:2] == ["side", "number"]
    assert [nothing[name] for name in ("side", "number", "min_price", "max_price")] == [False, False, True, True]
    assert len(nothing) == len(shape.columns)


def test_terms_are_shared() -> None:
    """Offers of equal terms have one object for them, and other terms another one."""
    codec = shape_of(_OfTerms).codec(make_converter([Tenth()]), sqlite.dialect())
    written = [codec.write(_OfTerms(Terms(rate=Decimal("0.1"), margin=margin))) for margin in (*Margin, Tenth())]
    read = [codec.read(row).terms for row in (*written, *written)]
    assert [terms.margin for terms in read] == [*Margin, Tenth()] * 2
    assert all(one is other for one, other in zip(read, read[len(written) :], strict=False))


@attrs.frozen
class _OfTerms:
    terms: Terms


@pytest.mark.parametrize("kind", [tuple[str, ...], tuple[tuple[str, str], ...], tuple[tuple[str, frozenset[str]], ...]])
def test_members_texts_are_not_remembered(kind: Any) -> None:
    """What members wrote is let go of with the fact that held it; only what is empty is made once."""
    write, read = _changes(kind, DOCUMENT, make_converter(()), sqlite.dialect())
    assert write is not None
    assert read is not None
    text = '["a beautiful telephone"]' if kind == tuple[str, ...] else '[["colour",["green"]]]'
    text = text.replace('["green"]', '"green"') if "frozenset" not in str(kind) else text
    assert read(text) is not read(text)
    assert write(read(text)) is not write(read(text))
    assert (write(()), read("[]")) == ("[]", ())
    assert read("[]") is read("[]")


def test_an_empty_set_is_read_as_one() -> None:
    """Nothing, in a column of a set, is an empty set."""
    write, read = _changes(frozenset[str], DOCUMENT, make_converter(()), sqlite.dialect())
    assert write is not None
    assert read is not None
    assert (write(frozenset()), read("[]")) == ("[]", frozenset())


@pytest.mark.parametrize(
    ("kept", "value", "written"),
    [
        (DECIMAL, Decimal("1E+2"), "100"),
        (DECIMAL, Decimal("0.10"), "0.10"),
        (DECIMAL, Decimal("1E-18"), "0.000000000000000001"),
        (TRUTH, True, 1),
        (INSTANT, datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
        (INSTANT, datetime(2026, 1, 1, 1, 0, 0, 5, timezone(timedelta(hours=1))), "2026-01-01T00:00:00.000005Z"),
    ],
)
def test_values_of_sqlite(kept: Any, value: Any, written: object) -> None:
    """What SQLite has no type for is written so that it sorts as it should and is read as it was."""
    assert kept.bind_processor(sqlite.dialect())(value) == written
    assert kept.result_processor(sqlite.dialect(), None)(written) == value
    assert kept.bind_processor(sqlite.dialect())(None) is None


def test_types_have_one_name_each() -> None:
    """Each type of column says what its values are in facts."""
    kinds = [each.python_type for each in (WHOLE, TRUTH, TEXT, INSTANT, DAY, DECIMAL, DOCUMENT)]
    assert [kind.__name__ for kind in kinds] == ["int", "bool", "str", "datetime", "date", "Decimal", "str"]


def test_members_are_found() -> None:
    """The tables that were looked for are there."""
    assert Member in [table.shape.kind for table in TABLES]
