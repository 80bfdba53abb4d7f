"""The analysis and the histories: figures, ranks with ties and pages, what is unsold, best-selling first (spec M8)."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import CategoryOrder, ComplaintKind, DealNumber, Figures, MemberDesk, Money, RankBy
from brokerage.errors import (
    BrokerageError,
    InvalidChoice,
    InvalidCursor,
    InvalidText,
    UnknownCategory,
    UnknownCurrency,
    UnknownMember,
)
from brokerage.pages import PageMarks
from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import Tally
from brokerage.services.analysis import Reports
from builders import DAY, World, trade, world
from finished_deals import agreed, completed


def market() -> tuple[World, MemberDesk, MemberDesk, MemberDesk]:
    """Return a market in which Ann has sold two in goods and one in phones, and Bob two in phones."""
    place = world()
    place.broker.office.add_category("Phones", rate="0.10", name="Telephones", group="devices")
    ann, bob, eve = (place.join(name) for name in ("Ann", "Bob", "Eve"))
    completed(place, ann, bob, 10_00)
    completed(place, ann, eve, 20_00)
    completed(place, ann, eve, 500, "phones", "JPY")
    completed(place, bob, eve, 40_00, "phones")
    completed(place, bob, ann, 5_00, "phones")
    ann.cancel(ann.sell("services", "Thing", min_price=5, currency="USD"))
    return place, ann, bob, eve


def rows(found: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a listing as it shows itself."""
    return [tuple(row) for shown in found for row in shown.table().rows]


def test_a_members_figures() -> None:
    """A member has a line for each category and currency, and one for each currency over all categories."""
    place, ann, _, _ = market()
    analysis = place.broker.office.analysis
    zero = Money(0, "USD")
    found = analysis.member(ann.number)
    assert [(f.category, f.currency, f.offered, f.sold, f.unsold, f.bought) for f in found] == [
        ("goods", "USD", 2, 2, 0, 0),
        ("Phones", "JPY", 1, 1, 0, 0),
        ("Phones", "USD", 0, 0, 0, 1),
        ("services", "USD", 1, 0, 1, 0),
    ]
    assert analysis.totals(ann.number)[1] == Figures(
        ann.number, None, "USD", 3, 2, 1, 0, 1, 1, 0, Money(30_00, "USD"), Money(5_00, "USD")
    )
    assert (found[0].sold_for, found[0].bought_for) == (Money(30_00, "USD"), zero)
    nobody = place.join("Dan").number
    assert len(analysis.member(nobody)) == len(analysis.totals(nobody)) == 0
    assert "30.00 USD" in found.table().text()
    assert found.table().html().count("<tr>") == 5


def test_a_categorys_figures() -> None:
    """A category has a line for each currency, over all members; so has the whole market."""
    place, _, _, _ = market()
    analysis = place.broker.office.analysis
    assert [(f.box, f.category, f.sold_for, f.wanted) for f in analysis.category("PHONES")] == [
        (None, "Phones", Money(500, "JPY"), 1),
        (None, "Phones", Money(45_00, "USD"), 2),
    ]
    assert [(f.category, f.sold, f.sold_for) for f in analysis.totals()] == [
        (None, 1, Money(500, "JPY")),
        (None, 4, Money(75_00, "USD")),
    ]
    assert len(analysis.category("services")) == 1
    with pytest.raises(UnknownCategory):
        analysis.category("unheard of")


