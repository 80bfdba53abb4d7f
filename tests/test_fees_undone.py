"""How deals with carriage and a payment fee end badly: what goes back, and who has earned what (spec A8, A9, N6)."""

import pytest

from appointed import Fees, appoint
from brokerage import BankTransfer, Card, DeliveryStep, Money
from brokerage.money import apportion
from brokerage.records.contractors import Trade
from builders import DAY, balance, check_books
from builders import Trade as Made
from deals_under_way import carried, disputed


def test_a_refund_of_delivered_goods_leaves_the_fees_that_were_earned() -> None:
    """Carrier and payment provider have done their part: the buyer gets the price back."""
    place = Fees()
    made = place.delivered()
    made.bob.claims.send_back(made.number)
    carried(made, DeliveryStep.RETURNED)
    assert (place.refunded(), place.paid()) == (9200, {"Carl": 800, "Pia": 100})
    assert made.bob.deal(made.number).refunded == Money(9200, "USD")  # type: ignore[union-attr]
    check_books(place.world)


def test_a_refund_of_what_was_not_delivered_is_one_of_everything() -> None:
    """Nobody has earned a fee."""
    place = Fees()
    made = place.made()
    made.transfer("101.00")
    place.world.wait(14 * DAY)
    assert (place.refunded(), place.paid()) == (10_100, {})
    check_books(place.world)


def test_lost_goods_are_refunded_with_all_fees() -> None:
    """The seller is paid, nobody else, and the carrier owes the seller's share."""
    place = Fees()
    made = place.made()
    made.transfer("101.00")
    carried(made, DeliveryStep.COLLECTED, DeliveryStep.LOST)
    assert (place.refunded(), place.paid()) == (10_100, {"Ann": 8800})
    [case] = place.world.broker.office.cases.of_deal(made.number)
    assert (case.units, case.debtor and case.debtor.value) == (8800, "carrier")
    check_books(place.world)


def test_a_payment_fee_of_services_is_earned_by_performing() -> None:
    """A dispute decided for the buyer after that leaves the payment provider its fee."""
    place = Fees(category="services")
    made = place.made(total="92.92")
    made.transfer("92.92")
    made.ann.performed(made.number)
    disputed(made, "bob", "ann")
    place.world.broker.office.cases.refund(made.number)
    assert (place.refunded(), place.paid()) == (9200, {"Pia": 92})
    check_books(place.world)


@pytest.mark.parametrize(
    ("part", "paid"),
    [
        ("23.00", {"Ann": 6600, "Carl": 800, "Pia": 100}),
        ("92.00", {"Carl": 800, "Pia": 100}),
        ("92.09", {"Carl": 792, "Pia": 99}),
        ("100.99", {"Carl": 1}),
    ],
)
def test_a_refund_in_part_takes_the_price_first_and_then_the_fees_in_proportion(
    part: str, paid: dict[str, int]
) -> None:
    """Seller and broker bear it up to the price; only what goes beyond falls on both fees, by largest remainders."""
    place = Fees()
    made = place.made()
    made.transfer("101.00")
    disputed(made, "bob", "ann")
    place.world.broker.office.cases.refund(made.number, part)
    assert place.paid() == paid
    assert place.refunded() == int(part.replace(".", ""))
    beyond = max(0, place.refunded() - 9200)
    assert [800 - paid.get("Carl", 0), 100 - paid.get("Pia", 0)] == list(apportion(beyond, [800, 100]))
    check_books(place.world)


def test_a_chargeback_after_everyone_was_paid_is_claimed_with_the_fees() -> None:
    """The broker gives up its commission, and the seller owes the rest of what was taken back."""
    place = Fees()
    made = place.delivered(Card("token"))
    made.bob.confirm(made.number)
    key = made.fact.attempts[-1].removeprefix("capture:")
    place.world.cards.charge_back(key, 10_100, "USD")
    place.world.broker.run_due()
    [case] = place.world.broker.office.cases.of_deal(made.number)
    assert (case.units, case.debtor and case.debtor.value) == (10_100 - 400, "seller")
    assert made.ann.deal(made.number).status == "Charged Back"
    assert balance(place.world, made.number)["escrow"] == "0.00"


def test_a_seller_who_carries_is_paid_for_both_and_told_of_the_share() -> None:
    """The carriage of one's own goods is no part of the selling price, of the share, or of what makes a deal paid."""
    place = Fees()
    ann, _ = place.offered()
    appoint(place.world.store, Trade.CARRIER, ann.number, fixed=800)
    deal = place.bob.decide(place.want, place.sale, price="101.00", pay_by=BankTransfer())
    made = Made(place.world, ann, place.bob, place.sale, place.want, deal)
    made.transfer("101.00")
    carried(made, DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    seen = ann.deal(made.number)
    assert (seen.selling_price, seen.share) == (Money(8800, "USD"), Money(8800, "USD"))  # type: ignore[union-attr]
    made.bob.claims.send_back(made.number)
    carried(made, DeliveryStep.RETURNED)
    assert ann.deal(made.number).share == Money(0, "USD")  # type: ignore[union-attr]
    assert place.paid() == {"Ann": 800, "Pia": 100}
    check_books(place.world)
