"""What the collections of tenders and of bids keep."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.errors import DuplicateFact
from brokerage.ports import Store, Transaction
from brokerage.records.contractors import Trade
from brokerage.records.numbers import (
    Arrival,
    BoxNumber,
    ItemNumber,
    OfferNumber,
    OrderNumber,
    PersonNumber,
    TenderNumber,
)
from brokerage.records.tenders import (
    Asked,
    Bid,
    BidTerms,
    ItemSupply,
    OrderService,
    Place,
    PlaceState,
    Quality,
    StandingService,
    Tender,
    TenderState,
    Tier,
)
from brokerage.testing.contracts.deadlines import DueFactsContract
from brokerage.testing.contracts.facts import ListedFactsContract, Mishap

__all__ = ["BidsContract", "TendersContract"]

_NOON, _DAY = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC), timedelta(days=1)
_TENDER, _BOX, _ITEM, _ORDER = TenderNumber(5), BoxNumber(7), ItemNumber(11), OrderNumber(13)
_LIVE = (TenderState.CALLED, TenderState.AWARDING)
_OVER = tuple(state for state in TenderState if state not in _LIVE)


def _service(order: OrderNumber) -> OrderService:
    """Return what is asked of carriers for an order."""
    return OrderService(Trade.CARRIER, order, "Möbel", "Süd", "JPY", 3, 4, 10**10)


class TendersContract(DueFactsContract):
    """What :class:`~brokerage.storage.tendering.Tenders` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "tenders"

    def fact(self, number: int) -> Tender:
        """Return a call for carriers to an order, whose bids were judged, and which is still to be mailed."""
        places = tuple(
            Place(
                rank,
                OfferNumber(rank),
                BoxNumber(rank),
                10**10,
                rank,
                10**11,
                "größte Eile",
                True,
                Decimal("0.1"),
                state,
                "später",
            )
            for rank, state in enumerate((PlaceState.SILENT, PlaceState.ASKED), start=1)
        )
        return Tender(
            TenderNumber(number),
            _service(_ORDER),
            Trade.CARRIER,
            "JPY",
            _NOON,
            _NOON + _DAY,
            (BoxNumber(1), BoxNumber(2)),
            True,
            "größter Preis",
            timedelta(hours=1, microseconds=7),
            2,
            TenderState.AWARDING,
            _NOON + number * _DAY,
            places,
            "für später",
            True,
            BoxNumber(1),
            version=3,
        )

    def key(self, fact: Tender) -> TenderNumber:
        """Return a tender's number."""
        return fact.number

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the tenders for carriers."""
        return tx.tenders.called(Trade.CARRIER, None, 100)

    def supply(self, number: int, item: ItemNumber = _ITEM) -> Tender:
        """Return a call for an item's sellers."""
        return evolve(self.fact(number), trade=Trade.SELLER, asked=ItemSupply(item))

    def called(self, store: Store, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of the tenders for carriers."""
        last = None if before is None else TenderNumber(before)
        return [fact.number for fact in store.read(lambda tx: tx.tenders.called(Trade.CARRIER, last, limit))]

    def latest(self, store: Store, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of the latest tenders."""
        last = None if before is None else TenderNumber(before)
        return [fact.number for fact in store.read(lambda tx: tx.tenders.latest(last, limit))]

    def of_item(self, store: Store) -> list[int]:
        """Return the numbers of the tenders on an item's supply."""
        return [fact.number for fact in store.read(lambda tx: tx.tenders.of_item(_ITEM))]

    def of_order(self, store: Store) -> list[int]:
        """Return the numbers of the tenders on services to an order."""
        return [fact.number for fact in store.read(lambda tx: tx.tenders.of_order(_ORDER))]

    def to_mail(self, store: Store, limit: int = 100) -> list[int]:
        """Return the numbers of the tenders whose call is still to be mailed."""
        return [fact.number for fact in store.read(lambda tx: tx.tenders.to_mail(limit))]

    def test_whatever_is_asked_is_found_as_it_was(self, store: Store) -> None:
        """Calls for an item's sellers, for services to a category, and for services to an order stay what they are."""
        standing = StandingService(Trade.PROVIDER, "Möbel", "Süd", "JPY", _NOON, _NOON + _DAY)
        kinds: tuple[Asked, ...] = (_service(_ORDER), standing, ItemSupply(_ITEM))
        self.keep(store, *(evolve(self.fact(number), asked=asked) for number, asked in enumerate(kinds, start=1)))
        assert [self.found(store, self.fact(number)).asked for number in (1, 2, 3)] == list(kinds)

    def test_a_trades_tenders_come_newest_first(self, store: Store) -> None:
        """The tender with the highest number comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))
        assert self.called(store) == [3, 2, 1]

    def test_a_trades_tenders_are_no_other_trades(self, store: Store) -> None:
        """What is asked of others is not among what is asked of carriers."""
        self.keep(store, self.fact(1), self.supply(2), evolve(self.fact(3), trade=Trade.PROVIDER))
        assert self.called(store) == [1]

    def test_a_trades_tenders_are_called_or_awarding(self, store: Store) -> None:
        """A tender that has ended, however it did, is not among those of its trade."""
        self.keep(store, *(evolve(self.fact(at), state=state) for at, state in enumerate((*_LIVE, *_OVER), start=1)))
        assert set(self.called(store)) == {1, 2}

    def test_a_tender_that_ends_is_its_trades_no_more(self, store: Store) -> None:
        """Whether a tender has ended is as its newest version says."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, self.changed(old, state=TenderState.AWARDED))
        assert self.called(store) == []

    def test_a_trades_tenders_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert set(self.called(store, before=3)) == {1, 2}

    def test_no_more_of_a_trade_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert set(self.called(store, limit=2)) == {2, 3}

    def test_the_latest_come_newest_first(self, store: Store) -> None:
        """The tender with the highest number comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))
        assert self.latest(store) == [3, 2, 1]

    def test_the_latest_are_of_every_trade_and_state(self, store: Store) -> None:
        """Whatever was called for, and however it ended, is among the latest."""
        ended = [evolve(self.fact(at), state=state) for at, state in enumerate((*_LIVE, *_OVER), start=2)]
        self.keep(store, self.supply(1), *ended)
        assert set(self.latest(store)) == {1, 2, 3, 4, 5, 6}

    def test_the_latest_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert set(self.latest(store, before=3)) == {1, 2}

    def test_no_more_of_the_latest_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert set(self.latest(store, limit=2)) == {2, 3}

    def test_an_items_tenders_come_by_number(self, store: Store) -> None:
        """Of the tenders on an item the first comes first, whatever came first into the store."""
        self.keep(store, *(self.supply(number) for number in (3, 1, 2)))
        assert self.of_item(store) == [1, 2, 3]

    def test_an_items_tenders_are_on_its_supply(self, store: Store) -> None:
        """Tenders on another item, or on services, are not among them."""
        service = evolve(self.fact(3), asked=_service(OrderNumber(_ITEM)))
        self.keep(store, self.supply(1), self.supply(2, ItemNumber(12)), service)
        assert self.of_item(store) == [1]

    def test_an_items_tenders_are_called_or_awarding(self, store: Store) -> None:
        """A tender that has ended, however it did, is not among those of its item."""
        self.keep(store, *(evolve(self.supply(at), state=state) for at, state in enumerate((*_LIVE, *_OVER), start=1)))
        assert set(self.of_item(store)) == {1, 2}

    def test_a_tender_that_ends_is_its_items_no_more(self, store: Store) -> None:
        """Whether a tender has ended is as its newest version says."""
        old = self.supply(1)
        self.keep(store, old)
        self.put(store, old, self.changed(old, state=TenderState.FAILED))
        assert self.of_item(store) == []

    def test_an_orders_tenders_come_by_number(self, store: Store) -> None:
        """Of the tenders on services to an order the first comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert self.of_order(store) == [1, 2, 3]

    def test_an_orders_tenders_are_on_services_to_it(self, store: Store) -> None:
        """Tenders for another order, or on the supply of an item, are not among them."""
        other = evolve(self.fact(2), asked=_service(OrderNumber(14)))
        self.keep(store, self.fact(1), other, self.supply(3, ItemNumber(_ORDER)))
        assert self.of_order(store) == [1]

    def test_an_orders_tenders_are_in_whatever_state(self, store: Store) -> None:
        """A tender stays with its order, however it ends."""
        self.keep(store, *(evolve(self.fact(at), state=state) for at, state in enumerate((*_LIVE, *_OVER), start=1)))
        assert set(self.of_order(store)) == {1, 2, 3, 4, 5}

    def test_what_is_to_be_mailed_comes_by_number(self, store: Store) -> None:
        """The call with the lowest number is mailed first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert self.to_mail(store) == [1, 2, 3]

    def test_only_what_is_to_be_mailed(self, store: Store) -> None:
        """A call that is mailed no more, or never was to be, is not among them."""
        old = self.fact(1)
        self.keep(store, old, self.fact(2), evolve(self.fact(3), mailing=False))
        self.put(store, old, self.changed(old, mailing=False))
        assert self.to_mail(store) == [2]

    def test_no_more_to_mail_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.to_mail(store, 2)) == 2

    def test_a_tender_that_a_failed_work_ended_is_listed_as_before(self, store: Store) -> None:
        """Where a unit of work fails, a tender that it ended and mailed is live again, and still to be mailed."""
        old = self.supply(1)
        self.keep(store, old)

        def work(tx: Transaction) -> None:
            tx.tenders.replace(old, self.changed(old, state=TenderState.AWARDED, mailing=False))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        called = store.read(lambda tx: tx.tenders.called(Trade.SELLER, None, 100))
        assert [len(called), self.of_item(store), self.to_mail(store)] == [1, [1], [1]]

    def test_a_tender_that_a_failed_work_called_is_nowhere(self, store: Store) -> None:
        """Where a unit of work fails, the tenders that it called are those of no item and no order, and not mailed."""

        def work(tx: Transaction) -> None:
            for tender in (self.supply(1), self.fact(2)):
                self.add(tx, tender)
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        views = (self.latest, self.of_item, self.of_order, self.to_mail)
        assert [view(store) for view in views] == [[], [], [], []]


class BidsContract(ListedFactsContract):
    """What :class:`~brokerage.storage.tendering.Bids` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "bids"

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
