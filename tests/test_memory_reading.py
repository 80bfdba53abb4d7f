"""Reading long lists of offers in memory, adding many at once, and numbers that come out of turn."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from attrs import evolve

from brokerage import Terms
from brokerage.adapters.memory import MemoryStore
from brokerage.errors import DuplicateFact
from brokerage.ports import Ladder, Position, Transaction
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import WAITING, Offer, Standing, agree, cancel, expire
from builders import AGES, START
from small_books import HOUR, LADDER, OPEN, numbers, purchase, sale, store_of
from test_memory_offers import seen

SIZES = [0, 1, 15, 16, 17, 48, 79, 80, 81, 200]
"""Around the ends of chunks: the first has 16 offers, the second 32, the others 64."""


def many(size: int) -> MemoryStore:
    """Return a store of as many visible sales as purchases, three of them at each price."""
    store = MemoryStore()
    sales = [sale(number, number // 3) for number in range(1, size + 1)]
    purchases = [purchase(size + number, number // 3) for number in range(1, size + 1)]
    store.run(lambda tx: tx.offers.add_all(sales, OPEN))
    store.run(lambda tx: tx.offers.add_all(purchases, OPEN))
    return store


READINGS: dict[str, Callable[[Transaction, int, Position | None], Iterator[Offer]]] = {
    "ladder": lambda tx, bound, after: tx.offers.ladder(LADDER, bound, after),
    "untold sales": lambda tx, bound, after: tx.offers.untold_sales("goods", "USD", bound, after),
    "purchases": lambda tx, bound, after: tx.offers.purchases("goods", "USD", bound, after),
    "untold purchases": lambda tx, bound, after: tx.offers.untold_purchases("goods", "USD", bound, after),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", READINGS)
def test_reading_to_the_end(name: str, size: int) -> None:
    """Every offer within the bound is read once and in its order, from the beginning and from behind any place."""
    store, read = many(size), READINGS[name]
    downwards = name.endswith("purchases")
    places = [(number // 3, number + downwards * size) for number in range(1, size + 1)]
    if downwards:
        places.reverse()
    for bound in (0, size // 6, size):
        within = [place for place in places if (place[0] >= bound if downwards else place[0] <= bound)]
        found = store.read(lambda tx, bound=bound: numbers(read(tx, bound, None)))  # type: ignore[misc]
        assert [number for _, number in within] == found
        for at, place in enumerate(within):
            if at % 7 == 0 or at == len(within) - 1:
                found = store.read(lambda tx, bound=bound, place=place: numbers(read(tx, bound, place)))  # type: ignore[misc]
                assert [number for _, number in within[at + 1 :]] == found


@pytest.mark.parametrize("size", SIZES)
def test_reading_by_number(size: int) -> None:
    """Unsold and listed sales come by number, behind the one that is named."""
    store = many(size)
    for after in {0, 1, size // 2, size - 1, size, size + 5}:
        expected = [number for number in range(1, size + 1) if number > after]
        first = OfferNumber(after)
        assert expected == store.read(lambda tx, first=first: numbers(tx.offers.unsold("goods", first)))  # type: ignore[misc]
        assert expected == store.read(lambda tx, first=first: numbers(tx.offers.listed_sales("goods", first)))  # type: ignore[misc]


@pytest.mark.parametrize("name", READINGS)
def test_reading_while_offers_come_and_go(name: str) -> None:
    """What is closed meanwhile is in no later chunk, what comes behind the reader is, and nothing is read twice."""
    store, read = many(60), READINGS[name]
    downwards = name.endswith("purchases")
    steps = store.read(lambda tx: read(tx, 0 if downwards else 20, None))
    first = [next(steps).number for _ in range(16)]
    gone, come = (61 + 5, 121) if downwards else (55, 121)
    place = (1 if downwards else 19, come)

    def change(tx: Transaction) -> None:
        offer = tx.offers.get(OfferNumber(gone))
        assert offer is not None
        tx.offers.replace(offer, cancel(offer))
        tx.offers.add(purchase(come, place[0]) if downwards else sale(come, place[0]), OPEN)

    store.run(change)
    rest = numbers(steps)
    everyone = store.read(lambda tx: numbers(read(tx, 0 if downwards else 20, None)))
    assert everyone == first + rest
    assert (gone in rest, come in rest) == (False, True)


def test_reading_while_the_list_runs_empty() -> None:
    """A list that is emptied while it is read ends."""
    store = many(20)
    steps = store.read(lambda tx: tx.offers.ladder(LADDER, 99))
    assert [next(steps).number for _ in range(16)] == list(range(1, 17))

    def change(tx: Transaction) -> None:
        for number in range(1, 21):
            offer = tx.offers.get(OfferNumber(number))
            assert offer is not None
            tx.offers.replace(offer, cancel(offer))

    store.run(change)
    assert list(steps) == []


def test_what_there_is_not() -> None:
    """Of a category, a currency, a ladder or a member that has nothing, nothing is read."""
    store = store_of((sale(1), OPEN), (purchase(2), OPEN))

    def look(tx: Transaction) -> list[object]:
        offers, first = tx.offers, OfferNumber(0)
        return [
            *(list(offers.ladders(*book)) for book in (("other", "USD"), ("goods", "EUR"))),
            list(offers.ladder(Ladder("other", "USD", LADDER.terms, LADDER.factor), 999)),
            list(offers.ladder(Ladder("goods", "USD", Terms("0.5"), LADDER.factor), 999)),
            list(offers.ladder(Ladder("goods", "USD", LADDER.terms, Decimal("0.5")), 999)),
            *(list(read("other", "USD", 0)) for read in (offers.purchases, offers.untold_purchases)),
            *(list(offers.untold_sales(*book, 999)) for book in (("other", "USD"), ("goods", "EUR"))),
            list(offers.lost_sales("other", "USD", DealNumber(0), 999)),
            list(offers.unsold("other", first)),
            list(offers.listed_sales("other", first)),
            list(offers.of_member(BoxNumber(9))),
        ]

    assert store.read(look) == [[]] * 13


def test_books_by_category_and_currency() -> None:
    """Each category and currency has its own book; unsold and listed sales are lists of the category."""
    store = store_of(
        (sale(1), OPEN),
        (sale(2, currency="EUR"), OPEN),
        (sale(3, category="other"), OPEN),
        (purchase(4, currency="EUR"), OPEN),
    )

    def look(tx: Transaction) -> list[list[int]]:
        offers, first = tx.offers, OfferNumber(0)
        return [
            *(
                numbers(offers.untold_sales(*book, 999))
                for book in (("goods", "USD"), ("goods", "EUR"), ("other", "USD"))
            ),
            numbers(offers.purchases("goods", "USD", 0)),
            numbers(offers.purchases("goods", "EUR", 0)),
            numbers(offers.unsold("goods", first)),
            numbers(offers.listed_sales("goods", first)),
            numbers(offers.unsold("other", first)),
        ]

    assert store.read(look) == [[1], [2], [3], [], [4], [1, 2], [1, 2], [3]]


def test_first_of_what_waits_and_is_due() -> None:
    """Those that wait come by arrival and those that are due by limit, and no more than are asked for."""
    rows = [(sale(number, limit=START + (5 - number) * HOUR), WAITING) for number in (1, 2, 3, 4)]
    store = store_of(*rows)
    assert store.read(lambda tx: [numbers(tx.offers.waiting(limit)) for limit in (0, 2, 9)]) == [
        [],
        [1, 2],
        [1, 2, 3, 4],
    ]
    assert store.read(lambda tx: [numbers(tx.offers.due(AGES, limit)) for limit in (0, 2, 9)]) == [
        [],
        [4, 3],
        [4, 3, 2, 1],
    ]
    now = START + 2 * HOUR
    assert store.read(lambda tx: numbers(tx.offers.due(now, 9))) == [4, 3]
    assert store.read(lambda tx: numbers(tx.offers.due(now - HOUR.resolution, 9))) == [4]
    assert store.read(lambda tx: tx.offers.next_limit()) == START + HOUR


def test_many_at_once() -> None:
    """Many offers that are added in one call stand as they would one by one."""
    facts: list[Offer] = [sale(1, limit=START + HOUR), purchase(2), sale(3, category="other"), sale(4, 70)]
    for standing in (WAITING, OPEN, Standing(True, True, DealNumber(2))):
        store = MemoryStore()
        store.run(lambda tx, standing=standing: tx.offers.add_all(facts, standing))  # type: ignore[misc]
        assert seen(store_of(*((fact, standing) for fact in facts))) == seen(store)


def test_one_waits_unless_it_is_told_to_stand() -> None:
    """What is added without a word of how it stands waits."""
    store = MemoryStore()
    store.run(lambda tx: tx.offers.add(sale(1)))
    store.run(lambda tx: tx.offers.add_all([sale(2)]))
    assert seen(store_of((sale(1), WAITING), (sale(2), WAITING))) == seen(store)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_taken_number_among_many(place: int) -> None:
    """Where one number of many is taken, by an earlier offer or by two of them, nothing of the call is left behind."""
    store = store_of((sale(1, limit=START + HOUR), OPEN))
    before = seen(store)
    facts: list[Offer] = [sale(2, limit=START), purchase(3)]
    facts.insert(place, sale(1) if place < 2 else sale(2))

    def work(tx: Transaction) -> None:
        with pytest.raises(DuplicateFact) as caught:
            tx.offers.add_all(facts, OPEN)
        assert facts[place].number == caught.value.value

    store.run(work)
    assert before == seen(store)
    store.run(lambda tx: tx.offers.add_all([sale(2), purchase(3)], OPEN))
    assert seen(store_of((sale(1, limit=START + HOUR), OPEN), (sale(2), OPEN), (purchase(3), OPEN))) == seen(store)


def test_a_failed_work_takes_many_back() -> None:
    """Offers that a failed work added are gone from every list, and their numbers are free."""
    store = store_of((sale(1), OPEN))
    before = seen(store)

    def fail(tx: Transaction) -> None:
        tx.offers.add_all([sale(2, limit=START), purchase(3)], OPEN)
        tx.offers.add(sale(4, 5, START), WAITING)
        raise KeyError

    with pytest.raises(KeyError):
        store.run(fail)
    assert before == seen(store)
    store.run(lambda tx: tx.offers.add(sale(3), WAITING))
    assert seen(store_of((sale(1), OPEN), (sale(3), WAITING))) == seen(store)


def test_numbers_out_of_turn() -> None:
    """An offer may have a number that leaves others free, and they can be taken later."""
    store = store_of((sale(5), OPEN), (purchase(2), Standing(True, True, DealNumber(3))), (sale(1), WAITING))
    assert store.read(lambda tx: [tx.offers.get(OfferNumber(number)) for number in range(7)]) == [
        None,
        sale(1),
        purchase(2),
        None,
        None,
        sale(5),
        None,
    ]
    assert store.read(lambda tx: tx.offers.standing(OfferNumber(2))) == Standing(True, True, DealNumber(3))
    assert [store.read(lambda tx, at=at: tx.offers.standing(OfferNumber(at))) for at in (0, 3, 6)] == [WAITING] * 3  # type: ignore[misc]
    assert seen(store)["waiting"] == [1]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 1, 3), (2, 3, 1), (1, 3, 2), (3, 1, 2)])
def test_a_members_offers_in_any_order(order: tuple[int, ...]) -> None:
    """A member's offers are listed by number, in whatever order they came."""
    store = store_of(*((sale(number), OPEN) for number in order))
    assert store.read(lambda tx: numbers(tx.offers.of_member(BoxNumber(1)))) == [1, 2, 3]


