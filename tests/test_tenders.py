"""One tender from its call to its end: opened, judged, asked in the order of the ranking, awarded or not (N4, N7)."""

from collections.abc import Sequence
from typing import Any

import pytest
from attrs import frozen

from brokerage.errors import BrokerageError, TenderNotOpen, UnknownTender
from brokerage.judging import Assessed, LowestTotal, Ranked, WeightedCriteria
from brokerage.records.cases import CaseKind
from brokerage.records.events import EventKind
from brokerage.records.tenders import PlaceState, TenderState
from builders import DAY
from called_tenders import HOUR, Calls, calls

ASKED, WAITING, ACCEPTED = PlaceState.ASKED, PlaceState.WAITING, PlaceState.ACCEPTED
DECLINED, SILENT, PASSED = PlaceState.DECLINED, PlaceState.SILENT, PlaceState.PASSED_OVER


def called(*fees: str, **changes: Any) -> tuple[Calls, Any]:
    """Return a broker with a call for carriage and bids of these fees, before the deadline."""
    place = calls()
    tender = place.carriage(**changes)
    place.fees(tender, *fees)
    return place, tender


def test_the_best_is_asked_and_the_others_wait() -> None:
    """At the deadline the bids are ranked, the first is asked, and the ranking keeps every bid with its reason."""
    place, tender = called("5.00", "3.00", "4.00")
    assert place.world.wait(DAY).tenders == 1
    assert place.states(tender) == [(2, ASKED), (3, WAITING), (1, WAITING)]
    file = place.office.tenders.show(tender)
    assert [(one.rank, one.price, one.total) for one in file.places] == [(1, 300, 300), (2, 400, 400), (3, 500, 500)]
    assert all(one.reason for one in file.places)
    assert place.tender(tender).state is TenderState.AWARDING
    assert place.tender(tender).deadline == place.world.clock.now() + DAY


def test_of_equal_bids_the_earlier_comes_first() -> None:
    """A tie goes to the earlier bid, and a bid that was amended counts from its amendment."""
    place, tender = called("3.00", "3.00", "3.00")
    place.ann.carrier.bid(tender, fixed="3.00", qualities={"vans": 2})
    place.world.wait(DAY)
    assert [one.box for one in place.tender(tender).places] == [2, 3, 1]


def test_who_accepts_is_appointed_and_nobody_else_is_asked() -> None:
    """An acceptance ends a tender for a service: the others are passed over, and each bidder is told the outcome."""
    place, tender = called("5.00", "3.00", "4.00")
    place.world.wait(DAY)
    assert place.bob.carrier.accept(tender).status == "Accepted"
    assert place.states(tender) == [(2, ACCEPTED), (3, PASSED), (1, PASSED)]
    assert place.tender(tender).state is TenderState.AWARDED
    assert place.tender(tender).deadline is None
    assert place.tender(tender).outcome == "1 of 3 bids accepted"
    assert [desk.carrier.bids()[0].status for desk in place.carriers[:3]] == [
        "Not selected",
        "Accepted",
        "Not selected",
    ]
    assert [place.mails(desk)[-1][0] for desk in place.carriers[:3]] == [
        "Your bid 1: Not selected",
        "Your bid 2: Accepted",
        "Your bid 3: Not selected",
    ]


def test_declined_or_silent_the_next_is_asked_and_then_none() -> None:
    """Whoever declines or lets the time pass makes room for the next; when nobody is left the manager gets a case."""
    place, tender = called("5.00", "3.00", "4.00")
    place.world.wait(DAY)
    place.bob.carrier.decline(tender)
    assert place.states(tender) == [(2, DECLINED), (3, ASKED), (1, WAITING)]
    place.world.wait(DAY)
    assert place.states(tender) == [(2, DECLINED), (3, SILENT), (1, ASKED)]
    place.ann.carrier.decline(tender)
    assert place.states(tender) == [(2, DECLINED), (3, SILENT), (1, DECLINED)]
    assert place.tender(tender).state is TenderState.FAILED
    [case] = place.office.cases.open(CaseKind.TENDER)
    assert f"tender {tender} found no carrier" in case.reason
    place.office.cases.dismiss(case.number, "called again")
    assert list(place.office.cases.open(CaseKind.TENDER)) == []


def test_without_bids_a_tender_fails() -> None:
    """Where nobody bids nobody is asked: the tender fails at its deadline."""
    place, tender = called()
    place.world.wait(DAY)
    assert (place.tender(tender).state, place.tender(tender).outcome) == (TenderState.FAILED, "nobody bid")
    assert len(place.office.cases.open(CaseKind.TENDER)) == 1


