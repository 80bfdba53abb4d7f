"""Stores that each break one law of units of work."""

import threading
from collections.abc import Callable
from typing import Any

from attrs import evolve

from broken_doubles import Altered, Broken, Changes, altered_store, broken
from broken_facts import otherwise, refuse
from brokerage.adapters.memory import MemoryStore
from brokerage.errors import Conflict, DuplicateFact, StoreError, TooManyConflicts
from brokerage.testing import UnitsOfWorkContract
from brokerage.testing.contracts.facts import Mishap

__all__ = ["BROKEN_UNITS"]

Work = Callable[[Any], Any]
MANY = 20


class _Deep:
    """How deep in units of work a thread is."""

    def __init__(self) -> None:
        self._threads = threading.local()

    def __enter__(self) -> bool:
        """Go one deeper, and say whether it is within another one."""
        self._threads.now = self.now + 1
        return self.now > 1

    def __exit__(self, *_: object) -> None:
        self._threads.now -= 1

    @property
    def now(self) -> int:
        """How deep it is now."""
        return getattr(self._threads, "now", 0)


def _gives_nothing(method: str) -> Callable[[Any], Changes]:
    """Forget a result that is a plain object."""

    def wrong(store: Any) -> Changes:
        def call(work: Work) -> Any:
            result = getattr(store, method)(work)
            return None if type(result) is object else result

        return {method: call}

    return wrong


def _raises_another(store: Any) -> Changes:
    def run(work: Work) -> Any:
        try:
            return store.run(work)
        except Mishap:
            raise Mishap from None

    return {"run": run}


def _gives_another_result_after_a_conflict(store: Any) -> Changes:
    def run(work: Work) -> Any:
        met: list[Conflict] = []

        def watched(tx: Any) -> Any:
            try:
                return work(tx)
            except Conflict as conflict:
                met.append(conflict)
                raise

        result = store.run(watched)
        return 0 if met and isinstance(result, int) else result

    return {"run": run}


def _keeps_what_met_a_conflict(store: Any) -> Changes:
    deep = _Deep()

    def run(work: Work) -> Any:
        with deep as is_inner:
            if is_inner:
                return store.run(work)
            for _ in range(MANY):
                met: list[Conflict] = []
                result = store.run(lambda tx, met=met: _caught(work, tx, met))
                if not met:
                    return result
            raise TooManyConflicts(MANY)

    return {"run": run}


def _caught(work: Work, tx: Any, met: list[Any], kind: type[Exception] = Conflict) -> Any:
    try:
        return work(tx)
    except kind as error:
        met.append(error)
        return None


def _never_gives_up(store: Any) -> Changes:
    def run(work: Work) -> Any:
        while True:
            try:
                return store.run(work)
            except TooManyConflicts:
                continue

    return {"run": run}


class _Hidden(Exception):
    """A duplicate that the store does not see."""


def _tries_no_duplicate_again(store: Any) -> Changes:
    def run(work: Work) -> Any:
        def hiding(tx: Any) -> Any:
            try:
                return work(tx)
            except DuplicateFact as error:
                raise _Hidden from error

        try:
            return store.run(hiding)
        except _Hidden as hidden:
            raise hidden.__cause__ or hidden from None

    return {"run": run}


def _tries_duplicates_for_ever(store: Any) -> Changes:
    def run(work: Work) -> Any:
        while True:
            try:
                return store.run(work)
            except DuplicateFact:
                continue

    return {"run": run}


def _commits_inner_works(store: Any) -> Changes:
    """Do the inner works again where the outer one has failed."""
    deep, inner_works = _Deep(), list[Work]()

    def run(work: Work) -> Any:
        with deep as is_inner:
            if is_inner:
                inner_works.append(work)
                return store.run(work)
            try:
                return store.run(work)
            except Mishap:
                for inner in inner_works:
                    store.run(inner)
                raise

    return {"run": run}


def _hides_what_inner_works_wrote(store: Any) -> Changes:
    deep, hidden = _Deep(), set[int]()

    def run(work: Work) -> Any:
        with deep as is_inner:
            if not is_inner:
                hidden.clear()
                return store.run(lambda tx: work(_blind(tx, hidden)))
            return store.run(lambda tx: work(_noting(tx, hidden)))

    return {"run": run}


def _blind(tx: Any, hidden: set[int]) -> Any:
    get = tx.activities.get
    return Altered(tx, {"activities": Altered(tx.activities, {"get": lambda k: None if k in hidden else get(k)})})


def _noting(tx: Any, noted: set[int]) -> Any:
    def add(fact: Any) -> None:
        tx.activities.add(fact)
        noted.add(fact.box)

    return Altered(tx, {"activities": Altered(tx.activities, {"add": add})})


