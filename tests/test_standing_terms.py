"""Carriers and payment providers appointed for a time: what deals of the blind market cost by them (spec A6, N6)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from appointed import CART, ByLastWord, Fees, amounts, appoint
from brokerage import BankTransfer, Card, DeliveryStep
from brokerage.errors import WrongPrice, ZoningError
from brokerage.policy import Policy
from brokerage.records.contractors import EVERYWHERE, Service, Trade
from brokerage.records.deals import Purpose
from brokerage.records.numbers import OfferNumber
from brokerage.services.tendering.appointments import standing_service
from builders import DAY, START, World, balance, check_books, immediate, trade, world
from builders import Trade as Made
from deals_under_way import carried


def test_fees_are_shown_everywhere_before_deciding_and_after() -> None:
    """Page, box, single offer and deal show the same price, carriage, payment fee and total."""
    place = Fees()
    _, bob = place.offered()
    expected = ("92.00", "8.00", "1.00", "101.00")
    [candidate] = bob.candidates(place.want)
    [boxed] = bob.box().purchases[0].candidates
    shown: Any = bob.show(place.want)
    assert [amounts(view) for view in (candidate, boxed, shown.candidates[0])] == [expected] * 3
    deal = bob.decide(place.want, place.sale, price=candidate.total, pay_by=BankTransfer())
    decided: Any = bob.show(place.want)
    assert [amounts(view) for view in (deal, decided.candidates[0], bob.deal(deal.number))] == [expected] * 3
    assert (deal.quantity, place.ann.deal(deal.number).quantity) == (1, 1)
    table = deal.table()
    cells: dict[str, object] = dict(zip(table.columns, table.rows[0], strict=True))
    wanted = {"quantity": 1, "price": "92.00 USD", "carriage": "8.00 USD", "payment fee": "1.00 USD"}
    assert {heading: str(cells[heading]) for heading in wanted} == {name: str(cell) for name, cell in wanted.items()}
    assert "8.00 USD" in bob.box().tables().candidates.text()


def test_fees_are_charges_of_the_deal_and_are_paid_out() -> None:
    """Each fee is a charge that names its payee, and completion pays all of them; the commission is not touched."""
    place = Fees()
    made = place.delivered()
    assert [(charge.payee.box, charge.units, charge.purpose) for charge in made.fact.charges[2:]] == [
        (place.carl.number, 800, Purpose.CARRIAGE),
        (place.pia.number, 101 - 1, Purpose.PAYMENT_FEE),
    ]
    made.bob.confirm(made.number)
    assert place.paid() == {"Ann": 8800, "Carl": 800, "Pia": 100}
    assert balance(place.world, made.number)["revenue"] == "-4.00"
    check_books(place.world)


def test_a_fee_that_is_a_part_of_the_price_differs_between_candidates() -> None:
    """Candidates stand in the order of prices, each with its own fees, and pages show what the whole list shows."""
    place = Fees()
    appoint(place.world.store, Trade.CARRIER, place.carl.number, rate="0.1")
    ann, bob = place.offered()
    ann.sell("goods", "Other", min_price="90.00", currency="USD")
    whole = list(bob.candidates(place.want))
    assert [amounts(view) for view in whole] == [
        ("92.00", "9.20", "1.01", "102.21"),
        ("96.00", "9.60", "1.06", "106.66"),
    ]
    first = bob.candidates(place.want, size=1)
    assert whole == [*first, *bob.candidates(place.want, size=1, after=first.next)]


@pytest.mark.parametrize("total", ["92.00", "100.00", "100.99", "101.01"])
@pytest.mark.parametrize("pay_by", [BankTransfer(), Card("token")])
def test_the_total_decided_on_has_all_fees(total: str, pay_by: BankTransfer | Card) -> None:
    """A total without a fee, or beside the one shown by a cent, is refused, and nothing is held or made."""
    place = Fees()
    with pytest.raises(WrongPrice):
        place.made(pay_by, total)
    assert place.world.cards.held == {}
    assert place.made(pay_by, "101.00").deal.number == 1


def test_orders_to_carry_name_who_was_appointed() -> None:
    """Who gets the carriage charge is named in the order to carry, and in the one to bring back what is returned."""
    made = Fees().delivered()
    made.bob.claims.send_back(made.number)
    carl = made.world.carrier.orders[0].carrier
    assert [order.carrier for order in made.world.carrier.orders] == [carl, carl]
    [charge] = [charge for charge in made.fact.charges if charge.purpose is Purpose.CARRIAGE]
    assert (charge.payee.box, carl) == (carl, 1)


@pytest.mark.parametrize("policy", [immediate(), immediate(carriage=CART)], ids=["nobody", "the standing carrier"])
def test_orders_name_no_member_where_nobody_was_appointed(policy: Policy) -> None:
    """Where no member was appointed the order names none, whether a standing carrier is paid or nobody is."""
    place = world(policy)
    made = trade(place)
    made.transfer(made.deal.total.text())
    assert [order.carrier for order in place.carrier.orders] == [None]


def test_a_card_is_charged_for_the_fees_too() -> None:
    """What is captured is the total."""
    made = Fees().made(Card("token"))
    assert [task.units for task in made.world.cards.captured] == [10_100]
    assert made.bob.deal(made.number).status == "Paid"


def test_fees_that_changed_since_they_were_shown_are_not_charged() -> None:
    """Where terms end between looking and deciding, the total that was seen is refused, and the new one is shown."""
    place = Fees(immediate(carriage=CART))
    appoint(place.world.store, Trade.CARRIER, place.carl.number, fixed=800, until=START + DAY)
    _, bob = place.offered()
    [seen] = bob.candidates(place.want)
    place.world.clock.set(START + DAY)
    with pytest.raises(WrongPrice):
        bob.decide(place.want, place.sale, price=seen.total, pay_by=BankTransfer())
    [now] = bob.candidates(place.want)
    assert [view.carriage.text() for view in (seen, now)] == ["8.00", "5.00"]


def test_a_deal_keeps_the_fees_it_was_made_with() -> None:
    """Other terms, or none, change nothing for a deal that is made."""
    place = Fees()
    made = place.made()
    appoint(place.world.store, Trade.CARRIER, place.pia.number, fixed=5)
    appoint(place.world.store, Trade.PROVIDER, place.pia.number, until=START)
    assert amounts(made.bob.deal(made.number)) == ("92.00", "8.00", "1.00", "101.00")
    made.transfer("101.00")
    carried(made, DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    made.bob.confirm(made.number)
    assert place.paid() == {"Ann": 8800, "Carl": 800, "Pia": 100}


# whose terms stand


def looked_up(place: World, **asked: Any) -> Service | None:
    """Look up who carries, by default goods anywhere for dollars at the beginning."""
    wanted: dict[str, Any] = {
        "trade": Trade.CARRIER, "category": "goods", "zone": EVERYWHERE, "currency": "USD", "now": START, **asked,
    }  # fmt: skip
    return place.read(lambda tx: standing_service(tx, **wanted))


@pytest.mark.parametrize(
    ("asked", "stands"),
    [
        ({}, True),
        ({"category": "GOODS"}, True),
        ({"now": START + DAY - timedelta.resolution}, True),
        ({"now": START + DAY}, False),
        ({"now": START - timedelta.resolution}, False),
        ({"trade": Trade.PROVIDER}, False),
        ({"category": "services"}, False),
        ({"zone": "Row"}, False),
        ({"currency": "EUR"}, False),
    ],
    ids=["as asked", "other spelling", "to the end", "at the end", "before", "trade", "category", "zone", "currency"],
)
def test_terms_stand_for_what_they_say(asked: dict[str, Any], stands: bool) -> None:
    """Trade, category, zone, currency and time must each be the terms' own; they end before their last instant."""
    place = world()
    carl = place.join("Carl")
    appoint(place.store, Trade.CARRIER, carl.number, fixed=5, until=START + DAY)
    assert looked_up(place, **asked) == (Service(carl.number, 5) if stands else None)


