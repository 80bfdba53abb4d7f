"""Being forgotten: nothing personal is left anywhere in the store, and everything goes on (spec M7)."""

from typing import Any

import pytest

from brokerage import AccountCharge, DeliveryStep, MemberDesk
from brokerage.adapters.memory.gateways import Mood
from brokerage.errors import NotAccepted, StillMember, UnknownMember
from brokerage.records.deals import DealState
from brokerage.records.effects import CarrierOrder, EffectState
from brokerage.records.events import EventKind
from brokerage.services.effects import send
from builders import DAY, START, Trade, World, balance, check_books, entries, immediate, trade, world
from reachable import strings

CANARIES = ("Zebedee", "Quagga Lane", "8675309", "zeb@", "zeb.new@", "ZZ-77", "ZZ-88", "purse-of-zeb", "hush-lantern")
ZEB: dict[str, Any] = {
    "name": "Zebedee",
    "address": "1 Quagga Lane",
    "telephone": "8675309",
    "email": "zeb@zoo.example",
    "bank_account": "ZZ-77",
    "password": "hush-lantern",
}


def told(place: World) -> list[str]:
    """Return every text that can be reached from the store and says something of the canary."""
    return [text for text in strings([place.store], set()) for canary in CANARIES if canary in text]


def lived(place: World) -> MemberDesk:
    """Let somebody live a whole membership: corrections, mails, a purchase, a sale, a charge; return the desk."""
    place.broker.office.members.add_reason("moved", "Moved")
    zeb = place.broker.register(**ZEB, request_id="r-1")
    place.broker.sign_in(zeb.number, "hush-lantern")
    zeb.account.choose_mail(candidates=True, deals=True)
    zeb.account.correct(email="zeb.new@zoo.example", bank_account="ZZ-88", address="2 Quagga Lane")
    zeb.account.allow_charging("purse-of-zeb")
    place.accounts.accounts["purse-of-zeb"] = 10**9
    bob = place.join("Bob")
    for at, (seller, buyer) in enumerate(((bob, zeb), (zeb, bob))):
        sale = seller.sell("goods", "Thing", min_price="80.00", currency="USD")
        want = buyer.buy("goods", max_price="100.00", currency="USD")
        if buyer is bob:
            bob.account.allow_charging("purse of Bob")
            place.accounts.accounts["purse of Bob"] = 10**9
        deal = buyer.decide(want, sale, price="92.00", pay_by=AccountCharge())
        place.broker.advise_delivery(deal.number, DeliveryStep.DELIVERED, notice=f"d-{at}")
        buyer.confirm(deal.number)
        assert place.deal(deal.number).state is DealState.COMPLETED
    zeb.sell("goods", "Other", min_price=1, currency="USD")
    return zeb


def test_nothing_personal_is_left() -> None:
    """Walking through everything in the store, not one of the person's texts is found; before, each was."""
    place = world()
    zeb = lived(place)
    zeb.account.withdraw("moved")
    assert {canary for text in told(place) for canary in CANARIES if canary in text} == set(CANARIES) - {"hush-lantern"}
    file = place.broker.office.members.forget(zeb.number)
    assert told(place) == []
    assert file.present.name.startswith("forgotten")
    assert len(file.versions) == 3
    assert (file.forgotten_at, file.reason) == (START, "moved")
    kinds = [event.kind for _, event in place.broker.office.events(size=1000)]
    assert kinds.count(EventKind.MEMBER_FORGOTTEN) == 1


def test_books_and_deals_are_kept() -> None:
    """Amounts, deals and the other party's own data stay; who was dealt with is a pseudonym."""
    place = world()
    zeb = lived(place)
    zeb.account.withdraw("moved")
    booked, balances = entries(place), [balance(place, place.deal(number).number) for number in (1, 2)]  # type: ignore[arg-type]
    place.broker.office.members.forget(zeb.number)
    check_books(place)
    assert booked == entries(place)
    assert balances == [balance(place, place.deal(number).number) for number in (1, 2)]  # type: ignore[arg-type]
    bob = place.broker.desk(place.deal(1).seller)  # type: ignore[arg-type]
    for deal in bob.deals():
        assert deal.counterpart is not None
        assert deal.counterpart.name.startswith("forgotten")
    assert bob.account.show().name == "Bob"


