"""Items that are not yet on the market are registered, listed, moved, withdrawn, and released (spec N1)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from brokerage import MemberDesk
from brokerage.errors import (
    CategoryInUse,
    InvalidChoice,
    InvalidCursor,
    InvalidText,
    InvalidTime,
    ItemNotOpen,
    LimitReached,
    RequestReused,
    UnknownCategory,
    UnknownCurrency,
    UnknownItem,
    UnknownMember,
)
from brokerage.records.events import EventKind, Role
from brokerage.records.items import ItemState
from brokerage.records.numbers import ItemNumber
from brokerage.records.offers import Details
from brokerage.records.tenders import ItemSupply, TenderState
from builders import DAY, immediate
from reserved import Announced, announced, letters
from wrong_values import CODES, LONE, MAY_BE_EMPTY, NAMES, NUMBERS, SIZES, Row, assert_refused, each

pytestmark = pytest.mark.once

MINUTE = timedelta(minutes=1)


def test_an_item_is_listed_for_everybody() -> None:
    """What a seller registered is what every buyer sees of it, and nothing of the seller."""
    scene = announced()
    view = scene.bob.buyer.item(scene.item)
    assert [view] == list(scene.bob.buyer.items()) == list(scene.sue.seller.items())
    assert (scene.item, "Announced", "goods", "Pad", "USD", scene.now + 30 * DAY, Details("Thin.")) == (
        view.number, view.status, view.category, view.name, view.currency, view.release_at, view.details,
    )  # fmt: skip
    assert "box" not in [field.name for field in type(view).__attrs_attrs__]
    assert list(scene.bob.seller.items()) == []


def test_items_are_listed_newest_first_by_pages_and_by_category() -> None:
    """Each page goes on where the one before ended; another category's list has its own."""
    scene = announced()
    others = [_offer(scene.sue, scene, name=f"Pad {number}") for number in range(4)]
    service = _offer(scene.sue, scene, category="services")
    first = scene.bob.buyer.items(size=3)
    second = scene.bob.buyer.items(size=3, after=first.next)
    assert [service, *reversed(others), scene.item] == [view.number for view in (*first, *second)]
    assert second.next is None
    assert [service] == [view.number for view in scene.bob.buyer.items("services")]
    own = scene.sue.seller.items(size=4)
    assert own.next is not None
    assert [*reversed(others), scene.item][-2:] == [
        view.number for view in scene.sue.seller.items(size=4, after=own.next)
    ]


def test_the_manager_registers_items_and_sees_whose_they_are() -> None:
    """An item of the manager's has no seller; the office's list has every item, with its demand in total."""
    scene = announced()
    number = scene.office.items.register("goods", "Set", currency="USD", release_at=scene.now + DAY)
    scene.reserve(scene.bob, 3)
    assert [(number, None, 0), (scene.item, scene.sue.number, 3)] == [
        (file.number, file.box, file.units) for file in scene.office.items.page()
    ]
    first = scene.office.items.page(size=1)
    assert [scene.item] == [file.number for file in scene.office.items.page(size=1, after=first.next)]
    assert Role.OFFICE in [event.by for _, event in scene.office.events(size=100)
                           if event.kind is EventKind.ITEM_REGISTERED]  # fmt: skip


