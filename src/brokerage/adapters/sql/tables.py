"""Tables of facts: their columns, what the database refuses, and the statements that every collection needs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from attrs import field, frozen
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Dialect,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    any_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.schema import SchemaItem

from brokerage.adapters.sql.shapes import Parts, Shape, shape_of
from brokerage.adapters.sql.statements import Query, is_one_of
from brokerage.adapters.sql.types import TEXT, WHOLE, Kept

__all__ = [
    "METADATA",
    "FactTable",
    "ListTable",
    "fact_table",
    "index_of_named",
    "index_of_some",
    "insert_all",
    "insert_new",
    "no_less",
    "plain_table",
    "refers",
]

METADATA = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_once",
        "ck": "%(table_name)s_%(constraint_name)s",
        "fk": "%(table_name)s_%(column_0_N_name)s_known",
        "pk": "%(table_name)s_key",
    }
)
"""Every table of a store."""


@frozen(eq=False)
class ListTable:
    """The table of a list within facts: the key of the fact under ``of_…``, the place in the list, and the columns."""

    parts: Parts
    table: Table
    owner: tuple[str, ...]
    insert: Query = field(init=False)
    delete: Query = field(init=False)
    of_one: Query = field(init=False)
    of_many: Query = field(init=False)

    def __attrs_post_init__(self) -> None:
        table, columns = self.table, [part.name for part in self.parts.shape.columns]
        owned = [table.c[name] == bindparam(name) for name in self.owner]
        read = select(*(table.c[name] for name in (*self.owner, "place", *columns))).order_by(
            *(table.c[name] for name in self.owner), table.c.place
        )
        object.__setattr__(self, "insert", insert_all(table))
        object.__setattr__(self, "delete", Query(delete(table).where(*owned), self.owner, of_rows=True))
        object.__setattr__(self, "of_one", Query(read.where(*owned), self.owner, of_rows=True))
        owner = table.c[self.owner[0]]

        def of_many(dialect: Dialect) -> Any:
            if dialect.name == "sqlite":
                keys = func.json_each(bindparam("keys")).table_valued("value")
                return read.where(owner.in_(select(keys.c.value)))
            return read.where(owner == any_(bindparam("keys", type_=postgresql.ARRAY(postgresql.BIGINT))))

        object.__setattr__(self, "of_many", Query(of_many, ("keys",)))


@frozen(eq=False)
class FactTable:
    """A table of facts of one kind.

    Args:
        table: as SQLAlchemy knows it.
        shape: the columns that facts have.
        key: the columns of the key.
        more: columns beside those of the facts, and what they hold of a fact.
        lists: the tables of what the facts list.
    """

    table: Table
    shape: Shape
    key: tuple[str, ...]
    more: Mapping[str, Callable[[Any], Any]]
    lists: tuple[ListTable, ...]
    names: tuple[str, ...] = field(init=False)
    key_places: tuple[int, ...] = field(init=False)
    compared_places: tuple[int, ...] = field(init=False)
    insert: Query = field(init=False)
    insert_all: Query = field(init=False)
    get: Query = field(init=False)
    delete: Query = field(init=False)
    check: Query = field(init=False)

    def __attrs_post_init__(self) -> None:
        table, names = self.table, tuple(part.name for part in self.shape.columns)
        stored = (*names, *self.more)
        compared = [table.c[name] == bindparam(name) for name in self.key]
        is_versioned = "version" in names
        version = [table.c.version == bindparam("old_version")] if is_versioned else []
        places = [stored.index(name) for name in (*self.key, *(["version"] if is_versioned else []))]
        old = (*self.key, "old_version") if is_versioned else self.key
        made = {
            "names": stored,
            "key_places": tuple(stored.index(name) for name in self.key),
            "compared_places": tuple(places),
            "insert": insert_new(table, stored),
            "insert_all": insert_all(table, stored),
            "get": Query(self.select().where(*compared), self.key),
            "delete": Query(delete(table).where(*compared, *version), old, of_rows=True),
            "check": Query(
                lambda dialect: _held(select(table.c[self.key[0]]).where(*compared, *version), dialect),
                old,
                of_rows=True,
            ),
        }
        for name, each in made.items():
            object.__setattr__(self, name, each)

    def select(self) -> Any:
        """Return a selection of whole facts, to be narrowed and ordered."""
        return select(*(self.table.c[part.name] for part in self.shape.columns))

    def update(self, changed: Iterable[str]) -> Query:
        """Return what replaces some columns of a fact whose version is as compared."""
        names = tuple(changed)
        compared = [self.table.c[name] == bindparam(f"old_{name}") for name in (*self.key, "version")]
        statement = update(self.table).where(*compared).values({name: bindparam(f"new_{name}") for name in names})
        old = tuple(f"old_{name}" for name in (*self.key, "version"))
        return Query(statement, (*(f"new_{name}" for name in names), *old), of_rows=True)


def insert_new(table: Table, names: Sequence[str]) -> Query:
    """Return what inserts a row unless there is one in its way; the answer's count of rows says which."""

    def insert_or_nothing(dialect: Dialect) -> Any:
        make = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        return make(table).values({name: bindparam(name) for name in names}).on_conflict_do_nothing()

    return Query(insert_or_nothing, tuple(names), of_rows=True)


