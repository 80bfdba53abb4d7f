"""The engine, through its public names alone, and the floor: one way to give both the same work.

What is timed is what each method returns. Offers one by one begin with plain values; in bulk, making the requests is
timed apart from accepting them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from attrs import evolve

from benchmarks.floor import Floor
from benchmarks.work import CATEGORIES, CURRENCY, RATE, Offered
from brokerage import (
    AccountCharge,
    BankTransfer,
    Brokerage,
    Buy,
    Immediate,
    ManualClock,
    MemberDesk,
    OfferNumber,
    Periodic,
    Policy,
    Sell,
)
from brokerage.adapters.memory import PretendAccounts, pretend_gateways

__all__ = ["EngineMarket", "FloorMarket", "Market", "Pair", "Timed"]

_START = datetime(2026, 1, 5, tzinfo=UTC)

Timed = Callable[[], object]
"""What is timed: everything before it was made is not."""

Pair = tuple[int, int, int, int]
"""A decision: the buyer's box, the purchase, the sale, and the price seen."""


class Market(Protocol):
    """A market that can be measured. Offers are numbered from 1 in the order in which they are given."""

    def join(self, members: int) -> None:
        """Make members with the boxes 1, 2, …"""

    def bulk(self, calls: Sequence[Sequence[Offered]]) -> Callable[[], Timed]:
        """Make the requests of each call, all of one member's; what that returns accepts them in one go."""

    def singles(self, rows: Sequence[Offered]) -> Timed:
        """Accept offers one by one."""

    def round(self) -> int:
        """Run a round; return how many arrivals it took."""

    def pages(self, purchases: Sequence[tuple[int, int]]) -> Timed:
        """Read the first page of ten candidates of each purchase, given as (box, number)."""

    def boxes(self, boxes: Sequence[int]) -> Timed:
        """Read whole boxes."""

    def candidates(self, box: int, purchase: int, size: int) -> list[tuple[int, int]]:
        """Return the first candidates of a purchase as (sale, price)."""

    def decisions(self, pairs: Sequence[Pair], from_account: bool) -> Timed:
        """Decide, to pay by bank transfer or at once from the buyer's account."""

    def cancels(self, offers: Sequence[tuple[int, int]]) -> Timed:
        """Take offers back, given as (box, number)."""

    def idle(self) -> object:
        """Do what is due when nothing is."""


class EngineMarket:
    """The engine with all its defaults: store in memory, the system's clock and chance, pretend gateways.

    Args:
        at_once: match immediately; else the default policy.
        pause: how long whoever cancelled waits; with one the clock stands still until it is set, and ended deals stay
            in the boxes.
    """

    def __init__(self, at_once: bool, pause: timedelta | None = None) -> None:
        self._accounts = PretendAccounts()
        policy = Policy(matching=Immediate() if at_once else Periodic())
        self.clock, clock = ManualClock(_START), None
        if pause is not None:
            policy, clock = evolve(policy, probing_pause=pause, filed_after=None), self.clock
        self.broker = Brokerage(policy, clock=clock, gateways=pretend_gateways(charger=self._accounts))
        for category in CATEGORIES:
            self.broker.office.add_category(category, rate=RATE)
        self._desks: list[MemberDesk] = []

    def join(self, members: int) -> None:
        """Register members."""
        for box in range(1, members + 1):
            desk = self.broker.register(
                name=f"member {box}",
                address=f"member {box}'s address",
                telephone=f"555 {box}",
                email=f"{box}@member.example",
                bank_account=f"account {box}",
            )
            self._desks.append(desk)

    def bulk(self, calls: Sequence[Sequence[Offered]]) -> Callable[[], Timed]:
        """Make many offers in each call."""
        desks = self._desks

        def make() -> Timed:
            given = [(desks[rows[0].box - 1], [_request(row) for row in rows]) for rows in calls]

            def run() -> None:
                for desk, rows in given:
                    desk.offer_many(rows)

            return run

        return make

    def singles(self, rows: Sequence[Offered]) -> Timed:
        """Sell and buy."""
        given = [(self._desks[row.box - 1], row.is_sale, row.category, row.name, row.price) for row in rows]

        def run() -> None:
            for desk, is_sale, category, name, price in given:
                if is_sale:
                    desk.sell(category, name, min_price=price, currency=CURRENCY)
                else:
                    desk.buy(category, max_price=price, currency=CURRENCY, name=name)

        return run

    def round(self) -> int:
        """Run a round."""
        return self.broker.match()

    def pages(self, purchases: Sequence[tuple[int, int]]) -> Timed:
        """Read pages."""
        given = [(self._desks[box - 1], OfferNumber(number)) for box, number in purchases]

        def run() -> None:
            for desk, number in given:
                desk.candidates(number)

        return run

    def boxes(self, boxes: Sequence[int]) -> Timed:
        """Read boxes."""
        desks = [self._desks[box - 1] for box in boxes]

        def run() -> None:
            for desk in desks:
                desk.box()

        return run

    def sell_until(self, rows: Sequence[Offered], wait: timedelta) -> None:
        """Make offers of both sides that expire after a time."""
        limit = self.clock.now() + wait
        for row in rows:
            self._desks[row.box - 1].offer(evolve(_request(row), limit=limit))

    def try_out(self, boxes: Iterable[int], category: str) -> None:
        """Let members each make an offer and cancel it."""
        for box in boxes:
            desk = self._desks[box - 1]
            desk.cancel(desk.buy(category, max_price=1, currency=CURRENCY))

    def candidates(self, box: int, purchase: int, size: int) -> list[tuple[int, int]]:
        """Read one page."""
        page = self._desks[box - 1].candidates(OfferNumber(purchase), size=size)
        return [(view.sale, view.price.units) for view in page]

    def decisions(self, pairs: Sequence[Pair], from_account: bool) -> Timed:
        """Decide; a buyer who pays from an account lets the broker charge it before."""
        pay_by = AccountCharge() if from_account else BankTransfer()
        for box in {pair[0] for pair in pairs if from_account}:
            self._desks[box - 1].account.allow_charging(f"account {box}")
            self._accounts.accounts[f"account {box}"] = 10**15
        given = [(self._desks[box - 1], OfferNumber(buy), OfferNumber(sale), price) for box, buy, sale, price in pairs]

        def run() -> None:
            for desk, purchase, sale, price in given:
                desk.decide(purchase, sale, price=price, pay_by=pay_by)

        return run

    def cancels(self, offers: Sequence[tuple[int, int]]) -> Timed:
        """Cancel."""
        given = [(self._desks[box - 1], OfferNumber(number)) for box, number in offers]

        def run() -> None:
            for desk, number in given:
                desk.cancel(number)

        return run

    def idle(self) -> object:
        """Run what is due."""
        return self.broker.run_due()


