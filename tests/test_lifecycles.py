"""The tables of both lifecycles, and the functions that lead along them and nowhere else (spec O4, S1, A2–A4)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from brokerage import Fulfilment, Terms
from brokerage.errors import NotCancelable, NotOpen, WrongStep
from brokerage.records.deals import (
    BROKER,
    DEAL_MOVES,
    Charge,
    Deal,
    DealOrigin,
    DealState,
    Means,
    Payee,
    Payment,
    Purpose,
    change,
    charged_for,
    move,
)
from brokerage.records.numbers import Arrival, BoxNumber, ContactNumber, DealNumber, OfferNumber, PersonNumber
from brokerage.records.offers import (
    NO_DEAL,
    NO_DETAILS,
    OFFER_MOVES,
    WAITING,
    Details,
    Offer,
    OfferState,
    Outcome,
    PurchaseOffer,
    Requirements,
    SaleOffer,
    Standing,
    agree,
    amend,
    cancel,
    close,
    expire,
    file_away,
    is_open,
    look,
    of_person,
    reopen,
    show,
    tell,
    words_of,
)
from builders import START

HOUR = timedelta(hours=1)
FIFTH = DealNumber(5)
SALE = SaleOffer(
    number=OfferNumber(3),
    box=BoxNumber(1),
    person=PersonNumber(1),
    category="goods",
    currency="USD",
    name="Red Pixel-7",
    min_price=80,
    limit=START + HOUR,
    terms=Terms("0.1"),
    factor=Decimal(1),
    offered_at=START,
    arrival=Arrival(4),
    arrived_at=START,
    details=Details(attributes=(("colour", "red"), ("size", "L"))),
)
PURCHASE = PurchaseOffer(
    number=OfferNumber(4),
    box=BoxNumber(2),
    person=PersonNumber(2),
    category="goods",
    currency="USD",
    max_price=100,
    limit=None,
    factor=Decimal(1),
    offered_at=START,
    arrival=Arrival(5),
    arrived_at=START,
)
SELLERS = Payee("member", BoxNumber(1))
DEAL = Deal(
    number=FIFTH,
    origin=DealOrigin.MARKET,
    sale=OfferNumber(3),
    purchase=OfferNumber(4),
    seller=BoxNumber(1),
    buyer=BoxNumber(2),
    category="goods",
    currency="USD",
    min_price=80,
    max_price=100,
    selling_price=88,
    buying_price=92,
    charges=(
        Charge(SELLERS, 88, Purpose.SELLERS_SHARE),
        Charge(BROKER, 4, Purpose.COMMISSION),
        Charge(Payee("Cart", None, "other"), 3, Purpose.CARRIAGE),
        Charge(SELLERS, 0, Purpose.SELLERS_SHARE),
    ),
    fulfilment=Fulfilment.CARRIER,
    collect_from=ContactNumber(1),
    deliver_to=ContactNumber(2),
    reference="R-5",
    name="Pixel",
    details=NO_DETAILS,
    agreed_at=START,
)

OFFERS_LIVES = [
    # from, to, outcome: as the table of lifecycles has them
    ("open", "agreed", None),
    ("open", "closed", "cancelled"),
    ("open", "closed", "expired"),
    ("agreed", "open", None),
    ("agreed", "closed", "failed"),
    ("agreed", "closed", "cancelled"),
    ("agreed", "closed", "completed"),
]
DEALS_LIVES = [
    # from, to, deadline, where it leads after that
    ("agreed", "paid", "payment", "lapsed"),
    ("paid", "collected", "collection", "refunded"),
    ("paid", "delivered", "collection", "refunded"),
    ("collected", "delivered", "delivery", "disputed"),
    ("collected", "refunded", None, None),
    ("delivered", "completed", "inspection", "completed"),
    ("delivered", "returning", None, None),
    ("returning", "refunded", "return_time", "disputed"),
    ("paid", "disputed", None, None),
    ("collected", "disputed", None, None),
    ("delivered", "disputed", None, None),
    ("disputed", "refunded", "decision", "refunded"),
    ("disputed", "completed", "decision", "completed"),
    ("agreed", "cancelled", None, None),
    ("paid", "cancelled", None, None),
    ("paid", "charged back", None, None),
    ("collected", "charged back", None, None),
    ("delivered", "charged back", None, None),
    ("returning", "charged back", None, None),
    ("disputed", "charged back", None, None),
    ("completed", "charged back", None, None),
]


def test_the_table_of_an_offers_life() -> None:
    """An offer has seven moves: it is agreed, cancelled or expires; its deal lapses, fails, is called off, or done."""
    rows = [(row.source.value, row.target.value, row.outcome and row.outcome.value) for row in OFFER_MOVES]
    assert rows == OFFERS_LIVES
    assert all(row.by for row in OFFER_MOVES)


def test_the_table_of_a_deals_life() -> None:
    """The good way and every bad one: who moves a deal where, by which deadline, and what follows without them."""
    rows = [
        (row.source.value, row.target.value, row.deadline, row.otherwise and row.otherwise.value) for row in DEAL_MOVES
    ]
    assert rows == DEALS_LIVES
    assert all(row.by for row in DEAL_MOVES)


def offers_in(state: OfferState) -> list[Offer]:
    """Return a sale and a purchase in a state, with what belongs to it."""
    outcome = Outcome.EXPIRED if state is OfferState.CLOSED else None
    deal = None if state is OfferState.OPEN else FIFTH
    return [evolve(SALE, state=state, outcome=outcome, deal=deal, version=6), evolve(PURCHASE, state=state, deal=deal)]


STEPS: dict[str, tuple[Callable[[Any], Any], str, str, str | None, dict[str, Any]]] = {
    "agree": (lambda old: agree(old, DealNumber(9)), "open", "agreed", None, {"deal": 9}),
    "cancel": (cancel, "open", "closed", "cancelled", {"filed": True}),
    "expire": (expire, "open", "closed", "expired", {"filed": True}),
    "fail": (lambda old: close(old, Outcome.FAILED), "agreed", "closed", "failed", {}),
    "complete": (lambda old: close(old, Outcome.COMPLETED), "agreed", "closed", "completed", {}),
    "reopen": (
        lambda old: reopen(old, Arrival(8), START + HOUR),
        "agreed",
        "open",
        None,
        {"arrival": 8, "arrived_at": START + HOUR, "deal": None},
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_step_of_an_offer(name: str) -> None:
    """A step leads from its state to its target with its outcome, changes what belongs to it, and makes a version."""
    step, source, target, outcome, changes = STEPS[name]
    for offer in offers_in(OfferState(source)):
        expected: Any = evolve(
            offer,
            state=OfferState(target),
            outcome=None if outcome is None else Outcome(outcome),
            version=offer.version + 1,
            **changes,
        )
        assert expected == step(offer)


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("name", STEPS)
def test_no_other_step_of_an_offer(name: str, state: OfferState) -> None:
    """From every other state a step is refused with the offer's number."""
    step, source, *_ = STEPS[name]
    if state.value == source:
        return
    for offer in offers_in(state):
        with pytest.raises(NotCancelable if name == "cancel" else NotOpen) as caught:
            step(offer)
        assert offer.number == caught.value.value


