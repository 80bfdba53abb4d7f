"""What the collections of complaints, of news, and of lost sales whose losers are still to be told keep."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.errors import DuplicateFact
from brokerage.ports import Store, Transaction
from brokerage.records.checks import Loss
from brokerage.records.complaints import Complaint, ComplaintKind
from brokerage.records.news import News
from brokerage.records.numbers import BoxNumber, ComplaintNumber, DealNumber, NewsNumber
from brokerage.testing.contracts.facts import ListedFactsContract, ListedRemovableFactsContract
from brokerage.testing.contracts.grounds import deals

__all__ = ["ComplaintsContract", "LossesContract", "NewsItemsContract"]

_NOON = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC)


class ComplaintsContract(ListedFactsContract):
    """What :class:`~brokerage.storage.messages.Complaints` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "complaints"

    def ground(self, tx: Transaction) -> None:
        """Lay the deals that are complained of."""
        deals(tx, 41, 42, 43)

    def fact(self, number: int) -> Complaint:
        """Return a complaint of member 1 about member 2, of a deal of its own."""
        return Complaint(
            ComplaintNumber(number),
            BoxNumber(1),
            BoxNumber(2),
            DealNumber(40 + number),
            ComplaintKind.COMMODITY,
            10**6,
            "ein großer Ärger,\nviel zu spät",
            _NOON,
            "settled in Zürich",
            version=3,
        )

    def key(self, fact: Complaint) -> ComplaintNumber:
        """Return a complaint's number."""
        return fact.number

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the complaints about member 2."""
        return tx.complaints.of_member(BoxNumber(2), None, 100)

    def numbers(self, store: Store, box: int, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of the complaints by and about a member."""
        last = None if before is None else ComplaintNumber(before)
        found = store.read(lambda tx: tx.complaints.of_member(BoxNumber(box), last, limit))
        return [complaint.number for complaint in found]

    def of_deal(self, store: Store, deal: int) -> list[int]:
        """Return the numbers of the complaints of a deal."""
        return [complaint.number for complaint in store.read(lambda tx: tx.complaints.of_deal(DealNumber(deal)))]

    def test_a_deals_complaints_come_by_number(self, store: Store) -> None:
        """Of the complaints of one deal the first comes first, whatever came first into the store."""
        own = evolve(self.fact(1), deal=DealNumber(42))
        others = evolve(self.fact(3), deal=DealNumber(42), complainant=BoxNumber(2), respondent=BoxNumber(1))
        managers = evolve(self.fact(2), complainant=None)
        self.keep(store, others, own, managers)
        assert self.of_deal(store, 42) == [1, 2, 3]

    def test_a_deals_complaints_are_no_other_deals(self, store: Store) -> None:
        """Complaints of another deal, or of none, are not among them."""
        self.keep(store, self.fact(1), self.fact(2), evolve(self.fact(3), complainant=None, deal=None))
        assert [self.of_deal(store, deal) for deal in (41, 43)] == [[1], []]

    def test_a_partys_second_complaint_of_a_deal_is_refused(self, store: Store) -> None:
        """Whoever has filed a complaint about a deal files no other about it, also if the first was annulled."""
        self.keep(store, self.fact(1))
        with pytest.raises(DuplicateFact):
            self.keep(store, evolve(self.fact(2), deal=DealNumber(41)))

    def test_the_manager_may_complain_twice(self, store: Store) -> None:
        """Complaints without a complainant are not limited to one a deal."""
        managers = [evolve(self.fact(number), complainant=None, deal=DealNumber(41)) for number in (1, 2)]
        self.keep(store, *managers)
        assert len(self.of_deal(store, 41)) == 2

    def test_a_members_complaints_come_newest_first(self, store: Store) -> None:
        """The complaint with the highest number comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))
        assert self.numbers(store, 2) == [3, 2, 1]

    def test_a_members_complaints_are_those_by_and_about(self, store: Store) -> None:
        """A member's complaints are those that he or she filed and those of others about him or her."""
        managers = evolve(self.fact(3), complainant=None, respondent=BoxNumber(3))
        self.keep(
            store, self.fact(1), evolve(self.fact(2), complainant=BoxNumber(2), respondent=BoxNumber(3)), managers
        )
        assert [{1}, {1, 2}, {2, 3}, set()] == [set(self.numbers(store, box)) for box in (1, 2, 3, 4)]

    def test_a_members_complaints_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert {1, 2} == set(self.numbers(store, 2, before=3))

    def test_no_more_complaints_of_a_member_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert {3, 2} == set(self.numbers(store, 2, limit=2))


