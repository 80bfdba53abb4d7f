"""Amounts and rates come in exactly or not at all (spec V1, P7), and money shows its currency's digits."""

import enum
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import Money
from brokerage.errors import InvalidAmount, InvalidRate, UnknownCurrency
from brokerage.money import MAX_AMOUNT, currency_exponent, exact_rate, minor_units

EXPONENTS = {"JPY": 0, "USD": 2, "KWD": 3, "CLF": 4}
LARGEST = {
    "JPY": "1000000000000000",
    "USD": "10000000000000.00",
    "KWD": "1000000000000.000",
    "CLF": "100000000000.0000",
}
ONE_MORE = {
    "JPY": "1000000000000001",
    "USD": "10000000000000.01",
    "KWD": "1000000000000.001",
    "CLF": "100000000000.0001",
}


def kind(value: object) -> str:
    """Name a case by the type of its value: some values are too long to be written out."""
    return type(value).__name__


class Pieces(enum.IntEnum):
    """Integers that have names."""

    DOZEN = 12


@pytest.mark.parametrize(("currency", "exponent"), EXPONENTS.items())
def test_exponents(currency: str, exponent: int) -> None:
    """A currency has the decimals that ISO 4217 gives it."""
    assert exponent == currency_exponent(currency)


@pytest.mark.parametrize(
    ("value", "currency", "units"),
    [
        ("80.00", "USD", 8000),
        ("80.0", "USD", 8000),
        ("80", "USD", 8000),
        ("0", "USD", 0),
        ("0.00", "USD", 0),
        ("0.01", "USD", 1),
        ("80", "JPY", 80),
        ("1.234", "KWD", 1234),
        ("1.2", "KWD", 1200),
        ("1.2345", "CLF", 12345),
        ("0000080.00", "USD", 8000),
        ("0" * 5000 + "1.5", "USD", 150),
        ("0" * 5000, "JPY", 0),
        (8000, "USD", 8000),
        (0, "USD", 0),
        (MAX_AMOUNT, "KWD", MAX_AMOUNT),
        (Pieces.DOZEN, "USD", 12),
        (Decimal("80"), "USD", 8000),
        (Decimal("80.5"), "USD", 8050),
        (Decimal("80.500"), "USD", 8050),
        (Decimal("8E+1"), "USD", 8000),
        (Decimal("1E-2"), "USD", 1),
        (Decimal("-0"), "USD", 0),
        (Decimal("0E+999999999999"), "USD", 0),
        (Decimal("0E-999999999999"), "USD", 0),
    ],
)
def test_accepted_amounts(value: object, currency: str, units: int) -> None:
    """Minor units, plain digits and finite decimals stand for exactly their amount."""
    taken = minor_units(value, currency)
    assert units == taken
    assert int is type(taken)


@pytest.mark.parametrize("currency", EXPONENTS)
def test_the_largest_amount(currency: str) -> None:
    """10**15 minor units are accepted in every form, and one more in none."""
    assert minor_units(MAX_AMOUNT, currency) == MAX_AMOUNT
    assert minor_units(LARGEST[currency], currency) == MAX_AMOUNT
    assert minor_units(Decimal(LARGEST[currency]), currency) == MAX_AMOUNT
    assert minor_units("0" * 5000 + LARGEST[currency], currency) == MAX_AMOUNT
    for value in (MAX_AMOUNT + 1, ONE_MORE[currency], Decimal(ONE_MORE[currency]), "0" * 5000 + ONE_MORE[currency]):
        with pytest.raises(InvalidAmount) as caught:
            minor_units(value, currency)
        assert "10**15" in caught.value.limit


@pytest.mark.parametrize("currency", EXPONENTS)
def test_one_decimal_too_many(currency: str) -> None:
    """A decimal more than the currency has is refused, even when there is none to spare."""
    text = "1." + "0" * EXPONENTS[currency] + "1"
    for value in (text, Decimal(text)):
        with pytest.raises(InvalidAmount) as caught:
            minor_units(value, currency)
        assert f"at most {EXPONENTS[currency]} decimals" in caught.value.limit


