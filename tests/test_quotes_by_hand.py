"""Quotes that were computed by hand, each with its way from the limits to the prices (spec P2–P8, P10).

The derivations are in minor units: cents, pence, yen, fils. Pi is the middle, M the margin on each side, R = Rc × Rm.
"""

from decimal import Decimal

import pytest
from attrs import frozen

from brokerage import FactorRule, Margin, Money, Rounding, Terms, quote

ON_SPREAD, ON_PRICE, LESSER = Margin
HALF_EVEN, DOWN, UP = Rounding
LOWEST, MEAN, SELLER, BUYER = FactorRule

Limits = tuple[str, str, str]
Rates = tuple[str, str, str, FactorRule]

ALONE = ("1", "1", LOWEST)


@frozen
class Row:
    """A quote: SPmin, BPmax and currency; Rc, both members' Rm and which counts; the rules; both prices; if capped."""

    limits: Limits
    rates: Rates
    margin: Margin
    rounding: Rounding
    prices: tuple[str, str]
    capped: bool = False

    def __str__(self) -> str:
        return "-".join((*self.limits, self.rates[0], self.rates[3].value, self.margin.value, self.rounding.value))


FULL = "1000000000000000"
LESS = "999999999999999"
WIDE, NARROW = ("80.00", "100.00", "USD"), ("90.00", "100.00", "USD")

