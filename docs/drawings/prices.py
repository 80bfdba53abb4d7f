"""Bands of limits with the prices that the broker determines inside them, and three margin rules side by side."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from brokerage import Margin, Terms, quote
from brokerage.pricing import Quote
from drawings.svg import BROKER, BUYER, FAINT, INK, SELLER, SHADE, box, drawing, line, path, text

__all__ = ["bands", "margins"]

_SCALE, _LEFT = 7.2, 130
_LOW, _HIGH = 55, 130
RATE = Decimal("0.10")


def bands() -> str:
    """Draw one seller's limit against the limits of five buyers, at a rate of 0.10."""
    width, top, row = 740, 102, 58
    highest = ("70.00", "80.00", "90.00", "100.00", "120.00")
    parts = [
        text(
            20, 30, "One seller takes 80.00 or more. Five buyers, each with a limit of their own.", size=15, bold=True
        ),
        text(20, 52, "Rate 0.10, margin on the spread. Nobody sees anybody else's limit.", fill="#52606d"),
        line(_x(80), top - 14, _x(80), top + row * len(highest) - 14, stroke=SELLER, dashed=True),
        text(_x(80), top - 22, "SPmin 80.00", anchor="middle", fill=SELLER, bold=True),
    ]
    for at, limit in enumerate(highest):
        parts += _band(limit, top + row * at)
    parts += _legend(top + row * len(highest) + 14)
    return drawing("Bands of limits, and the prices inside them", width, top + row * len(highest) + 30, parts)


def _x(price: float) -> float:
    return _LEFT + (price - _LOW) * _SCALE


def _band(limit: str, y: float) -> Iterable[str]:
    yield text(20, y + 19, f"BPmax {limit}", fill=BUYER, bold=True)
    if float(limit) < 80:
        yield box(_x(float(limit)), y + 8, _x(80) - _x(float(limit)), 14, fill=SHADE)
        yield line(_x(float(limit)), y, _x(float(limit)), y + 30, stroke=BUYER, width=3)
        yield text(_x(80) + 10, y + 19, "the limits do not overlap: no candidate", fill="#52606d")
        return
    yield from _determined(quote("80.00", limit, "USD", Terms(rate=RATE)), y)


def _determined(offered: Quote, y: float) -> Iterable[str]:
    low, high = float(offered.min_price.decimal), float(offered.max_price.decimal)
    selling, buying = offered.selling_price, offered.buying_price
    yield box(_x(low), y + 8, _x(high) - _x(low), 14, fill=SHADE)
    yield box(
        _x(float(selling.decimal)), y + 4, _x(float(buying.decimal)) - _x(float(selling.decimal)), 22, fill=BROKER
    )
    yield line(_x(high), y, _x(high), y + 30, stroke=BUYER, width=3)
    yield line(_x(float(selling.decimal)), y + 4, _x(float(selling.decimal)), y + 26, stroke=SELLER, width=3)
    yield line(_x(float(buying.decimal)), y + 4, _x(float(buying.decimal)), y + 26, stroke=BUYER, width=3)
    words = f"seller gets {selling.text()}, buyer pays {buying.text()}, broker keeps {offered.commission.text()}"
    yield text(_x(low) + 4, y + 42, words, size=12)


def _legend(y: float) -> Iterable[str]:
    yield box(20, y - 9, 26, 10, fill=SHADE, stroke=FAINT)
    yield text(52, y, "between the limits", size=12)
    yield box(200, y - 9, 26, 10, fill=BROKER)
    yield text(232, y, "what the broker keeps, from SPdet to BPdet", size=12)


def margins() -> str:
    """Draw both prices over every SPmin for three margin rules: BPmax 100.00, a rate of 0.10."""
    side, gap, top = 216, 28, 84
    parts = [text(20, 30, "What seller and buyer get for BPmax 100.00 at a rate of 0.10", size=15, bold=True)]
    for at, rule in enumerate(Margin):
        parts += _rule(rule, 46 + (side + gap) * at, top, side)
    y = top + side + 44
    for x, colour, words in (
        (20, SELLER, "SPdet, what the seller gets"),
        (240, BUYER, "BPdet, what the buyer pays"),
        (460, BROKER, "between them: what the broker keeps"),
    ):
        parts.append(box(x, y - 9, 26, 10, fill=colour))
        parts.append(text(x + 32, y, words, size=12))
    return drawing("Three margin rules", 46 + (side + gap) * 3 - 14, y + 18, parts)


def _rule(rule: Margin, left: float, top: float, side: float) -> Iterable[str]:
    terms = Terms(rate=RATE, margin=rule)
    quotes = [quote(units, 10_000, "USD", terms) for units in range(0, 10_001, 50)]

    def places(prices: Sequence[int]) -> list[tuple[float, float]]:
        steps = zip(quotes, prices, strict=True)
        return [(left + q.min_price.units / 10_000 * side, top + side - p / 10_000 * side) for q, p in steps]

    selling, buying = (places([getattr(q, name).units for q in quotes]) for name in ("selling_price", "buying_price"))
    yield text(left, top - 14, f"Margin.{rule.name}", bold=True)
    yield box(left, top, side, side, fill=SHADE, radius=0)
    yield path([*selling, *reversed(buying)], stroke="none", fill=BROKER)
    yield line(left, top + side, left + side, top, stroke=INK, width=1, dashed=True)
    yield path(selling, stroke=SELLER)
    yield path(buying, stroke=BUYER)
    capped = [q.min_price.units for q in quotes if q.capped]
    if capped:
        x = left + capped[0] / 10_000 * side
        yield line(x, top, x, top + side, stroke=INK, width=1)
        yield text(x - 6, top + side - 8, "capped from here", size=11, anchor="end")
    yield text(left, top + side + 16, "SPmin 0.00", size=11)
    yield text(left + side, top + side + 16, "100.00", size=11, anchor="end")