WRONG: list[Row] = [
    *each("offer", NAMES, lambda s, v: _offer(s.sue, s, name=v), InvalidText, "name"),
    *each("offer", [n for n in NAMES if n != ""], lambda s, v: _offer(s.sue, s, category=v), InvalidText, "category"),
    ("offer category", lambda s: _offer(s.sue, s, category="boats"), UnknownCategory, "category"),
    *each("offer", CODES, lambda s, v: _offer(s.sue, s, currency=v), UnknownCurrency, "currency"),
    *each(
        "offer",
        [None, "2026-02-01", 5, datetime(2026, 3, 1), datetime(2026, 1, 5, 12, 1, tzinfo=UTC)],
        lambda s, v: _offer(s.sue, s, release_at=v),
        InvalidTime,
        "release_at",
    ),
    *each(
        "offer",
        ["d" * 10_001, *MAY_BE_EMPTY[1:]],
        lambda s, v: _offer(s.sue, s, description=v),
        InvalidText,
        "description",
    ),
    *each("offer", MAY_BE_EMPTY, lambda s, v: _offer(s.sue, s, age=v), InvalidText, "age"),
    *each("offer", MAY_BE_EMPTY, lambda s, v: _offer(s.sue, s, model=v), InvalidText, "model"),
    *each("offer", ["p", 5, None], lambda s, v: _offer(s.sue, s, photographs=v), InvalidChoice, "photographs"),
    *each("offer", [[""], [LONE], [5]], lambda s, v: _offer(s.sue, s, photographs=v), InvalidText, "photographs"),
    ("many photographs", lambda s: _offer(s.sue, s, photographs=["p"] * 21), LimitReached, "photographs"),
    *each("offer", [["a"], "a", 5], lambda s, v: _offer(s.sue, s, attributes=v), InvalidChoice, "attributes"),
    ("attribute", lambda s: _offer(s.sue, s, attributes={"colour": 5}), InvalidText, "attributes[colour]"),
    *each("offer", ["", "r" * 201, 5], lambda s, v: _offer(s.sue, s, request_id=v), InvalidText, "request_id"),
    *each("register", NAMES, lambda s, v: _register(s, name=v), InvalidText, "name"),
    *each("register", CODES, lambda s, v: _register(s, currency=v), UnknownCurrency, "currency"),
    *each("register", [None, 5], lambda s, v: _register(s, release_at=v), InvalidTime, "release_at"),
    *each("move", NUMBERS, lambda s, v: s.sue.seller.move_release(v, s.now + DAY), UnknownItem, "item"),
    *each(
        "move",
        [None, 5, datetime(2026, 3, 1), datetime(2026, 1, 5, 12, 1, tzinfo=UTC)],
        lambda s, v: s.sue.seller.move_release(s.item, v),
        InvalidTime,
        "release_at",
    ),
    ("move another's", lambda s: s.bob.seller.move_release(s.item, s.now + DAY), UnknownItem, "item"),
    *each("withdraw", NUMBERS, lambda s, v: s.sue.seller.withdraw_item(v), UnknownItem, "item"),
    ("withdraw another's", lambda s: s.bob.seller.withdraw_item(s.item), UnknownItem, "item"),
    *each("office move", NUMBERS, lambda s, v: s.office.items.move_release(v, s.now + DAY), UnknownItem, "item"),
    *each("office withdraw", NUMBERS, lambda s, v: s.office.items.withdraw(v), UnknownItem, "item"),
    *each("office show", NUMBERS, lambda s, v: s.office.items.show(v), UnknownItem, "item"),
    *each("office demand", NUMBERS, lambda s, v: s.office.items.demand(v), UnknownItem, "item"),
    *each("office reservations", NUMBERS, lambda s, v: s.office.items.reservations(v), UnknownItem, "item"),
    *each("office page", SIZES, lambda s, v: s.office.items.page(size=v), InvalidChoice, "size"),
    *each("show", NUMBERS, lambda s, v: s.bob.buyer.item(v), UnknownItem, "item"),
    *each("demand", NUMBERS, lambda s, v: s.sue.seller.demand(v), UnknownItem, "item"),
    *each("list", SIZES, lambda s, v: s.bob.buyer.items(size=v), InvalidChoice, "size"),
    *each("own list", SIZES, lambda s, v: s.sue.seller.items(size=v), InvalidChoice, "size"),
    *each("list", ["", 5, "mark"], lambda s, v: s.bob.buyer.items(after=v), InvalidCursor, "after"),
    ("list of no category", lambda s: s.bob.buyer.items("boats"), UnknownCategory, "category"),
]


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row[0])
def test_what_is_wrong_is_refused_and_changes_nothing(row: Row) -> None:
    """Every bad value of every field is refused by name, with what to do, and leaves everything as it was."""
    scene = announced()
    assert_refused(scene.place, lambda: row[1](scene), row[2], row[3])


def test_a_mark_of_another_list_is_refused() -> None:
    """The mark of one list, or of another item's, says nothing in the next."""
    scene = announced()
    for _ in range(2):
        _offer(scene.sue, scene)
        scene.reserve(scene.bob)
    mark = scene.sue.seller.items(size=1).next
    of_item = scene.office.items.reservations(scene.item, size=1).next
    other = _offer(scene.sue, scene)
    for call in (
        lambda: scene.bob.buyer.items(after=mark),
        lambda: scene.office.items.page(after=mark),
        lambda: scene.office.items.reservations(other, after=of_item),
    ):
        with pytest.raises(InvalidCursor):
            call()
    assert len(scene.office.items.reservations(scene.item, after=of_item)) == 1


def test_a_repeated_request_registers_one_item() -> None:
    """The same request returns the same item; with anything else it is refused, for a seller and for the manager."""
    scene = announced()
    first = _offer(scene.sue, scene, request_id="r")
    assert first == _offer(scene.sue, scene, request_id="r")
    with pytest.raises(RequestReused):
        _offer(scene.sue, scene, request_id="r", name="Other")
    kept = _register(scene, request_id="r")
    assert kept == _register(scene, request_id="r") != first
    with pytest.raises(RequestReused):
        _register(scene, request_id="r", name="Other")
    assert len(scene.bob.buyer.items()) == 3


