"""Members hear of items and of the demand for them: at once or by digests, mailed in batches (spec N1, N2).

Who hears of what is found out when it is mailed. Whatever changes meanwhile is told once, as it is then.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from attrs import define, field, frozen

from brokerage.headings.items import WATCHES
from brokerage.mails import demand_digest, demand_news, item_digest, item_news
from brokerage.pages import Listing
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.categories import category_key
from brokerage.records.effects import Mail
from brokerage.records.events import Role
from brokerage.records.items import Item, ItemState
from brokerage.records.members import Member
from brokerage.records.numbers import BoxNumber
from brokerage.records.watches import Topic, Watch, When
from brokerage.reserving_views import DemandView, ItemView, WatchView, item_view, watch_view
from brokerage.services.effects import send
from brokerage.services.guards import guard_members
from brokerage.services.inputs import choice, next_multiple, text
from brokerage.services.market.categories import Categories
from brokerage.services.market.offers import check_member
from brokerage.services.reserving.demand import is_standing, pooled_demand
from brokerage.services.reserving.items import item_of

__all__ = ["Watching"]

_BATCH = 200
_LISTED = 50
_Told = TypeVar("_Told", ItemView, DemandView)
_Words = Callable[[Member, str, Sequence[_Told], bool], Mail]


@frozen
class Watching:
    """Keeps what members want to hear of, and mails it to them."""

    policy: Policy
    categories: Categories

    def watch(
        self, tx: Transaction, box: BoxNumber, topic: Topic, category: str, when: When, now: datetime
    ) -> WatchView:
        """Keep a member's wish to hear of what is new in a category from now on, instead of an earlier one. O(log n).

        Digests are due at multiples of the policy's ``digest_every``, counted in UTC.

        Raises:
            UnknownMember: the member has left.
            UnknownCategory: there is no such category.
            InvalidChoice: ``when`` is no :class:`When`.
        """
        check_member(tx, box)
        choice(when, "when", When)
        code = self.categories.find(tx, category).code
        due = next_multiple(now, self.policy.digest_every) if when is When.REGULARLY else None
        old = tx.watches.get((box, topic, code))
        if old is None:
            guard_members(tx, [box])  # who leaves meanwhile forgets what was wished: only one happens
            check_member(tx, box)
            kept = Watch(box, topic, code, when, due, tx.numbers.last(Series.ITEM_CHANGE))
            tx.watches.add(kept)
        elif old.when is when:
            kept = old
        else:
            kept = old.changed(when=when, due=due, seen=tx.numbers.last(Series.ITEM_CHANGE))
            tx.watches.replace(old, kept)
        return watch_view(kept)

    def unwatch(self, tx: Transaction, box: BoxNumber, topic: Topic, category: str) -> None:
        """Forget a member's wish; where there is none, nothing changes.

        Raises:
            UnknownMember: the member has left.
            InvalidText: the category is no text, blank or too long.
        """
        check_member(tx, box)
        key = category_key(text(category, "category", self.policy.name_length))
        for watch in tx.watches.of_member(box):
            if watch.topic is topic and category_key(watch.category) == key:
                tx.watches.remove(watch)

    def wishes(self, tx: Transaction, box: BoxNumber, topic: Topic) -> Listing[WatchView]:
        """Return what a member wants to hear of, by category; raises ``UnknownMember`` for one who has left."""
        check_member(tx, box)
        return Listing([watch_view(watch) for watch in tx.watches.of_member(box) if watch.topic is topic], WATCHES)

    def leave(self, tx: Transaction, box: BoxNumber, by: BoxNumber | Role, now: datetime) -> None:
        """Forget what a member wants to hear of who leaves (M3)."""
        for watch in tx.watches.of_member(box):
            tx.watches.remove(watch)

    def due(self, tx: Transaction) -> datetime | None:
        """Return when something is to be mailed next; what waits for it has been due for some time."""
        items, demands = tx.items.to_mail(1), tx.demands.to_mail(1)
        if items or demands:
            return items[0].registered_at if items else item_of(tx, demands[0].item).registered_at
        return tx.watches.next_due()

    def mail_items(self, tx: Transaction, now: datetime) -> int:
        """Mail the first item that has news to the next few members who want to hear of it at once.

        Return how many members were looked at, at least 1 where an item waited. What is on the market by now is no
        news any more. O(batch).
        """
        first = tx.items.to_mail(1)
        if not first:
            return 0
        item = first[0]
        watches: Sequence[Watch] = ()
        if _is_news(item, now):
            watches = tx.watches.at_once(Topic.ITEMS, item.category, item.mailed, _BATCH)
        view = item_view(item, now)
        for member in _concerned(tx, watches, item.change):
            send(tx, f"mail:item:{item.number}:{item.change}:{member.box}", item_news(member, view), now)
        mailed = watches[-1].box if watches else item.mailed
        tx.items.replace(item, item.changed(mailed=mailed, mailing=len(watches) == _BATCH))
        return max(1, len(watches))

    def mail_demand(self, tx: Transaction, now: datetime) -> int:
        """Mail the first demand that has changed to the next few members who want to hear of it at once.

        Return how many members were looked at, at least 1 where a demand waited. O(different limits + batch).
        """
        first = tx.demands.to_mail(1)
        if not first:
            return 0
        demand, item = first[0], item_of(tx, first[0].item)
        watches: Sequence[Watch] = ()
        if is_standing(tx, item, now):
            watches = tx.watches.at_once(Topic.DEMAND, demand.category, demand.mailed, _BATCH)
        if watches:
            view = pooled_demand(tx, item, now)
            for member in _concerned(tx, watches, demand.change):
                send(tx, f"mail:demand:{item.number}:{demand.change}:{member.box}", demand_news(member, view), now)
        mailed = watches[-1].box if watches else demand.mailed
        tx.demands.replace(demand, demand.changed(mailed=mailed, mailing=len(watches) == _BATCH))
        return max(1, len(watches))

    def digest(self, tx: Transaction, now: datetime) -> int:
        """Mail the first few digests that are due; where nothing is new none is sent.

        Return how many were due. O(batch), and what is new is looked up once for all who have heard of the same.
        """
        due = tx.watches.due(now, _BATCH)
        last, next_due = tx.numbers.last(Series.ITEM_CHANGE), next_multiple(now, self.policy.digest_every)
        issue = _Issue(tx, now, last)
        for watch in due:
            member = tx.members.get(watch.box)
            if member is None:  # the wish was made while its member left
                tx.watches.remove(watch)
                continue
            mail = issue.mail(member, watch)
            if mail is not None:
                send(tx, f"mail:digest:{watch.topic.value}:{watch.category}:{watch.box}:{last}", mail, now)
            tx.watches.replace(watch, watch.changed(due=next_due, seen=last))
        return len(due)


@define
class _Issue:
    """The digests of one unit of work, up to the last change; what others commit meanwhile is for the next ones."""

    tx: Transaction
    now: datetime
    last: int
    _items: dict[tuple[str, int], tuple[list[ItemView], bool]] = field(factory=dict)
    _demands: dict[tuple[str, int], tuple[list[DemandView], bool]] = field(factory=dict)

    def mail(self, member: Member, watch: Watch) -> Mail | None:
        """Return what a member is told, ``None`` where nothing is new."""
        key = watch.category, watch.seen
        if watch.topic is Topic.ITEMS:
            if key not in self._items:
                self._items[key] = self._new_items(*key)
            return _digest(member, watch, item_digest, *self._items[key])
        if key not in self._demands:
            self._demands[key] = self._new_demands(*key)
        return _digest(member, watch, demand_digest, *self._demands[key])

    def _new_items(self, category: str, seen: int) -> tuple[list[ItemView], bool]:
        changed = self.tx.items.changed(category, seen, _LISTED + 1)
        items = [item for item in changed if item.change <= self.last]
        found = [item_view(item, self.now) for item in items[:_LISTED] if _is_news(item, self.now)]
        return found, len(items) <= _LISTED

    def _new_demands(self, category: str, seen: int) -> tuple[list[DemandView], bool]:
        changed = self.tx.demands.changed(category, seen, _LISTED + 1)
        demands = [demand for demand in changed if demand.change <= self.last]
        items = [item_of(self.tx, demand.item) for demand in demands[:_LISTED]]
        standing = [item for item in items if is_standing(self.tx, item, self.now)]
        return [pooled_demand(self.tx, item, self.now) for item in standing], len(demands) <= _LISTED


def _digest(member: Member, watch: Watch, words: "_Words[_Told]", told: Sequence[_Told], is_whole: bool) -> Mail | None:
    return words(member, watch.category, told, is_whole) if told else None


def _is_news(item: Item, now: datetime) -> bool:
    """Say whether there is something to tell of an item: not of one that is on the market."""
    return item.state is ItemState.WITHDRAWN or (item.state is ItemState.ANNOUNCED and now < item.release_at)


def _concerned(tx: Transaction, watches: Sequence[Watch], change: int) -> list[Member]:
    """The members to whom a change is news: they wanted to hear of such before it came."""
    found = (tx.members.get(watch.box) for watch in watches if watch.seen < change)
    return [member for member in found if member is not None]
