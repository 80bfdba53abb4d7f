"""The in-memory store's books, queues and logs, each against a simple list that says what it must hold."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import Terms
from brokerage.adapters.memory import MemoryStore
from brokerage.adapters.memory.books import DueQueue, LimitLog, instant_of, number_of, pack, time_of
from brokerage.ports import Ladder, Position, Transaction
from brokerage.records.numbers import Arrival, BoxNumber, DealNumber, OfferNumber, PersonNumber
from brokerage.records.offers import Offer, PurchaseOffer, SaleOffer, Standing, agree, cancel, tell
from builders import START

pytestmark = pytest.mark.once

HALF_A_BUCKET = 1 << 29
PRICES = st.one_of(st.integers(0, 6), st.sampled_from([10**15 - 1, 10**15]))
Cursor = tuple[Position | None, Callable[[Offer], bool]]
SLOW_TERMS, QUICK_TERMS = Terms(Decimal("0.1")), Terms(Decimal("0.2"))


@given(st.lists(st.one_of(st.tuples(st.integers(1, 3), PRICES), st.integers(0, 30)), max_size=60))
@settings(deadline=None, max_examples=100)
def test_the_log_of_limits(steps: list[tuple[int, int] | int]) -> None:
    """After any additions and removals the log finds the sales that a plain list of them finds, from every place."""
    log: LimitLog[OfferNumber] = LimitLog()
    kept: list[tuple[int, int, int] | None] = []
    deals: list[int] = []
    for step in steps:
        if isinstance(step, int):
            if deals:
                at = step % len(deals)
                log.remove(DealNumber(deals[at]))
                kept[at] = None
            continue
        gap, min_price = step
        deal = (deals[-1] if deals else 0) + gap
        deals.append(deal)
        kept.append((deal, deal + 100, min_price))
        log.add(DealNumber(deal), OfferNumber(deal + 100), min_price)
    for after in range((deals[-1] if deals else 0) + 2):
        for up_to in (0, 2, 6, 10**15):
            found, key = [], after
            while (first := log.first(key, up_to)) is not None:
                key = first[0]
                found.append(first[1])
            assert [row[1] for row in kept if row and row[0] > after and row[2] <= up_to] == found


def test_a_sale_that_is_lost_again_under_the_same_deal() -> None:
    """A removal that is undone puts the sale back where it stood, and leaves the later ones alone."""
    log: LimitLog[OfferNumber] = LimitLog()
    for number in (2, 5, 9):
        log.add(DealNumber(number), OfferNumber(number), number)
    log.remove(DealNumber(5))
    log.add(DealNumber(5), OfferNumber(5), 5)
    assert [log.first(key, 10) for key in (0, 2, 5)] == [(2, 2), (5, 5), (9, 9)]
    assert log.first(9, 10) is None
    assert log.first(0, 1) is None


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("set"), st.integers(1, 6), st.one_of(st.none(), st.integers(0, 9))),
            st.tuples(st.just("due"), st.integers(0, 9), st.integers(1, 4)),
            st.tuples(st.just("next"), st.just(0), st.just(0)),
        ),
        max_size=50,
    )
)
@settings(deadline=None, max_examples=150)
def test_the_queue_of_what_is_due(steps: list[tuple[str, int, int | None]]) -> None:
    """After any changes of times the queue gives the numbers that a sorted list of the present times gives."""
    times: dict[int, int] = {}
    queue = DueQueue(times.get)
    for kind, number, value in steps:
        if kind == "set":
            if value is None:
                times.pop(number, None)
            else:
                times[number] = value * HALF_A_BUCKET
                queue.push(times[number], number)
        elif kind == "due":
            now = number * HALF_A_BUCKET
            expected = sorted((time, key) for key, time in times.items() if time <= now)
            assert [key for _, key in expected][:value] == queue.due(now, value or 1)
        else:
            assert min(times.values(), default=None) == queue.next()


@pytest.mark.parametrize(
    "time",
    [START, datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)],
)
def test_times_are_kept_to_the_microsecond(time: datetime) -> None:
    """A time that becomes a whole number of microseconds comes back as it was."""
    assert time == time_of(instant_of(time))


@given(st.integers(0, 10**15), st.integers(0, 2**40 - 1), st.integers(0, 10**15), st.integers(0, 2**40 - 1))
@settings(deadline=None)
def test_packed_places_sort_as_pairs(high: int, number: int, other: int, last: int) -> None:
    """Packed integers stand in the order of the pairs that they hold."""
    assert ((high, number) < (other, last)) == (pack(high, number) < pack(other, last))
    assert number == number_of(pack(high, number))


def sale(number: int, min_price: int, terms: Terms, factor: Decimal) -> SaleOffer:
    """Return a sale of a small market."""
    return SaleOffer(
        number=OfferNumber(number),
        box=BoxNumber(1),
        person=PersonNumber(1),
        category="goods",
        currency="USD",
        name="Thing",
        min_price=min_price,
        limit=None,
        terms=terms,
        factor=factor,
        offered_at=START,
        arrival=Arrival(1000 - number),
        arrived_at=START,
    )


def purchase(number: int, max_price: int) -> PurchaseOffer:
    """Return a purchase of a small market."""
    return PurchaseOffer(
        number=OfferNumber(number),
        box=BoxNumber(2),
        person=PersonNumber(2),
        category="goods",
        currency="USD",
        max_price=max_price,
        limit=None,
        factor=Decimal(1),
        offered_at=START,
        arrival=Arrival(1000 - number),
        arrived_at=START,
    )


OFFERS = st.tuples(
    st.booleans(),
    PRICES,
    st.sampled_from([SLOW_TERMS, QUICK_TERMS]),
    st.sampled_from([Decimal(1), Decimal("0.5")]),
    st.booleans(),
    st.sampled_from(["stays", "stays", "told", "cancelled", "agreed", "reopened"]),
)


def limit_of(offer: Offer) -> int:
    """Return SPmin or BPmax."""
    return offer.min_price if isinstance(offer, SaleOffer) else offer.max_price


@given(st.lists(OFFERS, max_size=50), PRICES, PRICES, st.integers(0, 50))
@settings(deadline=None, max_examples=80)
def test_the_books(
    rows: list[tuple[bool, int, Terms, Decimal, bool, str]], bound: int, after_price: int, after: int
) -> None:
    """Every list of the books equals the sorted list of the offers that belong there, with a cursor and without."""
    store = MemoryStore()
    kept: list[Offer] = []
    lost: list[tuple[int, SaleOffer]] = []
    told, shown = set[int](), {number for number, row in enumerate(rows, start=1) if row[4]}
    for number, (is_sale, price, terms, factor, visible, fate) in enumerate(rows, start=1):
        offer: Offer = sale(number, price, terms, factor) if is_sale else purchase(number, price)
        standing = Standing(visible)
        store.run(lambda tx, offer=offer, standing=standing: tx.offers.add(offer, standing))  # type: ignore[misc]
        deal = DealNumber(2 * number)
        new = offer
        if fate == "told":
            store.run(lambda tx, offer=offer, old=standing: tx.offers.stand(offer, old, tell(old)))  # type: ignore[misc]
            told.add(number)
        elif fate == "cancelled":
            new = cancel(offer)
        elif fate in ("agreed", "reopened"):
            new = agree(offer, deal)
        if new is not offer:
            store.run(lambda tx, old=offer, new=new: tx.offers.replace(old, new))  # type: ignore[misc]
        if fate == "reopened":
            again = evolve(new, state=offer.state, deal=None, version=new.version + 1)
            store.run(lambda tx, old=new, new=again: tx.offers.replace(old, new))  # type: ignore[misc]
            new = again
        kept.append(new)
        if fate == "agreed" and isinstance(new, SaleOffer):
            lost.append((deal, new))
    stand = [offer for offer in kept if offer.number in shown and offer.state is offer.state.OPEN]
    sales = sorted((o for o in stand if isinstance(o, SaleOffer)), key=lambda o: (o.min_price, o.number))
    purchases = sorted((o for o in stand if isinstance(o, PurchaseOffer)), key=lambda o: (o.max_price, o.number))[::-1]
    cursor, first = (after_price, after), OfferNumber(after)
    with_cursor: list[Cursor] = [(None, lambda _: True), (cursor, lambda o: (limit_of(o), o.number) > cursor)]
    downwards: list[Cursor] = [(None, lambda _: True), (cursor, lambda o: (limit_of(o), o.number) < cursor)]

    def compare(tx: Transaction) -> None:
        offers = tx.offers
        keys = {(o.terms, o.factor) for o in sales}
        ladders = offers.ladders("goods", "USD")
        assert {Ladder("goods", "USD", *key) for key in keys} == set(ladders)
        assert len(keys) == len(ladders)
        for at, suits in with_cursor:
            for ladder in ladders:
                mine = [o for o in sales if (o.terms, o.factor) == (ladder.terms, ladder.factor)]
                expected = [o for o in mine if o.min_price <= bound and suits(o)]
                assert expected == list(offers.ladder(ladder, bound, at))
            untold = [o for o in sales if o.number not in told and o.min_price <= bound and suits(o)]
            assert untold == list(offers.untold_sales("goods", "USD", bound, at))
        for at, suits in downwards:
            matching = [o for o in purchases if o.max_price >= bound and suits(o)]
            assert matching == list(offers.purchases("goods", "USD", bound, at))
            assert [o for o in matching if o.number not in told] == list(
                offers.untold_purchases("goods", "USD", bound, at)
            )
        unsold = sorted((o for o in sales if o.number > after), key=lambda o: o.number)
        assert unsold == list(offers.unsold("goods", first))
        listed = [o for o in kept if isinstance(o, SaleOffer) and not o.filed and o.number > after]
        assert listed == list(offers.listed_sales("goods", first))
        waiting = [o for o in reversed(kept) if o.number not in shown and o.state is o.state.OPEN]
        assert waiting[:7] == offers.waiting(7)
        expected_lost = [o for deal, o in lost if deal > after and o.min_price <= bound]
        assert expected_lost == list(offers.lost_sales("goods", "USD", DealNumber(after), bound))
        assert any(o.state is not o.state.CLOSED for o in kept) == offers.has_unfinished("goods")
        mine_of = [o for o in kept if o.box == 1 and not o.filed]
        assert mine_of == offers.of_member(BoxNumber(1))
        assert list(offers.purchases("goods", "EUR", 0)) == []

    store.read(compare)
