"""What a bid would serve of the pooled demand, against the same worked out one reservation at a time (spec N2–N4)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage.judging import Level, Pool, Served, chosen, pooling, served
from brokerage.records.numbers import Arrival, BoxNumber, ItemNumber, OfferNumber, PersonNumber
from brokerage.records.reservations import Reservation
from brokerage.records.tenders import BidTerms, Tier

pytestmark = pytest.mark.once

DAYS = tuple(date(2026, 6, 1) + timedelta(days=at) for at in range(3))
BIDDER = PersonNumber(99)


def wants(
    arrival: int, quantity: int, max_price: int, wanted_by: date | None = None, person: int | None = None
) -> Reservation:
    """A reservation; unless it says otherwise, for any day and of somebody with only this one."""
    return Reservation(
        number=OfferNumber(arrival),
        box=BoxNumber(arrival),
        person=PersonNumber(arrival if person is None else person),
        item=ItemNumber(1),
        category="phones",
        currency="USD",
        quantity=quantity,
        max_price=max_price,
        wanted_by=wanted_by,
        reserved_at=datetime(2026, 3, 1, tzinfo=UTC),
        arrival=Arrival(arrival),
    )


def naive(terms: BidTerms, person: int, reservations: Sequence[Reservation]) -> tuple[Tier, list[Reservation]] | None:
    """For each tier from the greatest: filter, take the earliest that fit, and add."""
    for tier in sorted(terms.tiers, key=lambda tier: -tier.quantity):
        taken: list[Reservation] = []
        for one in sorted(reservations, key=lambda one: one.arrival):
            is_day_right = one.wanted_by is None or (terms.delivery is not None and terms.delivery <= one.wanted_by)
            if one.max_price < tier.price or one.person == person or not is_day_right:
                continue
            if terms.most is None or sum(other.quantity for other in taken) + one.quantity <= terms.most:
                taken.append(one)
        units = sum(one.quantity for one in taken)
        if units >= tier.quantity and units >= terms.least:
            return tier, taken
    return None


@st.composite
def reserved(draw: st.DrawFn) -> list[Reservation]:
    """Reservations by arrival, several of some persons and at the same prices."""
    shape = st.tuples(
        st.sampled_from((1, 2, 3, 5, 9)), st.integers(1, 6), st.sampled_from((None, *DAYS)), st.integers(1, 4)
    )
    shapes = draw(st.lists(shape, max_size=24))
    return [wants(3 * at + 7, *given_shape) for at, given_shape in enumerate(shapes)]


@st.composite
def offered(draw: st.DrawFn) -> BidTerms:
    """Terms with one to three tiers, a capacity or none, a least, and a day or none."""
    quantities = draw(st.lists(st.integers(1, 40), min_size=1, max_size=3, unique=True).map(sorted))
    prices = draw(st.lists(st.integers(1, 6), min_size=len(quantities), max_size=len(quantities)))
    tiers = map(Tier, quantities, sorted(prices, reverse=True))
    most, delivery = draw(st.none() | st.integers(1, 60)), draw(st.sampled_from((None, *DAYS)))
    return BidTerms(tuple(tiers), least=draw(st.integers(1, 12)), most=most, delivery=delivery)


@pytest.fixture(params=[1, 4, 2048], autouse=True)
def run_length(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small markets have few arrivals, so everything here is also tried with runs of one and of four."""
    monkeypatch.setattr(pooling, "_RUN", request.param)


@given(reservations=reserved(), terms=offered(), person=st.integers(1, 5))
def _check_served(reservations: list[Reservation], terms: BidTerms, person: int) -> None:
    bidder = PersonNumber(person)
    found = served(terms, bidder, Pool.of(reservations))
    expected = naive(terms, person, reservations)
    if expected is None:
        assert found is None
    else:
        tier, taken = expected
        assert found == Served(tier, sum(one.quantity for one in taken))
        assert chosen(terms, tier, bidder, reservations) == tuple(taken)


def test_what_a_bid_serves_is_what_one_by_one_gives() -> None:
    """Tier, units and the reservations taken are those of filtering and adding, for every capacity, day and person."""
    _check_served()


