"""What the tests share: a broker over a clock that stands still, pretend gateways, and all that can be seen of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from attrs import frozen

from brokerage import BankTransfer, Brokerage, BuyersDeal, Card, Fulfilment, MemberDesk, Money, Policy
from brokerage.adapters.memory import (
    Mailbox,
    MemoryStore,
    PretendAccounts,
    PretendBank,
    PretendCardHouse,
    PretendCarrier,
)
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from brokerage.policy import Immediate
from brokerage.ports import Gateways, PasswordHasher, Series, Store, Transaction
from brokerage.records.contacts import Contact
from brokerage.records.deals import Deal
from brokerage.records.ledger import (
    BANK,
    REVENUE,
    SUSPENSE,
    Entry,
    escrow_of,
    payouts_of,
    refunds_of,
)
from brokerage.records.numbers import (
    DealNumber,
    EntryNumber,
    OfferNumber,
)
from brokerage.records.offers import Offer, PurchaseOffer, SaleOffer
from brokerage.records.versions import next_version
from brokerage.services.contacts import present_contact
from brokerage.services.housekeeping import Report
from brokerage.services.market.decisions import PayBy
from brokerage.services.membership.persons import root_of
from observing import balances, observed

SECRET = b"a key of the tests"
START = datetime(2026, 1, 5, 12, 1, tzinfo=UTC)
AGES = datetime(9000, 1, 1, tzinfo=UTC)
MANY = 1_000_000
DAY = timedelta(days=1)

_Result = TypeVar("_Result")


@frozen
class World:
    """A broker and everything around it, within the reach of a test."""

    broker: Brokerage
    clock: ManualClock
    store: Store
    bank: PretendBank
    cards: PretendCardHouse
    accounts: PretendAccounts
    carrier: PretendCarrier
    mailbox: Mailbox

    def join(self, name: str, /, **details: Any) -> MemberDesk:
        """Register somebody who shares no contact detail with anybody of another name."""
        digits = "".join(str(ord(letter)) for letter in name)
        given: dict[str, Any] = {
            "name": name,
            "address": f"{name}'s address",
            "telephone": f"555 {digits}",
            "email": f"{name}@example.com",
            "bank_account": f"account of {name}",
        }
        return self.broker.register(**{**given, **details})

    def wait(self, span: timedelta) -> Report:
        """Let time pass, and do what is due then."""
        self.clock.set(self.clock.now() + span)
        return self.broker.run_due()

    def read(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Read in the store."""
        return self.store.read(work)

    def offer(self, number: OfferNumber) -> Offer:
        """Return the stored fact of an offer."""
        offer = self.read(lambda tx: tx.offers.get(number))
        assert offer is not None
        return offer

    def sale(self, number: OfferNumber) -> SaleOffer:
        """Return the stored fact of a sale."""
        offer = self.offer(number)
        assert isinstance(offer, SaleOffer)
        return offer

    def purchase(self, number: OfferNumber) -> PurchaseOffer:
        """Return the stored fact of a purchase."""
        offer = self.offer(number)
        assert isinstance(offer, PurchaseOffer)
        return offer

    def deal(self, number: DealNumber) -> Deal:
        """Return the stored fact of a deal."""
        return self.broker.office.deal(number)

    def contact(self, desk: MemberDesk) -> Contact:
        """Return how a member is reached and paid at present."""
        return self.read(lambda tx: present_contact(tx, desk.number))

    def blame(self, desk: MemberDesk, points: int) -> None:
        """Add complaint points to whoever a member is."""

        def work(tx: Transaction) -> None:
            member = tx.members.get(desk.number)
            assert member is not None
            person = root_of(tx, member.person)
            tx.persons.replace(person, next_version(person, points=person.points + points))

        self.store.run(work)

    def state(self) -> dict[str, object]:
        """Return everything that can be seen of the store."""
        return self.store.read(observed)

    def outside(self) -> tuple[object, ...]:
        """Return everything that the parties outside have done."""
        return (
            tuple(self.bank.paid),
            tuple(self.bank.refunded),
            dict(self.cards.cards),
            dict(self.cards.held),
            tuple(self.cards.captured),
            tuple(self.cards.refunded),
            dict(self.accounts.accounts),
            tuple(self.accounts.refunded),
            tuple(self.carrier.orders),
            tuple(self.carrier.recalls),
            tuple(self.mailbox.sent),
        )


def world(
    policy: Policy | None = None,
    *,
    store: Store | None = None,
    hasher: PasswordHasher | None = None,
    cards: PretendCardHouse | None = None,
    bank: PretendBank | None = None,
    clock: ManualClock | None = None,
    outside: Callable[[Gateways], Gateways] = lambda gateways: gateways,
) -> World:
    """Return a broker with the categories "goods" (carried) and "services" (performed), both at a rate of 0.10."""
    clock = ManualClock(START) if clock is None else clock
    accounts, carrier, mailbox = PretendAccounts(), PretendCarrier(), Mailbox()
    till = PretendBank() if bank is None else bank
    house = PretendCardHouse() if cards is None else cards
    kept = MemoryStore() if store is None else store
    broker = Brokerage(
        immediate() if policy is None else policy,
        store=kept,
        clock=clock,
        entropy=SeededEntropy(7),
        gateways=outside(
            Gateways(
                adviser=till,
                clearing_house=house,
                charger=accounts,
                payouts=till,
                deliverer=carrier,
                notifier=mailbox,
            )
        ),
        hasher=ScryptHasher(cost=2) if hasher is None else hasher,
        secret=SECRET,
    )
    broker.office.add_category("goods", rate="0.10")
    broker.office.add_category("services", rate="0.10", fulfilment=Fulfilment.PERFORMED)
    return World(broker, clock, kept, till, house, accounts, carrier, mailbox)


