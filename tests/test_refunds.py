"""A refund goes back by the ways the money came, the last payment first (spec A1, A8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage.records.deals import Means, Payment
from brokerage.services.settlement.refunds import spread


def payments(*units: int) -> tuple[Payment, ...]:
    """Return payments of some amounts, each under its place."""
    return tuple(Payment(("bank", str(place)), Means.BANK_TRANSFER, each) for place, each in enumerate(units))


@pytest.mark.parametrize(
    ("paid", "units", "back"),
    [
        ((60, 32), 92, [("1", 32), ("0", 60)]),
        ((60, 32), 32, [("1", 32)]),
        ((60, 32), 33, [("1", 32), ("0", 1)]),
        ((60, 32), 31, [("1", 31)]),
        ((60, 32), 0, []),
        ((60, 0, 32), 40, [("2", 32), ("0", 8)]),
        ((), 0, []),
    ],
)
def test_the_last_payment_goes_back_first(paid: tuple[int, ...], units: int, back: list[tuple[str, int]]) -> None:
    """Each payment goes back up to what it was, and of none of which nothing goes back anything is said."""
    assert back == [(payment.key[1], part) for payment, part in spread(payments(*paid), units)]


@given(paid=st.lists(st.integers(0, 9), max_size=6), data=st.data())
def test_what_goes_back_adds_up(paid: list[int], data: st.DataObject) -> None:
    """Whatever came in suffices for: parts add up, none exceeds its payment, and only the last that is used is cut."""
    units = data.draw(st.integers(0, sum(paid)))
    parts = spread(payments(*paid), units)
    assert units == sum(part for _, part in parts)
    assert all(0 < part <= payment.units for payment, part in parts)
    assert [payment for payment, part in parts[:-1] if part < payment.units] == []
    keys = [int(payment.key[1]) for payment, _ in parts]
    assert keys == sorted(keys, reverse=True)
