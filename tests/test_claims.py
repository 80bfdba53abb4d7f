"""Several processes send out of one outbox: each effect is sent by one of them, and none is lost with it (spec A7)."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from broken_doubles import Altered
from brokerage import Brokerage
from brokerage.adapters.memory import MemoryStore, pretend_gateways
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from brokerage.errors import Conflict, NoAnswer
from brokerage.ports import Answer, Transaction
from brokerage.records.effects import Effect, EffectState, Mail
from brokerage.records.events import EventKind
from brokerage.records.numbers import BoxNumber, ContactNumber
from brokerage.services.effects import send
from builders import SECRET, START, immediate

LEASE = timedelta(minutes=5)


class Killed(BaseException):
    """The end of the process, as far as the broker can tell."""


class Post:
    """A mail service that writes down every call; what is in ``during`` happens in one call each."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.during: list[Callable[[], object]] = []

    def send(self, key: str, _task: Mail, _email: str) -> Answer:
        """Write down a call."""
        self.calls.append(key)
        if self.during:
            self.during.pop(0)()
        return Answer(True)


class Place:
    """Two brokers on one store, as two processes have them, that share clock and post."""

    def __init__(self, store: MemoryStore | None = None, **choices: Any) -> None:
        self.post = Post()
        self.store = MemoryStore() if store is None else store
        self.clock = ManualClock(START)
        self.one, self.other = (
            Brokerage(
                immediate(send_lease=LEASE, **choices),
                store=self.store,
                clock=self.clock,
                entropy=SeededEntropy(seed),
                gateways=evolve(pretend_gateways(), notifier=self.post),
                hasher=ScryptHasher(cost=2),
                secret=SECRET,
            )
            for seed in (1, 2)
        )
        self.one.register(name="Ann", address="1 Elm Row", telephone="1", email="a@b", bank_account="A")
        self.post.calls.clear()  # the welcome

    def write(self, count: int) -> list[str]:
        """Write mails down that wait to be sent; return their keys."""
        now, keys = self.clock.now(), [f"mail:{place:03}" for place in range(count)]

        def work(tx: Transaction) -> None:
            for key in keys:
                send(tx, key, Mail(BoxNumber(1), ContactNumber(1), "s", "b"), now)

        self.store.run(work)
        return keys

    def effect(self, key: str) -> Effect:
        """Return an effect as it is now."""
        found = self.store.read(lambda tx: tx.outbox.get(key))
        assert found is not None
        return found

    def answered(self) -> list[str]:
        """Return the keys whose answers were booked, but for the welcome's."""
        events = [event for _, event in self.one.office.events(size=1000)]
        facts = [event.fact for event in events if event.kind is EventKind.EFFECT_ANSWERED]
        return [fact.key for fact in facts if isinstance(fact, Effect) and "welcome" not in fact.key]

    def wait(self, span: timedelta) -> None:
        """Let time pass, and nobody work."""
        self.clock.set(self.clock.now() + span)


def failing() -> None:
    """No answer comes."""
    raise NoAnswer("mail", "no answer came")


def killed() -> None:
    """The process that called is gone."""
    raise Killed


@pytest.mark.parametrize("count", [1, 7, 20, 21, 65])
def test_each_effect_is_sent_by_one(count: int) -> None:
    """What one process has claimed another one leaves alone, and sends what is left."""
    place = Place()
    keys = place.write(count)
    sent_by_other: list[int] = []
    place.post.during.append(lambda: sent_by_other.append(place.other.run_due().effects))
    assert max(0, count - 20) == count - place.one.run_due().effects
    assert [max(0, count - 20)] == sent_by_other
    assert keys == sorted(place.post.calls) == sorted(place.answered())


def test_a_claimed_effect_is_pending_until_its_answer() -> None:
    """While it is sent, an effect is pending, was tried no more often, and is due when the lease is over."""
    place = Place()
    [key] = place.write(1)
    seen: list[Effect] = []
    place.post.during.append(lambda: seen.append(place.effect(key)))
    place.one.run_due()
    [claimed] = seen
    assert (claimed.state, claimed.attempts, claimed.due) == (EffectState.PENDING, 0, START + LEASE)
    assert (place.effect(key).state, place.effect(key).attempts) == (EffectState.DONE, 1)


