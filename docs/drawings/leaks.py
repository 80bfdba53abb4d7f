"""How many limits of the seller stay possible for a buyer who is shown one price, counted with the library's own
arithmetic."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from brokerage import Margin, Rounding
from brokerage.pricing import determine
from drawings.svg import BROKER, BUYER, FAINT, INK, SELLER, SHADE, box, drawing, line, text

__all__ = ["RATES", "Leak", "leak", "leaks"]

RATES = (Decimal("0.10"), Decimal("0.25"), Decimal("0.45"), Decimal("0.50"))
_LEFT, _SIDE, _ROW = 210, 420, 30


@frozen
class Leak:
    """What a buyer can know of a seller's limit: the least and the greatest that is possible, and how many there are.

    In minor units, as the buyer's limit and the price that was shown.
    """

    price: int
    least: int
    greatest: int
    count: int


def leak(min_price: int, max_price: int, rate: Decimal, rule: Margin, rounding: Rounding = Rounding.HALF_EVEN) -> Leak:
    """Count the limits of a seller that give the buyer the same price.

    Args:
        min_price: the seller's true limit, in minor units.
        max_price: the buyer's own limit, in minor units, not below ``min_price``.
        rate: Ri of the pair, which the buyer is taken to know.
        rule: the margin rule, which the buyer is taken to know.
        rounding: how prices are rounded.
    """
    exact = Fraction(rate)
    price = determine(min_price, max_price, exact, rule, rounding)[1]
    possible = [
        least for least in range(max_price + 1) if determine(least, max_price, exact, rule, rounding)[1] == price
    ]
    return Leak(price, possible[0], possible[-1], len(possible))


def leaks() -> str:
    """Draw what a buyer with BPmax 100.00 knows of a seller with SPmin 80.00, by rate and rule."""
    rules = (Margin.ON_SPREAD, Margin.ON_PRICE)
    top, rows = 92, len(RATES) * len(rules)
    height = top + _ROW * rows + 56
    parts = [
        text(20, 30, "What one price tells a buyer of the seller's limit", size=15, bold=True),
        text(
            20, 52, "BPmax 100.00, true SPmin 80.00, to the cent; the bar holds every SPmin that gives the same BPdet."
        ),
        text(150, top - 16, "BPdet", size=12, fill=BUYER, bold=True),
        line(_x(8000), top - 12, _x(8000), height - 44, stroke=SELLER, dashed=True),
        text(_x(8000), top - 16, "80.00", size=12, anchor="middle", fill=SELLER, bold=True),
    ]
    for block, rule in enumerate(rules):
        for at, rate in enumerate(RATES):
            y = top + _ROW * (block * len(RATES) + at) + (12 if block else 0)
            parts += _bar(leak(8000, 10_000, rate, rule), rule, rate, y)
    for price in range(0, 101, 20):
        parts.append(text(_x(price * 100), height - 14, f"{price}.00", size=11, anchor="middle"))
    return drawing("What one price tells of the other limit", _LEFT + _SIDE + 128, height, parts)


def _x(units: int) -> float:
    return _LEFT + units / 10_000 * _SIDE


def _bar(found: Leak, rule: Margin, rate: Decimal, y: float) -> Iterable[str]:
    equation = "eq. 5" if rule is Margin.ON_SPREAD else "eq. 4"
    yield text(20, y + 15, f"{equation}, R = {rate}", bold=True)
    yield text(150, y + 15, f"{found.price / 100:.2f}", size=12, fill=BUYER)
    yield box(_LEFT, y, _SIDE, 20, fill=SHADE, stroke=FAINT, radius=2)
    width = max(_x(found.greatest) - _x(found.least), 2)
    yield box(_x(found.least), y + 3, width, 14, fill=BROKER, radius=1)
    words = "1 limit" if found.count == 1 else f"{found.count:,} limits"
    yield text(_LEFT + _SIDE + 12, y + 15, words, fill=INK)
