"""Stores that each break one law of items, of the demand for them, of reservations or of watches."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from broken_collections import AGES, BIT, MANY, latest
from broken_doubles import Broken, Memory, WrongCollection, altered_store, broken
from brokerage.records.items import ItemState
from brokerage.records.reservations import ReservationState
from brokerage.records.watches import Topic, When
from brokerage.testing import DemandsContract, ItemsContract, ReservationsContract, WatchesContract

__all__ = ["BROKEN_RESERVING"]

LAST_DAY, DAY = date(9000, 1, 1), timedelta(days=1)
Key = Callable[[Any], Any]


def _tried(c: Any, m: Memory, key: Any) -> Any:
    """Return the version that a failed unit of work put in the place of a fact, if one did."""
    old, new = m.replaced.get(key, (None, None))
    return new if old is not None and c.get(key).version == old.version else None


def _other(c: Any, m: Memory, is_other: Callable[[Any], bool]) -> list[Any]:
    """Return what was ever added, as it is now, as far as it is something else than what is asked for."""
    found = (c.get(key) for key in m.added)
    return [fact for fact in found if fact is not None and is_other(fact)]


def _changed(key: Key) -> dict[str, WrongCollection]:
    """Return what is wrong with how a collection tells of changes, and what is to be mailed."""
    return {
        "changes_come_in_their_order": lambda c, m, w: {"changed": lambda *given: sorted(c.changed(*given), key=key)},
        "changes_of_a_category_are_no_other_categorys": lambda c, m, w: {
            "changed": lambda category, *given: [
                *c.changed(category, *given),
                *_other(c, m, lambda fact: fact.category != category),
            ],
        },
        "changes_go_on_behind_a_change": lambda c, m, w: {
            "changed": lambda category, after, limit: c.changed(category, after and after - 1, limit),
        },
        "no_more_changes_than_asked_for": lambda c, m, w: {
            "changed": lambda category, after, limit: c.changed(category, after, MANY),
        },
        "the_last_change_counts": lambda c, m, w: {
            "changed": lambda category, after, limit: [
                fact for fact in c.changed(category, 0, MANY) if m.added[key(fact)].change > after
            ][:limit],
        },
        "what_is_to_be_mailed_comes_by_number": lambda c, m, w: {"to_mail": lambda limit: c.to_mail(limit)[::-1]},
        "only_what_is_to_be_mailed": lambda c, m, w: {"to_mail": lambda limit: m.now(c)[:limit]},
        "no_more_to_mail_than_asked_for": lambda c, m, w: {"to_mail": lambda limit: c.to_mail(MANY)},
        "a_failed_work_changes_nothing": lambda c, m, w: {
            "to_mail": lambda limit: [fact for fact in c.to_mail(limit) if not _tried(c, m, key(fact))],
        },
    }


def _is_over(item: Any) -> bool:
    return item.state is not ItemState.ANNOUNCED


ITEMS: dict[str, WrongCollection] = {
    **_changed(lambda fact: fact.number),
    "the_announced_come_newest_first": lambda c, m, w: {"announced": lambda *given: c.announced(*given)[::-1]},
    "only_announced_items_are_announced": lambda c, m, w: {
        "announced": lambda *given: [*c.announced(*given), *_other(c, m, _is_over)],
    },
    "the_announced_of_a_category_are_no_other_categorys": lambda c, m, w: {
        "announced": lambda category, before, limit: c.announced(None, before, limit),
    },
    "the_announced_go_on_below_a_number": lambda c, m, w: {
        "announced": lambda category, before, limit: c.announced(category, before and before + 1, limit),
    },
    "no_more_announced_than_asked_for": lambda c, m, w: {
        "announced": lambda category, before, limit: c.announced(category, before, MANY),
    },
    "the_latest_come_newest_first": lambda c, m, w: {"latest": lambda *given: c.latest(*given)[::-1]},
    "the_latest_go_on_below_a_number": lambda c, m, w: {
        "latest": lambda before, limit: c.latest(before and before + 1, limit),
    },
    "no_more_of_the_latest_than_asked_for": lambda c, m, w: {"latest": lambda before, limit: c.latest(before, MANY)},
    "a_members_items_come_newest_first": lambda c, m, w: {"of_member": lambda *given: c.of_member(*given)[::-1]},
    "a_members_items_are_nobody_elses": lambda c, m, w: {
        "of_member": lambda box, *given: [*c.of_member(box, *given), *_other(c, m, lambda item: item.box != box)],
    },
    "a_members_items_go_on_below_a_number": lambda c, m, w: {
        "of_member": lambda box, before, limit: c.of_member(box, before and before + 1, limit),
    },
    "no_more_items_of_a_member_than_asked_for": lambda c, m, w: {
        "of_member": lambda box, before, limit: c.of_member(box, before, MANY),
    },
    "what_is_released_first_is_due_first": lambda c, m, w: {
        "due": lambda *given: sorted(c.due(*given), key=lambda item: item.number),
    },
    "an_item_is_due_at_its_release": lambda c, m, w: {"due": lambda now, limit: c.due(now - BIT, limit)},
    "no_more_due_than_asked_for": lambda c, m, w: {"due": lambda now, limit: c.due(now, MANY)},
    "a_moved_release_counts": lambda c, m, w: {
        "due": lambda now, limit: [item for item in c.due(AGES, MANY) if m.added[item.number].release_at <= now][
            :limit
        ],
    },
    "what_is_announced_no_more_is_never_due": lambda c, m, w: {
        "due": lambda *given: [*c.due(*given), *_other(c, m, _is_over)],
    },
    "the_next_release_is_the_earliest": lambda c, m, w: {
        "next_release": lambda: latest(item.release_at for item in c.due(AGES, MANY)),
    },
    "without_announced_items_there_is_no_next_release": lambda c, m, w: {
        "next_release": lambda: c.next_release() or AGES,
    },
    "what_is_to_be_closed_comes_by_number": lambda c, m, w: {"to_close": lambda limit: c.to_close(limit)[::-1]},
    "only_what_is_to_be_closed": lambda c, m, w: {"to_close": lambda limit: m.now(c)[:limit]},
    "no_more_to_close_than_asked_for": lambda c, m, w: {"to_close": lambda limit: c.to_close(MANY)},
    "a_failed_work_leaves_the_releases": lambda c, m, w: {
        "due": lambda *given: [item for item in c.due(*given) if not _tried(c, m, item.number)],
    },
}


def _is_open(reservation: Any) -> bool:
    return reservation.state is ReservationState.OPEN


def _rows(reservations: list[Any]) -> list[tuple[int, int]]:
    """Return a row of a pool for each reservation, the highest limit first."""
    return sorted(((one.max_price, one.quantity) for one in reservations), reverse=True)


def _summed(reservations: list[Any]) -> list[tuple[int, int]]:
    """Return a pool."""
    limits = sorted({one.max_price for one in reservations}, reverse=True)
    return [(limit, sum(one.quantity for one in reservations if one.max_price == limit)) for limit in limits]


RESERVATIONS: dict[str, WrongCollection] = {
    "open_reservations_come_by_arrival": lambda c, m, w: {
        "open_of": lambda *given: sorted(c.open_of(*given), key=lambda one: one.number),
    },
    "open_reservations_are_no_other_items": lambda c, m, w: {
        "open_of": lambda item, *given: [*c.open_of(item, *given), *_other(c, m, lambda one: one.item != item)],
    },
    "only_open_reservations_are_open": lambda c, m, w: {
        "open_of": lambda *given: [*c.open_of(*given), *_other(c, m, lambda one: not _is_open(one))],
    },
    "open_reservations_go_on_behind_an_arrival": lambda c, m, w: {
        "open_of": lambda item, after, limit: c.open_of(item, after and after - 1, limit),
    },
    "no_more_open_reservations_than_asked_for": lambda c, m, w: {
        "open_of": lambda item, after, limit: c.open_of(item, after, MANY),
    },
    "a_new_arrival_counts": lambda c, m, w: {
        "open_of": lambda item, after, limit: [
            one for one in c.open_of(item, None, MANY) if m.added[one.number].arrival > (after or 0)
        ][:limit],
    },
    "units_are_pooled_by_limit": lambda c, m, w: {
        "pooled": lambda item: _rows(_other(c, m, lambda one: one.item == item and _is_open(one))),
    },
    "the_highest_limit_is_pooled_first": lambda c, m, w: {"pooled": lambda item: c.pooled(item)[::-1]},
    "a_pool_is_no_other_items": lambda c, m, w: {"pooled": lambda item: _summed(_other(c, m, _is_open))},
    "only_open_reservations_are_pooled": lambda c, m, w: {
        "pooled": lambda item: c.pooled(item) and _summed(_other(c, m, lambda one: one.item == item)),
    },
    "an_amended_reservation_is_pooled_as_it_is_now": lambda c, m, w: {
        "pooled": lambda item: _summed(
            [m.added[one.number] for one in _other(c, m, lambda one: one.item == item and _is_open(one))]
        ),
    },
    "what_is_not_reserved_has_no_pool": lambda c, m, w: {"pooled": lambda item: c.pooled(item) or [(0, 0)]},
    "a_failed_work_leaves_the_pool": lambda c, m, w: {
        "pooled": lambda item: _summed(
            [_tried(c, m, one.number) or one for one in _other(c, m, lambda one: one.item == item and _is_open(one))]
        ),
    },
    "an_orders_reservations_come_by_number": lambda c, m, w: {"of_order": lambda *given: c.of_order(*given)[::-1]},
    "an_orders_reservations_are_no_other_orders": lambda c, m, w: {
        "of_order": lambda order, *given: [
            *c.of_order(order, *given),
            *_other(c, m, lambda one: one.order != order and one.order == m.added[one.number].order),
        ],
    },
    "an_orders_reservations_go_on_behind_a_number": lambda c, m, w: {
        "of_order": lambda order, after, limit: c.of_order(order, after and after - 1, limit),
    },
    "no_more_reservations_of_an_order_than_asked_for": lambda c, m, w: {
        "of_order": lambda order, after, limit: c.of_order(order, after, MANY),
    },
    "the_order_is_that_of_the_newest_version": lambda c, m, w: {
        "of_order": lambda order, after, limit: [
            one for one in m.now(c) if m.added[one.number].order == order and one.number > (after or 0)
        ][:limit],
    },
    "a_members_reservations_come_by_number": lambda c, m, w: {"of_member": lambda box: c.of_member(box)[::-1]},
    "a_members_reservations_are_nobody_elses": lambda c, m, w: {
        "of_member": lambda box: [*c.of_member(box), *_other(c, m, lambda one: one.box != box)],
    },
    "filed_reservations_are_left_out": lambda c, m, w: {
        "of_member": lambda box: [*c.of_member(box), *_other(c, m, lambda one: one.filed)],
    },
    "all_of_a_member_come_newest_first": lambda c, m, w: {"listed": lambda *given: c.listed(*given)[::-1]},
    "all_of_a_member_are_nobody_elses": lambda c, m, w: {
        "listed": lambda box, *given: [*c.listed(box, *given), *_other(c, m, lambda one: one.box != box)],
    },
    "all_of_a_member_go_on_below_a_number": lambda c, m, w: {
        "listed": lambda box, before, limit: c.listed(box, before and before + 1, limit),
    },
    "no_more_of_all_of_a_member_than_asked_for": lambda c, m, w: {
        "listed": lambda box, before, limit: c.listed(box, before, MANY),
    },
    "what_is_wanted_first_comes_first": lambda c, m, w: {
        "wanted_before": lambda *given: sorted(c.wanted_before(*given), key=lambda one: one.number),
    },
    "the_day_itself_will_do": lambda c, m, w: {"wanted_before": lambda day, limit: c.wanted_before(day + DAY, limit)},
    "no_more_wanted_than_asked_for": lambda c, m, w: {"wanted_before": lambda day, limit: c.wanted_before(day, MANY)},
    "a_new_day_counts": lambda c, m, w: {
        "wanted_before": lambda day, limit: [
            one for one in c.wanted_before(LAST_DAY, MANY) if m.added[one.number].wanted_by < day
        ][:limit],
    },
    "only_open_reservations_are_late": lambda c, m, w: {
        "wanted_before": lambda *given: [*c.wanted_before(*given), *_other(c, m, lambda one: not _is_open(one))],
    },
    "what_is_past_of_an_item_comes_by_day": lambda c, m, w: {
        "past_of": lambda *given: sorted(c.past_of(*given), key=lambda one: one.number),
    },
    "what_is_past_of_an_item_is_no_other_items": lambda c, m, w: {
        "past_of": lambda item, day: c.wanted_before(day, MANY),
    },
    "what_is_past_of_an_item_is_past_its_day": lambda c, m, w: {
        "past_of": lambda item, day: c.past_of(item, day + DAY),
    },
    "only_open_reservations_of_an_item_are_past": lambda c, m, w: {
        "past_of": lambda *given: [*c.past_of(*given), *_other(c, m, lambda one: not _is_open(one))],
    },
    "the_next_wanted_is_the_earliest": lambda c, m, w: {
        "next_wanted": lambda: latest(one.wanted_by for one in c.wanted_before(LAST_DAY, MANY)),
    },
    "where_nothing_is_wanted_there_is_no_next": lambda c, m, w: {"next_wanted": lambda: c.next_wanted() or LAST_DAY},
    "what_has_not_ended_is_unfinished": lambda c, m, w: {
        "has_unfinished": lambda category: any(_other(c, m, lambda one: one.category == category and _is_open(one))),
    },
    "what_has_ended_is_not_unfinished": lambda c, m, w: {
        "has_unfinished": lambda category: any(_other(c, m, lambda one: one.category == category)),
    },
    "what_is_unfinished_is_no_other_categorys": lambda c, m, w: {
        "has_unfinished": lambda category: any(_other(c, m, lambda one: one.state is not ReservationState.CLOSED)),
    },
    "a_failed_work_leaves_the_lists": lambda c, m, w: {
        "of_order": lambda *given: [one for one in c.of_order(*given) if not _tried(c, m, one.number)],
    },
}

KEY = WatchesContract().key


def _of_every_topic(method: str) -> WrongCollection:
    """Find who wants to hear of anything in a category."""
    return lambda c, m, w: {
        method: lambda topic, *given: [watch for each in Topic for watch in getattr(c, method)(each, *given)],
    }


WATCHES: dict[str, WrongCollection] = {
    "a_members_watches_come_by_topic_and_category": lambda c, m, w: {"of_member": lambda box: c.of_member(box)[::-1]},
    "a_members_watches_are_nobody_elses": lambda c, m, w: {
        "of_member": lambda box: [*c.of_member(box), *_other(c, m, lambda watch: watch.box != box)],
    },
    "who_hears_at_once_comes_by_box": lambda c, m, w: {"at_once": lambda *given: c.at_once(*given)[::-1]},
    "only_who_wants_to_hear_at_once": lambda c, m, w: {
        "at_once": lambda *given: [
            *c.at_once(*given),
            *_other(c, m, lambda watch: watch.when is When.REGULARLY and m.added[KEY(watch)].when is When.AT_ONCE),
        ],
    },
    "who_hears_at_once_hears_of_that": _of_every_topic("at_once"),
    "who_hears_at_once_goes_on_behind_a_box": lambda c, m, w: {
        "at_once": lambda topic, category, after, limit: c.at_once(topic, category, after and after - 1, limit),
    },
    "no_more_who_hear_at_once_than_asked_for": lambda c, m, w: {
        "at_once": lambda topic, category, after, limit: c.at_once(topic, category, after, MANY),
    },
    "who_watches_comes_by_box": lambda c, m, w: {"watching": lambda *given: c.watching(*given)[::-1]},
    "who_hears_at_once_and_regularly_watches": lambda c, m, w: {
        "watching": lambda *given: [
            watch for watch in c.watching(*given) if watch.when is When.REGULARLY or KEY(watch) in m.replaced
        ],
    },
    "who_watches_watches_that": _of_every_topic("watching"),
    "who_watches_goes_on_behind_a_box": lambda c, m, w: {
        "watching": lambda topic, category, after, limit: c.watching(topic, category, after and after - 1, limit),
    },
    "no_more_who_watch_than_asked_for": lambda c, m, w: {
        "watching": lambda topic, category, after, limit: c.watching(topic, category, after, MANY),
    },
    "the_first_digest_comes_first": lambda c, m, w: {
        "due": lambda *given: sorted(c.due(*given), key=lambda watch: (watch.due, watch.category, watch.box)),
    },
    "a_digest_is_due_at_its_instant": lambda c, m, w: {"due": lambda now, limit: c.due(now - BIT, limit)},
    "no_more_digests_than_asked_for": lambda c, m, w: {"due": lambda now, limit: c.due(now, MANY)},
    "the_next_digest_is_that_of_the_newest_version": lambda c, m, w: {
        "due": lambda now, limit: [watch for watch in c.due(AGES, MANY) if (m.added[KEY(watch)].due or AGES) <= now][
            :limit
        ],
    },
    "who_hears_at_once_gets_no_digest": lambda c, m, w: {
        "due": lambda *given: [
            *c.due(*given),
            *_other(c, m, lambda watch: watch.due is None and m.added[KEY(watch)].due is not None),
        ],
    },
    "the_next_due_is_the_earliest": lambda c, m, w: {
        "next_due": lambda: latest(watch.due for watch in c.due(AGES, MANY)),
    },
    "without_digests_nothing_is_next": lambda c, m, w: {"next_due": lambda: c.next_due() or AGES},
    "whoever_wants_to_hear_no_more_does_not": lambda c, m, w: {
        "at_once": lambda *given: [
            *c.at_once(*given),
            *(watch for key, watch in m.removed.items() if c.get(key) is None and watch.when is When.AT_ONCE),
        ],
    },
    "a_failed_work_leaves_who_watches": lambda c, m, w: {
        "watching": lambda *given: [watch for watch in c.watching(*given) if KEY(watch) not in m.removed],
    },
}

COLLECTIONS: list[tuple[Any, dict[str, WrongCollection]]] = [
    (ItemsContract, ITEMS),
    (DemandsContract, _changed(lambda fact: fact.item)),
    (ReservationsContract, RESERVATIONS),
    (WatchesContract, WATCHES),
]

BROKEN_RESERVING: list[Broken] = [
    broken(contract, law, altered_store(contract.collection, contract().key, wrong))
    for contract, wrongs in COLLECTIONS
    for law, wrong in wrongs.items()
]
