"""Stores that each break one law of a collection of their own: of members, deals, the ledger and so on."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve

from broken_doubles import Broken, WrongCollection, altered_store, broken
from broken_facts import otherwise, refuse
from brokerage.errors import Conflict, DuplicateFact
from brokerage.ports import Series
from brokerage.records.effects import EffectState
from brokerage.records.events import Role
from brokerage.records.ledger import Account, Debtor, debt_of, refunds_of
from brokerage.records.numbers import DealNumber
from brokerage.testing import (
    AuthorisationsContract,
    CategoriesContract,
    ChecksContract,
    DealsContract,
    JournalContract,
    LedgerContract,
    NumbersContract,
    OutboxContract,
    RequestsContract,
)

__all__ = ["AGES", "BIT", "BROKEN_COLLECTIONS", "MANY", "key_of", "known", "latest", "taken_by_another"]

AGES, MANY = datetime(9000, 1, 1, tzinfo=UTC), 1000
BIT = timedelta(microseconds=1)


def latest(times: Iterable[Any]) -> Any:
    """Return the latest of some times, ``None`` of none."""
    return max(times, default=None)


def known(found: Any, key: object) -> Any:
    """Return what was found; nothing is an error."""
    refuse(not found, KeyError(key))
    return found


def taken_by_another(field: Callable[[Any], str], owner: Callable[[Any], object]) -> WrongCollection:
    """Refuse an id that somebody else has used."""
    return lambda c, m, w: {
        "add": lambda fact: (
            refuse(m.other.setdefault(field(fact), owner(fact)) != owner(fact), DuplicateFact(field(fact)))
            or c.add(fact)
        ),
    }


REQUESTS: dict[str, WrongCollection] = {
    "two_members_may_use_one_id": taken_by_another(lambda fact: fact.id, lambda fact: fact.box)
}

CATEGORIES: dict[str, WrongCollection] = {
    "all_come_by_key": lambda c, m, w: {"all": lambda: c.all()[::-1]},
    "checking_what_is_stored_is_no_conflict": lambda c, m, w: {"check": lambda fact: refuse(True, Conflict("fact"))},
    "checking_an_old_version_is_a_conflict": lambda c, m, w: {
        "check": lambda fact: otherwise(lambda: c.check(fact), Conflict, lambda: c.get(fact.key) is not None),
    },
    "checking_what_is_not_there_is_a_conflict": lambda c, m, w: {
        "check": lambda fact: otherwise(lambda: c.check(fact), Conflict, lambda: c.get(fact.key) is None),
    },
}

CHECKS: dict[str, WrongCollection] = {
    "the_first_come_by_key": lambda c, m, w: {"first": lambda limit: c.first(limit)[::-1]},
    "no_more_than_asked_for": lambda c, m, w: {"first": lambda limit: c.first(MANY)},
}

DEALS: dict[str, WrongCollection] = {
    "a_deal_is_found_by_its_reference": lambda c, m, w: {
        "by_reference": lambda reference: c.by_reference(reference.upper()),
    },
    "an_unknown_reference_is_none": lambda c, m, w: {
        "by_reference": lambda reference: known(c.by_reference(reference), reference),
    },
    "a_taken_reference_is_refused": lambda c, m, w: {
        "add": lambda fact: (
            c.add(evolve(fact, reference=fact.reference + "'") if fact.reference in m.other else fact)
            or m.other.update({fact.reference: fact})
        ),
    },
    "a_members_deals_come_newest_first": lambda c, m, w: {"of_member": lambda *given: c.of_member(*given)[::-1]},
    "a_members_deals_are_those_bought_and_sold": lambda c, m, w: {
        "of_member": lambda box, *given: [deal for deal in c.of_member(box, *given) if deal.seller == box],
    },
    "a_members_deals_go_on_below_a_number": lambda c, m, w: {
        "of_member": lambda box, before, limit: c.of_member(box, before and before + 1, limit),
    },
    "no_more_deals_of_a_member_than_asked_for": lambda c, m, w: {
        "of_member": lambda box, before, limit: c.of_member(box, before, MANY),
    },
    "due_deals_come_by_deadline_and_number": lambda c, m, w: {
        "due": lambda now, limit: sorted(c.due(now, limit), key=lambda deal: deal.number),
    },
    "a_deal_is_due_at_its_deadline": lambda c, m, w: {"due": lambda now, limit: c.due(now - BIT, limit)},
    "no_more_due_deals_than_asked_for": lambda c, m, w: {"due": lambda now, limit: c.due(now, MANY)},
    "a_deadline_that_changes_is_the_new_one": lambda c, m, w: {
        "due": lambda now, limit: [
            deal for deal in c.due(AGES, MANY) if (m.added[deal.number].deadline or AGES) <= now
        ][:limit],
    },
    "a_deal_without_a_deadline_is_never_due": lambda c, m, w: {
        "due": lambda now, limit: [
            *c.due(now, limit),
            *(deal for deal in m.now(c) if deal.deadline is None and m.added[deal.number].deadline),
        ],
    },
    "the_next_deadline_is_the_earliest": lambda c, m, w: {
        "next_deadline": lambda: latest(deal.deadline for deal in c.due(AGES, MANY)),
    },
    "without_deadlines_there_is_no_next": lambda c, m, w: {"next_deadline": lambda: c.next_deadline() or AGES},
}

AUTHORISATIONS: dict[str, WrongCollection] = {
    "the_intended_come_by_time": lambda c, m, w: {"intended": lambda *given: c.intended(*given)[::-1]},
    "only_what_was_intended_before_the_instant": lambda c, m, w: {
        "intended": lambda before, limit: c.intended(before + BIT, limit),
    },
    "no_more_intended_than_asked_for": lambda c, m, w: {"intended": lambda before, limit: c.intended(before, MANY)},
    "what_is_used_is_no_more_intended": lambda c, m, w: {
        "intended": lambda before, limit: [fact for fact in m.now(c) if fact.at < before][:limit],
    },
    "the_next_intended_is_the_earliest": lambda c, m, w: {
        "next_intended": lambda: latest(fact.at for fact in c.intended(AGES, MANY)),
    },
    "without_intents_there_is_no_next": lambda c, m, w: {"next_intended": lambda: c.next_intended() or AGES},
}

OUTBOX: dict[str, WrongCollection] = {
    "due_effects_come_by_time": lambda c, m, w: {
        "due": lambda now, limit: sorted(c.due(now, limit), key=lambda effect: list(m.added).index(effect.key)),
    },
    "effects_due_at_once_come_as_they_were_added": lambda c, m, w: {
        "due": lambda now, limit: sorted(c.due(now, limit), key=lambda effect: (effect.due, effect.key)),
    },
    "an_effect_is_due_at_its_time": lambda c, m, w: {"due": lambda now, limit: c.due(now - BIT, limit)},
    "no_more_effects_than_asked_for": lambda c, m, w: {"due": lambda now, limit: c.due(now, MANY)},
    "an_answered_effect_is_due_no_more": lambda c, m, w: {
        "due": lambda now, limit: [
            *c.due(now, limit),
            *(effect for effect in m.now(c) if effect.state is not EffectState.PENDING),
        ],
    },
    "a_postponed_effect_is_due_later": lambda c, m, w: {
        "due": lambda now, limit: [effect for effect in c.due(AGES, MANY) if m.added[effect.key].due <= now][:limit],
    },
    "the_next_is_the_earliest": lambda c, m, w: {
        "next_due": lambda: latest(effect.due for effect in c.due(AGES, MANY)),
    },
    "where_nothing_is_pending_there_is_no_next": lambda c, m, w: {"next_due": lambda: c.next_due() or AGES},
}


def _entries(c: Any) -> list[Any]:
    return list(c.entries(0, MANY))


def _ghosts(c: Any, m: Any) -> list[Any]:
    """What was added by units of work that failed."""
    numbers = {entry.number for entry in _entries(c)}
    return [entry for number, entry in m.added.items() if number not in numbers]


def _posted(entries: Iterable[Any], account: Account, currency: str) -> list[int]:
    return [
        posting.units
        for entry in entries
        for posting in entry.postings
        if (posting.account, posting.currency) == (account, currency)
    ]


def _like(account: Account) -> list[Account]:
    """The accounts of deals whose numbers end alike."""
    if account.deal is None:
        return [account]
    return [Account(account.kind, DealNumber(tens * 10 + account.deal % 10)) for tens in (0, 1)]


def _owed_together(account: Account) -> list[Account]:
    """One account for whatever is owed for a deal."""
    debts = [debt_of(debtor, account.deal) for debtor in Debtor] if account.deal else []
    return debts if account in debts else [account]


LEDGER: dict[str, WrongCollection] = {
    "an_entry_is_found_as_it_was": lambda c, m, w: {
        "entries": lambda *given: [evolve(entry, purpose=entry.purpose[:-1]) for entry in c.entries(*given)],
    },
    "entries_come_by_number": lambda c, m, w: {"entries": lambda *given: c.entries(*given)[::-1]},
    "entries_go_on_behind_a_number": lambda c, m, w: {"entries": lambda after, limit: c.entries(after - 1, limit)},
    "no_more_entries_than_asked_for": lambda c, m, w: {"entries": lambda after, limit: c.entries(after, MANY)},
    "a_taken_number_is_refused": lambda c, m, w: {
        "add": lambda fact: otherwise(lambda: c.add(fact), DuplicateFact, lambda: True),
    },
    "a_balance_is_the_sum_of_its_postings": lambda c, m, w: {"balance": lambda *given: abs(c.balance(*given))},
    "each_currency_has_its_own_balance": lambda c, m, w: {
        "balance": lambda account, currency: c.balance(account, "USD") + c.balance(account, "JPY"),
    },
    "each_deal_has_its_own_accounts": lambda c, m, w: {
        "balance": lambda account, currency: sum(c.balance(each, currency) for each in _like(account)),
    },
    "each_kind_of_account_has_its_own_balance": lambda c, m, w: {
        "balance": lambda account, currency: sum(c.balance(each, currency) for each in _owed_together(account)),
    },
    "what_belongs_to_no_deal_is_no_deals": lambda c, m, w: {
        "balance": lambda account, currency: sum(
            c.balance(each, currency)
            for each in ({account, refunds_of(DealNumber(1))} if not account.deal else [account])
            if each.kind is account.kind
        ),
    },
    "an_account_without_postings_has_nothing": lambda c, m, w: {
        "balance": lambda account, currency: (
            refuse(not _posted(m.added.values(), account, currency), KeyError(account)) or c.balance(account, currency)
        ),
    },
    "a_work_sees_its_own_postings": lambda c, m, w: {
        "balance": lambda *given: c.balance(*given) - sum(_posted(w.added.values(), *given)),
    },
    "an_entry_of_a_failed_work_is_gone": lambda c, m, w: {
        "entries": lambda *given: [*c.entries(*given), *_ghosts(c, m)],
    },
    "a_failed_work_moves_no_balance": lambda c, m, w: {
        "balance": lambda *given: c.balance(*given) + sum(_posted(_ghosts(c, m), *given)),
    },
}


def _append(c: Any, m: Any, event: Any) -> None:
    m.other[len(m.other)] = event
    c.append(event)


def _sorted(read: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """Give events in the order of their times."""
    events = sorted((event for _, event in read), key=lambda event: event.at)
    return [(at, event) for (at, _), event in zip(read, events, strict=True)]


JOURNAL: dict[str, WrongCollection] = {
    "an_event_is_found_as_it_was": lambda c, m, w: {
        "read": lambda *given: [
            (at, event if isinstance(event.by, Role) else evolve(event, by=Role.BROKER)) for at, event in c.read(*given)
        ],
    },
    "events_come_in_the_order_of_the_commits": lambda c, m, w: {
        "append_all": lambda *given: m.other.update(many=True) or c.append_all(*given),
        "read": lambda *given: c.read(*given) if m.other else _sorted(c.read(*given)),
    },
    "many_events_are_appended_in_the_order_of_their_facts": lambda c, m, w: {
        "append_all": lambda at, by, kind, facts: c.append_all(at, by, kind, facts[::-1]),
    },
    "the_first_position_is_one": lambda c, m, w: {
        "last": lambda: c.last() and c.last() + 1,
        "read": lambda after, limit: [(at + 1, event) for at, event in c.read(max(after - 1, 0), limit)],
    },
    "positions_rise": lambda c, m, w: {
        "read": lambda *given: [(min(at, 2), event) for at, event in c.read(*given)],
    },
    "reading_goes_on_behind_a_position": lambda c, m, w: {
        "read": lambda after, limit: c.read(max(after - 1, 0), limit),
    },
    "no_more_events_than_asked_for": lambda c, m, w: {"read": lambda after, limit: c.read(after, MANY)},
    "the_last_position_is_the_last_events": lambda c, m, w: {"last": lambda: c.last() and c.last() + 1},
    "an_empty_journal_has_position_nought": lambda c, m, w: {"last": lambda: c.last() or None},
    "an_event_of_a_failed_work_is_gone": lambda c, m, w: {
        "append": lambda event: _append(c, m, event),
        "read": lambda *given: [
            *c.read(*given),
            *((at + 1, event) for at, event in m.other.items() if at >= c.last() and not given[0]),
        ],
    },
}


def _third_as_the_second(c: Any, w: Any, series: Series, *count: int) -> Any:
    w.other[len(w.other)] = series
    return c.last(series) if len(w.other) == 3 else c.next(series, *count)


def _counted_aside(c: Any, m: Any, series: Series, *count: int) -> Any:
    """Count deals outside of the unit of work."""
    if series is not Series.DEAL:
        return c.next(series, *count)
    m.other["deals"] = m.other.get("deals", 0) + 1
    return m.other["deals"]


NUMBERS: dict[str, WrongCollection] = {
    "the_first_number_is_one": lambda c, m, w: {
        "next": lambda *given: c.next(*given) + 10,
        "last": lambda series: c.last(series) and c.last(series) + 10,
    },
    "numbers_rise": lambda c, m, w: {"next": lambda *given: _third_as_the_second(c, w, *given)},
    "many_numbers_follow_each_other": lambda c, m, w: {"next": lambda series, count=1: c.next(series)},
    "each_series_is_its_own": lambda c, m, w: {
        "next": lambda series, *count: (
            (series is Series.ARRIVAL and c.next(Series.OFFER) and False) or c.next(series, *count)
        ),
    },
    "the_last_number_is_the_last_given": lambda c, m, w: {
        "last": lambda series: max(c.last(series) - (series is Series.DEAL), 0),
    },
    "before_the_first_the_last_is_nought": lambda c, m, w: {
        "last": lambda series: (
            0 if any(c.last(each) for each in Series) and not c.last(series) else c.last(series) or 1
        ),
    },
    "deals_are_numbered_in_the_order_of_the_commits": lambda c, m, w: {
        "next": lambda *given: _counted_aside(c, m, *given),
        "last": lambda series: m.other.get("deals", 0) if series is Series.DEAL else c.last(series),
    },
}


def key_of(name: str) -> Callable[[Any], Any]:
    """Return what gives a fact's key, which is the field of that name."""
    return lambda fact: getattr(fact, name, None)


BROKEN_COLLECTIONS: list[Broken] = [
    broken(contract, law, altered_store(collection, key_of(key), wrong))
    for contract, collection, key, wrongs in (
        (RequestsContract, "requests", "id", REQUESTS),
        (CategoriesContract, "categories", "key", CATEGORIES),
        (ChecksContract, "checks", "key", CHECKS),
        (DealsContract, "deals", "number", DEALS),
        (AuthorisationsContract, "authorisations", "key", AUTHORISATIONS),
        (OutboxContract, "outbox", "key", OUTBOX),
        (LedgerContract, "ledger", "number", LEDGER),
        (JournalContract, "journal", "at", JOURNAL),
        (NumbersContract, "numbers", "name", NUMBERS),
    )
    for law, wrong in wrongs.items()
]
