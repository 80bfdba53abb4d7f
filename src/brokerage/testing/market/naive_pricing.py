"""What the naive market computes of two limits, step by step as on paper."""

import math
from fractions import Fraction

__all__ = ["HALF", "prices"]

HALF = Fraction(1, 2)


def prices(least: int, most: int, rate: Fraction, margin: str, rounding: str) -> tuple[int, int]:
    """Return the selling and the buying price of two limits, step by step as on paper.

    ``margin`` is "spread", "price" or "lesser"; ``rounding`` is "half-even", "down" or "up".
    """
    middle = Fraction(least + most, 2)
    by_spread, by_price = rate * (most - least), rate * middle
    wanted = {"spread": by_spread, "price": by_price, "lesser": min(by_spread, by_price)}[margin]
    kept = max(Fraction(0), min(wanted, HALF * (most - least)))
    return _rounded(middle - kept, rounding), _rounded(middle + kept, rounding)


def _rounded(price: Fraction, rounding: str) -> int:
    if rounding == "down":
        return math.floor(price)
    return math.ceil(price) if rounding == "up" else round(price)
