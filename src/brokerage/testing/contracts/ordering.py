"""What the collections of orders, of contractors and of standing terms keep."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.ports import Store, Transaction
from brokerage.records.categories import Fulfilment
from brokerage.records.contractors import Contractor, EarlierTerms, Service, StandingTerms, Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.orders import Order, OrderState, ZoneService
from brokerage.testing.contracts.deadlines import DueFactsContract
from brokerage.testing.contracts.facts import ListedRemovableFactsContract, Mishap, RemovableFactsContract
from brokerage.testing.contracts.grounds import bids, items, tenders

__all__ = ["ContractorsContract", "OrdersContract", "StandingTermsContract"]

_NOON, _DAY = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC), timedelta(days=1)
_TENDER, _SELLER = TenderNumber(5), BoxNumber(7)
_SERVICE = Service(BoxNumber(9), 10**10, 10**10, Decimal("0.0125"))


class OrdersContract(DueFactsContract):
    """What :class:`~brokerage.storage.tendering.Orders` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "orders"

    def ground(self, tx: Transaction) -> None:
        """Lay the tenders in which orders are made, the bid that won, and the item."""
        tenders(tx, 5, 6)
        bids(tx, 3)
        items(tx, 11)

    def fact(self, number: int) -> Order:
        """Return an order of seller 7, made in tender 5."""
        return Order(
            OrderNumber(number),
            _TENDER,
            OfferNumber(3),
            ItemNumber(11),
            _SELLER,
            "JPY",
            10**10,
            10**9,
            Decimal("0.0125"),
            2,
            date(2026, 2, 28),
            _NOON,
            4,
            3,
            1,
            (ZoneService(Trade.CARRIER, "Süd", _SERVICE), ZoneService(Trade.PROVIDER, "Süd", _SERVICE)),
            OrderState.BUYERS,
            _NOON + number * _DAY,
            "für später",
            Fulfilment.PERFORMED,
            version=3,
        )

    def key(self, fact: Order) -> OrderNumber:
        """Return an order's number."""
        return fact.number

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the orders of seller 7."""
        return tx.orders.of_seller(_SELLER, None, 100)

    def of_tender(self, store: Store) -> list[int]:
        """Return the numbers of the orders of tender 5."""
        return [order.number for order in store.read(lambda tx: tx.orders.of_tender(_TENDER))]

    def of_seller(self, store: Store, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of the orders of seller 7."""
        last = None if before is None else OrderNumber(before)
        return [order.number for order in store.read(lambda tx: tx.orders.of_seller(_SELLER, last, limit))]

    def test_a_version_is_found_with_its_services(self, store: Store) -> None:
        """Who was appointed since an order was added is found with it."""
        old = self.fact(1)
        self.keep(store, old)
        new = evolve(self.next(old), services=(*old.services, ZoneService(Trade.CARRIER, "Nord", _SERVICE)))
        found, meant = self.found_as(store, old, new)
        assert found.services == meant.services

    def test_a_tenders_orders_come_by_number(self, store: Store) -> None:
        """The order with the lowest number comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert self.of_tender(store) == [1, 2, 3]

    def test_a_tenders_orders_are_no_other_tenders(self, store: Store) -> None:
        """Orders of another tender are not among them, be they of the same seller; those that fell are."""
        fallen = evolve(self.fact(3), state=OrderState.FALLEN)
        self.keep(store, self.fact(1), evolve(self.fact(2), tender=TenderNumber(6)), fallen)
        assert set(self.of_tender(store)) == {1, 3}

    def test_an_order_of_a_failed_work_is_no_tenders(self, store: Store) -> None:
        """Where a unit of work fails, its tenders have no orders of it."""

        def work(tx: Transaction) -> None:
            self.add(tx, self.fact(1))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert self.of_tender(store) == []

    def test_a_sellers_orders_come_newest_first(self, store: Store) -> None:
        """The order with the highest number comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))
        assert self.of_seller(store) == [3, 2, 1]

    def test_a_sellers_orders_are_no_other_sellers(self, store: Store) -> None:
        """Orders of another seller are not among them, be they of the same tender; those that fell are."""
        fallen = evolve(self.fact(3), state=OrderState.FALLEN)
        self.keep(store, self.fact(1), evolve(self.fact(2), seller=BoxNumber(8)), fallen)
        assert set(self.of_seller(store)) == {1, 3}

    def test_a_sellers_orders_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert set(self.of_seller(store, before=3)) == {1, 2}

    def test_no_more_orders_of_a_seller_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert set(self.of_seller(store, limit=2)) == {2, 3}


