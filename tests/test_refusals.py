"""Refusals that need a story: foreign numbers, signing in, cards that do not pay, and limits (spec V1–V4)."""

from collections.abc import Callable
from typing import Any

import pytest

from brokerage import (
    AccountCharge,
    BankTransfer,
    BrokerageError,
    Buy,
    Card,
    MemberDesk,
    OfferNumber,
    Sell,
)
from brokerage.adapters.memory import PretendCardHouse
from brokerage.adapters.memory.gateways import Mood
from brokerage.adapters.system import ScryptHasher
from brokerage.errors import (
    GatewayError,
    InvalidChoice,
    InvalidCredentials,
    InvalidText,
    LimitReached,
    NoAnswer,
    NotCancelable,
    NotOpen,
    PaymentDeclined,
    UnknownOffer,
)
from brokerage.ports import Answer
from brokerage.records.effects import Authorisation, AuthorisationState
from builders import DAY, START, World, trade, world

OFFER_CALLS: dict[str, Callable[[MemberDesk, Any], object]] = {
    "show": lambda desk, number: desk.show(number),
    "cancel": lambda desk, number: desk.cancel(number),
    "amend": lambda desk, number: desk.amend(number, price=1),
    "candidates": lambda desk, number: desk.candidates(number),
    "decide": lambda desk, number: desk.decide(number, OfferNumber(1), price=1, pay_by=BankTransfer()),
    "decide by card": lambda desk, number: desk.decide(number, OfferNumber(1), price=1, pay_by=Card("t")),
}


@pytest.mark.parametrize("name", OFFER_CALLS)
def test_a_foreign_offer_is_as_unknown_as_none(name: str) -> None:
    """A number of somebody else's offer, open or in a deal, and one that nobody has give the same error."""
    place = world()
    made = trade(place)
    foreign = made.bob.buy("goods", max_price=1, currency="USD")
    eve = place.join("Eve")
    before, texts = place.state(), set()
    numbers: list[Any] = [made.sale, made.purchase, foreign, 4000, 0, -1, True, 1.0, "1", None, 10**30, [1]]
    for number in numbers:
        with pytest.raises(UnknownOffer) as caught:
            OFFER_CALLS[name](eve, number)
        error = caught.value
        assert ("offer", number) == (error.field, error.value)
        assert type(number) is type(error.value)
        if number in (made.sale, made.purchase, foreign, 4000):
            texts.add(str(error).replace(str(number), "N"))
    assert len(texts) == 1
    assert before == place.state()


def test_not_cancelable() -> None:
    """An offer that is agreed, cancelled, expired, past its limit or completed is refused as "Not Cancelable"."""
    place = world()
    made = trade(place)
    gone = made.ann.sell("goods", "Gone", min_price=1, currency="USD")
    made.ann.cancel(gone)
    late = made.ann.sell("goods", "Late", min_price=1, currency="USD", limit=START + DAY)
    past = made.ann.sell("goods", "Past", min_price=1, currency="USD", limit=START + 2 * DAY)
    place.wait(DAY)
    place.clock.set(START + 2 * DAY)
    before = place.state()
    for number in (made.sale, gone, late, past):
        with pytest.raises(NotCancelable, match=r"^Not Cancelable: ") as caught:
            made.ann.cancel(number)
        assert number == caught.value.value
        with pytest.raises(NotOpen):
            made.ann.amend(number, price=5)
    assert before == place.state()


class CountingHasher(ScryptHasher):
    """The real hasher, with small parameters, that writes down what it is asked."""

    def __init__(self) -> None:
        super().__init__(cost=4)
        self.verified: list[tuple[str, ...]] = []

    def verify(self, password: str, password_hash: str) -> bool:
        """Write down the method and the parameters, and verify."""
        self.verified.append(tuple(password_hash.split("$")[:4]))
        return super().verify(password, password_hash)


@pytest.mark.parametrize(
    ("box", "password"),
    [
        (1, "wrong password"),
        (1, ""),
        (1, None),
        (1, b"right password"),
        (1, "right password "),
        (1, "right password" * 1000),
        (2, "right password"),
        (99, "right password"),
        (0, ""),
        (-1, "right password"),
        (True, "right password"),
        (1.0, "right password"),
        ("1", "right password"),
        (None, None),
        ([], []),
        (10**30, "right password"),
        (99, "\ud800"),
    ],
)
def test_signing_in_wrongly(box: Any, password: Any) -> None:
    """A wrong box and a wrong password both say only "Invalid", after one call of the hasher with equal parameters."""
    hasher = CountingHasher()
    place = world(hasher=hasher)
    place.join("Ann", password="right password")
    place.join("Bob")
    before = place.state()
    with pytest.raises(InvalidCredentials) as caught:
        place.broker.sign_in(box, password)
    assert str(caught.value) == "Invalid"
    assert (caught.value.field, caught.value.value) == ("credentials", None)
    assert caught.value.limit
    assert caught.value.remedy
    assert hasher.verified == [("scrypt", "4", "8", "1")]
    assert before | {"tries": ()} == place.state() | {"tries": ()}


