"""What members read instead of states: words for every state of a deal, on both sides (spec TABLE I, B4)."""

from itertools import product
from typing import Any

import pytest
from attrs import evolve

from brokerage import Fulfilment
from brokerage.records.deals import Deal, DealState
from brokerage.statuses import UNDONE, deal_words, purchase_status, sale_status
from builders import DAY, START
from test_lifecycles import DEAL

PAID = {"paid_at": START}
COLLECTED = {**PAID, "collected_at": START + DAY}
DELIVERED = {**COLLECTED, "delivered_at": START + 2 * DAY}
RETURNING = {**DELIVERED, "returning_at": START + 3 * DAY}
RELEASED = {"released": (0, 2, 3), "paid_out": (0, 2)}


def deal(state: DealState, changes: dict[str, Any]) -> Deal:
    """Return a deal in a state, with what belongs to it."""
    return evolve(DEAL, state=state, **changes)


STATES: list[tuple[DealState, dict[str, Any], str | None, str, str]] = [
    # the state, what has happened, the words for a bad way, the sale's and the purchase's
    (DealState.AGREED, {}, None, "Transaction Settled", "Transaction Settled"),
    (DealState.PAID, PAID, None, "Transaction Settled", "Paid"),
    (DealState.PAID, {**PAID, **RELEASED}, None, "Paid", "Paid"),
    (DealState.COLLECTED, COLLECTED, None, "Commodity Received", "Paid"),
    (DealState.COLLECTED, {**COLLECTED, **RELEASED}, None, "Paid/Commodity Received", "Paid"),
    (DealState.DELIVERED, DELIVERED, None, "Commodity Received", "Paid/Commodity Delivered"),
    (DealState.RETURNING, RETURNING, "Being Returned", "Being Returned", "Being Returned"),
    (DealState.DISPUTED, PAID, "In Dispute", "In Dispute", "In Dispute"),
    (DealState.DISPUTED, RETURNING, "In Dispute", "In Dispute", "In Dispute"),
    (DealState.COMPLETED, {**DELIVERED, **RELEASED}, None, "Paid/Commodity Received", "Paid/Commodity Delivered"),
    (DealState.LAPSED, {}, "Lapsed", "Lapsed", "Lapsed"),
    (DealState.CANCELLED, {}, "Cancelled", "Cancelled", "Cancelled"),
    (DealState.CANCELLED, PAID, "Cancelled", "Cancelled", "Cancelled"),
    (DealState.REFUNDED, COLLECTED, "Refunded", "Refunded", "Refunded"),
    (DealState.REFUNDED, DELIVERED, "Refunded", "Refunded", "Refunded"),
    (DealState.REFUNDED, RETURNING, "Returned", "Returned", "Returned"),
    (DealState.CHARGED_BACK, PAID, "Charged Back", "Charged Back", "Charged Back"),
    (DealState.CHARGED_BACK, {**RETURNING, **RELEASED}, "Charged Back", "Charged Back", "Charged Back"),
]


@pytest.mark.parametrize(("state", "changes", "words", "sale", "purchase"), STATES)
def test_words_of_a_deal(
    state: DealState, changes: dict[str, Any], words: str | None, sale: str, purchase: str
) -> None:
    """A deal on the good way has each side's own words, any other has the same for both."""
    fact = deal(state, changes)
    assert words == deal_words(fact)
    assert (sale, purchase) == (sale_status(fact, False), purchase_status(fact, False, False))


def test_every_state_has_words() -> None:
    """No state is left out, and whatever state a deal is in, candidates and losses have no part in its words."""
    assert {row[0] for row in STATES} == set(DealState)
    for state, changes, *_, sale, purchase in STATES:
        fact = deal(state, changes)
        for has_candidate, has_lost in product((False, True), repeat=2):
            assert (sale, purchase) == (
                sale_status(fact, has_candidate),
                purchase_status(fact, has_candidate, has_lost),
            )


def test_words_without_a_deal() -> None:
    """Before a deal it is candidates that count, and for a purchase what was lost."""
    assert [sale_status(None, has) for has in (False, True)] == ["No Buyer", "There Is a Candidate Buyer"]
    assert [purchase_status(None, *has) for has in product((False, True), repeat=2)] == [
        "No Seller",
        "No Seller/Purchase Failed",
        "Candidate Buyer",
        "Candidate Buyer/Purchase Failed",
    ]


def test_services_are_received_when_they_are_performed() -> None:
    """What is performed is not collected: the seller's words change when the seller says that it was done."""
    fact = evolve(DEAL, fulfilment=Fulfilment.PERFORMED, state=DealState.PAID, paid_at=START)
    assert sale_status(fact, False) == "Transaction Settled"
    done = evolve(fact, state=DealState.DELIVERED, delivered_at=START + DAY)
    assert (sale_status(done, False), purchase_status(done, False, False)) == (
        "Commodity Received",
        "Paid/Commodity Delivered",
    )


def test_goods_of_a_dispute_that_were_delivered_without_being_collected() -> None:
    """Goods count as received by the carrier when they were collected, and by nothing else."""
    fact = evolve(DEAL, state=DealState.DELIVERED, paid_at=START, delivered_at=START + DAY)
    assert sale_status(fact, False) == "Transaction Settled"


def test_how_deals_are_undone() -> None:
    """Nothing is left of a deal that lapsed, was cancelled, refunded or charged back; a completed one stays."""
    assert set(UNDONE) == {state for state in DealState if state.has_ended} - {DealState.COMPLETED}
