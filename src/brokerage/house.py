"""A broker's services put together over its ports: what desks and office work with."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from attrs import define

from brokerage.errors import InvalidChoice, StoreError
from brokerage.pages import PageMarks
from brokerage.policy import Policy
from brokerage.ports import Clock, Entropy, Gateways, PasswordHasher, Store, Transaction
from brokerage.records.deals import Deal, DealOrigin
from brokerage.records.effects import Capture, CarrierOrder, CarrierRecall, ChargeAccount, Mail, PayOut, Refund
from brokerage.records.events import Event
from brokerage.records.numbers import DealNumber
from brokerage.records.tenders import ItemSupply, OrderService, StandingService
from brokerage.services.analysis import Histories, Ratings, Reports, Tallying
from brokerage.services.cases import Cases
from brokerage.services.complaints import Complaints
from brokerage.services.effects import Relay
from brokerage.services.housekeeping import Housekeeping
from brokerage.services.market.acceptance import Acceptance
from brokerage.services.market.candidates import Candidates
from brokerage.services.market.categories import Categories
from brokerage.services.market.checkout import Checkout
from brokerage.services.market.decisions import Decisions
from brokerage.services.market.matching import Matching
from brokerage.services.market.offers import Offers
from brokerage.services.market.reading import Reading
from brokerage.services.market.transactions import TransactionFile
from brokerage.services.membership import (
    Dormancy,
    Leaving,
    MemberFiles,
    Membership,
    Persons,
    Reasons,
    Registration,
    SigningIn,
)
from brokerage.services.news import Newsroom
from brokerage.services.reserving.agreeing import Agreeing, ReservedDeals
from brokerage.services.reserving.course import OrderCourse
from brokerage.services.reserving.items import Items
from brokerage.services.reserving.looking import Looking
from brokerage.services.reserving.order_files import OrderFiles
from brokerage.services.reserving.order_lists import OrderLists
from brokerage.services.reserving.order_services import OrderServices
from brokerage.services.reserving.orders import Orders
from brokerage.services.reserving.preparing import Preparing
from brokerage.services.reserving.reservations import Reservations
from brokerage.services.reserving.supply import Supply
from brokerage.services.reserving.timely import Timely
from brokerage.services.reserving.watching import Watching
from brokerage.services.settlement import (
    CardPayments,
    Casework,
    Course,
    Delivery,
    Disbursements,
    Disputes,
    Payments,
    Reception,
    Refunds,
    Reversals,
    Settlement,
)
from brokerage.services.sweeps import never
from brokerage.services.tendering import (
    Awards,
    Caller,
    Contractors,
    StandingServices,
    Telling,
    TenderFiles,
    TenderReading,
    Tenders,
)
from brokerage.services.turns import Turn

__all__ = ["House", "Subscriber"]

_Result = TypeVar("_Result")

Subscriber = Callable[[Event], None]
"""Whoever wants to hear of events: called after they are committed, in their order."""

_EVENTS = 500


@define(eq=False)
class _Subscription:
    """A subscriber, and the position in the journal up to which it has heard."""

    subscriber: Subscriber
    position: int


class _Subscriptions:
    """Hands the journal on to subscribers, each event once to each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._subscriptions: list[_Subscription] = []
        self._turn = Turn()
        self._errors: list[Exception] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber; it hears of everything that is committed from now on."""
        if not callable(subscriber):
            raise InvalidChoice("subscriber", subscriber, "something that can be called", "pass a function of an event")
        self._subscriptions.append(_Subscription(subscriber, self._store.read(lambda tx: tx.journal.last())))

    def publish(self) -> None:
        """Tell every subscriber what it has not heard. What one raises waits for :meth:`raise_errors`."""
        if self._subscriptions:
            self._turn.take(self._publish)

    def raise_errors(self) -> None:
        """Raise the first error that a subscriber has raised since the last call: never into a member's command."""
        errors, self._errors = self._errors, []
        if errors:
            raise errors[0]

    def _publish(self) -> None:
        for subscription in tuple(self._subscriptions):
            while events := self._after(subscription.position):
                for position, event in events:
                    subscription.position = position
                    try:
                        subscription.subscriber(event)
                    except Exception as error:  # the others are told all the same
                        self._errors.append(error)

    def _after(self, position: int) -> Sequence[tuple[int, Event]]:
        return self._store.read(lambda tx: tx.journal.read(position, _EVENTS))


