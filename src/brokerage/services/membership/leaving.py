"""Leaving for the history, and being forgotten there (spec M3, M7)."""

from datetime import datetime
from typing import Protocol

from attrs import frozen

from brokerage.errors import Conflict, DealsInFlight, StillMember, UnknownMember
from brokerage.mails import member_left, member_removed
from brokerage.ports import Transaction
from brokerage.records.contacts import forget
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.members import FormerMember, Member
from brokerage.records.numbers import BoxNumber, DealNumber
from brokerage.records.statements import taken_back
from brokerage.records.versions import next_version
from brokerage.records.withdrawals import DORMANT
from brokerage.services.effects import send
from brokerage.services.inputs import whole_number
from brokerage.services.membership.members import member_of
from brokerage.services.membership.reasons import Reasons

__all__ = ["Leaving"]

_BATCH = 100


class Departure(Protocol):
    """Whoever keeps something of members that does not stay when they leave."""

    def leave(self, tx: Transaction, box: BoxNumber, by: BoxNumber | Role, now: datetime) -> None:
        """Take what is a member's out of the market, in the name of ``by``."""


@frozen
class Leaving:
    """Moves members to the history, and forgets who asks for it.

    Args:
        reasons: why members leave.
        departures: who takes what is a leaving member's out of the market, in their order.
    """

    reasons: Reasons
    departures: tuple[Departure, ...]

    def withdraw(self, tx: Transaction, box: BoxNumber, code: object, now: datetime) -> FormerMember:
        """Let a member leave: what is open is cancelled, and the box closed for good (M3). O(own offers).

        Raises:
            UnknownMember: the member has left before.
            UnknownReason: no reason under that code is offered.
            DealsInFlight: a deal of the member has not ended.
        """
        member = member_of(tx, box)
        reason = self.reasons.give(tx, self.reasons.offered(tx, code), now)
        former = self._leave(tx, member, reason.code, box, EventKind.MEMBER_WITHDREW, now)
        send(tx, f"mail:farewell:{box}", member_left(member), now)
        return former

    def remove(self, tx: Transaction, member: Member, now: datetime) -> FormerMember:
        """Remove a dormant member without deals in flight (M5)."""
        self.reasons.give(tx, self.reasons.dormant(tx), now)
        former = self._leave(tx, member, DORMANT, Role.BROKER, EventKind.MEMBER_REMOVED, now)
        send(tx, f"mail:farewell:{member.box}", member_removed(member), now)
        return former

    def forget(self, tx: Transaction, box: object, now: datetime) -> FormerMember:
        """Put a pseudonym in the place of everything personal of a former member (M7). O(versions and own deals).

        Books, complaints and the keyed hashes by which the person is recognised are kept. Once forgotten, nothing
        more is done.

        Raises:
            StillMember: the member has not left.
            UnknownMember: nobody had the box.
        """
        found = whole_number(box)
        former = None if found is None else tx.former.get(BoxNumber(found))
        if former is None:
            if found is not None and tx.members.get(BoxNumber(found)) is not None:
                raise StillMember(box)
            raise UnknownMember(box)
        if former.forgotten_at is not None:
            return former
        for contact in tx.contacts.of_box(former.box):
            tx.contacts.replace(contact, forget(contact))
        self._take_back(tx, former.box)
        new = next_version(former, forgotten_at=now)
        tx.former.replace(former, new)
        tx.journal.append(Event(now, Role.OFFICE, EventKind.MEMBER_FORGOTTEN, new))
        return new

    def _take_back(self, tx: Transaction, box: BoxNumber) -> None:
        """Take what a member has said in disputes out of them."""
        before: DealNumber | None = None
        while deals := tx.deals.of_member(box, before, _BATCH):
            for deal in deals:
                said = tx.statements.of_deal(deal.number) if deal.dispute is not None else ()
                for statement in said:
                    if statement.box == box:
                        tx.statements.replace(statement, taken_back(statement))
            before = deals[-1].number

    def _leave(
        self, tx: Transaction, member: Member, reason: str, by: BoxNumber | Role, kind: EventKind, now: datetime
    ) -> FormerMember:
        """Take the guard of the member's offers and deals away: whoever meanwhile opens one meets a conflict."""
        box = member.box
        activity = tx.activities.get(box)
        if activity is None:  # somebody else has just let the member leave
            raise Conflict(type(member).__name__)
        if activity.deals_in_flight:
            raise DealsInFlight(activity.deals_in_flight)
        for departure in self.departures:
            departure.leave(tx, box, by, now)
        activity = tx.activities.get(box)
        assert activity is not None
        tx.activities.remove(activity)
        credentials = tx.credentials.get(box)
        if credentials is not None:
            tx.credentials.remove(credentials)
        former = FormerMember(
            box=box,
            person=member.person,
            kind=member.kind,
            contact=member.contact,
            since=member.since,
            left_at=now,
            reason=reason,
            factor=member.factor,
            last_deal_at=activity.last_deal_at,
        )
        tx.members.remove(member)
        tx.former.add(former)
        tx.journal.append(Event(now, by, kind, former))
        return former
