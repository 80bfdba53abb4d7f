"""Stores that each break one law of running totals."""

from operator import attrgetter
from typing import Any

from broken_collections import known
from broken_doubles import Broken, Memory, WrongCollection, altered_store, broken
from brokerage.testing import TalliesContract

__all__ = ["BROKEN_TALLIES"]

MANY = 1000


def _all_of(m: Memory, c: Any, after: Any, limit: int) -> list[Any]:
    """Every tally behind a place, of whatever category."""
    return [tally for tally in m.now(c) if after is None or (tally.box, tally.currency) > after][:limit]


TALLIES: dict[str, WrongCollection] = {
    "the_tallies_of_a_member_come_by_category_and_currency": lambda c, m, w: {
        "of_member": lambda box: c.of_member(box)[::-1],
    },
    "the_tallies_of_a_member_are_no_other_members": lambda c, m, w: {
        "of_member": lambda box: c.of_member(box) and m.now(c),
    },
    "a_member_without_tallies_has_none": lambda c, m, w: {"of_member": lambda box: known(c.of_member(box), box)},
    "the_tallies_of_a_category_come_by_box_and_currency": lambda c, m, w: {
        "of_category": lambda *given: c.of_category(*given)[::-1],
    },
    "the_tallies_of_a_category_are_no_other_categories": lambda c, m, w: {
        "of_category": lambda category, after, limit: (
            c.of_category(category, after, limit) and _all_of(m, c, after, limit)
        ),
    },
    "a_category_without_tallies_has_none": lambda c, m, w: {
        "of_category": lambda category, *rest: known(c.of_category(category, *rest), category),
    },
    "the_tallies_of_a_category_go_on_behind_a_place": lambda c, m, w: {
        "of_category": lambda category, after, limit: c.of_category(category, None, limit),
    },
    "no_more_tallies_than_asked_for": lambda c, m, w: {
        "of_category": lambda category, after, limit: c.of_category(category, after, MANY),
    },
}

BROKEN_TALLIES: list[Broken] = [
    broken(TalliesContract, law, altered_store("tallies", attrgetter("key"), wrong)) for law, wrong in TALLIES.items()
]
