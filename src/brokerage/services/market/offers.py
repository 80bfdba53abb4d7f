"""Amending, cancelling and ending offers (spec O5, O8, T1, T2, A4)."""

from datetime import datetime
from typing import Any

from attrs import frozen

from brokerage.boxes import purchase_view, sale_view
from brokerage.errors import (
    InvalidChoice,
    NotCancelable,
    NotOpen,
    UnknownMember,
    UnknownOffer,
)
from brokerage.mails import offer_expired
from brokerage.money import Amount
from brokerage.pages import Page
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.deals import Deal, DealState
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.members import Member
from brokerage.records.numbers import Arrival, BoxNumber, OfferNumber
from brokerage.records.offers import (
    Offer,
    OfferState,
    Outcome,
    PurchaseOffer,
    SaleOffer,
    amend,
    cancel,
    close,
    expire,
    file_away,
    is_open,
    reopen,
)
from brokerage.services.effects import send
from brokerage.services.inputs import whole_number
from brokerage.services.market.matching import Matching
from brokerage.services.market.probing import check_pause, hold_pause, price_on_grid
from brokerage.services.market.requests import Buy, Sell, checked_details, checked_limit, checked_requirements

__all__ = ["Offers", "check_member", "own_offer"]

_EMPTY: Page[Any] = Page(())
_OUTCOMES = {DealState.COMPLETED: Outcome.COMPLETED, DealState.CANCELLED: Outcome.CANCELLED}


def check_member(tx: Transaction, box: BoxNumber) -> None:
    """Refuse whoever has left, with :class:`UnknownMember`: a desk may be older than that."""
    if tx.members.get(box) is None:
        raise UnknownMember(box)


def own_offer(tx: Transaction, box: BoxNumber, number: object) -> Offer:
    """Return a member's offer; a foreign one and one that does not exist are the same :class:`UnknownOffer`."""
    check_member(tx, box)
    found = whole_number(number)
    offer = None if found is None else tx.offers.get(OfferNumber(found))
    if offer is None or offer.box != box:
        raise UnknownOffer(number)
    return offer


