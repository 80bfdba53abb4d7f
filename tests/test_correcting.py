"""Correcting one's data: each correction is a version, deals keep what they froze (spec M2, M9, S1)."""

from typing import Any

import pytest

from brokerage import BankTransfer, DeliveryStep, MemberKind
from brokerage.adapters.memory import PretendBank
from brokerage.adapters.memory.gateways import Mood
from brokerage.errors import InvalidText, NotACandidate
from brokerage.records.events import EventKind
from builders import DAY, START, trade, world


def test_what_is_shown_is_what_was_given() -> None:
    """A member is shown every detail, and from when on it holds."""
    place = world()
    ann = place.join("Ann", kind=MemberKind.CORPORATION)
    seen = ann.account.show()
    assert (seen.box, seen.kind, seen.name, seen.address) == (1, MemberKind.CORPORATION, "Ann", "Ann's address")
    assert (seen.telephone, seen.email, seen.bank_account) == ("555 65110110", "Ann@example.com", "account of Ann")
    assert (seen.charged_account, seen.member_since, seen.valid_from) == (None, START, START)
    assert "account of Ann" in seen.table().text()


def test_each_correction_is_a_version() -> None:
    """Every version is kept in its order, also that of an account that may be charged; the last one is shown."""
    place = world()
    ann = place.join("Ann")
    place.wait(DAY)
    ann.account.correct(name="Ann Lee", address="5 Elm Row")
    ann.account.allow_charging("purse")
    shown = ann.account.correct(email="lee@example.com")
    versions = ann.account.versions()
    assert [version.name for version in versions] == ["Ann", "Ann Lee", "Ann Lee", "Ann Lee"]
    assert [version.charged_account for version in versions] == [None, None, "purse", "purse"]
    assert [version.valid_from for version in versions] == [START, *[START + DAY] * 3]
    assert (versions[-1], shown) == (shown, ann.account.show())
    assert {version.member_since for version in versions} == {START}
    assert len(versions.table().rows) == 4
    kinds = [event.kind for _, event in place.broker.office.events(size=100)]
    assert kinds.count(EventKind.MEMBER_CORRECTED) == 2


def test_nothing_new_is_no_version() -> None:
    """Whoever corrects nothing, or into the same, makes no version and no event."""
    place = world()
    ann = place.join("Ann")
    before = place.state()
    assert ann.account.correct() == ann.account.correct(name="Ann") == ann.account.show()
    assert before == place.state()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("address", "  "),
        ("telephone", "none"),
        ("email", "nowhere"),
        ("bank_account", "--"),
        ("name", 7),
        ("email", b"a@b"),
    ],
)
def test_a_bad_correction_changes_nothing(field: str, value: Any) -> None:
    """What could not be registered cannot be corrected into, and the error names the field."""
    place = world()
    ann = place.join("Ann")
    before = place.state()
    with pytest.raises(InvalidText) as refused:
        ann.account.correct(**{field: value})
    assert refused.value.field == field
    assert before == place.state()


def test_persons_are_joined_by_a_correction() -> None:
    """Who corrects into another's telephone is one person with the other: open offers stop being candidates."""
    place = world()
    ann, bob, eve = place.join("Ann"), place.join("Bob"), place.join("Eve")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    hers = eve.buy("goods", max_price="100.00", currency="USD")
    place.blame(ann, 2)
    place.blame(bob, 3)
    bob.account.correct(telephone=place.contact(ann).telephone)
    files = [place.broker.office.members.show(desk.number) for desk in (ann, bob)]
    assert [(file.person, file.points) for file in files] == [(1, 5), (1, 5)]
    with pytest.raises(NotACandidate):
        bob.decide(want, sale, price="92.00", pay_by=BankTransfer())
    assert eve.decide(hers, sale, price="92.00", pay_by=BankTransfer()).number == 1


def test_who_corrects_everything_stays_who_he_or_she_is() -> None:
    """All three details at once do not make another person of a member: what was used before counts for good."""
    place = world()
    ann = place.join("Ann")
    place.blame(ann, 4)
    ann.account.correct(telephone="1", email="new@example.com", bank_account="N-1")
    file = place.broker.office.members.show(ann.number)
    assert (file.person, file.points) == (1, 4)
    assert place.broker.office.member(place.join("Bob", email="ANN@example.com").number).person == 1
    assert place.broker.office.member(place.join("Cid", bank_account="n1").number).person == 1


def test_the_first_of_two_persons_may_be_the_one_who_corrects() -> None:
    """Whoever corrects, the older number stays, and the one who corrected is moved to it only if it is not his."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    ann.account.correct(email="BOB@example.com")
    assert {place.broker.office.member(desk.number).person for desk in (ann, bob)} == {1}
    assert ann.account.show().email == "BOB@example.com"


def test_a_deal_keeps_its_addresses() -> None:
    """What was agreed is delivered to where it was agreed, and shown so, whatever is corrected later."""
    place = world()
    made = trade(place)
    made.ann.account.correct(address="9 Far Row")
    made.bob.account.correct(address="8 Far Row", name="Bobby")
    made.transfer("92.00")
    [order] = place.carrier.orders
    assert (order.collect_from.address, order.deliver_to.address) == ("Ann's address", "Bob's address")
    sold, bought = made.ann.deal(made.number), made.bob.deal(made.number)
    assert sold.counterpart is not None
    assert bought.counterpart is not None
    assert (sold.counterpart.name, bought.counterpart.address) == ("Bob", "Ann's address")


def test_money_goes_to_the_corrected_account() -> None:
    """A payout that could not be sent yet goes to the account that the seller has when it is."""
    place = world(bank=PretendBank())
    made = trade(place)
    made.transfer("92.00")
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    place.bank.temper.expect(Mood.FAILING)
    made.bob.confirm(made.number)
    made.ann.account.correct(bank_account="new account of Ann")
    place.wait(DAY)
    assert [(paid.bank_account, paid.units) for paid in place.bank.paid] == [("new account of Ann", 8800)]
