"""Pages of candidates out of the ladders, and the marks between them (spec B1, X1)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import Carriage, Margin, Rounding, Terms
from brokerage.errors import InvalidCursor
from brokerage.headings import CANDIDATES
from brokerage.money import Money
from brokerage.pages import Page
from brokerage.pricing import determine
from brokerage.records.numbers import Arrival, DealNumber, PersonNumber
from brokerage.records.offers import (
    WAITING,
    Details,
    PurchaseOffer,
    Requirements,
    SaleOffer,
    agree,
    amend,
    cancel,
)
from builders import START
from small_books import HOUR, TERMS, purchase, sale
from small_markets import IS_RED, RED, WANT, market

DEAR = Terms("0.5", Margin.ON_PRICE, rounding=Rounding.UP)


def sales_on(page: "Page[Any]") -> list[int]:
    """Return the numbers of the sales on a page."""
    return [view.sale for view in page]


def buying_price(offer: SaleOffer, want: PurchaseOffer) -> int:
    """Return what a buyer pays for a sale."""
    rate = offer.terms.pair_rate(offer.factor, want.factor)
    return int(determine(offer.min_price, want.max_price, rate, offer.terms.margin, offer.terms.rounding)[1])


def in_order(offers: Sequence[SaleOffer], want: PurchaseOffer) -> list[SaleOffer]:
    """Return the candidates of a purchase as one sorts them who knows everything."""
    suiting = [
        offer
        for offer in offers
        if offer.min_price <= want.max_price
        and offer.person != want.person
        and (offer.limit is None or offer.limit > START)
        and (want.requirements is None or want.requirements.met_by(offer))
    ]
    return sorted(suiting, key=lambda offer: (buying_price(offer, want), offer.min_price, offer.number))


ROWS = st.tuples(
    st.integers(0, 12),
    st.sampled_from([TERMS, DEAR, Terms("0"), Terms("0.5")]),
    st.sampled_from([Decimal(1), Decimal("0.5")]),
    st.sampled_from([1, 1, 1, 2]),
    st.sampled_from([None, START, START + HOUR]),
    st.booleans(),
)


@given(
    st.lists(ROWS, max_size=25), st.integers(0, 12), st.sampled_from([None, RED]), st.integers(1, 4), st.integers(1, 5)
)
@settings(deadline=None, max_examples=120)
def test_pages_are_parts_of_the_sorted_list(
    rows: list[tuple[int, Terms, Decimal, int, datetime | None, bool]],
    highest: int,
    requirements: Requirements | None,
    size: int,
    bound: int,
) -> None:
    """Page by page a buyer reads every candidate once, cheapest first, at the prices of the equations (B1, P11)."""
    sales = [
        sale(
            number,
            min_price,
            limit,
            terms=terms,
            factor=factor,
            person=PersonNumber(person),
            details=IS_RED if is_red else Details(),
        )
        for number, (min_price, terms, factor, person, limit, is_red) in enumerate(rows, start=1)
    ]
    want = purchase(100, highest, factor=Decimal("0.9"), requirements=requirements)
    pages = market(*sales, want, checks_per_page=bound).pages(want, size)
    expected = in_order(sales, want)
    assert [offer.number for offer in expected] == [number for page in pages for number in sales_on(page)]
    prices = [view.price.units for page in pages for view in page]
    assert [buying_price(offer, want) for offer in expected] == prices
    assert all(len(page) == size or page.may_be_more or page.next is None for page in pages)


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("other", [Terms("0"), Terms("0.5"), DEAR, Terms("0.3", Margin.LESSER)])
def test_every_place_in_two_ladders(other: Terms, step: int) -> None:
    """Wherever a page ends, the next one goes on in both ladders, with neither a gap nor anything twice."""
    prices = [(price, terms) for price in range(12) for terms in (TERMS, other)]
    sales = [sale(number, price, terms=terms) for number, (price, terms) in enumerate(prices[::step], start=1)]
    for highest in (0, 1, 10, 11):
        want = purchase(100, highest)
        place, expected = market(*sales, want), [offer.number for offer in in_order(sales, want)]
        for size in (1, 2, 3):
            assert expected == [number for page in place.pages(want, size) for number in sales_on(page)]


def test_the_last_page() -> None:
    """A full page has a mark only if there is another candidate, and no page says that there may be more."""
    place = market(*(sale(number) for number in range(1, 5)), WANT)
    assert [(sales_on(page), page.next is None, page.may_be_more) for page in place.pages(WANT, 2)] == [
        ([1, 2], False, False),
        ([3, 4], True, False),
    ]
    assert [(sales_on(page), page.next is None, page.may_be_more) for page in place.pages(WANT, 3)] == [
        ([1, 2, 3], False, False),
        ([4], True, False),
    ]


def test_a_page_stops_at_the_bound() -> None:
    """After so many unsuitable sales a page says that there may be more, and the next goes on behind them."""
    own = [sale(number, 10, person=PersonNumber(2)) for number in (1, 2, 3)]
    place = market(*own, sale(4, 5), sale(5, 20), sale(6, 10, person=PersonNumber(2)), WANT, checks_per_page=2)
    assert [(sales_on(page), page.next is None, page.may_be_more) for page in place.pages(WANT, 5)] == [
        ([4], False, True),
        ([], False, True),
        ([5], True, False),
    ]
    place = market(*own[:2], WANT, checks_per_page=2)
    assert [(sales_on(page), page.next is None, page.may_be_more) for page in place.pages(WANT, 5)] == [
        ([], True, False),
    ]


def test_a_page_as_a_table() -> None:
    """Pages have the headings of candidates, whether they hold any, are full, or stay empty."""
    place = market(sale(1), sale(2), WANT)
    for page in (place.page(size=1), place.page(), market(WANT).page(), place.page(cancel(WANT))):
        assert CANDIDATES.headings == page.table().headings
        assert CANDIDATES.headings == page.headings.headings


def test_a_view_of_a_candidate() -> None:
    """A buyer sees the price of the pair, the carriage, what both come to, and that nothing is decided yet."""
    place = market(sale(1, name="Pixel", details=IS_RED), WANT, carriage=Carriage("Cart", "account", {"USD": "0.05"}))
    [view] = place.page()
    assert (view.status, view.name, view.details) == ("Purchase Undecided", "Pixel", IS_RED)
    # Pi 90, M = 20 × 0.1
    assert (Money(92, "USD"), Money(5, "USD"), Money(97, "USD")) == (view.price, view.carriage, view.total)


def test_who_has_no_candidates() -> None:
    """A purchase that waits, has ended or is past its limit has no page."""
    limited = purchase(101, 100, START + HOUR)
    place = market(sale(1), limited)
    place.add(WANT, WAITING)
    assert sales_on(place.page()) == []
    assert sales_on(place.page(limited)) == [1]
    assert sales_on(place.page(limited, now=START + HOUR)) == []
    assert sales_on(place.page(agree(limited, DealNumber(1)))) == []


def test_what_is_no_mark_of_the_list() -> None:
    """A mark that was made up, or belongs to another purchase, is refused under its argument."""
    other = purchase(101, 100)
    place = market(sale(1), sale(2), WANT, other)
    mark = place.page(size=1).next
    assert mark is not None
    assert sales_on(place.page(after=mark)) == [2]
    for want, after in ((other, mark), (WANT, mark[:-4]), (WANT, "")):
        with pytest.raises(InvalidCursor) as caught:
            place.page(want, after=after)
        assert caught.value.field == "after"


def test_a_mark_on_a_sale_that_is_gone() -> None:
    """Pages go on behind a sale that was sold or cancelled meanwhile."""
    place = market(sale(1, 70), sale(2, 80), sale(3, 80), sale(4, 90), WANT)
    mark = place.page(size=2).next
    place.replace(sale(2, 80), cancel(sale(2, 80)))
    assert sales_on(place.page(after=mark)) == [3, 4]


def test_a_mark_on_a_sale_that_was_amended() -> None:
    """A sale that was amended stands elsewhere, and a mark on it no longer stands."""
    place = market(sale(1), sale(2), WANT)
    mark = place.page(size=1).next
    place.replace(sale(1), amend(sale(1), Arrival(300), START, name="Other"))
    with pytest.raises(InvalidCursor):
        place.page(after=mark)
    again = place.page(size=1).next
    assert sales_on(place.page(after=again)) == [2]


@pytest.mark.parametrize(
    ("number", "changes"),
    [(9, 0), (9, -1), (50, 0), (3, 0)],
    ids=["nothing", "nothing at all", "a purchase", "too dear"],
)
def test_a_mark_that_stands_on_nothing(number: int, changes: int) -> None:
    """Even under the broker's own seal, a mark on what is no sale within the buyer's limit is refused."""
    place = market(sale(1), sale(3, 101), purchase(50, 100), WANT)
    mark = place.candidates.marks.write("candidates", WANT.number, number, bound=changes)
    with pytest.raises(InvalidCursor) as caught:
        place.page(after=mark)
    assert (caught.value.field, caught.value.value) == ("after", mark)


def test_a_mark_on_a_sale_at_the_limit() -> None:
    """A mark may stand on the dearest sale there can be for this buyer."""
    place = market(sale(1, 100), sale(2, 100), WANT)
    mark = place.page(size=1).next
    assert sales_on(place.page(after=mark)) == [2]
