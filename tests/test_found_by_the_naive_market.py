"""What the comparison with the naive market found, as plain as it can be told."""

from datetime import timedelta
from typing import Any

import pytest

from brokerage import BankTransfer, Brokerage, Carriage, DeliveryStep, Immediate, MemberDesk, Policy
from brokerage.adapters.memory import MemoryStore
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from brokerage.errors import NotCancelable
from builders import START


def opened(**choices: Any) -> tuple[Brokerage, ManualClock, MemoryStore]:
    """Return a broker where offers meet at once, its clock and its store."""
    clock, store = ManualClock(START), MemoryStore()
    policy = Policy(matching=Immediate(), **choices)
    broker = Brokerage(policy, store=store, clock=clock, entropy=SeededEntropy(1), hasher=ScryptHasher(cost=2))
    broker.office.add_category("phones", rate="0.1")
    return broker, clock, store


def member(broker: Brokerage, mark: str, email: str = "", telephone: str = "") -> MemberDesk:
    """Register somebody who is recognised by a mark, or by somebody else's e-mail or telephone."""
    return broker.register(
        name="Member",
        address="1 Elm Row",
        telephone=telephone or f"555 {mark}",
        email=email or f"{mark}@x.example",
        bank_account=f"US-{mark}",
    )


def test_an_offer_past_its_limit_cannot_be_cancelled_even_before_the_sweep() -> None:
    """Whether an offer has ended does not depend on whether somebody swept."""
    broker, clock, _ = opened()
    seller = member(broker, "1")
    sale = seller.sell("phones", "Pixel", min_price=7, currency="USD", limit=START + timedelta(hours=1))
    clock.set(START + timedelta(hours=1))
    with pytest.raises(NotCancelable):
        seller.cancel(sale)


def test_a_sale_reopened_after_its_limit_is_swept_in_the_same_run() -> None:
    """One run does all that is due, also what a lapse in the same run makes due."""
    broker, clock, _ = opened()
    seller, buyer = member(broker, "1"), member(broker, "2")
    sale = seller.sell("phones", "Pixel", min_price=7, currency="USD", limit=START + timedelta(days=2))
    want = buyer.buy("phones", max_price=7, currency="USD")
    buyer.decide(want, sale, price=7, pay_by=BankTransfer())
    clock.set(START + timedelta(days=7))
    broker.run_due()
    due = broker.next_due()
    assert due is None or due > clock.now()


@pytest.mark.parametrize("is_completed", [False, True])
def test_who_turns_out_to_have_lost_to_nobody_but_him_or_herself_lost_nothing(is_completed: bool) -> None:
    """A loss of one's own sale is no loss, whether its deal is under way or completed when that turns out."""
    broker, _, _ = opened()
    loser, buyer, seller = member(broker, "1"), member(broker, "2"), member(broker, "3")
    sale = seller.sell("phones", "Pixel", min_price=7, currency="USD")
    want, lost = (desk.buy("phones", max_price=7, currency="USD") for desk in (buyer, loser))
    deal = buyer.decide(want, sale, price=7, pay_by=BankTransfer())
    if is_completed:
        broker.advise_payment(reference=deal.reference, amount=7, currency="USD", notice="1")
        broker.advise_delivery(deal.number, DeliveryStep.DELIVERED, notice="1")
        buyer.confirm(deal.number)
    member(broker, "4", email="1@x.example", telephone="555 3")
    assert loser.show(lost).status == "No Seller"


def test_a_total_that_was_shown_can_be_decided_and_paid() -> None:
    """Carriage on top of the highest price leaves a total that buyer and bank can name."""
    broker, _, _ = opened(carriage=Carriage("Cart", "US-9", {"USD": 3}))
    seller, buyer = member(broker, "1"), member(broker, "2")
    sale = seller.sell("phones", "Pixel", min_price=10**15, currency="USD")
    want = buyer.buy("phones", max_price=10**15, currency="USD")
    [candidate] = buyer.candidates(want)
    deal = buyer.decide(want, sale, price=candidate.total.units, pay_by=BankTransfer())
    broker.advise_payment(reference=deal.reference, amount=deal.total.units, currency="USD", notice="1")
    assert buyer.show(want).status == "Paid"
