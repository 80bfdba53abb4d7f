"""The simulation finds what it is for: each planted bug, by the invariant that it breaks, in a short story."""

import os

import pytest

from brokerage.testing import Invariant, StoryBroken, replay_story, tell_story
from brokerage.testing.story.actions import drawn
from brokerage.testing.story.telling import broken_by
from planted_bugs import PLANTED, PlantedBug

pytestmark = pytest.mark.once

SEEDS = 100
SHORTENED = PLANTED if "EVERY_STORY" in os.environ else PLANTED[::5]
"""The bugs whose stories are shortened, too: some of them, unless the environment asks for every one."""


def found(bug: PlantedBug, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the first seed whose story breaks the invariant of a planted bug."""
    monkeypatch.setattr(bug.owner, bug.attribute, bug.made(getattr(bug.owner, bug.attribute)))
    for seed in range(bug.first, bug.first + SEEDS):
        if broken_by(drawn(seed, 200)) is bug.invariant:
            return seed
    raise AssertionError(f"{bug.name} was not found by {bug.invariant.name} with {SEEDS} seeds")


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(bug: PlantedBug, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bug breaks its invariant within a hundred seeds."""
    found(bug, monkeypatch)


@pytest.mark.parametrize("bug", SHORTENED, ids=lambda bug: bug.name)
def test_the_story_of_a_planted_bug_is_shortened(bug: PlantedBug, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shortened story fits in so many steps, and breaks the same in the same way when it is told again."""
    with pytest.raises(StoryBroken) as caught:
        tell_story(found(bug, monkeypatch))
    assert len(caught.value.steps) <= bug.steps, str(caught.value)
    with pytest.raises(StoryBroken) as again:
        replay_story(caught.value.story)
    assert (caught.value.invariant, caught.value.seen) == (again.value.invariant, again.value.seen)


def test_every_invariant_is_broken_by_a_planted_bug() -> None:
    """No invariant is only written down: there is a bug that breaks it."""
    assert set(Invariant) == {bug.invariant for bug in PLANTED}
