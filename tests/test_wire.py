"""Facts on the wire: every class comes back equal, and nothing that is not what its class says is believed."""

import importlib
import json
import pkgutil
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy

from brokerage import records
from brokerage.adapters.wire import make_converter, read, write
from brokerage.errors import InvalidChoice, InvalidInput, InvalidRate, InvalidText, InvalidTime
from brokerage.pricing import Margin, MarginRule, Terms
from brokerage.records.cases import Case
from brokerage.records.checks import Check
from brokerage.records.contractors import Contractor, StandingTerms
from brokerage.records.deals import Deal, DealState, Dispute
from brokerage.records.effects import CarrierOrder, CarrierRecall, Effect, Task
from brokerage.records.events import Actor, Event, Fact, Role
from brokerage.records.items import Demand, Item
from brokerage.records.ledger import BANK, Account, AccountKind, Entry, Posting
from brokerage.records.members import Credentials, Member
from brokerage.records.notices import BounceNotice, ChargebackNotice, Notice, ReceivedNotice
from brokerage.records.numbers import BoxNumber, ContactNumber, DealNumber
from brokerage.records.offers import Offer, PurchaseOffer, Requirements, SaleOffer
from brokerage.records.orders import Order
from brokerage.records.reservations import Reservation
from brokerage.records.statements import Statement
from brokerage.records.tenders import Asked, Bid, Tender
from brokerage.records.watches import Watch
from brokerage.storage import Ladder


@attrs.frozen
class Tenth:
    """A margin rule of a user's own."""

    name: str = "a tenth"

    def margin(self, min_price: Any, max_price: Any, rate: Any) -> tuple[Any, int]:
        """A tenth of the spread."""
        return max_price - min_price, 10


def _record_classes() -> list[type]:
    modules = [
        importlib.import_module(f"brokerage.records.{found.name}") for found in pkgutil.iter_modules(records.__path__)
    ]
    found = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and attrs.has(kind) and kind.__module__.startswith("brokerage.records")
    }
    return sorted(found, key=lambda kind: kind.__name__)


RECORDS = [*_record_classes(), Terms, Ladder]
UNIONS = [Offer, Task, Notice, Actor, Asked, Fact]
RULES = [*Margin, Tenth()]
CONVERTER = make_converter([Tenth()])
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)

_whole = st.integers(-(10**15), 10**15)
_texts = st.text(st.characters(codec="utf-8"), max_size=12)
_decimals = st.decimals(-2, 2, places=4) | st.decimals(0, 1, places=18) | st.just(Decimal("1E+2"))
_instants = st.datetimes(timezones=st.just(UTC))
_postings = st.lists(st.builds(Posting, st.just(BANK), st.sampled_from(["USD", "JPY"]), _whole), max_size=3)


def _balanced(postings: list[Posting]) -> tuple[Posting, ...]:
    escrow = Account(AccountKind.ESCROW, DealNumber(1))
    return (*postings, *(Posting(escrow, one.currency, -one.units) for one in postings))


