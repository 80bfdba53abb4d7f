"""Complaints count against the person whom they are about, and nobody learns who complained (spec K3)."""

from typing import Any

import pytest

from brokerage import BankTransfer, EventKind, MemberDesk
from brokerage.errors import LimitReached, RequestReused, UnknownMember
from brokerage.records.complaints import ComplaintKind
from brokerage.records.members import Person
from brokerage.records.numbers import DealNumber
from brokerage.services.complaints import person_of
from builders import DAY, Trade, World, immediate, trade, world

KINDS = tuple(ComplaintKind)


def person(place: World, desk: MemberDesk) -> Person:
    """Return the person that a member is."""
    found = place.read(lambda tx: person_of(tx, desk.number))
    assert found is not None
    return found


def points(made: Trade) -> tuple[int, int]:
    """Return the points of the seller and of the buyer."""
    return person(made.world, made.ann).points, person(made.world, made.bob).points


def mails(place: World, desk: MemberDesk, about: str = "Complaint") -> list[str]:
    """Return the subjects of a member's mails that begin with a word."""
    sent = (mail for mail in place.mailbox.sent if mail.box == desk.number)
    return [mail.subject for mail in sent if mail.subject.startswith(about)]


@pytest.mark.parametrize(("kind", "counts"), list(zip(KINDS, (10, 5, 3), strict=True)))
def test_a_complaint_counts_against_the_other_party(kind: ComplaintKind, counts: int) -> None:
    """What a seller files counts against the buyer, and the other way round, as the kind says."""
    made = trade(world())
    made.ann.complaints.file(made.number, kind, "of the buyer")
    assert points(made) == (0, counts)
    made.bob.complaints.file(made.number, kind, "of the seller")
    assert points(made) == (counts, counts)
    assert (made.ann.complaints.points(), made.bob.complaints.points()) == (counts, counts)


def test_the_policy_says_how_much_a_kind_counts() -> None:
    """Points of a broker's own take the place of 10, 5 and 3."""
    made = trade(world(immediate(payment_points=7, commodity_points=8, delay_points=9)))
    filed = [made.world.broker.office.complaints.file(made.bob.number, kind, text="so") for kind in KINDS]
    assert [complaint.points for complaint in filed] == [7, 8, 9]
    assert points(made) == (0, 24)


def test_one_complaint_a_party_and_deal() -> None:
    """A party's second complaint about a deal is refused, also once the first was annulled; another deal is new."""
    made = trade(world())
    made.ann.complaints.file(made.number, ComplaintKind.PAYMENT, "late")
    made.world.broker.office.complaints.annul(made.world.broker.office.complaints.of_deal(made.number)[0].number, "no")
    with pytest.raises(LimitReached):
        made.ann.complaints.file(made.number, ComplaintKind.DELAY, "late again")
    made.bob.complaints.file(made.number, ComplaintKind.DELAY, "late")
    again = trade(made.world)
    again.ann.complaints.file(again.number, ComplaintKind.DELAY, "late")
    assert [len(made.world.broker.office.complaints.of_deal(DealNumber(number))) for number in (1, 2)] == [2, 1]


def test_a_complaint_about_a_deal_that_has_ended() -> None:
    """A deal that lapsed can be complained about."""
    made = trade(world())
    made.world.wait(8 * DAY)
    made.ann.complaints.file(made.number, ComplaintKind.PAYMENT, "the money never came")
    assert points(made) == (0, 10)


def test_the_manager_complains_as_often_as_needed() -> None:
    """The manager's complaints may be of no deal, or several of one, and count as others do."""
    made = trade(world())
    office = made.world.broker.office
    office.complaints.file(made.ann.number, ComplaintKind.DELAY, text="slow")
    office.complaints.file(made.ann.number, ComplaintKind.COMMODITY, text="broken", deal=made.number)
    office.complaints.file(made.ann.number, ComplaintKind.DELAY, text="and slow", deal=made.number)
    assert points(made) == (11, 0)
    assert [complaint.complainant for complaint in office.complaints.of_deal(made.number)] == [None, None]


def test_correcting_moves_the_sum() -> None:
    """Another kind brings its points along, given points stand for themselves, and words alone move nothing."""
    made = trade(world())
    complaints = made.world.broker.office.complaints
    number = complaints.file(made.bob.number, ComplaintKind.PAYMENT, text="so").number
    assert complaints.correct(number, kind=ComplaintKind.DELAY).points == points(made)[1] == 3
    assert complaints.correct(number, points=40).kind is ComplaintKind.DELAY
    assert complaints.correct(number, text="so it was").points == points(made)[1] == 40
    assert complaints.correct(number, kind=ComplaintKind.DELAY).points == points(made)[1] == 40
    assert complaints.correct(number, kind=ComplaintKind.COMMODITY, points=0).points == points(made)[1] == 0


