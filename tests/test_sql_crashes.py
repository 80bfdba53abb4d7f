"""Processes that are killed at random moments: nothing is lost and nothing doubled, in any database."""

import os
import random
import time
from collections import Counter
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from brokerage import DeliveryStep
from brokerage.adapters.memory import Mailbox, PretendAccounts, PretendBank, PretendCardHouse, PretendCarrier
from brokerage.adapters.sql import SqlStore
from brokerage.adapters.system import ManualClock, SystemClock
from brokerage.errors import NotAllowed
from brokerage.records.deals import DealState
from brokerage.records.effects import Effect, EffectState
from brokerage.records.events import EventKind
from brokerage.records.ledger import BANK
from brokerage.records.notices import PaymentNotice, ReceivedNotice
from brokerage.records.numbers import BoxNumber, OfferNumber
from brokerage.records.offers import OfferState
from builders import MANY, World
from crashing import Record, ask, broker_on, labour
from forking import processes
from races import check_counted, deals_of, offers_of

pytestmark = pytest.mark.databases

KILLS = int(os.environ.get("KILLS", "5"))
AT_A_TIME = 2
THREADS = 2
_PATIENCE = 60.0


def joined(url: str, record: Record) -> list[tuple[BoxNumber, BoxNumber]]:
    """Open a market with a seller and a buyer for each thread; return their boxes."""
    with SqlStore(url) as store:
        broker = broker_on(store, SystemClock(), record)
        broker.office.add_category("goods", rate="0.10")
        boxes = []
        for number in range(2 * THREADS):
            desk = broker.register(
                name=f"M{number}",
                address=f"{number} Elm Row",
                telephone=f"{number}",
                email=f"{number}@example.com",
                bank_account=f"account {number}",
            )
            desk.account.choose_mail(candidates=True, deals=True)
            boxes.append(desk.number)
    return list(zip(boxes[::2], boxes[1::2], strict=True))


def suffer(url: str, record: Record, kills: int, seed: int) -> None:
    """Let processes work side by side, and kill one after the other, each after it was told some more."""
    chance = random.Random(seed)
    boxes, context = joined(url, record), processes("crashing")

    def begun(number: int) -> BaseProcess:
        process = context.Process(target=labour, args=(url, record.directory, f"p{number}", boxes), daemon=True)
        process.start()
        return process

    at_work = [begun(number) for number in range(AT_A_TIME)]
    try:
        for number in range(AT_A_TIME, AT_A_TIME + kills):
            enough, end = record.length() + chance.randrange(100, 1500), time.monotonic() + _PATIENCE
            while record.length() < enough:
                assert time.monotonic() < end, "nobody works"
                time.sleep(0.005)
            time.sleep(chance.random() * 0.02)
            victim = at_work.pop(chance.randrange(AT_A_TIME))
            victim.kill()
            victim.join()
            at_work.append(begun(number))
    finally:
        for each in at_work:
            each.kill()
            each.join()


def run_to_the_end(place: World, record: Record) -> dict[str, int]:
    """Ask again for whatever was asked for, report again what was paid, and settle all; return what was answered."""
    answers = {}
    for asked in record.read("asked"):
        try:
            answers[asked["id"]] = ask(place.broker, asked)
        except NotAllowed:
            continue
    for paid in record.read("bank"):
        place.broker.advise_payment(reference=paid["reference"], amount="92.00", currency="USD", notice=paid["notice"])
    for _ in range(100):
        place.broker.run_due()
        for deal in deals_of(place):
            if deal.state is DealState.PAID:
                place.broker.advise_delivery(deal.number, DeliveryStep.DELIVERED, notice=f"carrier-{deal.number}")
        due = place.broker.next_due()
        is_over = all(deal.state.has_ended for deal in deals_of(place))
        if is_over and place.read(lambda tx: tx.outbox.next_due()) is None:
            return answers
        assert due is not None
        place.clock.set(max(due, place.clock.now()))
    raise AssertionError("it never ends")


def check(place: World, record: Record, answers: dict[str, int]) -> None:
    """Assert that all that was told is there once, and that the books agree with what the world outside saw."""
    told = record.read("told")
    assert record.read("failed") == []
    for each in told:
        if "id" in each:
            assert answers[each["id"]] == each["number"]
    asked = {each["id"] for each in record.read("asked") if each["what"] != "decide"}
    offers = {offer.number: offer for offer in offers_of(place)}
    assert Counter(asked) == Counter(offer.name for offer in offers.values())
    cancelled = {OfferNumber(each["cancelled"]) for each in told if "cancelled" in each}
    assert {offers[number].state for number in cancelled} <= {OfferState.CLOSED}
    came = {each["notice"] for each in record.read("bank")}
    assert {each["paid"] for each in told if "paid" in each} <= came
    events = [event for _, event in place.read(lambda tx: tx.journal.read(0, MANY))]
    received = [event.fact for event in events if event.kind is EventKind.NOTICE_RECEIVED]
    notices = [fact.notice for fact in received if isinstance(fact, ReceivedNotice)]
    assert Counter(came) == Counter(each.id for each in notices if isinstance(each, PaymentNotice))
    sent: dict[str, set[str]] = {}
    left: dict[str, int] = {}
    for each in record.read("sent"):
        sent.setdefault(each["key"], set()).add(str(each["what"]))
        left[each["key"]] = each["units"]
    assert {len(whats) for whats in sent.values()} == {1}
    assert place.broker.office.balance(BANK, "USD").units == 9200 * len(came) - sum(left.values())
    answered = [event.fact for event in events if event.kind is EventKind.EFFECT_ANSWERED]
    effects = [fact for fact in answered if isinstance(fact, Effect)]
    assert Counter(effect.key for effect in effects) == Counter(dict.fromkeys(sent, 1))
    assert {effect.state for effect in effects} == {EffectState.DONE}
    check_counted(place)


def test_processes_that_are_killed(url: str, tmp_path: Path) -> None:
    """What a killed process was told of is there once; what it sent is sent under its key; the books balance."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}, {KILLS} kills")  # noqa: T201
    record = Record(tmp_path / "record")
    record.directory.mkdir()
    suffer(url, record, KILLS, seed)
    with SqlStore(url) as store:
        clock = ManualClock(SystemClock().now() + timedelta(hours=1))
        broker = broker_on(store, clock, record)
        place = World(
            broker, clock, store, PretendBank(), PretendCardHouse(), PretendAccounts(), PretendCarrier(), Mailbox()
        )
        check(place, record, run_to_the_end(place, record))
