"""The dormant: told when they made no deal for long, and removed when they do not answer (spec M5)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import Conflict
from brokerage.mails import told_dormant
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.members import Member
from brokerage.records.numbers import BoxNumber
from brokerage.records.versions import next_version
from brokerage.services.effects import send
from brokerage.services.inputs import earlier, later
from brokerage.services.membership.leaving import Leaving
from brokerage.services.membership.members import member_of

__all__ = ["Dormancy"]

_BATCH = 200


@frozen
class Dormancy:
    """Looks after members who were quiet for long; how long is a question to the policy of the day.

    A deal does not touch the member's record, which only knows since when the member was quiet at least. So when that
    is long ago, the last deal is looked up, and only who really made none is told.
    """

    policy: Policy
    leaving: Leaving

    def next_due(self, tx: Transaction) -> datetime | None:
        """Return when the next member is to be looked at."""
        if self.policy.dormant_after is None:
            return None
        quiet, told = tx.members.next_quiet(), tx.members.next_told()
        times = (
            None if quiet is None else later(quiet, self.policy.dormant_after),
            None if told is None else later(told, self.policy.dormant_grace),
        )
        return min((time for time in times if time is not None), default=None)

    def tell(self, tx: Transaction, now: datetime) -> int:
        """Tell the first few who made no deal for long enough; return how many were looked at. Costs by those."""
        if self.policy.dormant_after is None:
            return 0
        since = earlier(now, self.policy.dormant_after)
        members = tx.members.quiet(since, _BATCH)
        for member in members:
            sign = self._last_sign(tx, member, now)
            if sign is not None and sign > since:
                self._keep(tx, member, sign, Role.BROKER, now)
                continue
            told = next_version(member, told_at=now)
            tx.members.replace(member, told)
            tx.journal.append(Event(now, Role.BROKER, EventKind.MEMBER_TOLD, told))
            mail = told_dormant(told, later(now, self.policy.dormant_grace))
            send(tx, f"mail:dormant:{told.box}:{told.version}", mail, now)
        return len(members)

    def remove(self, tx: Transaction, now: datetime) -> int:
        """Remove the first few who were told and gave no sign; return how many were looked at. Costs by those."""
        if self.policy.dormant_after is None:
            return 0
        members = tx.members.told(earlier(now, self.policy.dormant_grace), _BATCH)
        for member in members:
            sign = self._last_sign(tx, member, now)
            if sign is not None and member.told_at is not None and sign >= member.told_at:
                self._keep(tx, member, sign, Role.BROKER, now)
            else:
                self.leaving.remove(tx, member, now)
        return len(members)

    def stay(self, tx: Transaction, box: BoxNumber, now: datetime) -> None:
        """Take a member's word for staying. It is an answer also before he or she is asked.

        Raises:
            UnknownMember: the member has left.
        """
        self._keep(tx, member_of(tx, box), now, box, now)

    def answered(self, tx: Transaction, box: BoxNumber, now: datetime) -> None:
        """Take signing in for an answer, where one is waited for."""
        member = member_of(tx, box)
        if member.told_at is not None:
            self._keep(tx, member, now, box, now)

    def _last_sign(self, tx: Transaction, member: Member, now: datetime) -> datetime | None:
        """Return the time of the last deal; a deal in flight is one of now."""
        activity = tx.activities.get(member.box)
        if activity is None:  # the member has just left
            raise Conflict(type(member).__name__)
        return now if activity.deals_in_flight else activity.last_deal_at

    def _keep(self, tx: Transaction, member: Member, since: datetime, by: Actor, now: datetime) -> None:
        new = next_version(member, quiet_since=since, told_at=None)
        tx.members.replace(member, new)
        tx.journal.append(Event(now, by, EventKind.MEMBER_CHANGED, new))
