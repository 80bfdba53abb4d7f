"""Members hear of items and of demand as they asked for: at once or by digests, and never twice (spec N1, N2)."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from brokerage import MemberDesk
from brokerage.errors import InvalidChoice, InvalidText, UnknownCategory, UnknownMember
from brokerage.ports import Transaction
from brokerage.records.watches import Topic, Watch, When
from builders import DAY, immediate
from reserved import Announced, announced, letters
from wrong_values import LONE, NAMES, Row, assert_refused, each

MIDNIGHT = datetime(2026, 1, 6, tzinfo=UTC)
CODES: list[Any] = [name for name in NAMES if name != "boats"]

WRONG: list[Row] = [
    *each("items", CODES, lambda s, v: s.bob.buyer.watch_items(v), InvalidText, "category"),
    ("items of none", lambda s: s.bob.buyer.watch_items("boats"), UnknownCategory, "category"),
    *each("items", ["at once", None, 1], lambda s, v: s.bob.buyer.watch_items("goods", v), InvalidChoice, "when"),
    *each("demand", CODES, lambda s, v: s.bob.seller.watch_demand(v), InvalidText, "category"),
    ("demand of none", lambda s: s.bob.seller.watch_demand("boats"), UnknownCategory, "category"),
    *each("demand", ["at once", None, 1], lambda s, v: s.bob.seller.watch_demand("goods", v), InvalidChoice, "when"),
    *each("no items", ["", None, LONE], lambda s, v: s.bob.buyer.unwatch(v), InvalidText, "category"),
    *each("no demand", ["", None, LONE], lambda s, v: s.bob.seller.unwatch(v), InvalidText, "category"),
]


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row[0])
def test_what_is_wrong_is_refused_and_changes_nothing(row: Row) -> None:
    """Every bad value of every field is refused by name, with what to do, and leaves everything as it was."""
    scene = announced()
    assert_refused(scene.place, lambda: row[1](scene), row[2], row[3])


def test_wishes_are_kept_by_topic_and_category() -> None:
    """Each desk shows its own; a code is found whatever its case, and forgotten so; none is nothing to forget."""
    scene = announced()
    scene.bob.buyer.watch_items("GOODS")
    scene.bob.buyer.watch_items("services", When.AT_ONCE)
    scene.bob.seller.watch_demand("goods", When.AT_ONCE)
    assert [(view.category, view.when, view.next) for view in scene.bob.buyer.watches()] == [
        ("goods", When.REGULARLY, MIDNIGHT),
        ("services", When.AT_ONCE, None),
    ]
    assert [(view.category, view.when) for view in scene.bob.seller.watches()] == [("goods", When.AT_ONCE)]
    scene.bob.buyer.unwatch("Goods")
    scene.bob.buyer.unwatch("boats")
    assert [view.category for view in scene.bob.buyer.watches()] == ["services"]
    assert [view.category for view in scene.bob.seller.watches()] == ["goods"]


def test_another_choice_takes_the_place_of_the_one_before() -> None:
    """The same choice again changes nothing; another one counts from its own instant."""
    scene = announced()
    first = scene.bob.buyer.watch_items("goods")
    before = scene.place.state()
    assert first == scene.bob.buyer.watch_items("goods")
    assert before == scene.place.state()
    assert scene.bob.buyer.watch_items("goods", When.AT_ONCE).next is None
    assert len(scene.bob.buyer.watches()) == 1


def test_items_are_told_at_once() -> None:
    """Who wanted to hear at once hears of what is registered, moved and withdrawn, each once."""
    scene = announced()
    scene.bob.buyer.watch_items("goods", When.AT_ONCE)
    assert scene.place.broker.run_due().told == 0  # of what came before the wish nobody is told
    assert letters(scene.place, "Item") == []
    number = _offer(scene)
    assert (scene.place.broker.run_due().told, scene.place.broker.run_due().told) == (1, 0)
    words = f"Item {number} in goods, 'Lamp': Announced, release 2026-01-15 12:01 UTC."
    assert [(scene.bob.number, words)] == letters(scene.place, "Item")
    scene.sue.seller.move_release(number, scene.now + DAY)
    scene.place.broker.run_due()
    scene.sue.seller.withdraw_item(number)
    scene.place.broker.run_due()
    assert [body.split(": ")[1][:9] for _, body in letters(scene.place, "It")] == [
        "Announced",
        "Announced",
        "Withdrawn",
    ]


def test_changes_before_a_sweep_are_told_as_one() -> None:
    """However often an item or its demand changes meanwhile, there is one letter, and it says how things stand."""
    scene = announced()
    scene.place.broker.run_due()
    scene.bob.buyer.watch_items("goods", When.AT_ONCE)
    scene.cy.seller.watch_demand("goods", When.AT_ONCE)
    for days in (3, 2, 1):
        scene.sue.seller.move_release(scene.item, scene.now + days * DAY)
        scene.reserve(scene.bob, days)
    scene.place.broker.run_due()
    assert [(scene.bob.number, "Item 1 in goods, 'Pad': Announced, release 2026-01-06 12:01 UTC.")] == letters(
        scene.place, "Item"
    )
    demand = "6 units of item 1 in goods, 'Pad', reserved.\n10.00 USD: 6, at that price or more 6"
    assert [(scene.cy.number, demand)] == letters(scene.place, "Demand")


def test_what_is_on_the_market_is_no_news() -> None:
    """Of an item that was released before the sweep nobody hears, nor of the demand for it."""
    scene = announced()
    for desk in (scene.bob, scene.cy):
        desk.buyer.watch_items("goods", When.AT_ONCE)
        desk.seller.watch_demand("goods")
    scene.bob.seller.watch_demand("goods", When.AT_ONCE)
    scene.cy.buyer.watch_items("goods")
    _offer(scene, release_at=scene.now + timedelta(hours=1))
    scene.reserve(scene.bob)
    scene.sue.seller.move_release(scene.item, scene.now + timedelta(hours=1))
    scene.place.wait(DAY)
    assert letters(scene.place, "tem") + letters(scene.place, "emand") == []


def test_demand_that_ended_before_a_sweep_is_no_news() -> None:
    """A reservation that came and went is told of only while the item can still be reserved."""
    scene = announced()
    scene.bob.seller.watch_demand("goods", When.AT_ONCE)
    scene.bob.buyer.cancel(scene.reserve(scene.bob))
    scene.place.wait(30 * DAY)
    assert letters(scene.place, "Demand") == []


def test_a_choice_counts_from_its_own_instant() -> None:
    """A digest does not tell of what was to be told at once, before the member chose digests."""
    scene = announced()
    scene.bob.buyer.watch_items("goods", When.AT_ONCE)
    _offer(scene)
    scene.place.broker.run_due()
    scene.bob.buyer.watch_items("goods")
    scene.place.wait(DAY)
    assert (len(letters(scene.place, "Item")), letters(scene.place, "New items")) == (1, [])


def test_batches_reach_everybody_once() -> None:
    """With more members than a batch has, each hears once, also where news comes between two batches."""
    scene = announced(immediate(largest_page=1000))
    watchers = [scene.place.join(f"M{number}") for number in range(450)]
    for desk in watchers:
        desk.buyer.watch_items("goods", When.AT_ONCE)
        desk.seller.watch_demand("goods", When.AT_ONCE)
    number = _offer(scene)
    scene.reserve(scene.bob)
    report = scene.place.broker.run_due()
    assert report.told >= 2 * 450
    boxes = sorted(desk.number for desk in watchers)
    assert boxes == sorted(box for box, _ in letters(scene.place, f"Item {number}") if box)
    assert boxes == sorted(box for box, _ in letters(scene.place, "Demand") if box)


def test_digests_come_at_their_times_and_only_with_news() -> None:
    """The first multiple of the policy's time after the wish is the first digest; a day without news has none."""
    scene = announced()
    scene.place.broker.run_due()
    scene.bob.buyer.watch_items("goods")
    scene.cy.seller.watch_demand("goods")
    number = _offer(scene)
    scene.reserve(scene.bob, 2)
    scene.place.clock.set(MIDNIGHT - timedelta(microseconds=1))
    scene.place.broker.run_due()
    assert letters(scene.place, "New items") + letters(scene.place, "Demand") == []
    assert scene.place.broker.next_due() == MIDNIGHT
    scene.place.clock.set(MIDNIGHT)
    assert scene.place.broker.run_due().told == 2
    assert [(scene.bob.number, f"Item {number} in goods, 'Lamp': Announced, release 2026-01-15 12:01 UTC.")] == (
        letters(scene.place, "New items in goods")
    )
    assert [scene.cy.number] == [box for box, _ in letters(scene.place, "Demand in goods")]
    assert scene.place.broker.next_due() == MIDNIGHT + DAY
    assert scene.place.wait(DAY).told == 2
    assert len(letters(scene.place, "goods")) == 2
    scene.reserve(scene.bob, 1, "8.00")
    scene.place.wait(5 * DAY)
    assert (len(letters(scene.place, "New items")), len(letters(scene.place, "Demand in"))) == (1, 2)
    assert scene.place.broker.next_due() == MIDNIGHT + 7 * DAY


