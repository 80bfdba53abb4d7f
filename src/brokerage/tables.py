"""Rows under headings, as text, as HTML or as a data frame: how every result of the library shows itself."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, Protocol, runtime_checkable

from attrs import evolve, field, frozen
from tabulate import tabulate

from brokerage.errors import InvalidAmount
from brokerage.frames import Backend, Kind, frame

__all__ = ["Headings", "Shown", "Table", "counted", "joined"]

_CURRENCY = "currency"
_ROWS_AT_A_GLANCE, _CHARACTERS_AT_A_GLANCE, _CHARACTERS_ON_A_LINE = 20, 60, 30


@runtime_checkable
class Shown(Protocol):
    """Whatever has a form as a table: it prints as a line or a few, and a notebook shows the table."""

    __slots__ = ()

    def table(self) -> "Table":
        """Return what is shown as a table, whole."""
        ...

    def to_frame(self, backend: Backend | None = None) -> Any:
        """Return the table as a data frame of the user's own pandas or polars; see :meth:`Table.to_frame`."""
        return self.table().to_frame(backend)

    def __repr__(self) -> str:
        table = self.table()
        return table.line(type(self).__name__) if len(table.rows) == 1 else repr(table)

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


Headings = Mapping[str, Kind] | Iterable[str | tuple[str, Kind]]
"""What a table may be given as headings."""


def _headings(given: Headings) -> tuple[tuple[str, Kind], ...]:
    pairs = given.items() if isinstance(given, Mapping) else given
    return tuple((pair, Kind.TEXT) if isinstance(pair, str) else pair for pair in pairs)


def _rows(rows: Iterable[Sequence[object]]) -> tuple[tuple[object, ...], ...]:
    return tuple(tuple(row) for row in rows)


