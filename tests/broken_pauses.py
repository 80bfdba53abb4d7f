"""Stores that each break one law of the pauses."""

from broken_collections import BIT, MANY, key_of, known, latest
from broken_doubles import Broken, WrongCollection, altered_store, broken
from brokerage.testing import PausesContract

__all__ = ["BROKEN_PAUSES"]

PAUSES: dict[str, WrongCollection] = {
    "the_pauses_of_a_person_come_by_category": lambda c, m, w: {"of_person": lambda person: c.of_person(person)[::-1]},
    "the_pauses_of_a_person_are_no_other_persons": lambda c, m, w: {
        "of_person": lambda person: [*c.of_person(person), *(fact for fact in m.now(c) if fact.person != person)],
    },
    "a_person_without_pauses_has_none": lambda c, m, w: {
        "of_person": lambda person: known(c.of_person(person), person),
    },
    "the_first_to_end_come_first": lambda c, m, w: {
        "due": lambda now, limit: sorted(c.due(now, limit), key=lambda fact: (fact.until, fact.category, fact.person)),
    },
    "only_what_ends_by_the_instant": lambda c, m, w: {"due": lambda now, limit: c.due(now - BIT, limit)},
    "no_more_due_than_asked_for": lambda c, m, w: {"due": lambda now, limit: c.due(now, MANY)},
    "a_prolonged_pause_is_due_at_its_new_end": lambda c, m, w: {
        "due": lambda now, limit: sorted(c.due(now, limit), key=lambda fact: (m.added[fact.key].until, fact.key)),
    },
    "the_next_end_is_the_earliest": lambda c, m, w: {"next_end": lambda: latest(fact.until for fact in m.now(c))},
    "without_pauses_there_is_no_next_end": lambda c, m, w: {
        "next_end": lambda: c.next_end() or latest(fact.until for fact in m.added.values()),
    },
}

BROKEN_PAUSES: list[Broken] = [
    broken(PausesContract, law, altered_store("pauses", key_of("key"), wrong)) for law, wrong in PAUSES.items()
]