def test_ranks_of_categories() -> None:
    """Categories rank by a number over all currencies, or by an amount in one; what has nothing of it has no rank."""
    place, ann, bob, _ = market()
    analysis = place.broker.office.analysis
    assert rows(analysis.category_ranks()) == [(1, "Phones", 3, None), (2, "goods", 2, None)]
    assert rows(analysis.category_ranks(RankBy.SOLD_AMOUNT, currency="USD")) == [
        (1, "Phones", None, Money(45_00, "USD")),
        (2, "goods", None, Money(30_00, "USD")),
    ]
    assert rows(analysis.category_ranks(RankBy.SOLD, currency="USD")) == [(1, "goods", 2, None), (1, "Phones", 2, None)]
    assert rows(analysis.category_ranks(RankBy.UNSOLD)) == [(1, "services", 1, None)]
    assert rows(analysis.category_ranks(RankBy.UNMET)) == []
    completed(place, ann, bob, 1)
    assert [rank.rank for rank in analysis.category_ranks()] == [1, 1]


def test_ranks_of_members() -> None:
    """Members rank over all categories or within one, and equal ones share a rank and come by box."""
    place, ann, bob, eve = market()
    analysis = place.broker.office.analysis
    assert rows(analysis.member_ranks()) == [(1, ann.number, 3, None), (2, bob.number, 2, None)]
    assert rows(analysis.member_ranks(category="phones")) == [(1, bob.number, 2, None), (2, ann.number, 1, None)]
    assert rows(analysis.member_ranks(RankBy.DEALS)) == [
        (1, ann.number, 4, None),
        (2, bob.number, 3, None),
        (2, eve.number, 3, None),
    ]
    assert rows(analysis.member_ranks(RankBy.AMOUNT, currency="USD")) == [
        (1, eve.number, None, Money(60_00, "USD")),
        (2, bob.number, None, Money(55_00, "USD")),
        (3, ann.number, None, Money(35_00, "USD")),
    ]
    assert rows(analysis.member_ranks(RankBy.BOUGHT_AMOUNT, currency="JPY")) == [
        (1, eve.number, None, Money(500, "JPY"))
    ]


@pytest.mark.parametrize("by", [RankBy.SOLD_AMOUNT, RankBy.BOUGHT_AMOUNT, RankBy.AMOUNT])
def test_amounts_are_ranked_in_one_currency(by: RankBy) -> None:
    """Amounts of different currencies are never compared, and nothing unknown is ranked by."""
    analysis = world().broker.office.analysis
    for ranks in (analysis.category_ranks, analysis.member_ranks):
        with pytest.raises(InvalidChoice):
            ranks(by)
        with pytest.raises(UnknownCurrency):
            ranks(by, currency="DOLLARS")
        with pytest.raises(InvalidChoice):
            ranks("sold")  # type: ignore[arg-type]


@settings(deadline=None, max_examples=60)
@given(
    sold=st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["EUR", "USD"]), st.integers(0, 3)), max_size=12),
    size=st.integers(1, 4),
    currency=st.sampled_from([None, "USD"]),
)
def test_pages_of_ranks_are_the_whole(sold: list[tuple[int, str, int]], size: int, currency: str | None) -> None:
    """Page after page gives each member once, in order, with the rank that counting who is better gives."""
    place = world()
    tallies = {(box, code): count for box, code, count in sold}
    values: Counter[int] = Counter()
    for (box, code), count in tallies.items():
        tally = Tally(BoxNumber(box), "", code, sold=count)
        place.store.run(lambda tx, tally=tally: tx.tallies.add(tally))  # type: ignore[misc]
        values[box] += count if currency in (None, code) else 0
    place.store.run(lambda tx: tx.tallies.add(Tally(BoxNumber(0), "", "USD", sold=99)))
    reports = Reports(PageMarks(b"a key"))
    found: list[tuple[int, int, int | None]] = []
    mark = None
    while True:
        start = reports.place(RankBy.SOLD, currency, "", mark)
        page = place.read(lambda tx, start=start: reports.member_ranks(tx, RankBy.SOLD, currency, "", size, start))  # type: ignore[misc]
        assert len(page) == size or page.next is None
        found += [(row.rank, row.box, row.number) for row in page]
        mark = page.next
        if mark is None:
            break
    expected = [
        (1 + sum(other > value for other in values.values()), box, value)
        for box, value in sorted(values.items(), key=lambda item: (-item[1], item[0]))
        if value
    ]
    assert expected == found


