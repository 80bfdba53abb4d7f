"""What one call does that is due: expiry told once, deals that leave the boxes, rounds, and nothing when nothing is."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from attrs import astuple

from brokerage import BankTransfer, DeliveryStep, Periodic, Policy
from brokerage.adapters.memory import PretendBank
from brokerage.errors import UnknownOffer
from brokerage.records.deals import DealState
from brokerage.records.notices import PaymentNotice
from brokerage.records.offers import Outcome
from builders import DAY, START, Trade, trade, world


def completed() -> Trade:
    """Return a completed deal."""
    made = trade(world())
    made.transfer("92.00")
    made.world.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    made.bob.confirm(made.number)
    return made


def shown(made: Trade) -> tuple[int, int]:
    """Return how many sales Ann's box shows, and how many purchases Bob's."""
    return made.ann.box().sale_count, made.bob.box().purchase_count


def test_a_completed_deal_leaves_the_boxes_once_acknowledged() -> None:
    """Each party's box shows a finished deal until that party acknowledges; "my deals" keep it (spec T2)."""
    made = completed()
    assert shown(made) == (1, 1)
    made.ann.acknowledge()
    assert shown(made) == (0, 1)
    assert made.world.broker.office.transactions("goods").rows == ()
    made.bob.acknowledge()
    assert shown(made) == (0, 0)
    for desk, number in ((made.ann, made.sale), (made.bob, made.purchase)):
        with pytest.raises(UnknownOffer):
            desk.show(number)
        assert [made.number] == [deal.number for deal in desk.deals()]
        assert desk.deal(made.number).ended_at == START


def test_a_completed_deal_leaves_the_boxes_with_time() -> None:
    """Without any acknowledgement a finished deal leaves the boxes thirty days after its end (spec T2)."""
    made = completed()
    made.world.wait(30 * DAY - timedelta(microseconds=1))
    assert shown(made) == (1, 1)
    made.world.wait(timedelta(microseconds=1))
    assert shown(made) == (0, 0)
    assert made.ann.deal(made.number).status == "Paid/Commodity Received"
    assert made.fact.state is DealState.COMPLETED
    assert made.world.broker.next_due() is None


def test_a_lapsed_deal_leaves_the_buyers_box() -> None:
    """A lapsed purchase leaves its box by acknowledgement or with time, and never takes the open sale along."""
    for acknowledges in (True, False):
        made = trade(world())
        made.world.wait(7 * DAY)
        assert shown(made) == (1, 1)
        if acknowledges:
            made.bob.acknowledge()
            assert shown(made) == (1, 0)
        made.world.wait(30 * DAY)
        assert shown(made) == (1, 0)
        assert made.ann.box().sales[0].deal is None


def test_a_deal_in_flight_stays() -> None:
    """Acknowledging files nothing that is not finished."""
    made = trade(world())
    made.ann.acknowledge()
    made.bob.acknowledge()
    assert shown(made) == (1, 1)


def test_an_offer_is_open_only_before_its_limit() -> None:
    """At its limit an offer is gone from every view before any sweep, and no longer a candidate (spec T1)."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD", limit=START + DAY)
    want = bob.buy("goods", max_price="100.00", currency="USD")
    place.clock.set(START + DAY - timedelta(microseconds=1))
    assert [sale] == [candidate.sale for candidate in bob.candidates(want)]
    assert [sale] == [view.number for view in bob.unsold("goods")]
    place.clock.set(START + DAY)
    assert (len(bob.candidates(want)), len(bob.unsold("goods")), ann.box().sale_count) == (0, 0, 0)
    assert bob.box().purchases[0].status == "No Seller"
    assert place.broker.office.transactions("goods").rows == ()
    with pytest.raises(UnknownOffer):
        ann.show(sale)


def test_expiry_is_told_once() -> None:
    """The sweep ends an offer at its limit and tells its member by e-mail, once, without any price (spec T1)."""
    place = world()
    ann = place.join("Ann")
    sale = ann.sell("goods", "Thing", min_price="81.23", currency="USD", limit=START + DAY)
    ann.buy("goods", max_price="45.67", currency="USD", limit=START + 2 * DAY)
    sent = len(place.mailbox.sent)
    assert place.wait(DAY - timedelta(microseconds=1)).expired == 0
    assert place.wait(timedelta(microseconds=1)).expired == 1
    assert place.sale(sale).outcome == Outcome.EXPIRED
    assert place.wait(DAY).expired == 1
    assert place.wait(DAY).expired == 0
    mails = place.mailbox.sent[sent:]
    assert [(ann.number, "Sale offer 1 has ended"), (ann.number, "Purchase offer 2 has ended")] == [
        (mail.box, mail.subject) for mail in mails
    ]
    assert not any("81" in mail.body or "45" in mail.body for mail in mails)
    with pytest.raises(UnknownOffer):
        ann.show(sale)


def test_many_limits_at_once() -> None:
    """More offers than one unit of work handles expire in one call."""
    place = world(Policy(matching=Periodic(), open_offer_count=None))
    ann = place.join("Ann")
    for at in range(450):
        ann.sell("goods", "Thing", min_price=at, currency="USD", limit=START + DAY)
    assert place.wait(DAY).expired == 450
    assert place.broker.next_due() is None


def test_rounds_fall_on_multiples() -> None:
    """With periodic matching an offer shows at the next multiple of five minutes in UTC, and is due then (X2)."""
    place = world(Policy())
    ann, bob = place.join("Ann"), place.join("Bob")
    ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    due = START.replace(minute=5)
    assert due == place.broker.next_due()
    place.clock.set(due - timedelta(microseconds=1))
    assert place.broker.run_due().arrivals == 0
    assert len(bob.candidates(want)) == 0
    place.clock.set(due)
    assert place.broker.run_due().arrivals == 2
    assert len(bob.candidates(want)) == 1
    before = place.state()
    assert place.broker.run_due().arrivals == place.broker.match() == 0
    assert before == place.state()


def test_a_quiet_call_changes_nothing() -> None:
    """Where nothing is due nothing is done, whatever the time."""
    made = trade(world())
    before = made.world.state()
    for _ in range(3):
        report = made.world.wait(DAY)
        assert {0} == set(astuple(report))
    assert before == made.world.state()


def test_deadlines_in_the_order_of_time() -> None:
    """One late call does all that came due meanwhile: the lapse, the expiry, and what follows from them."""
    made = trade(world())
    eve = made.world.join("Eve")
    want = eve.buy("goods", max_price="100.00", currency="USD", limit=START + 8 * DAY)
    made.world.wait(7 * DAY)
    deal = eve.decide(want, made.sale, price="92.00", pay_by=BankTransfer())
    made.world.wait(200 * DAY)
    assert eve.deal(deal.number).status == "Lapsed"
    assert made.world.broker.run_due().deadlines == 0


class SilentBank(PretendBank):
    """A bank whose line is down, in the words of the library that its adapter uses."""

    def notices(self) -> Sequence[PaymentNotice]:
        """Fail as a socket does."""
        raise ConnectionError("the line is down")


def test_a_bank_that_cannot_be_reached() -> None:
    """Whatever an adapter raises when it is asked for news counts as silence, and everything else due is done (T3)."""
    made = trade(world(bank=SilentBank()))
    report = made.world.wait(7 * DAY)
    assert (report.silent, report.deadlines) == (1, 1)
    assert made.fact.state is DealState.LAPSED
