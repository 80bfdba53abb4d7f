"""Sellers' bids for what is reserved of an item: the broker's terms, and a price that the demand moves (N3, N4)."""

from typing import Any

import pytest

from brokerage.errors import InvalidAmount, RequestReused, TenderNotOpen, WrongPrice
from brokerage.money import Money
from brokerage.records.tenders import PlaceState, TenderState
from builders import DAY
from called_tenders import DELIVERY, Calls, calls


def reserved(place: Calls, *wishes: tuple[int, str]) -> Any:
    """Register an item, and let the carriers reserve it: so many units, at most at such a price."""
    item = place.item()
    numbers = [
        desk.buyer.reserve(item, quantity=quantity, max_price=price)
        for desk, (quantity, price) in zip(place.carriers, wishes, strict=False)
    ]
    return item, numbers


def test_the_selected_seller_sees_the_brokers_terms() -> None:
    """The question shows price, commission and share of each unit, at the category's rate times the seller's factor."""
    place = calls()
    place.office.set_factor(place.eve.number, "0.9")
    item, _ = reserved(place, (2, "10.00"), (3, "9.00"))
    tender = place.supply(item)
    place.eve.seller.bid(tender, tiers={1: "10.00", 5: "9.00"}, delivery=DELIVERY)
    place.world.wait(DAY)
    question = place.eve.seller.question(tender)
    assert (question.price.text(), question.commission.text(), question.share.text()) == ("9.00", "0.81", "8.19")
    assert (str(question.rate), question.units, question.what) == ("0.09", 5, "Lamp")
    assert question.until == place.world.clock.now() + place.world.broker.policy.tender_answer
    subject, body = place.mails(place.eve)[-1]
    assert subject == "Your bid 3 is selected"
    assert "8.19 USD yours" in body
    place.office.set_factor(place.eve.number, "1")
    place.office.correct_category("goods", rate="0.5")
    assert place.eve.seller.question(tender) == question
    assert question.table().rows[0][3:7] == (question.price, question.rate, question.commission, question.share)


def test_the_price_that_was_shown_is_the_price_that_is_accepted() -> None:
    """When what is reserved has moved the bid to another tier, the old price is refused, and the new one stands."""
    place = calls()
    item, numbers = reserved(place, (2, "10.00"), (3, "10.00"))
    tender = place.supply(item)
    place.eve.seller.bid(tender, tiers={1: "10.00", 5: "9.00"}, delivery=DELIVERY)
    place.world.wait(DAY)
    assert place.eve.seller.question(tender).price == Money(900, "USD")
    place.bob.buyer.cancel(numbers[1])
    with pytest.raises(WrongPrice):
        place.eve.seller.accept(tender, price="9.00")
    assert place.states(tender) == [(place.eve.number, PlaceState.ASKED)]
    question = place.eve.seller.question(tender)
    assert (question.price, question.units) == (Money(1000, "USD"), 2)
    inexact: Any = 9.0
    with pytest.raises(InvalidAmount):
        place.eve.seller.accept(tender, price=inexact)
    assert place.eve.seller.accept(tender, price=Money(1000, "USD")).status == "Accepted"


def test_a_bid_that_nobody_wants_any_more_is_passed_over() -> None:
    """When what it would serve is gone, the question is withdrawn as soon as anybody looks, and the next is asked."""
    place = calls()
    item, numbers = reserved(place, (2, "10.00"), (3, "7.00"))
    tender = place.supply(item)
    place.eve.seller.bid(tender, tiers={1: "6.00"}, least=4, delivery=DELIVERY)
    place.fay.seller.bid(tender, tiers={1: "6.50"}, delivery=DELIVERY)
    place.world.wait(DAY)
    assert place.states(tender) == [(5, PlaceState.ASKED), (6, PlaceState.WAITING)]
    place.bob.buyer.cancel(numbers[1])
    with pytest.raises(TenderNotOpen):
        place.eve.seller.accept(tender, price="6.00")
    assert place.states(tender) == [(5, PlaceState.PASSED_OVER), (6, PlaceState.ASKED)]
    assert place.place(tender, place.eve).remark == "too little is reserved at its prices"
    assert place.eve.seller.bids()[0].status == "Not selected"


def test_a_call_for_an_item_tells_what_it_is() -> None:
    """Every member finds the call with the item's name, release and details, and no demand by name."""
    place = calls()
    item = place.item(description="It shines", model="L1")
    place.supply(item)
    [call] = place.eve.seller.calls()
    assert (call.what, call.category, call.item, call.currency) == ("Lamp", "goods", item, "USD")
    assert (call.status, call.zone, call.deals, call.amount) == ("Open", "", None, None)
    assert call.details is not None
    assert (call.details.description, call.details.model) == ("It shines", "L1")
    place.world.wait(DAY)
    assert len(place.eve.seller.calls()) == 0
    assert place.eve.seller.call(call.number).status == "Closed"


def test_without_demand_no_bid_suits() -> None:
    """Where nothing is reserved at a bid's prices nobody is asked, and every bidder is told."""
    place = calls()
    tender = place.supply(place.item())
    place.eve.seller.bid(tender, tiers={1: "6.00"}, delivery=DELIVERY)
    place.world.wait(DAY)
    assert place.tender(tender).state is TenderState.FAILED
    assert place.place(tender, place.eve).reason == "does not suit: too little is reserved at its prices"
    assert place.mails(place.eve)[-1][0] == "Your bid 1: Not selected"


def test_the_brokers_terms_are_asked_for_of_every_seller() -> None:
    """A call for an item takes the policy's time to answer where it names none: sellers' bids do not bind."""
    place = calls(tender_answer=3 * DAY)
    tender = place.supply(place.item())
    assert place.tender(tender).answer == 3 * DAY


def test_a_repeated_acceptance_is_the_same_one() -> None:
    """Under one request id terms are accepted once; another price is refused, and so is none."""
    place = calls()
    item, _ = reserved(place, (2, "10.00"))
    tender = place.supply(item)
    place.eve.seller.bid(tender, tiers={1: "10.00"}, delivery=DELIVERY)
    place.world.wait(DAY)
    nothing: Any = None
    with pytest.raises(InvalidAmount):
        place.eve.seller.accept(tender, price=nothing)
    first = place.eve.seller.accept(tender, price="10.00", request_id="once")
    assert place.eve.seller.accept(tender, price="10.00", request_id="once") == first
    with pytest.raises(RequestReused):
        place.eve.seller.accept(tender, price="9.00", request_id="once")
    assert len(place.eve.seller.orders()) == 1
