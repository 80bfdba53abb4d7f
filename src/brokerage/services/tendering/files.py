"""Tenders and contractors as the manager sees them: no bid while it is sealed, all of them with reasons then (N4)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from attrs import frozen

from brokerage.headings.tenders import CONTRACTORS, RANKING, STANDING_TERMS, TENDERS
from brokerage.money import Money
from brokerage.pages import Listing, Page, PageMarks
from brokerage.ports import Transaction
from brokerage.records.categories import category_key
from brokerage.records.contractors import Contractor, Trade
from brokerage.records.numbers import BoxNumber, TenderNumber
from brokerage.records.tenders import Bid, ItemSupply, Place, Tender, TenderState
from brokerage.services.tendering.telling import item_of
from brokerage.services.tendering.tenders import tender_of
from brokerage.tables import Shown, Table
from brokerage.tender_views import what_is_asked

__all__ = ["ContractorRow", "TenderFile", "TenderFiles", "TenderRow", "TermsRow", "tender_row"]

_TENDERS, _CONTRACTORS = "tenders", "contractors"


@frozen(repr=False)
class TenderRow(Shown):
    """A tender without its bids: what the manager sees of a sealed one before they are opened.

    ``tender`` has how often bids were made, amended or withdrawn, and no bid; the ranking is empty before the opening.
    """

    tender: Tender
    what: str
    category: str

    @property
    def number(self) -> TenderNumber:
        """The number of the tender."""
        return self.tender.number

    @property
    def places(self) -> tuple[Place, ...]:
        """The ranking, best first; empty before the opening, and where a call was taken back."""
        return self.tender.places

    @property
    def bids(self) -> tuple[Bid, ...]:
        """None: a row has no bid. What :meth:`TendersOffice.show` returns has them as soon as they may be seen."""
        return ()

    def table(self) -> Table:
        """Return the tender as a table of one row."""
        tender, asked = self.tender, self.tender.asked
        zone = None if isinstance(asked, ItemSupply) else asked.zone
        known = tender.number, tender.state.value, self.what, self.category, zone, tender.called_at, tender.bids_until
        return TENDERS.of([(*known, tender.sealed, tender.judge, tender.bids, tender.outcome)])


@frozen(repr=False)
class TenderFile(Shown):
    """Everything about a tender whose bids may be seen: the bids that stand, and the ranking with its reasons.

    Before the bids are judged they come by arrival and have no place.
    """

    tender: Tender
    what: str
    category: str
    bids: tuple[Bid, ...]

    @property
    def number(self) -> TenderNumber:
        """The number of the tender."""
        return self.tender.number

    @property
    def places(self) -> tuple[Place, ...]:
        """The ranking, best first."""
        return self.tender.places

    def table(self) -> Table:
        """Return the bids as a table with a row for each, best first."""
        number, currency = self.tender.number, self.tender.currency
        made = {bid.number: bid.made_at for bid in self.bids}
        if not self.places:
            first = ((bid, Money(bid.terms.tiers[0].price, currency)) for bid in self.bids)
            blank = None, None, None, None, None
            rows = [(number, None, bid.number, bid.box, None, price, *blank, bid.made_at) for bid, price in first]
            return RANKING.of(rows)
        ranked: list[tuple[object, ...]] = []
        for place in self.places:
            known = number, place.rank, place.bid, place.box, place.state.value, Money(place.price, currency)
            total = Money(place.total, currency)
            why = place.is_low, place.reason, place.remark, made.get(place.bid)
            ranked.append((*known, place.units, total, *why))
        return RANKING.of(ranked)


@frozen(repr=False)
class ContractorRow(Shown):
    """Somebody who is registered to carry or to settle."""

    box: BoxNumber
    trade: Trade
    registered_at: datetime

    def table(self) -> Table:
        """Return the contractor as a table of one row."""
        return CONTRACTORS.of([(self.box, self.trade.value, self.registered_at)])


@frozen(repr=False)
class TermsRow(Shown):
    """What is paid for a service in a category and a zone, to whom, and for how long."""

    trade: Trade
    category: str
    zone: str
    box: BoxNumber
    fixed: Money
    each: Money
    rate: Decimal
    since: datetime
    until: datetime
    tender: TenderNumber

    def table(self) -> Table:
        """Return the terms as a table of one row."""
        known = self.trade.value, self.category, self.zone, self.box, self.fixed, self.each, self.rate
        return STANDING_TERMS.of([(*known, self.since, self.until, self.tender)])


@frozen
class TenderFiles:
    """Shows the manager tenders, contractors and standing terms."""

    marks: PageMarks

    def show(self, tx: Transaction, number: object) -> TenderRow | TenderFile:
        """Return a tender: without bids while they are sealed, with everything then. O(bids).

        Raises:
            UnknownTender: there is none.
        """
        tender = tender_of(tx, number)
        row = tender_row(tx, tender)
        if tender.sealed and not _is_opened(tender):
            return row
        bids = sorted((bid for bid in tx.bids.of_tender(tender.number) if not bid.withdrawn), key=_arrival)
        return TenderFile(tender, row.what, row.category, tuple(bids))

    def page(self, tx: Transaction, size: int, after: str | None) -> Page[TenderRow]:
        """Return a page of all tenders, newest first. O(log n + page)."""
        before = None if after is None else TenderNumber(self.marks.read(_TENDERS, after, 1)[0])
        tenders = tx.tenders.latest(before, size + 1)
        mark = self.marks.write(_TENDERS, tenders[size - 1].number) if len(tenders) > size else None
        rows = tuple(tender_row(tx, tender) for tender in tenders[:size])
        return Page(rows, mark, headings=TENDERS)

    def contractors(self, tx: Transaction, trade: Trade, size: int, after: str | None) -> Page[ContractorRow]:
        """Return a page of the contractors of a trade, by box. O(log n + page)."""
        start = BoxNumber(0 if after is None else self.marks.read(_CONTRACTORS, after, 1)[0])
        found: Sequence[Contractor] = tx.contractors.of_trade(trade, start, size + 1)
        mark = self.marks.write(_CONTRACTORS, found[size - 1].box) if len(found) > size else None
        rows = tuple(ContractorRow(one.box, one.trade, one.registered_at) for one in found[:size])
        return Page(rows, mark, headings=CONTRACTORS)

    def terms(
        self, tx: Transaction, trade: Trade, category: str, zone: str, currency: str, now: datetime
    ) -> Listing[TermsRow]:
        """Return the standing terms of a category and a zone that hold or will, by when they begin. O(1)."""
        kept = tx.standing_terms.get((trade, category_key(category), zone, currency))
        rows = [
            TermsRow(
                trade,
                category,
                zone,
                one.service.box,
                Money(one.service.fixed, currency),
                Money(one.service.each, currency),
                one.service.rate,
                one.since,
                one.until,
                one.tender,
            )
            for one in (() if kept is None else kept.holding(now))
        ]
        return Listing(rows, STANDING_TERMS)


def _arrival(bid: Bid) -> int:
    return bid.arrival


def _is_opened(tender: Tender) -> bool:
    """Whether the time for bids came before the tender ended: of a call that was taken back no bid is ever opened."""
    return tender.state not in (TenderState.CALLED, TenderState.WITHDRAWN)


def tender_row(tx: Transaction, tender: Tender) -> TenderRow:
    """Show a tender to the manager without its bids."""
    asked, item = tender.asked, item_of(tx, tender)
    category = asked.category if not isinstance(asked, ItemSupply) else "" if item is None else item.category
    return TenderRow(tender, what_is_asked(asked, item), category)
