"""Items are registered by the manager or by sellers, move their release, and come on the market or not (spec N1).

Whoever registers an item gives its number to buyers; nobody is told who that was. A registered item counts as an open
offer of its seller until it is released or withdrawn.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from brokerage.errors import InvalidChoice, InvalidTime, UnknownCategory, UnknownItem, UnknownMember
from brokerage.money import currency_code, currency_exponent
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.categories import Category, category_key
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.items import Demand, Item, ItemState, announced, move_item
from brokerage.records.members import Activity
from brokerage.records.numbers import BoxNumber, ItemNumber
from brokerage.records.tenders import TenderState
from brokerage.records.watches import Topic
from brokerage.services.inputs import (
    OFFICE,
    aware_time,
    remember_request,
    repeated_request,
    text,
    whole_number,
)
from brokerage.services.market.requests import NO_ATTRIBUTES, Sell, checked_details, kept_items, kept_values
from brokerage.services.reserving.demand import guard_demand, has_tenders
from brokerage.services.tendering import Tenders

__all__ = ["Items", "NewItem", "close_item", "item_of", "tender_ended"]

_BATCH = 200
_NO_BOX = BoxNumber(0)


@frozen(kw_only=True)
class NewItem:
    """A request to register an item that is not yet on the market (spec N1).

    Args:
        category: the code of an open category.
        name: what it is; up to the policy's ``name_length`` characters (200).
        currency: an ISO 4217 code: in which it is reserved and paid.
        release_at: when it comes on the market; aware, after the present.
        description: up to the policy's ``description_length`` characters (10,000).
        age: how old it is, in the seller's words.
        model: model or make.
        photographs: opaque references, at most the policy's ``photograph_count`` (20); they are never opened.
        attributes: names and values.
    """

    category: str
    name: str
    currency: str
    release_at: datetime
    description: str = ""
    age: str = ""
    model: str = ""
    photographs: Iterable[str] = field(default=(), converter=kept_items)
    attributes: Mapping[str, str] = field(default=NO_ATTRIBUTES, converter=kept_values)


def item_of(tx: Transaction, number: object) -> Item:
    """Return an item; raises :class:`UnknownItem` if there is none under that number."""
    found = whole_number(number)
    item = None if found is None else tx.items.get(ItemNumber(found))
    if item is None:
        raise UnknownItem(number)
    return item


def close_item(tx: Transaction, item: Item) -> None:
    """Have the open reservations of an item ended that can be had no more by reserving it."""
    if not item.closing:
        tx.items.replace(item, item.changed(closing=True))


def tender_ended(tx: Transaction, number: ItemNumber) -> None:
    """Say that a tender on an item's supply has ended: was it the last one, and the item released, nothing is left.

    Call it after the tender was replaced. O(tenders under way on the item).
    """
    guard_demand(tx, number)  # of two tenders that end at once, or of one and the release, one sees the other
    item = item_of(tx, number)
    if item.state is ItemState.RELEASED and not has_tenders(tx, item):
        close_item(tx, item)


@frozen
class Items:
    """Keeps the items that are not yet on the market.

    Args:
        policy: the broker's choices.
        room: returns a member's activity, or refuses one more open offer.
        tenders: keeps the calls for bids on items.
    """

    policy: Policy
    room: Callable[[Transaction, BoxNumber, datetime], Activity]
    tenders: Tenders

    def register(
        self, tx: Transaction, box: BoxNumber | None, request: NewItem, now: datetime, request_id: str | None = None
    ) -> Item:
        """Register an item: by a seller, or without a box by the manager. O(log n).

        Raises:
            UnknownCategory: no open category has that code.
            UnknownCurrency: the currency is not known.
            InvalidText: a text is blank or too long.
            InvalidTime: the release is no aware instant after the present.
            InvalidInput: another field is not acceptable.
            LimitReached: the member has as many open offers as allowed, or names too many photographs.
            RequestReused: the request id came before with other arguments.
        """
        if not isinstance(request, NewItem):
            raise InvalidChoice("item", request, "a NewItem", "wrap it in one")
        owner = OFFICE if box is None else box
        repeated = repeated_request(tx, owner, request_id, "register item", request)
        if repeated is not None:
            return item_of(tx, repeated[0])
        category = self._open_category(tx, request.category)
        name = text(request.name, "name", self.policy.name_length)
        currency_exponent(request.currency)
        release_at = _checked_release(request.release_at, now)
        told = ("description", "age", "model", "photographs", "attributes")
        details: dict[str, Any] = {name: getattr(request, name) for name in told}
        kept = checked_details(Sell(category="", name="", min_price=0, currency="", **details), self.policy)
        if box is not None:
            activity = self.room(tx, box, now)
            tx.activities.replace(activity, activity.changed(open_offers=1))
        tx.categories.check(category)
        item = Item(
            number=ItemNumber(tx.numbers.next(Series.ITEM)),
            box=box,
            category=category.code,
            name=name,
            details=kept,
            currency=currency_code(request.currency),
            release_at=release_at,
            registered_at=now,
            **self._news(tx, category.code),
        )
        tx.items.add(item)
        tx.demands.add(Demand(item.number, item.category, 0, 0, 0))
        tx.journal.append(Event(now, _actor(box), EventKind.ITEM_REGISTERED, item))
        remember_request(tx, owner, request_id, "register item", request, item.number)
        return item

    def move_release(
        self, tx: Transaction, box: BoxNumber | None, number: object, release_at: object, now: datetime
    ) -> Item:
        """Let an announced item come on the market earlier or later; that is news. O(log n).

        Raises:
            UnknownItem: the member registered no such item.
            ItemNotOpen: it is on the market already, or was withdrawn.
            InvalidTime: the release is no aware instant after the present.
        """
        item = announced(self.registered(tx, box, number), now)
        moved = _checked_release(release_at, now)
        if moved == item.release_at:
            return item
        new = item.changed(release_at=moved, **self._news(tx, item.category))
        tx.items.replace(item, new)
        tx.journal.append(Event(now, _actor(box), EventKind.ITEM_CHANGED, new))
        return new

    def withdraw(self, tx: Transaction, box: BoxNumber | None, number: object, now: datetime) -> Item:
        """Take an announced item back: that is news, and its open reservations end in the sweep, each buyer told.

        Tenders for whose bids there is still time are taken back with it; a seller who was selected already may go on.
        O(log n + tenders).

        Raises:
            UnknownItem: the member registered no such item.
            ItemNotOpen: it is on the market already, or was withdrawn before.
        """
        return self._withdraw(tx, announced(self.registered(tx, box, number), now), _actor(box), now)

    def release(self, tx: Transaction, now: datetime) -> int:
        """Let the first few items come on the market whose date has come; return how many. O(k log n).

        Their open reservations end in the sweep, unless a tender on the item is under way: then they wait for its end.
        """
        due = tx.items.due(now, _BATCH)
        for item in due:
            self._release(tx, item, now)
        return len(due)

    def due(self, tx: Transaction) -> datetime | None:
        """Return when the next item comes on the market."""
        return tx.items.next_release()

    def overdue(self, tx: Transaction, number: object, now: datetime) -> None:
        """Do first what time asks of an item: one whose date has come is released.

        Raises:
            UnknownItem: there is none under that number.
        """
        item = item_of(tx, number)
        if item.state is ItemState.ANNOUNCED and item.release_at <= now:
            self._release(tx, item, now)

    def leave(self, tx: Transaction, box: BoxNumber, by: BoxNumber | Role, now: datetime) -> None:
        """Withdraw what a member registered who leaves (M3). O(items that the member registered).

        What is past its release and not swept yet comes on the market all the same.
        """
        before: ItemNumber | None = None
        while items := tx.items.of_member(box, before, _BATCH):
            for item in items:
                if item.state is not ItemState.ANNOUNCED:
                    continue
                if now < item.release_at:
                    self._withdraw(tx, item, by, now)
                else:
                    self._release(tx, item, now)
            before = items[-1].number

    def registered(self, tx: Transaction, box: BoxNumber | None, number: object) -> Item:
        """Return an item that a member registered; the manager, who has no box, may have any.

        Raises:
            UnknownItem: there is none, or somebody else registered it.
            UnknownMember: the member has left.
        """
        item = item_of(tx, number)
        if box is not None:
            if tx.members.get(box) is None:
                raise UnknownMember(box)
            if item.box != box:
                raise UnknownItem(number)
        return item

    def _news(self, tx: Transaction, category: str) -> dict[str, Any]:
        """A change that is news, to be mailed if anybody wants to hear of such at once."""
        mailing = bool(tx.watches.at_once(Topic.ITEMS, category, _NO_BOX, 1))
        return {"change": tx.numbers.next(Series.ITEM_CHANGE), "mailing": mailing, "mailed": _NO_BOX}

    def _withdraw(self, tx: Transaction, item: Item, by: Actor, now: datetime) -> Item:
        guard_demand(tx, item.number)
        new = move_item(item, ItemState.WITHDRAWN, closing=True, **self._news(tx, item.category))
        self._ended(tx, item, new, by, EventKind.ITEM_WITHDRAWN, now)
        for tender in tx.tenders.of_item(item.number):
            if tender.state is TenderState.CALLED and now < tender.bids_until:
                self.tenders.take_back(tx, tender.number, now, by)
        return new

    def _release(self, tx: Transaction, item: Item, now: datetime) -> None:
        guard_demand(tx, item.number)
        new = move_item(item, ItemState.RELEASED, closing=not has_tenders(tx, item))
        self._ended(tx, item, new, Role.BROKER, EventKind.ITEM_RELEASED, now)

    def _ended(self, tx: Transaction, item: Item, new: Item, by: Actor, kind: EventKind, now: datetime) -> None:
        """Keep an item that nobody reserves any more: its demand is guarded, so whoever tries meets a conflict."""
        tx.items.replace(item, new)
        tx.journal.append(Event(now, by, kind, new))
        activity = None if item.box is None else tx.activities.get(item.box)
        if activity is not None:
            tx.activities.replace(activity, activity.changed(open_offers=-1))

    def _open_category(self, tx: Transaction, code: object) -> Category:
        category = tx.categories.get(category_key(text(code, "category", self.policy.name_length)))
        if category is None or not category.is_open:
            raise UnknownCategory("category", code, "the code of an open category", "ask the manager to add it")
        return category


def _actor(box: BoxNumber | None) -> Actor:
    return Role.OFFICE if box is None else box


def _checked_release(value: object, now: datetime) -> datetime:
    release_at = aware_time(value, "release_at")
    if release_at <= now:
        raise InvalidTime("release_at", value, f"an instant after {now.isoformat()}", "choose a later one")
    return release_at