def test_the_person_is_recognised_still() -> None:
    """Points survive being forgotten: who comes back under any detail is the same person."""
    place = world(immediate(reference_points=30))
    zeb = lived(place)
    place.blame(zeb, 30)
    zeb.account.withdraw("moved")
    place.broker.office.members.forget(zeb.number)
    for shared in ({"email": "ZEB@zoo.example"}, {"telephone": "86 753 09"}, {"bank_account": "zz88"}):
        with pytest.raises(NotAccepted):
            place.join("Other", **shared)
    assert place.broker.office.members.show(zeb.number).points == 30


def test_only_who_has_left_is_forgotten() -> None:
    """A member must leave first, nobody else can be forgotten, and a second time changes nothing."""
    place = world()
    place.broker.office.members.add_reason("moved", "Moved")
    ann = place.join("Ann")
    with pytest.raises(StillMember):
        place.broker.office.members.forget(ann.number)
    for nobody in (2, 0, "1", None):
        with pytest.raises(UnknownMember):
            place.broker.office.members.forget(nobody)  # type: ignore[arg-type]
    ann.account.withdraw("moved")
    place.broker.office.members.forget(ann.number)
    before = place.state()
    place.wait(DAY)
    place.broker.office.members.forget(ann.number)
    assert before == place.state()


def test_a_letter_to_the_forgotten_is_dropped() -> None:
    """A letter that could not be sent yet is done with, and nobody is asked to send it."""
    place = world()
    place.broker.office.members.add_reason("moved", "Moved")
    ann = place.join("Ann")
    place.mailbox.temper.expect(*[Mood.FAILING] * 2)
    ann.account.withdraw("moved")
    sent = len(place.mailbox.sent)
    place.broker.office.members.forget(ann.number)
    place.wait(DAY)
    assert (len(place.mailbox.sent), place.read(lambda tx: tx.outbox.next_due())) == (sent, None)
    kept = place.read(lambda tx: tx.outbox.get(f"mail:farewell:{ann.number}"))
    assert kept is not None
    assert kept.state is EffectState.DONE


def left_in_the_outbox(made: Trade) -> World:
    """Forget the seller of a deal that has ended, and return the world."""
    place = made.world
    place.broker.office.members.add_reason("moved", "Moved")
    made.ann.account.withdraw("moved")
    place.broker.office.members.forget(made.ann.number)
    return place


def test_nothing_is_carried_to_or_from_the_forgotten() -> None:
    """An order that was never answered is not given to a carrier with a pseudonym for an address."""
    made = trade(world(immediate(payment=DAY)))
    place = made.world
    place.wait(2 * DAY)
    assert made.fact.state is DealState.LAPSED
    left_in_the_outbox(made)
    order = CarrierOrder(made.number, made.fact.collect_from, made.fact.deliver_to)
    place.store.run(lambda tx: send(tx, "carrier:late", order, place.clock.now()))
    place.wait(DAY)
    assert place.carrier.orders == []
    kept = place.read(lambda tx: tx.outbox.get("carrier:late"))
    assert kept is not None
    assert kept.state is EffectState.DECLINED


def test_a_charge_of_the_forgotten_gets_its_first_answer() -> None:
    """A charge whose answer was lost is asked for under its key still: taken money is not lost, and none is taken."""
    place = world()
    made = trade(place)
    place.accounts.accounts["A-1"] = 9200
    made.bob.account.allow_charging("A-1")
    place.accounts.temper.expect(*[Mood.SLOW] * 40)
    made.bob.pay(made.number, AccountCharge())
    for _ in range(8):
        place.wait(DAY)
    assert made.fact.state is DealState.LAPSED
    place.broker.office.members.add_reason("moved", "Moved")
    made.bob.account.withdraw("moved")
    place.broker.office.members.forget(made.bob.number)
    place.accounts.temper._moods.clear()
    place.wait(DAY)
    place.wait(DAY)
    assert place.accounts.accounts["A-1"] == 0
    assert [refund.units for refund in place.accounts.refunded] == [9200]
    check_books(place)