def test_a_mark_belongs_to_its_ranks() -> None:
    """The mark of one list of ranks is no mark of another."""
    place, _, _, _ = market()
    analysis = place.broker.office.analysis
    page = analysis.member_ranks(size=1)
    assert page.next is not None
    assert [row.rank for row in analysis.member_ranks(size=1, after=page.next)] == [2]
    for other in ({"by": RankBy.DEALS}, {"currency": "USD"}, {"category": "phones"}):
        with pytest.raises(InvalidCursor):
            analysis.member_ranks(after=page.next, **other)


def test_what_is_unsold() -> None:
    """Sale offers that ended without a deal are counted over all currencies, the most first."""
    place, ann, _, _ = market()
    analysis = place.broker.office.analysis
    ann.sell("goods", "Thing", min_price=5, currency="USD")
    assert rows(analysis.unsold()) == [
        ("services", 1, 0, 1, 0),
        ("goods", 3, 2, 0, 1),
        ("Phones", 3, 3, 0, 0),
    ]
    assert rows(analysis.unsold("phones")) == [("Phones", 3, 3, 0, 0)]
    with pytest.raises(UnknownCategory):
        analysis.unsold("unheard of")


def test_categories_come_best_selling_first() -> None:
    """The office orders them as things are, a desk as of when the running totals were last brought up to date."""
    place, ann, bob, _ = market()
    assert [view.code for view in ann.categories()] == ["goods", "Phones", "services"]
    assert [category.code for category in place.broker.office.categories()] == ["Phones", "goods", "services"]
    assert [view.code for view in ann.categories()] == ["Phones", "goods", "services"]
    by_code = place.broker.office.categories(order=CategoryOrder.CODE)
    assert [category.code for category in by_code] == ["goods", "Phones", "services"]
    assert ann.categories().table().rows[0] == ("Phones", "Telephones", "devices")
    assert place.broker.office.categories().table().rows[0][3:5] == (by_code[1].rate, "spread")
    for _ in range(2):
        completed(place, ann, bob, 1)
    assert [category.code for category in place.broker.office.categories()] == ["goods", "Phones", "services"]
    with pytest.raises(InvalidChoice):
        place.broker.office.categories(order="by code")  # type: ignore[arg-type]


def test_a_members_own_history() -> None:
    """A member reads what he or she sold and bought, newest first, at the own price alone, whatever became of it."""
    made = trade(world())
    place, ann, bob = made.world, made.ann, made.bob
    place.wait(7 * DAY)
    deal = completed(place, bob, ann, 30_00)
    columns = ["deal", "side", "offer", "category", "name", "price", "status", "agreed_at", "ended_at"]
    now, then = place.clock.now(), made.deal.agreed_at
    hers = ann.account.history()
    assert [tuple(getattr(row, name) for name in columns) for row in hers] == [
        (2, "Purchase", deal.purchase, "goods", "Thing", Money(30_00, "USD"), "Paid/Commodity Delivered", now, now),
        (1, "Sale", made.sale, "goods", "Thing", Money(88_00, "USD"), "Lapsed", then, now),
    ]
    his = bob.account.history()
    assert [(row.side, row.offer, row.price) for row in his] == [
        ("Sale", deal.sale, Money(30_00, "USD")),
        ("Purchase", made.purchase, Money(92_00, "USD")),
    ]
    assert "92" not in hers.table().text() + hers.table().html()
    first = ann.account.history(size=1)
    assert [row.deal for row in ann.account.history(size=1, after=first.next)] == [1]
    assert len(place.join("Eve").account.history()) == 0
    with pytest.raises(InvalidCursor):
        ann.account.history(after=ann.deals(size=1).next)


