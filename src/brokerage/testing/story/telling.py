"""Telling a story: its steps are drawn from a seed, played one by one with every invariant checked, and shortened.

A story that breaks an invariant is shortened to the fewest steps that still break it (delta debugging: pieces are left
out, ever smaller ones), and told with a line of code that plays it again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import define, field, frozen

from brokerage.adapters.memory.store import MemoryStore
from brokerage.engine import Brokerage
from brokerage.ports import Store
from brokerage.records.deals import DealState
from brokerage.records.events import EventKind
from brokerage.records.offers import OfferState, Outcome
from brokerage.testing.story.actions import ACTIONS, Action, Step, drawn, steps_of
from brokerage.testing.story.ending import finish
from brokerage.testing.story.invariants import Broken, Invariant
from brokerage.testing.story.world import World

__all__ = ["Setting", "StoryBroken", "Told", "broken_by", "replay_story", "shortened", "simulate", "tell_story"]

_MOST_REPLAYS = 3000
_OPENING = Step("open", (0,) * 5)


class StoryBroken(AssertionError):
    """A story broke an invariant.

    Args:
        seed: that its steps were drawn from, ``None`` if they were given.
        broken: the invariant, and what was seen instead.
        steps: the steps, shortened.
        sentences: what happened in them.
        count: how many steps it took before it was shortened.
    """

    def __init__(
        self, seed: int | None, broken: Broken, steps: Sequence[Step], sentences: Sequence[str], count: int
    ) -> None:
        self.seed = seed
        self.invariant: Invariant = broken.invariant
        self.seen = broken.seen
        self.steps = tuple(steps)
        self.sentences = tuple(sentences)
        self.story = ", ".join(step.text() for step in steps)
        told = "\n".join(f"  {at}. {sentence}" for at, sentence in enumerate(sentences, start=1))
        super().__init__(
            f"{'a given story' if seed is None else f'seed {seed}'} breaks {broken.invariant.name}:"
            f" {broken.invariant.value}\nbut {broken.seen}\n"
            f"the story in {len(steps)} steps, shortened from {count}:\n{told}\n"
            f"to play it again:\n  brokerage.testing.replay_story({self.story!r})"
        )


@frozen
class Told:
    """A story that kept every invariant.

    What happened in sentences; how many deals were made and ended, entries posted and processes lost; the rows of
    the lifecycles that were taken; and which kinds of events the journal tells.
    """

    sentences: tuple[str, ...]
    deals: int
    ended: int
    entries: int
    crashes: int
    deal_moves: frozenset[tuple[DealState, DealState]]
    offer_moves: frozenset[tuple[OfferState, OfferState, Outcome | None]]
    agreement_moves: frozenset[tuple[object, ...]]
    events: frozenset[EventKind]


def _unchanged(_broker: Brokerage) -> None:
    """Leave a broker as it is."""


@frozen
class Setting:
    """Where stories are played.

    Args:
        store: makes a new, empty store for each story.
        prepare: is given each broker that is built, also after a crash.
        let_go: closes a store when its story is over.
        actions: what can happen.
    """

    store: Callable[[], Store] = MemoryStore
    prepare: Callable[[Brokerage], None] = _unchanged
    let_go: Callable[[Store], None] | None = None
    actions: Sequence[Action] = ACTIONS


@define(eq=False)
class _Play:
    """One playing of some steps."""

    setting: Setting
    sentences: list[str] = field(factory=list)

    def all(self, steps: Sequence[Step]) -> Told:
        """Play steps, and the end; raises :class:`Broken`."""
        acts = {action.name: action for action in self.setting.actions}
        store = self.setting.store()
        try:
            world = World(store, self.setting.prepare)
            opening, rest = (steps[0], steps[1:]) if steps and steps[0].name == "open" else (_OPENING, steps)
            world.open(*opening.picks)
            for step in rest:
                self._one(world, acts[step.name], step)
            self.sentences.append("the faults stop, and time goes on")
            finish(world)
        except Broken:
            raise
        except Exception as error:
            raise Broken(Invariant.PROPER_ERRORS, f"{type(error).__name__} was raised: {error}") from error
        finally:
            if self.setting.let_go is not None:
                self.setting.let_go(store)
        chronicle = world.chronicle
        ended = len(chronicle.deals) - len(chronicle.live)
        return Told(
            tuple(self.sentences),
            len(chronicle.deals),
            ended,
            chronicle.entries,
            world.process.crashes,
            frozenset(chronicle.deal_moves),
            frozenset(chronicle.offer_moves),
            frozenset(chronicle.agreements.moves),
            frozenset(chronicle.kinds),
        )

    def _one(self, world: World, action: Action, step: Step) -> None:
        self.sentences.append(step.text())
        world.saying = ""
        try:
            self.sentences[-1] = action.act(world, *step.picks)
        except Broken:
            self.sentences[-1] = world.saying or step.text()
            raise
        if not action.is_fault:
            world.process.calm()
        world.check()


def tell_story(seed: int, steps: int = 200, setting: Setting | None = None) -> Told:
    """Draw a story from a seed and play it.

    Args:
        seed: determines it entirely.
        steps: how many.
        setting: where it is played; in memory by default.

    Raises:
        StoryBroken: an invariant did not hold; the story is shortened.

    >>> told = tell_story(1, steps=60)
    >>> told.deals == told.ended
    True
    """
    chosen = Setting() if setting is None else setting
    return _played(seed, drawn(seed, steps, chosen.actions), chosen)


def replay_story(story: str | Iterable[Step], setting: Setting | None = None) -> Told:
    """Play the steps of a story again, such as a failure printed them.

    Args:
        story: the steps, as values or as they are written.
        setting: as for :func:`tell_story`.

    Raises:
        StoryBroken: as for :func:`tell_story`.

    >>> told = replay_story("register 0 1 0, register 0 1 0, sell 0 0 0 9 0, buy 1 0 0 9 0, decide 0 0 0 1 0")
    >>> print(told.sentences[-2])
    member 2 decides on sale 1 for purchase 2 at 5225737 by transfer: deal 1
    """
    steps = steps_of(story) if isinstance(story, str) else tuple(story)
    return _played(None, steps, Setting() if setting is None else setting)


def simulate(seeds: Iterable[int], steps: int = 200, setting: Setting | None = None) -> Iterator[tuple[int, Told]]:
    """Tell a story for each of many seeds, one after the other; raises as :func:`tell_story` does."""
    for seed in seeds:
        yield seed, tell_story(seed, steps, setting)


def _played(seed: int | None, steps: Sequence[Step], setting: Setting) -> Told:
    play = _Play(setting)
    try:
        return play.all(steps)
    except Broken as error:
        broken = error
    count = len(steps)
    few = shortened(steps[: len(play.sentences) + 1], lambda some: broken_by(some, setting) is broken.invariant)
    last = _Play(setting)
    try:
        last.all(few)
    except Broken as error:
        broken = error
    raise StoryBroken(seed, broken, few, last.sentences, count)


def broken_by(steps: Sequence[Step], setting: Setting | None = None) -> Invariant | None:
    """Play steps, and return the invariant that they break, ``None`` if they break none; nothing is shortened.

    >>> broken_by(steps_of("register 0 1 0, sell 0 0 0 9 0")) is None
    True
    """
    try:
        _Play(Setting() if setting is None else setting).all(steps)
    except Broken as broken:
        return broken.invariant
    return None


def shortened(steps: Sequence[Step], is_broken: Callable[[Sequence[Step]], bool]) -> tuple[Step, ...]:
    """Return the fewest steps that are found to break the same, with plain numbers where they do not matter.

    Ever smaller pieces are left out, then single numbers become 0 or 1, and so on for as long as that helps.

    Args:
        steps: steps that break something.
        is_broken: plays some steps, and says whether they still break it.

    >>> steps = tuple(Step(name) for name in "abcdefgh")
    >>> few = shortened(steps, lambda some: {"b", "g"} <= {step.name for step in some})
    >>> [step.name for step in few]
    ['b', 'g']
    """
    tried: dict[tuple[Step, ...], bool] = {}

    def is_enough(some: tuple[Step, ...]) -> bool:
        if some not in tried:
            tried[some] = len(tried) < _MOST_REPLAYS and is_broken(some)
        return tried[some]

    kept, before = tuple(steps), None
    while kept != before:
        before, kept = kept, _plainer(_fewer(kept, is_enough), is_enough)
    return kept


def _fewer(kept: tuple[Step, ...], is_enough: Callable[[tuple[Step, ...]], bool]) -> tuple[Step, ...]:
    """Leave out pieces, ever smaller ones, that are not needed."""
    piece = max(1, len(kept) // 2)
    while True:
        at, is_shorter = 0, False
        while at < len(kept):
            without = kept[:at] + kept[at + piece :]
            if is_enough(without):
                kept, is_shorter = without, True
            else:
                at += piece
        if piece == 1 and not is_shorter:
            return kept
        piece = max(1, piece // 2)


def _plainer(kept: tuple[Step, ...], is_enough: Callable[[tuple[Step, ...]], bool]) -> tuple[Step, ...]:
    """Put 0 or 1 in the place of numbers that do not matter."""
    for at, step in enumerate(kept):
        for place, pick in enumerate(step.picks):
            for plain in range(min(pick, 2)):
                picks = kept[at].picks
                other = Step(step.name, (*picks[:place], plain, *picks[place + 1 :]))
                without = (*kept[:at], other, *kept[at + 1 :])
                if is_enough(without):
                    kept = without
                    break
    return kept
