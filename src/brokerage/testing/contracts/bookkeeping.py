"""What the ledger, the journal and the outbox keep."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve

from brokerage.errors import DuplicateFact
from brokerage.ports import Store, Transaction
from brokerage.records.effects import Effect, EffectState, Mail, answered, postponed
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.ledger import (
    BANK,
    SUSPENSE,
    Account,
    AccountKind,
    Debtor,
    Entry,
    Posting,
    debt_of,
    escrow_of,
    payouts_of,
    refunds_of,
)
from brokerage.records.members import Person
from brokerage.records.numbers import BoxNumber, ContactNumber, DealNumber, EntryNumber, PersonNumber
from brokerage.testing.contracts.facts import ListedFactsContract, Mishap
from brokerage.testing.contracts.grounds import GroundedContract, deals

__all__ = ["JournalContract", "LedgerContract", "OutboxContract"]

_NOON = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_AGES = datetime(9000, 1, 1, tzinfo=UTC)


class LedgerContract(GroundedContract):
    """What the :class:`~brokerage.storage.settling.Ledger` keeps. The fixture ``store`` gives a new, empty store."""

    def ground(self, tx: Transaction) -> None:
        """Lay the deal that entries are about."""
        deals(tx, 7)

    def entry(self, number: int, units: int = 5, currency: str = "USD", debit: Account = BANK) -> Entry:
        """Return an entry that moves an amount from suspense to an account."""
        postings = (Posting(debit, currency, units), Posting(SUSPENSE, currency, -units))
        return Entry(EntryNumber(number), _NOON, DealNumber(7), "Zweck ü", postings)

    def keep(self, store: Store, *entries: Entry) -> None:
        """Add entries in a unit of work of their own."""

        def work(tx: Transaction) -> None:
            for entry in entries:
                tx.ledger.add(entry)

        store.run(work)

    def numbers(self, store: Store, after: int = 0, limit: int = 100) -> list[int]:
        """Return the numbers of the entries behind one."""
        return [entry.number for entry in store.read(lambda tx: tx.ledger.entries(EntryNumber(after), limit))]

    def balance(self, store: Store, account: Account, currency: str = "USD") -> int:
        """Return a balance."""
        return store.read(lambda tx: tx.ledger.balance(account, currency))

    def test_an_entry_is_found_as_it_was(self, store: Store) -> None:
        """Every field of an entry comes back as it went in, amounts to the last minor unit; also one of no deal."""
        entry = self.entry(1, 10**17, "KWD", escrow_of(DealNumber(7)))
        entries = [entry, evolve(self.entry(2, debit=Account(AccountKind.REFUNDS)), deal=None)]
        self.keep(store, *entries)
        found = store.read(lambda tx: tx.ledger.entries(EntryNumber(0), 100))
        assert entries == sorted(found, key=lambda entry: entry.number)

    def test_entries_come_by_number(self, store: Store) -> None:
        """The lowest number comes first, whatever came first into the store."""
        self.keep(store, *(self.entry(number) for number in (2, 3, 1)))
        assert self.numbers(store) == [1, 2, 3]

    def test_entries_go_on_behind_a_number(self, store: Store) -> None:
        """A page begins behind the last number of the page before it, which it leaves out."""
        self.keep(store, *(self.entry(number) for number in (1, 2, 3)))
        assert {2, 3} == set(self.numbers(store, after=1))

    def test_no_more_entries_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.entry(number) for number in (1, 2, 3)))
        assert len(self.numbers(store, limit=2)) == 2

    def test_a_taken_number_is_refused(self, store: Store) -> None:
        """A second entry under one number is a ``DuplicateFact``."""
        self.keep(store, self.entry(1))
        with pytest.raises(DuplicateFact):
            self.keep(store, self.entry(1))

    def test_a_balance_is_the_sum_of_its_postings(self, store: Store) -> None:
        """Debits and credits of an account add up, over all entries."""
        self.keep(store, self.entry(1, 5), self.entry(2, 7), self.entry(3, -4))
        assert (self.balance(store, BANK), self.balance(store, SUSPENSE)) == (8, -8)

    def test_each_currency_has_its_own_balance(self, store: Store) -> None:
        """What is posted in one currency moves no other."""
        self.keep(store, self.entry(1, 5), self.entry(2, 7, "JPY"))
        assert [self.balance(store, BANK, currency) for currency in ("USD", "JPY")] == [5, 7]

    def test_each_deal_has_its_own_accounts(self, store: Store) -> None:
        """Escrow and refunds of one deal are neither each other's nor another deal's."""
        one, other = DealNumber(1), DealNumber(11)
        accounts = [escrow_of(one), refunds_of(one), escrow_of(other), refunds_of(other)]
        self.keep(store, *(self.entry(at, at, debit=account) for at, account in enumerate(accounts, start=1)))
        assert [self.balance(store, account) for account in accounts] == [1, 2, 3, 4]

    def test_each_kind_of_account_has_its_own_balance(self, store: Store) -> None:
        """Of one deal, what it holds, pays out and sends back, and what each party owes for it, are kept apart."""
        deal = DealNumber(7)
        accounts = [escrow_of(deal), refunds_of(deal), payouts_of(deal), *(debt_of(each, deal) for each in Debtor)]
        self.keep(store, *(self.entry(at, at, debit=account) for at, account in enumerate(accounts, start=1)))
        assert [self.balance(store, account) for account in accounts] == [1, 2, 3, 4, 5, 6]

    def test_what_belongs_to_no_deal_is_no_deals(self, store: Store) -> None:
        """Money that is sent back and belonged to no deal stands on an account of its own."""
        accounts = [Account(AccountKind.REFUNDS), refunds_of(DealNumber(1))]
        self.keep(store, *(self.entry(at, at, debit=account) for at, account in enumerate(accounts, start=1)))
        assert [self.balance(store, account) for account in accounts] == [1, 2]

    def test_an_account_without_postings_has_nothing(self, store: Store) -> None:
        """An account that was never posted to has a balance of 0, and is no error."""
        assert self.balance(store, escrow_of(DealNumber(1))) == 0

    def test_a_work_sees_its_own_postings(self, store: Store) -> None:
        """Within a unit of work, balances have what it has posted."""

        def work(tx: Transaction) -> int:
            tx.ledger.add(self.entry(1, 5))
            return tx.ledger.balance(BANK, "USD")

        assert store.run(work) == 5

    def test_an_entry_of_a_failed_work_is_gone(self, store: Store) -> None:
        """What a failed unit of work has posted is not among the entries."""
        self._fail(store)
        assert self.numbers(store) == []

    def test_a_failed_work_moves_no_balance(self, store: Store) -> None:
        """What a failed unit of work has posted is in no balance."""
        self._fail(store)
        assert self.balance(store, BANK) == 0

    def _fail(self, store: Store) -> None:
        def work(tx: Transaction) -> None:
            tx.ledger.add(self.entry(1, 5))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)


class JournalContract(GroundedContract):
    """What the :class:`~brokerage.storage.settling.Journal` keeps. The fixture ``store`` gives a new, empty store."""

    def event(self, number: int) -> Event:
        """Return an event about a person."""
        at = _NOON + number * _HOUR
        return Event(
            at, Role.OUTSIDE, EventKind.PERSONS_JOINED, Person(PersonNumber(number), PersonNumber(9), 4, version=3)
        )

    def append(self, store: Store, event: Event) -> None:
        """Append an event in a unit of work of its own."""
        store.run(lambda tx: tx.journal.append(event))

    def keep(self, store: Store, *numbers: int) -> None:
        """Append events, each in a unit of work of its own."""
        for number in numbers:
            self.append(store, self.event(number))

    def read(self, store: Store, after: int = 0, limit: int = 100) -> list[tuple[int, int]]:
        """Return the positions of events behind one, and the persons that they are about."""
        found = store.read(lambda tx: tx.journal.read(after, limit))
        return [(at, event.fact.number) for at, event in found if isinstance(event.fact, Person)]

    def test_an_event_is_found_as_it_was(self, store: Store) -> None:
        """Who, when, what, and the fact as it was after it; by a member as well as by a role."""
        events = [self.event(1), evolve(self.event(2), by=BoxNumber(4))]
        for event in events:
            self.append(store, event)
        assert events == [event for _, event in store.read(lambda tx: tx.journal.read(0, 100))]

    def test_events_come_in_the_order_of_the_commits(self, store: Store) -> None:
        """What was committed first is read first."""
        self.keep(store, 3, 1, 2)
        assert [number for _, number in self.read(store)] == [3, 1, 2]

    def test_many_events_are_appended_in_the_order_of_their_facts(self, store: Store) -> None:
        """One event for each of many facts, behind the events before, and each as if it were appended by itself."""
        self.keep(store, 4)
        events = [evolve(self.event(number), at=_NOON) for number in (3, 1, 2)]
        facts = [event.fact for event in events]
        store.run(lambda tx: tx.journal.append_all(_NOON, Role.OUTSIDE, EventKind.PERSONS_JOINED, facts))
        assert events == [event for _, event in store.read(lambda tx: tx.journal.read(0, 100))][1:]

    def test_the_first_position_is_one(self, store: Store) -> None:
        """Behind position 0 is everything."""
        self.keep(store, 1)
        assert [at for at, _ in self.read(store)] == [1]

    def test_positions_rise(self, store: Store) -> None:
        """Each event has a position above those before it."""
        self.keep(store, 1, 2, 3)
        positions = [at for at, _ in self.read(store)]
        assert sorted(set(positions)) == positions

    def test_reading_goes_on_behind_a_position(self, store: Store) -> None:
        """Whoever reads behind the position of an event gets all that came after it, and not the event."""
        self.keep(store, 1, 2, 3)
        [(first, _), *_] = self.read(store)
        assert [number for _, number in self.read(store, after=first)] == [2, 3]

    def test_no_more_events_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, 1, 2, 3)
        assert len(self.read(store, limit=2)) == 2

    def test_the_last_position_is_the_last_events(self, store: Store) -> None:
        """Behind the last position there is nothing."""
        self.keep(store, 1, 2)
        assert store.read(lambda tx: tx.journal.last()) == self.read(store)[-1][0]

    def test_an_empty_journal_has_position_nought(self, store: Store) -> None:
        """Before the first event the last position is 0."""
        assert store.read(lambda tx: tx.journal.last()) == 0

    def test_an_event_of_a_failed_work_is_gone(self, store: Store) -> None:
        """What a failed unit of work has appended never happened."""

        def work(tx: Transaction) -> None:
            tx.journal.append(self.event(1))
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert self.read(store) == []


class OutboxContract(ListedFactsContract):
    """What the :class:`~brokerage.storage.settling.Outbox` keeps. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "outbox"

    def fact(self, number: int) -> Effect:
        """Return a mail that is to be sent at noon."""
        mail = Mail(BoxNumber(1), ContactNumber(1), "Offer 1: Zürich", "first\n\nthird ⚡\n")
        return Effect(f"mail {number}", mail, _NOON, problem="ü", version=3)

    def key(self, fact: Effect) -> str:
        """Return an effect's key."""
        return fact.key

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the pending effects."""
        return tx.outbox.due(_AGES, 100)

    def due(self, store: Store, now: datetime = _AGES, limit: int = 100) -> list[str]:
        """Return the keys of the effects that are due."""
        return [effect.key for effect in store.read(lambda tx: tx.outbox.due(now, limit))]

    def test_due_effects_come_by_time(self, store: Store) -> None:
        """What is due earlier comes first, whatever came first into the store."""
        self.keep(store, evolve(self.fact(1), due=_NOON + _HOUR), self.fact(2))
        assert self.due(store) == ["mail 2", "mail 1"]

    def test_effects_due_at_once_come_as_they_were_added(self, store: Store) -> None:
        """Of one instant, the effect that was added first comes first, also if it was postponed to there."""
        early = evolve(self.fact(3), due=_NOON - _HOUR)
        self.keep(store, early, self.fact(2), self.fact(1))
        self.put(store, early, postponed(early, _NOON, "no answer"))
        assert self.due(store) == ["mail 3", "mail 2", "mail 1"]

    def test_an_effect_is_due_at_its_time(self, store: Store) -> None:
        """Not a microsecond before it, and at the very instant."""
        self.keep(store, self.fact(1))
        instants = (_NOON - timedelta(microseconds=1), _NOON)
        assert [len(self.due(store, now)) for now in instants] == [0, 1]

    def test_no_more_effects_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.due(store, limit=2)) == 2

    def test_an_answered_effect_is_due_no_more(self, store: Store) -> None:
        """What was done or declined is not sent again."""
        self.keep(store, self.fact(1), self.fact(2))
        self.put(store, self.fact(1), answered(self.fact(1), EffectState.DONE, ""))
        self.put(store, self.fact(2), answered(self.fact(2), EffectState.DECLINED, "no"))
        assert self.due(store) == []

    def test_a_postponed_effect_is_due_later(self, store: Store) -> None:
        """What had no answer is due at its new time, and not before."""
        self.keep(store, self.fact(1))
        self.put(store, self.fact(1), postponed(self.fact(1), _NOON + 2 * _HOUR, "no answer"))
        assert [len(self.due(store, _NOON + hours * _HOUR)) for hours in (1.5, 2.5)] == [0, 1]

    def test_the_next_is_the_earliest(self, store: Store) -> None:
        """Of all pending effects the time of the earliest, also if it is past."""
        self.keep(store, evolve(self.fact(1), due=_NOON + _HOUR), self.fact(2))
        assert store.read(lambda tx: tx.outbox.next_due()) == _NOON

    def test_where_nothing_is_pending_there_is_no_next(self, store: Store) -> None:
        """An outbox of answered effects has nothing to do."""
        self.keep(store, evolve(self.fact(1), state=EffectState.DONE))
        assert store.read(lambda tx: tx.outbox.next_due()) is None
