"""Pauses bound probing: who waits, how long, and for what (spec B7, M9)."""

from datetime import timedelta
from typing import Any

import pytest

from brokerage import BankTransfer, Buy, MemberDesk, Policy, Sell
from brokerage.adapters.memory import MemoryStore
from brokerage.errors import (
    InvalidAmount,
    InvalidChoice,
    InvalidTime,
    RefusedRows,
    TooSoon,
    UnknownOffer,
)
from brokerage.money import Amount
from brokerage.ports import Store
from brokerage.records.numbers import OfferNumber, PersonNumber
from brokerage.records.pauses import Pause
from builders import DAY, MANY, START, World, immediate, trade, world

pytestmark = pytest.mark.once

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


def pausing(pause: timedelta | None = DAY, **choices: Any) -> World:
    """Return a broker whose members wait after they cancelled or amended."""
    return world(immediate(probing_pause=pause, **choices))


def wanted(desk: MemberDesk, price: Amount = "100.00", category: str = "goods", **other: Any) -> OfferNumber:
    """Return the number of a new purchase offer."""
    return desk.buy(category, max_price=price, currency=other.pop("currency", "USD"), **other)


def pauses(place: World, desk: MemberDesk) -> list[tuple[str, timedelta]]:
    """Return the pauses of a member's person, each by its category with the time from the start to its end."""
    person = place.broker.office.member(desk.number).person
    return [(pause.category, pause.until - START) for pause in place.read(lambda tx: tx.pauses.of_person(person))]


# Who waits, and how long


@pytest.mark.parametrize("act", ["cancel", "amend"])
def test_who_cancelled_or_amended_waits(act: str, kept: Store) -> None:
    """After either, neither an offer nor an amendment is taken in the category until the very instant named."""
    place = world(immediate(probing_pause=DAY), store=kept)
    bob = place.join("Bob")
    first, second = wanted(bob), wanted(bob)
    if act == "cancel":
        bob.cancel(first)
    else:
        bob.amend(first, price="90.00")
    for refused in (
        lambda: wanted(bob),
        lambda: bob.sell("goods", "Lamp", min_price="1.00", currency="EUR"),
        lambda: bob.amend(second, price="95.00"),
        lambda: bob.amend(second, limit=START + 90 * DAY),
    ):
        before = place.state()
        with pytest.raises(TooSoon) as caught:
            refused()
        assert before == place.state()
        assert (caught.value.field, caught.value.value, caught.value.until) == ("category", "goods", START + DAY)
        assert str(caught.value).endswith("wait until 2026-01-06T12:01:00+00:00")
    place.clock.set(START + DAY - MOMENT)
    with pytest.raises(TooSoon):
        wanted(bob)
    place.clock.set(START + DAY)
    bob.amend(second, price="95.00")


def test_other_categories_and_other_persons_do_not_wait() -> None:
    """A pause is one person's in one category, however its code is written."""
    place = pausing()
    ann, bob = place.join("Ann"), place.join("Bob")
    bob.cancel(wanted(bob))
    wanted(bob, category="services")
    wanted(ann)
    with pytest.raises(TooSoon):
        wanted(bob, category="ＧＯＯＤＳ")
    place.broker.office.add_category("Boats", rate="0.10")
    boats = [wanted(bob, category=code) for code in ("boats", "BOATS")]
    bob.cancel(boats[0])
    with pytest.raises(TooSoon) as caught:
        bob.amend(boats[1], price="90.00")
    assert caught.value.value == "Boats"


def test_cancelling_is_always_possible() -> None:
    """Nobody is held in the market: cancelling during a pause is possible, and the pause is counted from it."""
    place = pausing()
    bob = place.join("Bob")
    first, second = wanted(bob), wanted(bob)
    bob.cancel(first)
    place.wait(HOUR)
    bob.cancel(second)
    assert pauses(place, bob) == [("goods", DAY + HOUR)]


