"""What bidders are mailed: calls, in batches by housekeeping; the question; what became of a bid (spec N4, N6, V3)."""

from datetime import datetime

from attrs import frozen

from brokerage.mails import (
    appointed,
    appointment_fallen,
    bid_decided,
    bid_selected,
    call_made,
    call_taken_back,
    service_selected,
)
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.contractors import Trade
from brokerage.records.items import Item
from brokerage.records.numbers import BoxNumber, OrderNumber
from brokerage.records.tenders import ItemSupply, PlaceState, Tender, TenderState
from brokerage.records.watches import Topic
from brokerage.services.effects import send
from brokerage.tender_views import appointment_of, appointment_view, bid_view, call_view, question_view

__all__ = ["Telling", "item_of"]

_BATCH = 200


def item_of(tx: Transaction, tender: Tender) -> Item | None:
    """Return the item whose supply a tender asks for, ``None`` where it asks for something else."""
    return tx.items.get(tender.asked.item) if isinstance(tender.asked, ItemSupply) else None


@frozen
class Telling:
    """Mails bidders what they may see, each time made from a view."""

    policy: Policy

    def due(self, tx: Transaction) -> datetime | None:
        """Return since when a call waits to be mailed."""
        first = tx.tenders.to_mail(1)
        return first[0].called_at if first else None

    def mail_calls(self, tx: Transaction, now: datetime) -> int:
        """Mail the first call that waits for it to the next few who may bid.

        It goes to whoever is invited; else to the carriers or payment providers that are registered, or to the members
        who asked for news of demand in the item's category. Calls whose time is over are not mailed any more.

        Returns:
            How many were looked at, at least 1 where a call waited. O(batch).
        """
        first = tx.tenders.to_mail(1)
        if not first:
            return 0
        tender = first[0]
        is_open = tender.state is TenderState.CALLED and now < tender.bids_until
        boxes = self._next(tx, tender) if is_open else []
        view = call_view(tender, item_of(tx, tender), now)
        for box in boxes:
            member = tx.members.get(box)
            if member is not None:
                send(tx, f"mail:call:{tender.number}:{box}", call_made(member, view), now)
        mailed = boxes[-1] if boxes else tender.mailed
        tx.tenders.replace(tender, tender.changed(mailed=mailed, mailing=len(boxes) == _BATCH))
        return max(1, len(boxes))

    def selected(self, tx: Transaction, tender: Tender, now: datetime) -> None:
        """Send the broker's terms to the bidder who is asked."""
        place = tender.question
        assert place is not None
        assert tender.deadline is not None
        member = tx.members.get(place.box)
        if member is not None:
            view = question_view(tender, place, tender.deadline, item_of(tx, tender), self.policy.rounding)
            bid, asked = tx.bids.get(place.bid), tender.asked
            if isinstance(asked, ItemSupply) or bid is None:
                mail = bid_selected(member, view)
            else:
                mail = service_selected(member, view, appointment_view(tender, asked, bid))
            send(tx, f"mail:question:{place.bid}", mail, now)

    def ended(self, tx: Transaction, tender: Tender, now: datetime) -> None:
        """Tell every bidder what became of his or her bid, and nothing of others'. O(bids)."""
        item = item_of(tx, tender)
        for bid in tx.bids.of_tender(tender.number):
            member = None if bid.withdrawn else tx.members.get(bid.box)
            if member is None:
                continue
            view, appointment = bid_view(bid, tender, item), appointment_of(tender, bid)
            if tender.state is TenderState.WITHDRAWN:
                mail = call_taken_back(member, view)
            else:
                mail = bid_decided(member, view) if appointment is None else appointed(member, view, appointment)
            send(tx, f"mail:bid:{bid.number}", mail, now)

    def fallen(self, tx: Transaction, order: OrderNumber, now: datetime) -> None:
        """Tell whoever was appointed to carry or to settle an order that it has fallen. O(bids on it accepted)."""
        for tender in tx.tenders.of_order(order):
            for place in tender.places:
                member = tx.members.get(place.box) if place.state is PlaceState.ACCEPTED else None
                bid = tx.bids.get(place.bid)
                if member is not None and bid is not None:
                    mail = appointment_fallen(member, bid_view(bid, tender, None))
                    send(tx, f"mail:order fallen:{place.bid}", mail, now)

    def _next(self, tx: Transaction, tender: Tender) -> list[BoxNumber]:
        """Return the next boxes to which a call goes."""
        if tender.invited:
            return [box for box in tender.invited if box > tender.mailed][:_BATCH]
        if tender.trade is not Trade.SELLER:
            found = tx.contractors.of_trade(tender.trade, tender.mailed, _BATCH)
            return [contractor.box for contractor in found]
        item = item_of(tx, tender)
        if item is None:
            return []
        return [watch.box for watch in tx.watches.watching(Topic.DEMAND, item.category, tender.mailed, _BATCH)]
