"""Disputes, returns, calling off and cases at odd moments (spec A7, A8, A9)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from brokerage import Card, DeliveryStep
from brokerage.adapters.memory.gateways import Mood
from brokerage.boxes import buyers_deal
from brokerage.errors import InvalidAmount, InvalidChoice, UnknownCase, UnknownDeal, WrongStep
from brokerage.policy import Carriage
from brokerage.records.cases import CaseKind
from brokerage.records.deals import DealState
from brokerage.records.ledger import Debtor, debt_of
from brokerage.records.numbers import CaseNumber
from builders import DAY, check_books, immediate, trade, world
from deals_under_way import carried, delivered, disputed, paid

ONE = CaseNumber(1)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize("step", ["dispute", "call off", "collected"])
def test_what_comes_after_a_deadline_finds_what_the_deadline_did(step: str) -> None:
    """A moment after the time to collect is over, the buyer is refunded, though no sweep has come by."""
    made = paid()
    made.world.clock.set(made.world.clock.now() + 14 * DAY + MOMENT)
    if step == "collected":
        assert made.world.broker.advise_delivery(made.number, DeliveryStep.COLLECTED, notice="late").startswith("not")
    else:
        with pytest.raises(WrongStep):
            disputed(made, "bob") if step == "dispute" else made.bob.claims.call_off(made.number)
    assert made.fact.state is DealState.REFUNDED
    check_books(made.world)


def test_the_carrier_is_recalled_when_a_paid_deal_is_undone() -> None:
    """Called off or refunded before delivery, the carrier is told once; lost goods cannot be recalled."""
    made = paid()
    made.ann.claims.call_off(made.number)
    made.bob.claims.call_off(made.number)
    assert [task.deal for task in made.world.carrier.recalls] == [made.number]
    lost = carried(paid(), DeliveryStep.COLLECTED, DeliveryStep.LOST)
    assert lost.world.carrier.recalls == []


def test_a_wish_to_call_off_is_void_once_the_deal_goes_on() -> None:
    """One side's wish from before the payment does not meet the other's from after it."""
    made = trade(world())
    made.ann.claims.call_off(made.number)
    assert made.bob.deal(made.number).wants_to_call_off == ("seller",)
    made.transfer("92.00")
    made.bob.claims.call_off(made.number)
    assert made.fact.state is DealState.PAID
    assert made.bob.deal(made.number).wants_to_call_off == ("you",)


def test_a_part_is_between_nothing_and_all() -> None:
    """Refunding nothing, or everything as if it were a part, is refused; so is deciding what is in no dispute."""
    made = delivered()
    with pytest.raises(WrongStep):
        made.world.broker.office.cases.refund(made.number, "23.00")
    disputed(made, "bob", "ann")
    for amount in ("0.00", "92.00", "92.01"):
        with pytest.raises(InvalidAmount):
            made.world.broker.office.cases.refund(made.number, amount)
    assert made.fact.state is DealState.DISPUTED


def test_a_part_above_the_price_falls_on_the_carriage() -> None:
    """Undelivered, carriage can be refunded too: the price goes first, and the carrier gets what is left."""
    place = world(immediate(carriage=Carriage("Fast", "account of Fast", {"USD": "5.00"})))
    made = trade(place)
    made.transfer("97.00")
    disputed(carried(made, DeliveryStep.COLLECTED), "bob", "ann")
    place.broker.office.cases.refund(made.number, "95.00")
    assert made.fact.cuts == (8800, 400, 300)
    assert [(one.bank_account, one.units) for one in place.bank.paid] == [("account of Fast", 200)]
    check_books(place)


def test_a_dispute_is_decided_once() -> None:
    """While the payouts of a decision wait for their answer, nobody decides, disputes or speaks again."""
    made = disputed(delivered(), "bob", "ann")
    made.world.bank.temper.expect(Mood.LOST)
    assert made.world.broker.office.cases.release(made.number).state is DealState.DISPUTED
    again: tuple[Callable[[], object], ...] = (
        lambda: made.world.broker.office.cases.refund(made.number),
        lambda: made.world.broker.office.cases.release(made.number),
        lambda: made.bob.claims.answer(made.number, "but"),
    )
    for act in again:
        with pytest.raises(WrongStep):
            act()
    made.world.wait(timedelta(hours=1))
    assert made.fact.state is DealState.COMPLETED


def test_what_is_accepted_is_disputed_no_more() -> None:
    """Once inspection is over, a deal that waits for its payouts is not disputed and not sent back."""
    made = delivered()
    made.world.bank.temper.expect(Mood.LOST)
    made.bob.confirm(made.number)
    with pytest.raises(WrongStep):
        made.bob.claims.dispute(made.number, "too late")
    with pytest.raises(WrongStep):
        made.bob.claims.send_back(made.number)


def test_who_is_no_party_does_nothing() -> None:
    """For a third member the deal does not exist; the seller sends nothing back."""
    made = delivered()
    claims = made.world.join("Cid").claims
    acts: tuple[Callable[[], object], ...] = (
        lambda: claims.call_off(made.number),
        lambda: claims.dispute(made.number, "mine"),
        lambda: claims.answer(made.number, "mine"),
        lambda: claims.send_back(made.number),
        lambda: made.ann.claims.send_back(made.number),
    )
    for act in acts:
        with pytest.raises(UnknownDeal):
            act()


def test_both_read_what_is_said() -> None:
    """Each side reads both statements, in their order, as "you" and the other; so does the manager, with boxes."""
    made = disputed(delivered(), "bob", "ann")
    sees = [made.bob.deal(made.number).dispute, made.ann.deal(made.number).dispute]
    said = [[(one.by, one.text) for one in view.statements] for view in sees if view]
    assert said == [
        [("you", "bob says so"), ("seller", "ann says so")],
        [("buyer", "bob says so"), ("you", "ann says so")],
    ]
    told = made.world.broker.office.cases.statements(made.number)
    assert [(one.box, one.text) for one in told] == [(2, "bob says so"), (1, "ann says so")]


def test_goods_delivered_during_a_dispute_count_for_the_seller() -> None:
    """What the carrier reports is noted, and decides when nobody does."""
    made = disputed(carried(paid(), DeliveryStep.COLLECTED), "bob", "ann")
    said = made.world.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="late")
    assert said == "noted for the dispute about deal 1: delivered"
    made.world.wait(30 * DAY)
    assert made.fact.state is DealState.COMPLETED


def test_goods_lost_during_a_dispute_are_the_carriers_debt() -> None:
    """A dispute about goods on their way ends when they are lost; once delivered, they are not lost any more."""
    made = disputed(carried(paid(), DeliveryStep.COLLECTED), "bob")
    made.world.broker.advise_delivery(made.number, DeliveryStep.LOST, notice="lost")
    assert made.fact.state is DealState.REFUNDED
    assert made.world.broker.office.balance(debt_of(Debtor.CARRIER, made.number), "USD").units == 8800
    other = disputed(delivered(), "bob")
    said = other.world.broker.advise_delivery(other.number, DeliveryStep.LOST, notice="lost")
    assert said == "not believed: the deal is disputed"
    check_books(made.world)


def test_what_was_not_sent_back_is_not_returned() -> None:
    """In a dispute about goods that the buyer has kept, a return is not believed."""
    made = disputed(delivered(), "bob")
    said = made.world.broker.advise_delivery(made.number, DeliveryStep.RETURNED, notice="r")
    assert said == "not believed: the deal is disputed"
    assert [case.kind for case in made.world.broker.office.cases.open(CaseKind.QUARANTINE)] == [CaseKind.QUARANTINE]


def test_an_order_that_comes_late_does_not_follow_its_recall() -> None:
    """A carrier whose answer to the order was lost, and who was recalled since, is not ordered again."""
    place = world()
    place.carrier.temper.expect(Mood.LOST)
    made = paid(place)
    made.ann.claims.call_off(made.number)
    made.bob.claims.call_off(made.number)
    place.wait(timedelta(hours=1))
    assert (place.carrier.orders, [task.deal for task in place.carrier.recalls]) == ([], [made.number])
    assert list(place.broker.office.cases.open()) == []
    assert place.read(lambda tx: tx.outbox.next_due()) is None


def test_who_is_forgotten_has_said_nothing() -> None:
    """What a forgotten member said in a dispute is taken out of it; the other side's words stay."""
    made = disputed(delivered(), "bob", "ann")
    cases, place = made.world.broker.office.cases, made.world
    cases.release(made.number)
    place.broker.office.members.add_reason("moved", "I have moved")
    made.bob.account.withdraw("moved")
    place.broker.office.members.forget(made.bob.number)
    assert [one.text for one in cases.statements(made.number)] == ["forgotten", "ann says so"]


