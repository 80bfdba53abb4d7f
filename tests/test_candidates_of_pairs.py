"""One pair as a candidate, carriage, the candidates of a sale, and what a purchase lost (spec P1, A6, B4, X5)."""

from datetime import datetime
from typing import Any

import pytest

from appointed import ByLastWord, appoint
from brokerage import Carriage
from brokerage.money import Money
from brokerage.records.contacts import Contact
from brokerage.records.contractors import Trade
from brokerage.records.deals import Charge, Payee, Purpose
from brokerage.records.members import FormerMember, Member, MemberKind
from brokerage.records.numbers import BoxNumber, ContactNumber, DealNumber, PersonNumber
from brokerage.records.offers import (
    WAITING,
    Details,
    PurchaseOffer,
    SaleOffer,
    Standing,
    agree,
    cancel,
)
from brokerage.services.market.candidates import Candidate
from builders import START
from small_books import HOUR, OPEN, purchase, sale
from small_markets import IS_RED, RED, WANT, Market, market


def carriage(place: Market, want: PurchaseOffer) -> int:
    """What a purchase costs beside its price."""
    terms = place.store.read(lambda tx: place.candidates.fee_terms(tx, want, START))
    return sum(fee.units for fee in terms.fees(1, 92))


def test_one_candidate() -> None:
    """A pair has both its prices, the carriage, and what the buyer would pay altogether."""
    place = market(sale(1), WANT, carriage=Carriage("Cart", "account", {"USD": "0.05"}))
    found = place.one(sale(1))
    fee = Charge(Payee("Cart", None, "account"), 5, Purpose.CARRIAGE)
    assert Candidate(sale(1), 88, 92, (fee,)) == found
    assert found is not None
    assert found.total == 97


@pytest.mark.parametrize(
    ("offer", "want"),
    [
        (sale(1, category="services"), WANT),
        (sale(1, currency="EUR"), WANT),
        (sale(1, 101), WANT),
        (sale(1, person=PersonNumber(2)), WANT),
        (sale(1, limit=START), WANT),
        (agree(sale(1), DealNumber(1)), WANT),
        (sale(1), cancel(WANT)),
        (sale(1), purchase(100, 100, START)),
        (sale(1), purchase(100, 100, requirements=RED)),
    ],
    ids=["category", "currency", "price", "person", "limit", "state", "ended", "too late", "requirements"],
)
def test_what_is_no_candidate(offer: SaleOffer, want: PurchaseOffer) -> None:
    """Each thing that two offers must have in common, or must not, decides by itself (P1)."""
    assert market(offer, want).one(offer, want) is None


@pytest.mark.parametrize("waits", [1, 100])
def test_both_must_stand_in_the_book(waits: int) -> None:
    """While either of them waits for its round there is no candidate."""
    place = market()
    for offer in (sale(1), WANT):
        place.add(offer, WAITING if offer.number == waits else OPEN)
    assert place.one(sale(1)) is None


def test_a_candidate_at_both_limits() -> None:
    """Equal limits overlap."""
    assert market(sale(1, 100), WANT).one(sale(1, 100)) == Candidate(sale(1, 100), 100, 100)


@pytest.mark.parametrize(
    ("category", "currency", "fee"),
    [("goods", "USD", 5), ("goods", "EUR", 0), ("services", "USD", 0), ("none", "USD", 0)],
)
def test_carriage(category: str, currency: str, fee: int) -> None:
    """Only goods are carried, for the fee in their currency; without a carrier nothing is."""
    want = purchase(100, 100, category=category, currency=currency)
    place = market(want, carriage=Carriage("Cart", "account", {"USD": "0.05"}))
    assert fee == carriage(place, want)
    assert carriage(market(want), want) == 0


def test_carriage_of_a_category_by_any_name() -> None:
    """A category is found by what its codes have in common."""
    want = purchase(100, 100, category="GOODS")
    place = market(carriage=Carriage("Cart", "account", {"USD": "0.05"}))
    assert carriage(place, want) == 5


def serve(place: Market, now: datetime = START, **terms: Any) -> None:
    """Let Carl carry for five, two a unit and a part of the price, and Pia settle for one, three a unit and a part."""
    appoint(place.store, Trade.CARRIER, BoxNumber(8), fixed=5, each=2, rate="0.1", since=now, **terms)
    appoint(place.store, Trade.PROVIDER, BoxNumber(9), fixed=1, each=3, rate="0.2", since=now, **terms)


def fees_of(views: Any) -> list[tuple[int, ...]]:
    """Price, carriage, payment fee and total of views."""
    return [tuple(money.units for money in (view.price, view.carriage, view.payment_fee, view.total)) for view in views]


