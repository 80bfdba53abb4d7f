"""Ports that go wrong by a plan; and a broker over such ports, which loses nothing and does nothing twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import BankTransfer, Card, DeliveryStep
from brokerage.adapters.memory import MemoryStore
from brokerage.errors import BrokerageError, Conflict, GatewayError, NoAnswer
from brokerage.ports import Series, Transaction
from brokerage.records.checks import Check
from brokerage.records.deals import DealState
from brokerage.records.numbers import OfferNumber
from brokerage.testing import Fault, Faults, ManualClock, faulty, faulty_gateways, faulty_store
from builders import AGES, DAY, MANY, START, World, check_books, immediate, trade, world
from market_script import boxes, fixed_script, script_world


class Till:
    """A port of one method and one value."""

    def __init__(self) -> None:
        self.name = "till"
        self.coins: list[int] = []

    def put(self, coin: int) -> int:
        """Keep a coin, and say how many there are."""
        self.coins.append(coin)
        return len(self.coins)


def outcome(call: Callable[[], object]) -> object:
    """Return what a call gives, or the kind of error that it raises."""
    try:
        return call()
    except BrokerageError as error:
        return type(error)


@pytest.mark.parametrize(
    ("fault", "answer", "coins"),
    [
        (Fault.NONE, 1, [7]),
        (Fault.BEFORE, GatewayError, []),
        (Fault.AFTER, NoAnswer, [7]),
        (Fault.REPEAT, 2, [7, 7]),
        (Fault.DELAY, NoAnswer, []),
    ],
)
def test_each_way_to_go_wrong(fault: Fault, answer: object, coins: list[int]) -> None:
    """A call raises before or after its effect, or has it twice or later; and a later call goes well."""
    till = Till()
    port = faulty(till, Faults([fault]))
    assert answer == outcome(lambda: port.put(7))
    assert coins == till.coins
    assert port.name == "till"
    port.put(8)
    assert [*coins, *([7] if fault is Fault.DELAY else []), 8] == till.coins


@pytest.mark.parametrize("delay", [1, 2, 5])
def test_a_delay_of_calls(delay: int) -> None:
    """What is late happens before the call that it was to wait for, and not earlier."""
    till = Till()
    port = faulty(till, Faults([Fault.DELAY], delay=delay))
    outcome(lambda: port.put(0))
    for coin in range(1, delay + 1):
        assert 0 not in till.coins
        port.put(coin)
    assert [*range(1, delay), 0, delay] == till.coins


def test_a_delay_of_time() -> None:
    """What is late by the clock happens when the clock has come there, however many calls are made before."""
    till, clock = Till(), ManualClock(START)
    port = faulty(till, Faults([Fault.DELAY], delay=timedelta(minutes=5), clock=clock))
    outcome(lambda: port.put(0))
    clock.set(START + timedelta(minutes=4))
    port.put(1)
    assert till.coins == [1]
    clock.set(START + timedelta(minutes=5))
    port.put(2)
    assert till.coins == [1, 0, 2]


def test_a_delay_of_time_needs_a_clock() -> None:
    """A plan whose delay nobody can tell is refused."""
    with pytest.raises(ValueError, match="clock"):
        Faults(delay=timedelta(minutes=5))


def test_what_is_late_can_be_made_to_happen() -> None:
    """Nothing that is late is forgotten, also where no call follows."""
    till = Till()
    faults = Faults([Fault.DELAY, Fault.DELAY], delay=9)
    for coin in (1, 2):
        outcome(lambda coin=coin: faulty(till, faults).put(coin))  # type: ignore[misc]
    faults.catch_up()
    assert till.coins == [1, 2]


def test_a_seed_determines_what_goes_wrong() -> None:
    """Two plans of one seed go wrong in the same way, and those of many seeds not all."""

    def ways(seed: int) -> list[Fault]:
        plan = Faults.seeded(seed)
        return [plan.next("pay") for _ in range(30)]

    assert ways(3) == ways(3)
    assert len({tuple(ways(seed)) for seed in range(10)}) > 1
    assert set(Fault) == {way for seed in range(10) for way in ways(seed)}


def test_a_plan_is_about_the_methods_that_it_names() -> None:
    """Calls of other methods go well and take no place in the plan; a plan that is stopped lets all go well."""
    plan = Faults([Fault.BEFORE, Fault.AFTER, Fault.AFTER], of=["pay"])
    assert [plan.next(name) for name in ("send", "pay", "send", "pay")] == [
        Fault.NONE,
        Fault.BEFORE,
        Fault.NONE,
        Fault.AFTER,
    ]
    plan.stop()
    assert plan.next("pay") is Fault.NONE
    assert plan.log == [("pay", Fault.BEFORE), ("pay", Fault.AFTER)]


# a broker over parties that go wrong


def faulty_world(faults: Faults, clock: ManualClock | None = None) -> World:
    """Return a broker whose parties outside all go wrong by a plan."""
    return world(clock=clock, outside=lambda gateways: faulty_gateways(gateways, faults))


def pending(place: World) -> int:
    """Count the effects that are not answered."""
    return len(place.read(lambda tx: tx.outbox.due(AGES, MANY)))


def until_answered(place: World) -> None:
    """Let time pass until every effect has its answer."""
    for _ in range(50):
        place.wait(timedelta(hours=6))
        if not pending(place):
            return
    raise AssertionError("an effect is never answered")


@pytest.mark.parametrize("fault", [Fault.BEFORE, Fault.AFTER, Fault.REPEAT, Fault.DELAY])
def test_a_payout_that_goes_wrong_is_made_once(fault: Fault) -> None:
    """However the call for a payout goes wrong, it is asked for again under its key, and the money moves once."""
    faults = Faults([fault, fault], of=["pay"])
    place = faulty_world(faults)
    made = trade(place)
    made.transfer("92.00")
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d-1")
    made.bob.confirm(made.number)
    assert pending(place) == (0 if fault is Fault.REPEAT else 1)
    until_answered(place)
    assert [payout.units for payout in place.bank.paid] == [88_00]
    assert len(faults.log) == (1 if fault is Fault.REPEAT else 3)
    assert made.fact.state is DealState.COMPLETED
    check_books(place)


def test_a_notice_that_is_late_is_booked_when_it_comes() -> None:
    """A bank that is silent for a day holds up the deal for a day, and nothing else."""
    clock = ManualClock(START)
    place = faulty_world(Faults([Fault.DELAY], of=["notices"], delay=DAY, clock=clock), clock)
    made = trade(place)
    place.bank.deposit(made.fact.reference, 92_00, "USD")
    assert [place.wait(DAY).silent for _ in range(2)] == [1, 0]
    assert made.fact.state is DealState.PAID


def test_a_notice_whose_confirming_is_lost_is_booked_once() -> None:
    """A notice that could not be confirmed comes again, and changes nothing the second time."""
    place = faulty_world(Faults([Fault.BEFORE, Fault.AFTER, Fault.DELAY], of=["confirm"]))
    made = trade(place)
    place.bank.deposit(made.fact.reference, 50_00, "USD")
    for _ in range(4):
        place.wait(timedelta(minutes=1))
    assert made.fact.received == 50_00
    assert list(place.bank.notices()) == []
    check_books(place)


def settled(faults: Faults, by_card: bool) -> World:
    """Make a deal while parties outside go wrong, and settle it once they are well."""
    place = faulty_world(faults)
    ann, bob = place.join("Ann"), place.join("Bob")
    bob.account.choose_mail(candidates=True, deals=True)
    place.cards.cards["token"] = 1000_00
    pay_by = Card("token") if by_card else BankTransfer()
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    for _ in range(3):
        outcome(lambda: bob.decide(want, sale, price="92.00", pay_by=pay_by))
    faults.stop()
    outcome(lambda: bob.decide(want, sale, price="92.00", pay_by=pay_by))
    faults.catch_up()
    [deal] = bob.deals()
    if not by_card:
        place.bank.deposit(place.deal(deal.number).reference, 92_00, "USD")
    until_answered(place)
    place.broker.advise_delivery(deal.number, DeliveryStep.DELIVERED, notice="d-1")
    bob.confirm(deal.number)
    until_answered(place)
    return place


@given(seed=st.integers(0, 10**6), one_in=st.integers(1, 4), by_card=st.booleans(), delay=st.integers(1, 6))
@settings(deadline=None, max_examples=50)
def test_whatever_goes_wrong_outside_all_is_done_once_in_the_end(
    seed: int, one_in: int, by_card: bool, delay: int
) -> None:
    """With parties outside that fail, repeat and are late, a deal is settled once they are well: each thing once."""
    faults = Faults.seeded(seed, one_in=one_in, delay=delay)
    place, quiet = settled(faults, by_card), settled(Faults(), by_card)
    assert any(fault is not Fault.NONE for _, fault in faults.log) or one_in > 1
    assert [payout.units for payout in place.bank.paid] == [88_00]
    assert (len(place.carrier.orders), place.cards.held) == (1, {})
    assert place.cards.cards == {"token": 908_00 if by_card else 1000_00}
    assert sorted(mail.subject for mail in quiet.mailbox.sent) == sorted(mail.subject for mail in place.mailbox.sent)
    check_books(place)


# a broker over a store that goes wrong


@given(seed=st.integers(0, 10**6), kinds=st.sets(st.sampled_from([Fault.BEFORE, Fault.AFTER]), min_size=1))
@settings(deadline=None, max_examples=8)
def test_conflicts_anywhere_change_nothing(seed: int, kinds: set[Fault]) -> None:
    """A market whose store now and then meets a conflict, at any call, comes to what an undisturbed one comes to."""
    faults = Faults.seeded(seed, one_in=40, kinds=kinds)
    disturbed = script_world(immediate(), faulty_store(MemoryStore(attempts=1000), faults))
    quiet = script_world(immediate(), MemoryStore())
    for place in (disturbed, quiet):
        fixed_script(place)
    assert boxes(quiet) == boxes(disturbed)
    assert quiet.state() == disturbed.state()
    assert quiet.outside() == disturbed.outside()
    assert any(fault is not Fault.NONE for _, fault in faults.log)


def check(number: int) -> Check:
    """Return a left-over check of an arrival."""
    return Check(OfferNumber(number), number, True, (1, 1), START)


def test_a_store_goes_wrong_in_the_collections_that_are_named() -> None:
    """Only named collections are disturbed, and take places in the plan."""
    faults = Faults([Fault.NONE, Fault.AFTER])
    store = faulty_store(MemoryStore(), faults, "checks")

    def work(tx: Transaction) -> object:
        tx.numbers.next(Series.OFFER)
        tx.checks.add(check(1))
        return tx.checks.get(check(1).key)

    assert check(1) == store.run(work)
    assert [name for name, _ in faults.log] == ["add", "get", "add", "get"]
    assert store.read(lambda tx: tx.numbers.last(Series.OFFER)) == 1


def test_what_a_failed_work_put_off_never_happens() -> None:
    """A write that is late when its unit of work fails is no part of the next one."""
    store = faulty_store(MemoryStore(), Faults([Fault.DELAY, Fault.AFTER], delay=9))
    tries: list[int] = []

    def work(tx: Transaction) -> None:
        tries.append(len(tries) + 1)
        tx.checks.add(check(tries[-1]))
        tx.checks.first(1)

    store.run(work)
    assert tries == [1, 2]
    assert [check(2)] == list(store.read(lambda tx: tx.checks.first(9)))


def test_a_late_write_is_seen_at_the_end_of_the_work() -> None:
    """What is late within a unit of work is not seen before, and is committed with it."""
    store = faulty_store(MemoryStore(), Faults([Fault.DELAY], delay=5))

    def work(tx: Transaction) -> object:
        tx.checks.add(check(1))
        return tx.checks.get(check(1).key)

    assert store.run(work) is None
    assert check(1) == store.read(lambda tx: tx.checks.get(check(1).key))


def test_a_whole_store_can_go_wrong() -> None:
    """A unit of work that raises after its commit has happened all the same."""
    inner = MemoryStore()
    store = faulty(inner, Faults([Fault.AFTER]), after=Conflict)
    with pytest.raises(Conflict):
        store.run(lambda tx: tx.numbers.next(Series.OFFER))
    assert inner.read(lambda tx: tx.numbers.last(Series.OFFER)) == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: Faults(of="pay"),
        lambda: Faults(delay=0),
        lambda: Faults.seeded(1, one_in=0),
        lambda: Faults.seeded(1, kinds=[]),
    ],
)
def test_a_plan_of_nonsense_is_refused(make: Callable[[], Faults]) -> None:
    """A plan that could never do what it seems to say is refused when it is made."""
    with pytest.raises(ValueError, match=r"must|refused"):
        make()
