"""What the broker and the naive market of reservations must agree on, and how the same thing is done in both."""

from collections.abc import Callable
from datetime import datetime

from hypothesis.stateful import RuleBasedStateMachine, invariant

from brokerage.adapters.system import ManualClock
from brokerage.desks import MemberDesk
from brokerage.desks.seller import SellerDesk
from brokerage.engine import Brokerage
from brokerage.errors import BrokerageError
from brokerage.ports import Store
from brokerage.records.numbers import DealNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.offers import Outcome
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.records.tenders import PlaceState
from brokerage.testing.market.naive_records import Refused
from brokerage.testing.reserving.naive_lists import Deal, Tender
from brokerage.testing.reserving.naive_reserving import NaiveReserving

__all__ = ["ReservingComparison"]

_OUTCOMES = {Outcome.CANCELLED: "cancelled", Outcome.EXPIRED: "expired", Outcome.FAILED: "failed"}
_PLACES = {"did not answer": "silent"}


class ReservingComparison(RuleBasedStateMachine):
    """Does a thing in both markets, sees that both accept it or both refuse it, and compares them."""

    clock: ManualClock
    store: Store
    broker: Brokerage
    naive: NaiveReserving
    desks: list[MemberDesk]
    notices: int

    # what happens

    def both(self, ask: Callable[[], object], naive: Callable[[], object]) -> None:
        """Do a thing in both; an error of the broker is the refusal of the naive market."""
        try:
            ask()
            made = ""
        except BrokerageError as error:
            made = type(error).__name__
        try:
            naive()
            expected = ""
        except Refused as refused:
            expected = refused.kind
        assert expected == made

    def accept(self, desk: SellerDesk, number: TenderNumber) -> None:
        """Accept what is asked at present, at the price that is shown; somebody who is not asked tries all the same."""
        try:
            price = desk.question(number).price
        except BrokerageError:
            desk.accept(number, price=0)
        else:
            desk.accept(number, price=price)

    def transfer(self, deal: Deal) -> None:
        """Let the money for a deal come in."""
        self.notices += 1
        reference = self.broker.office.deal(DealNumber(deal.number)).reference
        self.broker.advise_payment(reference=reference, amount=deal.owed, currency="USD", notice=f"bank-{self.notices}")

    def at(self, now: datetime) -> None:
        """Let it be an instant in both."""
        self.clock.set(now)
        self.naive.now = now

    def run_due(self) -> None:
        """Do everything that is due in both; nothing that is due is left."""
        self.broker.run_due()
        self.naive.run_due()
        due = self.broker.next_due()
        assert due is None or due > self.clock.now()

    def desk(self, pick: int) -> MemberDesk:
        """Return somebody's desk."""
        return self.desks[pick % len(self.desks)]

    def tender(self, pick: int) -> Tender:
        """Return one of the last few tenders."""
        last = self.naive.tenders[-4:]
        return last[pick % len(last)]

    # what must be the same

    @invariant()
    def demand_agrees(self) -> None:
        """The pooled demand is what adding up the open reservations gives."""
        for item in self.naive.items:
            if item.state == "announced" and self.naive.now < item.release:
                view = self.desks[0].seller.demand(ItemNumber(item.number))
                shown = [(row.price.units, row.units, row.units_or_more) for row in view.rows]
                assert self.naive.demand(item.number) == shown

    @invariant()
    def reservations_agree(self) -> None:
        """Every reservation stands as it should."""
        for one in self.naive.reservations:
            kept = self.store.read(lambda tx: tx.reservations.get(OfferNumber(one.number)))  # noqa: B023
            assert kept is not None
            state = _state(kept)
            is_swept = not (state == "open" and one.state == "expired")  # what cannot be served is swept later
            assert not is_swept or one.state == state
            assert (one.quantity, one.price, one.wanted_by) == (kept.quantity, kept.max_price, kept.wanted_by)
            assert one.state not in ("asked", "confirmed") or one.order == kept.order
            assert one.deal == kept.deal

    @invariant()
    def tenders_agree(self) -> None:
        """Every tender stands as it should, with the same ranking and the same fate of every place."""
        for one in self.naive.tenders:
            kept = self.store.read(lambda tx: tx.tenders.get(TenderNumber(one.number)))  # noqa: B023
            assert kept is not None
            assert one.state == kept.state.value
            places = [
                (place.bid, _PLACES.get(place.state.value, place.state.value))
                for place in kept.places
                if not place.reason.startswith("does not suit")
            ]
            assert [(bid.number, state) for bid, state in one.places] == places
            assert one.deadline == kept.deadline

    @invariant()
    def services_agree(self) -> None:
        """Every call for carriers and payment providers stands as it should, with the same bid appointed."""
        for one in self.naive.services:
            kept = self.store.read(lambda tx: tx.tenders.get(TenderNumber(one.number)))  # noqa: B023
            assert kept is not None
            assert one.state == kept.state.value
            won = [place.bid for place in kept.places if place.state is PlaceState.ACCEPTED]
            assert ([] if one.winner is None else [one.winner.number]) == won

    @invariant()
    def orders_agree(self) -> None:
        """Every order stands as it should, at the same price, with what the buyers confirmed."""
        for one in self.naive.orders:
            kept = self.store.read(lambda tx: tx.orders.get(OrderNumber(one.number)))  # noqa: B023
            assert kept is not None
            assert (one.state, one.price, one.least) == (kept.state.value, kept.price, kept.least)
            assert one.state not in ("buyers", "seller") or one.deadline == kept.deadline

    @invariant()
    def deals_agree(self) -> None:
        """Every deal has the prices that it should, and stands where it should."""
        for one in self.naive.deals:
            deal = self.broker.office.deal(DealNumber(one.number))
            assert (one.buying, one.selling, one.owed) == (deal.buying_price, deal.selling_price, deal.owed)
            assert one.reservation.quantity == deal.quantity
            assert (one.seller, one.reservation.box) == (deal.seller, deal.buyer)
            assert one.state == deal.state.value

    @invariant()
    def activities_agree(self) -> None:
        """The counts that guard a member's limits are the numbers of what is open and of deals in flight."""
        for desk in getattr(self, "desks", ()):
            box = desk.number
            activity = self.store.read(lambda tx: tx.activities.get(box))  # noqa: B023
            assert activity is not None
            live = ("agreed", "paid")
            deals = [one for one in self.naive.deals if one.state in live]
            in_flight = sum(one.seller == box for one in deals) + sum(one.reservation.box == box for one in deals)
            assert in_flight == activity.deals_in_flight


def _state(reservation: Reservation) -> str:
    if reservation.state is ReservationState.CLOSED:
        assert reservation.outcome is not None
        return _OUTCOMES.get(reservation.outcome) or str(reservation.outcome.value)
    return str(reservation.state.value)
