"""Stores that each break one law of tenders, bids, orders, contractors or standing terms."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from attrs import evolve

from broken_collections import AGES, BIT, MANY, key_of, known, latest, taken_by_another
from broken_doubles import Broken, WrongCollection, altered_store, broken
from broken_facts import otherwise, refuse
from brokerage.errors import DuplicateFact
from brokerage.records.contractors import Trade
from brokerage.records.orders import OrderState
from brokerage.records.tenders import ItemSupply, OrderService, StandingService, TenderState
from brokerage.testing import (
    BidsContract,
    ContractorsContract,
    OrdersContract,
    StandingTermsContract,
    TendersContract,
)

__all__ = ["BROKEN_TENDERING"]

Laws = Iterable[tuple[str, WrongCollection]]

LIVE = (TenderState.CALLED, TenderState.AWARDING)


def _ghosts(c: Any, m: Any) -> list[Any]:
    """What was added by units of work that failed."""
    return [fact for number, fact in m.added.items() if c.get(number) is None]


def _tried(m: Any, fact: Any) -> Any:
    """A fact as a unit of work that failed would have left it."""
    _, new = m.replaced.get(fact.number, (fact, fact))
    return new if new.version > fact.version else fact


def _backwards(method: str) -> WrongCollection:
    return lambda c, m, w: {method: lambda *given: getattr(c, method)(*given)[::-1]}


def _from_the_last(method: str) -> WrongCollection:
    """Begin a page with what stands above its number, the last one of the page before."""
    return lambda c, m, w: {
        method: lambda *given: getattr(c, method)(*given[:-2], given[-2] and given[-2] + 1, given[-1])
    }


def _without_limit(method: str) -> WrongCollection:
    return lambda c, m, w: {method: lambda *given: getattr(c, method)(*given[:-1], MANY)}


def _only(method: str, belongs: Callable[[Any], bool]) -> WrongCollection:
    return lambda c, m, w: {method: lambda *given: [fact for fact in getattr(c, method)(*given) if belongs(fact)]}


def _also(method: str, belongs: Callable[[Any, Any, Any], bool]) -> WrongCollection:
    """Give also what belongs by itself, by what it was when it was added, and by what is asked for."""
    return lambda c, m, w: {
        method: lambda *given: [
            *getattr(c, method)(*given),
            *(fact for fact in m.now(c) if belongs(fact, m.added[fact.number], given[0])),
        ],
    }


def _with_ghosts(method: str, belongs: Callable[[Any], bool] = lambda fact: True) -> WrongCollection:
    return lambda c, m, w: {
        method: lambda *given: [*getattr(c, method)(*given), *(fact for fact in _ghosts(c, m) if belongs(fact))],
    }


def _as_tried(method: str, belongs: Callable[[Any], bool]) -> WrongCollection:
    return lambda c, m, w: {
        method: lambda *given: [fact for fact in getattr(c, method)(*given) if belongs(_tried(m, fact))],
    }


def _with_first(field: str) -> WrongCollection:
    """Find every version with a list as it was in the first one."""

    def older(fact: Any, added: Any) -> Any:
        return fact if fact is None or fact.version == added.version else evolve(fact, **{field: getattr(added, field)})

    return lambda c, m, w: {"get": lambda key: older(c.get(key), m.added.get(key))}


def _is_live(fact: Any) -> bool:
    return fact.state in LIVE


DUE: Laws = (
    (
        "what_is_due_comes_by_deadline_and_number",
        lambda c, m, w: {"due": lambda *given: sorted(c.due(*given), key=lambda fact: fact.number)},
    ),
    ("it_is_due_at_its_deadline", lambda c, m, w: {"due": lambda now, limit: c.due(now - BIT, limit)}),
    ("no_more_due_than_asked_for", _without_limit("due")),
    (
        "a_new_deadline_counts",
        lambda c, m, w: {
            "due": lambda now, limit: [
                fact for fact in c.due(AGES, MANY) if (m.added[fact.number].deadline or AGES) <= now
            ][:limit],
        },
    ),
    (
        "without_a_deadline_it_is_never_due",
        _also("due", lambda fact, added, now: fact.deadline is None and added.deadline is not None),
    ),
    ("without_a_deadline_it_is_never_due", _also("due", lambda fact, added, now: added.deadline is None)),
    ("what_a_failed_work_added_is_never_due", _with_ghosts("due")),
    (
        "what_a_failed_work_prolonged_is_due_as_before",
        lambda c, m, w: {
            "due": lambda now, limit: [fact for fact in c.due(now, limit) if _tried(m, fact).deadline <= now]
        },
    ),
    (
        "the_next_due_is_the_earliest",
        lambda c, m, w: {"next_due": lambda: latest(fact.deadline for fact in m.now(c) if fact.deadline)},
    ),
    ("without_deadlines_nothing_is_next", lambda c, m, w: {"next_due": lambda: c.next_due() or AGES}),
    (
        "without_deadlines_nothing_is_next",
        lambda c, m, w: {
            "next_due": lambda: c.next_due() or latest(m.added[fact.number].deadline for fact in m.now(c))
        },
    ),
)


def _everywhere(fact: Any) -> Any:
    """Forget the zone that standing services are asked for."""
    is_standing = fact is not None and isinstance(fact.asked, StandingService)
    return evolve(fact, asked=evolve(fact.asked, zone="")) if is_standing else fact


def _of_another_item(fact: Any, _: Any, item: Any) -> bool:
    return _is_live(fact) and isinstance(fact.asked, ItemSupply) and fact.asked.item != item


def _of_another_order(fact: Any, _: Any, order: Any) -> bool:
    return isinstance(fact.asked, OrderService) and fact.asked.order != order


def _ended_later(fact: Any, added: Any, _: Any) -> bool:
    return not _is_live(fact) and _is_live(added)


def _ended_from_the_first(fact: Any, added: Any, _: Any) -> bool:
    return not _is_live(added)


TENDERS: Laws = (
    ("a_version_is_found_with_its_ranking", _with_first("places")),
    *DUE,
    ("whatever_is_asked_is_found_as_it_was", lambda c, m, w: {"get": lambda number: _everywhere(c.get(number))}),
    ("a_trades_tenders_come_newest_first", _backwards("called")),
    ("a_trades_tenders_are_no_other_trades", _also("called", lambda fact, added, trade: fact.trade is not trade)),
    ("a_trades_tenders_are_called_or_awarding", _also("called", _ended_from_the_first)),
    ("a_trades_tenders_are_called_or_awarding", _only("called", lambda fact: fact.state is TenderState.AWARDING)),
    ("a_tender_that_ends_is_its_trades_no_more", _also("called", _ended_later)),
    ("a_trades_tenders_go_on_below_a_number", _from_the_last("called")),
    ("no_more_of_a_trade_than_asked_for", _without_limit("called")),
    ("the_latest_come_newest_first", _backwards("latest")),
    ("the_latest_are_of_every_trade_and_state", _only("latest", _is_live)),
    ("the_latest_are_of_every_trade_and_state", _only("latest", lambda fact: fact.trade is Trade.CARRIER)),
    ("the_latest_go_on_below_a_number", _from_the_last("latest")),
    ("no_more_of_the_latest_than_asked_for", _without_limit("latest")),
    ("an_items_tenders_come_by_number", _backwards("of_item")),
    ("an_items_tenders_are_on_its_supply", _also("of_item", _of_another_item)),
    (
        "an_items_tenders_are_on_its_supply",
        _also("of_item", lambda fact, added, item: isinstance(fact.asked, OrderService) and fact.asked.order == item),
    ),
    ("an_items_tenders_are_called_or_awarding", _also("of_item", _ended_from_the_first)),
    ("an_items_tenders_are_called_or_awarding", _only("of_item", lambda fact: fact.state is TenderState.AWARDING)),
    ("a_tender_that_ends_is_its_items_no_more", _also("of_item", _ended_later)),
    ("an_orders_tenders_come_by_number", _backwards("of_order")),
    ("an_orders_tenders_are_on_services_to_it", _also("of_order", _of_another_order)),
    (
        "an_orders_tenders_are_on_services_to_it",
        _also("of_order", lambda fact, added, order: isinstance(fact.asked, ItemSupply) and fact.asked.item == order),
    ),
    ("an_orders_tenders_are_in_whatever_state", _only("of_order", _is_live)),
    ("what_is_to_be_mailed_comes_by_number", _backwards("to_mail")),
    (
        "only_what_is_to_be_mailed",
        lambda c, m, w: {
            "to_mail": lambda limit: [*c.to_mail(limit), *(fact for fact in m.now(c) if not fact.mailing)]
        },
    ),
    (
        "only_what_is_to_be_mailed",
        lambda c, m, w: {"to_mail": lambda limit: [fact for fact in m.now(c) if m.added[fact.number].mailing][:limit]},
    ),
    ("no_more_to_mail_than_asked_for", _without_limit("to_mail")),
    *(
        ("a_tender_that_a_failed_work_ended_is_listed_as_before", _as_tried(name, _is_live))
        for name in ("called", "of_item")
    ),
    ("a_tender_that_a_failed_work_ended_is_listed_as_before", _as_tried("to_mail", lambda fact: bool(fact.mailing))),
    *(
        ("a_tender_that_a_failed_work_called_is_nowhere", _with_ghosts(name))
        for name in ("latest", "of_item", "of_order", "to_mail")
    ),
)


def _with_a_day(fact: Any) -> Any:
    """Give a service a day by which it is delivered."""
    return fact and evolve(fact, terms=evolve(fact.terms, delivery=fact.terms.delivery or date(2026, 1, 1)))


def _second_may(withdrawn: bool) -> WrongCollection:
    """Take a bidder's second bid for nothing, where the first one stands, or was taken back."""
    return lambda c, m, w: {
        "add": lambda fact: otherwise(
            lambda: c.add(fact),
            DuplicateFact,
            lambda: c.get(fact.number) is None and c.of_bidder(fact.tender, fact.box).withdrawn is withdrawn,
        ),
    }


