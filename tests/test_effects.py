"""Parties outside that fail, are slow or never hear: everything ends, and everything happens exactly once (spec A7)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import AccountCharge, BankTransfer, Card, Carriage, DeliveryStep
from brokerage.adapters.memory import PretendBank, PretendCardHouse
from brokerage.adapters.memory.gateways import Mood
from brokerage.ports import Answer, Transaction
from brokerage.records.deals import DealState
from brokerage.records.effects import Authorisation, Effect, EffectState, Mail, PayOut
from brokerage.records.events import EventKind
from brokerage.services.effects import send
from brokerage.services.market.decisions import PayBy
from builders import DAY, Trade, World, balance, check_books, immediate, trade, world

BAD_MOODS = [Mood.FAILING, Mood.SLOW, Mood.LOST]
MOODS = st.lists(st.sampled_from([*BAD_MOODS, Mood.WELL]), max_size=4)


def party(place: World, name: str) -> Any:
    """Return a party outside by name."""
    return {
        "bank": place.bank,
        "cards": place.cards,
        "accounts": place.accounts,
        "carrier": place.carrier,
        "mail": place.mailbox,
    }[name]


def until_quiet(place: World) -> int:
    """Run what is due, whenever something is, and check the books each time; return how many times that was."""
    for count in range(200):
        due = place.broker.next_due()
        if due is None:
            return count
        place.clock.set(max(due, place.clock.now()))
        place.broker.run_due()
        check_books(place)
    raise AssertionError("it never ends")


def finish(made: Trade) -> None:
    """Let a deal be paid, delivered and inspected, trying every effect until all are done."""
    place = made.world
    for _ in range(30):
        place.broker.run_due()
        if made.fact.state is not DealState.AGREED:
            break
        due = place.read(lambda tx: tx.outbox.next_due())
        if due is not None:
            place.clock.set(max(due, place.clock.now()))
    check_books(place)
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    check_books(place)
    until_quiet(place)


def check_once(made: Trade) -> None:
    """Assert that the deal has ended well, and that everything happened exactly once outside."""
    place = made.world
    assert made.fact.state is DealState.COMPLETED
    assert [(task.bank_account, task.units) for task in place.bank.paid] == [("account of Ann", 8800)]
    assert [task.deal for task in place.carrier.orders] == [1]
    assert place.bank.refunded == place.cards.refunded == place.accounts.refunded == []
    events = [event for _, event in place.broker.office.events(size=1000)]
    answered = [event.fact for event in events if event.kind is EventKind.EFFECT_ANSWERED]
    done = [effect.key for effect in answered if isinstance(effect, Effect)]
    assert sorted(set(done)) == sorted(done)
    assert sum(key.startswith("mail:") for key in done) == len(place.mailbox.sent)
    assert place.read(lambda tx: tx.outbox.next_due()) is None
    assert balance(place, made.number) == {
        "bank": "4.00", "escrow": "0.00", "refunds": "0.00", "payouts": "0.00", "revenue": "-4.00", "suspense": "0.00",
    }  # fmt: skip
    check_books(place)


@pytest.mark.parametrize("mood", BAD_MOODS)
@pytest.mark.parametrize("name", ["bank", "carrier", "mail", "cards", "accounts"])
@pytest.mark.parametrize("times", [1, 5])
def test_each_party_in_each_mood(name: str, mood: Mood, times: int) -> None:
    """A party that takes its calls badly at first does everything once in the end, and the books balance throughout."""
    place = world()
    ways: dict[str, PayBy] = {"cards": Card("token"), "accounts": AccountCharge()}
    how = ways.get(name, BankTransfer())
    made = trade(place)
    for desk in (made.ann, made.bob):
        desk.account.choose_mail(candidates=True, deals=True)
    place.cards.cards["token"] = place.accounts.accounts["A-1"] = 9200
    made.bob.account.allow_charging("A-1")
    # the clearing house authorises well, and then takes the capture badly
    party(place, name).temper.expect(*([Mood.WELL] if name == "cards" else []), *[mood] * times)
    made.bob.pay(made.number, how)
    if isinstance(how, BankTransfer):
        made.transfer("92.00")
    check_books(place)
    finish(made)
    check_once(made)


@given(MOODS, MOODS, MOODS, MOODS)
@settings(deadline=None, max_examples=60)
def test_all_parties_in_any_moods(bank: list[Mood], carrier: list[Mood], mail: list[Mood], cards: list[Mood]) -> None:
    """Whatever the moods of everybody outside, the deal is completed and everything happened once."""
    place = world()
    made = trade(place)
    made.ann.account.choose_mail(deals=True)
    for name, moods in (("bank", bank), ("carrier", carrier), ("mail", mail), ("cards", [Mood.WELL, *cards])):
        party(place, name).temper.expect(*moods)
    place.cards.cards["token"] = 9200
    made.bob.pay(made.number, Card("token"))
    finish(made)
    check_once(made)
    assert place.cards.cards == {"token": 0}
    assert [task.units for task in place.cards.captured] == [9200]


@pytest.mark.parametrize("mood", BAD_MOODS)
def test_refunds_in_each_mood(mood: Mood) -> None:
    """What is over is sent back once to where it came from, however the bank takes it."""
    made = trade(world())
    made.world.bank.temper.expect(mood, mood)
    made.transfer("100.00")
    assert balance(made.world, 1)["refunds"] == "-8.00"  # type: ignore[arg-type]
    made.world.wait(DAY)
    made.world.wait(DAY)
    assert [task.units for task in made.world.bank.refunded] == [800]
    assert balance(made.world, made.number)["refunds"] == "0.00"
    check_books(made.world)


@pytest.mark.parametrize(("token", "gateway"), [("card", "cards"), ("", "accounts")])
def test_a_lapse_sends_money_back_where_it_came_from(token: str, gateway: str) -> None:
    """Money that a slow party took for a deal that lapsed meanwhile goes back by the same way, once."""
    made = trade(world())
    place = made.world
    place.cards.cards["card"] = place.accounts.accounts["A-1"] = 9200
    made.bob.account.allow_charging("A-1")
    bad = [Mood.SLOW] * 40
    party(place, gateway).temper.expect(*([Mood.WELL, *bad] if token else bad))
    made.bob.pay(made.number, Card("card") if token else AccountCharge())
    for _ in range(8):
        place.wait(DAY)
    assert made.fact.state is DealState.LAPSED
    until_quiet(place)
    assert [task.units for task in party(place, gateway).refunded] == [9200]
    assert {"0.00"} == set(balance(place, made.number).values())


def test_waiting_grows_between_tries() -> None:
    """An effect without an answer is tried again after a minute, then two, four, and at most six hours."""
    made = trade(world())
    made.world.bank.temper.expect(*[Mood.LOST] * 14)
    made.transfer("100.00")
    waits: list[float] = []
    while (due := made.world.read(lambda tx: tx.outbox.next_due())) is not None and len(waits) < 14:
        waits.append((due - made.world.clock.now()).total_seconds() / 60)
        made.world.wait(due - made.world.clock.now())
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360, 360, 360]
    assert len(made.world.bank.refunded) == 1


def test_a_payout_that_bounces() -> None:
    """A payout that is declined leaves the deal delivered, its money set apart, and the other payouts made."""

    class Bouncing(PretendBank):
        def pay(self, key: str, task: PayOut, bank_account: str) -> Answer:
            """Decline what is to be paid to Ann."""
            if bank_account == "account of Ann":
                return Answer(False, "no such account")
            return super().pay(key, task, bank_account)

    place = world(immediate(carriage=Carriage("Fast", "account of Fast", {"USD": "5.00"})), bank=Bouncing())
    made = trade(place)
    made.transfer("97.00")
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    made.bob.confirm(made.number)
    assert made.fact.state is DealState.DELIVERED
    assert [task.units for task in place.bank.paid] == [500]
    assert balance(place, made.number)["escrow"] == "-4.00"
    assert balance(place, made.number)["payouts"] == "-88.00"
    kept = place.read(lambda tx: tx.outbox.get("payout:1:0"))
    assert kept is not None
    assert (kept.state, kept.problem) == (EffectState.DECLINED, "no such account")
    check_books(place)


class Crash(BaseException):
    """The end of the process, as far as the broker can tell."""


class CrashingHouse(PretendCardHouse):
    """A clearing house during whose answer the process ends."""

    def authorise(self, key: str, token: str, units: int, currency: str) -> Answer:
        """Hold the amount; nobody ever hears of it."""
        super().authorise(key, token, units, currency)
        raise Crash


def test_a_crash_while_a_card_is_authorised() -> None:
    """An intent that a crash left behind is voided an hour later, and the sale was never held (S4)."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    place.cards.cards["token"] = 9200
    intent = Authorisation("decide:2:LOST", bob.number, 9200, "USD", place.clock.now())
    place.store.run(lambda tx: tx.authorisations.add(intent))
    place.cards.authorise(intent.key, "token", 9200, "USD")
    assert place.cards.cards == {"token": 0}
    assert place.broker.next_due() == place.clock.now() + DAY / 24
    assert place.wait(DAY / 24 - DAY / 86400).voided == 0
    assert place.wait(DAY / 86400).voided == 1
    assert (place.cards.cards, place.cards.held) == ({"token": 9200}, {})
    assert place.wait(DAY).voided == 0
    assert bob.decide(want, sale, price="92.00", pay_by=BankTransfer()).number == 1


def test_an_interruption_while_a_card_is_authorised() -> None:
    """Whatever interrupts an authorisation, what it held is let go of at once."""
    place = world(cards=CrashingHouse())
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    place.cards.cards["token"] = 9200
    with pytest.raises(Crash):
        bob.decide(want, sale, price="92.00", pay_by=Card("token"))
    assert (place.cards.cards, place.cards.held) == ({"token": 9200}, {})


def test_nothing_is_sent_of_a_work_that_failed() -> None:
    """An effect that was written in a unit of work that raised is never sent."""
    made = trade(world())
    sent = len(made.world.mailbox.sent)

    def work(tx: Transaction) -> None:
        mail = Mail(made.ann.number, made.world.contact(made.ann).number, "s", "b")
        send(tx, "mail:never", mail, made.world.clock.now())
        raise KeyError

    with pytest.raises(KeyError):
        made.world.store.run(work)
    made.world.wait(DAY)
    assert sent == len(made.world.mailbox.sent)