def test_an_announced_item_is_an_open_offer_of_its_seller() -> None:
    """At the limit of open offers it works, one more is refused, and withdrawing or releasing makes room."""
    scene = announced(immediate(open_offer_count=2))
    second = _offer(scene.sue, scene, release_at=scene.now + DAY)
    with pytest.raises(LimitReached):
        _offer(scene.sue, scene)
    with pytest.raises(LimitReached):
        scene.sue.sell("goods", "Thing", min_price="1.00", currency="USD")
    scene.sue.seller.withdraw_item(scene.item)
    _offer(scene.sue, scene)
    with pytest.raises(LimitReached):
        _offer(scene.sue, scene)
    scene.place.wait(DAY)
    assert scene.bob.buyer.item(second).status == "On the Market"
    assert scene.open_offers(scene.sue) == 1
    _register(scene)
    assert scene.open_offers(scene.sue) == 1


def test_what_is_past_its_time_makes_room() -> None:
    """Offers and reservations that are over and not swept do not count at the limit, on either side."""
    scene = announced(immediate(open_offer_count=1))
    scene.bob.sell("goods", "Thing", min_price="1.00", currency="USD", limit=scene.now + DAY)
    scene.place.clock.set(scene.now + DAY)
    number = scene.reserve(scene.bob, wanted_by=scene.today)
    scene.place.clock.set(scene.now + DAY)
    assert scene.bob.sell("goods", "Thing", min_price="1.00", currency="USD")
    assert scene.bob.buyer.reservation(number).status == "Expired"
    assert scene.open_offers(scene.bob) == 1


def test_moving_the_release_is_news_and_counts_from_then_on() -> None:
    """A moved item can be reserved until the new date; the same date changes nothing."""
    scene = announced()
    version = scene.fact.version
    assert scene.now + 30 * DAY == scene.sue.seller.move_release(scene.item, scene.now + 30 * DAY).release_at
    assert version == scene.fact.version
    scene.sue.seller.move_release(scene.item, scene.now + 60 * DAY)
    assert (scene.fact.change, True) == (scene.place.read(lambda tx: tx.items.changed("goods", 1, 9))[0].change, True)
    scene.place.wait(30 * DAY)
    assert scene.bob.buyer.item(scene.item).status == "Announced"
    scene.office.items.move_release(scene.item, scene.now + MINUTE)
    scene.place.wait(MINUTE)
    assert ItemState.RELEASED is scene.fact.state


def test_an_item_is_on_the_market_at_its_instant_swept_or_not() -> None:
    """Until just before the release everything works; from that instant nothing does, before any sweep."""
    scene = announced()
    scene.place.clock.set(scene.fact.release_at - timedelta(microseconds=1))
    scene.reserve(scene.bob)
    scene.place.clock.set(scene.fact.release_at)
    assert scene.fact.state.value == "announced"
    assert list(scene.bob.buyer.items()) == []
    assert scene.bob.buyer.item(scene.item).status == "On the Market"
    calls: list[Any] = [
        lambda: scene.reserve(scene.bob),
        lambda: scene.sue.seller.move_release(scene.item, scene.now + DAY),
        lambda: scene.sue.seller.withdraw_item(scene.item),
        lambda: scene.office.items.withdraw(scene.item),
    ]
    for call in calls:
        with pytest.raises(ItemNotOpen):
            call()
        assert scene.fact.state.value == "released"  # what the deadline asks for stays done


def test_the_sweep_releases_what_is_due_and_says_when() -> None:
    """The next release is the next thing due; the sweep counts it once."""
    scene = announced()
    scene.place.broker.run_due()
    assert scene.fact.release_at == scene.place.broker.next_due()
    report = scene.place.wait(30 * DAY)
    assert (report.released, scene.place.broker.run_due().released) == (1, 0)
    assert scene.place.broker.next_due() is None
    assert scene.open_offers(scene.sue) == 0


def test_withdrawing_ends_reservations_and_tells_their_buyers() -> None:
    """A withdrawn item is gone for good; whoever reserved it is told once, in batches."""
    scene = announced(immediate(open_offer_count=None))
    numbers = [scene.reserve(scene.bob) for _ in range(201)]
    other = scene.reserve(scene.cy)
    assert scene.sue.seller.withdraw_item(scene.item).status == "Withdrawn"
    assert {"Expired"} == {scene.bob.buyer.reservation(number).status for number in (*numbers[:3], numbers[-1])}
    assert scene.pool() == []
    report = scene.place.broker.run_due()
    assert (report.ended, scene.fact.closing) == (202, False)
    assert (scene.demand.reservations, scene.demand.units) == (0, 0)
    told = letters(scene.place, "has ended")
    assert len(told) == 202
    assert (scene.cy.number, f"Your reservation {other} of 'Pad' has ended: it was withdrawn.") in told
    with pytest.raises(ItemNotOpen):
        scene.sue.seller.withdraw_item(scene.item)
    assert (scene.open_offers(scene.bob), scene.open_offers(scene.sue)) == (0, 0)


