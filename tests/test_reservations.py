"""Buyers reserve items, amend and cancel; reservations end with time, and orders take them (spec N2, V2, T1)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from brokerage import Carriage, OfferNumber
from brokerage.errors import (
    InvalidAmount,
    InvalidChoice,
    InvalidCursor,
    InvalidText,
    InvalidTime,
    ItemNotOpen,
    LimitReached,
    NotReservable,
    RequestReused,
    UnknownItem,
    UnknownMember,
    UnknownOffer,
)
from brokerage.records.events import EventKind
from brokerage.records.items import ItemState
from brokerage.records.numbers import OrderNumber
from brokerage.records.offers import Outcome
from brokerage.records.reservations import ReservationState
from brokerage.records.tenders import ItemSupply
from brokerage.services.reserving.items import tender_ended
from brokerage.services.reserving.pool import end, free, take
from builders import DAY, immediate
from reserved import Announced, announced, letters, taken
from wrong_values import AMOUNTS, NUMBERS, SIZES, Row, assert_refused, each

QUANTITIES: list[Any] = [0, -1, 10**6 + 1, True, 1.0, "1", None, [1], 10**30]
DAYS: list[Any] = [date(2026, 1, 4), datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01", 5, True]

WRONG: list[Row] = [
    *each("reserve", NUMBERS, lambda s, v: s.bob.buyer.reserve(v, quantity=1, max_price=1), UnknownItem, "item"),
    *each("reserve", QUANTITIES, lambda s, v: s.reserve(s.cy, v), InvalidChoice, "quantity"),
    *each("reserve", AMOUNTS, lambda s, v: s.reserve(s.cy, 1, v), InvalidAmount, "max_price"),
    ("more than an amount", lambda s: s.reserve(s.cy, 10**6, 10**9 + 1), InvalidAmount, "max_price"),
    *each("reserve", DAYS, lambda s, v: s.reserve(s.cy, wanted_by=v), InvalidTime, "wanted_by"),
    *each("reserve", ["", "r" * 201, 5], lambda s, v: s.reserve(s.cy, request_id=v), InvalidText, "request_id"),
    *each("amend", NUMBERS, lambda s, v: s.bob.buyer.amend(v, quantity=2), UnknownOffer, "offer"),
    *each("amend", QUANTITIES, lambda s, v: s.bob.buyer.amend(_first(s), quantity=v), InvalidChoice, "quantity"),
    *each("amend", AMOUNTS, lambda s, v: s.bob.buyer.amend(_first(s), max_price=v), InvalidAmount, "max_price"),
    *each("amend", DAYS, lambda s, v: s.bob.buyer.amend(_first(s), wanted_by=v), InvalidTime, "wanted_by"),
    ("amend what there is not", lambda s: s.bob.buyer.amend(_first(s), limit=5), InvalidChoice, "limit"),
    ("amend another's", lambda s: s.cy.buyer.amend(_first(s), quantity=2), UnknownOffer, "offer"),
    ("amend what was taken", lambda s: s.bob.buyer.amend(_second(s), quantity=2), NotReservable, "reservation"),
    *each("cancel", NUMBERS, lambda s, v: s.bob.buyer.cancel(v), UnknownOffer, "offer"),
    ("cancel another's", lambda s: s.cy.buyer.cancel(_first(s)), UnknownOffer, "offer"),
    ("cancel what was taken", lambda s: s.bob.buyer.cancel(_second(s)), NotReservable, "reservation"),
    *each("show", NUMBERS, lambda s, v: s.bob.buyer.reservation(v), UnknownOffer, "offer"),
    ("show another's", lambda s: s.cy.buyer.reservation(_first(s)), UnknownOffer, "offer"),
    *each("list", SIZES, lambda s, v: s.bob.buyer.reservations(size=v), InvalidChoice, "size"),
    *each("list", ["", 5, "mark"], lambda s, v: s.bob.buyer.reservations(after=v), InvalidCursor, "after"),
    ("sell desk", lambda s: s.bob.cancel(_first(s)), UnknownOffer, "offer"),
]


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row[0])
def test_what_is_wrong_is_refused_and_changes_nothing(row: Row) -> None:
    """Every bad value of every field is refused by name, with what to do, and leaves everything as it was."""
    scene = announced()
    scene.reserve(scene.bob)
    scene.reserve(scene.bob)
    taken(scene, _second(scene))
    assert_refused(scene.place, lambda: row[1](scene), row[2], row[3])


def test_a_reservation_is_shown_to_its_buyer() -> None:
    """It stands in the list and in the box, with what it says and what comes on top of the price."""
    scene = announced(immediate(carriage=Carriage("Ox", "account of Ox", {"USD": "4.00"})))
    number = scene.reserve(scene.bob, 3, "10.00", wanted_by=date(2026, 2, 20))
    view = scene.bob.buyer.reservation(number)
    assert ("Reserved", scene.item, "Pad", 3, "10.00 USD", date(2026, 2, 20), "4.00 USD", "0.00 USD", None, None) == (
        view.status, view.item, view.name, view.quantity, str(view.max_price), view.wanted_by, str(view.carriage),
        str(view.payment_fee), view.total, view.deal,
    )  # fmt: skip
    box = scene.bob.box()
    assert (view,) == box.reservations == tuple(scene.bob.buyer.reservations())
    assert box.tables().reservations.rows == view.table().rows
    assert '"wanted_by": "2026-02-20"' in box.json()
    assert "Reservation" not in scene.cy.box().text()
    assert "Reserved" in box.text()
    assert "Reserved" in box.html()


def test_the_largest_reservation_works() -> None:
    """A million units, and 10**15 minor units for all of them together, are taken; the day may be today or the last."""
    scene = announced()
    first = scene.reserve(scene.bob, 10**6, 10**9, wanted_by=scene.today)
    second = scene.reserve(scene.bob, 1, 10**15, wanted_by=date.max)
    assert [(1, first), (1, second)] == [
        (scene.reservation(number).arrival - at, number) for at, number in enumerate((first, second))
    ]
    assert datetime(2026, 1, 6, tzinfo=UTC) == _next_after_mails(scene)


def test_a_repeated_request_reserves_once() -> None:
    """The same request returns the same reservation; with anything else it is refused, also after it was cancelled."""
    scene = announced()
    number = scene.reserve(scene.bob, 2, request_id="r")
    scene.bob.buyer.cancel(number)
    assert number == scene.reserve(scene.bob, 2, request_id="r")
    assert scene.pool() == []
    others: list[dict[str, Any]] = [{"quantity": 3}, {"max_price": "9.00"}, {"wanted_by": scene.today}]
    for other in others:
        with pytest.raises(RequestReused):
            scene.reserve(scene.bob, **{"quantity": 2, "request_id": "r", **other})
    assert len(scene.bob.buyer.reservations()) == 1


def test_prices_stand_on_the_grid() -> None:
    """Where the policy has a grid a limit off it is refused, for a new reservation and for an amended one."""
    scene = announced(immediate(price_grid={"USD": "1.00"}))
    number = scene.reserve(scene.bob, 1, "10.00")
    for call in (lambda: scene.reserve(scene.bob, 1, "10.50"), lambda: scene.bob.buyer.amend(number, max_price=1050)):
        with pytest.raises(InvalidAmount):
            call()


def test_a_reservation_is_an_open_offer_of_its_buyer() -> None:
    """At the limit it works, one more is refused on either desk; a cancelled one makes room, a taken one does not."""
    scene = announced(immediate(open_offer_count=2))
    first, second = scene.reserve(scene.bob), scene.reserve(scene.bob)
    calls: list[Callable[[], object]] = [
        lambda: scene.reserve(scene.bob),
        lambda: scene.bob.buy("goods", max_price="1.00", currency="USD"),
    ]
    for call in calls:
        with pytest.raises(LimitReached):
            call()
    taken(scene, first)
    for call in calls:
        with pytest.raises(LimitReached):
            call()
    scene.bob.buyer.cancel(second)
    assert scene.open_offers(scene.bob) == 1
    calls[1]()
    with pytest.raises(LimitReached):
        calls[0]()
    scene.office.allow_open_offers(scene.bob.number, 3)
    calls[0]()


def test_an_amendment_stands_behind_whoever_reserved_meanwhile() -> None:
    """It keeps its number and takes a new arrival; what is not named stays, and ``None`` is any day."""
    scene = announced()
    first = scene.reserve(scene.bob, 2, wanted_by=date(2026, 2, 20))
    second = scene.reserve(scene.cy, 1, "8.00")
    view = scene.bob.buyer.amend(first, max_price="9.00")
    assert (2, "9.00 USD", date(2026, 2, 20)) == (view.quantity, str(view.max_price), view.wanted_by)
    assert scene.bob.buyer.amend(first, wanted_by=None).wanted_by is None
    assert scene.bob.buyer.amend(first, quantity=5).quantity == 5
    assert [second, first] == [file.number for file in scene.office.items.reservations(scene.item)]
    assert scene.pool() == [("9.00", 5, 5), ("8.00", 1, 6)]
    assert (scene.demand.reservations, scene.demand.units) == (2, 6)


def test_cancelling_leaves_nothing_behind() -> None:
    """A cancelled reservation is in no pool and no box, and can be changed no more; it stays readable."""
    scene = announced()
    number = scene.reserve(scene.bob, 2)
    scene.bob.buyer.cancel(number)
    assert (scene.pool(), scene.bob.box().reservations, scene.open_offers(scene.bob)) == ([], (), 0)
    assert scene.bob.buyer.reservation(number).status == "Cancelled"
    for call in (lambda: scene.bob.buyer.cancel(number), lambda: scene.bob.buyer.amend(number, quantity=1)):
        with pytest.raises(NotReservable):
            call()
    assert (scene.demand.reservations, scene.demand.units) == (0, 0)


def test_reservations_are_listed_newest_first_by_pages() -> None:
    """Every reservation of the member's is listed, also what has ended, and nobody else's."""
    scene = announced()
    numbers = [scene.reserve(scene.bob) for _ in range(5)]
    scene.reserve(scene.cy)
    scene.bob.buyer.cancel(numbers[2])
    first = scene.bob.buyer.reservations(size=3)
    assert [*reversed(numbers)] == [
        view.number for view in (*first, *scene.bob.buyer.reservations(size=3, after=first.next))
    ]


def test_a_day_is_over_with_its_last_instant_in_utc() -> None:
    """Until midnight the reservation stands; from then on, swept or not, it does not."""
    scene = announced()
    number = scene.reserve(scene.bob, 2, wanted_by=scene.today)
    other = scene.reserve(scene.cy, 1)
    midnight = datetime(2026, 1, 6, tzinfo=UTC)
    assert midnight == _next_after_mails(scene)
    scene.place.clock.set(midnight - timedelta(microseconds=1))
    assert scene.place.broker.run_due().ended == 0
    assert scene.pool() == [("10.00", 3, 3)]
    scene.place.clock.set(midnight)
    assert scene.pool() == [("10.00", 1, 1)]
    assert (scene.bob.buyer.reservation(number).status, scene.bob.box().reservations) == ("Expired", ())
    report = scene.place.broker.run_due()
    assert (report.ended, scene.pool(), scene.open_offers(scene.bob)) == (1, [("10.00", 1, 1)], 0)
    why = f"Your reservation {number} of 'Pad' has ended: the last day on which it will do is over."
    assert [(scene.bob.number, why)] == letters(scene.place, "has ended")
    assert scene.cy.buyer.reservation(other).status == "Reserved"


@pytest.mark.parametrize("step", ["amend", "cancel"])
@pytest.mark.parametrize("why", ["day", "release", "withdrawn"])
def test_time_comes_before_a_step(step: str, why: str) -> None:
    """A step on what is over first ends it, tells its buyer, and is refused: that stays done, without any sweep."""
    scene = announced()
    number = scene.reserve(scene.bob, 2, wanted_by=scene.today if why == "day" else None)
    if why == "withdrawn":
        scene.sue.seller.withdraw_item(scene.item)
    else:
        scene.place.clock.set(scene.now + (DAY if why == "day" else 30 * DAY))
    with pytest.raises(NotReservable):
        scene.bob.buyer.amend(number, quantity=1) if step == "amend" else scene.bob.buyer.cancel(number)
    found = scene.reservation(number)
    assert (found.state, found.outcome, found.filed) == (ReservationState.CLOSED, Outcome.EXPIRED, True)
    assert len(letters(scene.place, "has ended")) == 1
    assert scene.open_offers(scene.bob) == 0


def test_reservations_end_when_the_item_comes_on_the_market() -> None:
    """The sweep releases the item and ends what is reserved of it in batches; each buyer is told once."""
    scene = announced(immediate(open_offer_count=None))
    for _ in range(401):
        scene.reserve(scene.bob)
    report = scene.place.wait(30 * DAY)
    assert (report.released, report.ended, scene.place.broker.run_due().ended) == (1, 401, 0)
    told = letters(scene.place, "has ended")
    assert (401, {scene.bob.number}) == (len(told), {box for box, _ in told})
    assert told[0][1].endswith("has ended: it is on the market now.")
    assert (scene.fact.closing, scene.demand.reservations, scene.open_offers(scene.bob)) == (False, 0, 0)


def test_taken_reservations_are_out_of_the_pool_until_they_are_free() -> None:
    """An order takes them, they name it, and come back to their former places where it falls."""
    scene = announced()
    first, second, third = scene.reserve(scene.bob, 2), scene.reserve(scene.cy, 3), scene.reserve(scene.bob, 5)
    found = taken(scene, first, second)
    assert [one.state for one in found] == [ReservationState.ASKED] * 2
    assert (scene.pool(), scene.demand.reservations, scene.demand.units) == ([("10.00", 5, 5)], 1, 5)
    assert [first, second] == [
        one.number for one in scene.place.read(lambda tx: tx.reservations.of_order(OrderNumber(1), None, 9))
    ]
    assert scene.bob.buyer.reservation(first).status == "Being Prepared"
    scene.place.store.run(lambda tx: [free(tx, one, scene.now) for one in found])
    assert scene.pool() == [("10.00", 10, 10)]
    assert [first, second, third] == [file.number for file in scene.office.items.reservations(scene.item)]
    assert (scene.demand.reservations, scene.demand.units) == (3, 10)
    assert (
        scene.reservation(first).order,
        scene.reservation(first).deliver_to,
        scene.reservation(first).fees,
    ) == (None, None, ())


def test_what_is_not_open_is_not_taken() -> None:
    """Taking refuses what was taken before, and with it all the others."""
    scene = announced()
    first, second = scene.reserve(scene.bob), scene.reserve(scene.cy)
    taken(scene, first)
    before = scene.place.state()
    with pytest.raises(NotReservable):
        taken(scene, second, first)
    assert before == scene.place.state()
    assert scene.place.store.run(lambda tx: take(tx, (), OrderNumber(1), scene.now)) == ()
    with pytest.raises(NotReservable):
        scene.place.store.run(lambda tx: free(tx, scene.reservation(second), scene.now))


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_what_comes_back_too_late_ends(is_withdrawn: bool) -> None:
    """A reservation that comes back to an item that can be had no more is ended by the sweep."""
    scene = announced()
    number = scene.reserve(scene.bob, 2)
    [one] = taken(scene, number)
    if is_withdrawn:
        scene.sue.seller.withdraw_item(scene.item)
    else:
        scene.place.clock.set(scene.fact.release_at)
    scene.place.broker.run_due()
    assert ReservationState.ASKED is scene.reservation(number).state
    scene.place.store.run(lambda tx: free(tx, one, scene.now))
    assert (scene.fact.closing, scene.pool()) == (True, [])
    assert scene.place.broker.run_due().ended == 1
    assert scene.bob.buyer.reservation(number).status == "Expired"


def test_ending_counts_what_is_open() -> None:
    """An asked reservation that ends leaves the pool as it is, and its member one open offer fewer."""
    scene = announced()
    number, other = scene.reserve(scene.bob, 2), scene.reserve(scene.bob, 1)
    [one] = taken(scene, number)
    scene.place.store.run(lambda tx: end(tx, one, Outcome.EXPIRED, scene.bob.number, scene.now, filed=False))
    assert (scene.open_offers(scene.bob), scene.demand.reservations, scene.demand.units) == (1, 1, 1)
    assert [number, other] == [view.number for view in scene.bob.box().reservations]
    scene.bob.acknowledge()
    assert [other] == [view.number for view in scene.bob.box().reservations]
    kinds = [event.kind for _, event in scene.office.events(size=100)]
    assert kinds.count(EventKind.RESERVATION_FILED) == 1
    scene.bob.acknowledge()
    assert kinds == [event.kind for _, event in scene.office.events(size=100)]


def test_a_tender_that_ends_early_leaves_an_announced_item_alone() -> None:
    """Before its release an item and what is reserved of it stay, however many tenders on it end."""
    scene = announced()
    scene.reserve(scene.bob)
    scene.place.store.run(lambda tx: tender_ended(tx, scene.item))
    assert (scene.fact.closing, scene.fact.state) == (False, ItemState.ANNOUNCED)


def test_a_leaving_buyer_takes_reservations_along() -> None:
    """What is open is cancelled and out of the pool; the desk can do no more."""
    scene = announced()
    number = scene.reserve(scene.bob, 2)
    past = scene.reserve(scene.bob, 1, wanted_by=scene.today)
    scene.reserve(scene.cy, 3)
    scene.place.clock.set(scene.now + DAY)
    scene.office.members.add_reason("moved", "Moved away")
    scene.bob.account.withdraw("moved")
    assert scene.pool() == [("10.00", 3, 3)]
    assert (scene.reservation(number).outcome, scene.reservation(past).outcome) == (Outcome.CANCELLED, Outcome.EXPIRED)
    calls: list[Callable[[], object]] = [
        lambda: scene.reserve(scene.bob),
        lambda: scene.bob.buyer.amend(number, quantity=1),
        lambda: scene.bob.buyer.cancel(number),
        lambda: scene.bob.buyer.reservations(),
        lambda: scene.bob.buyer.reservation(number),
    ]
    for call in calls:
        with pytest.raises(UnknownMember):
            call()


def test_a_dormant_member_goes_without_trouble() -> None:
    """Removing who is dormant cancels what he or she reserved, and withdraws what she registered."""
    scene = announced(immediate(dormant_after=10 * DAY, dormant_grace=DAY))
    item = scene.office.items.register("goods", "Set", currency="USD", release_at=scene.fact.release_at)
    number = scene.bob.buyer.reserve(item, quantity=1, max_price=1)
    scene.place.wait(10 * DAY)
    scene.place.wait(DAY)
    assert (scene.reservation(number).outcome, scene.fact.state) == (Outcome.CANCELLED, ItemState.WITHDRAWN)


def test_an_item_can_be_amended_only_before_its_release() -> None:
    """While a tender keeps reservations beyond the release they can be cancelled, but not amended."""
    scene = announced()
    number = scene.reserve(scene.bob, 2)
    house = scene.place.broker._house
    until = scene.fact.release_at + DAY
    house.commit(lambda tx: house.tenders.call(tx, ItemSupply(scene.item), until, scene.now, answer=DAY))
    scene.place.clock.set(scene.fact.release_at)
    with pytest.raises(ItemNotOpen):
        scene.bob.buyer.amend(number, quantity=1)
    with pytest.raises(ItemNotOpen):
        scene.reserve(scene.cy)
    scene.bob.buyer.cancel(number)
    assert scene.pool() == []


def test_joined_persons_share_what_they_reserved() -> None:
    """Who turns out to be another member's person has reserved as that person, so no bid of hers serves it."""
    scene = announced()
    number = scene.reserve(scene.bob)
    scene.bob.account.correct(telephone=scene.place.contact(scene.sue).telephone)
    assert scene.office.member(scene.sue.number).person == scene.reservation(number).person


def _first(scene: Announced) -> OfferNumber:
    return OfferNumber(1)


def _second(scene: Announced) -> OfferNumber:
    return OfferNumber(2)


def _next_after_mails(scene: Announced) -> datetime | None:
    scene.place.broker.run_due()
    return scene.place.broker.next_due()