def test_fees_that_follow_the_price() -> None:
    """Each candidate has the fees of its own price, the provider's part being one of the price with the carriage."""
    place = market(sale(1, 60), sale(2, 80), sale(3, 100), WANT)
    serve(place)
    # carriage 7 + a tenth of the price; payment fee 4 + a fifth of price and carriage; both rounded
    assert fees_of(place.page()) == [(84, 15, 24, 123), (92, 16, 26, 134), (100, 17, 27, 144)]
    assert [view.payment_fee.currency for view in place.page()] == ["USD"] * 3
    for offer, total in ((sale(1, 60), 123), (sale(2, 80), 134), (sale(3, 100), 144)):
        found = place.one(offer)
        assert found is not None
        assert [(fee.payee.box, fee.purpose) for fee in found.fees] == [(8, Purpose.CARRIAGE), (9, Purpose.PAYMENT_FEE)]
        assert total == found.total


def test_fees_that_are_the_same_for_all() -> None:
    """Fees that take no part of the price are the same for every candidate, and there may be none."""
    place = market(sale(1, 60), sale(2, 80), WANT)
    assert fees_of(place.page()) == [(84, 0, 0, 84), (92, 0, 0, 92)]
    appoint(place.store, Trade.PROVIDER, BoxNumber(9), fixed=1, each=3)
    assert fees_of(place.page()) == [(84, 0, 4, 88), (92, 0, 4, 96)]
    appoint(place.store, Trade.CARRIER, BoxNumber(8), fixed=5, each=2)
    assert fees_of(place.page()) == [(84, 7, 4, 95), (92, 7, 4, 103)]


def test_fees_of_what_was_lost() -> None:
    """A lost sale is shown with the fees that it would have had at its price."""
    place = losing(WANT, Standing(True, True, DealNumber(0)))
    views = place.store.read(lambda tx: place.candidates.lost(tx, WANT, START))
    assert fees_of(views) == [(84, 0, 0, 84), (100, 0, 0, 100), (92, 0, 0, 92)]
    serve(place)
    views = place.store.read(lambda tx: place.candidates.lost(tx, WANT, START))
    assert fees_of(views) == [(84, 15, 24, 123), (100, 17, 27, 144), (92, 16, 26, 134)]


def test_fees_are_those_of_the_moment_and_the_buyers_zone() -> None:
    """Terms count where they stand now, for the currency, the category and the zone of the buyer's present address."""
    place = losing(WANT, Standing(True, True, DealNumber(4)), zoning=ByLastWord())
    bob = Contact(ContactNumber(2), BoxNumber(2), "Bob", "2 Oak Row", "1", "bob@example.org", "account", START)
    place.store.run(lambda tx: tx.members.add(member(2, 2)))
    place.store.run(lambda tx: tx.contacts.add(bob))
    place.add(sale(6, 80))
    serve(place, zone="Lane")
    serve(place, START + HOUR, zone="Row")

    def shown(now: datetime) -> list[tuple[int, ...]]:
        found = place.one(sale(6, 80), now=now)
        assert found is not None
        lost = place.store.read(lambda tx: place.candidates.lost(tx, WANT, now))
        return [*fees_of(place.page(now=now)), *fees_of(lost), (found.total,)]

    assert shown(START) == [(92, 0, 0, 92), (92, 0, 0, 92), (92,)]
    assert shown(START + HOUR) == [(92, 16, 26, 134), (92, 16, 26, 134), (134,)]


def test_the_candidates_of_a_sale() -> None:
    """Its purchases come highest limit first, the unsuitable are passed over, and a page of them says there is more."""
    offer = sale(1)
    wants = [
        purchase(10, 90),
        purchase(11, 100),
        purchase(12, 80),
        purchase(13, 79),
        purchase(14, 95, box=BoxNumber(3)),
    ]
    own = purchase(15, 97, person=PersonNumber(1))
    also_own = purchase(16, 91, person=PersonNumber(1))

    def of_sale(place: Market, now: datetime = START) -> tuple[list[int], bool]:
        found, may_be_more = place.store.read(lambda tx: place.candidates.of_sale(tx, offer, now))
        for want, candidate in found:
            assert place.one(offer, want, now) == candidate
        return [want.number for want, _ in found], may_be_more

    assert of_sale(market(offer, *wants, own)) == ([11, 14, 10, 12], False)
    assert of_sale(market(offer, *wants, own, page_size=4)) == ([11, 14, 10, 12], False)
    assert of_sale(market(offer, *wants, own, page_size=3)) == ([11, 14, 10], True)
    assert of_sale(market(offer, *wants, own, checks_per_page=1)) == ([11], True)
    assert of_sale(market(offer, *wants, own, checks_per_page=2)) == ([11, 14, 10, 12], False)
    assert of_sale(market(offer, *wants, own, also_own, checks_per_page=2)) == ([11, 14], True)
    place = market(*wants, checks_per_page=1)
    place.add(offer, WAITING)
    assert of_sale(place) == ([], False)
    offer = sale(1, limit=START + HOUR)
    assert of_sale(market(offer, *wants)) == ([11, 14, 10, 12], False)
    assert of_sale(market(offer, *wants), START + HOUR) == ([], False)


