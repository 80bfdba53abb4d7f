"""Pauses: until when a person who tried an offer out may not offer again in its category (spec B7, M9)."""

from datetime import datetime

from attrs import frozen

from brokerage.records.numbers import PersonNumber
from brokerage.records.versions import next_version

__all__ = ["Pause"]


@frozen
class Pause:
    """A person who cancelled or amended an offer of a category waits ``until`` an instant before the next one.

    It belongs to the person and not to a member, so that leaving and coming back does not end it. ``category`` is the
    category's key. One that has ended says nothing any more, and is removed when somebody looks.
    """

    person: PersonNumber
    category: str
    until: datetime
    version: int = 0

    @property
    def key(self) -> tuple[PersonNumber, str]:
        """What makes the pause one of its kind."""
        return self.person, self.category

    def prolonged(self, until: datetime) -> "Pause":
        """Return the pause with a later end."""
        return next_version(self, until=until)
