"""Offers in memory, one step at a time: where each stands, what is a conflict, and what a failed work puts back."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from brokerage import Terms
from brokerage.adapters.memory import MemoryStore
from brokerage.errors import Conflict
from brokerage.ports import Ladder, Transaction
from brokerage.records.numbers import Arrival, BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import (
    WAITING,
    Offer,
    Outcome,
    SaleOffer,
    Standing,
    agree,
    amend,
    cancel,
    close,
    expire,
    file_away,
    reopen,
)
from builders import AGES, MANY, START
from small_books import HOUR, LADDER, OPEN, TERMS, numbers, purchase, sale, store_of

OTHER_TERMS = Terms("0.2")
TOLD = Standing(True, True, DealNumber(3))
SEEN = Standing(True, False, DealNumber(3))
Look = dict[str, object]


def seen(store: MemoryStore) -> Look:
    """Return where every offer stands, by number."""

    def look(tx: Transaction) -> Look:
        offers, first = tx.offers, OfferNumber(0)
        ladders = offers.ladders("goods", "USD")
        return {
            "facts": [(offers.get(OfferNumber(number)), offers.standing(OfferNumber(number))) for number in range(10)],
            "ladders": {ladder: numbers(offers.ladder(ladder, 10**15)) for ladder in ladders},
            "purchases": numbers(offers.purchases("goods", "USD", 0)),
            "untold sales": numbers(offers.untold_sales("goods", "USD", 10**15)),
            "untold purchases": numbers(offers.untold_purchases("goods", "USD", 0)),
            "lost": numbers(offers.lost_sales("goods", "USD", DealNumber(0), 10**15)),
            "waiting": numbers(offers.waiting(MANY)),
            "due": numbers(offers.due(AGES, MANY)),
            "next limit": offers.next_limit(),
            "unsold": numbers(offers.unsold("goods", first)),
            "listed": numbers(offers.listed_sales("goods", first)),
            "boxes": [numbers(offers.of_member(BoxNumber(box))) for box in (1, 2, 3)],
            "unfinished": offers.has_unfinished("goods"),
        }

    return store.read(look)


def some() -> MemoryStore:
    """Return a store of two visible sales, one of them told, a visible purchase, and one of each that waits."""
    return store_of(
        (sale(1, 80, START + HOUR), OPEN),
        (sale(2, 70), TOLD),
        (purchase(3, 100, START + 2 * HOUR), OPEN),
        (sale(4, 90), WAITING),
        (purchase(5, 95), Standing(False, True)),
    )


def changed(**places: object) -> Look:
    """Return what is seen of those five, with some places changed."""
    plain = {key: value for key, value in seen(some()).items() if key != "facts"}
    return {**plain, **places}


def step(store: MemoryStore, number: int, make: Callable[[Any], Any]) -> Offer:
    """Replace an offer by what is made of it, and return that."""

    def work(tx: Transaction) -> Offer:
        old = tx.offers.get(OfferNumber(number))
        assert old is not None
        new: Offer = make(old)
        tx.offers.replace(old, new)
        return new

    return store.run(work)


def stand(store: MemoryStore, number: int, new: Standing) -> None:
    """Let an offer stand otherwise."""

    def work(tx: Transaction) -> None:
        offer = tx.offers.get(OfferNumber(number))
        assert offer is not None
        tx.offers.stand(offer, tx.offers.standing(offer.number), new)

    store.run(work)


def test_where_they_stand() -> None:
    """A visible sale is in its ladder, a visible purchase in its book, what is not told among the untold, and so on."""
    assert {key: value for key, value in seen(some()).items() if key != "facts"} == {
        "ladders": {LADDER: [2, 1]},
        "purchases": [3],
        "untold sales": [1],
        "untold purchases": [3],
        "lost": [],
        "waiting": [4, 5],
        "due": [1, 3],
        "next limit": START + HOUR,
        "unsold": [1, 2],
        "listed": [1, 2, 4],
        "boxes": [[1, 2, 4], [3, 5], []],
        "unfinished": True,
    }


def test_what_is_kept() -> None:
    """An offer and its standing come back as they were given; a number that is not taken has none, and waits."""
    store = some()
    assert seen(store)["facts"] == [
        (None, WAITING),
        (sale(1, 80, START + HOUR), OPEN),
        (sale(2, 70), TOLD),
        (purchase(3, 100, START + 2 * HOUR), OPEN),
        (sale(4, 90), WAITING),
        (purchase(5, 95), Standing(False, True)),
        *[(None, WAITING)] * 4,
    ]


STEPS: dict[str, tuple[int, Callable[[Any], Any], Look]] = {
    "agree": (
        1,
        lambda old: agree(old, DealNumber(7)),
        {
            "ladders": {LADDER: [2]},
            "untold sales": [],
            "lost": [1],
            "due": [3],
            "next limit": START + 2 * HOUR,
            "unsold": [2],
        },
    ),
    "agree purchase": (
        3,
        lambda old: agree(old, DealNumber(7)),
        {"purchases": [], "untold purchases": [], "due": [1]},
    ),
    "cancel": (
        2,
        cancel,
        {"ladders": {LADDER: [1]}, "unsold": [1], "listed": [1, 4], "boxes": [[1, 4], [3, 5], []]},
    ),
    "cancel what waits": (4, cancel, {"waiting": [5], "listed": [1, 2], "boxes": [[1, 2], [3, 5], []]}),
    "expire purchase": (
        3,
        expire,
        {"purchases": [], "untold purchases": [], "due": [1], "boxes": [[1, 2, 4], [5], []]},
    ),
    "file away": (1, file_away, {"listed": [2, 4], "boxes": [[2, 4], [3, 5], []]}),
    "dearer": (2, lambda old: amend(old, old.arrival, START, min_price=85), {"ladders": {LADDER: [1, 2]}}),
    "cheaper and untold": (
        1,
        lambda old: amend(old, old.arrival, START, min_price=60),
        {"ladders": {LADDER: [1, 2]}, "untold sales": [1]},
    ),
    "purchase pays more": (5, lambda old: amend(old, old.arrival, START, max_price=200), {}),
    "another ladder": (
        1,
        lambda old: evolve(old, terms=OTHER_TERMS, version=old.version + 1),
        {"ladders": {LADDER: [2], Ladder("goods", "USD", OTHER_TERMS, Decimal(1)): [1]}},
    ),
    "another factor": (
        1,
        lambda old: evolve(old, factor=Decimal(0), version=old.version + 1),
        {"ladders": {LADDER: [2], Ladder("goods", "USD", TERMS, Decimal(0)): [1]}},
    ),
    "another limit": (
        1,
        lambda old: amend(old, old.arrival, START, limit=START + 3 * HOUR),
        {"due": [3, 1], "next limit": START + 2 * HOUR},
    ),
    "no limit": (
        1,
        lambda old: amend(old, old.arrival, START, limit=None),
        {"due": [3], "next limit": START + 2 * HOUR},
    ),
    "another arrival": (4, lambda old: amend(old, Arrival(200), START), {"waiting": [5, 4]}),
    "another name": (1, lambda old: amend(old, Arrival(200), START, name="Other"), {}),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_step_moves_what_it_must(name: str) -> None:
    """A new version stands where it belongs and nowhere else, keeps its standing, and goes back if the work fails."""
    number, make, places = STEPS[name]
    store = some()
    before = seen(store)

    def fail(tx: Transaction) -> None:
        old = tx.offers.get(OfferNumber(number))
        assert old is not None
        tx.offers.replace(old, make(old))
        raise KeyError

    with pytest.raises(KeyError):
        store.run(fail)
    assert before == seen(store)
    new = step(store, number, make)
    after = seen(store)
    facts: Any = before["facts"]
    expected = [(new, standing) if at == number else (offer, standing) for at, (offer, standing) in enumerate(facts)]
    assert expected == after.pop("facts")
    assert changed(**places) == after


STANDINGS: dict[str, tuple[int, Standing, Look]] = {
    "tell": (1, Standing(True, True), {"untold sales": []}),
    "tell purchase": (3, Standing(True, True), {"untold purchases": []}),
    "look": (2, SEEN, {"untold sales": [2, 1]}),
    "see a deal": (1, SEEN, {}),
    "show": (4, OPEN, {"ladders": {LADDER: [2, 1, 4]}, "untold sales": [1, 4], "waiting": [5], "unsold": [1, 2, 4]}),
    "show purchase": (5, Standing(True, True), {"purchases": [3, 5], "waiting": [4]}),
    "wait": (1, WAITING, {"ladders": {LADDER: [2]}, "untold sales": [], "waiting": [1, 4, 5], "unsold": [2]}),
    "wait, being told": (2, Standing(False, True), {"ladders": {LADDER: [1]}, "waiting": [2, 4, 5], "unsold": [1]}),
    "wait, untold": (5, WAITING, {}),
}


@pytest.mark.parametrize("name", STANDINGS)
def test_each_standing_moves_what_it_must(name: str) -> None:
    """An offer that stands otherwise is found where it stands now, keeps its version, and goes back after a failure."""
    number, new, places = STANDINGS[name]
    store = some()
    before = seen(store)

    def fail(tx: Transaction) -> None:
        offer = tx.offers.get(OfferNumber(number))
        assert offer is not None
        tx.offers.stand(offer, tx.offers.standing(offer.number), new)
        raise KeyError

    with pytest.raises(KeyError):
        store.run(fail)
    assert before == seen(store)
    stand(store, number, new)
    after = seen(store)
    facts: Any = before["facts"]
    assert [(offer, new if at == number else old) for at, (offer, old) in enumerate(facts)] == after.pop("facts")
    assert changed(**places) == after


@pytest.mark.parametrize("standing", [OPEN, Standing(True, True)])
@pytest.mark.parametrize("price", [50, 95, 100, 150])
def test_a_purchase_whose_limit_changes(price: int, standing: Standing) -> None:
    """A visible purchase moves among the others to where its new limit belongs, and goes back if the work fails."""
    store = store_of((purchase(1, 90), OPEN), (purchase(2, 100), standing), (purchase(3, 110), OPEN))
    before = seen(store)
    new = amend(purchase(2, 100), Arrival(300), START, max_price=price)

    def fail(tx: Transaction) -> None:
        tx.offers.replace(purchase(2, 100), new)
        raise KeyError

    with pytest.raises(KeyError):
        store.run(fail)
    assert before == seen(store)
    step(store, 2, lambda old: new)
    assert seen(store_of((purchase(1, 90), OPEN), (new, standing), (purchase(3, 110), OPEN))) == seen(store)
    among = store.read(lambda tx: [offer.max_price for offer in tx.offers.purchases("goods", "USD", 0)])
    assert sorted([90, price, 110], reverse=True) == among


def test_a_sale_that_is_lost_and_open_again() -> None:
    """A lapse takes a sale off the log of losses and lets it wait; a completed deal leaves it there."""
    store = some()
    stand(store, 1, WAITING)
    step(store, 1, lambda old: agree(old, DealNumber(7)))
    step(store, 2, lambda old: agree(old, DealNumber(8)))
    assert seen(store)["lost"] == [1, 2]
    step(store, 1, lambda old: reopen(old, Arrival(300), START))
    step(store, 2, lambda old: close(old, Outcome.COMPLETED))
    after = seen(store)
    assert (after["lost"], after["waiting"], after["due"]) == ([2], [4, 5, 1], [1, 3])
    step(store, 1, lambda old: agree(old, DealNumber(9)))

    def lost(after: int, up_to: int) -> list[int]:
        return store.read(lambda tx: numbers(tx.offers.lost_sales("goods", "USD", DealNumber(after), up_to)))

    assert (lost(0, 80), lost(8, 80), lost(9, 80), lost(0, 79), lost(0, 69)) == ([2, 1], [1], [], [2], [])


def test_a_category_is_finished_with_its_offers() -> None:
    """As long as an offer is open or agreed its category is not finished; closed ones do not count."""
    store = store_of((sale(1), OPEN), (purchase(2), WAITING))
    assert store.read(lambda tx: (tx.offers.has_unfinished("goods"), tx.offers.has_unfinished("other"))) == (
        True,
        False,
    )
    step(store, 1, cancel)
    assert seen(store)["unfinished"]
    step(store, 2, lambda old: agree(old, DealNumber(1)))
    assert seen(store)["unfinished"]
    step(store, 2, lambda old: close(old, Outcome.COMPLETED))
    assert not seen(store)["unfinished"]


def test_a_category_whose_first_offer_was_agreed_elsewhere() -> None:
    """It is finished with the end of that offer's deal."""
    store = store_of((agree(sale(1), DealNumber(4)), WAITING))
    assert seen(store)["unfinished"]
    step(store, 1, lambda old: close(old, Outcome.FAILED))
    assert not seen(store)["unfinished"]


@pytest.mark.parametrize("old", [WAITING, Standing(True, True), SEEN, Standing(False, True, DealNumber(3))])
def test_another_standing_is_a_conflict(old: Standing) -> None:
    """Who believes that an offer stands otherwise than it does meets a conflict, and nothing moves."""
    store = some()
    before = seen(store)

    def work(tx: Transaction) -> None:
        with pytest.raises(Conflict):
            tx.offers.stand(sale(1, 80, START + HOUR), old, TOLD)

    store.run(work)
    assert before == seen(store)


@pytest.mark.parametrize("offer", [sale(1, version=1), sale(6), sale(0)], ids=["version", "nothing there", "zero"])
def test_another_version_is_a_conflict(offer: SaleOffer) -> None:
    """Who has read another version, or what is not there, can neither replace it nor let it stand otherwise."""
    store = some()
    before = seen(store)

    def work(tx: Transaction) -> None:
        with pytest.raises(Conflict) as caught:
            tx.offers.replace(offer, file_away(offer))
        assert caught.value.value == "SaleOffer"
        with pytest.raises(Conflict):
            tx.offers.stand(offer, OPEN, TOLD)

    store.run(work)
    assert before == seen(store)
