"""A process that races for items against others like it."""

from collections.abc import Sequence
from multiprocessing.connection import Connection

from brokerage import BankTransfer, Brokerage
from brokerage.adapters.sql import SqlStore
from brokerage.adapters.system import ManualClock, ScryptHasher, SystemEntropy
from brokerage.records.numbers import BoxNumber, OfferNumber
from builders import SECRET, START
from races import LOSING, PRICE, no_tallies

__all__ = ["race"]


def race(url: str, box: BoxNumber, pairs: Sequence[tuple[OfferNumber, OfferNumber]], parent: Connection) -> None:
    """Say that all is ready, wait for a word, decide for one pair of purchase and sale after the other, and report.

    The report is the numbers of the deals that were made, and how many pairs were lost.
    """
    with SqlStore(url, patience=60.0) as store:
        broker = Brokerage(
            no_tallies(),
            store=store,
            clock=ManualClock(START),
            entropy=SystemEntropy(),
            hasher=ScryptHasher(cost=2),
            secret=SECRET,
        )
        desk = broker.desk(box)
        parent.send("ready")
        parent.recv()
        made, lost = [], 0
        for want, sale in pairs:
            try:
                made.append(desk.decide(want, sale, price=PRICE, pay_by=BankTransfer()).number)
            except LOSING:
                lost += 1
        parent.send((made, lost))