def member(box: int, person: int) -> Member:
    """Return a member."""
    return Member(BoxNumber(box), PersonNumber(person), MemberKind.INDIVIDUAL, ContactNumber(box), START)


def losing(want: PurchaseOffer, standing: Standing, **choices: Any) -> Market:
    """Return a market with five sales, sold in five deals from the last one on, and a purchase that lost them."""
    place = market(**choices)
    place.add(want, standing)
    for box, person in ((1, 1), (3, 2)):
        fact = member(box, person)
        place.store.run(lambda tx, fact=fact: tx.members.add(fact))  # type: ignore[misc]
    for number, price, box in ((5, 60, 4), (4, 100, 1), (3, 101, 1), (2, 70, 3), (1, 80, 1)):
        offer = sale(number, price, box=BoxNumber(box), details=IS_RED if number in (1, 4) else Details())
        place.add(offer)
        place.replace(offer, agree(offer, DealNumber(6 - number)))
    return place


@pytest.mark.parametrize(
    ("want", "seen_deal", "choices", "lost"),
    [
        (WANT, 0, {}, [5, 4, 1]),
        (WANT, 1, {}, [4, 1]),
        (WANT, 4, {}, [1]),
        (WANT, 5, {}, []),
        (purchase(100, 99), 0, {}, [5, 1]),
        (purchase(100, 100, requirements=RED), 0, {}, [4, 1]),
        (WANT, 0, {"page_size": 2}, [5, 4]),
        (WANT, 0, {"page_size": 1}, [5]),
        (WANT, 0, {"checks_per_page": 1}, [5, 4]),
        (WANT, 0, {"checks_per_page": 2}, [5, 4, 1]),
        (purchase(100, 100, requirements=RED), 0, {"checks_per_page": 1}, []),
        (purchase(100, 100, requirements=RED), 0, {"checks_per_page": 2}, [4]),
        (purchase(100, 100, requirements=RED), 0, {"checks_per_page": 3}, [4, 1]),
        (cancel(WANT), 0, {}, []),
        (purchase(100, 100, START), 0, {}, []),
    ],
)
def test_what_a_purchase_lost(want: PurchaseOffer, seen_deal: int, choices: dict[str, Any], lost: list[int]) -> None:
    """It lost what suits and was sold since its member looked, by deal, except what that person sells by any box."""
    place = losing(want, Standing(True, True, DealNumber(seen_deal)), **choices)
    views = place.store.read(lambda tx: place.candidates.lost(tx, want, START))
    assert lost == [view.sale for view in views]


def test_a_purchase_that_waits_lost_nothing() -> None:
    """What is not in the book has not been beaten to anything."""
    place = losing(WANT, WAITING)
    assert place.store.read(lambda tx: place.candidates.lost(tx, WANT, START)) == ()


def test_a_sale_of_ones_own_was_not_lost_after_leaving() -> None:
    """What the buyer's own person sold under a box that was left since is no loss, as it was none before."""
    place = losing(WANT, Standing(True, True, DealNumber(0)))
    gone = member(4, 2)
    former = FormerMember(gone.box, gone.person, gone.kind, gone.contact, START, START, "moved", gone.factor)
    place.store.run(lambda tx: tx.former.add(former))
    views = place.store.read(lambda tx: place.candidates.lost(tx, WANT, START))
    assert [view.sale for view in views] == [4, 1]


def test_a_view_of_what_was_lost() -> None:
    """A lost sale is shown at the price it would have had, with the carriage, as failed."""
    place = losing(WANT, Standing(True, False, DealNumber(4)), carriage=Carriage("Cart", "account", {"USD": "0.05"}))
    [view] = place.store.read(lambda tx: place.candidates.lost(tx, WANT, START))
    shown = (view.sale, view.status, view.price, view.carriage, view.total)
    assert shown == (1, "Purchase Failed", Money(92, "USD"), Money(5, "USD"), Money(97, "USD"))
