"""A contract cannot be weakened: no law of it is overridden, replaced, deleted or switched off."""

from typing import Any

import pytest

from brokerage.adapters.memory import MemoryStore
from brokerage.adapters.system import SystemClock
from brokerage.ports import Clock
from brokerage.testing import ClockContract, Contract, NotifierContract, StoreContract, broken_laws, laws_of
from brokerage.testing.contracts.system import EntropyContract

LAW = "test_time_does_not_go_back"


class Wrong:
    """A clock that is a day off, which no law forbids, and one that raises."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def now(self) -> Any:
        """Raise."""
        if self._error:
            raise self._error
        return SystemClock().now()


class LenientMixin:
    """Brings a law of its own under a contract's name."""

    def test_time_does_not_go_back(self, clock: Clock) -> None:
        """Anything goes."""


def subclass(contract: Any, namespace: dict[str, Any], *before: type) -> Any:
    """Return a subclass as Python makes it of a ``class`` statement."""
    return type(contract)("TestMine", (*before, contract), namespace)


@pytest.mark.parametrize(
    "namespace",
    [{LAW: lambda self, clock: None}, {LAW: None}, {LAW: property(lambda self: None)}, {LAW: staticmethod(print)}],
)
def test_overriding_a_law_fails(namespace: dict[str, object]) -> None:
    """A subclass that puts anything in the place of a law is refused by the law's name."""
    with pytest.raises(TypeError, match=f"TestMine changes {LAW}"):
        subclass(ClockContract, namespace)


def test_hiding_a_law_behind_another_class_fails() -> None:
    """A parent that comes before the contract cannot bring an easier law."""
    with pytest.raises(TypeError, match=LAW):
        subclass(ClockContract, {}, LenientMixin)


def test_a_law_of_a_subclass_is_kept_as_well() -> None:
    """A law that somebody adds to a contract is one for whoever subclasses that."""

    class Stricter(ClockContract):
        """A clock of which more is asked."""

        def test_more(self, clock: Clock) -> None:
            """More."""

    assert [law.name for law in laws_of(Stricter)][-1] == "test_more"
    with pytest.raises(TypeError, match="test_more"):
        subclass(Stricter, {"test_more": None})


def test_deleting_or_setting_a_law_later_fails() -> None:
    """What a contract is cannot be changed after it was written, in itself or in a subclass."""

    class Mine(ClockContract):
        """A clock of mine."""

    for contract in (Mine, ClockContract):
        with pytest.raises(TypeError, match="cannot be deleted"):
            delattr(contract, LAW)
        with pytest.raises(TypeError, match="cannot be changed"):
            setattr(contract, LAW, None)
    setattr(Mine, "note", "anything else can be")  # noqa: B010
    assert LAW in {law.name for law in laws_of(Mine)}


def test_switching_the_tests_off_fails() -> None:
    """A contract is not hidden from pytest, from the first or later on."""
    with pytest.raises(TypeError, match="__test__"):
        subclass(ClockContract, {"__test__": False})
    with pytest.raises(TypeError, match="__test__"):
        setattr(ClockContract, "__test__", False)  # noqa: B010


@pytest.mark.parametrize("namespace", [{"kinds": ()}, {"_deeds": lambda self, stage: []}, {"pytestmark": []}])
def test_weakening_what_laws_rest_on_fails(namespace: dict[str, object]) -> None:
    """What the laws of a suite go by is kept like the laws, and nobody skips them all by a mark."""
    with pytest.raises(TypeError):
        subclass(NotifierContract, {"__module__": "tests_of_a_user", **namespace})
    assert subclass(NotifierContract, {"__module__": "tests_of_a_user", "notes": ()}).notes == ()


def test_a_suite_within_a_suite_is_kept_as_well() -> None:
    """A part of the store's contract is neither dropped nor replaced by an easier one."""
    for part in (None, EntropyContract):
        with pytest.raises(TypeError, match="TestMembers"):
            subclass(StoreContract, {"TestMembers": part})


def test_every_law_is_in_the_docstring() -> None:
    """Whoever reads what a suite says reads all its laws, those of its parts too."""
    for suite in (ClockContract, StoreContract):
        for law in laws_of(suite):
            assert f"- ``{law.name}``: {law.says}" in (suite.__doc__ or "")
            assert law.says.endswith(".")
    assert len(laws_of(StoreContract)) > 200


def test_broken_laws_are_named_with_what_was_raised() -> None:
    """Whatever a law meets in an adapter is told under the law's name: also an error of the adapter's own."""
    mishap = OSError("no clock")
    assert dict.fromkeys([law.name for law in laws_of(ClockContract)], mishap) == broken_laws(
        ClockContract, lambda: Wrong(mishap)
    )
    assert broken_laws(ClockContract, lambda: Wrong(None)) == {}
    assert broken_laws(StoreContract, MemoryStore) == {}


def test_a_law_that_misses_an_error_is_broken() -> None:
    """A law that waits for an error which does not come has failed, as in pytest."""

    class Strict(Contract):
        """Something that must refuse."""

        def test_it_refuses(self, act: Any) -> None:
            """It raises."""
            with pytest.raises(ValueError, match="no"):
                act()

    assert list(broken_laws(Strict, lambda: lambda: None)) == ["test_it_refuses"]
