"""What is wrong about a deal that went wrong is refused like anything else: by name, and changing nothing (spec V4)."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen

from brokerage import BankTransfer, BrokerageError, Card, DealNumber, DeliveryStep, MemberDesk, PayBy
from brokerage.adapters.memory.gateways import Mood
from brokerage.errors import (
    InvalidAmount,
    InvalidChoice,
    InvalidText,
    UnknownCase,
    UnknownCurrency,
    UnknownDeal,
    WrongStep,
)
from brokerage.records.cases import CaseKind
from brokerage.records.numbers import CaseNumber
from builders import World, immediate, world
from wrong_values import (
    AMOUNTS,
    CODES,
    LONE,
    NAMES,
    NUMBERS,
    POSITIONS,
    SIZES,
    TOTALS,
    Row,
    assert_refused,
    each,
)

pytestmark = pytest.mark.once

SPEECHES: list[Any] = ["", " \t", "s" * 10_001, None, 5, b"speech", LONE]

CARD = Card("card")

AGREED, LOST, DISPUTED, COMPLETED, PAID, PERFORMED, PARTED = map(DealNumber, range(1, 8))
"""The deals of a scene, each at another point of its life; of the last a part was refunded."""

CLAIM, DISPUTE, BOUNCED, UNANSWERED, CLOSED, DOUBTED, DOLLARS, EUROS, GONE = map(CaseNumber, range(1, 10))
"""The cases of a scene: all wait but the closed one."""


@frozen
class Scene:
    """Seven deals of Ann and Bob, what became of them, and Eve who has no part in any."""

    place: World
    ann: MemberDesk
    bob: MemberDesk
    eve: MemberDesk

    @property
    def broker(self) -> Any:
        """The broker, whose arguments a test may get wrong."""
        return self.place.broker

    @property
    def office(self) -> Any:
        """Where the manager works on cases, with arguments that a test may get wrong."""
        return self.place.broker.office.cases

    @property
    def sellers(self) -> Any:
        """What the seller can do, with arguments that a test may get wrong."""
        return self.ann.claims

    @property
    def buyers(self) -> Any:
        """What the buyer can do, with arguments that a test may get wrong."""
        return self.bob.claims


def scene() -> Scene:
    """Return one."""
    place = world(immediate(tries_before_case=1))
    ann, bob, eve = (place.join(name) for name in ("Ann", "Bob", "Eve"))
    place.cards.cards["card"] = 10**9
    broker = place.broker

    def deal(category: str = "goods", pay_by: PayBy = CARD) -> DealNumber:
        sale = ann.sell(category, "Thing", min_price="80.00", currency="USD")
        want = bob.buy(category, max_price="100.00", currency="USD")
        return bob.decide(want, sale, price="92.00", pay_by=pay_by).number

    agreed = deal(pay_by=BankTransfer())
    broker.advise_delivery(deal(), DeliveryStep.LOST, notice="lost")
    bob.claims.dispute(deal(), "Where is it?")
    completed = deal()
    broker.advise_delivery(completed, DeliveryStep.DELIVERED, notice="delivered")
    bob.confirm(completed)
    broker.advise_bounce(f"payout:{completed}:0", amount="88.00", currency="USD", notice="bounced")
    place.carrier.temper.expect(Mood.FAILING)
    deal()
    ann.performed(deal("services"))
    parted = deal()
    bob.claims.dispute(parted, "Half of it is broken.")
    broker.office.cases.refund(parted, "78.00")
    broker.advise_delivery(DealNumber(99), DeliveryStep.COLLECTED, notice="unknown")
    broker.advise_payment(reference="nobody's", amount="5.00", currency="USD", notice="dollars")
    broker.advise_payment(reference=place.deal(agreed).reference, amount="5.00", currency="EUR", notice="euros")
    broker.advise_chargeback("nobody's", amount="5.00", currency="USD", notice="gone")
    return Scene(place, ann, bob, eve)


def test_the_scene() -> None:
    """The deals are where their names say, and the cases are of the kinds that their names say."""
    place = scene()
    broker = place.place.broker
    states = [place.place.deal(number).state.value for number in map(DealNumber, range(1, 8))]
    assert states == ["agreed", "refunded", "disputed", "completed", "paid", "delivered", "completed"]
    waiting = {case.number: (case.kind.value, str(case.amount)) for case in broker.office.cases.open()}
    assert waiting == {
        CLAIM: ("claim", "88.00 USD"),
        DISPUTE: ("dispute", "92.00 USD"),
        BOUNCED: ("effect", "88.00 USD"),
        UNANSWERED: ("effect", "None"),
        DOUBTED: ("quarantine", "None"),
        DOLLARS: ("suspense", "5.00 USD"),
        EUROS: ("suspense", "5.00 EUR"),
        GONE: ("suspense", "-5.00 USD"),
    }
    assert [case.number for case in broker.office.cases.of_deal(PARTED)] == [CLOSED]


def bounce(place: Scene, **changes: Any) -> object:
    """Report a payout that came back, with something wrong."""
    right = {"payout": "payout:4:0", "amount": "88.00", "currency": "USD", "notice": "n"}
    return place.broker.advise_bounce(**{**right, **changes})


def charge_back(place: Scene, **changes: Any) -> object:
    """Report a chargeback with something wrong."""
    right = {"authorisation": "card:1", "amount": "92.00", "currency": "USD", "notice": "n"}
    return place.broker.advise_chargeback(**{**right, **changes})


def at_wrong_points(name: str, call: Callable[[Scene, Any], object], *right: DealNumber) -> list[Row]:
    """Return a row for each deal that is at a point of its life where something cannot be done."""
    wrong = [deal for deal in map(DealNumber, range(1, 8)) if deal not in right]
    return [
        (f"{name} of deal {deal}", lambda place, deal=deal: call(place, deal), WrongStep, "deal")  # type: ignore[misc]
        for deal in wrong
    ]


def of_wrong_kinds(
    name: str, call: Callable[[Scene, Any], object], *right: CaseNumber, field: str = "case"
) -> list[Row]:
    """Return a row for each wrong number of a case, and each case that is closed or that something is not for."""
    wrong = [*NUMBERS, *(case for case in map(CaseNumber, range(1, 10)) if case not in right)]
    return each(name, wrong, call, UnknownCase, field)


PARTS: list[Any] = [value for value in AMOUNTS if value is not None] + [0, "92.00", "92.01"]
PARTIES_ROWS: list[Row] = [
    *each("call off", NUMBERS, lambda s, v: s.buyers.call_off(v), UnknownDeal, "deal"),
    ("call off another's", lambda s: s.eve.claims.call_off(AGREED), UnknownDeal, "deal"),
    *at_wrong_points("call off", lambda s, v: s.sellers.call_off(v), AGREED, PAID),
    *each("send back", NUMBERS, lambda s, v: s.buyers.send_back(v), UnknownDeal, "deal"),
    ("send back another's", lambda s: s.eve.claims.send_back(AGREED), UnknownDeal, "deal"),
    ("send back as the seller", lambda s: s.sellers.send_back(COMPLETED), UnknownDeal, "deal"),
    *at_wrong_points("send back", lambda s, v: s.buyers.send_back(v)),
    *each("dispute", NUMBERS, lambda s, v: s.buyers.dispute(v, "Why?"), UnknownDeal, "deal"),
    ("dispute another's", lambda s: s.eve.claims.dispute(PAID, "Why?"), UnknownDeal, "deal"),
    *each("dispute", SPEECHES, lambda s, v: s.buyers.dispute(PAID, v), InvalidText, "reason"),
    *at_wrong_points("dispute", lambda s, v: s.sellers.dispute(v, "Why?"), PAID, PERFORMED),
    *each("answer", NUMBERS, lambda s, v: s.sellers.answer(v, "So."), UnknownDeal, "deal"),
    ("answer another's", lambda s: s.eve.claims.answer(DISPUTED, "So."), UnknownDeal, "deal"),
    *each("answer", SPEECHES, lambda s, v: s.sellers.answer(DISPUTED, v), InvalidText, "statement"),
    *at_wrong_points("answer", lambda s, v: s.sellers.answer(v, "So."), DISPUTED),
    *each("bounce", NAMES, lambda s, v: bounce(s, payout=v), InvalidText, "payout"),
    *each("bounce", TOTALS, lambda s, v: bounce(s, amount=v), InvalidAmount, "amount"),
    *each("bounce", CODES, lambda s, v: bounce(s, currency=v), UnknownCurrency, "currency"),
    *each("bounce", NAMES, lambda s, v: bounce(s, notice=v), InvalidText, "notice"),
    *each("bounce", NAMES, lambda s, v: bounce(s, source=v), InvalidText, "source"),
    *each("chargeback", NAMES, lambda s, v: charge_back(s, authorisation=v), InvalidText, "authorisation"),
    *each("chargeback", TOTALS, lambda s, v: charge_back(s, amount=v), InvalidAmount, "amount"),
    *each("chargeback", CODES, lambda s, v: charge_back(s, currency=v), UnknownCurrency, "currency"),
    *each("chargeback", NAMES, lambda s, v: charge_back(s, notice=v), InvalidText, "notice"),
    *each("chargeback", NAMES, lambda s, v: charge_back(s, source=v), InvalidText, "source"),
]
OFFICE_ROWS: list[Row] = [
    *each("open", ["quarantine", 5, CaseKind], lambda s, v: s.office.open(v), InvalidChoice, "kind"),
    *each("open", POSITIONS, lambda s, v: s.office.open(after=v), InvalidChoice, "after"),
    *each("open", SIZES, lambda s, v: s.office.open(size=v), InvalidChoice, "size"),
    *each("of deal", NUMBERS, lambda s, v: s.office.of_deal(v), UnknownDeal, "deal"),
    *each("statements", NUMBERS, lambda s, v: s.office.statements(v), UnknownDeal, "deal"),
    *each("refund", NUMBERS, lambda s, v: s.office.refund(v), UnknownDeal, "deal"),
    *each("refund", PARTS, lambda s, v: s.office.refund(DISPUTED, v), InvalidAmount, "amount"),
    *at_wrong_points("refund", lambda s, v: s.office.refund(v), DISPUTED),
    *at_wrong_points("refund a part", lambda s, v: s.office.refund(v, "1.00"), DISPUTED),
    *each("release", NUMBERS, lambda s, v: s.office.release(v), UnknownDeal, "deal"),
    *at_wrong_points("release", lambda s, v: s.office.release(v), DISPUTED),
    *of_wrong_kinds("take again", lambda s, v: s.office.take_again(v), DOUBTED),
    *of_wrong_kinds("dismiss", lambda s, v: s.office.dismiss(v, "So."), DOUBTED, UNANSWERED),
    *each("dismiss", NAMES, lambda s, v: s.office.dismiss(DOUBTED, v), InvalidText, "why"),
    *of_wrong_kinds("repeat", lambda s, v: s.office.repeat(v), BOUNCED),
    *of_wrong_kinds("assign", lambda s, v: s.office.assign(v, AGREED), DOLLARS, EUROS),
    *each("assign", NUMBERS, lambda s, v: s.office.assign(DOLLARS, v), UnknownDeal, "deal"),
    ("assign euros", lambda s: s.office.assign(EUROS, AGREED), InvalidChoice, "deal"),
    *of_wrong_kinds("send back", lambda s, v: s.office.send_back(v), DOLLARS, EUROS),
    *of_wrong_kinds("pay", lambda s, v: s.office.pay_claim(v, CLAIM), DOLLARS, EUROS),
    *of_wrong_kinds("pay claim", lambda s, v: s.office.pay_claim(DOLLARS, v), CLAIM, field="claim"),
    ("pay with euros", lambda s: s.office.pay_claim(EUROS, CLAIM), InvalidChoice, "claim"),
    *of_wrong_kinds("write off", lambda s, v: s.office.write_off(v, "So."), CLAIM, GONE),
    *each("write off", NAMES, lambda s, v: s.office.write_off(CLAIM, v), InvalidText, "why"),
]
ROWS = PARTIES_ROWS + OFFICE_ROWS


@pytest.mark.parametrize(("call", "error", "field"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_wrong_is_refused_and_changes_nothing(
    call: Callable[[Scene], object], error: type[BrokerageError], field: str
) -> None:
    """The error has its class, names the field, says what is possible and what to do, and the store is as it was."""
    place = scene()
    assert_refused(place.place, lambda: call(place), error, field)


DEAL_CALLS: dict[str, Callable[[MemberDesk, DealNumber], object]] = {
    "call off": lambda desk, deal: desk.claims.call_off(deal),
    "send back": lambda desk, deal: desk.claims.send_back(deal),
    "dispute": lambda desk, deal: desk.claims.dispute(deal, "Why?"),
    "answer": lambda desk, deal: desk.claims.answer(deal, "So."),
}


@pytest.mark.parametrize("name", DEAL_CALLS)
def test_a_foreign_deal_is_as_unknown_as_none(name: str) -> None:
    """Whatever becomes of somebody else's deal, it gives whoever tries the same error as a deal that is not there."""
    place = scene()
    texts = set()
    for deal in map(DealNumber, (*range(1, 8), 4000)):
        with pytest.raises(UnknownDeal) as caught:
            DEAL_CALLS[name](place.eve, deal)
        texts.add(str(caught.value).replace(str(deal), "N"))
    assert len(texts) == 1


