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
    texts = table.texts()
    filled = [at for at in range(len(table.columns)) if any(row[at] for row in texts)]
    for at in filled:
        words = " ".join([table.columns[at], *(row[at] for row in texts)]).split()
        width = max((len(word) for word in words if len(word) <= _LONGEST_KEPT_WHOLE), default=1)
        shown.add_column(table.columns[at], header_style="cyan", overflow="fold", min_width=width)
    for row in texts:
        shown.add_row(*(Text(row[at]) for at in filled))
    return shown
