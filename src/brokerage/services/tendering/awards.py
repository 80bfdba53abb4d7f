"""Tenders from the opening of their bids to the award: who is asked, who answers, who is next (spec N4, N7)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import evolve, frozen

from brokerage.errors import JudgeError, TenderNotOpen, WrongPrice
from brokerage.judging import Assessed, abnormally_low, ranking
from brokerage.money import Amount, Money, minor_units
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.cases import CaseKind
from brokerage.records.contractors import Trade
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.numbers import BoxNumber, OfferNumber, TenderNumber
from brokerage.records.tenders import Bid, Place, PlaceState, Tender, TenderState, move_tender
from brokerage.services.cases import Cases
from brokerage.services.guards import guard_members
from brokerage.services.inputs import later, whole_number
from brokerage.services.tendering.callers import Caller, Unsuitable
from brokerage.services.tendering.tenders import Tenders, may_bid, tender_of, why_not

__all__ = ["Awards", "question_to"]

_BATCH = 100


@frozen
class Awards:
    """Opens and judges bids, asks the first, and goes on to the next until the tender is over.

    Args:
        policy: the broker's choices.
        tenders: keeps calls and bids.
        cases: where the manager is told of a judge that failed.
    """

    policy: Policy
    tenders: Tenders
    cases: Cases

    @property
    def callers(self) -> Mapping[type, Caller]:
        """What is peculiar to each kind of thing that can be asked for."""
        return self.tenders.callers

    def due(self, tx: Transaction, number: TenderNumber, now: datetime) -> None:
        """Do what a tender's deadline asks for, if it has come: open and judge the bids, or go on to the next."""
        tender = tender_of(tx, number)
        if tender.deadline is None or now < tender.deadline:
            return
        place = tender.question
        if tender.state is TenderState.CALLED:
            self._open(tx, tender, now)
        elif place is not None:
            self._close(tx, tender, place, PlaceState.SILENT, Role.BROKER, now)
        self.advance(tx, number, now)

    def overdue(self, tx: Transaction, number: object, now: datetime) -> None:
        """Do what is due of a tender before a step on it; run it in a work of its own, so that it stays done.

        The question to whoever is asked is looked at anew as well: what it would come to may have changed. O(1) where
        nothing is due and nobody is asked; a number that no tender has is left to the step.
        """
        found = whole_number(number)
        tender = None if found is None else tx.tenders.get(TenderNumber(found))
        if tender is None:
            return
        self.due(tx, tender.number, now)
        tender = tender_of(tx, tender.number)
        place = tender.question
        if place is None:
            return
        assessed = self._as_of_now(tx, tender, _bid(tx, place), now)
        if isinstance(assessed, Unsuitable):
            self._close(tx, tender, place, PlaceState.PASSED_OVER, Role.BROKER, now, assessed.reason)
            self.advance(tx, tender.number, now)
        elif (new := _with_figures(place, assessed)) != place:
            self._put(tx, tender, tender.placed(new), Role.BROKER, now)

    def accept(
        self,
        tx: Transaction,
        box: BoxNumber,
        tender: Tender,
        now: datetime,
        price: Amount | Money | None = None,
    ) -> Tender:
        """Accept what the question says. :meth:`overdue` is run before, in a work of its own.

        Args:
            tx: the unit of work.
            box: whose answer it is.
            tender: one that he or she may bid in (:meth:`Tenders.for_bidder`).
            now: the present instant.
            price: the price that was shown; of services, where it cannot change, ``None`` will do.

        Raises:
            TenderNotOpen: the member is not asked, or not any more.
            WrongPrice: the price is not the one of the question.
            InvalidAmount: the price is no exact amount.
        """
        place = question_to(tender, box, now)
        bid = _bid(tx, place)
        guard_members(tx, [box])  # who leaves meanwhile takes what is open of it along: only one happens
        assessed = self._as_of_now(tx, tender, bid, now)
        if isinstance(assessed, Unsuitable):
            raise TenderNotOpen(tender.number, "answered", f"your bid does not suit any more: {assessed.reason}")
        is_known = price is None and tender.trade is not Trade.SELLER
        if assessed.price != place.price or not (is_known or _money(price, tender) == _money(place.price, tender)):
            raise WrongPrice(price)
        self._accept(tx, tender, _with_figures(place, assessed), bid, box, now)
        return self.advance(tx, tender.number, now)

    def decline(self, tx: Transaction, box: BoxNumber, tender: Tender, now: datetime) -> Tender:
        """Decline what the question says: the next is asked. :meth:`overdue` is run before, in a work of its own.

        Raises:
            TenderNotOpen: the member is not asked, or not any more.
        """
        place = question_to(tender, box, now)
        self._close(tx, tender, place, PlaceState.DECLINED, box, now)
        return self.advance(tx, tender.number, now)

    def fallen(self, tx: Transaction, number: TenderNumber, bid: OfferNumber, remark: str, now: datetime) -> Tender:
        """Say that nothing came of an accepted bid after all, and why: the next is asked."""
        tender = tender_of(tx, number)
        place = next(place for place in tender.places if place.bid == bid)
        self._close(tx, tender, place, PlaceState.PASSED_OVER, Role.BROKER, now, remark)
        return self.advance(tx, number, now)

    def advance(self, tx: Transaction, number: TenderNumber, now: datetime) -> Tender:
        """Ask the next whose bid still suits; where nobody is left and nothing is pending, the tender is over.

        While what came of an acceptance is undecided nobody is asked or passed over. O(places), and what it costs to
        look at those that are passed over.
        """
        while True:
            tender = tender_of(tx, number)
            caller = self.callers[type(tender.asked)]
            is_waiting = tender.question is not None or caller.is_pending(tx, tender)
            if tender.state is not TenderState.AWARDING or is_waiting:
                return tender
            tender, place = self._next(tx, tender, now)
            if place is None:
                return self._end(tx, tender, now)
            bid = _bid(tx, place)
            place = evolve(place, rate=caller.rate(tx, tender, bid))
            if tender.answer is None:
                self._accept(tx, tender, place, bid, Role.BROKER, now)
                continue
            until = later(now, tender.answer)
            deadline = until if bid.terms.valid_until is None else min(until, bid.terms.valid_until)
            asked = evolve(place, state=PlaceState.ASKED)
            new = self._put(tx, tender, tender.placed(asked, deadline=deadline), Role.BROKER, now)
            self.tenders.telling.selected(tx, new, now)
            return new

    def _next(self, tx: Transaction, tender: Tender, now: datetime) -> tuple[Tender, Place | None]:
        """Pass over the first places whose bids do not suit any more, all in one step; return the first that does."""
        places, found = list(tender.places), None
        for at, place in enumerate(tender.places):
            if place.state is PlaceState.WAITING:
                assessed = self._as_of_now(tx, tender, _bid(tx, place), now)
                if isinstance(assessed, Assessed):
                    found = _with_figures(place, assessed)
                    break
                places[at] = evolve(place, state=PlaceState.PASSED_OVER, remark=assessed.reason)
        new = tuple(places)
        if new != tender.places:
            tender = self._put(tx, tender, tender.changed(places=new), Role.BROKER, now)
        return tender, found

    def leave(self, tx: Transaction, box: BoxNumber, now: datetime, trade: Trade, *, by: Actor) -> None:
        """Take somebody out of the tenders of a trade: standing bids are withdrawn, a question counts as declined.

        O(own bids).
        """
        before: OfferNumber | None = None
        while bids := tx.bids.of_member(box, before, _BATCH):
            for bid in bids:
                tender = tender_of(tx, bid.tender)
                if tender.trade is not trade:
                    continue
                self.due(tx, tender.number, now)
                tender = tender_of(tx, bid.tender)
                place = tender.question
                if tender.state is TenderState.CALLED and not bid.withdrawn:
                    self.tenders.retract(tx, tender, bid, now)
                elif place is not None and place.bid == bid.number:
                    self._close(tx, tender, place, PlaceState.DECLINED, by, now)
                    self.advance(tx, tender.number, now)
            before = bids[-1].number

    def _open(self, tx: Transaction, tender: Tender, now: datetime) -> None:
        """Open the bids and let them be judged; every standing bid gets a place, with the reason for it."""
        bids = [bid for bid in tx.bids.of_tender(tender.number) if not bid.withdrawn]
        if tender.sealed:
            for bid in bids:
                tx.journal.append(Event(now, Role.BROKER, EventKind.BID_OPENED, bid))
        places = self._places(tx, tender, bids, now)
        if any(place.state is PlaceState.WAITING for place in places):
            new = move_tender(tender, TenderState.AWARDING, places=places, deadline=None, mailing=False)
            self._put(tx, tender, new, Role.BROKER, now, EventKind.TENDER_JUDGED)
        else:
            judged = tender.changed(places=places, deadline=None, mailing=False)
            self._end(tx, self._put(tx, tender, judged, Role.BROKER, now, EventKind.TENDER_JUDGED), now)

    def _places(self, tx: Transaction, tender: Tender, bids: Sequence[Bid], now: datetime) -> tuple[Place, ...]:
        caller, reasons = self.callers[type(tender.asked)], dict[OfferNumber, str]()
        able = []
        for bid in bids:
            refused = _refused(tx, tender, bid, now)
            if refused is None:
                able.append(bid)
            else:
                reasons[bid.number] = refused
        assessed: dict[OfferNumber, Assessed] = {}
        for found in caller.assess(tx, tender, able, now) if able else ():
            if isinstance(found, Assessed):
                assessed[found.bid] = found
            else:
                reasons[found.bid] = found.reason
        by_number = {bid.number: bid for bid in bids}
        places: list[Place] = []
        suitable = list(assessed.values())
        low = abnormally_low(suitable, self.policy.abnormally_low)
        try:
            judge = self.policy.judges.get(tender.judge)
            if judge is None:
                raise JudgeError(tender.judge, "nobody of that name")
            for ranked in ranking(tender.judge, judge, suitable):
                found, box = assessed[ranked.bid], by_number[ranked.bid].box
                figures = found.price, found.units, found.total
                places.append(
                    Place(len(places) + 1, ranked.bid, box, *figures, ranked.reason, is_low=ranked.bid in low)
                )
        except JudgeError as error:  # what else is due must not wait for a judge that is wrong
            self.cases.open(tx, now, CaseKind.TENDER, f"tender {tender.number} could not be judged: {error}")
            reasons |= dict.fromkeys(assessed, "it could not be judged")
        for bid in bids:
            if (reason := reasons.get(bid.number)) is not None:
                price, passed = bid.terms.tiers[0].price, PlaceState.PASSED_OVER
                words = f"does not suit: {reason}"
                place = Place(len(places) + 1, bid.number, bid.box, price, 0, 0, words, state=passed, remark=reason)
                places.append(place)
        return tuple(places)

    def _as_of_now(self, tx: Transaction, tender: Tender, bid: Bid, now: datetime) -> Assessed | Unsuitable:
        refused = _refused(tx, tender, bid, now)
        if refused is not None:
            return Unsuitable(bid.number, refused)
        return self.callers[type(tender.asked)].offer(tx, tender, bid, now)

    def _accept(self, tx: Transaction, tender: Tender, place: Place, bid: Bid, by: Actor, now: datetime) -> None:
        accepted = evolve(place, state=PlaceState.ACCEPTED)
        new = self._put(tx, tender, tender.placed(accepted, deadline=None), by, now)
        self.callers[type(tender.asked)].accepted(tx, new, accepted, bid, now)

    def _close(
        self,
        tx: Transaction,
        tender: Tender,
        place: Place,
        state: PlaceState,
        by: Actor,
        now: datetime,
        remark: str = "",
    ) -> None:
        """Give a place its end without an acceptance; the deadline was that of the question, if it was one."""
        deadline = None if place.state is PlaceState.ASKED else tender.deadline
        closed = evolve(place, state=state, remark=remark)
        self._put(tx, tender, tender.placed(closed, deadline=deadline), by, now)

    def _end(self, tx: Transaction, tender: Tender, now: datetime) -> Tender:
        accepted = sum(place.state is PlaceState.ACCEPTED for place in tender.places)
        target = TenderState.AWARDED if accepted else TenderState.FAILED
        new = move_tender(tender, target, deadline=None, outcome=_outcome(tender, accepted))
        self._put(tx, tender, new, Role.BROKER, now, EventKind.TENDER_ENDED)
        self.tenders.telling.ended(tx, new, now)
        self.callers[type(tender.asked)].ended(tx, new, now)
        return new

    def _put(
        self,
        tx: Transaction,
        tender: Tender,
        new: Tender,
        by: Actor,
        now: datetime,
        kind: EventKind = EventKind.TENDER_CHANGED,
    ) -> Tender:
        tx.tenders.replace(tender, new)
        tx.journal.append(Event(now, by, kind, new))
        return new


