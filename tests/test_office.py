"""The manager's office: categories, the transaction file, the ledger, the journal and its subscribers (K1, X5, V5)."""

from decimal import Decimal

import pytest

from brokerage import Event, EventKind, Fulfilment, Margin, Policy
from brokerage.errors import CategoryExists, CategoryInUse, UnknownCategory, UnknownDeal
from brokerage.records.numbers import DealNumber, EntryNumber
from builders import DAY, START, World, trade, world


def fill(place: World, sales: int = 3, purchases: int = 2) -> None:
    """Let Ann sell at 80, 81, … and Bob buy at 100, 99, …."""
    ann, bob = place.join("Ann"), place.join("Bob")
    for at in range(sales):
        ann.sell("goods", f"Thing {at}", min_price=f"{80 + at}.00", currency="USD")
    for at in range(purchases):
        bob.buy("goods", max_price=f"{100 - at}.00", currency="USD")


@pytest.mark.parametrize("code", ["Goods", "GOODS", "ｇｏｏｄｓ", "ＧＯＯＤＳ"])
def test_codes_that_are_one(code: str) -> None:
    """Codes that differ only by case or compatibility form are one, to members and to the manager (spec K1)."""
    place = world()
    office = place.broker.office
    with pytest.raises(CategoryExists):
        office.add_category(code, rate="0")
    fill(place)
    place.join("Eve").sell(code, "Hers", min_price="1.00", currency="USD")
    assert len(place.broker.desk(place.join("Zed").number).unsold(code)) == 4
    assert len(office.transactions(code).rows) == 4
    assert {"goods"} == {view.category for view in place.broker.desk(place.join("Zoe").number).unsold("goods")}
    assert office.correct_category(code, name="New").code == "goods"


@pytest.mark.parametrize(("one", "other"), [("straße", "STRASSE"), ("ﬁsh", "FISH"), ("é", "E\u0301"), ("Å", "\u212b")])
def test_codes_of_other_scripts_that_are_one(one: str, other: str) -> None:
    """Case folding and compatibility forms reach beyond ASCII, in either order."""
    for first, second in ((one, other), (other, one)):
        office = world().broker.office
        office.add_category(first, rate="0")
        with pytest.raises(CategoryExists):
            office.add_category(second, rate="0")
        assert office.correct_category(second, rate="0.1").code == first


def test_codes_that_are_two() -> None:
    """Codes that differ otherwise are two categories, also by a blank."""
    office = world().broker.office
    for code in ("goods ", "good", "güter", "guter"):
        office.add_category(code, rate="0")
    assert len(office.categories()) == 6
    keys = [category.key for category in office.categories()]
    assert sorted(keys) == keys


def test_correcting() -> None:
    """A correction changes what it names, for offers from then on, and leaves the rest."""
    place = world()
    office = place.broker.office
    before = office.categories()[0]
    after = office.correct_category("goods", rate="0.2", group="All")
    assert (after.rate, after.group, after.name, after.margin) == (Decimal("0.2"), "All", before.name, before.margin)
    after = office.correct_category("goods", margin=Margin.LESSER, fulfilment=Fulfilment.PERFORMED, name="N")
    assert (after.rate, after.margin, after.fulfilment, after.name) == (
        Decimal("0.2"),
        Margin.LESSER,
        Fulfilment.PERFORMED,
        "N",
    )
    fill(place)
    assert place.sale(1).terms == after.terms  # type: ignore[arg-type]


