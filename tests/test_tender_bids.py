"""Bids: made, amended and withdrawn to the instant, repeated requests, and whatever is wrong (N3, V1, V4, S5)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from brokerage.errors import (
    BrokerageError,
    InvalidAmount,
    InvalidChoice,
    InvalidCursor,
    InvalidRate,
    InvalidText,
    InvalidTime,
    LimitReached,
    NotRegistered,
    RequestReused,
    TenderNotOpen,
    UnknownCategory,
    UnknownCurrency,
    UnknownItem,
    UnknownMember,
    UnknownTender,
)
from brokerage.records.contractors import Trade
from brokerage.records.numbers import TenderNumber
from brokerage.records.tenders import PlaceState, Tier
from brokerage.services.tendering import Telling
from builders import DAY, START
from called_tenders import DELIVERY, Calls, calls
from test_bad_input import CURSORS
from wrong_values import AMOUNTS, CODES, MAY_BE_EMPTY, NAMES, NUMBERS, SIZES, Row, assert_refused, each

pytestmark = pytest.mark.once

RATES: list[Any] = [0.5, True, None, "-1", "1.000000000000000001", Decimal("NaN"), "1e-2", "", 2]
QUANTITIES: list[Any] = [0, -1, 10**6 + 1, True, 1.5, "1"]
TIMES: list[Any] = [None, "2026-02-01", 5, datetime(2026, 2, 1)]
REQUESTS: list[Any] = ["", 5, "r" * 201]


def scene() -> Calls:
    """Return a broker with a call for carriage (1) on which Ann and Bob bid, and one for an item's supply (2)."""
    place = calls()
    tender = place.carriage()
    place.fees(tender, "5.00", "3.00")
    place.supply(place.item())
    return place


def carry(place: Calls, **changes: Any) -> object:
    """Bid as a carrier with something wrong."""
    return place.ann.carrier.bid(**{"tender": TenderNumber(1), "fixed": "4.00", **changes})


def sell(place: Calls, **changes: Any) -> object:
    """Bid as a seller with something wrong."""
    right = {"tender": TenderNumber(2), "tiers": {1: "9.00", 10: "8.00"}, "delivery": DELIVERY}
    return place.eve.seller.bid(**{**right, **changes})


