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
enum                                   its value
tuple; ``frozenset``                   list; sorted list
class                                  object with a key for each field
one of several classes (``Offer``)     that object with the class's name under ``"type"``
``Actor``                              the number of a box, or the value of a ``Role``
margin rule                            the value of a ``Margin``, or the ``name`` of a rule of the user's own
=====================================  ==================================================================
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, overload

import attrs
from cattrs import ClassValidationError, Converter, ForbiddenExtraKeysError, IterableValidationError
from cattrs.errors import IterableValidationNote
from cattrs.gen import make_dict_structure_fn

from brokerage.errors import BrokerageError, InvalidChoice, InvalidInput, InvalidRate, InvalidText, InvalidTime
from brokerage.pricing import Margin, MarginRule
from brokerage.records.events import Actor, Role
from brokerage.records.numbers import BoxNumber

__all__ = ["make_converter", "read", "write"]

_Kind = TypeVar("_Kind")
_Hook = Callable[[Any, Any], Any]

_TAG = "type"
_PLAIN_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WHOLE = "$"


def make_converter(margin_rules: Iterable[MarginRule] = ()) -> Converter:
    """Make a converter for every fact of the library; use it through :func:`write` and :func:`read`.

    It belongs to the caller, who may register more hooks. Making one costs nothing; the first fact of each class
    costs some milliseconds, because its code is generated then.

    Args:
        margin_rules: the margin rules of the user's own that facts may hold; those of :class:`Margin` are known.

    Returns:
        A converter of its own.

    Raises:
        InvalidChoice: two rules share a name, or one has the value of a :class:`Margin`.

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
        converter.register_structure_hook(kind, _exactly(kind, words))
    converter.register_structure_hook(Decimal, lambda value, _: _decimal(value))
    converter.register_unstructure_hook(Decimal, _decimal_text)
    converter.register_structure_hook(datetime, lambda value, _: _time(value))
    converter.register_unstructure_hook(datetime, _time_text)
    converter.register_structure_hook_factory(_is_enum, _enum_reader)
    converter.register_unstructure_hook_factory(_is_enum, lambda kind: lambda member: member.value)
    converter.register_structure_hook_factory(attrs.has, lambda kind: _class_reader(kind, converter))
    for predicate, reader, writer in (
        (_is_tuple, _tuple_reader, _tuple_writer),
        (_is_frozenset, _frozenset_reader, _frozenset_writer),
        (_is_union, _union_reader, _union_writer),
    ):
        converter.register_structure_hook_factory(predicate, _bound(reader, converter))
        converter.register_unstructure_hook_factory(predicate, _bound(writer, converter))
    converter.register_structure_hook_func(lambda kind: kind == Actor, _actor_reader(converter))
    converter.register_unstructure_hook_func(
        lambda kind: kind == Actor, lambda actor: actor.value if isinstance(actor, Role) else actor
    )
    rules = _rules_by_name(margin_rules)
    converter.register_structure_hook_func(lambda kind: kind is MarginRule, lambda name, _: _named_rule(name, rules))
    converter.register_unstructure_hook_func(lambda kind: kind is MarginRule, lambda rule: _rule_name(rule, rules))
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
    brokerage.errors.InvalidChoice: $.units: 92.5 is refused; a whole number is wanted: write it as this library does
    """
    try:
        return converter.structure(plain, kind)
    except (BrokerageError, ClassValidationError, IterableValidationError) as error:
        raise _located(error, _WHOLE) from error


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
        return _wrong(InvalidChoice, "nothing", "a value", path)
    if isinstance(error, ForbiddenExtraKeysError):
        unknown = ", ".join(sorted(map(repr, error.extra_fields)))
        return InvalidChoice(path, unknown, "an object without other keys", "leave them out")
    return InvalidChoice(path, str(error), "a fact that its class accepts", "mend what the message says")


def _wrong(error: type[InvalidInput], value: object, limit: str, field: str = _WHOLE) -> InvalidInput:
    return error(field, value, limit, "write it as this library does")


def _bound(factory: Callable[[Any, Converter], Any], converter: Converter) -> Callable[[Any], Any]:
    return lambda kind: factory(kind, converter)


