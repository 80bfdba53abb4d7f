"""Limits stand on a grid: which are taken, and what is said of the others (spec B7)."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from brokerage import Brokerage, Buy, MemberDesk, Policy
from brokerage.errors import (
    InvalidAmount,
    InvalidChoice,
    InvalidInput,
    RefusedRows,
    UnknownCurrency,
)
from brokerage.money import Amount
from brokerage.records.numbers import OfferNumber
from brokerage.simulation import read_offers_file, replay
from brokerage.simulation.offers_file import parse_offers
from builders import SECRET, World, immediate, world

pytestmark = pytest.mark.once


def wanted(desk: MemberDesk, price: Amount = "100.00", category: str = "goods", **other: Any) -> OfferNumber:
    """Return the number of a new purchase offer."""
    return desk.buy(category, max_price=price, currency=other.pop("currency", "USD"), **other)


def on_grid(**choices: Any) -> World:
    """Return a broker whose limits stand on a grid of 5.00 USD and 100 JPY."""
    return world(immediate(price_grid={"USD": "5.00", "JPY": 100}, **choices))


OFF_GRID: list[tuple[Any, str, str, str]] = [
    ("81.20", "USD", "a multiple of 5.00 USD", "pass 80.00 or 85.00"),
    (Decimal("0.01"), "USD", "a multiple of 5.00 USD", "pass 0.00 or 5.00"),
    (499, "USD", "a multiple of 5.00 USD", "pass 0.00 or 5.00"),
    ("150", "JPY", "a multiple of 100 JPY", "pass 100 or 200"),
    (10**15 - 1, "USD", "a multiple of 5.00 USD", "pass 9999999999995.00 or 10000000000000.00"),
]


@pytest.mark.parametrize(("price", "currency", "limit", "remedy"), OFF_GRID, ids=repr)
def test_a_limit_off_the_grid_is_refused(price: Any, currency: str, limit: str, remedy: str) -> None:
    """Selling, buying, amending and bulk input name the step, and the nearest limits that would do."""
    place = on_grid()
    bob = place.join("Bob")
    sale = bob.sell("goods", "Lamp", min_price="100", currency=currency)
    purchase = bob.buy("goods", max_price="100", currency=currency)
    before = place.state()
    for field, refused in (
        ("min_price", lambda: bob.sell("goods", "Lamp", min_price=price, currency=currency)),
        ("max_price", lambda: bob.buy("goods", max_price=price, currency=currency)),
        ("price", lambda: bob.amend(sale, price=price)),
        ("price", lambda: bob.amend(purchase, price=price)),
    ):
        with pytest.raises(InvalidAmount) as caught:
            refused()
        error = caught.value
        assert (error.field, error.value, error.limit, error.remedy) == (field, price, limit, remedy)
    with pytest.raises(RefusedRows) as rows:
        bob.offer_many([Buy(category="goods", max_price=price, currency=currency)])
    assert [(row.path, row.reason) for row in rows.value.rows] == [
        ("rows[0].max_price", f"{limit} is wanted: {remedy}")
    ]
    assert before == place.state()


def test_the_highest_limit_may_have_one_neighbour() -> None:
    """No limit is proposed that is above the greatest amount."""
    place = world(immediate(price_grid={"USD": 7}))
    with pytest.raises(InvalidAmount) as caught:
        place.join("Bob").buy("goods", max_price=10**15, currency="USD")
    assert caught.value.remedy == "pass 9999999999999.94"


def test_limits_on_the_grid_and_other_currencies_are_taken() -> None:
    """Multiples of the step are taken, nothing among them, and so is every amount of a currency without a step."""
    place = on_grid()
    bob = place.join("Bob")
    for price, currency in (("85.00", "USD"), (0, "USD"), (8500, "USD"), ("300", "JPY"), ("81.23", "EUR")):
        number = wanted(bob, price, currency=currency)
    bob.amend(number, price="81.24")


def test_what_is_amended_beside_the_price_needs_no_grid() -> None:
    """An offer from before the grid keeps its price while something else of it is amended."""
    plain = world()
    bob = plain.join("Bob")
    number = wanted(bob, "81.23")
    later = Brokerage(immediate(price_grid={"USD": "5.00"}), store=plain.store, clock=plain.clock, secret=SECRET)
    later.desk(bob.number).amend(number, words=["lamp"])
    with pytest.raises(InvalidAmount):
        later.desk(bob.number).amend(number, price="81.23")


@pytest.mark.parametrize(
    ("grid", "error", "field"),
    [
        ({"USD": 0}, InvalidAmount, "price_grid[USD]"),
        ({"USD": "0.00"}, InvalidAmount, "price_grid[USD]"),
        ({"USD": -1}, InvalidAmount, "price_grid[USD]"),
        ({"USD": 1.5}, InvalidAmount, "price_grid[USD]"),
        ({"usd": 1}, UnknownCurrency, "currency"),
        (5, InvalidChoice, "price_grid"),
        ("USD", InvalidChoice, "price_grid"),
    ],
    ids=repr,
)
def test_grids_are_amounts_above_zero(grid: Any, error: type[InvalidInput], field: str) -> None:
    """A step is an exact amount above zero of a known currency, and is refused by name otherwise."""
    with pytest.raises(error) as caught:
        Policy(price_grid=grid)
    assert caught.value.field == field


def test_a_grid_is_kept_as_it_was() -> None:
    """Whoever changes the mapping that a policy was made with changes no policy."""
    steps: dict[str, Any] = {"USD": "1.00"}
    policy = Policy(price_grid=steps)
    steps["USD"] = "2.00"
    assert policy.price_grid == {"USD": 100}
    with pytest.raises(TypeError):
        policy.price_grid["USD"] = 1  # type: ignore[index]
    assert hash(policy) == hash(Policy(price_grid={"USD": 100}))


# Files of offers

ROWS = """at,side,member,category,name,price,currency,until
2026-01-31T09:30:00Z,sale,Ann,lamps,Lamp,80.00,USD,
2026-01-31T09:31:00Z,purchase,Bob,lamps,,81.20,USD,
2026-01-31T09:32:00Z,purchase,Eve,lamps,,81.20,EUR,
"""


def test_a_file_of_offers_stands_on_the_grid(tmp_path: Path) -> None:
    """A row off the grid is refused with its line and the nearest prices; the others are read and replayed."""
    path = tmp_path / "offers.csv"
    path.write_text(ROWS, encoding="utf-8")
    grid = {"USD": "5.00"}
    found = read_offers_file(path, price_grid=grid)
    assert [row.line for row in found.rows] == [2, 4]
    reason = "a multiple of 5.00 USD is wanted: pass 80.00 or 85.00"
    assert [(line.line, line.field, line.reason) for line in found.refused] == [(3, "price", reason)]
    assert replay(found.rows, price_grid=grid).accepted == 2


def test_a_replay_stands_on_the_grid() -> None:
    """Rows that were read without the grid are refused when they are offered."""
    with pytest.raises(InvalidAmount):
        replay(parse_offers(ROWS, "text").rows, price_grid={"USD": "5.00"})
