"""Loops that keep a broker going: they do what is due, several at once, survive bad stores, and stop gracefully."""

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from attrs import evolve

from brokerage import Brokerage
from brokerage.adapters.memory import MemoryStore, pretend_gateways
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy, SystemClock
from brokerage.errors import InvalidChoice, NoAnswer, StoreError
from brokerage.ports import Answer, Clock, Store, Transaction
from brokerage.records.effects import Mail
from brokerage.records.numbers import BoxNumber, ContactNumber
from brokerage.services.effects import send
from brokerage.working import Loop
from builders import DAY, SECRET, START, immediate

LONG = 20.0
"""Seconds after which a test gives up."""


class Post:
    """A mail service that writes down every call, and tells whoever waits for some number of them."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.during: list[Callable[[], object]] = []
        self.came = threading.Condition()

    def send(self, key: str, _task: Mail, _email: str) -> Answer:
        """Write down a call."""
        with self.came:
            self.calls.append(key)
            during = self.during.pop(0) if self.during else None
            self.came.notify_all()
        if during is not None:
            during()
        return Answer(True)

    def wait_for(self, count: int) -> None:
        """Wait until there were so many calls."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.calls) >= count, LONG)


def broker_on(store: Store, clock: Clock, post: Post, seed: int = 1, **choices: Any) -> Brokerage:
    """Return a broker as one of several processes has it."""
    return Brokerage(
        immediate(**choices),
        store=store,
        clock=clock,
        entropy=SeededEntropy(seed),
        gateways=evolve(pretend_gateways(), notifier=post),
        hasher=ScryptHasher(cost=2),
        secret=SECRET,
    )


def ann(broker: Brokerage) -> BoxNumber:
    """Make Ann a member."""
    return broker.register(name="Ann", address="1", telephone="1", email="a@b", bank_account="A").number


def write(broker: Brokerage, store: Store, count: int, wait: timedelta = timedelta(0)) -> list[str]:
    """Write mails to Ann down, without sending them, and return their keys."""
    keys, due = [f"mail:{place:03}" for place in range(count)], broker.clock.now() + wait

    def work(tx: Transaction) -> None:
        for key in keys:
            send(tx, key, Mail(BoxNumber(1), ContactNumber(1), "s", "b"), due)

    store.run(work)
    return keys