class House:
    """The services of one broker. It holds no rules: it puts them together, and commits what they do.

    Args:
        policy: the broker's choices.
        store: where everything is kept.
        clock: gives the time.
        entropy: gives chance.
        gateways: the parties outside.
        hasher: hashes passwords.
        secret: the key of persons' fingerprints and of page marks.
    """

    def __init__(
        self,
        policy: Policy,
        store: Store,
        clock: Clock,
        entropy: Entropy,
        gateways: Gateways,
        hasher: PasswordHasher,
        secret: bytes,
    ) -> None:
        self.policy = policy
        self.store = store
        self.clock = clock
        self.entropy = entropy
        self.hasher = hasher
        self.categories = Categories(policy)
        self.matching = Matching(policy)
        self.offers = Offers(policy, self.matching)
        persons = Persons(secret)
        self.registration = Registration(policy, persons, hasher)
        self.membership = Membership(policy, persons)
        self.reasons = Reasons(policy)
        cases, marks = Cases(policy), PageMarks(secret)
        self.standing_services = StandingServices(policy, cases)
        self.callers: dict[type, Caller] = {StandingService: self.standing_services}
        self.telling = Telling(policy)
        self.tenders = Tenders(policy, self.callers, self.telling)
        self.awards = Awards(policy, self.tenders, cases)
        self.contractors = Contractors(self.awards, self.standing_services, cases)
        self.tender_reading = TenderReading(policy, marks, self.tenders)
        self.tender_files = TenderFiles(marks)
        self.reservations = Reservations(policy, self.offers)
        self.items = Items(policy, self.reservations.room, self.tenders)
        self.watching = Watching(policy, self.categories)
        self.member_files = MemberFiles()
        self.acceptance = Acceptance(policy, self.matching, self.reservations.end_own)
        self.candidates = Candidates(policy, marks)
        self.newsroom = Newsroom(policy, marks)
        self.complaints = Complaints(policy, marks)
        self.looking = Looking(policy, marks)
        self.reading = Reading(policy, marks, self.candidates, self.offers, self.newsroom, self.looking)
        self.transactions = TransactionFile(policy, marks, self.candidates)
        course = Course(policy, {DealOrigin.MARKET: self.offers, DealOrigin.RESERVATION: ReservedDeals()})
        refunds = Refunds(course, cases)
        self.settlement = Settlement(
            policy, course, cases, Disbursements(course, cases), refunds, Disputes(course, cases)
        )
        order_course = OrderCourse(policy, self.tenders, self.awards)
        preparing = Preparing(policy, self.tenders, cases, order_course)
        self.callers[ItemSupply] = Supply(preparing)
        self.callers[OrderService] = OrderServices(policy, preparing)
        self.orders = Orders(order_course, self.awards, Agreeing(self.settlement))
        self.order_lists, self.order_files = OrderLists(marks), OrderFiles(policy, marks)
        self.timely = Timely(self.items, self.reservations, self.awards, self.orders)
        departures = self.orders, self.offers, self.reservations, self.items, self.watching, self.contractors
        self.leaving = Leaving(self.reasons, departures)
        self.dormancy = Dormancy(policy, self.leaving)
        self.signing_in = SigningIn(policy, hasher, self.dormancy)
        reception = Reception(cases)
        self.payments = Payments(self.settlement, reception)
        self.delivery = Delivery(self.settlement, reception)
        self.reversals = Reversals(self.settlement, reception)
        self.casework = Casework(self.settlement, reception, self.payments, self.delivery, self.reversals)
        self.cards = CardPayments(store, gateways.clearing_house)
        decisions = Decisions(policy, self.candidates, self.settlement)
        self.checkout = Checkout(store, decisions, self.payments, self.cards)
        self.relay = Relay(
            store,
            clock,
            gateways,
            policy,
            {
                PayOut: self.settlement.payout_answered,
                Refund: refunds.answered,
                CarrierOrder: self.delivery.order_answered,
                CarrierRecall: self.delivery.order_answered,
                Capture: self.payments.capture_answered,
                Mail: self.registration.mail_answered,
                ChargeAccount: self.payments.charge_answered,
            },
            cases,
        )
        self.tallying = Tallying(store, policy)
        self.ratings = Ratings(store, policy, self.tallying)
        self.reports = Reports(marks)
        self.histories = Histories(marks)
        self.housekeeping = Housekeeping(
            store,
            policy,
            gateways,
            self.offers,
            self.matching,
            self.settlement,
            self.payments,
            self.delivery,
            self.reversals,
            self.cards,
            self.dormancy,
            self.signing_in,
            self.newsroom,
            self.awards,
            self.telling,
            self.relay,
            self.tallying,
            self.ratings,
            self.items,
            self.reservations,
            self.watching,
            self.orders,
        )
        self.subscriptions = _Subscriptions(store)

    def commit(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Run a unit of work; then send what it brought about, and tell subscribers."""
        try:
            return self.store.run(work)
        finally:
            self._follow_up(never)

    def after(self, action: Callable[[], _Result], is_stopping: Callable[[], bool] = never) -> _Result:
        """Do something that commits; then, also if it failed, send what it brought about, and tell subscribers.

        Args:
            action: what commits.
            is_stopping: asked before each effect is sent; once it says so, the rest is left for others.
        """
        try:
            return action()
        finally:
            self._follow_up(is_stopping)

    def _follow_up(self, is_stopping: Callable[[], bool]) -> None:
        """Send what is due, and tell subscribers, as far as the store lets one.

        What was committed must not look undone because the store fails after it; what is left is due for the next call.
        """
        with suppress(StoreError):
            self.relay.drain(is_stopping)
        with suppress(StoreError):
            self.subscriptions.publish()

    def after_due(
        self, due: Callable[[Transaction, datetime], object], step: Callable[[Transaction, datetime], _Result]
    ) -> _Result:
        """Take a step after what a deadline asks for: that stays done, also if the step is refused.

        Args:
            due: does what is due of whatever the step is about, and refuses nothing.
            step: changes something, or refuses.
        """
        now = self.clock.now()
        self.store.run(lambda tx: due(tx, now))
        return self.commit(lambda tx: step(tx, now))

    def take_step(
        self, find: Callable[[Transaction], Deal], step: Callable[[Transaction, Deal, datetime], Deal]
    ) -> DealNumber:
        """Take a step of a deal, after what its deadline asks for: that stays done, also if the step is refused.

        Args:
            find: returns the deal, or refuses.
            step: changes it, or refuses.
        """
        now = self.clock.now()
        self.store.run(lambda tx: self.settlement.overdue(tx, find(tx), now))
        return self.commit(lambda tx: step(tx, find(tx), now).number)

    def mark(self) -> str:
        """Return a short text that nobody guesses."""
        return self.entropy.token(5).hex().upper()
