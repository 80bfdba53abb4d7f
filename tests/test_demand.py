"""Sellers see the pooled demand and nothing of whose it is; it is always what the reservations add up to (N2, B3)."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import MemberDesk, OfferNumber
from brokerage.errors import UnknownOffer
from brokerage.ports import Series, Transaction
from brokerage.records.numbers import Arrival
from brokerage.records.reservations import ReservationState
from brokerage.records.watches import When
from brokerage.services.reserving.pool import free
from brokerage.tables import Shown
from builders import DAY, immediate
from reserved import Announced, announced, taken
from test_cost import lines_of

pytestmark = pytest.mark.once

ACTS = ("reserve", "amend", "cancel", "take", "free", "day", "sweep")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(ACTS), st.integers(0, 9), st.integers(1, 4), st.integers(998, 1002), st.integers(-1, 3)
        ),
        max_size=40,
    )
)
def test_the_pool_is_what_a_naive_recount_says(acts: list[tuple[str, int, int, int, int]]) -> None:
    """Whatever happens, the demand is the sum over open reservations whose day is not over, swept or not."""
    scene = announced(immediate(open_offer_count=None))
    numbers: list[OfferNumber] = []
    for act, at, quantity, price, days in acts:
        wanted = None if days < 0 else scene.today + timedelta(days=days)
        if act == "reserve":
            numbers.append(scene.reserve((scene.bob, scene.cy)[at % 2], quantity, price, wanted_by=wanted))
        elif act == "day":
            scene.place.clock.set(scene.now + DAY)
        elif act == "sweep":
            scene.place.broker.run_due()
        elif numbers:
            _step(scene, act, numbers[at % len(numbers)], quantity, price, wanted)
        assert _recounted(scene, numbers) == scene.pool()
    live = [scene.reservation(number) for number in numbers]
    open_ones = [one for one in live if one.state is ReservationState.OPEN]
    assert (len(open_ones), sum(one.quantity for one in open_ones)) == (scene.demand.reservations, scene.demand.units)
    for desk in (scene.bob, scene.cy):
        pending = [one for one in live if one.box == desk.number and one.state is not ReservationState.CLOSED]
        assert len(pending) == scene.open_offers(desk)


def _step(scene: Announced, act: str, number: OfferNumber, quantity: int, price: int, wanted: date | None) -> None:
    one = scene.reservation(number)
    desk = scene.bob if one.box == scene.bob.number else scene.cy
    is_live = one.state is ReservationState.OPEN and (one.wanted_by is None or scene.today <= one.wanted_by)
    if act == "amend" and is_live:
        desk.buyer.amend(number, quantity=quantity, max_price=price, wanted_by=wanted)
    elif act == "cancel" and is_live:
        desk.buyer.cancel(number)
    elif act == "take" and is_live:
        taken(scene, number)
    elif act == "free" and one.state is ReservationState.ASKED:
        scene.place.store.run(lambda tx: free(tx, one, scene.now))


def _recounted(scene: Announced, numbers: list[OfferNumber]) -> list[tuple[str, int, int]]:
    units: Counter[int] = Counter()
    for number in numbers:
        one = scene.reservation(number)
        if one.state is ReservationState.OPEN and (one.wanted_by is None or scene.today <= one.wanted_by):
            units[one.max_price] += one.quantity
    prices = sorted(units, reverse=True)
    return [
        (f"{price / 100:.2f}", units[price], sum(units[other] for other in prices if other >= price))
        for price in prices
    ]


def test_the_demand_is_a_table_of_prices() -> None:
    """The highest price comes first; the total stands above, and an item without reservations has no rows."""
    scene = announced()
    assert (scene.sue.seller.demand(scene.item).units, scene.sue.seller.demand(scene.item).rows) == (0, ())
    scene.reserve(scene.bob, 3, "10.00")
    scene.reserve(scene.cy, 2, "12.00")
    scene.reserve(scene.bob, 5, "12.00")
    view = scene.cy.seller.demand(scene.item)
    assert view == scene.office.items.demand(scene.item)
    assert ("Pad", "goods", 10, scene.fact.release_at) == (view.name, view.category, view.units, view.release_at)
    assert scene.pool() == [("12.00", 7, 7), ("10.00", 3, 10)]
    assert "12.00 USD  7        7" in view.table().text()
    assert [scene.bob.number, scene.cy.number, scene.bob.number] == [
        file.box for file in scene.office.items.reservations(scene.item)
    ]


@frozen
class Wish:
    """One reservation of a story: how much at what limit, and whether it is cancelled later."""

    quantity: int
    price: int
    is_cancelled: bool


WISHES = st.lists(st.builds(Wish, st.integers(1, 5), st.integers(1, 3000), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_seller_sees_the_same_whoever_reserved(data: st.DataObject) -> None:
    """Two worlds that differ in who reserved give a seller byte-identical views and mails."""
    wishes = data.draw(WISHES)
    buyers = st.lists(st.integers(0, 2), min_size=len(wishes), max_size=len(wishes))
    worlds = [_told_to_a_seller(wishes, data.draw(buyers)) for _ in range(2)]
    assert worlds[0] == worlds[1]


def _told_to_a_seller(wishes: list[Wish], buyers: list[int]) -> list[object]:
    scene = announced()
    desks = [scene.bob, scene.cy, scene.place.join("Dee")]
    watcher = scene.place.join("Ida")
    watcher.seller.watch_demand("goods", When.AT_ONCE)
    scene.sue.seller.watch_demand("goods")
    looks: list[object] = []
    made: list[tuple[MemberDesk, OfferNumber]] = []
    for wish, buyer in zip(wishes, buyers, strict=True):
        made.append((desks[buyer], scene.reserve(desks[buyer], wish.quantity, wish.price)))
        scene.place.broker.run_due()
        looks.append(_seen(scene, scene.sue))
    for wish, (desk, number) in zip(wishes, made, strict=True):
        if wish.is_cancelled:
            desk.buyer.cancel(number)
    scene.place.wait(DAY)
    looks.append(_seen(scene, scene.sue))
    told = {scene.sue.number, watcher.number}
    return [*looks, [letter for letter in scene.place.mailbox.sent if letter.box in told]]


def _forms(view: Shown) -> tuple[str, ...]:
    return repr(view), view._repr_html_(), view.table().text()


def _seen(scene: Announced, desk: MemberDesk) -> list[str]:
    views: tuple[Shown, ...] = (
        desk.seller.demand(scene.item),
        desk.seller.items(),
        desk.buyer.items(),
        desk.seller.watches(),
        desk.box(),
    )
    return [text for view in views for text in _forms(view)]


@settings(max_examples=40, deadline=None)
@given(WISHES, WISHES, st.integers(1, 3000))
def test_a_buyer_sees_nothing_of_what_others_reserved(here: list[Wish], there: list[Wish], own: int) -> None:
    """Two worlds that differ in others' quantities and limits give a buyer byte-identical views and mails."""
    length = min(len(here), len(there))
    assert _told_to_a_buyer(here[:length], own) == _told_to_a_buyer(there[:length], own)


