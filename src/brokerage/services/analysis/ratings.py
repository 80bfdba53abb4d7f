"""Rating: factors by what members have contributed, applied now and then (spec M4)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import groupby

from attrs import frozen

from brokerage.policy import Policy
from brokerage.ports import Store, Transaction
from brokerage.pricing import HIGHEST_FACTOR
from brokerage.rating import Contribution, Rating, Standing, standings
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.members import Member
from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import ALL_CATEGORIES, Progress
from brokerage.records.versions import next_version
from brokerage.services.analysis.headings import RATING_CHANGES
from brokerage.services.analysis.reports import member_tallies
from brokerage.services.analysis.tallying import Tallying
from brokerage.services.inputs import next_multiple
from brokerage.tables import Shown, Table

__all__ = ["RatingChange", "Ratings"]

_NAME = "rating"
_CHANGES = 200


@frozen(repr=False)
class RatingChange(Shown):
    """A member whose factor a rating changed: from what to what, and where the member stands.

    ``standing`` is ``None`` for a member whose initial period is not over.
    """

    box: BoxNumber
    standing: Standing | None
    before: Decimal
    factor: Decimal

    def table(self) -> Table:
        """Return the change as a table of one row."""
        at = self.standing
        known = (None, None, None) if at is None else (at.rank, at.ranked, at.currency)
        return RATING_CHANGES.of([(self.box, *known, self.before, self.factor)])


@frozen
class Ratings:
    """Applies a broker's rating.

    It costs by the members who have offered anything, and writes only those whose factor changes, a few in each unit
    of work. Who came to a factor by hand keeps it, and is ranked like everybody else.
    """

    store: Store
    policy: Policy
    tallying: Tallying

    def due(self, tx: Transaction) -> datetime | None:
        """Return when rating is to be applied next: at a multiple of its interval after the last time. O(1)."""
        if self.policy.rating is None:
            return None
        progress = tx.progress.get(_NAME)
        if progress is not None:
            return next_multiple(progress.at, self.policy.rating.every)
        first = tx.journal.read(0, 1)
        return next_multiple(first[0][1].at, self.policy.rating.every) if first else None

    def apply_due(self, rating: Rating, now: datetime) -> int:
        """Apply rating because its time has come; return how many factors changed."""
        changes = self.apply(rating, Role.BROKER, now)
        self.store.run(lambda tx: self._done(tx, now))
        return len(changes)

    def apply(self, rating: Rating, by: Role, now: datetime) -> Sequence[RatingChange]:
        """Rate every member by what has happened up to now; return whose factor changed, by box.

        A crash in the midst of it leaves some factors changed; the next time changes the others.
        """
        self.tallying.catch_up(now)
        rated = self.store.read(lambda tx: list(_rated(tx)))
        ranked = [contribution for member, contribution in rated if not _is_new(member, rating, now)]
        found = standings(rating.measure, ranked, now)
        changes = [
            RatingChange(member.box, standing, member.factor, factor)
            for member, _ in rated
            for standing in [found.get(member.box)]
            for factor in [HIGHEST_FACTOR if standing is None else rating.factor(standing)]
            if factor != member.factor
        ]
        done: list[RatingChange] = []
        for at in range(0, len(changes), _CHANGES):
            done += self.store.run(partial(self._set, changes[at : at + _CHANGES], by, now))
        return done

    def _set(self, changes: Sequence[RatingChange], by: Role, now: datetime, tx: Transaction) -> list[RatingChange]:
        """Write factors, except of members who have left or got one by hand meanwhile."""
        done = []
        for change in changes:
            member = tx.members.get(change.box)
            if member is not None and not member.factor_is_set and member.factor != change.factor:
                new = next_version(member, factor=change.factor)
                tx.members.replace(member, new)
                tx.journal.append(Event(now, by, EventKind.MEMBER_CHANGED, new))
                done.append(change)
        return done

    def _done(self, tx: Transaction, now: datetime) -> None:
        progress = tx.progress.get(_NAME)
        if progress is None:
            tx.progress.add(Progress(_NAME, now))
        else:
            tx.progress.replace(progress, next_version(progress, at=now))


def _is_new(member: Member, rating: Rating, now: datetime) -> bool:
    return now - member.since < rating.initial


def _rated(tx: Transaction) -> Iterator[tuple[Member, Contribution]]:
    """Yield the members who have completed a deal, with their tallies over all categories."""
    for box, tallies in groupby(member_tallies(tx, ALL_CATEGORIES), lambda tally: tally.box):
        own = tuple(tally for tally in tallies if tally.deals)
        member = tx.members.get(box) if own else None
        if member is not None:
            yield member, Contribution(box, member.since, own)
