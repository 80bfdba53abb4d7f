"""What a contract is: a class of laws that whoever makes an adapter subclasses, and can neither change nor drop."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from attrs import frozen

__all__ = ["Contract", "Law", "broken_laws", "laws_of"]

_OWN = "brokerage.testing"


@frozen
class Law:
    """A law of a contract.

    ``name`` is its test method, behind the names of the suites that it stands in; ``says`` is what holds; ``hold``
    raises unless it holds of an adapter.
    """

    name: str
    says: str
    hold: Callable[[Any], object]


class _Sealed(type):
    """A class whose laws stay as they were written: in itself, in every subclass, and later on too."""

    def __new__(cls, name: str, parents: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> "_Sealed":
        made = super().__new__(cls, name, parents, namespace, **options)
        changed = {law for law, first in _first_laws(made).items() if inspect.getattr_static(made, law) != first}
        if not made.__module__.startswith(_OWN):
            changed |= {part for part in namespace if not part.startswith("__") and _is_of_a_contract(parents, part)}
        if changed:
            raise TypeError(f"{name} changes {', '.join(sorted(changed))}: a law of a contract is kept as it is")
        if namespace.get("__test__", True) is not True or "pytestmark" in namespace:
            raise TypeError(f"{name} sets __test__ or pytestmark: a contract is not switched off")
        if made.__doc__ and "__doc__" in namespace:
            made.__doc__ = _with_laws(made, made.__doc__)
        return made

    def __setattr__(cls, name: str, value: object) -> None:
        if name == "__test__" or name in _first_laws(cls):
            raise TypeError(f"{cls.__name__}.{name} cannot be changed: a law of a contract is kept as it is")
        super().__setattr__(name, value)

    def __delattr__(cls, name: str) -> None:
        if name in _first_laws(cls):
            raise TypeError(f"{cls.__name__}.{name} cannot be deleted: a law of a contract is kept as it is")
        super().__delattr__(name)


def _is_of_a_contract(parents: tuple[type, ...], part: str) -> bool:
    """Say whether a suite of the library has a part of that name, which its laws rest on."""
    ancestors = (ancestor for parent in parents for ancestor in parent.__mro__)
    return any(
        isinstance(each, _Sealed) and each.__module__.startswith(_OWN) and part in vars(each) for each in ancestors
    )


def laws_of(contract: type) -> tuple[Law, ...]:
    """Return a contract's laws in the order of their writing, those of suites inside it included.

    >>> [law.name for law in laws_of(Contract)]
    []
    """
    found: list[Law] = []
    for name, first in _first_laws(contract).items():
        if isinstance(first, type):
            found += [Law(f"{name}.{law.name}", law.says, law.hold) for law in laws_of(first)]
        else:
            says = (inspect.getdoc(first) or "").split("\n\n")[0].replace("\n", " ")
            found.append(Law(name, says, _holder(contract, name)))
    return tuple(found)


def _first_laws(contract: type) -> Mapping[str, Any]:
    """Every law as it was first written, by its name."""
    first: dict[str, Any] = {}
    for parent in reversed(contract.__mro__):
        if isinstance(parent, _Sealed):
            for name, value in vars(parent).items():
                if name.startswith("test_") or (name.startswith("Test") and isinstance(value, _Sealed)):
                    first.setdefault(name, value)
    return first


def _holder(contract: Any, name: str) -> Callable[[Any], object]:
    def hold(adapter: Any) -> object:
        suite = contract()
        suite.prepare(adapter)
        return getattr(suite, name)(adapter)

    return hold


def _with_laws(contract: type, words: str) -> str:
    """What a class says of itself, followed by its laws."""
    lines = [f"- ``{law.name}``: {law.says}" for law in laws_of(contract)]
    return "\n".join([inspect.cleandoc(words), "", "Laws:", "", *lines]) if lines else words


class Contract(metaclass=_Sealed):
    """A port's laws, one test method each; a suite inside a suite is named ``Test…`` and has laws of its own.

    Subclass a contract in a test module as ``Test…``, and give pytest the fixture that its laws ask for. Whoever
    overrides, replaces or deletes a law, or anything else of a suite of the library, gets a ``TypeError``; so does
    whoever sets ``__test__`` or ``pytestmark``.

    >>> class GreeterContract(Contract):
    ...     '''What a greeter does.'''
    ...     def test_a_name_is_said(self, greeter):
    ...         '''Whoever is greeted hears his or her name.'''
    ...         assert "Ann" in greeter("Ann")
    >>> class TestQuiet(GreeterContract):
    ...     test_a_name_is_said = None
    Traceback (most recent call last):
    TypeError: TestQuiet changes test_a_name_is_said: a law of a contract is kept as it is
    """

    def prepare(self, adapter: Any) -> None:
        """Make a new adapter ready for a law of this suite; there is nothing to do for most."""


def broken_laws(contract: type[Contract], make: Callable[[], object]) -> dict[str, BaseException]:
    """Hold every law of a contract against an adapter, here and now, and return those that it breaks.

    For trying an adapter in a notebook, and for showing that a suite catches what it should; a test module
    subclasses the contract instead.

    Args:
        contract: the suite.
        make: returns a new adapter for each law: what the suite's fixture would give.

    Returns:
        what was raised, by the names of the broken laws; nothing if every law holds.

    >>> from brokerage.adapters.system import SystemClock
    >>> from brokerage.testing import ClockContract
    >>> broken_laws(ClockContract, SystemClock)
    {}
    """
    broken: dict[str, BaseException] = {}
    for law in laws_of(contract):
        try:
            law.hold(make())
        except (Exception, pytest.fail.Exception) as failure:
            broken[law.name] = failure
    return broken