def test_signing_in() -> None:
    """The right password opens the member's own desk, with one call of the hasher; neither is shown anywhere."""
    hasher = CountingHasher()
    place = world(hasher=hasher)
    ann = place.join("Ann", password="right password")
    assert ann.number == place.broker.sign_in(ann.number, "right password").number
    assert hasher.verified == [("scrypt", "4", "8", "1")]
    assert "right password" not in repr(place.state())
    kept = place.read(lambda tx: tx.credentials.get(ann.number))
    assert kept is not None
    assert kept.password_hash not in repr(kept)


def test_a_refused_password_is_not_shown() -> None:
    """The error for a password that is too short holds no part of it."""
    with pytest.raises(InvalidText) as caught:
        world().join("Ann", password="tiny!")
    assert "tiny!" not in repr(caught.value) + str(caught.value) + repr(caught.value.args)


@pytest.mark.parametrize("token", ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "", " ", None, 5])
def test_a_card_number_is_no_token(token: Any) -> None:
    """What looks like a card number, or is no text, is refused as a token without being shown."""
    with pytest.raises(InvalidText) as caught:
        Card(token)
    assert caught.value.field == "token"
    assert "4111" not in str(caught.value) + repr(caught.value.args)
    assert "secret" not in repr(Card("secret"))


def open_pair(place: World) -> tuple[MemberDesk, MemberDesk, OfferNumber, OfferNumber]:
    """Return a seller, a buyer, a sale and a purchase that are candidates at 92.00."""
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    return ann, bob, sale, bob.buy("goods", max_price="100.00", currency="USD")


@pytest.mark.parametrize(
    ("token", "balance", "moods", "error"),
    [
        ("unknown", 10**6, [], PaymentDeclined),
        ("card", 9199, [], PaymentDeclined),
        ("card", 10**6, [Mood.FAILING], GatewayError),
        ("card", 10**6, [Mood.SLOW], NoAnswer),
        ("card", 10**6, [Mood.LOST], NoAnswer),
        ("card", 10**6, [Mood.SLOW, Mood.SLOW, Mood.LOST], NoAnswer),
    ],
)
def test_a_card_that_does_not_pay(token: str, balance: int, moods: list[Mood], error: type[BrokerageError]) -> None:
    """No deal is made, the sale stays open and was never held, and in the end nothing is held on the card."""
    place = world()
    ann, bob, sale, want = open_pair(place)
    place.cards.cards["card"] = balance
    offers = place.sale(sale), place.purchase(want)
    boxes = ann.box().json(), bob.box().json()
    place.cards.temper.expect(*moods)
    with pytest.raises(error) as caught:
        bob.decide(want, sale, price="92.00", pay_by=Card(token))
    assert error is type(caught.value)
    assert caught.value.remedy
    assert offers == (place.sale(sale), place.purchase(want))
    assert boxes == (ann.box().json(), bob.box().json())
    assert list(bob.deals()) == []
    assert place.read(lambda tx: tx.authorisations.next_intended()) is None
    place.wait(DAY)
    assert ({}, {"card": balance}, []) == (place.cards.held, place.cards.cards, place.cards.captured)
    assert bob.decide(want, sale, price="92.00", pay_by=BankTransfer()).number == 1


def test_a_card_house_of_unknown_habits() -> None:
    """Whatever an adapter raises counts as no answer, and what it may have held is let go."""

    class Careless(PretendCardHouse):
        def authorise(self, key: str, token: str, units: int, currency: str) -> Answer:
            """Hold the amount and fall over."""
            super().authorise(key, token, units, currency)
            raise ConnectionResetError("card 4111")

    place = world(cards=Careless())
    _, bob, sale, want = open_pair(place)
    place.cards.cards["card"] = 10**6
    with pytest.raises(NoAnswer) as caught:
        bob.decide(want, sale, price="92.00", pay_by=Card("card"))
    assert "4111" not in str(caught.value)
    assert (place.cards.held, place.cards.cards) == ({}, {"card": 10**6})