def _told_to_a_buyer(others: list[Wish], own: int) -> list[object]:
    scene = announced()
    for wish in others:
        scene.reserve(scene.cy, wish.quantity, wish.price)
    number = scene.reserve(scene.bob, 2, own)
    scene.bob.buyer.watch_items("goods")
    scene.place.wait(DAY)
    views: tuple[Shown, ...] = (
        scene.bob.buyer.reservation(number),
        scene.bob.buyer.reservations(),
        scene.bob.buyer.items(),
        scene.bob.box(),
    )
    looks = [text for view in views for text in _forms(view)]
    errors: list[str] = []
    for foreign in (1, 99):
        with pytest.raises(UnknownOffer) as caught:
            scene.bob.buyer.cancel(OfferNumber(foreign))
        errors.append(str(caught.value).replace(str(foreign), "that"))
    assert errors[0] == errors[1]
    return [*looks, scene.bob.box().json(), [one for one in scene.place.mailbox.sent if one.box == scene.bob.number]]


def test_every_change_replaces_the_guard() -> None:
    """Whoever opens, changes, ends, takes or frees a reservation, or ends the item, meets whoever does so meanwhile."""
    scene = announced()
    versions = [scene.demand.version]

    def done(step: Callable[[], object]) -> None:
        step()
        versions.append(scene.demand.version)

    done(lambda: scene.reserve(scene.bob))
    done(lambda: scene.reserve(scene.cy))
    done(lambda: scene.bob.buyer.amend(OfferNumber(1), max_price=5))
    done(lambda: taken(scene, OfferNumber(1)))
    done(lambda: scene.place.store.run(lambda tx: free(tx, scene.reservation(OfferNumber(1)), scene.now)))
    done(lambda: scene.bob.buyer.cancel(OfferNumber(1)))
    done(lambda: scene.sue.seller.withdraw_item(scene.item))
    assert sorted(set(versions)) == versions
    released = announced()
    before = released.demand.version
    released.place.wait(30 * DAY)
    assert before < released.demand.version