RIGHT: dict[str, Callable[[Scene], object]] = {
    "call off": lambda s: s.buyers.call_off(PAID),
    "dispute": lambda s: s.buyers.dispute(PERFORMED, "s" * 10_000),
    "answer": lambda s: s.sellers.answer(DISPUTED, "s" * 10_000),
    "bounce": lambda s: bounce(s, payout="p" * 200),
    "chargeback": lambda s: charge_back(s, authorisation="a" * 200),
    "least refund": lambda s: s.office.refund(DISPUTED, 1),
    "largest refund": lambda s: s.office.refund(DISPUTED, "91.99"),
    "refund": lambda s: s.office.refund(DISPUTED),
    "release": lambda s: s.office.release(DISPUTED),
    "dismiss": lambda s: s.office.dismiss(DOUBTED, "w" * 200),
    "dismiss what is tried": lambda s: s.office.dismiss(UNANSWERED, "w"),
    "repeat": lambda s: s.office.repeat(BOUNCED),
    "assign": lambda s: s.office.assign(DOLLARS, AGREED),
    "send back": lambda s: s.office.send_back(EUROS),
    "pay claim": lambda s: s.office.pay_claim(DOLLARS, CLAIM),
    "write off": lambda s: s.office.write_off(CLAIM, "w" * 200),
    "write off what went": lambda s: s.office.write_off(GONE, "w"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_taken(name: str) -> None:
    """At the limit, and for the deals and cases that it is for, each of these works and changes something."""
    place = scene()
    before = place.place.state()
    RIGHT[name](place)
    assert before != place.place.state()


AGAIN: dict[str, tuple[str, Callable[[Scene], object]]] = {
    "take again": ("dismiss", lambda s: s.office.take_again(DOUBTED)),
    **{
        name: (name, RIGHT[name])
        for name in ("dismiss", "repeat", "assign", "send back", "pay claim", "write off", "write off what went")
    },
}


@pytest.mark.parametrize("name", AGAIN)
def test_a_closed_case_is_none(name: str) -> None:
    """Once a case is closed it waits no more: the same again, or anything else for its kind, finds no such case."""
    place = scene()
    first, again = AGAIN[name]
    RIGHT[first](place)
    assert_refused(place.place, lambda: again(place), UnknownCase, "case")


def test_a_wrong_step_says_which() -> None:
    """The error names the step that cannot be taken, besides the deal."""
    place, steps = scene(), []
    for call in (place.buyers.call_off, place.buyers.send_back, place.office.release):
        with pytest.raises(WrongStep) as caught:
            call(LOST)
        assert caught.value.value == LOST
        steps.append(caught.value.step)
    assert steps == ["called off", "sent back", "decided"]
