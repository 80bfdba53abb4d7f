"""Values of several parts on the wire: classes, tuples, sets, one of several classes, and actors."""

from collections.abc import Callable, Iterable
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from cattrs import Converter, IterableValidationError
from cattrs.errors import IterableValidationNote
from cattrs.gen import make_dict_structure_fn

from brokerage.adapters.wire.values import WHOLE, Hook, wrong
from brokerage.errors import InvalidChoice
from brokerage.records.events import Role
from brokerage.records.numbers import BoxNumber

__all__ = [
    "actor_reader",
    "class_reader",
    "frozenset_reader",
    "frozenset_writer",
    "is_frozenset",
    "is_tuple",
    "is_union",
    "tuple_reader",
    "tuple_writer",
    "union_reader",
    "union_writer",
]

_TAG = "type"


def class_reader(kind: type, converter: Converter) -> Hook:
    """Return what reads a class from an object with a key for each field."""
    fields: Hook = make_dict_structure_fn(kind, converter)

    def structure(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise wrong(InvalidChoice, type(value).__name__, f"an object with the fields of {kind.__name__}")
        return fields(value, kind)

    return structure


def is_tuple(kind: Any) -> bool:
    """Say whether a field's type is a tuple."""
    return get_origin(kind) is tuple


def is_frozenset(kind: Any) -> bool:
    """Say whether a field's type is a frozen set."""
    return get_origin(kind) is frozenset


def _items(value: Any, kinds: Iterable[Any], hooks: Iterable[Hook]) -> list[Any]:
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
        raise wrong(InvalidChoice, type(value).__name__, "a list")
    return value


def tuple_reader(kind: Any, converter: Converter) -> Hook:
    """Return what reads a tuple from a list: of any length, or with a type for each place."""
    kinds = get_args(kind)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        hook = converter.get_structure_hook(kinds[0])
        return lambda value, _: tuple(_items(value, kinds[:1] * len(_list(value)), [hook] * len(value)))
    hooks = [converter.get_structure_hook(one) for one in kinds]

    def structure(value: Any, _: Any) -> tuple[Any, ...]:
        if len(_list(value)) != len(kinds):
            raise wrong(InvalidChoice, f"a list of {len(value)}", f"a list of {len(kinds)}")
        return tuple(_items(value, kinds, hooks))

    return structure


def tuple_writer(kind: Any, converter: Converter) -> Callable[[Any], list[Any]]:
    """Return what writes a tuple as a list."""
    kinds = get_args(kind)
    hooks = [converter.get_unstructure_hook(one) for one in kinds if one is not Ellipsis]
    if len(hooks) < len(kinds):
        return lambda items: [hooks[0](item) for item in items]
    return lambda items: [hook(item) for hook, item in zip(hooks, items, strict=True)]


def frozenset_reader(kind: Any, converter: Converter) -> Hook:
    """Return what reads a set from a list of different items."""
    kinds = get_args(kind)
    hook = converter.get_structure_hook(kinds[0])

    def structure(value: Any, _: Any) -> frozenset[Any]:
        items = _items(value, kinds * len(_list(value)), [hook] * len(value))
        found = frozenset(items)
        if len(found) < len(items):
            raise wrong(InvalidChoice, "a list with an item twice", "a list of different items")
        return found

    return structure


def frozenset_writer(kind: Any, converter: Converter) -> Callable[[Any], list[Any]]:
    """Return what writes a set as a sorted list."""
    hook = converter.get_unstructure_hook(get_args(kind)[0])
    return lambda items: sorted(map(hook, items))


def is_union(kind: Any) -> bool:
    """Say whether a field's type is one of several, nothing perhaps among them."""
    return get_origin(kind) in (Union, UnionType)


def union_reader(union: Any, converter: Converter) -> Hook:
    """Return what reads one of several classes by its name, or what may be nothing."""
    kinds = [kind for kind in get_args(union) if kind is not NoneType]
    is_optional = len(kinds) < len(get_args(union))
    one = converter.get_structure_hook(kinds[0]) if len(kinds) == 1 else _tagged_reader(kinds, converter)

    def structure(value: Any, _: Any) -> Any:
        return None if value is None and is_optional else one(value, kinds[0])

    return structure


def _tagged_reader(kinds: list[Any], converter: Converter) -> Hook:
    hooks = {kind.__name__: (converter.get_structure_hook(kind), kind) for kind in kinds}

    def structure(value: Any, _: Any) -> Any:
        tag = value.get(_TAG) if type(value) is dict else None
        if type(tag) is not str or tag not in hooks:
            raise wrong(InvalidChoice, tag, f'an object whose "{_TAG}" is one of {", ".join(hooks)}')
        hook, kind = hooks[tag]
        return hook({key: given for key, given in value.items() if key != _TAG}, kind)

    return structure


def union_writer(union: Any, converter: Converter) -> Callable[[Any], Any]:
    """Return what writes one of several classes with its name, or what may be nothing."""
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
            raise InvalidChoice(WHOLE, type(fact).__name__, f"one of {names}", "write it as what it is")
        return {_TAG: type(fact).__name__, **hook(fact)}

    return unstructure


def actor_reader(converter: Converter) -> Hook:
    """Return what reads whoever acted: a role from a text, a box from a number."""
    box, role = converter.get_structure_hook(BoxNumber), converter.get_structure_hook(Role)
    return lambda value, _: role(value, Role) if type(value) is str else box(value, BoxNumber)
