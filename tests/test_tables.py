"""How results show themselves: short as text, escaped as HTML, whole as tables."""

from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

import pytest

from brokerage import BankTransfer, Brokerage, DeliveryStep, ManualClock, Money, Rating, Terms, quote
from brokerage.adapters.system import SeededEntropy
from brokerage.frames import Kind
from brokerage.pages import Page
from brokerage.simulation import OfferRow, Side, replay, results
from brokerage.tables import Shown, Table

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script> & \"quoted\"\n\x1b[31mred"


class Lamps:
    """A small market: a sale with a long description bought and delivered, and another one still open."""

    def __init__(self, name: str = "Pixel 7", description: str = "like new " * 1000) -> None:
        self.rated: list[Any] = []
        self.broker = Brokerage(clock=ManualClock(START), entropy=SeededEntropy(7), secret=b"fixed")
        self.broker.office.add_category("phones", rate="0.10")
        self.ann, self.bob = (
            self.broker.register(
                name=who,
                address=f"1 {who} Row",
                telephone=f"555{who.encode().hex()}",
                email=f"{who}@x.example",
                bank_account=who,
            )
            for who in ("Ann", "Bob")
        )
        self.sale = self.ann.sell("phones", name, min_price="80.00", currency="USD", description=description)
        self.ann.sell("phones", "Pixel 6", min_price="90.00", currency="USD")
        self.want = self.bob.buy("phones", max_price="100.00", currency="USD")
        self.spare = self.bob.buy("phones", max_price="100.00", currency="USD")
        self.broker.match()

    def buy(self) -> "Lamps":
        """Let the first sale be bought, paid and delivered."""
        deal = self.bob.decide(self.want, self.sale, price="92.00", pay_by=BankTransfer())
        self.broker.advise_payment(reference=deal.reference, amount="92.00", currency="USD", notice="bank-1")
        self.broker.advise_delivery(deal.number, DeliveryStep.COLLECTED, notice="c-1")
        self.broker.advise_delivery(deal.number, DeliveryStep.DELIVERED, notice="c-2")
        self.bob.confirm(deal.number)
        return self

    def singles(self) -> list[Shown]:
        """Return one of each thing that is a row of something."""
        deal = self.bob.deals()[0].number
        return [
            *(self.ann.box().sales[0], self.bob.box().purchases[0], self.bob.candidates(self.spare)[0]),
            *(self.ann.deals()[0], self.bob.deals()[0], self.bob.unsold("phones")[0], self.broker.office.deal(deal)),
            quote("80.00", "100.00", "USD", Terms(rate="0.1")),
            *(self.ann.account.history()[0], self.ann.categories()[0], self.broker.office.categories()[0]),
            *(row[0] for row in self.analyses()),
        ]

    def lists(self) -> list[Shown]:
        """Return one of each thing that has rows."""
        office = self.broker.office
        return [
            *(self.ann.box(), self.bob.box(), self.bob.candidates(self.spare), self.ann.deals(), self.bob.deals()),
            *(self.bob.unsold("phones"), office.transactions("phones"), office.transactions("phones").rows[0]),
            *(office.entries(size=100), office.entries()[0]),
            *(self.ann.account.history(), self.ann.categories(), office.categories()),
            *self.analyses(),
        ]

    def analyses(self) -> list[Any]:
        """Return one of each thing that the manager's analysis gives."""
        analysis, rating = self.broker.office.analysis, Rating(quantiles=[("1", "0.9")], initial=timedelta(0))
        if not self.rated:
            self.rated = [analysis.rate(rating)]
        box = self.ann.number
        return [
            *(analysis.member(box), analysis.category("phones"), analysis.totals(), analysis.unsold()),
            *(analysis.category_ranks(), analysis.member_ranks(), analysis.history(box), *self.rated),
        ]


@pytest.fixture(scope="module")
def sold() -> Lamps:
    """The market after its deal, with a description of 9,000 characters."""
    return Lamps().buy()


def test_single_things_print_as_one_short_line(sold: Lamps) -> None:
    """A row of anything prints as its class and what stands in it, on a line, however long its texts are."""
    lines = [repr(thing) for thing in sold.singles()]
    assert [line for line in lines if "\n" in line or len(line) > 400] == []
    assert [line.partition("(")[0] for line in lines] == [type(thing).__name__ for thing in sold.singles()]
    assert lines[2] == (
        "CandidateView(sale=2, status='Purchase Undecided', price=96.00 USD, carriage=0.00 USD, "
        "payment fee=0.00 USD, total=96.00 USD, name='Pixel 6')"
    )


def test_lists_print_as_small_tables(sold: Lamps) -> None:
    """A list prints as at most a few lines of bounded width, and never as nested fields."""
    for thing in sold.lists():
        lines = repr(thing).splitlines()
        assert len(lines) <= 20
        assert max(map(len, lines)) <= 300
        assert "Money(" not in repr(thing)


