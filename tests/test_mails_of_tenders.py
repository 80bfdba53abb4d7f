"""What mails about items, tenders and orders say: one line of subject, one style of times, and what makes up a sum."""

import re
from typing import Any

import pytest

from brokerage.policy import Carriage
from brokerage.records.contractors import Trade
from brokerage.records.watches import When
from builders import DAY, immediate
from called_tenders import Calls, calls
from orders_under_way import BIDDING, Fair, fair

BROKEN = "Lamp\r\nBcc: everybody@home.example\n\nDear"


def bodies(place: Any, box: int, subject: str) -> list[str]:
    """Return the bodies of the mails to a box whose subject has certain words."""
    return [mail.body for mail in place.mailbox.sent if mail.box == box and subject in mail.subject]


def test_a_name_with_line_breaks_stays_on_one_line() -> None:
    """Neither an item's name nor a zone with line breaks reaches a subject, or begins a line of a body."""
    place = calls()
    eve, fay = place.eve, place.fay
    eve.seller.watch_demand("goods", When.AT_ONCE)
    eve.buyer.watch_items("goods", When.AT_ONCE)
    place.world.broker.run_due()
    now = place.world.clock.now()
    item = place.office.items.register("goods", BROKEN, currency="USD", release_at=now + 90 * DAY)
    fay.buyer.reserve(item, quantity=2, max_price="10.00")
    tender = place.supply(item)
    place.carriage(zone=BROKEN)
    place.world.broker.run_due()
    eve.seller.bid(tender, tiers={1: "9.00"}, delivery=(now + 30 * DAY).date())
    place.world.wait(DAY)
    eve.seller.decline(tender)
    sent = place.world.mailbox.sent
    assert any("Bcc" in mail.subject for mail in sent)
    assert any("Bcc" in mail.body for mail in sent)
    assert not any("\n" in mail.subject or "\r" in mail.subject for mail in sent)
    assert not any(line.startswith("Bcc") for mail in sent for line in mail.body.splitlines())


def test_news_have_a_subject_of_one_line() -> None:
    """What the manager writes keeps its text, and its subject comes on one line."""
    place = calls()
    place.eve.account.choose_mail(news=True)
    place.office.news.write(" Sale\nnow ", "first\n\nthird", mail=True)
    place.world.broker.run_due()
    [mail] = [mail for mail in place.world.mailbox.sent if "Sale" in mail.subject]
    assert (mail.subject, mail.body) == ("Sale now", "first\n\nthird")


def test_mails_write_times_in_one_way() -> None:
    """Wherever a mail has a time of day it is written as 2026-03-19 09:00 UTC."""
    found = _agreed(fair(immediate(), bob=(3, "100.00")))
    found.desk("eve").buyer.watch_items("goods", When.AT_ONCE)
    found.world.broker.run_due()
    found.world.broker.office.items.register(
        "goods", "Rug", currency="USD", release_at=found.world.clock.now() + 40 * DAY
    )
    found.world.broker.run_due()
    words = " ".join(mail.body for mail in found.world.mailbox.sent)
    times = re.findall(r"\S+\s\S*\d\d:\d\d\S*\s\S+", words)
    assert len(times) >= 4
    assert not re.search(r"\dT\d\d:", words)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC[.,;]?", time) for time in times)


def _agreed(found: Fair) -> Fair:
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("ann", tender)
    found.confirm("bob")
    found.desk("ann").seller.confirm_order(order.number)
    return found


def test_a_buyer_is_told_what_makes_up_the_total() -> None:
    """Asked to confirm, and told of the deal, a buyer reads price, carriage and sum apart; without fees no fee."""
    found = _agreed(fair(immediate(carriage=Carriage("Van", "account of Van", {"USD": "5.00"})), bob=(3, "100.00")))
    box = found.desk("bob").number
    told = "90.00 USD for each and 5.00 USD carriage: 275.00 USD all told"
    [asked], [agreed] = bodies(found.world, box, "please confirm"), bodies(found.world, box, ": deal 1")
    assert f"by 2026-03-01 for {told}. Confirm or decline it before 2026-01-10 12:01 UTC" in asked
    assert f"will be delivered for {told}. Please pay under D1-" in agreed
    free = _agreed(fair(bob=(3, "100.00")))
    [asked] = bodies(free.world, box, "please confirm")
    assert "for 90.00 USD for each: 270.00 USD all told" in asked


