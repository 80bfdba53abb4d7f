"""The broker and the naive market, driven in step: after every step each member sees the same in both.

The settings at the end are the quick ones; a Hypothesis profile that asks for more examples or steps is followed.
"""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from brokerage import (
    Brokerage,
    Carriage,
    FactorRule,
    Fulfilment,
    Immediate,
    Margin,
    OfferNumber,
    PayoutOn,
    Periodic,
    Policy,
    Rounding,
)
from brokerage.adapters.memory import Mailbox, MemoryStore, PretendCardHouse, pretend_gateways
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from market_comparison import MarketComparison
from market_strategies import (
    ACCOUNTS,
    ATTRIBUTES,
    CODES,
    EMAILS,
    FACTORS,
    LIVES,
    MARGINS,
    MOST,
    PICKS,
    PURCHASES,
    RATES,
    REQUIREMENTS,
    SALES,
    STEPS,
    TELEPHONES,
)
from naive_market import NaiveMarket
from two_markets import EVERY, PAGE, RICH, START


class AgainstNaiveMarket(MarketComparison):
    """Does everything twice, and compares all that anybody can see."""

    @initialize(
        immediate=st.booleans(),
        factor=st.sampled_from(tuple(FactorRule)),
        rounding=st.sampled_from(tuple(Rounding)),
        payout_on=st.sampled_from(tuple(PayoutOn)),
        has_carriage=st.booleans(),
        arrivals_per_work=st.sampled_from((1, 2, 500)),
        offers=st.lists(st.one_of(SALES, PURCHASES), min_size=10, max_size=20),
    )
    def begin(
        self,
        immediate: bool,
        factor: FactorRule,
        rounding: Rounding,
        payout_on: PayoutOn,
        has_carriage: bool,
        arrivals_per_work: int,
        offers: list[Any],
    ) -> None:
        """Open both markets with three categories, four members, two of whom are one person, and some offers."""
        fees = {"USD": 3, "KWD": 1} if has_carriage else {}
        policy = Policy(
            matching=Immediate() if immediate else Periodic(EVERY),
            factor=factor,
            rounding=rounding,
            payout_on=payout_on,
            carriage=Carriage("Cart", "US-9", fees) if has_carriage else None,
            page_size=PAGE,
            arrivals_per_work=arrivals_per_work,
        )
        self.clock = ManualClock(START)
        self.mailbox, cards = Mailbox(), PretendCardHouse(cards={RICH: 10**18})
        self.notices = 0
        self.store = MemoryStore()
        gateways = pretend_gateways()
        self.broker = Brokerage(
            policy,
            store=self.store,
            clock=self.clock,
            entropy=SeededEntropy(1),
            gateways=type(gateways)(
                adviser=gateways.adviser,
                clearing_house=cards,
                charger=gateways.charger,
                payouts=gateways.payouts,
                deliverer=gateways.deliverer,
                notifier=self.mailbox,
            ),
            hasher=ScryptHasher(cost=2),
            secret=b"fixed",
        )
        self.naive = NaiveMarket(
            START, None if immediate else EVERY, factor.value, rounding.value, payout_on.value, fees
        )
        self.desks = []
        self.references = {}
        for code, rate, margin, fulfilment in (
            ("phones", "0.1", Margin.ON_SPREAD, Fulfilment.CARRIER),
            ("boats", "0.5", Margin.ON_PRICE, Fulfilment.CARRIER),
            ("repairs", "0.25", Margin.LESSER, Fulfilment.PERFORMED),
        ):
            self.broker.office.add_category(code, rate=rate, margin=margin, fulfilment=fulfilment)
            self.naive.set_category(code, Fraction(rate), margin.value, fulfilment is Fulfilment.PERFORMED)
        for email, telephone, account in (
            ("ann@shop.example", "+1 555 0100", "US-1"),
            ("bob@home.example", "15550101", "US-2"),
            ("ann2@shop.example", "001-555-0100", "US-3"),
            ("cid@x.example", "15550102", "US-4"),
        ):
            self.enter(email, telephone, account, True)
        self.offer_all(offers)
        self.match()

    # what happens

    @rule(offers=st.lists(st.one_of(SALES, PURCHASES), min_size=1, max_size=8), round_follows=st.booleans())
    def offer(self, offers: list[Any], round_follows: bool) -> None:
        """Members offer some things for sale, and offer to buy some."""
        self.offer_all(offers)
        if round_follows:
            self.match()

    @precondition(lambda self: len(self.desks) < 7)
    @rule(email=EMAILS, telephone=TELEPHONES, account=ACCOUNTS, mail=st.booleans())
    def register(self, email: str, telephone: str, account: str, mail: bool) -> None:
        """A member comes late, and may show that two members are one person."""
        self.enter(email, telephone, account, mail)

    @precondition(lambda self: self.naive.offers)
    @rule(pick=PICKS, price=st.one_of(st.none(), MOST), life=LIVES, own=st.integers(0, 9))
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
    @rule(pick=PICKS, attributes=ATTRIBUTES, requirements=REQUIREMENTS)
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
    @rule(pick=PICKS, own=st.integers(0, 9))
    def cancel(self, pick: int, own: int) -> None:
        """A member takes an offer back, or tries to."""
        offer = self.any_offer(pick)
        box = self.owner(offer, own)
        self.both(
            lambda: self.desks[box - 1].cancel(OfferNumber(offer.number)),
            lambda: self.naive.cancel(box, offer.number),
        )

    @rule(who=PICKS)
    def acknowledge(self, who: int) -> None:
        """A member has looked."""
        desk = self.desk(who)
        desk.acknowledge()
        self.naive.acknowledge(desk.number)

    @precondition(lambda self: self.choices())
    @rule(
        picks=st.lists(PICKS, min_size=1, max_size=3),
        way=st.sampled_from(("transfer", "transfer", "transfer", "card", "unknown card")),
        steps=st.integers(0, 4),
    )
    def decide(self, picks: list[int], way: str, steps: int) -> None:
        """Buyers take candidates at the total shown, and the last of their deals may get far."""
        for pick in picks:
            choices = self.choices()
            if choices:
                pair = choices[pick % len(choices)]
                total = pair.buying + self.naive.carriage_of(pair.purchase)
                self.take(pair.purchase.box, pair.purchase.number, pair.sale.number, total, way)
        for _ in range(steps if self.naive.deals else 0):
            self.step_on(self.naive.deals[-1])

    @precondition(lambda self: self.naive.offers)
    @rule(pick=PICKS, other=PICKS, shift=st.sampled_from((-1, 0, 1)), own=st.integers(0, 9))
    def decide_anything(self, pick: int, other: int, shift: int, own: int) -> None:
        """A buyer decides on any two numbers, mostly wrongly."""
        purchase, sale = self.any_offer(pick), self.any_offer(other)
        pairs = [p for p in self.naive.candidates(purchase.number) if p.sale is sale]
        total = pairs[0].buying + self.naive.carriage_of(purchase) if pairs else 10
        self.take(self.owner(purchase, own), purchase.number, sale.number, max(0, total + shift), "transfer")

    @precondition(lambda self: self.naive.deals)
    @rule(pick=PICKS, how=st.sampled_from(("exact", "short", "over", "again", "foreign", "unknown", "card")))
    def pay(self, pick: int, how: str) -> None:
        """Money comes in: right, short, over, twice, in another currency, or under no known reference; also late."""
        lapsed = [deal for deal in self.naive.deals if deal.state == "lapsed"]
        deal = lapsed[pick % len(lapsed)] if lapsed and pick % 2 else self.any_deal(pick)
        if how == "card":
            self.pay_by_card(deal, deal.purchase.box if pick % 5 else deal.sale.box)
        else:
            self.transfer(deal, how)

    @precondition(lambda self: self.naive.deals)
    @rule(pick=PICKS, what=st.sampled_from(("collected", "delivered", "again", "performed", "confirmed")))
    def deliver(self, pick: int, what: str) -> None:
        """Something is said about the goods of a deal, true or not, and now and then by the wrong party."""
        deal = self.any_deal(pick)
        if what in ("performed", "confirmed"):
            party = deal.sale if (what == "performed") == bool(pick % 5) else deal.purchase
            self.say(deal, what, party.box)
        else:
            self.carry(deal, "delivered" if what == "again" else what, what == "again")

    @precondition(lambda self: self.naive.deals)
    @rule(picks=st.lists(PICKS, min_size=1, max_size=4))
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

    @rule(step=STEPS, then=st.sampled_from(("nothing", "run", "run", "match")))
    def wait(self, step: timedelta, then: str) -> None:
        """Time goes on."""
        self.at(self.clock.now() + step)
        if then == "run":
            self.run_due()
        elif then == "match":
            self.match()

    @rule(pick=PICKS, run=st.booleans())
    def wait_for_limit(self, pick: int, run: bool) -> None:
        """Time goes on to the very instant at which something ends."""
        times = [offer.limit for offer in self.naive.offers if self.naive.is_open(offer)]
        times += [deal.deadline for deal in self.naive.deals if deal.deadline]
        times = sorted(time for time in times if time > self.clock.now())
        if times:
            self.at(times[pick % min(3, len(times))])
            if run:
                self.run_due()

    @rule(who=PICKS, factor=FACTORS, code=CODES, rate=RATES, margin=MARGINS)
    def manage(self, who: int, factor: str, code: str, rate: str, margin: Margin) -> None:
        """The manager changes a member's factor and a category's terms, for offers from now on."""
        desk = self.desk(who)
        self.broker.office.set_factor(desk.number, factor)
        self.naive.members[desk.number - 1].factor = Fraction(Decimal(factor))
        self.broker.office.correct_category(code, rate=rate, margin=margin)
        self.naive.set_category(code, Fraction(Decimal(rate)), margin.value, self.naive.categories[code].performed)


TestAgainstNaiveMarket = AgainstNaiveMarket.TestCase
_PROFILE = settings.get_current_profile_name()
_ASKED = settings.get_profile(_PROFILE)
TestAgainstNaiveMarket.settings = settings(
    _ASKED,
    max_examples=60 if _PROFILE in ("default", "ci", "steady") else _ASKED.max_examples,
    stateful_step_count=40 if _PROFILE in ("default", "ci", "steady") else _ASKED.stateful_step_count,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
