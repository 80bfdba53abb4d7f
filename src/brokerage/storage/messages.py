"""Complaints and news, as a store keeps them."""

from collections.abc import Sequence
from typing import Protocol

from brokerage.records.complaints import Complaint
from brokerage.records.news import News
from brokerage.records.numbers import BoxNumber, ComplaintNumber, DealNumber, NewsNumber
from brokerage.storage.facts import Facts

__all__ = ["Complaints", "NewsItems"]


class Complaints(Facts[ComplaintNumber, Complaint], Protocol):
    """Complaints by number, whose parties and deal never change.

    Adding one raises ``DuplicateFact`` also if its complainant has another one of the same deal; the manager may have.
    """

    def of_deal(self, deal: DealNumber) -> Sequence[Complaint]:
        """Return the complaints of a deal, by number. O(their number)."""

    def of_member(self, box: BoxNumber, before: ComplaintNumber | None, limit: int) -> Sequence[Complaint]:
        """Return complaints by and about a member with numbers below ``before``, newest first. O(log n + limit)."""


class NewsItems(Facts[NewsNumber, News], Protocol):
    """Items of news by number; to whom one goes never changes."""

    def latest(self, before: NewsNumber | None, limit: int) -> Sequence[News]:
        """Return items with numbers below ``before``, newest first, also those that were withdrawn."""

    def for_box(self, box: BoxNumber, before: NewsNumber | None, limit: int) -> Sequence[News]:
        """Return what may go to a box: items with numbers below ``before``, newest first. O(log n + limit).

        These are the items without boxes, whatever their category, and those with this box among theirs, unless they
        were withdrawn.
        """

    def to_mail(self, limit: int) -> Sequence[News]:
        """Return the first items that are still to be mailed, by number. O(limit)."""
