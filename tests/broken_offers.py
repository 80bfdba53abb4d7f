"""Stores that each break one law of offers or of their books."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import Any

from attrs import evolve

from broken_doubles import Broken, Memory, WrongCollection, altered_store, broken
from broken_facts import otherwise, refuse
from brokerage.errors import Conflict, DuplicateFact
from brokerage.records.offers import WAITING, OfferState, PurchaseOffer, SaleOffer, Standing
from brokerage.testing import BooksContract, OffersContract

__all__ = ["BROKEN_OFFERS"]

AGES, MANY, HIGHEST = datetime(9000, 1, 1, tzinfo=UTC), 1000, 10**15
BIT = timedelta(microseconds=1)


def _stood(c: Any, m: Memory, w: Memory, offer: Any, old: Standing, new: Standing) -> None:
    """Let an offer stand, and remember it."""
    c.stand(offer, old, new)
    for memory in (m, w):
        memory.other[offer.number] = (old, new)


def _standing(wrong: Callable[[Any, Memory, Memory, int], Standing | None]) -> WrongCollection:
    """Say wrongly how an offer stands; ``None``: rightly."""
    return lambda c, m, w: {
        "stand": lambda *given: _stood(c, m, w, *given),
        "standing": lambda number: wrong(c, m, w, number) or c.standing(number),
    }


def _stand_anyway(c: Any, is_case: Callable[[Any, Any], bool]) -> Any:
    """Let an offer stand as somebody says, where that is a conflict of one kind."""

    def stand(offer: Any, old: Standing, new: Standing) -> Any:
        stored = c.get(offer.number)
        if stored is None or not is_case(stored, offer):
            return otherwise(lambda: c.stand(offer, old, new), Conflict, lambda: stored is None and is_case(None, None))
        return c.stand(stored, c.standing(offer.number), new)

    return stand


def _keep_the_free(c: Any, facts: Any, standing: Standing) -> None:
    for fact in facts:
        with suppress(DuplicateFact):
            c.add(fact, standing)


OFFERS: dict[str, WrongCollection] = {
    "a_new_offer_waits": _standing(
        lambda c, m, w, number: (
            Standing(told=True) if number in m.added and not m.other and c.standing(number) == WAITING else None
        )
    ),
    "an_offer_stands_as_it_was_added": _standing(
        lambda c, m, w, number: (
            evolve(c.standing(number), seen_deal=0)
            if [*m.added] == [number] and not m.other and not m.replaced
            else None
        )
    ),
    "an_unknown_offer_waits": _standing(
        lambda c, m, w, number: refuse(c.get(number) is None, KeyError(number)),
    ),
    "how_an_offer_stands_can_be_changed": _standing(
        lambda c, m, w, number: WAITING if number in m.other and number % 2 == 0 else None
    ),
    "standing_makes_no_new_version": lambda c, m, w: {
        "stand": lambda *given: _stood(c, m, w, *given),
        "get": lambda number: (
            evolve(c.get(number), version=c.get(number).version + 1) if number in m.other else c.get(number)
        ),
    },
    "an_old_standing_is_a_conflict": lambda c, m, w: {
        "stand": _stand_anyway(c, lambda stored, offer: bool(stored) and stored.version == offer.version),
    },
    "standing_by_an_old_version_is_a_conflict": lambda c, m, w: {
        "stand": _stand_anyway(c, lambda stored, offer: bool(stored) and stored.version != offer.version),
    },
    "standing_of_what_is_not_there_is_a_conflict": lambda c, m, w: {
        "stand": _stand_anyway(c, lambda stored, offer: stored is None),
    },
    "a_new_version_stands_as_the_old_one_did": lambda c, m, w: {
        "replace": lambda old, new: (
            c.replace(old, new) or (c.standing(new.number).told and c.stand(new, c.standing(new.number), WAITING))
        ),
    },
    "a_failed_work_leaves_an_offer_standing_as_before": _standing(
        lambda c, m, w, number: m.other[number][1] if number in m.other else None
    ),
    "a_work_sees_how_it_let_an_offer_stand": _standing(
        lambda c, m, w, number: w.other[number][0] if number in w.other else None
    ),
    "many_are_kept_as_one_by_one": lambda c, m, w: {"add_all": lambda facts, standing=WAITING: c.add_all(facts)},
    "many_of_which_one_is_taken_are_refused": lambda c, m, w: {
        "add_all": lambda facts, standing=WAITING: _keep_the_free(c, facts, standing),
    },
    "a_members_offers_come_by_number": lambda c, m, w: {"of_member": lambda box: c.of_member(box)[::-1]},
    "a_members_offers_are_no_other_members": lambda c, m, w: {
        "of_member": lambda box: [offer for offer in m.now(c) if not offer.filed],
    },
    "what_is_filed_has_left_the_members_offers": lambda c, m, w: {
        "of_member": lambda box: [offer for offer in m.now(c) if offer.box == box],
    },
    "a_category_is_in_use_while_an_offer_is_open_or_agreed": lambda c, m, w: {
        "has_unfinished": lambda category: any(
            offer.state is OfferState.OPEN and offer.category == category for offer in m.now(c)
        ),
    },
    "another_category_is_not_in_use": lambda c, m, w: {"has_unfinished": lambda category: c.has_unfinished("goods")},
    "offers_wait_in_the_order_of_their_arrivals": lambda c, m, w: {
        "waiting": lambda limit: c.waiting(limit)[:: -1 if len(c.waiting(limit)) > 2 else 1],
    },
    "only_open_and_hidden_offers_wait": lambda c, m, w: {
        "waiting": lambda limit: [
            *c.waiting(limit),
            *(offer for offer in m.now(c) if offer.state is OfferState.AGREED),
        ],
    },
    "no_more_waiting_offers_than_asked_for": lambda c, m, w: {"waiting": lambda limit: c.waiting(MANY)},
    "an_offer_that_is_shown_waits_no_more": lambda c, m, w: {
        "stand": lambda *given: _stood(c, m, w, *given),
        "waiting": lambda limit: [
            *c.waiting(limit),
            *(c.get(number) for number, (_, new) in m.other.items() if new.visible),
        ],
    },
    "an_offer_that_arrives_anew_waits_behind_the_others": lambda c, m, w: {
        "waiting": lambda limit: sorted(c.waiting(limit), key=lambda offer: m.added[offer.number].arrival),
    },
    "offers_end_by_time_limit_and_number": lambda c, m, w: {
        "due": lambda now, limit: sorted(c.due(now, limit), key=lambda offer: offer.number),
    },
    "an_offer_ends_at_its_limit": lambda c, m, w: {"due": lambda now, limit: c.due(now - BIT, limit)},
    "no_more_ending_offers_than_asked_for": lambda c, m, w: {"due": lambda now, limit: c.due(now, MANY)},
    "an_offer_ends_at_its_newest_limit": lambda c, m, w: {
        "due": lambda now, limit: [offer for offer in c.due(AGES, MANY) if m.added[offer.number].limit <= now][:limit],
    },
    "only_open_offers_end": lambda c, m, w: {
        "due": lambda now, limit: [
            *c.due(now, limit),
            *(offer for offer in m.now(c) if offer.state is OfferState.AGREED),
        ],
    },
    "the_next_limit_is_the_earliest": lambda c, m, w: {
        "next_limit": lambda: max((offer.limit for offer in c.due(AGES, MANY)), default=None),
    },
    "without_limits_there_is_no_next": lambda c, m, w: {"next_limit": lambda: c.next_limit() or AGES},
}


# books


def _price(offer: Any) -> int:
    return int(offer.min_price if isinstance(offer, SaleOffer) else offer.max_price)


def _is_hidden(c: Any, offer: Any) -> bool:
    return offer.state is OfferState.OPEN and not c.standing(offer.number).visible


def _of_first_version(m: Memory, offers: Iterable[Any]) -> list[Any]:
    return [evolve(offer, version=m.added[offer.number].version) for offer in offers]


def _further(c: Any, m: Memory, kind: type[Any], also: Callable[[Any], bool]) -> list[Any]:
    """Return the offers of one side and category for which something holds."""
    return [offer for offer in m.now(c) if isinstance(offer, kind) and offer.category == "goods" and also(offer)]


def _told(c: Any, offer: Any) -> bool:
    standing = c.standing(offer.number)
    return bool(standing.visible and standing.told)


def _like(m: Memory, ladder: Any) -> set[str]:
    """Return the texts of rates and factors of the sales that stand in a ladder."""
    sales = [offer for offer in m.added.values() if isinstance(offer, SaleOffer)]
    sales = [sale for sale in sales if (sale.terms, sale.factor) == (ladder.terms, ladder.factor)]
    return {f"{sale.terms.rate} {sale.factor}" for sale in sales}


def _without_repetition(offers: Iterable[Any]) -> list[Any]:
    return list({offer.number: offer for offer in offers}.values())


def _seen(c: Any, m: Memory, category: str, currency: str) -> list[Any]:
    for ladder in c.ladders(category, currency):
        m.other[ladder] = ladder
    return list(m.other)


LADDERS: dict[str, WrongCollection] = {
    "sales_of_unlike_terms_or_factors_stand_in_ladders_of_their_own": lambda c, m, w: {
        "ladders": lambda *given: list({ladder.terms: ladder for ladder in c.ladders(*given)}.values()),
    },
    "equal_rates_and_factors_are_one_ladder": lambda c, m, w: {
        "ladders": lambda *given: [ladder for ladder in c.ladders(*given) for _ in _like(m, ladder)],
    },
    "a_ladder_without_a_sale_is_gone": lambda c, m, w: {
        "stand": lambda *given: (_seen(c, m, "goods", "USD"), c.stand(*given))[1],
        "ladders": lambda *given: _seen(c, m, *given),
    },
    "a_ladder_rises_by_price_and_number": lambda c, m, w: {
        "ladder": lambda *given: sorted(c.ladder(*given), key=lambda offer: (_price(offer), -offer.number)),
    },
    "a_ladder_is_read_up_to_a_price": lambda c, m, w: {
        "ladder": lambda ladder, up_to, after=None: c.ladder(ladder, up_to - (up_to < HIGHEST), after),
    },
    "a_ladder_is_read_on_behind_a_place": lambda c, m, w: {
        "ladder": lambda ladder, up_to, after=None: c.ladder(ladder, up_to, after and (after[0], after[1] - 1)),
    },
    "a_long_ladder_is_read_to_its_end": lambda c, m, w: {"ladder": lambda *given: islice(c.ladder(*given), 100)},
    "hidden_and_ended_sales_are_in_no_ladder": lambda c, m, w: {
        "ladder": lambda *given: [*c.ladder(*given), *_further(c, m, SaleOffer, lambda offer: _is_hidden(c, offer))],
    },
    "a_sale_leaves_its_ladder_and_returns": lambda c, m, w: {
        "ladder": lambda *given: [
            sale
            for sale in c.ladder(*given)
            if sale.number not in m.replaced
            or m.replaced[sale.number][1].version != sale.version
            or m.replaced[sale.number][0].state is OfferState.OPEN
        ],
    },
    "a_ladder_has_no_other_category_or_currency": lambda c, m, w: {
        "ladder": lambda ladder, *given: [
            *c.ladder(ladder, *given),
            *c.ladder(evolve(ladder, currency="JPY"), *given),
        ],
    },
    "an_amended_sale_stands_at_its_new_price": lambda c, m, w: {
        "ladder": lambda ladder, up_to, after=None: [
            sale for sale in c.ladder(ladder, HIGHEST, after) if m.added[sale.number].min_price <= up_to
        ],
    },
    "a_ladder_gives_the_newest_version": lambda c, m, w: {
        "ladder": lambda *given: _of_first_version(m, c.ladder(*given)),
    },
}

PURCHASES: dict[str, WrongCollection] = {
    "purchases_fall_by_price_and_number": lambda c, m, w: {
        "purchases": lambda *given: sorted(c.purchases(*given), key=lambda offer: (-_price(offer), offer.number)),
    },
    "purchases_are_read_down_to_a_price": lambda c, m, w: {
        "purchases": lambda category, currency, at_least, after=None: c.purchases(
            category, currency, at_least + (at_least > 0), after
        ),
    },
    "purchases_are_read_on_behind_a_place": lambda c, m, w: {
        "purchases": lambda category, currency, at_least, after=None: c.purchases(
            category, currency, at_least, after and (after[0], after[1] + 1)
        ),
    },
    "many_purchases_are_read_to_their_end": lambda c, m, w: {
        "purchases": lambda *given: islice(c.purchases(*given), 100),
    },
    "hidden_and_ended_purchases_are_not_in_the_book": lambda c, m, w: {
        "purchases": lambda *given: [
            *c.purchases(*given),
            *_further(c, m, PurchaseOffer, lambda offer: _is_hidden(c, offer)),
        ],
    },
    "purchases_are_of_no_other_category_or_currency": lambda c, m, w: {
        "purchases": lambda category, *given: [*c.purchases(category, *given), *c.purchases("other", *given)],
    },
}

UNTOLD: dict[str, WrongCollection] = {
    "untold_sales_rise_by_price_and_number": lambda c, m, w: {
        "untold_sales": lambda *given: sorted(c.untold_sales(*given), key=lambda o: (_price(o), -o.number)),
    },
    "untold_sales_are_read_between_a_place_and_a_price": lambda c, m, w: {
        "untold_sales": lambda category, currency, up_to, after=None: c.untold_sales(
            category, currency, up_to, after and (after[0], after[1] - 1)
        ),
    },
    "only_visible_open_sales_are_to_be_told": lambda c, m, w: {
        "untold_sales": lambda *given: [
            *c.untold_sales(*given),
            *_further(c, m, SaleOffer, lambda offer: _is_hidden(c, offer)),
        ],
    },
    "a_sale_that_is_told_is_not_to_be_told_again": lambda c, m, w: {
        "untold_sales": lambda *given: [
            *c.untold_sales(*given),
            *_further(c, m, SaleOffer, lambda offer: _told(c, offer)),
        ],
    },
    "untold_purchases_fall_by_price_and_number": lambda c, m, w: {
        "untold_purchases": lambda *given: sorted(c.untold_purchases(*given), key=lambda o: (-_price(o), o.number)),
    },
    "untold_purchases_are_read_between_a_place_and_a_price": lambda c, m, w: {
        "untold_purchases": lambda category, currency, at_least, after=None: c.untold_purchases(
            category, currency, at_least + (at_least > 0), after
        ),
    },
    "only_visible_open_purchases_are_to_be_told": lambda c, m, w: {
        "untold_purchases": lambda *given: [
            *c.untold_purchases(*given),
            *_further(c, m, PurchaseOffer, lambda offer: _is_hidden(c, offer)),
        ],
    },
    "a_purchase_that_is_told_is_not_to_be_told_again": lambda c, m, w: {
        "untold_purchases": lambda *given: [
            *c.untold_purchases(*given),
            *_further(c, m, PurchaseOffer, lambda offer: _told(c, offer)),
        ],
    },
}

LOST: dict[str, WrongCollection] = {
    "lost_sales_come_by_deal": lambda c, m, w: {
        "lost_sales": lambda *given: sorted(c.lost_sales(*given), key=lambda sale: sale.number),
    },
    "lost_sales_are_read_above_a_deal": lambda c, m, w: {
        "lost_sales": lambda category, currency, after, up_to: c.lost_sales(
            category, currency, max(after - 1, 0), up_to
        ),
    },
    "lost_sales_are_read_up_to_a_price": lambda c, m, w: {
        "lost_sales": lambda category, currency, after, up_to: takewhile(
            lambda sale: sale.min_price <= up_to, c.lost_sales(category, currency, after, HIGHEST)
        ),
    },
    "a_sale_that_is_agreed_is_lost_to_others": lambda c, m, w: {
        "lost_sales": lambda *given: [sale for sale in c.lost_sales(*given) if sale.state is OfferState.AGREED],
    },
    "a_sale_that_opens_again_is_lost_no_more": lambda c, m, w: {
        "lost_sales": lambda *given: _without_repetition(
            [
                *c.lost_sales(*given),
                *_further(c, m, SaleOffer, lambda sale: not sale.deal and bool(m.added[sale.number].deal)),
            ]
        ),
    },
    "only_sales_of_the_book_are_lost": lambda c, m, w: {
        "lost_sales": lambda category, currency, *given: [
            *c.lost_sales(category, currency, *given),
            *c.lost_sales(category, "JPY", *given),
        ],
    },
}

LISTS: dict[str, WrongCollection] = {
    "whoever_holds_a_book_next_sees_what_was_shown": lambda c, m, w: {"hold": lambda *given: None},
    "a_failed_work_leaves_the_books_as_they_were": lambda c, m, w: {
        "purchases": lambda *given: [
            *c.purchases(*given),
            *(fact for number, fact in m.added.items() if c.get(number) is None),
        ],
    },
    "the_unsold_come_by_number": lambda c, m, w: {"unsold": lambda *given: sorted(c.unsold(*given), key=_price)},
    "the_unsold_go_on_behind_a_number": lambda c, m, w: {
        "unsold": lambda category, after: c.unsold(category, after - 1),
    },
    "only_sales_in_the_book_are_unsold": lambda c, m, w: {
        "unsold": lambda *given: [*c.unsold(*given), *_further(c, m, SaleOffer, lambda sale: _is_hidden(c, sale))],
    },
    "the_listed_come_by_number": lambda c, m, w: {
        "listed_sales": lambda *given: sorted(c.listed_sales(*given), key=_price),
    },
    "the_listed_go_on_behind_a_number": lambda c, m, w: {
        "listed_sales": lambda category, after: c.listed_sales(category, after - 1),
    },
    "every_sale_that_is_not_filed_is_listed": lambda c, m, w: {
        "listed_sales": lambda *given: [s for s in c.listed_sales(*given) if s.state is not OfferState.CLOSED],
    },
    "what_is_filed_is_listed_no_more": lambda c, m, w: {
        "listed_sales": lambda *given: [
            *c.listed_sales(*given),
            *_further(c, m, SaleOffer, lambda sale: bool(sale.filed)),
        ],
    },
}


BROKEN_OFFERS: list[Broken] = [
    broken(contract, law, altered_store("offers", lambda fact: fact.number, wrong))
    for contract, wrongs in (
        (OffersContract, OFFERS),
        (BooksContract, {**LADDERS, **PURCHASES, **UNTOLD, **LOST, **LISTS}),
    )
    for law, wrong in wrongs.items()
]
