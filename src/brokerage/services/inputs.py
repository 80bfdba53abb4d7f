"""What a caller may give: texts, times, numbers and request ids, checked once at the border (spec V2, V4, S5)."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from operator import index
from typing import Any, SupportsIndex

from attrs import fields, has

from brokerage.errors import InvalidChoice, InvalidText, InvalidTime, RequestReused, WrongPrice
from brokerage.money import MAX_TOTAL, Amount, Money, minor_units
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.numbers import BoxNumber
from brokerage.records.requests import Request

__all__ = [
    "OFFICE",
    "aware_time",
    "check_total",
    "choice",
    "each",
    "earlier",
    "last_multiple",
    "later",
    "next_multiple",
    "page_size",
    "position",
    "remember_request",
    "repeated_request",
    "text",
    "whole_number",
]

OFFICE = BoxNumber(-1)
"""Whose the manager's request ids are: no member's."""

_LAST = datetime.max.replace(tzinfo=UTC)
_FIRST = datetime.min.replace(tzinfo=UTC)
_REQUEST_ID_LENGTH = 200
_NUMBERS = 2**63
_NUL = "\x00"


def text(value: object, field: str, length: int, *, may_be_empty: bool = False) -> str:
    """Return a text as it is, or refuse one that is no text, blank, longer than ``length`` characters, or unkeepable.

    Unkeepable are the character NUL, which PostgreSQL cannot keep, and lone surrogates, which have no UTF-8.
    """
    if (
        type(value) is str
        and 0 < len(value) <= length
        and value.isascii()
        and not value.isspace()
        and _NUL not in value
    ):
        return value
    if not isinstance(value, str):
        raise InvalidText(field, value, "text", "pass a str")
    if not may_be_empty and not value.strip():
        raise InvalidText(field, value, "text that is not blank", "write something")
    if len(value) > length:
        raise InvalidText(field, value, f"text of at most {length} characters", "shorten it")
    if _NUL in value:
        raise InvalidText(field, value, "text without the character NUL", "leave it out")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidText(field, value, "text without lone surrogates", "decode it properly")
    return value


def aware_time(value: object, field: str) -> datetime:
    """Return an instant in UTC, or refuse what is none."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise InvalidTime(field, value, "an aware datetime", "pass one with a time zone, such as UTC")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise InvalidTime(
            field, value, "an instant that UTC can hold", "pass one between the years 1 and 9999"
        ) from None


def later(now: datetime, wait: timedelta) -> datetime:
    """Return the instant after a wait, or the last one that there is."""
    return _LAST if wait > _LAST - now else now + wait


def last_multiple(instant: datetime, every: timedelta) -> datetime:
    """Return the last multiple of a span, counted from the beginning of time in UTC, that is not after an instant."""
    return instant - (instant - _FIRST) % every


def next_multiple(instant: datetime, every: timedelta) -> datetime:
    """Return the first multiple of a span after an instant."""
    return later(last_multiple(instant, every), every)


def earlier(now: datetime, wait: timedelta) -> datetime:
    """Return the instant before a wait, or the first one that there is."""
    return _FIRST if wait > now - _FIRST else now - wait


def choice(value: object, field: str, kind: type) -> None:
    """Refuse a value that is not of a kind."""
    if not isinstance(value, kind):
        raise InvalidChoice(field, value, f"a {kind.__name__}", f"choose one of {kind.__name__}")


def each(values: Any, field: str) -> tuple[Any, ...]:
    """Return the items of a sequence, or refuse what is none; a text is no sequence of texts."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidChoice(field, values, "a sequence", "put it into a list")
    return tuple(values)


def position(value: object, field: str) -> int:
    """Return a place in a list that is read from, 0 for its beginning, or refuse what is none."""
    if type(value) is not int or not 0 <= value < _NUMBERS:
        raise InvalidChoice(field, value, "a whole number from 0", "pass the last one that was read")
    return value


def check_total(given: Amount | Money, units: int, currency: str, field: str) -> None:
    """Refuse a total that is not the one that was shown, in minor units (spec S2).

    Raises:
        WrongPrice: it is another one, or in another currency.
        InvalidAmount: it is no exact amount.
    """
    if isinstance(given, Money):
        if given != Money(units, currency):
            raise WrongPrice(given, field)
    elif minor_units(given, currency, field, MAX_TOTAL) != units:
        raise WrongPrice(given, field)


def whole_number(value: object) -> int | None:
    """Return a value that could be the number of something, ``None`` for any other.

    Integers of other kinds will do, such as those that stand in a data frame.
    """
    if type(value) is not int:
        if isinstance(value, bool) or not isinstance(value, SupportsIndex):
            return None
        try:
            value = index(value)
        except Exception:  # such as a type or an array, which only look like numbers
            return None
    return value if 0 < value < _NUMBERS else None


def page_size(value: int | None, policy: Policy) -> int:
    """Return how many items a page has, or refuse a number that the policy does not allow."""
    if value is None:
        return policy.page_size
    if type(value) is not int or not 1 <= value <= policy.largest_page:
        raise InvalidChoice("size", value, f"a whole number from 1 to {policy.largest_page}", "ask for a smaller page")
    return value


def _digest(command: str, arguments: object) -> str:
    return hashlib.sha256(repr((command, _canonical(arguments))).encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Any) -> object:
    """The same for arguments that mean the same: whatever the order of names, and the kind of sequence."""
    if has(type(value)):
        return type(value).__name__, [
            (field.name, _canonical(getattr(value, field.name))) for field in fields(type(value))
        ]
    if isinstance(value, Mapping):
        return sorted((repr(name), _canonical(item)) for name, item in value.items())
    if isinstance(value, set | frozenset):
        return sorted(repr(_canonical(item)) for item in value)
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    return hex(value) if type(value) is int else repr(value)


def repeated_request(
    tx: Transaction, box: BoxNumber, request_id: str | None, command: str, arguments: object
) -> tuple[int, ...] | None:
    """Return what a request with that id returned the first time, ``None`` if it is new (spec S5).

    Raises:
        RequestReused: the id came before with another command or other arguments.
    """
    if request_id is None:
        return None
    request = tx.requests.get((box, text(request_id, "request_id", _REQUEST_ID_LENGTH)))
    if request is None:
        return None
    if request.digest != _digest(command, arguments):
        raise RequestReused(request_id)
    return request.result


def remember_request(
    tx: Transaction, box: BoxNumber, request_id: str | None, command: str, arguments: object, *result: int
) -> None:
    """Keep what a request returned."""
    if request_id is not None:
        tx.requests.add(Request(box, request_id, _digest(command, arguments), result))