def test_a_payment_of_nothing_is_not_believed() -> None:
    """No money came, so there is none to keep in suspense: the notice waits in quarantine."""
    made = trade(world())
    assert made.transfer("0.00", reference="nobody's") == "not believed: an amount of nothing"
    [case] = made.world.broker.office.cases.open()
    assert (case.kind, case.amount) == (CaseKind.QUARANTINE, None)


def test_two_payments_under_one_id_both_go_back() -> None:
    """A second payment under an id that came before, believed by the manager, is sent back as well as the first."""
    made = paid()
    for amount in ("10.00", "20.00"):
        made.transfer(amount, "twice")
    made.world.broker.office.cases.take_again(ONE)
    assert [task.units for task in made.world.bank.refunded] == [1000, 2000]
    for amount in ("30.00", "40.00"):
        made.transfer(amount, "lost", reference="nobody's")
    first, second = made.world.broker.office.cases.open()
    made.world.broker.office.cases.take_again(second.number)
    for case in made.world.broker.office.cases.open(CaseKind.SUSPENSE):
        made.world.broker.office.cases.send_back(case.number)
    assert (first.kind, [task.units for task in made.world.bank.refunded[2:]]) == (CaseKind.SUSPENSE, [3000, 4000])
    check_books(made.world)


def test_money_is_given_to_deals_of_its_currency_only() -> None:
    """Euros pay no deal in dollars and no claim in dollars."""
    made = carried(paid(), DeliveryStep.COLLECTED, DeliveryStep.LOST)
    made.transfer("92.00", "e-1", currency="EUR")
    cases = made.world.broker.office.cases
    claim, money = cases.open()
    with pytest.raises(InvalidChoice):
        cases.assign(money.number, made.number)
    with pytest.raises(InvalidChoice):
        cases.pay_claim(money.number, claim.number)
    assert [case.number for case in cases.open()] == [claim.number, money.number]


