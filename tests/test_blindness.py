"""The market is blind: nothing addressed to a member depends on, or contains, what is not that member's to know."""

from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from appointed import appoint
from brokerage import BankTransfer, Brokerage, DealNumber, DeliveryStep, MemberDesk, OfferNumber
from brokerage.records.complaints import ComplaintKind
from brokerage.records.contractors import Trade
from brokerage.testing.market.naive_pricing import prices
from prying_members import CODE, START, House, forged, looks, pestered, tried

pytestmark = pytest.mark.once

# Two worlds


@frozen
class Unseen:
    """What a member cannot know: others' limits, who they are, and where they live."""

    limits: tuple[int, ...]
    rivals: tuple[int, ...]
    surname: str
    zone: str


@frozen
class Story:
    """One sequence of accepted calls, and two worlds in which it is told."""

    rate: str
    own: int
    immediate: bool
    worlds: tuple[Unseen, Unseen]
    order: tuple[int, ...]
    acts: tuple[tuple[str, int], ...]


_ACTS = (
    "rival decides",
    "I decide",
    "pay",
    "other cancels",
    "acknowledge",
    "day",
    "week",
    "run",
    "carry",
    "ask",
    "complain",
    "news",
)
_NAMES = st.text("abcdefghijklmnop", min_size=3, max_size=12)
_ZONES = ("Row", "Lane", "Mews")
_RATES = st.sampled_from(("0.5", "0.45", "0.4"))


@st.composite
def stories(draw: st.DrawFn, is_buyer: bool) -> Story:
    """Draw others' limits twice, so that the member's prices and their order are the same in both worlds."""
    rate, own, count = draw(_RATES), draw(st.integers(200, 400)), draw(st.integers(1, 5))
    same_price: dict[int, list[int]] = {}
    for limit in range(own + 1) if is_buyer else range(own, own + 400):
        pair = (limit, own) if is_buyer else (own, limit)
        price = prices(*pair, Fraction(rate), "spread", "half-even")[is_buyer]
        same_price.setdefault(price, []).append(limit)
    wide = [price for price, limits in same_price.items() if len(limits) >= count]
    chosen = sorted(draw(st.lists(st.sampled_from(wide), min_size=count, max_size=count)))
    worlds = []
    for _ in range(2):
        limits: list[int] = []
        for price in sorted(set(chosen)):
            many = chosen.count(price)
            some = st.lists(st.sampled_from(same_price[price]), min_size=many, max_size=many, unique=True)
            limits += sorted(draw(some))
        beyond = st.integers(own, own + 300) if is_buyer else st.integers(0, own)
        rivals = draw(st.lists(beyond, min_size=count, max_size=count))
        worlds.append(Unseen(tuple(limits), tuple(rivals), draw(_NAMES), draw(st.sampled_from(_ZONES))))
    order = tuple(draw(st.permutations(range(count))))
    acts = tuple(draw(st.lists(st.tuples(st.sampled_from(_ACTS), st.integers(0, 5)), max_size=12)))
    return Story(rate, own, draw(st.booleans()), (worlds[0], worlds[1]), order, acts)


def registered(broker: Brokerage, mark: str, surname: str, zone: str = "Row") -> MemberDesk:
    """Register a member whose every detail hangs on three texts."""
    return broker.register(
        name=f"{mark} {surname}",
        address=f"1 {surname} {zone}",
        telephone=f"555 {mark.encode().hex()} {len(surname)}",
        email=f"{mark}@{surname}.example",
        bank_account=f"{surname}-{mark}",
    )


