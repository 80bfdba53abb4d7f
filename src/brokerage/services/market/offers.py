"""Accepting, amending, cancelling and ending offers (spec O1–O8, T1, S5)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from brokerage.boxes import purchase_view, sale_view
from brokerage.errors import (
    BrokerageError,
    InvalidChoice,
    LimitReached,
    NotCancelable,
    NotOpen,
    RefusedRow,
    RefusedRows,
    UnknownCategory,
    UnknownMember,
    UnknownOffer,
)
from brokerage.mails import offer_expired
from brokerage.money import Amount, minor_units
from brokerage.pages import Page
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.categories import Category, category_key
from brokerage.records.deals import Deal
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.members import Activity, Member
from brokerage.records.numbers import Arrival, BoxNumber, DealNumber, OfferNumber
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
from brokerage.services.inputs import remember_request, repeated_request, text, whole_number
from brokerage.services.market.matching import Matching
from brokerage.services.market.requests import Buy, Sell, checked_details, checked_limit, checked_requirements

__all__ = ["Accepted", "Offers", "own_offer"]

_EMPTY: Page[Any] = Page(())


@frozen
class Accepted:
    """What became of bulk input.

    The numbers of the offers taken, in the order of the rows, and the rows refused (O7).
    """

    numbers: tuple[OfferNumber, ...]
    refused: tuple[RefusedRow, ...] = ()


def own_offer(tx: Transaction, box: BoxNumber, number: object) -> Offer:
    """Return a member's offer; a foreign one and one that does not exist are the same :class:`UnknownOffer`."""
    found = whole_number(number)
    offer = None if found is None else tx.offers.get(OfferNumber(found))
    if offer is None or offer.box != box:
        raise UnknownOffer(number)
    return offer


