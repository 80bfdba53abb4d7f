"""The state machine: a broker and the naive market of reservations driven in step, on any store."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from brokerage.adapters.memory import pretend_gateways
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from brokerage.engine import Brokerage
from brokerage.policy import Carriage, Immediate, Policy
from brokerage.ports import Store
from brokerage.records.contractors import Trade
from brokerage.records.numbers import ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.testing.reserving.comparison import ReservingComparison
from brokerage.testing.reserving.naive_lists import ServiceTender
from brokerage.testing.reserving.naive_reserving import NaiveReserving
from brokerage.testing.reserving.naive_services import CARRIER, PROVIDER
from brokerage.testing.strategies import ByLastWord

__all__ = ["ReservingMachine"]

_START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
_ANSWER, _CONFIRMATION, _SERVICE_BIDS = timedelta(days=2), timedelta(days=3), timedelta(days=1)
_ZONES = ("North", "South")
_RATES = (("phones", "0.1"), ("boats", "0.25"))
_FACTORS = ("1", "0.9", "0.5", "1", "0", "1")
_PICKS = st.integers(0, 999)
_DAYS = st.one_of(st.none(), st.integers(0, 40))
_WAITS = st.sampled_from(tuple(timedelta(hours=hours) for hours in (0, 1, 1, 24, 24, 48, 72, 168)))
_CHANGES = "amend", "amend", "same", "cancel"
_PRICES = st.integers(0, 12)
_ROOM = st.one_of(st.none(), st.integers(0, 9))
_TIERS = st.lists(st.tuples(st.integers(1, 12), _PRICES), min_size=1, max_size=3, unique_by=lambda tier: tier[0])


class ReservingMachine(ReservingComparison):
    """A whole broker on a store of your own, compared with the naive market of reservations after every step.

    Items are registered, moved and withdrawn; buyers reserve, change their minds and confirm; the manager calls for
    bids, sellers bid and answer; time goes on. After each step every item's demand, every reservation, ranking, order
    and deal must be what plain lists say. Subclass it, return a store from :meth:`make_store`, and give pytest its test
    case, as for :class:`~brokerage.testing.MarketMachine`.
    """

    def make_store(self) -> Store:
        """Return a new, empty store; a subclass says which."""
        raise NotImplementedError(f"{type(self).__name__} has no make_store(): return a new, empty store there")

    def let_go(self, store: Store) -> None:
        """Close a store when an example has ended; by default nothing is to be closed."""

    def teardown(self) -> None:
        """End an example."""
        if hasattr(self, "store"):
            self.let_go(self.store)

    @initialize(
        fee=st.sampled_from((0, 0, 3)),
        carriers=st.sets(st.integers(1, 6), max_size=2),
        providers=st.sets(st.integers(1, 6), max_size=2),
        reservations=st.lists(st.tuples(_PICKS, _PICKS, st.integers(1, 6), _PRICES, _DAYS), min_size=6, max_size=14),
        bids=st.lists(st.tuples(_PICKS, _TIERS, st.integers(1, 4), _ROOM, st.integers(2, 30)), min_size=2, max_size=6),
    )
    def begin(
        self, fee: int, carriers: set[int], providers: set[int], reservations: list[Any], bids: list[Any]
    ) -> None:
        """Open both markets with two categories, six members, two of whom are one person, and two items under call."""
        self.clock = ManualClock(_START)
        self.store = self.make_store()
        self.notices = 0
        policy = Policy(
            matching=Immediate(),
            carriage=Carriage("Post", "account of the carrier", {"USD": fee}) if fee else None,
            tender_answer=_ANSWER,
            confirmation=_CONFIRMATION,
            service_bids=_SERVICE_BIDS,
            zoning=ByLastWord(),
        )
        self.broker = Brokerage(
            policy,
            store=self.store,
            clock=self.clock,
            entropy=SeededEntropy(1),
            gateways=pretend_gateways(),
            hasher=ScryptHasher(cost=2),
            secret=b"fixed",
        )
        rates = {code: Fraction(rate) for code, rate in _RATES}
        self.naive = NaiveReserving(_START, rates, {"USD": fee} if fee else {}, _CONFIRMATION, _SERVICE_BIDS)
        for code, rate in _RATES:
            self.broker.office.add_category(code, rate=rate)
        self.desks = []
        for at, factor in enumerate(_FACTORS, start=1):
            desk = self.broker.register(
                name=f"Member {at}",
                address=f"{at} Elm {_ZONES[at % 2]}",
                telephone=f"555 010{max(at, 2)}",
                email=f"m{at}@x.example",
                bank_account=f"US-{at}",
            )
            self.broker.office.set_factor(desk.number, factor)
            self.naive.persons[desk.number], self.naive.factors[desk.number] = max(at, 2), Fraction(factor)
            self.naive.zones[desk.number] = _ZONES[at % 2]
            self.desks.append(desk)
        for trade, boxes in ((CARRIER, carriers), (PROVIDER, providers)):
            self.naive.contractors[trade] = boxes
            for box in sorted(boxes):
                self.broker.office.contractors.register(self.desks[box - 1].number, Trade(trade))
        for at in range(2):
            self.register_item(at, at, 30)
            self.call(at, 48, set(), bool(at))
        for who, pick, quantity, price, days in reservations:
            self.reserve(who, pick, quantity, price, days)
        for at, (who, tiers, least, room, days) in enumerate(bids):
            self.bid(at, who, tiers, least, room, days, None)

    # items

    @rule(who=_PICKS, category=_PICKS, days=st.integers(0, 40))
    def register_item(self, who: int, category: int, days: int) -> None:
        """A seller, or the manager, registers an item."""
        box = who % (len(self.desks) + 1)
        code, release = _RATES[category % len(_RATES)][0], self.clock.now() + timedelta(days=days)
        self.both(
            lambda: (
                self.broker.office.items.register(code, "Item", currency="USD", release_at=release)
                if box == 0
                else self.desks[box - 1].seller.offer_item(code, "Item", currency="USD", release_at=release)
            ),
            lambda: self.naive.register(box or None, code, "USD", release),
        )

    @rule(pick=_PICKS, who=_PICKS, days=st.integers(0, 40))
    def move_release(self, pick: int, who: int, days: int) -> None:
        """The release of an item moves."""
        item = self.naive.items[pick % len(self.naive.items)]
        box = item.box if who % 4 else self.desk(who).number
        release = self.clock.now() + timedelta(days=days)
        number = ItemNumber(item.number)
        if box is None:
            self.both(
                lambda: self.broker.office.items.move_release(number, release),
                lambda: self.naive.move_release(None, item.number, release),
            )
        else:
            self.both(
                lambda: self.desks[box - 1].seller.move_release(number, release),
                lambda: self.naive.move_release(box, item.number, release),
            )

    @rule(pick=_PICKS, rarely=st.integers(0, 3))
    def withdraw_item(self, pick: int, rarely: int) -> None:
        """The manager takes an item back."""
        item = self.naive.items[pick % len(self.naive.items)]
        if rarely == 0:
            self.both(
                lambda: self.broker.office.items.withdraw(ItemNumber(item.number)),
                lambda: self.naive.withdraw_item(None, item.number),
            )

    # buyers

    @rule(who=_PICKS, pick=_PICKS, quantity=st.integers(1, 6), price=_PRICES, days=_DAYS)
    def reserve(self, who: int, pick: int, quantity: int, price: int, days: int | None) -> None:
        """A buyer reserves."""
        item, wanted = self.naive.items[pick % len(self.naive.items)], self.day(days)
        desk = self.desk(who)
        self.both(
            lambda: desk.buyer.reserve(ItemNumber(item.number), quantity=quantity, max_price=price, wanted_by=wanted),
            lambda: self.naive.reserve(desk.number, item.number, quantity, price, wanted),
        )

    @precondition(lambda self: self.naive.reservations)
    @rule(pick=_PICKS, quantity=st.integers(1, 6), price=_PRICES, days=_DAYS, how=st.sampled_from(_CHANGES))
    def change_reservation(self, pick: int, quantity: int, price: int, days: int | None, how: str) -> None:
        """A buyer amends a reservation, perhaps without a change, or takes it back."""
        one = self.naive.reservations[pick % len(self.naive.reservations)]
        desk, number, wanted = self.desks[one.box - 1], OfferNumber(one.number), self.day(days)
        if how == "same":
            quantity, price, wanted = one.quantity, one.price, one.wanted_by
        if how == "cancel":
            self.both(lambda: desk.buyer.cancel(number), lambda: self.naive.cancel(one.box, one.number))
        else:
            self.both(
                lambda: desk.buyer.amend(number, quantity=quantity, max_price=price, wanted_by=wanted),
                lambda: self.naive.amend(one.box, one.number, quantity, price, wanted),
            )

    @precondition(lambda self: any(one.state == "asked" for one in self.naive.reservations))
    @rule(pick=_PICKS, how=st.sampled_from(("confirm", "confirm", "confirm", "too much", "decline")))
    def answer_purchase(self, pick: int, how: str) -> None:
        """A buyer who is asked to confirm answers."""
        asked = self.naive.asked()
        one = asked[pick % len(asked)]
        desk, number = self.desks[one.box - 1], OfferNumber(one.number)
        if how == "decline":
            self.both(lambda: desk.buyer.decline(number), lambda: self.naive.refuse(one.box, one.number))
        else:
            total = self.naive.total(one) + (how == "too much")
            self.both(
                lambda: desk.buyer.confirm(number, total=total),
                lambda: self.naive.confirm(one.box, one.number, total),
            )

    # the manager and the sellers

    @rule(
        pick=_PICKS, hours=st.integers(0, 100), invited=st.sets(st.integers(1, 6), max_size=3), greatest=st.booleans()
    )
    def call(self, pick: int, hours: int, invited: set[int], greatest: bool) -> None:
        """The manager calls for bids."""
        item, until = self.naive.items[pick % len(self.naive.items)], self.clock.now() + timedelta(hours=hours)
        judge = "greatest demand" if greatest else "lowest price"
        boxes = [desk.number for desk in self.desks if desk.number in invited]
        self.both(
            lambda: self.broker.office.tenders.call_supply(
                ItemNumber(item.number), bids_until=until, invited=boxes or None, judge=judge
            ),
            lambda: self.naive.call(item.number, until, boxes, judge, _ANSWER),
        )

    @precondition(lambda self: self.naive.tenders)
    @rule(
        pick=_PICKS,
        who=_PICKS,
        tiers=_TIERS,
        least=st.integers(1, 4),
        room=_ROOM,
        days=st.integers(0, 30),
        valid=st.one_of(st.none(), st.integers(1, 9)),
    )
    def bid(
        self,
        pick: int,
        who: int,
        tiers: list[tuple[int, int]],
        least: int,
        room: int | None,
        days: int,
        valid: int | None,
    ) -> None:
        """A seller bids, or bids anew."""
        tender, desk = self.tender(pick), self.desk(who)
        prices = sorted((price for _, price in tiers), reverse=True)
        steps = tuple(zip(sorted(quantity for quantity, _ in tiers), prices, strict=True))
        most = None if room is None else max(least, steps[-1][0]) + room
        delivery = self.day(days)
        until = None if valid is None else tender.until + timedelta(days=valid)
        assert delivery is not None
        self.both(
            lambda: desk.seller.bid(
                TenderNumber(tender.number),
                tiers=dict(steps),
                least=least,
                most=most,
                delivery=delivery,
                valid_until=until,
            ),
            lambda: self.naive.bid(desk.number, tender.number, steps, least, most, delivery, until),
        )

    @precondition(lambda self: self.naive.tenders)
    @rule(pick=_PICKS, which=_PICKS)
    def bid_again(self, pick: int, which: int) -> None:
        """A seller makes the same bid again, as it stands or stood."""
        tender = self.tender(pick)
        if tender.bids:
            one = tender.bids[which % len(tender.bids)]
            room = None if one.most is None else one.most - max(one.least, one.tiers[-1][0])
            days = max(0, (one.delivery - self.clock.now().date()).days)
            valid = None if one.valid_until is None else (one.valid_until - tender.until).days
            self.bid(pick, one.box - 1, list(one.tiers), one.least, room, days, valid)

    @precondition(lambda self: self.naive.tenders)
    @rule(pick=_PICKS, who=_PICKS)
    def withdraw_bid(self, pick: int, who: int) -> None:
        """A seller takes a bid back."""
        tender, desk = self.tender(pick), self.desk(who)
        self.both(
            lambda: desk.seller.withdraw_bid(TenderNumber(tender.number)),
            lambda: self.naive.withdraw_bid(desk.number, tender.number),
        )

    @precondition(lambda self: self.naive.tenders)
    @rule(pick=_PICKS, who=_PICKS, accepts=st.sampled_from((True, True, True, False)))
    def answer_terms(self, pick: int, who: int, accepts: bool) -> None:
        """Whoever is asked, and now and then somebody else, accepts or declines the broker's terms."""
        tender = self.tender(pick)
        asked = next((bid.box for bid, state in tender.places if state == "asked"), None)
        box = asked if asked is not None and who % 5 else self.desk(who).number
        desk, number = self.desks[box - 1].seller, TenderNumber(tender.number)
        if accepts:
            self.both(lambda: self.accept(desk, number), lambda: self.naive.accept(box, tender.number))
        else:
            self.both(lambda: desk.decline(number), lambda: self.naive.decline(box, tender.number))

    @precondition(lambda self: self.naive.services)
    @rule(
        pick=_PICKS,
        who=_PICKS,
        right=st.sampled_from((True, True, True, False)),
        fixed=st.integers(0, 5),
        each=st.integers(0, 2),
        rate=st.sampled_from(("0", "0", "0.03", "0.25")),
    )
    def serve(self, pick: int, who: int, right: bool, fixed: int, each: int, rate: str) -> None:
        """A carrier or a payment provider bids for what an order needs; now and then somebody who is neither."""
        called = [one for one in self.naive.services if one.state == "called"] or self.naive.services
        tender = called[pick % len(called)]
        among = sorted(self.naive.contractors[tender.trade]) if right else [desk.number for desk in self.desks]
        box, number = among[who % len(among)], TenderNumber(tender.number)
        desk = self.desks[box - 1]
        bidder = desk.carrier if tender.trade == CARRIER else desk.provider
        self.both(
            lambda: bidder.bid(number, fixed=fixed, each=each, rate=rate),
            lambda: self.naive.serve(tender.trade, box, tender.number, fixed, each, Fraction(rate)),
        )

    @precondition(lambda self: self.naive.orders)
    @rule(pick=_PICKS, confirms=st.sampled_from((True, True, True, False)))
    def answer_order(self, pick: int, confirms: bool) -> None:
        """A seller confirms or declines what the buyers confirmed."""
        order = self.naive.orders[pick % len(self.naive.orders)]
        box, number = order.bid.box, OrderNumber(order.number)
        desk = self.desks[box - 1].seller
        if confirms:
            self.both(lambda: desk.confirm_order(number), lambda: self.naive.confirm_order(box, order.number))
        else:
            self.both(lambda: desk.decline_order(number), lambda: self.naive.decline_order(box, order.number))

    @precondition(lambda self: self.naive.tenders)
    @rule(pick=_PICKS, steps=st.integers(1, 8))
    def go_on(self, pick: int, steps: int) -> None:
        """Everybody whom a tender waits for does what it waits for."""
        for at in range(steps):
            tender = self.tender(pick)
            orders = [one for one in self.naive.orders if one.tender is tender and one.state in ("buyers", "seller")]
            asked = [one for one in self.naive.reservations if one.state == "asked" and one.item is tender.item]
            called = [one for one in self.naive.services if one.state == "called" and one.order.tender is tender]
            if called:
                silent = [one for one in called if not one.bids]
                if silent and at < 3:
                    self.serve(self._called(silent[0]), at, True, pick % 4, at, "0.03")
                else:
                    self.at(max(called[0].deadline, self.clock.now()))
                    self.run_due()
            elif asked:
                self.answer_purchase(self.naive.asked().index(asked[at % len(asked)]), "confirm")
            elif orders:
                self.answer_order(self.naive.orders.index(orders[0]), True)
            elif any(state == "asked" for _, state in tender.places):
                self.answer_terms(pick, 1, True)
            elif tender.deadline is not None:
                self.at(max(tender.deadline, self.clock.now()))
                self.run_due()

    # money and time

    @precondition(lambda self: self.naive.deals)
    @rule(pick=_PICKS)
    def pay(self, pick: int) -> None:
        """The buyer of a deal pays what is owed."""
        deal = self.naive.deals[pick % len(self.naive.deals)]
        if deal.owed:
            self.transfer(deal)
            self.naive.pay(deal)

    @rule(step=_WAITS, then=st.booleans())
    def wait(self, step: timedelta, then: bool) -> None:
        """Time goes on."""
        self.at(self.clock.now() + step)
        if then:
            self.run_due()

    @rule(pick=_PICKS, run=st.booleans())
    def wait_for_deadline(self, pick: int, run: bool) -> None:
        """Time goes on to the very instant at which something ends."""
        times: list[datetime | None] = [one.deadline for one in self.naive.tenders]
        times += [one.deadline for one in self.naive.services if one.state == "called"]
        times += [one.deadline for one in self.naive.orders] + [one.deadline for one in self.naive.deals]
        times += [one.release for one in self.naive.items]
        later = sorted(time for time in times if time is not None and time > self.clock.now())
        if later:
            self.at(later[pick % min(3, len(later))])
            if run:
                self.run_due()

    def _called(self, tender: ServiceTender) -> int:
        """Return the place of a tender among those for whose bids there is time."""
        return [one for one in self.naive.services if one.state == "called"].index(tender)

    def day(self, days: int | None) -> date | None:
        """Return the day after so many others, ``None`` for none."""
        return None if days is None else (self.clock.now() + timedelta(days=days)).date()
