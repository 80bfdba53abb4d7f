"""Becoming a member again: the history is looked into by person, whatever name and box (spec M1, M9)."""

from typing import Any

import pytest

from brokerage import MemberDesk
from brokerage.adapters.memory.gateways import Mood
from brokerage.errors import NotAccepted, RequestReused
from brokerage.records.contacts import Contact
from brokerage.records.events import EventKind
from brokerage.records.numbers import ContactNumber
from builders import DAY, World, immediate, trade, world
from reachable import strings

ZED: dict[str, Any] = {
    "name": "Zed Applicant",
    "address": "Refusal Row",
    "telephone": "999 111",
    "email": "zed@apply.example",
    "bank_account": "Z-1",
}


def apply(place: World, **details: Any) -> MemberDesk:
    """Register under fresh details but those given."""
    return place.broker.register(**{**ZED, **details})


def letters(place: World) -> list[tuple[int | None, str, str]]:
    """Return the e-mails that went out to whoever has no box."""
    return [(letter.box, letter.address, letter.subject) for letter in place.mailbox.sent if letter.box is None]


SHARED = ({"email": "ANN@example.com"}, {"telephone": "00555-65110110"}, {"bank_account": "ACCOUNT-OF-ANN"})


@pytest.mark.parametrize("shared", SHARED, ids=lambda shared: next(iter(shared)))
@pytest.mark.parametrize("is_member", [True, False])
def test_whoever_has_too_many_points_is_refused(shared: dict[str, str], is_member: bool) -> None:
    """Points count from any membership, present or past, and are found by any of the three details."""
    place = world(immediate(reference_points=30))
    place.broker.office.members.add_reason("moved", "I moved")
    ann = place.join("Ann")
    place.blame(ann, 30)
    if not is_member:
        ann.account.withdraw("moved")
    with pytest.raises(NotAccepted) as refused:
        apply(place, **shared)
    assert (refused.value.field, refused.value.value) == ("application", None)
    assert letters(place) == [(None, shared.get("email", "zed@apply.example"), "Your application")]


def test_fewer_points_are_no_reason() -> None:
    """One point below the policy's reference point, a person is accepted; at it, no more."""
    place = world(immediate(reference_points=30))
    ann = place.join("Ann")
    place.blame(ann, 29)
    again = apply(place, email="ann@example.com")
    assert place.broker.office.members.show(again.number).points == 29
    place.blame(again, 1)
    with pytest.raises(NotAccepted):
        apply(place, email="ann@example.com", telephone="999 222", bank_account="Z-2")


def test_points_of_all_whom_an_applicant_shares_with_count_together() -> None:
    """Whoever would join two persons has the points of both, and is refused without joining them."""
    place = world(immediate(reference_points=30))
    ann, bob = place.join("Ann"), place.join("Bob")
    place.blame(ann, 16)
    place.blame(bob, 14)
    with pytest.raises(NotAccepted):
        apply(place, email="ann@example.com", bank_account="account of Bob")
    persons = {place.broker.office.members.show(desk.number).person for desk in (ann, bob)}
    assert len(persons) == 2


def test_the_refused_leave_no_trace() -> None:
    """Once the letter was sent, nothing of the application is in the store; nor is it a detail to be recognised by."""
    place = world(immediate(reference_points=1))
    ann = place.join("Ann")
    place.blame(ann, 1)
    place.mailbox.temper.expect(Mood.FAILING)
    with pytest.raises(NotAccepted):
        apply(place, email="ann@example.com")
    waiting = list(strings([place.store], set()))
    assert any("Refusal Row" in text for text in waiting)
    place.wait(DAY)
    assert len(letters(place)) == 1
    told = list(strings([place.store], set()))
    assert [text for text in told for canary in ("Zed", "Refusal Row", "999 111", "Z-1") if canary in text] == []
    kept = place.read(lambda tx: tx.contacts.get(ContactNumber(2)))
    assert isinstance(kept, Contact)
    assert kept.forgotten
    assert apply(place).number == 2
    assert place.broker.office.members.show(apply(place, name="Zed again").number).points == 0


def test_refusing_changes_no_member() -> None:
    """A refusal takes no number of a box, makes no member, and is an event of its own."""
    place = world(immediate(reference_points=1))
    ann = place.join("Ann")
    place.blame(ann, 1)
    before = place.state()
    with pytest.raises(NotAccepted):
        apply(place, email="ann@example.com")
    after = place.state()
    for part in ("members", "persons", "activities", "credentials", "former"):
        assert before[part] == after[part]
    kinds = [event.kind for _, event in place.broker.office.events(size=100)]
    assert kinds.count(EventKind.APPLICATION_REFUSED) == 1
    assert kinds.count(EventKind.MEMBER_REGISTERED) == 1
    assert place.join("Bob").number == 2


def test_a_refused_request_is_refused_again() -> None:
    """A repeated request gets the first answer and no second letter, also when the points have gone meanwhile."""
    place = world(immediate(reference_points=5))
    ann = place.join("Ann")
    place.blame(ann, 5)
    for _ in range(2):
        with pytest.raises(NotAccepted):
            apply(place, email="ann@example.com", request_id="r-1")
    place.blame(ann, -5)
    with pytest.raises(NotAccepted):
        apply(place, email="ann@example.com", request_id="r-1")
    with pytest.raises(RequestReused):
        apply(place, email="ann@example.com", name="Other", request_id="r-1")
    assert len(letters(place)) == 1
    assert apply(place, email="ann@example.com", request_id="r-2").number == 2


def test_who_was_in_a_deal_is_recognised_by_what_was_used_then() -> None:
    """Also details that were corrected away count: they were used once."""
    place = world(immediate(reference_points=3))
    made = trade(place)
    made.ann.account.correct(telephone="1", email="new@example.com", bank_account="N-1")
    place.blame(made.ann, 3)
    for shared in ({"email": "ann@example.com"}, {"email": "new@example.com"}, {"bank_account": "n1"}):
        with pytest.raises(NotAccepted):
            apply(place, **shared)