@pytest.mark.parametrize(
    "value",
    [
        9.5,
        80.0,
        0.0,
        float("nan"),
        float("inf"),
        True,
        False,
        None,
        b"80",
        [80],
        Fraction(80),
        80j,
        Money(8000, "USD"),
        numpy.int64(80),
        numpy.float64(80),
        numpy.bool_(True),
        "",
        " ",
        ".",
        "80.",
        ".5",
        "+80",
        "-80",
        "-0",
        " 80",
        "80 ",
        "80\n",
        "8 0",
        "80,00",
        "1,000",
        "1_000",
        "8e1",
        "8E1",
        "80.0.0",
        "0x50",
        "nan",
        "NaN",
        "inf",
        "Infinity",
        "٨٠",
        "８０",
        "८०",
        "8０",
        "²",
        "½",
        "$80",
        "80\u200b",
        "80\x00",
        "80\ud800",
        -1,
        -MAX_AMOUNT,
        MAX_AMOUNT + 1,
        10**5000,
        -(10**5000),
        "1" * 5000,
        "0.001",
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("-Infinity"),
        Decimal("-1"),
        Decimal("-0.01"),
        Decimal("0.001"),
        Decimal("80.005"),
        Decimal("1E+16"),
        Decimal("1E+999999999999"),
        Decimal("-1E+999999999999"),
        Decimal("1E-999999999999"),
    ],
    ids=kind,
)
def test_refused_amounts(value: object) -> None:
    """Whatever is not an exact plain amount is refused with the field, the value, what is possible and what to do."""
    with pytest.raises(InvalidAmount) as caught:
        minor_units(value, "USD", "price")
    error = caught.value
    assert error.field == "price"
    assert value is error.value
    assert error.limit
    assert error.remedy
    assert str(error).startswith("price: ")
    assert len(str(error)) < 400


def test_a_float_is_told_what_to_pass() -> None:
    """The error for a float names the forms that are exact."""
    with pytest.raises(InvalidAmount, match=r'text such as "80\.000", a Decimal, or minor units'):
        minor_units(9.5, "KWD")


@pytest.mark.parametrize(
    "code", ["usd", "Usd", "XXQ", "XAU", "XTS", "XXX", "", " USD", "USD ", "ＵＳＤ", "840", 840, None, b"USD", [], True]
)
def test_unknown_currencies(code: object) -> None:
    """A code that is not written as in ISO 4217, or has no minor unit, is refused under the name of its field."""
    with pytest.raises(UnknownCurrency) as caught:
        currency_exponent(code, "paid_in")
    assert caught.value.field == "paid_in"
    assert code == caught.value.value
    assert caught.value.limit
    assert caught.value.remedy
    with pytest.raises(UnknownCurrency):
        minor_units("80", code)  # type: ignore[arg-type]


@given(st.sampled_from(sorted(EXPONENTS)), st.integers(0, MAX_AMOUNT), st.integers(0, 30))
@settings(deadline=None)
def test_every_amount_comes_back(currency: str, units: int, zeros: int) -> None:
    """What money writes is read as the same amount, with any number of leading zeros, as text and as a decimal."""
    money = Money(units, currency)
    assert units == minor_units("0" * zeros + money.text(), currency)
    assert units == minor_units(Decimal(money.text()), currency)
    assert units == minor_units(money.decimal, currency)
    assert money == Money.of(money.text(), currency)


