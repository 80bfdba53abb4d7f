"""Judges rank every bid once, by the figures that they name, and say why (spec N4, N7)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage.errors import InvalidChoice, InvalidRate, JudgeError
from brokerage.judging import (
    Assessed,
    GreatestDemand,
    Judge,
    LowestPrice,
    LowestTotal,
    Ranked,
    WeightedCriteria,
    abnormally_low,
    ranking,
)
from brokerage.pricing import Rounding, commission_on
from brokerage.records.numbers import Arrival, OfferNumber
from brokerage.records.tenders import Quality

pytestmark = pytest.mark.once

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
WEIGHED = WeightedCriteria({"price": "0.5", "units": "0.2", "delivery": "0.1", "warranty": "0.1", "-noise": "0.1"})
SHIPPED: Mapping[str, Judge] = {
    "lowest price": LowestPrice(),
    "lowest total": LowestTotal(),
    "greatest demand": GreatestDemand(),
    "weighted": WEIGHED,
}


def bid(
    number: int,
    price: int,
    units: int = 1,
    total: int | None = None,
    delivery: date | None = None,
    arrival: int | None = None,
    **qualities: int,
) -> Assessed:
    """A bid; unless it says otherwise, for one unit, all told at its price, and arrived in the order of the numbers."""
    return Assessed(
        bid=OfferNumber(number),
        arrival=Arrival(number if arrival is None else arrival),
        currency="USD",
        price=price,
        units=units,
        total=price * units if total is None else total,
        delivery=delivery,
        qualities=tuple(Quality(name, Decimal(value)) for name, value in qualities.items()),
    )


def order(judge: Judge, *bids: Assessed) -> list[int]:
    """Return the numbers of the bids, best first."""
    return [place.bid for place in ranking("a judge", judge, bids)]


bids_of_any_kind = st.lists(
    st.builds(
        lambda price, units, extra, day, warranty, noise: (price, units, extra, day, warranty, noise),
        st.integers(0, 5),
        st.integers(1, 4),
        st.integers(0, 3),
        st.sampled_from((None, JUNE, JULY)),
        st.none() | st.integers(0, 3),
        st.none() | st.integers(0, 3),
    ),
    min_size=1,
    max_size=8,
).flatmap(
    lambda shapes: st.permutations(range(1, len(shapes) + 1)).map(
        lambda arrivals: [
            bid(
                number,
                price,
                units,
                price * units + extra,
                day,
                arrival,
                **{name: value for name, value in (("warranty", warranty), ("noise", noise)) if value is not None},
            )
            for number, ((price, units, extra, day, warranty, noise), arrival) in enumerate(
                zip(shapes, arrivals, strict=True), start=1
            )
        ]
    )
)


TABLE: list[tuple[str, Judge, tuple[Assessed, ...], list[int]]] = [
    ("the lowest price", LowestPrice(), (bid(1, 300), bid(2, 100), bid(3, 200)), [2, 3, 1]),
    ("of equal prices the earlier", LowestPrice(), (bid(1, 100, arrival=9), bid(2, 100, arrival=4)), [2, 1]),
    ("not the total", LowestPrice(), (bid(1, 100, total=900), bid(2, 101, total=101)), [1, 2]),
    ("the total, not the price", LowestTotal(), (bid(1, 100, total=900), bid(2, 101, total=101)), [2, 1]),
    ("100/3 is less than 6667/200", LowestTotal(), (bid(1, 1, 200, 6667), bid(2, 1, 3, 100)), [2, 1]),
    ("equal fractions: the earlier", LowestTotal(), (bid(1, 1, 6, 20, arrival=2), bid(2, 1, 3, 10, arrival=1)), [2, 1]),
    ("most units", GreatestDemand(), (bid(1, 100, 10), bid(2, 900, 11)), [2, 1]),
    ("equal units: the price", GreatestDemand(), (bid(1, 101, 10), bid(2, 100, 10)), [2, 1]),
    ("equal both: the earlier", GreatestDemand(), (bid(1, 100, 10, arrival=2), bid(2, 100, 10, arrival=1)), [2, 1]),
    ("only the weighed", WeightedCriteria({"units": 1, "price": 0}), (bid(1, 1, 1), bid(2, 9, 2)), [2, 1]),
    ("total each", WeightedCriteria({"total": 1}), (bid(1, 9, 1, 90), bid(2, 9, 10, 100)), [2, 1]),
    (
        "the earlier day",
        WeightedCriteria({"delivery": 1}),
        (bid(1, 1, delivery=JULY), bid(2, 9, delivery=JUNE)),
        [2, 1],
    ),
    ("no day is the worst", WeightedCriteria({"delivery": 1}), (bid(1, 1), bid(2, 9, delivery=JUNE)), [2, 1]),
    ("more of a quality", WeightedCriteria({"warranty": 1}), (bid(1, 1, warranty=1), bid(2, 9, warranty=2)), [2, 1]),
    ("less of one", WeightedCriteria({"-noise": 1}), (bid(1, 1, noise=2), bid(2, 9, noise=1)), [2, 1]),
    ("a missing one is nothing", WeightedCriteria({"-noise": 1}), (bid(1, 1), bid(2, 9, noise=1)), [2, 1]),
    ("all equal: the earlier", WEIGHED, (bid(1, 5, arrival=3), bid(2, 5, arrival=1), bid(3, 5, arrival=2)), [2, 3, 1]),
]


@pytest.mark.parametrize(("judge", "bids", "best_first"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_order_by_hand(judge: Judge, bids: Sequence[Assessed], best_first: list[int]) -> None:
    """Each judge ranks as was worked out by hand, whatever the order in which it is given the bids."""
    assert best_first == order(judge, *bids)
    assert best_first == order(judge, *reversed(bids))


def test_a_weighted_score_by_hand() -> None:
    """Of prices 100, 150 and 200 and warranties 0, 24 and 6, at 2 to 1, the scores are 2/3, 2/3 and 1/12."""
    judge = WeightedCriteria({"price": 2, "warranty": 1})
    bids = [bid(1, 100, warranty=0), bid(2, 150, warranty=24), bid(3, 200, warranty=6)]
    assert [(place.bid, place.reason) for place in judge.rank(bids)] == [
        (1, "highest score: 0.6667 of 1 (price 1.0000, warranty 0.0000)"),
        (2, "0.6667 of 1 (price 0.5000, warranty 1.0000): equal to the place before, and later"),
        (3, "0.0833 of 1 (price 0.0000, warranty 0.2500): a lower score than the place before"),
    ]


def test_only_the_proportions_of_weights_matter() -> None:
    """Weights of 700 and 300 rank and score as 0.7 and 0.3 do."""
    bids = [bid(1, 100, warranty=1), bid(2, 130, warranty=2), bid(3, 190, warranty=3)]
    tenths, hundreds = ({"price": a, "warranty": b} for a, b in (("0.7", "0.3"), (700, 300)))
    assert WeightedCriteria(tenths).rank(bids) == WeightedCriteria(hundreds).rank(bids)


@pytest.mark.parametrize("judge", SHIPPED.values(), ids=list(SHIPPED))
@given(bids=bids_of_any_kind)
def test_every_bid_has_one_place(judge: Judge, bids: list[Assessed]) -> None:
    """A ranking has every bid once and a reason for each, and is the same for every order of the bids."""
    places = ranking("a judge", judge, bids)
    assert sorted(place.bid for place in places) == sorted(assessed.bid for assessed in bids)
    assert all(place.reason for place in places)
    assert ranking("a judge", judge, bids[::-1]) == places


NAIVE: list[tuple[Judge, Callable[[Assessed], tuple[Fraction | int, ...]]]] = [
    (LowestPrice(), lambda one: (one.price, one.arrival)),
    (LowestTotal(), lambda one: (Fraction(one.total, one.units), one.arrival)),
    (GreatestDemand(), lambda one: (-one.units, one.price, one.arrival)),
]


@pytest.mark.parametrize(("judge", "figures"), NAIVE, ids=[type(judge).__name__ for judge, _ in NAIVE])
@given(bids=bids_of_any_kind)
def test_the_order_is_the_stated_one(
    judge: Judge, figures: Callable[[Assessed], tuple[Fraction | int, ...]], bids: list[Assessed]
) -> None:
    """The order is that of the figures that the judge names, and of equal ones the earlier bid comes first."""
    assert [one.bid for one in sorted(bids, key=figures)] == order(judge, *bids)


def parts_of(bids: Sequence[Assessed], figure: Callable[[Assessed], Fraction | int | None]) -> dict[int, Fraction]:
    """From 0 for the least figure to 1 for the most, 0 for none; 1 for all where they do not differ."""
    stated = [Fraction(value) for value in map(figure, bids) if value is not None]
    found: dict[int, Fraction] = {}
    for one in bids:
        value = figure(one)
        span = max(stated, default=Fraction(0)) - min(stated, default=Fraction(0))
        found[one.bid] = Fraction(0) if value is None else (value - min(stated)) / span if span else Fraction(1)
    return found


def quality(name: str, sign: int) -> Callable[[Assessed], Fraction | None]:
    """Return what reads a quality."""
    return lambda one: next((sign * Fraction(found.value) for found in one.qualities if found.name == name), None)


@given(bids=bids_of_any_kind)
def test_the_weighted_order_is_the_stated_one(bids: list[Assessed]) -> None:
    """The weighted score is the mean of the parts between worst and best, and of equal ones the earlier comes first."""
    parts = [
        (Fraction(5), parts_of(bids, lambda one: -one.price)),
        (Fraction(2), parts_of(bids, lambda one: one.units)),
        (Fraction(1), parts_of(bids, lambda one: None if one.delivery is None else -one.delivery.toordinal())),
        (Fraction(1), parts_of(bids, quality("warranty", 1))),
        (Fraction(1), parts_of(bids, quality("noise", -1))),
    ]
    score = {one.bid: sum(weight * part[one.bid] for weight, part in parts) for one in bids}
    assert [one.bid for one in sorted(bids, key=lambda one: (-score[one.bid], one.arrival))] == order(WEIGHED, *bids)


REASONS: list[tuple[Judge, tuple[Assessed, ...], list[str]]] = [
    (
        LowestPrice(),
        (bid(1, 9700), bid(2, 9500), bid(3, 9500)),
        [
            "lowest price: 95.00 USD",
            "95.00 USD: equal to the place before, and later",
            "97.00 USD: a higher price than the place before",
        ],
    ),
    (
        LowestTotal(),
        (bid(1, 3000, 2, 6667), bid(2, 3000, 3, 10000), bid(3, 3000, 1, 3334)),
        [
            "lowest total: 100.00 USD for 3 units, 33.33 USD each",
            "66.67 USD for 2 units, 33.34 USD each: a higher total than the place before",
            "33.34 USD for 1 unit, 33.34 USD each: a higher total than the place before",
        ],
    ),
    (
        GreatestDemand(),
        (bid(1, 9000, 1), bid(2, 9500, 60), bid(3, 9200, 60)),
        [
            "greatest demand: 60 units at 92.00 USD each",
            "60 units at 95.00 USD each: a higher price than the place before",
            "1 unit at 90.00 USD each: fewer units than the place before",
        ],
    ),
]


@pytest.mark.parametrize(("judge", "bids", "reasons"), REASONS, ids=[type(row[0]).__name__ for row in REASONS])
def test_the_reasons_by_hand(judge: Judge, bids: Sequence[Assessed], reasons: list[str]) -> None:
    """A reason says what the bid offers, and by what it is best or behind the place before."""
    assert reasons == [place.reason for place in judge.rank(bids)]


def test_reasons_tell_nothing_of_other_bids() -> None:
    """A reason names its own bid's figures and how it stands to the place before, never the figures of another."""
    prices = [111, 222, 333]
    for judge in SHIPPED.values():
        for place in judge.rank([bid(at, price, at) for at, price in enumerate(prices, start=1)]):
            others = [f"{price / 100:.2f}" for price in prices if price != prices[place.bid - 1]]
            assert not [words for words in others if words in place.reason]


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        ({}, InvalidChoice),
        ({"price": 0}, InvalidChoice),
        ([("price", 1)], InvalidChoice),
        (None, InvalidChoice),
        ({"": 1}, InvalidChoice),
        ({"-": 1}, InvalidChoice),
        ({"- ": 1}, InvalidChoice),
        ({"-price": 1}, InvalidChoice),
        ({7: 1}, InvalidChoice),
        ({"price": -1}, InvalidRate),
        ({"price": 0.5}, InvalidRate),
        ({"price": "1001"}, InvalidRate),
        ({"price": True}, InvalidRate),
    ],
)
def test_weights_that_are_none(weights: Any, error: type[Exception]) -> None:
    """Weights are exact, none is negative, one is above nothing, and each belongs to a criterion."""
    with pytest.raises(error, match="weights"):
        WeightedCriteria(weights)


