"""An item, who reserves it, and who bids for it: what tests of orders begin with."""

from collections.abc import Mapping
from datetime import date, timedelta

from attrs import frozen

from brokerage import MemberDesk
from brokerage.order_views import OrderView
from brokerage.policy import Policy
from brokerage.ports import Store, Transaction
from brokerage.records.members import Activity
from brokerage.records.numbers import ItemNumber, OfferNumber, TenderNumber
from brokerage.records.orders import Order
from brokerage.records.reservations import Reservation
from brokerage.records.tenders import Tender
from brokerage.reserving_views import ReservationView
from builders import START, World, check_books, immediate, world

__all__ = ["ANSWER", "BIDDING", "CONFIRMATION", "DELIVERY", "Fair", "fair"]

BIDDING = timedelta(days=2)
ANSWER = timedelta(days=2)
CONFIRMATION = timedelta(days=3)
DELIVERY = date(2026, 3, 1)


@frozen
class Fair:
    """A broker with an item that is not yet on the market, and whoever came for it, by name."""

    world: World
    item: ItemNumber
    desks: dict[str, MemberDesk]
    reserved: dict[str, OfferNumber]

    def desk(self, name: str) -> MemberDesk:
        """Return somebody's desk, who joins with the first use of the name."""
        if name not in self.desks:
            self.desks[name] = self.world.join(name)
        return self.desks[name]

    def reserve(self, name: str, quantity: int, max_price: str, wanted_by: date | None = None) -> OfferNumber:
        """Let somebody reserve some units of the item."""
        buyer = self.desk(name).buyer
        self.reserved[name] = buyer.reserve(self.item, quantity=quantity, max_price=max_price, wanted_by=wanted_by)
        return self.reserved[name]

    def call(self, **terms: object) -> TenderNumber:
        """Let the manager call for bids on what is reserved."""
        until = self.world.clock.now() + BIDDING
        row = self.world.broker.office.tenders.call_supply(self.item, bids_until=until, **terms)  # type: ignore[arg-type]
        return row.tender.number

    def bid(
        self,
        name: str,
        tender: TenderNumber,
        tiers: Mapping[int, str],
        *,
        least: int = 1,
        most: int | None = None,
        delivery: date = DELIVERY,
    ) -> None:
        """Let somebody bid."""
        self.desk(name).seller.bid(tender, tiers=tiers, least=least, most=most, delivery=delivery)

    def accept(self, name: str, tender: TenderNumber) -> OrderView:
        """Let a bidder who is asked accept what the question says, and return the order that comes of it."""
        seller = self.desk(name).seller
        seller.accept(tender, price=seller.question(tender).price)
        return seller.orders().items[0]

    def shown(self, name: str) -> ReservationView:
        """Return somebody's reservation as its buyer sees it."""
        return self.desk(name).buyer.reservation(self.reserved[name])

    def confirm(self, *names: str) -> None:
        """Let buyers confirm what they are shown."""
        for name in names:
            total = self.shown(name).total
            assert total is not None
            self.desk(name).buyer.confirm(self.reserved[name], total=total)

    def decline(self, *names: str) -> None:
        """Let buyers decline."""
        for name in names:
            self.desk(name).buyer.decline(self.reserved[name])

    def statuses(self, *names: str) -> list[str]:
        """Return how reservations stand, in the words that their buyers read."""
        return [self.shown(name).status for name in names]

    def demand(self) -> int:
        """Return how many units are reserved, and not taken by an order."""
        return self.world.broker.office.items.demand(self.item).units

    def fact(self, name: str) -> Reservation:
        """Return the stored fact of a reservation."""
        found = self.world.read(lambda tx: tx.reservations.get(self.reserved[name]))
        assert found is not None
        return found

    def order(self, view: OrderView) -> Order:
        """Return the stored fact of an order."""
        found = self.world.read(lambda tx: tx.orders.get(view.number))
        assert found is not None
        return found

    def tender(self, number: TenderNumber) -> Tender:
        """Return the stored fact of a tender."""
        found = self.world.read(lambda tx: tx.tenders.get(number))
        assert found is not None
        return found

    def activity(self, name: str) -> tuple[int, int]:
        """Return how many open offers and deals in flight somebody has."""

        def work(tx: Transaction) -> Activity | None:
            return tx.activities.get(self.desk(name).number)

        found = self.world.read(work)
        assert found is not None
        return found.open_offers, found.deals_in_flight

    def letters(self, name: str) -> list[str]:
        """Return the subjects of the mails to somebody, but for the welcome."""
        box = self.desk(name).number
        return [mail.subject for mail in self.world.mailbox.sent if mail.box == box and mail.subject != "Welcome"]

    def pay(self, *names: str) -> None:
        """Let buyers pay their deals by bank transfer."""
        for name in names:
            number = self.shown(name).deal
            assert number is not None
            deal = self.world.deal(number)
            self.world.broker.advise_payment(
                reference=deal.reference, amount=deal.owed, currency=deal.currency, notice=f"n-{number}"
            )

    def check(self) -> None:
        """Assert the laws of the ledger, and that the demand is what stands open."""
        check_books(self.world)

        def work(tx: Transaction) -> tuple[tuple[int, int], tuple[int, int]]:
            demand = tx.demands.get(self.item)
            assert demand is not None
            kept = tx.reservations.open_of(self.item, None, 10**6)
            return (demand.reservations, demand.units), (len(kept), sum(one.quantity for one in kept))

        counted, found = self.world.read(work)
        assert counted == found


def fair(
    policy: Policy | None = None, category: str = "goods", store: Store | None = None, **wants: tuple[int, str]
) -> Fair:
    """Return a fair at which whoever is named has reserved (units, most for each), in that order.

    The item comes on the market in sixty days. The category's commission rate is 0.10.
    """
    place = world(immediate() if policy is None else policy, store=store)
    release_at = START + timedelta(days=60)
    item = place.broker.office.items.register(category, "Lamp", currency="USD", release_at=release_at)
    found = Fair(place, item, {}, {})
    for name, (quantity, max_price) in wants.items():
        found.reserve(name, quantity, max_price)
    return found
