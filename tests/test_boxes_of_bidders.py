"""Boxes of whoever bids: bids, orders and appointments with what became of them, and nothing of anybody else's (V3)."""

import json
from datetime import timedelta

import pytest

from brokerage import MemberDesk
from brokerage.records.contractors import Trade
from builders import DAY, immediate
from called_tenders import Calls, calls
from orders_under_way import BIDDING, CONFIRMATION, fair

CANARY = "7771.13"
TABLES = "bids", "orders", "appointments"


def forms(desk: MemberDesk) -> tuple[str, ...]:
    """Return every form of a member's box as text."""
    box = desk.box()
    return box.text(), box.html(), box.json(), repr(box), box._repr_html_()


def test_a_box_shows_what_became_of_bids_and_orders() -> None:
    """A seller's box has the own bid with its rank, and the order that came of it, also once they are decided."""
    found = fair(bob=(3, "100.00"))
    tender, ann, eve = found.call(), found.desk("ann"), found.desk("eve")
    found.bid("ann", tender, {1: "90.00"})
    found.bid("eve", tender, {1: "95.00"})
    assert [(bid.status, bid.rank) for bid in ann.box().bids] == [("Made", None)]
    found.world.wait(BIDDING)
    assert [(bid.status, bid.rank) for bid in ann.box().bids] == [("Selected: accept or decline", 1)]
    order = found.accept("ann", tender)
    assert [(bid.status, bid.rank) for bid in ann.box().bids] == [("Accepted", 1)]
    assert ann.box().orders == (order,)
    found.confirm("bob")
    ann.seller.confirm_order(order.number)
    [kept] = ann.box().orders
    assert (kept.status, kept.outcome) == ("Made", "both sides have confirmed")
    assert [(bid.status, bid.rank) for bid in eve.box().bids] == [("Not selected", 2)]
    assert (eve.box().orders, found.desk("bob").box().bids) == ((), ())


def test_a_box_says_why_an_order_fell() -> None:
    """An order that has fallen stays in its seller's box, with the reason."""
    found = fair(bob=(3, "100.00"))
    tender, ann = found.call(), found.desk("ann")
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    found.accept("ann", tender)
    found.confirm("bob")
    found.world.wait(CONFIRMATION)
    [order] = ann.box().orders
    assert (order.status, order.outcome) == ("Fallen", "its seller did not answer in time")
    assert [bid.status for bid in ann.box().bids] == ["Not selected"]


def appointed(place: Calls) -> None:
    """Let Ann and Bob bid for carriage, and Ann, who asks less, be appointed."""
    tender = place.carriage(answer=None)
    place.ann.carrier.bid(tender, fixed="4.00", each="1.50", rate="0.01")
    place.bob.carrier.bid(tender, fixed=CANARY)
    place.world.wait(DAY)


def test_a_box_shows_appointments() -> None:
    """A carrier's box has the bid that was accepted and what it is appointed for, as the carrier's desk has it."""
    place = calls()
    appointed(place)
    box = place.ann.box()
    assert box.appointments == place.ann.carrier.appointments().items
    [kept] = box.appointments
    assert (kept.fixed.text(), kept.each.text(), str(kept.rate)) == ("4.00", "1.50", "0.01")
    assert [(bid.status, bid.rank) for bid in box.bids] == [("Accepted", 1)]
    assert place.bob.box().appointments == ()


def test_appointments_of_both_trades_stand_in_one_box() -> None:
    """Who carries and settles has both kinds in the box, the newest first."""
    place = calls()
    place.office.contractors.register(place.ann.number, Trade.PROVIDER)
    until, amount = place.world.clock.now() + 60 * DAY, "100.00"
    appointed(place)
    closing = place.world.clock.now() + DAY
    given = {"currency": "USD", "until": until, "amount": amount, "bids_until": closing}
    row = place.office.tenders.call_service(Trade.PROVIDER, "goods", **given)
    place.ann.provider.bid(row.number, rate="0.02")
    place.world.wait(DAY)
    assert [kept.what for kept in place.ann.box().appointments] == ["settlement of payments", "carriage"]


def test_text_and_html_have_only_the_tables_that_are_not_empty() -> None:
    """Whoever never bid reads of no bids, orders or appointments; JSON has each list, empty or not."""
    place = calls()
    appointed(place)
    for desk, shown in ((place.eve, ()), (place.bob, ("bids",)), (place.ann, ("bids", "appointments"))):
        text, html, plain, short, note = forms(desk)
        for name in TABLES:
            title = f"Box {desk.number}: {name}"
            assert [title in form for form in (text, html, short, note)] == [name in shown] * 4
        assert set(TABLES) <= set(json.loads(plain))
    [appointment] = json.loads(place.ann.box().json())["appointments"]
    assert appointment["fixed"] == {"amount": "4.00", "currency": "USD"}
    assert appointment["until"] == "2026-03-06T12:01:00Z"


def test_a_box_shows_nothing_of_other_bidders() -> None:
    """No form of anybody's box has a figure of another's bid, before the opening or after the award."""
    place = calls()
    tender = place.carriage(answer=None)
    place.ann.carrier.bid(tender, fixed="4.00")
    place.bob.carrier.bid(tender, fixed=CANARY)
    for _ in range(2):
        assert not any(word in form for form in forms(place.ann) for word in (CANARY, "777113"))
        assert any(CANARY in form for form in forms(place.bob))
        assert "4.00" not in place.bob.box().json()
        place.world.wait(DAY)


def test_a_box_is_the_same_whether_others_bid_or_not() -> None:
    """Before the opening and after it, a winner's box does not tell whether there was anybody else."""
    seen = []
    for is_alone in (True, False):
        place = calls()
        tender = place.carriage(answer=None)
        place.ann.carrier.bid(tender, fixed="4.00")
        if not is_alone:
            place.bob.carrier.bid(tender, fixed="9.00")
        before = forms(place.ann)
        place.world.wait(DAY)
        seen.append((before, forms(place.ann)))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("size", [1, 2])
def test_a_box_has_the_newest_page(size: int) -> None:
    """Of many bids, orders and appointments the box has as many as a page has, the newest first."""
    place = calls(page_size=size)
    for number in range(1, 4):
        tender = place.carriage(answer=None)
        place.ann.carrier.bid(tender, fixed=f"{number}.00")
        place.world.wait(DAY + timedelta(seconds=1))
    box, newest = place.ann.box(), list(range(3, 3 - size, -1))
    assert [bid.tender for bid in box.bids] == newest
    assert [kept.tender for kept in box.appointments] == newest


def test_a_box_has_the_newest_orders() -> None:
    """Of a seller's orders the box has a page, the newest first."""
    found = fair(immediate(page_size=1), bob=(3, "100.00"))
    for _ in range(2):
        tender = found.call()
        found.bid("ann", tender, {1: "90.00"})
        found.world.wait(BIDDING)
        found.accept("ann", tender)
        found.confirm("bob")
        found.world.wait(CONFIRMATION)
    assert [order.number for order in found.desk("ann").box().orders] == [2]
