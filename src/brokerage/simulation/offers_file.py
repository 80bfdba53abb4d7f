"""Reading a file of offers.

Every good row as an offer to be made, every bad one with its line, field, value and reason.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path

from attrs import frozen

from brokerage.errors import InvalidChoice, InvalidTime
from brokerage.money import Amount, currency_exponent
from brokerage.policy import Policy, PriceGrid
from brokerage.services.inputs import text
from brokerage.services.market.probing import price_on_grid
from brokerage.simulation.files import NAME_LENGTH, RefusedLine, content_of, instant, rows_of

__all__ = ["COLUMNS", "OfferRow", "OffersFile", "Side", "read_offers_file"]

COLUMNS = ("at", "side", "member", "category", "name", "price", "currency", "until")
"""The columns that a file of offers has, in any order."""


class Side(Enum):
    """Which side of the market an offer is on."""

    SALE = "sale"
    PURCHASE = "purchase"


@frozen
class OfferRow:
    """A good row.

    An offer of ``price`` minor units, made at an instant and open until another one, ``None`` for ever.
    """

    line: int
    at: datetime
    side: Side
    member: str
    category: str
    name: str
    price: int
    currency: str
    until: datetime | None


@frozen
class OffersFile:
    """What a file of offers holds, in the order of the file."""

    rows: tuple[OfferRow, ...]
    refused: tuple[RefusedLine, ...]


def read_offers_file(path: str | Path, *, price_grid: Mapping[str, Amount] | None = None) -> OffersFile:
    """Read a file of offers: CSV in UTF-8 with the eight columns, in any order.

    Args:
        path: where the file is.
        price_grid: the step of each currency in which prices must be multiples of one; none by default (spec B7).

    Returns:
        Every good row and every bad one.

    Raises:
        InvalidFile: the file is missing, unreadable, empty, not UTF-8, or its columns are not the eight.
        InvalidInput: the grid is none.
    """
    return parse_offers(content_of(path), str(path), price_grid)


def parse_offers(content: str, source: str, price_grid: Mapping[str, Amount] | None = None) -> OffersFile:
    """Read offers from text; ``source`` names it in errors. As :func:`read_offers_file`."""
    grid = Policy(price_grid=price_grid).price_grid
    return OffersFile(*rows_of(content, source, COLUMNS, lambda line, given: _checked_row(line, given, grid)))


def _checked_row(line: int, given: Mapping[str, str], grid: PriceGrid | None) -> OfferRow:
    at = instant(given["at"], "at")
    if given["side"] not in ("sale", "purchase"):
        raise InvalidChoice("side", given["side"], "sale or purchase", "write one of them")
    side = Side(given["side"])
    member = text(given["member"], "member", NAME_LENGTH)
    category = text(given["category"], "category", NAME_LENGTH)
    name = text(given["name"], "name", NAME_LENGTH, may_be_empty=side is Side.PURCHASE)
    currency = given["currency"]
    currency_exponent(currency)
    price = price_on_grid(given["price"], currency, "price", grid)
    until = instant(given["until"], "until") if given["until"] else None
    if until is not None and until <= at:
        raise InvalidTime("until", given["until"], "an instant after the row's own", "write a later one, or nothing")
    return OfferRow(line, at, side, member, category, name, price, currency, until)
