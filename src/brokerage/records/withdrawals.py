"""Reasons for withdrawal: the manager's list, each with how often it was given (spec K2, M3)."""

from attrs import frozen

from brokerage.headings import WITHDRAWAL_REASONS
from brokerage.records.categories import category_key
from brokerage.tables import Shown, Table

__all__ = ["DORMANT", "WithdrawalReason", "dormant_reason"]

DORMANT = "dormant"
"""The code of the reason for which the broker itself removes members (spec M5)."""


@frozen(repr=False)
class WithdrawalReason(Shown):
    """A reason that members may give when they leave.

    ``code`` is as first written, ``key`` what it is found by. ``is_offered`` ends when a reason is deleted that was
    given before: its count stays in the analysis. ``withdrawals`` is how many members left for it.
    """

    key: str
    code: str
    text: str
    is_offered: bool = True
    withdrawals: int = 0
    version: int = 0

    def table(self) -> Table:
        """Return the reason as a table of one row, for the manager."""
        return WITHDRAWAL_REASONS.of([(self.code, self.text, self.is_offered, self.withdrawals)])


def dormant_reason() -> WithdrawalReason:
    """Return the reason that is there before the first dormant member is removed; no member can give it."""
    return WithdrawalReason(category_key(DORMANT), DORMANT, "no deal for a long time, and no answer", is_offered=False)
