"""Whatever is wrong is refused by a typed error that says what and why, and changes nothing (spec V1–V4)."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy
import pytest
from attrs import frozen

from brokerage import AccountCharge, BankTransfer, Card, DeliveryStep, MemberDesk, Money, OfferNumber
from brokerage.errors import (
    BrokerageError,
    CategoryExists,
    CategoryInUse,
    InvalidAmount,
    InvalidChoice,
    InvalidCursor,
    InvalidRate,
    InvalidText,
    InvalidTime,
    LimitReached,
    NotACandidate,
    NotCancelable,
    NotOpen,
    PaymentDeclined,
    UnknownCategory,
    UnknownCurrency,
    UnknownDeal,
    UnknownMember,
    WrongPrice,
    WrongStep,
)
from brokerage.records.ledger import BANK
from builders import START, Trade, trade, world
from wrong_values import (
    AMOUNTS,
    CODES,
    MAY_BE_EMPTY,
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


@frozen
class Scene:
    """A deal of Ann and Bob, one more sale and purchase of theirs that are candidates, and Eve with an offer."""

    made: Trade
    ann: MemberDesk
    bob: MemberDesk
    eve: MemberDesk
    sale: OfferNumber
    want: OfferNumber
    foreign: OfferNumber

    @property
    def broker(self) -> Any:
        """The broker, whose arguments a test may get wrong."""
        return self.made.world.broker

    @property
    def office(self) -> Any:
        """The office, whose arguments a test may get wrong."""
        return self.broker.office


def scene() -> Scene:
    """Return one."""
    made = trade(world())
    eve = made.world.join("Eve")
    sale = made.ann.sell("goods", "Second", min_price="80.00", currency="USD")
    want = made.bob.buy("goods", max_price="100.00", currency="USD")
    foreign = eve.buy("services", max_price="1.00", currency="USD")
    return Scene(made, made.ann, made.bob, eve, sale, want, foreign)


PAST = START - timedelta(microseconds=1)
TIMES: list[tuple[Any, str]] = [
    (START, "now"),
    (PAST, "past"),
    (START.replace(tzinfo=None), "naive"),
    (START.date(), "date"),
    ("2027-01-01", "text"),
    (1_800_000_000, "number"),
    (START + timedelta(days=180, microseconds=1), "far"),
    (datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=1))), "beyond UTC"),
    (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))), "before UTC"),
]


def sell(place: Scene, **changes: Any) -> object:
    """Offer something for sale with something wrong in it."""
    right: dict[str, Any] = {"category": "goods", "name": "Thing", "min_price": "80.00", "currency": "USD"}
    return place.ann.sell(**{**right, **changes})


def buy(place: Scene, **changes: Any) -> object:
    """Offer to buy something with something wrong in it."""
    right: dict[str, Any] = {"category": "goods", "max_price": "80.00", "currency": "USD"}
    return place.bob.buy(**{**right, **changes})


def register(place: Scene, **changes: Any) -> object:
    """Register somebody with something wrong."""
    right = {"address": "Here", "telephone": "555 99", "email": "zoe@example.com", "bank_account": "Z-9", "name": "Zoe"}
    return place.broker.register(**{**right, **changes})


def decide(place: Scene, **changes: Any) -> object:
    """Decide with something wrong."""
    right: dict[str, Any] = {"purchase": place.want, "sale": place.sale, "price": "92.00", "pay_by": BankTransfer()}
    return place.bob.decide(**{**right, **changes})


def pay_in(place: Scene, **changes: Any) -> object:
    """Report a payment with something wrong."""
    right = {"reference": "D1", "amount": "1.00", "currency": "USD", "notice": "n"}
    return place.broker.advise_payment(**{**right, **changes})


def carry(place: Scene, **changes: Any) -> object:
    """Report a delivery with something wrong."""
    right = {"deal": place.made.number, "step": DeliveryStep.COLLECTED, "notice": "n"}
    return place.broker.advise_delivery(**{**right, **changes})


OFFER_CASES: list[Row] = [
    *each("sell", AMOUNTS, lambda s, v: sell(s, min_price=v), InvalidAmount, "min_price"),
    *each("buy", AMOUNTS, lambda s, v: buy(s, max_price=v), InvalidAmount, "max_price"),
    *each("sell", CODES, lambda s, v: sell(s, currency=v), UnknownCurrency, "currency"),
    *each("buy", CODES, lambda s, v: buy(s, currency=v), UnknownCurrency, "currency"),
    *each("sell", NAMES, lambda s, v: sell(s, name=v), InvalidText, "name"),
    *each("buy", MAY_BE_EMPTY, lambda s, v: buy(s, name=v), InvalidText, "name"),
    *each("sell", NAMES, lambda s, v: sell(s, category=v), InvalidText, "category"),
    *each("buy", NAMES, lambda s, v: buy(s, category=v), InvalidText, "category"),
    ("sell category", lambda s: sell(s, category="nothing"), UnknownCategory, "category"),
    ("buy category", lambda s: buy(s, category="nothing"), UnknownCategory, "category"),
    *each("sell", [value for value, _ in TIMES], lambda s, v: sell(s, limit=v), InvalidTime, "limit"),
    *each("buy", [value for value, _ in TIMES], lambda s, v: buy(s, limit=v), InvalidTime, "limit"),
    *each("sell", ["d" * 10_001, None, 5], lambda s, v: sell(s, description=v), InvalidText, "description"),
    *each("sell", MAY_BE_EMPTY, lambda s, v: sell(s, age=v), InvalidText, "age"),
    *each("sell", MAY_BE_EMPTY, lambda s, v: sell(s, model=v), InvalidText, "model"),
    *each("sell", ["photo", 5, None], lambda s, v: sell(s, photographs=v), InvalidChoice, "photographs"),
    *each("sell", [[""], [5], ["p" * 201]], lambda s, v: sell(s, photographs=v), InvalidText, "photographs"),
    ("sell photographs", lambda s: sell(s, photographs=["p"] * 21), LimitReached, "photographs"),
    *each("sell", [5, "ab", ["a"]], lambda s, v: sell(s, attributes=v), InvalidChoice, "attributes"),
    *each(
        "sell", [{"": "a"}, {5: "a"}, {"n" * 201: "a"}],
        lambda s, v: sell(s, attributes=v), InvalidText, "attributes",
    ),
    *each("sell", [{"size": 5}, {"size": ""}], lambda s, v: sell(s, attributes=v), InvalidText, "attributes[size]"),
    *each("buy", [5, "ab"], lambda s, v: buy(s, attributes=v), InvalidChoice, "attributes"),
    *each("buy", [{"size": "L"}, {"size": 5}], lambda s, v: buy(s, attributes=v), InvalidChoice, "attributes"),
    *each("buy", [{"size": [5]}, {"size": [""]}], lambda s, v: buy(s, attributes=v), InvalidText, "attributes[size]"),
    *each("buy", ["word", 5, None], lambda s, v: buy(s, words=v), InvalidChoice, "words"),
    *each("buy", [["-"], [""], [5], ["w" * 201]], lambda s, v: buy(s, words=v), InvalidText, "words"),
    *each("sell", ["", 5, "r" * 201], lambda s, v: sell(s, request_id=v), InvalidText, "request_id"),
    *each("offer", [None, "goods", 5, {}], lambda s, v: s.ann.offer(v), InvalidChoice, "row"),
    *each(
        "amend", [v for v in AMOUNTS if v is not None],
        lambda s, v: s.ann.amend(s.sale, price=v), InvalidAmount, "price",
    ),
    *each("amend", [v for v, _ in TIMES], lambda s, v: s.ann.amend(s.sale, limit=v), InvalidTime, "limit"),
    ("amend words", lambda s: s.ann.amend(s.sale, words=["x"]), InvalidChoice, "words"),
    ("amend name", lambda s: s.ann.amend(s.sale, name="x"), InvalidChoice, "name"),
    ("amend box", lambda s: s.bob.amend(s.want, box=1), InvalidChoice, "box"),
    ("amend text", lambda s: s.ann.amend(s.sale, description="d" * 10_001), InvalidText, "description"),
    ("amend agreed", lambda s: s.ann.amend(s.made.sale, price=1), NotOpen, "offer"),
    ("cancel agreed", lambda s: s.ann.cancel(s.made.sale), NotCancelable, "offer"),
    ("cancel agreed purchase", lambda s: s.bob.cancel(s.made.purchase), NotCancelable, "offer"),
]  # fmt: skip

DEAL_CASES: list[Row] = [
    *each("decide", [v for v in TOTALS if v != "80.005"], lambda s, v: decide(s, price=v), InvalidAmount, "price"),
    *each(
        "decide", ["91.99", "92.01", 0, Money(9200, "EUR"), Money(9201, "USD")],
        lambda s, v: decide(s, price=v), WrongPrice, "price",
    ),
    *each(
        "decide", [0, 999, True, 2.0, "4", None, [1], int, numpy.array([1])],
        lambda s, v: decide(s, sale=v), NotACandidate, "sale",
    ),
    ("decide for a purchase", lambda s: decide(s, sale=s.want), NotACandidate, "sale"),
    ("decide what is sold", lambda s: decide(s, sale=s.made.sale), NotACandidate, "sale"),
    ("decide twice", lambda s: decide(s, purchase=s.made.purchase, sale=s.made.sale), NotOpen, "offer"),
    ("decide again", lambda s: decide(s, purchase=s.made.purchase), NotOpen, "offer"),
    *each("decide", [None, "card", Card, 5], lambda s, v: decide(s, pay_by=v), InvalidChoice, "pay_by"),
    ("decide unknown card", lambda s: decide(s, pay_by=Card("none")), PaymentDeclined, "payment"),
    ("decide without account", lambda s: decide(s, pay_by=AccountCharge()), PaymentDeclined, "payment"),
    *each("pay", [None, "card", 5], lambda s, v: s.bob.pay(s.made.number, v), InvalidChoice, "pay_by"),
    ("pay unknown card", lambda s: s.bob.pay(s.made.number, Card("none")), PaymentDeclined, "payment"),
    ("pay without account", lambda s: s.bob.pay(s.made.number, AccountCharge()), PaymentDeclined, "payment"),
    *each("pay", NUMBERS, lambda s, v: s.bob.pay(v, BankTransfer()), UnknownDeal, "deal"),
    ("pay as the seller", lambda s: s.ann.pay(s.made.number, BankTransfer()), UnknownDeal, "deal"),
    ("pay as another", lambda s: s.eve.pay(s.made.number, BankTransfer()), UnknownDeal, "deal"),
    *each("performed", NUMBERS, lambda s, v: s.ann.performed(v), UnknownDeal, "deal"),
    ("performed by the buyer", lambda s: s.bob.performed(s.made.number), UnknownDeal, "deal"),
    ("performed goods", lambda s: s.ann.performed(s.made.number), WrongStep, "deal"),
    *each("confirm", NUMBERS, lambda s, v: s.bob.confirm(v), UnknownDeal, "deal"),
    ("confirm by the seller", lambda s: s.ann.confirm(s.made.number), UnknownDeal, "deal"),
    ("confirm unpaid", lambda s: s.bob.confirm(s.made.number), WrongStep, "deal"),
    *each("deal", NUMBERS, lambda s, v: s.bob.deal(v), UnknownDeal, "deal"),
    ("foreign deal", lambda s: s.eve.deal(s.made.number), UnknownDeal, "deal"),
    *each("payment", TOTALS, lambda s, v: pay_in(s, amount=v), InvalidAmount, "amount"),
    *each("payment", CODES, lambda s, v: pay_in(s, currency=v), UnknownCurrency, "currency"),
    *each("payment", NAMES, lambda s, v: pay_in(s, notice=v), InvalidText, "notice"),
    *each("payment", NAMES, lambda s, v: pay_in(s, source=v), InvalidText, "source"),
    *each("payment", MAY_BE_EMPTY, lambda s, v: pay_in(s, reference=v), InvalidText, "reference"),
    *each("delivery", [None, "collected", 5], lambda s, v: carry(s, step=v), InvalidChoice, "step"),
    *each("delivery", [None, "1", True, 1.0], lambda s, v: carry(s, deal=v), InvalidChoice, "deal"),
    *each("delivery", NAMES, lambda s, v: carry(s, notice=v), InvalidText, "notice"),
]  # fmt: skip


class Unhashable(list[int]):
    """A margin rule that could not be kept with an offer."""

    name = "unhashable"

    def margin(self, min_price: int, max_price: int, rate: object) -> tuple[int, int]:
        """Take nothing."""
        return 0, 1


CURSORS: list[Any] = [
    "",
    "x",
    "é",
    5,
    True,
    b"x",
    "W10=",
    "bnVsbA==",
    "WyJkZWFscyJd",
    "WyJkZWFscyIsMS41XQ==",
    "[" * 3000,
]
OTHER_CASES: list[Row] = [
    *each("candidates", SIZES, lambda s, v: s.bob.candidates(s.want, size=v), InvalidChoice, "size"),
    *each("deals", SIZES, lambda s, v: s.bob.deals(size=v), InvalidChoice, "size"),
    *each("unsold", SIZES, lambda s, v: s.bob.unsold("goods", size=v), InvalidChoice, "size"),
    *each("transactions", SIZES, lambda s, v: s.office.transactions("goods", size=v), InvalidChoice, "size"),
    *each("entries", SIZES, lambda s, v: s.office.entries(size=v), InvalidChoice, "size"),
    *each("events", SIZES, lambda s, v: s.office.events(size=v), InvalidChoice, "size"),
    *each("candidates", CURSORS, lambda s, v: s.bob.candidates(s.want, after=v), InvalidCursor, "after"),
    *each("history", SIZES, lambda s, v: s.bob.account.history(size=v), InvalidChoice, "size"),
    *each("history", CURSORS, lambda s, v: s.bob.account.history(after=v), InvalidCursor, "after"),
    *each("deals", CURSORS, lambda s, v: s.bob.deals(after=v), InvalidCursor, "after"),
    *each("unsold", CURSORS, lambda s, v: s.bob.unsold("goods", after=v), InvalidCursor, "after"),
    *each("transactions", CURSORS, lambda s, v: s.office.transactions("goods", after=v), InvalidCursor, "after"),
    *each("entries", POSITIONS, lambda s, v: s.office.entries(after=v), InvalidChoice, "after"),
    *each("events", POSITIONS, lambda s, v: s.office.events(after=v), InvalidChoice, "after"),
    *each("unsold", NAMES, lambda s, v: s.bob.unsold(v), InvalidText, "category"),
    ("unsold category", lambda s: s.bob.unsold("nothing"), UnknownCategory, "category"),
    *each("mail", ["yes", 0], lambda s, v: s.bob.account.choose_mail(candidates=v), InvalidChoice, "mail_candidates"),
    *each("mail", ["yes", 1], lambda s, v: s.bob.account.choose_mail(deals=v), InvalidChoice, "mail_deals"),
    *each("account", ["", 5, "a" * 201], lambda s, v: s.bob.account.allow_charging(v), InvalidText, "account"),
    *each("desk", NUMBERS, lambda s, v: s.broker.desk(v), UnknownMember, "box"),
    *each("member", NUMBERS, lambda s, v: s.office.member(v), UnknownMember, "box"),
    *each("factor", NUMBERS, lambda s, v: s.office.set_factor(v, "1"), UnknownMember, "box"),
    *each("factor", [0.9, True, "1.01", -1, 2], lambda s, v: s.office.set_factor(1, v), InvalidRate, "factor"),
    *each("allow", NUMBERS, lambda s, v: s.office.allow_open_offers(v, 5), UnknownMember, "box"),
    *each("allow", [-1, True, 1.5, "5"], lambda s, v: s.office.allow_open_offers(1, v), InvalidChoice, "count"),
    *each("office deal", NUMBERS, lambda s, v: s.office.deal(v), UnknownDeal, "deal"),
    *each("balance", CODES, lambda s, v: s.office.balance(BANK, v), UnknownCurrency, "currency"),
    *each("balance", ["bank", None, []], lambda s, v: s.office.balance(v, "USD"), InvalidChoice, "account"),
    *each("add", NAMES, lambda s, v: s.office.add_category(v, rate="0.1"), InvalidText, "category"),
    *each(
        "add", [0.1, True, "0.51", 1, None, "x"],
        lambda s, v: s.office.add_category("a", rate=v), InvalidRate, "rate",
    ),
    *each(
        "add", NAMES[:3] + NAMES[4:], lambda s, v: s.office.add_category("a", rate="0", name=v), InvalidText, "name"
    ),
    *each(
        "add", ["spread", 5, object(), Unhashable()],
        lambda s, v: s.office.add_category("a", rate="0", margin=v), InvalidChoice, "margin",
    ),
    *each(
        "add", ["carrier", None],
        lambda s, v: s.office.add_category("a", rate="0", fulfilment=v), InvalidChoice, "fulfilment",
    ),
    ("add again", lambda s: s.office.add_category("GOODS", rate="0"), CategoryExists, "category"),
    ("correct", lambda s: s.office.correct_category("nothing", rate="0"), UnknownCategory, "category"),
    *each("correct", [0.1, True, "0.51"], lambda s, v: s.office.correct_category("goods", rate=v), InvalidRate, "rate"),
    ("delete", lambda s: s.office.delete_category("nothing"), UnknownCategory, "category"),
    ("delete in use", lambda s: s.office.delete_category("goods"), CategoryInUse, "category"),
    *each("register", NAMES, lambda s, v: register(s, name=v), InvalidText, "name"),
    *each("register", NAMES, lambda s, v: register(s, address=v), InvalidText, "address"),
    *each("register", [*NAMES, "no digits"], lambda s, v: register(s, telephone=v), InvalidText, "telephone"),
    *each("register", [*NAMES, "nobody"], lambda s, v: register(s, email=v), InvalidText, "email"),
    *each("register", [*NAMES, "- -"], lambda s, v: register(s, bank_account=v), InvalidText, "bank_account"),
    *each("register", ["individual", None], lambda s, v: register(s, kind=v), InvalidChoice, "kind"),
    *each(
        "register", ["short", "p" * 1025, 5, b"password"],
        lambda s, v: register(s, password=v), InvalidText, "password",
    ),
    *each("subscribe", [None, 5, "print"], lambda s, v: s.broker.subscribe(v), InvalidChoice, "subscriber"),
]  # fmt: skip

CASES = OFFER_CASES + DEAL_CASES + OTHER_CASES


@pytest.mark.parametrize(("call", "error", "field"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_wrong_is_refused_and_changes_nothing(
    call: Callable[[Scene], object], error: type[BrokerageError], field: str
) -> None:
    """The error has its class, names the field, says what is possible and what to do, and the store is as it was."""
    place = scene()
    assert_refused(place.made.world, lambda: call(place), error, field)
