"""Leaving: open offers go, data move to the history, the box is closed for good (spec M3, K2, M7)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from brokerage import BankTransfer, DeliveryStep, MemberDesk
from brokerage.errors import (
    DealsInFlight,
    InvalidChoice,
    InvalidCredentials,
    InvalidText,
    NotACandidate,
    ReasonExists,
    UnknownMember,
    UnknownReason,
)
from brokerage.records.deals import DealState, Payee
from brokerage.records.events import EventKind
from brokerage.records.numbers import BoxNumber
from brokerage.services.contacts import account_of
from builders import DAY, START, Trade, World, immediate, trade, world


def open_world(**given: Any) -> World:
    """Return a world in which members may leave because they moved or for another reason."""
    place = world(**given)
    place.broker.office.members.add_reason("moved", "I move away")
    place.broker.office.members.add_reason("other", "Another reason")
    return place


def ended(place: World) -> Trade:
    """Return a deal that is completed."""
    made = trade(place)
    made.transfer("92.00")
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    made.bob.confirm(made.number)
    return made


def test_leaving_takes_everything_out_of_the_market() -> None:
    """Open offers are cancelled, box and candidates are gone, and a letter says farewell."""
    place = open_world()
    ann, bob = place.join("Ann", password="right password"), place.join("Bob")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    ann.buy("goods", max_price="10.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    assert len(bob.candidates(want)) == 1
    ann.account.withdraw("moved")
    assert len(bob.candidates(want)) == 0
    assert bob.box().purchases[0].status == "No Seller"
    with pytest.raises(NotACandidate):
        bob.decide(want, sale, price="92.00", pay_by=BankTransfer())
    assert list(place.broker.office.transactions("goods").rows) == []
    assert place.mailbox.sent[-1].subject == "Farewell"
    assert place.mailbox.sent[-1].address == "Ann@example.com"
    with pytest.raises(InvalidCredentials):
        place.broker.sign_in(ann.number, "right password")
    place.broker.office.delete_category("services")
    kinds = [event.kind for _, event in place.broker.office.events(size=100)]
    assert kinds.count(EventKind.OFFER_CANCELLED) == 2
    assert kinds.count(EventKind.MEMBER_WITHDREW) == 1


def test_the_history_keeps_who_was_a_member() -> None:
    """Box, data with all versions, reason, times, factor and last deal are in the file of who has left."""
    place = open_world()
    made = ended(place)
    place.broker.office.set_factor(made.ann.number, "0.9")
    made.ann.account.correct(address="5 Elm Row")
    place.wait(DAY)
    before = place.broker.office.members.show(made.ann.number)
    assert (before.left_at, before.reason, before.last_deal_at) == (None, None, START)
    made.ann.account.withdraw("MOVED")
    file = place.broker.office.members.show(made.ann.number)
    assert (file.since, file.left_at, file.reason) == (START, START + DAY, "moved")
    assert (file.factor, file.last_deal_at, file.points) == (Decimal("0.9"), START, 0)
    assert (file.present.address, [version.address for version in file.versions]) == (
        "5 Elm Row",
        ["Ann's address", "5 Elm Row"],
    )
    assert "moved" in file.table().text()
    with pytest.raises(UnknownMember):
        place.broker.office.member(made.ann.number)
    bought = made.bob.deal(made.number)
    assert bought.counterpart is not None
    assert bought.counterpart.name == "Ann"


COMMANDS: dict[str, Callable[[MemberDesk], object]] = {
    "sell": lambda desk: desk.sell("goods", "Thing", min_price=1, currency="USD"),
    "buy": lambda desk: desk.buy("goods", max_price=1, currency="USD"),
    "cancel": lambda desk: desk.cancel(1),  # type: ignore[arg-type]
    "amend": lambda desk: desk.amend(1, price=1),  # type: ignore[arg-type]
    "decide": lambda desk: desk.decide(2, 1, price="92.00", pay_by=BankTransfer()),  # type: ignore[arg-type]
    "pay": lambda desk: desk.pay(1, BankTransfer()),  # type: ignore[arg-type]
    "confirm": lambda desk: desk.confirm(1),  # type: ignore[arg-type]
    "performed": lambda desk: desk.performed(1),  # type: ignore[arg-type]
    "deal": lambda desk: desk.deal(1),  # type: ignore[arg-type]
    "deals": lambda desk: desk.deals(),
    "box": lambda desk: desk.box(),
    "acknowledge": lambda desk: desk.acknowledge(),
    "choose mail": lambda desk: desk.account.choose_mail(deals=True),
    "allow charging": lambda desk: desk.account.allow_charging("purse"),
    "show": lambda desk: desk.account.show(),
    "versions": lambda desk: desk.account.versions(),
    "correct": lambda desk: desk.account.correct(name="Ann"),
    "stay": lambda desk: desk.account.stay(),
    "withdraw": lambda desk: desk.account.withdraw("moved"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("side", ["seller", "buyer"])
def test_the_desk_of_who_has_left_does_nothing(command: str, side: str) -> None:
    """Whatever an old desk is asked for, its box is unknown, and nothing changes."""
    place = open_world()
    made = ended(place)
    desk = made.ann if side == "seller" else made.bob
    desk.account.withdraw("moved")
    before = place.state()
    with pytest.raises(UnknownMember) as refused:
        COMMANDS[command](desk)
    assert refused.value.value == desk.number
    assert before == place.state()
    with pytest.raises(UnknownMember):
        place.broker.desk(desk.number)


def test_nobody_leaves_in_the_middle_of_a_deal() -> None:
    """While a deal is in flight neither side can leave; nothing is cancelled; after it both can."""
    place = open_world()
    made = trade(place)
    made.ann.sell("goods", "Other", min_price="80.00", currency="USD")
    for step in (
        lambda: None,
        lambda: made.transfer("92.00"),
        lambda: place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d"),
    ):
        step()
        before = place.state()
        for desk in (made.ann, made.bob):
            with pytest.raises(DealsInFlight) as refused:
                desk.account.withdraw("moved")
            assert refused.value.value == 1
        assert before == place.state()
    made.bob.confirm(made.number)
    assert made.fact.state is DealState.COMPLETED
    for desk in (made.ann, made.bob):
        desk.account.withdraw("moved")
    assert place.broker.next_due() is not None
    place.wait(40 * DAY)
    assert [place.read(lambda tx, box=desk.number: tx.offers.of_member(box)) for desk in (made.ann, made.bob)] == [  # type: ignore[misc]
        [],
        [],
    ]


def test_an_offer_past_its_limit_expires_when_its_member_leaves() -> None:
    """What the sweep has not come by yet ends as expired, not as cancelled."""
    place = open_world()
    ann = place.join("Ann")
    number = ann.sell("goods", "Thing", min_price=1, currency="USD", limit=START + DAY)
    place.clock.set(START + DAY)
    ann.account.withdraw("other")
    assert place.offer(number).outcome is not None
    kinds = [event.kind for _, event in place.broker.office.events(size=100)]
    assert (kinds.count(EventKind.OFFER_EXPIRED), kinds.count(EventKind.OFFER_CANCELLED)) == (1, 0)


def test_coming_back_gives_a_new_box() -> None:
    """Who comes back is the same person under another number, and the old box stays closed."""
    place = open_world()
    ann = place.join("Ann")
    ann.account.withdraw("moved")
    again = place.join("Ann")
    assert (ann.number, again.number) == (1, 2)
    files = place.broker.office.members.page()
    assert [(file.box, file.person, file.left_at is None) for file in files] == [(1, 1, False), (2, 1, True)]


def test_joining_moves_former_members_too() -> None:
    """Who turns out to be two who have left is one person with both, with the points of both."""
    place = open_world()
    ann, bob = place.join("Ann"), place.join("Bob")
    place.blame(ann, 2)
    place.blame(bob, 3)
    for desk in (ann, bob):
        desk.account.withdraw("moved")
    both = place.join("Both", email="ann@example.com", bank_account="account of Bob")
    files = place.broker.office.members.page()
    assert [(file.box, file.person, file.points) for file in files] == [(1, 1, 5), (2, 1, 5), (both.number, 1, 5)]


def test_a_sale_of_ones_own_is_no_loss_after_leaving() -> None:
    """A sale that went into a deal under a box that has left since was never lost to the same person's other box."""
    place = open_world()
    again = place.join("Again", email="ann@example.com")
    want = again.buy("goods", max_price="100.00", currency="USD")
    rival = place.join("Rival").buy("goods", max_price="100.00", currency="USD")
    made = ended(place)
    assert place.broker.desk(BoxNumber(2)).show(rival).status == "No Seller/Purchase Failed"
    assert again.show(want).status == "No Seller"
    made.ann.account.withdraw("moved")
    assert again.show(want).status == "No Seller"


