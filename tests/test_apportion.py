"""Amounts are divided in proportion, to the minor unit, and what is left over goes to the largest remainders (A8)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage.errors import InvalidAmount
from brokerage.money import MAX_AMOUNT, MAX_TOTAL, apportion

pytestmark = pytest.mark.once

UNITS = st.integers(0, 20) | st.integers(0, MAX_TOTAL)
WEIGHTS = st.lists(st.integers(0, 9) | st.integers(0, MAX_AMOUNT), min_size=1, max_size=8).filter(any)


@pytest.mark.parametrize(
    ("units", "weights", "parts"),
    [
        (46, [88, 4], (44, 2)),
        (1, [88, 4], (1, 0)),
        (10, [88, 4], (10, 0)),
        (12, [88, 4], (11, 1)),
        (1, [1, 1], (1, 0)),
        (3, [1, 1], (2, 1)),
        (2, [1, 1, 1], (1, 1, 0)),
        (5, [1, 1, 1], (2, 2, 1)),
        (10, [1, 2, 4], (1, 3, 6)),
        (1, [0, 1, 0], (0, 1, 0)),
        (7, [3], (7,)),
        (0, [88, 4], (0, 0)),
        (0, [0, 0], (0, 0)),
        (0, [], ()),
    ],
)
def test_parts_by_hand(units: int, weights: list[int], parts: tuple[int, ...]) -> None:
    """Each part is its exact proportion rounded down, and one more for the largest remainders, the first of equals."""
    assert parts == apportion(units, weights)


@pytest.mark.parametrize("weights", [[], [0], [0, 0, 0]])
def test_nothing_to_divide_by(weights: list[int]) -> None:
    """Something is not divided among those who bear nothing, and the error says what was to be divided."""
    with pytest.raises(InvalidAmount) as caught:
        apportion(7, weights)
    assert (caught.value.field, caught.value.value) == ("units", 7)
    assert caught.value.limit
    assert caught.value.remedy


@given(units=UNITS, weights=WEIGHTS)
def test_parts_add_up(units: int, weights: list[int]) -> None:
    """No minor unit is lost or made, and whoever bears nothing gets nothing."""
    parts = apportion(units, weights)
    assert sum(parts) == units
    assert len(parts) == len(weights)
    assert [part for part, weight in zip(parts, weights, strict=True) if not weight and part] == []


@given(units=UNITS, weights=WEIGHTS)
def test_parts_are_within_a_unit_of_the_proportion(units: int, weights: list[int]) -> None:
    """Each part is less than a minor unit away from what would be exact."""
    total = sum(weights)
    for part, weight in zip(apportion(units, weights), weights, strict=True):
        assert abs(part - Fraction(units * weight, total)) < 1


@given(units=UNITS, weights=WEIGHTS)
def test_larger_remainders_come_first(units: int, weights: list[int]) -> None:
    """Nobody is rounded up before somebody with a larger remainder, or with an equal one and an earlier place."""
    total = sum(weights)
    exact = [Fraction(units * weight, total) for weight in weights]
    up = [part > share for part, share in zip(apportion(units, weights), exact, strict=True)]
    ranks = sorted(range(len(weights)), key=lambda at: (-(exact[at] % 1), at))
    raised = [up[at] for at in ranks]
    assert raised == sorted(raised, reverse=True)


@given(units=UNITS, weights=WEIGHTS)
def test_a_part_is_never_more_than_what_it_is_taken_from(units: int, weights: list[int]) -> None:
    """Of a refund that is at most the sum of the charges, no charge bears more than itself."""
    of_all = min(units, sum(weights))
    assert all(part <= weight for part, weight in zip(apportion(of_all, weights), weights, strict=True))
