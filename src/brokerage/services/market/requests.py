"""What a member asks for when offering.

Unchecked requests, and the check that turns one into the content of an offer.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from brokerage.errors import InvalidChoice, InvalidText, InvalidTime, LimitReached
from brokerage.making import quickly_made
from brokerage.money import Amount
from brokerage.policy import Policy
from brokerage.records.offers import NO_DETAILS, Details, Requirements, words_of
from brokerage.services.inputs import aware_time, each, later, text

__all__ = [
    "NO_ATTRIBUTES",
    "Buy",
    "Sell",
    "checked_details",
    "checked_limit",
    "checked_requirements",
    "kept_items",
    "kept_values",
]

_MAPPING_LENGTH = 100
_REPEATABLE = (tuple, list, str)
_NO_TEXT = ""
_NONE: tuple[str, ...] = ()
NO_ATTRIBUTES: Mapping[str, Any] = MappingProxyType({})
"""No attributes at all."""


def kept_items(values: Any) -> Any:
    """Keep the items of an iterator, which could be read only once; anything else is left to the checks."""
    if type(values) in _REPEATABLE:
        return values
    return tuple(values) if isinstance(values, Iterator) else values


def kept_values(attributes: Any) -> Any:
    """The same for the values of each attribute."""
    if attributes is NO_ATTRIBUTES or not isinstance(attributes, Mapping):
        return attributes
    return {name: kept_items(values) for name, values in attributes.items()}


@quickly_made
@frozen(kw_only=True)
class Sell:
    """A request to sell one unit of something (spec O1).

    Args:
        category: the code of an open category.
        name: what is sold; up to the policy's ``name_length`` characters (200).
        min_price: SPmin, the least the seller would take; exact, from 0 to 10**15 minor units.
        currency: an ISO 4217 code.
        limit: until when it is offered; aware; ``None`` for the policy's default life.
        description: up to the policy's ``description_length`` characters (10,000).
        age: how old it is, in the seller's words.
        model: model or make.
        photographs: opaque references, at most the policy's ``photograph_count`` (20); they are never opened.
        attributes: names and values that purchases may require.
    """

    category: str
    name: str
    min_price: Amount
    currency: str
    limit: datetime | None = None
    description: str = _NO_TEXT
    age: str = _NO_TEXT
    model: str = _NO_TEXT
    photographs: Iterable[str] = field(default=_NONE, converter=kept_items)
    attributes: Mapping[str, str] = NO_ATTRIBUTES


@quickly_made
@frozen(kw_only=True)
class Buy:
    """A request to buy one unit of something (spec O2).

    Args:
        category: the code of an open category.
        max_price: BPmax, the most the buyer would pay; exact, from 0 to 10**15 minor units.
        currency: an ISO 4217 code.
        limit: until when it is wanted; aware; ``None`` for the policy's default life.
        name: for the buyer's own use; may be empty.
        attributes: for each name the values that will do; a missing attribute does not.
        words: must all occur in the commodity's name, whatever their case.
    """

    category: str
    max_price: Amount
    currency: str
    limit: datetime | None = None
    name: str = ""
    attributes: Mapping[str, Iterable[str]] = field(default=NO_ATTRIBUTES, converter=kept_values)
    words: Iterable[str] = field(default=_NONE, converter=kept_items)


def checked_limit(value: datetime | None, now: datetime, policy: Policy) -> datetime | None:
    """Return when an offer ends, or refuse a limit that is no instant, is past, or is too far away (spec V2, T1).

    It is refused too where it comes before the end of a pause that would follow a cancellation: a short time limit
    would be one without a pause (spec B7).
    """
    if value is None:
        return None if policy.default_life is None else later(now, policy.default_life)
    limit = aware_time(value, "limit")
    if limit <= now:
        raise InvalidTime("limit", value, f"an instant after {now.isoformat()}", "choose a later one")
    pause = policy.probing_pause
    if pause is not None and limit < later(now, pause):
        raise InvalidTime("limit", value, f"an instant at least {pause} from now", "choose a later one")
    if policy.longest_life is not None and limit > later(now, policy.longest_life):
        raise InvalidTime("limit", value, f"at most {policy.longest_life.days} days from now", "choose an earlier one")
    return limit


def checked_details(request: Sell, policy: Policy) -> Details:
    """Return what a seller tells of a commodity, or refuse it (spec V2)."""
    if (
        request.description is request.age is request.model is _NO_TEXT
        and request.photographs is _NONE
        and request.attributes is NO_ATTRIBUTES
    ):
        return NO_DETAILS
    description = text(request.description, "description", policy.description_length, may_be_empty=True)
    age = text(request.age, "age", policy.name_length, may_be_empty=True)
    model = text(request.model, "model", policy.name_length, may_be_empty=True)
    photographs = tuple(
        text(photograph, "photographs", policy.name_length) for photograph in each(request.photographs, "photographs")
    )
    if len(photographs) > policy.photograph_count:
        limit = f"at most {policy.photograph_count} photographs"
        raise LimitReached("photographs", len(photographs), limit, "leave some out")
    attributes = tuple(
        (name, text(value, f"attributes[{name}]", policy.name_length))
        for name, value in _pairs(request.attributes, policy)
    )
    details = Details(description, age, model, photographs, attributes)
    return NO_DETAILS if details == NO_DETAILS else details


def checked_requirements(request: Buy, policy: Policy) -> Requirements | None:
    """Return what a commodity must be to suit a purchase, ``None`` if anything does, or refuse it (spec V2)."""
    if request.words is _NONE and request.attributes is NO_ATTRIBUTES:
        return None
    attributes = tuple(
        (
            name,
            frozenset(text(value, f"attributes[{name}]", policy.name_length) for value in each(values, "attributes")),
        )
        for name, values in _pairs(request.attributes, policy)
    )
    words: set[str] = set()
    for word in each(request.words, "words"):
        found = words_of(text(word, "words", policy.name_length))
        if not found:
            raise InvalidText("words", word, "letters or digits", "leave it out")
        words |= found
    return Requirements(attributes, frozenset(words)) if attributes or words else None


def _pairs(attributes: Any, policy: Policy) -> list[tuple[str, Any]]:
    if not isinstance(attributes, Mapping):
        raise InvalidChoice("attributes", attributes, "a mapping of names", "pass a dict")
    if len(attributes) > _MAPPING_LENGTH:
        raise LimitReached("attributes", len(attributes), f"at most {_MAPPING_LENGTH} attributes", "leave some out")
    return sorted((text(name, "attributes", policy.name_length), values) for name, values in attributes.items())
