"""Tenders for standing terms: who carries, or settles, the deals of a category in a zone for a time (spec N6)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from attrs import evolve, frozen

from brokerage.errors import InvalidChoice, InvalidTime, UnknownCategory
from brokerage.judging import Assessed
from brokerage.money import MAX_AMOUNT, minor_units
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.cases import CaseKind
from brokerage.records.categories import category_key
from brokerage.records.contractors import Service, StandingTerms, Trade, zone_words
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.numbers import BoxNumber
from brokerage.records.tenders import (
    Asked,
    Bid,
    BidTerms,
    Place,
    PlaceState,
    StandingService,
    Tender,
    TenderState,
)
from brokerage.records.versions import next_version
from brokerage.services.cases import Cases
from brokerage.services.inputs import aware_time, choice, text
from brokerage.services.settlement.charging import fee_of
from brokerage.services.tendering.callers import TOO_COSTLY, Unsuitable

__all__ = ["StandingServices", "service_of"]


def service_of(bid: Bid) -> Service:
    """Return what a carrier or a payment provider is paid if its bid wins."""
    return Service(bid.box, bid.terms.fixed, bid.terms.tiers[0].price, bid.terms.rate)


@frozen
class StandingServices:
    """What is peculiar to tenders for standing terms. Buyers see the fee beside the price before they decide.

    Args:
        policy: the broker's choices.
        cases: where the manager is told that nobody was found.
    """

    policy: Policy
    cases: Cases

    def asked(
        self,
        tx: Transaction,
        trade: object,
        category: object,
        zone: object,
        currency: str,
        times: tuple[object, object, object],
        amount: object,
    ) -> StandingService:
        """Return what a call would ask for, from what the manager gives, or refuse it.

        ``times`` are those until which bids can be made, from which on the terms would hold (``None``: from then on),
        and when they would end.

        Raises:
            InvalidChoice: the trade is none.
            UnknownCategory: no open category has that code.
            InvalidText: a text is none, or too long.
            InvalidTime: a time is no instant, or the terms would end before they begin.
            UnknownCurrency: the currency is not known.
            InvalidAmount: the amount is no exact amount.
        """
        choice(trade, "trade", Trade)
        assert isinstance(trade, Trade)
        code = text(category, "category", self.policy.name_length)
        found = tx.categories.get(category_key(code))
        if found is None or not found.is_open:
            raise UnknownCategory("category", category, "the code of an open category", "look at the list of them")
        units = minor_units(amount, currency, "amount")
        place = text(zone, "zone", self.policy.name_length, may_be_empty=True)
        bids_until, since, until = times
        closing, end = aware_time(bids_until, "bids_until"), aware_time(until, "until")
        begin = closing if since is None else aware_time(since, "since")
        return StandingService(trade, found.code, place, currency, begin, end, units)

    def check(self, tx: Transaction, asked: Asked, now: datetime) -> str:
        """Return the currency; refuses sellers, and a time that is over or none."""
        assert isinstance(asked, StandingService)
        if asked.trade is Trade.SELLER:
            raise InvalidChoice("trade", asked.trade, "carriers or payment providers", "call sellers for an item")
        if asked.until <= max(asked.since, now):
            limit = f"an instant after {max(asked.since, now).isoformat()}"
            raise InvalidTime("until", asked.until, limit, "choose a later one")
        return asked.currency

    def check_terms(self, tx: Transaction, tender: Tender, terms: BidTerms) -> None:
        """Refuse nothing: every fee will do."""

    def assess(
        self, tx: Transaction, tender: Tender, bids: Sequence[Bid], now: datetime
    ) -> Sequence[Assessed | Unsuitable]:
        """Show of each bid what it comes to on a usual deal."""
        return [self.offer(tx, tender, bid, now) for bid in bids]

    def offer(self, tx: Transaction, tender: Tender, bid: Bid, now: datetime) -> Assessed | Unsuitable:
        """Say the same of one bid, unless somebody is appointed already or the time is over."""
        asked = tender.asked
        assert isinstance(asked, StandingService)
        if any(place.state is PlaceState.ACCEPTED for place in tender.places):
            return Unsuitable(bid.number, "somebody else is appointed")
        if asked.until <= now:
            return Unsuitable(bid.number, "the time that it is for is over")
        fee = fee_of(service_of(bid), 1, asked.amount, self.policy.rounding)
        if fee > MAX_AMOUNT:
            return Unsuitable(bid.number, TOO_COSTLY)
        return Assessed(
            bid=bid.number,
            arrival=bid.arrival,
            currency=tender.currency,
            price=fee,
            units=1,
            total=fee,
            qualities=bid.terms.qualities,
        )

    def rate(self, tx: Transaction, tender: Tender, bid: Bid) -> Decimal:
        """Return 0: the broker takes no commission on fees."""
        return Decimal(0)

    def accepted(self, tx: Transaction, tender: Tender, place: Place, bid: Bid, now: datetime) -> None:
        """Appoint the bidder from the time that was asked for; until then the old terms stand."""
        asked = tender.asked
        assert isinstance(asked, StandingService)
        key = _key(asked)
        since = max(asked.since, now)
        terms = StandingTerms(*key, service_of(bid), since, asked.until, tender.number)
        old = tx.standing_terms.get(key)
        if old is None:
            tx.standing_terms.add(terms)
        else:
            earlier = tuple(one for one in old.holding(now) if one.since < since)
            terms = evolve(terms, earlier=earlier, version=old.version + 1)
            tx.standing_terms.replace(old, terms)
        tx.journal.append(Event(now, Role.BROKER, EventKind.SERVICE_APPOINTED, terms))

    def is_pending(self, tx: Transaction, tender: Tender) -> bool:
        """Say no: an acceptance decides it."""
        return False

    def ended(self, tx: Transaction, tender: Tender, now: datetime) -> None:
        """Tell the manager where nobody was found; until then what stood before goes on."""
        if tender.state is TenderState.FAILED:
            asked = tender.asked
            assert isinstance(asked, StandingService)
            where = f"category {asked.category}, {zone_words(asked.zone)}"
            reason = f"tender {tender.number} found no {asked.trade.value} for {where}: {tender.outcome}"
            self.cases.open(tx, now, CaseKind.TENDER, reason)

    def end_terms(self, tx: Transaction, box: BoxNumber, tender: Tender, now: datetime) -> None:
        """End the standing terms that came of a tender, because who was appointed goes; the manager is told.

        Args:
            tx: the unit of work.
            box: who goes.
            tender: in which the member was appointed.
            now: the present instant.
        """
        asked = tender.asked
        if not isinstance(asked, StandingService):
            return
        old = tx.standing_terms.get(_key(asked))
        holding = () if old is None else old.holding(now)
        kept = [one for one in holding if one.tender != tender.number]
        if old is None or len(kept) == len(holding):
            return
        if kept:
            last = kept[-1]
            new = next_version(
                old,
                service=last.service,
                since=last.since,
                until=last.until,
                tender=last.tender,
                earlier=tuple(kept[:-1]),
            )
            tx.standing_terms.replace(old, new)
        else:
            new = old
            tx.standing_terms.remove(old)
        tx.journal.append(Event(now, Role.BROKER, EventKind.SERVICE_ENDED, new))
        where = f"category {asked.category}, {zone_words(asked.zone)}"
        self.cases.open(tx, now, CaseKind.TENDER, f"the {asked.trade.value} in box {box} has left: {where}")


def _key(asked: StandingService) -> tuple[Trade, str, str, str]:
    """Where the terms stand that come of a tender."""
    return asked.trade, category_key(asked.category), asked.zone, asked.currency
