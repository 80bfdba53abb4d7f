"""Running totals of what was not yet on the market: reservations, and the deals that were made of them (spec M8)."""

import pytest

from brokerage import DeliveryStep
from builders import DAY
from falling_out import STORIES, confirmed, the_order
from orders_under_way import Fair
from test_tallying import catch_up, counted, recounted


def deals() -> Fair:
    """Bob's 3 lamps and Cleo's 5 at 90.00 are deals with Ann, of which Bob's is paid, delivered and confirmed."""
    told = confirmed()
    told.fair.desk("ann").seller.confirm_order(the_order(told))
    told.fair.pay("bob")
    number = told.fair.shown("bob").deal
    assert number is not None
    told.fair.world.broker.advise_delivery(number, DeliveryStep.DELIVERED, notice="d")
    told.fair.desk("bob").confirm(number)
    return told.fair


def test_a_deal_of_a_reservation_by_hand() -> None:
    """Two were wanted and offered, however many units: one is sold, and one is on sale until its deal lapses."""
    found = deals()
    [total] = found.world.broker.office.analysis.totals()
    assert (total.offered, total.sold, total.unsold, total.on_sale) == (2, 1, 0, 1)
    assert (total.wanted, total.bought, total.unmet) == (2, 1, 0)
    found.world.wait(7 * DAY)
    [sales] = found.world.broker.office.analysis.member(found.desk("ann").number)
    assert (sales.offered, sales.sold, sales.unsold, sales.on_sale) == (2, 1, 1, 0)
    assert (str(sales.sold_for), str(sales.bought_for)) == ("243.00 USD", "0.00 USD")
    [bought] = found.world.broker.office.analysis.totals(found.desk("bob").number)
    assert (bought.wanted, bought.bought, bought.unmet, str(bought.bought_for)) == (1, 1, 0, "270.00 USD")
    [unmet] = found.world.broker.office.analysis.category("goods")
    assert (unmet.wanted, unmet.bought, unmet.unmet) == (2, 1, 1)
    assert found.world.read(recounted) == found.world.read(counted)


def test_a_reservation_is_wanted_before_anybody_offers() -> None:
    """A reservation counts from when it is made, and bids for it as nothing."""
    told = STORIES["no bid suits"]()
    [total] = told.fair.world.broker.office.analysis.totals()
    assert (total.wanted, total.bought, total.unmet) == (2, 0, 0)
    assert (total.offered, total.sold, total.on_sale) == (0, 0, 0)


def test_a_reservation_that_is_cancelled_is_unmet() -> None:
    """Amending leaves one reservation; cancelling it leaves nothing open."""
    fair = STORIES["no bid suits"]().fair
    bob = fair.desk("bob")
    bob.buyer.amend(fair.reserved["bob"], quantity=4)
    bob.buyer.cancel(fair.reserved["bob"])
    [own] = fair.world.broker.office.analysis.totals(bob.number)
    assert (own.wanted, own.bought, own.unmet) == (1, 0, 1)


@pytest.mark.parametrize("name", STORIES)
def test_whatever_falls_out_counts_as_it_ends(name: str) -> None:
    """However a reservation came to nothing, the totals are those of all reservations and deals counted anew."""
    place = STORIES[name]().fair.world
    catch_up(place)
    assert place.read(recounted) == place.read(counted)
