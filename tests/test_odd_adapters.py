"""Adapters, rules and notices that are not as they should be harm nobody else."""

import threading
from typing import Any

import pytest
from attrs import evolve, frozen

from brokerage import AccountCharge, BankTransfer, Card, DeliveryStep, Policy
from brokerage.adapters.memory import Mailbox, PretendBank, PretendCardHouse
from brokerage.errors import BrokerageError, MarginRuleError, NoAnswer
from brokerage.ports import Answer
from brokerage.records.effects import Mail
from brokerage.records.notices import PaymentNotice
from builders import DAY, immediate, trade, world


class SilentHouse(PretendCardHouse):
    """A clearing house whose adapter forgets to answer."""

    def authorise(self, key: str, token: str, units: int, currency: str) -> Answer:
        """Hold the amount, and return nothing."""
        super().authorise(key, token, units, currency)
        nothing: Any = None
        return nothing  # type: ignore[no-any-return]


def test_a_mail_adapter_that_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends mail and returns no answer stops no member, and the mail is tried again."""
    place = world()
    sent: list[Mail] = []
    monkeypatch.setattr(Mailbox, "send", lambda mailbox, key, task, to: sent.append(task))
    ann = place.join("Ann")
    ann.sell("goods", "Thing", min_price=1, currency="USD")
    assert len(sent) == 1
    place.wait(DAY)
    assert len(sent) == 2


def test_a_clearing_house_that_answers_nothing() -> None:
    """A card whose authorisation is no answer makes no deal, and nothing stays held."""
    place = world(cards=SilentHouse())
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    place.cards.cards["token"] = 9200
    with pytest.raises(NoAnswer):
        bob.decide(want, sale, price="92.00", pay_by=Card("token"))
    assert (place.cards.cards, place.cards.held) == ({"token": 9200}, {})


def test_a_notice_that_cannot_be_read_stops_no_other() -> None:
    """Real money behind an unreadable notice is booked, and the unreadable one is counted."""
    bank = PretendBank()
    made = trade(world(bank=bank))
    odd: Any = ["no", "text"]
    bank._notices["odd"] = PaymentNotice("bank", odd, "x", 5, "USD")
    bank.deposit(made.fact.reference, 9200, "USD")
    report = made.world.wait(DAY)
    assert (report.notices, report.failed, report.silent) == (1, 1, 0)
    assert made.fact.received == 9200


def test_bank_and_carrier_may_use_the_same_ids() -> None:
    """A carrier's notice is not taken for a bank's that has the same source and id."""
    made = trade(world())
    made.world.broker.advise_payment(
        reference=made.fact.reference, amount="92.00", currency="USD", notice="1", source="acme"
    )
    made.world.broker.advise_delivery(made.number, DeliveryStep.COLLECTED, notice="1", source="acme")
    assert made.fact.collected_at is not None


@frozen
class Talkative:
    """A margin rule that fails with the seller's limit in its words."""

    name: str = "talkative"

    def margin(self, min_price: Any, max_price: Any, rate: Any) -> tuple[Any, int]:
        """Fail."""
        raise ValueError(f"the least is {min_price}")


def test_a_margin_rule_that_fails_tells_nothing() -> None:
    """A buyer who meets a failing margin rule learns nothing of the seller's limit, not even from the cause."""
    place = world(immediate(margin=Talkative()))
    place.broker.office.add_category("odd", rate="0.1")
    ann, bob = place.join("Ann"), place.join("Bob")
    ann.sell("odd", "Thing", min_price=8123457, currency="USD")
    want = bob.buy("odd", max_price=9000000, currency="USD")
    with pytest.raises(MarginRuleError) as caught:
        bob.candidates(want)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "8123457" not in repr(caught.value) + str(caught.value)


def test_what_a_deal_still_costs_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a card or an account has not answered, paying again takes nothing more."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    place.cards.cards["token"] = 100_000
    place.accounts.accounts["purse"] = 100_000
    bob.account.allow_charging("purse")
    deal = bob.decide(want, sale, price="92.00", pay_by=BankTransfer()).number
    monkeypatch.setattr(PretendCardHouse, "capture", lambda house, key, task: None)
    for pay_by in (Card("token"), Card("token"), AccountCharge()):
        bob.pay(deal, pay_by)
    assert (place.cards.cards["token"], place.accounts.accounts["purse"]) == (90_800, 100_000)


def test_a_free_deal_by_card_is_repeated_as_any() -> None:
    """A decision that costs nothing, repeated at once from many threads, is one deal for all of them."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Gift", min_price=0, currency="USD")
    want = bob.buy("goods", max_price=0, currency="USD")
    results: list[object] = []

    def decide() -> None:
        try:
            results.append(bob.decide(want, sale, price=0, pay_by=Card("token"), request_id="once").number)
        except BrokerageError as error:
            results.append(error)

    threads = [threading.Thread(target=decide) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert results == [1] * 8


def test_a_purchase_keeps_its_requirements_when_amending_is_tried_again() -> None:
    """Words given as an iterator survive that the work is run again after a conflict."""
    place = world(Policy())
    bob = place.join("Bob")
    want = bob.buy("goods", max_price=1, currency="USD", words=["old"])
    replace, tries = place.store._transaction.offers.replace, []  # type: ignore[attr-defined]

    def meddle(old: Any, new: Any) -> None:
        tries.append(new)
        if len(tries) == 1:
            place.store._transaction.categories.check(  # type: ignore[attr-defined]
                _stale(place.store._transaction.categories.all()[0])  # type: ignore[attr-defined]
            )
        replace(old, new)

    place.store._transaction.offers.replace = meddle  # type: ignore[attr-defined]
    bob.amend(want, words=iter(["galaxy"]))
    requirements = place.purchase(want).requirements
    assert requirements is not None
    assert (len(tries), sorted(requirements.words)) == (2, ["galaxy"])


def _stale(category: Any) -> Any:
    """Return a version of a category that is not the stored one, so that checking it is a conflict."""
    return evolve(category, version=category.version + 1)