def test_a_digest_tells_of_each_item_once_as_it_stands() -> None:
    """Many changes of one item are one line; withdrawn items are named so, and other categories are not told of."""
    scene = announced()
    scene.bob.buyer.watch_items("goods")
    _offer(scene, category="services")
    for days in (9, 8, 7):
        scene.sue.seller.move_release(scene.item, scene.now + days * DAY)
    gone = _offer(scene)
    scene.sue.seller.withdraw_item(gone)
    scene.place.wait(DAY)
    [(_, body)] = letters(scene.place, "New items")
    assert [(1, "Announced"), (gone, "Withdrawn")] == [
        (int(line.split()[1]), line.split(": ")[1].split(",")[0]) for line in body.splitlines()
    ]


def test_a_long_digest_says_that_there_is_more() -> None:
    """Fifty things are told of, and that there are others; the next digest does not tell of them."""
    scene = announced(immediate(open_offer_count=None))
    scene.bob.buyer.watch_items("goods")
    scene.bob.seller.watch_demand("goods")
    for _ in range(51):
        scene.cy.buyer.reserve(_offer(scene, release_at=scene.now + 30 * DAY), quantity=1, max_price="1.00")
    scene.place.wait(DAY)
    [(_, items)], [(_, demand)] = letters(scene.place, "New items"), letters(scene.place, "Demand in")
    assert (len(items.splitlines()), items.splitlines()[-1]) == (51, "There is more: look at the list of items.")
    assert (
        len(demand.split("\n\n")),
        demand.split("\n\n")[-1],
    ) == (51, "There is more: look at the demand of the other items.")
    scene.place.wait(DAY)
    assert len(letters(scene.place, "in goods")) == 2


