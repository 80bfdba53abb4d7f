"""The manager's news: written once, into boxes and mails (spec M8)."""

from collections.abc import Iterable

from brokerage.house import House
from brokerage.pages import Page
from brokerage.ports import Transaction
from brokerage.records.news import News
from brokerage.records.numbers import BoxNumber, NewsNumber
from brokerage.services.inputs import page_size
from brokerage.services.market.requests import kept_items

__all__ = ["NewsOffice"]


class NewsOffice:
    """Where the manager writes news; get it as the office's ``news``."""

    def __init__(self, house: House) -> None:
        self._house = house

    def write(
        self,
        subject: str,
        text: str,
        *,
        boxes: Iterable[BoxNumber] | None = None,
        category: str | None = None,
        mail: bool = False,
        request_id: str | None = None,
    ) -> News:
        """Write an item of news, for everybody unless boxes or a category are given.

        It is one record, however many read it: who has an offer in the category is looked up when a box is read, or
        when the item is mailed. Whoever becomes a member later does not get it.

        Args:
            subject: its heading, at most 200 characters, as the policy says.
            text: its words, at most 10,000 characters, as the policy says.
            boxes: the members it is for, at most 1,000, the policy's largest page.
            category: the code of the category whose members it is for: those with an offer in their box there.
            mail: whether housekeeping also mails it to those of them who chose ``choose_mail(news=True)``.
            request_id: repeated with the same arguments it returns the same item again (spec S5).

        Raises:
            InvalidText: a text is blank or too long.
            InvalidChoice: ``boxes`` is no sequence or has nobody, there is a category too, or ``mail`` is no truth.
            LimitReached: there are too many boxes.
            UnknownMember: nobody has one of the boxes.
            UnknownCategory: there is no such category.
            RequestReused: the request id came before with other arguments.
        """
        house, now = self._house, self._house.clock.now()
        chosen = kept_items(boxes)

        def work(tx: Transaction) -> News:
            found = None if category is None else house.categories.find(tx, category)
            return house.newsroom.write(tx, subject, text, chosen, found, mail, now, request_id)

        return house.commit(work)

    def withdraw(self, number: NewsNumber) -> News:
        """Take an item back: it leaves every box, and nobody more is mailed.

        Raises:
            UnknownRecord: there is no such item, or it was withdrawn before.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.newsroom.withdraw(tx, number, now))

    def page(self, *, size: int | None = None, after: str | None = None) -> Page[News]:
        """Return a page of everything that was written, newest first, also what was withdrawn.

        Args:
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.newsroom.all(tx, length, after))
