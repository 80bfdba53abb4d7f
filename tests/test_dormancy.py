"""The dormant are told, may answer in any way, and are removed if they do not (spec M5)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from brokerage import BankTransfer, Brokerage, DeliveryStep, MemberDesk
from brokerage.errors import UnknownMember
from brokerage.records.deals import DealState
from brokerage.records.events import EventKind
from builders import DAY, SECRET, START, World, immediate, trade, world

YEAR, GRACE = timedelta(days=365), timedelta(days=30)


def sleepy(**choices: object) -> World:
    """Return a world in which members are told after a year without a deal, and removed thirty days later."""
    given = {"dormant_after": YEAR, "dormant_grace": GRACE, **choices}
    return world(immediate(**given))


def subjects(place: World, desk: MemberDesk) -> list[str]:
    """Return the subjects of a member's letters after the welcome."""
    return [letter.subject for letter in place.mailbox.sent if letter.box == desk.number][1:]


def test_who_made_no_deal_is_told_and_removed() -> None:
    """A year after registering a letter asks; thirty days later the member is history, for the broker's own reason."""
    place = sleepy()
    ann = place.join("Ann")
    number = ann.sell("goods", "Thing", min_price=1, currency="USD")
    assert place.wait(YEAR - DAY / 24).quiet == 0
    assert subjects(place, ann) == [f"Sale offer {number} has ended"]
    assert place.broker.next_due() == START + YEAR
    assert place.wait(DAY / 24).quiet == 1
    assert subjects(place, ann)[1:] == ["Are you still there?"]
    assert "2027-02-04" in place.mailbox.sent[-1].body
    assert place.broker.next_due() == START + YEAR + GRACE
    assert place.wait(GRACE - DAY / 24).quiet == 0
    ann.account.show()
    assert place.wait(DAY / 24).quiet == 1
    assert subjects(place, ann)[2:] == ["Your membership has ended"]
    with pytest.raises(UnknownMember):
        ann.account.show()
    file = place.broker.office.members.show(ann.number)
    assert (file.reason, file.left_at, file.last_deal_at) == ("dormant", START + YEAR + GRACE, None)
    [reason] = place.broker.office.members.reasons()
    assert (reason.code, reason.is_offered, reason.withdrawals) == ("dormant", False, 1)
    assert place.broker.next_due() is None
    kinds = [event.kind for _, event in place.broker.office.events(size=100)]
    assert (kinds.count(EventKind.MEMBER_TOLD), kinds.count(EventKind.MEMBER_REMOVED)) == (1, 1)


def test_by_default_nobody_is_removed() -> None:
    """A broker that has not chosen how long is long never tells anybody; once it chooses, all members count."""
    place = world()
    ann = place.join("Ann")
    place.wait(20 * YEAR)
    ann.account.show()
    assert (subjects(place, ann), place.broker.next_due()) == ([], None)
    policy = immediate(dormant_after=YEAR, dormant_grace=GRACE)
    chosen = Brokerage(policy, store=place.store, clock=place.clock, secret=SECRET)
    assert chosen.next_due() == START + YEAR
    assert chosen.run_due().quiet == 1


def sign_in(place: World, desk: MemberDesk) -> None:
    """Sign in."""
    place.broker.sign_in(desk.number, "right password")


def stay(place: World, desk: MemberDesk) -> None:
    """Say so."""
    desk.account.stay()


def deal(place: World, desk: MemberDesk) -> None:
    """Buy something, and see to it that the deal ends."""
    bob = place.join("Bob")
    sale = bob.sell("services", "Thing", min_price=0, currency="USD")
    want = desk.buy("services", max_price=0, currency="USD")
    made = desk.decide(want, sale, price="0.00", pay_by=BankTransfer())
    bob.performed(made.number)
    desk.confirm(made.number)


