"""The manager's tenders: calling, taking back, and the ranking with its reasons once bids are opened (spec N3–N7)."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from brokerage.errors import UnknownItem
from brokerage.house import House
from brokerage.money import Amount
from brokerage.pages import Page
from brokerage.ports import Transaction
from brokerage.records.contractors import EVERYWHERE, Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, TenderNumber
from brokerage.records.tenders import Asked, ItemSupply, Tender
from brokerage.services.inputs import page_size, whole_number
from brokerage.services.market.requests import kept_items
from brokerage.services.tendering.files import TenderFile, TenderRow, tender_row

__all__ = ["TendersOffice"]


class TendersOffice:
    """Where the manager calls for bids; get it as the office's ``tenders``."""

    def __init__(self, house: House) -> None:
        self._house = house

    def call_supply(
        self,
        item: ItemNumber,
        *,
        bids_until: datetime,
        invited: Iterable[BoxNumber] | None = None,
        sealed: bool = True,
        judge: str = "lowest price",
        answer: timedelta | None = None,
        request_id: str | None = None,
    ) -> TenderRow:
        """Call sellers to bid for what is reserved of an item (spec N3).

        Args:
            item: which item, one that is not yet on the market.
            bids_until: the instant from which on nobody bids any more; aware, later than now, at most the policy's
                longest life away.
            invited: the boxes that may bid, at most 1,000, the policy's largest page; ``None``: every member.
            sealed: whether the manager, too, sees no bid before then.
            judge: the name of one of the policy's judges.
            answer: how long each who is asked has to accept the broker's terms; ``None``: the policy's
                ``tender_answer``.
            request_id: repeated with the same arguments it returns the same tender again (spec S5).

        Raises:
            UnknownItem: there is no such item.
            ItemNotOpen: it is on the market, or was withdrawn.
            InvalidTime: ``bids_until`` is no instant, past, or too far away.
            InvalidChoice: another argument is none of what it can be.
            LimitReached: too many are invited.
            UnknownMember: nobody has one of the boxes.
            RequestReused: the request id came before with other arguments.
        """
        found = whole_number(item)
        if found is None:
            raise UnknownItem(item)
        wait = self._house.policy.tender_answer if answer is None else answer
        supply = ItemSupply(ItemNumber(found))
        return self._call(lambda _tx: supply, bids_until, invited, sealed, judge, wait, request_id)

    def call_service(
        self,
        trade: Trade,
        category: str,
        *,
        currency: str,
        until: datetime,
        amount: Amount,
        bids_until: datetime,
        zone: str = EVERYWHERE,
        since: datetime | None = None,
        invited: Iterable[BoxNumber] | None = None,
        sealed: bool = True,
        judge: str = "lowest total",
        answer: timedelta | None = None,
        request_id: str | None = None,
    ) -> TenderRow:
        """Call carriers or payment providers to bid for standing terms (spec N6).

        The terms hold for every deal of the blind market in a category that is delivered in a zone, so that a buyer
        sees the fee beside the price. They take the place of those that stand, from ``since`` on.

        Args:
            trade: ``Trade.CARRIER`` or ``Trade.PROVIDER``.
            category: the code of an open category.
            currency: an ISO 4217 code.
            until: when the terms end, an aware time.
            amount: the price of a usual deal of one unit, on which fees are compared: text such as ``"100.00"``, a
                Decimal, or minor units.
            bids_until: as for :meth:`call_supply`.
            zone: one of those that the policy's ``zoning`` gives; left out: everywhere, where it tells none apart.
            since: when the terms begin, or at the award if that comes later; ``None``: at the award.
            invited: the boxes that may bid, all registered; ``None``: everybody who is registered.
            sealed: as for :meth:`call_supply`.
            judge: as for :meth:`call_supply`.
            answer: how long each who is asked has to accept; ``None``: bids bind, and the best is appointed at once.
            request_id: as for :meth:`call_supply`.

        Raises:
            InvalidChoice: the trade is neither, or another argument is none of what it can be.
            UnknownCategory: no open category has that code.
            InvalidInput: a text, a time, the currency or the amount is not acceptable.
            LimitReached: too many are invited.
            UnknownMember: nobody has one of the boxes.
            NotRegistered: one of the boxes is not registered for the trade.
            RequestReused: the request id came before with other arguments.
        """
        services, times = self._house.standing_services, (bids_until, since, until)

        def asked(tx: Transaction) -> Asked:
            return services.asked(tx, trade, category, zone, currency, times, amount)

        return self._call(asked, bids_until, invited, sealed, judge, answer, request_id)

    def take_back(self, number: TenderNumber) -> TenderRow:
        """Take a call back while bids can be made; bidders are told, and of a sealed call no bid is ever opened.

        Raises:
            UnknownTender: there is no such tender.
            TenderNotOpen: the time for bids is over, or the call was taken back before.
        """
        house = self._house
        return self._row(
            house.after_due(
                lambda tx, now: house.timely.of_tender(tx, number, now),
                lambda tx, now: house.tenders.take_back(tx, number, now),
            )
        )

    def show(self, number: TenderNumber) -> TenderRow | TenderFile:
        """Return a tender: everything with reasons once its bids are opened, and no bid while they are sealed.

        What its deadline asks for is done before. ``places`` and ``bids`` can be read in either case: they are empty
        while nothing may be shown.

        Raises:
            UnknownTender: there is no such tender.
        """
        house = self._house
        return house.after_due(
            lambda tx, now: house.timely.of_tender(tx, number, now),
            lambda tx, _now: house.tender_files.show(tx, number),
        )

    def page(self, *, size: int | None = None, after: str | None = None) -> Page[TenderRow]:
        """Return a page of all tenders, newest first.

        Args:
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.tender_files.page(tx, length, after))

    def _call(
        self,
        asked: Callable[[Transaction], Asked],
        bids_until: datetime,
        invited: Iterable[BoxNumber] | None,
        sealed: bool,
        judge: str,
        answer: timedelta | None,
        request_id: str | None,
    ) -> TenderRow:
        house, now, chosen = self._house, self._house.clock.now(), kept_items(invited)

        def work(tx: Transaction) -> Tender:
            return house.tenders.call(
                tx,
                asked(tx),
                bids_until,
                now,
                invited=chosen,
                sealed=sealed,
                judge=judge,
                answer=answer,
                request_id=request_id,
            )

        return self._row(house.commit(work))

    def _row(self, tender: Tender) -> TenderRow:
        return self._house.store.read(lambda tx: tender_row(tx, tender))
