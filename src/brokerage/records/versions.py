"""The next version of a fact: facts never change, each change makes another one."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from attrs import AttrsInstance, fields

__all__ = ["next_version"]

_Fact = TypeVar("_Fact", bound=AttrsInstance)


def next_version(fact: _Fact, **changes: Any) -> _Fact:
    """Return a fact with some fields changed and its version one higher.

    Args:
        fact: an attrs value with a ``version``, whose fields are the arguments of its class in their order.
        changes: new values by the names of fields.
    """
    places, values = _parts(type(fact))
    arguments = list(values(fact))
    arguments[places["version"]] += 1
    for name, value in changes.items():
        arguments[places[name]] = value
    return type(fact)(*arguments)


@cache
def _parts(kind: type[AttrsInstance]) -> tuple[dict[str, int], Callable[[object], tuple[Any, ...]]]:
    names = [field.name for field in fields(kind)]
    return {name: place for place, name in enumerate(names)}, attrgetter(*names)
