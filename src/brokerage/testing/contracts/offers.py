"""What the collection of offers keeps, apart from its books: offers, how they stand, queues and lists."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.errors import Conflict, DuplicateFact
from brokerage.ports import Series, Store, Transaction
from brokerage.pricing import FactorRule, Margin, Rounding, Terms
from brokerage.records.numbers import Arrival, BoxNumber, DealNumber, OfferNumber, PersonNumber
from brokerage.records.offers import (
    WAITING,
    Details,
    Offer,
    OfferState,
    Outcome,
    PurchaseOffer,
    Requirements,
    SaleOffer,
    Standing,
)
from brokerage.testing.contracts.facts import ListedFactsContract, Mishap
from brokerage.testing.contracts.grounds import deals, persons

__all__ = ["OffersContract", "a_purchase", "a_sale", "add_offer"]

_NOON = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_AGES = datetime(9000, 1, 1, tzinfo=UTC)
_TERMS = Terms(Decimal("0.123456"), Margin.LESSER, FactorRule.MEAN, Rounding.UP)
_SEEN = Standing(True, True, DealNumber(7))


def a_sale(number: int, price: int = 80_00, **changes: Any) -> SaleOffer:
    """Return a sale of box 1, with something in every field; ``changes`` are fields of its own."""
    offer = SaleOffer(
        number=OfferNumber(number),
        box=BoxNumber(1),
        person=PersonNumber(1),
        category="goods",
        currency="USD",
        name="Thing, ü",
        min_price=price,
        limit=_NOON + _HOUR,
        terms=_TERMS,
        factor=Decimal("0.9"),
        offered_at=_NOON,
        arrival=Arrival(100 + number),
        arrived_at=_NOON,
        details=Details("as new", "a year", "X", ("photo-1", "photo-2"), (("color", "red"),)),
        changes=2,
        version=3,
    )
    return evolve(offer, **changes)


def a_purchase(number: int, price: int = 100_00, **changes: Any) -> PurchaseOffer:
    """Return a purchase of box 1, with something in every field; ``changes`` are fields of its own."""
    offer = PurchaseOffer(
        number=OfferNumber(number),
        box=BoxNumber(1),
        person=PersonNumber(2),
        category="goods",
        currency="USD",
        max_price=price,
        limit=_NOON + _HOUR,
        factor=Decimal("0.9"),
        offered_at=_NOON,
        arrival=Arrival(100 + number),
        arrived_at=_NOON,
        name="für mich",
        requirements=Requirements((("color", frozenset({"red", "blue"})),), frozenset({"thing"})),
        changes=2,
        version=3,
    )
    return evolve(offer, **changes)


def add_offer(tx: Transaction, offer: Offer, standing: Standing = WAITING) -> None:
    """Add an offer, whose number the store gives if it has not given it yet."""
    missing = offer.number - tx.numbers.last(Series.OFFER)
    if missing > 0:
        tx.numbers.next(Series.OFFER, missing)
    tx.offers.add(offer, standing)


class OffersContract(ListedFactsContract):
    """What :class:`~brokerage.storage.market.Offers` keep, apart from their books.

    The fixture ``store`` gives a new store.
    """

    collection: ClassVar[str] = "offers"

    def ground(self, tx: Transaction) -> None:
        """Lay the persons and the deals of the offers."""
        persons(tx, 1, 2)
        deals(tx, 1)

    def fact(self, number: int) -> Offer:
        """Return a sale under an odd number, a purchase under an even one."""
        return a_sale(number) if number % 2 else a_purchase(number)

    def key(self, fact: Offer) -> OfferNumber:
        """Return an offer's number."""
        return fact.number

    def add(self, tx: Transaction, fact: Offer) -> None:
        """Add an offer that waits."""
        add_offer(tx, fact)

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the offers of box 1."""
        return tx.offers.of_member(BoxNumber(1))

    def stands(self, store: Store, number: int = 1) -> Standing:
        """Return how an offer stands."""
        return store.read(lambda tx: tx.offers.standing(OfferNumber(number)))

    def stand(self, store: Store, offer: Offer, old: Standing, new: Standing) -> None:
        """Let an offer stand otherwise, in a unit of work of its own."""
        store.run(lambda tx: tx.offers.stand(offer, old, new))

    def due(self, store: Store, now: datetime = _AGES, limit: int = 100) -> list[int]:
        """Return the numbers of the offers whose time has come."""
        return [offer.number for offer in store.read(lambda tx: tx.offers.due(now, limit))]

    def waiting(self, store: Store, limit: int = 100) -> list[int]:
        """Return the numbers of the offers that wait for a round."""
        return [offer.number for offer in store.read(lambda tx: tx.offers.waiting(limit))]

    # how an offer stands

    def test_a_new_offer_waits(self, store: Store) -> None:
        """An offer that is added without a word of how it stands is in no book, told of nothing."""
        self.keep(store, self.fact(1))
        assert self.stands(store) == Standing()

    def test_an_offer_stands_as_it_was_added(self, store: Store) -> None:
        """Visible, told, and what its member has seen come back as they went in."""
        store.run(lambda tx: add_offer(tx, self.fact(1), _SEEN))
        assert self.stands(store) == _SEEN

    def test_an_unknown_offer_waits(self, store: Store) -> None:
        """An offer that does not exist stands as one that waits, and is no error."""
        assert self.stands(store, 9) == WAITING

    def test_how_an_offer_stands_can_be_changed(self, store: Store) -> None:
        """What was put in the place of a standing is there from then on."""
        self.keep(store, self.fact(1), self.fact(2))
        for number in (1, 2):
            self.stand(store, self.fact(number), WAITING, _SEEN)
        assert (self.stands(store, 1), self.stands(store, 2)) == (_SEEN, _SEEN)

    def test_standing_makes_no_new_version(self, store: Store) -> None:
        """An offer that stands otherwise is the same offer."""
        self.keep(store, self.fact(1))
        self.stand(store, self.fact(1), WAITING, _SEEN)
        assert self.version(store, self.fact(1)) == self.fact(1).version

    def test_an_old_standing_is_a_conflict(self, store: Store) -> None:
        """Whoever changes a standing that was changed before finds out, also by what the member has seen."""
        self.keep(store, self.fact(1))

        def work(tx: Transaction) -> None:
            tx.offers.stand(self.fact(1), WAITING, _SEEN)
            for old in (WAITING, evolve(_SEEN, seen_deal=DealNumber(6))):
                with pytest.raises(Conflict):
                    tx.offers.stand(self.fact(1), old, WAITING)

        store.run(work)

    def test_standing_by_an_old_version_is_a_conflict(self, store: Store) -> None:
        """Whoever changes how an offer stands that was replaced before finds out."""
        old = self.fact(1)
        self.keep(store, old)

        def work(tx: Transaction) -> None:
            tx.offers.replace(old, self.next(old))
            with pytest.raises(Conflict):
                tx.offers.stand(old, WAITING, _SEEN)

        store.run(work)

    def test_standing_of_what_is_not_there_is_a_conflict(self, store: Store) -> None:
        """An offer that was never added does not stand anyhow."""

        def work(tx: Transaction) -> None:
            with pytest.raises(Conflict):
                tx.offers.stand(self.fact(1), WAITING, _SEEN)

        store.run(work)

    def test_a_new_version_stands_as_the_old_one_did(self, store: Store) -> None:
        """Replacing an offer changes nothing in how it stands."""
        old = self.fact(1)
        store.run(lambda tx: add_offer(tx, old, _SEEN))
        self.put(store, old, self.next(old))
        assert self.stands(store) == _SEEN

    def test_a_failed_work_leaves_an_offer_standing_as_before(self, store: Store) -> None:
        """How an offer stands is undone with everything else."""
        self.keep(store, self.fact(1))

        def work(tx: Transaction) -> None:
            tx.offers.stand(self.fact(1), WAITING, _SEEN)
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert self.stands(store) == WAITING

    def test_a_work_sees_how_it_let_an_offer_stand(self, store: Store) -> None:
        """Within a unit of work, the new standing is there."""
        self.keep(store, self.fact(1))

        def work(tx: Transaction) -> Standing:
            tx.offers.stand(self.fact(1), WAITING, _SEEN)
            return tx.offers.standing(OfferNumber(1))

        assert store.run(work) == _SEEN

    # many at once

    def test_many_are_kept_as_one_by_one(self, store: Store) -> None:
        """Offers that are added together are all there, and stand alike."""

        def work(tx: Transaction) -> None:
            tx.numbers.next(Series.OFFER, 3)
            tx.offers.add_all([self.fact(number) for number in (1, 2, 3)], _SEEN)

        store.run(work)
        kept = [(self.found(store, self.fact(number)) is not None, self.stands(store, number)) for number in (1, 2, 3)]
        assert kept == [(True, _SEEN)] * 3

    def test_many_of_which_one_is_taken_are_refused(self, store: Store) -> None:
        """If one number of many is taken, none of them is kept."""
        self.keep(store, self.fact(2))
        with pytest.raises(DuplicateFact):
            store.run(lambda tx: tx.offers.add_all([self.fact(number) for number in (1, 2, 3)]))
        self.keep(store, self.fact(1), self.fact(3))

    # a member's, and a category's

    def test_a_members_offers_come_by_number(self, store: Store) -> None:
        """The lowest number comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))
        assert [offer.number for offer in store.read(self.listed)] == [1, 2, 3]

    def test_a_members_offers_are_no_other_members(self, store: Store) -> None:
        """Offers of another box are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), box=BoxNumber(2)))
        assert {1} == {offer.number for offer in store.read(self.listed)}

    def test_what_is_filed_has_left_the_members_offers(self, store: Store) -> None:
        """An offer that is filed away is not among its member's, nor one that was filed from the first."""
        self.keep(store, self.fact(1), evolve(self.fact(2), filed=True))
        self.put(store, self.fact(1), evolve(self.next(self.fact(1)), filed=True))
        assert list(store.read(self.listed)) == []

    def test_a_category_is_in_use_while_an_offer_is_open_or_agreed(self, store: Store) -> None:
        """The last offer that closes ends it, whatever their sides."""
        self.keep(store, self.fact(1), self.fact(2))
        steps = []
        for number in (1, 2):
            agreed = evolve(self.next(self.fact(number)), state=OfferState.AGREED, deal=DealNumber(1))
            closed = evolve(self.next(agreed), state=OfferState.CLOSED, outcome=Outcome.COMPLETED)
            for old, new in ((self.fact(number), agreed), (agreed, closed)):
                self.put(store, old, new)
                steps.append(store.read(lambda tx: tx.offers.has_unfinished("goods")))
        assert steps == [True, True, True, False]

    def test_another_category_is_not_in_use(self, store: Store) -> None:
        """Offers of one category hold up no other."""
        self.keep(store, self.fact(1))
        assert not store.read(lambda tx: tx.offers.has_unfinished("other"))

    # waiting for a round

    def test_offers_wait_in_the_order_of_their_arrivals(self, store: Store) -> None:
        """The lowest arrival number comes first, whatever the offers' own numbers."""
        arrivals = {1: 8, 2: 9, 3: 7}
        self.keep(store, *(evolve(self.fact(number), arrival=Arrival(at)) for number, at in arrivals.items()))
        assert self.waiting(store) == [3, 1, 2]

    def test_only_open_and_hidden_offers_wait(self, store: Store) -> None:
        """What is visible or not open any more waits for no round."""
        agreed = evolve(self.fact(1), state=OfferState.AGREED, deal=DealNumber(1))
        self.keep(store, agreed, self.fact(2))
        store.run(lambda tx: add_offer(tx, self.fact(3), Standing(visible=True)))
        assert {2} == set(self.waiting(store))

    def test_no_more_waiting_offers_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.waiting(store, limit=2)) == 2

    def test_an_offer_that_is_shown_waits_no_more(self, store: Store) -> None:
        """An offer leaves the queue when it becomes visible, and is back when it is hidden again."""
        self.keep(store, self.fact(1))
        shown = Standing(visible=True)
        waits = []
        for old, new in ((WAITING, shown), (shown, WAITING)):
            self.stand(store, self.fact(1), old, new)
            waits.append(self.waiting(store))
        assert waits == [[], [1]]

    def test_an_offer_that_arrives_anew_waits_behind_the_others(self, store: Store) -> None:
        """A new arrival number is a new place in the queue."""
        self.keep(store, self.fact(1), self.fact(2))
        self.put(store, self.fact(1), evolve(self.next(self.fact(1)), arrival=Arrival(500)))
        assert self.waiting(store)[-1] == 1

    # time limits

    def test_offers_end_by_time_limit_and_number(self, store: Store) -> None:
        """The earliest limit comes first, and of one limit the lowest number."""
        self.keep(store, self.fact(2), evolve(self.fact(3), limit=_NOON), self.fact(1))
        assert self.due(store) == [3, 1, 2]

    def test_an_offer_ends_at_its_limit(self, store: Store) -> None:
        """Not a microsecond before it, and at the very instant."""
        self.keep(store, self.fact(1))
        instants = (_NOON + _HOUR - timedelta(microseconds=1), _NOON + _HOUR)
        assert [len(self.due(store, now)) for now in instants] == [0, 1]

    def test_no_more_ending_offers_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.due(store, limit=2)) == 2

    def test_an_offer_ends_at_its_newest_limit(self, store: Store) -> None:
        """An offer ends at the limit that it has now, earlier or later than before, and once."""
        old = self.fact(1)
        self.keep(store, old)
        for hours in (5, 3):
            new = evolve(self.next(old), limit=_NOON + hours * _HOUR)
            self.put(store, old, new)
            old = new
        assert [len(self.due(store, _NOON + hours * _HOUR)) for hours in (2.5, 3.5, 5.5)] == [0, 1, 1]

    def test_only_open_offers_end(self, store: Store) -> None:
        """What is agreed has no end by time; a sale that opens again has."""
        old = self.fact(1)
        self.keep(store, old)
        ends = []
        for state in (OfferState.AGREED, OfferState.OPEN):
            new = evolve(self.next(old), state=state, deal=DealNumber(1) if state is OfferState.AGREED else None)
            self.put(store, old, new)
            ends.append(len(self.due(store)))
            old = new
        assert ends == [0, 1]

    def test_the_next_limit_is_the_earliest(self, store: Store) -> None:
        """Of all open offers' limits the earliest, also if it is past."""
        self.keep(store, self.fact(1), evolve(self.fact(2), limit=_NOON))
        assert store.read(lambda tx: tx.offers.next_limit()) == _NOON

    def test_without_limits_there_is_no_next(self, store: Store) -> None:
        """Where no open offer has a limit there is none."""
        self.keep(store, evolve(self.fact(1), limit=None))
        assert store.read(lambda tx: tx.offers.next_limit()) is None
