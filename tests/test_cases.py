"""Cases as values: what is in question, how they are closed, and how they show themselves (spec A1, A7, A8)."""

from datetime import timedelta

import pytest
from attrs import evolve

from brokerage import DealNumber, Money
from brokerage.records.cases import Case, CaseKind, closed, of_units
from brokerage.records.ledger import Debtor
from brokerage.records.notices import PaymentNotice
from brokerage.records.numbers import CaseNumber
from builders import START

HOUR = timedelta(hours=1)
DOUBT = Case(CaseNumber(1), CaseKind.QUARANTINE, START, "unknown deal")
CLAIM = Case(
    CaseNumber(2),
    CaseKind.CLAIM,
    START,
    "lost",
    DealNumber(7),
    PaymentNotice("bank", "1", "R", 5, "USD"),
    "payout:7:0",
    Debtor.CARRIER,
    88_00,
    "USD",
    version=3,
)


def test_the_kinds_of_cases() -> None:
    """The manager is asked for six things."""
    assert [kind.value for kind in CaseKind] == ["quarantine", "suspense", "effect", "dispute", "claim", "tender"]


@pytest.mark.parametrize(
    ("case", "amount"),
    [
        (DOUBT, None),
        (CLAIM, Money(88_00, "USD")),
        (evolve(CLAIM, units=-5), Money(-5, "USD")),
        (evolve(CLAIM, units=0), Money(0, "USD")),
        (evolve(CLAIM, currency="JPY"), Money(88_00, "JPY")),
    ],
)
def test_the_money_in_question(case: Case, amount: Money | None) -> None:
    """It is an amount of the case's currency, negative where it went out; a case without one is about no money."""
    assert amount == case.amount


def test_closing() -> None:
    """A case is closed by its time and outcome, as its next version, and by nothing else."""
    assert evolve(CLAIM, closed_at=START + HOUR, outcome="paid", version=4) == closed(CLAIM, START + HOUR, "paid")


def test_another_amount() -> None:
    """What is left of a case is its next version; whatever else changes can be said along."""
    assert evolve(CLAIM, units=3, version=4) == of_units(CLAIM, 3)
    assert evolve(CLAIM, units=3, reason="half", version=4) == of_units(CLAIM, 3, reason="half")


def test_a_case_as_a_table() -> None:
    """Its table has one row: what it is, what it is about, and how it was closed."""
    [row] = closed(CLAIM, START + HOUR, "paid").table().rows
    about = (DealNumber(7), "payout:7:0", "carrier", Money(88_00, "USD"))
    assert tuple(row) == (2, "claim", START, *about, "lost", START + HOUR, "paid")
    [row] = DOUBT.table().rows
    assert tuple(row) == (1, "quarantine", START, None, None, None, None, "unknown deal", None, "")
    assert "lost" in repr(CLAIM)