def test_money_that_went_out_is_written_off_and_nothing_else() -> None:
    """A negative amount in suspense is no money to give away; a positive one cannot be written off."""
    made = paid()
    cases = made.world.broker.office.cases
    made.world.broker.advise_chargeback("nobody's", amount="5.00", currency="USD", notice="cb")
    made.transfer("7.00", "t", reference="nobody's")
    gone, came = (case.number for case in cases.open())
    acts: tuple[Callable[[], object], ...] = (
        lambda: cases.send_back(gone),
        lambda: cases.assign(gone, made.number),
        lambda: cases.write_off(came, "no"),
        lambda: cases.dismiss(came, "no"),
    )
    for act in acts:
        with pytest.raises(UnknownCase):
            act()
    assert cases.write_off(gone, "fraud").outcome == "written off: fraud"
    assert str(made.world.broker.office.balance(debt_of(Debtor.SELLER, made.number), "USD")) == "0.00 USD"


def test_an_order_that_the_carrier_declines_is_repeated_or_left() -> None:
    """The manager is told; a repeated order has a key of its own, and one without money can be dismissed."""
    made = trade(world())
    made.world.carrier.temper.expect(Mood.DECLINING, Mood.DECLINING)
    made.transfer("92.00")
    cases = made.world.broker.office.cases
    cases.repeat(ONE)
    [second] = cases.open()
    assert second.effect == "carrier:1:2"
    assert cases.dismiss(second.number, "we bring it ourselves").closed_at == made.world.clock.now()