def test_a_buyer_is_told_the_payment_fee_apart() -> None:
    """Where a provider settles, its fee stands beside the carriage."""
    found = fair(bob=(3, "100.00"))
    for name, trade in (("van", Trade.CARRIER), ("payer", Trade.PROVIDER)):
        found.world.broker.office.contractors.register(found.desk(name).number, trade)
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    found.accept("ann", tender)
    [carriage], [settling] = found.desk("van").carrier.calls(), found.desk("payer").provider.calls()
    found.desk("van").carrier.bid(carriage.number, fixed="3.00", each="0.50")
    found.desk("payer").provider.bid(settling.number, rate="0.01")
    found.world.wait(DAY)
    [asked] = bodies(found.world, found.desk("bob").number, "please confirm")
    parts = "90.00 USD for each, 4.50 USD carriage and 2.74 USD payment fee: 277.24 USD all told"
    assert parts in asked
    [van] = bodies(found.world, found.desk("van").number, "Accepted")
    lot = "You are appointed for carriage of an order (goods), 1 deal, 3 units"
    assert van == f"{lot}. Your fee: 3.00 USD a deal and 0.50 USD a unit."
    [payer] = bodies(found.world, found.desk("payer").number, "Accepted")
    assert payer.endswith("(goods), 1 deal, 3 units. Your fee: 0.00 USD a deal and 0.01 of the amount.")


def _standing(answer: Any) -> Calls:
    place = calls()
    tender = place.carriage(zone="North", answer=answer)
    place.ann.carrier.bid(tender, fixed="3.00", each="0.50", rate="0.01")
    place.world.wait(DAY)
    if answer is not None:
        place.ann.carrier.accept(tender)
    return place


FEE = "Your fee: 3.00 USD a deal, 0.50 USD a unit and 0.01 of the amount"
TERMS = f"carriage in North (goods), from 2026-01-06 12:01 UTC to 2026-03-06 12:01 UTC. {FEE}"


@pytest.mark.parametrize("answer", [None, DAY])
def test_who_is_appointed_reads_for_what_and_at_what_fee(answer: Any) -> None:
    """A carrier whose bid is accepted is mailed what it is appointed for, how long, and its own fee."""
    place = _standing(answer)
    [body] = bodies(place.world, place.ann.number, "Accepted")
    assert body == f"You are appointed for {TERMS}."


def test_a_carrier_who_is_asked_reads_of_no_commission() -> None:
    """The question to a carrier names the service and its own fee: there is no commission, and none is spoken of."""
    place = _standing(DAY)
    [body] = bodies(place.world, place.ann.number, "is selected")
    assert body == f"You are asked for {TERMS}. Accept or decline until 2026-01-07 12:01 UTC."


def test_a_seller_who_is_asked_reads_the_commission() -> None:
    """The question to a seller has price, commission and share of each."""
    found = fair(bob=(3, "100.00"))
    tender = found.call()
    found.bid("ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    [body] = bodies(found.world, found.desk("ann").number, "is selected")
    assert "90.00 USD for each of 3 units, of which 9.00 USD is our commission and 81.00 USD yours." in body


def test_who_is_passed_over_reads_of_no_fee() -> None:
    """A carrier who is not appointed learns how the own bid stands, and nothing of an appointment."""
    place = calls()
    tender = place.carriage(answer=None)
    place.fees(tender, "1.00", "2.00")
    place.world.wait(DAY)
    [body] = bodies(place.world, place.bob.number, "Not selected")
    assert body == "The tender 1 for carriage is over. Your bid: Not selected."
