"""The master file of categories (spec K1)."""

from datetime import datetime
from typing import Any

from attrs import frozen

from brokerage.errors import CategoryExists, CategoryInUse, UnknownCategory
from brokerage.money import Rate, exact_rate
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.pricing import HIGHEST_RATE, MarginRule, Terms, checked_margin_rule
from brokerage.records.categories import Category, Fulfilment, category_key
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.versions import next_version
from brokerage.services.inputs import choice, text

__all__ = ["Categories"]


@frozen
class Categories:
    """Adds, corrects and deletes categories. What a sale froze when it was accepted stays as it was."""

    policy: Policy

    def add(
        self,
        tx: Transaction,
        code: str,
        rate: Rate,
        name: str | None,
        group: str,
        margin: MarginRule | None,
        fulfilment: Fulfilment,
        now: datetime,
    ) -> Category:
        """Add a category.

        Raises:
            InvalidText: the code is blank or too long.
            InvalidRate: the rate is not an exact decimal from 0 to 0.5.
            CategoryExists: a category's code differs from this one at most by case or compatibility form.
        """
        key = category_key(text(code, "category", self.policy.name_length))
        category = Category(
            key=key,
            code=code,
            name=code if name is None else text(name, "name", self.policy.name_length),
            group=text(group, "group", self.policy.name_length, may_be_empty=True),
            terms=self._terms(rate, margin),
            fulfilment=fulfilment,
        )
        choice(fulfilment, "fulfilment", Fulfilment)
        if tx.categories.get(key) is not None:
            raise CategoryExists(code)
        tx.categories.add(category)
        tx.journal.append(Event(now, Role.OFFICE, EventKind.CATEGORY_ADDED, category))
        return category

    def find(self, tx: Transaction, code: object) -> Category:
        """Return the category of a code; raises :class:`UnknownCategory` if there is none."""
        category = tx.categories.get(category_key(text(code, "category", self.policy.name_length)))
        if category is None:
            raise UnknownCategory("category", code, "the code of a category", "look at the list of categories")
        return category

    def correct(
        self,
        tx: Transaction,
        code: str,
        rate: Rate | None,
        name: str | None,
        group: str | None,
        margin: MarginRule | None,
        fulfilment: Fulfilment | None,
        now: datetime,
    ) -> Category:
        """Correct a category; ``None`` leaves a field as it is. It holds for offers and deals from now on."""
        category = self.find(tx, code)
        changes: dict[str, Any] = {}
        if rate is not None or margin is not None:
            new_rate = category.rate if rate is None else rate
            changes["terms"] = self._terms(new_rate, category.margin if margin is None else margin)
        if name is not None:
            changes["name"] = text(name, "name", self.policy.name_length)
        if group is not None:
            changes["group"] = text(group, "group", self.policy.name_length, may_be_empty=True)
        if fulfilment is not None:
            choice(fulfilment, "fulfilment", Fulfilment)
            changes["fulfilment"] = fulfilment
        new = next_version(category, **changes)
        tx.categories.replace(category, new)
        tx.journal.append(Event(now, Role.OFFICE, EventKind.CATEGORY_CORRECTED, new))
        return new

    def close(self, tx: Transaction, code: str, now: datetime) -> Category:
        """Close a category for new offers: the first step of deleting it.

        An accept only reads its category; once this has replaced it, none can slip in behind the count of what is
        open.
        """
        category = self.find(tx, code)
        new = next_version(category, is_open=False)
        tx.categories.replace(category, new)
        tx.journal.append(Event(now, Role.OFFICE, EventKind.CATEGORY_CORRECTED, new))
        return new

    def delete(self, tx: Transaction, code: str, now: datetime) -> None:
        """Delete a closed category.

        Raises:
            CategoryInUse: it has open offers, announced items, reservations that have not ended, or deals in flight.
        """
        category = self.find(tx, code)
        is_reserved = tx.items.announced(category.code, None, 1) or tx.reservations.has_unfinished(category.code)
        if is_reserved or tx.offers.has_unfinished(category.code):
            raise CategoryInUse(code)
        tx.categories.remove(category)
        tx.journal.append(Event(now, Role.OFFICE, EventKind.CATEGORY_DELETED, category))

    def _terms(self, rate: Rate, margin: MarginRule | None) -> Terms:
        rule = self.policy.margin if margin is None else margin
        checked_margin_rule(rule, "margin")
        return Terms(exact_rate(rate, "rate", HIGHEST_RATE), rule, self.policy.factor, self.policy.rounding)
