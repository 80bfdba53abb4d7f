"""The next version of a fact is the fact with what changed, and its version one higher."""

import pytest
from attrs import evolve, frozen

from brokerage import Terms
from brokerage.making import quickly_made
from brokerage.records.members import Activity
from brokerage.records.numbers import BoxNumber
from brokerage.records.versions import next_version


@frozen
class Late:
    """A fact whose version stands neither first nor last."""

    name: str
    version: int
    terms: Terms
    marks: tuple[str, ...] = ()


@quickly_made
@frozen
class Early:
    """A fact of other fields, whose version stands first."""

    version: int
    name: str


FACT = Late("a", 4, Terms("0.1"), ("x",))


def test_what_changes_and_what_stays() -> None:
    """Named fields have their new values, the version is one higher, and all else is the same object."""
    new = next_version(FACT, name="b", marks=())
    assert Late("b", 5, FACT.terms, ()) == new
    assert FACT.terms is new.terms
    assert Late("a", 4, Terms("0.1"), ("x",)) == FACT


def test_nothing_changes_but_the_version() -> None:
    """Without changes only the version rises, each time by one."""
    assert evolve(FACT, version=5) == next_version(FACT)
    assert evolve(FACT, version=6) == next_version(next_version(FACT))


def test_each_class_has_its_own_fields() -> None:
    """Facts of several classes, changed in turn, keep to their own order of fields and their own class."""
    for _ in range(2):
        assert Early(2, "b") == next_version(Early(1, "a"), name="b")
        assert evolve(FACT, name="b", version=5) == next_version(FACT, name="b")
    assert Activity(BoxNumber(3), version=1) == next_version(Activity(BoxNumber(3)))


def test_a_version_can_be_stated() -> None:
    """A version that is given as a change is taken as it is."""
    assert next_version(FACT, version=9).version == 9


def test_a_change_of_nothing_there_is() -> None:
    """A name that no field has is refused, and nothing is made."""
    with pytest.raises(KeyError, match="colour"):
        next_version(FACT, colour="red")
