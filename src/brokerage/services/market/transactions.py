"""The intermediary transaction file: what the manager sees of every sale, and no member (spec X5, TABLE II)."""

from datetime import datetime
from itertools import islice

from attrs import frozen

from brokerage.boxes import sale_status
from brokerage.headings import TRANSACTIONS
from brokerage.money import Money
from brokerage.pages import PageMarks
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.categories import Category
from brokerage.records.numbers import Arrival, BoxNumber, OfferNumber
from brokerage.records.offers import OfferState, SaleOffer, is_open
from brokerage.services.market.candidates import Candidates
from brokerage.services.market.matching import has_candidate
from brokerage.tables import Shown, Table, joined

__all__ = ["CandidateRow", "TransactionFile", "TransactionPage", "TransactionRow"]

_CURSOR = "transactions"
_ENTERED = ("not entered yet", "entered")


@frozen
class CandidateRow:
    """A purchase of which a sale is a candidate: whose it is, both prices, and whether its box shows the sale."""

    purchase: OfferNumber
    buyer: BoxNumber
    selling_price: Money
    buying_price: Money
    in_box: bool


@frozen(repr=False)
class TransactionRow(Shown):
    """A sale in the transaction file.

    ``may_be_more``: it has more candidates than these.

    ``last_arrival`` is the last arrival that was compared with it, 0 before its first round.
    """

    sale: OfferNumber
    seller: BoxNumber
    status: str
    last_arrival: Arrival
    candidates: tuple[CandidateRow, ...]
    may_be_more: bool = False

    def table(self) -> Table:
        """Return the sale as a table, one line a candidate, and one line if there is none."""
        head = self.sale, self.seller, self.status, self.last_arrival
        return TRANSACTIONS.of(
            [(*head, c.purchase, c.buyer, c.selling_price, c.buying_price, _ENTERED[c.in_box]) for c in self.candidates]
            or [(*head, None, None, None, None, None)]
        )


@frozen(repr=False)
class TransactionPage(Shown):
    """One page of the transaction file. ``next`` is the mark of the page that follows."""

    rows: tuple[TransactionRow, ...]
    next: str | None = None

    def table(self) -> Table:
        """Return the page as a table, one line a candidate."""
        return joined(TRANSACTIONS, (row.table() for row in self.rows))

    def __repr__(self) -> str:
        return repr(self.table())


@frozen
class TransactionFile:
    """Reads the transaction file by pages; every candidate in it is computed, none is stored."""

    policy: Policy
    marks: PageMarks
    candidates: Candidates

    def page(self, tx: Transaction, category: Category, now: datetime, size: int, after: str | None) -> TransactionPage:
        """Return a page of a category's sales by number, each with its first candidates. O(page × (log n + page))."""
        start = OfferNumber(0 if after is None else self.marks.read(_CURSOR, after, 1)[0])
        sales = list(islice(tx.offers.listed_sales(category.code, start), size + 1))
        looked_at = self._last_arrival(tx)
        rows = tuple(self._row(tx, sale, looked_at, now) for sale in sales[:size] if self._is_shown(sale, now))
        return TransactionPage(rows, self.marks.write(_CURSOR, sales[size - 1].number) if len(sales) > size else None)

    def _is_shown(self, sale: SaleOffer, now: datetime) -> bool:
        return sale.state is not OfferState.OPEN or is_open(sale, now)

    def _last_arrival(self, tx: Transaction) -> int:
        """Every arrival before the first that waits has been looked at."""
        waiting = tx.offers.waiting(1)
        return waiting[0].arrival - 1 if waiting else tx.numbers.last(Series.ARRIVAL)

    def _row(self, tx: Transaction, sale: SaleOffer, looked_at: int, now: datetime) -> TransactionRow:
        deal = None if sale.deal is None else tx.deals.get(sale.deal)
        if deal is None:
            is_visible = tx.offers.standing(sale.number).visible
            status = sale_status(None, has_candidate(tx, sale, now, self.policy))
            pairs, more = self.candidates.of_sale(tx, sale, now)
            rows = tuple(
                CandidateRow(
                    purchase.number,
                    purchase.box,
                    Money(candidate.selling_price, sale.currency),
                    Money(candidate.buying_price, sale.currency),
                    tx.offers.standing(purchase.number).visible,
                )
                for purchase, candidate in pairs
            )
            return TransactionRow(sale.number, sale.box, status, Arrival(looked_at if is_visible else 0), rows, more)
        prices = Money(deal.selling_price, deal.currency), Money(deal.buying_price, deal.currency)
        decided = (CandidateRow(deal.purchase, deal.buyer, *prices, True),)
        return TransactionRow(sale.number, sale.box, sale_status(deal, False), Arrival(looked_at), decided)