@given(reservations=reserved(), price=st.integers(0, 7), day=st.sampled_from((None, *DAYS)), person=st.integers(1, 5))
def _check_units(reservations: list[Reservation], price: int, day: date | None, person: int) -> None:
    pool = Pool.of(reservations)
    suiting = [
        one
        for one in reservations
        if one.max_price >= price and (one.wanted_by is None or (day is not None and day <= one.wanted_by))
    ]
    assert pool.units_at(price, day) == sum(one.quantity for one in suiting)
    assert pool.units_at(price, day, PersonNumber(person)) == sum(
        one.quantity for one in suiting if one.person != person
    )


def test_units_at_a_price() -> None:
    """Units wanted at a price are those of all who would pay it, in time, and are not who bids."""
    _check_units()


@given(
    reservations=reserved(),
    most=st.integers(1, 20),
    price=st.integers(0, 5),
    day=st.sampled_from((None, *DAYS)),
    person=st.integers(1, 5),
)
def _check_fitting(reservations: list[Reservation], most: int, price: int, day: date | None, person: int) -> None:
    left = most
    for one in reservations:
        is_day_right = one.wanted_by is None or (day is not None and day <= one.wanted_by)
        if one.max_price >= price and is_day_right and one.person != person and one.quantity <= left:
            left -= one.quantity
    assert Pool.of(reservations).fitting(most, price, day, PersonNumber(person)) == most - left


def test_units_that_fit() -> None:
    """Of a short capacity whole reservations take what is left, in turn, where price, day and person suit."""
    _check_fitting()


@given(reservations=reserved())
def _check_rows(reservations: list[Reservation]) -> None:
    prices = sorted({one.max_price for one in reservations}, reverse=True)
    expected = [Level(at, sum(one.quantity for one in reservations if one.max_price >= at)) for at in prices]
    assert Pool.of(reservations).rows() == tuple(expected)


def test_the_pooled_demand() -> None:
    """The demand has a row for each price that somebody named, with the units wanted at it or above."""
    _check_rows()


def test_no_demand() -> None:
    """Where nothing is reserved there are no rows and no units, and no bid suits."""
    pool = Pool.of([])
    assert pool.rows() == ()
    assert pool.units_at(0, None) == 0
    assert pool.fitting(10, 0, None) == 0
    assert served(BidTerms((Tier(1, 1),)), BIDDER, pool) is None


TIERS = (Tier(1, 100), Tier(10, 90), Tier(20, 80))
DEMAND = [wants(1, 4, 100), wants(2, 8, 90), wants(3, 5, 80), wants(4, 2, 80), wants(5, 1, 79)]

TABLE: list[tuple[str, BidTerms, list[Reservation], Served | None]] = [
    ("12 accept 90, and 19 at 80 are too few for 20", BidTerms(TIERS), DEMAND, Served(TIERS[1], 12)),
    ("one more makes it 20", BidTerms(TIERS), [*DEMAND, wants(6, 1, 80)], Served(TIERS[2], 20)),
    ("13 are not to be had for 12", BidTerms(TIERS, least=13), DEMAND, None),
    ("12 are", BidTerms(TIERS, least=12), DEMAND, Served(TIERS[1], 12)),
    ("8 do not fit into 11 after 4, and 10 are missed", BidTerms(TIERS, most=11), DEMAND, Served(TIERS[0], 4)),
    ("4 and 8 fit into 12", BidTerms(TIERS, most=12), DEMAND, Served(TIERS[1], 12)),
    ("4 and 5 fit into 9, not 8", BidTerms((Tier(1, 80),), most=9), DEMAND, Served(Tier(1, 80), 9)),
    ("4 and 2 fit into 6, 8 and 5 are passed over", BidTerms((Tier(1, 80),), most=6), DEMAND, Served(Tier(1, 80), 6)),
    ("4 do not fit into 3, 2 and 1 do", BidTerms((Tier(1, 79),), most=3), DEMAND, Served(Tier(1, 79), 3)),
    ("nothing fits into 1 at 80", BidTerms((Tier(1, 80),), most=1), DEMAND, None),
    ("capacity for just the tier", BidTerms((Tier(12, 90),), most=12), DEMAND, Served(Tier(12, 90), 12)),
    ("capacity below the least", BidTerms((Tier(1, 80),), least=5, most=4), DEMAND, None),
    ("nobody pays 101", BidTerms((Tier(1, 101),)), DEMAND, None),
]