class ContractorsContract(ListedRemovableFactsContract):
    """What :class:`~brokerage.storage.tendering.Contractors` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "contractors"

    def fact(self, number: int) -> Contractor:
        """Return a carrier."""
        return Contractor(BoxNumber(number), Trade.CARRIER, _NOON, version=3)

    def key(self, fact: Contractor) -> tuple[BoxNumber, Trade]:
        """Return a contractor's key."""
        return fact.box, fact.trade

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the carriers."""
        return tx.contractors.of_trade(Trade.CARRIER, BoxNumber(0), 100)

    def of_trade(self, store: Store, trade: Trade = Trade.CARRIER, after: int = 0, limit: int = 100) -> list[int]:
        """Return the boxes of the contractors of a trade."""
        return [fact.box for fact in store.read(lambda tx: tx.contractors.of_trade(trade, BoxNumber(after), limit))]

    def test_a_member_may_have_two_trades(self, store: Store) -> None:
        """Whoever carries may also settle, and gives up one of them alone."""
        carrier, provider = self.fact(1), evolve(self.fact(1), trade=Trade.PROVIDER)
        self.keep(store, carrier, provider)
        store.run(lambda tx: tx.contractors.remove(carrier))
        kept = self.found(store, provider)
        assert kept is not None
        assert kept.trade is Trade.PROVIDER

    def test_the_contractors_of_a_trade_come_by_box(self, store: Store) -> None:
        """The contractor with the lowest box comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert self.of_trade(store) == [1, 2, 3]

    def test_the_contractors_of_a_trade_are_no_other_trades(self, store: Store) -> None:
        """Who has another trade is not among them, and where nobody has a trade there is nobody."""
        self.keep(store, self.fact(1), evolve(self.fact(2), trade=Trade.PROVIDER))
        assert [self.of_trade(store, trade) for trade in Trade] == [[], [1], [2]]

    def test_the_contractors_of_a_trade_go_on_behind_a_box(self, store: Store) -> None:
        """A page begins behind the last box of the page before it, which it leaves out."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert set(self.of_trade(store, after=1)) == {2, 3}

    def test_no_more_contractors_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert set(self.of_trade(store, limit=2)) == {1, 2}

    def test_a_contractor_whom_a_failed_work_removed_is_listed(self, store: Store) -> None:
        """Where a unit of work fails, whom it removed is among those of the trade."""
        self.keep(store, self.fact(1))

        def work(tx: Transaction) -> None:
            tx.contractors.remove(self.fact(1))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert set(self.of_trade(store)) == {1}


class StandingTermsContract(RemovableFactsContract):
    """What the standing terms of a :class:`~brokerage.storage.units.Transaction` keep.

    The fixture ``store`` gives a new, empty store.
    """

    collection: ClassVar[str] = "standing_terms"

    def ground(self, tx: Transaction) -> None:
        """Lay the tender in which terms were accepted."""
        tenders(tx, 5)

    def fact(self, number: int) -> StandingTerms:
        """Return a carrier's terms for a category of its own, and those that hold until they begin."""
        category, earlier = f"straße {number}", EarlierTerms(_SERVICE, _NOON - _DAY, _NOON, _TENDER)
        return StandingTerms(
            Trade.CARRIER, category, "Süd", "JPY", _SERVICE, _NOON, _NOON + _DAY, _TENDER, (earlier,) * number, 3
        )

    def key(self, fact: StandingTerms) -> tuple[Trade, str, str, str]:
        """Return the key of standing terms."""
        return fact.trade, fact.category, fact.zone, fact.currency

    def _other(self, field: str, value: Any) -> list[StandingTerms]:
        """Return terms, and those that differ in one field of the key."""
        return [self.fact(1), evolve(self.fact(1), **{field: value})]

    def _keys(self, terms: Iterable[StandingTerms | None]) -> list[tuple[Trade, str, str, str] | None]:
        return [None if one is None else self.key(one) for one in terms]

    def test_a_version_is_found_with_its_earlier_terms(self, store: Store) -> None:
        """Terms that are over are found no more, and those that were replaced are found among the earlier ones."""
        old = self.fact(2)
        self.keep(store, old)
        replaced = EarlierTerms(old.service, old.since, old.until, old.tender)
        new = evolve(self.next(old), earlier=(old.earlier[1], replaced), since=old.until, until=old.until + _DAY)
        found, meant = self.found_as(store, old, new)
        assert found.earlier == meant.earlier

    def test_each_trade_has_its_own_terms(self, store: Store) -> None:
        """Who carries and who settles stand beside each other."""
        both = self._other("trade", Trade.PROVIDER)
        self.keep(store, *both)
        assert self._keys(both) == self._keys(self.found(store, fact) for fact in both)

    def test_each_zone_has_its_own_terms(self, store: Store) -> None:
        """Deliveries to one zone may cost other than to another, and everywhere is a zone of its own."""
        both = self._other("zone", "")
        self.keep(store, *both)
        assert self._keys(both) == self._keys(self.found(store, fact) for fact in both)

    def test_each_currency_has_its_own_terms(self, store: Store) -> None:
        """Terms in one currency do not stand for those in another."""
        both = self._other("currency", "USD")
        self.keep(store, *both)
        assert self._keys(both) == self._keys(self.found(store, fact) for fact in both)