def test_whoever_is_not_registered_any_more_serves_nobody() -> None:
    """Where a carrier was taken off the register, the standing one steps in."""
    place = Fees(immediate(carriage=CART))

    def remove(tx: Any) -> None:
        tx.contractors.remove(tx.contractors.get((place.carl.number, Trade.CARRIER)))

    place.world.store.run(remove)
    _, bob = place.offered()
    assert amounts(bob.candidates(place.want)[0]) == ("92.00", "5.00", "0.97", "97.97")


def test_the_standing_carrier_carries_where_nobody_was_appointed() -> None:
    """In a zone without terms the policy's fee is charged, and its carrier paid; nobody settles for a fee."""
    place = Fees(immediate(carriage=CART, zoning=ByLastWord()), zone="Lane")
    made = place.made(total="97.00")
    assert amounts(made.deal) == ("92.00", "5.00", "0.00", "97.00")
    made.transfer("97.00")
    carried(made, DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    made.bob.confirm(made.number)
    assert place.paid() == {"Ann": 8800, "Cart": 500}
    check_books(place.world)


def test_services_are_settled_for_a_fee_and_carried_by_nobody() -> None:
    """What is performed has no carriage, whatever terms stand, and its payment fee is one of the price alone."""
    place = Fees(immediate(carriage=CART), category="services")
    made = place.made(total="92.92")
    assert amounts(made.deal) == ("92.00", "0.00", "0.92", "92.92")
    made.transfer("92.92")
    made.ann.performed(made.number)
    made.bob.confirm(made.number)
    assert place.paid() == {"Ann": 8800, "Pia": 92}
    check_books(place.world)


@pytest.mark.parametrize(
    ("seller", "buyer", "carriage"),
    [("1 Elm Lane", "2 Oak Row", "8.00"), ("1 Elm Row", "2 Oak Lane", "0.00"), ("9 Ash Row", "2 Oak Row", "8.00")],
)
def test_the_zone_is_where_goods_are_delivered(seller: str, buyer: str, carriage: str) -> None:
    """The buyer's address decides, and the seller's does not."""
    place = Fees(immediate(zoning=ByLastWord()), zone="Row")
    place.offered(seller, buyer)
    assert place.bob.candidates(place.want)[0].carriage.text() == carriage


def test_a_buyer_who_moves_pays_what_carriage_costs_there() -> None:
    """The address of the moment counts, as it does for the delivery."""
    place = Fees(immediate(zoning=ByLastWord()), zone="Row")
    _, bob = place.offered()
    bob.account.correct(address="3 Far Lane")
    assert bob.candidates(place.want)[0].carriage.text() == "0.00"


def test_what_was_lost_shows_its_fees() -> None:
    """A sale that somebody else got is shown with what it would have cost."""
    place = Fees()
    _, bob = place.offered()
    cat = place.world.join("Cat")
    wanted = cat.buy("goods", max_price="100.00", currency="USD")
    cat.decide(wanted, place.sale, price="101.00", pay_by=BankTransfer())
    assert [amounts(view) for view in bob.box().purchases[0].lost] == [("92.00", "8.00", "1.00", "101.00")]


# a rule of the broker's own that gives no zone


class Raising:
    """A rule that tells an address in its error."""

    def zone(self, address: str) -> str:
        """Fail."""
        raise KeyError(address)


class Giving:
    """A rule that gives what it was made with."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def zone(self, address: str) -> Any:
        """Return it."""
        return address * 100 if self.given is str else self.given


@pytest.mark.parametrize(
    ("rule", "kind"),
    [(Raising(), "KeyError"), (Giving(None), "NoneType"), (Giving(5), "int"), (Giving(str), "longer text")],
    ids=["raises", "nothing", "a number", "too long"],
)
def test_a_broken_zoning_rule_is_named_and_tells_no_address(rule: Any, kind: str) -> None:
    """Whoever meets it gets a typed error that says of which kind the thing was, and nothing of the address."""
    place = Fees(immediate(zoning=rule))
    _, bob = place.offered(buyer="2 Hidden Row")
    acts: list[Callable[[], object]] = [
        lambda: bob.candidates(place.want),
        bob.box,
        lambda: bob.decide(place.want, place.sale, price=1, pay_by=BankTransfer()),
    ]
    before = place.world.state()
    for act in acts:
        with pytest.raises(ZoningError) as caught:
            act()
        assert (caught.value.field, caught.value.value, caught.value.remedy) == (
            "zoning",
            kind,
            "mend the rule's zone()",
        )
        assert "Hidden" not in repr((str(caught.value), caught.value.args, caught.value.__cause__))
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert before == place.world.state()


# what a buyer learns of where a seller lives


def boxes(seller: str) -> list[str]:
    """Everything that Bob reads of a deal, from looking to deciding, where Ann lives somewhere."""
    place = Fees(immediate(zoning=ByLastWord(), carriage=CART), zone="Row")
    for zone in ("Lane", "Mews"):
        appoint(place.world.store, Trade.CARRIER, place.carl.number, fixed=9999, zone=zone)
        appoint(place.world.store, Trade.PROVIDER, place.pia.number, fixed=999, zone=zone)
    ann, bob = place.offered(seller=seller)
    ann.sell("goods", "Other", min_price="90.00", currency="USD")
    seen = [bob.box().json(), bob.candidates(place.want).table().text(), repr(bob.candidates(place.want, size=1))]
    deal = bob.decide(place.want, OfferNumber(place.sale), price="101.00", pay_by=BankTransfer())
    seen += [repr(deal), deal.table().text(), bob.box().json(), bob.deals().table().text()]
    return [*seen, *(f"{mail.subject} {mail.body}" for mail in place.world.mailbox.sent if mail.box == bob.number)]


@pytest.mark.parametrize("seller", ["1 Elm Lane", "7 Ash Mews", "a place where nobody carries"])
def test_where_a_seller_lives_leaves_no_trace_in_what_a_buyer_sees(seller: str) -> None:
    """Worlds that differ in the seller's address alone give the buyer the same bytes before the deal is paid."""
    assert boxes("1 Elm Row") == boxes(seller)


def test_a_seller_learns_nothing_of_fees() -> None:
    """What the buyer pays beside the price stands in nothing that the seller reads or is sent."""
    place = Fees()
    appoint(place.world.store, Trade.CARRIER, place.carl.number, fixed=777)
    appoint(place.world.store, Trade.PROVIDER, place.pia.number, fixed=333)
    ann, bob = place.offered()
    ann.account.choose_mail(deals=True)
    deal = bob.decide(place.want, place.sale, price="103.10", pay_by=BankTransfer())
    made = Made(place.world, ann, bob, place.sale, place.want, deal)
    made.transfer("103.10")
    carried(made, DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    bob.confirm(made.number)
    seen = [
        repr(ann.deal(made.number)),
        ann.box().json(),
        ann.deals().table().text(),
        ann.account.history().table().text(),
    ]
    seen += [f"{mail.subject} {mail.body}" for mail in place.world.mailbox.sent if mail.box == ann.number]
    assert not [
        text for text in seen for secret in ("7.77", "3.33", "11.10", "103.10", "Carl", "Pia") if secret in text
    ]


def test_terms_can_begin_later() -> None:
    """Terms from tomorrow on are not charged for today."""
    place = Fees()
    appoint(place.world.store, Trade.CARRIER, place.carl.number, fixed=800, since=START + DAY)
    _, bob = place.offered()
    assert bob.candidates(place.want)[0].carriage.text() == "0.00"
    place.world.clock.set(START + DAY)
    assert bob.candidates(place.want)[0].carriage.text() == "8.00"