@cache
def values_of(kind: Any) -> SearchStrategy[Any]:
    """Any value of a field's type, also of every class of a union."""
    plain: Mapping[Any, SearchStrategy[Any]] = {
        int: _whole,
        bool: st.booleans(),
        str: _texts,
        NoneType: st.none(),
        Decimal: _decimals,
        datetime: _instants,
        date: st.dates(),
        timedelta: st.timedeltas(),
        MarginRule: st.sampled_from(RULES),
    }
    if kind in plain:
        return plain[kind]
    if hasattr(kind, "__supertype__"):
        return values_of(kind.__supertype__).map(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    origin, kinds = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return st.one_of(*map(values_of, kinds))
    if origin is tuple and kinds[-1] is Ellipsis:
        return st.lists(values_of(kinds[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, kinds))
    if origin is frozenset:
        return st.frozensets(values_of(kinds[0]), max_size=3)
    fields = {field.name: values_of(field.type) for field in attrs.fields(kind)}
    if kind is Terms:
        fields["rate"] = st.decimals(0, "0.5", places=4) | st.decimals(0, "0.5", places=18)
    if kind is Entry:
        fields["postings"] = _postings.map(_balanced)
    return st.builds(kind, **fields)


def _sale() -> SaleOffer:
    sale = CONVERTER.structure(
        {
            "number": 1,
            "box": 2,
            "person": 3,
            "category": "phones",
            "currency": "USD",
            "name": "Pixel 7",
            "min_price": 8000,
            "limit": None,
            "terms": {"rate": "0.10"},
            "factor": "1",
            "offered_at": "2026-01-31T12:00:00Z",
            "arrival": 1,
            "arrived_at": "2026-01-31T12:00:00Z",
        },
        SaleOffer,
    )
    assert isinstance(sale, SaleOffer)
    return sale


def _changed(plain: Any, path: tuple[Any, ...], value: object) -> Any:
    """A copy of a plain value with another value at a path."""
    if not path:
        return value
    copy: Any = dict(plain) if isinstance(plain, dict) else list(plain)
    copy[path[0]] = _changed(plain[path[0]], path[1:], value)
    return copy


def test_records_are_found() -> None:
    """The list of record classes that the round trip goes through holds those that stores keep."""
    assert {Member, SaleOffer, PurchaseOffer, Deal, Entry, Event, Effect, Check, Credentials} <= set(RECORDS)
    assert {Case, Statement, Dispute, CarrierRecall, BounceNotice, ChargebackNotice, ReceivedNotice} <= set(RECORDS)
    assert {Item, Demand, Reservation, Watch, Tender, Bid, Order, Contractor, StandingTerms} <= set(RECORDS)


@pytest.mark.parametrize("kind", [*RECORDS, *UNIONS], ids=str)
@unhurried
@given(data=st.data())
def test_round_trip(kind: Any, data: DataObject) -> None:
    """Every fact is equal, and of the same class, after it was written as JSON text and read again."""
    fact = data.draw(values_of(kind))
    text = json.dumps(write(CONVERTER, fact, kind), allow_nan=False)
    again = read(CONVERTER, json.loads(text), kind)
    assert (fact, type(fact)) == (again, type(again))
    assert text == json.dumps(write(CONVERTER, again, kind))


@pytest.mark.parametrize("value", [1.9, 1.0, True, False, "3", None, [3], {}])
def test_int_only_from_int(value: object) -> None:
    """A whole number is read from an integer and from nothing else, and the error names the path."""
    plain = _changed(write(CONVERTER, _sale()), ("min_price",), value)
    with pytest.raises(InvalidChoice) as refused:
        read(CONVERTER, plain, SaleOffer)
    assert ("$.min_price", value) == (refused.value.field, refused.value.value)


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (("filed",), 1, InvalidChoice),
        (("filed",), "true", InvalidChoice),
        (("filed",), None, InvalidChoice),
        (("name",), 7, InvalidText),
        (("name",), None, InvalidText),
        (("name",), b"Pixel", InvalidText),
        (("deal",), 1.0, InvalidChoice),
        (("factor",), 1, InvalidRate),
        (("factor",), 0.9, InvalidRate),
        (("factor",), "1e-1", InvalidRate),
        (("factor",), "NaN", InvalidRate),
        (("factor",), " 1", InvalidRate),
        (("factor",), "1_0", InvalidRate),
        (("factor",), "１", InvalidRate),
        (("limit",), 0, InvalidTime),
        (("limit",), "2026-01-31", InvalidTime),
        (("limit",), "2026-01-31T12:00:00", InvalidTime),
        (("limit",), "2026-01-31T12:00:00+01:00", InvalidTime),
        (("limit",), "2026-01-31T12:00:00+00:00", InvalidTime),
        (("limit",), "2026-W05-6T12:00:00Z", InvalidTime),
        (("limit",), "0001-01-01T00:00:00+05:00Z", InvalidTime),
        (("limit",), "later", InvalidTime),
        (("state",), "OPEN", InvalidChoice),
        (("state",), 0, InvalidChoice),
        (("state",), ["open"], InvalidChoice),
        (("outcome",), "lost", InvalidChoice),
        (("terms",), [], InvalidChoice),
        (("terms",), "0.10", InvalidChoice),
        (("terms", "rate"), True, InvalidRate),
        (("terms", "margin"), "unheard of", InvalidChoice),
        (("terms", "margin"), None, InvalidChoice),
        (("terms", "rounding"), "HALF_EVEN", InvalidChoice),
        (("details", "photographs"), "abc", InvalidChoice),
        (("details", "photographs"), ("a",), InvalidChoice),
        (("details", "photographs"), {"a": 1}, InvalidChoice),
        (("details", "attributes"), [["color"]], InvalidChoice),
        (("details", "attributes"), [["color", "red", "blue"]], InvalidChoice),
    ],
)
def test_everything_is_strict(path: tuple[str, ...], value: object, error: type[InvalidInput]) -> None:
    """Nothing is read from a value of another type, and the error begins with the path to it."""
    plain = _changed(write(CONVERTER, _sale()), path, value)
    with pytest.raises(error) as refused:
        read(CONVERTER, plain, SaleOffer)
    assert refused.value.field.startswith("$." + ".".join(path))


