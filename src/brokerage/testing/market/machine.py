"""The state machine: a broker and the naive market driven in step, on any store."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from brokerage.adapters.memory import Mailbox, PretendCardHouse, pretend_gateways
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from brokerage.engine import Brokerage
from brokerage.policy import Periodic, Policy
from brokerage.ports import Store
from brokerage.pricing import Margin
from brokerage.records.categories import Fulfilment
from brokerage.records.numbers import OfferNumber
from brokerage.testing import strategies
from brokerage.testing.market.comparison import MarketComparison
from brokerage.testing.market.naive_market import NaiveMarket
from brokerage.testing.market.side_by_side import PAGE, RICH
from brokerage.testing.strategies import Newcomer

__all__ = ["MarketMachine"]

_START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
_PICKS, _LIVES = st.integers(0, 999), strategies.lives()
_OFFERS = st.tuples(_PICKS, _LIVES, strategies.offers())
_CATEGORIES = (
    ("phones", "0.1", Margin.ON_SPREAD, Fulfilment.CARRIER),
    ("boats", "0.5", Margin.ON_PRICE, Fulfilment.CARRIER),
    ("repairs", "0.25", Margin.LESSER, Fulfilment.PERFORMED),
)
_FIRST = (
    Newcomer(email="ann@shop.example", telephone="+1 555 0100", bank_account="US-1"),
    Newcomer(email="bob@home.example", telephone="15550101", bank_account="US-2", address="2 Oak Lane"),
    Newcomer(email="ann2@shop.example", telephone="001-555-0100", bank_account="US-3"),
    Newcomer(email="cid@x.example", telephone="15550102", bank_account="US-4"),
)
_STEPS = st.sampled_from(
    tuple(timedelta(minutes=minutes) for minutes in (0, 0.5, 2.5, 5, 5, 60, 62.5))
    + tuple(timedelta(days=days) for days in (1, 3, 7, 31))
)
_TERMS = st.tuples(
    st.sampled_from(("carrier", "payment provider")),
    _PICKS,
    _PICKS,
    strategies.categories(),
    strategies.currencies(),
    st.tuples(st.integers(0, 9), st.integers(0, 3), st.sampled_from(("0", "0.125", "0.5", "1"))),
    st.sampled_from(tuple(timedelta(days=days) for days in (0, 0, 0, 1))),
    st.sampled_from(tuple(timedelta(days=days) for days in (1, 7, 60, 60))),
)


class MarketMachine(MarketComparison):
    """A whole broker on a store of your own, compared with the naive market after every step.

    Members register, offer, amend, cancel, look and decide; money and goods come, rightly and wrongly, late and twice;
    time goes on. After each step every box, page, deal, mail, transaction file, balance and count must be what plain
    lists say. Subclass it, return a store from :meth:`make_store`, and give pytest its test case::

        class MyMachine(MarketMachine):
            def make_store(self):
                return MyStore()

        TestMyStore = MyMachine.TestCase
        TestMyStore.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
    """

    def make_store(self) -> Store:
        """Return a new, empty store; a subclass says which."""
        raise NotImplementedError(f"{type(self).__name__} has no make_store(): return a new, empty store there")

    def let_go(self, store: Store) -> None:
        """Close a store when an example has ended; by default nothing is to be closed."""

    def teardown(self) -> None:
        """End an example."""
        if hasattr(self, "store"):
            self.let_go(self.store)

    @initialize(
        policy=strategies.policies(page_size=PAGE),
        appointed=st.lists(_TERMS, max_size=4),
        offers=st.lists(_OFFERS, min_size=10, max_size=20),
    )
    def begin(self, policy: Policy, appointed: list[Any], offers: list[Any]) -> None:
        """Open both markets: categories, members, two of whom are one person, who carries and settles, and offers."""
        self.clock = ManualClock(_START)
        self.mailbox, cards = Mailbox(), PretendCardHouse(cards={RICH: 10**18})
        self.notices = 0
        self.store = self.make_store()
        self.broker = Brokerage(
            policy,
            store=self.store,
            clock=self.clock,
            entropy=SeededEntropy(1),
            gateways=pretend_gateways(clearing_house=cards, notifier=self.mailbox),
            hasher=ScryptHasher(cost=2),
            secret=b"fixed",
        )
        self.naive = NaiveMarket(
            _START,
            policy.matching.every if isinstance(policy.matching, Periodic) else None,
            policy.factor.value,
            policy.rounding.value,
            policy.payout_on.value,
            {currency: policy.carriage.fee(currency) for currency in policy.carriage.fees} if policy.carriage else {},
        )
        self.desks = []
        self.references = {}
        for code, rate, margin, fulfilment in _CATEGORIES:
            self.broker.office.add_category(code, rate=rate, margin=margin, fulfilment=fulfilment)
            self.naive.set_category(code, Fraction(rate), margin.value, fulfilment is Fulfilment.PERFORMED)
        for newcomer in _FIRST:
            self.enter(newcomer, True)
        for terms in appointed:
            self.appoint_one(*terms)
        self.offer_all(offers)
        self.match()

    # what happens

    @rule(offers=st.lists(_OFFERS, min_size=1, max_size=8), round_follows=st.booleans())
    def offer(self, offers: list[Any], round_follows: bool) -> None:
        """Members offer some things for sale, and offer to buy some."""
        self.offer_all(offers)
        if round_follows:
            self.match()

    @precondition(lambda self: len(self.desks) < 7)
    @rule(newcomer=strategies.newcomers(), mail=st.booleans())
    def register(self, newcomer: Newcomer, mail: bool) -> None:
        """A member comes late, and may show that two members are one person."""
        self.enter(newcomer, mail)

    @precondition(lambda self: self.naive.offers)
    @rule(
        pick=_PICKS,
        price=st.one_of(st.none(), strategies.most_prices()),
        life=_LIVES,
        own=st.integers(0, 9),
    )
    def amend(self, pick: int, price: int | None, life: timedelta | None, own: int) -> None:
        """A member changes the price or the time limit of an offer, once in ten times of somebody else's."""
        offer = self.any_offer(pick)
        box, limit = self.owner(offer, own), self.until(life)
        changes: dict[str, Any] = {} if limit is None else {"limit": limit}
        self.both(
            lambda: self.desks[box - 1].amend(OfferNumber(offer.number), price=price, **changes),
            lambda: self.naive.amend(box, offer.number, price, limit),
        )

    @precondition(lambda self: self.naive.offers)
    @rule(pick=_PICKS, attributes=strategies.attributes(), requirements=strategies.requirements())
    def amend_content(
        self,
        pick: int,
        attributes: dict[str, str],
        requirements: tuple[dict[str, set[str]], tuple[str, ...]],
    ) -> None:
        """A member changes what a commodity is, or what it must be."""
        offer = self.any_offer(pick)
        desk, number, (wanted, words) = self.desks[offer.box - 1], OfferNumber(offer.number), requirements
        if offer.is_sale:
            self.both(
                lambda: desk.amend(number, attributes=attributes),
                lambda: self.naive.amend(offer.box, number, attributes=attributes),
            )
        else:
            self.both(
                lambda: desk.amend(number, attributes=wanted, words=words),
                lambda: self.naive.amend(offer.box, number, requirements=requirements),
            )

    @precondition(lambda self: self.naive.offers)
    @rule(pick=_PICKS, own=st.integers(0, 9))
    def cancel(self, pick: int, own: int) -> None:
        """A member takes an offer back, or tries to."""
        offer = self.any_offer(pick)
        box = self.owner(offer, own)
        self.both(
            lambda: self.desks[box - 1].cancel(OfferNumber(offer.number)),
            lambda: self.naive.cancel(box, offer.number),
        )

    @rule(who=_PICKS)
    def acknowledge(self, who: int) -> None:
        """A member has looked."""
        desk = self.desk(who)
        desk.acknowledge()
        self.naive.acknowledge(desk.number)

    @precondition(lambda self: self.choices())
    @rule(
        picks=st.lists(_PICKS, min_size=1, max_size=3),
        way=st.sampled_from(("transfer", "transfer", "transfer", "card", "unknown card")),
        steps=st.integers(0, 4),
    )
    def decide(self, picks: list[int], way: str, steps: int) -> None:
        """Buyers take candidates at the total shown, and the last of their deals may get far."""
        for pick in picks:
            choices = self.choices()
            if choices:
                pair = choices[pick % len(choices)]
                total = self.naive.total(pair.purchase, pair.buying)
                self.take(pair.purchase.box, pair.purchase.number, pair.sale.number, total, way)
        for _ in range(steps if self.naive.deals else 0):
            self.step_on(self.naive.deals[-1])

    @precondition(lambda self: self.naive.offers)
    @rule(pick=_PICKS, other=_PICKS, shift=st.sampled_from((-1, 0, 1)), own=st.integers(0, 9))
    def decide_anything(self, pick: int, other: int, shift: int, own: int) -> None:
        """A buyer decides on any two numbers, mostly wrongly."""
        purchase, sale = self.any_offer(pick), self.any_offer(other)
        pairs = [p for p in self.naive.candidates(purchase.number) if p.sale is sale]
        total = self.naive.total(purchase, pairs[0].buying) if pairs else 10
        self.take(self.owner(purchase, own), purchase.number, sale.number, max(0, total + shift), "transfer")

    @precondition(lambda self: self.naive.deals)
    @rule(pick=_PICKS, how=st.sampled_from(("exact", "short", "over", "again", "foreign", "unknown", "card")))
    def pay(self, pick: int, how: str) -> None:
        """Money comes in: right, short, over, twice, in another currency, or under no known reference; also late."""
        lapsed = [deal for deal in self.naive.deals if deal.state == "lapsed"]
        deal = lapsed[pick % len(lapsed)] if lapsed and pick % 2 else self.any_deal(pick)
        if how == "card":
            self.pay_by_card(deal, deal.purchase.box if pick % 5 else deal.sale.box)
        else:
            self.transfer(deal, how)

    @precondition(lambda self: self.naive.deals)
    @rule(
        pick=_PICKS,
        what=st.sampled_from(
            ("collected", "delivered", "again", "performed", "confirmed", "lost", "refused", "returned")
        ),
    )
    def deliver(self, pick: int, what: str) -> None:
        """Something is said about the goods of a deal, true or not, and now and then by the wrong party."""
        deal = self.any_deal(pick)
        if what in ("performed", "confirmed"):
            party = deal.sale if (what == "performed") == bool(pick % 5) else deal.purchase
            self.say(deal, what, party.box)
        else:
            self.carry(deal, "delivered" if what == "again" else what, what == "again")

    @precondition(lambda self: self.naive.deals)
    @rule(
        pick=_PICKS,
        what=st.sampled_from(("call off", "call off", "dispute", "answer", "send back")),
        sides=st.sampled_from((1, 2, 2, 0)),
    )
    def complain(self, pick: int, what: str, sides: int) -> None:
        """One party of a deal, or the other as well, wants it undone; now and then somebody else does."""
        deal = self.any_deal(pick)
        parties = (deal.purchase.box, deal.sale.box)[:: -1 if pick % 2 else 1][:sides] or (pick % len(self.desks) + 1,)
        for box in parties:
            self.complain_about(deal, what, box)

    @precondition(lambda self: self.naive.deals)
    @rule(pick=_PICKS, what=st.sampled_from(("release", "refund", "part", "charge back")))
    def undo(self, pick: int, what: str) -> None:
        """The manager decides a dispute, or the clearing house takes money back."""
        deal = self.any_deal(pick)
        if what != "charge back":
            self.judge(deal, what)
        elif deal.by_card:
            self.take_back(deal)

    @precondition(lambda self: self.naive.deals)
    @rule(picks=st.lists(_PICKS, min_size=1, max_size=4))
    def settle(self, picks: list[int]) -> None:
        """What deals wait for happens."""
        for pick in picks:
            self.step_on(self.any_deal(pick))

    @precondition(lambda self: any(deal.state == "agreed" for deal in self.naive.deals))
    @rule(how=st.sampled_from(("exact", "short", "over")), is_paid_before=st.booleans())
    def lapse(self, how: str, is_paid_before: bool) -> None:
        """A deal that waits for its payment lapses, after part of the money came or before money comes too late."""
        deal = next(deal for deal in self.naive.deals if deal.state == "agreed")
        if is_paid_before:
            self.transfer(deal, "short")
        if deal.deadline is not None:
            self.at(max(deal.deadline, self.clock.now()))
        self.run_due()
        self.transfer(deal, how)

    @rule(step=_STEPS, then=st.sampled_from(("nothing", "run", "run", "match")))
    def wait(self, step: timedelta, then: str) -> None:
        """Time goes on."""
        self.at(self.clock.now() + step)
        if then == "run":
            self.run_due()
        elif then == "match":
            self.match()

    @rule(pick=_PICKS, run=st.booleans())
    def wait_for_limit(self, pick: int, run: bool) -> None:
        """Time goes on to the very instant at which something ends."""
        times = [offer.limit for offer in self.naive.offers if self.naive.is_open(offer)]
        times += [deal.deadline for deal in self.naive.deals if deal.deadline]
        times += [terms.until for terms in self.naive.standing]
        times = sorted(time for time in times if time > self.clock.now())
        if times:
            self.at(times[pick % min(3, len(times))])
            if run:
                self.run_due()

    @rule(
        who=_PICKS,
        factor=strategies.factors(),
        code=strategies.categories(),
        rate=strategies.rates(),
        margin=strategies.margins(),
    )
    def manage(self, who: int, factor: str, code: str, rate: str, margin: Margin) -> None:
        """The manager changes a member's factor and a category's terms, for offers from now on."""
        desk = self.desk(who)
        self.broker.office.set_factor(desk.number, factor)
        self.naive.members[desk.number - 1].factor = Fraction(Decimal(factor))
        self.broker.office.correct_category(code, rate=rate, margin=margin)
        self.naive.set_category(code, Fraction(Decimal(rate)), margin.value, self.naive.categories[code].performed)

    @rule(terms=_TERMS)
    def appoint(self, terms: tuple[Any, ...]) -> None:
        """A member is appointed to carry or to settle where another one lives, from now on or later, for a time."""
        self.appoint_one(*terms)