def _exactly(kind: type, words: str) -> _Hook:
    error = InvalidText if kind is str else InvalidChoice

    def structure(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise _wrong(error, value, words)
        return value

    return structure


def _decimal(value: object) -> Decimal:
    if type(value) is not str or not _PLAIN_DECIMAL.fullmatch(value):
        raise _wrong(InvalidRate, value, "text of plain digits")
    return Decimal(value)


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        raise _wrong(InvalidRate, value, "a finite decimal")
    return f"{value:f}"


def _time(value: object) -> datetime:
    try:
        time = datetime.fromisoformat(value) if type(value) is str and value.endswith("Z") else None
    except ValueError:
        time = None
    if time is None or _time_text(time) != value:
        raise _wrong(InvalidTime, value, 'a time in UTC such as "2026-01-31T12:00:00Z"')
    return time


def _time_text(time: datetime) -> str:
    if time.utcoffset() is None:
        raise _wrong(InvalidTime, time, "an aware datetime")
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _enum_reader(kind: type[Enum]) -> _Hook:
    members = {member.value: member for member in kind}

    def structure(value: Any, _: Any) -> Enum:
        if type(value) is not str or value not in members:
            raise _wrong(InvalidChoice, value, "one of " + ", ".join(map(repr, members)))
        return members[value]

    return structure


def _class_reader(kind: type, converter: Converter) -> _Hook:
    fields: _Hook = make_dict_structure_fn(kind, converter)

    def structure(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise _wrong(InvalidChoice, type(value).__name__, f"an object with the fields of {kind.__name__}")
        return fields(value, kind)

    return structure


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_frozenset(kind: Any) -> bool:
    return get_origin(kind) is frozenset


def _items(value: Any, kinds: Iterable[Any], hooks: Iterable[_Hook]) -> list[Any]:
    """Structure each item by its hook, and remember the place of each that is wrong."""
    items: list[Any] = []
    problems: list[Exception] = []
    for at, (item, kind, hook) in enumerate(zip(value, kinds, hooks, strict=True)):
        try:
            items.append(hook(item, kind))
        except Exception as problem:  # whatever it is, it is passed on with its place
            problem.add_note(IterableValidationNote(f"at {at}", at, kind))
            problems.append(problem)
    if problems:
        raise IterableValidationError("a list", problems, list)
    return items


def _list(value: object) -> list[Any]:
    if type(value) is not list:
        raise _wrong(InvalidChoice, type(value).__name__, "a list")
    return value


def _tuple_reader(kind: Any, converter: Converter) -> _Hook:
    kinds = get_args(kind)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        hook = converter.get_structure_hook(kinds[0])
        return lambda value, _: tuple(_items(value, kinds[:1] * len(_list(value)), [hook] * len(value)))
    hooks = [converter.get_structure_hook(one) for one in kinds]

    def structure(value: Any, _: Any) -> tuple[Any, ...]:
        if len(_list(value)) != len(kinds):
            raise _wrong(InvalidChoice, f"a list of {len(value)}", f"a list of {len(kinds)}")
        return tuple(_items(value, kinds, hooks))

    return structure


def _tuple_writer(kind: Any, converter: Converter) -> Callable[[Any], list[Any]]:
    kinds = get_args(kind)
    hooks = [converter.get_unstructure_hook(one) for one in kinds if one is not Ellipsis]
    if len(hooks) < len(kinds):
        return lambda items: [hooks[0](item) for item in items]
    return lambda items: [hook(item) for hook, item in zip(hooks, items, strict=True)]


def _frozenset_reader(kind: Any, converter: Converter) -> _Hook:
    kinds = get_args(kind)
    hook = converter.get_structure_hook(kinds[0])

    def structure(value: Any, _: Any) -> frozenset[Any]:
        items = _items(value, kinds * len(_list(value)), [hook] * len(value))
        found = frozenset(items)
        if len(found) < len(items):
            raise _wrong(InvalidChoice, "a list with an item twice", "a list of different items")
        return found

    return structure


def _frozenset_writer(kind: Any, converter: Converter) -> Callable[[Any], list[Any]]:
    hook = converter.get_unstructure_hook(get_args(kind)[0])
    return lambda items: sorted(map(hook, items))


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType)


def _union_reader(union: Any, converter: Converter) -> _Hook:
    kinds = [kind for kind in get_args(union) if kind is not NoneType]
    is_optional = len(kinds) < len(get_args(union))
    one = converter.get_structure_hook(kinds[0]) if len(kinds) == 1 else _tagged_reader(kinds, converter)

    def structure(value: Any, _: Any) -> Any:
        return None if value is None and is_optional else one(value, kinds[0])

    return structure


def _tagged_reader(kinds: list[Any], converter: Converter) -> _Hook:
    hooks = {kind.__name__: (converter.get_structure_hook(kind), kind) for kind in kinds}

    def structure(value: Any, _: Any) -> Any:
        tag = value.get(_TAG) if type(value) is dict else None
        if type(tag) is not str or tag not in hooks:
            raise _wrong(InvalidChoice, tag, f'an object whose "{_TAG}" is one of {", ".join(hooks)}')
        hook, kind = hooks[tag]
        return hook({key: given for key, given in value.items() if key != _TAG}, kind)

    return structure


def _union_writer(union: Any, converter: Converter) -> Callable[[Any], Any]:
    kinds = [kind for kind in get_args(union) if kind is not NoneType]
    if len(kinds) == 1:
        one = converter.get_unstructure_hook(kinds[0])
        return lambda value: None if value is None else one(value)
    hooks = {kind: converter.get_unstructure_hook(kind) for kind in kinds}

    is_optional = len(kinds) < len(get_args(union))

    def unstructure(fact: Any) -> Any:
        if fact is None and is_optional:
            return None
        hook = hooks.get(type(fact))
        if hook is None:
            names = ", ".join(kind.__name__ for kind in kinds)
            raise InvalidChoice(_WHOLE, type(fact).__name__, f"one of {names}", "write it as what it is")
        return {_TAG: type(fact).__name__, **hook(fact)}

    return unstructure


def _actor_reader(converter: Converter) -> _Hook:
    box, role = converter.get_structure_hook(BoxNumber), converter.get_structure_hook(Role)
    return lambda value, _: role(value, Role) if type(value) is str else box(value, BoxNumber)


def _rules_by_name(margin_rules: Iterable[MarginRule]) -> Mapping[str, MarginRule]:
    rules: dict[str, MarginRule] = {rule.value: rule for rule in Margin}
    for rule in margin_rules:
        if rule.name in rules:
            raise InvalidChoice("margin_rules", rule.name, "a name of its own for each rule", "rename the rule")
        rules[rule.name] = rule
    return rules


def _named_rule(name: object, rules: Mapping[str, MarginRule]) -> MarginRule:
    if type(name) is not str or name not in rules:
        raise InvalidChoice(
            _WHOLE, name, f"one of {', '.join(map(repr, rules))}", "pass the rule of that name to make_converter"
        )
    return rules[name]


def _rule_name(rule: MarginRule, rules: Mapping[str, MarginRule]) -> str:
    name: str = rule.value if isinstance(rule, Margin) else rule.name
    if rules.get(name) != rule:
        raise InvalidChoice("margin", name, "a rule that the converter knows", "pass the rule to make_converter")
    return name