@contextmanager
def running(*loops: Loop) -> Iterator[None]:
    """Run loops, each in a thread of its own, and see that they end when they are stopped."""
    threads = [threading.Thread(target=loop.run) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for loop in loops:
            loop.stop()
        for thread in threads:
            thread.join(LONG)
            assert not thread.is_alive()


def test_what_is_due_when_the_loop_begins_is_done() -> None:
    """A loop begins with whatever waits."""
    store, post = MemoryStore(), Post()
    broker = broker_on(store, ManualClock(START), post)
    ann(broker)
    keys = write(broker, store, 3)
    with running(Loop(broker, every=DAY)):
        post.wait_for(4)
    assert keys == post.calls[1:]


def test_a_loop_wakes_by_itself_when_something_is_due() -> None:
    """What is due in a moment is done then, however long the loop may wait otherwise."""
    store, post = MemoryStore(), Post()
    broker = broker_on(store, SystemClock(), post)
    ann(broker)
    write(broker, store, 1, timedelta(milliseconds=200))
    with running(Loop(broker, every=DAY)):
        post.wait_for(2)


def test_a_loop_looks_again_after_a_while() -> None:
    """What another process has written down meanwhile is found without being told."""
    store, post = MemoryStore(), Post()
    broker = broker_on(store, ManualClock(START), post)
    ann(broker)
    with running(Loop(broker, every=timedelta(milliseconds=50))):
        write(broker, store, 1)
        post.wait_for(2)


def test_a_loop_looks_when_it_is_woken() -> None:
    """Whoever knows that there is something to do wakes a loop; what was rung while it was at work is not missed."""
    store, post = MemoryStore(), Post()
    broker = broker_on(store, ManualClock(START), post)
    ann(broker)
    loop = Loop(broker, every=DAY)
    with running(loop):
        for count in range(1, 6):
            mail = Mail(BoxNumber(1), ContactNumber(1), f"{count}", "")
            store.run(partial(send, key=f"{count}", task=mail, now=START))
            loop.wake()
            post.wait_for(1 + count)


def test_a_stop_ends_with_the_effect_in_hand() -> None:
    """Told to stop while it sends, a loop books that answer, sends nothing more, and leaves the rest due at once."""
    store, post, clock = MemoryStore(), Post(), ManualClock(START)
    broker = broker_on(store, clock, post)
    ann(broker)
    keys = write(broker, store, 50)
    loop = Loop(broker, every=DAY)
    post.during.append(loop.stop)
    loop.run()
    assert keys[:1] == post.calls[1:]
    assert broker.next_due() == START
    assert broker_on(store, clock, post, 2).run_due().effects == 49
    assert keys == post.calls[1:]


def test_a_loop_that_was_stopped_does_nothing_more() -> None:
    """A stop is for good, also one that comes before the loop begins."""
    store, post = MemoryStore(), Post()
    broker = broker_on(store, ManualClock(START), post)
    ann(broker)
    write(broker, store, 1)
    loop = Loop(broker)
    loop.stop()
    loop.run()
    assert len(post.calls) == 1


def test_many_loops_on_one_store_send_each_effect_once() -> None:
    """Of many loops at work at the same time, each of its own broker, one sends each effect."""
    store, post, clock = MemoryStore(), Post(), SystemClock()
    brokers = [broker_on(store, clock, post, seed) for seed in range(6)]
    ann(brokers[0])
    keys = write(brokers[0], store, 300)
    with running(*(Loop(broker, every=timedelta(milliseconds=20)) for broker in brokers)):
        post.wait_for(301)
    assert keys == sorted(post.calls[1:])


class Ailing(MemoryStore):
    """A store that cannot be reached for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[Exception] = []

    def run(self, work: Callable[[Any], Any]) -> Any:
        """Run a unit of work, or fail."""
        self._ail()
        return super().run(work)

    def read(self, work: Callable[[Any], Any]) -> Any:
        """Read, or fail."""
        self._ail()
        return super().read(work)

    def _ail(self) -> None:
        if self.errors:
            raise self.errors.pop(0)


def test_a_loop_survives_a_store_that_is_gone_for_a_while() -> None:
    """Every error is reported, and the loop goes on where it could not."""
    store, post = Ailing(), Post()
    broker = broker_on(store, ManualClock(START), post)
    ann(broker)
    keys = write(broker, store, 2)
    errors = [StoreError("store", n, "a database that is there", "start it") for n in range(3)]
    store.errors += errors
    reported: list[Exception] = []

    def report(error: Exception) -> None:
        reported.append(error)
        loop.wake()

    loop = Loop(broker, every=DAY, on_error=report)
    with running(loop):
        post.wait_for(3)
    assert reported
    assert set(map(id, reported)) <= set(map(id, errors))
    assert keys == post.calls[1:]


def test_a_loop_tries_again_by_itself_after_an_error() -> None:
    """Nobody need wake a loop that has met an error."""
    store, post = Ailing(), Post()
    broker = broker_on(store, ManualClock(START), post)
    ann(broker)
    write(broker, store, 1)
    store.errors += [StoreError("store", n, "a database that is there", "start it") for n in range(4)]
    with running(Loop(broker, every=timedelta(milliseconds=10), on_error=lambda _: None)):
        post.wait_for(2)


def test_errors_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Where nobody else wants to hear of errors, they are logged with what they are."""
    store, post = Ailing(), Post()
    broker = broker_on(store, ManualClock(START), post)
    ann(broker)
    write(broker, store, 1)
    store.errors.append(StoreError("store", "x", "a database that is there", "start it"))
    logging.getLogger("brokerage.working").disabled = False  # whatever a tool run in this process has done to logs
    with caplog.at_level(logging.ERROR, "brokerage.working"), running(Loop(broker, every=timedelta(milliseconds=10))):
        post.wait_for(2)
    [record] = caplog.records
    assert record.name == "brokerage.working"
    assert "StoreError" in (caplog.text)


def test_what_a_subscriber_raises_is_reported() -> None:
    """An error of a subscriber's is reported like any other."""
    store, post = MemoryStore(), Post()
    broker = broker_on(store, ManualClock(START), post)
    ann(broker)
    raised = KeyError("of the subscriber")

    def subscriber(_event: object) -> None:
        loop.stop()
        raise raised

    reported: list[Exception] = []
    loop = Loop(broker, every=DAY, on_error=reported.append)
    broker.subscribe(subscriber)
    write(broker, store, 1)
    loop.run()
    assert [raised] == reported


def test_whoever_hears_of_errors_may_end_the_loop() -> None:
    """What is raised where errors are reported ends the loop and reaches whoever runs it."""

    def give_up(error: Exception) -> None:
        raise RuntimeError("enough") from error

    store = Ailing()
    loop = Loop(broker_on(store, ManualClock(START), Post()), on_error=give_up)
    store.errors.append(NoAnswer("store", "gone"))
    with pytest.raises(RuntimeError, match="enough"):
        loop.run()


SCRIPT = """
import signal
from datetime import timedelta
from brokerage import Brokerage
from brokerage.working import Loop

loop = Loop(Brokerage(), every=timedelta(hours=1))
for each in signal.SIGTERM, signal.SIGINT:
    signal.signal(each, lambda *_: loop.stop())
print("ready", flush=True)
loop.run()
print("stopped", flush=True)
"""


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_a_process_is_stopped_by_a_signal(which: signal.Signals) -> None:
    """A script as the documentation shows it ends well and soon when it is told to."""
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(which)
        assert process.communicate(timeout=LONG)[0] == "stopped\n"
        assert process.returncode == 0


@pytest.mark.parametrize("every", [timedelta(0), -DAY, 2 * DAY, 10, None], ids=repr)
def test_the_longest_wait_lies_between_nothing_and_a_day(every: Any) -> None:
    """A wait that is none, or that nobody would want, is refused."""
    with pytest.raises(InvalidChoice) as caught:
        Loop(Brokerage(), every=every)
    assert caught.value.field == "every"


def test_a_loop_needs_a_broker_and_somebody_to_tell() -> None:
    """What is no broker, or cannot be called, is refused."""
    wrong: Any = None
    with pytest.raises(InvalidChoice) as caught:
        Loop(wrong)
    assert caught.value.field == "broker"
    with pytest.raises(InvalidChoice) as caught:
        Loop(Brokerage(), on_error=wrong)
    assert caught.value.field == "on_error"
