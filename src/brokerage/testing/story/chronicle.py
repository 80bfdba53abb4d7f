"""What the journal tells: the deals, offers and balances as its events say they are, checked as they come.

It reads only what is new, so a step costs by what changed. It knows nothing of the store but its journal, and compares
a few of the facts that it made up from the events with those that are stored.
"""

from collections.abc import Iterable
from itertools import islice

from attrs import define, field

from brokerage.ports import Store, Transaction
from brokerage.records.cases import Case, CaseKind
from brokerage.records.complaints import Complaint
from brokerage.records.contractors import Contractor
from brokerage.records.deals import DEAL_MOVES, Deal, DealOrigin, DealState
from brokerage.records.effects import Effect
from brokerage.records.events import Event, EventKind
from brokerage.records.items import Item
from brokerage.records.ledger import BANK, Account, AccountKind, Entry, Posting
from brokerage.records.members import FormerMember, Member, Person
from brokerage.records.notices import ReceivedNotice
from brokerage.records.numbers import BoxNumber, CaseNumber, ComplaintNumber, DealNumber, OfferNumber
from brokerage.records.offers import OFFER_MOVES, Offer, OfferState, Outcome, PurchaseOffer, SaleOffer
from brokerage.records.orders import Order
from brokerage.records.reservations import Reservation
from brokerage.records.tenders import Bid, Tender
from brokerage.records.versions import next_version
from brokerage.testing.story.agreements import Agreements
from brokerage.testing.story.invariants import Broken, Invariant
from brokerage.testing.story.outside import TrueBooks
from brokerage.testing.story.tidings import News

__all__ = ["CLAIMS", "OWED", "Chronicle"]

CLAIMS = frozenset((AccountKind.SELLERS_DEBT, AccountKind.CARRIERS_DEBT, AccountKind.BUYERS_DEBT))
"""The accounts of what somebody owes the broker for a deal, which are never below nothing."""

OWED = frozenset((AccountKind.ESCROW, AccountKind.REFUNDS, AccountKind.PAYOUTS))
"""The accounts of what the broker owes for a deal, which are never above nothing."""

_BATCH = 1000
DISMISSED = "dismissed in a story"
_DEAL_TARGETS = frozenset(
    (row.source, target) for row in DEAL_MOVES for target in (row.target, row.otherwise) if target is not None
)
_MARKS = frozenset({EventKind.OFFER_SHOWN, EventKind.OFFER_TOLD, EventKind.OFFER_LOOKED_AT})
_OFFER_TARGETS = frozenset((row.source, row.target, row.outcome) for row in OFFER_MOVES)


