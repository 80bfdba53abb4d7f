"""Categories: what is traded, at what rate, and how it is fulfilled (spec K1)."""

import unicodedata
from decimal import Decimal
from enum import Enum

from attrs import frozen

from brokerage.headings import CATEGORY_TERMS
from brokerage.pricing import Margin, MarginRule, Terms
from brokerage.tables import Shown, Table

__all__ = ["Category", "Fulfilment", "category_key"]


class Fulfilment(Enum):
    """How what was sold reaches the buyer (spec A2)."""

    CARRIER = "carrier"
    """Goods: a carrier collects and delivers them."""

    PERFORMED = "performed"
    """Services: the seller says when they are performed."""


def category_key(code: str) -> str:
    """Return what two codes share when they differ only by case or by compatibility form (spec K1).

    >>> category_key("Phones") == category_key("ＰＨＯＮＥＳ"), category_key("Straße") == category_key("STRASSE")
    (True, True)
    """
    if code.isascii():
        return code.casefold()
    folded = code
    while (again := unicodedata.normalize("NFKC", folded.casefold())) != folded:
        folded = again
    return folded


@frozen(repr=False)
class Category(Shown):
    """A category as the manager keeps it. ``terms`` are what a sale accepted from now on freezes.

    ``code`` is as first written, ``key`` what it is found by. ``is_open`` ends before a category is deleted.
    """

    key: str
    code: str
    name: str
    group: str
    terms: Terms
    fulfilment: Fulfilment = Fulfilment.CARRIER
    is_open: bool = True
    version: int = 0

    @property
    def rate(self) -> Decimal:
        """Rc, the commission rate."""
        return self.terms.rate

    @property
    def margin(self) -> MarginRule:
        """The margin rule."""
        return self.terms.margin

    def table(self) -> Table:
        """Return the category as a table of one row, for the manager."""
        margin = self.margin.value if isinstance(self.margin, Margin) else self.margin.name
        terms = self.rate, margin, self.fulfilment.value, self.is_open
        return CATEGORY_TERMS.of([(self.code, self.name, self.group, *terms)])
