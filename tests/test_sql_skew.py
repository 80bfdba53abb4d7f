"""Two units of work at once in PostgreSQL: what one of them rests on is not changed by the other behind its back.

The database lets each see what was committed when it looked, and only compares what it replaces. So whatever a decision
rests on and does not replace is guarded by a record that both replace; each test forces the two to meet.
"""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
from attrs import define, field

from broken_doubles import Altered
from brokerage import BankTransfer
from brokerage.adapters.memory.gateways import Mood
from brokerage.adapters.sql import SqlStore
from brokerage.errors import BrokerageError, TenderNotOpen, UnknownMember, UnknownTender
from brokerage.policy import PayoutOn
from brokerage.ports import Transaction
from brokerage.records.contractors import Trade
from brokerage.records.items import ItemState
from brokerage.records.ledger import Debtor, debt_of
from brokerage.records.numbers import BoxNumber, DealNumber, PersonNumber
from brokerage.records.orders import OrderState
from brokerage.records.reservations import ReservationState
from brokerage.records.tenders import TenderState
from brokerage.services.membership.persons import root_of
from builders import DAY, World, check_books, immediate, world
from orders_under_way import ANSWER, BIDDING, Fair, fair

pytestmark = pytest.mark.databases


@define(eq=False)
class Meeting:
    """A store in whose units of work something else happens, once, when one of them calls a certain method."""

    store: SqlStore
    url: str
    _place: tuple[str, str] = ("", "")
    _is_after: bool = False
    _happens: Callable[[], object] | None = None
    _others: list[threading.Thread] = field(factory=list)
    failed: list[BaseException] = field(factory=list)

    def before(self, collection: str, method: str, happens: Callable[[], object]) -> None:
        """Let something happen, to its end or until it waits for somebody, before the next call of a method."""
        self._place, self._is_after, self._happens = (collection, method), False, happens

    def after(self, collection: str, method: str, happens: Callable[[], object]) -> None:
        """The same after it."""
        self._place, self._is_after, self._happens = (collection, method), True, happens

    def run(self, work: Callable[[Transaction], Any]) -> Any:
        """Run a unit of work that may meet another one."""
        if self._happens is None:
            return self.store.run(work)
        collection, method = self._place

        def met(tx: Any) -> Any:
            kept = getattr(tx, collection)
            return work(Altered(tx, {collection: Altered(kept, {method: self._meeting(getattr(kept, method))})}))

        return self.store.run(met)

    def read(self, work: Callable[[Transaction], Any]) -> Any:
        """Read."""
        return self.store.read(work)

    def end(self) -> None:
        """Wait for whatever happened, which it must have done, and done well."""
        for other in self._others:
            other.join(60)
            assert not other.is_alive()
        assert len(self._others) == 1
        unexpected = [error for error in self.failed if not isinstance(error, BrokerageError)]
        assert unexpected == []

    def _meeting(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def meet(*arguments: Any) -> Any:
            if not self._is_after:
                self._let_happen()
            result = call(*arguments)
            if self._is_after:
                self._let_happen()
            return result

        return meet

    def _let_happen(self) -> None:
        happens, self._happens = self._happens, None
        if happens is None:
            return
        other = threading.Thread(target=partial(self._do, happens), daemon=True)
        self._others.append(other)
        other.start()
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            while other.is_alive() and not _is_waiting(connection):
                other.join(0.02)

    def _do(self, happens: Callable[[], object]) -> None:
        try:
            happens()
        except BaseException as error:
            self.failed.append(error)


def _is_waiting(connection: psycopg.Connection[Any]) -> bool:
    return connection.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone() is not None


@pytest.fixture
def meeting(postgresql_url: str) -> Iterator[Meeting]:
    """Return an empty store in PostgreSQL in which two units of work can meet."""
    with SqlStore(postgresql_url, patience=60.0) as store:
        yield Meeting(store, postgresql_url)


def _world(meeting: Meeting, **choices: Any) -> World:
    return world(immediate(**choices), store=meeting)


def _fair(meeting: Meeting, **wants: tuple[int, str]) -> Fair:
    return fair(immediate(), "goods", meeting, **wants)


def _person(place: World, box: BoxNumber) -> PersonNumber:
    """Return who a member is, as the member's record says, which must be the person whom all others went into."""

    def work(tx: Transaction) -> PersonNumber:
        member = tx.members.get(box)
        assert member is not None
        assert root_of(tx, member.person).number == member.person
        return member.person

    return place.read(work)


def test_who_turns_out_to_be_another_one_while_offering(meeting: Meeting) -> None:
    """An offer belongs to the person that its member is, also if that is found out while it is accepted."""
    place = _world(meeting)
    ann, bob = place.join("Ann"), place.join("Bob")
    meeting.before("categories", "check", lambda: bob.account.correct(email="Ann@example.com"))
    number = bob.sell("goods", "T", min_price="80.00", currency="USD")
    meeting.end()
    assert _person(place, ann.number) == _person(place, bob.number) == place.offer(number).person


def test_who_turns_out_to_be_another_one_while_reserving(meeting: Meeting) -> None:
    """The same for a reservation."""
    found = _fair(meeting)
    ann, bob = found.desk("Ann"), found.desk("Bob")
    meeting.before("reservations", "add", lambda: bob.account.correct(email="Ann@example.com"))
    found.reserve("Bob", 1, "10.00")
    meeting.end()
    assert _person(found.world, ann.number) == _person(found.world, bob.number) == found.fact("Bob").person


def test_who_registers_as_somebody_who_turns_out_to_be_another_one(meeting: Meeting) -> None:
    """Whoever is recognised as a person that is just being joined with another one is that other one."""
    place = _world(meeting)
    ann, bob = place.join("Ann"), place.join("Bob")
    meeting.before("members", "add", lambda: bob.account.correct(email="Ann@example.com"))
    cid = place.join("Cid", telephone=place.contact(bob).telephone)
    meeting.end()
    assert _person(place, ann.number) == _person(place, bob.number) == _person(place, cid.number)


def test_three_who_turn_out_to_be_one_at_once(meeting: Meeting) -> None:
    """Of two joinings that follow from each other none is lost."""
    place = _world(meeting)
    ann, bob, cid = (place.join(name) for name in ("Ann", "Bob", "Cid"))
    meeting.before("members", "replace", lambda: bob.account.correct(email="Ann@example.com"))
    cid.account.correct(telephone=place.contact(bob).telephone)
    meeting.end()
    assert _person(place, ann.number) == _person(place, bob.number) == _person(place, cid.number)


def test_two_applications_of_one_person_at_once(meeting: Meeting) -> None:
    """Whoever registers twice at the same time gets two boxes, and is one person."""
    place = _world(meeting)
    meeting.before("persons", "add_fingerprint", lambda: place.join("Ann"))
    ann = place.join("Ann")
    meeting.end()
    person = _person(place, ann.number)
    assert len(place.read(lambda tx: tx.members.of_person(person))) == 2


def _reasons(place: World) -> None:
    for code in ("moved", "bored"):
        place.broker.office.members.add_reason(code, f"I have {code}")


def test_leaving_twice_at_once(meeting: Meeting) -> None:
    """A member who leaves twice at the same time has left once, and the second time is told so."""
    place = _world(meeting)
    ann = place.join("Ann")
    _reasons(place)
    meeting.before("reasons", "replace", lambda: ann.account.withdraw("bored"))
    with pytest.raises(UnknownMember):
        ann.account.withdraw("moved")
    meeting.end()
    assert meeting.failed == []


def test_leaving_while_the_dormant_are_looked_at(meeting: Meeting) -> None:
    """Whoever leaves while looked at for dormancy is passed over."""
    place = _world(meeting, dormant_after=10 * DAY)
    ann = place.join("Ann")
    _reasons(place)
    meeting.after("members", "quiet", lambda: ann.account.withdraw("moved"))
    place.wait(11 * DAY)
    meeting.end()
    former = place.read(lambda tx: tx.former.get(ann.number))
    assert former is not None
    assert former.reason == "moved"


def _asked(meeting: Meeting, **terms: Any) -> tuple[Fair, Any]:
    """Return a fair at which Ann is asked whether she accepts, and the tender."""
    found = _fair(meeting, Bob=(3, "100.00"))
    tender = found.call(**terms)
    found.bid("Ann", tender, {1: "90.00"})
    found.world.wait(BIDDING)
    return found, tender


def test_accepting_while_leaving(meeting: Meeting) -> None:
    """A seller who accepts and leaves at the same time leaves no order behind that waits for somebody who is gone."""
    found, tender = _asked(meeting)
    _reasons(found.world)
    ann = found.desk("Ann")
    price = ann.seller.question(tender).price
    meeting.before("watches", "of_member", lambda: ann.seller.accept(tender, price=price))
    ann.account.withdraw("moved")
    meeting.end()
    orders = found.world.read(lambda tx: tx.orders.of_seller(ann.number, None, 10))
    assert [order for order in orders if order.is_undecided] == []
    assert all(isinstance(error, TenderNotOpen | UnknownTender | UnknownMember) for error in meeting.failed)


def test_a_bidder_who_leaves_while_bids_are_judged(meeting: Meeting) -> None:
    """Judging looks again where a bidder has left since it began."""
    found = _fair(meeting, Bob=(3, "100.00"))
    tender = found.call()
    found.bid("Ann", tender, {1: "90.00"})
    _reasons(found.world)
    meeting.before("reservations", "open_of", lambda: found.desk("Ann").account.withdraw("moved"))
    found.world.wait(BIDDING)
    meeting.end()
    assert meeting.failed == []
    assert found.tender(tender).state is TenderState.FAILED


def test_a_release_while_the_last_tender_ends(meeting: Meeting) -> None:
    """What is reserved of an item ends that comes on the market while the last tender on it ends."""
    found, tender = _asked(meeting, answer=90 * DAY)
    found.world.clock.set(found.world.clock.now() + 60 * DAY)
    meeting.before("items", "replace", lambda: found.desk("Ann").seller.decline(tender))
    found.world.broker.run_due()
    meeting.end()
    found.world.broker.run_due()
    assert found.fact("Bob").state is ReservationState.CLOSED
    found.check()


def test_a_call_while_the_item_is_withdrawn(meeting: Meeting) -> None:
    """Nobody is called for what is withdrawn at that moment."""
    found = _fair(meeting, Bob=(3, "100.00"))
    office = found.world.broker.office
    meeting.before("tenders", "add", lambda: office.items.withdraw(found.item))
    try:
        found.call()
    except BrokerageError as error:
        meeting.failed.append(error)
    meeting.end()
    item = found.world.read(lambda tx: tx.items.get(found.item))
    assert item is not None
    assert item.state is ItemState.WITHDRAWN
    assert found.world.read(lambda tx: tx.tenders.of_item(found.item)) == []


def test_an_order_that_falls_while_its_item_is_withdrawn(meeting: Meeting) -> None:
    """What an order gives back to an item that is withdrawn and swept at that moment ends too."""
    found, tender = _asked(meeting)
    order = found.accept("Ann", tender)
    found.confirm("Bob")
    office = found.world.broker.office

    def withdraw() -> None:
        office.items.withdraw(found.item)
        found.world.broker.run_due()

    meeting.before("demands", "get", withdraw)
    found.desk("Ann").seller.decline_order(order.number)
    meeting.end()
    found.world.broker.run_due()
    assert found.fact("Bob").state is ReservationState.CLOSED
    found.check()


def test_two_tenders_of_an_order_that_end_at_once(meeting: Meeting) -> None:
    """An order goes on when the last two tenders on services to it end at the same time."""
    found = _fair(meeting, Bob=(3, "100.00"))
    office = found.world.broker.office
    office.contractors.register(found.desk("Van").number, Trade.CARRIER)
    office.contractors.register(found.desk("Till").number, Trade.PROVIDER)
    supply = found.call()
    found.bid("Ann", supply, {1: "90.00"})
    found.world.wait(BIDDING)
    order = found.accept("Ann", supply)
    first, second = (tender.number for tender in found.world.read(lambda tx: tx.tenders.of_order(order.number)))
    found.world.clock.set(found.world.clock.now() + ANSWER)
    house, now = found.world.broker._house, found.world.clock.now()

    def end(number: Any) -> None:
        house.store.run(lambda tx: house.awards.due(tx, number, now))

    meeting.after("tenders", "of_order", lambda: end(second))
    end(first)
    meeting.end()
    assert found.order(order).state is not OrderState.SERVICES


def test_a_debt_that_is_paid_while_it_is_set_off(meeting: Meeting) -> None:
    """What a seller owes is paid once: by money that came in, or by the payout that failed."""
    place = _world(meeting, payout_on=PayoutOn.ORDER)
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "T", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    deal = bob.decide(want, sale, price="92.00", pay_by=BankTransfer())
    place.bank.temper.expect(Mood.FAILING)
    number = DealNumber(deal.number)
    fact = place.deal(number)
    place.broker.advise_payment(reference=fact.reference, amount="92.00", currency="USD", notice="n-1")
    for desk in (ann, bob):
        desk.claims.call_off(number)
    place.broker.advise_payment(reference="nobody's", amount="88.00", currency="USD", notice="n-2")
    cases = place.broker.office.cases
    claim, money = cases.open()
    place.bank.temper.expect(Mood.DECLINING)
    meeting.after("ledger", "balance", lambda: cases.pay_claim(money.number, claim.number))
    place.wait(DAY)
    meeting.end()
    assert place.broker.office.balance(debt_of(Debtor.SELLER, number), "USD").text() == "0.00"
    check_books(place)


def test_a_wish_of_somebody_who_leaves(meeting: Meeting) -> None:
    """Nobody wants to hear of anything who has left."""
    place = _world(meeting)
    ann = place.join("Ann")
    _reasons(place)
    meeting.before("watches", "add", lambda: ann.account.withdraw("moved"))
    ann.buyer.watch_items("goods")
    meeting.end()
    assert place.read(lambda tx: tx.watches.of_member(ann.number)) == []
