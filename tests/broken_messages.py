"""Stores that each break one law of complaints, news, lost sales, or of how members and complainants are listed."""

from collections.abc import Callable
from typing import Any

from attrs import evolve

from broken_doubles import Broken, WrongCollection, altered_store, broken
from broken_facts import refuse
from brokerage.errors import DuplicateFact
from brokerage.testing import (
    ComplaintsContract,
    LossesContract,
    MembersContract,
    NewsItemsContract,
    PersonsContract,
)

__all__ = ["BROKEN_MESSAGES"]

MANY = 1000


def _is_second(c: Any, fact: Any) -> bool:
    """Say whether somebody, or the manager, complains about a deal again."""
    complainants = [other.complainant for other in c.of_deal(fact.deal)] if fact.deal else []
    return fact.complainant in complainants and c.get(fact.number) is None


COMPLAINTS: dict[str, WrongCollection] = {
    "a_deals_complaints_come_by_number": lambda c, m, w: {"of_deal": lambda deal: c.of_deal(deal)[::-1]},
    "a_deals_complaints_are_no_other_deals": lambda c, m, w: {"of_deal": lambda deal: m.now(c)},
    "a_partys_second_complaint_of_a_deal_is_refused": lambda c, m, w: {
        "add": lambda fact: c.add(evolve(fact, deal=None) if fact.complainant and _is_second(c, fact) else fact),
    },
    "the_manager_may_complain_twice": lambda c, m, w: {
        "add": lambda fact: (
            refuse(fact.complainant is None and _is_second(c, fact), DuplicateFact(fact.deal)) or c.add(fact)
        ),
    },
    "a_members_complaints_come_newest_first": lambda c, m, w: {"of_member": lambda *given: c.of_member(*given)[::-1]},
    "a_members_complaints_are_those_by_and_about": lambda c, m, w: {
        "of_member": lambda box, *given: [fact for fact in c.of_member(box, *given) if fact.respondent == box],
    },
    "a_members_complaints_go_on_below_a_number": lambda c, m, w: {
        "of_member": lambda box, before, limit: c.of_member(box, before and before + 1, limit),
    },
    "no_more_complaints_of_a_member_than_asked_for": lambda c, m, w: {
        "of_member": lambda box, before, limit: c.of_member(box, before, MANY),
    },
}

NEWS: dict[str, WrongCollection] = {
    "a_boxs_news_come_newest_first": lambda c, m, w: {
        "for_box": lambda *given: sorted(c.for_box(*given), key=lambda item: not item.boxes),
    },
    "a_boxs_news_are_no_other_boxs": lambda c, m, w: {
        "for_box": lambda box, before, limit: [
            *c.for_box(box, before, limit),
            *(item for item in m.now(c) if item.boxes and box not in item.boxes and not item.withdrawn),
        ],
    },
    "a_boxs_news_go_on_below_a_number": lambda c, m, w: {
        "for_box": lambda box, before, limit: c.for_box(box, before and before + 1, limit),
    },
    "no_more_news_of_a_box_than_asked_for": lambda c, m, w: {
        "for_box": lambda box, before, limit: c.for_box(box, before, MANY),
    },
    "withdrawn_news_are_in_no_box": lambda c, m, w: {
        "for_box": lambda *given: [*c.for_box(*given), *(item for item in m.now(c) if item.withdrawn)],
    },
    "the_latest_come_newest_first": lambda c, m, w: {"latest": lambda *given: c.latest(*given)[::-1]},
    "the_latest_go_on_below_a_number": lambda c, m, w: {
        "latest": lambda before, limit: c.latest(before and before + 1, limit),
    },
    "no_more_of_the_latest_than_asked_for": lambda c, m, w: {"latest": lambda before, limit: c.latest(before, MANY)},
    "what_is_to_be_mailed_comes_by_number": lambda c, m, w: {"to_mail": lambda limit: c.to_mail(limit)[::-1]},
    "only_what_is_to_be_mailed": lambda c, m, w: {"to_mail": lambda limit: m.now(c)[:limit]},
    "no_more_to_mail_than_asked_for": lambda c, m, w: {"to_mail": lambda limit: c.to_mail(MANY)},
}

LOSSES: dict[str, WrongCollection] = {
    "the_first_come_by_deal": lambda c, m, w: {"first": lambda limit: c.first(limit)[::-1]},
    "no_more_than_asked_for": lambda c, m, w: {"first": lambda limit: c.first(MANY)},
}

MEMBERS: dict[str, WrongCollection] = {
    "members_come_by_box": lambda c, m, w: {"after": lambda *given: c.after(*given)[::-1]},
    "members_go_on_behind_a_box": lambda c, m, w: {"after": lambda box, limit: c.after(max(box - 1, 0), limit)},
    "no_more_members_than_asked_for": lambda c, m, w: {"after": lambda box, limit: c.after(box, MANY)},
    "each_member_comes_once": lambda c, m, w: {
        "after": lambda *given: [*c.after(*given), *(old for old, _ in m.replaced.values())],
    },
}


def _everybody(c: Any, m: Any) -> list[Any]:
    """Return whoever filed something, also who was joined to another."""
    return sorted((one for one in m.now(c) if one.filed), key=lambda one: (-one.filed, one.number))


PERSONS: dict[str, WrongCollection] = {
    "who_filed_most_comes_first": lambda c, m, w: {
        "who_filed": lambda *given: sorted(c.who_filed(*given), key=lambda one: (str(-one.filed), one.number)),
    },
    "who_filed_less_is_left_out": lambda c, m, w: {
        "who_filed": lambda at_least, *given: c.who_filed(max(at_least - 1, 1), *given),
    },
    "who_filed_goes_on_behind_a_person": lambda c, m, w: {
        "who_filed": lambda at_least, after, limit: c.who_filed(at_least, after and (after[0], after[1] - 1), limit),
    },
    "no_more_who_filed_than_asked_for": lambda c, m, w: {
        "who_filed": lambda at_least, after, limit: c.who_filed(at_least, after, MANY),
    },
    "who_was_joined_to_another_did_not_file": lambda c, m, w: {
        "who_filed": lambda at_least, after, limit: (
            _everybody(c, m)
            if any(one.joined_into and one.number in m.replaced for one in m.now(c))
            else c.who_filed(at_least, after, limit)
        ),
    },
    "who_filed_is_as_it_is_now": lambda c, m, w: {
        "who_filed": lambda at_least, after, limit: [
            one for one in c.who_filed(1, after, limit) if m.added[one.number].filed >= at_least
        ],
    },
    "who_filed_in_a_failed_work_did_not": lambda c, m, w: {
        "who_filed": lambda *given: [
            *c.who_filed(*given),
            *(one for one in m.added.values() if c.get(one.number) is None),
        ],
    },
}


def _key(name: str) -> Callable[[Any], Any]:
    return lambda fact: getattr(fact, name)


BROKEN_MESSAGES: list[Broken] = [
    broken(contract, law, altered_store(collection, _key(key), wrong))
    for contract, collection, key, wrongs in (
        (ComplaintsContract, "complaints", "number", COMPLAINTS),
        (NewsItemsContract, "news", "number", NEWS),
        (LossesContract, "losses", "deal", LOSSES),
        (MembersContract, "members", "box", MEMBERS),
        (PersonsContract, "persons", "number", PERSONS),
    )
    for law, wrong in wrongs.items()
]
