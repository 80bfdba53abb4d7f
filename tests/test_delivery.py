"""What carriers and sellers report of goods and services, in any order and however often (spec A2, A7)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import DealNumber, DeliveryStep
from brokerage.errors import WrongStep
from brokerage.records.deals import DealState
from builders import DAY, Trade, check_books, trade, world

COLLECTED, DELIVERED = DeliveryStep.COLLECTED, DeliveryStep.DELIVERED


def paid() -> Trade:
    """Return a deal in goods that is paid."""
    made = trade(world())
    made.transfer("92.00")
    return made


def report(made: Trade, step: DeliveryStep, notice: str) -> str:
    """Let the carrier report a step."""
    return made.world.broker.advise_delivery(made.number, step, notice=notice)


def test_steps_in_order() -> None:
    """Collected and delivered move the deal on, each once, and keep their times."""
    made = paid()
    assert report(made, COLLECTED, "1") == "deal 1 is collected"
    made.world.wait(DAY)
    assert report(made, DELIVERED, "2") == "deal 1 is delivered"
    assert made.fact.delivered_at is not None
    assert made.fact.collected_at == made.fact.delivered_at - DAY


def test_a_notice_that_is_repeated() -> None:
    """The same notice again gives the answer of the first time; another one under its id is not believed."""
    made = paid()
    first = report(made, COLLECTED, "1")
    before = made.world.state()
    assert first == report(made, COLLECTED, "1")
    assert before == made.world.state()
    fact = made.fact
    assert report(made, DELIVERED, "1").startswith("not believed: another notice")
    assert fact == made.fact


def test_another_notice_of_a_known_step() -> None:
    """A step that is reported once more under another id is kept as known before, and changes no deal."""
    made = paid()
    report(made, COLLECTED, "1")
    fact = made.fact
    assert report(made, COLLECTED, "2") == "known before"
    assert fact == made.fact


def test_delivered_before_collected() -> None:
    """A delivery that is reported first implies the collection, whose own notice is then known before."""
    made = paid()
    assert report(made, DELIVERED, "2") == "deal 1 is delivered"
    assert made.ann.deal(made.number).status == "Commodity Received"
    fact = made.fact
    assert report(made, COLLECTED, "1") == "known before"
    assert fact == made.fact
    assert made.fact.collected_at == made.fact.delivered_at


@pytest.mark.parametrize("step", DeliveryStep)
def test_notices_that_cannot_be_believed(step: DeliveryStep) -> None:
    """A notice about no deal, an unpaid one or a lapsed one is kept with its reason and changes no deal."""
    made = trade(world())
    broker, fact = made.world.broker, made.fact
    assert broker.advise_delivery(DealNumber(77), step, notice="1") == "not believed: unknown deal"
    assert report(made, step, "2") == "not believed: the deal is agreed"
    assert fact == made.fact
    made.world.wait(7 * DAY)
    assert report(made, step, "3") == "not believed: the deal is lapsed"
    assert made.fact.state is DealState.LAPSED


def test_notices_of_a_completed_deal() -> None:
    """After the end a repeated step is known before, and changes nothing of the deal."""
    made = paid()
    report(made, DELIVERED, "1")
    made.bob.confirm(made.number)
    fact = made.fact
    assert [report(made, COLLECTED, "2"), report(made, DELIVERED, "3")] == ["known before", "known before"]
    assert fact == made.fact


def test_confirming() -> None:
    """The buyer confirms once, and only what is delivered."""
    made = paid()
    for step in (None, COLLECTED):
        if step:
            report(made, step, "1")
        with pytest.raises(WrongStep):
            made.bob.confirm(made.number)
    report(made, DELIVERED, "2")
    made.bob.confirm(made.number)
    with pytest.raises(WrongStep):
        made.bob.confirm(made.number)
    made.world.wait(10 * DAY)
    assert len(made.world.bank.paid) == 1


def test_performing() -> None:
    """Services are performed once, after they are paid for, and by nobody but their seller."""
    made = trade(world(), category="services")
    with pytest.raises(WrongStep):
        made.ann.performed(made.number)
    made.transfer("92.00")
    made.ann.performed(made.number)
    with pytest.raises(WrongStep):
        made.ann.performed(made.number)


def test_reports_that_are_fetched() -> None:
    """What bank and carrier keep ready is fetched when due work is run, kept once, and confirmed after that."""
    made = trade(world())
    place = made.world
    place.bank.deposit(made.deal.reference, 9200, "USD")
    assert place.broker.run_due().notices == 1
    place.carrier.report(made.number, DELIVERED)
    place.carrier.report(made.number, COLLECTED)
    assert place.broker.run_due().notices == 2
    assert (place.bank.notices(), place.carrier.notices()) == ([], [])
    assert place.broker.run_due().notices == 0
    assert made.fact.state is DealState.DELIVERED


@given(
    st.lists(
        st.tuples(st.sampled_from(["pay", "collect", "deliver", "confirm", "wait"]), st.integers(1, 3)), max_size=12
    )
)
@settings(deadline=None, max_examples=60)
def test_any_order_of_news(news: list[tuple[str, int]]) -> None:
    """Whatever is reported, in whatever order, the deal moves along its table and the books balance."""
    made = trade(world())
    ranks = {DealState.AGREED: 0, DealState.PAID: 1, DealState.COLLECTED: 2, DealState.DELIVERED: 3}
    rank = 0
    for kind, notice in news:
        if kind == "pay":
            made.transfer("46.00", f"{notice}")
        elif kind == "confirm":
            try:
                made.bob.confirm(made.number)
            except WrongStep:
                assert made.fact.state is not DealState.DELIVERED
        elif kind == "wait":
            made.world.wait(2 * DAY)
        else:
            report(made, COLLECTED if kind == "collect" else DELIVERED, f"{kind}-{notice}")
        check_books(made.world)
        assert rank <= (rank := ranks.get(made.fact.state, 4))
        assert (made.fact.received == made.fact.owed) == (made.fact.paid_at is not None)
    assert len(made.world.bank.paid) == (made.fact.state is DealState.COMPLETED)


def test_every_change_of_a_deals_status_is_mailed_to_those_who_asked() -> None:
    """A member who chose it gets a mail for each step of a deal, in words of his or her own side; others get none."""
    made = trade(world())
    made.ann.account.choose_mail(deals=True)
    before = len(made.world.mailbox.sent)
    made.transfer("92.00")
    report(made, COLLECTED, "1")
    report(made, DELIVERED, "2")
    made.bob.confirm(made.number)
    mails = made.world.mailbox.sent[before:]
    assert [mail.subject for mail in mails] == [
        "Deal 1: Transaction Settled",
        "Deal 1: Commodity Received",
        "Deal 1: Commodity Received",
        "Deal 1: Paid/Commodity Received",
    ]
    assert {mail.box for mail in mails} == {made.ann.number}
