"""News: the manager writes it once, members read it in their boxes, and housekeeping mails it in batches (spec M8).

Who reads an item is found out when it is read or mailed: it is never copied into boxes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidChoice, LimitReached, UnknownMember, UnknownRecord
from brokerage.headings import NEWS, OFFICE_NEWS
from brokerage.mails import news_written
from brokerage.messages import NewsView, news_view
from brokerage.pages import Page, PageMarks
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.categories import Category
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.members import Member
from brokerage.records.news import NO_NEWS, News
from brokerage.records.numbers import BoxNumber, NewsNumber
from brokerage.services.effects import send
from brokerage.services.inputs import OFFICE, choice, each, remember_request, repeated_request, text, whole_number

__all__ = ["Newsroom"]

_BATCH = 200
_MEMBERS, _OFFICE = "news", "all news"


@frozen
class Newsroom:
    """Keeps the manager's news, and finds out whom it concerns."""

    policy: Policy
    marks: PageMarks

    def write(
        self,
        tx: Transaction,
        subject: str,
        words: str,
        boxes: Iterable[BoxNumber] | None,
        category: Category | None,
        mail: bool,
        now: datetime,
        request_id: str | None = None,
    ) -> News:
        """Write an item: for some boxes, for those with offers in a category, or for everybody.

        O(1), whoever reads it; O(boxes) where it is for some.

        Raises:
            InvalidText: the subject or the text is blank or too long.
            InvalidChoice: boxes are no sequence or none at all, there is a category beside them, or ``mail`` is no
                truth.
            LimitReached: there are more boxes than a page may have.
            UnknownMember: nobody has one of the boxes.
            RequestReused: the request id came before with another item.
        """
        text(subject, "subject", self.policy.name_length)
        text(words, "text", self.policy.description_length)
        choice(mail, "mail", bool)
        chosen = () if boxes is None else self._boxes(tx, each(boxes, "boxes"))
        if chosen and category is not None:
            raise InvalidChoice("category", category.code, "either boxes or a category", "leave one of them out")
        code = None if category is None else category.code
        arguments = subject, words, chosen, code, mail
        repeated = repeated_request(tx, OFFICE, request_id, "write", arguments)
        if repeated is not None:
            return self.item(tx, repeated[0])
        item = News(NewsNumber(tx.numbers.next(Series.NEWS)), now, subject, words, chosen, code, mail)
        tx.news.add(item)
        tx.journal.append(Event(now, Role.OFFICE, EventKind.NEWS_WRITTEN, item))
        remember_request(tx, OFFICE, request_id, "write", arguments, item.number)
        return item

    def withdraw(self, tx: Transaction, number: object, now: datetime) -> News:
        """Take an item back: no box shows it any more, and nobody more is mailed.

        Raises:
            UnknownRecord: there is no such item, or it was withdrawn before.
        """
        item = self.item(tx, number)
        if item.withdrawn:
            raise UnknownRecord("news", number)
        new = item.changed(withdrawn=True, mailing=False)
        tx.news.replace(item, new)
        tx.journal.append(Event(now, Role.OFFICE, EventKind.NEWS_WITHDRAWN, new))
        return new

    def item(self, tx: Transaction, number: object) -> News:
        """Return an item; raises :class:`UnknownRecord` if there is none."""
        found = whole_number(number)
        item = None if found is None else tx.news.get(NewsNumber(found))
        if item is None:
            raise UnknownRecord("news", number)
        return item

    def all(self, tx: Transaction, size: int, after: str | None) -> Page[News]:
        """Return a page of everything that was written, newest first. O(log n + page)."""
        before = None if after is None else NewsNumber(self.marks.read(_OFFICE, after, 1)[0])
        items = tx.news.latest(before, size + 1)
        mark = self.marks.write(_OFFICE, items[size - 1].number) if len(items) > size else None
        return Page(tuple(items[:size]), mark, headings=OFFICE_NEWS)

    def page(self, tx: Transaction, box: BoxNumber, size: int, after: str | None) -> Page[NewsView]:
        """Return a page of a member's news, newest first, also what the member has seen. O(log n + page)."""
        before = None if after is None else NewsNumber(self.marks.read(_MEMBERS, after, 1)[0])
        return self._read(tx, box, NO_NEWS, before, size)

    def unread(self, tx: Transaction, box: BoxNumber) -> Page[NewsView]:
        """Return the first page of what was written since a member last acknowledged; O(1) where nothing was."""
        activity = tx.activities.get(box)
        if activity is None or activity.seen_news >= tx.numbers.last(Series.NEWS):
            return Page((), headings=NEWS)
        return self._read(tx, box, activity.seen_news, None, self.policy.page_size)

    def acknowledge(self, tx: Transaction, box: BoxNumber) -> None:
        """Say that a member has seen the news up to here; where there is none since, nothing is written. O(1)."""
        activity, last = tx.activities.get(box), NewsNumber(tx.numbers.last(Series.NEWS))
        if activity is not None and activity.seen_news < last:
            tx.activities.replace(activity, activity.saw(last))

    def due(self, tx: Transaction) -> datetime | None:
        """Return since when an item waits to be mailed."""
        first = tx.news.to_mail(1)
        return first[0].at if first else None

    def mail(self, tx: Transaction, now: datetime) -> int:
        """Mail the first item that waits for it to the next few members who asked for that.

        Return how many members were looked at, at least 1 where an item waited. O(batch).
        """
        first = tx.news.to_mail(1)
        if not first:
            return 0
        item = first[0]
        boxes, members = self._next(tx, item)
        for member in members:
            if member.mail_news and member.since <= item.at and self._concerns(tx, item, member):
                send(tx, f"mail:news:{item.number}:{member.box}", news_written(member, news_view(item)), now)
        mailed = boxes[-1] if boxes else item.mailed
        tx.news.replace(item, item.changed(mailed=mailed, mailing=len(boxes) == _BATCH))
        return max(1, len(boxes))

    def _boxes(self, tx: Transaction, given: Sequence[object]) -> tuple[BoxNumber, ...]:
        if not given:
            raise InvalidChoice("boxes", given, "at least one box", "leave it out to write to everybody")
        if len(given) > self.policy.largest_page:
            limit = f"at most {self.policy.largest_page} boxes"
            raise LimitReached("boxes", len(given), limit, "write several items, or one for everybody")
        boxes: set[BoxNumber] = set()
        for box in given:
            found = whole_number(box)
            if found is None or tx.members.get(BoxNumber(found)) is None:
                raise UnknownMember(box)
            boxes.add(BoxNumber(found))
        return tuple(sorted(boxes))

    def _next(self, tx: Transaction, item: News) -> tuple[list[BoxNumber], Sequence[Member]]:
        """Return the next boxes that an item could be mailed to, and those members among them who are there."""
        if not item.boxes:
            members = tx.members.after(item.mailed, _BATCH)
            return [member.box for member in members], members
        boxes = [box for box in item.boxes if box > item.mailed][:_BATCH]
        found = (tx.members.get(box) for box in boxes)
        return boxes, [member for member in found if member is not None]

    def _concerns(self, tx: Transaction, item: News, member: Member) -> bool:
        """Say whether what may go to a member's box does so now."""
        return item.category is None or item.category in _categories(tx, member.box)

    def _read(
        self, tx: Transaction, box: BoxNumber, seen: NewsNumber, before: NewsNumber | None, size: int
    ) -> Page[NewsView]:
        """Return news behind ``seen`` and below ``before``, newest first, passing over what is for other categories."""
        member, found, passed = tx.members.get(box), list[NewsView](), 0
        categories: frozenset[str] | None = None
        while member is not None:
            items = tx.news.for_box(box, before, size + 1)
            for item in items:
                if item.number <= seen or item.at < member.since:
                    return Page(tuple(found), headings=NEWS)
                if before is not None and (len(found) == size or passed == self.policy.checks_per_page):
                    return Page(tuple(found), self.marks.write(_MEMBERS, before), len(found) < size, headings=NEWS)
                before = item.number
                if item.category is not None and categories is None:
                    categories = _categories(tx, box)
                if item.category is None or item.category in (categories or ()):
                    found.append(news_view(item))
                else:
                    passed += 1
            if len(items) <= size:
                break
        return Page(tuple(found), headings=NEWS)


def _categories(tx: Transaction, box: BoxNumber) -> frozenset[str]:
    """The categories in which a member has offers that are not filed. O(own offers)."""
    return frozenset(offer.category for offer in tx.offers.of_member(box))
