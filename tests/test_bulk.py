"""Many offers in one call: all or none, or the good ones with a report of the others (spec O7)."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import Buy, Immediate, Policy, Sell
from brokerage.errors import InvalidChoice, RefusedRows, RequestReused
from brokerage.records.numbers import BoxNumber
from builders import World, immediate, world

ROWS: list[Any] = [
    Sell(category="goods", name="Good", min_price="1.00", currency="USD"),
    Sell(category="goods", name="", min_price="1.00", currency="USD"),
    Buy(category="goods", max_price=0.5, currency="USD"),  # type: ignore[arg-type]
    Buy(category="nothing", max_price=1, currency="USD"),
    "a row",
    Buy(category="services", max_price=1, currency="XAU"),
    Buy(category="services", max_price=1, currency="USD"),
]
PATHS = ["rows[1].name", "rows[2].max_price", "rows[3].category", "rows[4].row", "rows[5].currency"]


def test_bulk_offers_all_or_none() -> None:
    """One bad row refuses all, with the path, value and reason of every bad one, and nothing is taken (spec O7)."""
    place = world()
    ann = place.join("Ann")
    before = place.state()
    with pytest.raises(RefusedRows) as caught:
        ann.offer_many(ROWS)
    rows = caught.value.rows
    assert [row.path for row in rows] == PATHS
    assert [row.value for row in rows] == ["", 0.5, "nothing", "a row", "XAU"]
    assert all(row.reason and row.path.endswith("." + row.field) for row in rows)
    assert (caught.value.field, caught.value.value) == ("rows", 5)
    assert before == place.state()


def test_bulk_offers_keep_good() -> None:
    """The good rows are taken in their order and the bad ones reported by path, as the caller chose (spec O7)."""
    place = world(immediate(open_offer_count=3))
    ann = place.join("Ann")
    accepted = ann.offer_many([*ROWS, ROWS[0], ROWS[0]], keep_good=True)
    assert accepted.numbers == (1, 2, 3)
    assert [*PATHS, "rows[8].offers"] == [row.path for row in accepted.refused]
    assert [view.name for view in ann.box().sales] == ["Good", "Good"]


@pytest.mark.parametrize("rows", [None, 5])
def test_bulk_offers_of_nothing_iterable(rows: Any) -> None:
    """What cannot be read row by row is refused by a typed error."""
    place = world()
    with pytest.raises(InvalidChoice):
        place.join("Ann").offer_many(rows)


def _without_versions(place: World) -> dict[str, object]:
    """Return what a market holds; how many works made a member's activity what it is does not count."""
    activities = place.read(lambda tx: [tx.activities.get(BoxNumber(1))])
    return {**place.state(), "activities": [evolve(activity, version=0) for activity in activities if activity]}


@given(st.lists(st.sampled_from(range(len(ROWS))), max_size=8), st.booleans())
@settings(deadline=None, max_examples=40)
def test_bulk_offers_are_offers_one_by_one(rows: list[int], is_immediate: bool) -> None:
    """Any bulk input that keeps the good rows leaves the market as the good rows one by one do."""
    policy = Policy(matching=Immediate()) if is_immediate else Policy()
    bulk, single = world(policy), world(policy)
    accepted = bulk.join("Ann").offer_many([ROWS[at] for at in rows], keep_good=True)
    ann = single.join("Ann")
    numbers = [ann.offer(ROWS[at]) for at in rows if at in (0, 6)]
    assert numbers == list(accepted.numbers)
    assert [at for at in rows if at not in (0, 6)] == [rows[int(row.path[5])] for row in accepted.refused]
    assert _without_versions(single) == _without_versions(bulk)


@pytest.mark.parametrize("keep_good", [True, False])
def test_bulk_offers_repeated(keep_good: bool) -> None:
    """A repeated request id gives the first numbers and takes nothing; with other rows it is refused (S5)."""
    place = world()
    ann = place.join("Ann")
    rows = ROWS if keep_good else [ROWS[0], ROWS[6]]
    first = ann.offer_many(rows, keep_good=keep_good, request_id="r")
    before = place.state()
    again = ann.offer_many(rows, keep_good=keep_good, request_id="r")
    assert first.numbers == again.numbers
    assert [row.path.split(".")[0] for row in first.refused] == [row.path.split(".")[0] for row in again.refused]
    with pytest.raises(RequestReused):
        ann.offer_many(rows[:1], keep_good=keep_good, request_id="r")
    assert before == place.state()
