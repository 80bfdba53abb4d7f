"""Personal data stand in contacts and nowhere else, and are looked up when something is sent (spec M2, M7, S1)."""

from typing import Any

from brokerage import AccountCharge, DeliveryStep
from brokerage.adapters.memory import MemoryStore
from brokerage.adapters.memory.gateways import Mood
from brokerage.records.deals import DealState
from builders import DAY, World, trade, world
from reachable import strings

PERSONAL = ("Ann", "Bob", "555 6511", "555 6611", "purse")


def told(place: World, *without: str) -> list[str]:
    """Return every text in the store, leaving out some collections."""
    assert isinstance(place.store, MemoryStore)
    transaction: Any = place.store._transaction
    return list(strings([part for name, part in vars(transaction).items() if name not in without], set()))


def test_only_contacts_hold_what_is_personal() -> None:
    """After a whole deal with mails, a charge, a carrier's order and a payout, nothing but contacts names anybody."""
    place = world()
    made = trade(place)
    for desk in (made.ann, made.bob):
        desk.account.choose_mail(candidates=True, deals=True)
    place.accounts.accounts["purse"] = 10**9
    made.bob.account.allow_charging("purse")
    made.bob.pay(made.number, AccountCharge())
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    made.bob.confirm(made.number)
    assert made.fact.state is DealState.COMPLETED
    assert all(any(each in text for text in told(place)) for each in PERSONAL)
    assert [text for text in told(place, "contacts") for each in PERSONAL if each in text] == []


def test_addresses_are_handed_over_beside_the_task() -> None:
    """Carrier, bank, charger and mail are given where something goes to, also when it is asked for again."""
    place = world()
    made = trade(place)
    place.accounts.accounts["purse"] = 9200
    made.bob.account.allow_charging("purse")
    place.carrier.temper.expect(Mood.LOST)
    place.bank.temper.expect(Mood.FAILING)
    made.bob.pay(made.number, AccountCharge())
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    made.bob.confirm(made.number)
    place.wait(DAY)
    [order] = place.carrier.orders
    assert (order.collect_from, order.deliver_to) == (place.contact(made.ann).place, place.contact(made.bob).place)
    assert [payout.bank_account for payout in place.bank.paid] == ["account of Ann"]
    assert place.accounts.accounts == {"purse": 0}
    assert [letter.address for letter in place.mailbox.sent] == ["Ann@example.com", "Bob@example.com"]