@pytest.mark.parametrize(("terms", "demand", "result"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_greatest_tier_by_hand(terms: BidTerms, demand: list[Reservation], result: Served | None) -> None:
    """A bid serves at the greatest tier that enough reservations accept; a short capacity goes to the earliest."""
    assert result == served(terms, BIDDER, Pool.of(demand))


def test_days_by_hand() -> None:
    """A delivery on the very day that is wanted is in time; one without a day suits only who waits for any."""
    demand = [wants(1, 1, 10, DAYS[0]), wants(2, 2, 10, DAYS[1]), wants(3, 4, 10, None)]
    pool = Pool.of(demand)
    assert [pool.units_at(10, day) for day in (*DAYS, None)] == [7, 6, 4, 4]
    terms = [BidTerms((Tier(1, 10),), delivery=day) for day in (*DAYS, None)]
    assert [[one.number for one in chosen(term, term.tiers[0], BIDDER, demand)] for term in terms] == [
        [1, 2, 3],
        [2, 3],
        [3],
        [3],
    ]


def test_a_short_capacity_goes_to_those_in_time() -> None:
    """Who must have it before the delivery takes nothing of the capacity, and who can wait until that day does."""
    demand = [wants(1, 4, 10, DAYS[0]), wants(2, 3, 10, DAYS[1]), wants(3, 4, 10, DAYS[2]), wants(4, 1, 10, None)]
    terms = BidTerms((Tier(1, 10),), most=6, delivery=DAYS[1])
    assert served(terms, BIDDER, Pool.of(demand)) == Served(terms.tiers[0], 4)
    assert [one.number for one in chosen(terms, terms.tiers[0], BIDDER, demand)] == [2, 4]


def test_own_reservations_with_a_day_do_not_count() -> None:
    """The bidder's own reservations are left out of a capacity that is not short, too, whatever day they name."""
    pool = Pool.of([wants(1, 4, 10, DAYS[0], person=7), wants(2, 2, 10)])
    assert [pool.fitting(10, 10, day, PersonNumber(7)) for day in (*DAYS, None)] == [2, 2, 2, 2]


def test_the_last_of_all_days_is_as_good_as_any() -> None:
    """Who waits until the last day that there is, and who waits for any, are pooled together."""
    pool = Pool.of([wants(1, 1, 10, date.max), wants(2, 2, 10), wants(3, 4, 11, date.max)])
    assert [pool.units_at(price, None) for price in (10, 11, 12)] == [7, 4, 0]
    assert pool.fitting(6, 10, None) == 3
    assert pool.rows() == (Level(11, 4), Level(10, 7))


def test_nobody_buys_from_himself() -> None:
    """The bidder's own reservations do not count, under whatever box they were made."""
    demand = [wants(1, 4, 10, person=7), wants(2, 2, 10, person=8), wants(3, 1, 10, person=7), wants(4, 3, 10)]
    pool = Pool.of(demand)
    for most, units, numbers in ((None, 5, [2, 4]), (5, 5, [2, 4]), (4, 2, [2]), (3, 2, [2]), (1, 0, [])):
        terms = BidTerms((Tier(1, 10),), most=most)
        assert served(terms, PersonNumber(7), pool) == (Served(terms.tiers[0], units) if units else None)
        assert [one.number for one in chosen(terms, terms.tiers[0], PersonNumber(7), demand)] == numbers


def test_what_does_not_fit_is_passed_over() -> None:
    """After a reservation that is too large for the rest of the capacity, a later one that fits is still served."""
    terms = BidTerms((Tier(1, 80),), most=6)
    assert [one.number for one in chosen(terms, terms.tiers[0], BIDDER, DEMAND)] == [1, 4]


def test_no_more_is_read_than_is_needed() -> None:
    """Once the capacity is used up, no further reservation is looked at."""
    terms = BidTerms((Tier(1, 10),), most=3)
    coming = iter([wants(1, 2, 10), wants(2, 1, 10), wants(3, 1, 10)])
    assert [one.number for one in chosen(terms, terms.tiers[0], BIDDER, coming)] == [1, 2]
    assert [one.number for one in coming] == [3]
