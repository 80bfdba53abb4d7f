"""What a bidder offers: an unchecked request, and the check that turns it into the terms of a bid (spec N3, V1, V2)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from brokerage.errors import InvalidAmount, InvalidChoice, InvalidTime, LimitReached
from brokerage.money import Amount, Rate, exact_rate, minor_units
from brokerage.policy import Policy
from brokerage.records.tenders import BidTerms, ItemSupply, Quality, Tender, Tier
from brokerage.services.inputs import aware_time, text

__all__ = ["LARGEST_QUANTITY", "BidRequest", "checked_quantity", "checked_terms"]

LARGEST_QUANTITY = 10**6
"""The most units of an item in one reservation or bid."""

_MAPPING_LENGTH = 100
_HIGHEST_QUALITY = Decimal(10**9)


def _copied(values: Any) -> Any:
    """A copy, so that a work that is done again sees the same; anything else than a mapping is left to the check."""
    return dict(values) if isinstance(values, Mapping) else values


@frozen(kw_only=True)
class BidRequest:
    """A request to bid in a tender (spec N3, N6).

    Args:
        tiers: from how many units on, 1 to 10**6, what each costs: exact amounts from 0 to 10**15 minor units, none
            higher than for fewer units; at most 100. For a service there is one, from 1.
        least: the fewest units that are delivered.
        most: the most; ``None``: any number. Of services neither is stated.
        delivery: the day by which an item is delivered, today or later; ``None`` for services.
        valid_until: until when it is offered, later than the time for bids; ``None``: as long as it takes.
        fixed: the fee for each deal; services only.
        rate: the part of what the buyer pays, from 0 to 1; services only.
        qualities: what a judge can weigh beside, by name: exact decimals from 0 to 10**9; at most 100.
    """

    tiers: Mapping[int, Amount] = field(converter=_copied)
    least: int = 1
    most: int | None = None
    delivery: date | None = None
    valid_until: datetime | None = None
    fixed: Amount = 0
    rate: Rate = 0
    qualities: Mapping[str, Rate] = field(factory=dict, converter=_copied)


def checked_terms(request: BidRequest, tender: Tender, policy: Policy, now: datetime) -> BidTerms:
    """Return the terms of a bid, or refuse them.

    Raises:
        InvalidChoice: something is no request, no mapping, no whole number in its range, or not to be stated here.
        InvalidAmount: a price or a fee is no exact amount, or a price rises with the quantity.
        InvalidRate: the rate or a quality is no exact decimal in its range.
        InvalidText: a quality's name is blank or too long.
        InvalidTime: the delivery day is past, or the validity ends before the time for bids does.
        LimitReached: there are more than 100 tiers or qualities.
    """
    if not isinstance(request, BidRequest):
        raise InvalidChoice("request", request, "a BidRequest", "make one")
    is_item = isinstance(tender.asked, ItemSupply)
    tiers = _tiers(request.tiers, tender.currency, "tiers[{}]" if is_item else "each")
    least = checked_quantity(request.least, "least")
    most = None if request.most is None else checked_quantity(request.most, "most")
    if most is not None and most < max(least, tiers[0].quantity):
        limit = f"at least {max(least, tiers[0].quantity)}, the fewest units that are delivered"
        raise InvalidChoice("most", most, limit, "offer more, or leave it out")
    fixed = minor_units(request.fixed, tender.currency, "fixed")
    rate = exact_rate(request.rate, "rate", Decimal(1))
    if is_item:
        _refuse_stated("fixed", request.fixed, fixed != 0)
        _refuse_stated("rate", request.rate, rate != 0)
    else:
        _refuse_stated("tiers", request.tiers, tiers[0].quantity != 1 or len(tiers) > 1)
        _refuse_stated("least", least, least != 1)
        _refuse_stated("most", most, most is not None)
        _refuse_stated("delivery", request.delivery, request.delivery is not None)
    return BidTerms(
        tiers=tiers,
        least=least,
        most=most,
        delivery=_delivery(request.delivery, now) if is_item else None,
        valid_until=_valid_until(request.valid_until, tender),
        fixed=fixed,
        rate=rate,
        qualities=_qualities(request.qualities, policy),
    )


def checked_quantity(value: object, field: str) -> int:
    """Return a number of units, from 1 to 10**6; raises ``InvalidChoice`` for anything else."""
    if type(value) is not int or not 1 <= value <= LARGEST_QUANTITY:
        raise InvalidChoice(field, value, f"a whole number from 1 to {LARGEST_QUANTITY:,}", "choose another one")
    return value


def _refuse_stated(field: str, value: object, is_stated: bool) -> None:
    if is_stated:
        raise InvalidChoice(field, value, "nothing of that kind where that is asked for", "leave it out")


def _tiers(given: object, currency: str, name: str) -> tuple[Tier, ...]:
    if not isinstance(given, Mapping) or not given:
        raise InvalidChoice("tiers", given, "prices by quantity", 'pass a dict such as {1: "90.00", 10: "80.00"}')
    if len(given) > _MAPPING_LENGTH:
        raise LimitReached("tiers", len(given), f"at most {_MAPPING_LENGTH} tiers", "leave some out")
    quantities = sorted(checked_quantity(quantity, "tiers") for quantity in given)
    tiers: list[Tier] = []
    for quantity in quantities:
        price = minor_units(given[quantity], currency, name.format(quantity))
        if tiers and price > tiers[-1].price:
            limit = "a price not above that for fewer units"
            raise InvalidAmount(f"tiers[{quantity}]", given[quantity], limit, "lower it, or leave it out")
        tiers.append(Tier(quantity, price))
    return tuple(tiers)


def _delivery(value: object, now: datetime) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidTime("delivery", value, "a day", "pass a datetime.date")
    if value < now.date():
        raise InvalidTime("delivery", value, f"{now.date().isoformat()} or a later day", "choose a later one")
    return value


def _valid_until(value: object, tender: Tender) -> datetime | None:
    if value is None:
        return None
    until = aware_time(value, "valid_until")
    if until <= tender.bids_until:
        limit = f"an instant after {tender.bids_until.isoformat()}, when the time for bids is over"
        raise InvalidTime("valid_until", value, limit, "choose a later one, or leave it out")
    return until


def _qualities(given: object, policy: Policy) -> tuple[Quality, ...]:
    if not isinstance(given, Mapping):
        raise InvalidChoice("qualities", given, "a mapping of names", "pass a dict")
    if len(given) > _MAPPING_LENGTH:
        raise LimitReached("qualities", len(given), f"at most {_MAPPING_LENGTH} qualities", "leave some out")
    names = sorted(text(name, "qualities", policy.name_length) for name in given)
    return tuple(Quality(name, exact_rate(given[name], f"qualities[{name}]", _HIGHEST_QUALITY)) for name in names)