def _bid_elsewhere(m: Any, w: Any, fact: Any) -> bool:
    """Say whether a bidder has bid in another tender, in an earlier unit of work."""
    return any(
        bid.box == fact.box and bid.tender != fact.tender and number not in w.added for number, bid in m.added.items()
    )


def _bid_in_vain(c: Any, m: Any, fact: Any) -> bool:
    """Say whether a bidder has bid in the tender under another number, in a unit of work that failed."""
    return any((bid.tender, bid.box) == (fact.tender, fact.box) and bid.number != fact.number for bid in _ghosts(c, m))


def _first_of(bids: Iterable[Any], box: Any) -> Any:
    return next((bid for bid in bids if bid.box == box), None)


BIDS: Laws = (
    ("a_version_is_found_with_its_terms", _with_first("terms")),
    (
        "the_terms_of_a_service_are_found_as_they_were",
        lambda c, m, w: {"get": lambda number: _with_a_day(c.get(number))},
    ),
    ("a_tenders_bids_come_by_number", _backwards("of_tender")),
    ("a_tenders_bids_are_no_other_tenders", _also("of_tender", lambda bid, added, tender: bid.tender != tender)),
    ("a_tenders_bids_are_also_those_withdrawn", _only("of_tender", lambda bid: not bid.withdrawn)),
    ("a_bidders_second_bid_in_a_tender_is_refused", _second_may(withdrawn=False)),
    ("a_second_bid_is_refused_also_if_the_first_was_withdrawn", _second_may(withdrawn=True)),
    (
        "a_bidder_may_bid_in_many_tenders",
        lambda c, m, w: {
            "add": lambda fact: refuse(_bid_elsewhere(m, w, fact), DuplicateFact(fact.box)) or c.add(fact),
        },
    ),
    (
        "a_bid_of_a_failed_work_is_in_nobodys_way",
        lambda c, m, w: {
            "add": lambda fact: refuse(_bid_in_vain(c, m, fact), DuplicateFact(fact.box)) or c.add(fact),
        },
    ),
    (
        "a_bid_is_found_by_its_bidder",
        lambda c, m, w: {"of_bidder": lambda *who: (bid := c.of_bidder(*who)) and m.added[bid.number]},
    ),
    (
        "a_bid_is_found_by_its_bidder",
        lambda c, m, w: {"of_bidder": lambda *who: (bid := c.of_bidder(*who)) and (None if bid.withdrawn else bid)},
    ),
    (
        "who_did_not_bid_has_no_bid",
        lambda c, m, w: {"of_bidder": lambda tender, box: known(c.of_bidder(tender, box), box)},
    ),
    (
        "who_did_not_bid_has_no_bid",
        lambda c, m, w: {"of_bidder": lambda tender, box: c.of_bidder(tender, box) or _first_of(m.now(c), box)},
    ),
    (
        "who_did_not_bid_has_no_bid",
        lambda c, m, w: {"of_bidder": lambda tender, box: c.of_bidder(tender, box) or _first_of(_ghosts(c, m), box)},
    ),
    ("a_members_bids_come_newest_first", _backwards("of_member")),
    ("a_members_bids_are_no_other_members", _also("of_member", lambda bid, added, box: bid.box != box)),
    ("a_members_bids_are_no_other_members", _only("of_member", lambda bid: not bid.withdrawn)),
    ("a_members_bids_go_on_below_a_number", _from_the_last("of_member")),
    ("no_more_bids_of_a_member_than_asked_for", _without_limit("of_member")),
    ("a_bid_of_a_failed_work_is_no_members", _with_ghosts("of_member")),
)