def test_a_quality_may_be_called_nearly_like_a_criterion() -> None:
    """Only a minus before a criterion of every bid is refused: what else a quality is called is its bidder's choice."""
    assert WeightedCriteria({"xprice": 1, "-xunits": 2}).weights == {"xprice": 1, "-xunits": 2}


def test_weights_cannot_change() -> None:
    """A judge keeps the weights that it was made with."""
    given_weights = {"price": 1, "units": 2}
    judge = WeightedCriteria(given_weights)
    given_weights["price"] = 100
    assert judge == WeightedCriteria({"price": 1, "units": 2})


class Own:
    """A judge of a user's own that gives whatever it is told to."""

    def __init__(self, *given: Any) -> None:
        self.given = given

    def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
        """Return what it was told."""
        return self.given


def place(number: int) -> Ranked:
    """A place for a bid."""
    return Ranked(OfferNumber(number), "because")


@pytest.mark.parametrize(
    "given_places",
    [
        (),
        (place(1),),
        (place(1), place(1)),
        (place(1), place(2), place(2)),
        (place(1), place(3)),
        (place(1), place(2), place(3)),
        (1, 2),
        (place(1), None),
        (place(1), Ranked(OfferNumber(2), None)),  # type: ignore[arg-type]
    ],
)
def test_a_bad_ranking_is_refused(given_places: tuple[object, ...]) -> None:
    """A ranking that leaves a bid out, has one twice or one too many, or is none, is the judge's error, by its name."""
    with pytest.raises(JudgeError) as caught:
        ranking("my own", Own(*given_places), [bid(1, 1), bid(2, 2)])
    assert caught.value.field == "my own"


