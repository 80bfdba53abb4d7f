"""The floor: the least that Python could do for the same market, written without checks.

Facts are plain tuples with the fields of the engine's, books are sorted price levels (price → numbers), everything
else is dictionaries, lists, heaps and integers. Whatever the engine must remember for a command is remembered here
too: the offer, its member's list, the count of open offers, the queue of time limits, the arrivals, who was told, the
lists of unsold and listed sales, deals with charges, ledger entries, the outbox, and a journal row for every change.
Nothing is checked, nothing can be undone, nobody else may write meanwhile, and prices know one margin rule only.
"""

import time
from heapq import heappush
from random import getrandbits
from typing import Any, NamedTuple

from sortedcontainers import SortedDict

from benchmarks.work import CURRENCY

__all__ = ["Floor"]

Fact = tuple[Any, ...]
Levels = SortedDict[int, dict[int, None]]

(NUMBER, BOX, PERSON, CATEGORY, CURRENCY_, NAME, PRICE, LIMIT, TERMS, FACTOR, OFFERED_AT) = range(11)
(ARRIVAL, ARRIVED_AT, DETAILS, FILED, STATE, OUTCOME, DEAL, CHANGES, VERSION, IS_SALE) = range(11, 21)
"""Where the fields of an offer are; a purchase has its requirements where a sale has its details."""

OPEN, AGREED, CLOSED, CANCELLED, PAID, DONE = "open", "agreed", "closed", "cancelled", "paid", "done"
BROKER, OUTSIDE, COMMISSION, SHARE = "broker", "outside", "commission", "seller's share"
UNDECIDED, SETTLED, RECEIVED = "Purchase Undecided", "Transaction Settled", "Paid"
LIFE = 180 * 86_400 * 1_000_000
PAYMENT = 7 * 86_400 * 1_000_000
WHOLE_FACTOR = 1000
NO_DETAILS: Fact = ("", "", "", (), ())


class Book(NamedTuple):
    """The offers of one category that stand in the market, and those whose members were not told of a candidate."""

    sales: Levels
    purchases: Levels
    untold_sales: Levels
    untold_purchases: Levels
    lost: list[tuple[int, int, int]]


def now() -> int:
    """Return the time in microseconds."""
    return time.time_ns() // 1000


def stand(levels: Levels, price: int, number: int) -> None:
    """Put an offer on its price level."""
    level = levels.get(price)
    if level is None:
        levels[price] = {number: None}
    else:
        level[number] = None


def leave(levels: Levels, price: int, number: int) -> None:
    """Take an offer off its price level, if it is there."""
    level = levels.get(price)
    if level is not None and number in level:
        del level[number]
        if not level:
            del levels[price]


def rate(sale: Fact, purchase: Fact) -> tuple[int, int]:
    """Return Ri, the rate of the terms times the lower factor, as a fraction."""
    numerator, denominator = sale[TERMS]
    return numerator * min(sale[FACTOR], purchase[FACTOR]), denominator * WHOLE_FACTOR


def prices(low: int, high: int, numerator: int, denominator: int) -> tuple[int, int]:
    """Return SPdet and BPdet by equations 5 and 6, both rounded half-even."""
    middle, margin, whole = (low + high) * denominator, 2 * (high - low) * numerator, 2 * denominator
    selling = (middle - margin) // whole
    rest = 2 * (middle - margin - selling * whole)
    if rest > whole or (rest == whole and selling & 1):
        selling += 1
    buying = (middle + margin) // whole
    rest = 2 * (middle + margin - buying * whole)
    if rest > whole or (rest == whole and buying & 1):
        buying += 1
    return selling, buying


