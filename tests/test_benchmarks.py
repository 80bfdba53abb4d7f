"""The benchmarks measure what they say: everybody does the same work, and the floor writes what the engine writes."""

import gc
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from benchmarks.__main__ import in_turns, main
from benchmarks.judging import demanded
from benchmarks.markets import EngineMarket, FloorMarket, Market
from benchmarks.peers import PEERS, SQLite, measure_peer
from benchmarks.report import MARKS, Mark, Results, markdown, surroundings, text
from benchmarks.runs import Step
from benchmarks.timing import Figure
from benchmarks.work import CATEGORIES, Work
from benchmarks.worker import steps
from brokerage import Deal, Event, EventKind
from brokerage.judging import Pool
from brokerage.records.ledger import Entry
from brokerage.records.numbers import DealNumber
from brokerage.records.offers import PurchaseOffer, SaleOffer

pytestmark = pytest.mark.once

SMALL = Work(offers=200, members=20, rows=2)
OURS = ("engine", "floor")


def lived(market: Market, work: Work) -> list[tuple[int, list[tuple[int, int]]]]:
    """Let a market live through everything that is measured; return the pages read on the way."""
    market.join(work.members)
    market.bulk([work.call(number) for number in range(work.calls)])()()
    assert market.round() in (work.offers, 0)
    market.singles(work.singles(0, 20))()
    market.round()
    pages = []
    taken: set[int] = set()
    for from_account in (False, True):
        for number in range(2, work.offers, 20 + from_account * 2):
            box = work.box_of(number)
            page = market.candidates(box, number, 10)
            pages.append((number, page))
            if page and number not in taken:
                market.decisions([(box, number, *page[0])], from_account)()
                taken |= {number, page[0][0]}
    market.cancels([(work.box_of(number), number) for number in range(50, 80) if number not in taken])()
    market.idle()
    return pages


def by_subject(rows: Iterable[tuple[str, object]]) -> dict[object, list[str]]:
    """Return what happened to each thing in the journal, in its order."""
    happened: dict[object, list[str]] = {}
    for kind, subject in rows:
        happened.setdefault(subject, []).append(kind)
    return happened


def told(event: Event) -> tuple[str, object]:
    """Return what an event is about, as the floor's journal tells it."""
    fact = event.fact
    name = type(fact).__name__.removeprefix("Sale").removeprefix("Purchase")
    key = fact.number if isinstance(fact, SaleOffer | PurchaseOffer | Deal | Entry) else getattr(fact, "key", None)
    return event.kind.value, (name.lower(), key)


@pytest.mark.parametrize("at_once", [True, False])
def test_the_floor_does_what_the_engine_does(at_once: bool) -> None:
    """Pages, prices and journal rows of the floor are the engine's, in the order of each thing: only checks lack."""
    engine, floor = EngineMarket(at_once), FloorMarket(at_once)
    events: list[Event] = []
    engine.broker.subscribe(events.append)
    assert lived(engine, SMALL) == lived(floor, SMALL)
    assert len({kind for kind, _ in map(told, events)}) > 8
    since = next(at for at, event in enumerate(events) if event.kind.value == "offer accepted")
    market = [event for event in events[since:] if event.kind is not EventKind.MEMBER_CHANGED]
    rows = ((row[2], (row[2].partition(" ")[0], row[3][0])) for row in floor.floor.journal)
    assert by_subject(map(told, market)) == by_subject(rows)
    for number, deal in floor.floor.deals.items():
        kept = engine.broker.office.deal(DealNumber(number))
        assert (kept.selling_price, kept.buying_price) == deal[10:12]
        assert [charge.units for charge in kept.charges] == [charge[1] for charge in deal[12]]
        assert len(kept.attempts) == len(deal[26])


def names(measured: list[Step]) -> list[str]:
    """Return what was measured, in order."""
    return [name for name, _ in measured]


@pytest.mark.parametrize("scene", ["rounds", "at once", "losers", "judging"])
def test_engine_and_floor_take_the_same_steps(scene: str) -> None:
    """Both are measured in the same things, at least five blocks of each, so that a block is compared with its twin."""
    engine, floor = (list(steps(who, scene, SMALL)) for who in OURS)
    assert names(engine) == names(floor)
    counted = {name: names(engine).count(name) for name in names(engine) if name and "memory" not in name}
    assert counted
    assert min(counted.values()) >= 5


def test_everything_with_a_mark_is_measured() -> None:
    """Each mark belongs to something that is measured."""
    before = gc.get_threshold()
    try:
        scenes = ("rounds", "at once", "seldom collected", "standing", "judging", "reserving")
        measured = {name for scene in scenes for name in names(list(steps("engine", scene, SMALL)))}
    finally:
        gc.set_threshold(*before)
    assert set(MARKS) <= measured


