"""Units of work that interleave in the in-memory store: trying again has an end, and changes nothing else.

That no update is lost is a law of every store: see :class:`brokerage.testing.UnitsOfWorkContract`.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from broken_doubles import Altered
from brokerage import BankTransfer
from brokerage.adapters.memory import MemoryStore
from brokerage.errors import Conflict, DealsInFlight, TooManyConflicts, UnknownCategory, UnknownMember
from brokerage.ports import Series, Transaction
from brokerage.records.numbers import DealNumber, OfferNumber
from brokerage.records.offers import Outcome
from builders import world


def elsewhere(action: Callable[[], object]) -> None:
    """Do something in a thread of its own, to its end."""
    thread = threading.Thread(target=action)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize("attempts", [1, 3])
def test_conflicts_are_met_as_often_as_the_store_is_told(attempts: int) -> None:
    """A work that meets a conflict every time is called as often as allowed, and leaves nothing behind."""
    store, calls = MemoryStore(attempts=attempts), []

    def work(tx: Transaction) -> None:
        calls.append(tx.numbers.last(Series.OFFER))
        tx.numbers.next(Series.OFFER)
        raise Conflict("fact")

    with pytest.raises(TooManyConflicts) as caught:
        store.run(work)
    assert attempts == caught.value.value
    assert [0] * attempts == calls


class Meddling:
    """Texts that take so long to list that somebody does something else meanwhile, the first time."""

    def __init__(self, meanwhile: Callable[[], object], *texts: str) -> None:
        self._meanwhile = [meanwhile]
        self._texts = texts

    def __iter__(self) -> Any:
        while self._meanwhile:
            elsewhere(self._meanwhile.pop())
        return iter(self._texts)


def test_a_category_that_closes_meanwhile() -> None:
    """An offer whose category is deleted between its reading and its accepting is refused: none slips in behind."""
    place = world()
    ann = place.join("Ann")
    photographs: Any = Meddling(lambda: place.broker.office.delete_category("goods"), "photo-1")
    with pytest.raises(UnknownCategory):
        ann.sell("goods", "Thing", min_price=1, currency="USD", photographs=photographs)
    assert place.read(lambda tx: tx.numbers.last(Series.OFFER)) == 0


def test_requirements_survive_a_second_try() -> None:
    """What a purchase requires is the same when its work is run again, also where values were given as an iterator."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Red thing", min_price=1, currency="USD", attributes={"colour": "red"})
    words: Any = Meddling(lambda: place.broker.office.correct_category("goods", name="New"), "thing")
    want = bob.buy("goods", max_price=5, currency="USD", attributes={"colour": iter(["red"])}, words=words)
    assert [sale] == [candidate.sale for candidate in bob.candidates(want)]


def test_who_leaves_meanwhile_offers_nothing() -> None:
    """An offer whose member leaves between its checking and its accepting is refused: none is left without a member."""
    place = world()
    place.broker.office.members.add_reason("moved", "Moved")
    ann = place.join("Ann")
    photographs: Any = Meddling(lambda: ann.account.withdraw("moved"), "photo-1")
    with pytest.raises(UnknownMember):
        ann.sell("goods", "Thing", min_price=1, currency="USD", photographs=photographs)
    assert place.read(lambda tx: tx.numbers.last(Series.OFFER)) == 0


class MeddlingStore(MemoryStore):
    """A store in which somebody does something else while a unit of work has just read a member."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []

    def run(self, work: Callable[[Any], Any]) -> Any:
        """Run a unit of work that is disturbed."""
        return super().run(lambda tx: work(Altered(tx, {"members": self._slow(tx.members)})))

    def _slow(self, members: Any) -> Any:
        def get(box: Any) -> Any:
            member = members.get(box)
            if self.meanwhile:
                elsewhere(self.meanwhile.pop())
            return member

        return Altered(members, {"get": get})


def test_what_is_offered_while_its_member_leaves_goes_too() -> None:
    """An offer that comes in while a withdrawal has begun is cancelled by it."""
    store = MeddlingStore()
    place = world(store=store)
    place.broker.office.members.add_reason("moved", "Moved")
    ann = place.join("Ann")
    store.meanwhile.append(lambda: ann.sell("goods", "Thing", min_price=1, currency="USD"))
    ann.account.withdraw("moved")
    assert not store.meanwhile
    assert place.offer(OfferNumber(1)).outcome is Outcome.CANCELLED


def test_who_is_in_a_deal_by_now_does_not_leave() -> None:
    """A deal that is agreed while a withdrawal has begun comes first, and the withdrawal is refused."""
    store = MeddlingStore()
    place = world(store=store)
    place.broker.office.members.add_reason("moved", "Moved")
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    store.meanwhile.append(lambda: bob.decide(want, sale, price="92.00", pay_by=BankTransfer()))
    with pytest.raises(DealsInFlight):
        ann.account.withdraw("moved")
    assert place.deal(DealNumber(1)).seller == ann.number
    assert [reason.withdrawals for reason in place.broker.office.members.reasons()] == [0]
