"""Stores that each break one law of those that every collection of facts keeps."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import evolve, fields

from broken_doubles import Broken, Changes, Memory, altered_store, broken
from brokerage.errors import Conflict, DuplicateFact
from brokerage.testing import (
    ActivitiesContract,
    AuthorisationsContract,
    BidsContract,
    CasesContract,
    CategoriesContract,
    ChecksContract,
    ComplaintsContract,
    ContactsContract,
    ContractorsContract,
    CredentialsContract,
    DealsContract,
    DemandsContract,
    FormerMembersContract,
    InboxContract,
    ItemsContract,
    LossesContract,
    MembersContract,
    NewsItemsContract,
    OffersContract,
    OrdersContract,
    OutboxContract,
    PausesContract,
    PersonsContract,
    ProgressContract,
    ReasonsContract,
    RequestsContract,
    ReservationsContract,
    SecretsContract,
    StandingTermsContract,
    StatementsContract,
    TalliesContract,
    TendersContract,
    TriesContract,
    WatchesContract,
)

__all__ = ["BROKEN_FACTS", "otherwise", "refuse"]

Key = Callable[[Any], Any]
Wrong = Callable[[Any, Memory, Memory, Key], Changes]


def refuse(is_bad: bool, error: Exception) -> Any:
    """Raise an error where something is bad."""
    if is_bad:
        raise error
    return None


def otherwise(act: Callable[[], Any], error: type[Exception], instead: Callable[[], Any]) -> Any:
    """Do something, and where it raises an error something else; the error passes on where that gives ``False``."""
    try:
        return act()
    except error:
        if instead() is False:
            raise
        return None


def _spoiled(fact: Any, key: Key) -> Any:
    """Return a fact with one field as a careless store would give it back."""
    if fact is None:
        return None
    for field in fields(type(fact)):
        value = getattr(fact, field.name)
        spoiled = value
        if isinstance(value, datetime):
            spoiled = value.replace(microsecond=0)
        elif isinstance(value, str):
            spoiled = value.encode("ascii", "ignore").decode()
        elif isinstance(value, Decimal):
            spoiled = round(value, 2)
        elif isinstance(value, int) and not isinstance(value, bool):
            spoiled = value % 2**32 + 1
        elif isinstance(value, tuple):
            spoiled = value[:-1]
        if spoiled != value and field.name != "version":
            new = evolve(fact, **{field.name: spoiled})
            if key(new) == key(fact):
                return new
    raise AssertionError(f"nothing of {fact} can be spoiled")


def _touch_others(c: Any, m: Memory, key: Key, old: Any, new: Any) -> None:
    c.replace(old, new)
    if new == evolve(old, version=old.version + 1):
        for other in m.now(c):
            if key(other) != key(old):
                c.replace(other, evolve(other, version=other.version + 1))


def _newest_of_all(fact: Any, tried: Any) -> Any:
    return tried[1] if tried and fact and tried[1].version > fact.version else fact


RECORDS: dict[str, Wrong] = {
    "what_was_added_is_found_as_it_was": lambda c, m, w, key: {"get": lambda k: _spoiled(c.get(k), key)},
    "an_unknown_key_is_none": lambda c, m, w, key: {
        "get": lambda k: c.get(k) or refuse(k not in m.added, KeyError(k)),
    },
    "a_taken_key_is_refused": lambda c, m, w, key: {
        "add": lambda fact, *rest: otherwise(
            lambda: c.add(fact, *rest),
            DuplicateFact,
            lambda: c.get(key(fact)) is not None and key(fact) not in m.removed,
        ),
    },
    "a_work_sees_what_it_has_added": lambda c, m, w, key: {"get": lambda k: None if k in w.added else c.get(k)},
    "what_a_failed_work_added_is_gone": lambda c, m, w, key: {
        "add": lambda fact, *rest: (
            refuse(key(fact) in m.added and key(fact) not in m.removed, DuplicateFact(key(fact))) or c.add(fact, *rest)
        ),
    },
}

FACTS: dict[str, Wrong] = {
    **RECORDS,
    "a_new_version_is_found_in_the_place_of_the_old": lambda c, m, w, key: {
        "get": lambda k: m.replaced[k][0] if k in m.replaced and k not in w.replaced else c.get(k),
    },
    "replacing_an_old_version_is_a_conflict": lambda c, m, w, key: {
        "replace": lambda old, new: otherwise(
            lambda: c.replace(old, new), Conflict, lambda: bool(c.get(key(old))) and c.replace(c.get(key(old)), new)
        ),
    },
    "replacing_what_is_not_there_is_a_conflict": lambda c, m, w, key: {
        "replace": lambda old, new: otherwise(lambda: c.replace(old, new), Conflict, lambda: c.get(key(old)) is None),
    },
    "a_work_sees_what_it_has_replaced": lambda c, m, w, key: {
        "get": lambda k: w.replaced[k][0] if k in w.replaced else c.get(k),
    },
    "what_a_failed_work_replaced_is_as_before": lambda c, m, w, key: {
        "get": lambda k: _newest_of_all(c.get(k), m.replaced.get(k)),
    },
    "replacing_one_leaves_the_others": lambda c, m, w, key: {
        "replace": lambda old, new: _touch_others(c, m, key, old, new),
    },
}


def _listed(method: str) -> dict[str, Wrong]:
    """Return what is wrong with a collection's list."""
    return {
        **FACTS,
        "what_a_failed_work_added_is_in_no_list": lambda c, m, w, key: {
            method: lambda *given: [
                *getattr(c, method)(*given),
                *(fact for k, fact in m.added.items() if c.get(k) is None and k not in m.removed),
            ],
        },
        "a_list_has_the_newest_version": lambda c, m, w, key: {
            method: lambda *given: [
                evolve(fact, version=m.added[key(fact)].version) for fact in getattr(c, method)(*given)
            ],
        },
    }