def question_to(tender: Tender, box: BoxNumber, now: datetime) -> Place:
    """Return the place of a bidder who is asked; raises ``TenderNotOpen`` for anybody else, or too late."""
    place = tender.question
    if place is None or place.box != box or tender.deadline is None or tender.deadline <= now:
        asked_later = tender.state in (TenderState.CALLED, TenderState.WITHDRAWN)
        why = why_not(tender, now) if asked_later else "you are not asked, or not any more: look at how your bid stands"
        raise TenderNotOpen(tender.number, "answered", why)
    return place


def _bid(tx: Transaction, place: Place) -> Bid:
    bid = tx.bids.get(place.bid)
    assert bid is not None
    return bid


def _refused(tx: Transaction, tender: Tender, bid: Bid, now: datetime) -> str | None:
    """Say why a bid does not suit, whatever is asked for."""
    if not may_bid(tx, bid.box, tender):
        return "its bidder has left"
    until = bid.terms.valid_until
    return "it is not valid any more" if until is not None and until <= now else None


def _with_figures(place: Place, assessed: Assessed) -> Place:
    return evolve(place, price=assessed.price, units=assessed.units, total=assessed.total)


def _money(price: Amount | Money | None, tender: Tender) -> Money:
    return price if isinstance(price, Money) else Money(minor_units(price, tender.currency, "price"), tender.currency)


def _outcome(tender: Tender, accepted: int) -> str:
    if accepted:
        return f"{accepted} of {len(tender.places)} bids accepted"
    return "nobody bid" if not tender.places else "none of the bids suited, or none of their bidders accepted"
