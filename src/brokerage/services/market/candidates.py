"""Reading candidates, cheapest first, out of the ladders; and the sales that a purchase lost (spec B1, B4, X1).

Within a ladder the buying price rises with SPmin (P11), so a page is a merge of the ladders' beginnings and never a
sort or a scan.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import merge

from attrs import frozen

from brokerage.boxes import FAILED, UNDECIDED, CandidateView, candidate_view
from brokerage.errors import InvalidCursor
from brokerage.headings import CANDIDATES
from brokerage.money import Money
from brokerage.pages import Page, PageMarks
from brokerage.policy import Policy
from brokerage.ports import Ladder, Position, Transaction
from brokerage.pricing import buying_prices, determine
from brokerage.records.deals import Charge, Purpose, charged_for
from brokerage.records.numbers import OfferNumber
from brokerage.records.offers import PurchaseOffer, SaleOffer, Standing, is_open
from brokerage.services.market.matching import suits
from brokerage.services.settlement.charging import NO_FEES, FeeTerms
from brokerage.services.tendering.appointments import fee_terms

__all__ = ["Candidate", "Candidates"]

_CURSOR = "candidates"

_Priced = tuple[int, int, int, SaleOffer]
"""A sale after what candidates sort by: buying price, SPmin, number."""

_Fees = Callable[[int], tuple[Money, Money]]
"""Carriage and payment fee of a buying price."""


@frozen
class Candidate:
    """A sale that a purchase could take, priced for this pair in minor units; for the broker's own use."""

    sale: SaleOffer
    selling_price: int
    buying_price: int
    fees: tuple[Charge, ...] = ()

    @property
    def total(self) -> int:
        """What the buyer would pay."""
        return self.buying_price + sum(fee.units for fee in self.fees)


