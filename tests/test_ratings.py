"""Rating as it is applied: who gets which factor, when, and who keeps what was set by hand (spec M4)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from brokerage import EventKind, Measure, MemberDesk, Rating
from brokerage.errors import InvalidChoice, InvalidRate
from brokerage.rating import Standing
from brokerage.records.events import Role
from builders import DAY, START, World, immediate, world
from finished_deals import agreed, completed

HALF = Rating(quantiles=[("0.5", "0.9")], initial=timedelta(0), every=30 * DAY)


def factors(place: World, *desks: MemberDesk) -> list[str]:
    """Return the factors of members."""
    return [str(place.broker.office.member(desk.number).factor) for desk in desks]


def four(place: World) -> tuple[MemberDesk, MemberDesk, MemberDesk, MemberDesk]:
    """Return members of whom one has sold for 30.00 to the next, that one for 5.00 to a third, and one has nothing."""
    ann, bob, eve, dan = (place.join(name) for name in ("Ann", "Bob", "Eve", "Dan"))
    completed(place, ann, bob, 30_00)
    completed(place, bob, eve, 5_00)
    return ann, bob, eve, dan


def test_worked_by_hand() -> None:
    """Bob has 35.00, Ann 30.00, Eve 5.00: of three, nobody is ahead of Bob and a third of Ann, both below the half."""
    place = world()
    ann, bob, eve, dan = four(place)
    place.clock.set(START + DAY)
    changes = place.broker.office.analysis.rate(HALF)
    assert factors(place, ann, bob, eve, dan) == ["0.9", "0.9", "1", "1"]
    assert [(c.box, c.standing and c.standing.rank, str(c.before), str(c.factor)) for c in changes] == [
        (ann.number, 2, "1", "0.9"),
        (bob.number, 1, "1", "0.9"),
    ]
    assert "0.9" in changes.table().text()
    assert len(place.broker.office.analysis.rate(HALF)) == 0


def test_a_new_factor_serves_later_offers_only() -> None:
    """An offer keeps the factor that it froze, whatever rating says later."""
    place = world()
    ann = four(place)[0]
    old = ann.sell("goods", "Thing", min_price=5, currency="USD")
    place.broker.office.analysis.rate(HALF)
    new = ann.sell("goods", "Thing", min_price=5, currency="USD")
    assert (place.sale(old).factor, place.sale(new).factor) == (Decimal(1), Decimal("0.9"))


def test_only_completed_deals_count() -> None:
    """A deal under way, however large, moves nobody."""
    place = world()
    ann, bob, eve, _ = four(place)
    agreed(place, eve, ann, 900_00)
    place.broker.office.analysis.rate(HALF)
    assert factors(place, ann, bob, eve) == ["0.9", "0.9", "1"]


def test_a_member_in_the_initial_period_has_one() -> None:
    """Who is new is not ranked and has the factor 1 up to the end of the initial period, and not an instant longer."""
    place = world()
    rating = Rating(quantiles=[("0.5", "0.9")], initial=10 * DAY)
    ann, bob = place.join("Ann"), place.join("Bob")
    place.clock.set(START + DAY)
    eve = place.join("Eve")
    completed(place, ann, bob, 5)
    completed(place, ann, eve, 900)
    place.clock.set(START + 11 * DAY - timedelta(microseconds=1))
    place.broker.office.analysis.rate(rating)
    assert factors(place, ann, bob, eve) == ["0.9", "1", "1"]
    place.clock.set(START + 11 * DAY)
    place.broker.office.analysis.rate(rating)
    assert factors(place, ann, bob, eve) == ["0.9", "1", "0.9"]
    longer = place.broker.office.analysis.rate(Rating(initial=100 * DAY))
    assert [(change.box, change.standing) for change in longer] == [(ann.number, None), (eve.number, None)]
    assert factors(place, ann, bob, eve) == ["1", "1", "1"]


def test_the_best_rank_counts() -> None:
    """Amounts are ranked in each currency by itself, and a member's best standing decides."""
    place = world()
    ann, bob, eve, dan = four(place)
    completed(place, eve, dan, 1, currency="JPY")
    completed(place, dan, ann, 500, currency="JPY")
    # yen: Dan 501, Ann 500, Eve 1; dollars: Bob 35.00, Ann 30.00, Eve 5.00: only Eve is behind two of three in both
    tenth = Rating(quantiles=[("0.3", "0.8"), ("0.6", "0.9")], initial=timedelta(0))
    changes = place.broker.office.analysis.rate(tenth)
    assert factors(place, ann, bob, eve, dan) == ["0.9", "0.8", "1", "0.8"]
    assert {change.box: change.standing and change.standing.currency for change in changes}[dan.number] == "JPY"
    numbers = Rating(measure=Measure.NUMBER, quantiles=[("0.3", "0.8")], initial=timedelta(0))
    place.broker.office.analysis.rate(numbers)
    assert factors(place, ann, bob, eve, dan) == ["0.8", "0.8", "0.8", "0.8"]  # two deals each, tied


