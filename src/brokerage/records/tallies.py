"""Running totals: how much each member has offered, sold and bought in each category (spec M4, M8).

They are a projection of the journal and can be made from it anew. Each is kept four times over: for the member in the
category, for the member in all categories, for all members in the category, and for all members in all of them; so
what is asked of them is read and never summed over members.
"""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from brokerage.making import quickly_made
from brokerage.records.numbers import BoxNumber
from brokerage.records.versions import next_version

__all__ = ["ALL_CATEGORIES", "ALL_MEMBERS", "Progress", "Tally", "TallyKey"]

ALL_MEMBERS = BoxNumber(0)
"""Stands for all members together, where a tally has its box."""

ALL_CATEGORIES = ""
"""Stands for all categories together, where a tally has its category."""

TallyKey = tuple[BoxNumber, str, str]
"""What a tally is found by: box, category and currency."""


@quickly_made
@frozen
class Tally:
    """What was offered, sold and bought in one currency, by a member or by all, in a category or in all.

    Args:
        box: whose, or :data:`ALL_MEMBERS`.
        category: the key of the category, or :data:`ALL_CATEGORIES`.
        currency: an ISO 4217 code.
        offered: sale offers accepted, and what was to be delivered for reservations: one for each deal.
        sold: of these, those whose deal was completed.
        unsold: of these, those that ended otherwise: cancelled, expired, or with a deal that failed for good.
        wanted: purchase offers accepted, and reservations made.
        bought: of these, those whose deal was completed.
        unmet: of these, those that ended otherwise.
        sold_units: the selling prices of what was sold, in minor units.
        bought_units: the buying prices of what was bought, in minor units.
        version: for replacing it by comparison.
    """

    box: BoxNumber
    category: str
    currency: str
    offered: int = 0
    sold: int = 0
    unsold: int = 0
    wanted: int = 0
    bought: int = 0
    unmet: int = 0
    sold_units: int = 0
    bought_units: int = 0
    version: int = 0

    @property
    def key(self) -> TallyKey:
        """What it is found by."""
        return self.box, self.category, self.currency

    @property
    def deals(self) -> int:
        """How many deals were completed, on either side."""
        return self.sold + self.bought

    @property
    def units(self) -> int:
        """The amounts of the deals that were completed, on either side, in minor units."""
        return self.sold_units + self.bought_units

    @property
    def on_sale(self) -> int:
        """How many of what was offered have not ended: open, or in a deal under way."""
        return self.offered - self.sold - self.unsold

    def plus(self, counts: Mapping[str, int]) -> "Tally":
        """Return the tally with something added to some of its fields.

        >>> Tally(BoxNumber(1), "phones", "USD", offered=2).plus({"offered": 1, "sold": 1}).on_sale
        2
        """
        return next_version(self, **{name: getattr(self, name) + count for name, count in counts.items()})


@frozen
class Progress:
    """How far a piece of periodic work has come: up to which position of the journal, and when it was last done."""

    name: str
    at: datetime
    position: int = 0
    version: int = 0
