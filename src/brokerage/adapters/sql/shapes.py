"""Facts as rows: which columns a class of facts has, and the code that writes and reads its rows.

A column is made for each field that is a single value; a field that is a class has its columns among the others, under
the field's name and theirs. Of one of several classes there is a column that names the class, and the columns of all
of them. A list of classes is a table of its own (:class:`Members`); any other list or set is a column of JSON.
Values are written and read by the library's converter, so a margin rule of the user's own stands under its name.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import define, evolve, field, frozen
from cattrs import Converter
from sqlalchemy import Dialect

from brokerage.adapters.sql.types import DAY, DECIMAL, DOCUMENT, INSTANT, TEXT, TRUTH, WHOLE, Kept, json_text
from brokerage.adapters.wire.groups import is_frozenset, is_tuple, is_union
from brokerage.adapters.wire.values import is_enum, span_of, span_units
from brokerage.pricing import MarginRule, Terms
from brokerage.records.events import Actor, Role
from brokerage.records.numbers import BoxNumber

__all__ = ["Codec", "Part", "Parts", "Shape", "shape_of"]

_SINGLE: Mapping[type, Kept] = {
    int: WHOLE,
    bool: TRUTH,
    str: TEXT,
    datetime: INSTANT,
    date: DAY,
    timedelta: WHOLE,
    Decimal: DECIMAL,
}
_REMEMBERED = 4096
_NO_VALUES = "[]"


@frozen
class Part:
    """A column of a fact: ``kind`` is the field's own type; ``may_be_nothing`` whether it may be NULL."""

    name: str
    kind: Any
    type: Kept
    may_be_nothing: bool


@frozen
class Parts:
    """A list of classes within a fact: ``field`` is the path to it, ``shape`` the shape of what is listed."""

    name: str
    path: str
    shape: "Shape"


@frozen
class Codec:
    """What writes a fact as a row of its shape's columns, and reads it again from such a row and its lists.

    ``lists`` gives what a fact lists, in the order of the shape's lists. ``read`` takes a row, and the same lists.
    """

    write: Callable[[Any], tuple[Any, ...]]
    read: Callable[..., Any]
    lists: Callable[[Any], tuple[Sequence[Any], ...]]


