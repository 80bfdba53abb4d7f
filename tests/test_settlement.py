"""A deal from the decision to the last payout, in every way to pay, and what becomes of wrong money (A1–A6)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import AccountCharge, BankTransfer, Card, Carriage, DeliveryStep, Money, PayoutOn, Policy
from brokerage.errors import NotPayable
from brokerage.policy import Immediate
from brokerage.records.ledger import BANK, REVENUE
from brokerage.records.offers import Outcome
from builders import DAY, START, Trade, balance, check_books, entries, immediate, trade, world


def deliver(made: Trade) -> None:
    """Let the carrier collect and deliver."""
    broker = made.world.broker
    broker.advise_delivery(made.number, DeliveryStep.COLLECTED, notice="c")
    broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")


def status(made: Trade) -> tuple[str, str]:
    """Return what seller and buyer see of the deal."""
    return made.ann.deal(made.number).status, made.bob.deal(made.number).status


def paid_out(made: Trade) -> list[tuple[str, int]]:
    """Return what the bank has paid out."""
    return [(task.bank_account, task.units) for task in made.world.bank.paid]


def test_the_good_path_by_bank_transfer() -> None:
    """Agreed, paid, collected, delivered, inspected, paid out: the words, the ledger and the bank go along."""
    made = trade(world())
    place = made.world
    assert status(made) == ("Transaction Settled", "Transaction Settled")
    assert made.deal.deadline == START + 7 * DAY
    assert made.transfer("92.00") == "booked for deal 1"
    assert status(made) == ("Transaction Settled", "Paid")
    assert balance(place, made.number)["escrow"] == "-92.00"
    assert [(task.deal, task.collect_from.name, task.deliver_to.name) for task in place.carrier.orders] == [
        (1, "Ann", "Bob")
    ]
    place.broker.advise_delivery(made.number, DeliveryStep.COLLECTED, notice="c")
    assert status(made) == ("Commodity Received", "Paid")
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    assert status(made) == ("Commodity Received", "Paid/Commodity Delivered")
    assert paid_out(made) == []
    place.wait(3 * DAY - timedelta(microseconds=1))
    assert paid_out(made) == []
    place.wait(timedelta(microseconds=1))
    assert paid_out(made) == [("account of Ann", 8800)]
    assert status(made) == ("Paid/Commodity Received", "Paid/Commodity Delivered")
    assert balance(place, made.number) == {
        "bank": "4.00",
        "escrow": "0.00",
        "refunds": "0.00",
        "payouts": "0.00",
        "revenue": "-4.00",
        "suspense": "0.00",
    }
    assert (place.sale(made.sale).outcome, place.purchase(made.purchase).outcome) == (
        Outcome.COMPLETED,
        Outcome.COMPLETED,
    )
    assert [entry.purpose for entry in entries(place)] == ["payment", "release", "payout", "commission"]
    check_books(place)


def test_the_good_path_by_card() -> None:
    """The card is charged for exactly the total, and the deal is paid at once."""
    made = trade(world(), Card("token"))
    assert status(made) == ("Transaction Settled", "Paid")
    assert made.world.cards.cards == {"token": 1_000_000 - 9200}
    assert [(task.deal, task.units, task.currency) for task in made.world.cards.captured] == [(1, 9200, "USD")]
    deliver(made)
    made.bob.confirm(made.number)
    assert paid_out(made) == [("account of Ann", 8800)]
    check_books(made.world)


def test_the_good_path_by_account_charge() -> None:
    """The account that the member lets the broker charge pays the deal at once."""
    place = world()
    bob = place.join("Bob")
    bob.account.allow_charging("A-1")
    place.accounts.accounts["A-1"] = 10_000
    ann = place.join("Ann")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    deal = bob.decide(want, sale, price="92.00", pay_by=AccountCharge())
    assert deal.status == "Paid"
    assert place.accounts.accounts == {"A-1": 800}
    check_books(place)


@pytest.mark.parametrize("pay_by", [Card("token"), AccountCharge(), BankTransfer()])
def test_paying_later(pay_by: Card | AccountCharge | BankTransfer) -> None:
    """A deal can be paid later in every way, a part of it too, and once only."""
    made = trade(world())
    made.world.cards.cards["token"] = made.world.accounts.accounts["A-1"] = 10_000
    made.bob.account.allow_charging("A-1")
    made.transfer("12.00")
    made.world.wait(6 * DAY)
    made.bob.pay(made.number, pay_by)
    if isinstance(pay_by, BankTransfer):
        made.transfer("80.00", "n-2")
    assert status(made)[1] == "Paid"
    left = made.world.cards.cards["token"], made.world.accounts.accounts["A-1"]
    assert sum(left) == 20_000 - (0 if isinstance(pay_by, BankTransfer) else 8000)
    with pytest.raises(NotPayable):
        made.bob.pay(made.number, pay_by)
    check_books(made.world)


def test_services_are_performed() -> None:
    """Services are paid, performed by the word of their seller, inspected and paid out, without any carrier."""
    made = trade(world(), category="services")
    made.transfer("92.00")
    assert made.world.carrier.orders == []
    assert made.world.broker.advise_delivery(1, DeliveryStep.COLLECTED, notice="c") == "not believed: nothing to carry"  # type: ignore[arg-type]
    made.ann.performed(made.number)
    assert status(made) == ("Commodity Received", "Paid/Commodity Delivered")
    made.bob.confirm(made.number)
    assert paid_out(made) == [("account of Ann", 8800)]
    check_books(made.world)


@pytest.mark.parametrize(
    ("when", "category", "paid"),
    [
        (PayoutOn.ORDER, "goods", [1, 1, 1, 1]),
        (PayoutOn.COLLECTION, "goods", [0, 1, 1, 1]),
        (PayoutOn.INSPECTION, "goods", [0, 0, 0, 1]),
        (PayoutOn.ORDER, "services", [0, 0, 1, 1]),
        (PayoutOn.COLLECTION, "services", [0, 0, 1, 1]),
        (PayoutOn.INSPECTION, "services", [0, 0, 0, 1]),
    ],
)
def test_when_the_seller_is_paid(when: PayoutOn, category: str, paid: list[int]) -> None:
    """The seller is paid once, at the step that the policy names, and the commission is earned at the end (spec A3)."""
    made = trade(world(Policy(matching=Immediate(), payout_on=when)), category=category)
    broker, counts = made.world.broker, []
    made.transfer("92.00")
    counts.append(len(paid_out(made)))
    if category == "goods":
        broker.advise_delivery(made.number, DeliveryStep.COLLECTED, notice="c")
    counts.append(len(paid_out(made)))
    if category == "goods":
        broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="d")
    else:
        made.ann.performed(made.number)
    counts.append(len(paid_out(made)))
    check_books(made.world)
    assert broker.office.balance(REVENUE, "USD") == Money(0, "USD")
    made.world.wait(3 * DAY)
    counts.append(len(paid_out(made)))
    assert paid == counts
    assert balance(made.world, made.number) == {
        "bank": "4.00", "escrow": "0.00", "refunds": "0.00", "payouts": "0.00", "revenue": "-4.00", "suspense": "0.00",
    }  # fmt: skip


def test_carriage_is_shown_and_charged() -> None:
    """A carrier's fee comes on top of the price, is part of the total decided on, and goes to the carrier (A6)."""
    fees = Carriage("Fast", "account of Fast", {"USD": "5.50"})
    made = trade(world(immediate(carriage=fees)))
    deal = made.deal
    assert (deal.price.text(), deal.carriage.text(), deal.total.text()) == ("92.00", "5.50", "97.50")
    made.transfer("92.00")
    assert status(made)[1] == "Transaction Settled"
    made.transfer("5.50", "n-2")
    deliver(made)
    made.bob.confirm(made.number)
    assert sorted(paid_out(made)) == [("account of Ann", 8800), ("account of Fast", 550)]
    assert balance(made.world, made.number)["revenue"] == "-4.00"
    check_books(made.world)
    services = trade(world(immediate(carriage=fees)), category="services")
    assert services.deal.total == Money(9200, "USD")


