"""The broker and the naive market side by side, and how the same thing is done in both."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from attrs import evolve
from hypothesis.stateful import RuleBasedStateMachine

from brokerage.adapters.memory import Mailbox
from brokerage.adapters.system import ManualClock
from brokerage.desks import MemberDesk
from brokerage.engine import Brokerage
from brokerage.errors import BrokerageError
from brokerage.money import minor_units
from brokerage.ports import Store, Transaction
from brokerage.records.contractors import Contractor, Service, StandingTerms, Trade
from brokerage.records.notices import DeliveryStep
from brokerage.records.numbers import DealNumber, OfferNumber, TenderNumber
from brokerage.records.tenders import StandingService, Tender, TenderState
from brokerage.services.market.decisions import BankTransfer, Card
from brokerage.services.market.requests import Buy, Sell
from brokerage.testing.market.naive_market import Deal, NaiveMarket, Offer, Pair, Refused
from brokerage.testing.market.naive_records import ENDED, Standing
from brokerage.testing.strategies import Newcomer

__all__ = ["PAGE", "RICH", "TwoMarkets"]

RICH, UNKNOWN = "token-rich", "token-unknown"
PAGE = 1000


class TwoMarkets(RuleBasedStateMachine):
    """Does a thing in both markets, and sees that both accept it or both refuse it."""

    clock: ManualClock
    mailbox: Mailbox
    store: Store
    broker: Brokerage
    naive: NaiveMarket
    desks: list[MemberDesk]
    references: dict[int, str]
    notices: int

    # what happens

    def enter(self, newcomer: Newcomer, mail: bool) -> None:
        """Register a member in both."""
        desk = newcomer.join(self.broker)
        zone = "" if self.broker.policy.zoning is None else newcomer.address.split()[-1]
        number = self.naive.register(newcomer.email, newcomer.telephone, newcomer.bank_account, zone)
        assert desk.number == number
        desk.account.choose_mail(candidates=mail)
        self.naive.members[desk.number - 1].wants_mail = mail
        self.desks.append(desk)

    def offer_all(self, offers: list[tuple[int, timedelta | None, Sell | Buy]]) -> None:
        """Make offers in both."""
        for who, life, request in offers:
            desk, limit = self.desk(who), self.until(life)
            number = _offered(desk, evolve(request, limit=limit), who % 2 == 0)
            if isinstance(request, Sell):
                assert number == self.naive.sell(
                    desk.number,
                    request.category,
                    request.name,
                    minor_units(request.min_price, request.currency),
                    request.currency,
                    limit,
                    request.attributes,
                )
            else:
                assert number == self.naive.buy(
                    desk.number,
                    request.category,
                    minor_units(request.max_price, request.currency),
                    request.currency,
                    limit,
                    request.attributes,
                    request.words,
                )

    def match(self) -> None:
        """Run a round by hand in both."""
        self.broker.match()
        self.naive.round()

    def run_due(self) -> None:
        """Do everything that is due in both; nothing that is due is left."""
        self.broker.run_due()
        self.naive.run_due()
        due = self.broker.next_due()
        assert due is None or due > self.clock.now()

    def appoint_one(
        self,
        trade: str,
        who: int,
        neighbour: int,
        code: str,
        currency: str,
        fee: tuple[int, int, str],
        begins: timedelta,
        lasts: timedelta,
    ) -> None:
        """Let a member carry or settle in both, by standing terms for the zone in which a neighbour lives."""
        box, since = self.desk(who).number, self.clock.now() + begins
        zone, until = self.naive.members[neighbour % len(self.desks)].zone, since + lasts
        (fixed, each, rate), asked = fee, (Trade(trade), code, zone, currency)
        self.naive.appoint(Standing(trade, code, zone, currency, box, fixed, each, Fraction(rate), since, until))
        new = StandingTerms(*asked, Service(box, fixed, each, Decimal(rate)), since, until, TenderNumber(1))

        def work(tx: Transaction) -> None:
            if tx.tenders.get(new.tender) is None:  # terms refer to the call in which they were accepted
                tx.tenders.add(_awarded(new))
            if tx.contractors.get((box, Trade(trade))) is None:
                tx.contractors.add(Contractor(box, Trade(trade), since))
            old = tx.standing_terms.get(asked)
            if old is None:
                tx.standing_terms.add(new)
            else:
                tx.standing_terms.replace(old, evolve(new, version=old.version + 1))

        self.store.run(work)

    # money and goods

    def transfer(self, deal: Deal, how: str) -> None:
        """Let money come in for a deal in both."""
        currency, left = deal.sale.currency, deal.owed - deal.received
        units = {"short": left // 2, "over": left + 5}.get(how, left)
        if how == "foreign":
            currency = "EUR"
        self.notices += how != "again"
        notice, is_unknown = f"bank-{self.notices}", how == "unknown"
        reference = "nobody's" if is_unknown else self.references[deal.number]
        self.broker.advise_payment(reference=reference, amount=units, currency=currency, notice=notice)
        self.naive.pay("bank " + notice, None if is_unknown else deal.number, units, currency)

    def pay_by_card(self, deal: Deal, box: int) -> None:
        """Let a member pay for a deal by card in both."""
        self.both(
            lambda: self.desks[box - 1].pay(DealNumber(deal.number), Card(RICH)),
            lambda: self.naive.pay_by_card(box, deal.number),
        )

    def carry(self, deal: Deal, step: str, again: bool) -> None:
        """Let the carrier report a step in both, under the notice of last time or a new one."""
        self.notices += not again
        notice = f"carrier-{self.notices}"
        self.broker.advise_delivery(DealNumber(deal.number), DeliveryStep(step), notice=notice)
        self.naive.carried(notice, deal.number, step)

    def say(self, deal: Deal, what: str, box: int) -> None:
        """Let a member say in both that services were performed, or that all is well."""
        desk, number = self.desks[box - 1], DealNumber(deal.number)
        if what == "performed":
            self.both(lambda: desk.performed(number), lambda: self.naive.performed(box, deal.number))
        else:
            self.both(lambda: desk.confirm(number), lambda: self.naive.confirm(box, deal.number))

    def complain_about(self, deal: Deal, what: str, box: int) -> None:
        """Let a party call off, dispute, answer or send back in both."""
        claims, number = self.desks[box - 1].claims, DealNumber(deal.number)
        acts: dict[str, tuple[Callable[[], object], Callable[[int, int], None]]] = {
            "call off": (lambda: claims.call_off(number), self.naive.call_off),
            "dispute": (lambda: claims.dispute(number, "it is not right"), self.naive.dispute),
            "answer": (lambda: claims.answer(number, "it is"), self.naive.answer),
            "send back": (lambda: claims.send_back(number), self.naive.send_back),
        }
        act, naive_act = acts[what]
        self.both(act, lambda: naive_act(box, deal.number))

    def judge(self, deal: Deal, what: str) -> None:
        """Let the manager decide a dispute in both."""
        cases, number, part = self.broker.office.cases, DealNumber(deal.number), deal.received // 3
        acts: dict[str, tuple[Callable[[], object], int | None]] = {
            "release": (lambda: cases.release(number), None),
            "refund": (lambda: cases.refund(number), -1),
            "part": (lambda: cases.refund(number, part), part),
        }
        act, units = acts[what]
        self.both(act, lambda: self.naive.decide_dispute(deal.number, units))

    def take_back(self, deal: Deal) -> None:
        """Let the clearing house take back what was captured for a deal, in both."""
        self.notices += 1
        fact, currency = self.broker.office.deal(DealNumber(deal.number)), deal.sale.currency
        key = fact.attempts[-1].removeprefix("capture:")
        notice = f"chargeback-{self.notices}"
        self.broker.advise_chargeback(key, amount=deal.by_card, currency=currency, notice=notice)
        self.naive.charge_back(deal.number)

    def step_on(self, deal: Deal) -> None:
        """Let happen what a deal waits for, in both."""
        if deal.state == "agreed":
            self.transfer(deal, "exact")
        elif deal.state == "disputed":
            self.judge(deal, "release" if deal.number % 2 else "refund")
        elif deal.state == "returning":
            self.carry(deal, "returned", False)
        elif deal.state == "delivered":
            self.say(deal, "confirmed", deal.purchase.box)
        elif deal.performed:
            self.say(deal, "performed", deal.sale.box)
        else:
            self.carry(deal, "delivered" if deal.was_collected else "collected", False)

    # how it is driven

    def desk(self, who: int) -> MemberDesk:
        """Return one of the desks."""
        return self.desks[who % len(self.desks)]

    def any_offer(self, pick: int) -> Offer:
        """Return an offer, more often one that is not closed."""
        live = [offer for offer in self.naive.offers if offer.state != "closed"]
        offers = live if pick % 4 and live else self.naive.offers
        return offers[pick % len(offers)]

    def choices(self) -> list[Pair]:
        """Return every pair that could make a deal now."""
        return [pair for offer in self.naive.offers for pair in self.naive.candidates(offer.number)]

    def any_deal(self, pick: int) -> Deal:
        """Return a deal, more often one that has not ended."""
        live = [deal for deal in self.naive.deals if deal.state not in ENDED]
        deals = live if pick % 3 and live else self.naive.deals
        return deals[pick % len(deals)]

    def owner(self, offer: Offer, own: int) -> int:
        """Return the box of an offer, or for nothing another one."""
        return offer.box if own else offer.box % len(self.desks) + 1

    def until(self, life: timedelta | None) -> datetime | None:
        """Return the time limit of a life."""
        return None if life is None else self.clock.now() + life

    def at(self, instant: datetime) -> None:
        """Set both clocks."""
        self.clock.set(instant)
        self.naive.now = instant

    def take(self, box: int, purchase: int, sale: int, total: int, way: str) -> None:
        """Decide in both."""
        ways: dict[str, BankTransfer | Card]
        ways = {"transfer": BankTransfer(), "card": Card(RICH), "unknown card": Card(UNKNOWN)}
        made = len(self.naive.deals)

        def decide() -> None:
            deal = self.desks[box - 1].decide(OfferNumber(purchase), OfferNumber(sale), price=total, pay_by=ways[way])
            self.references[deal.number] = deal.reference

        self.both(decide, lambda: self.naive.decide(box, purchase, sale, total, way))
        assert len(self.references) == len(self.naive.deals) >= made

    def both(self, act: Callable[[], object], naive_act: Callable[[], object]) -> None:
        """Do a thing in both markets; they accept it both, or refuse it both for the same reason."""
        refused = naively = None
        try:
            naive_act()
        except Refused as refusal:
            naively = refusal.kind
        try:
            act()
        except BrokerageError as error:
            refused = type(error).__name__
        assert naively == refused, f"expected {naively}, was {refused}"


def _offered(desk: MemberDesk, request: Sell | Buy, as_bulk: bool) -> OfferNumber:
    """Make an offer by itself, or as one row of many."""
    if as_bulk:
        [number] = desk.offer_many([request]).numbers
        return number
    if isinstance(request, Sell):
        return desk.sell(
            request.category,
            request.name,
            min_price=request.min_price,
            currency=request.currency,
            limit=request.limit,
            attributes=request.attributes,
        )
    return desk.buy(
        request.category,
        max_price=request.max_price,
        currency=request.currency,
        limit=request.limit,
        attributes=request.attributes,
        words=request.words,
    )


def _awarded(terms: StandingTerms) -> Tender:
    """A call in which terms were accepted."""
    asked = StandingService(terms.trade, terms.category, terms.zone, terms.currency, terms.since, terms.until)
    called, currency = terms.since, terms.currency
    state = TenderState.AWARDED
    return Tender(terms.tender, asked, terms.trade, currency, called, called, (), False, "judge", None, state=state)
