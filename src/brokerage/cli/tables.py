"""Results as coloured tables in a terminal."""

from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from brokerage.tables import Table

__all__ = ["rich_table"]

_LONGEST_KEPT_WHOLE = 11


def rich_table(table: Table) -> RichTable:
    """Return a table as rich shows it, without empty columns; what stands in the cells is never taken for markup."""
    title = Text(table.title, style="bold")
    shown = RichTable(
        title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 0, 0, 0)
    )
    filled = [at for at in range(len(table.columns)) if any(row[at] not in (None, "") for row in table.rows)]
    for at in filled:
        words = " ".join([table.columns[at], *(str(row[at]) for row in table.rows)]).split()
        width = max((len(word) for word in words if len(word) <= _LONGEST_KEPT_WHOLE), default=1)
        shown.add_column(table.columns[at], header_style="cyan", overflow="fold", min_width=width)
    for row in table.rows:
        shown.add_row(*(Text("" if row[at] is None else str(row[at])) for at in filled))
    return shown
