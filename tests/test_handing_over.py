"""Calls that meet while effects are sent or events told: whatever is left to the one under way, it does (A7, V5)."""

from collections.abc import Callable
from typing import TypeVar

from brokerage import Event
from brokerage.adapters.memory import MemoryStore
from brokerage.ports import Transaction
from builders import world

_Result = TypeVar("_Result")


class BusyStore(MemoryStore):
    """A store in which somebody else commits right after a read that found nothing, which is ``nothing``."""

    def __init__(self, nothing: object) -> None:
        super().__init__()
        self._nothing = nothing
        self.meanwhile: list[Callable[[], object]] = []

    def read(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Read, and let the others go on."""
        result = super().read(work)
        if result == self._nothing and self.meanwhile:
            self.meanwhile.pop()()
        return result


def test_effects_that_come_at_the_last_moment() -> None:
    """An effect that is committed just as another call has found nothing more to send is sent without another call."""
    store = BusyStore(None)
    place = world(store=store)
    store.meanwhile.append(lambda: place.join("Late"))
    place.join("First")
    assert not store.meanwhile
    assert {mail.box for mail in place.mailbox.sent} == {1, 2}
    assert len(place.mailbox.sent) == 2


def test_events_that_come_at_the_last_moment() -> None:
    """An event that is committed just as another call has found nothing more to tell is told without another call."""
    store = BusyStore([])
    place = world(store=store)
    ann = place.join("Ann")
    heard: list[Event] = []
    place.broker.subscribe(heard.append)
    store.meanwhile.append(lambda: ann.sell("goods", "Late", min_price=1, currency="USD"))
    ann.sell("goods", "First", min_price=1, currency="USD")
    assert not store.meanwhile
    assert [getattr(event.fact, "name", "") for event in heard] == ["First", "Late"]