CLOSED = [agree(sale(1, limit=START + HOUR), DealNumber(4)), expire(sale(1)), cancel(purchase(1))]
FILED: list[Offer] = [evolve(sale(1, limit=START + HOUR), filed=True), evolve(purchase(1), filed=True)]


@pytest.mark.parametrize("standing", [WAITING, OPEN, Standing(True, True)])
@pytest.mark.parametrize("offer", [*CLOSED, *FILED], ids=["agreed", "expired", "cancelled", "filed", "filed purchase"])
def test_what_is_kept_after_its_beginning(offer: Offer, standing: Standing) -> None:
    """An offer that is agreed, closed or filed when a store first sees it stands where its state belongs."""
    is_sale, is_open = hasattr(offer, "min_price"), offer.state is offer.state.OPEN
    stands = is_open and standing.visible
    found = seen(store_of((offer, standing)))
    shown = [1] if stands else []
    untold = shown if not standing.told else []
    expected = {
        "purchases": [] if is_sale else shown,
        "untold sales": untold if is_sale else [],
        "untold purchases": [] if is_sale else untold,
        "lost": [1] if offer.deal else [],
        "waiting": [1] if is_open and not stands else [],
        "due": [1] if is_open and offer.limit else [],
        "unsold": shown if is_sale else [],
        "listed": [] if offer.filed or not is_sale else [1],
        "boxes": [[] if offer.filed else [1], [], []],
        "unfinished": offer.state is not offer.state.CLOSED,
    }
    assert expected == {key: found[key] for key in expected}
    assert list(found["ladders"]) == ([LADDER] if shown and is_sale else [])  # type: ignore[call-overload]