class World:
    """Tells a story in one world, and keeps what the member at its centre gets to see."""

    def __init__(self, story: Story, unseen: Unseen, is_buyer: bool) -> None:
        self.house = House(rate=story.rate, immediate=story.immediate, zoned=True)
        self.is_buyer = is_buyer
        broker = self.house.broker
        self.me = registered(broker, "me", "always")
        count = len(story.order)
        self.others = [registered(broker, "other0", "same")]
        self.others += [registered(broker, f"other{at}", unseen.surname, unseen.zone) for at in range(1, count)]
        self.rivals = [registered(broker, f"rival{at}", unseen.surname, unseen.zone) for at in range(count)]
        carrier = registered(broker, "carrier", "cart").number
        for at, zone in enumerate(_ZONES):
            for trade in (Trade.CARRIER, Trade.PROVIDER):
                fee: dict[str, Any] = {"category": CODE, "zone": zone, "fixed": 7 * at + 3, "rate": f"0.0{at + 1}"}
                appoint(self.house.store, trade, carrier, **fee)
        self.me.account.choose_mail(candidates=True, deals=True, news=True)
        self.mine = self.offer(self.me, is_buyer, story.own)
        self.second = self.offer(self.me, is_buyer, story.own)
        self.offers = [self.offer(self.others[at], not is_buyer, unseen.limits[at]) for at in story.order]
        self.rivals_offers = [
            self.offer(desk, is_buyer, limit) for desk, limit in zip(self.rivals, unseen.rivals, strict=True)
        ]
        self.owners = dict(zip(self.offers, (self.others[at] for at in story.order), strict=True))
        self.deals: dict[int, str] = {}
        self.seen: list[list[str]] = []
        broker.match()
        self.look()
        for act, pick in story.acts:
            self.act(act, pick)
            self.look()

    def offer(self, desk: MemberDesk, buys: bool, limit: int) -> OfferNumber:
        """Make an offer whose every public detail is the same in all worlds."""
        if buys:
            return desk.buy(CODE, max_price=limit, currency="USD", limit=START + timedelta(days=12))
        return desk.sell(CODE, "Pixel 7", min_price=limit, currency="USD", description="like new")

    def look(self) -> None:
        """Keep everything that the member can read now."""
        self.seen.append(looks(self.house, self.me))

    def take(self, desk: MemberDesk, purchase: OfferNumber, pick: int) -> None:
        """Decide on the candidate at a place, if there is one."""
        found = desk.candidates(purchase)
        if len(found):
            candidate = found[pick % len(found)]
            deal = desk.decide(purchase, candidate.sale, price=candidate.total, pay_by=BankTransfer())
            self.deals[deal.number] = deal.reference

    def act(self, act: str, pick: int) -> None:
        """Let something happen; who is named differs between the worlds only in what nobody may see."""
        broker, clock = self.house.broker, self.house.clock
        if act == "rival decides" and self.is_buyer:
            self.take(self.rivals[pick % len(self.rivals)], self.rivals_offers[pick % len(self.rivals)], pick)
        elif act == "I decide" and self.is_buyer:
            self.decide_on_the_known(pick)
        elif act in ("rival decides", "I decide"):
            at = 0 if act == "I decide" else pick % len(self.offers)
            wanted = self.mine if act == "I decide" else self.rivals_offers[pick % len(self.rivals)]
            self.take_sale(self.offers[at], wanted)
        elif act == "pay":
            self.pay_for_the_known()
        elif act == "other cancels":
            cancelled = self.offers[pick % len(self.offers)]
            tried(lambda: self.owners[cancelled].cancel(cancelled))
        elif act == "acknowledge":
            self.me.acknowledge()
        elif act in ("day", "week"):
            clock.set(clock.now() + timedelta(days=1 if act == "day" else 7))
        elif act == "run":
            broker.run_due()
        elif act == "carry":
            for number in self.deals:
                broker.advise_delivery(DealNumber(number), DeliveryStep.DELIVERED, notice=f"d{number}")
        elif act == "complain":
            self.complain(pick)
        elif act == "news":
            named = [desk.number for desk in (self.me, *self.rivals)[: pick % 3]]
            broker.office.news.write("News", "It is so", boxes=named or None, mail=True)
        else:
            self.seen.append(pestered(self.me, 2 * len(self.offers) + 4, len(self.deals) + 1, forge=False))

    def complain(self, pick: int) -> None:
        """Let both parties of a deal complain, in words that differ between the worlds, and the manager as well."""
        broker, kind = self.house.broker, tuple(ComplaintKind)[pick % 3]
        for number in list(self.deals)[-2:]:
            deal = broker.office.deal(DealNumber(number))
            for desk in (broker.desk(deal.seller), broker.desk(deal.buyer)):
                words = "it was late" if desk.number == self.me.number else f"{deal.min_price} {deal.collect_from}"
                tried(partial(desk.complaints.file, deal.number, kind, words))
        about = self.me if pick % 2 else self.rivals[0]
        broker.office.complaints.file(about.number, kind, text=self.rivals[0].box().text())

    def decide_on_the_known(self, pick: int) -> None:
        """Decide on the sale of the one member whose name is the same in all worlds."""
        known = [number for number, owner in self.owners.items() if owner is self.others[0]]
        for candidate in self.me.candidates(self.mine):
            if candidate.sale in known:
                deal = self.me.decide(self.mine, candidate.sale, price=candidate.total, pay_by=BankTransfer())
                self.deals[deal.number] = deal.reference

    def take_sale(self, purchase: OfferNumber, sale: OfferNumber) -> None:
        """Let a buyer take one sale, if it is a candidate."""
        desk = self.owners[purchase]
        for candidate in desk.candidates(purchase):
            if candidate.sale == sale:
                deal = desk.decide(purchase, sale, price=candidate.total, pay_by=BankTransfer())
                self.deals[deal.number] = deal.reference

    def pay_for_the_known(self) -> None:
        """Pay, exactly, for the deals whose two parties are the same in all worlds."""
        broker = self.house.broker
        for number, reference in self.deals.items():
            deal = broker.office.deal(DealNumber(number))
            if {deal.seller, deal.buyer} == {self.me.number, self.others[0].number}:
                broker.advise_payment(reference=reference, amount=deal.owed, currency="USD", notice=reference)