def immediate(**choices: Any) -> Policy:
    """Return a policy of immediate matching with some choices of its own; running totals only when asked for."""
    return Policy(**{"matching": Immediate(), "tally_every": None, **choices})


@frozen
class Trade:
    """A deal between Ann, who sells, and Bob, who buys."""

    world: World
    ann: MemberDesk
    bob: MemberDesk
    sale: OfferNumber
    purchase: OfferNumber
    deal: BuyersDeal

    @property
    def number(self) -> DealNumber:
        """The number of the deal."""
        return self.deal.number

    @property
    def fact(self) -> Deal:
        """The stored fact of the deal, as it is now."""
        return self.world.deal(self.number)

    def transfer(self, amount: str, notice: str = "n-1", **other: str) -> str:
        """Let the bank report a transfer for the deal."""
        given = {"reference": self.deal.reference, "currency": "USD", **other}
        return self.world.broker.advise_payment(amount=amount, notice=notice, **given)


def trade(
    place: World,
    pay_by: PayBy | None = None,
    *,
    category: str = "goods",
    min_price: str = "80.00",
    max_price: str = "100.00",
    limit: datetime | None = None,
    request_id: str | None = None,
) -> Trade:
    """Make a deal: by default at 88.00 for the seller and 92.00 for the buyer, to be paid by bank transfer."""
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell(category, "Thing", min_price=min_price, currency="USD", limit=limit)
    purchase = bob.buy(category, max_price=max_price, currency="USD")
    place.broker.match()
    if isinstance(pay_by, Card):
        place.cards.cards.setdefault(pay_by.token, 1_000_000)
    [candidate] = bob.candidates(purchase)
    how = BankTransfer() if pay_by is None else pay_by
    deal = bob.decide(purchase, sale, price=candidate.total, pay_by=how, request_id=request_id)
    return Trade(place, ann, bob, sale, purchase, deal)


def entries(place: World) -> list[Entry]:
    """Return every entry of the ledger."""
    return list(place.read(lambda tx: tx.ledger.entries(EntryNumber(0), MANY)))


def balance(place: World, deal: DealNumber, currency: str = "USD") -> dict[str, str]:
    """Return the balances that matter to a deal, as texts."""
    office = place.broker.office
    accounts = {
        "bank": BANK,
        "escrow": escrow_of(deal),
        "refunds": refunds_of(deal),
        "payouts": payouts_of(deal),
        "revenue": REVENUE,
        "suspense": SUSPENSE,
    }
    return {name: office.balance(account, currency).text() for name, account in accounts.items()}


def check_books(place: World) -> None:
    """Assert the laws of the ledger: it balances, each account agrees with its postings, and escrow with the deals."""
    kept = place.read(balances)
    for currency in {currency for _, currency in kept}:
        assert sum(units for (_, code), units in kept.items() if code == currency) == 0
    summed: dict[tuple[str, str], int] = {}
    for entry in entries(place):
        for posting in entry.postings:
            key = (str(posting.account), posting.currency)
            summed[key] = summed.get(key, 0) + posting.units
    assert summed == kept
    revenue: dict[str, int] = {}
    for deal in place.read(_deals):
        if deal.state.has_ended:
            assert place.broker.office.balance(escrow_of(deal.number), deal.currency) == Money(0, deal.currency)
        if deal.state.value == "completed":
            revenue[deal.currency] = revenue.get(deal.currency, 0) + deal.commission
    for currency, units in revenue.items():
        assert place.broker.office.balance(REVENUE, currency) == Money(-units, currency)


def _deals(tx: Transaction) -> list[Deal]:
    """Every deal; numbers may have gaps."""
    found = (tx.deals.get(DealNumber(number)) for number in range(1, tx.numbers.last(Series.DEAL) + 1))
    return [deal for deal in found if deal is not None]


@frozen
class Stated:
    """A rule of a user's own that gives what it was made with."""

    given: Any
    name: str = "stated"

    def margin(self, _min_price: Any, _max_price: Any, _rate: Fraction) -> Any:
        """Return it."""
        return self.given


@frozen
class Jumpy:
    """A rule of a user's own without any sense: the margin jumps about as the limits move."""

    factor: int
    modulus: int
    name: str = "jumpy"

    def margin(self, min_price: Any, max_price: Any, rate: Fraction) -> tuple[Any, int]:
        """Return something that is neither monotone nor within the limits."""
        return ((min_price * 7919 + max_price * 31) % self.modulus - self.modulus // 2) * self.factor, 7
