"""Keeping a broker going: doing what is due when it is due, in as many processes as one likes, until told to stop."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from queue import Empty, SimpleQueue

from brokerage.engine import Brokerage
from brokerage.errors import InvalidChoice

__all__ = ["Loop"]

_LOG = logging.getLogger(__name__)
_LONGEST = timedelta(days=1)
_MOMENT, _AFTER_ERROR = timedelta(milliseconds=50), timedelta(seconds=1)
_DOUBLINGS = 20


def _log(error: Exception) -> None:
    _LOG.error("What is due could not be done; it is tried again", exc_info=error)


class Loop:
    """Calls :meth:`~brokerage.Brokerage.run_due` whenever something is due, until it is told to stop.

    Any number of loops may run at the same time on one store, in threads and in processes: rounds, deadlines, running
    totals and effects are each done by one of them. Between two calls a loop waits, until something is due or somebody
    wakes it. It survives a store that is locked or gone for a while: it reports the error, waits, and tries again.

    Args:
        broker: whose work is done. Each process has its own, on one store.
        every: after so long it looks again at the latest, above zero and at most a day: parties outside report only
            when they are asked, and other processes may have written down what is due earlier.
        on_error: is given whatever goes wrong, after which the loop waits for a second, then two, four, and at most
            ``every``; what it raises itself ends the loop. By default errors go to the log ``brokerage.working``.

    Raises:
        InvalidChoice: an argument is of the wrong kind, or ``every`` is out of its range.

    >>> from threading import Thread
    >>> loop = Loop(Brokerage(), every=timedelta(seconds=5))
    >>> thread = Thread(target=loop.run)
    >>> thread.start()
    >>> loop.stop()
    >>> thread.join()

    A process that does nothing else is such a script; SIGTERM and Ctrl-C stop it gracefully::

        import signal
        from brokerage import Brokerage
        from brokerage.adapters.sql import SqlStore
        from brokerage.working import Loop

        broker = Brokerage(policy, store=SqlStore(url), gateways=gateways, secret=secret)
        loop = Loop(broker)
        for each in signal.SIGTERM, signal.SIGINT:
            signal.signal(each, lambda *_: loop.stop())
        loop.run()
    """

    def __init__(
        self,
        broker: Brokerage,
        *,
        every: timedelta = timedelta(seconds=10),
        on_error: Callable[[Exception], object] = _log,
    ) -> None:
        if not isinstance(broker, Brokerage):
            raise InvalidChoice(
                "broker", type(broker).__name__, "a Brokerage", "pass the broker whose work is to be done"
            )
        if not isinstance(every, timedelta) or not timedelta(0) < every <= _LONGEST:
            raise InvalidChoice("every", every, "a timedelta above zero and at most a day", "choose some seconds")
        if not callable(on_error):
            raise InvalidChoice("on_error", on_error, "something that can be called", "pass a function of an error")
        self._broker = broker
        self._every = every
        self._on_error = on_error
        self._is_stopping = False
        # Its ``put`` may interrupt anything, also itself, and so be called by the handler of a signal.
        self._bell: SimpleQueue[None] = SimpleQueue()

    def run(self) -> None:
        """Do what is due until :meth:`stop` is called; for one thread."""
        in_a_row = failures = 0
        while not self._is_stopping:
            try:
                self._broker.run_due(lambda: self._is_stopping)
                pause = self._until_due()
                failures, in_a_row = 0, in_a_row + 1 if pause <= timedelta(0) else 0
                if in_a_row:  # others are at it; where nobody gets on, this one asks less and less often
                    pause = _MOMENT * 2 ** min(in_a_row - 1, _DOUBLINGS)
            except Exception as error:
                self._on_error(error)
                pause = _AFTER_ERROR * 2 ** min(failures, _DOUBLINGS)
                failures += 1
            self._wait(min(pause, self._every))

    def stop(self) -> None:
        """Let :meth:`run` end after the unit of work or the effect in hand, for good; what is left is due for others.

        Any thread may call it, and the handler of a signal.
        """
        self._is_stopping = True
        self._bell.put(None)

    def wake(self) -> None:
        """Let :meth:`run` look at once, as when another process says that there is something to do.

        Any thread may call it, and the handler of a signal.
        """
        self._bell.put(None)

    def _until_due(self) -> timedelta:
        due = self._broker.next_due()
        return self._every if due is None else due - self._broker.clock.now()

    def _wait(self, pause: timedelta) -> None:
        if self._is_stopping:
            return
        with suppress(Empty):
            self._bell.get(timeout=max(0.0, pause.total_seconds()))
            while True:  # rung several times, it is answered once
                self._bell.get_nowait()
