"""What the collection of reservations keeps."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.ports import Store, Transaction
from brokerage.records.deals import Charge, Payee, Purpose
from brokerage.records.numbers import (
    Arrival,
    BoxNumber,
    ContactNumber,
    DealNumber,
    ItemNumber,
    OfferNumber,
    OrderNumber,
    PersonNumber,
)
from brokerage.records.offers import Outcome
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.testing.contracts.facts import ListedFactsContract, Mishap
from brokerage.testing.contracts.grounds import contacts, deals, items, orders, persons

__all__ = ["ReservationsContract"]

_NOON = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC)
_DAY, _DAYS = date(2026, 12, 24), timedelta(days=1)
_LAST_DAY = date(9000, 1, 1)
_BOX, _ITEM, _ORDER = BoxNumber(7), ItemNumber(11), OrderNumber(13)
_CATEGORY = "Möbel"
_PRICE, _ARRIVAL = 10**12, 10**6


class ReservationsContract(ListedFactsContract):
    """What :class:`~brokerage.storage.reserving.Reservations` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "reservations"

    def ground(self, tx: Transaction) -> None:
        """Lay who reserves what, and the orders, the deal and the contact that reservations name."""
        persons(tx, 8)
        items(tx, 11, 12)
        orders(tx, 13, 14)
        deals(tx, 17)
        contacts(tx, 19)

    def fact(self, number: int) -> Reservation:
        """Return an open reservation of item 11 by member 7: the higher its number, the earlier it arrived.

        It wants ``number`` units by the day ``number``.
        """
        return Reservation(
            OfferNumber(number),
            _BOX,
            PersonNumber(8),
            _ITEM,
            _CATEGORY,
            "JPY",
            number,
            _PRICE + number,
            _DAY + number * _DAYS,
            _NOON,
            Arrival(_ARRIVAL - number),
            order=_ORDER,
            deal=DealNumber(17),
            outcome=Outcome.CANCELLED,
            deliver_to=ContactNumber(19),
            fees=(Charge(Payee("Träger", BoxNumber(9)), _PRICE, Purpose.CARRIAGE),),
            version=3,
        )

    def key(self, fact: Reservation) -> OfferNumber:
        """Return a reservation's number."""
        return fact.number

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return member 7's reservations."""
        return tx.reservations.of_member(_BOX)

    def three(self, store: Store) -> None:
        """Keep three reservations."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))

    def altered(self, fact: Reservation, **changes: Any) -> Reservation:
        """Return the next version of a reservation, with changes."""
        new: Reservation = evolve(self.next(fact), **changes)
        return new

    def open_of(self, store: Store, after: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of item 11's open reservations."""
        first = None if after is None else Arrival(after)
        return [fact.number for fact in store.read(lambda tx: tx.reservations.open_of(_ITEM, first, limit))]

    def pooled(self, store: Store) -> list[tuple[int, int]]:
        """Return item 11's demand as (how far the limit is above that of all facts, units)."""
        found = store.read(lambda tx: tx.reservations.pooled(_ITEM))
        return [(limit - _PRICE, units) for limit, units in found]

    def of_order(self, store: Store, after: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of the reservations that name order 13."""
        first = None if after is None else OfferNumber(after)
        return [fact.number for fact in store.read(lambda tx: tx.reservations.of_order(_ORDER, first, limit))]

    def of_member(self, store: Store) -> list[int]:
        """Return the numbers of member 7's reservations that are not filed."""
        return [fact.number for fact in store.read(self.listed)]

    def all_of_member(self, store: Store, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of member 7's reservations, filed ones too."""
        last = None if before is None else OfferNumber(before)
        return [fact.number for fact in store.read(lambda tx: tx.reservations.listed(_BOX, last, limit))]

    def wanted(self, store: Store, day: date = _LAST_DAY, limit: int = 100) -> list[int]:
        """Return the numbers of the open reservations that are wanted by a day before a day."""
        return [fact.number for fact in store.read(lambda tx: tx.reservations.wanted_before(day, limit))]

    def past(self, store: Store, day: date = _LAST_DAY) -> list[int]:
        """Return the numbers of item 11's open reservations that are wanted by a day before a day."""
        return [fact.number for fact in store.read(lambda tx: tx.reservations.past_of(_ITEM, day))]

    def next_wanted(self, store: Store) -> date | None:
        """Return the earliest day by which an open reservation is wanted."""
        return store.read(lambda tx: tx.reservations.next_wanted())

    def has_unfinished(self, store: Store, category: str = _CATEGORY) -> bool:
        """Say whether a reservation in a category has not ended."""
        return store.read(lambda tx: tx.reservations.has_unfinished(category))

    def test_open_reservations_come_by_arrival(self, store: Store) -> None:
        """What arrived first comes first, whatever its number."""
        self.three(store)
        assert self.open_of(store) == [3, 2, 1]

    def test_open_reservations_are_no_other_items(self, store: Store) -> None:
        """Reservations of another item are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), item=ItemNumber(12)))
        assert {1} == set(self.open_of(store))

    def test_only_open_reservations_are_open(self, store: Store) -> None:
        """What is asked, confirmed, agreed or closed is not open; what falls out of an order is open again."""
        states = (ReservationState.ASKED, ReservationState.CONFIRMED, ReservationState.AGREED, ReservationState.CLOSED)
        others = [evolve(self.fact(number), state=state) for number, state in enumerate(states, start=2)]
        old = self.fact(1)
        self.keep(store, old, *others)
        self.put(store, old, self.altered(old, state=ReservationState.ASKED))
        self.put(store, others[1], self.altered(others[1], state=ReservationState.OPEN))
        assert {3} == set(self.open_of(store))

    def test_open_reservations_go_on_behind_an_arrival(self, store: Store) -> None:
        """A page begins behind the last arrival of the page before it, which it leaves out."""
        self.three(store)
        assert {2, 1} == set(self.open_of(store, after=_ARRIVAL - 3))

    def test_no_more_open_reservations_than_asked_for(self, store: Store) -> None:
        """A limit cuts off what arrived last."""
        self.three(store)
        assert {3, 2} == set(self.open_of(store, limit=2))

    def test_a_new_arrival_counts(self, store: Store) -> None:
        """What was amended comes once, at its new place."""
        old = self.fact(3)
        self.keep(store, self.fact(1), old)
        self.put(store, old, self.altered(old, arrival=Arrival(_ARRIVAL + 1)))
        assert self.open_of(store, after=_ARRIVAL - 2) == [1, 3]

    def test_units_are_pooled_by_limit(self, store: Store) -> None:
        """Of each limit there is one row, with the units of all who reserve at it."""
        self.keep(store, self.fact(1), self.fact(2), evolve(self.fact(3), max_price=_PRICE + 1))
        assert {(1, 4), (2, 2)} == set(self.pooled(store))

    def test_the_highest_limit_is_pooled_first(self, store: Store) -> None:
        """Who would pay most comes first."""
        self.three(store)
        assert [limit for limit, _ in self.pooled(store)] == [3, 2, 1]

    def test_a_pool_is_no_other_items(self, store: Store) -> None:
        """What is reserved of another item is not in an item's pool."""
        other = evolve(self.fact(2), item=ItemNumber(12), max_price=_PRICE + 1)
        self.keep(store, self.fact(1), other, evolve(other, number=OfferNumber(3), max_price=_PRICE + 5))
        assert {(1, 1)} == set(self.pooled(store))

    def test_only_open_reservations_are_pooled(self, store: Store) -> None:
        """What is asked or closed counts no more, and nothing stands at a limit where nobody is left."""
        old = self.fact(1)
        closed = evolve(self.fact(3), max_price=_PRICE + 2, state=ReservationState.CLOSED)
        self.keep(store, old, self.fact(2), closed)
        self.put(store, old, self.altered(old, state=ReservationState.ASKED))
        assert {(2, 2)} == set(self.pooled(store))

    def test_an_amended_reservation_is_pooled_as_it_is_now(self, store: Store) -> None:
        """Units and limits are those of the newest version, and are counted once."""
        dearer, more = self.fact(1), self.fact(2)
        self.keep(store, dearer, more)
        self.put(store, dearer, self.altered(dearer, max_price=_PRICE + 9))
        self.put(store, more, self.altered(more, quantity=40))
        assert {(9, 1), (2, 40)} == set(self.pooled(store))

    def test_what_is_not_reserved_has_no_pool(self, store: Store) -> None:
        """An item that nobody reserves, or nobody any more, has no row."""
        old = self.fact(1)
        before = self.pooled(store)
        self.keep(store, old)
        self.put(store, old, self.altered(old, state=ReservationState.CLOSED))
        assert (before, self.pooled(store)) == ([], [])

    def test_a_failed_work_leaves_the_pool(self, store: Store) -> None:
        """What a failed unit of work amended counts as it did."""
        old = self.fact(1)
        self.keep(store, old)
        self._fail(store, old, max_price=_PRICE + 9, quantity=40)
        assert {(1, 1)} == set(self.pooled(store))

    def test_an_orders_reservations_come_by_number(self, store: Store) -> None:
        """The lowest number comes first, in whatever state."""
        self.keep(store, self.fact(2), evolve(self.fact(3), state=ReservationState.CLOSED), self.fact(1))
        assert self.of_order(store) == [1, 2, 3]

    def test_an_orders_reservations_are_no_other_orders(self, store: Store) -> None:
        """What names another order, or none, is not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), order=OrderNumber(14)), evolve(self.fact(3), order=None))
        assert {1} == set(self.of_order(store))

    def test_an_orders_reservations_go_on_behind_a_number(self, store: Store) -> None:
        """A page begins behind the last number of the page before it, which it leaves out."""
        self.three(store)
        assert {2, 3} == set(self.of_order(store, after=1))

    def test_no_more_reservations_of_an_order_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.three(store)
        assert {1, 2} == set(self.of_order(store, limit=2))

    def test_the_order_is_that_of_the_newest_version(self, store: Store) -> None:
        """What falls out of an order is not among its reservations any more; what it takes in is."""
        old, new = self.fact(1), evolve(self.fact(2), order=None)
        self.keep(store, old, new)
        self.put(store, old, self.altered(old, order=None))
        self.put(store, new, self.altered(new, order=_ORDER))
        assert {2} == set(self.of_order(store))

    def test_a_members_reservations_come_by_number(self, store: Store) -> None:
        """The lowest number comes first, in whatever state."""
        self.keep(store, self.fact(2), evolve(self.fact(3), state=ReservationState.AGREED), self.fact(1))
        assert self.of_member(store) == [1, 2, 3]

    def test_a_members_reservations_are_nobody_elses(self, store: Store) -> None:
        """Another member's reservations are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), box=BoxNumber(8)))
        assert {1} == set(self.of_member(store))

    def test_filed_reservations_are_left_out(self, store: Store) -> None:
        """What was filed is a member's no more, be it filed when it was added or later."""
        old = self.fact(1)
        self.keep(store, old, evolve(self.fact(2), filed=True), self.fact(3))
        self.put(store, old, self.altered(old, filed=True))
        assert {3} == set(self.of_member(store))

    def test_all_of_a_member_come_newest_first(self, store: Store) -> None:
        """The highest number comes first, also of filed ones."""
        self.keep(store, self.fact(2), evolve(self.fact(3), filed=True), self.fact(1))
        assert self.all_of_member(store) == [3, 2, 1]

    def test_all_of_a_member_are_nobody_elses(self, store: Store) -> None:
        """Another member's reservations are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), box=BoxNumber(8)))
        assert {1} == set(self.all_of_member(store))

    def test_all_of_a_member_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.three(store)
        assert {1, 2} == set(self.all_of_member(store, before=3))

    def test_no_more_of_all_of_a_member_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.three(store)
        assert {3, 2} == set(self.all_of_member(store, limit=2))

    def test_what_is_wanted_first_comes_first(self, store: Store) -> None:
        """Reservations come by the day by which they are wanted, and of one day by number."""
        same = [evolve(self.fact(number), wanted_by=_DAY) for number in (5, 4)]
        self.keep(store, self.fact(2), *same, self.fact(1))
        assert self.wanted(store) == [4, 5, 1, 2]

    def test_the_day_itself_will_do(self, store: Store) -> None:
        """What is wanted by a day is late on the next one, not on that day."""
        self.keep(store, self.fact(1))
        assert [self.wanted(store, _DAY + _DAYS), self.wanted(store, _DAY + 2 * _DAYS)] == [[], [1]]

    def test_no_more_wanted_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.three(store)
        assert len(self.wanted(store, limit=2)) == 2

    def test_a_new_day_counts(self, store: Store) -> None:
        """The day that counts is that of the newest version; one without a day is never late."""
        later, any_day = self.fact(1), self.fact(2)
        self.keep(store, later, any_day)
        self.put(store, later, self.altered(later, wanted_by=_DAY + 5 * _DAYS))
        self.put(store, any_day, self.altered(any_day, wanted_by=None))
        assert [self.wanted(store, _DAY + 4 * _DAYS), self.wanted(store)] == [[], [1]]

    def test_only_open_reservations_are_late(self, store: Store) -> None:
        """What is asked, agreed or closed is not late any more."""
        old = self.fact(1)
        self.keep(store, old, evolve(self.fact(2), state=ReservationState.CLOSED))
        self.put(store, old, self.altered(old, state=ReservationState.ASKED))
        assert self.wanted(store) == []

    def test_what_is_past_of_an_item_comes_by_day(self, store: Store) -> None:
        """An item's reservations come by the day by which they are wanted, and of one day by number."""
        same = [evolve(self.fact(number), wanted_by=_DAY) for number in (5, 4)]
        self.keep(store, self.fact(2), *same, self.fact(1))
        assert self.past(store) == [4, 5, 1, 2]

    def test_what_is_past_of_an_item_is_no_other_items(self, store: Store) -> None:
        """Reservations of another item that are past their day are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), item=ItemNumber(12)))
        assert self.past(store) == [1]

    def test_what_is_past_of_an_item_is_past_its_day(self, store: Store) -> None:
        """What is wanted by a day is past on the next one, not on that day, and the newest version's day counts."""
        later = self.fact(1)
        self.keep(store, later, evolve(self.fact(2), wanted_by=_DAY), evolve(self.fact(3), wanted_by=None))
        self.put(store, later, self.altered(later, wanted_by=_DAY + 5 * _DAYS))
        assert [self.past(store, _DAY), self.past(store, _DAY + 5 * _DAYS)] == [[], [2]]

    def test_only_open_reservations_of_an_item_are_past(self, store: Store) -> None:
        """What is asked, agreed or closed is not past its day any more; what falls out of an order is again."""
        old, back = self.fact(1), evolve(self.fact(3), state=ReservationState.ASKED)
        self.keep(store, old, evolve(self.fact(2), state=ReservationState.CLOSED), back)
        self.put(store, old, self.altered(old, state=ReservationState.ASKED))
        self.put(store, back, self.altered(back, state=ReservationState.OPEN))
        assert self.past(store) == [3]

    def test_the_next_wanted_is_the_earliest(self, store: Store) -> None:
        """Of all open reservations the earliest day."""
        closed, any_day = evolve(self.fact(1), state=ReservationState.CLOSED), evolve(self.fact(4), wanted_by=None)
        self.keep(store, closed, self.fact(3), self.fact(2), any_day)
        assert self.next_wanted(store) == _DAY + 2 * _DAYS

    def test_where_nothing_is_wanted_there_is_no_next(self, store: Store) -> None:
        """Where nothing that is open is wanted by a day any more there is none."""
        old = self.fact(1)
        self.keep(store, old, evolve(self.fact(2), wanted_by=None))
        self.put(store, old, self.altered(old, state=ReservationState.CLOSED))
        assert self.next_wanted(store) is None

    def test_what_has_not_ended_is_unfinished(self, store: Store) -> None:
        """A category with one reservation that is not closed, in whatever other state, has something unfinished."""
        states = [state for state in ReservationState if state is not ReservationState.CLOSED]
        facts = [
            evolve(self.fact(number), category=f"kind {number}", state=state)
            for number, state in enumerate(states, start=1)
        ]
        self.keep(store, *facts)
        assert [self.has_unfinished(store, fact.category) for fact in facts] == [True] * len(states)

    def test_what_has_ended_is_not_unfinished(self, store: Store) -> None:
        """A category whose reservations are closed, each from the first or later, has nothing unfinished."""
        old = self.fact(1)
        self.keep(store, old, evolve(self.fact(2), state=ReservationState.CLOSED))
        self.put(store, old, self.altered(old, state=ReservationState.CLOSED))
        assert not self.has_unfinished(store)

    def test_what_is_unfinished_is_no_other_categorys(self, store: Store) -> None:
        """A reservation in another category is nothing unfinished of this one."""
        self.keep(store, self.fact(1))
        assert not self.has_unfinished(store, "Züge")

    def test_a_failed_work_leaves_the_lists(self, store: Store) -> None:
        """What a failed unit of work closed, filed and took from its order is in every list as it was."""
        old = self.fact(1)
        self.keep(store, old)
        self._fail(store, old, state=ReservationState.CLOSED, filed=True, order=None)
        found = (self.open_of(store), self.of_order(store), self.of_member(store), self.wanted(store))
        assert (*found, self.past(store)) == ([1], [1], [1], [1], [1])

    def _fail(self, store: Store, old: Reservation, **changes: Any) -> None:
        """Change a reservation in a unit of work that fails."""

        def work(tx: Transaction) -> None:
            tx.reservations.replace(old, self.altered(old, **changes))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