@pytest.mark.parametrize("pay_by", [BankTransfer(), Card("token"), AccountCharge()])
def test_a_deal_that_costs_nothing(pay_by: BankTransfer | Card | AccountCharge) -> None:
    """A deal at a price of zero is paid at once in whatever way, moves no money, and runs to its end."""
    made = trade(world(), pay_by, min_price="0", max_price="0")
    assert status(made)[1] == "Paid"
    deliver(made)
    made.world.wait(3 * DAY)
    assert made.fact.state.value == "completed"
    assert status(made) == ("Paid/Commodity Received", "Paid/Commodity Delivered")
    assert (entries(made.world), paid_out(made), made.world.cards.captured) == ([], [], [])
    check_books(made.world)


def test_a_deal_whose_seller_gets_nothing() -> None:
    """Where the whole price is commission, nobody is paid out and the deal is completed all the same."""
    place = world()
    place.broker.office.correct_category("goods", rate="0.5")
    made = trade(place, min_price="0", max_price="10.00")
    made.transfer("10.00")
    deliver(made)
    made.bob.confirm(made.number)
    assert made.fact.state.value == "completed"
    assert (paid_out(made), balance(place, made.number)["revenue"]) == ([], "-10.00")
    check_books(place)


PAYMENTS = [
    # amounts, one after the other; escrow, refunded, status
    (["92.00"], "-92.00", 0, "Paid"),
    (["91.99"], "-91.99", 0, "Transaction Settled"),
    (["50.00", "42.00"], "-92.00", 0, "Paid"),
    (["50.00", "50.00"], "-92.00", 800, "Paid"),
    (["100.00"], "-92.00", 800, "Paid"),
    (["92.00", "92.00"], "-92.00", 9200, "Paid"),
    (["0"], "0.00", 0, "Transaction Settled"),
]


