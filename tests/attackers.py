"""Members who pry: what they learn of others' limits, and what it is worth, under several bounds on probing.

An attacker uses nothing but a desk, and is patient: whoever has to wait, waits. The market is made by a seed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from statistics import mean
from typing import TypeVar

from attrs import define, field, frozen

from brokerage import AccountCharge, Brokerage, CandidateView, ManualClock, Margin, MemberDesk, OfferNumber, Policy
from brokerage.adapters.memory import PretendAccounts, pretend_gateways
from brokerage.adapters.system import ScryptHasher, SeededEntropy
from brokerage.errors import TooSoon
from brokerage.pricing import Rounding, determine

__all__ = [
    "ATTACKS",
    "OTHERS",
    "SETTINGS",
    "Attack",
    "Bounds",
    "Outcome",
    "honest",
    "possible",
    "surplus",
    "table",
    "tried",
]

CODE, CURRENCY = "phones", "USD"
WORTH = 100_00
"""What each unit is worth to the attacker, in minor units: an honest member's limit."""
OTHERS = 20
"""How many members stand on the other side, with one unit each."""
DAYS = 28
_START = datetime(2026, 3, 1, tzinfo=UTC)
_END = _START + timedelta(days=DAYS)
_ROUND, _DAY = timedelta(minutes=5), timedelta(days=1)
_LOWEST, _HIGHEST = (60_00, 95_00), (105_00, 140_00)
_DEAREST = 200_00
_SEED = 2026
HEADINGS = ("bounds", "limits found", "a day", "off by", "deals", "better a deal", "surplus", "honest")
_Result = TypeVar("_Result")


class _Over(Exception):
    """The time is over in which the market is watched."""


@frozen
class Bounds:
    """What the broker does against probing: a pause, the step of a grid, and how many open offers a member may have."""

    words: str
    pause: timedelta | None = None
    step: int = 1
    open_offers: int | None = 100


SETTINGS = (
    Bounds("none"),
    Bounds("pause of a day", _DAY),
    Bounds("pause of a week", 7 * _DAY),
    Bounds("grid of 5.00", step=500),
    Bounds("pause of a week, grid of 5.00", 7 * _DAY, 500),
    Bounds("the same, one open offer", 7 * _DAY, 500, 1),
)


@frozen
class Outcome:
    """What an attacker has by the end.

    Args:
        deals: how many deals were made.
        found: how many of the others' stated limits are known to the cent.
        days: how long it took.
        off: how far each limit that was guessed is from what its member would truly take or give, in minor units.
        gained: how much better each deal is than the one that an honest member makes with the same counterpart.
        surplus: what all deals together are worth beyond their prices.
    """

    deals: int
    found: int
    days: Fraction
    off: tuple[int, ...]
    gained: tuple[int, ...]
    surplus: int