def test_what_still_has_no_answer_is_not_repeated() -> None:
    """One case for a payout without an answer, closed by the answer; until then no second payout under another key."""
    place = world(immediate(tries_before_case=2))
    made = delivered(place)
    place.bank.temper.expect(*[Mood.LOST] * 4)
    made.bob.confirm(made.number)
    for _ in range(3):
        place.wait(timedelta(hours=1))
    [case] = place.broker.office.cases.open()
    with pytest.raises(UnknownCase):
        place.broker.office.cases.repeat(case.number)
    place.wait(timedelta(hours=1))
    assert list(place.broker.office.cases.open()) == []
    assert [one.outcome for one in place.broker.office.cases.of_deal(made.number)] == ["answered"]


def test_money_that_waits_to_be_paid_out_is_not_dismissed() -> None:
    """A payout that failed has its money set apart: the case stays until it is paid."""
    made = delivered()
    made.world.bank.temper.expect(Mood.DECLINING)
    made.bob.confirm(made.number)
    with pytest.raises(UnknownCase):
        made.world.broker.office.cases.dismiss(ONE, "forget it")
    assert len(made.world.broker.office.cases.open()) == 1


def test_the_manager_is_told_by_mail() -> None:
    """Where the policy says where to, each new case is mailed once; otherwise nobody is."""
    place = world(immediate(manager_email="manager@broker.example"))
    made = trade(place)
    made.transfer("92.00", reference="nobody's")
    made.transfer("92.00", reference="nobody's")
    told = [letter for letter in place.mailbox.sent if letter.address == "manager@broker.example"]
    assert [letter.subject for letter in told] == ["Case 1: suspense"]


def test_a_declined_charge_is_forgotten_with_the_next_attempt() -> None:
    """The buyer reads why the last attempt failed, until there is another one; after the end nothing is said."""
    place = world()
    place.cards.temper.expect(Mood.WELL, Mood.DECLINING)
    made = trade(place, pay_by=None)
    place.cards.cards["token"] = 10**6
    made.bob.pay(made.number, Card("token"))
    assert made.fact.problem == "the card was declined: declined"
    assert made.bob.deal(made.number) == buyers_deal(made.fact, None)
    assert buyers_deal(made.fact, None).problem == made.fact.problem
    made.bob.pay(made.number, Card("token"))
    assert (made.fact.problem, made.fact.state) == ("", DealState.PAID)


def test_a_card_declined_after_the_end_says_nothing() -> None:
    """A deal that has lapsed does not change when the answer comes that its card was not charged."""
    place = world(immediate(retry=8 * DAY, longest_retry=8 * DAY))
    place.cards.temper.expect(Mood.WELL, Mood.LOST, Mood.DECLINING)
    made = trade(place, Card("token"))
    place.wait(7 * DAY)
    lapsed = made.fact
    place.wait(DAY)
    assert lapsed == made.fact


def test_an_order_without_an_answer_is_not_repeated() -> None:
    """While the carrier may still take it, the same order is not given again under another key."""
    place = world(immediate(tries_before_case=1))
    place.carrier.temper.expect(Mood.LOST)
    made = paid(place)
    with pytest.raises(UnknownCase):
        place.broker.office.cases.repeat(ONE)
    assert place.read(lambda tx: tx.outbox.get(f"carrier:{made.number}:2")) is None