REMOVABLE: dict[str, Wrong] = {
    "what_was_removed_is_gone": lambda c, m, w, key: {"get": lambda k: c.get(k) or m.removed.get(k)},
    "a_removed_key_is_free": lambda c, m, w, key: {
        "add": lambda fact: (
            refuse(key(fact) in m.removed and c.get(key(fact)) is None, DuplicateFact(key(fact))) or c.add(fact)
        ),
    },
    "removing_an_old_version_is_a_conflict": lambda c, m, w, key: {
        "remove": lambda old: otherwise(
            lambda: c.remove(old), Conflict, lambda: bool(c.get(key(old))) and c.remove(c.get(key(old)))
        ),
    },
    "removing_what_is_not_there_is_a_conflict": lambda c, m, w, key: {
        "remove": lambda old: otherwise(lambda: c.remove(old), Conflict, lambda: c.get(key(old)) is None),
    },
    "what_a_failed_work_removed_is_there": lambda c, m, w, key: {
        "add": lambda fact: otherwise(lambda: c.add(fact), DuplicateFact, lambda: key(fact) in m.removed),
    },
}


def _removable(method: str) -> dict[str, Wrong]:
    """Return what is wrong with a collection that has a list, and of which facts are removed."""
    return {
        **_listed(method),
        **REMOVABLE,
        "what_was_removed_is_in_no_list": lambda c, m, w, key: {
            method: lambda *given: [*getattr(c, method)(*given), *m.removed.values()],
        },
    }


COLLECTIONS: list[tuple[Any, dict[str, Wrong]]] = [
    (InboxContract, RECORDS),
    (RequestsContract, RECORDS),
    (SecretsContract, RECORDS),
    (ActivitiesContract, {**FACTS, **REMOVABLE}),
    (CredentialsContract, {**FACTS, **REMOVABLE}),
    (PersonsContract, FACTS),
    (ProgressContract, FACTS),
    (MembersContract, _removable("of_person")),
    (FormerMembersContract, _listed("of_person")),
    (ReasonsContract, _removable("all")),
    (TriesContract, _removable("due")),
    (ContactsContract, _listed("of_box")),
    (DealsContract, _listed("due")),
    (CasesContract, _listed("open_ones")),
    (StatementsContract, _listed("of_deal")),
    (AuthorisationsContract, _listed("intended")),
    (OutboxContract, _listed("due")),
    (OffersContract, _listed("of_member")),
    (TalliesContract, _listed("of_category")),
    (CategoriesContract, _removable("all")),
    (ChecksContract, _removable("first")),
    (PausesContract, _removable("of_person")),
    (TendersContract, _listed("called")),
    (BidsContract, _listed("of_tender")),
    (OrdersContract, _listed("of_seller")),
    (ContractorsContract, _removable("of_trade")),
    (StandingTermsContract, {**FACTS, **REMOVABLE}),
    (LossesContract, _removable("first")),
    (ComplaintsContract, _listed("of_member")),
    (NewsItemsContract, _listed("for_box")),
    (ItemsContract, _listed("changed")),
    (DemandsContract, _listed("changed")),
    (ReservationsContract, _listed("of_member")),
    (WatchesContract, _removable("of_member")),
]


def _broken(contract: Any, law: str, wrong: Wrong) -> Broken:
    key = contract().key
    return broken(contract, law, altered_store(contract.collection, key, lambda c, m, w: wrong(c, m, w, key)))


BROKEN_FACTS: list[Broken] = [
    _broken(contract, law, wrong) for contract, wrongs in COLLECTIONS for law, wrong in wrongs.items()
]