@define
class Bazaar:
    """A market with one attacker, ``me``, and honest others, each with a limit of which the attacker knows nothing.

    ``truths`` is what the others would truly take or give, and ``limits`` what they state: the nearest on the grid
    that loses them nothing. Buyers other than the attacker look at noon, and take the first candidate that they have.
    """

    bounds: Bounds
    rate: str
    buys: bool
    clock: ManualClock = field(factory=lambda: ManualClock(_START))
    accounts: PretendAccounts = field(factory=PretendAccounts)
    prices: dict[OfferNumber, int] = field(factory=dict)
    found: dict[OfferNumber, int] = field(factory=dict)
    last: datetime = _START
    broker: Brokerage = field(init=False)
    me: MemberDesk = field(init=False)
    truths: dict[OfferNumber, int] = field(init=False, factory=dict)
    limits: dict[OfferNumber, int] = field(init=False, factory=dict)
    others: dict[OfferNumber, MemberDesk] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        bounds, chance = self.bounds, Random(_SEED)
        self.broker = Brokerage(
            Policy(
                margin=Margin.ON_SPREAD,
                probing_pause=bounds.pause,
                price_grid={CURRENCY: bounds.step},
                open_offer_count=bounds.open_offers,
            ),
            clock=self.clock,
            entropy=SeededEntropy(_SEED),
            gateways=pretend_gateways(charger=self.accounts),
            hasher=ScryptHasher(cost=2),
            secret=b"a key of the tests",
        )
        self.broker.office.add_category(CODE, rate=self.rate)
        self.me = self._join(0)
        for at in range(1, OTHERS + 1):
            desk, truth = self._join(at), chance.randint(*(_LOWEST if self.buys else _HIGHEST))
            if self.buys:
                limit = -(-truth // bounds.step) * bounds.step
                number = desk.sell(CODE, f"phone {at}", min_price=limit, currency=CURRENCY)
            else:
                limit = truth // bounds.step * bounds.step
                number = desk.buy(CODE, max_price=limit, currency=CURRENCY)
            self.truths[number], self.limits[number], self.others[number] = truth, limit, desk
        self.round()

    def _join(self, at: int) -> MemberDesk:
        desk = self.broker.register(
            name=f"member {at}",
            address="1 Elm Row",
            telephone=f"555 {at:04}",
            email=f"{at}@member.example",
            bank_account=f"account {at}",
        )
        self.accounts.accounts[f"account {at}"] = 10**12
        desk.account.allow_charging(f"account {at}")
        return desk

    def round(self) -> None:
        """Wait for the next round."""
        self.wait_until(self.clock.now() + _ROUND)

    def wait_until(self, instant: datetime) -> None:
        """Let time pass; at noon the other buyers look. The last round before the instant has been when it comes."""
        while (noon := _noon_after(self.clock.now())) <= min(instant, _END):
            self._go(noon)
            if not self.buys:
                self._others_look()
        self._go(min(instant, _END))
        if instant >= _END:
            raise _Over

    def _go(self, instant: datetime) -> None:
        self.clock.set(instant)
        self.broker.match()

    def _others_look(self) -> None:
        for number, desk in self.others.items():
            if number not in self.prices and (page := desk.candidates(number, size=1)):
                self.take(desk, number, page[0], number)

    def take(self, desk: MemberDesk, purchase: OfferNumber, candidate: CandidateView, other: OfferNumber) -> None:
        """Let a buyer decide; ``other`` is the offer of the attacker's counterpart."""
        deal = desk.decide(purchase, candidate.sale, price=candidate.total, pay_by=AccountCharge())
        fact = self.broker.office.deal(deal.number)
        self.prices[other] = fact.buying_price if self.buys else fact.selling_price
        self.last = self.clock.now()

    def patient(self, act: Callable[[], _Result]) -> _Result:
        """Do something as soon as it is allowed."""
        while True:
            try:
                return act()
            except TooSoon as refused:
                self.wait_until(refused.until)

    def buy(self, price: int) -> OfferNumber:
        """Offer to buy as soon as it is allowed, and wait for the round that shows it."""
        number = self.patient(lambda: self.me.buy(CODE, max_price=price, currency=CURRENCY))
        self.round()
        return number

    def sell(self, price: int) -> OfferNumber:
        """Offer to sell, as :meth:`buy`."""
        number = self.patient(lambda: self.me.sell(CODE, "phone", min_price=price, currency=CURRENCY))
        self.round()
        return number

    def amend(self, number: OfferNumber, price: int) -> None:
        """Amend as soon as it is allowed, and wait for the round that shows it; an offer that is sold stays so."""

        def act() -> bool:
            if self.is_open(number):
                self.me.amend(number, price=price)
                return True
            return False

        if self.patient(act):
            self.round()

    def is_open(self, number: OfferNumber) -> bool:
        """Say whether the attacker's offer has no deal yet."""
        return self.me.show(number).deal is None

    def guess(self, candidate: CandidateView) -> int:
        """Note what a price at the honest limit tells of a seller's limit; return the highest that is possible."""
        low, high = possible(candidate.price.units, Fraction(self.rate), self.bounds.step)
        self.found[candidate.sale] = (low + high) // 2 // self.bounds.step * self.bounds.step
        return high

    @property
    def goes_on(self) -> bool:
        """Whether there is anybody left to deal with."""
        return len(self.prices) < OTHERS


def _noon_after(now: datetime) -> datetime:
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    return noon if noon > now else noon + _DAY


def possible(price: int, rate: Fraction, step: int) -> tuple[int, int]:
    """Return the least and the greatest limit on the grid that give a buyer with the honest limit a price."""

    def shown(at: int) -> int:
        prices: tuple[int, int] = determine(at * step, WORTH, rate, Margin.ON_SPREAD, Rounding.HALF_EVEN)
        return prices[1]

    limits = range(WORTH // step + 1)
    return bisect_left(limits, price, key=shown) * step, (bisect_right(limits, price, key=shown) - 1) * step


def _buys_honestly(market: Bazaar) -> None:
    while market.goes_on:
        want = market.buy(WORTH)
        first = market.me.candidates(want)[0]
        market.take(market.me, want, first, first.sale)


def _sells_honestly(market: Bazaar) -> None:
    while market.goes_on:
        sale = market.sell(WORTH)
        while market.is_open(sale):
            market.wait_until(_noon_after(market.clock.now()))


def _reads_and_amends(market: Bazaar) -> None:
    """Look at the price at the honest limit, compute the seller's, and amend to that before deciding."""
    while market.goes_on:
        want = market.buy(WORTH)
        first = market.me.candidates(want)[0]
        market.amend(want, market.guess(first))
        market.take(market.me, want, market.me.candidates(want)[0], first.sale)


def _reads_by_a_decoy(market: Bazaar) -> None:
    """Leave an offer standing at the honest limit and never decide by it; buy by others, at what it tells."""
    decoy = market.buy(WORTH)
    while market.goes_on:
        first = market.me.candidates(decoy)[0]
        limit = market.guess(first)
        if market.bounds.open_offers == 1:
            market.me.cancel(decoy)
        want = market.buy(limit)
        market.take(market.me, want, market.me.candidates(want)[0], first.sale)
        if market.bounds.open_offers == 1:
            decoy = market.buy(WORTH)


def _halves_what_buys(market: Bazaar) -> None:
    """Ask, by amending, whether there is a candidate at half of what is left, until one limit is."""
    step = market.bounds.step
    while market.goes_on:
        low, high, at = 0, WORTH // step, WORTH // step
        want = market.buy(WORTH)
        while low < high:
            at = (low + high) // 2
            market.amend(want, at * step)
            low, high = (low, at) if market.me.candidates(want) else (at + 1, high)
        if at != high:
            market.amend(want, high * step)
        [first] = market.me.candidates(want, size=1)
        market.found[first.sale] = high * step
        market.take(market.me, want, first, first.sale)


def _halves_what_sells(market: Bazaar) -> None:
    """The same from the other side: whether there is a candidate buyer, until somebody takes it."""
    step = market.bounds.step
    while market.goes_on:
        low, high, at = WORTH // step, _DEAREST // step, WORTH // step
        before, sale = set(market.prices), market.sell(WORTH)
        while low < high and market.is_open(sale):
            at = (low + high + 1) // 2
            market.amend(sale, at * step)
            if market.is_open(sale):
                has_one = market.me.show(sale).status == "There Is a Candidate Buyer"
                low, high = (at, high) if has_one else (low, at - 1)
        if at != low and market.is_open(sale):
            market.amend(sale, low * step)
        while market.is_open(sale):
            market.wait_until(_noon_after(market.clock.now()))
        [other] = set(market.prices) - before
        market.found[other] = low * step


@frozen
class Attack:
    """A way to pry: who does it, at which rate, and how."""

    words: str
    rate: str
    buys: bool
    act: Callable[[Bazaar], None]


ATTACKS = (
    Attack("A buyer reads one price, and amends", "0.10", True, _reads_and_amends),
    Attack("A buyer reads by a decoy that stays", "0.10", True, _reads_by_a_decoy),
    Attack("A buyer asks again and again, at a rate of one half", "0.5", True, _halves_what_buys),
    Attack("A seller asks again and again", "0.10", False, _halves_what_sells),
)


def _ended(attack: Attack, bounds: Bounds, act: Callable[[Bazaar], None]) -> Bazaar:
    market = Bazaar(bounds, attack.rate, attack.buys)
    try:
        act(market)
    except _Over:
        market.last = _END
    return market


def honest(attack: Attack, bounds: Bounds) -> dict[OfferNumber, int]:
    """Return the price of each deal that an honest member in the attacker's place makes, by the counterpart's offer."""
    return _ended(attack, bounds, _buys_honestly if attack.buys else _sells_honestly).prices


def surplus(attack: Attack, prices: dict[OfferNumber, int]) -> int:
    """Return what deals are worth to a member beyond what was paid or given up for them."""
    return sum(WORTH - price if attack.buys else price - WORTH for price in prices.values())


def tried(attack: Attack, bounds: Bounds) -> Outcome:
    """Let an attacker try, and return what became of it beside what an honest member has in the same market."""
    market, usual = _ended(attack, bounds, attack.act), honest(attack, bounds)
    sign = 1 if attack.buys else -1
    return Outcome(
        len(market.prices),
        sum(abs(market.limits[number] - guess) <= 1 for number, guess in market.found.items()),
        Fraction((market.last - _START) // _ROUND, _DAY // _ROUND),
        tuple(abs(market.truths[number] - guess) for number, guess in market.found.items()),
        tuple(sign * (usual[number] - price) for number, price in market.prices.items()),
        surplus(attack, market.prices),
    )


def _money(units: float) -> str:
    return f"{units / 100:,.2f}"


def _mean(values: tuple[int, ...]) -> str:
    return _money(mean(values)) if values else "–"


def table(attack: Attack) -> list[str]:
    """Return what becomes of an attack under each of the bounds, as the table that the documentation shows."""
    rows = [HEADINGS, ("---",) * len(HEADINGS)]
    for bounds in SETTINGS:
        outcome, usual = tried(attack, bounds), honest(attack, bounds)
        a_day = f"{float(outcome.found / outcome.days):,.2f}"
        learned = str(outcome.found), a_day, _mean(outcome.off)
        saved = str(outcome.deals), _mean(outcome.gained), _money(outcome.surplus), _money(surplus(attack, usual))
        rows.append((bounds.words, *learned, *saved))
    return ["| " + " | ".join(row) + " |" for row in rows]
