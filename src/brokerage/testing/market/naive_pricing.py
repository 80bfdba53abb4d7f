"""What the naive market computes of two limits, step by step as on paper."""

import math
from fractions import Fraction

__all__ = ["HALF", "parts", "prices", "rounded"]

HALF = Fraction(1, 2)


def prices(least: int, most: int, rate: Fraction, margin: str, rounding: str) -> tuple[int, int]:
    """Return the selling and the buying price of two limits, step by step as on paper.

    ``margin`` is "spread", "price" or "lesser"; ``rounding`` is "half-even", "down" or "up".
    """
    middle = Fraction(least + most, 2)
    by_spread, by_price = rate * (most - least), rate * middle
    wanted = {"spread": by_spread, "price": by_price, "lesser": min(by_spread, by_price)}[margin]
    kept = max(Fraction(0), min(wanted, HALF * (most - least)))
    return rounded(middle - kept, rounding), rounded(middle + kept, rounding)


def rounded(price: Fraction, rounding: str) -> int:
    """Return a whole number of minor units; ``rounding`` is "half-even", "down" or "up"."""
    if rounding == "down":
        return math.floor(price)
    return math.ceil(price) if rounding == "up" else round(price)


def parts(units: int, weights: list[int]) -> list[int]:
    """Divide an amount in proportion; what is left over goes to the largest remainders, of equal ones to the first."""
    if not units:
        return [0] * len(weights)
    exact = [Fraction(units * weight, sum(weights)) for weight in weights]
    found = [math.floor(part) for part in exact]
    while sum(found) < units:
        remainders = [part - whole for part, whole in zip(exact, found, strict=True)]
        found[remainders.index(max(remainders))] += 1
    return found
