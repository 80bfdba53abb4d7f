"""Accounts, balanced entries, what each way of money books, and the balances that the store keeps (spec A1, A5)."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import Money
from brokerage.adapters.memory import MemoryStore
from brokerage.errors import DuplicateFact
from brokerage.ports import Series, Transaction
from brokerage.records.deals import Deal
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.ledger import (
    BANK,
    REVENUE,
    SUSPENSE,
    Account,
    Debtor,
    Entry,
    Posting,
    debt_of,
    escrow_of,
    payouts_of,
    refunds_of,
)
from brokerage.records.numbers import DealNumber, EntryNumber
from brokerage.services.settlement.bookings import (
    book_bounce,
    book_chargeback,
    book_claim,
    book_commission,
    book_commission_back,
    book_debt_paid,
    book_payment,
    book_payout,
    book_pulled_back,
    book_refund_sent,
    book_release,
    book_set_off,
    book_suspense,
    book_write_off,
    set_aside,
    set_suspense_aside,
)
from builders import MANY, START, trade, world

Booking = Callable[[Transaction, Deal], None]
SEVENTH, EIGHTH = DealNumber(7), DealNumber(8)
ACCOUNTS = [
    *(BANK, REVENUE, SUSPENSE, escrow_of(SEVENTH), escrow_of(EIGHTH), refunds_of(SEVENTH), payouts_of(SEVENTH)),
    *(debt_of(debtor, SEVENTH) for debtor in Debtor),
]


def entry(number: int, *postings: tuple[Account, str, int]) -> Entry:
    """Return an entry."""
    return Entry(EntryNumber(number), START, None, "test", tuple(Posting(*posting) for posting in postings))


def test_the_names_of_accounts() -> None:
    """An account is called by its kind, and one of a deal by the deal's number too."""
    names = [str(account) for account in (BANK, REVENUE, SUSPENSE, escrow_of(SEVENTH), refunds_of(SEVENTH))]
    assert names == ["bank", "revenue", "suspense", "escrow:7", "refunds:7"]


def test_accounts_of_deals() -> None:
    """Each deal has an escrow and a place for refunds of its own."""
    assert len(set(ACCOUNTS)) == len(ACCOUNTS)
    assert escrow_of(SEVENTH) == escrow_of(DealNumber(7))


@pytest.mark.parametrize(
    ("postings", "unbalanced"),
    [
        ([(BANK, "USD", 5)], "USD"),
        ([(BANK, "USD", 5), (REVENUE, "USD", -4)], "USD"),
        ([(BANK, "USD", 5), (REVENUE, "EUR", -5)], "USD|EUR"),
        ([(BANK, "USD", 5), (REVENUE, "USD", -5), (BANK, "EUR", 5)], "EUR"),
        ([(BANK, "EUR", 3), (BANK, "USD", 5), (REVENUE, "USD", -5), (REVENUE, "EUR", -2)], "EUR"),
    ],
)
def test_an_entry_that_does_not_balance(postings: list[tuple[Account, str, int]], unbalanced: str) -> None:
    """It cannot be made, whichever currency is out of balance, and the error names entry and currency."""
    with pytest.raises(ValueError, match=f"^entry 3 does not balance in ({unbalanced})$"):
        entry(3, *postings)


def test_an_entry_of_two_currencies() -> None:
    """One that balances in each of its currencies can be made."""
    both = entry(1, (BANK, "USD", 5), (REVENUE, "USD", -5), (BANK, "EUR", -2), (SUSPENSE, "EUR", 2))
    assert len(both.postings) == 4


def test_an_entry_as_a_table() -> None:
    """Its table has a row for each posting, with what the entry says and the amount in the posting's currency."""
    made = Entry(
        EntryNumber(3), START, SEVENTH, "payout", (Posting(escrow_of(SEVENTH), "JPY", 5), Posting(BANK, "JPY", -5))
    )
    known = (3, START, 7, "payout")
    assert tuple(tuple(row) for row in made.table().rows) == (
        (*known, escrow_of(SEVENTH), Money(5, "JPY")),
        (*known, BANK, Money(-5, "JPY")),
    )


