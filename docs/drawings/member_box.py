"""A real member box, drawn from the HTML form that the library gives a notebook."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from brokerage import BankTransfer, Brokerage, Immediate, ManualClock, MemberDesk, Policy
from brokerage.adapters.system import SeededEntropy
from drawings.svg import BUYER, FAINT, SHADE, box, drawing, line, text, width_of

__all__ = ["box_html", "member_box", "tables_of"]

_ROW, _LEFT, _GAP, _SIZE = 26, 20, 18, 12


def box_html() -> str:
    """Return the HTML of a box with a sale that is settled, an open one, and a purchase with two candidates."""
    clock = ManualClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    broker = Brokerage(Policy(matching=Immediate()), clock=clock, entropy=SeededEntropy(7), secret=b"a picture")
    broker.office.add_category("phones", rate="0.10")
    broker.office.add_category("bicycles", rate="0.10")
    ann, bob, cleo = (_member(broker, name) for name in ("Ann", "Bob", "Cleo"))
    until = clock.now() + timedelta(days=30)
    phone = bob.sell("phones", "Pixel 7", min_price="80.00", currency="USD", limit=until)
    bob.sell("phones", "Pixel 6, scratched", min_price="35.00", currency="USD", limit=until)
    want = cleo.buy("phones", max_price="100.00", currency="USD")
    cleo.decide(want, phone, price="92.00", pay_by=BankTransfer())
    ann.sell(
        "bicycles",
        "Town bicycle",
        min_price="140.00",
        currency="USD",
        description="Three gears, new tyres.",
        limit=until,
    )
    cleo.sell("bicycles", "Folding bicycle", min_price="155.00", currency="USD", description="As good as new.")
    bob.buy("bicycles", max_price="180.00", currency="USD", name="to the station", limit=until)
    return bob.box().html()


def _member(broker: Brokerage, name: str) -> MemberDesk:
    return broker.register(
        name=name,
        address=f"{len(name)} Sample Street",
        telephone="555 01" + "".join(f"{ord(letter):03d}" for letter in name),
        email=f"{name.lower()}@pictures.example",
        bank_account=f"account of {name}",
    )


class _Tables(HTMLParser):
    """Collects the cells of every table, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag in ("tr", "caption"):
            self.tables[-1].append([])
        if tag in ("td", "th", "caption"):
            self.tables[-1][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.tables[-1][-1][-1] += data.strip()


def tables_of(html: str) -> list[list[list[str]]]:
    """Return every table of a piece of HTML as rows of cells; a caption is a row of one cell."""
    parser = _Tables()
    parser.feed(html)
    parser.close()
    return [[row for row in table if row] for table in parser.tables]


def member_box() -> str:
    """Draw the tables of the box below each other: titles, headings and every cell, and nothing else."""
    parts: list[str] = []
    y, widest = 8.0, 0.0
    for table in tables_of(box_html()):
        columns = [26 + max(width_of(cell, _SIZE) for cell in column) for column in zip(*_rows(table), strict=True)]
        title = "".join(row[0] for row in table if len(row) == 1)
        if title:
            y += _ROW
            parts.append(text(_LEFT, y, title, size=14, fill=BUYER, bold=True))
            y += 10
        for at, row in enumerate(_rows(table)):
            parts += _row(row, columns, y, is_heading=at == 0)
            y += _ROW
        if columns:
            widest = max(widest, sum(columns))
    return drawing("A member's box", widest + 2 * _LEFT, y + _GAP, parts)


def _row(row: Sequence[str], columns: Sequence[float], y: float, *, is_heading: bool) -> Iterable[str]:
    if is_heading:
        yield box(_LEFT, y, sum(columns), _ROW, fill=SHADE, radius=2)
    x = float(_LEFT)
    for cell, width in zip(row, columns, strict=True):
        yield text(x + 6, y + 17, cell, size=_SIZE, bold=is_heading)
        x += width
    yield line(_LEFT, y + _ROW, _LEFT + sum(columns), y + _ROW, stroke=FAINT, width=1)


def _rows(table: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows of a table without its title, all of one length."""
    rows = [row for row in table if len(row) > 1]
    length = max((len(row) for row in rows), default=0)
    return [[*row, *([""] * (length - len(row)))] for row in rows]
