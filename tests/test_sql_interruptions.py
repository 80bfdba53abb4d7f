"""Whoever is interrupted leaves nothing behind that others would wait for, or lose."""

import signal
import threading
import time
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import make_url

from brokerage.adapters.sql import SqlStore
from brokerage.adapters.sql.gates import Gate
from brokerage.adapters.sql.numbers import _MANY
from brokerage.errors import Conflict, StoreDamaged, TooManyConflicts
from brokerage.ports import Series, Transaction
from databases import DATABASES
from sql_facts import kept, post


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


def test_an_interrupted_beginning_keeps_what_is_in_memory() -> None:
    """Whoever is stopped right after the transaction began undoes that, and not the whole store in memory."""
    with SqlStore("sqlite://") as store:
        store.run(post)

        def stopped(tx: Any) -> None:
            post(tx)
            tx.numbers._session._is_open = False  # as if it had not come to note that it began
            raise KeyboardInterrupt

        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                store.run(stopped)
        assert kept(store) == (1, 1, 5)
        store.run(post)
        assert kept(store) == (2, 2, 10)


def _undone_by_the_server(tx: Any) -> None:
    tx.numbers._session._execute("DO $$ BEGIN RAISE 'recovery' USING ERRCODE = '40001'; END $$", ())


def test_a_reading_that_meets_a_conflict_is_read_again(postgresql_url: str) -> None:
    """A server that follows another one may end a reading for its own sake: the work is called again."""
    with SqlStore(postgresql_url, attempts=3) as store:
        store.run(post)
        calls: list[int] = []

        def unlucky(tx: Transaction) -> int:
            calls.append(1)
            if len(calls) < 3:
                _undone_by_the_server(tx)
            return tx.journal.last()

        assert store.read(unlucky) == 1
        assert len(calls) == 3
        with pytest.raises(TooManyConflicts):
            store.read(_undone_by_the_server)
        assert store.read(unlucky) == 1


def test_an_undone_part_holds_no_series(postgresql_url: str) -> None:
    """A part that fails while it takes numbers lets the series go with itself, not only at the end of the whole."""
    with SqlStore(postgresql_url) as store, SqlStore(postgresql_url, patience=0.2) as other:

        def failing(tx: Any) -> None:
            tx.numbers._session._execute("SELECT pg_advisory_lock(7301)", ())  # as the first half of taking one
            raise Conflict("part")

        def whole(tx: Transaction) -> int:
            with pytest.raises(Conflict):
                store.run(failing)
            post(tx)
            return other.run(lambda inner: inner.numbers.next(Series.BOX))

        assert "7301" in str(_MANY[Series.BOX].expression)
        assert store.run(whole) == 1
        assert kept(store) == (1, 1, 5)


def test_a_row_that_somebody_deleted(postgresql_url: str) -> None:
    """Where what counts the journal's positions is gone, the store is damaged, and says so."""
    with DATABASES.server.connection(str(make_url(postgresql_url).database)) as admin:
        admin.execute("DELETE FROM numbers WHERE series = 'journal'")
    with SqlStore(postgresql_url) as store, pytest.raises(StoreDamaged, match="numbers"):
        store.run(post)
