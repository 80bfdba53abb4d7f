"""Reading a file of bids: every good row as a bid for a tender, every bad one with line, field, value and reason."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from attrs import frozen

from brokerage.errors import InvalidChoice
from brokerage.money import currency_exponent, minor_units
from brokerage.services.inputs import text
from brokerage.simulation.files import NAME_LENGTH, RefusedLine, content_of, instant, rows_of

__all__ = ["BID_COLUMNS", "BidRow", "BidsFile", "parse_bids", "read_bids_file"]

BID_COLUMNS = ("tender", "bidder", "price", "currency", "at")
"""The columns that a file of bids has, in any order."""


@frozen
class BidRow:
    """A good row: a bidder's price for a tender, in minor units of the tender's currency, made at an instant."""

    line: int
    tender: str
    bidder: str
    price: int
    currency: str
    at: datetime


@frozen
class BidsFile:
    """What a file of bids holds, in the order of the file."""

    rows: tuple[BidRow, ...]
    refused: tuple[RefusedLine, ...]


def read_bids_file(path: str | Path) -> BidsFile:
    """Read a file of bids: CSV in UTF-8 with the five columns, in any order.

    A tender has the currency of its first good row; a row in another one is bad.

    Args:
        path: where the file is.

    Returns:
        Every good row and every bad one.

    Raises:
        InvalidFile: the file is missing, unreadable, empty, not UTF-8, or its columns are not the five.
    """
    return parse_bids(content_of(path), str(path))


def parse_bids(content: str, source: str) -> BidsFile:
    """Read bids from text; ``source`` names it in errors. As :func:`read_bids_file`."""
    currencies: dict[str, str] = {}

    def row(line: int, given: Mapping[str, str]) -> BidRow:
        bid = _checked_row(line, given, currencies)
        currencies.setdefault(bid.tender, bid.currency)
        return bid

    return BidsFile(*rows_of(content, source, BID_COLUMNS, row))


def _checked_row(line: int, given: Mapping[str, str], currencies: Mapping[str, str]) -> BidRow:
    tender = text(given["tender"], "tender", NAME_LENGTH)
    bidder = text(given["bidder"], "bidder", NAME_LENGTH)
    currency = given["currency"]
    currency_exponent(currency)
    expected = currencies.get(tender, currency)
    if currency != expected:
        limit = f"{expected}, the currency of the tender's first bid,"
        raise InvalidChoice("currency", currency, limit, f"bid in {expected}, or for another tender")
    price = minor_units(given["price"], currency, "price")
    return BidRow(line, tender, bidder, price, currency, instant(given["at"], "at"))
