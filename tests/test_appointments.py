"""Standing terms of carriers and payment providers: appointed by a tender, seen beside the price, charged (N6, A6)."""

from typing import Any

import pytest

from brokerage import BankTransfer, Money
from brokerage.policy import Carriage
from brokerage.records.cases import CaseKind
from brokerage.records.contractors import Trade
from brokerage.records.deals import Purpose
from builders import DAY, START
from called_tenders import HOUR, Calls, calls


def awarded(place: Calls, winner: Any, fee: str, **changes: Any) -> Any:
    """Let somebody win a tender for carriage of goods whose bids bind, and return its number."""
    tender = place.carriage(**{"answer": None, **changes})
    winner.carrier.bid(tender, fixed=fee)
    place.world.wait(DAY)
    return tender


def carriages(place: Calls) -> list[str]:
    """Return the carriage that Fay is shown beside the price of a sale of Eve's, with a new pair of offers."""
    place.eve.sell("goods", "Lamp", min_price="80.00", currency="USD")
    want = place.fay.buy("goods", max_price="100.00", currency="USD")
    return [candidate.carriage.text() for candidate in place.fay.candidates(want, size=1)]


def rows(place: Calls, **changes: Any) -> list[tuple[int, str]]:
    """Return whose terms stand or will, and for what fee."""
    terms = place.office.contractors.terms(Trade.CARRIER, "Goods", **{"currency": "USD", **changes})
    return [(row.box, row.fixed.text()) for row in terms]


def test_buyers_see_the_fee_before_they_decide_and_pay_it_to_the_carrier() -> None:
    """Who wins carries every deal of the category: its fee stands beside the price and is a charge of the deal."""
    place = calls()
    awarded(place, place.bob, "3.00")
    sale = place.eve.sell("goods", "Lamp", min_price="80.00", currency="USD")
    want = place.fay.buy("goods", max_price="100.00", currency="USD")
    [candidate] = place.fay.candidates(want)
    assert (candidate.price.text(), candidate.carriage.text(), candidate.total.text()) == ("92.00", "3.00", "95.00")
    deal = place.fay.decide(want, sale, price=candidate.total, pay_by=BankTransfer())
    charges = {charge.purpose: charge for charge in place.world.deal(deal.number).charges}
    assert (charges[Purpose.CARRIAGE].payee.box, charges[Purpose.CARRIAGE].units) == (place.bob.number, 300)


def test_payment_providers_are_appointed_alike() -> None:
    """A payment provider's part is taken of the price with the carriage, and shown and charged beside it."""
    place = calls()
    awarded(place, place.bob, "8.00")
    place.office.contractors.register(place.ann.number, Trade.PROVIDER)
    row = place.office.tenders.call_service(
        Trade.PROVIDER, "goods", currency="USD", until=START + 90 * DAY, amount="100.00", bids_until=START + 2 * DAY
    )
    assert place.ann.provider.calls()[0].what == "settlement of payments"
    place.ann.provider.bid(row.number, rate="0.01")
    place.world.wait(DAY)
    [appointment] = place.ann.provider.appointments()
    assert (appointment.rate, appointment.tender) == (place.bid(row.number, place.ann).terms.rate, 2)
    place.eve.sell("goods", "Lamp", min_price="80.00", currency="USD")
    want = place.fay.buy("goods", max_price="100.00", currency="USD")
    [candidate] = place.fay.candidates(want)
    assert (candidate.payment_fee.text(), candidate.total.text()) == ("1.00", "101.00")


def test_fees_are_compared_on_a_usual_deal() -> None:
    """A part of the price wins on small deals and loses on large ones: the amount of the call decides."""
    for amount, winner in (("50.00", 2), ("500.00", 1)):
        place = calls()
        tender = place.carriage(amount=amount)
        place.ann.carrier.bid(tender, fixed="2.00", each="1.00")
        place.bob.carrier.bid(tender, rate="0.02")
        place.world.wait(DAY)
        assert place.tender(tender).places[0].box == winner


def test_terms_end_when_they_said() -> None:
    """The terms stand until their end and not at it; then the standing carrier of the policy steps in."""
    place = calls(carriage=Carriage("Standing", "account", {"USD": "7.00"}))
    assert carriages(place) == ["7.00"]
    awarded(place, place.bob, "3.00", until=START + 2 * DAY)
    assert carriages(place) == ["3.00"]
    place.world.clock.set(START + 2 * DAY - DAY / 10**9)
    assert carriages(place) == ["3.00"]
    place.world.clock.set(START + 2 * DAY)
    assert carriages(place) == ["7.00"]


