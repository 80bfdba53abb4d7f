"""Stories of a whole broker, drawn from seeds, keep every invariant; how many, the environment says (STORIES)."""

import os
from collections import Counter
from functools import cache

import pytest

from brokerage import Brokerage
from brokerage.records.deals import DEAL_MOVES
from brokerage.records.events import EventKind
from brokerage.records.offers import OFFER_MOVES
from brokerage.testing import ACTIONS, Action, Broken, Invariant, Setting, Step, StoryBroken, replay_story, tell_story
from brokerage.testing.story.__main__ import main
from brokerage.testing.story.actions import drawn, steps_of
from brokerage.testing.story.agreements import AGREEMENT_MOVES
from brokerage.testing.story.telling import shortened
from brokerage.testing.story.world import World
from databases import DATABASES

STORIES = int(os.environ.get("STORIES", "50"))
PARTS = 8
NEVER = {
    EventKind.CATEGORY_DELETED,
    EventKind.MEMBER_REMOVED,
    EventKind.NEWS_WITHDRAWN,
    EventKind.REASON_CORRECTED,
    EventKind.REASON_DELETED,
}
"""What happens in no story, or hardly ever."""

RESERVE = "register 0 0 0, register 0 1 0, offer_item 0 0 0 0 0, reserve 1 0 0 803 0, call_supply 1 0 0 0 1"
RESERVE += ", bid 1 1 0 1 0, wait_for_answers 10, reply 0 1, reply 0 1, reply 0 1"
TRADE = "register 0 1 0, register 0 1 0, sell 0 0 0 9 0, buy 1 0 0 9 0, decide 0 0 0 1 1"


told = cache(tell_story)
"""Tells a story that several tests ask for only once."""


@pytest.mark.parametrize("part", range(PARTS))
def test_stories_keep_every_invariant(part: int) -> None:
    """Whatever goes wrong around a broker, no invariant breaks, and in the end everything has ended."""
    for seed in range(part, STORIES, PARTS):
        story = told(seed)
        assert story.deals == story.ended


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_a_story_can_be_told_on_any_store(kind: str) -> None:
    """The same story happens on another store, word for word."""
    pool = DATABASES.pool(kind)
    setting = Setting(store=pool.take, let_go=pool.give_back)
    assert tell_story(3, 60).sentences == tell_story(3, 60, setting).sentences


def test_a_seed_determines_a_story() -> None:
    """Two stories of one seed are the same, and those of two seeds are not."""
    assert tell_story(7, 80) == tell_story(7, 80)
    assert tell_story(7, 80) != tell_story(8, 80)


def test_everything_happens() -> None:
    """Every action of the table is drawn, and the processes of some stories die."""
    names = Counter(step.name for seed in range(10) for step in drawn(seed, 200))
    assert {action.name for action in ACTIONS} | {"open"} == set(names)
    assert sum(told(seed).crashes for seed in range(5)) > 5


@pytest.mark.once
def test_stories_take_every_way() -> None:
    """In some hundreds of stories every row of the lifecycles is taken, and all happens that stories are about."""
    rows: set[object] = {(row.source, target) for row in DEAL_MOVES for target in (row.target, row.otherwise) if target}
    rows |= {(row.source, row.target, row.outcome) for row in OFFER_MOVES} | AGREEMENT_MOVES
    rows |= set(EventKind) - NEVER
    for seed in range(400):
        story = told(seed)
        rows -= story.deal_moves | story.offer_moves | story.agreement_moves | story.events
        if not rows:
            return
    assert rows == set()


def test_a_reservation_becomes_a_deal() -> None:
    """A short story leads from an item by a reservation, a call, a bid and both confirmations to a deal."""
    story = replay_story(RESERVE)
    assert story.sentences[6:-1] == (
        "it is 2026-01-06 12:01:00, and somebody has waited long enough for bids; what is due is done: done",
        "member 1 accepts in tender 1 at 5010137: done",
        "member 2 confirms reservation 1 at 15030411: done",
        "member 1 confirms order 1, which makes 1 deals: done",
    )
    assert story.deals == story.ended == 1


def test_a_story_is_written_as_it_is_read() -> None:
    """The steps of a story come back from its text."""
    steps = drawn(5, 40)
    assert steps_of(", ".join(step.text() for step in steps)) == steps


def test_a_short_story_makes_sense() -> None:
    """A story that is written by hand is told in sentences."""
    story = replay_story(TRADE)
    assert story.sentences[-2] == (
        "member 2 decides on sale 1 for purchase 2 at 5225737 by transfer (decision 1): deal 1"
    )
    assert story.deals == story.ended == 1


def test_an_action_of_ones_own() -> None:
    """A row that is added to the table happens, and may find something broken."""

    def rain(world: World, much: int) -> str:
        if much > 900:
            raise Broken(Invariant.PROPER_ERRORS, "it pours")
        return "it rains"

    actions = (*ACTIONS, Action("rain", 100, 1, rain))
    with pytest.raises(StoryBroken) as caught:
        tell_story(1, setting=Setting(actions=actions))
    assert [step.name for step in caught.value.steps] == ["rain"]
    assert "it pours" in str(caught.value)


def test_a_failure_says_what_to_do() -> None:
    """What is raised names the seed, the invariant, the shortened steps in sentences, and the call that repeats it."""

    def prepared(broker: Brokerage) -> None:
        broker.office.add_category("x" * 300, rate="0.1")

    with pytest.raises(StoryBroken) as caught:
        tell_story(4, 20, Setting(prepare=prepared))
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("seed 4 breaks PROPER_ERRORS: ")
    assert lines[-1] == "  brokerage.testing.replay_story('')"


def test_shortening_leaves_out_what_does_not_matter() -> None:
    """Of many steps those two remain that break something together."""
    steps = tuple(Step("wait", (number,)) for number in range(100))
    few = shortened(steps, lambda some: {13, 77} <= {step.picks[0] for step in some})
    assert [step.picks for step in few] == [(13,), (77,)]


@pytest.mark.parametrize("seeds", ["none", "5-5", "-3", "9-1"])
def test_nonsense_on_the_command_line_is_refused(seeds: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Seeds that are none are refused with what to pass instead."""
    with pytest.raises(SystemExit):
        main(["--", seeds])
    assert "refused" in capsys.readouterr().err


def test_the_command_line_tells_stories(capsys: pytest.CaptureFixture[str]) -> None:
    """It says how many stories were told and what happened in them."""
    assert main(["10-12", "--steps", "40"]) == 0
    assert capsys.readouterr().out.startswith("2 stories of 40 steps, up to seed 11: ")
