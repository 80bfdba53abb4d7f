"""The work that every contestant is given: a market of many members, made by a seed before anything is timed.

Half the offers are sales. Each category has a value of its own; sellers' limits lie around it and buyers' limits around
the same, both log-normal, so about half of all pairs overlap. Prices are integers of the minor unit.
"""

import math
from collections.abc import Iterator
from random import Random

from attrs import frozen

__all__ = ["CATEGORIES", "CURRENCY", "RATE", "VALUES", "Offered", "Work"]

CATEGORIES = tuple(f"category {number}" for number in range(10))
CURRENCY = "USD"
RATE = "0.10"
"""The commission rate of every category."""

VALUES = tuple(500 * 2**number for number in range(10))
"""What each category is worth, in minor units."""

_SPREAD = 0.35


@frozen
class Offered:
    """An offer as its member states it: a sale with SPmin, or a purchase with BPmax, in minor units."""

    box: int
    is_sale: bool
    category: str
    name: str
    price: int


@frozen
class Work:
    """The offers of one market, in calls of several rows by one member each.

    Offers are numbered from 1 in the order in which they are given; within a call sales and purchases take turns, so
    the side and the member of an offer follow from its number, and nobody has to remember them.

    Args:
        offers: how many offers stand in the market when it is measured.
        members: how many members there are; their boxes are 1, 2, …
        rows: how many offers a member gives in one call; an even number that divides ``offers``.
        seed: makes the same work again.
    """

    offers: int
    members: int = 20_000
    rows: int = 50
    seed: int = 2026

    @staticmethod
    def rows_of(offers: int) -> int:
        """Return how many rows a call has in a market of some size: 50, and fewer in a very small one."""
        return 50 if offers % 50 == 0 and offers >= 1_000 else 2

    @property
    def calls(self) -> int:
        """How many calls there are."""
        return self.offers // self.rows

    def call(self, number: int) -> list[Offered]:
        """Return the rows of a call, counted from 0."""
        chance = Random(f"{self.seed} call {number}")
        first = number * self.rows + 1
        return [self._offered(chance, self.box_of(first), first + at) for at in range(self.rows)]

    def singles(self, block: int, count: int) -> list[Offered]:
        """Return offers that are given one by one when the market stands, by members at random."""
        chance = Random(f"{self.seed} block {block}")
        first = self.offers + block * count + 1
        return [self._offered(chance, chance.randrange(self.members) + 1, first + at) for at in range(count)]

    def box_of(self, number: int) -> int:
        """Return whose one of the first offers is; one call after the other goes to a member elsewhere."""
        return ((number - 1) // self.rows * self._stride()) % self.members + 1

    def is_sale(self, number: int) -> bool:
        """Say whether an offer is a sale."""
        return number % 2 == 1

    def picked(self, purpose: str, is_sale: bool) -> Iterator[int]:
        """Yield numbers of offers of one side, each once, in an order that goes with the purpose."""
        chance = Random(f"{self.seed} {purpose}")
        seen: set[int] = set()
        while len(seen) < self.offers // 2:
            number = 2 * chance.randrange(self.offers // 2) + (1 if is_sale else 2)
            if number not in seen:
                seen.add(number)
                yield number

    def _stride(self) -> int:
        stride = max(1, int(self.members * 0.618))
        while math.gcd(stride, self.members) != 1:
            stride += 1
        return stride

    def _offered(self, chance: Random, box: int, number: int) -> Offered:
        at = chance.randrange(len(CATEGORIES))
        price = max(1, round(VALUES[at] * chance.lognormvariate(0, _SPREAD)))
        return Offered(box, self.is_sale(number), CATEGORIES[at], f"commodity {number}", price)