@frozen(eq=False)
class Shape:
    """The columns and lists of a class of facts, or of several classes that share a table.

    Args:
        kind: the class, or the union of classes.
        tag: the column that names the class, where there are several.
        names: what the classes are called there, where not by their own names.
    """

    kind: Any
    tag: str = "type"
    names: Mapping[type, str] = field(factory=dict)
    columns: tuple[Part, ...] = field(init=False)
    lists: tuple[Parts, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        plan = _Plan(None, None, self.names)
        plan.whole(self.kind, self.tag)
        object.__setattr__(self, "columns", tuple(plan.columns))
        object.__setattr__(self, "lists", tuple(plan.lists))

    def codec(self, converter: Converter, dialect: Dialect) -> Codec:
        """Return what writes and reads facts of this shape in a database."""
        plan = _Plan(converter, dialect, self.names)
        read, written = plan.whole(self.kind, self.tag)
        return Codec(
            plan.function("f", f"({', '.join(expression for _, expression in sorted(written))},)"),
            plan.function("r, L=()", read),
            plan.function("f", "(" + "".join(f"f.{parts.path}," for parts in plan.lists) + ")"),
        )


@cache
def shape_of(kind: Any) -> Shape:
    """Return the shape of a class of facts."""
    return Shape(kind)


_Read = str
_Written = list[tuple[int, str]]


@define(eq=False)
class _Plan:
    """Goes through the fields of a class: collects its columns, and the source of the code that writes and reads them.

    Without a converter and a dialect it collects the columns only. In the source, ``f`` is the fact, ``r`` the row
    and ``L`` the lists.
    """

    converter: Converter | None
    dialect: Dialect | None
    names: Mapping[type, str]
    columns: list[Part] = field(factory=list)
    lists: list[Parts] = field(factory=list)
    _known: dict[str, Any] = field(factory=dict)
    _shared_from: int | None = None

    def function(self, arguments: str, expression: str) -> Callable[..., Any]:
        """Return a function of some arguments."""
        made: Callable[..., Any] = eval(f"lambda {arguments}: {expression}", self._known)
        return made

    def whole(self, kind: Any, tag: str) -> tuple[_Read, _Written]:
        """Plan a fact."""
        if is_union(kind):
            return self._one_of(kind, "", tag, "f", None)
        return self._class(kind, "", "", "f", None)

    def _name(self, value: object) -> str:
        name = f"v{len(self._known)}"
        self._known[name] = value
        return name

    def _class(self, kind: Any, prefix: str, path: str, source: str, guard: str | None) -> tuple[_Read, _Written]:
        """Plan the fields of a class; where ``guard`` is nothing, so are they all."""
        reads: list[str] = []
        written: _Written = []
        hints = get_type_hints(kind)
        for each in attrs.fields(kind):
            read, wrote = self._field(
                hints[each.name], f"{prefix}{each.name}", f"{path}{each.name}", f"{source}.{each.name}", guard
            )
            reads.append(read)
            written += wrote
        maker = lru_cache(_REMEMBERED)(kind) if kind is Terms else kind
        return f"{self._name(maker)}({', '.join(reads)})", written

    def _field(self, kind: Any, name: str, path: str, source: str, guard: str | None) -> tuple[_Read, _Written]:
        inner, may_be_nothing = _without_nothing(kind)
        if is_tuple(inner) and len(get_args(inner)) == 2 and attrs.has(get_args(inner)[0]):
            assert guard is None, f"{name}: a list of classes within what may be nothing"
            self.lists.append(Parts(name, path, shape_of(get_args(inner)[0])))
            return f"L[{len(self.lists) - 1}]", []
        if inner != Actor and is_union(inner):
            return self._one_of(inner, f"{name}_", f"{name}_type", source, source if may_be_nothing else guard)
        if not attrs.has(inner):
            return self._single(inner, name, source, may_be_nothing, guard)
        if not may_be_nothing:
            return self._class(inner, f"{name}_", f"{path}.", source, guard)
        first = len(self.columns)
        read, written = self._class(inner, f"{name}_", f"{path}.", source, source)
        certain = self._certain(inner, name, first)
        return f"(None if r[{certain}] is None else {read})", written

    def _certain(self, kind: Any, name: str, first: int) -> int:
        """Return the first column of a class that may be nothing which is something whenever the class is there."""
        hints = get_type_hints(kind)
        certain = {f"{name}_{each}" for each, hint in hints.items() if not _without_nothing(hint)[1]}
        return next(at for at, part in enumerate(self.columns) if at >= first and part.name in certain)

    def _one_of(self, kind: Any, prefix: str, tag: str, source: str, guard: str | None) -> tuple[_Read, _Written]:
        """Plan one of several classes: a column that says which, and the columns of all, those of one name shared."""
        at = len(self.columns)
        self.columns.append(Part(tag, str, TEXT, guard is not None))
        before, self._shared_from = self._shared_from, at + 1
        readers: dict[str, Callable[..., Any]] = {}
        written: dict[type, dict[int, str]] = {}
        for one in (one for one in get_args(kind) if one is not NoneType):
            read, wrote = self._class(one, prefix, "", "f", None)
            readers[self.name_of(one)] = self.function("r, L=()", read)
            written[one] = dict(wrote)
        self._shared_from = before
        places = range(at + 1, len(self.columns))
        for place in places:  # what only some of the classes have is nothing for the others
            missing = guard is not None or any(place not in row for row in written.values())
            self.columns[place] = evolve(
                self.columns[place], may_be_nothing=self.columns[place].may_be_nothing or missing
            )
        writers = {one: self.function("f", self._row_of(one, row, places)) for one, row in written.items()}
        read = f"{self._name(readers)}[r[{at}]](r, L)"
        write = f"{self._name(writers)}[type({source})]({source})"
        if guard is None:
            return read, [(at, f"*{write}")]
        nothing = self._name((None,) * (len(places) + 1))
        return f"(None if r[{at}] is None else {read})", [(at, f"*({nothing} if {guard} is None else {write})")]

    def name_of(self, kind: type) -> str:
        """Return what a class is called in the column that names it."""
        return self.names.get(kind, kind.__name__)

    def _row_of(self, kind: type, row: Mapping[int, str], places: Iterable[int]) -> str:
        return f"({self.name_of(kind)!r}, {', '.join(row.get(place, 'None') for place in places)})"

    def _place(self, part: Part) -> int:
        """Return where a column stands; classes that share a table share the columns of one name."""
        if self._shared_from is not None:
            for place in range(self._shared_from, len(self.columns)):
                known = self.columns[place]
                if known.name == part.name:
                    self.columns[place] = evolve(known, may_be_nothing=known.may_be_nothing or part.may_be_nothing)
                    return place
        self.columns.append(part)
        return len(self.columns) - 1

    def _single(
        self, kind: Any, name: str, source: str, may_be_nothing: bool, guard: str | None
    ) -> tuple[_Read, _Written]:
        kept = _kept(kind)
        place = self._place(Part(name, kind, kept, may_be_nothing or guard is not None))
        if self.converter is None or self.dialect is None:
            return f"r[{place}]", [(place, source)]
        write, read = _changes(kind, kept, self.converter, self.dialect)
        reading = f"r[{place}]" if read is None else f"{self._name(read)}(r[{place}])"
        writing = source if write is None else f"{self._name(write)}({source})"
        if read is not None and (may_be_nothing or guard):
            reading = f"(None if r[{place}] is None else {reading})"
        if write is not None and may_be_nothing:
            writing = f"(None if {source} is None else {writing})"
        if guard is not None:
            writing = f"(None if {guard} is None else {writing})"
        return reading, [(place, writing)]


def _without_nothing(kind: Any) -> tuple[Any, bool]:
    """A field's type without nothing, and whether it may be nothing."""
    kinds = get_args(kind)
    if get_origin(kind) not in (Union, UnionType) or NoneType not in kinds:
        return kind, False
    rest = tuple(one for one in kinds if one is not NoneType)
    return (rest[0] if len(rest) == 1 else Union[rest]), True  # noqa: UP007


def _plain(kind: Any) -> Any:
    """The type behind a number's own type."""
    while isinstance(kind, NewType):
        kind = kind.__supertype__
    return kind


def _kept(kind: Any) -> Kept:
    if is_tuple(kind) or is_frozenset(kind):
        return DOCUMENT
    return _SINGLE.get(_plain(kind), TEXT)


def _changes(
    kind: Any, kept: Kept, converter: Converter, dialect: Dialect
) -> tuple[Callable[[Any], Any] | None, Callable[[Any], Any] | None]:
    """What writes and reads a value that is there; ``None`` where it stays as it is."""
    if kept is DOCUMENT:
        return _documents(converter.get_unstructure_hook(kind), converter.get_structure_hook(kind), kind)
    if kind == Actor:
        return (lambda actor: actor.value if isinstance(actor, Role) else str(actor)), _actor
    if is_enum(kind):
        return (lambda member: member.value), {member.value: member for member in kind}.__getitem__
    if kind is MarginRule:
        write, structure = converter.get_unstructure_hook(kind), converter.get_structure_hook(kind)
        return write, lambda name: structure(name, kind)
    if kind is timedelta:
        return span_units, span_of
    form = kept.form(dialect)
    return form.write, form.read


def _documents(
    write: Callable[[Any], Any], structure: Callable[[Any, Any], Any], kind: Any
) -> tuple[Callable[[Any], str], Callable[[str], Any]]:
    """What writes and reads a list or a set; what is empty, as most are, is made once.

    Nothing else is remembered: what members wrote would take memory, and outlive them.
    """
    nothing: Any = frozenset() if is_frozenset(kind) else ()

    def written(value: Any) -> str:
        return json_text(write(value)) if value else _NO_VALUES

    def read(text: str) -> Any:
        return nothing if text == _NO_VALUES else structure(json.loads(text), kind)

    return written, read


def _actor(text: str) -> Actor:
    return BoxNumber(int(text)) if text.isdecimal() else Role(text)