@unhurried
@given(data=st.data())
def test_damage_is_refused_or_read(data: DataObject) -> None:
    """Whatever stands at whatever place, reading gives a fact that can be written and read, or a typed error."""
    kind: Any = data.draw(st.sampled_from([SaleOffer, Deal, Event, Entry, Effect, Case, Bid, Tender]))
    plain = write(CONVERTER, data.draw(values_of(kind)), kind)
    path: list[Any] = []
    here: Any = plain
    while isinstance(here, dict | list) and here and data.draw(st.booleans()):
        path.append(data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here)))))
        here = here[path[-1]]
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
    groups = st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=3), scalars, max_size=2)
    try:
        fact = read(CONVERTER, _changed(plain, tuple(path), data.draw(scalars | groups)), kind)
    except InvalidInput as error:
        field = error.field
    else:
        field = "$"
        assert fact == read(CONVERTER, write(CONVERTER, fact, kind), kind)
    assert field.startswith("$")


def test_path_goes_through_lists() -> None:
    """A path names the place in a list and in a pair."""
    plain = _changed(write(CONVERTER, _sale()), ("details", "attributes"), [["color", "red"], ["age", 3]])
    with pytest.raises(InvalidText) as refused:
        read(CONVERTER, plain, SaleOffer)
    assert refused.value.field == "$.details.attributes[1][1]"


def test_extra_key_is_refused() -> None:
    """A key that the class does not have is refused by name, and its value is not shown."""
    with pytest.raises(InvalidChoice, match="'margin_note'") as refused:
        read(CONVERTER, {**write(CONVERTER, _sale()), "margin_note": "secret"}, SaleOffer)
    assert refused.value.field == "$"
    assert "secret" not in str(refused.value)


def test_missing_field_is_refused() -> None:
    """A field without a default must be there."""
    plain = write(CONVERTER, _sale())
    del plain["min_price"]
    with pytest.raises(InvalidChoice) as refused:
        read(CONVERTER, plain, SaleOffer)
    assert refused.value.field == "$.min_price"


def test_missing_default_is_filled_in() -> None:
    """A fact that was written before a field with a default was added can still be read."""
    plain = write(CONVERTER, _sale())
    del plain["changes"]
    assert _sale() == read(CONVERTER, plain, SaleOffer)


def test_an_order_that_names_no_carrier_can_be_read() -> None:
    """An order to carry that was written before it named who was appointed is one for which nobody was."""
    order = CarrierOrder(DealNumber(1), ContactNumber(2), ContactNumber(3))
    plain = write(CONVERTER, order)
    del plain["carrier"]
    assert order == read(CONVERTER, plain, CarrierOrder)
    named = attrs.evolve(order, carrier=BoxNumber(4))
    assert named == read(CONVERTER, write(CONVERTER, named), CarrierOrder)


@pytest.mark.parametrize("tag", [None, 1, [], "Deal", "saleoffer"])
def test_unknown_tag_is_refused(tag: object) -> None:
    """Which class of a union it is must be said, and be one of them."""
    with pytest.raises(InvalidChoice):
        read(CONVERTER, {**write(CONVERTER, _sale()), "type": tag}, Offer)


@pytest.mark.parametrize("plain", [None, 3, "x", [], {}])
def test_union_needs_an_object(plain: object) -> None:
    """A union is read from an object with a tag and from nothing else."""
    with pytest.raises(InvalidChoice):
        read(CONVERTER, plain, Offer)