@define(eq=False)
class Chronicle:
    """The state of a broker as far as its journal tells it, and the laws about what may follow what."""

    store: Store
    books: TrueBooks
    position: int = 0
    entries: int = 0
    kinds: set[EventKind] = field(factory=set)
    deal_moves: set[tuple[DealState, DealState]] = field(factory=set)
    offer_moves: set[tuple[OfferState, OfferState, Outcome | None]] = field(factory=set)
    deals: dict[DealNumber, Deal] = field(factory=dict)
    live: dict[DealNumber, None] = field(factory=dict)
    offers: dict[OfferNumber, Offer] = field(factory=dict)
    open: dict[OfferNumber, None] = field(factory=dict)
    members: dict[BoxNumber, Member] = field(factory=dict)
    former: dict[BoxNumber, FormerMember] = field(factory=dict)
    balances: dict[tuple[Account, str], int] = field(factory=dict)
    cases: dict[CaseNumber, Case] = field(factory=dict)
    complaints: dict[ComplaintNumber, Complaint] = field(factory=dict)
    own: dict[DealNumber, int] = field(factory=dict)
    agreements: Agreements = field(factory=Agreements)
    _sold: dict[OfferNumber, DealNumber] = field(factory=dict)
    _deal_numbers: list[DealNumber] = field(factory=list)
    _offer_numbers: list[OfferNumber] = field(factory=list)
    _turn: int = 0

    def read(self) -> News:
        """Take in what is new in the journal; raises :class:`Broken` where one event cannot follow what was before."""
        news = News()
        while events := self.store.read(lambda tx: tx.journal.read(self.position, _BATCH)):
            for position, event in events:
                self.position = position
                self._take(event, news)
        self.agreements.check_counts(news)
        return news

    def compare(self, news: News) -> None:
        """Compare what the events say with what is stored: all that is new, and one of the others by turns."""
        self._turn += 1
        deals, offers = list(news.deals.values()), list(news.offers.values())
        if self._deal_numbers:
            deals.append(self.deals[self._deal_numbers[self._turn % len(self._deal_numbers)]])
        if self._offer_numbers:
            offers.append(self.offers[self._offer_numbers[self._turn % len(self._offer_numbers)]])
        box = next(islice(self.members, self._turn % len(self.members), None)) if self.members else None
        self.store.read(lambda tx: self._compare(tx, deals, offers, news.balances))
        self.store.read(lambda tx: self.agreements.compare(tx, news))
        if box is not None:
            self._count(box)
        if self.complaints:
            at = self._turn % len(self.complaints)
            complaint = next(islice(self.complaints.values(), at, None))
            self.store.read(lambda tx: self._sum_points(tx, complaint.respondent))

    def check_money(self, news: News) -> None:
        """Compare the ledger with what money really did, for the accounts and deals that it moved on since."""
        for currency, units in self.books.bank.items():
            booked = self.balances.get((BANK, currency), 0)
            if booked + self.books.unheard_sums.get(currency, 0) != units:
                unheard = self.books.unheard_sums.get(currency, 0)
                seen = f"the bank has {units} {currency}, the ledger says {booked}, and {unheard} cannot be known yet"
                raise Broken(Invariant.BOOKED_AS_IT_WAS, seen)
        for deal in self.books.touched:
            left = self.books.deals.get(deal, 0) + self.own.get(deal, 0)
            if left < 0:
                raise Broken(Invariant.OUT_OF_ITS_OWN, f"{-left} in minor units too much left for deal {deal}")
        self.books.touched.clear()
        for account, currency in news.balances:
            units = self.balances[account, currency]
            if (account.kind in CLAIMS and units < 0) or (account.kind in OWED and units > 0):
                raise Broken(Invariant.NOTHING_OVERDRAWN, f"{account} stands at {units} {currency}")

    def _compare(
        self,
        tx: Transaction,
        deals: Iterable[Deal],
        offers: Iterable[Offer],
        accounts: Iterable[tuple[Account, str]],
    ) -> None:
        for deal in deals:
            if tx.deals.get(deal.number) != deal:
                raise Broken(Invariant.EVERY_CHANGE_TOLD, f"deal {deal.number} is stored otherwise")
        for offer in offers:
            if tx.offers.get(offer.number) != offer:
                raise Broken(Invariant.EVERY_CHANGE_TOLD, f"offer {offer.number} is stored otherwise")
        for account, currency in accounts:
            units = tx.ledger.balance(account, currency)
            if units != self.balances[account, currency]:
                seen = f"{account} is stored with {units} {currency}"
                raise Broken(Invariant.BALANCED, f"{seen}, and its postings make {self.balances[account, currency]}")

    def _count(self, box: BoxNumber) -> None:
        activity = self.store.read(lambda tx: tx.activities.get(box))
        offers = sum(self.offers[number].box == box for number in self.open) + self.agreements.count(box)
        deals = sum(box in (self.deals[number].seller, self.deals[number].buyer) for number in self.live)
        if activity is None or (activity.open_offers, activity.deals_in_flight) != (offers, deals):
            seen = f"member {box} has {offers} offers, items and reservations open, and {deals} deals in flight"
            counted = "nothing" if activity is None else f"{activity.open_offers} and {activity.deals_in_flight}"
            raise Broken(Invariant.COUNTED, f"{seen}, where {counted} are counted")

    def _sum_points(self, tx: Transaction, box: BoxNumber) -> None:
        person, points = _person(tx, box), 0
        for complaint in self.complaints.values():
            if complaint.stands and _person(tx, complaint.respondent).number == person.number:
                points += complaint.points
        if person.points != points:
            seen = f"{points} points stand against the person of box {box}, and {person.points} are counted"
            raise Broken(Invariant.POINTS_FOLLOW, seen)

    def _take(self, event: Event, news: News) -> None:
        fact = event.fact
        self.kinds.add(event.kind)
        if isinstance(fact, Deal):
            self._deal(event.kind, fact, news)
        elif isinstance(fact, SaleOffer | PurchaseOffer):
            self._offer(event.kind, fact, news)
        elif isinstance(fact, Entry):
            self._entry(fact, news)
        elif isinstance(fact, Effect):
            if event.kind is EventKind.EFFECT_ANSWERED:
                self.books.heard(fact.key)
        elif isinstance(fact, ReceivedNotice):
            if not fact.result.startswith("not believed"):
                self.books.heard(fact.notice)
        elif isinstance(fact, Item | Reservation | Tender | Bid | Order | Contractor):
            self.agreements.take(event, news)
        elif isinstance(fact, Complaint):
            self.complaints[fact.number] = fact
        elif isinstance(fact, Case):
            self._case(fact)
        elif isinstance(fact, Member):
            self.members[fact.box] = news.members[fact.box] = fact
        elif isinstance(fact, FormerMember):
            self.members.pop(fact.box, None)
            news.members.pop(fact.box, None)
            self.former[fact.box] = fact
            if event.kind is EventKind.MEMBER_FORGOTTEN:
                news.forgotten.append(fact)

    def _deal(self, kind: EventKind, deal: Deal, news: News) -> None:
        before = self.deals.get(deal.number)
        if before is None:
            if kind is not EventKind.DEAL_AGREED or deal.state is not DealState.AGREED:
                raise Broken(Invariant.DEAL_MOVES, f"deal {deal.number} begins as {deal.state.value}")
            self._agreed(deal, news)
        elif kind is EventKind.DEAL_ENDED and deal == before and deal.state.has_ended:
            return
        else:
            if deal.version != before.version + 1:
                seen = f"deal {deal.number} goes from version {before.version} to {deal.version}"
                raise Broken(Invariant.EVERY_CHANGE_TOLD, seen)
            if deal.state is not before.state:
                self._moved(before, deal)
        self.deals[deal.number] = news.deals[deal.number] = deal

    def _moved(self, before: Deal, deal: Deal) -> None:
        seen = f"deal {deal.number} goes from {before.state.value} to {deal.state.value}"
        if (before.state, deal.state) not in _DEAL_TARGETS:
            raise Broken(Invariant.ENDED if before.state.has_ended else Invariant.DEAL_MOVES, seen)
        self.deal_moves.add((before.state, deal.state))
        if deal.state.has_ended:
            self.live.pop(deal.number, None)
            if self._sold.get(deal.sale) == deal.number and deal.state is DealState.LAPSED:
                del self._sold[deal.sale]

    def _agreed(self, deal: Deal, news: News) -> None:
        self.live[deal.number] = None
        self._deal_numbers.append(deal.number)
        news.agreed.append(deal)
        if deal.origin is DealOrigin.RESERVATION:
            self.agreements.agreed(deal)
            return
        if deal.sale in self._sold:
            raise Broken(Invariant.ONE_BUYER, f"sale {deal.sale} is in deal {self._sold[deal.sale]} and {deal.number}")
        self._sold[deal.sale] = deal.number
        for number in (deal.sale, deal.purchase):
            offer = self.offers[number]
            if offer.state is not OfferState.OPEN:
                seen = f"offer {number} is {offer.state.value} and comes into deal {deal.number}"
                raise Broken(Invariant.OFFER_MOVES, seen)
            self.offer_moves.add((OfferState.OPEN, OfferState.AGREED, None))
            agreed = next_version(offer, state=OfferState.AGREED, deal=deal.number)
            self._keep(agreed, news)

    def _offer(self, kind: EventKind, offer: Offer, news: News) -> None:
        before = self.offers.get(offer.number)
        if before is None:
            if kind is not EventKind.OFFER_ACCEPTED or offer.state is not OfferState.OPEN:
                raise Broken(Invariant.OFFER_MOVES, f"offer {offer.number} begins as {offer.state.value}")
            self._offer_numbers.append(offer.number)
        elif offer.version == before.version and kind in _MARKS:
            return
        elif offer.version != before.version + 1:
            seen = f"offer {offer.number} goes from version {before.version} to {offer.version}"
            raise Broken(Invariant.EVERY_CHANGE_TOLD, seen)
        elif offer.state is not before.state:
            moved = before.state, offer.state, offer.outcome
            if moved not in _OFFER_TARGETS:
                seen = f"offer {offer.number} goes from {before.state.value} to {offer.state.value}"
                raise Broken(Invariant.OFFER_MOVES, seen)
            self.offer_moves.add(moved)
        self._keep(offer, news)

    def _keep(self, offer: Offer, news: News) -> None:
        self.offers[offer.number] = news.offers[offer.number] = offer
        if offer.state is OfferState.OPEN:
            self.open[offer.number] = None
        else:
            self.open.pop(offer.number, None)

    def _case(self, case: Case) -> None:
        if case.closed_at is None:
            self.cases[case.number] = case
            return
        self.cases.pop(case.number, None)
        if case.kind is CaseKind.QUARANTINE and case.outcome != DISMISSED:
            self.books.heard(case.notice)

    def _own(self, deal: DealNumber, postings: Iterable[Posting]) -> None:
        """Count what else than its own money a deal may spend: claims, money out of suspense, what is written off."""
        kinds = {posting.account.kind for posting in postings}
        counted = set(CLAIMS)
        if AccountKind.BANK not in kinds:
            counted.add(AccountKind.SUSPENSE)
        if kinds & CLAIMS:
            counted.add(AccountKind.REVENUE)
        units = sum(posting.units for posting in postings if posting.account.kind in counted)
        if units:
            self.own[deal] = self.own.get(deal, 0) + units
        self.books.touched.add(deal)

    def _entry(self, entry: Entry, news: News) -> None:
        self.entries += 1
        sums: dict[str, int] = {}
        for posting in entry.postings:
            sums[posting.currency] = sums.get(posting.currency, 0) + posting.units
            key = posting.account, posting.currency
            self.balances[key] = self.balances.get(key, 0) + posting.units
            news.balances.add(key)
        if entry.deal is not None:
            self._own(entry.deal, entry.postings)
        if any(sums.values()):
            raise Broken(Invariant.BALANCED, f"entry {entry.number} adds up to {sums}")


def _person(tx: Transaction, box: BoxNumber) -> Person:
    """Return who has or had a box, after all that showed persons to be one."""
    member = tx.members.get(box) or tx.former.get(box)
    person = None if member is None else tx.persons.get(member.person)
    while person is not None and person.joined_into is not None:
        person = tx.persons.get(person.joined_into)
    if person is None:
        raise Broken(Invariant.POINTS_FOLLOW, f"nobody knows who has box {box}")
    return person
