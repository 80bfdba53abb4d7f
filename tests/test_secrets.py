"""The broker's secret: the same one at every start, kept by the application or else by the store (spec M9)."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from brokerage import Brokerage
from brokerage.adapters.memory import MemoryStore
from brokerage.adapters.sql import SqlStore
from brokerage.adapters.system import SeededEntropy
from brokerage.errors import StoreNotEmpty, WrongSecret
from brokerage.ports import Series, Store, Transaction
from brokerage.services.secrets import secret_of
from brokerage.simulation import check_is_empty, replay

_Result = TypeVar("_Result")
OWN = b"32 bytes that the application keeps"
HOME: dict[str, Any] = {
    "address": "1 Elm Row",
    "telephone": "555 0100",
    "email": "ann@shop.example",
    "bank_account": "US-1",
}


def persons(store: Store) -> int:
    """Return how many persons were ever made out."""
    return store.read(lambda tx: tx.numbers.last(Series.PERSON))


@pytest.mark.parametrize("secret", [None, OWN], ids=["kept by the store", "kept by the application"])
def test_whoever_comes_back_is_recognised_after_a_restart(kept: Store, secret: bytes | None) -> None:
    """A broker that is started again recognises the members' details, with its secret or without one of its own."""
    for name in ("Ann", "Anne"):
        Brokerage(store=kept, secret=secret).register(name=name, **HOME)
    assert persons(kept) == 1


@pytest.mark.parametrize(
    ("before", "after", "value", "remedy"),
    [
        (OWN, b"another one", "(not shown)", "pass the one that the market began with"),
        (OWN, None, None, "pass the one that the market began with"),
        (None, OWN, "(not shown)", "pass none: the store keeps this market's"),
    ],
    ids=["another one", "none any more", "one where the store keeps it"],
)
def test_a_wrong_secret_is_refused_at_the_start(
    kept: Store, before: bytes | None, after: bytes | None, value: object, remedy: str
) -> None:
    """Under another secret nobody is taken in: the broker is refused at once, and says what is to be passed."""
    Brokerage(store=kept, secret=before).register(name="Ann", **HOME)
    with pytest.raises(WrongSecret) as refused:
        Brokerage(store=kept, secret=after)
    assert (refused.value.field, refused.value.value, refused.value.remedy) == ("secret", value, remedy)
    assert OWN.decode() not in str(refused.value)
    assert persons(kept) == 1


def test_a_secret_that_the_application_keeps_is_nowhere_in_the_store(kept: Store) -> None:
    """What a secret is recognised by does not show it."""
    Brokerage(store=kept, secret=OWN)
    found = kept.read(lambda tx: tx.secrets.get("broker"))
    assert found is not None
    assert (found.kept, OWN.hex() in found.digest) == (None, False)


def test_no_secret_is_shown() -> None:
    """Whoever prints what the store keeps sees nothing of the secret."""
    store = MemoryStore()
    Brokerage(store=store)
    found = store.read(lambda tx: tx.secrets.get("broker"))
    assert found is not None
    assert repr(found) == "Secret(name='broker')"
    assert len(bytes.fromhex(str(found.kept))) == 32


def test_a_secret_in_the_store_is_made_once(kept: Store) -> None:
    """Of two brokers that begin at the same time, both go by one secret."""
    meeting = threading.Barrier(2)
    found: list[bytes] = []

    class Meeting:
        """A store in which both look for a secret before either makes one."""

        def read(self, work: Callable[[Transaction], _Result]) -> _Result:
            result = kept.read(work)
            meeting.wait(20)
            return result

        def run(self, work: Callable[[Transaction], _Result]) -> _Result:
            return kept.run(work)

    def begin(seed: int) -> None:
        found.append(secret_of(Meeting(), None, SeededEntropy(seed)))

    threads = [threading.Thread(target=begin, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    first, second = found
    assert first == second == secret_of(kept, None, SeededEntropy(3))


def test_a_replayed_market_keeps_a_secret_that_nobody_can_foresee() -> None:
    """Runs of one file come to the same, but whoever goes on with their markets has secrets of their own."""
    secrets = set()
    for store in MemoryStore(), MemoryStore():
        replay([], store=store)
        secrets.add(secret_of(store, None, SeededEntropy(1)))
    assert len(secrets) == 2


def test_a_market_that_has_only_its_secret_is_not_empty(sql: SqlStore) -> None:
    """A market that began is somebody's, also before anything happened in it: no other one is replayed into it."""
    check_is_empty(sql)
    Brokerage(store=sql)
    with pytest.raises(StoreNotEmpty):
        replay([], store=sql)