def test_annulling_takes_the_points_back_and_tells() -> None:
    """An annulled complaint counts nothing, is shown as annulled to both, and both are told by e-mail."""
    made = trade(world())
    made.ann.complaints.file(made.number, ComplaintKind.PAYMENT, "late")
    assert (mails(made.world, made.ann), mails(made.world, made.bob)) == ([], ["Complaint 1"])
    office = made.world.broker.office
    assert person(made.world, made.ann).filed == 1
    number = office.complaints.of_deal(made.number)[0].number
    assert office.complaints.annul(number, "a mistake").annulled == "a mistake"
    assert (points(made), person(made.world, made.ann).filed) == ((0, 0), 0)
    assert [view.status for desk in (made.ann, made.bob) for view in desk.complaints.page()] == ["Annulled"] * 2
    assert mails(made.world, made.ann) == ["Complaint 1 is annulled"]
    assert mails(made.world, made.bob) == ["Complaint 1", "Complaint 1 is annulled"]


def test_mails_name_the_deal_and_nobody() -> None:
    """What the respondent is mailed names the deal, the kind and the points, and nothing of the complainant."""
    made = trade(world())
    made.ann.complaints.file(made.number, ComplaintKind.PAYMENT, "Ann says that it is late")
    made.world.broker.office.complaints.file(made.bob.number, ComplaintKind.DELAY, text="Ann is right")
    bodies = [mail.body for mail in made.world.mailbox.sent if mail.subject.startswith("Complaint")]
    assert bodies == [
        "A complaint about you was filed over deal 1: payment, 10 points.",
        "A complaint about you was filed: delay, 3 points.",
    ]


def test_each_side_sees_its_own() -> None:
    """The complainant sees the words and no points, the respondent the points and neither words nor complainant."""
    made = trade(world())
    filed = made.ann.complaints.file(made.number, ComplaintKind.PAYMENT, "secret words")
    [about] = made.bob.complaints.page()
    assert [filed] == list(made.ann.complaints.page())
    assert "secret words" in made.ann.complaints.page().table().text()
    assert "secret words" not in repr(about) + made.bob.complaints.page().table().text()
    assert made.world.join("Eve").complaints.page().items == ()


def test_pages_of_complaints() -> None:
    """Members and the manager read by pages, newest first, each complaint once; a mark serves its own list only."""
    made = trade(world())
    office = made.world.broker.office
    made.bob.complaints.file(made.number, ComplaintKind.DELAY, "late")
    for _ in range(4):
        office.complaints.file(made.bob.number, ComplaintKind.DELAY, text="so")
    readers: list[Any] = [
        lambda mark: made.bob.complaints.page(size=2, after=mark),
        lambda mark: office.complaints.of_member(made.bob.number, size=2, after=mark),
    ]
    for read in readers:
        numbers, mark = list[int](), None
        while True:
            page = read(mark)
            numbers += [each.number for each in getattr(page, "complaints", page)]
            mark = page.next
            if mark is None:
                break
        assert numbers == [5, 4, 3, 2, 1]


def test_a_history_shows_the_sums() -> None:
    """The manager's history of a member has the points and the number filed in its title, and a line a complaint."""
    made = trade(world())
    made.ann.complaints.file(made.number, ComplaintKind.PAYMENT, "late")
    history = made.world.broker.office.complaints.of_member(made.bob.number)
    assert history.table().title == "Box 2: 10 points, 0 complaints filed"
    assert history.table().rows[0][:6] == (1, 1, 2, 1, "payment", 10)
    assert "10 points" in repr(history)
    assert (history.points, history.filed) == (10, 0)
    assert made.world.broker.office.complaints.of_member(made.ann.number).filed == 1


def test_points_follow_the_person() -> None:
    """Sums of persons who turn out to be one are added, and an annulment afterwards is taken from the whole."""
    place = world()
    made = trade(place)
    other = place.join("Zoe", telephone="555 777")
    first = place.broker.office.complaints.file(made.bob.number, ComplaintKind.PAYMENT, text="so")
    place.broker.office.complaints.file(other.number, ComplaintKind.DELAY, text="so")
    made.bob.complaints.file(made.number, ComplaintKind.DELAY, "so")
    third = place.join("Bobzoe", email="Bob@example.com", telephone="555 777")
    one = person(place, third)
    assert (one.points, one.filed) == (13, 1)
    assert one == person(place, made.bob) == person(place, other)
    place.broker.office.complaints.annul(first.number, "no")
    assert [place.broker.office.complaints.of_member(desk.number).points for desk in (made.bob, other, third)] == [
        3
    ] * 3