CASES: list[Row] = [
    *each("bid", NUMBERS, lambda s, v: carry(s, tender=v), UnknownTender, "tender"),
    *each("bid", AMOUNTS, lambda s, v: carry(s, fixed=v), InvalidAmount, "fixed"),
    *each("bid", AMOUNTS, lambda s, v: carry(s, each=v), InvalidAmount, "each"),
    *each("bid", RATES, lambda s, v: carry(s, rate=v), InvalidRate, "rate"),
    *each("bid", TIMES[1:], lambda s, v: carry(s, valid_until=v), InvalidTime, "valid_until"),
    ("bid valid until", lambda s: carry(s, valid_until=START + DAY), InvalidTime, "valid_until"),
    *each("bid", [5, "vans", ["vans"]], lambda s, v: carry(s, qualities=v), InvalidChoice, "qualities"),
    *each("bid", [*NAMES[:3], *NAMES[4:]], lambda s, v: carry(s, qualities={v: 1}), InvalidText, "qualities"),
    *each("bid", [0.5, None, "-1", 10**10], lambda s, v: carry(s, qualities={"a": v}), InvalidRate, "qualities[a]"),
    (
        "bid qualities", lambda s: carry(s, qualities=dict.fromkeys(map(str, range(101)), 1)),
        LimitReached, "qualities",
    ),
    *each("bid", REQUESTS, lambda s, v: carry(s, request_id=v), InvalidText, "request_id"),
    *each("sell", NUMBERS, lambda s, v: sell(s, tender=v), UnknownTender, "tender"),
    *each("sell", [None, {}, 5, "tiers", [(1, "9.00")]], lambda s, v: sell(s, tiers=v), InvalidChoice, "tiers"),
    *each("sell", [*QUANTITIES, None], lambda s, v: sell(s, tiers={v: "9.00"}), InvalidChoice, "tiers"),
    *each("sell", AMOUNTS, lambda s, v: sell(s, tiers={1: v}), InvalidAmount, "tiers[1]"),
    ("sell rising", lambda s: sell(s, tiers={1: "9.00", 2: "9.01"}), InvalidAmount, "tiers[2]"),
    ("sell tiers", lambda s: sell(s, tiers=dict.fromkeys(range(1, 102), "1.00")), LimitReached, "tiers"),
    *each("sell", [*QUANTITIES, None], lambda s, v: sell(s, least=v), InvalidChoice, "least"),
    *each("sell", QUANTITIES, lambda s, v: sell(s, most=v), InvalidChoice, "most"),
    ("sell most under least", lambda s: sell(s, least=5, most=4), InvalidChoice, "most"),
    ("sell most under tier", lambda s: sell(s, tiers={5: "1.00"}, most=4), InvalidChoice, "most"),
    *each("sell", [None, "2026-02-01", 5, START], lambda s, v: sell(s, delivery=v), InvalidTime, "delivery"),
    ("sell yesterday", lambda s: sell(s, delivery=(START - DAY).date()), InvalidTime, "delivery"),
    *each("withdraw", NUMBERS, lambda s, v: s.ann.carrier.withdraw_bid(v), UnknownTender, "tender"),
    ("withdraw none", lambda s: s.cyd.carrier.withdraw_bid(1), TenderNotOpen, "tender"),
    *each("accept", NUMBERS, lambda s, v: s.ann.carrier.accept(v), UnknownTender, "tender"),
    *each("decline", NUMBERS, lambda s, v: s.ann.carrier.decline(v), UnknownTender, "tender"),
    *each("question", NUMBERS, lambda s, v: s.ann.carrier.question(v), UnknownTender, "tender"),
    *each("call", NUMBERS, lambda s, v: s.ann.carrier.call(v), UnknownTender, "tender"),
    ("accept unasked", lambda s: s.ann.carrier.accept(1), TenderNotOpen, "tender"),
    *each("calls", SIZES, lambda s, v: s.ann.carrier.calls(size=v), InvalidChoice, "size"),
    *each("calls", CURSORS, lambda s, v: s.ann.carrier.calls(after=v), InvalidCursor, "after"),
    *each("bids", SIZES, lambda s, v: s.ann.carrier.bids(size=v), InvalidChoice, "size"),
    *each("bids", CURSORS, lambda s, v: s.ann.carrier.bids(after=v), InvalidCursor, "after"),
    *each("appointments", CURSORS, lambda s, v: s.ann.carrier.appointments(after=v), InvalidCursor, "after"),
    *each("service", [None, "carrier", 5, Trade.SELLER], lambda s, v: service(s, trade=v), InvalidChoice, "trade"),
    *each("service", NAMES, lambda s, v: service(s, category=v), InvalidText, "category"),
    ("service category", lambda s: service(s, category="gods"), UnknownCategory, "category"),
    *each("service", CODES, lambda s, v: service(s, currency=v), UnknownCurrency, "currency"),
    *each("service", MAY_BE_EMPTY, lambda s, v: service(s, zone=v), InvalidText, "zone"),
    *each("service", AMOUNTS, lambda s, v: service(s, amount=v), InvalidAmount, "amount"),
    *each("service", TIMES, lambda s, v: service(s, until=v), InvalidTime, "until"),
    ("service over", lambda s: service(s, until=START + DAY), InvalidTime, "until"),
    ("service backward", lambda s: service(s, since=START + 61 * DAY), InvalidTime, "until"),
    *each("service", TIMES[1:], lambda s, v: service(s, since=v), InvalidTime, "since"),
    *each("service", TIMES, lambda s, v: service(s, bids_until=v), InvalidTime, "bids_until"),
    ("service now", lambda s: service(s, bids_until=START), InvalidTime, "bids_until"),
    (
        "service far", lambda s: service(s, bids_until=START + 181 * DAY, until=START + 900 * DAY),
        InvalidTime, "bids_until",
    ),
    *each("service", [None, "dearest", 5, ["lowest price"]], lambda s, v: service(s, judge=v), InvalidChoice, "judge"),
    *each("service", [None, 1, "yes"], lambda s, v: service(s, sealed=v), InvalidChoice, "sealed"),
    *each("service", [0, 0 * DAY, -DAY, "1"], lambda s, v: service(s, answer=v), InvalidChoice, "answer"),
    *each("service", [5, "1", []], lambda s, v: service(s, invited=v), InvalidChoice, "invited"),
    *each("service", NUMBERS, lambda s, v: service(s, invited=[v]), UnknownMember, "invited"),
    ("service unregistered", lambda s: service(s, invited=[5]), NotRegistered, "invited"),
    ("service crowd", lambda s: service(s, invited=range(1, 1002)), LimitReached, "invited"),
    *each("service", REQUESTS, lambda s, v: service(s, request_id=v), InvalidText, "request_id"),
    *each("supply", NUMBERS, lambda s, v: s.office.tenders.call_supply(v, bids_until=START + DAY), UnknownItem, "item"),
    *each("supply", [0 * DAY, "1"], lambda s, v: s.supply(1, answer=v), InvalidChoice, "answer"),
    *each("show", NUMBERS, lambda s, v: s.office.tenders.show(v), UnknownTender, "tender"),
    *each("take back", NUMBERS, lambda s, v: s.office.tenders.take_back(v), UnknownTender, "tender"),
    *each("page", SIZES, lambda s, v: s.office.tenders.page(size=v), InvalidChoice, "size"),
    *each("page", CURSORS, lambda s, v: s.office.tenders.page(after=v), InvalidCursor, "after"),
]  # fmt: skip


