"""Lost sales are found by deal and price at once, however many dearer ones were sold."""

import random
from typing import Any

import pytest

from brokerage.adapters.sql import SqlStore
from brokerage.ports import Series, Transaction
from brokerage.records.numbers import DealNumber
from brokerage.records.offers import OfferState, SaleOffer
from brokerage.testing.contracts.grounds import persons
from brokerage.testing.contracts.offers import a_sale

pytestmark = pytest.mark.databases

SALES = 400


class Enough(Exception):
    """Ends a unit of work whose deals nobody made."""


def lost(number: int, deal: int, price: int, **changes: Any) -> SaleOffer:
    """Return a sale that is in a deal."""
    return a_sale(number, price, state=OfferState.AGREED, deal=DealNumber(deal), **changes)


def keep(tx: Transaction, sales: list[SaleOffer]) -> None:
    """Keep sales, half of them one by one."""
    persons(tx, 1)
    tx.numbers.next(Series.OFFER, len(sales))
    half = len(sales) // 2
    tx.offers.add_all(sales[:half])
    for sale in sales[half:]:
        tx.offers.add(sale)


def found(tx: Transaction, after: int, up_to: int) -> list[int]:
    """Return the deals of lost sales."""
    return [sale.deal or 0 for sale in tx.offers.lost_sales("goods", "USD", DealNumber(after), up_to)]


@pytest.mark.parametrize("seed", range(3))
def test_deals_far_apart_and_close_together(sql: SqlStore, seed: int) -> None:
    """Whatever lies between them, and whichever sales have opened again, all that are cheap enough come by deal."""
    chance = random.Random(seed)
    deals = sorted(chance.sample(range(1, 2_000), SALES // 2) + chance.sample(range(1 << 11, 1 << 40), SALES // 2))
    sales = [lost(at, deal, chance.randrange(20, 100)) for at, deal in enumerate(deals, start=1)]
    opened = set(chance.sample(range(SALES), SALES // 4))

    def work(tx: Transaction) -> None:
        keep(tx, sales)
        for at in opened:
            tx.offers.replace(sales[at], a_sale(at + 1, sales[at].min_price, version=sales[at].version + 1))
        for _ in range(60):
            after, up_to = chance.choice([0, *deals]) - chance.randrange(2), chance.randrange(10, 100)
            expected = [
                sale.deal
                for at, sale in enumerate(sales)
                if at not in opened and sale.deal and sale.deal > after and sale.min_price <= up_to
            ]
            assert found(tx, after, up_to) == expected
        raise Enough

    with pytest.raises(Enough):
        sql.run(work)


def test_many_dearer_sales_are_passed_over_by_the_block() -> None:
    """Behind thousands of dearer sales the one that is cheap enough is found in a few hundred steps of SQLite's."""
    store, steps = SqlStore("sqlite://"), []
    many = 5_000
    sales = [lost(number, number, 50 if number == many else 90) for number in range(1, many + 1)]

    def work(tx: Any) -> None:
        keep(tx, sales)
        connection = tx.offers._session.connection
        connection.set_progress_handler(lambda: steps.append(1), 1)
        assert found(tx, 0, 60) == [many]
        connection.set_progress_handler(None, 0)
        raise Enough

    with pytest.raises(Enough):
        store.run(work)
    store.close()
    assert len(steps) < many  # a look at each would take ten times as many