@frozen(repr=False)
class Table:
    """A titled table; printing it gives text, a notebook shows its HTML. Both stop after 20 rows and say so.

    Args:
        title: a few words above the table.
        headings: each with the kind of what stands below it; one without a kind is of text.
        rows: one sequence a row, as long as ``headings``; ``None`` is an empty cell. The amounts in a row are all of
            one currency.

    >>> from decimal import Decimal
    >>> fruit = Table("Fruit", {"name": Kind.TEXT, "boxes": Kind.NUMBER}, [["apple", 3], ["pear", None]])
    >>> print(fruit)
    Fruit
    name    boxes
    ------  -------
    apple   3
    pear
    >>> fruit.of([("fig", 9)]).line("Fruit")
    "Fruit(name='fig', boxes=9)"
    """

    title: str
    headings: tuple[tuple[str, Kind], ...] = field(converter=_headings)
    rows: tuple[tuple[object, ...], ...] = field(converter=_rows, default=())

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings without their kinds."""
        return tuple(heading for heading, _ in self.headings)

    def of(self, rows: Iterable[Sequence[object]], title: str | None = None) -> "Table":
        """Return a table of other rows under the same headings; its title is the same unless one is given."""
        return evolve(self, rows=rows, title=self.title if title is None else title)

    def texts(self) -> list[list[str]]:
        """Return what stands in each cell as text on one line; times are in UTC, to the minute."""
        return [[_shown(cell) for cell in row] for row in self.rows]

    def text(self) -> str:
        """Return the whole table as lines of plain text."""
        return self._text(self.texts())

    def html(self) -> str:
        """Return the whole table as an HTML fragment with everything escaped."""
        return self._html(self.texts())

    def line(self, name: str) -> str:
        """Return what stands in the first row as one line: a name, and every cell that is not empty, shortened."""
        cells = zip(self.columns, self.rows[0], self.texts()[0], strict=True)
        return f"{name}({', '.join(f'{column}={_in_line(cell, text)}' for column, cell, text in cells if text)})"

    def to_frame(self, backend: Backend | None = None) -> Any:
        """Return the table as a data frame of the user's own pandas or polars, exactly.

        A heading becomes the column's name, with ``_`` for each space. Amounts are decimals of the main unit, never
        floats, and after the last of them stands the column ``currency``, unless the table has one of its own; times
        are datetimes in UTC. Types hang on the headings alone, so the frame of a table without rows goes together
        with that of any other page of the same list.

        Args:
            backend: ``"pandas"`` or ``"polars"``, or that module; may be left out where only one of them is
                installed.

        Returns:
            A ``pandas.DataFrame`` or ``polars.DataFrame`` with a row for each row, in the same order.

        Raises:
            NotInstalled: the extra ``frames`` (narwhals) is not installed, or that library is not.
            InvalidChoice: ``backend`` is neither of the two, or is left out although both are installed.
            InvalidAmount: a row has amounts of two currencies.
        """
        columns: dict[str, tuple[Kind, list[Any]]] = {}
        for at, (heading, kind) in enumerate(self.headings):
            columns[heading.replace(" ", "_")] = (kind, [_valued(kind, row[at]) for row in self.rows])
            if kind is Kind.MONEY and _CURRENCY not in self.columns:
                columns.pop(_CURRENCY, None)
                columns[_CURRENCY] = (Kind.TEXT, [self._currency(row) for row in self.rows])
        return frame(columns, backend)

    def _currency(self, row: Sequence[Any]) -> str | None:
        """The currency of the amounts in a row, if there are any."""
        below = zip(self.headings, row, strict=True)
        amounts = [cell for (_, kind), cell in below if kind is Kind.MONEY and cell is not None]
        found = {str(amount.currency) for amount in amounts}
        if len(found) > 1:
            raise InvalidAmount("row", amounts, "one currency in a row", "give each currency a row of its own")
        return min(found, default=None)

    def _text(self, texts: list[list[str]]) -> str:
        return "\n".join([_shown(self.title), *(line.rstrip() for line in self._format(texts, "simple").splitlines())])

    def _html(self, texts: list[list[str]]) -> str:
        return f"<figure><figcaption>{escape(_shown(self.title))}</figcaption>{self._format(texts, 'html')}</figure>"

    def _format(self, texts: list[list[str]], style: str) -> str:
        return tabulate(texts, headers=[*map(_shown, self.columns)], tablefmt=style, disable_numparse=True)

    def _glance(self) -> tuple[list[list[str]], str]:
        """The first rows with shortened cells, and what to say of the others, if there are any."""
        seen = self.of(self.rows[:_ROWS_AT_A_GLANCE]).texts()
        rest = len(self.rows) - len(seen)
        cells = [[_short(text, _CHARACTERS_AT_A_GLANCE) for text in row] for row in seen]
        return cells, f"… and {rest} more" if rest else ""

    def __repr__(self) -> str:
        texts, rest = self._glance()
        return "\n".join(filter(None, [self._text(texts), rest]))

    def _repr_html_(self) -> str:
        texts, rest = self._glance()
        return self._html(texts) + (f"<p>{rest}</p>" if rest else "")


def counted(number: int, thing: str) -> str:
    """Say how many there are of something.

    >>> counted(1, "offer"), counted(2, "offer")
    ('1 offer', '2 offers')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def joined(empty: Table, tables: Iterable[Table], title: str | None = None) -> Table:
    """Return the rows of several tables under the headings of ``empty``, and under its title unless one is given."""
    return empty.of((row for table in tables for row in table.rows), title)


def _shown(cell: object) -> str:
    """A cell on one line: line breaks and other characters that do not print are written out."""
    if cell is None:
        return ""
    text = f"{cell.astimezone(UTC):%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else str(cell)
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _in_line(cell: object, text: str) -> str:
    return repr(_short(text, _CHARACTERS_ON_A_LINE)) if isinstance(cell, str) else text


def _valued(kind: Kind, cell: Any) -> Any:
    """A cell as it stands in a frame."""
    if cell is None:
        return None
    if kind is Kind.TEXT:
        return str(cell)
    if kind is Kind.TIME:
        return cell.astimezone(UTC)
    return cell.decimal if kind is Kind.MONEY else cell
