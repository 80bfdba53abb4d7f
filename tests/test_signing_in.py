"""Guessing a password gets slower and slower, the owner is not locked out, and boxes are not betrayed (spec M6)."""

from datetime import datetime, timedelta

import pytest

from brokerage.errors import InvalidCredentials, TooManyTries
from brokerage.records.numbers import BoxNumber
from builders import DAY, START, World, immediate, world

RIGHT, WRONG = "right password", "wrong password"
SECOND = timedelta(seconds=1)


def guess(place: World, box: int, password: str = WRONG) -> datetime | None:
    """Try to sign in wrongly; return until when to wait, ``None`` if the password was listened to."""
    with pytest.raises((TooManyTries, InvalidCredentials)) as refused:
        place.broker.sign_in(BoxNumber(box), password)
    error = refused.value
    assert isinstance(error, TooManyTries) or str(error) == "Invalid"
    return error.until if isinstance(error, TooManyTries) else None


def test_the_first_failures_are_free() -> None:
    """As many failures as the policy says make nobody wait; after them, the right password has to wait too."""
    place = world(immediate(sign_in_free=3))
    ann = place.join("Ann", password=RIGHT)
    assert [guess(place, ann.number) for _ in range(3)] == [None] * 3
    assert guess(place, ann.number) == START + SECOND
    with pytest.raises(TooManyTries) as refused:
        place.broker.sign_in(ann.number, RIGHT)
    assert refused.value.until == START + SECOND
    assert (START + SECOND).isoformat() in str(refused.value)
    place.clock.set(START + SECOND)
    assert ann.number == place.broker.sign_in(ann.number, RIGHT).number
    assert [guess(place, ann.number) for _ in range(3)] == [None] * 3


def test_waits_double_up_to_the_longest() -> None:
    """Each failure after the free ones doubles the wait, up to a quarter of an hour, and there it stays."""
    place = world()
    ann = place.join("Ann", password=RIGHT)
    waits: list[float] = []
    for _ in range(5):
        guess(place, ann.number)
    for _ in range(14):
        until = guess(place, ann.number)
        assert until is not None
        waits.append((until - place.clock.now()).total_seconds())
        place.clock.set(until)
        assert guess(place, ann.number) is None
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]


def test_waiting_is_not_made_longer_by_trying() -> None:
    """Who is not listened to fails nothing: the wait ends when it was said to end."""
    place = world(immediate(sign_in_free=1))
    ann = place.join("Ann", password=RIGHT)
    guess(place, ann.number)
    assert {guess(place, ann.number) for _ in range(20)} == {START + SECOND}
    place.clock.set(START + SECOND)
    assert ann.number == place.broker.sign_in(ann.number, RIGHT).number


def test_the_hasher_is_not_asked_while_waiting() -> None:
    """Refusing costs no hash, so that guessing cannot be used to keep the broker busy."""
    place = world(immediate(sign_in_free=1))
    ann = place.join("Ann", password=RIGHT)
    guess(place, ann.number)
    before = place.state()
    for _ in range(3):
        guess(place, ann.number)
    assert before == place.state()


def test_no_telling_which_boxes_exist() -> None:
    """A box with a password, one without, one that has left, and one that never was answer alike at every try."""
    place = world(immediate(sign_in_free=2))
    place.broker.office.members.add_reason("moved", "Moved")
    place.join("Ann", password=RIGHT)
    place.join("Bob")
    place.join("Cid", password=RIGHT).account.withdraw("moved")
    stories = []
    for box in (1, 2, 3, 99, 2**40):
        clock = START
        story: list[object] = []
        for _ in range(8):
            until = guess(place, box)
            story.append(until and (until - clock))
            clock = until or clock
            place.clock.set(clock)
        stories.append(story)
        place.clock.set(START)
    assert stories == [stories[0]] * 5


def test_one_box_does_not_slow_another() -> None:
    """Failures are counted for each box by itself."""
    place = world(immediate(sign_in_free=1))
    ann, bob = (place.join(name, password=RIGHT) for name in ("Ann", "Bob"))
    guess(place, ann.number)
    assert guess(place, ann.number) is not None
    assert bob.number == place.broker.sign_in(bob.number, RIGHT).number


def test_tries_at_the_same_time_are_counted() -> None:
    """A try counts from its beginning: many at once are no more than one after the other."""
    place = world(immediate(sign_in_free=2))
    ann = place.join("Ann", password=RIGHT)
    house = place.broker._house
    for _ in range(2):
        house.store.run(lambda tx: house.signing_in.begin(tx, ann.number, START))
    with pytest.raises(TooManyTries):
        place.broker.sign_in(ann.number, RIGHT)


def test_failures_are_forgotten() -> None:
    """A day after the last wait the failures are purged, of boxes that exist and of others, and count no more."""
    place = world(immediate(sign_in_free=1))
    ann = place.join("Ann", password=RIGHT)
    for box in (ann.number, 99):
        guess(place, box)
    assert place.broker.next_due() == START + SECOND + DAY
    assert place.wait(DAY).purged == 0
    assert place.wait(SECOND).purged == 2
    assert place.broker.next_due() is None
    for box in (ann.number, 99):
        assert guess(place, box) is None


def test_failures_that_nobody_purged_count_no_more() -> None:
    """What is to be forgotten is, also before housekeeping comes by."""
    place = world(immediate(sign_in_free=1))
    ann = place.join("Ann", password=RIGHT)
    guess(place, ann.number)
    place.clock.set(START + 2 * DAY)
    assert [guess(place, ann.number), guess(place, ann.number)] == [None, START + 2 * DAY + SECOND]


def test_who_leaves_while_signing_in_is_not_signed_in() -> None:
    """A password that was right is of no use once the box is closed."""
    place = world()
    place.broker.office.members.add_reason("moved", "Moved")
    ann = place.join("Ann", password=RIGHT)
    house = place.broker._house
    credentials = house.store.run(lambda tx: house.signing_in.begin(tx, ann.number, START))
    assert credentials is not None
    ann.account.withdraw("moved")
    with pytest.raises(InvalidCredentials):
        house.store.run(lambda tx: house.signing_in.succeeded(tx, credentials, START))
