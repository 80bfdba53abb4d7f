"""The judge that weighs several criteria against each other (spec N4)."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from brokerage.errors import InvalidChoice
from brokerage.judging.assessing import Assessed, Ranked
from brokerage.judging.judges import Criterion, ranked
from brokerage.money import Rate, exact_rate
from brokerage.rules import Rounding

__all__ = ["WeightedCriteria"]

_HIGHEST_WEIGHT = Decimal(1000)
_DECIMALS_SHOWN = 4
_LESS = "-"


def _price(bid: Assessed) -> Fraction:
    return Fraction(-bid.price)


def _total(bid: Assessed) -> Fraction:
    return -bid.total_each


def _units(bid: Assessed) -> Fraction:
    return Fraction(bid.units)


def _delivery(bid: Assessed) -> Fraction | None:
    return None if bid.delivery is None else Fraction(-bid.delivery.toordinal())


_OF_EVERY_BID: Mapping[str, Callable[[Assessed], Fraction | None]] = MappingProxyType(
    {"price": _price, "total": _total, "units": _units, "delivery": _delivery}
)


def _exact(weights: Any) -> Any:
    """The weights as exact decimals in a copy that nobody can change; what is no mapping is left to the check."""
    if not isinstance(weights, Mapping):
        return weights
    return MappingProxyType(
        {name: exact_rate(weight, f"weights[{name}]", _HIGHEST_WEIGHT) for name, weight in weights.items()}
    )


def _weights(_judge: object, attribute: Any, value: object) -> None:
    if not isinstance(value, Mapping) or not any(value.values()):
        remedy = 'pass a dict such as {"price": "0.7", "warranty months": "0.3"}'
        raise InvalidChoice(attribute.name, value, "weights by criterion, one of them above 0", remedy)
    for name in value:
        bare = name.removeprefix(_LESS) if isinstance(name, str) else ""
        if not bare.strip() or (name != bare and bare in _OF_EVERY_BID):
            limit = "price, total, units, delivery, or a quality's name, with - before it where less is better"
            raise InvalidChoice(attribute.name, name, limit, "name a criterion")


@frozen
class WeightedCriteria:
    """The highest weighted score wins, then the earlier bid. Everything is computed in exact fractions.

    Among the bids the best by a criterion scores 1, the worst 0, and the others in proportion between them; where all
    are equal, all score 1. A bid that does not state a quality, or a day of delivery, scores 0 for it. The score is
    the mean of these, weighted.

    Args:
        weights: how much each criterion counts, exact from 0 to 1000; only their proportions matter. Criteria are
            ``price`` (of each), ``total`` (for one unit, all told) and ``delivery``, where less is better, ``units``
            served, where more is, and names of qualities: more is better, or less where ``-`` stands before the name.

    Raises:
        InvalidRate: a weight is not exact, or outside 0 … 1000.
        InvalidChoice: there is no weight above 0, or a name is none of a criterion.

    With prices 90, 100 and 95 and warranties of 12, 36 and 24 months, weighted 3 to 1, the scores are
    (3 × 1 + 1 × 0) / 4, (3 × 0 + 1 × 1) / 4 and (3 × ½ + 1 × ½) / 4:

    >>> from brokerage.records.tenders import Quality
    >>> def at(number, price, months):
    ...     warranty = Quality("warranty months", Decimal(months))
    ...     return Assessed(
    ...         bid=number, arrival=number, currency="USD", price=price, units=1, total=price, qualities=(warranty,)
    ...     )
    >>> judge = WeightedCriteria({"price": 3, "warranty months": 1})
    >>> for place in judge.rank([at(1, 9000, 12), at(2, 10000, 36), at(3, 9500, 24)]):
    ...     print(place.bid, place.reason)
    1 highest score: 0.7500 of 1 (price 1.0000, warranty months 0.0000)
    3 0.5000 of 1 (price 0.5000, warranty months 0.5000): a lower score than the place before
    2 0.2500 of 1 (price 0.0000, warranty months 1.0000): a lower score than the place before
    """

    weights: Mapping[str, Rate] = field(converter=_exact, validator=_weights, hash=False)

    def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
        """Return every bid once, the best first, as :class:`brokerage.judging.Judge` says."""
        nothing = Fraction(0)
        whole = sum((Fraction(weight) for weight in self.weights.values()), nothing)
        parts = {name: _scores(name, bids) for name in self.weights}
        scores = {
            bid.bid: sum((Fraction(self.weights[name]) * of_bids[bid.bid] for name, of_bids in parts.items()), nothing)
            / whole
            for bid in bids
        }

        def words(bid: Assessed) -> str:
            of_criteria = ", ".join(f"{name} {_decimal(of_bids[bid.bid])}" for name, of_bids in parts.items())
            return f"{_decimal(scores[bid.bid])} of 1 ({of_criteria})"

        return ranked(bids, (Criterion(lambda bid: -scores[bid.bid], "a lower score"),), "highest score", words)


def _scores(name: str, bids: Sequence[Assessed]) -> dict[int, Fraction]:
    """What each bid scores by one criterion, from 0 to 1."""
    found = {bid.bid: _goodness(name, bid) for bid in bids}
    stated = [goodness for goodness in found.values() if goodness is not None]
    worst, best = min(stated, default=Fraction(0)), max(stated, default=Fraction(0))
    return {
        number: Fraction(0) if goodness is None else _between(worst, goodness, best)
        for number, goodness in found.items()
    }


def _between(worst: Fraction, goodness: Fraction, best: Fraction) -> Fraction:
    return Fraction(1) if worst == best else (goodness - worst) / (best - worst)


def _goodness(name: str, bid: Assessed) -> Fraction | None:
    """A figure of which more is better, ``None`` where the bid does not state it."""
    if name in _OF_EVERY_BID:
        return _OF_EVERY_BID[name](bid)
    wanted = name.removeprefix(_LESS)
    sign = -1 if name.startswith(_LESS) else 1
    return next((sign * Fraction(quality.value) for quality in bid.qualities if quality.name == wanted), None)


def _decimal(score: Fraction) -> str:
    """A score with four decimals, rounded half to even."""
    scale: int = 10**_DECIMALS_SHOWN
    whole, rest = divmod(int(Rounding.HALF_EVEN.round(score.numerator * scale, score.denominator)), scale)
    return f"{whole}.{rest:0{_DECIMALS_SHOWN}d}"