def _stands(order: Any) -> bool:
    return order.state is not OrderState.FALLEN


ORDERS: Laws = (
    ("a_version_is_found_with_its_services", _with_first("services")),
    *DUE,
    ("a_tenders_orders_come_by_number", _backwards("of_tender")),
    ("a_tenders_orders_are_no_other_tenders", _also("of_tender", lambda order, added, tender: order.tender != tender)),
    ("a_tenders_orders_are_no_other_tenders", _only("of_tender", _stands)),
    ("an_order_of_a_failed_work_is_no_tenders", _with_ghosts("of_tender")),
    ("a_sellers_orders_come_newest_first", _backwards("of_seller")),
    ("a_sellers_orders_are_no_other_sellers", _also("of_seller", lambda order, added, box: order.seller != box)),
    ("a_sellers_orders_are_no_other_sellers", _only("of_seller", _stands)),
    ("a_sellers_orders_go_on_below_a_number", _from_the_last("of_seller")),
    ("no_more_orders_of_a_seller_than_asked_for", _without_limit("of_seller")),
)


def _remove_everywhere(c: Any, old: Any) -> None:
    """Remove a member from every trade."""
    c.remove(old)
    for other in (c.get((old.box, trade)) for trade in Trade):
        if other is not None:
            c.remove(other)


