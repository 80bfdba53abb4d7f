"""Who sees which bid: of a sealed call nobody before its deadline, of other bidders' nobody ever (N7, B3, V3)."""

from typing import Any

import attrs
import pytest

from brokerage import MemberDesk
from brokerage.errors import BrokerageError
from brokerage.records.events import EventKind, Role
from brokerage.records.numbers import TenderNumber
from brokerage.records.tenders import Bid, Tender
from brokerage.services.tendering.files import TenderFile, TenderRow
from builders import DAY, World
from called_tenders import Calls, calls

CANARY = "7771.13"


def everything(place: Calls, tender: TenderNumber) -> str:
    """Return all that the manager can be shown of a tender, as text."""
    office = place.office
    shown = [office.tenders.show(tender), office.tenders.page(), office.cases.open(), office.tenders.show(tender)]
    tables = [one.table().html() for one in shown]
    return " ".join([*map(repr, [*shown, place.office.events(size=1000)]), *tables, attrs.asdict(shown[0]).__repr__()])


def test_what_the_manager_sees_of_a_sealed_tender_has_no_place_for_bids() -> None:
    """The class that is shown before the opening, and the tender in it, have no field that a bid could stand in."""
    assert [one.name for one in attrs.fields(TenderRow)] == ["tender", "what", "category"]
    kinds = {one.name: one.type for one in attrs.fields(Tender)}
    assert kinds["bids"] is int
    assert not any("Bid" in str(kind) for kind in kinds.values())


def test_a_sealed_bid_is_seen_by_nobody_before_the_deadline() -> None:
    """Until the deadline neither the office nor the journal knows a bid or its bidder; then both know all of it."""
    place = calls()
    tender = place.carriage()
    place.bob.carrier.bid(tender, fixed=CANARY)
    place.bob.carrier.bid(tender, fixed=CANARY, qualities={"canary": 5})
    place.world.clock.set(place.world.clock.now() + DAY - DAY / 10**9)
    assert isinstance(place.office.tenders.show(tender), TenderRow)
    seen = everything(place, tender)
    assert not any(word in seen for word in (CANARY, "777113", "canary"))
    about = [event for event in place.events() if isinstance(event.fact, Tender | Bid)]
    assert [(event.kind, event.by) for event in about] == [
        (EventKind.TENDER_CALLED, Role.OFFICE),
        (EventKind.TENDER_CHANGED, Role.BROKER),
        (EventKind.TENDER_CHANGED, Role.BROKER),
    ]
    assert place.tender(tender).bids == 2
    place.world.wait(DAY / 10**9)
    file = place.office.tenders.show(tender)
    assert isinstance(file, TenderFile)
    assert [bid.box for bid in file.bids] == [place.bob.number]
    assert "777113" in everything(place, tender)
    [opened] = [event.fact for event in place.events() if event.kind is EventKind.BID_OPENED]
    assert opened == place.bid(tender, place.bob)


def test_what_may_not_be_seen_yet_is_empty() -> None:
    """Sealed, taken back or opened, ranking and bids of what is shown can be read: there are none until they may be."""
    place = calls()
    sealed, back = place.carriage(), place.carriage()
    place.fees(sealed, "5.00", "6.00")
    place.fees(back, "5.00")
    place.office.tenders.take_back(back)
    shown = [place.office.tenders.show(number) for number in (sealed, back)]
    shown += list(place.office.tenders.page())
    assert [(one.places, one.bids) for one in shown] == [((), ())] * 4
    place.world.wait(DAY)
    file = place.office.tenders.show(sealed)
    assert (len(file.places), len(file.bids)) == (2, 2)
    assert place.office.tenders.page()[1].places == file.places


def test_the_deadline_opens_bids_whoever_looks_first() -> None:
    """Without a sweep the manager who looks at the deadline finds the bids opened and judged."""
    place = calls()
    tender = place.carriage()
    place.bob.carrier.bid(tender, fixed=CANARY)
    place.world.clock.set(place.world.clock.now() + DAY)
    assert isinstance(place.office.tenders.show(tender), TenderFile)
    assert len(place.office.tenders.show(tender).places) == 1


def test_of_a_sealed_call_that_was_taken_back_no_bid_is_ever_shown() -> None:
    """Taken back before its deadline, a sealed tender keeps its bids shut, and a withdrawn bid stays shut as well."""
    place = calls()
    back, kept = place.carriage(), place.carriage()
    place.bob.carrier.bid(back, fixed=CANARY)
    place.bob.carrier.bid(kept, fixed=CANARY)
    place.bob.carrier.withdraw_bid(kept)
    place.office.tenders.take_back(back)
    place.world.wait(DAY)
    assert isinstance(place.office.tenders.show(back), TenderRow)
    assert not any(word in everything(place, number) for number in (back, kept) for word in (CANARY, "777113"))