def test_a_pause_is_never_shortened() -> None:
    """A clock that went back, or a policy that now asks for less, does not end a pause sooner."""
    place = pausing()
    bob = place.join("Bob")
    first, second = wanted(bob), wanted(bob)
    place.clock.set(START + HOUR)
    bob.cancel(first)
    place.clock.set(START)
    bob.cancel(second)
    assert pauses(place, bob) == [("goods", DAY + HOUR)]


def test_without_a_pause_nobody_waits() -> None:
    """By default nothing is held, and what was held under another policy holds nobody up."""
    place = pausing(None)
    bob = place.join("Bob")
    bob.cancel(wanted(bob))
    assert pauses(place, bob) == []
    person = place.broker.office.member(bob.number).person
    place.store.run(lambda tx: tx.pauses.add(Pause(person, "goods", START + DAY)))
    bob.amend(wanted(bob), price="90.00")


def test_bulk_input_reports_pauses_by_row() -> None:
    """Each row of a paused category is refused under its path, and the others are taken (spec O7)."""
    place = pausing()
    bob = place.join("Bob")
    bob.cancel(wanted(bob))
    rows: list[Buy | Sell] = [
        Buy(category="goods", max_price="1.00", currency="USD"),
        Buy(category="services", max_price="1.00", currency="USD"),
        Sell(category="Goods", name="Lamp", min_price="1.00", currency="USD"),
    ]
    with pytest.raises(RefusedRows):
        bob.offer_many(rows)
    accepted = bob.offer_many(rows, keep_good=True)
    assert [row.path for row in accepted.refused] == ["rows[0].category", "rows[2].category"]
    assert {row.reason for row in accepted.refused} == {
        "a category without a pause is wanted: wait until 2026-01-06T12:01:00+00:00"
    }
    assert len(accepted.numbers) == 1


@pytest.mark.parametrize(("pause", "looks"), [(None, 0), (DAY, 2)])
def test_accepting_looks_once_for_each_category(pause: timedelta | None, looks: int, monkeypatch: Any) -> None:
    """A call of many rows looks for a pause once in each of its categories, and without pauses never."""
    place = pausing(pause)
    bob = place.join("Bob")
    assert isinstance(place.store, MemoryStore)
    pauses, seen = place.store._transaction.pauses, list[object]()
    monkeypatch.setattr(pauses, "get", seen.append)
    codes = ["goods", "services"] * 10
    bob.offer_many(Buy(category=code, max_price="1.00", currency="USD") for code in codes)
    assert len(seen) == looks


def test_a_lapse_is_free() -> None:
    """Whose buyer did not pay opens again without a pause, and so may the buyer offer again (spec A4)."""
    made = trade(pausing(), BankTransfer())
    made.world.wait(8 * DAY)
    assert [] == pauses(made.world, made.ann) == pauses(made.world, made.bob)
    made.ann.amend(made.sale, price="81.00")


def test_an_offer_that_expires_is_free_but_lives_as_long_as_a_pause() -> None:
    """A time limit sooner than the pause would be a cancellation without one: it is refused, one just then is not."""
    place = pausing()
    bob = place.join("Bob")
    with pytest.raises(InvalidTime) as caught:
        wanted(bob, limit=START + DAY - MOMENT)
    assert caught.value.limit == "an instant at least 1 day, 0:00:00 from now"
    offer = wanted(bob, limit=START + DAY)
    place.wait(DAY)
    assert pauses(place, bob) == []
    wanted(bob)
    assert place.offer(offer).state.value == "closed"


def test_what_was_refused_begins_no_pause() -> None:
    """Only what was done counts: a bad amendment, or one of a foreign offer, costs nobody anything."""
    place = pausing()
    ann, bob = place.join("Ann"), place.join("Bob")
    number = wanted(bob)
    for desk, price in ((bob, "9.999"), (ann, "9.00")):
        with pytest.raises((InvalidAmount, UnknownOffer)):
            desk.amend(number, price=price)
    assert [] == pauses(place, bob) == pauses(place, ann)