BOOKINGS: dict[str, tuple[Booking, str, dict[str, int]]] = {
    "payment": (
        lambda tx, deal: book_payment(tx, deal, 92, 8, START),
        "payment",
        {"bank": 100, "escrow:1": -92, "refunds:1": -8},
    ),
    "payment of what is owed": (
        lambda tx, deal: book_payment(tx, deal, 92, 0, START),
        "payment",
        {"bank": 92, "escrow:1": -92},
    ),
    "payment of too much": (
        lambda tx, deal: book_payment(tx, deal, 0, 8, START),
        "payment",
        {"bank": 8, "refunds:1": -8},
    ),
    "suspense": (
        lambda tx, deal: book_suspense(tx, 5, "EUR", START),
        "suspense",
        {"bank": 5, "suspense": -5},
    ),
    "set aside": (
        lambda tx, deal: set_aside(tx, deal, 5, START),
        "set aside",
        {"escrow:1": 5, "refunds:1": -5},
    ),
    "refund sent": (
        lambda tx, deal: book_refund_sent(tx, deal.number, 5, "USD", START),
        "refund",
        {"refunds:1": 5, "bank": -5},
    ),
    "payout": (
        lambda tx, deal: book_payout(tx, deal, 5, START),
        "payout",
        {"payouts:1": 5, "bank": -5},
    ),
    "commission": (
        lambda tx, deal: book_commission(tx, deal, 5, START),
        "commission",
        {"escrow:1": 5, "revenue": -5},
    ),
    "payment out of suspense": (
        lambda tx, deal: book_payment(tx, deal, 92, 8, START, SUSPENSE),
        "payment",
        {"suspense": 100, "escrow:1": -92, "refunds:1": -8},
    ),
    "suspense of a deal": (
        lambda tx, deal: book_suspense(tx, -5, "USD", START, deal.number),
        "suspense",
        {"bank": -5, "suspense": 5},
    ),
    "suspense set aside": (
        lambda tx, deal: set_suspense_aside(tx, 5, "EUR", START),
        "set aside",
        {"suspense": 5, "refunds": -5},
    ),
    "release": (
        lambda tx, deal: book_release(tx, deal, 5, START),
        "release",
        {"escrow:1": 5, "payouts:1": -5},
    ),
    "bounce": (
        lambda tx, deal: book_bounce(tx, deal, 5, START),
        "bounce",
        {"bank": 5, "payouts:1": -5},
    ),
    "pulled back": (
        lambda tx, deal: book_pulled_back(tx, deal, 5, START),
        "pulled back",
        {"payouts:1": 5, "escrow:1": -5},
    ),
    "commission taken back": (
        lambda tx, deal: book_commission_back(tx, deal, 5, START),
        "commission taken back",
        {"revenue": 5, "escrow:1": -5},
    ),
    "claim": (
        lambda tx, deal: book_claim(tx, deal, Debtor.CARRIER, 5, START),
        "claim on the carrier",
        {"carrier's debt:1": 5, "escrow:1": -5},
    ),
    "set off": (
        lambda tx, deal: book_set_off(tx, deal, 5, START),
        "set off",
        {"payouts:1": 5, "seller's debt:1": -5},
    ),
    "chargeback": (
        lambda tx, deal: book_chargeback(tx, deal, 5, START),
        "chargeback",
        {"escrow:1": 5, "bank": -5},
    ),
    "debt paid": (
        lambda tx, deal: book_debt_paid(tx, deal.number, Debtor.BUYER, 5, "USD", START),
        "debt paid",
        {"suspense": 5, "buyer's debt:1": -5},
    ),
    "write-off": (
        lambda tx, deal: book_write_off(tx, debt_of(Debtor.SELLER, deal.number), 5, "USD", START),
        "write-off",
        {"revenue": 5, "seller's debt:1": -5},
    ),
}


@pytest.mark.parametrize("name", BOOKINGS)
def test_what_is_booked(name: str) -> None:
    """Each way of money is one entry under the next number, with its deal, time, purpose and sides, and one event."""
    book, purpose, sides = BOOKINGS[name]
    deal = trade(world()).fact
    store = MemoryStore()
    store.run(lambda tx: tx.numbers.next(Series.ENTRY))
    store.run(lambda tx: book(tx, deal))
    [made] = store.read(lambda tx: tx.ledger.entries(EntryNumber(0), MANY))
    of_deal, currency = (None, "EUR") if name in ("suspense", "suspense set aside") else (DealNumber(1), "USD")
    assert (2, START, of_deal, purpose) == (made.number, made.at, made.deal, made.purpose)
    assert sides == {str(posting.account): posting.units for posting in made.postings}
    assert {currency} == {posting.currency for posting in made.postings}
    [(_, event)] = store.read(lambda tx: tx.journal.read(0, MANY))
    assert Event(START, Role.BROKER, EventKind.ENTRY_POSTED, made) == event


