"""Rows under headings, shown as text or as HTML: how every result of the library shows itself to a person."""

from collections.abc import Iterable, Sequence

from attrs import field, frozen
from tabulate import tabulate

__all__ = ["Table"]


def _shown(cell: str) -> str:
    """A cell on one line: line breaks and other characters that do not print are written out."""
    return cell if cell.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in cell)


def _columns(columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(columns)


def _rows(rows: Iterable[Sequence[object]]) -> tuple[tuple[object, ...], ...]:
    return tuple(tuple(row) for row in rows)


@frozen(repr=False)
class Table:
    """A titled table; printing it gives text, a notebook shows its HTML.

    Args:
        title: a few words above the table.
        columns: the headings.
        rows: one sequence a row, as long as ``columns``; ``None`` shows as an empty cell.

    >>> print(Table("Fruit", ["name", "price"], [["apple", "1.20"], ["pear", None]]))
    Fruit
    name    price
    ------  -------
    apple   1.20
    pear
    """

    title: str
    columns: tuple[str, ...] = field(converter=_columns)
    rows: tuple[tuple[object, ...], ...] = field(converter=_rows)

    def text(self) -> str:
        """Return the table as lines of plain text."""
        return f"{self.title}\n{self._format('simple')}"

    def html(self) -> str:
        """Return the table as an HTML fragment with every cell escaped."""
        title = tabulate([[self.title]], tablefmt="html")
        return f"<figure>{title}{self._format('html')}</figure>"

    def _format(self, style: str) -> str:
        cells = [["" if cell is None else _shown(str(cell)) for cell in row] for row in self.rows]
        text = tabulate(cells, headers=list(self.columns), tablefmt=style, disable_numparse=True)
        return "\n".join(line.rstrip() for line in text.splitlines())

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.html()
