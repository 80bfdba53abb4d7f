"""Every way in which something falls out between a reservation and a deal, each as a short story.

Bob has reserved 3 lamps at 100.00 or less, and Cleo 5 at 92.00 or less. Ann offers them at 95.00, and from six on at
90.00; Eve asks 98.00. So Ann is asked first, to serve both, and Eve would serve Bob.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from attrs import mutable

from brokerage.judging import Assessed, Ranked
from brokerage.policy import Carriage, Policy
from brokerage.records.contractors import Trade
from brokerage.records.numbers import OrderNumber, TenderNumber
from builders import DAY, START, immediate
from orders_under_way import ANSWER, BIDDING, CONFIRMATION, DELIVERY, Fair, fair

__all__ = ["STORIES", "Story", "Told"]

RELEASE = timedelta(days=60)
VAN = Carriage("Van", "account of Van", {"USD": "5.00"})


@mutable
class Told:
    """How a story went: who came, in which tender, and which order Ann had."""

    fair: Fair
    tender: TenderNumber | None = None
    order: OrderNumber | None = None


Story = Callable[[], Told]
STORIES: dict[str, Story] = {}
"""Every story by its name, which is the first cell of its row in the documents."""


class ByAddress:
    """A zone is the first letter of an address."""

    def zone(self, address: str) -> str:
        """Return the letter."""
        return address[0]


class Failing:
    """A judge that fails."""

    def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
        """Fail."""
        raise ValueError


def story_called(name: str) -> Callable[[Story], Story]:
    """Keep a story under its name."""

    def keep(story: Story) -> Story:
        STORIES[name] = story
        return story

    return keep


def reserved(policy: Policy | None = None, wanted_by: date | None = None) -> Fair:
    """Bob and Cleo have reserved; Ann and Eve are there."""
    found = fair(policy, bob=(3, "100.00"))
    found.reserve("cleo", 5, "92.00", wanted_by)
    found.desk("ann")
    found.desk("eve")
    return found


def called(found: Fair | None = None, judge: str = "lowest price") -> Told:
    """The manager has called for bids."""
    found = reserved() if found is None else found
    return Told(found, found.call(judge=judge))


def bid(told: Told | None = None, *, valid_for: timedelta | None = None, delivery: date = DELIVERY) -> Told:
    """Ann and Eve have bid."""
    told = called() if told is None else told
    until = None if valid_for is None else told.fair.world.clock.now() + valid_for
    assert told.tender is not None
    tiers = {1: "95.00", 6: "90.00"}
    told.fair.desk("ann").seller.bid(told.tender, tiers=tiers, delivery=delivery, valid_until=until)
    told.fair.bid("eve", told.tender, {1: "98.00"})
    return told


def judged(told: Told | None = None) -> Told:
    """Ann is asked, of those who have bid."""
    told = bid() if told is None else told
    told.fair.world.wait(BIDDING)
    return told


def ordered(told: Told | None = None) -> Told:
    """Ann has accepted: there is an order."""
    told = judged(told)
    assert told.tender is not None
    told.order = told.fair.accept("ann", told.tender).number
    return told


def confirmed() -> Told:
    """Bob and Cleo have confirmed, and Ann is asked for the last word."""
    told = ordered()
    told.fair.confirm("bob", "cleo")
    return told


# items and reservations (N1, N2)


@story_called("the item is withdrawn")
def _() -> Told:
    told = bid()
    told.fair.world.broker.office.items.withdraw(told.fair.item)
    told.fair.world.wait(DAY)
    return told


@story_called("the item is withdrawn, and its order falls")
def _() -> Told:
    told = confirmed()
    told.fair.world.broker.office.items.withdraw(told.fair.item)
    told.fair.desk("ann").seller.decline_order(the_order(told))
    told.fair.world.wait(DAY)
    return told


@story_called("the item comes on the market, and nobody was called")
def _() -> Told:
    told = Told(reserved())
    told.fair.world.wait(RELEASE)
    return told


@story_called("the item comes on the market while a tender is under way that comes to nothing")
def _() -> Told:
    told = Told(reserved())
    told.fair.world.wait(RELEASE - DAY)
    told.tender = told.fair.call()
    told.fair.world.wait(BIDDING)
    told.fair.world.broker.run_due()
    return told


@story_called("a reservation's last day is over")
def _() -> Told:
    told = Told(reserved(wanted_by=START.date() + timedelta(days=10)))
    told.fair.world.wait(11 * DAY)
    return told


# the tender (N3, N4, N7)


@story_called("nobody bids")
def _() -> Told:
    told = called()
    told.fair.world.wait(BIDDING)
    return told


@story_called("no bid suits")
def _() -> Told:
    told = called()
    assert told.tender is not None
    told.fair.bid("ann", told.tender, {1: "101.00"})
    told.fair.world.wait(BIDDING)
    return told


@story_called("the call is taken back")
def _() -> Told:
    told = bid()
    assert told.tender is not None
    told.fair.world.broker.office.tenders.take_back(told.tender)
    told.fair.world.broker.run_due()
    return told


@story_called("a judge of the broker's own fails")
def _() -> Told:
    found = reserved(immediate(judges={"mine": Failing()}))
    return judged(bid(called(found, "mine")))


@story_called("the selected seller declines")
def _() -> Told:
    told = judged()
    assert told.tender is not None
    told.fair.desk("ann").seller.decline(told.tender)
    told.fair.world.broker.run_due()
    return told


@story_called("the selected seller does not answer")
def _() -> Told:
    told = judged()
    told.fair.world.wait(ANSWER)
    return told


@story_called("the bid is valid for a shorter time than its bidder has to answer")
def _() -> Told:
    told = judged(bid(valid_for=BIDDING + DAY))
    told.fair.world.wait(DAY)
    return told


@story_called("the selected seller leaves")
def _() -> Told:
    told = judged()
    leave(told.fair, "ann")
    return told


@story_called("too little is wanted any more when the seller is to accept")
def _() -> Told:
    told = judged()
    told.fair.desk("bob").buyer.cancel(told.fair.reserved["bob"])
    assert told.tender is not None
    told.fair.world.broker.office.tenders.show(told.tender)
    told.fair.world.wait(ANSWER)
    return told


# carriers and payment providers (N6)


@story_called("no carrier answers, and there is a standing carrier")
def _() -> Told:
    told = with_services(Trade.CARRIER, immediate(carriage=VAN))
    told.fair.world.wait(DAY)
    return told


@story_called("no payment provider answers")
def _() -> Told:
    told = with_services(Trade.PROVIDER)
    told.fair.world.wait(DAY)
    return told


@story_called("nobody carries to one zone, and the price needs all")
def _() -> Told:
    told = with_services(Trade.CARRIER, immediate(zoning=ByAddress()))
    max_ = told.fair.desk("max").carrier
    [call] = (call for call in max_.calls() if call.zone == "b")
    max_.bid(call.number, fixed="4.00")
    told.fair.world.wait(DAY)
    return told


# confirmations (N5)


@story_called("a buyer declines, and too few are left")
def _() -> Told:
    told = ordered()
    told.fair.confirm("bob")
    told.fair.decline("cleo")
    return told


@story_called("a buyer declines, and enough are left")
def _() -> Told:
    told = called()
    assert told.tender is not None
    told.fair.bid("ann", told.tender, {1: "90.00"})
    told.fair.world.wait(BIDDING)
    told.order = told.fair.accept("ann", told.tender).number
    told.fair.confirm("bob")
    told.fair.decline("cleo")
    return told


@story_called("a buyer does not answer, and too few are left")
def _() -> Told:
    told = ordered()
    told.fair.confirm("bob")
    told.fair.world.wait(CONFIRMATION)
    return told


@story_called("no buyer answers")
def _() -> Told:
    told = ordered()
    told.fair.world.wait(CONFIRMATION)
    return told


@story_called("the seller declines in the end")
def _() -> Told:
    told = confirmed()
    told.fair.desk("ann").seller.decline_order(the_order(told))
    return told


@story_called("the seller does not answer in the end")
def _() -> Told:
    told = confirmed()
    told.fair.world.wait(CONFIRMATION)
    return told


@story_called("the day of delivery is over before all have confirmed")
def _() -> Told:
    delivery = START.date() + BIDDING + DAY
    told = ordered(bid(delivery=delivery))
    told.fair.confirm("bob")
    told.fair.world.wait(2 * DAY)
    return told


@story_called("the seller leaves while buyers are asked")
def _() -> Told:
    told = ordered()
    leave(told.fair, "ann")
    return told


@story_called("a buyer leaves who was asked")
def _() -> Told:
    told = ordered()
    leave(told.fair, "cleo")
    return told


@story_called("a buyer does not pay")
def _() -> Told:
    told = confirmed()
    told.fair.desk("ann").seller.confirm_order(the_order(told))
    told.fair.pay("bob")
    told.fair.world.wait(7 * DAY)
    return told


def the_order(told: Told) -> OrderNumber:
    """Return the number of Ann's order."""
    assert told.order is not None
    return told.order


def with_services(trade: Trade, policy: Policy | None = None) -> Told:
    """Max is registered for a trade, and Ann has accepted."""
    found = reserved(policy)
    found.world.broker.office.contractors.register(found.desk("max").number, trade)
    return ordered(bid(called(found)))


def leave(found: Fair, name: str) -> None:
    """Let somebody leave."""
    office = found.world.broker.office
    office.members.add_reason("moved", "Moved away")
    found.desk(name).account.withdraw("moved")
    found.world.broker.run_due()
