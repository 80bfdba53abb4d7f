"""Bounds on probing: pauses after an offer was tried out, and prices that stand on a grid (spec B7, M9).

Whoever knows one determined price, one limit and the rate can compute the other limit back. Neither bound changes
that: a pause makes the next question wait, and a grid makes every answer coarse.
"""

from datetime import datetime

from brokerage.errors import InvalidAmount, TooSoon
from brokerage.money import MAX_AMOUNT, Money, minor_units
from brokerage.policy import Policy, PriceGrid
from brokerage.ports import Transaction
from brokerage.records.categories import category_key
from brokerage.records.numbers import PersonNumber
from brokerage.records.pauses import Pause
from brokerage.services.inputs import later

__all__ = ["check_pause", "end_pauses", "hold_pause", "join_pauses", "price_on_grid"]


def check_pause(tx: Transaction, person: PersonNumber, category: str, now: datetime) -> None:
    """Refuse a person who has to wait before offering or amending in a category. O(1).

    Call it only under a policy with a pause: without one nobody waits, also not for what was held before.

    Args:
        tx: the unit of work.
        person: who wants to.
        category: the category's code.
        now: the present instant.

    Raises:
        TooSoon: the pause is not over yet; it names the category and the instant.
    """
    pause = tx.pauses.get((person, category_key(category)))
    if pause is not None and now < pause.until:
        raise TooSoon(category, pause.until)


def hold_pause(tx: Transaction, policy: Policy, person: PersonNumber, category: str, now: datetime) -> None:
    """Let a person wait who has cancelled or amended an offer; does nothing under a policy without a pause. O(log n).

    Whoever takes a member's open offers out of the market at the member's wish calls it for each of them.

    Args:
        tx: the unit of work.
        policy: the broker's choices.
        person: who has done so.
        category: the offer's category.
        now: the present instant.
    """
    if policy.probing_pause is not None:
        _hold(tx, person, category_key(category), later(now, policy.probing_pause))


def join_pauses(tx: Transaction, person: PersonNumber, into: PersonNumber) -> None:
    """Let whoever two persons turn out to be wait for both: in each category for the longer. O(their number)."""
    for pause in tx.pauses.of_person(person):
        tx.pauses.remove(pause)
        _hold(tx, into, pause.category, pause.until)


def end_pauses(tx: Transaction, now: datetime, limit: int) -> int:
    """Forget the first pauses that are over, up to ``limit``; return how many there were. O(k log n)."""
    over = tx.pauses.due(now, limit)
    for pause in over:
        tx.pauses.remove(pause)
    return len(over)


def _hold(tx: Transaction, person: PersonNumber, key: str, until: datetime) -> None:
    held = tx.pauses.get((person, key))
    if held is None:
        tx.pauses.add(Pause(person, key, until))
    elif held.until < until:
        tx.pauses.replace(held, held.prolonged(until))


def price_on_grid(value: object, currency: str, field: str, grid: PriceGrid | None) -> int:
    """Return a limit in minor units, or refuse one that is no amount or stands off the grid (spec V1, B7). O(1).

    Args:
        value: the limit as the caller gave it.
        currency: an ISO 4217 code.
        field: the name of the argument, for the error.
        grid: the step of each currency that has one, in minor units; ``None``: there is no grid.

    Raises:
        UnknownCurrency: the currency is not known.
        InvalidAmount: the value is no exact amount, or no multiple of the step; then the error names the nearest.

    >>> price_on_grid("80.00", "USD", "price", {"USD": 500})
    8000
    >>> price_on_grid("81.20", "USD", "price", {"USD": 500})
    Traceback (most recent call last):
    brokerage.errors.inputs.InvalidAmount: price: '81.20' is refused; a multiple of 5.00 USD is wanted: pass 80.00 ...
    """
    units = minor_units(value, currency, field)
    step = None if grid is None else grid.get(currency)
    if step is None or units % step == 0:
        return units
    below = units - units % step
    nearest = [Money(near, currency).text() for near in (below, below + step) if near <= MAX_AMOUNT]
    raise InvalidAmount(field, value, f"a multiple of {Money(step, currency)}", f"pass {' or '.join(nearest)}")
