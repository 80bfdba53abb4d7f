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
from brokerage.records.cases import CaseKind
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
    BoxNumber,
    CaseNumber,
    ContactNumber,
    DealNumber,
    EntryNumber,
    OfferNumber,
    PersonNumber,
)
from brokerage.records.offers import Offer, PurchaseOffer, SaleOffer
from brokerage.records.tallies import ALL_MEMBERS
from brokerage.records.versions import next_version
from brokerage.services.contacts import present_contact
from brokerage.services.housekeeping import Report
from brokerage.services.market.decisions import PayBy
from brokerage.services.membership.persons import root_of
from observed_reserving import observed_reserving

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
        secret=b"a key of the tests",
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


def observed(tx: Transaction) -> dict[str, object]:
    """Return everything that a transaction can be asked, in a form that compares."""
    last = {series: tx.numbers.last(series) for series in Series}
    boxes = [BoxNumber(number) for number in range(1, last[Series.BOX] + 1)]
    persons = [PersonNumber(number) for number in range(1, last[Series.PERSON] + 1)]
    offers = [tx.offers.get(OfferNumber(number)) for number in range(1, last[Series.OFFER] + 1)]
    deals = [tx.deals.get(DealNumber(number)) for number in range(1, last[Series.DEAL] + 1)]
    return {
        "numbers": last,
        "members": [tx.members.get(box) for box in boxes],
        "of person": [tx.members.of_person(person) for person in persons],
        "quiet": (tx.members.quiet(AGES, MANY), tx.members.next_quiet()),
        "told": (tx.members.told(AGES, MANY), tx.members.next_told()),
        "former": [tx.former.get(box) for box in boxes],
        "former of person": [tx.former.of_person(person) for person in persons],
        "reasons": tx.reasons.all(),
        "tries": (tx.tries.due(AGES, MANY), tx.tries.next_due()),
        "contacts": [tx.contacts.get(ContactNumber(number)) for number in range(1, last[Series.CONTACT] + 1)],
        "of box": [tx.contacts.of_box(box) for box in boxes],
        "activities": [tx.activities.get(box) for box in boxes],
        "credentials": [tx.credentials.get(box) for box in boxes],
        "persons": [tx.persons.get(person) for person in persons],
        "pauses": (
            [tx.pauses.of_person(person) for person in persons],
            tx.pauses.due(AGES, MANY),
            tx.pauses.next_end(),
        ),
        "all members": tx.members.after(BoxNumber(0), MANY),
        "who filed": tx.persons.who_filed(1, None, MANY),
        "categories": tx.categories.all(),
        "offers": offers,
        "standings": [tx.offers.standing(OfferNumber(number)) for number in range(1, last[Series.OFFER] + 1)],
        "of member": [tx.offers.of_member(box) for box in boxes],
        "waiting": tx.offers.waiting(MANY),
        "limits": (tx.offers.due(AGES, MANY), tx.offers.next_limit()),
        "books": [_book(tx, *key) for key in sorted({(o.category, o.currency) for o in offers if o})],
        "lists": [_lists(tx, name) for name in sorted({offer.category for offer in offers if offer})],
        "checks": tx.checks.first(MANY),
        "losses": tx.losses.first(MANY),
        "complaints": [tx.complaints.of_member(box, None, MANY) for box in boxes],
        "complaints of deals": [tx.complaints.of_deal(deal.number) for deal in deals if deal],
        "news": (tx.news.latest(None, MANY), tx.news.to_mail(MANY)),
        "news for boxes": [tx.news.for_box(box, None, MANY) for box in boxes],
        "deals": deals,
        "cases": [tx.cases.get(CaseNumber(number)) for number in range(1, last[Series.CASE] + 1)],
        "open cases": [tx.cases.open_ones(kind, CaseNumber(0), MANY) for kind in (None, *CaseKind)],
        "cases of deals": [tx.cases.of_deal(deal.number) for deal in deals if deal],
        "statements": [tx.statements.of_deal(deal.number) for deal in deals if deal],
        "references": [tx.deals.by_reference(deal.reference) for deal in deals if deal],
        "deals of member": [tx.deals.of_member(box, None, MANY) for box in boxes],
        "deadlines": (tx.deals.due(AGES, MANY), tx.deals.next_deadline()),
        "authorisations": (tx.authorisations.intended(AGES, MANY), tx.authorisations.next_intended()),
        "entries": tx.ledger.entries(EntryNumber(0), MANY),
        "balances": balances(tx),
        "journal": (tx.journal.last(), tx.journal.read(0, MANY)),
        "tallies": [tx.tallies.of_member(box) for box in (ALL_MEMBERS, *boxes)],
        "progress": [tx.progress.get(name) for name in ("tallies", "rating")],
        "outbox": (tx.outbox.due(AGES, MANY), tx.outbox.next_due()),
        **observed_reserving(tx),
    }


def _book(tx: Transaction, category: str, currency: str) -> tuple[object, ...]:
    ladders = {ladder: list(tx.offers.ladder(ladder, 10**15)) for ladder in tx.offers.ladders(category, currency)}
    return (
        (category, currency),
        ladders,
        list(tx.offers.purchases(category, currency, 0)),
        list(tx.offers.untold_sales(category, currency, 10**15)),
        list(tx.offers.untold_purchases(category, currency, 0)),
        list(tx.offers.lost_sales(category, currency, DealNumber(0), 10**15)),
    )


def _lists(tx: Transaction, category: str) -> tuple[object, ...]:
    first = OfferNumber(0)
    return (
        category,
        tx.offers.has_unfinished(category),
        list(tx.offers.unsold(category, first)),
        list(tx.offers.listed_sales(category, first)),
    )


def balances(tx: Transaction) -> dict[tuple[str, str], int]:
    """Return the balance of every account that an entry names, by (account, currency)."""
    entries = tx.ledger.entries(EntryNumber(0), MANY)
    accounts = {(posting.account, posting.currency) for entry in entries for posting in entry.postings}
    return {(str(account), currency): tx.ledger.balance(account, currency) for account, currency in accounts}


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
    for number in range(1, place.read(lambda tx: tx.numbers.last(Series.DEAL)) + 1):
        deal = place.deal(DealNumber(number))
        if deal.state.has_ended:
            assert place.broker.office.balance(escrow_of(deal.number), deal.currency) == Money(0, deal.currency)
        if deal.state.value == "completed":
            revenue[deal.currency] = revenue.get(deal.currency, 0) + deal.commission
    for currency, units in revenue.items():
        assert place.broker.office.balance(REVENUE, currency) == Money(-units, currency)


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
