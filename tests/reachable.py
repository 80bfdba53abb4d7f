"""Every text that can be reached from a thing: what tests search for what must not be there."""

from collections.abc import Iterator
from enum import Enum
from types import ModuleType

__all__ = ["strings"]


def strings(thing: object, known: set[int]) -> Iterator[str]:
    """Yield every text that can be reached from a thing, and how it writes itself."""
    if id(thing) in known:
        return
    known.add(id(thing))
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, bytes):
        yield thing.decode("latin-1")
    elif isinstance(thing, Enum | int | type):
        return
    elif callable(thing):
        owner = getattr(thing, "__self__", None)
        yield from () if isinstance(owner, ModuleType) else strings(owner, known)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from strings(key, known)
            yield from strings(value, known)
    elif isinstance(thing, list | tuple | set | frozenset):
        for item in thing:
            yield from strings(item, known)
    else:
        yield repr(thing)
        names = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
        for name in (*names, *getattr(thing, "__dict__", ())):
            yield from strings(getattr(thing, name, None), known)