def test_bids_that_bind_are_appointed_at_once() -> None:
    """Where a call asks for binding bids the best is appointed at the deadline, without a question."""
    place, tender = called("5.00", "3.00", answer=None)
    place.world.wait(DAY)
    assert place.states(tender) == [(2, ACCEPTED), (1, PASSED)]
    assert place.tender(tender).state is TenderState.AWARDED


def test_an_abnormally_low_bid_is_flagged() -> None:
    """A bid far under the median of all is flagged in the ranking, and asked all the same."""
    place, tender = called("5.00", "1.00", "4.00")
    place.world.wait(DAY)
    assert [(one.box, one.is_low) for one in place.tender(tender).places] == [(2, True), (3, False), (1, False)]
    assert place.states(tender)[0] == (2, ASKED)
    assert place.office.tenders.show(tender).table().rows[0][8] is True


def test_a_bid_whose_validity_is_over_is_passed_over() -> None:
    """A bid can be accepted while it is valid: the question ends with it, and later it is not asked any more."""
    place, tender = called()
    until = place.world.clock.now() + DAY + HOUR
    place.ann.carrier.bid(tender, fixed="1.00", valid_until=until)
    place.bob.carrier.bid(tender, fixed="2.00", valid_until=until)
    place.cyd.carrier.bid(tender, fixed="3.00")
    place.world.wait(DAY)
    assert place.tender(tender).deadline == until
    place.world.wait(HOUR)
    assert place.states(tender) == [(1, SILENT), (2, PASSED), (3, ASKED)]
    assert place.place(tender, place.bob).remark == "it is not valid any more"


def test_a_sweep_that_comes_late_finds_invalid_bids() -> None:
    """A bid whose validity was over before anybody looked does not suit, and is told so in the ranking."""
    place, tender = called()
    place.ann.carrier.bid(tender, fixed="1.00", valid_until=place.world.clock.now() + DAY + HOUR)
    place.bob.carrier.bid(tender, fixed="2.00")
    place.world.wait(2 * DAY)
    assert place.states(tender) == [(2, ASKED), (1, PASSED)]
    assert place.place(tender, place.ann).reason == "does not suit: it is not valid any more"


def test_terms_whose_time_is_over_are_asked_of_nobody() -> None:
    """Where the time that is asked for is over before anybody was appointed, no bid suits."""
    place, tender = called("1.00")
    place.world.wait(61 * DAY)
    assert place.tender(tender).state is TenderState.FAILED
    assert place.place(tender, place.ann).remark == "the time that it is for is over"


def test_a_step_after_the_deadline_first_does_what_the_deadline_asks() -> None:
    """Without a sweep, whoever acts too late opens the bids, and that stays done although the step is refused."""
    place, tender = called("5.00", "3.00")
    place.world.clock.set(place.world.clock.now() + DAY)
    with pytest.raises(TenderNotOpen):
        place.cyd.carrier.bid(tender, fixed="1.00")
    assert place.states(tender) == [(2, ASKED), (1, WAITING)]
    place.world.clock.set(place.world.clock.now() + DAY)
    with pytest.raises(TenderNotOpen):
        place.bob.carrier.accept(tender)
    assert place.states(tender) == [(2, SILENT), (1, ASKED)]
    assert place.ann.carrier.question(tender).price.units == 500


@pytest.mark.parametrize("step", ["withdraw_bid", "question", "accept", "decline"])
def test_every_step_of_a_bidder_comes_after_the_deadline(step: str) -> None:
    """Each step at the instant of the deadline finds the bids opened: the second in rank is asked nothing."""
    place, tender = called("5.00", "3.00")
    place.world.clock.set(place.world.clock.now() + DAY)
    with pytest.raises(TenderNotOpen):
        getattr(place.ann.carrier, step)(tender)
    assert place.states(tender) == [(2, ASKED), (1, WAITING)]


def test_only_who_is_asked_answers() -> None:
    """Who waits, who did not bid and who may not bid can neither accept nor decline, nor see what is asked."""
    place, tender = called("5.00", "3.00")
    place.world.wait(DAY)
    refusals: list[tuple[Any, type[BrokerageError]]] = [
        (place.ann.carrier, TenderNotOpen),
        (place.cyd.carrier, TenderNotOpen),
        (place.eve.carrier, UnknownTender),
        (place.bob.provider, UnknownTender),
        (place.bob.seller, UnknownTender),
    ]
    for desk, error in refusals:
        for step in (desk.question, desk.decline):
            with pytest.raises(error):
                step(tender)
    assert place.states(tender) == [(2, ASKED), (1, WAITING)]


