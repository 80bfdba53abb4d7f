"""What the strategies draw is accepted by a broker, and is as hard as they promise."""

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, find, given, settings

from brokerage import Sell
from brokerage.adapters.memory import MemoryStore
from brokerage.ports import Series
from brokerage.testing import ManualClock, strategies
from brokerage.testing.strategies import Market
from builders import check_books, world

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
QUICK = settings(max_examples=2000, database=None, deadline=None, derandomize=True, phases=[Phase.generate])


@given(market=strategies.markets())
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_every_market_opens(market: Market) -> None:
    """Everybody registers, every offer is taken, and every candidate's price is within its purchase's limit."""
    place = evolve(world(), store=MemoryStore())
    broker, desks = market.open(ManualClock(START), place.store)
    last = place.read(lambda tx: tx.numbers.last(Series.OFFER))
    assert len(market.offers) == last
    assert len({desk.number for desk in desks}) == len(market.newcomers)
    for desk in desks:
        for view in desk.box().purchases:
            assert all(candidate.price.units <= view.max_price.units for candidate in view.candidates)
    assert broker.policy == market.policy
    check_books(place)


@pytest.mark.parametrize(
    ("strategy", "is_hard"),
    [
        (strategies.sales(), lambda sale: sale.min_price == 0),
        (strategies.sales(), lambda sale: sale.min_price > 10**14),
        (strategies.purchases(), lambda purchase: purchase.words and purchase.attributes),
        (strategies.offers(), lambda offer: offer.category == "repairs"),
        (strategies.policies(), lambda policy: policy.carriage and policy.arrivals_per_work == 1),
        (
            strategies.markets(),
            lambda market: len({newcomer.email.strip().casefold() for newcomer in market.newcomers}) == 1,
        ),
        (strategies.markets(), lambda market: any(offer.life for offer in market.offers)),
    ],
    ids=["a gift", "the highest", "requirements", "services", "slow rounds", "one person", "short lives"],
)
def test_what_is_hard_is_drawn(strategy: Any, is_hard: Any) -> None:
    """Hypothesis finds an example of each of the hard cases."""
    assert is_hard(find(strategy, is_hard, settings=QUICK))


@given(sale=strategies.sales(category=strategies.categories(["only"]), currency=strategies.currencies(["EUR"])))
@settings(deadline=None, max_examples=20)
def test_categories_and_currencies_can_be_named(sale: Sell) -> None:
    """A test that has its own categories and currencies draws offers in these."""
    assert (sale.category, sale.currency) == ("only", "EUR")