class FloorMarket:
    """The floor.

    Args:
        at_once: show offers as soon as they are accepted; else a round does.
    """

    def __init__(self, at_once: bool) -> None:
        self.floor = Floor(CATEGORIES, Decimal(RATE).as_integer_ratio(), at_once)

    def join(self, members: int) -> None:
        """Make members."""
        for box in range(1, members + 1):
            self.floor.join(box)

    def bulk(self, calls: Sequence[Sequence[Offered]]) -> Callable[[], Timed]:
        """Make many offers in each call."""
        accept = self.floor.offer_many

        def make() -> Timed:
            given = [
                (rows[0].box, [(row.is_sale, row.category, row.name, row.price) for row in rows]) for rows in calls
            ]

            def run() -> None:
                for box, rows in given:
                    accept(box, rows)

            return run

        return make

    def singles(self, rows: Sequence[Offered]) -> Timed:
        """Make one offer in each call."""
        given = [(row.box, row.is_sale, row.category, row.name, row.price) for row in rows]
        accept = self.floor.offer_one

        def run() -> None:
            for row in given:
                accept(*row)

        return run

    def round(self) -> int:
        """Run a round."""
        return self.floor.round()

    def pages(self, purchases: Sequence[tuple[int, int]]) -> Timed:
        """Read pages."""
        given, page = [number for _, number in purchases], self.floor.page

        def run() -> None:
            for number in given:
                page(number, 10)

        return run

    def boxes(self, boxes: Sequence[int]) -> Timed:
        """Read boxes."""
        read = self.floor.box

        def run() -> None:
            for box in boxes:
                read(box, 10)

        return run

    def candidates(self, box: int, purchase: int, size: int) -> list[tuple[int, int]]:
        """Read one page."""
        return [(view[0], view[2]) for view in self.floor.page(purchase, size)[0]]

    def decisions(self, pairs: Sequence[Pair], from_account: bool) -> Timed:
        """Decide."""
        given = [(purchase, sale) for _, purchase, sale, _ in pairs]
        decide = self.floor.decide_and_pay if from_account else self.floor.decide

        def run() -> None:
            for purchase, sale in given:
                decide(purchase, sale)

        return run

    def cancels(self, offers: Sequence[tuple[int, int]]) -> Timed:
        """Cancel."""
        given, cancel = [number for _, number in offers], self.floor.cancel

        def run() -> None:
            for number in given:
                cancel(number)

        return run

    def idle(self) -> object:
        """Look whether anything is due."""
        return self.floor.due()


def _request(row: Offered) -> Sell | Buy:
    if row.is_sale:
        return Sell(category=row.category, name=row.name, min_price=row.price, currency=CURRENCY)
    return Buy(category=row.category, max_price=row.price, currency=CURRENCY, name=row.name)
