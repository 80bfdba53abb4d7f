"""Rating is exact: five measures by hand, ranks against counting who is better, and quantiles (spec M4)."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage import Measure, Rating
from brokerage.errors import InvalidChoice, InvalidInput, InvalidRate
from brokerage.rating import Contribution, Standing, standings
from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import Tally
from builders import DAY, START

pytestmark = pytest.mark.once

Row = tuple[int, dict[str, tuple[int, int, int, int]]]
"""Days of membership, and for each currency: sold, sold for, bought, bought for."""

_figures = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 2), st.integers(0, 4))
ROWS = st.lists(st.tuples(st.integers(0, 4), st.dictionaries(st.sampled_from(["EUR", "USD"]), _figures)), max_size=8)


def contributions(rows: Sequence[Row]) -> list[Contribution]:
    """Return members with the boxes 1, 2, …"""
    return [
        Contribution(
            BoxNumber(box),
            START - days * DAY,
            tuple(
                Tally(BoxNumber(box), "", currency, sold=sold, sold_units=got, bought=bought, bought_units=paid)
                for currency, (sold, got, bought, paid) in figures.items()
            ),
        )
        for box, (days, figures) in enumerate(rows, start=1)
    ]


def naive_score(measure: Measure, deals: int, units: int, days: int) -> Fraction:
    """Return a score per day, by the words of the requirement; no time at all is a microsecond."""
    period = Fraction(days) if days else Fraction(1, 86_400_000_000)
    return {
        "sum of amounts": Fraction(units),
        "sum of amounts / membership period": units / period,
        "number of deals": Fraction(deals),
        "number of deals / membership period": deals / period,
        "sum of amounts / number of deals / membership period": Fraction(units, deals) / period,
    }[measure.value]


def naive_best(measure: Measure, rows: Sequence[Row], box: int) -> Fraction | None:
    """Return the least part of those ranked who are better than a member, over all rankings, by comparing each."""
    currencies = ["EUR", "USD"] if "amounts" in measure.value else [None]
    parts = []
    for currency in currencies:
        scores: dict[int, Fraction] = {}
        for other, (days, figures) in enumerate(rows, start=1):
            chosen = [found for code, found in figures.items() if currency in (None, code)]
            deals = sum(sold + bought for sold, _, bought, _ in chosen)
            units = sum(got + paid for sold, got, bought, paid in chosen if sold + bought)
            if deals:
                scores[other] = naive_score(measure, deals, units, days)
        if box in scores:
            parts.append(Fraction(sum(score > scores[box] for score in scores.values()), len(scores)))
    return min(parts, default=None)


@pytest.mark.parametrize("measure", Measure)
@given(rows=ROWS)
def test_standings_are_what_comparing_everybody_gives(measure: Measure, rows: list[Row]) -> None:
    """Each member's best standing has ahead of it exactly those who are better, whatever ties and currencies."""
    found = standings(measure, contributions(rows), START)
    for box in range(1, len(rows) + 1):
        standing = found.get(BoxNumber(box))
        assert naive_best(measure, rows, box) == (None if standing is None else standing.ahead)


@given(
    ratios=st.lists(st.tuples(st.integers(1, 10**12), st.integers(1, 10**16)), min_size=2, max_size=2),
    shift=st.integers(-1, 1),
)
def test_scores_that_differ_by_almost_nothing_differ(ratios: list[tuple[int, int]], shift: int) -> None:
    """Two members are tied exactly when their scores are equal as fractions, however large and close they are."""
    (units, period), (factor, _) = ratios
    rows = [(units, period), (units * factor + shift, period * factor)]
    members = [
        Contribution(
            BoxNumber(box),
            START - timedelta(microseconds=min(microseconds, 10**16)),
            (Tally(BoxNumber(box), "", "USD", sold=1, sold_units=amount),),
        )
        for box, (amount, microseconds) in enumerate(rows, start=1)
    ]
    one, other = (Fraction(amount, min(microseconds, 10**16)) for amount, microseconds in rows)
    found = standings(Measure.AMOUNT_PER_PERIOD, members, START)
    ranks = (found[BoxNumber(1)].rank, found[BoxNumber(2)].rank)
    assert ranks == (1 + (other > one), 1 + (one > other))


