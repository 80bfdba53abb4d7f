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
        fact: an attrs value with a ``version``; every one of its fields is an argument of its class.
        changes: new values by the names of fields.
    """
    names, values = _parts(type(fact))
    arguments = dict(zip(names, values(fact), strict=True))
    arguments["version"] += 1
    arguments.update(changes)
    return type(fact)(**arguments)


@cache
def _parts(kind: type[AttrsInstance]) -> tuple[tuple[str, ...], Callable[[object], tuple[Any, ...]]]:
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)