@settings(max_examples=60, deadline=None)
@given(story=stories(is_buyer=True))
def test_a_buyer_cannot_tell_two_worlds_apart_that_differ_in_what_is_not_the_buyers(story: Story) -> None:
    """Others' limits, names and zones leave no trace in what a buyer reads and is told, where the prices are alike."""
    one, other = (World(story, unseen, is_buyer=True) for unseen in story.worlds)
    assert one.seen == other.seen


@settings(max_examples=60, deadline=None)
@given(story=stories(is_buyer=False))
def test_a_seller_cannot_tell_two_worlds_apart_that_differ_in_what_is_not_the_sellers(story: Story) -> None:
    """Others' limits, names and zones leave no trace in what a seller reads and is told, where the prices are alike."""
    one, other = (World(story, unseen, is_buyer=False) for unseen in story.worlds)
    assert one.seen == other.seen


@pytest.mark.parametrize("fate", ["unsuitable", "cancelled", "waiting"])
def test_a_forged_page_mark_tells_nothing_of_a_sale_that_is_no_candidate(fate: str) -> None:
    """A mark that the broker never gave is answered alike, whatever the limit of the sale that it names."""
    said = []
    for hidden in (50, 150):
        house = House(immediate=fate != "waiting")
        me, seller = registered(house.broker, "me", "a"), registered(house.broker, "other", "b")
        want = me.buy(CODE, max_price=100, currency="USD", words=("red",))
        house.broker.match()
        name = "blue" if fate == "unsuitable" else "red"
        sale = seller.sell(CODE, name, min_price=hidden, currency="USD")
        if fate == "cancelled":
            seller.cancel(sale)
        mark = forged("candidates", want, sale, 0)
        said.append(tried(lambda me=me, want=want, mark=mark: me.candidates(want, after=mark)))  # type: ignore[misc]
    assert said[0] == said[1]