def test_withdrawing_takes_calls_back_while_bids_can_be_made() -> None:
    """A tender on the item is taken back with it; one whose time for bids is over has ended before."""
    scene = announced()
    first, second = (_call(scene, scene.now + days * DAY) for days in (1, 2))
    scene.place.clock.set(scene.now + DAY)
    scene.sue.seller.withdraw_item(scene.item)
    found = scene.place.read(lambda tx: [tx.tenders.get(number) for number in (first, second)])
    assert [tender.state for tender in found if tender] == [TenderState.FAILED, TenderState.WITHDRAWN]


def test_reservations_wait_for_the_tenders_of_a_released_item() -> None:
    """What is reserved stays while a tender is under way, and ends with the last one."""
    scene = announced()
    number = scene.reserve(scene.bob, 2)
    tender = _call(scene, scene.fact.release_at + DAY)
    scene.place.wait(30 * DAY)
    assert (scene.fact.state, scene.fact.closing) == (ItemState.RELEASED, False)
    assert scene.bob.buyer.reservation(number).status == "Reserved"
    assert scene.pool() == [("10.00", 2, 2)]
    house = scene.place.broker._house
    house.commit(lambda tx: house.tenders.take_back(tx, tender, scene.now))
    assert scene.fact.closing
    assert scene.bob.buyer.reservation(number).status == "Expired"
    assert scene.place.broker.run_due().ended == 1


def test_a_category_with_items_or_reservations_is_not_deleted() -> None:
    """An announced item keeps its category, and so does a reservation that has not ended."""
    scene = announced()
    with pytest.raises(CategoryInUse):
        scene.office.delete_category("goods")
    scene.reserve(scene.bob)
    scene.sue.seller.withdraw_item(scene.item)
    with pytest.raises(CategoryInUse):
        scene.office.delete_category("goods")
    scene.place.broker.run_due()
    scene.office.delete_category("goods")


def test_a_leaving_seller_takes_items_along() -> None:
    """What a member registered is withdrawn, in whose name the leaving is; what is past its release is released."""
    scene = announced()
    past = _offer(scene.sue, scene, release_at=scene.now + DAY)
    number = scene.reserve(scene.bob)
    scene.place.clock.set(scene.now + DAY)
    scene.office.members.add_reason("moved", "Moved away")
    scene.sue.account.withdraw("moved")
    assert ItemState.WITHDRAWN is scene.fact.state
    assert scene.bob.buyer.item(past).status == "On the Market"
    scene.place.broker.run_due()
    assert scene.bob.buyer.reservation(number).status == "Expired"
    with pytest.raises(UnknownMember):
        scene.sue.seller.items()
    with pytest.raises(UnknownMember):
        scene.sue.seller.withdraw_item(scene.item)
    with pytest.raises(UnknownMember):
        _offer(scene.sue, scene)


def test_times_are_kept_in_utc() -> None:
    """A release in any zone is the same instant."""
    scene = announced()
    there = timezone(timedelta(hours=9))
    number = _offer(scene.sue, scene, release_at=(scene.now + DAY).astimezone(there))
    assert (scene.now + DAY, UTC) == (
        scene.bob.buyer.item(number).release_at,
        scene.bob.buyer.item(number).release_at.tzinfo,
    )


def _offer(desk: MemberDesk, scene: Announced, **given: Any) -> ItemNumber:
    values: dict[str, Any] = {
        "category": "goods",
        "name": "Lamp",
        "currency": "USD",
        "release_at": scene.now + 10 * DAY,
        **given,
    }
    return desk.seller.offer_item(values.pop("category"), values.pop("name"), **values)


def _register(scene: Announced, **given: Any) -> Any:
    values: dict[str, Any] = {
        "category": "goods",
        "name": "Lamp",
        "currency": "USD",
        "release_at": scene.now + 10 * DAY,
        **given,
    }
    return scene.office.items.register(values.pop("category"), values.pop("name"), **values)


def _call(scene: Announced, bids_until: datetime) -> Any:
    house = scene.place.broker._house
    now = scene.now
    return house.commit(
        lambda tx: (
            house.tenders.call(tx, ItemSupply(scene.item), bids_until, now, answer=DAY, judge="lowest price").number
        )
    )