def test_nothing_is_not_booked() -> None:
    """Where every side is nothing there is no entry, no number is taken, and nothing happened."""
    deal = trade(world()).fact
    store = MemoryStore()
    store.run(lambda tx: book_payment(tx, deal, 0, 0, START))
    store.run(lambda tx: book_payout(tx, deal, 0, START))
    assert store.read(lambda tx: (tx.numbers.last(Series.ENTRY), tx.journal.last())) == (0, 0)
    assert store.read(lambda tx: tx.ledger.entries(EntryNumber(0), MANY)) == []


MOVES = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.sampled_from(["USD", "EUR"]), st.integers(-5, 5)
    ),
    max_size=20,
)


@given(MOVES)
@settings(deadline=None, max_examples=60)
def test_balances_are_sums(moves: list[tuple[Account, Account, str, int]]) -> None:
    """The balance of an account in a currency is the sum of its postings, also where an entry names it twice."""
    store, expected = MemoryStore(), dict[tuple[Account, str], int]()
    for number, (source, target, currency, units) in enumerate(moves, start=1):
        made = entry(number, (source, currency, units), (target, currency, -units))
        store.run(lambda tx, made=made: tx.ledger.add(made))  # type: ignore[misc]
        for account, side in ((source, units), (target, -units)):
            expected[account, currency] = expected.get((account, currency), 0) + side
    for account in ACCOUNTS:
        for currency in ("USD", "EUR"):
            balance = store.read(lambda tx, of=account, code=currency: tx.ledger.balance(of, code))  # type: ignore[misc]
            assert expected.get((account, currency), 0) == balance


def test_pages_of_entries() -> None:
    """Entries come by number, behind the one that is named and no more than are asked for."""
    store = MemoryStore()
    made = {number: entry(number, (BANK, "USD", number), (REVENUE, "USD", -number)) for number in (4, 1, 9, 2)}
    for fact in made.values():
        store.run(lambda tx, fact=fact: tx.ledger.add(fact))  # type: ignore[misc]

    def numbers(after: int, limit: int) -> list[int]:
        entries = store.read(lambda tx: tx.ledger.entries(EntryNumber(after), limit))
        assert [made[entry.number] for entry in entries] == entries
        return [entry.number for entry in entries]

    assert numbers(0, 9) == [1, 2, 4, 9]
    assert numbers(0, 2) == [1, 2]
    assert numbers(1, 2) == [2, 4]
    assert numbers(3, 9) == [4, 9]
    assert numbers(9, 9) == []
    assert numbers(0, 0) == []


def test_a_number_is_taken_once() -> None:
    """A second entry under a number is refused by it, and neither replaces the first nor counts for a balance."""
    store = MemoryStore()
    first = entry(1, (BANK, "USD", 5), (REVENUE, "USD", -5))
    store.run(lambda tx: tx.ledger.add(first))

    def again(tx: Transaction) -> None:
        with pytest.raises(DuplicateFact) as caught:
            tx.ledger.add(entry(1, (BANK, "USD", 7), (REVENUE, "USD", -7)))
        assert caught.value.value == 1

    store.run(again)
    assert store.read(lambda tx: tx.ledger.entries(EntryNumber(0), MANY)) == [first]
    assert store.read(lambda tx: tx.ledger.balance(BANK, "USD")) == 5


def test_a_failed_work_leaves_the_ledger_alone() -> None:
    """Entries of a work that fails are gone, from the list and from the balances, and their numbers are free again."""
    store = MemoryStore()
    first, second = (entry(n, (BANK, "USD", n), (REVENUE, "USD", -n)) for n in (1, 2))
    store.run(lambda tx: tx.ledger.add(first))

    def fail(tx: Transaction) -> None:
        tx.ledger.add(second)
        assert tx.ledger.balance(BANK, "USD") == 3
        raise KeyError

    with pytest.raises(KeyError):
        store.run(fail)
    assert store.read(lambda tx: tx.ledger.entries(EntryNumber(0), MANY)) == [first]
    assert store.read(lambda tx: (tx.ledger.balance(BANK, "USD"), tx.ledger.balance(REVENUE, "USD"))) == (1, -1)
    store.run(lambda tx: tx.ledger.add(second))
    assert store.read(lambda tx: tx.ledger.balance(BANK, "USD")) == 3