def test_deleting_is_refused_in_use() -> None:
    """A category with an open offer or a deal in flight is not deleted and stays open; afterwards it goes."""
    place = world()
    office = place.broker.office
    made = trade(place)
    for _ in range(2):
        with pytest.raises(CategoryInUse):
            office.delete_category("goods")
        made.ann.cancel(made.ann.sell("goods", "More", min_price=1, currency="USD"))
    place.wait(7 * DAY)
    with pytest.raises(CategoryInUse):
        office.delete_category("goods")
    made.ann.cancel(made.sale)
    office.delete_category("GOODS")
    for _ in range(2):
        with pytest.raises(UnknownCategory):
            made.ann.sell("goods", "Thing", min_price=1, currency="USD")
        with pytest.raises(UnknownCategory):
            office.delete_category("goods")
    assert made.bob.deal(made.number).category == "goods"
    office.add_category("Goods", rate="0")
    assert made.ann.sell("goods", "Thing", min_price=1, currency="USD") == 5


def test_the_transaction_file() -> None:
    """Every sale has its status, the last arrival looked at, and its candidates with both prices (spec X5)."""
    place = world()
    fill(place, sales=2, purchases=1)
    first, second = place.broker.office.transactions("goods").rows
    assert (first.sale, first.seller, first.status, first.last_arrival) == (1, 1, "There Is a Candidate Buyer", 3)
    [candidate] = first.candidates
    # 80 and 100: 90 ± 2
    assert (candidate.purchase, candidate.buyer, candidate.in_box) == (3, 2, True)
    assert (candidate.selling_price.text(), candidate.buying_price.text()) == ("88.00", "92.00")
    # 81 and 100: 90.5 ± 1.9
    assert (second.candidates[0].selling_price.text(), second.candidates[0].buying_price.text()) == ("88.60", "92.40")
    assert "entered" in place.broker.office.transactions("goods").table().text()


def test_the_transaction_file_of_a_deal() -> None:
    """A sale in a deal shows its buyer and both prices, in the sale's words."""
    made = trade(world())
    [row] = made.world.broker.office.transactions("goods").rows
    assert (row.status, [candidate.buyer for candidate in row.candidates]) == ("Transaction Settled", [2])


def test_the_transaction_file_before_a_round() -> None:
    """What waits for its first round has no candidate and no arrival looked at."""
    place = world(Policy())
    fill(place, sales=1, purchases=1)
    [row] = place.broker.office.transactions("goods").rows
    assert (row.status, row.last_arrival, row.candidates) == ("No Buyer", 0, ())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_of_the_transaction_file(size: int) -> None:
    """Pages of any size give every sale once, by number."""
    place = world()
    fill(place, sales=7)
    seen: list[int] = []
    after = None
    while True:
        page = place.broker.office.transactions("goods", size=size, after=after)
        assert len(page.rows) <= size
        seen += [row.sale for row in page.rows]
        after = page.next
        if after is None:
            break
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_entries_by_pages() -> None:
    """The ledger's entries come in their order, each once."""
    made = trade(world())
    for at in range(5):
        made.transfer("1.00", f"n-{at}")
    office = made.world.broker.office
    every = office.entries(size=100)
    assert [entry.number for entry in every] == [1, 2, 3, 4, 5]
    assert every[2:4] == office.entries(after=EntryNumber(2), size=2)
    assert list(office.entries(after=EntryNumber(5))) == []
    assert list(office.entries(after=EntryNumber(999))) == []


def test_events_by_pages() -> None:
    """The journal's events come in their order, each with its own position, from any position on."""
    made = trade(world())
    office = made.world.broker.office
    every = office.events(size=1000)
    assert list(range(1, len(every) + 1)) == [position for position, _ in every]
    seen: list[tuple[int, Event]] = []
    while page := office.events(after=seen[-1][0] if seen else 0, size=3):
        seen += page
    assert list(every) == seen
    assert {START} == {event.at for _, event in every}


def test_events_of_one_thing_are_in_order() -> None:
    """The events of each offer and deal refer to its versions in the order in which they were made (spec V5)."""
    made = trade(world())
    made.transfer("92.00")
    made.world.wait(30 * DAY)
    versions: dict[tuple[str, int], list[int]] = {}
    for _, event in made.world.broker.office.events(size=1000):
        number = getattr(event.fact, "number", None)
        if number is not None and hasattr(event.fact, "version"):
            versions.setdefault((type(event.fact).__name__, number), []).append(event.fact.version)
    for numbers in versions.values():
        assert sorted(numbers) == numbers


