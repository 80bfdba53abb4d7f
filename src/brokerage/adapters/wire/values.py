"""Single values on the wire: numbers, texts, truths, decimals, times, days, spans, enums and margin rules."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from brokerage.errors import InvalidChoice, InvalidInput, InvalidRate, InvalidText, InvalidTime
from brokerage.pricing import Margin, MarginRule
from brokerage.rules import checked_margin_rule

__all__ = [
    "WHOLE",
    "Hook",
    "day_of",
    "day_text",
    "decimal_of",
    "decimal_text",
    "enum_reader",
    "exactly",
    "is_enum",
    "named_rule",
    "rule_name",
    "rules_by_name",
    "span_of",
    "span_units",
    "time_of",
    "time_text",
    "wrong",
]

Hook = Callable[[Any, Any], Any]
"""What reads a value as a field's type."""

_PLAIN_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MICROSECOND = timedelta(microseconds=1)
_REMEMBERED = 1024
WHOLE = "$"
"""The path to a whole fact."""


def wrong(error: type[InvalidInput], value: object, limit: str, field: str = WHOLE) -> InvalidInput:
    """Return an error that says what is wanted in the place of a value."""
    return error(field, value, limit, "write it as this library does")


def exactly(kind: type, words: str) -> Hook:
    """Return what reads values of one plain type and of no subclass of it; ``words`` say which."""
    error = InvalidText if kind is str else InvalidChoice

    def structure(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise wrong(error, value, words)
        return value

    return structure


def decimal_of(value: object) -> Decimal:
    """Read a decimal from its plain digits; raises ``InvalidRate`` for anything else."""
    if type(value) is not str or not _PLAIN_DECIMAL.fullmatch(value):
        raise wrong(InvalidRate, value, "text of plain digits")
    return Decimal(value)


def decimal_text(value: Decimal) -> str:
    """Write a decimal with plain digits; raises ``InvalidRate`` unless it is finite."""
    if not value.is_finite():
        raise wrong(InvalidRate, value, "a finite decimal")
    return f"{value:f}"


def time_of(value: object) -> datetime:
    """Read an instant from exactly the text that was written for it; raises ``InvalidTime`` for anything else."""
    try:
        time = datetime.fromisoformat(value) if type(value) is str and value.endswith("Z") else None
    except ValueError:
        time = None
    if time is None or time_text(time) != value:
        raise wrong(InvalidTime, value, 'a time in UTC such as "2026-01-31T12:00:00Z"')
    return time


def time_text(time: datetime) -> str:
    """Write an instant in UTC; raises ``InvalidTime`` where it has no time zone."""
    if time.utcoffset() is None:
        raise wrong(InvalidTime, time, "an aware datetime")
    return _text_in_utc(time)


@lru_cache(_REMEMBERED)
def _text_in_utc(time: datetime) -> str:
    """Write an aware instant; what is written together mostly happened at one instant."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day_of(value: object) -> date:
    """Read a day from exactly the text that was written for it; raises ``InvalidTime`` for anything else."""
    try:
        day = date.fromisoformat(value) if type(value) is str else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise wrong(InvalidTime, value, 'a day such as "2026-12-24"')
    return day


def day_text(day: date) -> str:
    """Write a day; raises ``InvalidTime`` for an instant, which would be read as something else."""
    if type(day) is not date:
        raise wrong(InvalidTime, day, "a day without a time")
    return day.isoformat()


def span_of(value: object) -> timedelta:
    """Read a span of time from its microseconds; raises ``InvalidTime`` for anything else."""
    try:
        span = value * _MICROSECOND if type(value) is int else None
    except OverflowError:
        span = None
    if span is None:
        raise wrong(InvalidTime, value, "a whole number of microseconds")
    return span


def span_units(span: timedelta) -> int:
    """Write a span of time as its microseconds."""
    return span // _MICROSECOND


def is_enum(kind: Any) -> bool:
    """Say whether a field's type is an enum."""
    return isinstance(kind, type) and issubclass(kind, Enum)


def enum_reader(kind: type[Enum]) -> Hook:
    """Return what reads a member of an enum from its value."""
    members = {member.value: member for member in kind}

    def structure(value: Any, _: Any) -> Enum:
        if type(value) is not str or value not in members:
            raise wrong(InvalidChoice, value, "one of " + ", ".join(map(repr, members)))
        return members[value]

    return structure


def rules_by_name(margin_rules: Iterable[MarginRule]) -> Mapping[str, MarginRule]:
    """Return the margin rules that facts may hold; raises ``InvalidChoice`` for others, and where two have one name."""
    rules: dict[str, MarginRule] = {rule.value: rule for rule in Margin}
    if not isinstance(margin_rules, Iterable):
        raise InvalidChoice("margin_rules", margin_rules, "several margin rules", "pass a list of them")
    for rule in margin_rules:
        checked_margin_rule(rule, "margin_rules")
        if rule.name in rules:
            raise InvalidChoice("margin_rules", rule.name, "a name of its own for each rule", "rename the rule")
        rules[rule.name] = rule
    return rules


def named_rule(name: object, rules: Mapping[str, MarginRule]) -> MarginRule:
    """Return the margin rule of a name; raises ``InvalidChoice`` where there is none."""
    if type(name) is not str or name not in rules:
        raise InvalidChoice(
            WHOLE,
            name,
            f"one of {', '.join(map(repr, rules))}",
            "pass the rule of that name to the store as one of its margin_rules, or to make_converter",
        )
    return rules[name]


def rule_name(rule: MarginRule, rules: Mapping[str, MarginRule]) -> str:
    """Return a margin rule's name; raises ``InvalidChoice`` where the converter does not know the rule."""
    name: str = rule.value if isinstance(rule, Margin) else rule.name
    if rules.get(name) != rule:
        raise InvalidChoice(
            "margin",
            name,
            "a rule that the converter knows",
            "pass the rule to the store as one of its margin_rules, or to make_converter",
        )
    return name