CONTRACTORS: Laws = (
    ("a_member_may_have_two_trades", lambda c, m, w: {"remove": lambda old: _remove_everywhere(c, old)}),
    ("a_member_may_have_two_trades", taken_by_another(lambda one: str(one.box), lambda one: one.trade)),
    ("the_contractors_of_a_trade_come_by_box", _backwards("of_trade")),
    (
        "the_contractors_of_a_trade_are_no_other_trades",
        lambda c, m, w: {
            "of_trade": lambda trade, *given: [fact for each in Trade for fact in c.of_trade(each, *given)],
        },
    ),
    (
        "the_contractors_of_a_trade_go_on_behind_a_box",
        lambda c, m, w: {"of_trade": lambda trade, after, limit: c.of_trade(trade, after - 1, limit)},
    ),
    ("no_more_contractors_than_asked_for", _without_limit("of_trade")),
    (
        "a_contractor_whom_a_failed_work_removed_is_listed",
        lambda c, m, w: {
            "of_trade": lambda *given: [one for one in c.of_trade(*given) if (one.box, one.trade) not in m.removed],
        },
    ),
)

STANDING_TERMS: Laws = (
    ("a_version_is_found_with_its_earlier_terms", _with_first("earlier")),
    (
        "each_trade_has_its_own_terms",
        taken_by_another(lambda terms: repr((terms.category, terms.zone, terms.currency)), lambda terms: terms.trade),
    ),
    (
        "each_zone_has_its_own_terms",
        taken_by_another(lambda terms: repr((terms.trade, terms.category, terms.currency)), lambda terms: terms.zone),
    ),
    (
        "each_currency_has_its_own_terms",
        taken_by_another(lambda terms: repr((terms.trade, terms.category, terms.zone)), lambda terms: terms.currency),
    ),
)

BROKEN_TENDERING: list[Broken] = [
    broken(contract, law, altered_store(collection, key, wrong))
    for contract, collection, key, laws in (
        (TendersContract, "tenders", key_of("number"), TENDERS),
        (BidsContract, "bids", key_of("number"), BIDS),
        (OrdersContract, "orders", key_of("number"), ORDERS),
        (ContractorsContract, "contractors", ContractorsContract().key, CONTRACTORS),
        (StandingTermsContract, "standing_terms", StandingTermsContract().key, STANDING_TERMS),
    )
    for law, wrong in laws
]