class Floor:
    """A market without checks. ``at_once`` shows offers as soon as they are accepted; else a round does."""

    def __init__(self, categories: tuple[str, ...], terms: tuple[int, int], at_once: bool) -> None:
        self.terms = terms
        self.at_once = at_once
        self.members: dict[int, Fact] = {}
        self.offers: dict[int, Fact] = {}
        self.of_member: dict[int, dict[int, None]] = {}
        self.open_offers: dict[int, int] = {}
        self.in_flight: dict[int, int] = {}
        self.limits: list[int] = []
        self.waiting: dict[int, int] = {}
        self.seen_deal: dict[int, int] = {}
        self.books = {(category, CURRENCY): _book() for category in categories}
        self.unsold: dict[str, dict[int, None]] = {category: {} for category in categories}
        self.listed: dict[str, dict[int, None]] = {category: {} for category in categories}
        self.unfinished = dict.fromkeys(categories, 0)
        self.journal: list[Fact] = []
        self.deals: dict[int, Fact] = {}
        self.deals_of: dict[int, list[int]] = {}
        self.references: dict[str, int] = {}
        self.deadlines: list[int] = []
        self.entries: list[Fact] = []
        self.balances: dict[Any, int] = {}
        self.outbox: dict[str, Fact] = {}
        self.pending: dict[str, None] = {}
        self.accounts: dict[str, int] = {}
        self.answers: dict[str, bool] = {}
        self.ordered: list[Fact] = []
        self.last_offer = self.last_arrival = self.last_deal = 0

    def join(self, box: int) -> None:
        """Make a member, whose account may be charged."""
        name = f"member {box}"
        self.members[box] = (box, box, name, f"{name}'s address", f"555 {box}", f"account {box}", WHOLE_FACTOR)
        self.of_member[box], self.deals_of[box] = {}, []
        self.open_offers[box] = self.in_flight[box] = 0
        self.accounts[f"account {box}"] = 10**15

    def offer(self, box: int, is_sale: bool, category: str, name: str, price: int, at: int) -> int:
        """Accept one offer; return its number."""
        member = self.members[box]
        self.last_offer = number = self.last_offer + 1
        self.last_arrival = arrival = self.last_arrival + 1
        limit = at + LIFE
        offer: Fact = (
            number, box, member[1], category, CURRENCY, name, price, limit, self.terms if is_sale else None, member[6],
            at, arrival, at, NO_DETAILS if is_sale else None, False, OPEN, None, None, 0, 0, is_sale,
        )  # fmt: skip
        self.offers[number] = offer
        self.of_member[box][number] = None
        self.open_offers[box] += 1
        heappush(self.limits, limit << 40 | number)
        self.unfinished[category] += 1
        if is_sale:
            self.listed[category][number] = None
        self.journal.append((at, box, "offer accepted", offer))
        if self.at_once:
            self.show(offer, at)
        else:
            self.waiting[arrival] = number
        return number

    def offer_one(self, box: int, is_sale: bool, category: str, name: str, price: int) -> int:
        """Accept one offer now; return its number."""
        return self.offer(box, is_sale, category, name, price, now())

    def offer_many(self, box: int, rows: list[tuple[bool, str, str, int]]) -> list[int]:
        """Accept many offers of one member."""
        at = now()
        return [self.offer(box, is_sale, category, name, price, at) for is_sale, category, name, price in rows]

    def round(self) -> int:
        """Show what has arrived; return how much it was."""
        waiting, self.waiting = self.waiting, {}
        at = now()
        for number in waiting.values():
            offer = self.offers[number]
            self.journal.append((at, BROKER, "offer shown", offer))
            self.show(offer, at)
        return len(waiting)

    def show(self, offer: Fact, at: int) -> None:
        """Put an offer into its book, tell those for whom it is the first candidate, and its own member of any."""
        book = self.books[offer[CATEGORY], offer[CURRENCY_]]
        number, price, person, offers = offer[NUMBER], offer[PRICE], offer[PERSON], self.offers
        if offer[IS_SALE]:
            stand(book.sales, price, number)
            self.unsold[offer[CATEGORY]][number] = None
            others, untold, own = book.purchases, book.untold_purchases, book.untold_sales
            overlapping = untold.irange(minimum=price, reverse=True)
            best = others.irange(minimum=price, reverse=True)
        else:
            stand(book.purchases, price, number)
            self.seen_deal[number] = self.last_deal
            others, untold, own = book.sales, book.untold_sales, book.untold_purchases
            overlapping = untold.irange(maximum=price)
            best = others.irange(maximum=price)
        for level in list(overlapping):
            for other in list(untold[level]):
                counterpart = offers[other]
                if counterpart[PERSON] != person and counterpart[LIMIT] > at:
                    leave(untold, level, other)
                    self.journal.append((at, BROKER, "offer told", counterpart))
        for level in best:
            for other in others[level]:
                if offers[other][PERSON] != person and offers[other][LIMIT] > at:
                    self.journal.append((at, BROKER, "offer told", offer))
                    return
        stand(own, price, number)

    def page(self, number: int, size: int) -> tuple[list[Fact], Fact | None]:
        """Return the first candidates of a purchase as its buyer sees them, cheapest first, and where to go on."""
        purchase, at = self.offers[number], now()
        sales, offers = self.books[purchase[CATEGORY], purchase[CURRENCY_]].sales, self.offers
        person, currency, high = purchase[PERSON], purchase[CURRENCY_], purchase[PRICE]
        terms = factor = None
        found: list[Fact] = []
        for price in sales.irange(maximum=high):
            for other in sales[price]:
                sale = offers[other]
                if sale[PERSON] == person or sale[LIMIT] <= at:
                    continue
                if len(found) == size:
                    return found, (number, found[-1][0])
                if sale[TERMS] is not terms or sale[FACTOR] is not factor:
                    terms, factor = sale[TERMS], sale[FACTOR]
                    numerator, denominator = rate(sale, purchase)
                _, buying = prices(price, high, numerator, denominator)
                found.append((other, UNDECIDED, buying, currency, 0, buying, sale[NAME], sale[DETAILS]))
        return found, None

    def box(self, box: int, size: int) -> list[Fact]:
        """Return a member's offers as he or she sees them, purchases with their first candidates and their losses."""
        shown: list[Fact] = []
        for number in self.of_member[box]:
            offer = self.offers[number]
            book = self.books[offer[CATEGORY], offer[CURRENCY_]]
            told = offer[OFFERED_AT], offer[CATEGORY], offer[NAME], offer[PRICE], offer[CURRENCY_], offer[LIMIT]
            if offer[IS_SALE]:
                shown.append((number, *told, bool(book.purchases) and book.purchases.keys()[-1] >= offer[PRICE]))
                continue
            seen, high = self.seen_deal[number], offer[PRICE]
            lost = [sale for deal, price, sale in book.lost if deal > seen and price <= high][:size]
            shown.append((number, *told, self.page(number, size), lost))
        return shown

    def decide(self, purchase_number: int, sale_number: int) -> Fact:
        """Make a deal; return what its buyer sees of it."""
        at = now()
        sale, purchase = self.offers[sale_number], self.offers[purchase_number]
        selling, buying = prices(sale[PRICE], purchase[PRICE], *rate(sale, purchase))
        seller, buyer = self.members[sale[BOX]], self.members[purchase[BOX]]
        self.last_deal = number = self.last_deal + 1
        for offer in (sale, purchase):
            self._leave_book(offer)
            agreed = (*offer[:STATE], AGREED, None, number, offer[CHANGES], offer[VERSION] + 1, offer[IS_SALE])
            self.offers[offer[NUMBER]] = agreed
            self.open_offers[offer[BOX]] -= 1
            self.in_flight[offer[BOX]] += 1
        self.books[sale[CATEGORY], sale[CURRENCY_]].lost.append((number, sale[PRICE], sale_number))
        charges = ((("member", seller[0], None), selling, SHARE), (BROKER, buying - selling, COMMISSION))
        reference, deadline = f"D{number}-{getrandbits(40):010X}", at + PAYMENT
        deal: Fact = (
            number, "market", sale_number, purchase_number, seller[0], buyer[0], sale[CATEGORY], sale[CURRENCY_],
            sale[PRICE], purchase[PRICE], selling, buying, charges, "carrier", seller[0], buyer[0], reference,
            sale[NAME], sale[DETAILS], at, AGREED, deadline, (), (), (), False, (), None, None, None, None, 0,
        )  # fmt: skip
        self.deals[number] = deal
        self.deals_of[seller[0]].append(number)
        self.deals_of[buyer[0]].append(number)
        self.references[reference] = number
        heappush(self.deadlines, deadline << 40 | number)
        self.journal.append((at, buyer[0], "deal agreed", deal))
        return self._seen(deal, SETTLED)

    def decide_and_pay(self, purchase_number: int, sale_number: int) -> Fact:
        """Make a deal and charge its buyer's account: effects, their answers, a ledger entry, a carrier's order."""
        self.decide(purchase_number, sale_number)
        at, number = now(), self.last_deal
        deal = self.deals[number]
        box, units, currency = deal[5], deal[11], deal[7]
        account, charge, order = self.members[box][5], f"charge:{number}:1", f"carrier:{number}"
        deal = self._changed((*deal[:26], (charge,), *deal[27:31], 1), box, at)
        self._send(charge, (account, number, units, currency), at)
        self.accounts[account] -= units
        postings = (("bank", currency, units), (("escrow", number), currency, -units))
        entry = (len(self.entries) + 1, at, number, "payment", postings)
        self.entries.append(entry)
        for name, code, amount in postings:
            self.balances[name, code] = self.balances.get((name, code), 0) + amount
        self.journal.append((at, BROKER, "entry posted", entry))
        payment = (("charge", charge), "account charge", units)
        deal = self._changed((*deal[:22], (payment,), *deal[23:31], 2), OUTSIDE, at)
        deal = self._changed((*deal[:20], PAID, None, *deal[22:27], at, *deal[28:31], 3), OUTSIDE, at)
        task = (number, deal[14], deal[15])
        self._answered(charge, at)
        self._send(order, task, at)
        self.ordered.append((number, self.members[deal[14]][2:5], self.members[deal[15]][2:5]))
        self._answered(order, at)
        return self._seen(deal, RECEIVED)

    def cancel(self, number: int) -> None:
        """Take an offer back."""
        at, offer = now(), self.offers[number]
        box, category = offer[BOX], offer[CATEGORY]
        self.waiting.pop(offer[ARRIVAL], None)
        self._leave_book(offer)
        closed = (
            *offer[:FILED], True, CLOSED, CANCELLED, None, offer[CHANGES], offer[VERSION] + 1, offer[IS_SALE]
        )  # fmt: skip
        self.offers[number] = closed
        del self.of_member[box][number]
        self.open_offers[box] -= 1
        self.unfinished[category] -= 1
        if offer[IS_SALE]:
            del self.listed[category][number]
        self.journal.append((at, box, "offer cancelled", closed))

    def due(self) -> bool:
        """Say whether anything is due."""
        last = now() << 40
        return bool(
            self.waiting
            or self.pending
            or (self.limits and self.limits[0] <= last)
            or (self.deadlines and self.deadlines[0] <= last)
        )

    def _leave_book(self, offer: Fact) -> None:
        book = self.books[offer[CATEGORY], offer[CURRENCY_]]
        if offer[IS_SALE]:
            leave(book.sales, offer[PRICE], offer[NUMBER])
            leave(book.untold_sales, offer[PRICE], offer[NUMBER])
            self.unsold[offer[CATEGORY]].pop(offer[NUMBER], None)
        else:
            leave(book.purchases, offer[PRICE], offer[NUMBER])
            leave(book.untold_purchases, offer[PRICE], offer[NUMBER])
            self.seen_deal.pop(offer[NUMBER], None)

    def _changed(self, deal: Fact, by: int | str, at: int) -> Fact:
        self.deals[deal[0]] = deal
        self.journal.append((at, by, "deal changed", deal))
        return deal

    def _send(self, key: str, task: Fact, at: int) -> None:
        self.outbox[key] = (key, task, at, 0, "pending", "", 0)
        self.pending[key] = None

    def _answered(self, key: str, at: int) -> None:
        self.answers[key] = True
        del self.pending[key]
        self.outbox[key] = effect = (*self.outbox[key][:3], 1, DONE, "", 1)
        self.journal.append((at, OUTSIDE, "effect answered", effect))

    def _seen(self, deal: Fact, status: str) -> Fact:
        return (
            deal[0], deal[3], deal[2], status, deal[6], deal[17], deal[11], 0, deal[11], deal[16], deal[19], deal[21],
            None, None,
        )  # fmt: skip


def _book() -> Book:
    return Book(SortedDict(), SortedDict(), SortedDict(), SortedDict(), [])
