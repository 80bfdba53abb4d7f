"""The end of a story: nothing goes wrong any more, the manager works, and time goes on until all has ended."""

from datetime import timedelta

from brokerage.records.cases import CaseKind
from brokerage.testing.story.chronicle import OWED
from brokerage.testing.story.invariants import Broken, Invariant
from brokerage.testing.story.trouble_actions import work_on
from brokerage.testing.story.world import World

__all__ = ["finish"]

_ROUND, _ROUNDS = timedelta(days=1), 80
_HOW = dict.fromkeys(CaseKind, 0) | {CaseKind.SUSPENSE: 2, CaseKind.EFFECT: 4}
"""How the manager closes each kind of case."""


def finish(world: World) -> None:
    """Stop the faults, and let time go on round by round; raises :class:`Broken` if something does not end."""
    outside = world.outside
    world.process.heal()
    outside.till.declines.clear()
    outside.carrier.declines = 0
    for _ in range(_ROUNDS):
        due, now = world.broker.next_due(), world.clock.now()
        reported = outside.bank.open or outside.carrier.reports.open or outside.till.reports.open
        is_busy = world.chronicle.live or world.chronicle.cases or outside.till.held or _is_pending(world)
        is_busy = is_busy or world.chronicle.agreements.is_busy
        if not reported and not is_busy:
            break  # only filing and the time limits of offers are left
        world.clock.set(due if due is not None and due > now else now + _ROUND)
        world.attempt(None, world.broker.run_due)
        world.check()
        world.check_deadlines()
        for case in tuple(world.chronicle.cases.values()):
            work_on(world, case, _HOW[case.kind], 0)
            world.check()
    _check(world)


def _is_pending(world: World) -> bool:
    return world.store.read(lambda tx: tx.outbox.next_due()) is not None


def _check(world: World) -> None:
    """Hold the end against what must have ended."""
    chronicle, outside = world.chronicle, world.outside
    for number in chronicle.live:
        raise Broken(Invariant.ALL_ENDS, f"deal {number} stays {chronicle.deals[number].state.value}")
    chronicle.agreements.check_end()
    if _is_pending(world):
        raise Broken(Invariant.OUTBOX_EMPTIES, "an effect is still pending")
    for notice_id in (*outside.bank.open, *outside.carrier.reports.open, *outside.till.reports.open):
        raise Broken(Invariant.NOTICES_KEPT, f"{notice_id!r} is still reported, and never confirmed")
    for case in chronicle.cases.values():
        raise Broken(Invariant.CASES_CLOSE, f"case {case.number} is still open ({case.kind.value}: {case.reason})")
    untold = {*outside.bank.untold, *outside.till.reports.untold}
    for key, (currency, units, _) in outside.books.unheard.items():
        if key not in untold:
            raise Broken(Invariant.ALL_MONEY_KNOWN, f"{units} {currency} of {key} was never booked")
    for held, (_, units, currency) in outside.till.held.items():
        raise Broken(Invariant.ALL_MONEY_KNOWN, f"{units} {currency} is still held under {held}")
    for (account, currency), units in chronicle.balances.items():
        if account.kind in OWED and units:
            raise Broken(Invariant.ALL_MONEY_KNOWN, f"{account} still holds {-units} {currency}")
