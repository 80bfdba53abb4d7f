"""What the collections of categories, left-over checks, deals and cards' authorisations keep."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.errors import Conflict, DuplicateFact
from brokerage.ports import Store, Transaction
from brokerage.pricing import Margin, Rounding, Terms
from brokerage.records.categories import Category, Fulfilment
from brokerage.records.checks import Check
from brokerage.records.deals import (
    BROKER,
    Charge,
    Deal,
    DealOrigin,
    DealState,
    Dispute,
    Means,
    Payee,
    Payment,
    Purpose,
)
from brokerage.records.effects import Authorisation, AuthorisationState
from brokerage.records.numbers import BoxNumber, ContactNumber, DealNumber, OfferNumber
from brokerage.records.offers import Details
from brokerage.testing.contracts.facts import ListedFactsContract, ListedRemovableFactsContract
from brokerage.testing.contracts.grounds import contacts, offers

__all__ = ["AuthorisationsContract", "CategoriesContract", "ChecksContract", "DealsContract"]

_NOON = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_AGES = datetime(9000, 1, 1, tzinfo=UTC)


class CategoriesContract(ListedRemovableFactsContract):
    """What :class:`~brokerage.storage.market.Categories` keep. The fixture ``store`` gives a new, empty store.

    That a check holds until the commit is a law of the units of work.
    """

    collection: ClassVar[str] = "categories"

    def fact(self, number: int) -> Category:
        """Return a category."""
        terms = Terms(Decimal("0.123456"), Margin.LESSER, rounding=Rounding.UP)
        return Category(
            f"straße {number}", f"Straße {number}", "Züge", "group", terms, Fulfilment.PERFORMED, False, version=3
        )

    def key(self, fact: Category) -> str:
        """Return a category's key."""
        return fact.key

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return every category."""
        return tx.categories.all()

    def test_all_come_by_key(self, store: Store) -> None:
        """Every category is listed, in the order of the keys' characters."""
        self.keep(store, *(self.fact(number) for number in (3, 1, 2)))
        assert [self.fact(number).key for number in (1, 2, 3)] == [fact.key for fact in store.read(self.listed)]

    def test_checking_what_is_stored_is_no_conflict(self, store: Store) -> None:
        """A category that is as it was read can be depended on."""
        self.keep(store, self.fact(1))
        store.run(lambda tx: tx.categories.check(self.fact(1)))

    def test_checking_an_old_version_is_a_conflict(self, store: Store) -> None:
        """A category that has changed since it was read is a conflict."""
        old = self.fact(1)
        self.keep(store, old)

        def work(tx: Transaction) -> None:
            tx.categories.replace(old, self.next(old))
            with pytest.raises(Conflict):
                tx.categories.check(old)

        store.run(work)

    def test_checking_what_is_not_there_is_a_conflict(self, store: Store) -> None:
        """A category that was removed since it was read is a conflict."""

        def work(tx: Transaction) -> None:
            with pytest.raises(Conflict):
                tx.categories.check(self.fact(1))

        store.run(work)