def test_the_ledger_prints_by_postings(sold: Lamps) -> None:
    """The ledger shows each posting in a row, times to the minute."""
    assert repr(sold.broker.office.entries()).splitlines()[:5] == [
        "Ledger",
        "entry    at                deal    purpose     account    amount",
        "-------  ----------------  ------  ----------  ---------  ----------",
        "1        2026-03-01 09:00  1       payment     bank       92.00 USD",
        "1        2026-03-01 09:00  1       payment     escrow:1   -92.00 USD",
    ]


def test_a_member_reads_own_prices_and_no_others(sold: Lamps) -> None:
    """The lists of the two parties' deals have the same headings, and each only the reader's own price."""
    assert sold.ann.deals().table().headings == sold.bob.deals().table().headings
    assert "88.00" in repr(sold.ann.deals())
    assert "92.00" not in repr(sold.ann.deals())
    assert "92.00" in repr(sold.bob.deals())
    assert "88.00" not in repr(sold.bob.deals())


def test_a_box_is_one_table_too(sold: Lamps) -> None:
    """All offers of a box stand in one table, with the member's own limit."""
    table = sold.bob.box().table()
    assert table.title == "Box 2: 2 offers"
    assert [(row[0], row[2], str(row[7])) for row in table.rows] == [
        (3, "Purchase", "100.00 USD"),
        (4, "Purchase", "100.00 USD"),
    ]


def test_text_and_html_are_whole_where_printing_is_short() -> None:
    """Printing stops after twenty rows and sixty characters a cell and says so; text() and html() do not."""
    table = Table("Long", ["text"], [[f"{at}" + "x" * 100] for at in range(1, 31)])
    assert repr(table).splitlines()[-1] == "… and 10 more"
    assert len(repr(table).splitlines()) == 3 + 20 + 1
    assert max(map(len, repr(table).splitlines())) == 60
    assert "<p>… and 10 more</p>" in table._repr_html_()
    for whole in (table.text(), table.html()):
        assert "30" + "x" * 100 in whole
        assert "more" not in whole
    assert "more" not in repr(table.of(table.rows[:20]))


class _Tags(HTMLParser):
    """Keeps the tags and the texts of a fragment."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(fragment)

    def handle_starttag(self, tag: str, attributes: object) -> None:
        """Keep a tag."""
        self.tags.add(tag)

    def handle_data(self, text: str) -> None:
        """Keep a text."""
        self.texts.append(text)


def test_hostile_text_stays_text() -> None:
    """Names and descriptions of others become neither tags nor terminal commands, in no form of anything."""
    market = Lamps(name=HOSTILE.partition("\n")[0], description=HOSTILE).buy()
    table = Table(HOSTILE, [HOSTILE], [[HOSTILE]])
    for thing in (*market.singles(), *market.lists()):
        assert _Tags(thing._repr_html_()).tags <= {"figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td"}
        assert "\x1b" not in repr(thing) + thing._repr_html_()
    for fragment in (table.html(), table._repr_html_(), market.bob.box().html()):
        assert "script" not in _Tags(fragment).tags
    assert any("<script>alert" in text for text in _Tags(market.bob.deals()._repr_html_()).texts)
    assert "\x1b" not in table.text() + repr(table) + table.html()


def test_empty_things_show_their_headings() -> None:
    """A page without rows shows what it would have."""
    market = Lamps()
    for page in (market.ann.deals(), market.broker.office.entries(), market.broker.office.transactions("phones")):
        assert repr(page).splitlines()[1].split()[0] in ("deal", "entry", "sale")
    assert str(Page(())) == "Nothing"


def test_times_are_shown_in_utc() -> None:
    """An instant given in another zone is shown as the same one in UTC."""
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert Table("", {"at": Kind.TIME}, [[noon]]).texts() == [["2026-03-01 10:00"]]


def test_views_stay_slotted(sold: Lamps) -> None:
    """Showing itself costs a view no dictionary of its own."""
    assert [type(thing).__name__ for thing in sold.singles() if hasattr(thing, "__dict__")] == []


def test_a_listing_is_a_sequence(sold: Lamps) -> None:
    """A listing has a length, items and slices, which show themselves too."""
    entries = sold.broker.office.entries()
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0] in entries
    assert entries[:1] == sold.broker.office.entries(size=1)
    assert len(repr(entries[:1]).splitlines()) == 5


def test_a_replayed_market_has_its_deals_and_its_ledger() -> None:
    """What a replay came to shows itself as tables."""
    rows = [
        OfferRow(line=2, at=START, side=Side.SALE, member="Ann", category="phones", name="lamp", price=8000,
                 currency="USD", until=None),
        OfferRow(line=3, at=START, side=Side.PURCHASE, member="Bob", category="phones", name="", price=10000,
                 currency="USD", until=None),
    ]  # fmt: skip
    found = results(replay(rows))
    assert [deal.selling_price for deal in found.deals] == [8800]
    assert [str(row[5]) for row in found.entries.table().rows][:2] == [
        str(Money(9200, "USD")),
        str(Money(-9200, "USD")),
    ]
