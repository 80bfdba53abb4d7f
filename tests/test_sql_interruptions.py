"""Whoever is interrupted while he waits at a gate is out of the way of those behind him."""

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