class ChecksContract(ListedRemovableFactsContract):
    """What :class:`~brokerage.storage.market.Checks` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "checks"

    def ground(self, tx: Transaction) -> None:
        """Lay the offers of the checks."""
        offers(tx, 41, 42, 43)

    def fact(self, number: int) -> Check:
        """Return the rest of looking for the counterparts of an offer."""
        return Check(OfferNumber(40 + number), number, True, (10**15, 2**40 - 1), _NOON, version=3)

    def key(self, fact: Check) -> tuple[int, bool]:
        """Return a check's key."""
        return fact.key

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the first checks."""
        return tx.checks.first(100)

    def test_the_first_come_by_key(self, store: Store) -> None:
        """The earliest arrival is first, and of one arrival the check of the offer itself."""
        own = evolve(self.fact(2), others=False)
        self.keep(store, self.fact(3), self.fact(2), own, self.fact(1))
        assert [fact.key for fact in store.read(self.listed)] == [(1, True), (2, False), (2, True), (3, True)]

    def test_no_more_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(store.read(lambda tx: tx.checks.first(2))) == 2


class DealsContract(ListedFactsContract):
    """What :class:`~brokerage.storage.settling.Deals` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "deals"

    def ground(self, tx: Transaction) -> None:
        """Lay from where to where goods are carried."""
        contacts(tx, 1, 2)

    def fact(self, number: int) -> Deal:
        """Return a deal of seller 1 and buyer 2 in the middle of its life."""
        return Deal(
            number=DealNumber(number),
            origin=DealOrigin.MARKET,
            sale=OfferNumber(2 * number),
            purchase=OfferNumber(2 * number + 1),
            seller=BoxNumber(1),
            buyer=BoxNumber(2),
            category="goods",
            currency="USD",
            min_price=80_00,
            max_price=10**15,
            selling_price=88_00,
            buying_price=92_00,
            charges=(
                Charge(Payee("member", BoxNumber(1)), 88_00, Purpose.SELLERS_SHARE),
                Charge(BROKER, 4_00, Purpose.COMMISSION),
            ),
            fulfilment=Fulfilment.CARRIER,
            collect_from=ContactNumber(1),
            deliver_to=ContactNumber(2),
            reference=f"R-{number}",
            name="Thing, ü",
            details=Details("as new", photographs=("photo-1",), attributes=(("color", "red"),)),
            agreed_at=_NOON,
            state=DealState.DISPUTED,
            deadline=_NOON + _HOUR,
            payments=(Payment(("payment:bank", "1"), Means.BANK_TRANSFER, 92_00),),
            released=(0, 1),
            paid_out=(1,),
            failed=(0,),
            cuts=(22_00, 1_00),
            refunded=23_00,
            charged_back=(Payment(("card", "capture:ü"), Means.CARD, 5_00),),
            accepted=True,
            attempts=("capture:1",),
            problem="declined, ü",
            wishes=(BoxNumber(1), BoxNumber(2)),
            dispute=Dispute(BoxNumber(2), _NOON, (BoxNumber(2), BoxNumber(1))),
            paid_at=_NOON,
            collected_at=_NOON + _HOUR,
            delivered_at=_NOON + 2 * _HOUR,
            returning_at=_NOON + 3 * _HOUR,
            ended_at=_NOON + 4 * _HOUR,
            version=3,
        )

    def key(self, fact: Deal) -> DealNumber:
        """Return a deal's number."""
        return fact.number

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the deals with a deadline."""
        return tx.deals.due(_AGES, 100)

    def numbers(self, store: Store, box: int, before: int | None = None, limit: int = 100) -> list[int]:
        """Return the numbers of a member's deals."""
        last = None if before is None else DealNumber(before)
        return [deal.number for deal in store.read(lambda tx: tx.deals.of_member(BoxNumber(box), last, limit))]

    def due(self, store: Store, now: datetime, limit: int = 100) -> list[int]:
        """Return the numbers of the deals that are due."""
        return [deal.number for deal in store.read(lambda tx: tx.deals.due(now, limit))]

    def test_a_deal_is_found_by_its_reference(self, store: Store) -> None:
        """Whatever is paid under a reference finds its deal, to the letter."""
        self.keep(store, self.fact(1), evolve(self.fact(2), reference="r-1"))
        found = store.read(lambda tx: [tx.deals.by_reference(reference) for reference in ("R-1", "r-1")])
        assert [deal.number for deal in found if deal] == [1, 2]

    def test_an_unknown_reference_is_none(self, store: Store) -> None:
        """A reference that no deal has finds none, and no error."""
        assert store.read(lambda tx: tx.deals.by_reference("R-1")) is None

    def test_a_taken_reference_is_refused(self, store: Store) -> None:
        """Two deals are never paid under one reference."""
        self.keep(store, self.fact(1))
        with pytest.raises(DuplicateFact):
            self.keep(store, evolve(self.fact(2), reference="R-1"))

    def test_a_members_deals_come_newest_first(self, store: Store) -> None:
        """The deal with the highest number comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))
        assert self.numbers(store, 1) == [3, 2, 1]

    def test_a_members_deals_are_those_bought_and_sold(self, store: Store) -> None:
        """A member finds deals as seller and as buyer, and nobody else's."""
        other = evolve(self.fact(2), seller=BoxNumber(2), buyer=BoxNumber(3))
        self.keep(store, self.fact(1), other)
        assert [{1}, {1, 2}, {2}, set()] == [set(self.numbers(store, box)) for box in (1, 2, 3, 4)]

    def test_a_members_deals_go_on_below_a_number(self, store: Store) -> None:
        """A page begins below the last number of the page before it, which it leaves out."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert {1, 2} == set(self.numbers(store, 1, before=3))

    def test_no_more_deals_of_a_member_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the oldest ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.numbers(store, 1, limit=2)) == 2

    def test_due_deals_come_by_deadline_and_number(self, store: Store) -> None:
        """The earliest deadline comes first, and of one deadline the lowest number."""
        early = evolve(self.fact(3), deadline=_NOON)
        self.keep(store, self.fact(2), early, self.fact(1))
        assert self.due(store, _AGES) == [3, 1, 2]

    def test_a_deal_is_due_at_its_deadline(self, store: Store) -> None:
        """Not a microsecond before it, and at the very instant."""
        self.keep(store, self.fact(1))
        instants = (_NOON + _HOUR - timedelta(microseconds=1), _NOON + _HOUR)
        assert [len(self.due(store, now)) for now in instants] == [0, 1]

    def test_no_more_due_deals_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.due(store, _AGES, limit=2)) == 2

    def test_a_deadline_that_changes_is_the_new_one(self, store: Store) -> None:
        """A deal is due at the deadline that it has now, earlier or later than before, and once."""
        old = self.fact(1)
        self.keep(store, old)
        for hours in (5, 3):
            new = evolve(self.next(old), deadline=_NOON + hours * _HOUR)
            self.put(store, old, new)
            old = new
        assert [len(self.due(store, _NOON + hours * _HOUR)) for hours in (2.5, 3.5, 5.5)] == [0, 1, 1]

    def test_a_deal_without_a_deadline_is_never_due(self, store: Store) -> None:
        """A deal that loses its deadline is due no more."""
        old = self.fact(1)
        self.keep(store, old)
        self.put(store, old, evolve(self.next(old), deadline=None))
        assert self.due(store, _AGES) == []

    def test_the_next_deadline_is_the_earliest(self, store: Store) -> None:
        """Of all deadlines the earliest is the next, also if it is past."""
        self.keep(store, self.fact(1), evolve(self.fact(2), deadline=_NOON))
        assert store.read(lambda tx: tx.deals.next_deadline()) == _NOON

    def test_without_deadlines_there_is_no_next(self, store: Store) -> None:
        """Where no deal has a deadline there is none."""
        self.keep(store, evolve(self.fact(1), deadline=None))
        assert store.read(lambda tx: tx.deals.next_deadline()) is None


class AuthorisationsContract(ListedFactsContract):
    """What :class:`~brokerage.storage.settling.Authorisations` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "authorisations"

    def fact(self, number: int) -> Authorisation:
        """Return the intent to hold money, of the hour ``number``."""
        return Authorisation(f"keyü {number}", BoxNumber(1), 10**15, "USD", _NOON + number * _HOUR, version=3)

    def key(self, fact: Authorisation) -> str:
        """Return an authorisation's key."""
        return fact.key

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the authorisations that are only intended."""
        return tx.authorisations.intended(_AGES, 100)

    def test_the_intended_come_by_time(self, store: Store) -> None:
        """The earliest intent comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))
        assert [self.fact(number).key for number in (1, 2, 3)] == [fact.key for fact in store.read(self.listed)]

    def test_only_what_was_intended_before_the_instant(self, store: Store) -> None:
        """An intent of the very instant is not from before it."""
        self.keep(store, self.fact(1))
        instants = (_NOON + _HOUR, _NOON + _HOUR + timedelta(microseconds=1))
        found = store.read(lambda tx: [tx.authorisations.intended(instant, 100) for instant in instants])
        assert [len(intended) for intended in found] == [0, 1]

    def test_no_more_intended_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(store.read(lambda tx: tx.authorisations.intended(_AGES, 2))) == 2

    def test_what_is_used_is_no_more_intended(self, store: Store) -> None:
        """An authorisation that was used or voided is not among the intended."""
        self.keep(store, self.fact(1), self.fact(2))
        self.put(store, self.fact(1), self.fact(1).to(AuthorisationState.USED))
        self.put(store, self.fact(2), self.fact(2).to(AuthorisationState.VOID))
        assert list(store.read(self.listed)) == []

    def test_the_next_intended_is_the_earliest(self, store: Store) -> None:
        """Of all intents the time of the earliest."""
        self.keep(store, self.fact(2), self.fact(1))
        assert store.read(lambda tx: tx.authorisations.next_intended()) == _NOON + _HOUR

    def test_without_intents_there_is_no_next(self, store: Store) -> None:
        """Where nothing is only intended there is none."""
        self.keep(store, evolve(self.fact(1), state=AuthorisationState.USED))
        assert store.read(lambda tx: tx.authorisations.next_intended()) is None
