"""Stores that each break one law of the collections of cases, statements and notices."""

from attrs import evolve

from broken_collections import MANY, known, taken_by_another
from broken_doubles import Broken, WrongCollection, altered_store, broken
from brokerage.records.cases import CaseKind
from brokerage.records.notices import PaymentNotice
from brokerage.testing import CasesContract, InboxContract, StatementsContract

__all__ = ["BROKEN_CASEBOOK"]

CASES: dict[str, WrongCollection] = {
    "a_case_keeps_whatever_notice_it_is_about": lambda c, m, w: {
        "get": lambda key: (
            (case := c.get(key))
            and evolve(case, notice=case.notice if isinstance(case.notice, PaymentNotice | None) else None)
        ),
    },
    "a_case_that_is_about_nothing_known_is_kept": lambda c, m, w: {
        "get": lambda key: (case := c.get(key)) and evolve(case, effect=case.effect or ""),
    },
    "open_cases_come_by_number": lambda c, m, w: {"open_ones": lambda *given: c.open_ones(*given)[::-1]},
    "open_cases_go_on_behind_a_number": lambda c, m, w: {
        "open_ones": lambda kind, after, limit: c.open_ones(kind, after - 1, limit),
    },
    "no_more_open_cases_than_asked_for": lambda c, m, w: {
        "open_ones": lambda kind, after, limit: c.open_ones(kind, after, MANY),
    },
    "open_cases_of_a_kind_are_of_no_other": lambda c, m, w: {
        "open_ones": lambda kind, after, limit: c.open_ones(None, after, limit),
    },
    "open_cases_of_any_kind_are_all": lambda c, m, w: {
        "open_ones": lambda kind, after, limit: c.open_ones(kind or CaseKind.CLAIM, after, limit),
    },
    "a_closed_case_waits_no_more": lambda c, m, w: {
        "open_ones": lambda *given: [*c.open_ones(*given), *(case for case in m.now(c) if case.closed_at)],
    },
    "a_closed_case_says_how_it_was_closed": lambda c, m, w: {
        "of_deal": lambda deal: [evolve(case, outcome=case.outcome[:8]) for case in c.of_deal(deal)],
    },
    "cases_of_a_deal_come_by_number": lambda c, m, w: {"of_deal": lambda deal: c.of_deal(deal)[::-1]},
    "cases_of_a_deal_are_no_other_deals": lambda c, m, w: {"of_deal": lambda deal: m.now(c)},
    "closed_cases_of_a_deal_are_found": lambda c, m, w: {
        "of_deal": lambda deal: [case for case in c.of_deal(deal) if case.closed_at is None],
    },
    "a_deal_without_cases_has_none": lambda c, m, w: {"of_deal": lambda deal: known(c.of_deal(deal), deal)},
}

STATEMENTS: dict[str, WrongCollection] = {
    "statements_come_by_place": lambda c, m, w: {"of_deal": lambda deal: c.of_deal(deal)[::-1]},
    "every_deal_has_statements_of_its_own": lambda c, m, w: {"of_deal": lambda deal: m.now(c)},
    "a_deal_without_statements_has_none": lambda c, m, w: {"of_deal": lambda deal: known(c.of_deal(deal), deal)},
}

INBOX: dict[str, WrongCollection] = {
    "two_sources_may_use_one_id": taken_by_another(lambda fact: fact.notice.id, lambda fact: fact.notice.source),
    "a_notice_of_every_kind_is_kept": lambda c, m, w: {
        "get": lambda key: (
            (fact := c.get(key)) and evolve(fact, notice=evolve(fact.notice, source=fact.notice.source[:8]))
        ),
    },
    "notices_of_two_kinds_may_have_one_id": taken_by_another(
        lambda fact: fact.notice.id, lambda fact: type(fact.notice)
    ),
    "another_notice_under_a_known_id_is_kept_beside_it": taken_by_another(
        lambda fact: fact.notice.id, lambda fact: fact.place
    ),
}

BROKEN_CASEBOOK: list[Broken] = [
    *(broken(CasesContract, law, altered_store("cases", lambda case: case.number, CASES[law])) for law in CASES),
    *(broken(InboxContract, law, altered_store("inbox", lambda fact: fact.key, INBOX[law])) for law in INBOX),
    *(
        broken(StatementsContract, law, altered_store("statements", lambda one: one.key, STATEMENTS[law]))
        for law in STATEMENTS
    ),
]