@pytest.mark.parametrize("is_short", [False, True])
def test_what_is_judged_is_worth_judging(is_short: bool) -> None:
    """Bids reach tiers of several sizes, days of delivery and of wishes differ, and short capacities are short."""
    work = demanded(2_000, 50, is_short=is_short)
    pool, found = Pool.of(work.reservations), work.judge()
    assert len({result.tier.quantity for result in found if result}) > 2
    assert len({one.wanted_by for one in work.reservations}) > 3
    assert len({terms.delivery for terms, _ in work.bids}) > 3
    reserved = {one.person for one in work.reservations}
    assert 0 < sum(person in reserved for _, person in work.bids) < 10
    fewer = sum(
        result.units < pool.units_at(result.tier.price, terms.delivery, person)
        for result, (terms, person) in zip(found, work.bids, strict=True)
        if result is not None
    )
    assert (fewer > 10) == is_short


@pytest.mark.parametrize("name", [name for name, kind in PEERS.items() if kind.version is not None])
def test_peers_do_the_work(name: str) -> None:
    """A peer that is installed takes every offer and is measured as far as its interface reaches."""
    measured = list(steps(name, "peer", SMALL))
    assert ("offers", SMALL.offers) in measured
    assert (
        {"insert", "memory", "offers", "remove"}
        <= set(names(measured))
        <= {"insert", "memory", "offers", "remove", "page"}
    )


def test_a_slow_peer_is_stopped() -> None:
    """A peer that has used up its time is measured with the offers that it has taken by then."""
    [offers] = [cost for name, cost in measure_peer(SQLite(), SMALL, budget=0) if name == "offers"]
    assert 0 < offers < SMALL.offers


def test_the_work_is_the_same_each_time() -> None:
    """The same seed gives the same offers: half of them sales, spread over all categories, under names of their own."""
    offered = [row for number in range(SMALL.calls) for row in SMALL.call(number)]
    assert offered == [row for number in range(SMALL.calls) for row in Work(200, 20, 2).call(number)]
    assert [row.is_sale for row in offered] == [SMALL.is_sale(at) for at in range(1, 201)]
    assert [row.box for row in offered] == [SMALL.box_of(at) for at in range(1, 201)]
    assert {row.category for row in offered} == set(CATEGORIES)
    assert len({row.name for row in offered}) == SMALL.offers


def test_contestants_take_turns() -> None:
    """In processes of their own, engine and floor are measured in the same blocks."""
    costs = in_turns("at once", 200, 20, OURS)
    assert {what: len(values) for what, values in costs["engine"].items()} == {
        what: len(values) for what, values in costs["floor"].items()
    }


@pytest.mark.parametrize("size", ["198", "201", "1602"])
def test_sizes_that_cannot_be_measured(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A market too small to be measured in blocks, or too large for its members, is refused before anything runs."""
    with pytest.raises(SystemExit):
        main([size, "--members", "20"])
    assert "is wanted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("mark", "cost", "verdict"),
    [
        (Mark(times_floor=4), 40.0, "met"),
        (Mark(times_floor=4), 40.1, "missed"),
        (Mark(at_most=600), 600.0, "met"),
        (Mark(at_most=600), 601.0, "missed"),
        (Mark(beats_peers=True), 34.9, "met"),
        (Mark(beats_peers=True), 35.0, "missed"),
        (Mark(), 1.0, ""),
    ],
)
def test_marks(mark: Mark, cost: float, verdict: str) -> None:
    """A mark is met up to what it says, and where peers are to be beaten, below the quickest of them."""
    assert verdict == mark.verdict(Figure((cost,)), Figure((10.0,)), [Figure((35.0,)), Figure((90.0,))])


def test_a_ratio_compares_twins() -> None:
    """The ratio is the median over blocks, so a machine that slows down for both changes nothing."""
    ours, floor = Figure((10.0, 40.0, 20.0)), Figure((5.0, 20.0, 10.0))
    assert ours.times(floor) == 2.0
    assert str(ours) == "20.0 (10.0–40.0)"


def test_the_report_shows_everything() -> None:
    """Tables hold every figure with its verdict, for two sizes also how a page grows, and Markdown the same."""
    costs = Figure((1.0, 2.0, 3.0))
    ours = dict.fromkeys([*MARKS, "decide, 10 losers", "decide, 1,000 losers"], costs)
    results: Results = {
        "engine": ours,
        "floor": dict(ours),
        "sqlite3": {"insert": costs, "memory": costs, "offers": costs},
    }
    shown = text(100, results)
    assert all(name in shown for name in MARKS)
    page = markdown(surroundings("pinned"), {100: results, 10_000: results})
    assert "| first page of ten, 10,000 against 100 offers | 2.00 (1.00–3.00) |" in page
    assert "| decide, 1,000 losers against 10 losers |" in page
    assert page.count("| accept one by one | 2.00 (1.00–3.00) | 2.00 (1.00–3.00) | 1.0 | 2.00 sqlite3, × 1.0 |") == 2


def test_the_figures_shown_are_those_measured() -> None:
    """The figures that the documentation shows are those written beside them, at the three sizes asked for."""
    figures = Path(__file__).parents[1] / "benchmarks" / "figures"
    costs = json.loads((figures / "figures.json").read_text(encoding="utf-8"))
    sizes = {
        int(offers): {
            who: {what: Figure(tuple(values)) for what, values in results.items()} for who, results in found.items()
        }
        for offers, found in costs["offers"].items()
    }
    assert list(sizes) == [10_000, 100_000, 1_000_000]
    assert markdown(costs["surroundings"], sizes) == (figures / "figures.md").read_text(encoding="utf-8")