def test_a_deal_does_not_end_an_offer_so() -> None:
    """What ends with its deal is completed, cancelled or failed; it never expires."""
    for offer in offers_in(OfferState.AGREED):
        with pytest.raises(NotOpen):
            close(offer, Outcome.EXPIRED)


def test_what_is_no_move_of_an_offer() -> None:
    """Filing, another person and an amendment change their fields, the version, and nothing else."""
    assert evolve(SALE, filed=True, version=1) == file_away(SALE)
    assert evolve(PURCHASE, person=PersonNumber(9), version=1) == of_person(PURCHASE, PersonNumber(9))
    amended = amend(evolve(SALE, changes=2), Arrival(8), START + HOUR, min_price=7, name="Other")
    changed: dict[str, Any] = {
        "arrival": Arrival(8),
        "arrived_at": START + HOUR,
        "changes": 3,
        "min_price": 7,
        "name": "Other",
    }
    assert evolve(SALE, version=1, **changed) == amended


def test_standings() -> None:
    """Showing, telling and looking change a mark each, and showing and looking also the last deal seen."""
    assert (WAITING.visible, WAITING.told, WAITING.seen_deal, NO_DEAL) == (False, False, 0, 0)
    for visible in (False, True):
        for told in (False, True):
            standing = Standing(visible, told, DealNumber(4))
            assert Standing(True, told, FIFTH) == show(standing, FIFTH)
            assert Standing(visible, True, DealNumber(4)) == tell(standing)
            assert Standing(visible, False, FIFTH) == look(standing, FIFTH)