def insert_all(table: Table, names: Sequence[str] | None = None) -> Query:
    """Return what inserts rows of some columns, or of all of them."""
    names = [column.name for column in table.columns] if names is None else names
    return Query(insert(table).values({name: bindparam(name) for name in names}), tuple(names), of_rows=True)


def _held(selection: Any, dialect: Dialect) -> Any:
    """Hold the rows against changes until the commit; SQLite has one writer only."""
    return selection if dialect.name == "sqlite" else selection.with_for_update(read=True)


def fact_table(
    name: str,
    kind: Any,
    key: str | tuple[str, ...],
    *rest: SchemaItem,
    more: Mapping[str, tuple[Kept, bool, Callable[[Any], Any]]] | None = None,
    beside: Iterable[Column[Any]] = (),
    in_lists: Mapping[str, Iterable[SchemaItem]] | None = None,
) -> FactTable:
    """Make the table of a kind of facts.

    Args:
        name: of the table.
        kind: the class of the facts, or a shape.
        key: the column of the key, or several.
        rest: indexes and constraints.
        more: columns that hold something of a fact beside its fields: type, whether NULL may stand there, and what.
        beside: columns that are no part of the fact and have a default.
        in_lists: indexes and constraints of the tables of lists, by the list's name.

    Returns:
        The table, known to :data:`METADATA`, with a check on each column that holds an enum's value.
    """
    shape = kind if isinstance(kind, Shape) else shape_of(kind)
    keys = (key,) if isinstance(key, str) else key
    more = more or {}
    columns: list[Column[Any]] = [Column(part.name, part.type, nullable=part.may_be_nothing) for part in shape.columns]
    columns += [Column(each, type_, nullable=nullable) for each, (type_, nullable, _) in more.items()]
    table = Table(
        name, METADATA, *columns, *beside, PrimaryKeyConstraint(*keys), *_checks(shape), *rest, sqlite_strict=True
    )
    key_types, rules = {each: table.c[each].type for each in keys}, in_lists or {}
    lists = tuple(_list_table(name, parts, key_types, rules.get(parts.name, ())) for parts in shape.lists)
    return FactTable(table, shape, keys, {each: function for each, (_, _, function) in more.items()}, lists)


def _list_table(name: str, parts: Parts, keys: Mapping[str, Any], rules: Iterable[SchemaItem]) -> ListTable:
    owner = tuple(f"of_{key}" for key in keys)
    table = Table(
        f"{name}_{parts.name}",
        METADATA,
        *(Column(f"of_{key}", type_, nullable=False) for key, type_ in keys.items()),
        Column("place", WHOLE, nullable=False),
        *(Column(part.name, part.type, nullable=part.may_be_nothing) for part in parts.shape.columns),
        PrimaryKeyConstraint(*owner, "place"),
        ForeignKeyConstraint(
            owner, [f"{name}.{key}" for key in keys], name=f"{name}_{parts.name}_of_known", ondelete="CASCADE"
        ),
        *_checks(parts.shape),
        *rules,
        sqlite_strict=True,
    )
    return ListTable(parts, table, owner)


def _checks(shape: Shape) -> list[CheckConstraint]:
    """Nothing but what a fact can hold: the values of enums, and numbers of versions."""
    found = []
    for part in shape.columns:
        if isinstance(part.kind, type) and issubclass(part.kind, Enum):
            column: Column[Any] = Column(part.name, TEXT)
            found.append(
                CheckConstraint(is_one_of(column, *(each.value for each in part.kind)), name=f"{part.name}_is_known")
            )
        elif part.name == "version":
            found.append(CheckConstraint("version >= 0", name="version_is_no_less_than_0"))
    return found


def plain_table(name: str, *items: SchemaItem) -> Table:
    """Make a table that holds no facts."""
    return Table(name, METADATA, *items, sqlite_strict=True)


def refers(column: str, to: str) -> ForeignKeyConstraint:
    """Return the rule that what a column names is there, looked at when a unit of work is committed.

    Args:
        column: which may be NULL, where nothing is named.
        to: the table and its key, as ``"deals.number"``.
    """
    return ForeignKeyConstraint([column], [to], deferrable=True, initially="DEFERRED")


def index_of_named(table: str, column: str) -> Index:
    """Return an index of what names something in a column.

    SQLite looks for whoever named a row before it was there: through a whole table, without such an index.
    """
    return index_of_some(f"{table}_{column}_named", literal_column(column).is_not(None), column)


def no_less(least: int, *columns: str) -> list[CheckConstraint]:
    """Return what refuses less than ``least`` in some columns; nothing at all may stand there."""
    return [
        CheckConstraint(Column(column, WHOLE) >= literal_column(str(least)), name=f"{column}_is_no_less_than_{least}")
        for column in columns
    ]


def index_of_some(
    name: str, condition: ColumnElement[bool], *columns: str | ColumnElement[Any], unique: bool = False
) -> Index:
    """Return an index of those rows only that meet a condition, whose values stand in the statement itself."""
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
