"""Members, those who have left, their contacts, and the persons behind them, in tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, and_, bindparam, func, literal_column, tuple_

from brokerage.adapters.sql.deadlines import deadlines, first_instant
from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import fact_table, index_of_some, no_less, refers
from brokerage.adapters.sql.types import WHOLE
from brokerage.records.contacts import Contact
from brokerage.records.members import Activity, Credentials, Fingerprint, FormerMember, Member, Person, SignInTries
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber
from brokerage.records.withdrawals import WithdrawalReason

__all__ = [
    "ACTIVITIES",
    "CONTACTS",
    "CREDENTIALS",
    "FINGERPRINTS",
    "FORMER",
    "MEMBERS",
    "PERSONS",
    "REASONS",
    "TRIES",
    "SqlActivities",
    "SqlContacts",
    "SqlFormerMembers",
    "SqlMembers",
    "SqlPersons",
    "SqlReasons",
    "SqlTries",
]

PERSONS = fact_table(
    "persons",
    Person,
    "number",
    refers("joined_into", "persons.number"),
    *no_less(0, "points", "filed"),
    more={"filed_below": (WHOLE, False, lambda person: -person.filed)},  # what an index wants to rise
)
FINGERPRINTS = fact_table("fingerprints", Fingerprint, "digest", refers("person", "persons.number"))
CONTACTS = fact_table("contacts", Contact, "number", Index(None, "box", "number"))
MEMBERS = fact_table(
    "members",
    Member,
    "box",
    Index(None, "person", "box"),
    refers("person", "persons.number"),
    refers("contact", "contacts.number"),
    *no_less(0, "open_offers_allowed"),
)
FORMER = fact_table(
    "former_members",
    FormerMember,
    "box",
    Index(None, "person", "box"),
    refers("person", "persons.number"),
    refers("contact", "contacts.number"),
)
ACTIVITIES = fact_table("activities", Activity, "box", *no_less(0, "open_offers", "deals_in_flight", "seen_news"))
CREDENTIALS = fact_table("credentials", Credentials, "box")
REASONS = fact_table("withdrawal_reasons", WithdrawalReason, "key", *no_less(0, "withdrawals"))
TRIES = fact_table("sign_in_tries", SignInTries, "box", *no_less(1, "failures"))

_P, _M, _F = PERSONS.table.c, MEMBERS.table.c, FORMER.table.c
_C, _R, _T = CONTACTS.table.c, REASONS.table.c, TRIES.table.c

_FILED = and_(_P.joined_into.is_(None), _P.filed > literal_column("0"))
index_of_some("persons_who_filed", _FILED, _P.filed_below, _P.number)
_WHO_FILED = Query(
    PERSONS.select()
    .where(
        _FILED,
        _P.filed_below <= bindparam("most"),
        tuple_(_P.filed_below, _P.number) > tuple_(bindparam("below", type_=WHOLE), bindparam("number", type_=WHOLE)),
    )
    .order_by(_P.filed_below, _P.number)
    .limit(bindparam("limit")),
    ("most", "below", "number", "limit"),
)
_HELD = Query(
    lambda dialect: (
        ACTIVITIES.select().where(ACTIVITIES.table.c.box == bindparam("box")).with_for_update(key_share=True)
    ),  # which SQLite, with its one writer, leaves out
    ("box",),
)
_OF_PERSON = Query(MEMBERS.select().where(_M.person == bindparam("person")).order_by(_M.box), ("person",))
_FORMER_OF_PERSON = Query(FORMER.select().where(_F.person == bindparam("person")).order_by(_F.box), ("person",))
_MEMBERS_AFTER = Query(
    MEMBERS.select().where(_M.box > bindparam("after")).order_by(_M.box).limit(bindparam("limit")), ("after", "limit")
)
_QUIET = deadlines(MEMBERS, "quiet", func.coalesce(_M.quiet_since, _M.since), _M.box, where=_M.told_at.is_(None))
_TOLD = deadlines(MEMBERS, "told", _M.told_at, _M.box, where=_M.told_at.is_not(None))
_OF_BOX = Query(CONTACTS.select().where(_C.box == bindparam("of")).order_by(_C.number), ("of",))
_REASONS = Query(REASONS.select().order_by(_R.key), ())
_TO_FORGET = deadlines(TRIES, "to_forget", _T.forget_at, _T.box)
_BEFORE_ALL = -(1 << 63)


class SqlPersons:
    """Persons by number, and what they were recognised by."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[PersonNumber, Person] = SqlFacts(session, PERSONS)
        self._prints: SqlFacts[str, Fingerprint] = SqlFacts(session, FINGERPRINTS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.add_fingerprint, self.fingerprint = self._prints.add, self._prints.get

    def who_filed(self, at_least: int, after: tuple[int, PersonNumber] | None, limit: int) -> Sequence[Person]:
        """Return the persons who filed so many complaints or more, most first, then by number. O(log n + limit)."""
        below, number = (_BEFORE_ALL, 0) if after is None else (-after[0], after[1])
        return self._facts.all(_WHO_FILED, -at_least, below, number, limit)


class SqlActivities:
    """What members have open and in flight: counts that every step of a member's changes.

    Whoever is going to write gets one as it is now and will be until the commit. A member with much going on would
    otherwise meet a conflict at every other step, and under load never get through.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[BoxNumber, Activity] = SqlFacts(session, ACTIVITIES)
        self.add, self.replace, self.remove = self._facts.add, self._facts.replace, self._facts.remove

    def get(self, key: BoxNumber) -> Activity | None:
        """Return the activity of a box as it is now, and hold it if this unit of work may write."""
        return self._facts.get(key) if self._session.is_reading else self._facts.one(_HELD, key)


class SqlMembers:
    """Members by box."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[BoxNumber, Member] = SqlFacts(session, MEMBERS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        """Return the members that are one person, by box."""
        return self._facts.all(_OF_PERSON, person)

    def after(self, box: BoxNumber, limit: int) -> Sequence[Member]:
        """Return the first members with boxes above ``box``, by box. O(log n + limit)."""
        return self._facts.all(_MEMBERS_AFTER, box, limit)

    def quiet(self, before: datetime, limit: int) -> Sequence[Member]:
        """Return the first members without ``told_at`` who were quiet since ``before`` or longer, by since when."""
        return self._facts.all(_QUIET.due, before, limit)

    def next_quiet(self) -> datetime | None:
        """Return since when the first of them was quiet."""
        return first_instant(self._session, _QUIET.earliest)

    def told(self, before: datetime, limit: int) -> Sequence[Member]:
        """Return the first members who were told at ``before`` or earlier, by (when, box)."""
        return self._facts.all(_TOLD.due, before, limit)

    def next_told(self) -> datetime | None:
        """Return when the first of them was told."""
        return first_instant(self._session, _TOLD.earliest)


class SqlFormerMembers:
    """Former members by box."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[BoxNumber, FormerMember] = SqlFacts(session, FORMER)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def of_person(self, person: PersonNumber) -> Sequence[FormerMember]:
        """Return the former members that were one person, by box."""
        return self._facts.all(_FORMER_OF_PERSON, person)


class SqlContacts:
    """Contacts by number."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[ContactNumber, Contact] = SqlFacts(session, CONTACTS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def of_box(self, box: BoxNumber) -> Sequence[Contact]:
        """Return the contacts that a box had and has, by number. O(their number)."""
        return self._facts.all(_OF_BOX, box)


class SqlReasons:
    """Reasons for withdrawal by key."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[str, WithdrawalReason] = SqlFacts(session, REASONS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def all(self) -> Sequence[WithdrawalReason]:
        """Return every reason, by key."""
        return self._facts.all(_REASONS)


class SqlTries:
    """Failures to sign in, by the number of the box that was named."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[BoxNumber, SignInTries] = SqlFacts(session, TRIES)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def due(self, now: datetime, limit: int) -> Sequence[SignInTries]:
        """Return the first that are to be forgotten by ``now``, by (when, box)."""
        return self._facts.all(_TO_FORGET.due, now, limit)

    def next_due(self) -> datetime | None:
        """Return when the first is to be forgotten."""
        return first_instant(self._session, _TO_FORGET.earliest)