def test_union_of_another_class_is_not_written() -> None:
    """What is none of a union's classes is not written as one of them."""
    with pytest.raises(InvalidChoice):
        write(CONVERTER, BANK, Offer)


@pytest.mark.parametrize(("actor", "plain"), [(BoxNumber(7), 7), (Role.OFFICE, "office")])
def test_actor(actor: Actor, plain: object) -> None:
    """An actor is the number of a box or the value of a role."""
    assert plain == write(CONVERTER, actor, Actor)
    assert actor == read(CONVERTER, plain, Actor)


@pytest.mark.parametrize("plain", [True, 7.0, "7", "OFFICE", None, [7]])
def test_no_actor(plain: object) -> None:
    """Nothing else is an actor."""
    with pytest.raises(InvalidInput):
        read(CONVERTER, plain, Actor)


def test_sets_are_sorted() -> None:
    """Equal sets are written alike, in sorted order, and an item twice is refused."""
    wanted = Requirements(words=frozenset({"pixel", "7", "as", "new"}))
    assert write(CONVERTER, wanted)["words"] == ["7", "as", "new", "pixel"]
    with pytest.raises(InvalidChoice) as refused:
        read(CONVERTER, {"words": ["new", "new"]}, Requirements)
    assert refused.value.field == "$.words"


@pytest.mark.parametrize(("rule", "name"), [(Margin.ON_PRICE, "price"), (Tenth(), "a tenth")])
def test_margin_rules_by_name(rule: MarginRule, name: str) -> None:
    """A built-in margin rule is written by its value, a user's own by its name."""
    terms = Terms(Decimal("0.1"), rule)
    assert write(CONVERTER, terms)["margin"] == name
    assert terms == read(CONVERTER, write(CONVERTER, terms), Terms)


def test_unknown_margin_rule() -> None:
    """A rule that the converter was not given is neither written nor read."""
    stranger = make_converter()
    with pytest.raises(InvalidChoice, match="make_converter"):
        write(stranger, Terms(Decimal("0.1"), Tenth()))
    with pytest.raises(InvalidChoice, match="make_converter") as refused:
        read(stranger, {"rate": "0.1", "margin": "a tenth"}, Terms)
    assert refused.value.field == "$.margin"


@pytest.mark.parametrize("rules", [[Tenth("spread")], [Tenth(), Tenth()]])
def test_margin_rules_need_names_of_their_own(rules: list[Tenth]) -> None:
    """Two rules of one name are refused when the converter is made, also where one is built in."""
    with pytest.raises(InvalidChoice, match="margin_rules"):
        make_converter(rules)


class Named:
    """A margin rule whose class has a name too."""

    name = "named"

    def margin(self, min_price: Any, max_price: Any, rate: Any) -> tuple[Any, int]:
        """Return a tenth of SPmin."""
        return min_price, 10


@pytest.mark.parametrize("given", [[object()], [Tenth], [Named], ["spread"], Tenth(), None])
def test_what_is_no_margin_rule_is_refused(given: Any) -> None:
    """Whoever passes something else, a class of rules among them, hears of it when the converter is made."""
    with pytest.raises(InvalidChoice) as refused:
        make_converter(given)
    assert refused.value.field == "margin_rules"


def test_unbalanced_entry_is_refused() -> None:
    """What the class itself refuses is refused with the path to it."""
    plain = {"number": 1, "at": "2026-01-31T12:00:00Z", "deal": None, "purpose": "x", "postings": []}
    posting = {"account": {"kind": "bank"}, "currency": "USD", "units": 5}
    with pytest.raises(InvalidChoice, match="does not balance"):
        read(CONVERTER, {**plain, "postings": [posting]}, Entry)
    assert read(CONVERTER, plain, Entry).postings == ()


def test_converters_are_independent() -> None:
    """A hook that is registered with one converter is unknown to another."""
    mine, other = make_converter(), make_converter()
    mine.register_unstructure_hook(DealState, lambda state: state.name)
    assert write(mine, DealState.PAID) == "PAID"
    assert write(other, DealState.PAID) == "paid"