def test_a_race_that_is_lost_with_a_card() -> None:
    """A buyer whose sale is taken while the card is authorised has no deal, and nothing is held on the card."""
    other: list[Callable[[], object]] = []

    class Busy(PretendCardHouse):
        def authorise(self, key: str, token: str, units: int, currency: str) -> Answer:
            """Let somebody else decide meanwhile."""
            if other:
                other.pop()()
            return super().authorise(key, token, units, currency)

    place = world(cards=Busy())
    _, bob, sale, want = open_pair(place)
    eve = place.join("Eve")
    rival = eve.buy("goods", max_price="100.00", currency="USD")
    place.cards.cards["card"] = 10**6
    other.append(lambda: eve.decide(rival, sale, price="92.00", pay_by=BankTransfer()))
    with pytest.raises(BrokerageError):
        bob.decide(want, sale, price="92.00", pay_by=Card("card"))
    assert list(bob.deals()) == []
    assert len(eve.deals()) == 1
    assert (place.cards.held, place.cards.cards) == ({}, {"card": 10**6})
    states = {
        fact.state
        for _, event in place.broker.office.events(size=1000)
        if isinstance(fact := event.fact, Authorisation)
    }
    assert {AuthorisationState.INTENDED, AuthorisationState.VOID} == states


LIMITS: list[tuple[str, Callable[[MemberDesk, int], object], int, type[BrokerageError], str]] = [
    ("name", lambda d, n: d.sell("goods", "n" * n, min_price=1, currency="USD"), 200, InvalidText, "name"),
    (
        "description",
        lambda d, n: d.sell("goods", "n", min_price=1, currency="USD", description="d" * n),
        10_000,
        InvalidText,
        "description",
    ),
    (
        "photographs",
        lambda d, n: d.sell("goods", "n", min_price=1, currency="USD", photographs=["p"] * n),
        20,
        LimitReached,
        "photographs",
    ),
    (
        "attributes",
        lambda d, n: d.sell("goods", "n", min_price=1, currency="USD", attributes={str(i): "a" for i in range(n)}),
        100,
        LimitReached,
        "attributes",
    ),
    ("page", lambda d, n: d.deals(size=n), 1000, InvalidChoice, "size"),
    ("account", lambda d, n: d.account.allow_charging("a" * n), 200, InvalidText, "account"),
    (
        "request",
        lambda d, n: d.sell("goods", "n", min_price=1, currency="USD", request_id="r" * n),
        200,
        InvalidText,
        "request_id",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "most", "error", "field"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS]
)
def test_limits(call: Callable[[MemberDesk, int], object], most: int, error: type[BrokerageError], field: str) -> None:
    """At the limit it works, and one more is refused by name (spec V2)."""
    place = world()
    ann = place.join("Ann")
    call(ann, most)
    before = place.state()
    with pytest.raises(error, match=str(most)) as caught:
        call(ann, most + 1)
    assert field == caught.value.field
    assert before == place.state()


def test_the_limit_of_open_offers() -> None:
    """The hundredth open offer is taken, the next refused, and after a cancellation one more is taken again."""
    place = world()
    ann = place.join("Ann")
    numbers = [ann.sell("goods", "Thing", min_price=1, currency="USD") for _ in range(50)]
    numbers += [ann.buy("services", max_price=1, currency="USD") for _ in range(50)]
    before = place.state()
    for offer in (
        Sell(category="goods", name="x", min_price=1, currency="USD"),
        Buy(category="goods", max_price=1, currency="USD"),
    ):
        with pytest.raises(LimitReached, match="at most 100 open offers") as caught:
            ann.offer(offer)
        assert (caught.value.field, caught.value.value) == ("offers", 101)
    assert before == place.state()
    ann.cancel(numbers[0])
    ann.sell("goods", "Thing", min_price=1, currency="USD")
    place.broker.office.allow_open_offers(ann.number, 101)
    ann.sell("goods", "Thing", min_price=1, currency="USD")
    with pytest.raises(LimitReached, match="at most 101 open offers"):
        ann.sell("goods", "Thing", min_price=1, currency="USD")


def test_the_longest_life() -> None:
    """An offer may live 180 days to the microsecond, and that is what it gets when it names no limit."""
    place = world()
    ann = place.join("Ann")
    named = ann.sell("goods", "Thing", min_price=1, currency="USD", limit=START + 180 * DAY)
    unnamed = ann.sell("goods", "Thing", min_price=1, currency="USD")
    assert START + 180 * DAY == place.sale(named).limit == place.sale(unnamed).limit


def test_an_account_without_money() -> None:
    """A deal that is charged to an empty account waits for its payment, and can be paid in another way."""
    place = world()
    _, bob, sale, want = open_pair(place)
    bob.account.allow_charging("A-1")
    place.accounts.accounts["A-1"] = 9199
    deal = bob.decide(want, sale, price="92.00", pay_by=AccountCharge())
    assert deal.status == "Transaction Settled"
    place.cards.cards["card"] = 9200
    assert bob.pay(deal.number, Card("card")).status == "Paid"
    assert place.accounts.accounts == {"A-1": 9199}