def test_whoever_is_killed_leaves_its_effects_due_after_the_lease() -> None:
    """Nothing that a dead process had claimed is sent before its lease is over, and all of it under its key then."""
    place = Place()
    keys = place.write(5)
    place.post.during += [lambda: None, killed]
    with pytest.raises(Killed):
        place.one.run_due()
    assert keys[:2] == place.post.calls
    assert place.other.next_due() == START + LEASE
    place.wait(LEASE - timedelta(microseconds=1))
    assert place.other.run_due().effects == 0
    place.wait(timedelta(microseconds=1))
    assert place.other.run_due().effects == 4
    assert keys[:2] + keys[1:] == place.post.calls
    assert keys == sorted(place.answered())


def test_an_answer_after_the_lease_is_booked_once() -> None:
    """Whoever took longer than the lease and whoever sent again meanwhile book one answer between them."""
    place = Place()
    [key] = place.write(1)

    def meanwhile() -> None:
        place.wait(LEASE)
        assert place.other.run_due().effects == 1

    place.post.during.append(meanwhile)
    assert place.one.run_due().effects == 1
    assert [key, key] == place.post.calls
    assert [key] == place.answered()
    assert place.effect(key).attempts == 1


def test_an_answer_after_the_lease_is_booked_while_another_waits_for_its_own() -> None:
    """An answer that came late is booked although somebody else has claimed the effect, whose answer then changes
    nothing."""
    place = Place()
    [key] = place.write(1)
    order: list[str] = []

    def first_call() -> None:
        place.wait(LEASE)
        there, answered = threading.Event(), threading.Event()

        def second_call() -> None:
            there.set()
            assert answered.wait(20)

        def other() -> None:
            place.other.run_due()
            order.append("the other's")

        place.post.during.append(second_call)
        thread = threading.Thread(target=other)
        thread.start()
        assert there.wait(20)
        threads.append((thread, answered))

    threads: list[tuple[threading.Thread, threading.Event]] = []
    place.post.during.append(first_call)
    place.one.run_due()
    assert [key] == place.answered()
    [(thread, answered)] = threads
    answered.set()
    thread.join(20)
    assert order == ["the other's"]
    assert [key] == place.answered()
    assert place.effect(key).attempts == 1


def test_a_late_failure_leaves_another_ones_claim_alone() -> None:
    """Whoever gets no answer after its lease does not make due what somebody else is sending."""
    place = Place()
    [key] = place.write(1)

    def first_call() -> None:
        place.wait(LEASE)
        place.post.during.append(killed)
        with pytest.raises(Killed):
            place.other.run_due()
        failing()

    place.post.during.append(first_call)
    place.one.run_due()
    assert (place.effect(key).due, place.effect(key).attempts) == (START + 2 * LEASE, 0)


def test_what_is_claimed_is_not_sent_when_the_lease_is_over() -> None:
    """Whoever needs the whole lease for the first of its effects leaves the others to whoever claims them next."""
    place = Place()
    keys = place.write(3)

    def slow() -> None:
        place.wait(LEASE)
        assert place.other.run_due().effects == 3

    place.post.during.append(slow)
    place.one.run_due()
    assert [keys[0], *keys] == place.post.calls
    assert keys == sorted(place.answered())


class Contended(MemoryStore):
    """A store in which somebody else is always faster with an effect."""

    def run(self, work: Callable[[Any], Any]) -> Any:
        """Run a unit of work whose replacing of an effect meets a conflict."""

        def replace(_old: object, _new: object) -> None:
            raise Conflict("Effect")

        return super().run(lambda tx: work(Altered(tx, {"outbox": Altered(tx.outbox, {"replace": replace})})))


def test_where_too_many_claim_others_send() -> None:
    """A process that never gets to claim anything sends nothing, and nobody's call fails for it."""
    place = Place(Contended())
    place.write(1)
    assert place.one.run_due().effects == 0
    assert place.post.calls == []