def test_a_judge_that_fails_tells_nothing() -> None:
    """What a failing judge says may hold what others bid, so it is left behind."""

    class Failing:
        def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
            raise ValueError(f"cannot rank {bids[0].price}")

    with pytest.raises(JudgeError) as caught:
        ranking("my own", Failing(), [bid(1, 4711)])
    assert "4711" not in f"{caught.value!s}{caught.value!r}{caught.value.__cause__}"
    assert caught.value.__suppress_context__


def test_no_bids_need_no_judge() -> None:
    """Where nobody bids nobody is asked to judge."""
    assert ranking("my own", Own(place(1)), []) == ()


def test_a_judge_sees_bids_by_arrival() -> None:
    """A judge of one's own that leaves ties alone gives them to the earlier bid."""

    class AsTheyCame:
        def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
            return [place(one.bid) for one in bids]

    assert order(AsTheyCame(), bid(1, 1, arrival=3), bid(2, 1, arrival=1), bid(3, 1, arrival=2)) == [2, 3, 1]


@pytest.mark.parametrize(
    ("totals", "below", "low"),
    [
        ((100, 49, 100), "0.5", [2]),
        ((100, 50, 100), "0.5", []),
        ((10, 200), "0.5", []),
        ((), "0.5", []),
        ((0, 0, 0), "0.5", []),
        ((100, 200, 99, 300), "0.34", []),
        ((100, 200, 99, 300), "0.339", [3]),
        ((100, 200, 99, 300), "0.3", [1, 3]),
        ((5, 5, 4), "0", [3]),
        ((5, 5, 0), "1", []),
    ],
)
def test_abnormally_low_by_hand(totals: tuple[int, ...], below: str, low: list[int]) -> None:
    """A bid is low that is further below the median of at least three than the part allows, and not at just that."""
    bids = [bid(number, total) for number, total in enumerate(totals, start=1)]
    assert low == sorted(abnormally_low(bids, Decimal(below)))


def test_low_is_of_each_unit() -> None:
    """Totals are compared for one unit: 300 for ten is low beside 100 for one."""
    assert abnormally_low([bid(1, 1, 10, 300), bid(2, 1, 1, 100), bid(3, 1, 2, 200)], Decimal("0.5")) == {1}


@given(
    price=st.integers(0, 10**15),
    rate=st.decimals(0, Decimal("0.5"), allow_nan=False, places=6),
    rounding=st.sampled_from(Rounding),
)
def test_a_commission_is_a_part_of_the_price(price: int, rate: Decimal, rounding: Rounding) -> None:
    """The commission is the exact part, rounded by less than one minor unit, and never more than the price."""
    commission = commission_on(price, rate, rounding)
    assert abs(commission - Fraction(rate) * price) < 1
    assert 0 <= commission <= price
    assert commission_on(price, Fraction(rate), rounding) == commission