def test_lives_reach_over_the_pause() -> None:
    """A policy whose offers could not live as long as its pause is refused by name."""
    for name in ("longest_life", "default_life"):
        with pytest.raises(InvalidChoice) as caught:
            Policy(probing_pause=2 * DAY, **{name: DAY})  # type: ignore[arg-type]
        assert caught.value.field == name
    assert Policy(probing_pause=DAY, longest_life=DAY, default_life=DAY).probing_pause == DAY
    assert Policy(probing_pause=DAY, longest_life=None, default_life=None).probing_pause == DAY


# By person


def test_a_pause_follows_the_person() -> None:
    """Whoever comes as another member of the same person waits too (spec M9)."""
    place = pausing()
    bob = place.join("Bob")
    bob.cancel(wanted(bob))
    again = place.join("Robert", email="bob@example.com")
    with pytest.raises(TooSoon):
        wanted(again)


def test_a_pause_outlives_leaving() -> None:
    """Who leaves cancels what is open, and waits after coming back, a hundred times under changed details (spec M9)."""
    place = pausing()
    place.broker.office.members.add_reason("moved", "Moved away")
    details = [
        {"email": f"{at}@new.example", "telephone": f"555 0000{at}", "bank_account": f"new {at}"} for at in range(101)
    ]
    bob = place.join("Bob 0", **details[0])
    for at in range(100):
        wanted(bob)
        place.clock.set(START + at * (DAY + HOUR))
        bob.account.withdraw("moved")
        kept = ("email", "telephone", "bank_account")[at % 3]
        bob = place.join(f"Bob {at + 1}", **{**details[at + 1], kept: details[at][kept]})
        assert pauses(place, bob) == [("goods", at * (DAY + HOUR) + DAY)]
        with pytest.raises(TooSoon):
            wanted(bob)
        place.wait(DAY)


def test_joined_persons_wait_for_both() -> None:
    """When two persons turn out to be one, it waits in the categories of both, in each for the longer (spec M9)."""
    place = pausing()
    ann, bob = place.join("Ann"), place.join("Bob")
    for desk, wait, category in ((ann, HOUR, "goods"), (ann, HOUR, "services"), (bob, 2 * HOUR, "goods")):
        place.clock.set(START + wait)
        desk.cancel(wanted(desk, category=category))
    place.broker.office.add_category("boats", rate="0.10")
    bob.cancel(wanted(bob, category="boats"))
    linked = place.join("Link", email="Ann@example.com", telephone="555 6611198")
    held = [("boats", DAY + 2 * HOUR), ("goods", DAY + 2 * HOUR), ("services", DAY + HOUR)]
    assert [held] * 3 == [pauses(place, desk) for desk in (ann, bob, linked)]
    assert list(place.read(lambda tx: tx.pauses.of_person(PersonNumber(2)))) == []


# Housekeeping


def test_pauses_are_removed_when_they_are_over() -> None:
    """A pause is due at its end, not a moment sooner, and the report counts it (spec T3)."""
    place = pausing()
    bob = place.join("Bob")
    bob.cancel(wanted(bob))
    assert place.broker.next_due() == START + DAY
    assert (place.wait(DAY - MOMENT).pauses, len(pauses(place, bob))) == (0, 1)
    assert (place.wait(MOMENT).pauses, pauses(place, bob)) == (1, [])
    assert place.broker.next_due() is None


def test_more_pauses_than_one_work_takes() -> None:
    """However many are over, one call removes them all."""
    place = pausing()
    bob = place.join("Bob")
    for at in range(450):
        place.store.run(lambda tx, at=at: tx.pauses.add(Pause(PersonNumber(at + 9), "goods", START)))  # type: ignore[misc]
    bob.cancel(wanted(bob))
    assert place.broker.run_due().pauses == 450
    assert len(place.read(lambda tx: tx.pauses.due(START + 9 * DAY, MANY))) == 1
