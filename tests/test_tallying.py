"""Running totals count every event of the journal exactly once, off the way of whoever makes it (spec M8)."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import Deal, DeliveryStep, EventKind, Immediate, MemberDesk, OfferNumber, Policy, Sell
from brokerage.errors import NotCancelable
from brokerage.ports import Series, Store, Transaction
from brokerage.records.deals import DealOrigin, DealState
from brokerage.records.numbers import BoxNumber, DealNumber
from brokerage.records.offers import OfferState, Outcome, SaleOffer
from brokerage.records.reservations import ReservationState
from brokerage.testing import Fault, Faults, faulty_store
from builders import DAY, START, World, immediate, trade, world
from finished_deals import agreed, completed
from gone_wrong import STORIES

pytestmark = pytest.mark.once

HOUR = timedelta(hours=1)
FIELDS = ("offered", "sold", "unsold", "wanted", "bought", "unmet", "sold_units", "bought_units")


def counted(tx: Transaction) -> dict[tuple[int, str, str], dict[str, int]]:
    """Return what the running totals say, without what is 0."""
    boxes = range(tx.numbers.last(Series.BOX) + 1)
    tallies = [tally for box in boxes for tally in tx.tallies.of_member(BoxNumber(box))]
    found = {tally.key: {name: getattr(tally, name) for name in FIELDS if getattr(tally, name)} for tally in tallies}
    return {(int(box), category, currency): counts for (box, category, currency), counts in found.items()}


def recounted(tx: Transaction) -> dict[tuple[int, str, str], dict[str, int]]:
    """Count anew from the offers and deals as they stand, every one of them."""
    counts: dict[tuple[int, str, str], Counter[str]] = {}

    def add(box: int, category: str, currency: str, name: str, count: int = 1) -> None:
        for key in ((who, what, currency) for who in (box, 0) for what in (category, "")):
            counts.setdefault(key, Counter())[name] += count

    for number in range(1, tx.numbers.last(Series.OFFER) + 1):
        offer = tx.offers.get(OfferNumber(number))
        wanted = tx.reservations.get(OfferNumber(number))
        if wanted is not None:
            add(wanted.box, wanted.category, wanted.currency, "wanted")
            if wanted.state is ReservationState.CLOSED and wanted.outcome is not Outcome.COMPLETED:
                add(wanted.box, wanted.category, wanted.currency, "unmet")
        if offer is None:  # a reservation, or a bid, which counts as nothing
            continue
        is_sale = isinstance(offer, SaleOffer)
        add(offer.box, offer.category, offer.currency, "offered" if is_sale else "wanted")
        if offer.state is OfferState.CLOSED and offer.outcome is not Outcome.COMPLETED:
            add(offer.box, offer.category, offer.currency, "unsold" if is_sale else "unmet")
    for number in range(1, tx.numbers.last(Series.DEAL) + 1):
        deal = tx.deals.get(DealNumber(number))
        assert deal is not None
        is_reserved = deal.origin is DealOrigin.RESERVATION
        source = tx.reservations.get(deal.purchase) if is_reserved else tx.offers.get(deal.sale)
        assert source is not None
        # a deal that is charged back when it has ended was completed once, and stays so for its offers
        is_undone = deal.state is DealState.CHARGED_BACK and (source.deal, source.outcome) == (
            number,
            Outcome.COMPLETED,
        )
        if deal.state is DealState.COMPLETED or is_undone:
            add(deal.seller, deal.category, deal.currency, "sold")
            add(deal.buyer, deal.category, deal.currency, "bought")
            add(deal.seller, deal.category, deal.currency, "sold_units", deal.selling_price)
            add(deal.buyer, deal.category, deal.currency, "bought_units", deal.buying_price)
        if is_reserved:
            add(deal.seller, deal.category, deal.currency, "offered")
            if deal.state.has_ended and not (deal.state is DealState.COMPLETED or is_undone):
                add(deal.seller, deal.category, deal.currency, "unsold")
    return {key: {name: count for name, count in found.items() if count} for key, found in counts.items()}


def catch_up(place: World) -> None:
    """Bring the running totals up to date."""
    place.broker.office.analysis.totals()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "buy", "cancel", "agree", "complete", "wait", "count"]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from(["goods", "services"]),
        st.sampled_from(["USD", "JPY"]),
        st.integers(0, 9),
    ),
    max_size=30,
)


@settings(deadline=None, max_examples=40)
@given(steps=STEPS)
def test_they_are_what_counting_anew_gives(steps: list[tuple[str, int, int, str, str, int]]) -> None:
    """Whatever happens and whenever they are brought up to date, the totals are those of all offers and deals."""
    place = world(immediate(tally_every=DAY, open_offer_count=None))
    desks = [place.join(name) for name in ("Ann", "Bob", "Eve")]
    for what, one, other, category, currency, price in steps:
        act(place, desks[one], desks[other], what, category, currency, price)
    catch_up(place)
    assert place.read(recounted) == place.read(counted)


def act(place: World, one: MemberDesk, other: MemberDesk, what: str, category: str, currency: str, price: int) -> None:
    """Let one thing happen in a market."""
    limit = place.clock.now() + 9 * DAY
    if what == "sell":
        one.sell(category, "Thing", min_price=price, currency=currency, limit=limit)
    elif what == "buy":
        one.buy(category, max_price=price, currency=currency, limit=limit)
    elif what == "cancel":
        for offer in place.read(lambda tx: tx.offers.of_member(one.number))[:2]:
            try:
                one.cancel(offer.number)
            except NotCancelable:
                continue
    elif what == "count":
        catch_up(place)
    elif what == "wait":
        place.wait(4 * DAY)
    elif one is not other:
        (agreed if what == "agree" else completed)(place, one, other, price, "goods", currency)


def test_worked_by_hand() -> None:
    """Of four sales one is sold for 88.00, one cancelled, one expired, and one is left; the buyer paid 92.00."""
    made = trade(world())
    place, ann, bob = made.world, made.ann, made.bob
    made.transfer("92.00")
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    bob.confirm(made.number)
    ann.cancel(ann.sell("goods", "Second", min_price=5, currency="USD"))
    ann.sell("goods", "Third", min_price=5, currency="USD", limit=START + DAY)
    ann.sell("goods", "Fourth", min_price=5, currency="USD")
    place.wait(40 * DAY)  # until the deal has left the boxes, which changes it once more
    [sales] = place.broker.office.analysis.member(ann.number)
    assert (sales.offered, sales.sold, sales.unsold, sales.on_sale) == (4, 1, 2, 1)
    assert (str(sales.sold_for), str(sales.bought_for)) == ("88.00 USD", "0.00 USD")
    [purchases] = place.broker.office.analysis.member(bob.number)
    assert (purchases.wanted, purchases.bought, purchases.unmet, str(purchases.bought_for)) == (1, 1, 0, "92.00 USD")


@pytest.mark.parametrize("name", STORIES)
def test_money_that_goes_wrong_counts_as_it_ends(name: str) -> None:
    """However a deal went wrong, its offers count once, by how they ended."""
    place = STORIES[name]().world
    catch_up(place)
    assert place.read(recounted) == place.read(counted)


def test_what_is_undone_after_the_end_is_not_taken_back() -> None:
    """A deal that was completed and paid out, and is charged back then, stays sold and bought."""
    made = STORIES["charged back after the payout"]()
    [total] = made.world.broker.office.analysis.totals()
    assert (total.sold, total.bought, total.unsold, total.unmet) == (1, 1, 0, 0)
    assert (str(total.sold_for), str(total.bought_for)) == ("88.00 USD", "92.00 USD")


def test_a_lapse_leaves_one_sale_and_one_unmet_purchase() -> None:
    """A sale that is opened again is the one that was offered, and the purchase that was not paid is unmet."""
    made = trade(world())
    made.world.wait(7 * DAY)
    [total] = made.world.broker.office.analysis.totals()
    assert (total.offered, total.sold, total.unsold, total.on_sale) == (1, 0, 0, 1)
    assert (total.wanted, total.bought, total.unmet) == (1, 0, 1)


def test_codes_that_are_one_count_as_one() -> None:
    """A category that was deleted and opened again in other letters goes on with its figures (spec K1)."""
    place = world()
    ann, office = place.join("Ann"), place.broker.office
    for code in ("Phones", "PHONES"):
        office.add_category(code, rate="0.10")
        ann.cancel(ann.sell(code, "Thing", min_price=5, currency="USD"))
        [found] = office.analysis.category("phones")
        assert found.category == code
        office.delete_category(code)
    [count] = office.analysis.unsold()
    assert (count.category, count.offered, count.unsold) == ("phones", 2, 2)


def test_a_deal_ends_once_in_the_journal() -> None:
    """The end of a deal is an event of its own, which comes once, however long the deal lives on."""
    made = trade(world())
    made.transfer("92.00")
    made.world.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    made.bob.confirm(made.number)
    made.transfer("92.00", "again")
    made.world.wait(40 * DAY)
    events = [event for _, event in made.world.broker.office.events(size=1000) if event.kind is EventKind.DEAL_ENDED]
    assert [(event.fact, event.at) for event in events] == [(made.world.read(ended(made.number)), START)]


def ended(number: DealNumber) -> Callable[[Transaction], object]:
    """Return a look at a deal as it was when it ended, which filing has changed since."""

    def work(tx: Transaction) -> object:
        return next(
            event.fact
            for _, event in tx.journal.read(0, 1000)
            if isinstance(event.fact, Deal) and event.fact.number == number and event.fact.ended_at
        )

    return work


def test_a_crash_counts_nothing_twice(kept: Store) -> None:
    """Whatever fails while events are counted, they count once when it works again."""
    first, second, third = [Fault.AFTER], [Fault.NONE, Fault.BEFORE], [*[Fault.NONE] * 3, Fault.AFTER]
    faults = Faults([*first, *second, *third], of={"add", "replace"})
    store = faulty_store(kept, faults, "tallies", "progress", error=lambda name: OSError(name))
    place = world(store=store)
    ann, bob = place.join("Ann"), place.join("Bob")
    for _ in (first, second, third):
        completed(place, ann, bob, 5)
        with pytest.raises(OSError, match=r"add|replace"):
            catch_up(place)
    catch_up(place)
    assert place.read(recounted) == place.read(counted)


def test_many_who_count_at_a_time(kept: Store) -> None:
    """However many bring the totals up to date at a time, each event counts once."""
    place = world(store=kept)
    ann, bob = place.join("Ann"), place.join("Bob")
    for price in range(40):
        completed(place, ann, bob, price)
    start = threading.Barrier(4)

    def count() -> None:
        start.wait()
        catch_up(place)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert place.read(recounted) == place.read(counted)


def test_more_events_than_one_unit_of_work_counts() -> None:
    """All that has not been counted is, in as many units of work as it takes."""
    place = world(immediate(open_offer_count=None))
    ann = place.join("Ann")
    ann.offer_many([Sell(category="goods", name="Thing", min_price=5, currency="USD")] * 2500)
    [total] = place.broker.office.analysis.totals()
    assert total.offered == 2500


def test_nobody_who_offers_waits_for_them() -> None:
    """Until they are due, or somebody asks, nothing is counted."""
    place = world(immediate(tally_every=HOUR))
    ann = place.join("Ann")
    ann.sell("goods", "Thing", min_price=5, currency="USD")
    assert place.broker.run_due().tallied == 0
    assert place.read(counted) == {}
    assert place.broker.office.analysis.totals(ann.number)[0].offered == 1


def test_when_they_are_due() -> None:
    """They are due at the first multiple of the policy's time after what has not been counted, and then no more."""
    place = world(Policy(matching=Immediate(), tally_every=HOUR, default_life=None))
    assert place.broker.next_due() == START.replace(hour=13, minute=0)
    assert place.wait(timedelta(minutes=59) - timedelta(microseconds=1)).tallied == 0
    assert place.wait(timedelta(microseconds=1)).tallied == place.read(lambda tx: tx.journal.last())
    assert place.broker.next_due() is None
    place.wait(10 * HOUR)
    place.join("Ann").sell("goods", "Thing", min_price=5, currency="USD")
    assert place.broker.next_due() == START.replace(minute=0) + 12 * HOUR
    before = place.state()
    assert place.broker.run_due().tallied == 0
    assert before == place.state()


def test_asking_twice_changes_nothing() -> None:
    """Where nothing has happened nothing is written, so asking costs a comparison."""
    place = world()
    place.join("Ann").sell("goods", "Thing", min_price=5, currency="USD")
    catch_up(place)
    before = place.state()
    catch_up(place)
    assert before == place.state()
