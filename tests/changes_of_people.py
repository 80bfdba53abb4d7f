"""One change of each kind that can be made to the people of a store: members past and present, contacts, tries."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from attrs import evolve

from brokerage.ports import Transaction
from brokerage.records.contacts import Contact, forget
from brokerage.records.members import FormerMember, MemberKind, SignInTries
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber
from brokerage.records.withdrawals import WithdrawalReason
from builders import START, World

__all__ = ["PEOPLE_CHANGES", "populate_people"]

Change = Callable[[Transaction], object]


def _former(box: int) -> FormerMember:
    return FormerMember(
        BoxNumber(box), PersonNumber(1), MemberKind.INDIVIDUAL, ContactNumber(1), START, START, "moved", Decimal(1)
    )


def _tries(box: int, days: int) -> SignInTries:
    return SignInTries(BoxNumber(box), 1, START, START + timedelta(days=days))


def _contact(number: int, box: int | None) -> Contact:
    kept = None if box is None else BoxNumber(box)
    return Contact(ContactNumber(number), kept, "Zed", "9 Yew Row", "555 9", "z@x.example", "Z-9", START)


def populate_people(place: World) -> None:
    """Keep somebody who has left, a reason, and failures to sign in."""

    def work(tx: Transaction) -> None:
        tx.former.add(_former(101))
        tx.reasons.add(WithdrawalReason("moved", "moved", "Moved"))
        tx.tries.add(_tries(7, 3))

    place.store.run(work)


def _on(collection: str, key: Any, act: Callable[[Any, Any], object]) -> Change:
    """Do something with a fact, unless an earlier change has removed it."""

    def work(tx: Transaction) -> None:
        facts = getattr(tx, collection)
        fact = facts.get(key)
        if fact is not None:
            act(facts, fact)

    return work


def _put(**changes: Any) -> Callable[[Any, Any], object]:
    return lambda facts, fact: facts.replace(fact, evolve(fact, version=fact.version + 1, **changes))


def _remove(facts: Any, fact: Any) -> None:
    facts.remove(fact)


ANN, BOB = BoxNumber(1), BoxNumber(2)
PEOPLE_CHANGES: dict[str, Change] = {
    "members remove": _on("members", BOB, _remove),
    "members stay": _on("members", ANN, _put(quiet_since=START + timedelta(days=1))),
    "members told": _on("members", ANN, _put(told_at=START + timedelta(days=2))),
    "members answer": _on("members", ANN, _put(told_at=None, quiet_since=START + timedelta(days=3))),
    "contacts add": lambda tx: tx.contacts.add(_contact(1001, 1)),
    "contacts add without a box": lambda tx: tx.contacts.add(_contact(1002, None)),
    "contacts forget": _on("contacts", ContactNumber(1), lambda facts, fact: facts.replace(fact, forget(fact))),
    "activities remove": _on("activities", BOB, _remove),
    "credentials remove": _on("credentials", BOB, _remove),
    "former add": lambda tx: tx.former.add(_former(102)),
    "former replace": _on("former", BoxNumber(101), _put(person=PersonNumber(2))),
    "reasons add": lambda tx: tx.reasons.add(WithdrawalReason("other", "other", "Other")),
    "reasons replace": _on("reasons", "moved", _put(withdrawals=7)),
    "reasons remove": _on("reasons", "moved", _remove),
    "tries add": lambda tx: tx.tries.add(_tries(2**62, 1)),
    "tries replace": _on("tries", BoxNumber(7), _put(forget_at=START)),
    "tries remove": _on("tries", BoxNumber(7), _remove),
}
