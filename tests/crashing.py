"""A process at work that may be killed at any moment, and the record that the world outside keeps of what it did.

A line of the record is written before a thing is asked for (``asked``) and after it was told (``told``); ``bank`` are
payments that really came in, and ``sent`` is what the parties outside were called for, under which key.
"""

import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from attrs import frozen

from brokerage import BankTransfer, Brokerage, DeliveryStep
from brokerage.adapters.memory import pretend_gateways
from brokerage.adapters.sql import SqlStore
from brokerage.adapters.system import ScryptHasher, SystemClock, SystemEntropy
from brokerage.boxes import BuyersDeal
from brokerage.desks import MemberDesk
from brokerage.errors import BrokerageError, NotAllowed, StoreError
from brokerage.policy import Policy
from brokerage.ports import Answer, Clock, Gateways, Store
from brokerage.records.effects import CarrierOrder, Mail, PayOut
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.working import Loop
from builders import SECRET, immediate

__all__ = ["Record", "ask", "broker_on", "labour"]

LEASE = timedelta(seconds=1)
_AMOUNT = "92.00"


@frozen
class Record:
    """What was asked for, told, paid and sent: a line each, whole or not there at all, whoever is killed."""

    directory: Path

    def write(self, name: str, **what: Any) -> None:
        """Add a line."""
        line = json.dumps(what) + "\n"
        file = os.open(self.directory / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)

    def read(self, name: str) -> list[dict[str, Any]]:
        """Return all lines."""
        file = self.directory / name
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def length(self) -> int:
        """Return how much was told."""
        file = self.directory / "told"
        return file.stat().st_size if file.exists() else 0


class Outside:
    """Everybody outside: they write down what they are called for, and take a moment for it."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def send(self, key: str, task: Mail, to: str) -> Answer:
        """Send a mail."""
        return self._did(key, (task.subject, task.body, to))

    def order(self, key: str, task: CarrierOrder, *ends: object) -> Answer:
        """Collect goods."""
        return self._did(key, (task.deal, *map(str, ends)))

    def pay(self, key: str, task: PayOut, account: str) -> Answer:
        """Pay somebody."""
        return self._did(key, (task.deal, task.position, account), task.units)

    def refund(self, key: str, task: Any) -> Answer:
        """Send money back."""
        return self._did(key, str(task.payment), task.units)

    def notices(self) -> Iterable[Any]:
        """Report nothing: whoever works reports for the bank and the carrier."""
        return ()

    def confirm(self, notice: object) -> None:
        """Nothing was reported."""

    def _did(self, key: str, what: object, units: int = 0) -> Answer:
        self._record.write("sent", key=key, what=what, units=units)
        time.sleep(0.001)
        return Answer(True)


def policy() -> Policy:
    """Return the choices of a broker that may be killed."""
    return immediate(send_lease=LEASE, retry=LEASE, open_offer_count=None)


def broker_on(store: Store, clock: Clock, record: Record) -> Brokerage:
    """Return a broker as every process has it."""
    outside: Any = Outside(record)
    others = pretend_gateways()
    gateways = Gateways(
        adviser=outside,
        clearing_house=others.clearing_house,
        charger=others.charger,
        payouts=outside,
        deliverer=outside,
        notifier=outside,
    )
    return Brokerage(
        policy(),
        store=store,
        clock=clock,
        entropy=SystemEntropy(),
        gateways=gateways,
        hasher=ScryptHasher(cost=2),
        secret=SECRET,
    )


def ask(broker: Brokerage, asked: dict[str, Any]) -> int:
    """Ask for what a line says; the same again is answered alike."""
    desk, request = broker.desk(BoxNumber(asked["box"])), asked["id"]
    match asked["what"]:
        case "sell":
            return desk.sell("goods", request, min_price="80.00", currency="USD", request_id=request)
        case "buy":
            return desk.buy("goods", name=request, max_price="100.00", currency="USD", request_id=request)
        case "decide":
            want, sale = OfferNumber(asked["want"]), OfferNumber(asked["sale"])
            return desk.decide(want, sale, price=_AMOUNT, pay_by=BankTransfer(), request_id=request).number
    raise AssertionError(asked)


class _Worker:
    """One thread of members' commands."""

    def __init__(self, broker: Brokerage, record: Record, name: str, boxes: tuple[BoxNumber, BoxNumber]) -> None:
        self._broker, self._record, self._name = broker, record, name
        self._seller, self._buyer = map(broker.desk, boxes)
        self._random = random.Random(name)
        self._count = 0

    def work(self) -> None:
        """Go on for ever."""
        while True:
            try:
                self._round()
            except StoreError as error:  # nobody may meet one while he lives
                self._record.write("failed", error=repr(error))
            except NotAllowed:  # another one was faster
                continue

    def _round(self) -> None:
        sale = OfferNumber(self._ask(self._seller, "sell"))
        want = OfferNumber(self._ask(self._buyer, "buy"))
        if self._random.random() < 0.2:
            self._seller.cancel(sale)
            self._record.write("told", cancelled=sale)
            return
        [first, *_] = self._buyer.candidates(want).items or [None]
        if first is None:
            return
        deal = DealNumber(self._ask(self._buyer, "decide", want=want, sale=first.sale))
        if self._random.random() < 0.8:
            bought = self._buyer.deal(deal)
            assert isinstance(bought, BuyersDeal)
            pay(self._broker, self._record, f"bank-{deal}", bought.reference)
            if self._random.random() < 0.7:
                self._broker.advise_delivery(deal, DeliveryStep.DELIVERED, notice=f"carrier-{deal}")
                self._record.write("told", delivered=deal)
                self._buyer.confirm(deal)
                self._record.write("told", confirmed=deal)

    def _ask(self, desk: MemberDesk, what: str, **more: int) -> int:
        self._count += 1
        asked = {"id": f"{self._name}-{self._count}", "what": what, "box": desk.number, **more}
        self._record.write("asked", **asked)
        number = ask(self._broker, asked)
        self._record.write("told", id=asked["id"], number=number)
        return number


def pay(broker: Brokerage, record: Record, notice: str, reference: str) -> None:
    """Let money come in, and the bank report it."""
    record.write("bank", notice=notice, reference=reference)
    broker.advise_payment(reference=reference, amount=_AMOUNT, currency="USD", notice=notice)
    record.write("told", paid=notice)


def labour(url: str, directory: Path, name: str, boxes: list[tuple[BoxNumber, BoxNumber]]) -> None:
    """Work in several threads, with a loop beside them, until the process is killed."""
    record = Record(directory)
    with SqlStore(url, patience=60.0) as store:
        broker = broker_on(store, SystemClock(), record)
        works: list[Callable[[], None]] = [
            _Worker(broker, record, f"{name}-{place}", pair).work for place, pair in enumerate(boxes)
        ]
        works.append(Loop(broker, every=LEASE / 4, on_error=lambda error: _failed(record, error)).run)
        threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _failed(record: Record, error: Exception) -> None:
    with suppress(BrokerageError):
        record.write("failed", error=repr(error))