def test_who_leaves_takes_ended_deals_out_of_the_box() -> None:
    """What nobody acknowledged leaves the lists of the store with its member."""
    place = open_world(policy=immediate(filed_after=None))
    made = ended(place)
    assert len(place.read(lambda tx: tx.offers.of_member(made.ann.number))) == 1
    made.ann.account.withdraw("moved")
    assert len(place.read(lambda tx: tx.offers.of_member(made.ann.number))) == 0
    assert len(made.bob.box().purchases) == 1


def test_who_has_left_is_reached_as_at_last() -> None:
    """A letter or a payout that is due after all goes to where the former member was to be reached at last."""
    place = open_world()
    ann = place.join("Ann")
    last = ann.account.correct(bank_account="last account", email="last@example.com")
    ann.account.withdraw("moved")
    assert (place.contact(ann).bank_account, place.contact(ann).email) == (last.bank_account, last.email)
    payee = Payee("member", ann.number)
    assert place.read(lambda tx: account_of(tx, payee)) == "last account"


def test_reasons_are_counted_as_members_leave() -> None:
    """The analysis counts each reason, also one that is deleted afterwards; an unused one goes for good."""
    place = open_world()
    office = place.broker.office.members
    for name, reason in (("Ann", "moved"), ("Bob", "Moved"), ("Cid", "other")):
        place.join(name).account.withdraw(reason)
    office.add_reason("unused", "Nobody's")
    assert [(each.code, each.is_offered, each.withdrawals) for each in office.reasons()] == [
        ("moved", True, 2),
        ("other", True, 1),
        ("unused", True, 0),
    ]
    for code in ("other", "unused"):
        office.delete_reason(code)
    assert [(each.code, each.is_offered, each.withdrawals) for each in office.reasons()] == [
        ("moved", True, 2),
        ("other", False, 1),
    ]
    dora = place.join("Dora")
    assert [(each.code, each.text) for each in dora.account.reasons()] == [("moved", "I move away")]
    with pytest.raises(UnknownReason):
        dora.account.withdraw("other")
    assert office.add_reason("OTHER", "Another one").withdrawals == 1
    assert office.correct_reason("other", "Yet another").text == "Yet another"
    dora.account.withdraw("other")
    assert [each.withdrawals for each in office.reasons()] == [2, 2]
    assert "withdrawals" in office.reasons().table().text()


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda place: place.broker.office.members.add_reason("MOVED", "x"), ReasonExists),
        (lambda place: place.broker.office.members.add_reason("ＭＯＶＥＤ", "x"), ReasonExists),
        (lambda place: place.broker.office.members.add_reason("Dormant", "x"), ReasonExists),
        (lambda place: place.broker.office.members.add_reason("", "x"), InvalidText),
        (lambda place: place.broker.office.members.add_reason("new", " "), InvalidText),
        (lambda place: place.broker.office.members.correct_reason("none", "x"), UnknownReason),
        (lambda place: place.broker.office.members.correct_reason("moved", ""), InvalidText),
        (lambda place: place.broker.office.members.delete_reason("none"), UnknownReason),
        (lambda place: place.broker.office.members.delete_reason("dormant"), UnknownReason),
        (lambda place: place.broker.desk(BoxNumber(1)).account.withdraw("none"), UnknownReason),
        (lambda place: place.broker.desk(BoxNumber(1)).account.withdraw("dormant"), UnknownReason),
        (lambda place: place.broker.desk(BoxNumber(1)).account.withdraw(None), InvalidText),
        (lambda place: place.broker.desk(BoxNumber(1)).account.withdraw(7), InvalidText),
        (lambda place: place.broker.office.members.show(2), UnknownMember),
        (lambda place: place.broker.office.members.show("1"), UnknownMember),
        (lambda place: place.broker.office.members.page(after=-1), InvalidChoice),
        (lambda place: place.broker.office.members.page(size=0), InvalidChoice),
    ],
)
def test_what_is_refused_changes_nothing(act: Callable[[World], object], error: type[Exception]) -> None:
    """A reason or a box that is none is refused by a typed error, and everything stays."""
    place = open_world()
    place.join("Ann")
    before = place.state()
    with pytest.raises(error):
        act(place)
    assert before == place.state()


def test_the_files_of_members_come_in_pages() -> None:
    """Files go by box, those who have left among them, and go on after the last one."""
    place = open_world()
    for name in ("Ann", "Bob", "Cid", "Dora", "Eve"):
        place.join(name)
    place.broker.desk(BoxNumber(2)).account.withdraw("moved")
    office = place.broker.office.members
    first = office.page(size=2)
    rest = office.page(after=first[-1].box, size=10)
    assert [file.box for file in (*first, *rest)] == [1, 2, 3, 4, 5]
    assert len(rest.table().rows) == 3
    assert list(office.page(after=BoxNumber(5))) == []