HAND = [
    # the three margin rules: Pi 9000; M = 2000 × 0.1 = 200; M = 9000 × 0.1 = 900; the lesser of both, 200
    Row(WIDE, ("0.10", *ALONE), ON_SPREAD, HALF_EVEN, ("88.00", "92.00")),
    Row(WIDE, ("0.10", *ALONE), ON_PRICE, HALF_EVEN, ("81.00", "99.00")),
    Row(WIDE, ("0.10", *ALONE), LESSER, HALF_EVEN, ("88.00", "92.00")),
    # Pi 5000, M = 5000 × 0.2 = 1000 is less than 10000 × 0.2 = 2000
    Row(("0", "100.00", "USD"), ("0.2", *ALONE), LESSER, HALF_EVEN, ("40.00", "60.00")),
    # BPmax = 3 × SPmin: both rules ask for the same, 200 × 0.2 = 40
    Row(("1.00", "3.00", "USD"), ("0.2", *ALONE), LESSER, HALF_EVEN, ("1.60", "2.40")),
    # capped: Pi 9500, M = 950, but half the spread is 500; LESSER asks for 1000 × 0.1 = 100
    Row(NARROW, ("0.10", *ALONE), ON_PRICE, HALF_EVEN, ("90.00", "100.00"), capped=True),
    Row(NARROW, ("0.10", *ALONE), LESSER, HALF_EVEN, ("94.00", "96.00")),
    # one cent of spread: Pi 1999.5; 599.85 is capped at 0.5; the lesser is 0.3: 1999.2 and 1999.8
    Row(("19.99", "20.00", "EUR"), ("0.3", *ALONE), ON_PRICE, HALF_EVEN, ("19.99", "20.00"), capped=True),
    Row(("19.99", "20.00", "EUR"), ("0.3", *ALONE), LESSER, HALF_EVEN, ("19.99", "20.00")),
    # R = 1/2 takes the whole spread without being capped, R = 0 nothing
    Row(WIDE, ("0.5", *ALONE), ON_SPREAD, HALF_EVEN, ("80.00", "100.00")),
    Row(WIDE, ("0", *ALONE), ON_PRICE, HALF_EVEN, ("90.00", "90.00")),
    # SPmin = BPmax: no margin; equation 4 asked for one of 800
    Row(("80.00", "80.00", "USD"), ("0.10", *ALONE), ON_SPREAD, HALF_EVEN, ("80.00", "80.00")),
    Row(("80.00", "80.00", "USD"), ("0.10", *ALONE), ON_PRICE, HALF_EVEN, ("80.00", "80.00"), capped=True),
    Row(("80.00", "80.00", "USD"), ("0.10", *ALONE), LESSER, HALF_EVEN, ("80.00", "80.00")),
    # for nothing at all: every rule asks for nothing
    Row(("0", "0", "USD"), ("0.5", *ALONE), ON_PRICE, UP, ("0.00", "0.00")),
    # yen: Pi 50, M = 50 × 0.1 = 5
    Row(("0", "100", "JPY"), ("0.1", *ALONE), ON_PRICE, HALF_EVEN, ("45", "55")),
    # yen at R 0: Pi 0.5 goes to the even 0, Pi 1.5 to the even 2; down and up
    Row(("0", "1", "JPY"), ("0", *ALONE), ON_SPREAD, HALF_EVEN, ("0", "0")),
    Row(("0", "1", "JPY"), ("0", *ALONE), ON_SPREAD, DOWN, ("0", "0")),
    Row(("0", "1", "JPY"), ("0", *ALONE), ON_SPREAD, UP, ("1", "1")),
    Row(("1", "2", "JPY"), ("0", *ALONE), ON_SPREAD, HALF_EVEN, ("2", "2")),
    Row(("1", "2", "JPY"), ("0", *ALONE), ON_SPREAD, DOWN, ("1", "1")),
    # fils: Pi 1002.5, M = 5 × 0.1 = 0.5, exactly
    Row(("1.000", "1.005", "KWD"), ("0.1", *ALONE), ON_SPREAD, HALF_EVEN, ("1.002", "1.003")),
    # fils: Pi 2507.5, M = 15 × 0.25 = 3.75: 2503.75 and 2511.25
    Row(("2.500", "2.515", "KWD"), ("0.25", *ALONE), ON_SPREAD, HALF_EVEN, ("2.504", "2.511")),
    # fils: Pi 750.5, M = 750.5 × 0.0005 = 0.37525, below half the spread: 750.12475 and 750.87525
    Row(("0.750", "0.751", "KWD"), ("0.0005", *ALONE), ON_PRICE, HALF_EVEN, ("0.750", "0.751")),
    # ties, away from the middle: Pi 105, M = 10 × 0.25 = 2.5: 102.5 and 107.5, to even 102 and 108; down; up
    Row(("1.00", "1.10", "USD"), ("0.25", *ALONE), ON_SPREAD, HALF_EVEN, ("1.02", "1.08")),
    Row(("1.00", "1.10", "USD"), ("0.25", *ALONE), ON_SPREAD, DOWN, ("1.02", "1.07")),
    Row(("1.00", "1.10", "USD"), ("0.25", *ALONE), ON_SPREAD, UP, ("1.03", "1.08")),
    # ties, towards the middle: Pi 106, M = 2.5: 103.5 and 108.5, to even 104 and 108
    Row(("1.01", "1.11", "USD"), ("0.25", *ALONE), ON_SPREAD, HALF_EVEN, ("1.04", "1.08")),
    # the two factors, 1 and 0.8: R = 0.08, 0.09, 0.1, 0.08; M = 2000 × R = 160, 180, 200, 160
    Row(WIDE, ("0.1", "1", "0.8", LOWEST), ON_SPREAD, HALF_EVEN, ("88.40", "91.60")),
    Row(WIDE, ("0.1", "1", "0.8", MEAN), ON_SPREAD, HALF_EVEN, ("88.20", "91.80")),
    Row(WIDE, ("0.1", "1", "0.8", SELLER), ON_SPREAD, HALF_EVEN, ("88.00", "92.00")),
    Row(WIDE, ("0.1", "1", "0.8", BUYER), ON_SPREAD, HALF_EVEN, ("88.40", "91.60")),
    # a factor of 0: no margin
    Row(WIDE, ("0.5", "0", "1", LOWEST), ON_PRICE, HALF_EVEN, ("90.00", "90.00")),
    # R = 0.1 × 0.875 = 0.0875; M = 9000 × 0.0875 = 787.5: 8212.5 and 9787.5, to even 8212 and 9788; down; up
    Row(WIDE, ("0.1", "0.75", "1", MEAN), ON_PRICE, HALF_EVEN, ("82.12", "97.88")),
    Row(WIDE, ("0.1", "0.75", "1", MEAN), ON_PRICE, DOWN, ("82.12", "97.87")),
    Row(WIDE, ("0.1", "0.75", "1", MEAN), ON_PRICE, UP, ("82.13", "97.88")),
    # the smallest rate, 10**-18, of 10**12 pence: Pi 5 × 10**11, M = 10**-6, which only down (and up) can see
    Row(
        ("0", "10000000000", "GBP"), ("0.000000000000000001", *ALONE), ON_SPREAD, DOWN, ("4999999999.99", "5000000000")
    ),
    Row(
        ("0", "10000000000", "GBP"),
        ("0.000000000000000001", *ALONE),
        ON_SPREAD,
        HALF_EVEN,
        ("5000000000", "5000000000"),
    ),
    # the largest amounts: Pi 5 × 10**14, M = 10**14; nothing between equal ones; Pi 10**15 − 0.5, M = 0.5 or nothing
    Row(("0", FULL, "JPY"), ("0.1", *ALONE), ON_SPREAD, UP, ("400000000000000", "600000000000000")),
    Row((FULL, FULL, "JPY"), ("0.5", *ALONE), ON_PRICE, HALF_EVEN, (FULL, FULL), capped=True),
    Row((LESS, FULL, "JPY"), ("0.5", *ALONE), ON_SPREAD, HALF_EVEN, (LESS, FULL)),
    Row((LESS, FULL, "JPY"), ("0", *ALONE), ON_SPREAD, HALF_EVEN, (FULL, FULL)),
    Row((LESS, FULL, "JPY"), ("0", *ALONE), ON_SPREAD, DOWN, (LESS, LESS)),
]


@pytest.mark.parametrize("row", HAND, ids=str)
def test_quotes_by_hand(row: Row) -> None:
    """Quotes are those that were computed by hand."""
    low, high, currency = row.limits
    rate, seller, buyer, factor = row.rates
    offered = quote(low, high, currency, Terms(Decimal(rate), row.margin, factor, row.rounding), seller, buyer)
    selling, buying = (Money.of(price, currency) for price in row.prices)
    assert (selling, buying) == (offered.selling_price, offered.buying_price)
    assert Money(buying.units - selling.units, currency) == offered.commission
    assert row.capped == offered.capped


def test_the_table_is_large_enough() -> None:
    """The table has every margin rule, factor rule and rounding, and currencies of 0, 2 and 3 decimals."""
    assert len({str(row) + str(row.rates) for row in HAND}) == len(HAND) >= 25
    assert {row.margin for row in HAND} == set(Margin)
    assert {row.rounding for row in HAND} == set(Rounding)
    assert {row.rates[3] for row in HAND} == set(FactorRule)
    assert {row.limits[2] for row in HAND} >= {"JPY", "USD", "KWD"}
