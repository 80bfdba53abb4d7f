"""Classes that are quickly made are in all else what attrs makes of them."""

import copy
import inspect
import pickle
from collections.abc import Iterable
from typing import Any

import attrs
import pytest
from attrs import Factory, evolve, field, frozen
from attrs.exceptions import FrozenInstanceError

from brokerage.adapters.wire import make_converter
from brokerage.making import quickly_made
from brokerage.records.deals import Charge, Deal, Payee, Purpose
from brokerage.records.numbers import BoxNumber
from brokerage.records.offers import PurchaseOffer, SaleOffer, Standing

QUICK = [SaleOffer, PurchaseOffer, Standing, Payee, Charge, Deal]


def to_tuple(marks: Iterable[str]) -> tuple[str, ...]:
    """Return marks as a tuple."""
    return tuple(marks)


@frozen
class Plain:
    """A fact as attrs makes it."""

    number: int
    name: str = "thing"
    marks: tuple[str, ...] = field(default=(), converter=to_tuple)
    colour: str = field(kw_only=True)
    size: str = field(default="M", kw_only=True)


def quick() -> Any:
    """Return the same class again, quickly made."""

    @quickly_made
    @frozen
    class Quick:
        number: int
        name: str = "thing"
        marks: tuple[str, ...] = field(default=(), converter=to_tuple)
        colour: str = field(kw_only=True)
        size: str = field(default="M", kw_only=True)

    return Quick


def test_the_same_signature() -> None:
    """Parameters, their order, kinds, defaults and types are those that attrs gives."""
    assert inspect.signature(Plain) == inspect.signature(quick())
    assert Plain.__init__.__annotations__ == quick().__init__.__annotations__


def test_the_names_of_what_makes_it() -> None:
    """In a traceback or a profile the maker is found under its class and module."""
    init = quick().__init__
    assert (f"{quick().__qualname__}.__init__", __name__) == (init.__qualname__, init.__module__)


def test_the_class_itself_comes_back() -> None:
    """No other class is made, so what attrs knows of it stays true; it has another maker than before."""

    @frozen
    class Other:
        number: int

    before = vars(Other)["__init__"]
    assert Other is quickly_made(Other)
    assert vars(Other)["__init__"] is not before


@pytest.mark.parametrize(
    ("arguments", "keywords"),
    [
        ((1,), {"colour": "red"}),
        ((1, "a"), {"colour": "red", "size": "L"}),
        ((1, "a", ("b",)), {"size": "L", "colour": "red"}),
        ((1, "a", ["b", "c"]), {"colour": "red"}),
        ((), {"number": 1, "marks": iter(["b"]), "colour": "red"}),
        ((1,), {"name": "c", "colour": "red"}),
    ],
)
def test_the_same_values(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    """Places, names, defaults and converters fill the fields as attrs fills them."""
    again = copy.deepcopy(keywords)
    plain, fact = Plain(*arguments, **keywords), quick()(*arguments, **again)
    assert attrs.astuple(plain) == attrs.astuple(fact)
    assert repr(plain).partition("(")[2] == repr(fact).partition("(")[2]


@pytest.mark.parametrize(
    ("arguments", "keywords"),
    [
        ((), {"colour": "red"}),
        ((1,), {}),
        ((1, "a", (), "red"), {}),
        ((1,), {"number": 2, "colour": "red"}),
        ((1,), {"weight": 5, "colour": "red"}),
    ],
)
def test_the_same_refusals(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    """What attrs refuses as a call is refused."""
    for kind in (Plain, quick()):
        with pytest.raises(TypeError):
            kind(*arguments, **keywords)


def test_a_default_is_not_converted() -> None:
    """A converter sees what is given, and never the default."""
    seen: list[object] = []

    def watch(value: object) -> object:
        seen.append(value)
        return value

    @quickly_made
    @frozen
    class Watching:
        mark: object = field(default="default", converter=watch)

    assert [Watching().mark, Watching("given").mark] == ["default", "given"]
    assert seen == ["given"]


def test_equality_and_hash() -> None:
    """Equal fields make equal facts with equal hashes, and a fact of another class is another one."""
    kind = quick()
    assert kind(1, "a", colour="red") == kind(1, "a", ["a"][1:], colour="red")
    assert kind(1, "a", colour="red") != kind(1, "b", colour="red")
    assert hash(kind(1, "a", colour="red")) == hash(kind(1, "a", colour="red"))
    assert len({kind(number, colour="red") for number in (1, 1, 2)}) == 2
    assert Plain(1, colour="red") != kind(1, colour="red")


def test_it_stays_frozen() -> None:
    """No field can be set or deleted afterwards, and no other attribute be added."""
    kind = quick()
    fact = kind(1, colour="red")
    with pytest.raises(FrozenInstanceError):
        fact.number = 2
    with pytest.raises(FrozenInstanceError):
        del fact.number
    with pytest.raises(FrozenInstanceError):
        fact.weight = 5
    assert kind(1, colour="red") == fact


def test_it_has_slots() -> None:
    """An instance has no dictionary, and holds its values in the class's slots."""
    assert not hasattr(quick()(1, colour="red"), "__dict__")
    assert quick().__slots__[:5] == ("number", "name", "marks", "colour", "size")


def test_it_can_be_changed_and_written() -> None:
    """What others do with attrs classes works: evolving, and cattrs' writing and reading."""
    kind, wire = quick(), make_converter()
    fact = kind(1, marks=("a",), colour="red")
    assert kind(1, "b", ("a",), colour="red") == evolve(fact, name="b")
    assert fact == wire.structure(wire.unstructure(fact), kind)


def test_a_fact_can_be_copied_and_pickled() -> None:
    """A copy and what comes back from a pickle are equal to the fact."""
    fact = Charge(Payee("Ann", BoxNumber(1)), 88, Purpose.SELLERS_SHARE)
    assert fact == copy.copy(fact)
    assert fact == pickle.loads(pickle.dumps(fact))


@pytest.mark.parametrize("kind", QUICK)
def test_the_facts_that_are_quickly_made(kind: type[Any]) -> None:
    """Every fact of the library that is quickly made takes its fields as arguments, with their defaults."""
    parameters = inspect.signature(kind).parameters.values()
    fields: Any = attrs.fields(kind)
    assert [(field.name, field.default is attrs.NOTHING) for field in fields] == [
        (parameter.name, parameter.default is parameter.empty) for parameter in parameters
    ]
    assert [field.default for field in fields if field.default is not attrs.NOTHING] == [
        parameter.default for parameter in parameters if parameter.default is not parameter.empty
    ]


@pytest.mark.parametrize(
    "special",
    [
        field(converter=attrs.Converter(int)),
        field(validator=attrs.validators.instance_of(int)),
        field(default=Factory(int)),
        field(default=Factory(lambda self: self.number, takes_self=True)),
    ],
    ids=["wrapped converter", "validator", "factory", "factory that takes the fact"],
)
def test_what_it_cannot_keep_is_refused(special: Any) -> None:
    """A class with a validator, a factory or a converter that is no function is refused with the field's name."""
    kind = attrs.make_class("Special", {"number": field(), "special": special}, frozen=True, slots=True)
    with pytest.raises(AssertionError, match=r"^special"):
        quickly_made(kind)