@pytest.mark.parametrize("answer", [sign_in, stay, deal])
def test_any_answer_keeps_a_member(answer: Callable[[World, MemberDesk], None]) -> None:
    """Signing in, saying so, or a deal keeps a member who was told; a year after that he or she is asked again."""
    place = sleepy()
    ann = place.join("Ann", password="right password")
    place.wait(YEAR)
    place.wait(GRACE - DAY)
    answer(place, ann)
    answered = place.clock.now()
    place.wait(DAY)
    place.wait(GRACE)
    ann.account.show()
    assert subjects(place, ann) == ["Are you still there?"]
    place.clock.set(answered + YEAR - DAY)
    place.broker.run_due()
    assert subjects(place, ann) == ["Are you still there?"]
    place.wait(DAY)
    assert subjects(place, ann) == ["Are you still there?"] * 2
    place.wait(GRACE)
    with pytest.raises(UnknownMember):
        ann.account.show()


@pytest.mark.parametrize("sign", [sign_in, stay, deal])
def test_what_counts_before_being_told(sign: Callable[[World, MemberDesk], None]) -> None:
    """A deal, or saying so, puts off the question; signing in alone does not, for it is no deal."""
    place = sleepy()
    ann = place.join("Ann", password="right password")
    place.wait(100 * DAY)
    sign(place, ann)
    place.clock.set(START + YEAR)
    place.broker.run_due()
    assert (subjects(place, ann) == ["Are you still there?"]) == (sign is sign_in)
    place.wait(100 * DAY)
    assert len(subjects(place, ann)) == 2 if sign is sign_in else 1


def test_nobody_is_removed_in_the_middle_of_a_deal() -> None:
    """Neither told nor removed while a deal is in flight, however long it takes."""
    place = sleepy(dormant_after=timedelta(days=3), dormant_grace=timedelta(days=1), payment=timedelta(days=60))
    ann, bob = place.join("Ann"), place.join("Bob")
    place.wait(timedelta(days=3))
    assert subjects(place, ann) == subjects(place, bob) == ["Are you still there?"]
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    bob.decide(want, sale, price="92.00", pay_by=BankTransfer())
    for _ in range(50):
        place.wait(DAY)
    assert ann.box().sale_count == bob.box().purchase_count == 1
    assert subjects(place, ann) == subjects(place, bob) == ["Are you still there?"]
    for _ in range(20):
        place.wait(DAY)
    assert place.broker.office.deal(1).state is DealState.LAPSED  # type: ignore[arg-type]
    assert place.broker.office.members.show(bob.number).reason == "dormant"


def test_consent_is_withdrawing() -> None:
    """Who is told may leave at once, for a reason of his or her own."""
    place = sleepy()
    place.broker.office.members.add_reason("enough", "Enough")
    ann = place.join("Ann")
    place.wait(YEAR)
    ann.account.withdraw("enough")
    assert place.broker.office.members.show(ann.number).reason == "enough"
    assert place.broker.next_due() is None


def test_many_at_once() -> None:
    """More members than one unit of work takes are all looked at by one call, the awake among them and not again."""
    place = sleepy()
    desks = [place.broker.register(**details(number)) for number in range(450)]
    place.wait(YEAR - DAY)
    for desk in desks[::2]:
        desk.account.stay()
    assert place.wait(DAY).quiet == 225
    assert place.wait(DAY).quiet == 0
    assert place.wait(GRACE).quiet == 225
    files = place.broker.office.members.page(size=1000)
    assert [file.left_at is None for file in files] == [number % 2 == 0 for number in range(450)]


def details(number: int) -> dict[str, Any]:
    """Return what one of many registers with."""
    return {
        "name": f"M{number}",
        "address": "Here",
        "telephone": f"555 {number}",
        "email": f"m{number}@x.example",
        "bank_account": f"M-{number}",
    }


def test_a_deal_that_ended_counts_from_its_decision() -> None:
    """The time without a deal begins with the last decision."""
    place = sleepy()
    made = trade(place)
    made.transfer("92.00")
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    made.bob.confirm(made.number)
    place.clock.set(START + YEAR - DAY)
    assert place.broker.run_due().quiet == 0
    assert place.wait(DAY).quiet == 2
    assert subjects(place, made.ann) == ["Are you still there?"]