@frozen
class Offers:
    """Changes offers, and takes them out of the market."""

    policy: Policy
    matching: Matching

    def cancel(self, tx: Transaction, box: BoxNumber, number: OfferNumber, now: datetime) -> None:
        """Take a member's offer back (O5), which is always free and may begin a pause (B7). O(log n).

        Raises:
            UnknownOffer: the member has no such offer.
            NotCancelable: it has a deal, has ended, or is past its time limit.
        """
        offer = own_offer(tx, box, number)
        if not is_open(offer, now):
            raise NotCancelable(number)
        self._cancel(tx, offer, box, now)

    def leave(self, tx: Transaction, box: BoxNumber, by: BoxNumber | Role, now: datetime) -> None:
        """Take everything of a member without deals in flight out of the market and the box (M3). O(own offers)."""
        for offer in tx.offers.of_member(box):
            if offer.state is OfferState.CLOSED:
                self.file(tx, offer, by, now)
            elif is_open(offer, now):
                self._cancel(tx, offer, by, now)
            else:
                self.expire(tx, offer, now)

    def amend(
        self,
        tx: Transaction,
        box: BoxNumber,
        number: OfferNumber,
        price: Amount | None,
        request: dict[str, Any],
        now: datetime,
    ) -> None:
        """Change the price, the time limit, the description or the requirements of an open offer (O8). O(log n).

        Args:
            tx: the unit of work.
            box: whose offer.
            number: which.
            price: the new SPmin or BPmax, ``None`` to keep it.
            request: new values by name: ``limit``, and of a sale its description, age, model, photographs and
                attributes, of a purchase its attributes and words. A purchase's requirements are replaced together.
            now: the present instant.

        Raises:
            UnknownOffer: the member has no such offer.
            NotOpen: it is not open any more.
            TooSoon: the person has to wait before amending in that category again.
            InvalidInput: a value is not acceptable, or names something that this offer does not have.
        """
        offer = own_offer(tx, box, number)
        if not is_open(offer, now):
            raise NotOpen(number)
        if self.policy.probing_pause is not None:
            check_pause(tx, offer.person, offer.category, now)
        changes = self._changes(offer, price, dict(request), now)
        self.matching.hold(tx, offer)
        new = amend(offer, Arrival(tx.numbers.next(Series.ARRIVAL)), now, **changes)
        tx.offers.replace(offer, new)
        tx.journal.append(Event(now, box, EventKind.OFFER_AMENDED, new))
        hold_pause(tx, self.policy, offer.person, offer.category, now)
        self.matching.arrive(tx, new, now)

    def expire(self, tx: Transaction, offer: Offer, now: datetime) -> None:
        """End an offer whose time limit has come, and tell its member (T1)."""
        new = expire(offer)
        self._closed(tx, offer)
        tx.offers.replace(offer, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_EXPIRED, new))
        member = self._member(tx, offer.box)
        view = sale_view(offer, None, False) if isinstance(offer, SaleOffer) else purchase_view(offer, None, _EMPTY, ())
        send(tx, f"mail:expired:{offer.number}", offer_expired(member, view), now)

    def lapsed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Open the sale of a lapsed deal again, and close its purchase as failed (A4)."""
        sale, purchase = tx.offers.get(deal.sale), tx.offers.get(deal.purchase)
        assert isinstance(sale, SaleOffer)
        assert isinstance(purchase, PurchaseOffer)
        activity = tx.activities.get(sale.box)
        if activity is not None:
            tx.activities.replace(activity, activity.changed(open_offers=1))
        self.matching.hold(tx, sale)
        new = reopen(sale, Arrival(tx.numbers.next(Series.ARRIVAL)), now)
        tx.offers.replace(sale, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_REOPENED, new))
        self._close(tx, purchase, Outcome.FAILED, now)
        self.matching.arrive(tx, new, now)

    def ended(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Close both offers of a deal that has ended otherwise than by a lapse."""
        outcome = _OUTCOMES.get(deal.state, Outcome.FAILED)
        for number in (deal.sale, deal.purchase):
            offer = tx.offers.get(number)
            assert offer is not None
            self._close(tx, offer, outcome, now)

    def filed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Take both offers of a deal that ended long ago out of the boxes (T2)."""
        for number in (deal.sale, deal.purchase):
            offer = tx.offers.get(number)
            if offer is not None and offer.deal == deal.number:
                self.file(tx, offer, Role.BROKER, now)

    def file(self, tx: Transaction, offer: Offer, by: BoxNumber | Role, now: datetime) -> None:
        """Take a closed offer out of its member's box."""
        if not offer.filed:
            new = file_away(offer)
            tx.offers.replace(offer, new)
            tx.journal.append(Event(now, by, EventKind.OFFER_FILED, new))

    def _member(self, tx: Transaction, box: BoxNumber) -> Member:
        member = tx.members.get(box)
        if member is None:
            raise UnknownMember(box)
        return member

    def _changes(self, offer: Offer, price: Amount | None, request: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Check what is to be changed, and return it as changes of the offer's fields."""
        changes: dict[str, Any] = {}
        if "limit" in request:
            changes["limit"] = checked_limit(request.pop("limit"), now, self.policy)
        if isinstance(offer, SaleOffer):
            if price is not None:
                changes["min_price"] = price_on_grid(price, offer.currency, "price", self.policy.price_grid)
            told = offer.details
            kept: dict[str, Any] = {"description": told.description, "age": told.age, "model": told.model}
            kept |= {"photographs": told.photographs, "attributes": dict(told.attributes)}
            if request:
                self._known(request, kept)
                sell = Sell(category="", name="", min_price=0, currency="", **{**kept, **request})
                changes["details"] = checked_details(sell, self.policy)
        else:
            if price is not None:
                changes["max_price"] = price_on_grid(price, offer.currency, "price", self.policy.price_grid)
            if request:
                self._known(request, {"attributes": (), "words": ()})
                buy = Buy(category="", max_price=0, currency="", **request)
                changes["requirements"] = checked_requirements(buy, self.policy)
        return changes

    def _known(self, request: dict[str, Any], names: dict[str, Any]) -> None:
        for name in request:
            if name not in names:
                raise InvalidChoice(name, request[name], f"one of limit, {', '.join(names)}", "leave it out")

    def _cancel(self, tx: Transaction, offer: Offer, by: BoxNumber | Role, now: datetime) -> None:
        new = cancel(offer)
        self._closed(tx, offer)
        tx.offers.replace(offer, new)
        tx.journal.append(Event(now, by, EventKind.OFFER_CANCELLED, new))
        hold_pause(tx, self.policy, offer.person, offer.category, now)  # also of who leaves, and could come back

    def _closed(self, tx: Transaction, offer: Offer) -> None:
        activity = tx.activities.get(offer.box)
        if activity is not None:
            tx.activities.replace(activity, activity.changed(open_offers=-1))

    def _close(self, tx: Transaction, offer: Offer, outcome: Outcome, now: datetime) -> None:
        new = close(offer, outcome)
        tx.offers.replace(offer, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_CLOSED, new))