def test_new_terms_take_the_place_of_the_old_when_they_begin() -> None:
    """Old terms hold until the new ones begin, to the instant; the new ones hold although the old would have."""
    place = calls()
    awarded(place, place.ann, "3.00")
    awarded(place, place.bob, "4.00", since=START + 10 * DAY)
    awarded(place, place.cyd, "5.00", since=START + 20 * DAY)
    assert rows(place) == [(1, "3.00"), (2, "4.00"), (3, "5.00")]
    for day, fee in ((10 * DAY - HOUR, "3.00"), (10 * DAY, "4.00"), (20 * DAY - HOUR, "4.00"), (20 * DAY, "5.00")):
        place.world.clock.set(START + day)
        assert carriages(place) == [fee]
    awarded(place, place.dan, "6.00")
    assert carriages(place) == ["6.00"]
    assert rows(place) == [(4, "6.00")]


def test_terms_that_begin_before_others_put_them_away() -> None:
    """Terms that begin earlier than ones that are awarded already take their place altogether."""
    place = calls()
    awarded(place, place.ann, "3.00", since=START + 20 * DAY)
    assert carriages(place) == ["0.00"]
    awarded(place, place.bob, "4.00", since=START + 10 * DAY)
    assert rows(place) == [(2, "4.00")]


def test_terms_stand_for_their_category_zone_and_currency_alone() -> None:
    """Another currency, another zone and another category have no such terms."""
    place = calls()
    awarded(place, place.ann, "3.00")
    assert rows(place) == [(1, "3.00")]
    assert rows(place, currency="EUR") == rows(place, zone="north") == []
    assert list(place.office.contractors.terms(Trade.PROVIDER, "goods", currency="USD")) == []
    assert list(place.office.contractors.terms(Trade.CARRIER, "services", currency="USD")) == []


class Halves:
    """Zones in which Fay lives in the south, and everybody else in the north."""

    def zone(self, address: str) -> str:
        """Return the zone of an address."""
        return "south" if address.startswith("Fay") else "north"


def test_a_zone_is_where_it_is_delivered() -> None:
    """The fee is that of the buyer's zone, wherever the seller lives, so it tells nothing of that."""
    place = calls(zoning=Halves())
    awarded(place, place.ann, "3.00", zone="south")
    awarded(place, place.bob, "9.00", zone="north")
    assert carriages(place) == ["3.00"]
    place.eve.sell("goods", "Lamp", min_price="70.00", currency="USD")
    want = place.dan.buy("goods", max_price="100.00", currency="USD")
    assert [candidate.carriage for candidate in place.dan.candidates(want, size=1)] == [Money(900, "USD")]
    [call] = place.ann.carrier.bids()[:1]
    assert call.what == "carriage in south"


@pytest.mark.parametrize("is_at_once", [True, False])
def test_what_a_carrier_was_appointed_for(is_at_once: bool) -> None:
    """The winner's appointment names the category, the fee and the time; who only bid has none."""
    place = calls()
    tender = place.carriage(since=None if is_at_once else START + 5 * DAY)
    place.fees(tender, "3.00", "4.00")
    place.world.wait(DAY)
    place.ann.carrier.accept(tender)
    [appointment] = place.ann.carrier.appointments()
    assert (appointment.what, appointment.category, appointment.fixed.text()) == ("carriage", "goods", "3.00")
    assert appointment.since == START + (DAY if is_at_once else 5 * DAY)
    assert appointment.until == START + 60 * DAY
    assert appointment.table().rows[0][:2] == (tender, "carriage")
    assert len(place.bob.carrier.appointments()) == 0


def test_terms_awarded_late_begin_at_the_award() -> None:
    """Where the award comes after the time at which the terms were to begin, they begin at the award."""
    place = calls()
    tender = place.carriage(since=START + DAY + HOUR)
    place.fees(tender, "3.00")
    place.world.wait(2 * DAY - HOUR)
    place.ann.carrier.accept(tender)
    [row] = place.office.contractors.terms(Trade.CARRIER, "goods", currency="USD")
    assert (row.since, row.until, row.tender) == (START + 2 * DAY - HOUR, START + 60 * DAY, tender)


def test_nobody_found_leaves_what_stands() -> None:
    """A tender without a winner changes no terms; the manager gets a case and can call again."""
    place = calls()
    awarded(place, place.ann, "3.00")
    place.carriage()
    place.world.wait(DAY)
    assert carriages(place) == ["3.00"]
    assert [case.kind for case in place.office.cases.open()] == [CaseKind.TENDER]