def test_a_subscriber_hears_of_everything_once() -> None:
    """A subscriber is called with every event from then on, in the journal's order, and none of before."""
    place = world()
    place.join("Eve").sell("services", "Advice", min_price="1.00", currency="USD")
    before = len(place.broker.office.events(size=1000))
    heard: list[Event] = []
    place.broker.subscribe(heard.append)
    assert heard == []
    trade(place).transfer("92.00")
    place.wait(40 * DAY)
    assert [event for _, event in place.broker.office.events(after=before, size=1000)] == heard
    assert EventKind.DEAL_AGREED in {event.kind for event in heard}


def test_subscribers_are_told_after_the_commit() -> None:
    """What a subscriber reads when it is called is already committed, and what fails is never told of."""
    place = world()
    ann = place.join("Ann")
    seen: list[int] = []
    place.broker.subscribe(lambda event: seen.append(ann.box().sale_count))
    with pytest.raises(UnknownCategory):
        ann.sell("nothing", "Thing", min_price=1, currency="USD")
    assert seen == []
    ann.sell("goods", "Thing", min_price=1, currency="USD")
    assert seen == [1]


def test_a_subscriber_that_acts() -> None:
    """A subscriber may give commands: their events follow, each once, in order, to every subscriber."""
    place = world()
    ann = place.join("Ann")
    first: list[Event] = []
    second: list[Event] = []

    def act(event: Event) -> None:
        first.append(event)
        if event.kind is EventKind.OFFER_ACCEPTED and len(first) < 4:
            ann.sell("goods", f"After {len(first)}", min_price=1, currency="USD")

    place.broker.subscribe(act)
    place.broker.subscribe(second.append)
    before = len(place.broker.office.events(size=1000))
    ann.sell("goods", "First", min_price=1, currency="USD")
    expected = [event for _, event in place.broker.office.events(after=before, size=1000)]
    assert len(expected) == 4
    assert expected == first == second


def test_a_subscriber_that_comes_while_others_are_told() -> None:
    """Somebody who subscribes from within a subscriber hears of what is committed from then on only (V5)."""
    place = world()
    ann = place.join("Ann")
    heard: list[Event] = []
    subscribed: list[int] = []

    def bring(_: Event) -> None:
        if not subscribed:
            subscribed.append(len(place.broker.office.events(size=1000)))
            place.broker.subscribe(heard.append)

    place.broker.subscribe(bring)
    ann.offer_many([], keep_good=True)
    trade(place)
    assert [event for _, event in place.broker.office.events(after=subscribed[0], size=1000)] == heard


def test_a_subscriber_that_fails() -> None:
    """A subscriber's error fails no command, waits for the next periodic run, and keeps no other from hearing."""
    place = world()
    ann = place.join("Ann")
    heard: list[Event] = []

    def fail(_: Event) -> None:
        raise RuntimeError("a subscriber's own trouble")

    place.broker.subscribe(fail)
    place.broker.subscribe(heard.append)
    ann.sell("goods", "Thing", min_price=1, currency="USD")
    assert ann.box().sale_count == 1
    assert [event.kind for event in heard] == [EventKind.OFFER_ACCEPTED]
    with pytest.raises(RuntimeError):
        place.broker.run_due()
    place.broker.run_due()


def test_a_deal_for_the_manager() -> None:
    """The office shows a deal with both limits and prices, and no deal that is none."""
    made = trade(world())
    assert (
        made.fact.min_price,
        made.fact.max_price,
        made.fact.selling_price,
        made.fact.buying_price,
    ) == (8000, 10_000, 8800, 9200)
    with pytest.raises(UnknownDeal):
        made.world.deal(DealNumber(2))