# What it costs, counted without a clock

SIZES = (300, 3_000, 30_000)


@pytest.fixture(scope="module")
def costs() -> dict[int, dict[str, int]]:
    """The lines that each operation runs beside so many reservations of the same item."""
    return {size: _measured(size) for size in SIZES}


def _measured(size: int) -> dict[str, int]:
    scene = announced(immediate(open_offer_count=None))
    first = scene.reserve(scene.cy, 1, 1)
    template = scene.reservation(first)

    def fill(tx: Transaction) -> None:
        for number in range(2, size + 2):
            price, arrival = 100 + number % 50, Arrival(number)
            tx.reservations.add(
                evolve(template, number=OfferNumber(number), arrival=arrival, max_price=price, quantity=2)
            )
        demand = scene.demand
        tx.demands.replace(demand, demand.changed(reservations=size + 1, units=2 * size + 1, mailing=False))
        for series in (Series.OFFER, Series.ARRIVAL):
            tx.numbers.next(series, size)

    scene.place.store.run(fill)
    scene.place.broker.run_due()
    found: dict[str, int] = {}
    number: list[OfferNumber] = []
    found["reserve"] = lines_of(lambda: number.append(scene.reserve(scene.bob, 3, 777)))
    found["amend"] = lines_of(lambda: scene.bob.buyer.amend(number[0], quantity=2))
    found["look"] = lines_of(lambda: scene.bob.box())
    found["demand"] = lines_of(lambda: scene.sue.seller.demand(scene.item))
    found["page"] = lines_of(lambda: scene.office.items.reservations(scene.item))
    found["take"] = lines_of(lambda: taken(scene, number[0]))
    one = scene.reservation(number[0])
    found["free"] = lines_of(lambda: scene.place.store.run(lambda tx: free(tx, one, scene.now)))
    found["cancel"] = lines_of(lambda: scene.bob.buyer.cancel(number[0]))
    found["mail"] = lines_of(scene.place.broker.run_due)
    found["nothing due"] = lines_of(scene.place.broker.run_due)
    return found


@pytest.mark.parametrize(
    "name", ["reserve", "amend", "look", "demand", "page", "take", "free", "cancel", "mail", "nothing due"]
)
def test_nothing_scans(costs: dict[int, dict[str, int]], name: str) -> None:
    """A hundred times as many reservations of an item cost no operation more than half as much again."""
    least, most = costs[SIZES[0]][name], costs[SIZES[-1]][name]
    assert most < 1.5 * least, costs