@frozen
class Offers:
    """Takes offers in, changes them, and takes them out of the market."""

    policy: Policy
    matching: Matching

    def accept(
        self, tx: Transaction, box: BoxNumber, request: Sell | Buy, now: datetime, request_id: str | None = None
    ) -> OfferNumber:
        """Accept one offer. O(log n), plus one for each offer told when matching is immediate.

        Raises:
            InvalidInput: a field of the request is not acceptable.
            UnknownCategory: no open category has that code.
            LimitReached: the member has as many open offers as allowed.
            RequestReused: the request id came before with other arguments.
        """
        if not isinstance(request, Sell | Buy):
            raise InvalidChoice("row", request, "a Sell or a Buy", "wrap it in one of them")
        command = type(request).__name__
        repeated = repeated_request(tx, box, request_id, command, request)
        if repeated is not None:
            return OfferNumber(repeated[0])
        member = self._member(tx, box)
        activity = self._activity(tx, member, now)
        category = self._open_category(tx, request.category)
        offer = self._offer(tx, member, request, category, now)
        tx.categories.check(category)
        tx.activities.replace(activity, activity.changed(open_offers=1))
        tx.offers.add(offer)
        tx.journal.append(Event(now, box, EventKind.OFFER_ACCEPTED, offer))
        remember_request(tx, box, request_id, command, request, offer.number)
        if offer.visible:
            self.matching.announce(tx, offer, now)
        return offer.number

    def accept_all(
        self,
        tx: Transaction,
        box: BoxNumber,
        rows: Sequence[Sell | Buy],
        keep_good: bool,
        now: datetime,
        request_id: str | None = None,
    ) -> Accepted:
        """Accept many offers in one unit of work: all or none, or the good ones, as the caller chose (O7).

        Raises:
            RefusedRows: a row is bad and ``keep_good`` is false; it names every bad row.
            RequestReused: the request id came before with other rows.
        """
        repeated = repeated_request(tx, box, request_id, "offer_many", rows)
        if repeated is not None:
            return _accepted_before(rows, repeated)
        numbers: list[OfferNumber] = []
        refused: list[RefusedRow] = []
        for at, row in enumerate(rows):
            try:
                numbers.append(self.accept(tx, box, row, now))
            except BrokerageError as error:
                if not isinstance(error, ValueError | LimitReached):
                    raise
                numbers.append(OfferNumber(0))
                refused.append(RefusedRow(f"rows[{at}].{error.field}", error.field, error.value, error.reason))
        if refused and not keep_good:
            raise RefusedRows(refused)
        remember_request(tx, box, request_id, "offer_many", rows, *numbers)
        return Accepted(tuple(filter(None, numbers)), tuple(refused))

    def cancel(self, tx: Transaction, box: BoxNumber, number: OfferNumber, now: datetime) -> None:
        """Take a member's offer back (O5). O(log n).

        Raises:
            UnknownOffer: the member has no such offer.
            NotCancelable: it has a deal, has ended, or is past its time limit.
        """
        offer = own_offer(tx, box, number)
        if not is_open(offer, now):
            raise NotCancelable(number)
        new = cancel(offer)
        self._closed(tx, offer)
        tx.offers.replace(offer, new)
        tx.journal.append(Event(now, box, EventKind.OFFER_CANCELLED, new))

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
            InvalidInput: a value is not acceptable, or names something that this offer does not have.
        """
        offer = own_offer(tx, box, number)
        if not is_open(offer, now):
            raise NotOpen(number)
        changes = self._changes(offer, price, dict(request), now)
        new = amend(offer, Arrival(tx.numbers.next(Series.ARRIVAL)), now, **changes)
        tx.offers.replace(offer, new)
        tx.journal.append(Event(now, box, EventKind.OFFER_AMENDED, new))
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
        new = reopen(sale, Arrival(tx.numbers.next(Series.ARRIVAL)), now)
        tx.offers.replace(sale, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_REOPENED, new))
        self._close(tx, purchase, Outcome.FAILED, now)
        self.matching.arrive(tx, new, now)

    def completed(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Close both offers of a completed deal."""
        for number in (deal.sale, deal.purchase):
            offer = tx.offers.get(number)
            assert offer is not None
            self._close(tx, offer, Outcome.COMPLETED, now)

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

    def _open_category(self, tx: Transaction, code: object) -> Category:
        category = tx.categories.get(category_key(text(code, "category", self.policy.name_length)))
        if category is None or not category.is_open:
            raise UnknownCategory("category", code, "the code of an open category", "ask the manager to add it")
        return category

    def _member(self, tx: Transaction, box: BoxNumber) -> Member:
        member = tx.members.get(box)
        if member is None:
            raise UnknownMember(box)
        return member

    def _offer(self, tx: Transaction, member: Member, request: Sell | Buy, category: Category, now: datetime) -> Offer:
        """Check a request and make the offer that it asks for; numbers are taken last."""
        limit = checked_limit(request.limit, now, self.policy)
        name = text(request.name, "name", self.policy.name_length, may_be_empty=isinstance(request, Buy))
        common: dict[str, Any] = {
            "box": member.box,
            "person": member.person,
            "category": category.code,
            "currency": request.currency,
            "name": name,
            "limit": limit,
            "factor": member.factor,
            "offered_at": now,
            "arrived_at": now,
            "visible": self.matching.is_immediate,
        }
        if isinstance(request, Sell):
            min_price = minor_units(request.min_price, request.currency, "min_price")
            details = checked_details(request, self.policy)
            return SaleOffer(
                number=OfferNumber(tx.numbers.next(Series.OFFER)),
                arrival=Arrival(tx.numbers.next(Series.ARRIVAL)),
                min_price=min_price,
                terms=category.terms,
                details=details,
                **common,
            )
        max_price = minor_units(request.max_price, request.currency, "max_price")
        requirements = checked_requirements(request, self.policy)
        return PurchaseOffer(
            number=OfferNumber(tx.numbers.next(Series.OFFER)),
            arrival=Arrival(tx.numbers.next(Series.ARRIVAL)),
            max_price=max_price,
            requirements=requirements,
            seen_deal=DealNumber(tx.numbers.last(Series.DEAL)),
            **common,
        )

    def _changes(self, offer: Offer, price: Amount | None, request: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Check what is to be changed, and return it as changes of the offer's fields."""
        changes: dict[str, Any] = {}
        if "limit" in request:
            changes["limit"] = checked_limit(request.pop("limit"), now, self.policy)
        if isinstance(offer, SaleOffer):
            if price is not None:
                changes["min_price"] = minor_units(price, offer.currency, "price")
            told = offer.details
            kept: dict[str, Any] = {"description": told.description, "age": told.age, "model": told.model}
            kept |= {"photographs": told.photographs, "attributes": dict(told.attributes)}
            if request:
                self._known(request, kept)
                sell = Sell(category="", name="", min_price=0, currency="", **{**kept, **request})
                changes["details"] = checked_details(sell, self.policy)
        else:
            if price is not None:
                changes["max_price"] = minor_units(price, offer.currency, "price")
            if request:
                self._known(request, {"attributes": (), "words": ()})
                buy = Buy(category="", max_price=0, currency="", **request)
                changes["requirements"] = checked_requirements(buy, self.policy)
        return changes

    def _known(self, request: dict[str, Any], names: dict[str, Any]) -> None:
        for name in request:
            if name not in names:
                raise InvalidChoice(name, request[name], f"one of limit, {', '.join(names)}", "leave it out")

    def _without_expired(self, tx: Transaction, activity: Activity, now: datetime) -> Activity:
        """Expire what is past its limit and not swept yet: it is open no more, so it does not count."""
        for offer in tx.offers.of_member(activity.box):
            if offer.state is OfferState.OPEN and not is_open(offer, now):
                self.expire(tx, offer, now)
        return tx.activities.get(activity.box) or activity

    def _activity(self, tx: Transaction, member: Member, now: datetime) -> Activity:
        """Return what a member has going on, unless one more open offer is too many (V2)."""
        activity = tx.activities.get(member.box)
        if activity is None:
            raise UnknownMember(member.box)
        own = member.open_offers_allowed
        allowed = self.policy.open_offer_count if own is None else own
        if allowed is not None and activity.open_offers >= allowed:
            activity = self._without_expired(tx, activity, now)
        if allowed is not None and activity.open_offers >= allowed:
            raise LimitReached("offers", activity.open_offers + 1, f"at most {allowed} open offers", "cancel one first")
        return activity

    def _closed(self, tx: Transaction, offer: Offer) -> None:
        activity = tx.activities.get(offer.box)
        if activity is not None:
            tx.activities.replace(activity, activity.changed(open_offers=-1))

    def _close(self, tx: Transaction, offer: Offer, outcome: Outcome, now: datetime) -> None:
        new = close(offer, outcome)
        tx.offers.replace(offer, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_CLOSED, new))


def _accepted_before(rows: Sequence[Sell | Buy], result: tuple[int, ...]) -> Accepted:
    """What a repeated request returned the first time; a row that was refused then is refused now."""
    refused = (
        RefusedRow(f"rows[{at}]", "row", rows[at], "it was refused when the request first came")
        for at, number in enumerate(result)
        if not number
    )
    return Accepted(tuple(OfferNumber(number) for number in result if number), tuple(refused))
