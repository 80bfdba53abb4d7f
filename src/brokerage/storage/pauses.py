"""Pauses, as a store keeps them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from brokerage.records.numbers import PersonNumber
from brokerage.records.pauses import Pause
from brokerage.storage.facts import RemovableFacts

__all__ = ["Pauses"]


class Pauses(RemovableFacts[tuple[PersonNumber, str], Pause], Protocol):
    """Pauses by person and category."""

    def of_person(self, person: PersonNumber) -> Sequence[Pause]:
        """Return a person's pauses, by category."""

    def due(self, now: datetime, limit: int) -> Sequence[Pause]:
        """Return the first pauses that end not after ``now``, by (end, person, category)."""

    def next_end(self) -> datetime | None:
        """Return the earliest end."""