def test_an_offer_is_open_until_its_limit() -> None:
    """An offer is open only before its limit, one without a limit always, and one that is not open never (spec T1)."""
    assert is_open(SALE, START + HOUR - timedelta.resolution)
    assert not is_open(SALE, START + HOUR)
    assert is_open(PURCHASE, START + 1000 * HOUR)
    for state in (OfferState.AGREED, OfferState.CLOSED):
        assert not any(is_open(offer, START) for offer in offers_in(state))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pixel-7, as NEW", {"pixel", "7", "as", "new"}),
        ("", set()),
        ("-- _ .", set()),
        ("snake_case", {"snake", "case"}),
        ("Straße", {"strasse"}),
        ("été2", {"été2"}),
    ],
)
def test_words(text: str, words: set[str]) -> None:
    """Words are runs of letters and digits, case-folded; everything else parts them (spec O2)."""
    assert words == words_of(text)


@pytest.mark.parametrize(
    ("requirements", "met"),
    [
        (Requirements(), True),
        (Requirements(words=frozenset({"pixel"})), True),
        (Requirements(words=frozenset({"pixel", "7", "red"})), True),
        (Requirements(words=frozenset({"pixel", "blue"})), False),
        (Requirements(words=frozenset({"blue"})), False),
        (Requirements((("colour", frozenset({"red", "blue"})),)), True),
        (Requirements((("colour", frozenset({"blue"})),)), False),
        (Requirements((("colour", frozenset({"red"})), ("size", frozenset({"L"})))), True),
        (Requirements((("colour", frozenset({"red"})), ("size", frozenset({"M"})))), False),
        (Requirements((("age", frozenset({"new"})),)), False),
        (Requirements((("colour", frozenset({"red"})),), frozenset({"blue"})), False),
        (Requirements((("colour", frozenset({"blue"})),), frozenset({"red"})), False),
    ],
)
def test_requirements(requirements: Requirements, met: bool) -> None:
    """A sale meets them if its name has every word and each attribute one of its values; a missing one is unmet."""
    assert met == requirements.met_by(SALE)


@pytest.mark.parametrize("target", DealState)
@pytest.mark.parametrize("source", DealState)
def test_moves_of_a_deal(source: DealState, target: DealState) -> None:
    """A deal moves where the table leads, in time or after it, and everywhere else is refused with its number."""
    deal = evolve(DEAL, state=source, version=6)
    leads = {(row[0], row[1]) for row in DEALS_LIVES} | {(row[0], row[3]) for row in DEALS_LIVES if row[3]}
    if (source.value, target.value) in leads:
        moved = move(deal, target, deadline=START, accepted=True)
        assert evolve(deal, state=target, deadline=START, accepted=True, version=7) == moved
    else:
        with pytest.raises(WrongStep) as caught:
            move(deal, target)
        assert caught.value.value == FIFTH


def test_a_change_of_a_deal_that_stays() -> None:
    """A change keeps the state and makes a version."""
    assert evolve(DEAL, deadline=START, version=1) == change(DEAL, deadline=START)


def test_the_ends_of_a_deal() -> None:
    """A deal has ended where no move leads on; a completed one too, although it can still be charged back."""
    left = {row[0] for row in DEALS_LIVES} - {"completed"}
    assert [state.value not in left for state in DealState] == [state.has_ended for state in DealState]


def test_what_a_deal_owes_and_has() -> None:
    """The buyer owes the sum of the charges; what came in is the sum of the payments."""
    paid = (Payment(("bank", "1"), Means.CARD, 60), Payment(("bank", "2"), Means.BANK_TRANSFER, 5))
    assert (DEAL.owed, DEAL.received, evolve(DEAL, payments=paid).received) == (95, 0, 65)


