"""What members asked to be sent news of, and how often (spec N1, N2)."""

from datetime import datetime
from enum import Enum
from typing import Any

from attrs import frozen

from brokerage.records.numbers import BoxNumber
from brokerage.records.versions import next_version

__all__ = ["Topic", "Watch", "When"]


class Topic(Enum):
    """What a member wants to hear of."""

    ITEMS = "items"
    """Items that are registered or withdrawn, or whose release date moves."""

    DEMAND = "demand"
    """The demand that is reserved, and calls for bids on it."""


class When(Enum):
    """When a member wants to hear of it."""

    AT_ONCE = "at once"
    REGULARLY = "regularly"
    """By a digest at the times that the policy sets; none is sent where there is nothing new."""


@frozen
class Watch:
    """A member's wish to be mailed what is new in a category.

    Args:
        box: whose wish it is.
        topic: what about.
        category: the code of the category.
        when: at once or by digests.
        due: when the next digest is due; ``None`` at once.
        seen: the number of the last change that a digest told of, or after which the wish was made.
        version: rises with each change.
    """

    box: BoxNumber
    topic: Topic
    category: str
    when: When
    due: datetime | None
    seen: int
    version: int = 0

    def changed(self, **changes: Any) -> "Watch":
        """Return the next version."""
        return next_version(self, **changes)