def test_a_factor_set_by_hand_stays() -> None:
    """What the manager has set is left alone, though its member takes a rank, until it is released."""
    place = world()
    ann, bob, eve, _ = four(place)
    office = place.broker.office
    assert office.set_factor(bob.number, "0.7").factor_is_set
    office.analysis.rate(HALF)
    assert factors(place, ann, bob, eve) == ["0.9", "0.7", "1"]
    released = office.set_factor(bob.number, None)
    assert (released.factor, released.factor_is_set) == (Decimal(1), False)
    office.analysis.rate(HALF)
    assert factors(place, ann, bob, eve) == ["0.9", "0.9", "1"]
    with pytest.raises(InvalidRate):
        office.set_factor(bob.number, "1.1")


def test_who_has_left_takes_no_rank() -> None:
    """A former member is not ranked and has no factor to change, but keeps the figures of the old box."""
    place = world()
    ann, bob, eve, _ = four(place)
    place.broker.office.members.add_reason("moved", "Moved away")
    bob.account.withdraw("moved")
    back = place.join("Bob")
    changes = place.broker.office.analysis.rate(HALF)
    assert [(change.box, change.standing) for change in changes] == [(ann.number, Standing(1, 2, "USD"))]
    assert factors(place, ann, eve, back) == ["0.9", "1", "1"]
    [kept] = place.broker.office.analysis.totals(bob.number)
    assert (kept.sold, kept.bought) == (1, 1)
    assert len(place.broker.office.analysis.history(bob.number)) == 2


def test_it_is_applied_at_multiples_of_its_time() -> None:
    """The first time is the first multiple after the journal begins; then nothing is due until the next."""
    place = world(immediate(rating=HALF, filed_after=None))
    ann, bob, eve, _ = four(place)
    due = place.broker.next_due()
    assert due is not None
    days = timedelta(days=30)
    assert START < due <= START + days
    place.clock.set(due - timedelta(microseconds=1))
    assert place.broker.run_due().rated == 0
    assert factors(place, ann, bob, eve) == ["1", "1", "1"]
    place.clock.set(due)
    assert place.broker.run_due().rated == 2
    assert factors(place, ann, bob, eve) == ["0.9", "0.9", "1"]
    assert place.broker.next_due() == due + days
    before = place.state()
    assert place.broker.run_due().rated == 0
    assert before == place.state()
    assert place.wait(days).rated == 0
    assert place.broker.next_due() == due + 2 * days


def test_who_changes_is_written_and_nobody_else() -> None:
    """The journal has a new version of each member whose factor changed, by the broker; all others are as they were."""
    place = world(immediate(rating=HALF))
    ann, bob, eve, dan = four(place)
    before = [place.broker.office.member(desk.number) for desk in (eve, dan)]
    start = place.read(lambda tx: tx.journal.last())
    place.wait(60 * DAY)
    changed = [
        (event.fact, event.by)
        for _, event in place.broker.office.events(after=start, size=1000)
        if event.kind is EventKind.MEMBER_CHANGED
    ]
    office = place.broker.office
    assert changed == [(office.member(ann.number), Role.BROKER), (office.member(bob.number), Role.BROKER)]
    assert before == [office.member(desk.number) for desk in (eve, dan)]


def test_more_members_than_one_unit_of_work_writes() -> None:
    """All who have earned another factor get it, in as many units of work as it takes."""
    place = world()
    hub = place.join("Ann")
    others = [place.join(f"member {number}") for number in range(210)]
    for desk in others:
        completed(place, hub, desk, 5)
    changes = place.broker.office.analysis.rate(Rating(quantiles=[("1", "0.9")], initial=timedelta(0)))
    assert [change.box for change in changes] == [hub.number, *(desk.number for desk in others)]
    assert set(factors(place, hub, *others)) == {"0.9"}


def test_without_a_rating_nobody_is_rated() -> None:
    """By default there is none, so that nothing is due and asking for it is refused."""
    place = world()
    four(place)
    assert place.broker.policy.rating is None
    assert place.wait(9 * DAY).rated == 0
    for given in (None, "sum of amounts"):
        with pytest.raises(InvalidChoice):
            place.broker.office.analysis.rate(given)  # type: ignore[arg-type]
