"""A person stays one through a hundred memberships under changed details (spec M1, M9)."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import MemberDesk
from brokerage.errors import NotAccepted
from builders import World, immediate, world

pytestmark = pytest.mark.once

DETAILS = ("telephone", "email", "bank_account")
CYCLES = 100


def fresh(number: int) -> dict[str, Any]:
    """Return details that nobody has used."""
    return {"telephone": f"9{number:06}", "email": f"p{number}@x.example", "bank_account": f"P-{number}"}


def join(place: World, details: dict[str, Any]) -> MemberDesk:
    """Register somebody."""
    return place.broker.register(name="Somebody", address="Somewhere", **details)


class Lives:
    """Somebody's memberships, one after the other, and everything that he or she ever used."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.place = world(immediate(reference_points=10**6))
        self.place.broker.office.members.add_reason("moved", "Moved")
        self.used: dict[str, list[str]] = {detail: [] for detail in DETAILS}
        self.count = 0
        self.points = 0
        self.desk = self.join(self.new())

    def new(self) -> dict[str, str]:
        """Return details that nobody has used."""
        self.count += 1
        return fresh(self.count)

    def join(self, details: dict[str, str]) -> MemberDesk:
        """Register somebody who is, or will turn out to be, this person."""
        desk = join(self.place, details)
        for detail, value in details.items():
            self.used[detail].append(value)
        return desk

    def known(self, *details: str) -> dict[str, str]:
        """Return some details as they were at any time before."""
        return {detail: self.chance.choice(self.used[detail]) for detail in details}

    def blame(self, desk: MemberDesk, points: int) -> None:
        """Add points, here and there."""
        self.place.blame(desk, points)
        self.points += points

    def correct(self) -> None:
        """Correct one detail into a new one."""
        detail = self.chance.choice(DETAILS)
        value = self.new()[detail]
        self.desk.account.correct(**{detail: value})
        self.used[detail].append(value)

    def be_a_stranger(self) -> None:
        """Be a member under details that share nothing, and be found out under another box after that."""
        one, other = self.chance.sample(DETAILS, 2)
        bridge = self.known(other)
        stranger = self.join(self.new())
        self.blame(stranger, 7)
        stranger.account.withdraw("moved")
        self.join({**self.new(), **bridge, one: self.used[one][-1]}).account.withdraw("moved")

    def come_back(self) -> None:
        """Leave, and register again with one detail of any time before and two new ones."""
        self.desk.account.withdraw("moved")
        self.desk = self.join({**self.new(), **self.known(self.chance.choice(DETAILS))})


@given(st.integers(0, 2**32))
@settings(deadline=None, max_examples=10)
def test_points_follow_a_person_through_a_hundred_memberships(seed: int) -> None:
    """Whichever detail is kept from whichever earlier time, all others being new, person and points are the same.

    Now and then details are corrected in between, and strangers turn out to be the same person: their points are
    added. In the end any detail that was ever used is enough to be refused.
    """
    lives = Lives(Random(seed))
    office = lives.place.broker.office.members
    for _ in range(CYCLES):
        lives.blame(lives.desk, lives.chance.randrange(4))
        if lives.chance.randrange(5) == 0:
            lives.correct()
        if lives.chance.randrange(10) == 0:
            lives.be_a_stranger()
        lives.come_back()
        file = office.show(lives.desk.number)
        assert (file.person, file.points) == (1, lives.points)
    assert {file.person for file in office.page(size=1000)} == {1}
    lives.blame(lives.desk, 10**6)
    lives.desk.account.withdraw("moved")
    for detail in DETAILS:
        for value in lives.used[detail]:
            with pytest.raises(NotAccepted):
                join(lives.place, {**lives.new(), detail: value})


def test_whoever_shares_nothing_is_somebody_else() -> None:
    """Under three new details nobody is recognised: that is all that is looked at."""
    place = world(immediate(reference_points=1))
    place.broker.office.members.add_reason("moved", "Moved")
    ann = join(place, fresh(0))
    place.blame(ann, 5)
    ann.account.withdraw("moved")
    assert place.broker.office.members.show(join(place, fresh(1)).number).points == 0
