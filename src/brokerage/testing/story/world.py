"""The world of a story: a broker in a process that may die, the parties outside, time, and what is known of all."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar

from attrs import define, field, frozen

from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from brokerage.boxes import BuyersDeal, SellersDeal
from brokerage.desks import MemberDesk
from brokerage.engine import Brokerage
from brokerage.errors import BrokerageError, NotAllowed
from brokerage.judging import WeightedCriteria
from brokerage.policy import Carriage, Immediate, PayoutOn, Periodic, Policy
from brokerage.policy.judging import JUDGES as SHIPPED
from brokerage.ports import Store
from brokerage.rating import Rating
from brokerage.records.categories import Fulfilment
from brokerage.records.contacts import Contact
from brokerage.records.contractors import Trade
from brokerage.records.deals import Deal
from brokerage.records.items import Item, ItemState
from brokerage.records.members import Member
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber, TenderNumber
from brokerage.records.offers import Offer, SaleOffer
from brokerage.records.orders import Order
from brokerage.records.reservations import Reservation
from brokerage.records.tenders import Tender
from brokerage.testing.story.chronicle import Chronicle
from brokerage.testing.story.glancing import Glances
from brokerage.testing.story.invariants import Broken, Invariant
from brokerage.testing.story.looking import CANARY, Onlooker
from brokerage.testing.story.outside import Outside
from brokerage.testing.story.process import Crash, Process, ProcessStore
from brokerage.testing.story.tidings import News

__all__ = [
    "CATEGORIES",
    "CODES",
    "CURRENCIES",
    "JUDGES",
    "REASON",
    "ZONES",
    "Asked",
    "Death",
    "Newcomer",
    "World",
    "pick_of",
    "told",
]

REASON = "moved"
START = datetime(2026, 1, 5, 12, 1, tzinfo=UTC)
CURRENCIES = ("USD", "USD", "USD", "USD", "USD", "JPY")
CODES = ("phones", "phones", "repairs")
CATEGORIES = (("phones", "0.1", Fulfilment.CARRIER), ("repairs", "0.2", Fulfilment.PERFORMED))
ZONES = ("north", "south")
_WEIGHTED = WeightedCriteria({"price": "0.5", "delivery": "0.3", "points": "0.2"})
JUDGES = (*SHIPPED, "weighted")
_PAYOUTS = tuple(PayoutOn)
_SECRET = b"the secret of every story"
_Result = TypeVar("_Result")
_Key = TypeVar("_Key")
_Fact = TypeVar("_Fact")


class _ByNumber:
    """Half of all addresses lie in the north."""

    def zone(self, address: str) -> str:
        """Return the zone of an address by its last digit."""
        return ZONES[sum(map(ord, address)) % 2]


@frozen
class Asked:
    """A decision that a member asked for, under which request id, and which deal it made."""

    box: BoxNumber
    request_id: str | None
    purchase: OfferNumber
    sale: OfferNumber
    price: int
    means: str
    deal: DealNumber | None = None

    def names(self, other: "Asked") -> bool:
        """Say whether both have the same request id, of the same member."""
        return self.request_id is not None and (self.box, self.request_id) == (other.box, other.request_id)

    def arguments(self) -> tuple[object, ...]:
        """Return what makes a repeated request the same."""
        return self.purchase, self.sale, self.price, self.means


@frozen
class Newcomer:
    """How somebody wanted to be reached and paid who became a member, or wanted to."""

    telephone: str
    email: str
    bank_account: str


class Death(Enum):
    """What somebody gets who asked a broker while its process died."""

    OF_THE_PROCESS = "the process dies"


@define(eq=False)
class World:
    """Everything of one story.

    Args:
        store: a new, empty store.
        prepare: is given every broker that is built, also after a crash.
    """

    store: Store
    prepare: Callable[[Brokerage], None]
    process: Process = field(factory=Process)
    clock: ManualClock = field(factory=lambda: ManualClock(START))
    policy: Policy = field(factory=lambda: Policy(matching=Immediate()))
    onlooker: Onlooker = field(factory=Onlooker)
    asked: list[Asked] = field(factory=list)
    saying: str = ""
    letters: int = 1_000_000
    newcomers: list[Newcomer] = field(factory=list)
    requests: int = 0
    bidders: dict[TenderNumber, dict[BoxNumber, None]] = field(factory=dict)
    outside: Outside = field(init=False)
    glances: Glances = field(init=False)
    chronicle: Chronicle = field(init=False)
    broker: Brokerage = field(init=False)
    _entropy: SeededEntropy = field(factory=lambda: SeededEntropy(1))
    _seen_open: int = 0

    def __attrs_post_init__(self) -> None:
        self.outside = Outside.of(self.process, self.store)
        self.chronicle = Chronicle(self.store, self.outside.books)
        self.glances = Glances(self.onlooker, self.chronicle.agreements)

    def open(self, matching: int, payout_on: int, carriage: int, dormant: int, pause: int, zones: int = 0) -> None:
        """Choose the policy, and open the broker with its categories."""
        self.policy = Policy(
            matching=Periodic() if matching % 2 else Immediate(),
            payout_on=_PAYOUTS[payout_on % len(_PAYOUTS)],
            carriage=Carriage("Post", "account of the carrier", {"USD": 500}) if carriage % 2 else None,
            retry=timedelta(minutes=5),
            dormant_after=timedelta(days=100) if dormant % 2 else None,
            probing_pause=timedelta(hours=2) if pause % 3 == 2 else None,
            mail_losers=bool(pause // 3 % 2),
            rating=Rating(initial=timedelta(days=2), every=timedelta(days=10)) if pause // 6 % 2 else None,
            zoning=_ByNumber() if zones % 2 else None,
            judges={**SHIPPED, "weighted": _WEIGHTED},
            digest_every=timedelta(days=5),
            tender_answer=timedelta(days=4),
            confirmation=timedelta(days=6),
        )
        self.start()
        for code, rate, fulfilment in CATEGORIES:
            self.broker.office.add_category(code, rate=rate, fulfilment=fulfilment)
        self.broker.office.members.add_reason(REASON, "moving away")
        self.check()

    def start(self) -> None:
        """Begin a process on the same store, clock, chance and parties as any before it."""
        self.process.restart()
        self.broker = Brokerage(
            self.policy,
            store=ProcessStore(self.store, self.process),
            clock=self.clock,
            entropy=self._entropy,
            gateways=self.outside.gateways(),
            hasher=ScryptHasher(cost=2),
            secret=_SECRET,
        )
        self.prepare(self.broker)

    def attempt(self, box: BoxNumber | None, ask: Callable[[], _Result]) -> _Result | BrokerageError | Death:
        """Ask the broker for something; return what it answered, the error it raised, or that it died.

        An error is shown to whoever asked. A broker that died is started again.
        """
        try:
            return ask()
        except Crash:
            self.start()
            return Death.OF_THE_PROCESS
        except BrokerageError as error:
            if box is not None:
                self.onlooker.look(box, error)
            return error
        except Broken:
            raise
        except Exception as error:
            seen = f"{type(error).__name__} was raised: {error}"
            raise Broken(Invariant.PROPER_ERRORS, seen) from error

    def ask(self, box: BoxNumber, ask: Callable[[MemberDesk], _Result]) -> _Result | BrokerageError | Death:
        """Ask for something at a member's desk, as :meth:`attempt` does; whoever has left is refused."""
        return self.attempt(box, lambda: ask(self.broker.desk(box)))

    def check(self) -> News:
        """Hold every invariant against what is new since the last time."""
        chronicle = self.chronicle
        news = chronicle.read()
        if self.process.broken:
            raise self.process.broken[0]
        chronicle.compare(news)
        chronicle.check_money(news)
        self._look(news)
        return news

    # whom and what a step is about

    def member(self, pick: int) -> BoxNumber:
        """Return the box of some member, a box that never was where there is none."""
        members = self.chronicle.members
        return pick_of(list(members), pick) if members else BoxNumber(1)

    def offer(self, pick: int) -> Offer | None:
        """Return an offer; nine times in ten an open one, if there is any."""
        offers = self.chronicle.offers
        if not offers:
            return None
        if pick % 10:
            found = self.open_offers()
            if found:
                return offers[pick_of(found, pick // 10)]
        return offers[pick_of(list(offers), pick // 10)]

    def deal(self, pick: int, fits: Callable[[Deal], bool]) -> Deal | None:
        """Return a deal: mostly one that fits, sometimes another that has not ended, once in ten times any."""
        deals, live = self.chronicle.deals, self.chronicle.live
        if not deals:
            return None
        among = [number for number in live if fits(deals[number])] if pick % 10 > 2 else []
        if not among and pick % 10:
            among = list(live)
        return deals[pick_of(among or list(deals), pick // 10)]

    def open_offers(self, *kinds: type) -> Sequence[OfferNumber]:
        """Return the numbers of the offers that are open, as far as the journal tells."""
        offers = self.chronicle.offers
        return [n for n in self.chronicle.open if not kinds or isinstance(offers[n], kinds)]

    def item(self, pick: int) -> Item | None:
        """Return an announced item; one time in ten any."""
        return some(pick, self.chronicle.agreements.items, lambda item: item.state is ItemState.ANNOUNCED)

    def reservation(self, pick: int, fits: Callable[[Reservation], bool]) -> Reservation | None:
        """Return a reservation that fits; one time in ten any."""
        return some(pick, self.chronicle.agreements.reservations, fits)

    def tender(self, pick: int, fits: Callable[[Tender], bool]) -> Tender | None:
        """Return a tender that fits; one time in ten any."""
        return some(pick, self.chronicle.agreements.tenders, fits)

    def order(self, pick: int, fits: Callable[[Order], bool]) -> Order | None:
        """Return an order that fits; one time in ten any."""
        return some(pick, self.chronicle.agreements.orders, fits)

    def day(self, days: int | None) -> date | None:
        """Return the day after so many days."""
        return None if days is None else self.clock.now().date() + timedelta(days=days)

    def bidding(self, desk: MemberDesk, trade: Trade) -> Any:
        """Return the desk at which a member bids as what he or she is."""
        return {Trade.SELLER: desk.seller, Trade.CARRIER: desk.carrier, Trade.PROVIDER: desk.provider}[trade]

    def look_at(self, box: BoxNumber, shown: object) -> None:
        """Look over a member's shoulder at what came of something."""
        if not isinstance(shown, Death | BrokerageError):
            self.onlooker.look(box, shown)

    def next_letter(self) -> int:
        """Return a number that nothing was written under."""
        self.letters += 1
        return self.letters

    def limit(self, pick: int, is_sale: bool) -> int:
        """Return a limit in minor units that nobody had before; now and then nothing at all."""
        if pick % 40 == 39:
            return 0
        thousands = 5 * (1000 + pick % 400) + (0 if is_sale else 301)
        while thousands * 1000 + CANARY in self.onlooker.limits:
            thousands += 5
        return thousands * 1000 + CANARY

    def wait(self, span: timedelta) -> None:
        """Let time pass."""
        self.clock.set(self.clock.now() + span)

    def _look(self, news: News) -> None:
        """Look over the shoulders of those whose views changed, and of one other by turns."""
        for member in news.members.values():
            self.onlooker.know(member.box, self._contact(member))
        for former in news.forgotten:
            self.onlooker.forget(former.box)
        self.glances.learn(news)
        mails, self.outside.mailbox.fresh = self.outside.mailbox.fresh, []
        for mail, address in mails:
            if mail.box is not None:
                is_pooled = mail.subject.startswith("Demand ")
                self.onlooker.look(mail.box, (mail.subject, mail.body, address), is_pooled=is_pooled)
        paid, self.outside.till.paid_into = self.outside.till.paid_into, []
        for payee, account in paid:
            if payee.box is not None:
                self.onlooker.check_account(payee.box, account)
        for offer in news.offers.values():
            units = offer.min_price if isinstance(offer, SaleOffer) else offer.max_price
            if units:
                self.onlooker.limits[units] = offer.box
        for deal in news.deals.values():
            for box in deal.parties:
                if box in self.chronicle.members:
                    self.onlooker.look(box, self.broker.desk(box).deal(deal.number), deal)
        for offer in news.offers.values():
            if not offer.filed:
                self._show(offer)
        if news.offers:
            self._seen_open += 1
            among = self.chronicle.open
            if among:
                self._show(self.chronicle.offers[pick_of(list(among), self._seen_open)])

        self.glances.look(self.broker, news, self.chronicle.members, self.chronicle.deals)

    def _contact(self, member: Member) -> Contact:
        contact = self.store.read(lambda tx: tx.contacts.get(member.contact))
        if contact is None:
            raise Broken(Invariant.EVERY_CHANGE_TOLD, f"nobody knows how to reach member {member.box}")
        return contact

    def _show(self, offer: Offer) -> None:
        deal = None if offer.deal is None else self.chronicle.deals[offer.deal]
        shown: object
        try:
            shown = self.broker.desk(offer.box).show(offer.number)
        except NotAllowed as error:  # its time limit has come
            shown = error
        self.onlooker.look(offer.box, shown, deal)

    def check_deadlines(self) -> None:
        """Hold the deadlines of deals against the time, after a round that nothing disturbed."""
        now = self.clock.now()
        for number in self.chronicle.live:
            deal = self.chronicle.deals[number]
            if deal.deadline is not None and deal.deadline <= now:
                raise Broken(Invariant.DEADLINES_KEPT, f"deal {number} is {deal.state.value} behind its deadline")
        self.chronicle.agreements.check_deadlines(now)


def pick_of(among: Sequence[_Result], pick: int) -> _Result:
    """Return one of several, whatever the number."""
    return among[pick % len(among)]


def some(pick: int, known: dict[_Key, _Fact], fits: Callable[[_Fact], bool]) -> _Fact | None:
    """Return one of what is known, if there is any that fits; one time in ten whatever there is."""
    among = [fact for fact in known.values() if fits(fact) or not pick % 10]
    return pick_of(among, pick // 10) if among else None


def told(made: object) -> str:
    """Return in a few words what became of something that was asked for."""
    if isinstance(made, Death):
        return made.value
    if isinstance(made, BrokerageError):
        return type(made).__name__
    if isinstance(made, int | str):
        return str(made)
    return f"deal {made.number}" if isinstance(made, Deal | BuyersDeal | SellersDeal) else "done"