def test_who_complains_often_is_watched() -> None:
    """Who filed more standing complaints than the policy says is listed, most first, and no longer once annulled."""
    place = world(immediate(watch_complainants=1))
    office = place.broker.office
    for _ in range(3):
        made = trade(place)
        made.ann.complaints.file(made.number, ComplaintKind.DELAY, "late")
    eve, bob = place.join("Eve"), made.bob
    for at in range(2):
        sale = eve.sell("services", "Other", min_price="1.00", currency="USD")
        want = bob.buy("services", max_price="1.00", currency="USD")
        [candidate] = bob.candidates(want)
        deal = bob.decide(want, sale, price=candidate.total, pay_by=BankTransfer())
        assert [len(office.complaints.watched())] == [1 if at < 2 else 2]
        eve.complaints.file(deal.number, ComplaintKind.DELAY, "late")
    first = office.complaints.watched(size=1)
    second = office.complaints.watched(size=1, after=first.next)
    assert [(row.filed, row.points) for page in (first, second) for row in page] == [(3, 0), (2, 0)]
    assert second.next is None
    assert first[0].boxes == tuple(m.box for m in place.read(lambda tx: tx.members.of_person(first[0].person)))
    office.complaints.annul(office.complaints.of_member(eve.number).complaints[0].number, "no")
    assert [row.filed for row in office.complaints.watched()] == [3]


def test_nobody_is_watched_unless_the_policy_says_so() -> None:
    """Without a number in the policy nobody is listed."""
    made = trade(world())
    made.ann.complaints.file(made.number, ComplaintKind.DELAY, "late")
    assert made.world.broker.office.complaints.watched().items == ()


def test_a_complaint_repeated() -> None:
    """Under one request id a complaint is filed once, by a party and by the manager; other arguments are refused."""
    made = trade(world())
    complaints = made.world.broker.office.complaints
    first = made.ann.complaints.file(made.number, ComplaintKind.DELAY, "late", request_id="r")
    manager = complaints.file(made.bob.number, ComplaintKind.DELAY, text="late", request_id="r")
    before = made.world.state()
    assert first == made.ann.complaints.file(made.number, ComplaintKind.DELAY, "late", request_id="r")
    assert manager == complaints.file(made.bob.number, ComplaintKind.DELAY, text="late", request_id="r")
    with pytest.raises(RequestReused):
        made.ann.complaints.file(made.number, ComplaintKind.PAYMENT, "late", request_id="r")
    with pytest.raises(RequestReused):
        complaints.file(made.ann.number, ComplaintKind.DELAY, text="late", request_id="r")
    assert before == made.world.state()
    complaints.correct(manager.number, points=1)
    assert complaints.file(made.bob.number, ComplaintKind.DELAY, text="late", request_id="r").points == 1


def test_complaints_are_in_the_journal() -> None:
    """Filing, correcting and annulling are events, by whoever did it."""
    made = trade(world())
    made.ann.complaints.file(made.number, ComplaintKind.DELAY, "late")
    office = made.world.broker.office
    number = office.complaints.of_deal(made.number)[0].number
    office.complaints.correct(number, points=1)
    office.complaints.annul(number, "no")
    kinds = (EventKind.COMPLAINT_FILED, EventKind.COMPLAINT_CORRECTED, EventKind.COMPLAINT_ANNULLED)
    events = [event for _, event in office.events(size=1000) if event.kind in kinds]
    assert [event.kind for event in events] == list(kinds)
    assert events[0].by == made.ann.number


def test_the_person_of_a_box_is_the_root() -> None:
    """Whatever person a box was last known as, what counts is the one that this person was joined into."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    root, other = person(place, ann), person(place, bob)
    place.store.run(lambda tx: tx.persons.replace(other, other.join(root.number)))
    assert person(place, bob) == root


def test_a_complaint_about_who_has_left() -> None:
    """Whoever withdrew is complained about still, and not mailed; the points wait for the person's return."""
    made = trade(world())
    made.world.wait(8 * DAY)
    office = made.world.broker.office
    office.members.add_reason("moved", "Moved away")
    made.bob.account.withdraw("moved")
    made.ann.complaints.file(made.number, ComplaintKind.PAYMENT, "the money never came")
    assert mails(made.world, made.bob) == []
    assert office.complaints.of_member(made.bob.number).points == 10
    with pytest.raises(UnknownMember):
        made.bob.complaints.file(made.number, ComplaintKind.DELAY, "late")
