"""Reading a file of offers.

Every good row as an offer to be made, every bad one with its line, field, value and reason.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from io import StringIO
from pathlib import Path

from attrs import frozen

from brokerage.errors import InvalidChoice, InvalidFile, InvalidInput, InvalidTime
from brokerage.money import Amount, currency_exponent
from brokerage.policy import Policy, PriceGrid
from brokerage.services.inputs import text
from brokerage.services.market.probing import price_on_grid

__all__ = ["COLUMNS", "OfferRow", "OffersFile", "RefusedLine", "Side", "read_offers_file"]

COLUMNS = ("at", "side", "member", "category", "name", "price", "currency", "until")
"""The columns that a file of offers has, in any order."""

_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{6}))?)?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_NAME_LENGTH = Policy().name_length
_LONGEST_SHOWN = 100_000


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
class RefusedLine:
    """A bad row.

    The physical line on which it begins, the first field that is wrong, what stands there, and why it is refused.
    """

    line: int
    field: str
    value: str
    reason: str


@frozen
class OffersFile:
    """What a file of offers holds, in the order of the file."""

    rows: tuple[OfferRow, ...]
    refused: tuple[RefusedLine, ...]


def read_offers_file(path: Path, *, price_grid: Mapping[str, Amount] | None = None) -> OffersFile:
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
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFile("file", str(path), "text in UTF-8", f"byte {error.start} is not; convert the file") from error
    except (OSError, ValueError) as error:
        raise InvalidFile("file", str(path), "a file that can be read", str(error)) from error
    return parse_offers(content, str(path), price_grid)


def parse_offers(content: str, source: str, price_grid: Mapping[str, Amount] | None = None) -> OffersFile:
    """Read offers from text; ``source`` names it in errors. As :func:`read_offers_file`."""
    grid = Policy(price_grid=price_grid).price_grid
    columns: list[str] | None = None
    rows: list[OfferRow] = []
    refused: list[RefusedLine] = []
    for line, cells in _records(content):
        if columns is None:
            columns = _checked_header(cells, source)
            continue
        result = _row(line, cells, columns, grid)
        if isinstance(result, OfferRow):
            rows.append(result)
        else:
            refused.append(result)
    if columns is None:
        raise InvalidFile("file", source, "a header", f"begin with the line {','.join(COLUMNS)}")
    return OffersFile(tuple(rows), tuple(refused))


def _records(content: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not a blank line, with the physical line on which it begins.

    The reader's limit of a field's size would cut a long quoted field into pieces that look like rows; it is lifted
    here, and what is too long is refused by the limit of its column.
    """
    usual = csv.field_size_limit(len(content) + 1)
    try:
        reader = csv.reader(StringIO(content, newline=""))
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            is_blank = not cells or (len(cells) == 1 and cells[0].isspace())
            if not is_blank:
                yield line, cells
    finally:
        csv.field_size_limit(usual)


def _checked_header(cells: list[str], source: str) -> list[str]:
    missing = [name for name in COLUMNS if name not in cells]
    unknown = [name for name in cells if name not in COLUMNS]
    repeated = sorted({name for name in cells if cells.count(name) > 1} - set(unknown))
    problems = (("missing", missing), ("unknown", unknown), ("repeated", repeated))
    wrong = "; ".join(f"{word}: {', '.join(names)}" for word, names in problems if names)
    if wrong:
        raise InvalidFile("columns", wrong, f"each of {', '.join(COLUMNS)} once", f"mend the first line of {source}")
    return cells


def _row(line: int, cells: list[str], columns: list[str], grid: PriceGrid | None) -> OfferRow | RefusedLine:
    if len(cells) != len(columns):
        return RefusedLine(line, "", "", f"{len(cells)} fields instead of {len(columns)}")
    given = {name: cell if cell.strip() else "" for name, cell in zip(columns, cells, strict=True)}
    try:
        return _checked_row(line, given, grid)
    except InvalidInput as error:
        value = dict(zip(columns, cells, strict=True))[error.field]
        shown = value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}… ({len(value)} characters)"
        return RefusedLine(line, error.field, shown, error.reason)


def _checked_row(line: int, given: dict[str, str], grid: PriceGrid | None) -> OfferRow:
    at = _instant(given["at"], "at")
    if given["side"] not in ("sale", "purchase"):
        raise InvalidChoice("side", given["side"], "sale or purchase", "write one of them")
    side = Side(given["side"])
    member = text(given["member"], "member", _NAME_LENGTH)
    category = text(given["category"], "category", _NAME_LENGTH)
    name = text(given["name"], "name", _NAME_LENGTH, may_be_empty=side is Side.PURCHASE)
    currency = given["currency"]
    currency_exponent(currency)
    price = price_on_grid(given["price"], currency, "price", grid)
    until = _instant(given["until"], "until") if given["until"] else None
    if until is not None and until <= at:
        raise InvalidTime("until", given["until"], "an instant after the row's own", "write a later one, or nothing")
    return OfferRow(line, at, side, member, category, name, price, currency, until)


def _instant(value: str, field: str) -> datetime:
    """Return the instant that a text in the file's one form stands for, in UTC."""
    match = _INSTANT.fullmatch(value)
    remedy = "write it like 2026-01-31T09:30:00Z or 2026-01-31T09:30+01:00"
    if match is None:
        raise InvalidTime(field, value, "YYYY-MM-DDThh:mm[:ss[.ffffff]] and Z or ±hh:mm", remedy)
    year, month, day, hour, minute, second, fraction = (int(part or 0) for part in match.groups()[:7])
    sign, zone_hour, zone_minute = match[8], int(match[9] or 0), int(match[10] or 0)
    try:
        if zone_hour > 23 or zone_minute > 59:
            raise ValueError("no such offset")
        offset = timedelta(hours=zone_hour, minutes=zone_minute) * (-1 if sign == "-" else 1)
        local = datetime(year, month, day, hour, minute, second, fraction, timezone(offset))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidTime(field, value, "an instant that exists and that UTC can hold", remedy) from None
