"""Stores that each break one law of the collections of people: members past and present, persons, tries and so on."""

from broken_collections import AGES, BIT, MANY, key_of, known, latest
from broken_doubles import Broken, WrongCollection, altered_store, broken
from broken_facts import otherwise, refuse
from brokerage.errors import DuplicateFact
from brokerage.testing import (
    ContactsContract,
    FormerMembersContract,
    MembersContract,
    PersonsContract,
    ReasonsContract,
    TriesContract,
)

__all__ = ["BROKEN_PEOPLE"]

MEMBERS: dict[str, WrongCollection] = {
    "the_members_of_a_person_come_by_box": lambda c, m, w: {"of_person": lambda person: c.of_person(person)[::-1]},
    "the_members_of_a_person_are_no_other_persons": lambda c, m, w: {"of_person": lambda person: m.now(c)},
    "a_member_who_becomes_another_person_moves": lambda c, m, w: {
        "of_person": lambda person: [fact for fact in m.now(c) if m.added[fact.box].person == person],
    },
    "a_person_without_members_has_none": lambda c, m, w: {
        "of_person": lambda person: known(c.of_person(person), person),
    },
}

MEMBERS |= {
    "the_quiet_come_by_since_when_and_box": lambda c, m, w: {
        "quiet": lambda *given: sorted(c.quiet(*given), key=lambda member: member.box),
    },
    "without_a_sign_since_registering": lambda c, m, w: {
        "quiet": lambda *given: [member for member in c.quiet(*given) if member.quiet_since],
    },
    "quiet_for_just_as_long": lambda c, m, w: {"quiet": lambda before, limit: c.quiet(before - BIT, limit)},
    "no_more_of_the_quiet_than_asked_for": lambda c, m, w: {"quiet": lambda before, limit: c.quiet(before, MANY)},
    "who_gave_a_sign_is_quiet_since_then": lambda c, m, w: {
        "quiet": lambda before, limit: [
            member
            for member in c.quiet(AGES, limit)
            if (m.added[member.box].quiet_since or m.added[member.box].since) <= before
        ],
    },
    "who_was_told_is_no_more_among_the_quiet": lambda c, m, w: {
        "quiet": lambda *given: [*(each for each in m.now(c) if each.told_at and len(m.added) > 1), *c.quiet(*given)],
    },
    "the_told_come_by_when_and_box": lambda c, m, w: {
        "told": lambda *given: sorted(c.told(*given), key=lambda member: member.box),
    },
    "told_at_just_then": lambda c, m, w: {"told": lambda before, limit: c.told(before - BIT, limit)},
    "no_more_of_the_told_than_asked_for": lambda c, m, w: {"told": lambda before, limit: c.told(before, MANY)},
    "who_answered_is_told_no_more": lambda c, m, w: {
        "told": lambda before, limit: [
            *c.told(before, limit),
            *(each for each in m.now(c) if each.told_at is None and m.added[each.box].told_at),
        ],
    },
    "the_next_are_the_first": lambda c, m, w: {
        "next_told": lambda: latest(member.told_at for member in c.told(AGES, MANY)),
    },
    "without_members_there_is_no_next": lambda c, m, w: {"next_quiet": lambda: c.next_quiet() or AGES},
}

FORMER: dict[str, WrongCollection] = {
    "the_former_members_of_a_person_come_by_box": lambda c, m, w: {
        "of_person": lambda person: c.of_person(person)[::-1],
    },
    "the_former_members_of_a_person_are_no_other_persons": lambda c, m, w: {"of_person": lambda person: m.now(c)},
    "a_former_member_who_becomes_another_person_moves": lambda c, m, w: {
        "of_person": lambda person: [fact for fact in m.now(c) if m.added[fact.box].person == person],
    },
    "a_person_without_former_members_has_none": lambda c, m, w: {
        "of_person": lambda person: known(c.of_person(person), person),
    },
}

REASONS: dict[str, WrongCollection] = {
    "all_reasons_come_by_key": lambda c, m, w: {"all": lambda: c.all()[::-1]},
}

TRIES: dict[str, WrongCollection] = {
    "due_failures_come_by_time_and_box": lambda c, m, w: {
        "due": lambda now, limit: sorted(c.due(now, limit), key=lambda tries: tries.box),
    },
    "failures_are_due_at_their_time": lambda c, m, w: {"due": lambda now, limit: c.due(now - BIT, limit)},
    "no_more_failures_than_asked_for": lambda c, m, w: {"due": lambda now, limit: c.due(now, MANY)},
    "failures_that_go_on_are_due_later": lambda c, m, w: {
        "due": lambda now, limit: [tries for tries in c.due(AGES, MANY) if m.added[tries.box].forget_at <= now][:limit],
    },
    "the_next_failure_to_forget_is_the_first": lambda c, m, w: {
        "next_due": lambda: latest(tries.forget_at for tries in c.due(AGES, MANY)),
    },
    "without_failures_there_is_no_next": lambda c, m, w: {"next_due": lambda: c.next_due() or AGES},
}

CONTACTS: dict[str, WrongCollection] = {
    "the_contacts_of_a_box_come_by_number": lambda c, m, w: {"of_box": lambda box: c.of_box(box)[::-1]},
    "the_contacts_of_a_box_are_no_other_boxes": lambda c, m, w: {"of_box": lambda box: m.now(c)},
    "a_box_without_contacts_has_none": lambda c, m, w: {"of_box": lambda box: known(c.of_box(box), box)},
}

PERSONS: dict[str, WrongCollection] = {
    "a_fingerprint_is_found_by_its_digest": lambda c, m, w: {
        "fingerprint": lambda digest: c.fingerprint(digest.lower()),
    },
    "an_unknown_digest_is_none": lambda c, m, w: {"fingerprint": lambda digest: known(c.fingerprint(digest), digest)},
    "a_known_digest_is_refused": lambda c, m, w: {
        "add_fingerprint": lambda fact: otherwise(lambda: c.add_fingerprint(fact), DuplicateFact, lambda: True),
    },
    "a_fingerprint_of_a_failed_work_is_gone": lambda c, m, w: {
        "add_fingerprint": lambda fact: (
            refuse(fact.digest in m.other, DuplicateFact(fact.digest))
            or m.other.update({fact.digest: fact})
            or c.add_fingerprint(fact)
        ),
    },
}

BROKEN_PEOPLE: list[Broken] = [
    broken(contract, law, altered_store(collection, key_of(key), wrong))
    for contract, collection, key, wrongs in (
        (MembersContract, "members", "box", MEMBERS),
        (FormerMembersContract, "former", "box", FORMER),
        (ContactsContract, "contacts", "number", CONTACTS),
        (PersonsContract, "persons", "number", PERSONS),
        (ReasonsContract, "reasons", "key", REASONS),
        (TriesContract, "tries", "box", TRIES),
    )
    for law, wrong in wrongs.items()
]
