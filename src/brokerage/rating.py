"""How members are rated: five measures of what they contribute, exact ranks, and a table of quantiles (spec M4).

Pure arithmetic on running totals, with integers and fractions alone: equal contributions are equal, to the last minor
unit and microsecond.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from typing import Any

from attrs import field, frozen

from brokerage.errors import InvalidChoice
from brokerage.money import exact_rate
from brokerage.pricing import HIGHEST_FACTOR
from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import Tally

__all__ = ["Contribution", "Measure", "Rating", "Standing", "standings"]

_ALL_CURRENCIES = ""
_MICROSECOND = timedelta(microseconds=1)
_NO_TIME = timedelta(0)
_BEST_TENTH = ((Decimal("0.10"), Decimal("0.9")),)


class Measure(Enum):
    """What members are compared by: the deals that they have completed as sellers and as buyers.

    An amount is what the member got or paid for the commodity: the selling price or the buying price, without
    carriage. Amounts of different currencies are never compared.
    """

    AMOUNT = "sum of amounts"
    AMOUNT_PER_PERIOD = "sum of amounts / membership period"
    NUMBER = "number of deals"
    NUMBER_PER_PERIOD = "number of deals / membership period"
    MEAN_AMOUNT_PER_PERIOD = "sum of amounts / number of deals / membership period"

    @property
    def is_of_amounts(self) -> bool:
        """Whether it compares amounts, each currency by itself."""
        return self not in (Measure.NUMBER, Measure.NUMBER_PER_PERIOD)

    def of(self, deals: int, units: int, period: timedelta) -> Fraction:
        """Return a member's score; more is better.

        Args:
            deals: how many deals were completed, at least one.
            units: the sum of their amounts, in minor units.
            period: for how long somebody has been a member; less than a microsecond counts as one.

        Returns:
            The exact score: for a measure with a period, per microsecond of it.

        Four deals of 600.00 together, in ten microseconds:

        >>> ten = timedelta(microseconds=10)
        >>> [str(measure.of(4, 600_00, ten)) for measure in Measure]
        ['60000', '6000', '4', '2/5', '1500']
        """
        return Fraction(*self._ratio(deals, units, period))

    def _ratio(self, deals: int, units: int, period: timedelta) -> tuple[int, int]:
        microseconds = max(period // _MICROSECOND, 1)
        match self:
            case Measure.AMOUNT:
                return units, 1
            case Measure.AMOUNT_PER_PERIOD:
                return units, microseconds
            case Measure.NUMBER:
                return deals, 1
            case Measure.NUMBER_PER_PERIOD:
                return deals, microseconds
            case Measure.MEAN_AMOUNT_PER_PERIOD:
                return units, deals * microseconds


@frozen
class Contribution:
    """What is known of a member who is ranked: since when, and the tallies over all categories, one a currency."""

    box: BoxNumber
    since: datetime
    tallies: tuple[Tally, ...]


@frozen
class Standing:
    """Where a member stands: the rank, 1 for the best, among how many; tied members share the better rank.

    ``currency`` is that of the ranking, or ``None`` where numbers of deals are compared.
    """

    rank: int
    ranked: int
    currency: str | None = None

    @property
    def ahead(self) -> Fraction:
        """The part of all ranked who are strictly better: 0 for the best."""
        return Fraction(self.rank - 1, self.ranked)


def _quantiles(given: Any) -> tuple[tuple[Decimal, Decimal], ...]:
    """Check a table of quantiles, and write its numbers in one way."""
    try:
        pairs = [tuple(row) for row in given]
    except TypeError:
        pairs = []
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise InvalidChoice("quantiles", given, "pairs of part and factor", 'pass some, such as [("0.10", "0.9")]')
    table = tuple(
        (exact_rate(part, "quantiles", Decimal(1)), exact_rate(factor, "quantiles", HIGHEST_FACTOR))
        for part, factor in pairs
    )
    parts, factors = zip(*table, strict=True)
    if parts[0] == 0 or any(before >= after for before, after in pairwise(parts)):
        raise InvalidChoice("quantiles", given, "parts above 0 that rise", "begin with the smallest part")
    if any(before > after for before, after in pairwise(factors)):
        raise InvalidChoice("quantiles", given, "factors that do not fall", "give better members the lower factor")
    return table


def _span(_rating: object, attribute: Any, value: object) -> None:
    least = _NO_TIME if attribute.name == "initial" else _MICROSECOND
    if not isinstance(value, timedelta) or value < least:
        raise InvalidChoice(attribute.name, value, "a timedelta that is not too short", "choose a longer one")


def _measure(_rating: object, attribute: Any, value: object) -> None:
    if not isinstance(value, Measure):
        raise InvalidChoice(attribute.name, value, "a Measure", "choose one of Measure")


@frozen(kw_only=True)
class Rating:
    """How a broker rates members, and what factor they get for it (spec M4).

    Ranked are the present members who have completed a deal and whose initial period is over. A quantile is reached by
    whoever has fewer than that part of all ranked strictly ahead; so the best one always reaches the first, and tied
    members share the better of their ranks. Where amounts are ranked, each currency by itself, the best rank counts,
    as a part of those ranked in that currency.

    Args:
        measure: what members are compared by.
        quantiles: pairs of a part above 0 and up to 1, and the factor from 0 to 1 of the members that it reaches, the
            smallest part first and the factors never falling; exact numbers such as ``"0.10"``. Whoever none reaches
            gets the factor 1.
        initial: how long a new member has the factor 1, whatever the deals; from 0.
        every: how often it is applied: at multiples of this time in UTC.

    Raises:
        InvalidChoice: a part or a time is none, the parts do not rise, or the factors fall.
        InvalidRate: a part or a factor is no exact decimal of its range.

    >>> rating = Rating(quantiles=[("0.2", "0.8"), ("0.5", "0.9")])
    >>> [str(rating.factor(Standing(rank, 5))) for rank in (1, 2, 2, 4, 5)]
    ['0.8', '0.9', '0.9', '1', '1']
    """

    measure: Measure = field(default=Measure.AMOUNT, validator=_measure)
    quantiles: tuple[tuple[Decimal, Decimal], ...] = field(default=_BEST_TENTH, converter=_quantiles)
    initial: timedelta = field(default=timedelta(days=90), validator=_span)
    every: timedelta = field(default=timedelta(days=30), validator=_span)

    def factor(self, standing: Standing) -> Decimal:
        """Return the factor of a member by the table of quantiles."""
        return next((factor for part, factor in self.quantiles if standing.ahead < Fraction(part)), HIGHEST_FACTOR)


def standings(measure: Measure, members: Iterable[Contribution], now: datetime) -> Mapping[BoxNumber, Standing]:
    """Rank members, and return each one's best standing. O(n log n).

    Args:
        measure: what they are compared by.
        members: whoever is to be ranked; those without a completed deal are passed over.
        now: until when a membership period is counted.

    Three members with 300.00, 300.00 and 100.00 in dollars, of whom the third has also sold for 5 yen, alone:

    >>> from datetime import UTC
    >>> since, now = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    >>> dollars = [Tally(BoxNumber(box), "", "USD", sold=1, sold_units=units)
    ...            for box, units in ((1, 300_00), (2, 300_00), (3, 100_00))]
    >>> yen = Tally(BoxNumber(3), "", "JPY", sold=1, sold_units=5)
    >>> members = [Contribution(tally.box, since, (tally,)) for tally in dollars[:2]]
    >>> members += [Contribution(BoxNumber(3), since, (dollars[2], yen))]
    >>> for box, standing in standings(Measure.AMOUNT, members, now).items():
    ...     print(box, standing)
    1 Standing(rank=1, ranked=3, currency='USD')
    2 Standing(rank=1, ranked=3, currency='USD')
    3 Standing(rank=1, ranked=1, currency='JPY')
    """
    ratios: dict[str, list[tuple[int, int, BoxNumber]]] = defaultdict(list)
    for member in members:
        for currency, (deals, units) in _groups(measure, member.tallies).items():
            ratios[currency].append((*measure._ratio(deals, units, now - member.since), member.box))
    best: dict[BoxNumber, Standing] = {}
    for currency in sorted(ratios):
        scores = _comparable(ratios[currency])
        rank, last = 0, None
        for place, (score, box) in enumerate(sorted(scores, reverse=True), start=1):
            if score != last:
                rank, last = place, score
            standing = Standing(rank, len(scores), currency or None)
            if box not in best or standing.ahead < best[box].ahead:
                best[box] = standing
    return dict(sorted(best.items()))


def _comparable(ratios: list[tuple[int, int, BoxNumber]]) -> list[tuple[int, BoxNumber]]:
    """Return integers that compare as the ratios do, which is many times quicker than comparing fractions.

    Different ratios with denominators below 2**b differ by more than 2**-2b, so multiplied by that and rounded down
    they still differ, and equal ones stay equal.
    """
    bits = 2 * max(denominator for _, denominator, _ in ratios).bit_length()
    return [((numerator << bits) // denominator, box) for numerator, denominator, box in ratios]


def _groups(measure: Measure, tallies: Iterable[Tally]) -> Mapping[str, tuple[int, int]]:
    """The deals and amounts that are ranked together: of each currency, or of all where numbers are compared."""
    groups: dict[str, tuple[int, int]] = {}
    for tally in tallies:
        if tally.deals:
            currency = tally.currency if measure.is_of_amounts else _ALL_CURRENCIES
            deals, units = groups.get(currency, (0, 0))
            groups[currency] = (deals + tally.deals, units + tally.units)
    return groups
