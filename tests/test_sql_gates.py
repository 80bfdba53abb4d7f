"""Gates: who waits for a place, who gets it, and who has given up."""

import signal
import threading
import time
from types import FrameType

import pytest

from brokerage.adapters.sql.gates import Gate


class Interrupted(Exception):
    """A signal came."""


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise Interrupted


def test_who_is_interrupted_takes_no_place() -> None:
    """Somebody who is interrupted while he waits leaves the place to those behind him."""
    gate, main = Gate(1), threading.main_thread().ident
    assert main is not None
    assert gate.enter(0)

    def interrupt() -> None:
        while not gate._waiting:
            time.sleep(0.001)
        signal.pthread_kill(main, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, _interrupt)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(Interrupted):
            gate.enter(60)
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)
    gate.leave()
    assert gate.enter(0)


def test_places_go_to_who_came_first() -> None:
    """Threads get a place in the order of their coming, and who has no patience left gets none."""
    gate, came = Gate(1), list[int]()
    assert gate.enter(0)

    def wait(number: int) -> None:
        assert gate.enter(60)
        came.append(number)
        gate.leave()

    threads = []
    for number in range(4):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        while len(gate._waiting) <= number:
            time.sleep(0.001)
    assert not gate.enter(0)
    gate.leave()
    for thread in threads:
        thread.join()
    assert came == [0, 1, 2, 3]
    assert gate.enter(0)