def test_an_unsealed_bid_is_seen_by_the_manager_at_once() -> None:
    """Where the call says so the manager sees each bid, its amendments and its end at once; other bidders do not."""
    place = calls()
    tender = place.carriage(sealed=False)
    place.fees(tender, "5.00", CANARY, "4.00")
    place.ann.carrier.bid(tender, fixed="6.00")
    place.cyd.carrier.withdraw_bid(tender)
    file = place.office.tenders.show(tender)
    assert isinstance(file, TenderFile)
    assert [row[2:4] for row in file.table().rows] == [(2, 2), (1, 1)]
    assert [bid.terms.fixed for bid in file.bids] == [777113, 600]
    opened = [event.by for event in place.events() if event.kind is EventKind.BID_OPENED]
    assert opened == [1, 2, 3, 1, 3]
    assert CANARY not in shown_to(place, tender, place.ann)
    place.world.wait(DAY)
    assert len([event for event in place.events() if event.kind is EventKind.BID_OPENED]) == 5


def refusals(desk: MemberDesk, tender: TenderNumber) -> list[str]:
    """Return what every step of a bidder's is refused with, or gives, where it changes nothing."""
    found = []
    steps: list[Any] = [desk.carrier.question, desk.seller.question, desk.provider.call, desk.carrier.call]
    for step in steps:
        try:
            found.append(repr(step(tender)))
        except BrokerageError as error:
            found.append(f"{type(error).__name__} {error} {error.args}")
    return found


def shown_to(place: Calls, tender: TenderNumber, desk: MemberDesk) -> str:
    """Return all that a member can be shown of tenders, as text: views in each form, mails, and refusals."""
    pages: list[Any] = [desk.carrier.calls(), desk.carrier.bids(), desk.carrier.appointments(), desk.box()]
    texts = [one.text() if hasattr(one, "text") else repr(one) + one.table().html() for one in pages]
    mails = [(mail.subject, mail.body) for mail in place.world.mailbox.sent if mail.box == desk.number]
    return repr((texts, [repr(one) for page in pages[:3] for one in page], mails, refusals(desk, tender)))


def life(others: list[dict[str, Any]], answer: Any) -> list[str]:
    """Live through a tender in which Ann bids 5.00, and return what she sees at each stage."""
    place = calls()
    tender = place.carriage(answer=answer)
    seen = []
    place.ann.carrier.bid(tender, fixed="5.00")
    for desk, terms in zip((place.bob, place.cyd, place.dan), others, strict=True):
        desk.carrier.bid(tender, **terms)
    place.world.broker.run_due()
    seen.append(shown_to(place, tender, place.ann))
    place.world.wait(DAY)
    seen.append(shown_to(place, tender, place.ann))
    if answer is not None:
        place.bob.carrier.decline(tender)
        seen.append(shown_to(place, tender, place.ann))
        place.ann.carrier.accept(tender)
    seen.append(shown_to(place, tender, place.ann))
    return seen


@pytest.mark.parametrize("answer", [DAY, None])
def test_a_bidder_sees_nothing_of_the_others(answer: Any) -> None:
    """Whatever others bid, as long as the own rank is the same, everything that is shown to a bidder is the same."""
    one = life([{"fixed": "4.00"}, {"fixed": "6.00"}, {"fixed": "7.00"}], answer)
    other = life(
        [{"each": "1.11", "rate": "0.02", "qualities": {"vans": 3}}, {"fixed": "777.00"}, {"rate": "0.9"}], answer
    )
    assert one == other


def test_a_bidder_does_not_learn_whether_others_bid() -> None:
    """Before the deadline a bidder's views, mails and refusals are the same whether others bid or not."""
    seen = []
    for is_alone in (True, False):
        place = calls()
        tender = place.carriage()
        place.ann.carrier.bid(tender, fixed="5.00")
        if not is_alone:
            place.bob.carrier.bid(tender, fixed="1.00")
        place.world.broker.run_due()
        seen.append(shown_to(place, tender, place.ann))
    assert seen[0] == seen[1]


def test_who_is_not_invited_learns_of_no_tender() -> None:
    """To whoever may not bid, a tender looks like none at all: same lists, same refusals, no mail."""
    seen = []
    for is_called in (True, False):
        place = calls()
        tender = place.carriage(invited=[place.bob.number]) if is_called else TenderNumber(1)
        if is_called:
            place.bob.carrier.bid(tender, fixed="5.00")
        place.world.broker.run_due()
        seen.append(shown_to(place, tender, place.ann))
    assert seen[0] == seen[1]


def test_no_view_of_the_world_is_too_wide() -> None:
    """The mails of a whole tender hold no other bidder's figures."""
    place = calls()
    tender = place.carriage()
    place.fees(tender, "5.00", CANARY)
    place.world.wait(DAY)
    place.ann.carrier.accept(tender)
    world: World = place.world
    others = [mail for mail in world.mailbox.sent if mail.box != place.bob.number]
    assert others
    assert not any(word in mail.subject + mail.body for mail in others for word in (CANARY, "777113"))
