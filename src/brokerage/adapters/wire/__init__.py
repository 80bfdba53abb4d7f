"""Facts as plain values that JSON can hold, and back: what stores and messages write down.

Strict both ways, because what is read here is believed afterwards: an integer is read from an integer alone, a text
from a text, a time from exactly the text that was written for it, and a key that a class does not have is refused.
A field that has a default may be missing, so that facts written before the field was added can still be read.

=====================================  ==================================================================
in a fact                              on the wire
=====================================  ==================================================================
whole number, text, truth, nothing     the same
``Decimal``                            text of plain digits: ``"0.10"``
aware ``datetime``                     ISO 8601 in UTC: ``"2026-01-31T12:00:00Z"``
``date``                               ISO 8601: ``"2026-12-24"``
``timedelta``                          whole number of microseconds
enum                                   its value
tuple; ``frozenset``                   list; sorted list
class                                  object with a key for each field
one of several classes (``Offer``)     that object with the class's name under ``"type"``
``Actor``                              the number of a box, or the value of a ``Role``
margin rule                            the value of a ``Margin``, or the ``name`` of a rule of the user's own
=====================================  ==================================================================
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, TypeVar, overload

import attrs
from cattrs import ClassValidationError, Converter, ForbiddenExtraKeysError, IterableValidationError
from cattrs.errors import IterableValidationNote

from brokerage.adapters.wire.groups import (
    actor_reader,
    class_reader,
    frozenset_reader,
    frozenset_writer,
    is_frozenset,
    is_tuple,
    is_union,
    tuple_reader,
    tuple_writer,
    union_reader,
    union_writer,
)
from brokerage.adapters.wire.values import (
    WHOLE,
    day_of,
    day_text,
    decimal_of,
    decimal_text,
    enum_reader,
    exactly,
    is_enum,
    named_rule,
    rule_name,
    rules_by_name,
    span_of,
    span_units,
    time_of,
    time_text,
    wrong,
)
from brokerage.errors import BrokerageError, InvalidChoice, InvalidInput
from brokerage.pricing import MarginRule
from brokerage.records.events import Actor, Role

__all__ = ["make_converter", "read", "write"]

_Kind = TypeVar("_Kind")


def make_converter(margin_rules: Iterable[MarginRule] = ()) -> Converter:
    """Make a converter for every fact of the library; use it through :func:`write` and :func:`read`.

    It belongs to the caller, who may register more hooks. Making one costs nothing; the first fact of each class
    costs some milliseconds, because its code is generated then.

    Args:
        margin_rules: the margin rules of the user's own that facts may hold; those of :class:`Margin` are known.

    Returns:
        A converter of its own.

    Raises:
        InvalidChoice: something is no margin rule, two share a name, or one has the value of a :class:`Margin`.

    >>> from decimal import Decimal
    >>> from brokerage.pricing import Terms
    >>> converter = make_converter()
    >>> write(converter, Terms(rate=Decimal("0.10")))
    {'rate': '0.1', 'margin': 'spread', 'factor': 'lowest', 'rounding': 'half-even'}
    >>> read(converter, {"rate": "0.10", "margin": "price"}, Terms).margin
    <Margin.ON_PRICE: 'price'>
    """
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, words in ((int, "a whole number"), (bool, "true or false"), (str, "text"), (NoneType, "nothing")):
        converter.register_structure_hook(kind, exactly(kind, words))
    converter.register_structure_hook(Decimal, lambda value, _: decimal_of(value))
    converter.register_unstructure_hook(Decimal, decimal_text)
    converter.register_structure_hook(datetime, lambda value, _: time_of(value))
    converter.register_unstructure_hook(datetime, time_text)
    converter.register_structure_hook(date, lambda value, _: day_of(value))
    converter.register_unstructure_hook(date, day_text)
    converter.register_structure_hook(timedelta, lambda value, _: span_of(value))
    converter.register_unstructure_hook(timedelta, span_units)
    converter.register_structure_hook_factory(is_enum, enum_reader)
    converter.register_unstructure_hook_factory(is_enum, lambda kind: lambda member: member.value)
    converter.register_structure_hook_factory(attrs.has, lambda kind: class_reader(kind, converter))
    for predicate, reader, writer in (
        (is_tuple, tuple_reader, tuple_writer),
        (is_frozenset, frozenset_reader, frozenset_writer),
        (is_union, union_reader, union_writer),
    ):
        converter.register_structure_hook_factory(predicate, _bound(reader, converter))
        converter.register_unstructure_hook_factory(predicate, _bound(writer, converter))
    converter.register_structure_hook_func(lambda kind: kind == Actor, actor_reader(converter))
    converter.register_unstructure_hook_func(
        lambda kind: kind == Actor, lambda actor: actor.value if isinstance(actor, Role) else actor
    )
    rules = rules_by_name(margin_rules)
    converter.register_structure_hook_func(lambda kind: kind is MarginRule, lambda name, _: named_rule(name, rules))
    converter.register_unstructure_hook_func(lambda kind: kind is MarginRule, lambda rule: rule_name(rule, rules))
    return converter


def write(converter: Converter, fact: object, kind: Any = None) -> Any:
    """Write a fact as a plain value: dictionaries, lists, texts, integers, truths and ``None``.

    Args:
        converter: from :func:`make_converter`.
        fact: what is written.
        kind: what it will be read as, where that is not its class: a union such as ``Offer`` writes which of its
            classes the fact has.

    Returns:
        A value that :func:`read` turns back into an equal fact, and ``json.dumps`` into text.

    Raises:
        InvalidInput: the fact holds a time without a time zone, a decimal that is not finite, or a margin rule that
            the converter does not know.

    >>> from brokerage.records.notices import Notice, PaymentNotice
    >>> from brokerage.records.numbers import DealNumber
    >>> converter = make_converter()
    >>> write(converter, PaymentNotice("bank", "7", "D1-AB", 9200, "USD"))
    {'source': 'bank', 'id': '7', 'reference': 'D1-AB', 'units': 9200, 'currency': 'USD'}
    >>> write(converter, PaymentNotice("bank", "7", "D1-AB", 9200, "USD"), Notice)["type"]
    'PaymentNotice'
    """
    return converter.unstructure(fact, unstructure_as=kind)


@overload
def read(converter: Converter, plain: object, kind: type[_Kind]) -> _Kind: ...


@overload
def read(converter: Converter, plain: object, kind: Any) -> Any: ...


def read(converter: Converter, plain: object, kind: Any) -> Any:
    """Read a fact from a plain value, as ``json.loads`` gives it.

    Args:
        converter: from :func:`make_converter`.
        plain: what :func:`write` made of the fact.
        kind: the fact's class, or the union that it was written as.

    Returns:
        The fact, equal to the one written.

    Raises:
        InvalidInput: something is not what the class says. The error's ``field`` is the path to it, such as
            ``"$.charges[0].units"``; of several, it is the first.

    >>> from brokerage.records.notices import PaymentNotice
    >>> plain = {"source": "bank", "id": "7", "reference": "D1-AB", "units": 92.5, "currency": "USD"}
    >>> read(make_converter(), plain, PaymentNotice)
    Traceback (most recent call last):
    brokerage.errors.inputs.InvalidChoice: $.units: 92.5 is refused; a whole number is wanted: write it as ...
    """
    try:
        return converter.structure(plain, kind)
    except (BrokerageError, ClassValidationError, IterableValidationError) as error:
        raise _located(error, WHOLE) from error


def _located(error: Exception, path: str) -> InvalidInput:
    """The first problem within an error, as an error of ours that names the path to it."""
    if isinstance(error, ClassValidationError | IterableValidationError):
        noted, others = error.group_exceptions()
        for inner, note in noted:
            step = f"[{note.index}]" if isinstance(note, IterableValidationNote) else f".{note.name}"
            return _located(inner, path + step)
        return _located(others[0], path)
    if isinstance(error, InvalidInput):
        return type(error)(path, error.value, error.limit, error.remedy)
    if isinstance(error, KeyError):
        return wrong(InvalidChoice, "nothing", "a value", path)
    if isinstance(error, ForbiddenExtraKeysError):
        unknown = ", ".join(sorted(map(repr, error.extra_fields)))
        return InvalidChoice(path, unknown, "an object without other keys", "leave them out")
    return InvalidChoice(path, str(error), "a fact that its class accepts", "mend what the message says")


def _bound(factory: Callable[[Any, Converter], Any], converter: Converter) -> Callable[[Any], Any]:
    return lambda kind: factory(kind, converter)
