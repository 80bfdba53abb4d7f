"""All that can be seen of items, reservations and tenders in a store, in a form that compares."""

from datetime import UTC, date, datetime

from brokerage.ports import Series, Transaction
from brokerage.records.contractors import Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.watches import Topic

__all__ = ["observed_reserving"]

_AGES = datetime(9000, 1, 1, tzinfo=UTC)
_MANY = 1_000_000
_NOBODY = BoxNumber(0)


def observed_reserving(tx: Transaction) -> dict[str, object]:
    """Return everything that a transaction can be asked of what is not yet on the market."""
    last = {series: tx.numbers.last(series) for series in Series}
    boxes = [BoxNumber(number) for number in range(1, last[Series.BOX] + 1)]
    items = [ItemNumber(number) for number in range(1, last[Series.ITEM] + 1)]
    tenders = [TenderNumber(number) for number in range(1, last[Series.TENDER] + 1)]
    orders = [OrderNumber(number) for number in range(1, last[Series.ORDER] + 1)]
    offers = [OfferNumber(number) for number in range(1, last[Series.OFFER] + 1)]
    categories = [category.code for category in tx.categories.all()]
    return {
        "items": [tx.items.get(item) for item in items],
        "items listed": [tx.items.announced(category, None, _MANY) for category in (None, *categories)],
        "items changed": [tx.items.changed(category, 0, _MANY) for category in categories],
        "items of members": [tx.items.of_member(box, None, _MANY) for box in boxes],
        "items due": (tx.items.due(_AGES, _MANY), tx.items.next_release()),
        "items waiting": (tx.items.to_mail(_MANY), tx.items.to_close(_MANY)),
        "demands": [tx.demands.get(item) for item in items],
        "demands changed": [tx.demands.changed(category, 0, _MANY) for category in categories],
        "demands waiting": tx.demands.to_mail(_MANY),
        "reservations": [tx.reservations.get(number) for number in offers],
        "pools": [(tx.reservations.open_of(item, None, _MANY), tx.reservations.pooled(item)) for item in items],
        "reservations of orders": [tx.reservations.of_order(order, None, _MANY) for order in orders],
        "reservations of members": [
            (tx.reservations.of_member(box), tx.reservations.listed(box, None, _MANY)) for box in boxes
        ],
        "reservations wanted": (tx.reservations.wanted_before(date.max, _MANY), tx.reservations.next_wanted()),
        "reservations unfinished": [tx.reservations.has_unfinished(category) for category in categories],
        "watches": [tx.watches.of_member(box) for box in boxes],
        "watching": [
            (tx.watches.at_once(topic, category, _NOBODY, _MANY), tx.watches.watching(topic, category, _NOBODY, _MANY))
            for topic in Topic
            for category in categories
        ],
        "watches due": (tx.watches.due(_AGES, _MANY), tx.watches.next_due()),
        "tenders": [tx.tenders.get(tender) for tender in tenders],
        "tenders called": [tx.tenders.called(trade, None, _MANY) for trade in Trade],
        "tenders of": ([tx.tenders.of_item(item) for item in items], [tx.tenders.of_order(order) for order in orders]),
        "tenders due": (tx.tenders.due(_AGES, _MANY), tx.tenders.next_due(), tx.tenders.to_mail(_MANY)),
        "bids": [tx.bids.get(number) for number in offers],
        "bids of": (
            [tx.bids.of_tender(tender) for tender in tenders],
            [tx.bids.of_member(box, None, _MANY) for box in boxes],
        ),
        "orders": [tx.orders.get(order) for order in orders],
        "orders of": (
            [tx.orders.of_tender(tender) for tender in tenders],
            [tx.orders.of_seller(box, None, _MANY) for box in boxes],
        ),
        "orders due": (tx.orders.due(_AGES, _MANY), tx.orders.next_due()),
        "contractors": [tx.contractors.of_trade(trade, _NOBODY, _MANY) for trade in Trade],
    }