def _keeps_inner_works_that_fail(store: Any) -> Changes:
    deep = _Deep()

    def run(work: Work) -> Any:
        with deep as is_inner:
            if not is_inner:
                return store.run(work)
            met: list[Exception] = []
            result = store.run(lambda tx: _caught(work, tx, met, Exception))
            if met:
                raise met[0]
            return result

    return {"run": run}


def _tries_inner_works_again(store: Any) -> Changes:
    deep = _Deep()

    def run(work: Work) -> Any:
        with deep as is_inner:
            for _ in range(MANY if is_inner else 1):
                try:
                    return store.run(work)
                except Conflict:
                    continue
            raise TooManyConflicts(MANY)

    return {"run": run}


def _reads_only_what_is_committed(store: Any) -> Changes:
    deep, hidden = _Deep(), set[int]()

    def run(work: Work) -> Any:
        with deep:
            try:
                return store.run(lambda tx: work(_noting(tx, hidden)))
            finally:
                hidden.clear()

    return {
        "run": run,
        "read": lambda work: store.read(lambda tx: work(_blind(tx, hidden) if deep.now else tx)),
    }


def _writes_while_reading(store: Any) -> Changes:
    return {"read": lambda work: otherwise(lambda: store.read(work), StoreError, lambda: store.run(work))}


def _reads_what_is_not_committed(store: Any) -> Changes:
    """Read what was replaced last without waiting for its commit."""
    newest: dict[int, Any] = {}

    def noting(tx: Any) -> Any:
        def replace(old: Any, new: Any) -> None:
            tx.activities.replace(old, new)
            newest[new.box] = new

        return Altered(tx, {"activities": Altered(tx.activities, {"replace": replace})})

    def read(work: Work) -> Any:
        if newest:
            return work(Altered(None, {"activities": Altered(None, {"get": newest.get})}))
        return store.read(work)

    return {"run": lambda work: store.run(lambda tx: work(noting(tx))), "read": read}


def _reads_from_many_states(store: Any) -> Changes:
    """Let others write while somebody reads."""

    def read(work: Work) -> Any:
        def add(fact: Any) -> None:
            raise StoreError("transaction", "a write", "reading only", "write in Store.run")

        return store.run(lambda tx: work(Altered(tx, {"activities": Altered(tx.activities, {"add": add})})))

    return {"read": read}


RUNS: dict[str, Callable[[Any], Changes]] = {
    "a_work_gives_its_result": _gives_nothing("run"),
    "a_reading_gives_its_result": _gives_nothing("read"),
    "an_error_passes_on": _raises_another,
    "a_conflict_runs_the_work_again": _gives_another_result_after_a_conflict,
    "what_met_a_conflict_is_undone": _keeps_what_met_a_conflict,
    "conflicts_come_to_an_end": _never_gives_up,
    "a_duplicate_is_tried_once_more": _tries_no_duplicate_again,
    "a_second_duplicate_passes_on": _tries_duplicates_for_ever,
    "an_inner_work_is_committed_with_the_outer_one": _commits_inner_works,
    "an_outer_work_sees_what_an_inner_one_wrote": _hides_what_inner_works_wrote,
    "an_inner_work_that_fails_is_undone_alone": _keeps_inner_works_that_fail,
    "an_inner_conflict_runs_the_outer_work_again": _tries_inner_works_again,
    "reading_within_a_work_sees_its_changes": _reads_only_what_is_committed,
    "a_reading_writes_nothing": _writes_while_reading,
    "nobody_reads_what_is_not_committed": _reads_what_is_not_committed,
    "a_reading_sees_one_state": _reads_from_many_states,
}


def _running(wrong: Callable[[Any], Changes]) -> Callable[[], Any]:
    def make() -> Any:
        store = MemoryStore(attempts=MANY)
        return Altered(store, wrong(store))

    return make


def _replaces_whatever_is_there(c: Any, m: Any, w: Any) -> Changes:
    def replace(old: Any, new: Any) -> Any:
        stored = c.get(old.box)
        return c.replace(stored, evolve(new, version=stored.version + 1))

    return {"replace": replace}


BROKEN_UNITS: list[Broken] = [
    *(broken(UnitsOfWorkContract, law, _running(wrong)) for law, wrong in RUNS.items()),
    broken(
        UnitsOfWorkContract,
        "no_update_is_lost_between_two_works",
        altered_store("activities", lambda fact: fact.box, _replaces_whatever_is_there),
    ),
    broken(
        UnitsOfWorkContract,
        "a_checked_category_stays_until_the_commit",
        altered_store(
            "categories",
            lambda fact: fact.key,
            lambda c, m, w: {
                "check": lambda fact: refuse(c.get(fact.key).version != fact.version, Conflict("category")),
            },
        ),
    ),
]
