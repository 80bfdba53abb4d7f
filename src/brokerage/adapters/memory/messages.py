"""Complaints and news in memory."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import TypeVar

from sortedcontainers import SortedList

from brokerage.adapters.memory.facts import MemoryFacts
from brokerage.adapters.memory.session import Session
from brokerage.errors import DuplicateFact
from brokerage.records.complaints import Complaint
from brokerage.records.news import News
from brokerage.records.numbers import BoxNumber, ComplaintNumber, DealNumber, NewsNumber

__all__ = ["MemoryComplaints", "MemoryNews"]

_Number = TypeVar("_Number", bound=int)


def _newest(numbers: Sequence[_Number], before: int | None, limit: int) -> list[_Number]:
    """Return the last numbers of a sorted list that are below one, the greatest first."""
    end = len(numbers) if before is None else bisect_left(numbers, before)
    return list(numbers[max(0, end - limit) : end][::-1])


class MemoryComplaints:
    """Complaints by number, by deal, and by member."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[ComplaintNumber, Complaint] = MemoryFacts(session, attrgetter("number"), self._index)
        self.get, self.replace = self._facts.get, self._facts.replace
        self._deals: dict[DealNumber, list[ComplaintNumber]] = {}
        self._boxes: dict[BoxNumber, list[ComplaintNumber]] = {}

    def add(self, fact: Complaint) -> None:
        """Keep a new complaint; raises ``DuplicateFact`` if its number is taken, or it is a party's second of a deal.

        O(complaints of the deal).
        """
        self._session.write()
        if fact.deal is not None and fact.complainant is not None:
            taken = {self._facts.facts[number].complainant for number in self._deals.get(fact.deal, ())}
            if fact.complainant in taken:
                raise DuplicateFact((fact.deal, fact.complainant))
        self._facts.add(fact)

    def of_deal(self, deal: DealNumber) -> Sequence[Complaint]:
        """Return the complaints of a deal, by number. O(their number)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._deals.get(deal, ())]

    def of_member(self, box: BoxNumber, before: ComplaintNumber | None, limit: int) -> Sequence[Complaint]:
        """Return complaints by and about a member with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in _newest(self._boxes.get(box, []), before, limit)]

    def _index(self, old: Complaint | None, new: Complaint | None) -> None:
        if old and new:
            return
        complaint = new or old
        assert complaint is not None
        lists = [self._boxes.setdefault(box, []) for box in {complaint.respondent, complaint.complainant} if box]
        if complaint.deal is not None:
            lists.append(self._deals.setdefault(complaint.deal, []))
        for numbers in lists:
            _put(numbers, complaint.number, add=new is not None)


def _put(numbers: list[_Number], number: _Number, add: bool) -> None:
    if add:
        insort(numbers, number)
    else:
        del numbers[bisect_left(numbers, number)]


class MemoryNews:
    """Items of news by number, those that go to many, those of each box, and those that are still to be mailed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[NewsNumber, News] = MemoryFacts(session, attrgetter("number"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._all: list[NewsNumber] = []
        self._general: list[NewsNumber] = []
        self._boxes: dict[BoxNumber, list[NewsNumber]] = {}
        self._to_mail: SortedList[NewsNumber] = SortedList()

    def latest(self, before: NewsNumber | None, limit: int) -> Sequence[News]:
        """Return items with numbers below ``before``, newest first, also those that were withdrawn."""
        with self._session.lock:
            return [self._facts.facts[number] for number in _newest(self._all, before, limit)]

    def for_box(self, box: BoxNumber, before: NewsNumber | None, limit: int) -> Sequence[News]:
        """Return what may go to a box: items with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            lists = (_newest(numbers, before, limit) for numbers in (self._general, self._boxes.get(box, [])))
            return [self._facts.facts[number] for number in islice(merge(*lists, reverse=True), limit)]

    def to_mail(self, limit: int) -> Sequence[News]:
        """Return the first items that are still to be mailed, by number. O(limit)."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._to_mail[:limit]]

    def _index(self, old: News | None, new: News | None) -> None:
        item = new or old
        assert item is not None
        for belongs, put in ((_is_kept, self._keep), (_is_shown, self._list), (_is_mailed, self._queue)):
            if belongs(old) != belongs(new):
                put(item, belongs(new))

    def _keep(self, item: News, add: bool) -> None:
        _put(self._all, item.number, add)

    def _list(self, item: News, add: bool) -> None:
        for numbers in [self._boxes.setdefault(box, []) for box in item.boxes] or [self._general]:
            _put(numbers, item.number, add)

    def _queue(self, item: News, add: bool) -> None:
        if add:
            self._to_mail.add(item.number)
        else:
            self._to_mail.remove(item.number)


def _is_kept(item: News | None) -> bool:
    return item is not None


def _is_shown(item: News | None) -> bool:
    return item is not None and not item.withdrawn


def _is_mailed(item: News | None) -> bool:
    return item is not None and item.mailing
