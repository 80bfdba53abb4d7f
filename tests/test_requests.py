"""Commands that are repeated under one request id do nothing twice, and others under it are refused (spec S5)."""

from collections.abc import Callable
from typing import Any

import pytest

from brokerage import BankTransfer, Brokerage, Card, MemberDesk
from brokerage.adapters.memory import PretendCardHouse
from brokerage.errors import InvalidText, NotACandidate, RequestReused
from brokerage.ports import Answer
from builders import DAY, Trade, World, trade, world

SELL: dict[str, Any] = {
    "category": "goods",
    "name": "Thing",
    "min_price": "80.00",
    "currency": "USD",
    "description": "As new",
    "photographs": ["p-1"],
    "attributes": {"colour": "red", "size": "L"},
}
BUY: dict[str, Any] = {
    "category": "goods",
    "max_price": "80.00",
    "currency": "USD",
    "words": ["thing"],
    "attributes": {"colour": ["red", "blue"], "size": ["L"]},
}


@pytest.mark.parametrize(
    ("call", "other"),
    [
        (
            lambda ann: ann.sell(**SELL, request_id="r"),
            lambda ann: ann.sell(**{**SELL, "name": "Other"}, request_id="r"),
        ),
        (lambda ann: ann.buy(**BUY, request_id="r"), lambda ann: ann.buy(**{**BUY, "max_price": 1}, request_id="r")),
        (lambda ann: ann.sell(**SELL, request_id="r"), lambda ann: ann.buy(**BUY, request_id="r")),
    ],
    ids=["sell", "buy", "sell and buy"],
)
def test_offers_repeated(call: Callable[[MemberDesk], int], other: Callable[[MemberDesk], int]) -> None:
    """A repeated request gives the first number, also after the offer ended; with other arguments it is refused."""
    place = world()
    ann = place.join("Ann")
    number = call(ann)
    before = place.state()
    assert number == call(ann)
    with pytest.raises(RequestReused) as caught:
        other(ann)
    assert (caught.value.field, caught.value.value) == ("request_id", "r")
    assert before == place.state()
    ann.cancel(number)  # type: ignore[arg-type]
    place.wait(DAY)
    assert number == call(ann)
    assert ann.box().sale_count + ann.box().purchase_count == 0


def test_ids_belong_to_their_member() -> None:
    """The same id of another member is another request."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    assert [ann.sell(**SELL, request_id="r"), bob.sell(**SELL, request_id="r")] == [1, 2]


def test_a_request_that_was_refused_can_be_repeated() -> None:
    """An id whose request was refused is free: the right request under it is taken."""
    place = world()
    ann = place.join("Ann")
    with pytest.raises(InvalidText):
        ann.sell(**{**SELL, "name": ""}, request_id="r")
    assert ann.sell(**SELL, request_id="r") == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"attributes": {"a": "1", "b": "2"}}, {"attributes": {"b": "2", "a": "1"}}),
        ({"photographs": ["p"]}, {"photographs": ("p",)}),
        ({"photographs": ["p"]}, {"photographs": iter(["p"])}),
    ],
)
def test_equal_arguments_are_the_same_request(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Arguments that mean the same in another order or another kind of sequence are no other arguments."""
    place = world()
    ann = place.join("Ann")
    assert ann.sell(**{**SELL, **first}, request_id="r") == ann.sell(**{**SELL, **second}, request_id="r")


def test_equal_sets_are_the_same_request() -> None:
    """Required words that are given as a set are the same whatever the order in which the set was filled."""
    place = world()
    ann = place.join("Ann")
    words = [f"word{at}" for at in range(60)]
    forwards, backwards = set(words), set()
    for word in reversed(words):
        backwards.add(word)
    first = ann.buy(**{**BUY, "words": forwards}, request_id="r")
    assert first == ann.buy(**{**BUY, "words": backwards}, request_id="r")