@pytest.mark.parametrize(("amounts", "escrow", "refunded", "words"), PAYMENTS)
def test_payments_add_up(amounts: list[str], escrow: str, refunded: int, words: str) -> None:
    """Payments add up to the sum owed; what is over goes back to the payment that was too much."""
    made = trade(world())
    for at, amount in enumerate(amounts):
        made.transfer(amount, f"n-{at}")
        check_books(made.world)
    assert words == status(made)[1]
    assert escrow == balance(made.world, made.number)["escrow"]
    assert balance(made.world, made.number)["refunds"] == "0.00"
    assert refunded == sum(task.units for task in made.world.bank.refunded)
    assert all(task.payment == ("bank", f"n-{len(amounts) - 1}") for task in made.world.bank.refunded)


def test_a_notice_that_is_repeated() -> None:
    """The same notice is booked once, another one under its id not at all; another bank's id is another one."""
    made = trade(world())
    first = made.transfer("50.00")
    before = made.world.state()
    assert first == made.transfer("50.00")
    assert before == made.world.state()
    fact = made.fact
    assert made.transfer("42.00").startswith("not believed: another notice")
    assert fact == made.fact
    made.transfer("42.00", source="another bank")
    assert status(made)[1] == "Paid"
    check_books(made.world)


@pytest.mark.parametrize(
    ("reference", "currency", "suspense"),
    [("nothing", "USD", "-92.00"), ("", "USD", "-92.00"), (None, "EUR", "-92.00"), ("nothing", "JPY", "-92")],
)
def test_money_of_nobody_known(reference: str | None, currency: str, suspense: str) -> None:
    """Money under an unknown reference or in another currency is booked in suspense and pays nothing."""
    made = trade(world())
    amount = "92" if currency == "JPY" else "92.00"
    given = made.deal.reference if reference is None else reference
    assert made.transfer(amount, reference=given, currency=currency).startswith("in suspense: ")
    assert status(made)[1] == "Transaction Settled"
    assert suspense == balance(made.world, made.number, currency)["suspense"]
    check_books(made.world)


