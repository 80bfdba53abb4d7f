"""Tenders until their bids are opened: calls, and bids made, amended and withdrawn (spec N3, N6, N7)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import frozen

from brokerage.errors import (
    InvalidChoice,
    InvalidTime,
    LimitReached,
    NotRegistered,
    TenderNotOpen,
    UnknownMember,
    UnknownTender,
)
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.contractors import Trade
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.numbers import Arrival, BoxNumber, OfferNumber, TenderNumber
from brokerage.records.tenders import Asked, Bid, ItemSupply, Tender, TenderState, move_tender
from brokerage.services.inputs import (
    OFFICE,
    aware_time,
    choice,
    each,
    later,
    remember_request,
    repeated_request,
    whole_number,
)
from brokerage.services.tendering.callers import Caller
from brokerage.services.tendering.telling import Telling
from brokerage.services.tendering.terms import BidRequest, checked_terms

__all__ = ["Tenders", "may_bid", "tender_of", "why_not"]

_WITHDRAWN_FROM = "withdrawn from"


def may_bid(tx: Transaction, box: BoxNumber, tender: Tender) -> bool:
    """Say whether somebody may bid: a member who is invited where some are, and of the trade. O(invited)."""
    if tender.invited and box not in tender.invited:
        return False
    if tender.trade is Trade.SELLER:
        return tx.members.get(box) is not None
    return tx.contractors.get((box, tender.trade)) is not None


def tender_of(tx: Transaction, number: object) -> Tender:
    """Return a tender, for the manager; raises ``UnknownTender`` if there is none."""
    found = whole_number(number)
    tender = None if found is None else tx.tenders.get(TenderNumber(found))
    if tender is None:
        raise UnknownTender(number)
    return tender


def why_not(tender: Tender, now: datetime) -> str:
    """Say until when bids can be made, or could be, to whoever takes a step at another time."""
    if tender.state is TenderState.WITHDRAWN:
        return "the call was taken back"
    until = f"{tender.bids_until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if _takes_bids(tender, now):
        return f"bids can be made until {until}, and nobody is asked before"
    return f"the time for bids was over at {until}"


@frozen
class Tenders:
    """Keeps calls, and the bids on them until they are opened.

    Every bid replaces its tender too: so one that races with the opening cannot slip in behind it.

    Args:
        policy: the broker's choices.
        callers: for each class of things that can be asked, what is peculiar to it.
        telling: mails bidders.
    """

    policy: Policy
    callers: Mapping[type, Caller]
    telling: Telling

    def call(
        self,
        tx: Transaction,
        asked: Asked,
        bids_until: object,
        now: datetime,
        *,
        invited: Iterable[BoxNumber] | None = None,
        sealed: bool = True,
        judge: str = "lowest price",
        answer: timedelta | None = None,
        by: Actor = Role.OFFICE,
        request_id: str | None = None,
    ) -> Tender:
        """Call for bids. O(invited).

        Args:
            tx: the unit of work.
            asked: what is asked for.
            bids_until: the instant from which on nobody bids any more; aware, later than now.
            now: the present instant.
            invited: the boxes that may bid, at most the policy's largest page; ``None``: everybody of the trade.
            sealed: whether the manager, too, sees no bid before ``bids_until``.
            judge: the name of one of the policy's judges.
            answer: how long whoever is asked has to accept; ``None``, for services: bids bind, and the best is
                appointed at once.
            by: who calls.
            request_id: repeated with the same arguments it returns the same tender again (spec S5).

        Raises:
            InvalidTime: ``bids_until`` is no instant, is past, or is further away than the policy's longest life.
            InvalidChoice: another argument is none of what it can be.
            LimitReached: too many are invited.
            UnknownMember: nobody has one of the boxes.
            NotRegistered: one of the boxes is not registered for the trade.
            RequestReused: the request id came before with another call.
            BrokerageError: the caller refuses what is asked.
        """
        until = aware_time(bids_until, "bids_until")
        binds = not isinstance(asked, ItemSupply)  # a seller has the broker's terms to accept
        trade = Trade.SELLER if isinstance(asked, ItemSupply) else asked.trade
        chosen = () if invited is None else self._boxes(each(invited, "invited"))
        choice(sealed, "sealed", bool)
        arguments = asked, until, chosen, sealed, judge, answer
        whose = by if isinstance(by, int) else OFFICE
        repeated = repeated_request(tx, whose, request_id, "call", arguments)
        if repeated is not None:
            return tender_of(tx, repeated[0])
        _check_invited(tx, chosen, trade)
        longest = None if by is Role.BROKER else self.policy.longest_life  # the broker's own calls are the policy's
        if until <= now:
            raise InvalidTime("bids_until", bids_until, f"an instant after {now.isoformat()}", "choose a later one")
        if longest is not None and until > later(now, longest):
            limit = f"at most {longest.days} days from now"
            raise InvalidTime("bids_until", bids_until, limit, "choose an earlier one")
        if not isinstance(judge, str) or judge not in self.policy.judges:
            names = ", ".join(sorted(self.policy.judges))
            raise InvalidChoice("judge", judge, f"one of the policy's judges: {names}", "choose one of them")
        if not (isinstance(answer, timedelta) and answer > timedelta(0)) and not (answer is None and binds):
            raise InvalidChoice("answer", answer, "a timedelta above zero", "choose a longer one")
        currency = self.callers[type(asked)].check(tx, asked, now)  # the last refusal: from here on a number is taken
        tender = Tender(
            number=TenderNumber(tx.numbers.next(Series.TENDER)),
            asked=asked,
            trade=trade,
            currency=currency,
            called_at=now,
            bids_until=until,
            invited=chosen,
            sealed=sealed,
            judge=judge,
            answer=answer,
            deadline=until,
            mailing=True,
        )
        tx.tenders.add(tender)
        tx.journal.append(Event(now, by, EventKind.TENDER_CALLED, tender))
        remember_request(tx, whose, request_id, "call", arguments, tender.number)
        return tender

    def take_back(self, tx: Transaction, number: object, now: datetime, by: Actor = Role.OFFICE) -> Tender:
        """Take a call back while bids can be made. What its deadline asks for is done before, in a work of its own.

        Raises:
            UnknownTender: there is no such tender.
            TenderNotOpen: the time for bids is over, or the call was taken back before.
        """
        tender = tender_of(tx, number)
        if not _takes_bids(tender, now):
            raise TenderNotOpen(number, "taken back", why_not(tender, now))
        new = move_tender(
            tender, TenderState.WITHDRAWN, deadline=None, mailing=False, outcome="the call was taken back"
        )
        tx.tenders.replace(tender, new)
        tx.journal.append(Event(now, by, EventKind.TENDER_ENDED, new))
        self.telling.ended(tx, new, now)
        self.callers[type(tender.asked)].ended(tx, new, now)
        return new

    def for_bidder(self, tx: Transaction, box: BoxNumber, trade: Trade, number: object) -> Tender:
        """Return a tender that somebody may bid in.

        Raises:
            UnknownTender: there is none, it is of another trade, or he or she is not invited or not registered: all
                the same, so that nobody learns which tenders there are.
        """
        found = whole_number(number)
        tender = None if found is None else tx.tenders.get(TenderNumber(found))
        if tender is None or tender.trade is not trade or not may_bid(tx, box, tender):
            raise UnknownTender(number)
        return tender

    def bid(
        self,
        tx: Transaction,
        box: BoxNumber,
        trade: Trade,
        number: object,
        request: BidRequest,
        now: datetime,
        request_id: str | None = None,
    ) -> Bid:
        """Make a bid, or amend the one that the bidder has; one that was withdrawn stands again. O(log n).

        An amendment takes a new arrival: of equal bids the earlier wins. Where a bid of the same terms stands, nothing
        changes. What the tender's deadline asks for is done
        before, in a work of its own.

        Args:
            tx: the unit of work.
            box: the bidder's.
            trade: as what he or she bids.
            number: of the tender.
            request: what is offered.
            now: the present instant.
            request_id: repeated with the same arguments it returns the same bid again (spec S5).

        Raises:
            UnknownTender: nobody of that trade and box may bid in such a tender.
            TenderNotOpen: the time for bids is over, or the call was taken back.
            InvalidInput: the request is not acceptable; the error names the field.
            LimitReached: it has too many tiers or qualities.
            RequestReused: the request id came before with another bid.
        """
        tender = self.for_bidder(tx, box, trade, number)
        repeated = repeated_request(tx, box, request_id, "bid", (tender.number, request))
        if repeated is not None:
            made = tx.bids.get(OfferNumber(repeated[0]))
            assert made is not None
            return made
        if not _takes_bids(tender, now):
            raise TenderNotOpen(number, "bid on", why_not(tender, now))
        terms = checked_terms(request, tender, self.policy, now)
        self.callers[type(tender.asked)].check_terms(tx, tender, terms)
        old, member, activity = tx.bids.of_bidder(tender.number, box), tx.members.get(box), tx.activities.get(box)
        if member is None or activity is None:
            raise UnknownTender(number)
        if old is not None and old.terms == terms and not old.withdrawn:
            remember_request(tx, box, request_id, "bid", (tender.number, request), old.number)
            return old
        arrival = Arrival(tx.numbers.next(Series.ARRIVAL))
        if old is None:
            offer = OfferNumber(tx.numbers.next(Series.OFFER))
            bid = Bid(offer, tender.number, box, member.person, terms, now, arrival)
            tx.bids.add(bid)
        else:
            bid = old.changed(terms=terms, made_at=now, arrival=arrival, withdrawn=False)
            tx.bids.replace(old, bid)
        tx.activities.replace(activity, activity.changed())  # who leaves meanwhile takes it away: only one happens
        self._note(tx, tender, bid, now)
        remember_request(tx, box, request_id, "bid", (tender.number, request), bid.number)
        return bid

    def withdraw(self, tx: Transaction, box: BoxNumber, trade: Trade, number: object, now: datetime) -> Bid:
        """Take the bidder's bid in a tender back; it can be made again while there is time.

        What the tender's deadline asks for is done before, in a work of its own.

        Raises:
            UnknownTender: nobody of that trade and box may bid in such a tender.
            TenderNotOpen: the time for bids is over, or no bid of the bidder stands there.
        """
        tender = self.for_bidder(tx, box, trade, number)
        bid = tx.bids.of_bidder(tender.number, box)
        if not _takes_bids(tender, now):
            raise TenderNotOpen(number, _WITHDRAWN_FROM, why_not(tender, now))
        if bid is None or bid.withdrawn:
            raise TenderNotOpen(number, _WITHDRAWN_FROM, "no bid of yours stands there")
        return self.retract(tx, tender, bid, now)

    def retract(self, tx: Transaction, tender: Tender, bid: Bid, now: datetime) -> Bid:
        """Take a standing bid out of a tender whose bids are not opened, whoever wants it."""
        new = bid.changed(withdrawn=True)
        tx.bids.replace(bid, new)
        self._note(tx, tender, new, now)
        return new

    def _note(self, tx: Transaction, tender: Tender, bid: Bid, now: datetime) -> None:
        """Count a bid, and write it down as openly as the call says: of a sealed one not even whose it is."""
        new = tender.changed(bids=tender.bids + 1)
        tx.tenders.replace(tender, new)
        tx.journal.append(Event(now, Role.BROKER if tender.sealed else bid.box, EventKind.TENDER_CHANGED, new))
        if not tender.sealed:
            tx.journal.append(Event(now, bid.box, EventKind.BID_OPENED, bid))

    def _boxes(self, given: tuple[Any, ...]) -> tuple[BoxNumber, ...]:
        """Return who is invited, each once, by box; whether there is anybody is not looked at."""
        if not given:
            raise InvalidChoice("invited", given, "at least one box", "leave it out to call everybody")
        if len(given) > self.policy.largest_page:
            limit = f"at most {self.policy.largest_page} boxes"
            raise LimitReached("invited", len(given), limit, "invite fewer, or leave it out to call everybody")
        boxes: set[BoxNumber] = set()
        for box in given:
            found = whole_number(box)
            if found is None:
                raise UnknownMember(box, "invited")
            boxes.add(BoxNumber(found))
        return tuple(sorted(boxes))


def _check_invited(tx: Transaction, boxes: tuple[BoxNumber, ...], trade: Trade) -> None:
    """Refuse boxes that are nobody's, or of somebody who is not registered for the trade."""
    for box in boxes:
        if tx.members.get(box) is None:
            raise UnknownMember(box, "invited")
        if trade is not Trade.SELLER and tx.contractors.get((box, trade)) is None:
            raise NotRegistered(trade.value, "invited", box)


def _takes_bids(tender: Tender, now: datetime) -> bool:
    return tender.state is TenderState.CALLED and now < tender.bids_until