def test_huge_arguments_of_a_repeated_request() -> None:
    """A repeated id with an integer too large to be written out is refused as any other argument is."""
    place = world()
    ann = place.join("Ann")
    ann.sell(**SELL, request_id="r")
    with pytest.raises(RequestReused):
        ann.sell(**{**SELL, "min_price": 10**5000}, request_id="r")


@pytest.mark.parametrize("pay_by", [BankTransfer(), Card("token")])
def test_decisions_repeated(pay_by: BankTransfer | Card) -> None:
    """A repeated decision gives the same deal, holds no card twice, and is refused with other arguments."""
    made = trade(world(), pay_by, request_id="d")
    place = made.world
    before, outside = place.state(), place.outside()

    def again(**changes: Any) -> int:
        right: dict[str, Any] = {
            "purchase": made.purchase,
            "sale": made.sale,
            "price": made.deal.total,
            "pay_by": pay_by,
        }
        return made.bob.decide(**{**right, **changes}, request_id="d").number

    assert made.number == again()
    others: list[dict[str, Any]] = [
        {"sale": 99}, {"purchase": made.sale}, {"price": 1}, {"pay_by": Card("other")}, {"pay_by": BankTransfer()},
    ]  # fmt: skip
    for changes in others:
        if changes.get("pay_by") == pay_by:
            continue
        with pytest.raises(RequestReused):
            again(**changes)
    assert (before, outside) == (place.state(), place.outside())
    place.wait(8 * DAY)
    assert made.number == again()


def test_a_decision_repeated_while_the_first_is_under_way() -> None:
    """Of two equal decisions by card that overlap both give the one deal, and the card is held once (S1, S5)."""
    repeat: list[Callable[[], object]] = []

    class Busy(PretendCardHouse):
        def authorise(self, key: str, token: str, units: int, currency: str) -> Answer:
            """Let the impatient caller ask again meanwhile."""
            if repeat:
                repeat.pop()()
            return super().authorise(key, token, units, currency)

    place = world(cards=Busy())
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    place.cards.cards["token"] = 100_000

    def decide() -> int:
        return bob.decide(want, sale, price="92.00", pay_by=Card("token"), request_id="d").number

    repeat.append(decide)
    assert decide() == 1
    assert (place.cards.cards, place.cards.held) == ({"token": 100_000 - 9200}, {})


def application(place: World, **changes: Any) -> MemberDesk:
    """Register Ann under a request id."""
    return place.join("Ann", **{"request_id": "r", **changes})


def test_registering_repeated() -> None:
    """A repeated application gives the same desk and no second member; another application under its id is refused."""
    place = world()
    first = application(place)
    before = place.state()
    assert first.number == application(place).number
    with pytest.raises(RequestReused):
        application(place, name="Other")
    assert before == place.state()


def test_registering_repeated_with_another_password() -> None:
    """A password is an argument too: under another one a repeated application is refused and opens nobody's desk."""
    place = world()
    application(place, password="first password")
    with pytest.raises(RequestReused):
        application(place, password="other password")


def test_a_refused_decision_is_no_result() -> None:
    """A decision that was refused leaves its id free for the right one."""
    made = trade(world())
    sale = made.ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = made.bob.buy("goods", max_price="100.00", currency="USD")
    with pytest.raises(NotACandidate):
        made.bob.decide(want, made.sale, price="92.00", pay_by=BankTransfer(), request_id="d")
    assert made.bob.decide(want, sale, price="92.00", pay_by=BankTransfer(), request_id="d").number == 2


def test_the_desk_of_a_repeated_decision_is_the_buyers() -> None:
    """A seller who repeats the buyer's id learns nothing: ids belong to their member."""
    made: Trade = trade(world(), request_id="d")
    broker: Brokerage = made.world.broker
    with pytest.raises(Exception, match="an offer of this member"):
        broker.desk(made.ann.number).decide(
            made.purchase, made.sale, price=made.deal.total, pay_by=BankTransfer(), request_id="d"
        )
