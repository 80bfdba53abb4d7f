"""What a deal is charged with: fees by hand and by exact fractions, and charges that add up (spec A6, N6)."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage import Carriage, Policy, Rounding
from brokerage.money import MAX_AMOUNT, MAX_TOTAL
from brokerage.records.contractors import Service
from brokerage.records.deals import BROKER, Charge, Payee, Purpose, charged_for
from brokerage.records.numbers import BoxNumber
from brokerage.services.settlement.charging import FeeTerms, charges_of, fee_of, standing_carrier

CARL, PIA = BoxNumber(7), BoxNumber(9)
UNITS = st.integers(0, 20) | st.integers(0, MAX_AMOUNT)
RATES = st.decimals(0, 1, places=4) | st.sampled_from([Decimal(0), Decimal(1), Decimal("0.333333333333333333")])
SERVICES = st.builds(Service, st.just(CARL), UNITS, UNITS, RATES)


def exactly(value: Fraction, rounding: Rounding) -> int:
    """Round in the way of the standard library."""
    if rounding is Rounding.HALF_EVEN:
        return round(value)
    return floor(value) if rounding is Rounding.DOWN else ceil(value)


@pytest.mark.parametrize(
    ("service", "quantity", "amount", "fee"),
    [
        (Service(CARL), 3, 9200, 0),
        (Service(CARL, fixed=500), 3, 9200, 500),
        (Service(CARL, each=150), 3, 9200, 450),
        (Service(CARL, rate=Decimal("0.02")), 3, 9200, 184),
        (Service(CARL, 500, 150, Decimal("0.02")), 3, 9200, 1134),
        (Service(CARL, rate=Decimal("0.005")), 1, 100, 0),
        (Service(CARL, rate=Decimal("0.005")), 1, 300, 2),
        (Service(CARL, rate=Decimal(1)), 1, 9201, 9201),
    ],
    ids=["nothing", "a deal", "a unit", "a part", "all three", "half down to even", "half up to even", "all of it"],
)
def test_fees_by_hand(service: Service, quantity: int, amount: int, fee: int) -> None:
    """So much a deal, so much a unit, and a part of the amount, rounded by itself."""
    assert fee == fee_of(service, quantity, amount, Rounding.HALF_EVEN)


@given(service=SERVICES, quantity=st.integers(1, 10**6), amount=UNITS, rounding=st.sampled_from(Rounding))
def test_a_fee_is_an_exact_fraction_rounded_once(
    service: Service, quantity: int, amount: int, rounding: Rounding
) -> None:
    """Whatever the terms, the fee is a whole number of minor units, made of exact fractions."""
    fee = fee_of(service, quantity, amount, rounding)
    part = exactly(Fraction(service.rate) * amount, rounding)
    assert (type(fee), fee) == (int, service.fixed + service.each * quantity + part)


@given(service=SERVICES, quantity=st.integers(1, 100), amount=UNITS, more=UNITS, rounding=st.sampled_from(Rounding))
def test_a_fee_never_falls_as_the_price_rises(
    service: Service, quantity: int, amount: int, more: int, rounding: Rounding
) -> None:
    """So candidates in the order of prices are in the order of totals too, and no price is cheaper all told."""
    low, high = (FeeTerms(service, service, rounding).fees(quantity, units) for units in (amount, amount + more))
    assert sum(fee.units for fee in low) <= sum(fee.units for fee in high)


def test_the_payment_provider_takes_its_part_of_price_and_carriage() -> None:
    """The carrier's part is one of the price of the goods, the payment provider's of what is really paid."""
    terms = FeeTerms(Service(CARL, 800, rate=Decimal("0.1")), Service(PIA, 30, rate=Decimal("0.01")))
    assert terms.fees(1, 9000) == (
        Charge(Payee("member", CARL), 1700, Purpose.CARRIAGE),
        Charge(Payee("member", PIA), 30 + 107, Purpose.PAYMENT_FEE),
    )


def test_a_fee_of_nothing_is_no_charge() -> None:
    """Nobody is named who gets nothing."""
    nothing, one = Service(CARL), Service(PIA, fixed=1)
    assert FeeTerms().fees(1, 9200) == ()
    assert FeeTerms(nothing, nothing).fees(1, 9200) == ()
    assert [fee.purpose for fee in FeeTerms(one, nothing).fees(1, 0)] == [Purpose.CARRIAGE]
    assert [fee.purpose for fee in FeeTerms(nothing, one).fees(1, 0)] == [Purpose.PAYMENT_FEE]


def test_what_is_flat() -> None:
    """Fees are the same whatever the price is unless somebody takes a part of it."""
    flat, part = Service(CARL, 5, 6), Service(CARL, 5, 6, Decimal("0.1"))
    standing = Charge(Payee("Cart", None, "account"), 5, Purpose.CARRIAGE)
    assert [FeeTerms(*both).is_flat for both in ((), (flat, flat), (standing, None), (part, None), (None, part))] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_the_standing_carrier() -> None:
    """The policy's carrier is charged for in the currencies in which it takes a fee, and in no other."""
    policy = Policy(carriage=Carriage("Cart", "account", {"USD": "5.50", "EUR": 0}))
    assert standing_carrier(policy, "USD") == Charge(Payee("Cart", None, "account"), 550, Purpose.CARRIAGE)
    assert [standing_carrier(policy, code) for code in ("EUR", "JPY")] == [None, None]
    assert standing_carrier(Policy(), "USD") is None
    terms = FeeTerms(standing_carrier(policy, "USD"), Service(PIA, rate=Decimal("0.1")))
    assert [fee.units for fee in terms.fees(3, 9200)] == [550, 975]


@given(selling=UNITS, commission=UNITS, carrier=SERVICES, provider=SERVICES, quantity=st.integers(1, 10))
def test_charges_add_up_to_what_the_buyer_pays(
    selling: int, commission: int, carrier: Service, provider: Service, quantity: int
) -> None:
    """Seller's share and commission are the buying price, and everything beside them is a fee with its payee."""
    buying = selling + commission
    fees = FeeTerms(carrier, provider).fees(quantity, buying)
    charges = charges_of(BoxNumber(3), selling, buying, fees)
    assert charges[:2] == (
        Charge(Payee("member", BoxNumber(3)), selling, Purpose.SELLERS_SHARE),
        Charge(BROKER, commission, Purpose.COMMISSION),
    )
    assert sum(charge.units for charge in charges) == buying + sum(charged_for(fees, purpose) for purpose in Purpose)


def test_the_dearest_deal_can_be_paid() -> None:
    """At the highest price and the highest terms, the total is still one that buyer and bank can name."""
    dearest = Service(CARL, MAX_AMOUNT, MAX_AMOUNT, Decimal(1))
    fees = FeeTerms(dearest, dearest).fees(1, MAX_AMOUNT)
    assert MAX_AMOUNT + sum(fee.units for fee in fees) == MAX_TOTAL