def test_who_has_left_hears_nothing() -> None:
    """Leaving forgets what a member wanted to hear of."""
    scene = announced()
    scene.bob.buyer.watch_items("goods", When.AT_ONCE)
    scene.bob.seller.watch_demand("goods")
    scene.office.members.add_reason("moved", "Moved away")
    scene.bob.account.withdraw("moved")
    scene.reserve(scene.cy)
    _offer(scene)
    scene.place.wait(2 * DAY)
    assert letters(scene.place, "tem") + letters(scene.place, "emand") == []
    assert scene.place.read(lambda tx: tx.watches.of_member(scene.bob.number)) == []
    for call in (scene.bob.buyer.watches, lambda: scene.bob.buyer.watch_items("goods")):
        with pytest.raises(UnknownMember):
            call()


def test_a_wish_that_was_made_while_its_member_left_is_forgotten() -> None:
    """A wish without a member is removed when its digest is due, and is told nothing at once."""
    scene = announced()
    scene.bob.buyer.watch_items("goods", When.AT_ONCE)
    scene.bob.seller.watch_demand("goods")
    wishes = scene.place.read(lambda tx: tx.watches.of_member(scene.bob.number))
    scene.office.members.add_reason("moved", "Moved away")
    scene.bob.account.withdraw("moved")
    for wish in wishes:
        scene.place.store.run(partial(_add, wish))
    _offer(scene)
    scene.place.wait(DAY)
    assert [w.topic for w in scene.place.read(lambda tx: tx.watches.of_member(scene.bob.number))] == [Topic.ITEMS]
    assert letters(scene.place, "Item 2") == []


def test_a_deleted_category_can_be_unwatched() -> None:
    """Whoever watches a category that is gone by now can still say so, and its digests have no news."""
    scene = announced()
    scene.bob.buyer.watch_items("services")
    scene.office.delete_category("services")
    scene.place.wait(DAY)
    scene.bob.buyer.unwatch("Services")
    assert list(scene.bob.buyer.watches()) == []


def test_a_long_demand_is_told_from_the_highest_price_on() -> None:
    """A letter has twenty prices, and says that there are lower ones."""
    scene = announced(immediate(open_offer_count=None))
    scene.cy.seller.watch_demand("goods", When.AT_ONCE)
    for price in range(100, 121):
        scene.reserve(scene.bob, 1, price)
    scene.place.broker.run_due()
    [(_, body)] = letters(scene.place, "Demand")
    lines = body.splitlines()
    assert (
        len(lines), lines[1], lines[20],
    ) == (22, "1.20 USD: 1, at that price or more 1", "1.01 USD: 1, at that price or more 20")  # fmt: skip
    assert lines[21] == "There are lower prices too: look at the demand of the item."


def _add(wish: Watch, tx: Transaction) -> None:
    tx.watches.add(wish)


def _offer(scene: Announced, desk: MemberDesk | None = None, **given: Any) -> Any:
    values: dict[str, Any] = {
        "category": "goods",
        "name": "Lamp",
        "currency": "USD",
        "release_at": scene.now + 10 * DAY,
        **given,
    }
    seller = scene.sue if desk is None else desk
    return seller.seller.offer_item(values.pop("category"), values.pop("name"), **values)
