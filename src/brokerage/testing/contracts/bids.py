"""What the collection of bids keeps."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.errors import DuplicateFact
from brokerage.ports import Store, Transaction
from brokerage.records.numbers import Arrival, BoxNumber, OfferNumber, PersonNumber, TenderNumber
from brokerage.records.tenders import Bid, BidTerms, Quality, Tier
from brokerage.testing.contracts.facts import ListedFactsContract, Mishap
from brokerage.testing.contracts.grounds import persons, tenders

__all__ = ["BidsContract"]

_NOON, _DAY = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC), timedelta(days=1)
_TENDER, _BOX = TenderNumber(5), BoxNumber(7)


class BidsContract(ListedFactsContract):
    """What :class:`~brokerage.storage.tendering.Bids` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "bids"

    def ground(self, tx: Transaction) -> None:
        """Lay who bids, and in which tenders."""
        persons(tx, *range(31, 40))
        tenders(tx, 5, 6, *range(51, 60))

    def fact(self, number: int) -> Bid:
        """Return the bid of a bidder of its own in tender 5."""
        terms = BidTerms(
            (Tier(1, 10**10), Tier(10, 10**9)),
            2,
            10**10,
            date(2026, 2, 28),
            _NOON + _DAY,
            10**9,
            Decimal("0.0125"),
            (Quality("Güte", Decimal("24.5")),),
        )
        box, person = BoxNumber(20 + number), PersonNumber(30 + number)
        return Bid(OfferNumber(number), _TENDER, box, person, terms, _NOON, Arrival(10**10 + number), version=3)

    def key(self, fact: Bid) -> OfferNumber:
        """Return a bid's number."""
        return fact.number

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the bids in tender 5."""
        return tx.bids.of_tender(_TENDER)

    def elsewhere(self, number: int, withdrawn: bool = False) -> Bid:
        """Return box 7's bid in a tender of its own."""
        return evolve(self.fact(number), tender=TenderNumber(50 + number), box=_BOX, withdrawn=withdrawn)

    def of_tender(self, store: Store) -> list[int]:
        """Return the numbers of the bids in tender 5."""
        return [bid.number for bid in store.read(self.listed)]

    def of_bidder(self, store: Store, tender: int, box: int) -> Bid | None:
        """Return a bidder's bid in a tender."""
        return store.read(lambda tx: tx.bids.of_bidder(TenderNumber(tender), BoxNumber(box)))

    def of_member(self, store: Store, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of the bids of box 7."""
        last = None if before is None else OfferNumber(before)
        return [bid.number for bid in store.read(lambda tx: tx.bids.of_member(_BOX, last, limit))]

    def test_the_terms_of_a_service_are_found_as_they_were(self, store: Store) -> None:
        """Terms without a day, without a greatest number and without qualities come back as they went in."""
        terms = BidTerms((Tier(1, 0),))
        self.keep(store, evolve(self.fact(1), terms=terms))
        assert self.found(store, self.fact(1)).terms == terms

    def test_a_version_is_found_with_its_terms(self, store: Store) -> None:
        """An amended bid has its new prices and qualities, and none of its old ones."""
        old = self.fact(1)
        self.keep(store, old)
        new = evolve(self.next(old), terms=evolve(old.terms, tiers=(Tier(2, 10**9),), qualities=()))
        found, meant = self.found_as(store, old, new)
        assert found.terms == meant.terms

    def test_a_tenders_bids_come_by_number(self, store: Store) -> None:
        """The bid with the lowest number comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert self.of_tender(store) == [1, 2, 3]

    def test_a_tenders_bids_are_no_other_tenders(self, store: Store) -> None:
        """Bids in another tender are not among them, be they of the same bidder."""
        self.keep(store, self.fact(1), evolve(self.fact(2), box=self.fact(1).box, tender=TenderNumber(6)))
        assert self.of_tender(store) == [1]

    def test_a_tenders_bids_are_also_those_withdrawn(self, store: Store) -> None:
        """A bid that its bidder took back stays with its tender."""
        self.keep(store, self.fact(1), evolve(self.fact(2), withdrawn=True))
        assert set(self.of_tender(store)) == {1, 2}

    def test_a_bidders_second_bid_in_a_tender_is_refused(self, store: Store) -> None:
        """Whoever has a bid in a tender amends that one."""
        self.keep(store, self.fact(1))
        with pytest.raises(DuplicateFact):
            self.keep(store, evolve(self.fact(2), box=self.fact(1).box))

    def test_a_second_bid_is_refused_also_if_the_first_was_withdrawn(self, store: Store) -> None:
        """Whoever took a bid back and bids again makes it anew under its old number."""
        self.keep(store, self.fact(1))
        self.put(store, self.fact(1), self.fact(1).changed(withdrawn=True))
        with pytest.raises(DuplicateFact):
            self.keep(store, evolve(self.fact(2), box=self.fact(1).box))

    def test_a_bidder_may_bid_in_many_tenders(self, store: Store) -> None:
        """A bid in one tender is in the way of none in another."""
        self.keep(store, self.elsewhere(1))
        self.keep(store, self.elsewhere(2))

    def test_a_bid_of_a_failed_work_is_in_nobodys_way(self, store: Store) -> None:
        """Where a unit of work fails, whoever bid in it may bid under another number."""

        def work(tx: Transaction) -> None:
            self.add(tx, self.fact(1))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        self.keep(store, evolve(self.fact(2), box=self.fact(1).box))

    def test_a_bid_is_found_by_its_bidder(self, store: Store) -> None:
        """Of several bids in a tender, each bidder's is found, as it is now, withdrawn or not."""
        old = self.fact(1)
        self.keep(store, old, self.fact(2))
        self.put(store, old, old.changed(withdrawn=True))
        found = [self.of_bidder(store, _TENDER, box) for box in (21, 22)]
        assert [bid and (bid.number, bid.withdrawn) for bid in found] == [(1, True), (2, False)]

    def test_who_did_not_bid_has_no_bid(self, store: Store) -> None:
        """Nothing is found for who did not bid in a tender, but bids in another, or bid in a work that failed."""

        def work(tx: Transaction) -> None:
            self.add(tx, self.fact(2))
            raise Mishap

        self.keep(store, self.fact(1))
        with pytest.raises(Mishap):
            store.run(work)
        assert [self.of_bidder(store, *who) for who in ((_TENDER, 22), (6, 21), (_TENDER, 7))] == [None, None, None]

    def test_a_members_bids_come_newest_first(self, store: Store) -> None:
        """The bid with the highest number comes first, whatever came first into the store."""
        self.keep(store, *(self.elsewhere(number) for number in (2, 3, 1)))
        assert self.of_member(store) == [3, 2, 1]

    def test_a_members_bids_are_no_other_members(self, store: Store) -> None:
        """What others bid is not among a member's bids; what he or she took back is."""
        others = evolve(self.fact(2), tender=self.elsewhere(1).tender)
        self.keep(store, self.elsewhere(1), others, self.elsewhere(3, withdrawn=True))
        assert set(self.of_member(store)) == {1, 3}

    def test_a_members_bids_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.keep(store, *(self.elsewhere(number) for number in (1, 2, 3)))
        assert set(self.of_member(store, before=3)) == {1, 2}

    def test_no_more_bids_of_a_member_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.keep(store, *(self.elsewhere(number) for number in (1, 2, 3)))
        assert set(self.of_member(store, limit=2)) == {2, 3}

    def test_a_bid_of_a_failed_work_is_no_members(self, store: Store) -> None:
        """Where a unit of work fails, what a member bid in it is not among the member's bids."""

        def work(tx: Transaction) -> None:
            self.add(tx, self.elsewhere(1))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert self.of_member(store) == []