def service(place: Calls, trade: Any = Trade.CARRIER, category: Any = "goods", **changes: Any) -> object:
    """Call for carriage with something wrong."""
    right = {"currency": "USD", "until": START + 60 * DAY, "amount": "100.00", "bids_until": START + DAY}
    return place.office.tenders.call_service(trade, category, **{**right, **changes})


@pytest.mark.parametrize(("call", "error", "field"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_whatever_is_wrong_is_refused_and_changes_nothing(call: Any, error: type[BrokerageError], field: str) -> None:
    """Each argument that is not acceptable is refused by its error, with its name, and nothing is changed."""
    place = scene()
    assert_refused(place.world, lambda: call(place), error, field)


def test_what_is_just_possible() -> None:
    """At the limits it works: the dearest, the most, and the day that it is."""
    place = scene()
    bid = place.eve.seller.bid(
        TenderNumber(2),
        tiers={10**6: 0, 1: 10**15, 2: 10**15},
        least=10**6,
        most=10**6,
        delivery=START.date(),
        valid_until=START + DAY + DAY / 10**9,
        qualities={"q" * 200: 10**9, "a": 0},
    )
    terms = place.bid(bid.tender, place.eve).terms
    assert terms.tiers == (Tier(1, 10**15), Tier(2, 10**15), Tier(10**6, 0))
    assert [quality.name for quality in terms.qualities] == ["a", "q" * 200]
    carried = place.ann.carrier.bid(TenderNumber(1), rate=1, each=10**15, fixed=10**15)
    assert (int(carried.rate), carried.fixed.units) == (1, 10**15)


def test_bids_can_be_amended_to_the_instant() -> None:
    """A bid can be made and amended until the deadline, and at the deadline no more: what stood then is judged."""
    place = calls()
    tender = place.carriage()
    place.fees(tender, "5.00", "3.00")
    place.world.clock.set(place.world.clock.now() + DAY - DAY / 10**9)
    view = place.ann.carrier.bid(tender, fixed="2.00")
    assert (view.number, view.status, view.made_at) == (1, "Made", place.world.clock.now())
    assert place.bid(tender, place.ann).arrival > place.bid(tender, place.bob).arrival
    place.world.clock.set(place.world.clock.now() + DAY / 10**9)
    with pytest.raises(TenderNotOpen):
        place.ann.carrier.bid(tender, fixed="9.00")
    assert [(one.box, one.price) for one in place.tender(tender).places] == [(1, 200), (2, 300)]


def test_a_withdrawn_bid_is_not_judged_and_can_be_made_again() -> None:
    """Withdrawn, a bid has no place in the ranking; bidding anew makes the same bid stand again, later than others."""
    place = calls()
    tender = place.carriage()
    place.fees(tender, "3.00", "3.00", "1.00")
    assert place.cyd.carrier.withdraw_bid(tender).status == "Withdrawn"
    with pytest.raises(TenderNotOpen):
        place.cyd.carrier.withdraw_bid(tender)
    place.ann.carrier.withdraw_bid(tender)
    assert place.ann.carrier.bid(tender, fixed="3.00").number == 1
    assert place.tender(tender).bids == 6
    place.world.wait(DAY)
    assert place.states(tender) == [(2, PlaceState.ASKED), (1, PlaceState.WAITING)]
    assert place.cyd.carrier.bids()[0].rank is None


def test_bids_are_not_withdrawn_at_the_deadline() -> None:
    """At the deadline the bids are opened, and none is taken back any more."""
    place = calls()
    tender = place.carriage()
    place.fees(tender, "3.00")
    place.world.clock.set(place.world.clock.now() + DAY)
    with pytest.raises(TenderNotOpen):
        place.ann.carrier.withdraw_bid(tender)
    assert place.states(tender) == [(1, PlaceState.ASKED)]


def test_only_the_invited_bid() -> None:
    """A call to some is there for nobody else: neither listed nor found, whatever number is tried."""
    place = calls()
    tender = place.carriage(invited=[place.bob.number, place.cyd.number, place.bob.number])
    assert place.tender(tender).invited == (2, 3)
    assert [len(desk.carrier.calls()) for desk in place.carriers] == [0, 1, 1, 0]
    with pytest.raises(UnknownTender) as hidden:
        place.ann.carrier.bid(tender, fixed="1.00")
    with pytest.raises(UnknownTender) as missing:
        place.ann.carrier.bid(TenderNumber(77), fixed="1.00")
    assert str(hidden.value) == str(missing.value).replace("77", str(tender))
    place.bob.carrier.bid(tender, fixed="1.00")


def test_calls_close_at_the_instant() -> None:
    """At the deadline a call is listed no more and shown as closed, and mailed to nobody, before anything swept it."""
    place = calls()
    tender = place.carriage()
    place.world.clock.set(START + DAY - DAY / 10**9)
    assert [call.status for call in place.ann.carrier.calls()] == ["Open"]
    place.world.clock.set(START + DAY)
    assert len(place.ann.carrier.calls()) == 0
    assert place.ann.carrier.call(tender).status == "Closed"
    telling = Telling(place.world.broker.policy)
    place.world.store.run(lambda tx: telling.mail_calls(tx, START + DAY))
    place.world.broker.run_due()
    assert place.mails(place.ann) == []


def test_only_the_registered_bid() -> None:
    """A call for carriage is there for no member who is no carrier, nor for a carrier as a payment provider."""
    place = calls()
    tender = place.carriage()
    for desk in (place.eve.carrier, place.ann.provider):
        assert len(desk.calls()) == 0
        with pytest.raises(UnknownTender):
            desk.bid(tender, fixed="1.00")
    with pytest.raises(UnknownTender):
        place.ann.seller.bid(tender, tiers={1: "1.00"}, delivery=DELIVERY)


def test_a_repeated_request_bids_once() -> None:
    """The same request gives the same bid, also after the deadline; another one under its id is refused."""
    place = calls()
    tender = place.carriage()
    first = place.ann.carrier.bid(tender, fixed="3.00", request_id="one")
    assert place.ann.carrier.bid(tender, fixed="3.00", request_id="one") == first
    assert place.tender(tender).bids == 1
    with pytest.raises(RequestReused):
        place.ann.carrier.bid(tender, fixed="4.00", request_id="one")
    place.world.wait(DAY)
    assert place.ann.carrier.bid(tender, fixed="3.00", request_id="one").number == first.number


def test_a_repeated_request_calls_once() -> None:
    """The same call under the same id is one tender, also later; another one under its id is refused."""
    place = calls()
    given = {"bids_until": START + DAY, "until": START + 60 * DAY, "request_id": "one"}
    tender = place.carriage(**given)
    place.world.wait(2 * DAY)
    assert place.carriage(**given) == tender
    with pytest.raises(RequestReused):
        place.carriage(**{**given, "judge": "lowest price"})
    item = place.item()
    supply = {"bids_until": START + 3 * DAY, "request_id": "two"}
    assert place.supply(item, **supply) == place.supply(item, **supply) == 2


def test_a_delivery_day_is_a_day() -> None:
    """A day is taken as it is, and stands in the bid as it was given."""
    place = scene()
    view: Any = sell(place, delivery=date(2026, 1, 5))
    assert view.delivery == date(2026, 1, 5)
    assert [row[10] for row in view.table().rows] == ["2026-01-05", "2026-01-05"]
