"""Who is registered to carry and to settle, who is mailed calls, and what it means when somebody goes (spec N6, M3)."""

from typing import Any

import pytest

from brokerage.errors import (
    BrokerageError,
    InvalidChoice,
    InvalidCursor,
    InvalidText,
    NotRegistered,
    TenderNotOpen,
    UnknownCategory,
    UnknownCurrency,
    UnknownMember,
    UnknownTender,
)
from brokerage.records.cases import CaseKind
from brokerage.records.contractors import Trade
from brokerage.records.events import EventKind
from brokerage.records.numbers import BoxNumber
from brokerage.records.tenders import PlaceState
from brokerage.records.watches import When
from builders import DAY, START
from called_tenders import Calls, calls
from test_bad_input import CURSORS
from wrong_values import CODES, MAY_BE_EMPTY, NAMES, NUMBERS, SIZES, Row, assert_refused, each

pytestmark = pytest.mark.once

TRADES: list[Any] = [None, "carrier", 5, Trade]
OTHER_TRADES: list[Any] = [*TRADES, Trade.SELLER]

CASES: list[Row] = [
    *each("register", NUMBERS, lambda s, v: s.office.contractors.register(v, Trade.CARRIER), UnknownMember, "box"),
    *each("register", OTHER_TRADES, lambda s, v: s.office.contractors.register(1, v), InvalidChoice, "trade"),
    *each("remove", NUMBERS, lambda s, v: s.office.contractors.remove(v, Trade.CARRIER), NotRegistered, "trade"),
    *each("remove", OTHER_TRADES, lambda s, v: s.office.contractors.remove(1, v), InvalidChoice, "trade"),
    ("remove another", lambda s: s.office.contractors.remove(1, Trade.PROVIDER), NotRegistered, "trade"),
    *each("page", OTHER_TRADES, lambda s, v: s.office.contractors.page(v), InvalidChoice, "trade"),
    *each("page", SIZES, lambda s, v: s.office.contractors.page(Trade.CARRIER, size=v), InvalidChoice, "size"),
    *each("page", CURSORS, lambda s, v: s.office.contractors.page(Trade.CARRIER, after=v), InvalidCursor, "after"),
    *each(
        "terms", OTHER_TRADES, lambda s, v: s.office.contractors.terms(v, "goods", currency="USD"),
        InvalidChoice, "trade",
    ),
    (
        "terms category", lambda s: s.office.contractors.terms(Trade.CARRIER, "gods", currency="USD"),
        UnknownCategory, "category",
    ),
    *each(
        "terms", NAMES, lambda s, v: s.office.contractors.terms(Trade.CARRIER, v, currency="USD"),
        InvalidText, "category",
    ),
    *each(
        "terms", MAY_BE_EMPTY,
        lambda s, v: s.office.contractors.terms(Trade.CARRIER, "goods", currency="USD", zone=v), InvalidText, "zone",
    ),
    *each(
        "terms", CODES, lambda s, v: s.office.contractors.terms(Trade.CARRIER, "goods", currency=v),
        UnknownCurrency, "currency",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "field"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_whatever_is_wrong_is_refused_and_changes_nothing(call: Any, error: type[BrokerageError], field: str) -> None:
    """Each argument that is not acceptable is refused by its error, with its name, and nothing is changed."""
    place = calls()
    assert_refused(place.world, lambda: call(place), error, field)


def leaving(place: Calls) -> Calls:
    """Let members give a reason for leaving."""
    place.office.members.add_reason("moved", "Moved")
    return place


def test_registering() -> None:
    """A member is registered once for each trade, as often as it is asked for; the list goes by boxes, in pages."""
    place = calls()
    first = place.office.contractors.register(place.eve.number, Trade.PROVIDER)
    place.world.wait(DAY)
    assert place.office.contractors.register(place.eve.number, Trade.PROVIDER) == first
    assert [row.box for row in place.office.contractors.page(Trade.PROVIDER)] == [5]
    page = place.office.contractors.page(Trade.CARRIER, size=3)
    assert [row.box for row in page] == [1, 2, 3]
    assert [row.box for row in place.office.contractors.page(Trade.CARRIER, after=page.next)] == [4]
    kinds = [event.kind for event in place.events() if event.kind is EventKind.CONTRACTOR_REGISTERED]
    assert len(kinds) == 5


def test_a_removed_contractor_is_out_of_every_tender() -> None:
    """Its standing bids are withdrawn, a question to it goes on to the next, and a place that waits is passed over."""
    place = calls()
    asked, waiting, open_call = place.carriage(), place.carriage(), place.carriage(bids_until=START + 2 * DAY)
    place.fees(asked, "2.00", "1.00")
    place.fees(waiting, "1.00", "2.00", "3.00")
    place.fees(open_call, "1.00", "2.00")
    place.world.wait(DAY)
    place.office.contractors.remove(place.bob.number, Trade.CARRIER)
    assert place.states(asked) == [(2, PlaceState.DECLINED), (1, PlaceState.ASKED)]
    place.ann.carrier.decline(waiting)
    assert place.states(waiting)[1:] == [(2, PlaceState.PASSED_OVER), (3, PlaceState.ASKED)]
    assert place.place(waiting, place.bob).remark == "its bidder has left"
    assert place.bid(open_call, place.bob).withdrawn
    with pytest.raises(UnknownTender):
        place.bob.carrier.bid(open_call, fixed="1.00")
    assert len(place.bob.carrier.calls()) == 0


def test_standing_terms_end_with_their_contractor() -> None:
    """Whoever goes carries no new deal: the terms end, others hold on, and the manager gets a case."""
    place = calls()
    for desk, fee, since in ((place.ann, "3.00", None), (place.bob, "4.00", START + 30 * DAY)):
        tender = place.carriage(answer=None, since=since)
        desk.carrier.bid(tender, fixed=fee)
        place.world.wait(DAY)
    assert [row.box for row in place.office.contractors.terms(Trade.CARRIER, "goods", currency="USD")] == [1, 2]
    place.office.contractors.remove(place.bob.number, Trade.CARRIER)
    assert [row.box for row in place.office.contractors.terms(Trade.CARRIER, "goods", currency="USD")] == [1]
    assert [case.reason for case in place.office.cases.open(CaseKind.TENDER)] == [
        "the carrier in box 2 has left: category goods, everywhere"
    ]
    place.office.contractors.remove(place.ann.number, Trade.CARRIER)
    assert list(place.office.contractors.terms(Trade.CARRIER, "goods", currency="USD")) == []
    assert len(place.office.cases.open(CaseKind.TENDER)) == 2
    kinds = [event.kind for _, event in place.office.events(size=1000)]
    assert kinds.count(EventKind.SERVICE_ENDED) == 2


def test_terms_that_are_over_end_without_a_case() -> None:
    """Of terms whose time is over nothing is left to end when their contractor goes."""
    place = calls()
    tender = place.carriage(answer=None, until=START + 2 * DAY)
    place.fees(tender, "3.00")
    place.world.wait(DAY)
    place.world.wait(DAY)
    place.office.contractors.remove(place.ann.number, Trade.CARRIER)
    assert list(place.office.cases.open()) == []


def test_a_member_who_leaves_is_registered_no_more() -> None:
    """Leaving takes a member out of the registers and of every tender, also as a seller."""
    place = leaving(calls())
    place.office.contractors.register(place.ann.number, Trade.PROVIDER)
    tender = place.carriage()
    place.fees(tender, "1.00", "2.00")
    place.world.wait(DAY)
    place.ann.account.withdraw("moved")
    assert place.states(tender) == [(1, PlaceState.DECLINED), (2, PlaceState.ASKED)]
    assert [row.box for row in place.office.contractors.page(Trade.CARRIER)] == [2, 3, 4]
    assert list(place.office.contractors.page(Trade.PROVIDER)) == []


def test_a_seller_who_leaves_takes_the_bid_along() -> None:
    """A member's bid for an item's supply is withdrawn when he or she leaves, and nobody judges it."""
    place = leaving(calls())
    item = place.item()
    place.eve.buyer.reserve(item, quantity=2, max_price="10.00")
    tender = place.supply(item)
    for desk, price in ((place.fay, "5.00"), (place.dan, "6.00")):
        desk.seller.bid(tender, tiers={1: price}, delivery=(START + 9 * DAY).date())
    place.fay.account.withdraw("moved")
    assert place.bid(tender, place.fay).withdrawn
    place.world.wait(DAY)
    assert place.states(tender) == [(place.dan.number, PlaceState.ASKED)]


def test_who_leaves_after_the_deadline_was_judged_before() -> None:
    """A member who leaves when bids should have been opened leaves a ranking: the deadline comes first."""
    place = leaving(calls())
    tender = place.carriage()
    place.fees(tender, "1.00", "2.00")
    place.world.clock.set(START + DAY)
    place.ann.account.withdraw("moved")
    assert place.states(tender) == [(1, PlaceState.DECLINED), (2, PlaceState.ASKED)]


def called(place: Calls) -> list[int | None]:
    """Return to which boxes calls were mailed, in that order."""
    return [mail.box for mail in place.world.mailbox.sent if mail.subject.startswith("Call for bids")]


def test_calls_go_to_everybody_registered_and_once() -> None:
    """Housekeeping mails a call to every contractor of the trade, and to nobody else, once."""
    place = calls()
    place.office.contractors.register(place.eve.number, Trade.PROVIDER)
    place.carriage()
    assert called(place) == []
    assert place.world.broker.next_due() == START
    assert place.world.broker.run_due().calls == 4
    assert called(place) == [1, 2, 3, 4]
    assert place.world.broker.run_due().calls == 0
    assert called(place) == [1, 2, 3, 4]
    subject, body = place.mails(place.ann)[0]
    assert subject == "Call for bids 1: carriage"
    assert "100.00 USD" in body
    assert "2026-01-06 12:01 UTC" in body


def test_calls_go_to_the_invited_alone() -> None:
    """A call to some is mailed to those, also where others watch or are registered."""
    place = calls()
    place.carriage(invited=[3, 1])
    place.world.broker.run_due()
    assert called(place) == [1, 3]


def test_calls_for_items_go_to_who_watches_the_demand() -> None:
    """Sellers are mailed calls where they asked for news of the category's demand, at once or by digests."""
    place = calls()
    place.ann.seller.watch_demand("goods", When.AT_ONCE)
    place.eve.seller.watch_demand("goods", When.REGULARLY)
    place.fay.seller.watch_demand("services", When.AT_ONCE)
    place.supply(place.item())
    place.world.broker.run_due()
    assert called(place) == [1, 5]
    assert "Lamp (goods)" in place.mails(place.eve)[0][1]


def test_calls_that_are_over_are_mailed_no_more() -> None:
    """A call that was taken back, or whose time is over before housekeeping comes, is mailed to nobody."""
    place = calls()
    place.office.tenders.take_back(place.carriage())
    place.carriage()
    place.world.wait(DAY)
    assert called(place) == []
    assert place.world.broker.next_due() is None


def test_many_are_mailed_in_batches() -> None:
    """A call to more than one unit of work can mail reaches everybody once, and members who left nobody."""
    place = leaving(calls())
    for at in range(205):
        desk = place.world.join(f"Carrier{at}")
        place.office.contractors.register(BoxNumber(desk.number), Trade.CARRIER)
    place.carriage(invited=range(1, 5))
    place.carriage()
    place.dan.account.withdraw("moved")
    place.world.broker.run_due()
    boxes = called(place)
    assert boxes[:3] == [1, 2, 3]
    assert boxes[3:] == [1, 2, 3, *range(7, 212)]


def test_an_answer_after_removal_is_refused() -> None:
    """Who is removed while being asked can answer no more."""
    place = calls()
    tender = place.carriage()
    place.fees(tender, "1.00")
    place.world.wait(DAY)
    place.office.contractors.remove(place.ann.number, Trade.CARRIER)
    with pytest.raises(UnknownTender):
        place.ann.carrier.accept(tender)
    place.office.contractors.register(place.ann.number, Trade.CARRIER)
    with pytest.raises(TenderNotOpen):
        place.ann.carrier.accept(tender)
