"""Orders as their sellers see them: pure projections from facts (spec N5, B3, V3).

The view has no buyer, no limit of one, and nothing of what carrying and settling costs them.
"""

from datetime import date, datetime
from decimal import Decimal

from attrs import frozen

from brokerage.headings.orders import ORDERS
from brokerage.money import Money
from brokerage.records.items import Item
from brokerage.records.numbers import ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.orders import Order, OrderState
from brokerage.tables import Shown, Table

__all__ = ["ORDER_WORDS", "OrderView", "order_view"]

ORDER_WORDS = {
    OrderState.SERVICES: "Being Prepared",
    OrderState.BUYERS: "Buyers Are Asked",
    OrderState.SELLER: "Waits for You",
    OrderState.MADE: "Made",
    OrderState.FALLEN: "Fallen",
}
"""What a seller reads of where an order is in its life."""


@frozen(repr=False)
class OrderView(Shown):
    """An order as its seller sees it (spec N5).

    ``price`` is what a buyer pays for each, commission inside; ``share`` what the seller gets of that, ``commission``
    the rest, at ``rate``. ``units`` are wanted by those who have not fallen out, ``confirmed`` of them are confirmed,
    and ``least`` have to be. ``deadline`` is when the present state ends by itself, ``outcome`` says how it ended.
    """

    number: OrderNumber
    tender: TenderNumber
    bid: OfferNumber
    item: ItemNumber
    name: str
    status: str
    price: Money
    share: Money
    commission: Money
    rate: Decimal
    units: int
    least: int
    confirmed: int
    delivery: date
    made_at: datetime
    deadline: datetime | None
    outcome: str

    def table(self) -> Table:
        """Return the order as a table of one row."""
        known = self.number, self.tender, self.bid, self.name, self.status
        money = self.price, self.share, self.commission
        counts = self.units, self.least, self.confirmed
        return ORDERS.of([(*known, *money, *counts, self.delivery.isoformat(), self.deadline, self.outcome)])


def order_view(order: Order, item: Item) -> OrderView:
    """Show an order to its seller; nothing of buyers goes in but how many units they want."""
    return OrderView(
        number=order.number,
        tender=order.tender,
        bid=order.bid,
        item=order.item,
        name=item.name,
        status=ORDER_WORDS[order.state],
        price=Money(order.price, order.currency),
        share=Money(order.share, order.currency),
        commission=Money(order.price - order.share, order.currency),
        rate=order.rate,
        units=order.units,
        least=order.least,
        confirmed=order.confirmed,
        delivery=order.delivery,
        made_at=order.made_at,
        deadline=order.deadline,
        outcome=order.outcome,
    )