def test_a_history_for_the_manager() -> None:
    """The manager sees a member's deals with the other party and both prices."""
    made = trade(world())
    place, ann, bob = made.world, made.ann, made.bob
    agreed(place, bob, ann, 30_00)
    history = place.broker.office.analysis.history
    assert [
        (row.side, row.counterpart, row.state, row.selling_price, row.buying_price) for row in history(ann.number)
    ] == [
        ("Purchase", bob.number, "AGREED", Money(30_00, "USD"), Money(30_00, "USD")),
        ("Sale", bob.number, "AGREED", Money(88_00, "USD"), Money(92_00, "USD")),
    ]
    first = history(bob.number, size=1)
    assert [row.side for row in history(bob.number, size=1, after=first.next)] == ["Purchase"]
    assert "92.00 USD" in history(bob.number).table().text()
    with pytest.raises(InvalidCursor):
        history(ann.number, after=ann.account.history(size=1).next)


def test_histories_are_flagged_with_complaints() -> None:
    """Both histories say who complained and about whom while a complaint stands, and neither once it is annulled."""
    made = trade(world())
    place, ann, bob = made.world, made.ann, made.bob
    agreed(place, bob, ann, 30_00)
    office = place.broker.office

    def flags() -> list[list[tuple[DealNumber, bool, bool]]]:
        pages = [desk.account.history() for desk in (ann, bob)]
        seen = [[(row.deal, row.complained, row.complained_about) for row in page] for page in pages]
        for desk, rows in zip((ann, bob), seen, strict=True):
            found = office.analysis.history(desk.number)
            assert rows == [(row.number, row.complained, row.complained_about) for row in found]
        return seen

    nothing = [[(2, False, False), (1, False, False)]] * 2
    assert flags() == nothing
    complaint = bob.complaints.file(made.number, ComplaintKind.DELAY, "too slow")
    assert flags() == [[(2, False, False), (1, False, True)], [(2, False, False), (1, True, False)]]
    assert "too slow" not in ann.account.history().table().text()
    office.complaints.annul(complaint.number, "it was in time")
    assert flags() == nothing


NOBODYS: list[Any] = [0, -1, 3, True, None, "1", 1.5, []]
WRONG: list[tuple[Callable[[Any], object], type[BrokerageError], str]] = [
    *((lambda a, box=box: a.member(box), UnknownMember, "box") for box in NOBODYS),
    *((lambda a, box=box: a.totals(box), UnknownMember, "box") for box in (0, 3, "1")),
    *((lambda a, box=box: a.history(box), UnknownMember, "box") for box in (0, 3, None)),
    (lambda a: a.history(1, size=0), InvalidChoice, "size"),
    (lambda a: a.history(1, after="x"), InvalidCursor, "after"),
    (lambda a: a.category("nothing"), UnknownCategory, "category"),
    (lambda a: a.category(" "), InvalidText, "category"),
    (lambda a: a.unsold("nothing"), UnknownCategory, "category"),
    (lambda a: a.member_ranks(category="nothing"), UnknownCategory, "category"),
    (lambda a: a.member_ranks(size=1001), InvalidChoice, "size"),
    (lambda a: a.member_ranks(after="x"), InvalidCursor, "after"),
    (lambda a: a.member_ranks(5), InvalidChoice, "by"),
    (lambda a: a.category_ranks(RankBy.AMOUNT), InvalidChoice, "currency"),
    (lambda a: a.category_ranks(currency="usd"), UnknownCurrency, "currency"),
    (lambda a: a.rate("best"), InvalidChoice, "rating"),
]


@pytest.mark.parametrize(("call", "error", "field"), WRONG)
def test_what_is_wrong_is_refused_and_changes_nothing(
    call: Callable[[Any], object], error: type[BrokerageError], field: str
) -> None:
    """What nobody can be asked is refused by name, before anything is counted."""
    made = trade(world())
    before = made.world.state()
    with pytest.raises(error) as caught:
        call(made.world.broker.office.analysis)
    assert error is type(caught.value)
    assert field == caught.value.field
    assert before == made.world.state()