@pytest.mark.parametrize(
    ("measure", "ranks"),
    [
        (Measure.AMOUNT, [1, 2, 2]),
        (Measure.AMOUNT_PER_PERIOD, [3, 1, 2]),
        (Measure.NUMBER, [1, 3, 2]),
        (Measure.NUMBER_PER_PERIOD, [1, 1, 3]),
        (Measure.MEAN_AMOUNT_PER_PERIOD, [3, 1, 2]),
    ],
)
def test_worked_by_hand(measure: Measure, ranks: list[int]) -> None:
    """Three members: 900 in 4 deals and 40 days, 600 in 1 and 10, 600 in 2 and 24.

    Per day: 22.5, 60, 25; deals per day 1/10, 1/10, 1/12; mean per day 5.625, 60, 12.5.
    """
    rows: list[Row] = [
        (40, {"USD": (3, 800, 1, 100)}),
        (10, {"USD": (0, 0, 1, 600)}),
        (24, {"USD": (2, 600, 0, 0)}),
    ]
    found = standings(measure, contributions(rows), START)
    assert ranks == [found[BoxNumber(box)].rank for box in (1, 2, 3)]


def test_a_quantile_goes_by_who_is_ahead() -> None:
    """Of ten members the best tenth is the first alone; two tied at the edge are both in, and the next is out."""
    rating = Rating(quantiles=[("0.1", "0.8"), ("0.2", "0.9")])
    assert [rating.factor(Standing(rank, 10)) for rank in (1, 2, 3)] == [Decimal("0.8"), Decimal("0.9"), Decimal(1)]
    tied = standings(Measure.NUMBER, contributions([(1, {"USD": (deals, 0, 0, 0)}) for deals in (9, 9, 8, 7)]), START)
    assert [rating.factor(standing) for standing in tied.values()] == [Decimal(f) for f in ("0.8", "0.8", "1", "1")]


def test_somebody_alone_is_the_best() -> None:
    """Nobody is ahead of the only one, who reaches the first quantile."""
    assert Rating().factor(Standing(1, 1)) == Decimal("0.9")


def test_a_whole_part_reaches_everybody() -> None:
    """A last part of 1 gives its factor to all the rest."""
    assert Rating(quantiles=[("1", "0.7")]).factor(Standing(5, 5)) == Decimal("0.7")


@pytest.mark.parametrize(
    ("choices", "error"),
    [
        ({"quantiles": []}, InvalidChoice),
        ({"quantiles": None}, InvalidChoice),
        ({"quantiles": "0.1"}, InvalidChoice),
        ({"quantiles": [("0.1", "0.9", "1")]}, InvalidChoice),
        ({"quantiles": [("0", "0.9")]}, InvalidChoice),
        ({"quantiles": [("1.1", "0.9")]}, InvalidRate),
        ({"quantiles": [("0.1", "1.1")]}, InvalidRate),
        ({"quantiles": [(0.1, "0.9")]}, InvalidRate),
        ({"quantiles": [("0.1", "0.8"), ("0.1", "0.9")]}, InvalidChoice),
        ({"quantiles": [("0.1", "0.9"), ("0.2", "0.8")]}, InvalidChoice),
        ({"measure": "sum of amounts"}, InvalidChoice),
        ({"initial": -DAY}, InvalidChoice),
        ({"initial": 90}, InvalidChoice),
        ({"every": timedelta(0)}, InvalidChoice),
        ({"every": None}, InvalidChoice),
    ],
)
def test_what_is_no_rating_is_refused(choices: dict[str, Any], error: type[InvalidInput]) -> None:
    """A measure, a table or a time that makes no sense is refused under its name."""
    with pytest.raises(error) as refused:
        Rating(**choices)
    assert [refused.value.field] == list(choices)


def test_ratings_compare() -> None:
    """Numbers that are equal make equal ratings, however they are written."""
    assert Rating(quantiles=[("0.10", "0.90")]) == Rating(quantiles=((Decimal("0.1"), Decimal("0.9")),))
    assert Rating(initial=timedelta(0)).initial == timedelta(0)
