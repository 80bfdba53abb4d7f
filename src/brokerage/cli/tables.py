"""Results as coloured tables in a terminal."""

from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from brokerage.tables import Table

__all__ = ["rich_table"]


def rich_table(table: Table) -> RichTable:
    """Return a table as rich shows it, without empty columns; what stands in the cells is never taken for markup."""
    shown = RichTable(title=Text(table.title, style="bold"), title_justify="left", box=box.SIMPLE_HEAD)
    filled = [at for at in range(len(table.columns)) if any(row[at] not in (None, "") for row in table.rows)]
    for at in filled:
        shown.add_column(table.columns[at], header_style="cyan", overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text("" if row[at] is None else str(row[at])) for at in filled))
    return shown