def test_who_is_paid() -> None:
    """Everybody outside the broker is paid, except nothing; the seller's are the shares, whoever carries it."""
    assert (DEAL.payable, DEAL.sellers_charges) == ((0, 2), (0, 3))
    fees = Charge(SELLERS, 2, Purpose.CARRIAGE), Charge(SELLERS, 1, Purpose.PAYMENT_FEE)
    own = evolve(DEAL, charges=(*DEAL.charges, *fees))
    assert (own.payable, own.sellers_charges) == ((0, 2, 4, 5), (0, 3))


def test_what_is_charged_for_what() -> None:
    """Charges are found, and summed, by what they are for."""
    assert DEAL.charges_for(Purpose.COMMISSION, Purpose.CARRIAGE) == (1, 2)
    assert (DEAL.charges_for(Purpose.PAYMENT_FEE), DEAL.charges_for()) == ((), ())
    assert [DEAL.charged_for(purpose) for purpose in Purpose] == [88, 4, 3, 0]
    assert charged_for(DEAL.charges * 2, Purpose.CARRIAGE) == 6


def test_what_a_partial_refund_takes() -> None:
    """Without cuts everybody gets the charge; with them each charge without its own, and nobody is paid nothing."""
    assert [DEAL.share(at) for at in range(4)] == [88, 4, 3, 0]
    cut = evolve(DEAL, cuts=(22, 1, 0, 0))
    assert [cut.share(at) for at in range(4)] == [66, 3, 3, 0]
    assert (cut.owed, cut.commission, cut.payable) == (95, 3, (0, 2))
    assert evolve(DEAL, cuts=(88, 4, 1, 0)).payable == (2,)
    assert evolve(DEAL, cuts=(88, 4, 3, 0)).payable == ()


def test_what_the_broker_keeps() -> None:
    """The commission is the broker's charges, whatever they are called, without what a partial refund took of them."""
    fee = Charge(BROKER, 5, Purpose.CARRIAGE)
    assert (DEAL.commission, evolve(DEAL, charges=(*DEAL.charges, fee)).commission) == (4, 9)
    assert evolve(DEAL, charges=(*DEAL.charges, fee), cuts=(0, 1, 0, 0, 2)).commission == 6
    assert evolve(DEAL, charges=()).commission == 0


def test_the_parties_of_a_deal() -> None:
    """The seller comes before the buyer."""
    assert DEAL.parties == (BoxNumber(1), BoxNumber(2))


@pytest.mark.parametrize(
    ("released", "paid_out", "is_paid"),
    [
        ((), (), False),
        ((0, 3), (), False),
        ((3,), (0,), True),
        ((), (0,), False),
        ((3,), (2,), False),
        ((0, 3), (0, 2), True),
    ],
)
def test_whether_the_seller_is_paid(released: tuple[int, ...], paid_out: tuple[int, ...], is_paid: bool) -> None:
    """The seller is paid when each share was paid out; a share of nothing only needs to be released."""
    assert is_paid == evolve(DEAL, released=released, paid_out=paid_out).seller_is_paid


def test_a_seller_who_gets_nothing_is_paid_once_that_is_released() -> None:
    """A share that a partial refund took altogether is not paid out."""
    taken = evolve(DEAL, cuts=(88, 4, 0, 0))
    assert [taken.seller_is_paid, evolve(taken, released=(0, 3)).seller_is_paid] == [False, True]


def test_a_deal_as_a_table() -> None:
    """Its table has one row, for the manager: whom and what it joins, its state, its prices, and its times."""
    [row] = evolve(DEAL, ended_at=START + HOUR).table().rows
    known, amounts = (5, 3, 4, 1, 2, "AGREED", "goods", "Pixel", 1), ["0.80", "0.88", "0.92", "1.00", "0.04", "0.95"]
    assert known == tuple(row[:9])
    assert [f"{amount} USD" for amount in amounts] == [str(cell) for cell in row[9:-2]]
    assert tuple(row[-2:]) == (START, START + HOUR)
