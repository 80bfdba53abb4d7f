"""What the collection of tenders keeps."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.ports import Store, Transaction
from brokerage.records.contractors import Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.tenders import (
    Asked,
    ItemSupply,
    OrderService,
    Place,
    PlaceState,
    StandingService,
    Tender,
    TenderState,
)
from brokerage.testing.contracts.deadlines import DueFactsContract
from brokerage.testing.contracts.facts import Mishap
from brokerage.testing.contracts.grounds import items

__all__ = ["TendersContract"]

_NOON, _DAY = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC), timedelta(days=1)
_ITEM, _ORDER = ItemNumber(11), OrderNumber(13)
_LIVE = (TenderState.CALLED, TenderState.AWARDING)
_OVER = tuple(state for state in TenderState if state not in _LIVE)


def _service(order: OrderNumber) -> OrderService:
    """Return what is asked of carriers for an order."""
    return OrderService(Trade.CARRIER, order, "Möbel", "Süd", "JPY", 3, 4, 10**10)


class TendersContract(DueFactsContract):
    """What :class:`~brokerage.storage.tendering.Tenders` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "tenders"

    def ground(self, tx: Transaction) -> None:
        """Lay the items whose sellers are called."""
        items(tx, 11, 12, 13)

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

    def test_a_version_is_found_with_its_ranking(self, store: Store) -> None:
        """Places that were changed, added or taken away are found as a version has them, in its order."""
        old = self.fact(1)
        self.keep(store, old, self.fact(2))
        first, second = old.places
        asked = evolve(first, state=PlaceState.ASKED, remark="")
        for places in ((asked, second), (asked, second, evolve(second, rank=3)), (second,), (), old.places):
            new = evolve(self.next(old), places=places)
            found, meant = self.found_as(store, old, new)
            assert found.places == meant.places
            old = new
        assert self.found(store, self.fact(2)).places == old.places

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
