"""Carriers and payment providers whose standing terms were written down by hand, and what deals cost by them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from brokerage import BankTransfer, Card, Carriage, DeliveryStep, MemberDesk, Policy
from brokerage.ports import Store, Transaction
from brokerage.records.categories import category_key
from brokerage.records.contractors import EVERYWHERE, Contractor, Service, StandingTerms, Trade
from brokerage.records.numbers import BoxNumber, TenderNumber
from brokerage.records.versions import next_version
from brokerage.testing.strategies import ByLastWord
from builders import AGES, START, world
from builders import Trade as Made
from deals_under_way import carried

__all__ = ["CART", "ByLastWord", "Fees", "amounts", "appoint"]


def appoint(
    store: Store,
    trade: Trade,
    box: BoxNumber,
    *,
    fixed: int = 0,
    each: int = 0,
    rate: str = "0",
    category: str = "goods",
    zone: str = EVERYWHERE,
    currency: str = "USD",
    since: datetime = START,
    until: datetime = AGES,
) -> None:
    """Let a member serve a category in a zone from now on, in the place of whoever did before."""
    service = Service(box, fixed, each, Decimal(rate))
    terms = StandingTerms(trade, category_key(category), zone, currency, service, since, until, TenderNumber(1))

    def work(tx: Transaction) -> None:
        if tx.contractors.get((box, trade)) is None:
            tx.contractors.add(Contractor(box, trade, since))
        old = tx.standing_terms.get((trade, terms.category, zone, currency))
        if old is None:
            tx.standing_terms.add(terms)
        else:
            new = next_version(old, service=service, since=since, until=until)
            tx.standing_terms.replace(old, new)

    store.run(work)


CART = Carriage("Cart", "account of Cart", {"USD": "5.00"})


class Fees:
    """Ann sells and Bob buys, at 88.00 and 92.00; Carl carries for 8.00, Pia settles for 1 % of what is paid."""

    def __init__(self, policy: Policy | None = None, category: str = "goods", zone: str = EVERYWHERE) -> None:
        self.world = world(policy)
        self.carl, self.pia = self.world.join("Carl"), self.world.join("Pia")
        appoint(self.world.store, Trade.CARRIER, self.carl.number, fixed=800, category=category, zone=zone)
        appoint(self.world.store, Trade.PROVIDER, self.pia.number, rate="0.01", category=category, zone=zone)
        self.category = category

    def offered(self, seller: str = "1 Elm Row", buyer: str = "2 Oak Row") -> tuple[MemberDesk, MemberDesk]:
        """Let Ann and Bob come, and offer."""
        self.ann, self.bob = self.world.join("Ann", address=seller), self.world.join("Bob", address=buyer)
        self.sale = self.ann.sell(self.category, "Thing", min_price="80.00", currency="USD")
        self.want = self.bob.buy(self.category, max_price="100.00", currency="USD")
        return self.ann, self.bob

    def made(self, pay_by: BankTransfer | Card | None = None, total: str = "101.00") -> Made:
        """Let them make a deal."""
        ann, bob = self.offered()
        if isinstance(pay_by, Card):
            self.world.cards.cards[pay_by.token] = 1_000_000
        deal = bob.decide(self.want, self.sale, price=total, pay_by=pay_by or BankTransfer())
        return Made(self.world, ann, bob, self.sale, self.want, deal)

    def delivered(self, pay_by: BankTransfer | Card | None = None) -> Made:
        """Let them come as far as inspection."""
        made = self.made(pay_by)
        if pay_by is None:
            made.transfer("101.00")
        return carried(made, DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)

    def paid(self) -> dict[str, int]:
        """What everybody was paid, in minor units."""
        paid: dict[str, int] = {}
        for task in self.world.bank.paid:
            name = task.bank_account.removeprefix("account of ")
            paid[name] = paid.get(name, 0) + task.units
        return paid

    def refunded(self) -> int:
        """What went back, in minor units."""
        return sum(task.units for task in (*self.world.bank.refunded, *self.world.cards.refunded))


def amounts(view: Any) -> tuple[str, ...]:
    """Price, carriage, payment fee and total of what a buyer sees."""
    return tuple(money.text() for money in (view.price, view.carriage, view.payment_fee, view.total))