def test_a_call_is_taken_back_while_bids_can_be_made() -> None:
    """The manager takes a call back: its bidders are told, nothing is opened, and nobody bids any more."""
    place, tender = called("5.00", "3.00")
    place.bob.carrier.withdraw_bid(tender)
    assert place.office.tenders.take_back(tender).tender.state is TenderState.WITHDRAWN
    assert place.ann.carrier.bids()[0].status == "Call taken back"
    assert [len(place.mails(desk)) for desk in place.carriers] == [1, 0, 0, 0]
    with pytest.raises(TenderNotOpen):
        place.cyd.carrier.bid(tender, fixed="1.00")
    assert place.world.wait(DAY).tenders == 0
    assert [event.kind for event in place.events() if event.kind is EventKind.BID_OPENED] == []
    with pytest.raises(TenderNotOpen):
        place.office.tenders.take_back(tender)


def test_a_call_is_not_taken_back_after_its_deadline() -> None:
    """At the deadline the bids are opened, whoever comes first; that stays done."""
    place, tender = called("5.00")
    place.world.clock.set(place.world.clock.now() + DAY)
    with pytest.raises(TenderNotOpen):
        place.office.tenders.take_back(tender)
    assert place.states(tender) == [(1, ASKED)]


@frozen
class Forgetful:
    """A judge of a user's own that leaves the last bid out."""

    def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
        """Rank all but one."""
        return [Ranked(bid.bid, "by arrival") for bid in bids[:-1]]


def test_a_judge_that_is_wrong_stops_nothing_else() -> None:
    """A tender that cannot be judged fails with a case for the manager, and housekeeping goes on."""
    place = calls(judges={"forgetful": Forgetful(), "lowest total": LowestTotal()})
    wrong, right = place.carriage(judge="forgetful"), place.carriage()
    place.fees(wrong, "1.00", "2.00")
    place.fees(right, "1.00", "2.00")
    place.world.wait(DAY)
    assert (place.tender(wrong).state, place.tender(right).state) == (TenderState.FAILED, TenderState.AWARDING)
    reasons = [case.reason for case in place.office.cases.open(CaseKind.TENDER)]
    assert [reason.split(":")[0] for reason in reasons] == [
        f"tender {wrong} could not be judged",
        f"tender {wrong} found no carrier for category goods, everywhere",
    ]
    assert place.place(wrong, place.ann).remark == "it could not be judged"


def test_a_judge_of_the_users_own() -> None:
    """A call names any judge of the policy, here one that weighs a quality that bidders state."""
    place = calls(judges={"vans": WeightedCriteria({"vans": 1})})
    tender = place.carriage(judge="vans")
    for desk, vans in zip(place.carriers, (2, 7, 5), strict=False):
        desk.carrier.bid(tender, fixed="1.00", qualities={"vans": vans})
    place.world.wait(DAY)
    assert [one.box for one in place.tender(tender).places] == [2, 3, 1]


def test_what_the_journal_tells() -> None:
    """Every change is an event in its order: called, bid upon, opened, judged, asked, answered, ended."""
    place, tender = called("5.00", "3.00")
    place.world.wait(DAY)
    place.bob.carrier.accept(tender)
    kinds = [event.kind for event in place.events() if event.kind.value.startswith(("tender", "bid", "service"))]
    assert kinds == [
        EventKind.TENDER_CALLED,
        EventKind.TENDER_CHANGED,
        EventKind.TENDER_CHANGED,
        EventKind.BID_OPENED,
        EventKind.BID_OPENED,
        EventKind.TENDER_JUDGED,
        EventKind.TENDER_CHANGED,
        EventKind.TENDER_CHANGED,
        EventKind.SERVICE_APPOINTED,
        EventKind.TENDER_CHANGED,
        EventKind.TENDER_ENDED,
    ]


def test_what_is_due_is_known() -> None:
    """The broker says when the next tender moves: when bids are over, and when an answer is."""
    place, tender = called("5.00")
    place.world.broker.run_due()
    start = place.world.clock.now()
    assert place.world.broker.next_due() == start + DAY
    place.world.wait(DAY)
    assert place.world.broker.next_due() == start + 2 * DAY
    place.ann.carrier.accept(tender)
    assert place.world.broker.next_due() is None


def test_tenders_by_pages() -> None:
    """The manager reads all tenders page by page, the newest first, and bidders theirs."""
    place = calls()
    numbers = [place.carriage() for _ in range(5)]
    for number in numbers:
        place.ann.carrier.bid(number, fixed="1.00")
    pages: list[tuple[Any, list[int]]] = []
    lists: list[tuple[Any, Any]] = [
        (place.office.tenders.page, lambda row: row.tender.number),
        (place.ann.carrier.bids, lambda view: view.tender),
        (place.bob.carrier.calls, lambda view: view.number),
    ]
    for page, number_of in lists:
        found, after = [], None
        while True:
            shown = page(size=2, after=after)
            found += [number_of(one) for one in shown]
            after = shown.next
            if after is None:
                break
        pages.append((page, found))
    assert [found for _, found in pages] == [numbers[::-1]] * 3