@given(st.text(max_size=12))
@settings(deadline=None)
def test_any_text_is_exact_or_refused(text: str) -> None:
    """A text is taken only if it is digits with at most one point between them, and means what Decimal says."""
    plain = text.count(".") <= 1 and not text.startswith(".") and not text.endswith(".")
    plain = plain and bool(text) and set(text) <= set("0123456789.")
    try:
        units = minor_units(text, "USD")
    except InvalidAmount:
        assert not plain or Decimal(text) * 100 > MAX_AMOUNT or len(text.partition(".")[2]) > 2
    else:
        assert plain
        assert Decimal(text) * 100 == units


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(0, "USD"), "0.00 USD"),
        (Money(1, "USD"), "0.01 USD"),
        (Money(-1, "USD"), "-0.01 USD"),
        (Money(-12345, "USD"), "-123.45 USD"),
        (Money(9200, "JPY"), "9200 JPY"),
        (Money(-7, "JPY"), "-7 JPY"),
        (Money(1234, "KWD"), "1.234 KWD"),
        (Money(5, "CLF"), "0.0005 CLF"),
        (Money(MAX_AMOUNT, "USD"), "10000000000000.00 USD"),
    ],
)
def test_money_shows_its_digits(money: Money, text: str) -> None:
    """Money is written with the currency's decimals and its code, and equals its decimal."""
    assert text == str(money)
    assert Decimal(text.split()[0]) == money.decimal
    assert f"Money('{text.split()[0]}', '{money.currency}')" == repr(money)


def test_money_is_exact_whatever_the_decimal_context() -> None:
    """The decimal of an amount is exact also where the program works with few digits."""
    with localcontext() as context:
        context.prec = 5
        shown = Money(123_456_789, "USD").decimal
    assert Decimal("1234567.89") == shown


def test_amounts_are_exact_whatever_the_decimal_context() -> None:
    """An amount and a rate are read exactly also where the program works with few digits."""
    with localcontext() as context:
        context.prec = 3
        assert minor_units(Decimal("1234567.89"), "USD") == 123_456_789
        assert Decimal("0.123456") == exact_rate("0.123456", "rate", Decimal("0.5"))
        assert Decimal("0.123456") == exact_rate(Decimal("0.123456"), "rate", Decimal("0.5"))


def test_money_has_no_order() -> None:
    """Amounts of money compare for equality only, and with their currency."""
    assert Money(1, "USD") != Money(1, "EUR")
    with pytest.raises(TypeError):
        sorted([Money(1, "USD"), Money(2, "USD")])  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        ("0.10", Decimal("0.1")),
        ("0", Decimal(0)),
        ("0.5", Decimal("0.5")),
        ("0.50", Decimal("0.5")),
        ("0." + "0" * 17 + "1", Decimal("1E-18")),
        (0, Decimal(0)),
        (Decimal("0.25"), Decimal("0.25")),
        (Decimal("5E-1"), Decimal("0.5")),
        (Decimal("-0"), Decimal(0)),
        (Decimal("0E-999999999"), Decimal(0)),
    ],
)
def test_accepted_rates(value: object, rate: Decimal) -> None:
    """Plain digits, integers and finite decimals within the range stand for exactly their rate."""
    taken = exact_rate(value, "rate", Decimal("0.5"))
    assert rate == taken
    assert not taken.is_signed()


@pytest.mark.parametrize(
    "value",
    [
        0.1,
        0.0,
        True,
        False,
        None,
        Fraction(1, 10),
        numpy.float64(0.1),
        numpy.int64(0),
        "",
        ".1",
        "1.",
        "0,1",
        "10%",
        "1e-1",
        "+0.1",
        "-0.1",
        " 0.1",
        "0_1",
        "٠.١",
        "０.１",
        "nan",
        "0.51",
        "1",
        "0." + "0" * 18 + "1",
        "0." + "1" * 5000,
        1,
        -1,
        10**5000,
        Decimal("0.5000000001"),
        Decimal("-0.1"),
        Decimal("1E-19"),
        Decimal("1E-999999999999"),
        Decimal("1E+999999999999"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("-Infinity"),
    ],
    ids=kind,
)
def test_refused_rates(value: object) -> None:
    """Whatever is not an exact decimal from 0 to the highest is refused with its field, value, limit and remedy."""
    with pytest.raises(InvalidRate) as caught:
        exact_rate(value, "rate", Decimal("0.5"))
    assert caught.value.field == "rate"
    assert value is caught.value.value
    assert caught.value.limit
    assert caught.value.remedy
    assert len(str(caught.value)) < 400