class NewsItemsContract(ListedFactsContract):
    """What :class:`~brokerage.storage.messages.NewsItems` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "news"

    def fact(self, number: int) -> News:
        """Return an item for members 1 and 2 that is still to be mailed."""
        return News(
            NewsNumber(number),
            _NOON,
            "Öffnungszeiten",
            "Über Mittag\nzu",
            (BoxNumber(1), BoxNumber(2)),
            "Züge",
            mailing=True,
            mailed=BoxNumber(1),
            version=3,
        )

    def key(self, fact: News) -> NewsNumber:
        """Return an item's number."""
        return fact.number

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the news for box 2."""
        return tx.news.for_box(BoxNumber(2), None, 100)

    def general(self, number: int) -> News:
        """Return an item for a category's members."""
        return evolve(self.fact(number), boxes=())

    def for_box(self, store: Store, box: int, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of the items that may go to a box."""
        last = None if before is None else NewsNumber(before)
        return [item.number for item in store.read(lambda tx: tx.news.for_box(BoxNumber(box), last, limit))]

    def latest(self, store: Store, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of the latest items."""
        last = None if before is None else NewsNumber(before)
        return [item.number for item in store.read(lambda tx: tx.news.latest(last, limit))]

    def to_mail(self, store: Store, limit: int = 100) -> list[int]:
        """Return the numbers of the items that are still to be mailed."""
        return [item.number for item in store.read(lambda tx: tx.news.to_mail(limit))]

    def test_a_boxs_news_come_newest_first(self, store: Store) -> None:
        """What goes to many and what goes to the box come as one list, the highest number first."""
        self.keep(store, self.general(2), self.fact(1), self.fact(3), self.general(4))
        assert self.for_box(store, 1) == [4, 3, 2, 1]

    def test_a_boxs_news_are_no_other_boxs(self, store: Store) -> None:
        """What goes to some boxes goes to no other."""
        self.keep(store, evolve(self.fact(1), boxes=(BoxNumber(1),)), self.fact(2), self.general(3))
        assert [{1, 2, 3}, {2, 3}, {3}] == [set(self.for_box(store, box)) for box in (1, 2, 3)]

    def test_a_boxs_news_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.keep(store, self.fact(1), self.general(2), self.fact(3), self.general(4))
        assert {1, 2} == set(self.for_box(store, 1, before=3))

    def test_no_more_news_of_a_box_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones, of both kinds together."""
        self.keep(store, self.fact(1), self.general(2), self.fact(3), self.general(4))
        assert {4, 3} == set(self.for_box(store, 1, limit=2))

    def test_withdrawn_news_are_in_no_box(self, store: Store) -> None:
        """An item that was withdrawn goes nowhere any more, whomever it was for."""
        for old in (self.fact(1), self.general(2)):
            self.keep(store, old)
            self.put(store, old, evolve(self.next(old), withdrawn=True))
        assert self.for_box(store, 1) == []

    def test_the_latest_come_newest_first(self, store: Store) -> None:
        """Every item is among the latest, the highest number first, also what was withdrawn."""
        self.keep(store, self.general(2), evolve(self.fact(3), withdrawn=True), self.fact(1))
        assert self.latest(store) == [3, 2, 1]

    def test_the_latest_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert {1, 2} == set(self.latest(store, before=3))

    def test_no_more_of_the_latest_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert {3, 2} == set(self.latest(store, limit=2))

    def test_what_is_to_be_mailed_comes_by_number(self, store: Store) -> None:
        """The first that was written is mailed first."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert self.to_mail(store) == [1, 2, 3]

    def test_only_what_is_to_be_mailed(self, store: Store) -> None:
        """An item that is not for mailing, or has been mailed, is not among them."""
        old = self.fact(1)
        self.keep(store, old, evolve(self.fact(2), mailing=False), self.fact(3))
        self.put(store, old, evolve(self.next(old), mailing=False))
        assert self.to_mail(store) == [3]

    def test_no_more_to_mail_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.to_mail(store, limit=2)) == 2


class LossesContract(ListedRemovableFactsContract):
    """What :class:`~brokerage.storage.market.Losses` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "losses"

    def ground(self, tx: Transaction) -> None:
        """Lay the deals of the losses."""
        deals(tx, 1, 2, 3)

    def fact(self, number: int) -> Loss:
        """Return a lost sale, some of whose losers were told."""
        return Loss(DealNumber(number), _NOON, (10**15, 2**40 - 1), version=3)

    def key(self, fact: Loss) -> DealNumber:
        """Return the deal."""
        return fact.deal

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the first losses."""
        return tx.losses.first(100)

    def test_the_first_come_by_deal(self, store: Store) -> None:
        """The sale that was decided first comes first."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert [fact.deal for fact in store.read(self.listed)] == [1, 2, 3]

    def test_no_more_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(store.read(lambda tx: tx.losses.first(2))) == 2