@frozen
class Candidates:
    """Finds and prices candidates."""

    policy: Policy
    marks: PageMarks

    def page(
        self,
        tx: Transaction,
        purchase: PurchaseOffer,
        now: datetime,
        size: int,
        after: str | None = None,
        standing: Standing | None = None,
    ) -> Page[CandidateView]:
        """Return a page of a purchase's candidates by (buying price, SPmin, sale number). O(log n + page).

        ``standing`` says how the purchase stands, where that is known already.

        Raises:
            InvalidCursor: ``after`` is no mark of this list, or the sale it stands on was amended.
        """
        if not is_open(purchase, now) or not (standing or tx.offers.standing(purchase.number)).visible:
            return Page((), headings=CANDIDATES)
        start = None if after is None else self._position(tx, purchase, after)
        fees, is_flat = self._fees(tx, purchase, now)
        carriage, payment_fee = fees(0)
        found: list[CandidateView] = []
        last: SaleOffer | None = None
        passed = 0
        person, requirements = purchase.person, purchase.requirements
        for buying_price, _, _, sale in self._priced(tx, purchase, start):
            if len(found) == size or passed == self.policy.checks_per_page:
                return Page(tuple(found), self._mark(purchase, last), len(found) < size, headings=CANDIDATES)
            if (  # what suits() says of a sale in the book and an open purchase
                sale.person != person
                and (sale.limit is None or now < sale.limit)
                and (requirements is None or requirements.met_by(sale))
            ):
                if not is_flat:
                    carriage, payment_fee = fees(buying_price)
                found.append(candidate_view(sale, UNDECIDED, buying_price, carriage, payment_fee))
            else:
                passed += 1
            last = sale
        return Page(tuple(found), headings=CANDIDATES)

    def one(self, tx: Transaction, purchase: PurchaseOffer, sale: SaleOffer, now: datetime) -> Candidate | None:
        """Return a sale as a candidate of a purchase, ``None`` if it is none now. O(1)."""
        if not (
            sale.category == purchase.category
            and sale.currency == purchase.currency
            and sale.min_price <= purchase.max_price
            and suits(sale, purchase, now)
            and tx.offers.standing(sale.number).visible
            and tx.offers.standing(purchase.number).visible
        ):
            return None
        selling_price, buying_price = self._prices(sale, purchase)
        return Candidate(sale, selling_price, buying_price, self.fee_terms(tx, purchase, now).fees(1, buying_price))

    def of_sale(
        self, tx: Transaction, sale: SaleOffer, now: datetime
    ) -> tuple[list[tuple[PurchaseOffer, Candidate]], bool]:
        """Return the first purchases that a sale is a candidate of, highest limit first, and whether there may be more.

        For the manager (X5).
        """
        found: list[tuple[PurchaseOffer, Candidate]] = []
        if not is_open(sale, now) or not tx.offers.standing(sale.number).visible:
            return found, False
        passed = 0
        for purchase in tx.offers.purchases(sale.category, sale.currency, sale.min_price):
            if len(found) == self.policy.page_size or passed == self.policy.checks_per_page:
                return found, True
            candidate = self.one(tx, purchase, sale, now)
            if candidate is None:
                passed += 1
            else:
                found.append((purchase, candidate))
        return found, False

    def lost(
        self, tx: Transaction, purchase: PurchaseOffer, now: datetime, standing: Standing | None = None
    ) -> tuple[CandidateView, ...]:
        """Return the first sales that a purchase lost since its member looked, up to a page of them (B4).

        ``standing`` is as for :meth:`page`.
        """
        standing = standing or tx.offers.standing(purchase.number)
        if not standing.visible or not is_open(purchase, now):
            return ()
        fees, _ = self._fees(tx, purchase, now)
        found: list[CandidateView] = []
        passed = 0
        for sale in tx.offers.lost_sales(purchase.category, purchase.currency, standing.seen_deal, purchase.max_price):
            seller = tx.members.get(sale.box) or tx.former.get(sale.box)  # as of now: persons may have been joined
            is_own = seller is not None and seller.person == purchase.person
            if not is_own and (purchase.requirements is None or purchase.requirements.met_by(sale)):
                buying_price = self._prices(sale, purchase)[1]
                found.append(candidate_view(sale, FAILED, buying_price, *fees(buying_price)))
            else:
                passed += 1
            if len(found) == self.policy.page_size or passed == self.policy.checks_per_page:
                break
        return tuple(found)

    def fee_terms(self, tx: Transaction, purchase: PurchaseOffer, now: datetime) -> FeeTerms:
        """Return who would carry and settle a purchase, and for what (A6, N6). O(1)."""
        return fee_terms(tx, self.policy, purchase.category, purchase.currency, purchase.box, now)

    def _fees(self, tx: Transaction, purchase: PurchaseOffer, now: datetime) -> tuple[_Fees, bool]:
        """Return carriage and payment fee as a function of the buying price, and whether it is the same for all."""
        terms, currency = self.fee_terms(tx, purchase, now), purchase.currency
        if terms is NO_FEES:
            nothing = Money(0, currency)
            return lambda _price: (nothing, nothing), True

        def fees(price: int) -> tuple[Money, Money]:
            charges = terms.fees(1, price)
            carriage, payment_fee = charged_for(charges, Purpose.CARRIAGE), charged_for(charges, Purpose.PAYMENT_FEE)
            return Money(carriage, currency), Money(payment_fee, currency)

        return fees, terms.is_flat

    def _prices(self, sale: SaleOffer, purchase: PurchaseOffer) -> tuple[int, int]:
        rate = sale.terms.pair_rate(sale.factor, purchase.factor)
        return determine(sale.min_price, purchase.max_price, rate, sale.terms.margin, sale.terms.rounding)

    def _priced(self, tx: Transaction, purchase: PurchaseOffer, start: SaleOffer | None) -> Iterator[_Priced]:
        """Yield the sales behind a sale in the order of candidates, each after what they sort by."""
        point = None if start is None else (self._prices(start, purchase)[1], start.min_price, start.number)
        ladders = [
            self._ladder(tx, ladder, purchase, point)
            for ladder in tx.offers.ladders(purchase.category, purchase.currency)
        ]
        return ladders[0] if len(ladders) == 1 else merge(*ladders)

    def _ladder(
        self, tx: Transaction, ladder: Ladder, purchase: PurchaseOffer, point: tuple[int, int, int] | None
    ) -> Iterator[_Priced]:
        """Yield one ladder's sales with what they sort by, behind a point in that order."""
        terms, highest = ladder.terms, purchase.max_price
        rate = terms.pair_rate(ladder.factor, purchase.factor)
        price = buying_prices(highest, rate, terms.margin, terms.rounding)
        after = None if point is None else _first_behind(price, highest, point)
        for sale in tx.offers.ladder(ladder, highest, after):
            least = sale.min_price
            yield price(least), least, sale.number, sale

    def _mark(self, purchase: PurchaseOffer, last: SaleOffer | None) -> str | None:
        if last is None:
            return None
        return self.marks.write(_CURSOR, purchase.number, last.number, bound=last.changes)

    def _position(self, tx: Transaction, purchase: PurchaseOffer, cursor: str) -> SaleOffer:
        """Return the sale that a mark stands on; one that was amended since stands elsewhere."""

        def changes(position: tuple[int, ...]) -> int:
            sale = tx.offers.get(OfferNumber(position[1]))
            return -1 if sale is None else sale.changes

        number, at = self.marks.read(_CURSOR, cursor, 2, changes)
        sale = tx.offers.get(OfferNumber(at))
        if number != purchase.number or not isinstance(sale, SaleOffer) or sale.min_price > purchase.max_price:
            raise InvalidCursor("after", cursor, "a mark that still stands", "start again from the first page")
        return sale


def _first_behind(price: Callable[[int], int], highest: int, point: tuple[int, int, int]) -> Position:
    """Return the place in a ladder behind which its sales come after a point in the order of candidates.

    The buying price rises with SPmin, so the place is found by halving the range of SPmin: O(log of the highest
    price).
    """
    buying_price, min_price, number = point
    if price(min_price) == buying_price:
        return min_price, number
    low, high = 0, highest + 1
    while low < high:
        middle = (low + high) // 2
        if (price(middle), middle) > (buying_price, min_price):
            high = middle
        else:
            low = middle + 1
    return low, 0
