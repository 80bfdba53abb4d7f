"""What must not change while it is only looked at: members, held by the record that guards what they have going on."""

from collections.abc import Iterable

from brokerage.ports import Transaction
from brokerage.records.numbers import BoxNumber

__all__ = ["guard_members"]


def guard_members(tx: Transaction, boxes: Iterable[BoxNumber]) -> None:
    """Make whoever meanwhile leaves, is joined with somebody, or offers something, wait or meet a conflict.

    Call it before looking at what the decision rests on, and before anything else is replaced: members come first in
    the order in which everybody holds things. Those who have left are passed over. O(their number).

    Args:
        tx: the unit of work.
        boxes: whose, in whatever order.
    """
    for box in sorted(set(boxes)):
        activity = tx.activities.get(box)
        if activity is not None:
            tx.activities.replace(activity, activity.changed())