def test_a_lapse_opens_the_sale_again() -> None:
    """Unpaid by its deadline the deal lapses: the sale has a new arrival, the purchase is closed as failed (A4)."""
    made = trade(world())
    place = made.world
    eve = place.join("Eve")
    want = eve.buy("goods", max_price="100.00", currency="USD")
    arrival = place.sale(made.sale).arrival
    made.transfer("50.00")
    place.wait(7 * DAY - timedelta(microseconds=1))
    assert status(made) == ("Transaction Settled", "Transaction Settled")
    assert list(eve.candidates(want)) == []
    place.wait(timedelta(microseconds=1))
    assert status(made) == ("Lapsed", "Lapsed")
    sale, purchase = place.sale(made.sale), place.purchase(made.purchase)
    assert (sale.deal, sale.outcome, made.ann.box().sales[0].status) == (None, None, "There Is a Candidate Buyer")
    assert sale.arrival > arrival
    assert (purchase.outcome, made.bob.box().purchases[0].status) == (Outcome.FAILED, "Lapsed")
    assert [made.sale] == [candidate.sale for candidate in eve.candidates(want)]
    assert eve.box().purchases[0].lost == ()
    assert [task.units for task in place.bank.refunded] == [5000]
    assert made.transfer("92.00", "late") == "booked for deal 1"
    assert [task.units for task in place.bank.refunded] == [5000, 9200]
    assert status(made) == ("Lapsed", "Lapsed")
    assert {"0.00"} == set(balance(place, made.number).values())
    assert eve.decide(want, made.sale, price="92.00", pay_by=BankTransfer()).number == 2
    check_books(place)


def test_a_sale_whose_limit_came_during_its_deal() -> None:
    """A sale whose time limit passed while its deal lapsed ends with it: afterwards nothing is due any more (T3)."""
    made = trade(world(), limit=START + DAY)
    made.world.wait(7 * DAY)
    due = made.world.broker.next_due()
    assert due is None or due > made.world.clock.now()
    assert made.world.sale(made.sale).outcome == Outcome.EXPIRED
    assert made.ann.box().sales == ()


def test_a_payment_after_the_end() -> None:
    """Money for a completed deal is booked, sent back, and revives nothing."""
    made = trade(world())
    made.transfer("92.00")
    deliver(made)
    made.bob.confirm(made.number)
    made.transfer("92.00", "again")
    assert made.fact.state.value == "completed"
    assert [task.units for task in made.world.bank.refunded] == [9200]
    check_books(made.world)


@given(st.lists(st.tuples(st.integers(0, 12_000), st.integers(1, 4), st.booleans()), max_size=8), st.integers(0, 9))
@settings(deadline=None, max_examples=60)
def test_money_never_disappears(payments: list[tuple[int, int, bool]], days: int) -> None:
    """Whatever is paid, when, how often and in which currency: paid in is escrow, refunds, suspense and payouts."""
    made = trade(world())
    paid: dict[tuple[int, str], int] = {}
    for at, (units, notice, is_known) in enumerate(payments):
        paid.setdefault((notice, "bank"), units)
        made.world.broker.advise_payment(
            reference=made.deal.reference if is_known else "unknown", amount=units, currency="USD", notice=str(notice)
        )
        if at == 2:
            made.world.wait(days * DAY)
        check_books(made.world)
    made.world.wait(7 * DAY)
    check_books(made.world)
    sent_back = sum(task.units for task in made.world.bank.refunded)
    in_bank = made.world.broker.office.balance(BANK, "USD").units

    assert sum(paid.values()) == in_bank + sent_back
