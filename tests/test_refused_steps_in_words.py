"""What a refusal around items says, who is refused after leaving, and what nothing is changed by (spec N2, N3, V4)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from brokerage import Money
from brokerage.errors import (
    InvalidAmount,
    NobodyServes,
    NotRegistered,
    NotReservable,
    TenderNotOpen,
    UnknownMember,
    WrongPrice,
)
from brokerage.records.contractors import Trade
from brokerage.records.numbers import BoxNumber, TenderNumber
from builders import DAY, START
from called_tenders import DELIVERY, Calls, calls
from orders_under_way import BIDDING, Fair, fair

_OVER = "the time for bids was over at 2026-01-06 12:01 UTC"
_FIRST = TenderNumber(1)
_INEXACT: Any = 0.5
_NOT_ASKED = "you are not asked, or not any more: look at how your bid stands"


def _called() -> Calls:
    """Ann and Bob have bid for carriage."""
    place = calls()
    place.fees(place.carriage(), "5.00", "3.00")
    return place


def _refusal(step: Callable[[], object]) -> tuple[str, str]:
    """Return which step a tender refuses, and why."""
    with pytest.raises(TenderNotOpen) as refused:
        step()
    assert (refused.value.field, refused.value.value) == ("tender", 1)
    assert refused.value.limit == f"a tender that can be {refused.value.step} now"
    return refused.value.step, refused.value.remedy


def test_why_a_tender_refuses_a_step() -> None:
    """Too late, too early, without a bid, taken back and not asked are told apart, with the time that it was about."""
    place = _called()
    early = "bids can be made until 2026-01-06 12:01 UTC, and nobody is asked before"
    assert place.tender(_FIRST).bids_until == START + DAY
    assert _refusal(lambda: place.ann.carrier.accept(_FIRST)) == ("answered", early)
    assert _refusal(lambda: place.cyd.carrier.withdraw_bid(_FIRST)) == (
        "withdrawn from",
        "no bid of yours stands there",
    )
    place.world.wait(DAY)
    assert _refusal(lambda: place.cyd.carrier.bid(_FIRST, fixed="1.00")) == ("bid on", _OVER)
    assert _refusal(lambda: place.bob.carrier.withdraw_bid(_FIRST)) == ("withdrawn from", _OVER)
    assert _refusal(lambda: place.office.tenders.take_back(_FIRST)) == ("taken back", _OVER)
    for step in (place.ann.carrier.accept, place.ann.carrier.decline, place.cyd.carrier.question):
        assert _refusal(lambda: step(_FIRST)) == ("answered", _NOT_ASKED)  # noqa: B023


def test_why_a_call_that_was_taken_back_refuses_a_step() -> None:
    """Nobody bids, answers or takes back what was taken back, and each is told so."""
    place = _called()
    place.office.tenders.take_back(_FIRST)
    back = "the call was taken back"
    assert _refusal(lambda: place.cyd.carrier.bid(_FIRST, fixed="1.00")) == ("bid on", back)
    assert _refusal(lambda: place.ann.carrier.accept(_FIRST)) == ("answered", back)
    assert _refusal(lambda: place.office.tenders.take_back(_FIRST)) == ("taken back", back)


def _asked() -> Fair:
    """Bob is asked to confirm Ann's order."""
    found = fair(bob=(3, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    found.accept("ann", tender)
    return found


def test_what_whoever_cannot_cancel_is_to_do() -> None:
    """Asked he declines; confirmed he is bound until the seller answers; then there is a deal, or it has ended."""
    found = _asked()
    buyer, number = found.desk("bob").buyer, found.reserved["bob"]

    def remedies(*steps: Callable[[], object]) -> set[str]:
        told = set()
        for step in steps:
            with pytest.raises(NotReservable) as refused:
                step()
            told.add(refused.value.remedy)
        return told

    changes = (lambda: buyer.cancel(number), lambda: buyer.amend(number, quantity=1))
    assert remedies(*changes) == {"decline it: an order would serve it"}
    found.confirm("bob")
    bound = {"wait: it binds you until the seller of its order has answered"}
    assert remedies(*changes, lambda: buyer.decline(number)) == bound
    found.desk("ann").seller.confirm_order(found.desk("ann").seller.orders()[0].number)
    assert remedies(*changes) == {"look at its deal"}
    found.world.wait(7 * DAY)
    assert remedies(*changes) == {"reserve anew: it has ended"}


def test_refusals_name_what_was_given() -> None:
    """A fee for each unit, a total and an invited box are named as the caller named them."""
    place = _called()
    with pytest.raises(InvalidAmount) as inexact:
        place.cyd.carrier.bid(_FIRST, fixed="1.00", each=_INEXACT)
    assert inexact.value.field == "each"
    with pytest.raises(UnknownMember) as unknown:
        place.carriage(invited=[place.ann.number, BoxNumber(99)])
    assert (unknown.value.field, unknown.value.value) == ("invited", 99)
    with pytest.raises(NotRegistered) as unregistered:
        place.carriage(invited=[place.eve.number])
    assert (unregistered.value.field, unregistered.value.value) == ("invited", place.eve.number)
    found = _asked()
    price = found.shown("bob").price
    assert price is not None
    for total in ("1.00", Money(price.units + 1, "USD")):
        with pytest.raises(WrongPrice) as wrong:
            found.desk("bob").buyer.confirm(found.reserved["bob"], total=total)
        assert wrong.value.field == "total"


def test_a_zone_of_all_is_everywhere() -> None:
    """Where no zones are told apart, whoever is missing is missing everywhere; elsewhere the zone is named."""
    assert str(NobodyServes("carrier", "")).startswith("everywhere: a zone with a carrier is wanted")
    assert str(NobodyServes("carrier", "north")).startswith("zone 'north': a zone with a carrier is wanted")
    place = calls()
    place.carriage()
    place.world.wait(DAY)
    [case] = place.office.cases.open()
    assert case.reason == "tender 1 found no carrier for category goods, everywhere: nobody bid"


def test_an_old_desk_reads_nothing() -> None:
    """Whoever has left reads neither items nor demand, calls nor bids; the desk of before says that he is no member."""
    place = _called()
    item = place.item()
    place.supply(item)
    place.office.members.add_reason("moved", "Moved")
    place.ann.account.withdraw("moved")
    buyer, seller, carrier, provider = place.ann.buyer, place.ann.seller, place.ann.carrier, place.ann.provider
    reads: list[Callable[[], object]] = [
        buyer.items, lambda: buyer.items("goods"), lambda: buyer.item(item), lambda: seller.demand(item),
        seller.calls, seller.bids, carrier.calls, carrier.bids, carrier.appointments,
        provider.calls, provider.bids, provider.appointments,
    ]  # fmt: skip
    for read in reads:
        with pytest.raises(UnknownMember):
            read()


def test_an_amendment_without_a_change_keeps_its_place() -> None:
    """Nothing named, or the values that stand however they are written, change nothing; others cost the place."""
    found = fair()
    found.reserve("bob", 3, "100.00", date(2026, 3, 1))
    found.reserve("cleo", 3, "100.00")
    buyer, number, before = found.desk("bob").buyer, found.reserved["bob"], found.world.state()
    buyer.amend(number)
    buyer.amend(number, quantity=3, max_price=10000, wanted_by=date(2026, 3, 1))
    buyer.amend(number, max_price="100.00")
    assert before == found.world.state()
    buyer.amend(number, wanted_by=date(2026, 3, 2))
    assert found.fact("bob").arrival > found.fact("cleo").arrival


def test_the_same_bid_again_keeps_its_place() -> None:
    """Equal terms change nothing while a bid stands; one that is made again after withdrawing has a new place."""
    place = calls()
    tender = place.carriage()
    place.fees(tender, "3.00", "3.00")
    before = place.world.state()
    assert place.ann.carrier.bid(tender, fixed=300, rate="0.00").status == "Made"
    assert before == place.world.state()
    place.world.wait(DAY)
    assert [one.box for one in place.tender(tender).places] == [1, 2]

    other = place.carriage()
    place.fees(other, "3.00", "3.00")
    place.ann.carrier.withdraw_bid(other)
    place.ann.carrier.bid(other, fixed="3.00")
    place.world.wait(DAY)
    assert [one.box for one in place.tender(other).places] == [2, 1]


def test_the_same_bid_again_by_a_request_of_its_own() -> None:
    """A bid that changes nothing is remembered by its request id like any other."""
    place = calls()
    tender = place.supply(place.item())

    def bid(request_id: str | None = None, **tiers: str) -> int:
        prices = {1: "9.00", 10: "8.00"} if not tiers else {1: tiers["price"]}
        return place.eve.seller.bid(tender, tiers=prices, delivery=DELIVERY, request_id=request_id).number

    first, second = bid("a"), bid("b")
    bid(price="7.00")
    assert first == second == bid("b")
    assert place.bid(tender, place.eve).terms.tiers[0].price == 700
    assert place.office.contractors.page(Trade.CARRIER)[0].box == place.ann.number
