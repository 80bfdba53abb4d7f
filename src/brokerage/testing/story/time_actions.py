"""Time, the manager, and what goes wrong in a story: rounds, clock jumps, faults and crashes."""

from datetime import timedelta

from brokerage.errors import BrokerageError
from brokerage.testing.story.process import Mishap
from brokerage.testing.story.world import CODES, Death, World, pick_of, told

__all__ = [
    "crash",
    "fail",
    "match",
    "run_due",
    "set_terms",
    "trouble",
    "wait",
    "wait_for_answers",
    "wait_for_due",
]

_SPANS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=7),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=8),
    timedelta(days=31),
    timedelta(days=100),
)
_PARTIES = ("bank", "card house", "accounts", "carrier", "mail")
_FACTORS, _RATES = ("1", "0.9", "0.5"), ("0.1", "0.2", "0.3")
_FAULTS = (Mishap.FAIL, Mishap.LOSE, Mishap.MISS)


def match(world: World) -> str:
    """A round is run."""
    return f"a round takes {told(world.attempt(None, world.broker.match))} arrivals"


def run_due(world: World) -> str:
    """The scheduler calls."""
    world.saying = "what is due is done"
    made = world.attempt(None, world.broker.run_due)
    if not isinstance(made, BrokerageError | Death):
        world.check()
        world.check_deadlines()
    return f"{world.saying}: {told(made)}"


def wait(world: World, span: int) -> str:
    """Time passes; short times pass more often."""
    chosen = _SPANS[min(span % 10, span // 10 % 10, span // 100) % len(_SPANS)]
    world.wait(chosen)
    return f"{chosen} pass"


def wait_for_due(world: World) -> str:
    """Time passes until the very instant at which something is due."""
    due = world.broker.next_due()
    if due is None or due <= world.clock.now():
        return "nothing will be due"
    world.clock.set(due)
    return f"it is {due:%Y-%m-%d %H:%M:%S}"


def wait_for_answers(world: World, sweep: int) -> str:
    """Time passes until a call, or now and then a question, has waited long enough; mostly the scheduler calls."""
    due, is_question = world.chronicle.agreements.next_deadline() or (None, True)
    if due is None or (is_question and sweep % 10):
        return "nobody has waited long enough"
    if due > world.clock.now():
        world.clock.set(due)
    what = "an answer" if is_question else "bids"
    said = f"it is {due:%Y-%m-%d %H:%M:%S}, and somebody has waited long enough for {what}"
    return f"{said}; {run_due(world)}" if sweep // 10 % 3 else said


def set_terms(world: World, who: int, factor: int, category: int, rate: int) -> str:
    """The manager sets a member's factor and a category's rate."""
    code, rm, rc = pick_of(CODES, category), pick_of(_FACTORS, factor), pick_of(_RATES, rate)
    world.attempt(None, lambda: world.broker.office.correct_category(code, rate=rc))
    box = world.member(who)
    world.attempt(None, lambda: world.broker.office.set_factor(box, rm))
    return f"the manager sets the rate of {code} to {rc}, and a factor to {rm}"


def crash(world: World, boundaries: int) -> str:
    """In the step to come the process dies, behind a commit or around a call outside."""
    after = boundaries % 3 * (boundaries // 3 % 4)
    world.process.plan(after, Mishap.CRASH)
    return f"(the process is going to die at boundary {after})"


def fail(world: World, boundaries: int, how: int) -> str:
    """In the step to come a call outside goes wrong."""
    after = boundaries % 3 * (boundaries // 3 % 4)
    mishap = pick_of(_FAULTS, how)
    world.process.plan(after, mishap)
    return f"(at boundary {after}: {mishap.value})"


def trouble(world: World, party: int, calls: int, how: int) -> str:
    """A party outside is out of order for some calls."""
    who, mishap, count = pick_of(_PARTIES, party), pick_of(_FAULTS, how), 1 + calls % 6
    world.process.trouble(who, count, mishap)
    return f"for {count} calls to the {who}: {mishap.value}"
