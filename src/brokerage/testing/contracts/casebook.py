"""What the collections of cases and of what parties of disputes have said keep."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from attrs import evolve

from brokerage.ports import Store, Transaction
from brokerage.records.cases import Case, CaseKind, closed
from brokerage.records.ledger import Debtor
from brokerage.records.notices import (
    BounceNotice,
    ChargebackNotice,
    DeliveryNotice,
    DeliveryStep,
    Notice,
    PaymentNotice,
)
from brokerage.records.numbers import BoxNumber, CaseNumber, DealNumber
from brokerage.records.statements import Statement
from brokerage.testing.contracts.facts import ListedFactsContract
from brokerage.testing.contracts.grounds import deals, effects

__all__ = ["NOTICES", "CasesContract", "StatementsContract"]

_NOON = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC)

NOTICES: tuple[Notice, ...] = (
    PaymentNotice("bank", "a payment", "R-1, ü", 10**15, "USD"),
    DeliveryNotice("carrier", "a loss", DealNumber(7), DeliveryStep.LOST),
    BounceNotice("bank", "a bounce", "payout:7:0", 10**15, "USD"),
    ChargebackNotice("clearing house", "a chargeback", "card:7", 10**15, "USD"),
)
"""A notice of every kind: what a store keeps of one it keeps of all."""


class CasesContract(ListedFactsContract):
    """What :class:`~brokerage.storage.Cases` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "cases"

    def ground(self, tx: Transaction) -> None:
        """Lay the deals and the effect that cases are about."""
        deals(tx, 7, 8)
        effects(tx, "payout:7:0")

    def fact(self, number: int) -> Case:
        """Return an open claim about deal 7, with all that an open case can have."""
        return Case(
            CaseNumber(number),
            CaseKind.CLAIM,
            _NOON,
            "charged back, ü",
            DealNumber(7),
            NOTICES[0],
            "payout:7:0",
            Debtor.SELLER,
            -(10**15),
            "USD",
            version=3,
        )

    def key(self, fact: Case) -> CaseNumber:
        """Return a case's number."""
        return fact.number

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the open cases."""
        return tx.cases.open_ones(None, CaseNumber(0), 100)

    def open_ones(self, store: Store, kind: CaseKind | None = None, after: int = 0, limit: int = 100) -> list[int]:
        """Return the numbers of open cases behind one."""
        return [case.number for case in store.read(lambda tx: tx.cases.open_ones(kind, CaseNumber(after), limit))]

    def of_deal(self, store: Store, deal: int) -> list[int]:
        """Return the numbers of a deal's cases."""
        return [case.number for case in store.read(lambda tx: tx.cases.of_deal(DealNumber(deal)))]

    def close(self, store: Store, case: Case) -> Case:
        """Close a case, and return it as closed."""
        new = closed(case, _NOON, "written off, ü")
        self.put(store, case, new)
        return new

    def test_a_case_keeps_whatever_notice_it_is_about(self, store: Store) -> None:
        """A notice of every kind comes back as it went in, of the class that it was."""
        cases = [evolve(self.fact(at), notice=notice) for at, notice in enumerate(NOTICES, start=1)]
        self.keep(store, *cases)
        assert list(NOTICES) == [self.found(store, case).notice for case in cases]

    def test_a_case_that_is_about_nothing_known_is_kept(self, store: Store) -> None:
        """Deal, notice, effect and debtor may be missing, and are missing when the case is found again."""
        case = Case(CaseNumber(1), CaseKind.SUSPENSE, _NOON, "unknown reference")
        self.keep(store, case)
        found = self.found(store, case)
        assert (found.deal, found.notice, found.effect, found.debtor) == (None, None, None, None)

    def test_open_cases_come_by_number(self, store: Store) -> None:
        """The oldest case comes first, whatever came first into the store; also among those of one kind."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))
        assert [self.open_ones(store, kind) for kind in (None, CaseKind.CLAIM)] == [[1, 2, 3], [1, 2, 3]]

    def test_open_cases_go_on_behind_a_number(self, store: Store) -> None:
        """A page begins behind the last number of the page before it, which it leaves out."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert {2, 3} == set(self.open_ones(store, after=1))

    def test_no_more_open_cases_than_asked_for(self, store: Store) -> None:
        """A limit cuts off the last ones."""
        self.keep(store, *(self.fact(number) for number in (1, 2, 3)))
        assert len(self.open_ones(store, limit=2)) == 2

    def test_open_cases_of_a_kind_are_of_no_other(self, store: Store) -> None:
        """Whoever asks for one kind gets the cases of that kind, and gets them all."""
        self.keep(store, *(evolve(self.fact(at), kind=kind) for at, kind in enumerate(CaseKind, start=1)))
        assert [[at] for at, _ in enumerate(CaseKind, start=1)] == [self.open_ones(store, kind) for kind in CaseKind]

    def test_open_cases_of_any_kind_are_all(self, store: Store) -> None:
        """Whoever asks for no kind gets the cases of all."""
        self.keep(store, *(evolve(self.fact(at), kind=kind) for at, kind in enumerate(CaseKind, start=1)))
        assert len(self.open_ones(store)) == len(CaseKind)

    def test_a_closed_case_waits_no_more(self, store: Store) -> None:
        """A case that was closed is not among the open ones, of its kind or of all."""
        self.keep(store, self.fact(1), self.fact(2))
        self.close(store, self.fact(1))
        assert [self.open_ones(store, kind) for kind in (None, CaseKind.CLAIM)] == [[2], [2]]

    def test_a_closed_case_says_how_it_was_closed(self, store: Store) -> None:
        """Time and outcome of the closing are found with the case, among those of its deal."""
        self.keep(store, self.fact(1))
        new = self.close(store, self.fact(1))
        found = store.read(lambda tx: tx.cases.of_deal(DealNumber(7)))
        assert {(case.closed_at, case.outcome) for case in found} <= {(new.closed_at, new.outcome)}

    def test_cases_of_a_deal_come_by_number(self, store: Store) -> None:
        """The oldest case of a deal comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(number) for number in (2, 3, 1)))
        assert self.of_deal(store, 7) == [1, 2, 3]

    def test_cases_of_a_deal_are_no_other_deals(self, store: Store) -> None:
        """Cases about another deal, or about none, are not among them."""
        self.keep(store, self.fact(1), evolve(self.fact(2), deal=DealNumber(8)), evolve(self.fact(3), deal=None))
        assert [{1}, {2}] == [set(self.of_deal(store, deal)) for deal in (7, 8)]

    def test_closed_cases_of_a_deal_are_found(self, store: Store) -> None:
        """A case is about its deal also after it was closed."""
        self.keep(store, self.fact(1), self.fact(2))
        self.close(store, self.fact(1))
        assert set(self.of_deal(store, 7)) == {1, 2}

    def test_a_deal_without_cases_has_none(self, store: Store) -> None:
        """Nothing is found for a deal that no case is about, and there is no error."""
        assert self.of_deal(store, 7) == []


class StatementsContract(ListedFactsContract):
    """What :class:`~brokerage.storage.Statements` keep. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "statements"

    def ground(self, tx: Transaction) -> None:
        """Lay the deals that something is said of."""
        deals(tx, 7, 8)

    def fact(self, number: int) -> Statement:
        """Return what was said about deal 7 in that place."""
        return Statement(DealNumber(7), number, BoxNumber(2), _NOON, "Zoë: first\n\nthird ⚡\n", version=3)

    def key(self, fact: Statement) -> tuple[DealNumber, int]:
        """Return the deal and the place."""
        return fact.key

    def listed(self, tx: Transaction) -> Sequence[Any]:
        """Return the statements about deal 7."""
        return tx.statements.of_deal(DealNumber(7))

    def test_statements_come_by_place(self, store: Store) -> None:
        """What was said first comes first, whatever came first into the store."""
        self.keep(store, *(self.fact(place) for place in (2, 3, 1)))
        assert [statement.place for statement in store.read(self.listed)] == [1, 2, 3]

    def test_every_deal_has_statements_of_its_own(self, store: Store) -> None:
        """One place in two deals is two statements, and neither is among those of the other deal."""
        self.keep(store, self.fact(1), evolve(self.fact(1), deal=DealNumber(8)))
        assert [statement.deal for statement in store.read(self.listed)] == [7]

    def test_a_deal_without_statements_has_none(self, store: Store) -> None:
        """Nothing is found for a deal that nobody has said anything about, and there is no error."""
        assert list(store.read(self.listed)) == []
