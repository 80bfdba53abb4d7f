"""The simulation finds what it is for: each planted bug, by the invariant that it breaks, in a short story."""

import pytest

from brokerage.testing import Invariant, StoryBroken, replay_story, tell_story
from brokerage.testing.story.actions import drawn
from brokerage.testing.story.telling import broken_by
from planted_bugs import PLANTED, PlantedBug

pytestmark = pytest.mark.once

SEEDS = 100


def found(bug: PlantedBug, monkeypatch: pytest.MonkeyPatch) -> StoryBroken:
    """Return the first story that breaks the invariant of a planted bug."""
    monkeypatch.setattr(bug.owner, bug.attribute, bug.made(getattr(bug.owner, bug.attribute)))
    for seed in range(SEEDS):
        if broken_by(drawn(seed, 200)) is bug.invariant:
            with pytest.raises(StoryBroken) as caught:
                tell_story(seed)
            return caught.value
    raise AssertionError(f"{bug.name} was not found by {bug.invariant.name} with {SEEDS} seeds")


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(bug: PlantedBug, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bug breaks its invariant with one of the first seeds, and the shortened story fits in so many steps."""
    broken = found(bug, monkeypatch)
    assert len(broken.steps) <= bug.steps, str(broken)
    with pytest.raises(StoryBroken) as again:
        replay_story(broken.story)
    assert (broken.invariant, broken.seen) == (again.value.invariant, again.value.seen)


def test_every_invariant_is_broken_by_a_planted_bug() -> None:
    """No invariant is only written down: there is a bug that breaks it."""
    assert set(Invariant) == {bug.invariant for bug in PLANTED}
